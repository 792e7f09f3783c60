//! What a certificate's issuer has to say of it: its revocation list, and the intermediate that a server left out.

mod lists;

use jiff::Timestamp;

use super::Eyes;
use super::fetch::{self, FetchError};
use crate::Answer;
use crate::chain::{self, Revocations};
use crate::facts::{Chain, Diagnosis, Revocation};
pub use lists::Lists;

/// Largest revocation list, and largest certificate of an issuer, in bytes.
const LIST_BYTES: usize = 20 << 20;
const CERTIFICATE_BYTES: usize = 64 << 10;
/// Issuers that are fetched, one after the other, until a root is reached.
const MOST_ISSUERS: usize = 4;
/// Addresses of one certificate that are tried.
const MOST_PLACES: usize = 2;

/// Asks the issuer about a chain that was served as this DER: an incomplete one is completed as far as issuers say where
/// their certificates are, and the site's certificate is looked up in its issuer's revocation list.
pub async fn consult(eyes: &Eyes, chain: &mut Chain, served: &[Vec<u8>], name: Option<&str>, now: Timestamp) {
    let is_incomplete =
        chain.trust.diagnoses.iter().any(|diagnosis| matches!(diagnosis, Diagnosis::Incomplete { .. }));
    let mut issuers = Vec::new();
    if is_incomplete {
        match missing(eyes, chain, served, now).await {
            Ok(fetched) => {
                chain::complete(chain, served, &fetched, name, now, &eyes.roots);
                issuers = fetched;
            }
            Err(why) => {
                for diagnosis in &mut chain.trust.diagnoses {
                    if let Diagnosis::Incomplete { would_be_trusted, .. } = diagnosis {
                        *would_be_trusted = Answer::unknown(why.clone());
                    }
                }
            }
        }
    }
    let Some(first) = served.first() else { return };
    let places: Vec<String> =
        chain.certificates.first().map(|first| first.crl_urls.clone()).unwrap_or_default();
    if places.is_empty() {
        return;
    }
    let issuer = chain::issuer_of(first, served.iter().skip(1).chain(&issuers));
    let issuer = issuer.or_else(|| chain::root_of(first, &eyes.roots));
    chain.trust.revocation = match issuer {
        None => Revocation::Unknown { why: "the issuer's certificate was not served".to_owned() },
        Some(issuer) => revocation(eyes, first, &issuer, &places, now).await,
    };
}

/// The intermediates that are missing, as their subjects say where they are.
async fn missing(
    eyes: &Eyes,
    chain: &Chain,
    served: &[Vec<u8>],
    now: Timestamp,
) -> Result<Vec<Vec<u8>>, String> {
    let last = chain::end_of(served, &eyes.roots);
    let mut places = chain.certificates.get(last).map(|last| last.issuer_urls.clone()).unwrap_or_default();
    let mut fetched: Vec<Vec<u8>> = Vec::new();
    while fetched.len() < MOST_ISSUERS {
        if places.is_empty() {
            break;
        }
        let der = first_of(eyes, &places, CERTIFICATE_BYTES).await.map_err(|error| words(&error))?;
        let der = chain::certificate_in(&der).ok_or("what is there is no certificate")?;
        let read = chain::read(std::slice::from_ref(&der), None, now, &eyes.roots);
        let Some(certificate) = read.certificates.first() else {
            return Err("what is there is no certificate".to_owned());
        };
        places.clone_from(&certificate.issuer_urls);
        let ends = certificate.is_self_signed || chain::root_of(&der, &eyes.roots).is_some();
        fetched.push(der);
        if ends {
            break;
        }
    }
    if fetched.is_empty() {
        return Err("it does not say where its issuer's certificate is".to_owned());
    }
    Ok(fetched)
}

async fn revocation(
    eyes: &Eyes,
    certificate: &[u8],
    issuer: &chain::Issuer,
    places: &[String],
    now: Timestamp,
) -> Revocation {
    let mut why_not = "no list is at an address of HTTP".to_owned();
    for place in places.iter().filter(|place| place.starts_with("http://")).take(MOST_PLACES) {
        let list = eyes.revocation.get(place, issuer, now, || fetch_list(eyes, place, issuer)).await;
        match list {
            Ok(list) => return list.of(certificate, now),
            Err(why) => why_not = why,
        }
    }
    Revocation::Unknown { why: why_not }
}

async fn fetch_list(eyes: &Eyes, place: &str, issuer: &chain::Issuer) -> Result<Revocations, String> {
    let der = fetch::get(eyes, place, LIST_BYTES).await.map_err(|error| words(&error))?;
    Revocations::read(&der, place, issuer).map_err(|error| words(&error))
}

async fn first_of(eyes: &Eyes, places: &[String], most: usize) -> Result<Vec<u8>, FetchError> {
    let mut last = Err(FetchError::NoAddress);
    for place in places.iter().take(MOST_PLACES) {
        last = fetch::get(eyes, place, most).await;
        if last.is_ok() {
            break;
        }
    }
    last
}

fn words(error: &dyn std::error::Error) -> String {
    Answer::<()>::failed(error).why_unknown().unwrap_or_default().to_owned()
}
