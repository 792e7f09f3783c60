//! One look at a body: all probes side by side, and what is not there in time is unknown.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::{OptionFuture, join_all};
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::tls::Preface;
use super::{Eyes, dns, http, mail, revocation, tls};
use crate::Answer;
use crate::facts::{Domain, Endpoint, Facts, Mail, Site, Tls, Web};

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
        site(eyes, host, before.and_then(|before| before.sites.iter().find(same)), (limit, at))
    });
    let mailing = subject.domain.as_deref().filter(|_| subject.mail);
    let (sites, domain, mail) = tokio::join!(
        join_all(sites),
        OptionFuture::from(subject.domain.as_deref().map(|name| domain(eyes, name, &subject.hosts, limit))),
        OptionFuture::from(mailing.map(|name| mail(
            eyes,
            name,
            before.and_then(|before| before.mail.as_ref()),
            limit
        ))),
    );
    let (subject, title) = (subject.name.clone(), subject.title.clone());
    Facts { subject, title, at, sites, domain, mail }
}

async fn site(eyes: &Eyes, host: &Host, before: Option<&Site>, (limit, at): (Limit, Timestamp)) -> Site {
    let Host { name, https, http } = host;
    let (endpoints, visited, other_name) = tokio::join!(
        endpoints(eyes, host, before, (limit, at)),
        limit.within(http::visit(eyes, name, *https, *http)),
        limit.within(http::other_name(eyes, name, *https, *http)),
    );
    let (mut web, page) = visited.unwrap_or_else(|why| (silent(&why), None));
    web.http_versions.extend(by_alpn(&endpoints));
    let cms = limit.within(http::cms(eyes, &web, page.as_deref(), *https, *http)).await;
    Site {
        host: name.clone(),
        port: *https,
        shared_by: 1,
        endpoints,
        other_name: other_name.unwrap_or_else(Answer::unknown),
        web,
        cms: cms.unwrap_or_else(Answer::unknown),
    }
}

/// HTTP/2, where the handshakes agreed to it: the visit itself speaks HTTP/1.1.
fn by_alpn(endpoints: &Answer<Vec<Endpoint>>) -> Option<String> {
    let tls = endpoints.known().into_iter().flatten().filter_map(|endpoint| endpoint.tls.as_ref());
    let mut agreed = tls.filter_map(|tls| tls.alpn.known()).flatten();
    agreed.find(|protocol| *protocol == "h2").cloned()
}

/// One endpoint for each family of addresses that the host has one in.
async fn endpoints(
    eyes: &Eyes,
    host: &Host,
    before: Option<&Site>,
    (limit, at): (Limit, Timestamp),
) -> Answer<Vec<Endpoint>> {
    let addresses = match limit.within(eyes.resolver.addresses(&host.name)).await {
        Ok(Answer::Known(addresses)) => addresses,
        Ok(Answer::Unknown { unknown }) | Err(unknown) => return Answer::unknown(unknown),
    };
    let firsts = [addresses.iter().find(|ip| ip.is_ipv4()), addresses.iter().find(|ip| ip.is_ipv6())];
    let endpoints = firsts.into_iter().flatten().map(|ip| async move {
        let address = SocketAddr::new(*ip, host.https);
        let known = before.and_then(|site| site.endpoints.known());
        let known = known.and_then(|known| known.iter().find(|endpoint| endpoint.address == address));
        let before = known.and_then(|endpoint| endpoint.tls.as_ref());
        let looked = limit.within(endpoint(eyes, address, &host.name, (before, at))).await;
        looked.unwrap_or_else(|why| Endpoint { address, https: Answer::unknown(why), tls: None })
    });
    Answer::Known(join_all(endpoints).await)
}

/// What TLS does at one address, with what issuers say of its certificates.
async fn endpoint(
    eyes: &Eyes,
    address: SocketAddr,
    host: &str,
    (before, at): (Option<&Tls>, Timestamp),
) -> Endpoint {
    let outcome = tls::survey(eyes, address, Some(host), Preface::None, before).await;
    let mut tls = outcome.tls;
    for (served, der) in tls.iter_mut().flat_map(|tls| &mut tls.chains).zip(&outcome.chains) {
        revocation::consult(eyes, &mut served.chain, der, Some(host), at).await;
    }
    Endpoint { address, https: outcome.spoken, tls }
}

async fn domain(eyes: &Eyes, name: &str, hosts: &[Host], limit: Limit) -> Domain {
    let hosts: Vec<String> = hosts.iter().map(|host| host.name.clone()).collect();
    limit.within(dns::look(eyes, name, &hosts)).await.unwrap_or_else(|why| Domain {
        name: name.to_owned(),
        zone: Answer::unknown(&*why),
        name_servers: Answer::unknown(&*why),
        delegated_to: Answer::unknown(&*why),
        dnssec: Answer::unknown(&*why),
        caa: Answer::unknown(&*why),
        hosts_with_ipv6: Answer::unknown(&*why),
        hosts_without_ipv6: Answer::unknown(&*why),
    })
}

async fn mail(eyes: &Eyes, name: &str, before: Option<&Mail>, limit: Limit) -> Mail {
    let before = before.filter(|before| before.domain == name);
    let look = Box::pin(mail::look_at(eyes, name, mail::Ports::default(), before));
    limit.within(look).await.unwrap_or_else(|why| Mail {
        domain: name.to_owned(),
        exchangers: Answer::unknown(&*why),
        spf: Answer::unknown(&*why),
        spf_lookups: Answer::unknown(&*why),
        dkim_exists: Answer::unknown(&*why),
        dmarc: Answer::unknown(&*why),
        mta_sts: Answer::unknown(&*why),
        tls_reporting: Answer::unknown(&*why),
        ..Mail::default()
    })
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
