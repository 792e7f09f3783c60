//! What HTTP says: the way from port 80 and 443 to a page, its headers, its cookies, what it refers to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Answer;

/// What HTTP says of a host.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Web {
    /// The way from `http://HOST/`.
    pub plain: Answer<Visit>,
    /// The way from `https://HOST/`. A certificate that no browser would take is taken here: `facts::Trust` says what is wrong.
    pub secure: Answer<Visit>,
    /// The page at the end of `secure`, else of `plain`.
    pub page: Answer<Page>,
    /// A page that does not exist answers 404 or 410.
    pub says_not_found: Answer<bool>,
    /// `/.well-known/security.txt` (RFC 9116).
    pub security_txt: Answer<Option<SecurityTxt>>,
    /// `robots.txt` lets our User-Agent fetch `/`; yes where there is none.
    pub robots_allows: Answer<bool>,
    /// What one request with `Accept-Encoding: gzip, br, zstd` was encoded with: none where it was not.
    pub compression: Answer<Option<String>>,
    /// Versions of HTTP that were agreed to: `http/1.1`, `h2`.
    pub http_versions: Vec<String>,
    /// HSTS of this host is in the list that browsers carry (an old list's answer is unknown).
    pub preloaded: Answer<bool>,
    /// Whether another site's scripts may read the page, as a request with a foreign `Origin` shows.
    pub cross_origin: Answer<CrossOrigin>,
}

/// Who may read the page from another site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CrossOrigin {
    /// Nobody.
    Closed,
    /// Everybody, without credentials.
    Public,
    /// A foreign origin, with credentials.
    WithCredentials,
}

/// A way: hop by hop to where it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Visit {
    /// Each request with its answer, in order; the first is what was asked for.
    pub hops: Vec<Hop>,
    /// Where it ended.
    pub end: End,
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hop {
    /// The address that was asked for, in full.
    pub url: String,
    /// The status of the answer.
    pub status: u16,
    /// The headers of the answer by name in lower case, each value as it came; bounded in number and size.
    pub headers: BTreeMap<String, Vec<String>>,
    /// Where it leads, in full: `Location`, or a page's `<meta http-equiv="refresh">` of at most 5 s.
    pub leads_to: Option<String>,
    /// The certificate that it was served with; none by plain HTTP.
    #[serde(default)]
    pub certificate: Option<HopCertificate>,
}

/// The certificate that an answer was served with. It is taken as it is, so that the way can be followed; rules judge it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HopCertificate {
    /// SHA-256 of its DER, in hexadecimal.
    pub sha256: String,
    /// Whether a browser would take its chain for the host of this hop, revocation aside.
    pub trusted: Answer<bool>,
}

/// Where a way ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum End {
    /// At an answer that leads nowhere else: the last hop.
    Page,
    /// In a circle, or after more hops than a browser follows.
    TooManyRedirects,
    /// At an address where the probe does not go: private, loopback, `file:`.
    Refused {
        /// Why.
        why: String,
    },
    /// At a host that gave no answer that HTTP knows.
    Failed {
        /// Why.
        why: String,
    },
    /// The port refuses connections.
    Closed,
}

/// A page, as a visitor's browser gets it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Page {
    /// Its address.
    pub url: String,
    /// Its status.
    pub status: u16,
    /// Its headers, as in [`Hop`].
    pub headers: BTreeMap<String, Vec<String>>,
    /// Policies of `<meta http-equiv="Content-Security-Policy">`.
    pub meta_policies: Vec<String>,
    /// `<meta name="referrer">`.
    pub meta_referrer: Option<String>,
    /// Cookies that it and the hops before it set.
    pub cookies: Vec<Cookie>,
    /// What it loads: scripts, styles, images, frames, forms' targets.
    pub references: Vec<Reference>,
    /// Its title.
    pub title: String,
    /// Its body was longer than what was read.
    pub cut: bool,
    /// SHA-256 of what was read, in hexadecimal.
    pub sha256: String,
    /// Links with `data-element`, as the Modello Comuni asks for: element to address.
    pub marked_links: BTreeMap<String, String>,
    /// The version of the Design Comuni theme in a style sheet's opening comment.
    pub theme_version: Option<String>,
    /// What is odd about how it was served: "its bytes are not of the charset utf-8 that it names". In English, each once.
    #[serde(default)]
    pub oddities: Vec<String>,
}

/// A cookie that was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// The host that set it.
    pub host: String,
    /// Its `Domain`.
    pub domain: Option<String>,
    /// `Secure`.
    pub secure: bool,
    /// `HttpOnly`.
    pub http_only: bool,
    /// `SameSite`, as it stands there.
    pub same_site: Option<String>,
    /// Its name is one under which programs keep sessions: `PHPSESSID`.
    pub session: bool,
}

/// Something that a page loads or sends to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reference {
    /// What it is: `script`, `style`, `image`, `frame`, `media`, `object`, `font`, `form`.
    pub kind: String,
    /// Its address in full.
    pub url: String,
    /// It has `integrity`.
    pub integrity: bool,
}

/// `security.txt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecurityTxt {
    /// Its contacts.
    pub contacts: Vec<String>,
    /// Until when it holds; none where it does not say or what it says is no time.
    pub expires: Option<Timestamp>,
    /// It is served as text/plain, by HTTPS, and signed or not has the fields that must be there.
    pub problems: Vec<String>,
}
