//! A chain of certificates: what stands in it, whether it is trusted, and why not.
//!
//! ```text
//! DER ─▶ Certificate   what stands in it            x509-parser   certificate.rs
//!  │ ──▶ verdict       now, for this name           webpki        verdict.rs
//!  ▼
//! path ─▶ Diagnosis    why the verdict is what it is              path.rs, diagnosis.rs
//! ```

mod certificate;
mod diagnosis;
mod issuer;
mod key;
mod name;
mod path;
mod revocations;
mod roots;
mod signature;
mod verdict;

use jiff::Timestamp;

use crate::Answer;
use crate::facts::{Chain, Diagnosis, Revocation, Trust};
pub use issuer::{Issuer, certificate_in, end_of, issuer_of, root_of};
pub use revocations::{RevocationListError, Revocations};
pub use roots::{Roots, RootsError};

use certificate::Parsed;
pub(crate) use certificate::hexadecimal;
use x509_parser::x509::SubjectPublicKeyInfo;

/// Most certificates of a chain that are looked at.
pub const MOST_CERTIFICATES: usize = 16;

/// Bits of a key; none where it cannot be read.
pub(crate) fn key_bits(key: &SubjectPublicKeyInfo<'_>) -> Option<u32> {
    Some(key::kind(key).1).filter(|bits| *bits > 0)
}

/// Reads a chain as it was served, the site's own certificate first, and judges it for a name: a host in A-labels, or an
/// address; without one, names are not looked at. What cannot be read is left out: positions in diagnoses count those that
/// remain, except [`Diagnosis::Unreadable`].
pub fn read(chain: &[impl AsRef<[u8]>], name: Option<&str>, now: Timestamp, roots: &Roots) -> Chain {
    let served: Vec<&[u8]> = chain.iter().take(MOST_CERTIFICATES).map(AsRef::as_ref).collect();
    let parsed: Vec<Option<Parsed<'_>>> = served.iter().map(|der| Parsed::read(der)).collect();
    let unreadable = (0..).zip(&parsed).filter(|(_, parsed)| parsed.is_none());
    let mut diagnoses: Vec<Diagnosis> =
        unreadable.map(|(position, _)| Diagnosis::Unreadable { position }).collect();
    let parsed: Vec<Parsed<'_>> = parsed.into_iter().flatten().collect();
    let first_is_read = parsed.first().is_some_and(|first| Some(&first.der) == served.first());
    let verdict = if first_is_read { verdict::of(&parsed, &[], name, now, roots) } else { Err(None) };
    if first_is_read {
        diagnoses.extend(diagnosis::of(&parsed, name, now, roots, &verdict));
    } else if served.is_empty() {
        diagnoses.push(Diagnosis::Other { reason: "no certificate was served".to_owned() });
    }
    let revocation = match parsed.first() {
        Some(first) if first.facts.crl_urls.is_empty() => Revocation::NoList,
        _ => Revocation::Unknown { why: "not asked".to_owned() },
    };
    let trust = Trust { trusted: verdict.is_ok(), diagnoses, revocation };
    Chain { certificates: parsed.into_iter().map(|parsed| parsed.facts).collect(), trust }
}

/// Says of an incomplete chain whether it would be trusted with these intermediates, which were fetched or seen elsewhere.
pub fn complete(
    chain: &mut Chain,
    served: &[impl AsRef<[u8]>],
    intermediates: &[Vec<u8>],
    name: Option<&str>,
    now: Timestamp,
    roots: &Roots,
) {
    let parsed: Vec<Parsed<'_>> =
        served.iter().take(MOST_CERTIFICATES).filter_map(|der| Parsed::read(der.as_ref())).collect();
    let others: Vec<Parsed<'_>> =
        intermediates.iter().take(MOST_CERTIFICATES).filter_map(|der| Parsed::read(der)).collect();
    let would_be = !parsed.is_empty() && verdict::of(&parsed, &others, name, now, roots).is_ok();
    for diagnosis in &mut chain.trust.diagnoses {
        if let Diagnosis::Incomplete { would_be_trusted, .. } = diagnosis {
            *would_be_trusted = Answer::Known(would_be);
        }
    }
}
