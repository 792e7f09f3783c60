//! Asks name servers what an issuer will before it issues: where each name leads, and whom the CAA records let issue.
//!
//! Names in zones that the platform's name servers carry are asked of each of them, others of its resolver. What nobody can be
//! asked holds nothing up: the issuer will ask for itself.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use campanile_plan::certificate::forbids;
use campanile_plan::document::values::{CertificateName, DomainName, Listen};
use campanile_plan::document::{Dns, Platform};
use campanile_plan::domain::{Data, Kind, Owner};
use campanile_plan::plan::LookUp;
use domain::base::iana::Rcode;
use futures_util::future::join_all;
use tokio::time::sleep;

use crate::dns::{Found, NoAnswer, look_up};

/// How long the right answer may take to come: secondaries fetch a change some seconds after it was made.
const PATIENCE: Duration = Duration::from_secs(6);
/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);
/// Most zones through which CNAMEs lead.
const MOST_STEPS: usize = 8;

/// What name servers say that would make an issuer refuse.
#[derive(Debug, thiserror::Error)]
pub enum PreflightError {
    /// A name leads somewhere else.
    #[error(
        "{name} leads to {found} when asked {at}, and not to {wanted}; let its records say the ingress's addresses, \
         or take it out of the document, then apply again"
    )]
    Elsewhere {
        /// The name.
        name: String,
        /// Where it leads.
        found: String,
        /// Who says so.
        at: String,
        /// Where it should lead.
        wanted: String,
    },
    /// CAA records do not let the issuer issue.
    #[error(
        "the CAA records of {owner} do not let {issuer} issue for {name} ({records}, asked {at}); add 0 {tag} \
         \"{issuer}\" there, then apply again"
    )]
    Forbidden {
        /// The name in question.
        name: String,
        /// Where the records stand.
        owner: String,
        /// The records.
        records: String,
        /// Who says so.
        at: String,
        /// What the issuer calls itself.
        issuer: String,
        /// The property that is missing.
        tag: &'static str,
    },
    /// Nobody answers who should know a name.
    #[error("{name} cannot be looked up {at}: {why}; see that the name servers answer, then apply again")]
    Unanswered {
        /// The name.
        name: String,
        /// Who was asked.
        at: String,
        /// Why not.
        why: String,
    },
}

/// Looks up every name.
///
/// # Errors
/// The first thing at which the issuer would fail.
pub(super) async fn look_up_names(platform: &Platform, wanted: &LookUp) -> Result<(), PreflightError> {
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
async fn by_all(dns: &Dns, wanted: &LookUp) -> Result<(), PreflightError> {
    let ways = dns.name_servers.value.iter().map(|server| Way {
        wanted,
        server: server.address.socket(),
        at: format!("at {}", server.name),
        resolver: dns.resolver.map(Listen::socket),
    });
    let mut silent = None;
    let mut answered = false;
    for found in join_all(ways.map(async |way| way.check().await)).await {
        match found {
            Ok(()) => answered = true,
            Err(error @ PreflightError::Unanswered { .. }) => silent = Some(error),
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
    async fn check(&self) -> Result<(), PreflightError> {
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
    async fn leads_here(&self, name: &DomainName) -> Result<(), PreflightError> {
        let owner = Owner::from(name);
        let mut found = BTreeSet::new();
        for kind in [Kind::A, Kind::AAAA] {
            let Some(answer) = self.find(&owner, kind).await? else { return Ok(()) };
            found.extend(answer.data.iter().filter_map(Data::to_address));
        }
        if !found.is_empty() && found.is_subset(&self.wanted.addresses) {
            return Ok(());
        }
        let text = |address: &IpAddr| address.to_string();
        let found: Vec<String> = found.iter().map(text).collect();
        let wanted: Vec<String> = self.wanted.addresses.iter().map(text).collect();
        Err(PreflightError::Elsewhere {
            name: name.to_string(),
            found: if found.is_empty() { "no address".to_owned() } else { found.join(", ") },
            at: self.called(&owner),
            wanted: wanted.join(", "),
        })
    }

    /// Whether the CAA records at the name, or else at the first one above that has any, let an issuer issue (RFC 8659, 3).
    async fn permits(&self, name: &CertificateName, issuer: &DomainName) -> Result<(), PreflightError> {
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
                return Err(PreflightError::Forbidden {
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
    async fn find(&self, owner: &Owner, kind: Kind) -> Result<Option<Found>, PreflightError> {
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
    ) -> Result<Option<Found>, PreflightError> {
        match look_up(resolver, (at, kind), true).await {
            Ok(found) => Ok(Some(found)),
            Err(why @ NoAnswer::Refused(Rcode::SERVFAIL)) => Err(PreflightError::Unanswered {
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

    fn unanswered(&self, owner: &Owner, at: &Owner, why: &NoAnswer) -> PreflightError {
        PreflightError::Unanswered { name: owner.to_string(), at: self.called(at), why: why.to_string() }
    }
}
