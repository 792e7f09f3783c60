//! Policies that stand in DNS as text: read, and what is wrong with them. Nothing here asks anybody.

#[cfg(feature = "certificates")]
pub mod dane;
#[cfg(feature = "certificates")]
pub mod dkim;
pub mod dmarc;
pub mod mta_sts;
pub mod spf;
mod tags;
pub mod tls_reporting;

/// The records that begin with a version: `v=spf1`, followed by nothing, a space or a semicolon.
fn of_version<'a>(texts: &'a [String], version: &str) -> Vec<&'a str> {
    let begins = |text: &&str| {
        let head = text.get(..version.len());
        let rest = text.get(version.len()..).unwrap_or_default();
        head.is_some_and(|head| head.eq_ignore_ascii_case(version))
            && (rest.is_empty() || rest.starts_with([' ', '\t', ';']))
    };
    texts.iter().map(|text| text.trim()).filter(begins).collect()
}
