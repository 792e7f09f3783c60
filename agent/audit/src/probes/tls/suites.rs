//! Which suites a version takes: each answer strikes off the one that was picked, until what is left is refused.

use futures_util::future::join_all;

use super::flight::Flight;
use super::list::{Learned, OLD_SUITES, Taken};
use super::old::{Offer, Old, Reply};
use crate::Answer;
use crate::facts::VersionFacts;
use crate::registry::Suite;

/// What a version up to TLS 1.2 takes.
#[derive(Debug, Default)]
pub(super) struct Suites {
    /// Suites, and how they were picked.
    pub taken: Taken,
    /// All were asked for, and each was taken or refused.
    pub complete: bool,
}

/// Whether a version is spoken, and the first answer that says so: all its suites are asked for, since a server may
/// refuse a version that it speaks for want of a suite.
#[derive(Debug)]
pub(super) struct Opened {
    /// It is spoken.
    pub offered: Answer<bool>,
    /// The first answer, and in which chunk of the suites it was.
    pub first: Option<(usize, Box<Flight>)>,
}

/// Asks whether a version is spoken, where its first chunk of suites was answered so.
pub(super) async fn open(old: &Old<'_>, answer: Reply) -> Opened {
    let mut answer = answer;
    for chunk in 0..OLD_SUITES.len() {
        if chunk > 0 {
            answer = old.ask(Offer { suites: OLD_SUITES[chunk].clone(), ..Offer::default() }).await;
        }
        match answer {
            Reply::Taken(flight) => return Opened { offered: true.into(), first: Some((chunk, flight)) },
            Reply::NotThisVersion => return Opened { offered: false.into(), first: None },
            Reply::Refused => {}
            Reply::Unknown(why) => return Opened { offered: Answer::unknown(why), first: None },
        }
    }
    Opened { offered: false.into(), first: None }
}

/// Asks for the first chunk of a version's suites, and nothing by the way.
pub(super) async fn first(old: &Old<'_>) -> Reply {
    old.ask(Offer { suites: OLD_SUITES[0].clone(), ..Offer::default() }).await
}

/// Finds all suites of a version that is spoken.
pub(super) async fn all(old: &Old<'_>, (opened_at, first): &(usize, Box<Flight>)) -> Suites {
    let chunks = OLD_SUITES.iter().enumerate().filter(|(at, _)| at >= opened_at);
    let found = join_all(
        chunks.map(|(at, chunk)| eliminate(old, Taken::of(chunk), (at == *opened_at).then_some(&**first))),
    )
    .await;
    let complete = found.iter().all(|suites| suites.complete);
    let in_chunks = found.iter().filter(|suites| !suites.taken.found.is_empty()).count();
    let mut taken = Taken::default();
    if in_chunks > 1 {
        // What was picked of one chunk was never beside what was picked of another.
        let union: Vec<u16> = found.iter().flat_map(|suites| suites.taken.found.iter().copied()).collect();
        taken = eliminate(old, Taken::of(&union), None).await.taken;
        taken.found.extend(std::mem::take(&mut taken.open));
    } else if let Some(suites) = found.into_iter().find(|suites| !suites.taken.found.is_empty()) {
        taken = suites.taken;
    }
    if complete && taken.found.len() > 1 && taken.has_own_order().is_none() {
        let suites = taken.reversed();
        if let Reply::Taken(flight) = old.ask(Offer { suites: suites.clone(), ..Offer::default() }).await {
            learn(&mut taken, &suites, &flight);
        }
    }
    Suites { taken, complete }
}

/// Strikes off one suite after the other.
async fn eliminate(old: &Old<'_>, mut taken: Taken, first: Option<&Flight>) -> Suites {
    if let Some(first) = first {
        let offered = taken.open.clone();
        if learn(&mut taken, &offered, first) != Learned::New {
            old.server.note(NOT_OFFERED);
            return Suites { taken, complete: false };
        }
    }
    while !taken.open.is_empty() {
        let offered = taken.open.clone();
        match old.ask(Offer { suites: offered.clone(), ..Offer::default() }).await {
            Reply::Taken(flight) if learn(&mut taken, &offered, &flight) == Learned::New => {}
            Reply::Taken(_) => {
                old.server.note(NOT_OFFERED);
                return Suites { taken, complete: false };
            }
            Reply::Refused | Reply::NotThisVersion => return Suites { taken, complete: true },
            Reply::Unknown(..) => return Suites { taken, complete: false },
        }
    }
    Suites { taken, complete: true }
}

/// What a server did that picked a suite that it was not offered.
pub(super) const NOT_OFFERED: &str = "picked a suite that was not offered";

fn learn(taken: &mut Taken, offered: &[u16], flight: &Flight) -> Learned {
    flight.hello.as_ref().map_or(Learned::NotOffered, |hello| taken.learn(offered, hello.suite))
}

/// Facts of a version.
pub(super) fn facts(offered: Answer<bool>, suites: &Suites) -> VersionFacts {
    let preference = match suites.taken.has_own_order() {
        Some(own) => own.into(),
        None if suites.taken.found.len() < 2 => Answer::unknown("fewer than two suites are taken"),
        None => Answer::unknown("its choices do not tell"),
    };
    VersionFacts {
        complete: offered.is_no() || (offered.is_yes() && suites.complete),
        suites: suites.taken.in_order().into_iter().map(|suite| Suite(u32::from(suite))).collect(),
        server_preference: preference,
        offered,
    }
}
