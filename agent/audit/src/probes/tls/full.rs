//! The full look at a server: all versions, suites, groups and the rest.

use tokio::join;

use super::ask::Server;
use super::flight::Flight;
use super::handshake::{self, Handshake, Shown};
use super::old::{ALPN, Old, Reply};
use super::said::Kind;
use super::starttls::Preface;
use super::suites::{Opened, Suites};
use super::tls13::Tls13;
use super::{TlsOutcome, features, groups, intrusive, names, primes, ssl2, suites};
use crate::facts::{Intrusive, ServedChain, Tls};
use crate::registry::{Group, SignatureScheme, Version};
use crate::{Answer, chain};

/// One version up to TLS 1.2, looked at.
struct Looked {
    opened: Opened,
    suites: Suites,
}

/// Everything that is asked beside versions and suites.
#[derive(Default)]
struct Extras {
    alpn: Answer<Vec<String>>,
    without_name: Answer<Option<Vec<Vec<u8>>>>,
    refuses_others: Answer<bool>,
    shown: Option<Shown>,
    /// The answer that extensions are read from, where it is not the first one by TLS 1.2.
    curious: Option<Box<Flight>>,
}

/// Looks.
pub(super) async fn look(server: &Server<'_>) -> TlsOutcome {
    let [old12, old11, old10, old3] = [Version::Tls12, Version::Tls11, Version::Tls10, Version::Ssl3]
        .map(|version| Old::new(server, version));
    let (mut tls13, answer12) = join!(Tls13::open(server), features::ask(&old12));
    if !server.has_answered() && !server.heard().is_unreachable() {
        // Perhaps it is so old that it cannot read newer hellos.
        suites::first(&old10).await;
    }
    if let Some(nothing) = nothing(server) {
        return nothing;
    }
    let opened12 = suites::open(&old12, answer12).await;
    let has12 = opened12.offered.is_yes();
    let first12 = opened12.first.clone();
    let has13 = tls13.offered.is_yes();
    let early = async {
        match &first12 {
            Some((_, first)) => Some(extras(server, Some((&old12, first)), has13).await),
            None if has13 => Some(extras(server, None, has13).await),
            None => None,
        }
    };
    let fallback = async {
        let picked = first12.as_ref().and_then(|(_, first)| Some(first.hello.as_ref()?.suite));
        match picked {
            Some(suite) if has13 => Some(names::fallback(&old12, &[suite]).await),
            _ => None,
        }
    };
    let of12 = async {
        let looked = look_at(&old12, opened12).await;
        let found = looked.suites.taken.found.clone();
        let (groups, schemes) = join!(groups::groups(&old12, &found), groups::schemes(&old12, &found));
        (looked, groups, schemes)
    };
    let (of12, (), of11, of10, of_ssl3, of_ssl2, early, fallback) = join!(
        Box::pin(of12),
        Box::pin(tls13.look()),
        Box::pin(open_and_look(&old11)),
        Box::pin(open_and_look(&old10)),
        Box::pin(open_and_look(&old3)),
        Box::pin(ssl2::look(server)),
        Box::pin(early),
        Box::pin(fallback),
    );
    let (of12, groups12, schemes12) = of12;
    let looks = [(&old12, of12), (&old11, of11), (&old10, of10), (&old3, of_ssl3)];
    let newest = looks.iter().find(|(_, looked)| looked.opened.first.is_some());
    let extras = match (early, newest) {
        (Some(extras), _) => extras,
        (None, Some((old, _))) => late_extras(server, old).await,
        (None, None) => Extras::default(),
    };
    let fallback = match fallback {
        Some(answer) => answer,
        None => late_fallback(&looks, has13).await,
    };
    let groups = match newest {
        _ if has12 => groups12,
        Some((old, looked)) => groups::groups(old, &looked.suites.taken.found).await,
        None if looks.iter().all(|(_, looked)| looked.opened.offered.is_no()) => Answer::Known(Vec::new()),
        None => Answer::unknown("no version up to TLS 1.2 could be asked"),
    };
    let mut tls = Tls { groups, fallback_scsv: fallback, ..Tls::default() };
    tls.signature_schemes = schemes(&looks[0].1, schemes12);
    note_tls13(&mut tls, &tls13, &looks);
    tls.intrusive = intrusive(server, newest, &extras).await;
    tls.versions.insert(Version::Ssl2, of_ssl2);
    assemble(server, tls, &looks, extras)
}

/// What there is to say of a server that said nothing, or nothing of TLS.
fn nothing(server: &Server<'_>) -> Option<TlsOutcome> {
    let heard = server.heard();
    let spoken = match (heard.tls, heard.other, heard.last_silence) {
        (true, ..) => return None,
        (false, Some(_), _) => Answer::Known(false),
        (false, None, Some(silence)) if silence.kind == Kind::NotListening => Answer::Known(false),
        (false, None, Some(silence)) => Answer::unknown(silence.why),
        (false, None, None) => Answer::unknown("nothing came back"),
    };
    Some(TlsOutcome { spoken, tls: None, chains: Vec::new(), unchanged: false })
}

async fn open_and_look(old: &Old<'_>) -> Looked {
    let answer = suites::first(old).await;
    let opened = suites::open(old, answer).await;
    look_at(old, opened).await
}

async fn look_at(old: &Old<'_>, opened: Opened) -> Looked {
    let suites = match &opened.first {
        Some(first) => suites::all(old, first).await,
        None => Suites::default(),
    };
    Looked { opened, suites }
}

/// Asks everything else, by the newest version up to TLS 1.2 and its first answer, or by TLS 1.3 alone.
async fn extras(server: &Server<'_>, old: Option<(&Old<'_>, &Flight)>, has13: bool) -> Extras {
    let is_web = server.preface == Preface::None;
    let by_old = async {
        match old {
            Some((old, first)) if is_web => features::alpn(old, first).await,
            _ => Answer::default(),
        }
    };
    let shake = async {
        if !has13 {
            return (None, Answer::default());
        }
        match handshake::shake(server, server.name, if is_web { ALPN } else { &[] }).await {
            Handshake::Shown(shown) if is_web && old.is_none() => {
                let alpn = features::alpn_by_tls13(server, &shown).await;
                (Some(shown), alpn)
            }
            Handshake::Shown(shown) => (Some(shown), Answer::default()),
            Handshake::Refused | Handshake::Unknown(_) => (None, Answer::default()),
        }
    };
    let others = async {
        if is_web {
            names::refuses_others(server, old.map(|(old, _)| old)).await
        } else {
            Answer::unknown("not asked of mail servers")
        }
    };
    let without = names::without(server, old.map(|(old, _)| old));
    let (by_old, (shown, by_tls13), without_name, refuses_others) =
        join!(Box::pin(by_old), Box::pin(shake), Box::pin(without), Box::pin(others));
    let alpn = if old.is_some() { by_old } else { by_tls13 };
    Extras { alpn, without_name, refuses_others, shown, curious: None }
}

/// The same where only versions before TLS 1.2 are spoken, whose first answer was not to a curious hello.
async fn late_extras(server: &Server<'_>, old: &Old<'_>) -> Extras {
    let Reply::Taken(flight) = features::ask(old).await else { return Extras::default() };
    let extras = extras(server, Some((old, &flight)), false).await;
    Extras { curious: Some(flight), ..extras }
}

/// Asks for the fallback by the second newest version that is spoken.
async fn late_fallback(looks: &[(&Old<'_>, Looked); 4], has13: bool) -> Answer<bool> {
    let mut spoken = looks.iter().filter(|(_, looked)| !looked.suites.taken.found.is_empty());
    let second = if has13 { spoken.next() } else { spoken.nth(1) };
    match second {
        Some((old, looked)) => names::fallback(old, &looked.suites.taken.found).await,
        None => Answer::unknown("only one version is spoken"),
    }
}

/// What only an attacker would ask, where that was allowed: last, since a server may not bear it.
async fn intrusive(
    server: &Server<'_>,
    newest: Option<&(&Old<'_>, Looked)>,
    extras: &Extras,
) -> Option<Intrusive> {
    let no = || Answer::Known(false);
    match newest {
        _ if !server.eyes.intrusive => None,
        Some((old, looked)) => {
            let by_tls12 = looked.opened.first.as_ref().map(|(_, flight)| flight);
            let first = extras.curious.as_ref().or(by_tls12).and_then(|flight| flight.hello.as_ref());
            let heartbeat = first.map(|hello| hello.has(features::HEARTBEAT));
            Some(intrusive::look(old, &looked.suites.taken.found, heartbeat).await)
        }
        // TLS 1.3 has none of the three.
        None => Some(Intrusive { heartbleed: no(), early_change_cipher_spec: no(), robot: no() }),
    }
}

fn schemes(of12: &Looked, schemes: Answer<Vec<SignatureScheme>>) -> Answer<Vec<SignatureScheme>> {
    match &of12.opened.offered {
        Answer::Known(true) => schemes,
        Answer::Known(false) => Answer::Known(Vec::new()),
        Answer::Unknown { unknown } => Answer::unknown(unknown.clone()),
    }
}

fn note_tls13(tls: &mut Tls, tls13: &Tls13<'_>, looks: &[(&Old<'_>, Looked); 4]) {
    let sentinel = looks.iter().any(|(old, _)| old.seen().sentinel == Some(Version::Tls13));
    let offered = match &tls13.offered {
        Answer::Known(false) if sentinel => Answer::unknown(
            "it refused every hello by TLS 1.3, and yet its random bytes say that it speaks it",
        ),
        other => other.clone(),
    };
    tls.groups_tls13 = match (&offered, &tls13.groups_complete) {
        (Answer::Known(true), Answer::Known(())) => {
            Answer::Known(tls13.groups.in_order().into_iter().map(Group).collect())
        }
        (Answer::Known(true), Answer::Unknown { unknown }) | (Answer::Unknown { unknown }, _) => {
            Answer::unknown(unknown.clone())
        }
        (Answer::Known(false), _) => Answer::Known(Vec::new()),
    };
    let suites = Suites { taken: tls13.suites.clone(), complete: tls13.suites_complete };
    tls.versions.insert(Version::Tls13, suites::facts(offered, &suites));
}

fn assemble(
    server: &Server<'_>,
    mut tls: Tls,
    looks: &[(&Old<'_>, Looked); 4],
    extras: Extras,
) -> TlsOutcome {
    let mut raw: Vec<(&str, Vec<Vec<u8>>)> = Vec::new();
    let mut found = std::collections::BTreeSet::new();
    let mut session_ids = None;
    for (old, looked) in looks {
        let facts = suites::facts(looked.opened.offered.clone(), &looked.suites);
        tls.versions.insert(old.version, facts);
        let seen = old.seen();
        found.extend(seen.primes.iter().cloned());
        session_ids = session_ids.or(seen.session_ids);
        for (kind, certificates) in &seen.chains {
            if raw.iter().all(|(known, _)| known != kind) {
                raw.push((kind, certificates.clone()));
            }
        }
    }
    if let Some(shown) = &extras.shown
        && raw.iter().all(|(_, known)| *known != shown.chain)
    {
        raw.push(("TLS 1.3", shown.chain.clone()));
    }
    tls.dh = found.iter().map(primes::parameters).collect();
    tls.session_ids = session_ids.map_or_else(Answer::default, Answer::Known);
    let (now, roots) = (jiff::Timestamp::now(), &server.eyes.roots);
    let read = |(by, chain): &(&str, Vec<Vec<u8>>)| ServedChain {
        by: (*by).to_owned(),
        chain: chain::read(chain, Some(server.name_or_address().as_str()), now, roots),
    };
    tls.chains = raw.iter().map(read).collect();
    tls.without_name =
        extras.without_name.map(|chain| chain.map(|chain| chain::read(&chain, None, now, roots)));
    tls.refuses_other_names = extras.refuses_others;
    tls.alpn = extras.alpn;
    let by_tls12 = looks[0].1.opened.first.as_ref().map(|(_, flight)| flight);
    let first = extras.curious.as_ref().or(by_tls12).map(|flight| &**flight);
    let is_tls13_alone = tls.versions.iter().all(|(version, facts)| {
        if *version == Version::Tls13 { facts.offered.is_yes() } else { facts.offered.is_no() }
    });
    features::note(&mut tls, first, extras.shown.as_ref(), is_tls13_alone);
    tls.oddities = server.oddities();
    tls.cost = server.cost();
    let chains = raw.into_iter().map(|(_, chain)| chain).collect();
    TlsOutcome { spoken: true.into(), tls: Some(tls), chains, unchanged: false }
}
