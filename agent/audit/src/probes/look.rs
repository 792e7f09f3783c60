//! One look at a body: all probes side by side, within one time limit; and many looks, a bounded number at once.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::Eyes;
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

/// Looks at one after the other, `at_once` at a time, and hands each result over as it comes. Nothing is kept: memory does
/// not grow with the number of bodies. Ends early when `stop` does, or when `take` says no; says whether it came to the end.
pub async fn many<B, R, L>(
    bodies: impl IntoIterator<Item = B>,
    at_once: usize,
    stop: impl Future<Output = ()>,
    look: impl Fn(B) -> L,
    mut take: impl FnMut(R) -> bool,
) -> bool
where
    R: Send + 'static,
    L: Future<Output = R> + Send + 'static,
{
    tokio::pin!(stop);
    let mut bodies = bodies.into_iter();
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < at_once.max(1) {
            let Some(body) = bodies.next() else { break };
            under_way.spawn(look(body));
        }
        tokio::select! {
            biased;
            () = &mut stop => return false,
            done = under_way.join_next() => match done {
                None => return true,
                Some(Ok(result)) => if !take(result) { return false },
                // a look that panicked is a fault of ours, and costs that body alone
                Some(Err(_)) => {}
            }
        }
    }
}

/// Looks at a body with all probes side by side; what is not there within `each` is unknown. By what was seen last time, what
/// is as it was is not asked again.
pub async fn look(eyes: &Eyes, subject: &Subject, _before: Option<&Facts>, _each: Duration) -> Facts {
    let mut sites = Vec::new();
    for host in &subject.hosts {
        let endpoints = eyes.resolver.addresses(&host.name).await.map(|addresses| {
            let endpoint = |ip| Endpoint {
                address: (ip, host.https).into(),
                https: Answer::unknown("not asked"),
                tls: None,
            };
            addresses.into_iter().map(endpoint).collect()
        });
        sites.push(Site {
            host: host.name.clone(),
            port: host.https,
            shared_by: 1,
            endpoints,
            other_name: Answer::unknown("not asked"),
            web: Web::default(),
            cms: Answer::unknown("not asked"),
        });
    }
    Facts {
        subject: subject.name.clone(),
        title: subject.title.clone(),
        at: Timestamp::now(),
        sites,
        domain: None,
        mail: None,
    }
}
