//! Who may issue for a name, by the CAA records that stand there (RFC 8659).

use std::collections::BTreeSet;

use crate::document::ChallengeKind;
use crate::document::values::DomainName;
use crate::domain::Data;

/// The bit of the flags by which who does not know a property issues nothing (RFC 8659, 4.1).
const CRITICAL: u8 = 0x80;
/// Properties that forbid nothing: RFC 8659, RFC 9495, and the contacts of the CA/Browser Forum's baseline requirements, B.1.
const HARMLESS: [&str; 4] = ["iodef", "issuemail", "contactemail", "contactphone"];

/// One property.
struct Property<'a> {
    is_critical: bool,
    tag: String,
    value: &'a str,
}

/// Whether CAA records forbid an issuer to issue by this challenge: for the name, or for all names below it.
///
/// They are those of the lowest name, from the one in question upwards, that has any.
pub fn forbids(
    records: &BTreeSet<Data>,
    issuer: &DomainName,
    (is_wildcard, challenge): (bool, ChallengeKind),
) -> bool {
    // what cannot be read permits nothing
    let Some(properties) = records.iter().map(property).collect::<Option<Vec<_>>>() else { return true };
    let is_known = |tag: &str| matches!(tag, "issue" | "issuewild") || HARMLESS.contains(&tag);
    if properties.iter().any(|property| property.is_critical && !is_known(&property.tag)) {
        return true;
    }
    let has = |tag: &str| properties.iter().any(|property| property.tag == tag);
    // for names below, `issuewild` stands in the place of `issue` (RFC 8659, 4.3)
    let tag = if is_wildcard && has("issuewild") { "issuewild" } else { "issue" };
    let mut values = properties.iter().filter(|property| property.tag == tag).peekable();
    values.peek().is_some() && !values.any(|property| permits(property.value, issuer, challenge))
}

fn property(data: &Data) -> Option<Property<'_>> {
    let (flags, rest) = data.as_bytes().split_first()?;
    let (length, rest) = rest.split_first()?;
    let (tag, value) = rest.split_at_checked(usize::from(*length))?;
    let tag = std::str::from_utf8(tag).ok()?.to_ascii_lowercase();
    Some(Property { is_critical: flags & CRITICAL != 0, tag, value: std::str::from_utf8(value).ok()? })
}

/// Whether a value names the issuer and, where it says by which challenges (RFC 8657, 4), this one.
fn permits(value: &str, issuer: &DomainName, challenge: ChallengeKind) -> bool {
    let mut parts = value.split(';').map(str::trim);
    let named = parts.next().unwrap_or_default();
    let methods =
        parts.filter_map(|part| part.split_once('=')).find(|(key, _)| key.trim() == "validationmethods");
    let by_this =
        |(_, methods): (&str, &str)| methods.split(',').any(|method| method.trim() == challenge.as_str());
    named.trim_end_matches('.').eq_ignore_ascii_case(issuer.as_str()) && methods.is_none_or(by_this)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;

    /// Whether `ca.test` may issue by dns-01, for the name and for those below it.
    #[track_caller]
    fn check(records: &[&str], name: bool, below: bool) {
        let zone = "comune.test".parse().unwrap();
        let records = records.iter().map(|text| Data::parse(Kind::CAA, text, &zone).unwrap()).collect();
        let issuer = "ca.test".parse().unwrap();
        let may = |is_wildcard| !forbids(&records, &issuer, (is_wildcard, ChallengeKind::Dns01));
        assert_eq!((may(false), may(true)), (name, below), "{records:?}");
    }

    #[test]
    fn who_may_issue() {
        check(&[], true, true);
        check(&[r#"0 issue "ca.test""#], true, true);
        check(&[r#"0 issue " CA.test ; account=1""#], true, true);
        check(&[r#"0 issue "other.test""#], false, false);
        check(&[r#"0 issue "other.test""#, r#"0 issue "ca.test""#], true, true);
        check(&[r#"0 issue ";""#], false, false);
        check(&[r#"0 issue "ca.test""#, r#"0 issuewild ";""#], true, false);
        check(&[r#"0 issue ";""#, r#"0 issuewild "ca.test""#], false, true);
        check(&[r#"0 issuewild "other.test""#], true, false);
        check(&[r#"0 iodef "mailto:ops@comune.test""#], true, true);
        check(&[r#"0 ISSUE "other.test""#], false, false);
        check(&[r#"0 tbs "unknown""#], true, true);
        check(&[r#"128 tbs "unknown""#, r#"0 issue "ca.test""#], false, false);
        check(&[r#"128 issue "ca.test""#], true, true);
        check(&[r#"0 issue "ca.test; validationmethods=dns-01,http-01""#], true, true);
        check(&[r#"0 issue "ca.test; validationmethods=http-01""#], false, false);
    }

    #[test]
    fn what_cannot_be_read_permits_nothing() {
        let records = [Data::new(vec![0, 9, b'i'])].into();
        assert!(forbids(&records, &"ca.test".parse().unwrap(), (false, ChallengeKind::Http01)));
    }
}
