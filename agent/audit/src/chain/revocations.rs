//! A certificate revocation list (RFC 5280, 5).

use jiff::Timestamp;
use thiserror::Error;
use webpki::{BorrowedCertRevocationList, CertRevocationList, RevocationReason};
use x509_parser::asn1_rs::{BitString, Integer, Sequence};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;
use x509_parser::verify::verify_signature;
use x509_parser::x509::{AlgorithmIdentifier, X509Name};

use super::issuer::Issuer;
use crate::facts::Revocation;

/// Most entries that are kept.
const MOST_ENTRIES: usize = 500_000;

/// A list whose signature was checked: serial numbers with the time and reason of their revocation, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocations {
    entries: Vec<(Box<[u8]>, i64, u8)>,
    /// Until when it holds.
    pub next_update: Option<Timestamp>,
}

/// Why a list is of no use.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RevocationListError {
    /// It cannot be read.
    #[error("the revocation list cannot be read: {0}")]
    Unreadable(String),
    /// It is another issuer's.
    #[error("the revocation list is another issuer's")]
    OtherIssuer,
    /// It is a part that this certificate is not in.
    #[error("the revocation list is another part of the issuer's list")]
    OtherPart,
    /// Its signature does not fit.
    #[error("the signature of the revocation list does not fit")]
    BadSignature,
    /// It is too long.
    #[error("the revocation list has more than {MOST_ENTRIES} entries")]
    TooLong,
}

/// The parts of a list that webpki does not give.
struct Outside<'a> {
    signed: &'a [u8],
    algorithm: AlgorithmIdentifier<'a>,
    signature: BitString<'a>,
    issuer: &'a [u8],
    next_update: Option<Timestamp>,
}

impl Revocations {
    /// Reads a list that was fetched from `url`, and checks that the issuer made it.
    ///
    /// # Errors
    /// When it cannot be read, or is not what the issuer published there.
    pub fn read(der: &[u8], url: &str, issuer: &Issuer) -> Result<Self, RevocationListError> {
        let unreadable = |why: &str| RevocationListError::Unreadable(why.to_owned());
        let outside = Outside::read(der).ok_or_else(|| unreadable("it is no DER of that form"))?;
        if !issuer.has_name(outside.issuer) {
            return Err(RevocationListError::OtherIssuer);
        }
        let key = issuer.key().ok_or(RevocationListError::BadSignature)?;
        verify_signature(&key, &outside.algorithm, &outside.signature, outside.signed)
            .map_err(|_| RevocationListError::BadSignature)?;
        let list =
            BorrowedCertRevocationList::from_der(der).map_err(|error| unreadable(&error.to_string()))?;
        let mut entries = Vec::new();
        for entry in &list {
            let entry = entry.map_err(|error| unreadable(&error.to_string()))?;
            let seconds = i64::try_from(entry.revocation_date.as_secs()).unwrap_or_default();
            let reason = entry.reason_code.map_or(0, number);
            entries.push((significant(entry.serial_number).into(), seconds, reason));
            if entries.len() > MOST_ENTRIES {
                return Err(RevocationListError::TooLong);
            }
        }
        entries.sort();
        let list = CertRevocationList::from(list);
        let is_of_here = |part: &[u8]| part.windows(url.len().max(1)).any(|window| window == url.as_bytes());
        if list.issuing_distribution_point().is_some_and(|part| !is_of_here(part)) {
            return Err(RevocationListError::OtherPart);
        }
        Ok(Self { entries, next_update: outside.next_update })
    }

    /// What it says of a certificate, given as DER.
    pub fn of(&self, certificate: &[u8], now: Timestamp) -> Revocation {
        let unknown = |why: String| Revocation::Unknown { why };
        if let Some(until) = self.next_update.filter(|until| *until < now) {
            return unknown(format!("the revocation list is out of date since {until}"));
        }
        let Ok((_, certificate)) = X509Certificate::from_der(certificate) else {
            return unknown("the certificate cannot be read".to_owned());
        };
        let serial = significant(certificate.raw_serial());
        let found = self.entries.partition_point(|(entry, ..)| **entry < *serial);
        match self.entries.get(found) {
            Some((entry, since, reason)) if **entry == *serial => Revocation::Revoked {
                since: Timestamp::from_second(*since).unwrap_or_default(),
                reason: words(*reason).to_owned(),
            },
            _ => Revocation::NotRevoked,
        }
    }

    /// How many certificates are on it.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// No certificate is on it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'a> Outside<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let (rest, list) = Sequence::from_der(der).ok()?;
        let list: &'a [u8] = borrowed(&list)?;
        let (after, _) = Sequence::from_der(list).ok()?;
        let signed = list.get(..list.len() - after.len())?;
        let (after, algorithm) = AlgorithmIdentifier::from_der(after).ok()?;
        let (_, signature) = BitString::from_der(after).ok()?;

        let (_, inside) = Sequence::from_der(signed).ok()?;
        let inside = borrowed(&inside)?;
        let (inside, _version) = Integer::from_der(inside).ok()?;
        let (inside, _algorithm) = AlgorithmIdentifier::from_der(inside).ok()?;
        let (inside, issuer) = X509Name::from_der(inside).ok()?;
        let (inside, _this_update) = ASN1Time::from_der(inside).ok()?;
        let next_update = ASN1Time::from_der(inside).ok();
        let next_update = next_update.and_then(|(_, time)| Timestamp::from_second(time.timestamp()).ok());
        rest.is_empty().then_some(Self { signed, algorithm, signature, issuer: issuer.as_raw(), next_update })
    }
}

fn borrowed<'a>(sequence: &Sequence<'a>) -> Option<&'a [u8]> {
    match sequence.content {
        std::borrow::Cow::Borrowed(content) => Some(content),
        std::borrow::Cow::Owned(_) => None,
    }
}

/// A number without leading zeros.
fn significant(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|octet| **octet == 0).count()..]
}

/// Reasons by their numbers, as RFC 5280, 5.3.1, names them.
const REASONS: &[(u8, &str)] = &[
    (0, "unspecified"),
    (1, "keyCompromise"),
    (2, "cACompromise"),
    (3, "affiliationChanged"),
    (4, "superseded"),
    (5, "cessationOfOperation"),
    (6, "certificateHold"),
    (8, "removeFromCRL"),
    (9, "privilegeWithdrawn"),
    (10, "aACompromise"),
];

fn number(reason: RevocationReason) -> u8 {
    match reason {
        RevocationReason::Unspecified => 0,
        RevocationReason::KeyCompromise => 1,
        RevocationReason::CaCompromise => 2,
        RevocationReason::AffiliationChanged => 3,
        RevocationReason::Superseded => 4,
        RevocationReason::CessationOfOperation => 5,
        RevocationReason::CertificateHold => 6,
        RevocationReason::RemoveFromCrl => 8,
        RevocationReason::PrivilegeWithdrawn => 9,
        RevocationReason::AaCompromise => 10,
    }
}

fn words(reason: u8) -> &'static str {
    REASONS.iter().find(|(number, _)| *number == reason).map_or("unspecified", |(_, words)| words)
}
