//! What stands in one certificate.

use std::fmt::Write as _;
use std::net::IpAddr;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

use super::{key, name, signature};
use crate::Answer;
use crate::facts::Certificate;

/// Most names, addresses and places that are kept of one certificate.
const MOST_NAMES: usize = 1000;
/// The object identifiers of the TLS feature extension (RFC 7633) and of what the issuer's access information tells.
const TLS_FEATURE: &str = "1.3.6.1.5.5.7.1.24";
const OCSP: &str = "1.3.6.1.5.5.7.48.1";
const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
/// `status_request`, as a DER integer.
const STATUS_REQUEST: [u8; 3] = [2, 1, 5];

/// A certificate that could be read.
pub(super) struct Parsed<'a> {
    pub der: &'a [u8],
    pub x509: X509Certificate<'a>,
    pub facts: Certificate,
}

impl<'a> Parsed<'a> {
    /// Reads it; none where it is not one certificate and nothing else.
    pub fn read(der: &'a [u8]) -> Option<Self> {
        let (rest, x509) = X509Certificate::from_der(der).ok()?;
        let facts = facts(&x509, der)?;
        rest.is_empty().then_some(Self { der, x509, facts })
    }

    /// Its issuer has this name.
    pub fn is_issued_by(&self, other: &Self) -> bool {
        self.x509.issuer().as_raw() == other.x509.subject().as_raw()
    }

    /// It may sign certificates with so many intermediates below it.
    pub fn may_sign(&self, below: usize) -> bool {
        let signs = match self.x509.key_usage() {
            Ok(Some(usage)) => usage.value.key_cert_sign(),
            Ok(None) => true,
            Err(_) => false,
        };
        let fits = match self.x509.basic_constraints() {
            Ok(Some(constraints)) => {
                let most = constraints.value.path_len_constraint;
                constraints.value.ca && most.is_none_or(|most| below <= most as usize)
            }
            _ => false,
        };
        signs && fits
    }

    /// It is for servers, or does not say what it is for.
    pub fn is_for_servers(&self) -> bool {
        match self.x509.extended_key_usage() {
            Ok(Some(usage)) => usage.value.server_auth,
            Ok(None) => true,
            Err(_) => false,
        }
    }
}

fn facts(x509: &X509Certificate<'_>, der: &[u8]) -> Option<Certificate> {
    let (key, key_bits) = key::kind(x509.public_key());
    let mut facts = Certificate {
        sha256: hexadecimal(&Sha256::digest(der)),
        key_sha256: hexadecimal(&Sha256::digest(x509.public_key().raw)),
        serial: hexadecimal(x509.raw_serial()),
        subject: name::text(x509.subject()),
        issuer: name::text(x509.issuer()),
        authority: name::authority(x509.issuer()),
        names: Vec::new(),
        addresses: Vec::new(),
        not_before: timestamp(x509.validity().not_before)?,
        not_after: timestamp(x509.validity().not_after)?,
        key,
        key_bits,
        signature_hash: key::hash(&x509.signature_algorithm),
        is_authority: x509.is_ca(),
        is_self_signed: is_self_signed(x509),
        must_staple: false,
        timestamps: 0,
        crl_urls: Vec::new(),
        ocsp_urls: Vec::new(),
        issuer_urls: Vec::new(),
        key_is_compromised: Answer::unknown("no list was asked"),
    };
    for extension in x509.extensions() {
        if extension.oid.to_id_string() == TLS_FEATURE {
            facts.must_staple = extension.value.windows(3).any(|window| window == STATUS_REQUEST);
        }
        take(&mut facts, extension.parsed_extension());
    }
    Some(facts)
}

fn take(facts: &mut Certificate, extension: &ParsedExtension<'_>) {
    match extension {
        ParsedExtension::SubjectAlternativeName(names) => {
            for name in names.general_names.iter().take(MOST_NAMES) {
                match name {
                    GeneralName::DNSName(name) => facts.names.push((*name).to_owned()),
                    GeneralName::IPAddress(octets) => facts.addresses.extend(address(octets)),
                    _ => {}
                }
            }
        }
        ParsedExtension::SCT(timestamps) => {
            facts.timestamps = u32::try_from(timestamps.len()).unwrap_or(u32::MAX);
        }
        ParsedExtension::CRLDistributionPoints(points) => {
            for point in points.points.iter().take(MOST_NAMES) {
                if let Some(DistributionPointName::FullName(names)) = &point.distribution_point {
                    facts.crl_urls.extend(names.iter().filter_map(url).take(MOST_NAMES));
                }
            }
        }
        ParsedExtension::AuthorityInfoAccess(access) => {
            for access in access.accessdescs.iter().take(MOST_NAMES) {
                match access.access_method.to_id_string().as_str() {
                    OCSP => facts.ocsp_urls.extend(url(&access.access_location)),
                    CA_ISSUERS => facts.issuer_urls.extend(url(&access.access_location)),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Subject and issuer are one, and its signature fits its own key, as far as that can be told.
fn is_self_signed(x509: &X509Certificate<'_>) -> bool {
    x509.subject().as_raw() == x509.issuer().as_raw()
        && signature::fits(x509, x509.public_key()) != Some(false)
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(octets)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from))
        .ok()
}

fn url(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::URI(url) => Some((*url).to_owned()),
        _ => None,
    }
}

/// None where it is beyond what a calendar has.
fn timestamp(time: ASN1Time) -> Option<Timestamp> {
    Timestamp::from_second(time.timestamp()).ok()
}

pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}
