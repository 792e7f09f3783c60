//! One connection: it counts against the budget while it is open, and has a limit of bytes and an end in time.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use super::budget::Permit;
use super::eyes::Patience;
use super::guard::Refusal;

/// What one connection may bring, unless its user sets another limit.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// A connection of ours: reading and writing end with an error when its time or its bytes are used up.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    end: Pin<Box<Sleep>>,
    bytes_left: u64,
    took: Duration,
    _permit: Permit,
}

/// Why there is no connection.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The guard refuses the address.
    #[error("{address} was not asked")]
    Refused {
        /// Where to.
        address: SocketAddr,
        /// Why.
        #[source]
        refusal: Refusal,
    },
    /// Nothing came back in time.
    #[error("no connection to {address} within {} s", within.as_secs_f32())]
    Late {
        /// Where to.
        address: SocketAddr,
        /// After how long.
        within: Duration,
    },
    /// It was refused by the server: nobody listens there.
    #[error("{address} refuses connections")]
    Closed {
        /// Where to.
        address: SocketAddr,
    },
    /// The way there, or this machine, has a problem.
    #[error("cannot connect to {address}")]
    Failed {
        /// Where to.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Opens a connection.
pub(super) async fn connect(
    address: SocketAddr,
    permit: Permit,
    patience: &Patience,
) -> Result<Connection, ConnectError> {
    let begin = Instant::now();
    let stream = match tokio::time::timeout(patience.first, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            return Err(ConnectError::Closed { address });
        }
        Ok(Err(error)) if error.kind() == io::ErrorKind::TimedOut => {
            return Err(ConnectError::Late { address, within: begin.elapsed() });
        }
        Ok(Err(source)) => return Err(ConnectError::Failed { address, source }),
        Err(_) => return Err(ConnectError::Late { address, within: patience.first }),
    };
    // Without it small writes wait for each other; it is no harm if it cannot be set.
    let _ = stream.set_nodelay(true);
    let end = Box::pin(tokio::time::sleep(patience.whole));
    Ok(Connection { stream, end, bytes_left: MOST_BYTES, took: begin.elapsed(), _permit: permit })
}

impl Connection {
    /// How long the connection took to open: one round trip.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Sets how many bytes may still be read.
    pub fn limit_bytes(&mut self, most: u64) {
        self.bytes_left = most;
    }

    /// Sets how long it may still last.
    pub fn limit_time(&mut self, most: Duration) {
        self.end.as_mut().reset(Instant::now() + most);
    }

    /// Where this end of it is.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        self.stream.local_addr()
    }

    /// Ends it by a reset: what was begun will not be finished, and neither side has to remember it.
    pub fn abandon(self) {
        // If it cannot be set, the connection ends in the usual way.
        let _ = self.stream.set_zero_linger();
    }

    fn poll_end(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.end.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::Error::new(io::ErrorKind::TimedOut, "the connection lasted too long")),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(Ok(())) => {
                let read = (buffer.filled().len() - before) as u64;
                if read > self.bytes_left {
                    buffer.set_filled(before);
                    return Poll::Ready(Err(io::Error::new(
                        io::ErrorKind::FileTooLarge,
                        "too many bytes came",
                    )));
                }
                self.bytes_left -= read;
                // One that always has a byte ready must not outlast its time either.
                if self.end.is_elapsed() || Instant::now() >= self.end.deadline() {
                    buffer.set_filled(before);
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => match self.poll_end(context) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Pending => match self.poll_end(context) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
            ready @ Poll::Ready(_) => ready,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::chain::Roots;
    use crate::probes::{Eyes, Guard, Resolver};

    async fn drip() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                while stream.write_all(&[b'.'; 64]).await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        });
        address
    }

    fn eyes() -> Eyes {
        let guard = Guard::allowing_private();
        Eyes { guard, ..Eyes::new("test", Resolver::new(Vec::new(), BTreeMap::new()), Roots::none()) }
    }

    #[tokio::test]
    async fn bytes_and_time_end() {
        let address = drip().await;
        let mut short = eyes().open(address).await.unwrap();
        short.limit_time(Duration::from_millis(100));
        let error = short.read_to_end(&mut Vec::new()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(short);
        let mut small = eyes().open(address).await.unwrap();
        small.limit_bytes(100);
        let error = small.read_to_end(&mut Vec::new()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }

    #[tokio::test]
    async fn a_refused_address_is_never_connected_to() {
        let refused = Eyes { guard: Guard::default(), ..eyes() }.open(drip().await).await;
        assert!(matches!(refused, Err(ConnectError::Refused { .. })));
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert!(matches!(eyes().open(closed).await, Err(ConnectError::Closed { .. })));
    }
}
