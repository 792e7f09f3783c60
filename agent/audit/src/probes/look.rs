//! One look at a body: all probes side by side, and what is not there in time is unknown.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::{Eyes, http};
use crate::Answer;
use crate::facts::{Endpoint, Facts, Site, Web};

/// A body: what is known of it before anybody looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Who: a member's name, an IPA code, else the host that was given.
    pub name: String,
    /// Its title for people; may be empty.
    pub title: String,
    /// Its hosts.
    pub hosts: Vec<Host>,
    /// Its domain; none where only the hosts are asked for.
    pub domain: Option<String>,
    /// Whether the mail of its domain is looked at.
    pub mail: bool,
    /// Whether it consented to intrusive probes.
    pub intrusive: bool,
}

/// A host, and where it serves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Host {
    /// Its name, in A-labels; or an address.
    pub name: String,
    /// The port of HTTPS.
    pub https: u16,
    /// The port of HTTP.
    pub http: u16,
}

/// Until when answers count.
#[derive(Clone, Copy)]
struct Limit {
    until: Instant,
    each: Duration,
}

impl Limit {
    /// What a probe says in time; else why nothing is known.
    async fn within<T>(self, probe: impl Future<Output = T>) -> Result<T, String> {
        let late = |_| format!("not all was said within {} s", self.each.as_secs());
        timeout_at(self.until, probe).await.map_err(late)
    }
}

/// Looks at a body with all probes side by side; what is not there within `each` is unknown. By what was seen last time, what
/// is as it was is not asked again.
pub async fn look(eyes: &Eyes, subject: &Subject, before: Option<&Facts>, each: Duration) -> Facts {
    let at = Timestamp::now();
    let limit = Limit { until: Instant::now() + each, each };
    let sites = subject.hosts.iter().map(|host| {
        let same = |site: &&Site| site.host == host.name && site.port == host.https;
        site(eyes, host, before.and_then(|before| before.sites.iter().find(same)), limit)
    });
    let sites = join_all(sites).await;
    let (subject, title) = (subject.name.clone(), subject.title.clone());
    Facts { subject, title, at, sites, domain: None, mail: None }
}

async fn site(eyes: &Eyes, host: &Host, _before: Option<&Site>, limit: Limit) -> Site {
    let Host { name, https, http } = host;
    let (endpoints, visited, other_name) = tokio::join!(
        endpoints(eyes, host, limit),
        limit.within(http::visit(eyes, name, *https, *http)),
        limit.within(http::other_name(eyes, name, *https, *http)),
    );
    let (web, _page) = visited.unwrap_or_else(|why| (silent(&why), None));
    Site {
        host: name.clone(),
        port: *https,
        shared_by: 1,
        endpoints,
        other_name: other_name.unwrap_or_else(Answer::unknown),
        web,
        cms: Answer::unknown("not asked"),
    }
}

/// One endpoint for each family of addresses that the host has one in.
async fn endpoints(eyes: &Eyes, host: &Host, limit: Limit) -> Answer<Vec<Endpoint>> {
    let addresses = match limit.within(eyes.resolver.addresses(&host.name)).await {
        Ok(Answer::Known(addresses)) => addresses,
        Ok(Answer::Unknown { unknown }) | Err(unknown) => return Answer::unknown(unknown),
    };
    let firsts = [addresses.iter().find(|ip| ip.is_ipv4()), addresses.iter().find(|ip| ip.is_ipv6())];
    let address = |ip: &IpAddr| SocketAddr::new(*ip, host.https);
    let endpoints = firsts.into_iter().flatten().map(|ip| async move {
        Endpoint { address: address(ip), https: Answer::unknown("not asked"), tls: None }
    });
    Answer::Known(join_all(endpoints).await)
}

/// What is known of a site that said nothing.
fn silent(why: &str) -> Web {
    Web {
        plain: Answer::unknown(why),
        secure: Answer::unknown(why),
        page: Answer::unknown(why),
        says_not_found: Answer::unknown(why),
        security_txt: Answer::unknown(why),
        robots_allows: Answer::unknown(why),
        compression: Answer::unknown(why),
        preloaded: Answer::unknown(why),
        cross_origin: Answer::unknown(why),
        ..Web::default()
    }
}
