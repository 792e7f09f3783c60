//! Which groups and signature schemes TLS 1.2 and older take for key exchange. Most were seen while suites were asked
//! for; what was not is offered alone, until it is refused.

use tls_parser::{TlsCipherAu, TlsCipherKx};

use super::list::Taken;
use super::old::{Offer, Old, Reply};
use crate::Answer;
use crate::registry::{Group, SignatureScheme, Suite};

/// Asks for groups: none are taken where no suite uses one.
pub(super) async fn groups(old: &Old<'_>, suites: &[u16]) -> Answer<Vec<Group>> {
    let suites = those(suites, |kx, _| matches!(kx, TlsCipherKx::Ecdhe));
    if suites.is_empty() {
        return Answer::Known(Vec::new());
    }
    // An ECDSA certificate can be used only by clients that offer its curve: it stays in the offer.
    let needs_curve = those(&suites, |_, au| !matches!(au, TlsCipherAu::Ecdsa)).is_empty();
    loop {
        let (open, found) = {
            let seen = old.seen();
            (seen.groups.open.clone(), seen.groups.found.clone())
        };
        let offered = if needs_curve { [open.clone(), found.clone()].concat() } else { open };
        let reply = old.ask(Offer { suites: suites.clone(), groups: Some(offered), schemes: None }).await;
        match learned(reply, found.len(), || old.seen().groups.found.len()) {
            Next::More => {}
            Next::All => break,
            Next::Unknown(why) => return Answer::unknown(why),
        }
    }
    let taken = settle(old, suites, |seen| &seen.groups, |groups| (Some(groups), None)).await;
    Answer::Known(taken.into_iter().map(Group).collect())
}

/// Asks for the schemes that key exchanges are signed with by TLS 1.2.
pub(super) async fn schemes(old: &Old<'_>, suites: &[u16]) -> Answer<Vec<SignatureScheme>> {
    let signed = |kx: &TlsCipherKx, au: &TlsCipherAu| {
        matches!(kx, TlsCipherKx::Ecdhe | TlsCipherKx::Dhe)
            && matches!(au, TlsCipherAu::Rsa | TlsCipherAu::Ecdsa | TlsCipherAu::Dss)
    };
    let suites = those(suites, signed);
    if suites.is_empty() {
        return Answer::Known(Vec::new());
    }
    loop {
        let (open, found) = {
            let seen = old.seen();
            (seen.schemes.open.clone(), seen.schemes.found.len())
        };
        if open.is_empty() {
            break;
        }
        let reply = old.ask(Offer { suites: suites.clone(), groups: None, schemes: Some(open) }).await;
        match learned(reply, found, || old.seen().schemes.found.len()) {
            Next::More => {}
            Next::All => break,
            Next::Unknown(why) => return Answer::unknown(why),
        }
    }
    let taken = settle(old, suites, |seen| &seen.schemes, |schemes| (None, Some(schemes))).await;
    Answer::Known(taken.into_iter().map(SignatureScheme).collect())
}

enum Next {
    More,
    All,
    Unknown(String),
}

fn learned(reply: Reply, before: usize, now: impl FnOnce() -> usize) -> Next {
    match reply {
        Reply::Taken(_) if now() > before => Next::More,
        // One that was not offered, or the certificate's own curve.
        Reply::Taken(_) | Reply::Refused | Reply::NotThisVersion => Next::All,
        Reply::Unknown(why) => Next::Unknown(why),
    }
}

/// Puts what was found in order, with one more question where it is not clear whose order counts.
async fn settle(
    old: &Old<'_>,
    suites: Vec<u16>,
    of: impl Fn(&super::old::Seen) -> &Taken,
    offer: impl FnOnce(Vec<u16>) -> (Option<Vec<u16>>, Option<Vec<u16>>),
) -> Vec<u16> {
    let taken = of(&old.seen()).clone();
    if taken.found.len() > 1 && taken.has_own_order().is_none() {
        let (groups, schemes) = offer(taken.reversed());
        old.ask(Offer { suites, groups, schemes }).await;
    }
    let taken = of(&old.seen()).clone();
    taken.in_order()
}

fn those(suites: &[u16], which: impl Fn(&TlsCipherKx, &TlsCipherAu) -> bool) -> Vec<u16> {
    let wanted =
        |suite: &u16| Suite(u32::from(*suite)).parts().is_some_and(|parts| which(&parts.kx, &parts.au));
    suites.iter().copied().filter(wanted).collect()
}
