//! Why a chain is not trusted: everything that is wrong with it, the weightiest first.

use jiff::Timestamp;
use webpki::Error;

use super::certificate::Parsed;
use super::path::{self, End, Path};
use super::roots::Roots;
use super::{name, verdict};
use crate::Answer;
use crate::facts::Diagnosis;

/// All that is wrong; `verdict` is webpki's.
pub(super) fn of(
    chain: &[Parsed<'_>],
    host: Option<&str>,
    now: Timestamp,
    roots: &Roots,
    verdict: &Result<(), Option<Error>>,
) -> Vec<Diagnosis> {
    let path = path::from_first(chain, roots);
    let error = verdict.as_ref().err().and_then(Option::as_ref);
    let mut found = Vec::new();
    if verdict.is_err() {
        found.extend(ends(chain, &path));
        found.extend(authorities(chain, &path, error));
        found.extend(times(chain, &path, now));
    }
    found.extend(uses(chain, &path, error));
    // a reason that has nothing to do with the name, and that none of these explains
    let of_path = error.filter(|error| !matches!(error, Error::CertNotValidForName(_)));
    let unexplained = if found.is_empty() { of_path.map(words) } else { None };
    found.extend(host.into_iter().flat_map(|host| names(&chain[0], host)));
    found.extend(unexplained.map(|reason| Diagnosis::Other { reason }));
    let in_order = chain.windows(2).all(|pair| pair[0].is_issued_by(&pair[1]));
    found.extend((!in_order).then_some(Diagnosis::Disordered));
    found
}

fn ends(chain: &[Parsed<'_>], path: &Path) -> Vec<Diagnosis> {
    let last = path.positions.last().copied().unwrap_or_default();
    match path.end {
        End::Root => Vec::new(),
        End::SelfSigned if last == 0 => vec![Diagnosis::SelfSigned],
        End::SelfSigned => {
            vec![Diagnosis::UnknownAuthority { root: chain[last].facts.subject.clone() }]
        }
        End::BadSignature => vec![Diagnosis::BadSignature { position: last }],
        End::Missing => vec![Diagnosis::Incomplete {
            missing: chain[last].facts.issuer.clone(),
            would_be_trusted: Answer::unknown("it was not fetched"),
        }],
    }
}

/// Certificates of the path that sign others and may not.
fn authorities(chain: &[Parsed<'_>], path: &Path, error: Option<&Error>) -> Vec<Diagnosis> {
    // the path's own roots at its end are not judged: a root is trusted for what it is
    let ends_at_itself = path.end == End::SelfSigned;
    let signers = path.positions.iter().enumerate().skip(1);
    let mut found: Vec<Diagnosis> = signers
        .filter(|(below, position)| !chain[**position].may_sign(below - 1))
        .filter(|(below, _)| !(ends_at_itself && below + 1 == path.positions.len()))
        .map(|(_, position)| Diagnosis::NotAnAuthority { position: *position })
        .collect();
    if matches!(error, Some(Error::NameConstraintViolation)) {
        let constrained =
            |position: &&usize| matches!(chain[**position].x509.name_constraints(), Ok(Some(_)));
        let position = path.positions.iter().skip(1).find(constrained).copied();
        found.extend(position.map(|position| Diagnosis::NotAnAuthority { position }));
    }
    found
}

fn times(chain: &[Parsed<'_>], path: &Path, now: Timestamp) -> Vec<Diagnosis> {
    let of_one = |position: &usize| {
        let (position, facts) = (*position, &chain[*position].facts);
        let expired =
            (facts.not_after < now).then_some(Diagnosis::Expired { since: facts.not_after, position });
        let early =
            (now < facts.not_before).then_some(Diagnosis::NotYetValid { from: facts.not_before, position });
        expired.into_iter().chain(early)
    };
    path.positions.iter().flat_map(of_one).collect()
}

fn names(first: &Parsed<'_>, host: &str) -> Vec<Diagnosis> {
    let has_none = first.facts.names.is_empty() && first.facts.addresses.is_empty();
    if !has_none && !verdict::lacks_name(first, host) {
        return Vec::new();
    }
    let alternatives = first.facts.names.iter().cloned();
    let mut has: Vec<String> =
        alternatives.chain(first.facts.addresses.iter().map(ToString::to_string)).collect();
    if !has.is_empty() {
        return vec![Diagnosis::WrongName { has }];
    }
    let Some(common) = name::common_name(first.x509.subject()) else {
        return vec![Diagnosis::WrongName { has }];
    };
    if common.eq_ignore_ascii_case(host) {
        return vec![Diagnosis::OnlyCommonName];
    }
    has.push(common);
    vec![Diagnosis::WrongName { has }, Diagnosis::OnlyCommonName]
}

/// Uses other than a server's: of the first, or of an authority that may not vouch for servers; or the first is itself one.
fn uses(chain: &[Parsed<'_>], path: &Path, error: Option<&Error>) -> Option<Diagnosis> {
    let wrong = path.positions.iter().any(|position| !chain[*position].is_for_servers());
    let is_authority = matches!(error, Some(Error::CaUsedAsEndEntity)) && !chain[0].facts.is_self_signed;
    (wrong && error.is_some() || is_authority).then_some(Diagnosis::WrongUse)
}

/// webpki's reason as a sentence's end.
#[allow(deprecated, reason = "older versions of the reasons are still in webpki's enumeration")]
fn words(error: &Error) -> String {
    match error {
        Error::UnsupportedSignatureAlgorithm
        | Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKey
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            "a signature in the chain is of a kind that is not accepted, as SHA-1 and MD5 are".to_owned()
        }
        Error::InvalidSignatureForPublicKey => {
            "a signature in the chain does not fit, or is made with a key that is too short".to_owned()
        }
        Error::NameConstraintViolation => {
            "a name in the certificate is beyond what its authority may vouch for".to_owned()
        }
        Error::UnsupportedCertVersion => "a certificate in the chain is not of version 3".to_owned(),
        Error::UnsupportedCriticalExtension => {
            "a certificate in the chain has a critical extension that is unknown".to_owned()
        }
        other => other.to_string(),
    }
}
