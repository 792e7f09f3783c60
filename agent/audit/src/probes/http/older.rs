//! HTTPS of servers that our usual library refuses, as browsers of long ago opened it: TLS 1.0 and 1.1, CBC alone, RSA key
//! exchange alone. Tried where a server that may speak TLS ended the usual handshake.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;

use rustls::AlertDescription::{HandshakeFailure, InsufficientSecurity, ProtocolVersion};
use rustls::Error;

use super::NoAnswer;
use super::target::Target;
use super::wire::{OVERHEAD, lowered, refused};
pub use crate::probes::tls::legacy::Stream;
use crate::probes::tls::legacy::{self, Refused};
use crate::probes::{Connection, Eyes};

/// Whether a server that ended the usual handshake so may want an older one.
pub fn may_help(error: &io::Error) -> bool {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::AlertReceived(alert)) => {
            [HandshakeFailure, InsufficientSecurity, ProtocolVersion].contains(alert)
        }
        Some(Error::PeerIncompatible(_)) => true,
        Some(_) => false,
        None => matches!(
            error.kind(),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
        ),
    }
}

/// Shakes hands on a connection of its own. Gives the certificates too.
pub async fn again(
    eyes: &Eyes,
    address: SocketAddr,
    target: &Target,
) -> Result<(Stream, Vec<Vec<u8>>), NoAnswer> {
    let connection = eyes.open_for(&target.host, address).await;
    shake(connection.map_err(|error| refused(&error))?, target).await
}

/// Shakes hands. Gives the certificates too.
pub async fn shake(mut connection: Connection, target: &Target) -> Result<(Stream, Vec<Vec<u8>>), NoAnswer> {
    connection.limit_bytes(OVERHEAD);
    legacy::connect(connection, &target.host).await.map_err(|error| no_answer(&error))
}

fn no_answer(error: &Refused) -> NoAnswer {
    let cause = error.source().and_then(|source| source.downcast_ref::<io::Error>()).map(lowered);
    match error {
        Refused::Ssl3 => NoAnswer::Nonsense(format!("no browser opens it: {error}")),
        Refused::Broken(_) => NoAnswer::Broken(format!("{error}: {}", cause.unwrap_or_default())),
        Refused::Alert(_) | Refused::Odd(_) => NoAnswer::Silence(error.to_string()),
    }
}
