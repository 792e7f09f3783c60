//! By which names authorities stand in CAA records, as their practice statements say (2026).

use crate::facts::Caa;

/// An authority by a part of its organisation's name, and the names that it takes in `issue`.
const ISSUERS: &[(&str, &[&str])] = &[
    ("actalis", &["actalis.it"]),
    ("amazon", &["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"]),
    ("asseco", &["certum.pl", "certum.eu"]),
    ("buypass", &["buypass.com"]),
    ("certum", &["certum.pl", "certum.eu"]),
    ("d-trust", &["d-trust.net"]),
    (
        "digicert",
        &["digicert.com", "www.digicert.com", "thawte.com", "geotrust.com", "rapidssl.com", "symantec.com"],
    ),
    ("entrust", &["entrust.net"]),
    ("globalsign", &["globalsign.com"]),
    ("godaddy", &["godaddy.com", "starfieldtech.com"]),
    ("google trust services", &["pki.goog"]),
    ("harica", &["harica.gr"]),
    ("hellenic academic", &["harica.gr"]),
    ("identrust", &["identrust.com"]),
    ("let's encrypt", &["letsencrypt.org"]),
    ("microsoft", &["microsoft.com"]),
    ("sectigo", &["sectigo.com", "comodo.com", "comodoca.com", "usertrust.com", "trust-provider.com"]),
    ("ssl corp", &["ssl.com"]),
    ("starfield", &["starfieldtech.com", "godaddy.com"]),
    ("swisssign", &["swisssign.com"]),
    ("telekom", &["telesec.de"]),
    ("zerossl", &["sectigo.com", "zerossl.com"]),
];

/// The names of an authority in CAA; none where the list does not have it.
pub fn issuers_of(authority: &str) -> Option<&'static [&'static str]> {
    let authority = authority.to_lowercase();
    ISSUERS.iter().find(|(name, _)| authority.contains(name)).map(|(_, issuers)| *issuers)
}

/// Whether CAA records let an authority issue: without `issue`, all may (RFC 8659, 4.2).
pub fn may_issue(records: &[Caa], issuer: &str) -> bool {
    let mut issue = records.iter().filter(|record| record.tag.eq_ignore_ascii_case("issue")).peekable();
    let named = |record: &Caa| {
        let name = record.value.split(';').next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case(issuer)
    };
    issue.peek().is_none() || issue.any(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_issue() {
        let record = |tag: &str, value: &str| Caa {
            at: "a.test".into(),
            flags: 0,
            tag: tag.into(),
            value: value.into(),
        };
        for (records, expected) in [
            (vec![], true),
            (vec![record("iodef", "mailto:a@a.test")], true),
            (vec![record("issuewild", ";")], true),
            (vec![record("issue", "letsencrypt.org; validationmethods=dns-01")], true),
            (vec![record("ISSUE", "LetsEncrypt.org")], true),
            (vec![record("issue", ";")], false),
            (vec![record("issue", "actalis.it")], false),
            (vec![record("issue", "actalis.it"), record("issue", "letsencrypt.org")], true),
        ] {
            assert_eq!(may_issue(&records, "letsencrypt.org"), expected, "{records:?}");
        }
    }

    #[test]
    fn authorities_by_their_name() {
        assert_eq!(issuers_of("Let's Encrypt"), Some(&["letsencrypt.org"][..]));
        assert_eq!(issuers_of("Actalis S.p.A."), Some(&["actalis.it"][..]));
        assert_eq!(issuers_of("Pebble"), None);
    }
}
