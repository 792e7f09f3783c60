//! What a handshake leads to: bytes there and back.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::records::{MOST, Opener, Record, Sealer};
use crate::probes::Connection;

/// A connection by TLS.
pub struct Stream {
    connection: Connection,
    /// What came, and was not read yet.
    came: Vec<u8>,
    sealer: Sealer,
    opener: Opener,
}

/// Application data (RFC 5246, 6.2.1).
const DATA: u8 = 23;

impl Stream {
    pub(super) fn new(connection: Connection, came: Vec<u8>, (sealer, opener): (Sealer, Opener)) -> Self {
        Self { connection, came, sealer, opener }
    }

    /// The connection below.
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Sends all of it.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(MOST) {
            let record = self.sealer.seal(DATA, piece).ok_or_else(|| odd("it could not be sealed"))?;
            self.connection.write_all(&record).await?;
        }
        self.connection.flush().await
    }

    /// Waits for more, and puts it behind what is there: how many bytes. None is the end, which the server must say: else
    /// it is an error.
    pub async fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        loop {
            let record = next(&mut self.connection, &mut self.came).await?;
            let record = self.opener.open(record).ok_or_else(|| odd("a record is damaged"))?;
            match (record.kind, record.content.as_slice()) {
                (DATA, content) if !content.is_empty() => {
                    into.extend_from_slice(content);
                    return Ok(content.len());
                }
                // it wants another handshake, or none: nobody has to answer (RFC 5246, 7.4.1.1)
                (DATA | 22, _) => {}
                (21, [_, 0]) => return Ok(0),
                (21, [1, _]) => {}
                (21, _) => return Err(odd("it ended the connection by an alert")),
                _ => return Err(odd("it says what does not belong there")),
            }
        }
    }
}

/// Waits for the next record.
pub async fn next(connection: &mut Connection, came: &mut Vec<u8>) -> io::Result<Record> {
    loop {
        match Record::cut(came) {
            Ok(Some(record)) => return Ok(record),
            Err(why) => return Err(odd(why)),
            Ok(None) => {}
        }
        came.reserve(16 * 1024);
        if connection.read_buf(came).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn odd(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
