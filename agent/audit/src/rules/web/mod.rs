//! Rules on what HTTP says: redirects, headers, cookies, pages.

pub mod banner;
pub mod broken;
pub mod compression;
pub mod cookie_http_only;
pub mod cookie_same_site;
pub mod cookie_secure;
pub mod cors;
pub mod csp_missing;
pub mod csp_unsafe;
pub mod framing;
pub mod hsts_missing;
pub mod hsts_short;
pub mod integrity;
pub mod mixed_content;
pub mod no_address;
pub mod no_https;
pub mod no_redirect;
pub mod nosniff;
pub mod not_found;
pub mod not_told;
pub mod oddities;
pub mod other_host;
pub mod other_name;
pub mod plain_form;
pub mod redirect_elsewhere;
pub mod redirect_to_http;
pub mod referrer;
pub mod security_txt;

use super::prelude::{Remedy, Who};
#[cfg(test)]
use crate::facts::Cookie;
use crate::facts::{Hop, Site};

/// The host's own first answer by HTTPS: what it says holds for this name.
pub fn first_answer(site: &Site) -> Option<&Hop> {
    site.web.secure.known()?.hops.first()
}

fn hsts_remedy() -> Remedy {
    Remedy::by(
        Who::Hosting,
        "Aggiungere l’intestazione alle risposte in HTTPS; cominciare con poche ore, poi passare a due anni.",
        "Add the header to answers by HTTPS; begin with a few hours, then go to two years.",
    )
    .nginx("add_header Strict-Transport-Security \"max-age=63072000\" always;")
    .apache("Header always set Strict-Transport-Security \"max-age=63072000\"")
    .iis("Site > HSTS: Enable, Max-Age 63072000.")
}

fn csp_remedy() -> Remedy {
    Remedy::by(
        Who::SiteSupplier,
        "Scrivere una regola che permetta solo gli script del sito; provarla prima con Content-Security-Policy-Report-Only.",
        "Write a policy that allows only the site's own scripts; try it first with Content-Security-Policy-Report-Only.",
    )
    .nginx("add_header Content-Security-Policy \"default-src 'self'; object-src 'none'; frame-ancestors 'self'\" always;")
    .apache("Header always set Content-Security-Policy \"default-src 'self'; object-src 'none'; frame-ancestors 'self'\"")
    .iis("HTTP Response Headers: Content-Security-Policy = default-src 'self'; object-src 'none'; frame-ancestors 'self'")
}

fn cookie_remedy() -> Remedy {
    Remedy::by(
        Who::SiteSupplier,
        "Impostare Secure, HttpOnly e SameSite nel CMS o nel linguaggio del sito.",
        "Set Secure, HttpOnly and SameSite in the CMS or the site's language.",
    )
    .nginx("proxy_cookie_flags ~ secure httponly samesite=lax;")
    .apache("Header always edit Set-Cookie ^(.*)$ \"$1; Secure; HttpOnly; SameSite=Lax\"")
    .iis("web.config: <httpCookies requireSSL=\"true\" httpOnlyCookies=\"true\" sameSite=\"Lax\"/>")
}

#[cfg(test)]
fn cookie(name: &str, secure: bool, http_only: bool, same_site: Option<String>, session: bool) -> Cookie {
    let host = super::cases::HOST.to_owned();
    Cookie { name: name.to_owned(), host, domain: None, secure, http_only, same_site, session }
}
