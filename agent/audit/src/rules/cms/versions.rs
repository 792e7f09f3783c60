//! How old a version is beside the newest releases of each line that is kept up.

/// How old a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// The newest of a line that is kept up, or newer than the list.
    Newest,
    /// Its line is kept up and has a newer one.
    Behind,
    /// Its line is not kept up.
    GivenUp,
    /// Too little of it is told.
    Untold,
}

/// How old a version is, by the newest release of each line, the newest line first.
pub fn age(version: &str, lines: &[String]) -> Age {
    let (version, lines) = (numbers(version), lines.iter().map(|line| numbers(line)).collect::<Vec<_>>());
    let Some(newest) = lines.first().filter(|_| !version.is_empty()) else { return Age::Untold };
    if at_least(&version, newest) {
        return Age::Newest;
    }
    if lines.iter().any(|line| version.len() < line.len() && line.starts_with(&version)) {
        return Age::Untold;
    }
    let own = lines.iter().find(|line| version.starts_with(line_of(line)));
    match own {
        Some(line) if at_least(&version, line) => Age::Newest,
        Some(_) => Age::Behind,
        None => Age::GivenUp,
    }
}

/// `6.8.3` is of the line `6.8`; `6.9`, the first of its line, of `6.9`.
fn line_of(release: &[u32]) -> &[u32] {
    release.get(..2).unwrap_or(release)
}

fn at_least(version: &[u32], release: &[u32]) -> bool {
    let longest = version.len().max(release.len());
    let padded = |numbers: &[u32]| -> Vec<u32> {
        numbers.iter().copied().chain(std::iter::repeat(0)).take(longest).collect()
    };
    padded(version) >= padded(release) && version.len() >= release.len().min(2)
}

/// The numbers before the first part that is none: `6.5-RC1` is 6, 5.
fn numbers(version: &str) -> Vec<u32> {
    let parts = version.trim_start_matches('v').split(['.', '-', '+', ' ']);
    parts.map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        let wordpress = ["6.9", "6.8.3"];
        let drupal = ["11.2.5", "10.5.6"];
        let plone = ["6.1.3"];
        for (version, lines, expected) in [
            ("6.9", &wordpress[..], Age::Newest),
            ("6.9.1", &wordpress, Age::Newest),
            ("7.0", &wordpress, Age::Newest),
            ("6.8.3", &wordpress, Age::Newest),
            ("6.8.2", &wordpress, Age::Behind),
            ("6.8", &wordpress, Age::Untold),
            ("6.7.2", &wordpress, Age::GivenUp),
            ("5", &wordpress, Age::GivenUp),
            ("6", &wordpress, Age::Untold),
            ("10", &drupal, Age::Untold),
            ("10.5.6", &drupal, Age::Newest),
            ("10.5.1", &drupal, Age::Behind),
            ("10.4.9", &drupal, Age::GivenUp),
            ("7.103", &drupal, Age::GivenUp),
            ("6.1.3", &plone, Age::Newest),
            ("v6.1.3-rc1", &plone, Age::Newest),
            ("unknown", &plone, Age::Untold),
            ("", &plone, Age::Untold),
        ] {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(age(version, &lines), expected, "{version} in {lines:?}");
        }
        assert_eq!(age("1.0", &[]), Age::Untold);
    }
}
