//! `robots.txt` (RFC 9309): what a site lets a program fetch.

/// How much of a `robots.txt` is read (RFC 9309, 2.5: at least 500 KiB), and how many rules of it count.
pub const READ: usize = 500 * 1024;
const MOST_RULES: usize = 2000;

/// What a `robots.txt` says to one program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Robots {
    rules: Vec<(bool, String)>,
}

impl Robots {
    /// Reads what a `robots.txt` says to a program by its product token, `campanile-audit`, else to all.
    pub fn read(text: &str, product: &str) -> Self {
        let mut reader = Reader { product: product.to_ascii_lowercase(), ..Reader::default() };
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            if let Some((key, value)) = line.split_once(':') {
                reader.take(&key.trim().to_ascii_lowercase(), value.trim());
            }
        }
        Self { rules: if reader.named { reader.ours } else { reader.everybody } }
    }

    /// Whether a path, with its query, may be fetched: the longest rule that fits decides, and allows where two are as long.
    pub fn allows(&self, path: &str) -> bool {
        let fitting = self.rules.iter().filter(|(_, pattern)| fits(pattern, path));
        let decisive = fitting.max_by_key(|(allow, pattern)| (pattern.len(), *allow));
        path == "/robots.txt" || decisive.is_none_or(|(allow, _)| *allow)
    }
}

#[derive(Debug, Default)]
struct Reader {
    product: String,
    /// A group names us; rules for all no longer count.
    named: bool,
    /// Lines `User-agent` follow each other.
    in_names: bool,
    group: Group,
    ours: Vec<(bool, String)>,
    everybody: Vec<(bool, String)>,
}

impl Reader {
    fn take(&mut self, key: &str, value: &str) {
        match key {
            "user-agent" => {
                if !self.in_names {
                    (self.in_names, self.group) = (true, Group::default());
                }
                let token: String =
                    value.chars().take_while(|&c| c.is_ascii_alphabetic() || "-_".contains(c)).collect();
                self.group.us |= !token.is_empty() && token.to_ascii_lowercase() == self.product;
                self.group.all |= value.starts_with('*');
                self.named |= self.group.us;
            }
            "allow" | "disallow" => {
                self.in_names = false;
                let rule = (key == "allow", value.to_owned());
                if self.ours.len() + self.everybody.len() >= MOST_RULES || !value.starts_with(['/', '*']) {
                    return;
                }
                if self.group.us {
                    self.ours.push(rule.clone());
                }
                if self.group.all {
                    self.everybody.push(rule);
                }
            }
            _ => {}
        }
    }
}

/// Whom a group is for.
#[derive(Debug, Default)]
struct Group {
    us: bool,
    all: bool,
}

/// Whether a pattern fits the beginning of a path; `*` is anything, `$` at its end the path's end.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return !to_the_end || rest.is_empty() };
    for part in parts {
        match rest.find(part).and_then(|at| rest.get(at + part.len()..)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    if to_the_end { rest.ends_with(last) } else { rest.contains(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, path: &str, allowed: bool) {
        assert_eq!(Robots::read(text, "campanile-audit").allows(path), allowed, "{path} by\n{text}");
    }

    #[test]
    fn who_is_meant() {
        check("", "/", true);
        check("User-agent: *\nDisallow: /", "/", false);
        check("User-agent: *\nDisallow:", "/", true);
        check("\u{feff}user-agent : *\r\ndisallow : / # all", "/a", false);
        check("User-agent: Googlebot\nDisallow: /", "/", true);
        check("User-agent: *\nDisallow: /\n\nUser-agent: Campanile-Audit/2\nDisallow: /b", "/a", true);
        check("User-agent: a\nUser-agent: campanile-audit\nCrawl-delay: 3\nDisallow: /a", "/a", false);
        check("User-agent: campanile-audit\nAllow: /\nUser-agent: b\nDisallow: /", "/", true);
        check("Disallow: /", "/", true);
        check("User-agent: *\nDisallow: /", "/robots.txt", true);
    }

    #[test]
    fn which_path_is_meant() {
        let rules = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\nDisallow: /*.pdf$\nDisallow: *?s=";
        check(rules, "/wp-admin/x", false);
        check(rules, "/wp-admin/admin-ajax.php", true);
        check(rules, "/wp-adminx", true);
        check(rules, "/a/b.pdf", false);
        check(rules, "/a/b.pdf?x", true);
        check(rules, "/?s=a", false);
        check("User-agent: *\nDisallow: /a\nAllow: /a", "/a", true);
        check("User-agent: *\nDisallow: /$", "/", false);
        check("User-agent: *\nDisallow: /$", "/a", true);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "\\PC*", lines in proptest::collection::vec("(user-agent|allow|disallow): [/*$a]{0,8}", 0..20), path in "/[a/*$]{0,12}") {
            Robots::read(&text, "a").allows(&path);
            Robots::read(&lines.join("\n"), "a").allows(&path);
        }
    }
}
