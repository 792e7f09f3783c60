//! Heartbleed (CVE-2014-0160): a heartbeat that claims to be longer than it is gets the server's memory back. Ours claims
//! 32 bytes, which are thrown away unread.

use super::super::old::Old;
use super::{Begun, Reaction};
use crate::Answer;

/// The bytes that are claimed, and not sent.
const CLAIMED: u8 = 32;

/// Asks, where the server echoed the extension.
pub(super) async fn ask(old: &Old<'_>, suites: &[u16], has_heartbeat: Option<bool>) -> Answer<bool> {
    match has_heartbeat {
        Some(true) => {}
        Some(false) => return false.into(),
        None => return Answer::unknown("whether it has heartbeats is not known"),
    }
    let mut hello = old.hello(suites.to_vec());
    hello.curious = true;
    let Some(mut begun) = Begun::with(old.server, &hello).await else {
        return Answer::unknown("its handshake could not be begun");
    };
    let short = begun.record(24, &[1, 0, CLAIMED]);
    let verdict = match begun.send(&short).await {
        Reaction::Heartbeat(length) if length > usize::from(CLAIMED) => true.into(),
        Reaction::Alert(_) | Reaction::Ended | Reaction::Reset => false.into(),
        Reaction::Heartbeat(_) | Reaction::Other(_) | Reaction::Silence => {
            // Silence says no only of a server that answers an honest one at this point.
            let mut honest = vec![1, 0, 16];
            honest.resize(3 + 16 + 16, 7);
            let honest = begun.record(24, &honest);
            match begun.send(&honest).await {
                Reaction::Heartbeat(_) | Reaction::Alert(_) | Reaction::Ended | Reaction::Reset => {
                    false.into()
                }
                Reaction::Other(_) | Reaction::Silence => {
                    Answer::unknown("it answers no heartbeat before the handshake is done")
                }
            }
        }
    };
    begun.connection.abandon();
    verdict
}
