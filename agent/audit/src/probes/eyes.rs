//! What all probes share: who may be asked, how often, how long they wait, and as whom they ask.

use std::net::SocketAddr;
use std::time::Duration;

use super::budget::Budget;
use super::connect::{self, ConnectError, Connection};
use super::guard::{Guard, Refusal};
use super::resolver::Resolver;
use super::revocation::Lists;
use crate::chain::Roots;

/// What all probes share; one for a run, used by all of them at once.
pub struct Eyes {
    /// Where names are looked up.
    pub resolver: Resolver,
    /// The roots that certificates are held against.
    pub roots: Roots,
    /// Which addresses may be asked at all.
    pub guard: Guard,
    /// How many connections at once, and how many in a second.
    pub budget: Budget,
    /// How long they wait.
    pub patience: Patience,
    /// Revocation lists that were fetched.
    pub revocation: Lists,
    /// The `User-Agent` that HTTP is asked with: a name and a contact.
    pub agent: String,
    /// Questions that an attacker would ask may be asked: the body consented.
    pub intrusive: bool,
}

/// How long probes wait. Every wait ends: a server that says nothing costs seconds, never more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, and for the first answer of a server whose pace is not known.
    pub first: Duration,
    /// The least for later answers, for which three round trips are enough otherwise.
    pub least: Duration,
    /// For all that one connection has to say.
    pub whole: Duration,
    /// Between two hellos to a server that cannot keep up.
    pub pause: Duration,
    /// How often a question that had no answer is asked again, slower.
    pub again: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            least: Duration::from_secs(1),
            whole: Duration::from_secs(10),
            pause: Duration::from_millis(120),
            again: 2,
        }
    }
}

impl Eyes {
    /// Eyes that ask public addresses alone, with the usual budget and patience.
    pub fn new(agent: impl Into<String>, resolver: Resolver, roots: Roots) -> Self {
        Self {
            resolver,
            roots,
            guard: Guard::default(),
            budget: Budget::default(),
            patience: Patience::default(),
            revocation: Lists::default(),
            agent: agent.into(),
            intrusive: false,
        }
    }

    /// Opens a connection to a public address, when the budget has room.
    pub async fn open(&self, address: SocketAddr) -> Result<Connection, ConnectError> {
        self.open_checked(self.guard.check(address.ip()), address).await
    }

    /// Opens a connection to an address of a host: also a private one, where the targets name the host itself.
    pub async fn open_for(&self, host: &str, address: SocketAddr) -> Result<Connection, ConnectError> {
        self.open_checked(self.guard.check_for(host, address.ip()), address).await
    }

    async fn open_checked(
        &self,
        checked: Result<(), Refusal>,
        address: SocketAddr,
    ) -> Result<Connection, ConnectError> {
        checked.map_err(|refusal| ConnectError::Refused { address, refusal })?;
        let permit = self.budget.connect(address.ip()).await;
        connect::connect(address, permit, &self.patience).await
    }
}
