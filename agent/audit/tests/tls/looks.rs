//! Looks at a server, and short words for what was seen.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use campanile_audit::chain::Roots;
use campanile_audit::facts::Tls;
use campanile_audit::probes::tls::{Preface, TlsOutcome, survey};
use campanile_audit::probes::{Budget, Eyes, Guard, Limits, Resolver};
use campanile_audit::registry::Version;

use crate::street::NAME;

/// Eyes that may ask loopback addresses, as fast as they can.
pub fn eyes() -> Eyes {
    let resolver = Resolver::new(Vec::new(), BTreeMap::new());
    let limits = Limits { per_second: 10_000.0, burst: 10_000.0, ..Limits::default() };
    Eyes {
        guard: Guard::allowing_private(),
        budget: Budget::new(limits),
        ..Eyes::new("campanile-test", resolver, Roots::none())
    }
}

/// Looks at a server that speaks TLS.
pub async fn tls(address: SocketAddr) -> Tls {
    outcome(address).await.tls.unwrap()
}

/// Looks at a server.
pub async fn outcome(address: SocketAddr) -> TlsOutcome {
    survey(&eyes(), address, Some(NAME), Preface::None, None).await
}

/// The versions that are offered, with `?` behind those of which nothing could be told.
pub fn versions(tls: &Tls) -> String {
    let word = |version: &Version| match tls.versions[version].offered.known() {
        Some(true) => Some(version.name().to_owned()),
        Some(false) => None,
        None => Some(format!("{}?", version.name())),
    };
    Version::ALL.iter().filter_map(word).collect::<Vec<_>>().join(", ")
}

/// The suites of a version, with `…` behind them where there may be more.
pub fn suites(tls: &Tls, version: Version) -> Vec<String> {
    let facts = &tls.versions[&version];
    let more = (!facts.complete).then(|| "…".to_owned());
    facts.suites.iter().map(|suite| suite.name()).chain(more).collect()
}

/// Names of groups or schemes.
pub fn names<T: ToString>(answer: &campanile_audit::Answer<Vec<T>>) -> String {
    match answer.known() {
        Some(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        None => format!("unknown: {}", answer.why_unknown().unwrap_or_default()),
    }
}
