//! What one curious hello shows by the way: extensions that were echoed, compression, ALPN, staple, timestamps.

use super::ask::Server;
use super::flight::Flight;
use super::handshake::{self, Handshake, Shown};
use super::list::OLD_SUITES;
use super::old::{ALPN, Old, Reply};
use super::server_hello::timestamps;
use super::starttls::Preface;
use crate::Answer;
use crate::facts::Tls;

/// Secure renegotiation (RFC 5746).
const RENEGOTIATION: u16 = 0xff01;
/// Extended master secret (RFC 7627).
const MASTER_SECRET: u16 = 23;
/// Session tickets (RFC 5077).
const TICKET: u16 = 35;
/// Heartbeat (RFC 6520).
pub(super) const HEARTBEAT: u16 = 15;
/// The object identifier of timestamps in an OCSP response (RFC 6962, 3.3), as DER has it.
const IN_STAPLE: &[u8] = &[0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x05];

/// Asks for a version with everything that can be learned by the way.
pub(super) async fn ask(old: &Old<'_>) -> Reply {
    let mut hello = old.hello(OLD_SUITES[0].clone());
    hello.curious = true;
    hello.alpn = protocols(old.server);
    let reply = old.ask_hello(hello).await;
    match reply {
        // What was asked by the way may be what it stumbled over.
        Reply::Unknown(..) if old.server.has_answered() => super::suites::first(old).await,
        other => other,
    }
}

fn protocols(server: &Server<'_>) -> &'static [&'static str] {
    match server.preface {
        Preface::None => ALPN,
        Preface::Smtp => &[],
    }
}

/// Which protocols ALPN agrees to: after the one that was picked of both, the other is asked for alone.
pub(super) async fn alpn(old: &Old<'_>, first: &Flight) -> Answer<Vec<String>> {
    let picked = first.hello.as_ref().and_then(|hello| hello.alpn.clone());
    let Some(picked) = picked else { return Answer::Known(Vec::new()) };
    let others: Vec<&str> = ALPN.iter().copied().filter(|protocol| *protocol != picked).collect();
    let mut agreed = vec![picked];
    for other in others {
        let mut hello = old.hello(OLD_SUITES[0].clone());
        hello.alpn = std::slice::from_ref(&other);
        match old.ask_hello(hello).await {
            Reply::Taken(flight) => agreed.extend(flight.hello.and_then(|hello| hello.alpn)),
            // Without a protocol in common some refuse (RFC 7301, 3.2).
            Reply::Refused | Reply::NotThisVersion => {}
            Reply::Unknown(why) if why.contains("alert 120") => {}
            Reply::Unknown(why) => return Answer::unknown(why),
        }
    }
    Answer::Known(known(agreed))
}

/// The same by handshakes of TLS 1.3, where nothing older is spoken.
pub(super) async fn alpn_by_tls13(server: &Server<'_>, first: &Shown) -> Answer<Vec<String>> {
    let Some(picked) = first.alpn.clone() else { return Answer::Known(Vec::new()) };
    let others: Vec<&str> = ALPN.iter().copied().filter(|protocol| *protocol != picked).collect();
    let mut agreed = vec![picked];
    match handshake::shake(server, server.name, &others).await {
        Handshake::Shown(shown) => agreed.extend(shown.alpn),
        Handshake::Refused => {}
        Handshake::Unknown(silence) => return Answer::unknown(silence.why),
    }
    Answer::Known(known(agreed))
}

fn known(mut protocols: Vec<String>) -> Vec<String> {
    protocols.retain(|protocol| ALPN.contains(&protocol.as_str()));
    protocols.dedup();
    protocols
}

/// Facts from the first curious answer, and from the handshake by TLS 1.3.
pub(super) fn note(tls: &mut Tls, first: Option<&Flight>, shown: Option<&Shown>, is_tls13_alone: bool) {
    if let Some((flight, hello)) = first.and_then(|flight| Some((flight, flight.hello.as_ref()?))) {
        tls.compression = (hello.compression != 0).into();
        tls.secure_renegotiation = hello.has(RENEGOTIATION).into();
        tls.extended_master_secret = hello.has(MASTER_SECRET).into();
        tls.session_tickets = hello.has(TICKET).into();
        tls.heartbeat = hello.has(HEARTBEAT).into();
        tls.ocsp_staple = flight.staple.is_some().into();
    } else if is_tls13_alone {
        // TLS 1.3 has no compression, no renegotiation and no older kind of session, and binds its secrets by itself.
        tls.compression = false.into();
        tls.secure_renegotiation = true.into();
        tls.extended_master_secret = true.into();
        tls.session_tickets = false.into();
        tls.session_ids = false.into();
        tls.heartbeat = false.into();
    }
    let by_handshake = shown.map(|shown| shown.staple.as_slice()).filter(|staple| !staple.is_empty());
    let staple = first.and_then(|flight| flight.staple.as_deref()).or(by_handshake);
    if staple.is_some() || (shown.is_some() && first.is_none()) {
        tls.ocsp_staple = staple.is_some().into();
    }
    let in_extension = first.and_then(|flight| flight.hello.as_ref()).map(|hello| hello.timestamps);
    let in_certificate = tls.chains.first().and_then(|served| served.chain.certificates.first());
    tls.certificate_timestamps = match in_certificate {
        Some(certificate) => {
            let of_others = in_extension.unwrap_or(0) + staple.map_or(0, timestamps_in_staple);
            Answer::Known(certificate.timestamps + of_others)
        }
        None => Answer::unknown("no certificate could be read"),
    };
}

/// Timestamps in an OCSP response: an octet string in an octet string behind their object identifier.
fn timestamps_in_staple(staple: &[u8]) -> u32 {
    let at = staple.windows(IN_STAPLE.len()).position(|window| window == IN_STAPLE);
    let list = at.and_then(|at| staple.get(at + IN_STAPLE.len()..)).and_then(octets).and_then(octets);
    list.map_or(0, timestamps)
}

/// The content of an octet string in DER.
fn octets(der: &[u8]) -> Option<&[u8]> {
    let mut bytes = super::bytes::Bytes(der);
    if bytes.one()? != 4 {
        return None;
    }
    let length = match bytes.one()? {
        short @ ..=0x7f => usize::from(short),
        0x81 => bytes.number(1)?,
        0x82 => bytes.number(2)?,
        _ => return None,
    };
    bytes.take(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn timestamps_in_a_staple_are_counted() {
        let list = [&[4, 12, 4, 10, 0, 8, 0, 2, 1, 1, 0, 2, 1, 1][..]].concat();
        assert_eq!(timestamps_in_staple(&[&[0x30, 0x82, 1, 1][..], IN_STAPLE, &list].concat()), 2);
        assert_eq!(timestamps_in_staple(IN_STAPLE), 0);
        assert_eq!(timestamps_in_staple(&[0x30, 3, 10, 1, 0]), 0);
    }

    proptest! {
        #[test]
        fn no_staple_makes_it_panic(before: Vec<u8>, after: Vec<u8>) {
            timestamps_in_staple(&[&before[..], IN_STAPLE, &after].concat());
        }
    }
}
