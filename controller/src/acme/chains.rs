//! Other chains of one certificate (RFC 8555, 7.4.2): an issuer may offer several, by different roots.

use hyper::header::{HeaderMap, LINK};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::AcmeError;
use super::desk::Desk;

/// Most other chains that are looked at.
const MOST: usize = 8;

/// Another chain whose topmost certificate was issued by this common name; none if the usual one was, or none was.
pub(super) async fn preferred(
    desk: &Desk,
    address: &str,
    name: &str,
    usual: &str,
) -> Result<Option<String>, AcmeError> {
    if is_by(usual, name) {
        return Ok(None);
    }
    let doing = "asking for other chains";
    let reply = desk.ask(doing, address).await?;
    for url in links(&reply.headers, "alternate").into_iter().take(MOST) {
        let chain = desk.ask(doing, &url).await?;
        let chain = String::from_utf8_lossy(&chain.body).into_owned();
        if is_by(&chain, name) {
            return Ok(Some(chain));
        }
    }
    Ok(None)
}

/// The addresses in `Link: <https://…>;rel="alternate"`, for any relation.
pub(super) fn links(headers: &HeaderMap, relation: &str) -> Vec<String> {
    let links = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    let each = links.flat_map(|links| links.split(','));
    let (quoted, plain) = (format!("rel=\"{relation}\""), format!("rel={relation}"));
    let named = each.filter(|link| link.contains(&quoted) || link.contains(&plain));
    let url = |link: &str| Some(link.split_once('<')?.1.split_once('>')?.0.to_owned());
    named.filter_map(url).collect()
}

/// Whether the topmost certificate of a chain was issued by a common name.
fn is_by(chain: &str, name: &str) -> bool {
    let last = CertificateDer::pem_slice_iter(chain.as_bytes()).filter_map(Result::ok).last();
    let Some(last) = last else { return false };
    let Ok((_, certificate)) = x509_parser::parse_x509_certificate(&last) else { return false };
    certificate.issuer().iter_common_name().any(|common| common.as_str().is_ok_and(|common| common == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_by_their_relation() {
        let mut headers = HeaderMap::new();
        headers.append(LINK, "<https://a.test/dir>;rel=\"index\"".parse().unwrap());
        headers.append(
            LINK,
            "<https://a.test/1>;rel=\"alternate\", <https://a.test/2>;rel=\"alternate\"".parse().unwrap(),
        );
        assert_eq!(links(&headers, "alternate"), ["https://a.test/1", "https://a.test/2"]);
    }
}
