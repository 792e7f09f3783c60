//! Early `ChangeCipherSpec` (CVE-2014-0224): a server that takes one before keys were exchanged goes on with empty ones.
//! It then fails to decrypt the next record, and says so; others refuse the message itself.

use super::super::old::Old;
use super::{Begun, Reaction};
use crate::Answer;

/// The alerts of a server that tried to decrypt: bad record MAC, decryption failed, decrypt error.
const DECRYPTED: [u8; 3] = [20, 21, 51];

/// Asks.
pub(super) async fn ask(old: &Old<'_>, suites: &[u16]) -> Answer<bool> {
    let Some(mut begun) = Begun::with(old.server, &old.hello(suites.to_vec())).await else {
        return Answer::unknown("its handshake could not be begun");
    };
    let change = begun.record(20, &[1]);
    let verdict = match begun.send(&change).await {
        Reaction::Alert(_) | Reaction::Ended | Reaction::Reset => false.into(),
        Reaction::Heartbeat(_) | Reaction::Other(_) => Answer::unknown("it answered with another record"),
        Reaction::Silence => match begun.send(&change).await {
            Reaction::Alert(number) if DECRYPTED.contains(&number) => true.into(),
            Reaction::Alert(_) => false.into(),
            _ => Answer::unknown("it took the message, and did not say what became of it"),
        },
    };
    begun.connection.abandon();
    verdict
}
