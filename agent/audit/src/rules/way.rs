//! Where the way from `http://HOST/` leads, as a visitor who types a name takes it.

use super::address::{is_https, is_plain};
use crate::Answer;
use crate::facts::{End, Site, Visit};

/// Where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Port 80 is closed: nothing in the clear.
    Closed,
    /// To HTTPS.
    Secure,
    /// Nowhere: the page is shown in the clear.
    Stays,
    /// On, but to a page in the clear.
    Plain(String),
    /// Nothing could be told.
    Unknown(String),
}

/// Where the way from `http://HOST/` leads.
pub fn way(site: &Site) -> Way {
    let visit = match &site.web.plain {
        Answer::Known(visit) => visit,
        Answer::Unknown { unknown } => return Way::Unknown(unknown.clone()),
    };
    let last = visit.hops.last();
    let ends_at = match (&visit.end, last) {
        (End::Closed, None) => return Way::Closed,
        (End::Failed { why } | End::Refused { why }, None) => return Way::Unknown(why.clone()),
        (End::TooManyRedirects | End::Page, None) => {
            return Way::Unknown("no answer was recorded".to_owned());
        }
        (End::Page, Some(hop)) => &hop.url,
        // where the next hop failed, where it would have led is what counts
        (_, Some(hop)) => hop.leads_to.as_ref().unwrap_or(&hop.url),
    };
    match (is_https(ends_at), visit.hops.len(), &visit.end) {
        (true, _, _) => Way::Secure,
        (false, 1, End::Page) => Way::Stays,
        (false, _, _) => Way::Plain(ends_at.clone()),
    }
}

/// A step from HTTPS back to HTTP, on either way: where it leads.
pub fn downgrade(site: &Site) -> Option<&str> {
    let visits = [site.web.secure.known(), site.web.plain.known()];
    visits.into_iter().flatten().find_map(downgrade_of)
}

fn downgrade_of(visit: &Visit) -> Option<&str> {
    let mut steps = visit.hops.iter().filter_map(|hop| Some((hop, hop.leads_to.as_deref()?)));
    steps.find(|(hop, to)| is_https(&hop.url) && is_plain(to)).map(|(_, to)| to)
}

/// HTTPS is surely not offered: every address refuses it.
pub fn refuses_https(site: &Site) -> bool {
    let endpoints = site.endpoints.known().map(Vec::as_slice).unwrap_or_default();
    !endpoints.is_empty() && endpoints.iter().all(|endpoint| endpoint.https.is_no())
}

/// HTTPS is surely offered at some address.
pub fn offers_https(site: &Site) -> bool {
    site.endpoints.known().into_iter().flatten().any(|endpoint| endpoint.https.is_yes())
}
