//! Reports on TLS between mail servers (RFC 8460).

use super::of_version;
use super::tags::{read, report_addresses, value};
use crate::facts::Policy;

/// What the texts at `_smtp._tls.DOMAIN` come down to: the verdict is where reports go.
pub fn policy(at: &str, texts: &[String]) -> Policy {
    let records = of_version(texts, "v=TLSRPTv1");
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
            match value(&tags, "rua") {
                Some(to) => {
                    policy.problems.extend(report_addresses(to, &["mailto:", "https:"]));
                    to.clone_into(&mut policy.verdict);
                }
                None => policy.problems.push("nobody gets reports: there is no rua=".to_owned()),
            }
        }
        _ => policy.problems.push("there are several records, so none counts".to_owned()),
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::policy;

    #[test]
    fn records() {
        for (texts, verdict, problems) in [
            (vec!["v=TLSRPTv1; rua=mailto:t@example.test"], "mailto:t@example.test", vec![]),
            (vec!["v=TLSRPTv1;rua=https://r.test/in"], "https://r.test/in", vec![]),
            (
                vec!["v=TLSRPTv1; rua=t@example.test"],
                "t@example.test",
                vec!["\"t@example.test\" is no address for reports"],
            ),
            (vec!["v=TLSRPTv1"], "", vec!["nobody gets reports: there is no rua="]),
            (
                vec!["v=TLSRPTv1; rua=mailto:t@a.test"; 2],
                "",
                vec!["there are several records, so none counts"],
            ),
            (vec!["v=spf1 -all"], "", vec![]),
        ] {
            let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
            let policy = policy("_smtp._tls.example.test", &texts);
            assert_eq!(
                (policy.verdict.as_str(), policy.problems),
                (verdict, problems.into_iter().map(str::to_owned).collect())
            );
            assert_eq!(policy.at.is_empty(), policy.records.is_empty());
        }
    }
}
