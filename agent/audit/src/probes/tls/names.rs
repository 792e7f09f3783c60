//! What is served to a hello without a name, and to one for a name that is surely not served there.

use super::ask::Server;
use super::handshake::{self, Handshake};
use super::old::Old;
use super::said::{Kind, Said};
use super::{list, random};
use crate::Answer;
use crate::registry::Version;

/// A name that nobody has (RFC 2606).
const NOBODY: &str = "not-served-here.invalid";
/// The alert of a server that does not know the name.
const UNRECOGNIZED_NAME: u8 = 112;

/// The chain that a hello for another name gets, or without one; none where it is refused. Asked by the newest version up
/// to TLS 1.2, else by a handshake of TLS 1.3.
async fn chain(
    server: &Server<'_>,
    old: Option<&Old<'_>>,
    name: Option<&str>,
) -> Answer<Option<Vec<Vec<u8>>>> {
    let Some(old) = old else {
        return match handshake::shake(server, name, &[]).await {
            Handshake::Shown(shown) => Answer::Known(Some(shown.chain)),
            Handshake::Refused => Answer::Known(None),
            Handshake::Unknown(silence) => Answer::unknown(silence.why),
        };
    };
    let mut hello = old.hello(list::OLD_SUITES[0].clone());
    hello.name = name;
    match server.ask(&hello.record(&random())).await {
        Said::Hello(flight) => match flight.certificates {
            Some(chain) => Answer::Known(Some(chain)),
            None => Answer::unknown("it answered without a certificate"),
        },
        Said::Refused(_) => Answer::Known(None),
        Said::NotTls(what) => Answer::unknown(format!("it answered with {what}")),
        Said::Nothing(silence) if silence.alert == Some(UNRECOGNIZED_NAME) => Answer::Known(None),
        Said::Nothing(silence) if silence.kind == Kind::Ended => {
            Answer::unknown(format!("asked so, {}", silence.why))
        }
        Said::Nothing(silence) => Answer::unknown(silence.why),
    }
}

/// The chain that is served without a name.
pub(super) async fn without(server: &Server<'_>, old: Option<&Old<'_>>) -> Answer<Option<Vec<Vec<u8>>>> {
    chain(server, old, None).await
}

/// Whether a hello for a name that is not served there is refused.
pub(super) async fn refuses_others(server: &Server<'_>, old: Option<&Old<'_>>) -> Answer<bool> {
    chain(server, old, Some(NOBODY)).await.map(|chain| chain.is_none())
}

/// Whether a client that fell back to an older version is told so (RFC 7507). Asked by the second newest version that is
/// spoken, with a suite that it takes.
pub(super) async fn fallback(old: &Old<'_>, suites: &[u16]) -> Answer<bool> {
    let mut suites = suites.to_vec();
    suites.insert(0, super::hello::FALLBACK_SCSV);
    if old.version == Version::Ssl3 {
        suites.push(super::hello::RENEGOTIATION_SCSV);
    }
    match old.server.ask(&old.hello(suites).record(&random())).await {
        Said::Hello(_) => false.into(),
        Said::Refused(86) => true.into(),
        Said::Refused(number) => Answer::unknown(format!("it answered with alert {number}")),
        Said::NotTls(what) => Answer::unknown(format!("it answered with {what}")),
        Said::Nothing(silence) => Answer::unknown(silence.why),
    }
}
