//! Chains as servers really serve them, right and wrong: what is said of each, beside what OpenSSL says.
//!
//! The classes are those of x509-limbo's server cases: `rfc5280`, `webpki`, `pathological`, and the online ones as our own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is not as expected")]

mod authorities;
mod bytes;
mod facts;
mod lists;
mod maker;
mod names;
mod odd;
mod openssl;
mod paths;
mod times;

use campanile_audit::chain::{self, Roots};
use campanile_audit::facts::{Chain, Diagnosis};
use jiff::Timestamp;

use maker::Made;

/// When every chain is looked at; those that the maker makes are valid from 2026 to 2027.
const NOW: &str = "2026-06-01T12:00:00Z";

/// A chain with what is expected of it.
struct Case<'a> {
    /// The certificates that are served.
    served: Vec<&'a Made>,
    /// The root that is trusted.
    root: &'a Made,
    /// The host that was asked for.
    host: &'a str,
    /// `trusted`, and what is wrong, as [`summary`] writes it.
    expected: &'a str,
    /// Where OpenSSL says something else: why.
    openssl_differs: Option<&'a str>,
}

/// Checks a case, and that OpenSSL agrees on whether the chain is trusted, or that the case says why not.
fn check(case: &Case<'_>) {
    let ders: Vec<&[u8]> = case.served.iter().map(|made| made.der.as_slice()).collect();
    let chain = read(&ders, case.root, case.host);
    assert_eq!(summary(&chain), case.expected, "{}", openssl::text(&ders));
    let theirs = openssl::trusts(&ders, &case.root.der, case.host, now());
    match case.openssl_differs {
        None => assert_eq!(theirs.is_ok(), chain.trust.trusted, "OpenSSL says {theirs:?}"),
        Some(why) => {
            assert_ne!(theirs.is_ok(), chain.trust.trusted, "there is no difference to explain: {why}");
        }
    }
}

fn read(ders: &[&[u8]], root: &Made, host: &str) -> Chain {
    chain::read(ders, Some(host), now(), &trusting(root))
}

fn trusting(root: &Made) -> Roots {
    Roots::none().with_extra(openssl::pem(&root.der).as_bytes()).unwrap()
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// `trusted; disordered`.
fn summary(chain: &Chain) -> String {
    let trusted = chain.trust.trusted.then(|| "trusted".to_owned());
    trusted.into_iter().chain(chain.trust.diagnoses.iter().map(one)).collect::<Vec<_>>().join("; ")
}

fn one(diagnosis: &Diagnosis) -> String {
    match diagnosis {
        Diagnosis::Expired { since, position } => format!("expired {position} {}", since.strftime("%F")),
        Diagnosis::NotYetValid { from, position } => {
            format!("not yet valid {position} {}", from.strftime("%F"))
        }
        Diagnosis::WrongName { has } => format!("wrong name, has [{}]", has.join(" ")),
        Diagnosis::OnlyCommonName => "only common name".to_owned(),
        Diagnosis::SelfSigned => "self-signed".to_owned(),
        Diagnosis::Incomplete { missing, .. } => format!("incomplete, lacks {missing}"),
        Diagnosis::Disordered => "disordered".to_owned(),
        Diagnosis::UnknownAuthority { root } => format!("unknown authority {root}"),
        Diagnosis::BadSignature { position } => format!("bad signature {position}"),
        Diagnosis::NotAnAuthority { position } => format!("not an authority {position}"),
        Diagnosis::WrongUse => "wrong use".to_owned(),
        Diagnosis::Unreadable { position } => format!("unreadable {position}"),
        Diagnosis::Other { reason } => format!("other: {reason}"),
    }
}
