//! Versions as they stand in text.

/// The longest version that is one.
const LONGEST: usize = 24;

/// The version at the beginning of a text, after spaces and a `v`: `6.4.3`, `11`, `2024.q1.5`, `5.0.0-rc2`.
pub fn version_in(text: &str) -> Option<String> {
    let text = text.trim_start();
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).unwrap_or(text.len());
    let version = text.get(..end)?.trim_end_matches(['.', '-']);
    let first = version.split(['.', '-']).next()?;
    let is_number = !first.is_empty() && first.len() <= 4 && first.chars().all(|c| c.is_ascii_digit());
    (is_number && version.len() <= LONGEST).then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn versions() {
        for (text, version) in [
            (" 6.4.3", Some("6.4.3")),
            (" 10 (https://www.drupal.org)", Some("10")),
            ("6.5-RC1\">", Some("6.5-RC1")),
            (" v13.4, more", Some("13.4")),
            (" 7.4.3.132 CE GA132", Some("7.4.3.132")),
            (" 2024.Q1.5", Some("2024.Q1.5")),
            ("4.2.", Some("4.2")),
            ("", None),
            (" - https://plone.org", None),
            ("d41d8cd98f00", None),
            ("20240101123000", None),
            ("1a2b3c", None),
        ] {
            assert_eq!(version_in(text).as_deref(), version, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "\\PC*") {
            if let Some(version) = version_in(&text) {
                proptest::prop_assert!(version.len() <= 24 && version.is_ascii());
            }
        }
    }
}
