//! Asks name servers what an issuer will before it issues: where each name leads, and whom the CAA records let issue.
//!
//! Names in zones that the platform's name servers carry are asked of each of them, others of its resolver. What nobody can be
//! asked holds nothing up: the issuer will ask for itself.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use campanile_plan::certificate::forbids;
use campanile_plan::document::values::{CertificateName, DomainName};
use campanile_plan::document::{Dns, Platform};
use campanile_plan::domain::{Data, Kind, Owner};
use campanile_plan::plan::LookUp;
use domain::base::iana::Rcode;
use futures_util::future::join_all;
use tokio::time::sleep;

use super::AcmeError;
use crate::dns::{Found, NoAnswer, look_up};

/// How long the right answer may take to come: secondaries fetch a change some seconds after it was made.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);
/// Most zones through which CNAMEs lead.
const MOST_STEPS: usize = 8;

/// Looks up every name.
///
/// # Errors
/// The first thing at which the issuer would fail.
pub(super) async fn look_up_names(platform: &Platform, wanted: &LookUp) -> Result<(), AcmeError> {
    let Some(dns) = &platform.spec.dns else { return Ok(()) };
    let begun = Instant::now();
    loop {
        match by_all(dns, wanted).await {
            Err(_) if begun.elapsed() < PATIENCE => sleep(PAUSE).await,
            found => return found,
        }
    }
}

/// Asks by way of every name server. One that is silent is passed over if another one answers.
async fn by_all(dns: &Dns, wanted: &LookUp) -> Result<(), AcmeError> {
    let ways = dns.name_servers.value.iter().map(|server| Way {
        wanted,
        server: server.address.socket(),
        at: format!("at {}", server.name),
        resolver: dns.resolver.map(|resolver| resolver.socket()),
    });
    let mut silent = None;
    let mut answered = false;
    for found in join_all(ways.map(async |way| way.check().await)).await {
        match found {
            Ok(()) => answered = true,
            Err(error @ AcmeError::Unanswered { .. }) => silent = Some(error),
            Err(error) => return Err(error),
        }
    }
    silent.filter(|_| !answered).map_or(Ok(()), Err)
}

/// One name server, and the resolver for what it does not have.
struct Way<'a> {
    wanted: &'a LookUp,
    server: SocketAddr,
    at: String,
    resolver: Option<SocketAddr>,
}

/// Who is asked about a name.
enum Asked {
    Server,
    Resolver(SocketAddr),
    Nobody,
}

impl Way<'_> {
    async fn check(&self) -> Result<(), AcmeError> {
        for name in &self.wanted.names {
            if !self.wanted.addresses.is_empty() {
                self.leads_here(name.domain()).await?;
            }
            if let Some(issuer) = &self.wanted.caa {
                self.permits(name, issuer).await?;
            }
        }
        Ok(())
    }

    /// Whether a name leads to the ingress, and nowhere else.
    async fn leads_here(&self, name: &DomainName) -> Result<(), AcmeError> {
        let owner = Owner::from(name);
        let mut found = BTreeSet::new();
        for kind in [Kind::A, Kind::AAAA] {
            let Some(answer) = self.find(&owner, kind).await? else { return Ok(()) };
            found.extend(answer.data.iter().filter_map(Data::to_address));
        }
        if !found.is_empty() && found.is_subset(&self.wanted.addresses) {
            return Ok(());
        }
        let listed = |addresses: &BTreeSet<IpAddr>| match addresses.is_empty() {
            true => "no address".to_owned(),
            false => addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        Err(AcmeError::Elsewhere {
            name: name.to_string(),
            found: listed(&found),
            at: self.called(&owner),
            wanted: listed(&self.wanted.addresses),
        })
    }

    /// Whether the CAA records at the name, or else at the first one above that has any, let an issuer issue (RFC 8659, 3).
    async fn permits(&self, name: &CertificateName, issuer: &DomainName) -> Result<(), AcmeError> {
        let mut above = Some(Owner::from(name.domain()));
        while let Some(owner) = above {
            let found = self.find(&owner, Kind::CAA).await?;
            let records = found.map(|found| found.data).unwrap_or_default();
            if records.is_empty() {
                above = owner.above();
                continue;
            }
            if forbids(&records, issuer, (name.is_wildcard(), self.wanted.challenge)) {
                let texts: Vec<String> = records.iter().map(|data| data.to_text(Kind::CAA)).collect();
                return Err(AcmeError::Forbidden {
                    name: name.to_string(),
                    owner: owner.to_string(),
                    records: texts.join(", "),
                    at: self.called(&owner),
                    issuer: issuer.to_string(),
                    tag: if name.is_wildcard() { "issuewild" } else { "issue" },
                });
            }
            return Ok(());
        }
        Ok(())
    }

    /// The records of a name, wherever CNAMEs lead; none where nobody can be asked.
    async fn find(&self, owner: &Owner, kind: Kind) -> Result<Option<Found>, AcmeError> {
        let mut at = owner.clone();
        for _ in 0..MOST_STEPS {
            let found = match self.asks(&at) {
                Asked::Nobody => return Ok(None),
                Asked::Resolver(resolver) => return self.of_resolver(resolver, (owner, &at), kind).await,
                Asked::Server => look_up(self.server, (&at, kind), false).await,
            };
            match found {
                // a part of the zone that was given away
                Err(NoAnswer::NotTheirs) => {
                    let Some(resolver) = self.resolver else { return Ok(None) };
                    return self.of_resolver(resolver, (owner, &at), kind).await;
                }
                Err(why) => return Err(self.unanswered(owner, &at, &why)),
                // what the answer did not follow is in another zone
                Ok(found) if found.owner != at && found.data.is_empty() => at = found.owner,
                Ok(found) => return Ok(Some(found)),
            }
        }
        Ok(None)
    }

    /// What the resolver says. Where it does not answer nobody can be asked; that it refuses data as wrong is an answer.
    async fn of_resolver(
        &self,
        resolver: SocketAddr,
        (owner, at): (&Owner, &Owner),
        kind: Kind,
    ) -> Result<Option<Found>, AcmeError> {
        match look_up(resolver, (at, kind), true).await {
            Ok(found) => Ok(Some(found)),
            Err(why @ NoAnswer::Refused(Rcode::SERVFAIL)) => Err(AcmeError::Unanswered {
                name: owner.to_string(),
                at: format!("at the resolver {resolver}"),
                why: why.to_string(),
            }),
            Err(_) => Ok(None),
        }
    }

    fn asks(&self, owner: &Owner) -> Asked {
        match (self.wanted.zones.iter().any(|zone| owner.is_within(zone.as_str())), self.resolver) {
            (true, _) => Asked::Server,
            (false, Some(resolver)) => Asked::Resolver(resolver),
            (false, None) => Asked::Nobody,
        }
    }

    fn called(&self, owner: &Owner) -> String {
        match self.asks(owner) {
            Asked::Resolver(resolver) => format!("at the resolver {resolver}"),
            Asked::Server | Asked::Nobody => self.at.clone(),
        }
    }

    fn unanswered(&self, owner: &Owner, at: &Owner, why: &NoAnswer) -> AcmeError {
        AcmeError::Unanswered { name: owner.to_string(), at: self.called(at), why: why.to_string() }
    }
}
