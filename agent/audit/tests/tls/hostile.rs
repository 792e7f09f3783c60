//! Servers that keep silent, end connections or send without end: what they do not answer is unknown, what they have is found
//! all the same, and none keeps us.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use campanile_audit::Answer;
use campanile_audit::registry::Version;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use crate::delta::again;
use crate::fake::{self, answer, honest, linger, message, read, record, serve, server_hello};
use crate::looks::{outcome, suites, tls, versions};
use crate::odd::{TAKEN, is_honest};
use crate::street;

#[tokio::test]
async fn resets_above_a_rate() {
    let came = Arc::new(Mutex::new(VecDeque::new()));
    let server = serve(move |mut stream, _| {
        let too_many = {
            let mut came = came.lock().unwrap();
            let now = Instant::now();
            came.push_back(now);
            came.retain(|at: &Instant| now - *at < Duration::from_secs(1));
            came.len() > 10
        };
        async move {
            if too_many {
                let _ = stream.set_zero_linger();
            } else if let Some(asked) = read(&mut stream).await {
                answer(&mut stream, &asked).await;
            }
        }
    })
    .await;
    is_honest(&tls(server.address).await);
}

#[tokio::test]
async fn drops_old_hellos_silently() {
    let begin = Instant::now();
    let server = serve(|mut stream, _| async move {
        if let Some(asked) = read(&mut stream).await {
            if asked.version < 0x0303 { linger(&mut stream).await } else { answer(&mut stream, &asked).await }
        }
    })
    .await;
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "SSL 2?, SSL 3?, TLS 1.0?, TLS 1.1?, TLS 1.2");
    assert_eq!(suites(&tls, Version::Tls12), TAKEN);
    assert!(!tls.versions[&Version::Tls10].complete);
    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn ends_the_connection_at_old_hellos() {
    let server = serve(|mut stream, _| async move {
        match read(&mut stream).await {
            Some(asked) if asked.version >= 0x0303 => answer(&mut stream, &asked).await,
            _ => {}
        }
    })
    .await;
    let tls = tls(server.address).await;
    // new hellos are taken between two that it ends
    assert_eq!(versions(&tls), "TLS 1.2");
    assert_eq!(suites(&tls, Version::Tls12), TAKEN);
    assert_eq!(tls.oddities, ["ends the connection where it should send an alert"]);
}

#[tokio::test]
async fn a_handshake_without_end() {
    let server = serve(|mut stream, _| async move {
        let Some(asked) = read(&mut stream).await else { return };
        let Ok(messages) = honest(&asked) else { return answer(&mut stream, &asked).await };
        let _ = stream.write_all(&record(22, &messages[0])).await;
        while stream.write_all(&record(22, &message(0, &[]))).await.is_ok() {}
    })
    .await;
    let tls = tls(server.address).await;
    is_honest(&tls);
    assert_eq!(tls.oddities, ["sends without end before its handshake is done"]);
    assert!(tls.chains.is_empty());
}

#[tokio::test]
async fn a_chain_of_four_megabytes() {
    let begin = Instant::now();
    let server = serve(|mut stream, _| async move {
        let Some(asked) = read(&mut stream).await else { return };
        let Ok(messages) = honest(&asked) else { return answer(&mut stream, &asked).await };
        let _ = stream.write_all(&record(22, &messages[0])).await;
        for piece in fake::certificate(&vec![0x30; 4 << 20]).chunks(16_000) {
            if stream.write_all(&record(22, piece)).await.is_err() {
                return;
            }
        }
    })
    .await;
    let tls = tls(server.address).await;
    is_honest(&tls);
    assert_eq!(tls.oddities, ["sends without end before its handshake is done"]);
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn one_byte_at_a_time() {
    let begin = Instant::now();
    let server = serve(|mut stream, _| async move {
        read(&mut stream).await;
        let _ = stream.set_nodelay(true);
        for byte in record(22, &server_hello(0x0303, 0x002f, [9; 8])) {
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    })
    .await;
    let outcome = outcome(server.address).await;
    assert!(outcome.spoken.why_unknown().is_some(), "{outcome:?}");
    assert!(begin.elapsed() < Duration::from_secs(25), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn says_nothing() {
    let begin = Instant::now();
    let server = serve(|mut stream, _| async move {
        read(&mut stream).await;
        linger(&mut stream).await;
    })
    .await;
    assert!(outcome(server.address).await.spoken.why_unknown().unwrap().starts_with("no answer within"));
    assert!(begin.elapsed() < Duration::from_secs(11), "{:?}", begin.elapsed());
    assert!(server.came.load(std::sync::atomic::Ordering::SeqCst) <= 4);
}

#[tokio::test]
async fn a_black_hole_and_a_closed_port() {
    assert_eq!(outcome(street::free()).await.spoken, Answer::Known(false));
    // A queue of one that is full: the kernel drops what comes after.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut fills = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await
    {
        fills.push(stream);
    }
    let begin = Instant::now();
    let outcome = outcome(address).await;
    assert!(outcome.spoken.why_unknown().unwrap().contains("no connection"), "{outcome:?}");
    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn the_second_night_of_one_that_ends_connections() {
    let server = serve(|mut stream, _| async move {
        match read(&mut stream).await {
            Some(asked) if asked.version >= 0x0303 => answer(&mut stream, &asked).await,
            _ => {}
        }
    })
    .await;
    let yesterday = tls(server.address).await;
    assert!(again(server.address, &yesterday).await.unchanged);
}
