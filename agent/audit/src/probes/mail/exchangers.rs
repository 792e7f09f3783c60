//! The mail exchangers of a domain: where they are, what they say, what TLS does after STARTTLS.

use std::net::SocketAddr;

use futures_util::future::join_all;

use super::super::Eyes;
use super::super::connect::ConnectError;
use super::super::tls::{self, Preface};
use super::{dane, smtp};
use crate::Answer;
use crate::facts::{Exchanger, Mail};

/// Most mail exchangers of a domain that are asked.
const MOST: usize = 10;

/// Looks at each, in the order of their preference.
pub(super) async fn all(
    eyes: &Eyes,
    found: &Answer<Vec<(u16, String)>>,
    port: u16,
    yesterday: Option<&Mail>,
) -> Vec<Exchanger> {
    let found = found.known().map(Vec::as_slice).unwrap_or_default();
    let before = yesterday.and_then(|mail| mail.exchangers.known()).map(Vec::as_slice).unwrap_or_default();
    let looks = found.iter().take(MOST).map(|(preference, host)| {
        let before = before.iter().find(|exchanger| exchanger.host == *host);
        one(eyes, *preference, host, (port, before))
    });
    join_all(looks).await
}

async fn one(
    eyes: &Eyes,
    preference: u16,
    host: &str,
    (port, before): (u16, Option<&Exchanger>),
) -> Exchanger {
    let mut exchanger = Exchanger { preference, host: host.to_owned(), ..Exchanger::default() };
    let mut served = Vec::new();
    match eyes.resolver.addresses(host).await {
        Answer::Known(addresses) => exchanger.addresses = addresses,
        Answer::Unknown { unknown } => {
            exchanger.reached = Answer::unknown(&unknown);
            exchanger.starttls = Answer::unknown(unknown);
        }
    }
    if let Some(address) = exchanger.addresses.first() {
        let address = SocketAddr::from((*address, port));
        (exchanger.reached, exchanger.starttls) = greet(eyes, host, address).await;
        if exchanger.starttls.is_yes() {
            // another address is another server
            let before = before.filter(|before| before.addresses.first() == exchanger.addresses.first());
            let before = before.and_then(|before| before.tls.as_ref());
            let outcome = tls::survey(eyes, address, Some(host), Preface::Smtp, before).await;
            served = outcome.chains;
            exchanger.tls = outcome.tls;
        }
    } else if exchanger.reached.why_unknown() == Some("not asked") {
        exchanger.reached = Answer::Known(false);
    }
    exchanger.dane = dane::of(eyes, host, port, &served).await;
    exchanger
}

/// Whether it is a mail server, and whether it offers STARTTLS.
async fn greet(eyes: &Eyes, host: &str, address: SocketAddr) -> (Answer<bool>, Answer<bool>) {
    let mut connection = match eyes.open_for(host, address).await {
        Ok(connection) => connection,
        Err(error @ ConnectError::Closed { .. }) => return (Answer::Known(false), Answer::failed(&error)),
        Err(error) => return (Answer::failed(&error), Answer::failed(&error)),
    };
    match smtp::greet(&mut connection, own_name(&eyes.agent)).await {
        Ok(greeted) => {
            let starttls = greeted.starttls.map_or(Answer::unknown("it did not come to that"), Answer::Known);
            (Answer::Known(greeted.is_mail_server), starttls)
        }
        Err(error) => (Answer::failed(&error), Answer::failed(&error)),
    }
}

/// What we call ourselves: the name of the program as a host, as nobody has to resolve it.
fn own_name(agent: &str) -> &str {
    let end = agent.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(agent.len());
    if end == 0 { "localhost" } else { &agent[..end] }
}
