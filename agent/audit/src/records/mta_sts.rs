//! MTA-STS (RFC 8461): the record that says there is a policy, and the policy.

use super::of_version;
use super::tags::{read, value};
use crate::facts::Policy;

/// Least seconds for which a policy should hold: a day is less than most outages of its server.
const LEAST_AGE: u64 = 604_800;
/// Most seconds that RFC 8461, 3.2, lets it hold.
const MOST_AGE: u64 = 31_557_600;
/// Most lines of a policy that are read.
const MOST_LINES: usize = 200;

/// What the texts at `_mta-sts.DOMAIN` say: whether there is to be a policy.
pub fn record(at: &str, texts: &[String]) -> Policy {
    let records = of_version(texts, "v=STSv1");
    let mut policy =
        Policy { records: records.iter().map(ToString::to_string).collect(), ..Policy::default() };
    if !records.is_empty() {
        at.clone_into(&mut policy.at);
    }
    match records.as_slice() {
        [] => {}
        [record] => {
            let (tags, problems) = read(record);
            policy.problems = problems;
            let is_id =
                |id: &str| (1..=32).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric());
            if !value(&tags, "id").is_some_and(is_id) {
                policy.problems.push("id= is missing, or no word of 1 to 32 letters and digits".to_owned());
            }
        }
        _ => policy.problems.push("there are several records, so none counts".to_owned()),
    }
    policy
}

/// Adds what the policy itself says, for these mail exchangers.
pub fn add_policy(policy: &mut Policy, text: &str, exchangers: &[String]) {
    let mut mode = None;
    let (mut version, mut age) = (None, None);
    let mut patterns = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES) {
        let Some((name, value)) = line.split_once(':') else {
            policy.problems.push(format!("the policy's line \"{line}\" has no colon"));
            continue;
        };
        let value = value.trim();
        match name.trim() {
            "version" => version = Some(value),
            "mode" => mode = Some(value),
            "max_age" => age = value.parse::<u64>().ok(),
            "mx" => patterns.push(value.to_ascii_lowercase()),
            _ => {}
        }
    }
    if version != Some("STSv1") {
        policy.problems.push("the policy does not say version: STSv1".to_owned());
    }
    match mode {
        Some(mode @ ("enforce" | "testing" | "none")) => mode.clone_into(&mut policy.verdict),
        _ => policy.problems.push("the policy has no mode: enforce, testing or none".to_owned()),
    }
    match age {
        None => policy.problems.push("the policy has no max_age".to_owned()),
        Some(age) if age > MOST_AGE => policy.problems.push(format!("max_age: {age} is more than a year")),
        Some(age) if age < LEAST_AGE => policy.notes.push(format!("max_age: {age} is less than a week")),
        Some(_) => {}
    }
    if policy.verdict == "none" {
        return;
    }
    if patterns.is_empty() {
        policy.problems.push("the policy names no mx".to_owned());
    }
    let unnamed = exchangers.iter().filter(|host| !patterns.iter().any(|pattern| fits(pattern, host)));
    policy.problems.extend(unnamed.map(|host| format!("the policy does not name the mail exchanger {host}")));
}

/// RFC 8461, 4.1: a wildcard stands for the first label, whole.
fn fits(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(_, above)| above.eq_ignore_ascii_case(rest)),
        None => pattern.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{add_policy, record};
    use crate::facts::Policy;

    fn of_policy(text: &str) -> (String, Vec<String>) {
        let mut policy = Policy::default();
        add_policy(&mut policy, text, &["mx1.example.test".to_owned()]);
        (policy.verdict, [policy.problems, policy.notes].concat())
    }

    #[test]
    fn the_record() {
        for (texts, problems) in [
            (vec!["v=STSv1; id=20260101T000000;"], vec![]),
            (
                vec!["v=STSv1; id=2026-01-01"],
                vec!["id= is missing, or no word of 1 to 32 letters and digits"],
            ),
            (vec!["v=STSv1; id=1", "v=STSv1; id=2"], vec!["there are several records, so none counts"]),
            (vec!["v=STSv12; id=1"], vec![]),
        ] {
            let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
            assert_eq!(record("x", &texts).problems, problems, "{texts:?}");
        }
    }

    #[test]
    fn the_policy() {
        let check = |text: &str, verdict: &str, problems: &[&str]| {
            assert_eq!(
                of_policy(text),
                (verdict.to_owned(), problems.iter().map(ToString::to_string).collect()),
                "{text}"
            );
        };
        check(
            "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.test\r\nmax_age: 1000000\r\n",
            "enforce",
            &[],
        );
        check("version: STSv1\nmode: testing\nmx: *.example.test\nmax_age: 1000000\n", "testing", &[]);
        check("version: STSv1\nmode: none\nmax_age: 1000000\n", "none", &[]);
        check(
            "version: STSv1\nmode: enforce\nmx: *.test\nmax_age: 86400\n",
            "enforce",
            &[
                "the policy does not name the mail exchanger mx1.example.test",
                "max_age: 86400 is less than a week",
            ],
        );
        check(
            "<html>",
            "",
            &[
                "the policy's line \"<html>\" has no colon",
                "the policy does not say version: STSv1",
                "the policy has no mode: enforce, testing or none",
                "the policy has no max_age",
                "the policy names no mx",
                "the policy does not name the mail exchanger mx1.example.test",
            ],
        );
    }

    proptest! {
        #[test]
        fn any_text(text in "\\PC{0,100}") {
            of_policy(&text);
            record("x", &[text]);
        }
    }
}
