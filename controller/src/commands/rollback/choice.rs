//! Which document a member goes back to.

use std::collections::BTreeSet;

use campanile_plan::docker::sha256;
use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{Pin, file_of};

use crate::history::Good;

/// As many digits of a commit or a hash as people read.
const DIGITS: usize = 12;
/// As many as they have to write.
const FEWEST: usize = 4;

/// The newest document under which the member worked, other than those in `not`; or the one that `to` begins: its
/// commit, or its hash.
pub(super) fn choose<'a>(
    member: &MemberName,
    good: &'a [Good],
    not: &BTreeSet<&str>,
    to: Option<&str>,
) -> Result<&'a Good, String> {
    if good.is_empty() {
        return Err(none(member));
    }
    let Some(to) = to else {
        let newest = good.iter().find(|good| !not.contains(good.text.as_str()));
        return newest.ok_or_else(|| {
            format!(
                "{member} has nothing to go back to: it is not known to have worked with another document than that \
                 of today; revert the commit that changed {}",
                file_of(member)
            )
        });
    };
    let wanted = to.to_ascii_lowercase();
    if wanted.len() < FEWEST {
        return Err(format!("--to {to} is too short: write at least {FEWEST} digits"));
    }
    let named: Vec<&Good> = good.iter().filter(|good| is_named(good, &wanted)).collect();
    let texts: BTreeSet<&str> = named.iter().map(|good| good.text.as_str()).collect();
    match (named.first(), texts.len()) {
        (Some(chosen), 1) if not.contains(chosen.text.as_str()) => Err(format!(
            "{member} goes back to nothing: {} is the one of today, in git or by a rollback; a rollback ends with \
             campanile rollback {member} --undo",
            described(chosen)
        )),
        (Some(chosen), 1) => Ok(chosen),
        (Some(_), count) => Err(format!(
            "--to {to} means {count} documents: write more of the commit or hash that campanile rollback {member} \
             --list prints"
        )),
        (None, _) => Err(format!(
            "{member} is not known to have worked with a document of {to}: campanile rollback {member} --list \
             prints those that are known"
        )),
    }
}

fn is_named(good: &Good, wanted: &str) -> bool {
    good.commit.as_ref().is_some_and(|commit| commit.starts_with(wanted))
        || sha256(good.text.as_bytes()).starts_with(wanted)
}

/// What to say where no document is known.
pub(super) fn none(member: &MemberName) -> String {
    format!(
        "no document is known under which {member} worked: one is noted whenever apply or the daemon sees all \
         conditions of a member true; until then, revert the commit that changed {}",
        file_of(member)
    )
}

/// The document as people name it.
pub(super) fn described(good: &Good) -> String {
    let time = good.at.strftime("%Y-%m-%d %H:%MZ");
    match &good.commit {
        Some(commit) => format!("the document of commit {}, which worked on {time}", short(commit)),
        None => format!("the document {}, which worked on {time}", short(&sha256(good.text.as_bytes()))),
    }
}

/// All of them as a table, newest first.
pub(super) fn listed(good: &[Good], pin: Option<&Pin>) -> String {
    let line = |good: &Good| {
        let time = good.at.strftime("%Y-%m-%d %H:%MZ");
        let commit = good.commit.as_deref().map_or("-", short);
        let hash = sha256(good.text.as_bytes());
        let pinned = pin.is_some_and(|pin| pin.text == good.text);
        let mark = if pinned { "  rolled back to" } else { "" };
        format!("{time}  {commit:DIGITS$}  {}{mark}\n", short(&hash))
    };
    let head = format!("{:17}  {:DIGITS$}  DOCUMENT\n", "WORKED ON", "COMMIT");
    [head].into_iter().chain(good.iter().map(line)).collect()
}

fn short(digits: &str) -> &str {
    digits.get(..DIGITS).unwrap_or(digits)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn good(text: &str, commit: Option<&str>, minute: i8) -> Good {
        let at = format!("2026-11-23T14:{minute:02}:00Z").parse().unwrap();
        Good { text: text.to_owned(), commit: commit.map(str::to_owned), at }
    }

    fn known() -> Vec<Good> {
        vec![
            good("three", Some("1a2b3c4d5e6f7081"), 3),
            good("two", Some("1a2bffffffffffff"), 2),
            good("three", Some("0000000000000000"), 1),
            good("one", None, 0),
        ]
    }

    #[track_caller]
    fn check(not: &[&str], to: Option<&str>, expected: &Expect) {
        let not = not.iter().copied().collect();
        let known = known();
        let chosen = choose(&"calco".parse().unwrap(), &known, &not, to);
        expected.assert_eq(&chosen.map_or_else(|error| error, |good| good.text.clone()));
    }

    #[test]
    fn the_newest_that_is_not_there_already() {
        check(&["four"], None, &expect![[r#"three"#]]);
        check(&["three"], None, &expect![[r#"two"#]]);
        check(&["three", "two"], None, &expect![[r#"one"#]]);
        check(
            &["one", "two", "three"],
            None,
            &expect![
                "calco has nothing to go back to: it is not known to have worked with another document than that of today; revert the commit that changed members/calco.yaml"
            ],
        );
    }

    #[test]
    fn the_one_that_is_named() {
        check(&["four"], Some("1A2BFF"), &expect![[r#"two"#]]);
        check(&["four"], Some("0000"), &expect![[r#"three"#]]);
        check(&["four"], Some(&sha256(b"one")[..8]), &expect![[r#"one"#]]);
        check(
            &["four"],
            Some("1a2b"),
            &expect![
                "--to 1a2b means 2 documents: write more of the commit or hash that campanile rollback calco --list prints"
            ],
        );
        check(&["four"], Some("1a"), &expect!["--to 1a is too short: write at least 4 digits"]);
        check(
            &["four"],
            Some("abcdef"),
            &expect![
                "calco is not known to have worked with a document of abcdef: campanile rollback calco --list prints those that are known"
            ],
        );
        check(
            &["two"],
            Some("1a2bff"),
            &expect![
                "calco goes back to nothing: the document of commit 1a2bffffffff, which worked on 2026-11-23 14:02Z is the one of today, in git or by a rollback; a rollback ends with campanile rollback calco --undo"
            ],
        );
    }

    #[test]
    fn the_list() {
        let pin = Pin {
            text: "two".to_owned(),
            commit: None,
            replaces: String::new(),
            since: "2026-11-23T15:00:00Z".parse().unwrap(),
        };
        expect![[r#"
            WORKED ON          COMMIT        DOCUMENT
            2026-11-23 14:03Z  1a2b3c4d5e6f  8b5b9db0c13d
            2026-11-23 14:02Z  1a2bffffffff  3fc4ccfe7458  rolled back to
            2026-11-23 14:01Z  000000000000  8b5b9db0c13d
            2026-11-23 14:00Z  -             7692c3ad3540
        "#]]
        .assert_eq(&listed(&known(), Some(&pin)));
    }
}
