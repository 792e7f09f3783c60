//! The Observatory's tests, here called checks: what each takes or gives.

use super::super::Reason;
use super::super::assume::{Assume, points};
use crate::facts::{Cookie, CrossOrigin, Page, Site, Visit};
use crate::rules::address::{host_of, is_https, is_plain, same_owner};
use crate::rules::csp::{Rating, forbids_framing, rate};
use crate::rules::headers::{Hsts, first, hsts, values};
use crate::rules::way::{Way, way};

/// One check: a site's reason, if it takes or gives any points.
pub type Check = fn(&Site, Assume) -> Option<Reason>;

/// Every check, in the order in which the Observatory shows them.
pub const CHECKS: &[Check] = &[
    policy,
    cookies,
    sharing,
    redirection,
    referrer,
    transport,
    integrity,
    sniffing,
    framing,
    resource,
    opener,
    embedder,
];

/// Asks about the page; where it was not seen, it costs what it can at worst, and wins what it can at best.
fn on_page(
    site: &Site,
    assume: Assume,
    (worst, best): (i32, i32),
    ask: impl Fn(&Page) -> Option<Reason>,
) -> Option<Reason> {
    if let Some(page) = site.web.page.known() {
        return ask(page);
    }
    let points_then = if assume.is_best() { best } else { worst };
    (points_then != 0).then(|| points(points_then, "la pagina non si è vista", "the page was not seen"))
}

fn policy(site: &Site, assume: Assume) -> Option<Reason> {
    on_page(site, assume, (-25, 10), |page| match rate(page) {
        Rating::Strict => Some(points(
            10,
            "CSP: default-src 'none' e nulla di insicuro",
            "CSP: default-src 'none' and nothing unsafe",
        )),
        Rating::Safe => Some(points(5, "CSP senza nulla di insicuro", "CSP with nothing unsafe")),
        Rating::UnsafeStyle => None,
        Rating::PlainPassive => Some(points(-10, "CSP: immagini in chiaro", "CSP: images in the clear")),
        Rating::UnsafeEval => Some(points(-10, "CSP: 'unsafe-eval'", "CSP: 'unsafe-eval'")),
        Rating::UnsafeInline => Some(points(
            -20,
            "CSP: script da ovunque o dentro la pagina",
            "CSP: scripts from anywhere or within the page",
        )),
        Rating::PlainActive => Some(points(-20, "CSP: script in chiaro", "CSP: scripts in the clear")),
        Rating::Invalid => Some(points(-25, "CSP illeggibile", "CSP that cannot be read")),
        Rating::Missing => Some(points(-25, "manca la CSP", "there is no CSP")),
    })
}

fn cookies(site: &Site, assume: Assume) -> Option<Reason> {
    on_page(site, assume, (-40, 5), |page| {
        let protected = transport_points(site, assume) == 0;
        let worst = page
            .cookies
            .iter()
            .filter_map(|cookie| cookie_reason(cookie, protected))
            .min_by_key(|it| it.points);
        let scoped = page.cookies.iter().all(|cookie| cookie.same_site.is_some());
        let bonus =
            || points(5, "cookie Secure, HttpOnly e SameSite", "cookies Secure, HttpOnly and SameSite");
        worst.or_else(|| (scoped && !page.cookies.is_empty()).then(bonus))
    })
}

/// What is worst about a cookie.
fn cookie_reason(cookie: &Cookie, protected: bool) -> Option<Reason> {
    let name = cookie.name.to_lowercase();
    let session = name.contains("login") || name.contains("sess");
    let same_site = cookie.same_site.as_deref().map(str::to_lowercase);
    let said_wrong = same_site.as_deref().is_some_and(|said| !matches!(said, "lax" | "strict" | "none"));
    let open = same_site.as_deref() == Some("none") && !cookie.secure;
    let lost = [
        (session && !cookie.secure && !protected, -40, "sessione senza Secure", "a session without Secure"),
        (session && !cookie.http_only, -30, "sessione senza HttpOnly", "a session without HttpOnly"),
        (said_wrong || open, -20, "SameSite sbagliato", "a wrong SameSite"),
        (
            name.contains("csrf") && same_site.is_none(),
            -20,
            "anti-CSRF senza SameSite",
            "anti-CSRF without SameSite",
        ),
        (!cookie.secure && !protected, -20, "senza Secure", "without Secure"),
        (
            session && !cookie.secure,
            -10,
            "sessione senza Secure, ma con HSTS",
            "a session without Secure, but HSTS",
        ),
        (!cookie.secure, -5, "senza Secure, ma con HSTS", "without Secure, but HSTS"),
    ];
    let (_, lost, it, en) = lost.into_iter().find(|(holds, ..)| *holds)?;
    let name = &cookie.name;
    Some(points(lost, format!("cookie {name}: {it}"), format!("cookie {name}: {en}")))
}

fn sharing(site: &Site, assume: Assume) -> Option<Reason> {
    let open = match site.web.cross_origin.known() {
        Some(sharing) => *sharing == CrossOrigin::WithCredentials,
        None => !assume.is_best(),
    };
    open.then(|| points(-50, "CORS con credenziali per chiunque", "CORS with credentials for anybody"))
}

fn redirection(site: &Site, assume: Assume) -> Option<Reason> {
    let way = way(site);
    if let Way::Unknown(why) = &way {
        let (it, en) = (format!("HTTP non ha risposto: {why}"), format!("HTTP gave no answer: {why}"));
        return (!assume.is_best()).then(|| points(-20, it, en));
    }
    let visit = site.web.plain.known()?;
    if verified(visit, assume) == Some(false) {
        return Some(points(
            -20,
            "certificato non valido lungo la strada",
            "an invalid certificate on the way",
        ));
    }
    let to = visit.hops.first().and_then(|hop| hop.leads_to.as_deref());
    match way {
        Way::Stays => Some(points(-20, "nessun reindirizzamento a HTTPS", "no redirect to HTTPS")),
        Way::Plain(_) => Some(points(
            -20,
            "il reindirizzamento non finisce in HTTPS",
            "the redirect does not end at HTTPS",
        )),
        Way::Secure if to.is_some_and(is_plain) => {
            Some(points(-10, "il primo passo porta ancora a HTTP", "the first step leads to HTTP again"))
        }
        Way::Secure if to.and_then(host_of).is_some_and(|host| host != site.host) => {
            Some(points(-5, "il primo passo porta a un altro nome", "the first step leads to another name"))
        }
        Way::Closed | Way::Unknown(_) | Way::Secure => None,
    }
}

/// Whether every certificate on a way would be taken; none where none was seen.
fn verified(visit: &Visit, assume: Assume) -> Option<bool> {
    let certificates: Vec<bool> = visit
        .hops
        .iter()
        .filter_map(|hop| hop.certificate.as_ref())
        .map(|certificate| assume.answer(&certificate.trusted, true))
        .collect();
    (!certificates.is_empty()).then(|| certificates.into_iter().all(|trusted| trusted))
}

fn referrer(site: &Site, assume: Assume) -> Option<Reason> {
    on_page(site, assume, (-5, 5), |page| {
        let said = first(&page.headers, "referrer-policy").or_else(|| page.meta_referrer.clone())?;
        let last = said.rsplit(',').next().unwrap_or_default().trim().to_ascii_lowercase();
        Some(match last.as_str() {
            "no-referrer" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin" => {
                points(5, format!("Referrer-Policy: {last}"), format!("Referrer-Policy: {last}"))
            }
            _ => points(-5, format!("Referrer-Policy: «{last}»"), format!("Referrer-Policy: «{last}»")),
        })
    })
}

fn transport(site: &Site, assume: Assume) -> Option<Reason> {
    let lost = transport_points(site, assume);
    let (it, en) = match lost {
        0 => {
            let listed = assume.answer(&site.web.preloaded, true);
            return listed.then(|| points(5, "HSTS nell’elenco dei browser", "HSTS in the list of browsers"));
        }
        -10 => ("HSTS dura meno di sei mesi", "HSTS lasts less than six months"),
        _ => ("HSTS manca o non vale", "HSTS is missing or void"),
    };
    Some(points(lost, it, en))
}

/// What HSTS costs.
fn transport_points(site: &Site, assume: Assume) -> i32 {
    let Some(page) = site.web.page.known() else { return if assume.is_best() { 0 } else { -20 } };
    let valid = site.web.secure.known().and_then(|visit| verified(visit, assume)).unwrap_or(true);
    if !is_https(&page.url) || !valid {
        return -20;
    }
    match hsts(&page.headers) {
        Hsts::Seconds(15_552_000..) => 0,
        Hsts::Seconds(_) => -10,
        Hsts::Missing | Hsts::Invalid => -20,
    }
}

fn integrity(site: &Site, assume: Assume) -> Option<Reason> {
    on_page(site, assume, (-50, 5), |page| {
        if first(&page.headers, "content-type").is_some_and(|kind| !kind.contains("html")) {
            return None;
        }
        let scripts = || page.references.iter().filter(|part| part.kind == "script");
        let foreign = |url: &str| host_of(url).is_some_and(|host| !same_owner(&host, &site.host));
        let worst = scripts().filter(|part| foreign(&part.url)).map(|part| {
            match (part.integrity, is_https(&part.url)) {
                (true, true) => 0,
                (false, true) => -5,
                (true, false) => -20,
                (false, false) => -50,
            }
        });
        match worst.min() {
            Some(0) => Some(points(5, "script di altri con integrity", "foreign scripts with integrity")),
            Some(-5) => {
                Some(points(-5, "script di altri senza integrity", "foreign scripts without integrity"))
            }
            Some(lost) => Some(points(lost, "script di altri in chiaro", "foreign scripts in the clear")),
            None => {
                let own = scripts().any(|part| part.integrity && is_https(&part.url));
                own.then(|| points(5, "script con integrity", "scripts with integrity"))
            }
        }
    })
}

fn sniffing(site: &Site, assume: Assume) -> Option<Reason> {
    on_page(site, assume, (-5, 0), |page| {
        let set = first(&page.headers, "x-content-type-options").as_deref() == Some("nosniff");
        (!set).then(|| {
            points(-5, "manca X-Content-Type-Options: nosniff", "there is no X-Content-Type-Options: nosniff")
        })
    })
}

fn framing(site: &Site, assume: Assume) -> Option<Reason> {
    on_page(site, assume, (-20, 5), |page| {
        if forbids_framing(page) {
            return Some(points(5, "frame-ancestors nella CSP", "frame-ancestors in the CSP"));
        }
        let said = first(&page.headers, "x-frame-options").unwrap_or_default();
        let kept = said == "deny" || said == "sameorigin" || said.starts_with("allow-from ");
        (!kept).then(|| points(-20, "manca X-Frame-Options", "there is no X-Frame-Options"))
    })
}

fn resource(site: &Site, assume: Assume) -> Option<Reason> {
    isolation(site, assume, "cross-origin-resource-policy", &["same-origin", "same-site"], "cross-origin")
}

fn opener(site: &Site, assume: Assume) -> Option<Reason> {
    let good = ["same-origin", "same-origin-allow-popups", "noopener-allow-popups"];
    isolation(site, assume, "cross-origin-opener-policy", &good, "unsafe-none")
}

fn embedder(site: &Site, assume: Assume) -> Option<Reason> {
    isolation(
        site,
        assume,
        "cross-origin-embedder-policy",
        &["require-corp", "credentialless"],
        "unsafe-none",
    )
}

/// One of the policies that keep pages apart: nothing is lost where it is missing.
fn isolation(site: &Site, assume: Assume, name: &str, good: &[&str], neutral: &str) -> Option<Reason> {
    on_page(site, assume, (-5, 10), |page| {
        let said: Vec<&str> = values(&page.headers, name).collect();
        let token = said.first()?.split(';').next().unwrap_or_default().trim();
        match said.len() {
            1 if good.contains(&token) => {
                Some(points(10, format!("{name}: {token}"), format!("{name}: {token}")))
            }
            1 if token == neutral => None,
            _ => Some(points(-5, format!("{name} illeggibile"), format!("{name} cannot be read"))),
        }
    })
}
