//! Suites and groups of TLS 1.3. A hello without a key share makes the server name the suite and the group that it would
//! take in a `HelloRetryRequest`: neither side computes anything.

use super::ask::Server;
use super::flight::Flight;
use super::hello::{Hello, Shares};
use super::list::{Learned, SCHEMES, TLS13_GROUPS, TLS13_SUITES, Taken};
use super::said::Said;
use super::{random, suites};
use crate::Answer;
use crate::registry::Version;

/// TLS 1.3 at one server.
pub(super) struct Tls13<'a> {
    server: &'a Server<'a>,
    shares: Shares,
    /// It is spoken.
    pub offered: Answer<bool>,
    /// Suites.
    pub suites: Taken,
    /// Groups.
    pub groups: Taken,
    /// All suites were taken or refused.
    pub suites_complete: bool,
    /// All groups were; else why not.
    pub groups_complete: Answer<()>,
}

enum Reply {
    Taken,
    NotThisVersion,
    Refused,
    Unknown(String),
}

impl<'a> Tls13<'a> {
    /// Nothing was asked yet.
    pub fn unasked(server: &'a Server<'a>) -> Self {
        Self {
            server,
            shares: Shares::None,
            offered: Answer::default(),
            suites: Taken::of(TLS13_SUITES),
            groups: Taken::of(TLS13_GROUPS),
            suites_complete: false,
            groups_complete: Answer::default(),
        }
    }

    /// Asks whether it is spoken.
    pub async fn open(server: &'a Server<'a>) -> Self {
        let mut tls13 = Self::unasked(server);
        let mut reply = tls13.ask(TLS13_SUITES, TLS13_GROUPS).await;
        // Some take an empty list of key shares for an error.
        if matches!(reply, Reply::Refused | Reply::Unknown(_)) && server.has_answered() {
            tls13.shares = Shares::Grease;
            reply = tls13.ask(TLS13_SUITES, TLS13_GROUPS).await;
        }
        tls13.offered = match reply {
            Reply::Taken => true.into(),
            Reply::Refused | Reply::NotThisVersion => false.into(),
            Reply::Unknown(why) => Answer::unknown(why),
        };
        tls13
    }

    /// Finds all suites and groups, where it is spoken.
    pub async fn look(&mut self) {
        if !self.offered.is_yes() {
            return;
        }
        self.suites_complete = loop {
            let (offered, groups) = (self.suites.open.clone(), self.groups.all());
            let before = self.suites.found.len();
            match self.ask(&offered, &groups).await {
                Reply::Taken if self.suites.found.len() > before => {}
                Reply::Taken => {
                    self.server.note(suites::NOT_OFFERED);
                    break false;
                }
                Reply::Refused | Reply::NotThisVersion => break true,
                Reply::Unknown(_) => break false,
            }
        };
        self.groups_complete = loop {
            let (suites, offered) = (self.suites.found.clone(), self.groups.open.clone());
            let before = self.groups.found.len();
            match self.ask(&suites, &offered).await {
                Reply::Taken if self.groups.found.len() > before => {}
                Reply::Taken => {
                    self.server.note("picked a group that was not offered");
                    break Answer::Known(());
                }
                Reply::Refused | Reply::NotThisVersion => break Answer::Known(()),
                Reply::Unknown(why) => break Answer::unknown(why),
            }
        };
        let unclear = |taken: &Taken| taken.found.len() > 1 && taken.has_own_order().is_none();
        if unclear(&self.suites) || unclear(&self.groups) {
            let (suites, groups) = (self.suites.reversed(), self.groups.reversed());
            self.ask(&suites, &groups).await;
        }
    }

    /// Asks for what neither suites nor groups have, and says whether it was refused: nothing was added.
    pub async fn refuses(&mut self, suites: &[u16], groups: &[u16]) -> Answer<bool> {
        match self.ask(suites, groups).await {
            Reply::Taken => false.into(),
            Reply::Refused | Reply::NotThisVersion => true.into(),
            Reply::Unknown(why) => Answer::unknown(why),
        }
    }

    async fn ask(&mut self, suites: &[u16], groups: &[u16]) -> Reply {
        let hello = Hello {
            version: Version::Tls13,
            suites: suites.to_vec(),
            groups: groups.to_vec(),
            schemes: SCHEMES.to_vec(),
            name: self.server.name,
            alpn: &[],
            curious: false,
            shares: self.shares,
        };
        match self.server.ask(&hello.record(&random())).await {
            Said::Hello(flight) => self.take_up(&hello, &flight),
            Said::Refused(70) => Reply::NotThisVersion,
            Said::Refused(_) => Reply::Refused,
            Said::NotTls(what) => Reply::Unknown(format!("it answered with {what}")),
            Said::Nothing(silence) => Reply::Unknown(silence.why),
        }
    }

    fn take_up(&mut self, hello: &Hello, flight: &Flight) -> Reply {
        let Some(answer) = &flight.hello else { return Reply::Unknown("it sent no server hello".to_owned()) };
        if answer.version < Version::Tls13.number() {
            return Reply::NotThisVersion;
        }
        if answer.version > Version::Tls13.number() {
            return Reply::Unknown(format!("it answered with version 0x{:04x}", answer.version));
        }
        // What was not offered teaches nothing; whoever asked sees that nothing was found.
        self.suites.learn(&hello.suites, answer.suite);
        if let Some(group) = answer.group
            && self.groups.learn(&hello.groups, group) == Learned::NotOffered
        {
            self.server.note("picked a group that was not offered");
        }
        Reply::Taken
    }
}
