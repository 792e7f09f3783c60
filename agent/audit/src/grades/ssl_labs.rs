//! SSL Labs' rating: the Server Rating Guide's arithmetic (2009k) with the caps of later versions up to 2009r.
//!
//! Of a host with several addresses the worst counts. Not asked, and so never a reason: insecure renegotiation that a
//! client begins, Ticketbleed, and whether a revocation list that did not answer has the certificate.

mod caps;
mod score;

use super::assume::{Assume, Result, between};
use super::{Grade, Reason, Scheme};
use crate::facts::{Facts, Site, Tls};

/// The grades, the worst first: `T` not trusted, `M` for another name.
const GRADES: &[&str] = &["T", "M", "F", "E", "D", "C", "B", "A-", "A", "A+"];

/// How good a grade is.
fn rank(grade: &str) -> usize {
    GRADES.iter().position(|it| *it == grade).unwrap_or_default()
}

/// The grade of each host whose TLS was seen.
pub fn grades(facts: &Facts) -> Vec<Grade> {
    facts.sites.iter().filter_map(grade).collect()
}

fn grade(site: &Site) -> Option<Grade> {
    let endpoints = site.endpoints.known()?;
    let seen: Vec<&Tls> = endpoints.iter().filter_map(|endpoint| endpoint.tls.as_ref()).collect();
    if seen.is_empty() {
        return None;
    }
    let of = |assume| {
        let each = seen.iter().map(|tls| result(site, tls, assume));
        let worst = each.min_by_key(|it| (rank(&it.grade), it.points, texts(&it.reasons)));
        worst.unwrap_or(Result { grade: "F".to_owned(), points: None, reasons: Vec::new() })
    };
    Some(between(Scheme::SslLabs, "2009r", &site.host, of))
}

fn texts(reasons: &[Reason]) -> Vec<String> {
    reasons.iter().map(|reason| reason.text.en.clone()).collect()
}

fn result(site: &Site, tls: &Tls, assume: Assume) -> Result {
    let (total, mut reasons) = score::score(tls, assume);
    let by_points = match total {
        80.. => "A",
        65.. => "B",
        50.. => "C",
        35.. => "D",
        20.. => "E",
        _ => "F",
    };
    let caps = caps::caps(tls, assume);
    let lowest = |caps: &[Reason]| caps.iter().filter_map(|reason| reason.cap.as_deref()).map(rank).min();
    let capped = lowest(&caps).unwrap_or(rank("A")).min(rank(by_points));
    reasons.extend(caps);
    let grade = if capped == rank("A") && by_points == "A" {
        let (plus, why) = caps::plus(site, tls, assume);
        reasons.extend(why);
        if plus { "A+" } else { "A" }
    } else {
        GRADES.get(capped).copied().unwrap_or("F")
    };
    Result { grade: grade.to_owned(), points: Some(total), reasons }
}
