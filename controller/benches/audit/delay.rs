//! A long way to a server: what is sent to any address of a port comes half a round trip later, either way, and a connection
//! is made after a whole one.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until};

/// Lays the way from a port of every address to a server; it is there until the program ends.
pub fn lay(port: u16, server: SocketAddr, round_trip: Duration) {
    let listener = std::net::TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).expect("the port is free");
    listener.set_nonblocking(true).expect("a socket");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener).expect("a socket");
            while let Ok((visitor, _)) = listener.accept().await {
                tokio::spawn(lead(visitor, server, round_trip));
            }
        });
    });
}

async fn lead(visitor: TcpStream, server: SocketAddr, round_trip: Duration) {
    // loopback has let the visitor in at once
    sleep(round_trip).await;
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (from_visitor, to_visitor) = visitor.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::join!(
        carry(from_visitor, to_server, round_trip / 2),
        carry(from_server, to_visitor, round_trip / 2)
    );
}

/// Carries what comes, each piece so much later than it came.
async fn carry(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin, later: Duration) {
    let mut piece = vec![0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        sleep_until(Instant::now() + later).await;
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
    // the other end hears of the end; it may be gone
    let _ = to.shutdown().await;
}
