//! Servers that behave as none should: what they did is told apart from what they do not have, and none keeps us.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use campanile_audit::Answer;
use campanile_audit::facts::Tls;
use campanile_audit::probes::tls::{Preface, TlsOutcome, survey};
use campanile_audit::registry::Version;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::fake::{self, Asked, answer, honest, linger, message, read, record, serve, server_hello};
use crate::looks::{eyes, outcome, suites, tls, versions};
use crate::street;

/// What the honest server has.
const TAKEN: [&str; 3] =
    ["TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA256"];

#[track_caller]
fn is_honest(tls: &Tls) {
    assert_eq!(versions(tls), "TLS 1.2");
    assert_eq!(suites(tls, Version::Tls12), TAKEN);
    assert!(tls.versions[&Version::Tls12].server_preference.is_yes());
}

#[tokio::test]
async fn the_server_made_by_hand_itself() {
    let server = serve(|mut stream, _| async move {
        if let Some(asked) = read(&mut stream).await {
            answer(&mut stream, &asked).await;
        }
    })
    .await;
    let tls = tls(server.address).await;
    is_honest(&tls);
    assert_eq!(tls.oddities, Vec::<String>::new());
    assert!(tls.cost.connections < 30, "{:?}", tls.cost);
}

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
    // SSL 2 knows no other refusal.
    assert_eq!(versions(&tls), "SSL 3?, TLS 1.0?, TLS 1.1?, TLS 1.2");
    assert_eq!(suites(&tls, Version::Tls12), TAKEN);
}

#[tokio::test]
async fn alerts_as_warnings_first_and_instead_of_refusals() {
    let server = serve(|mut stream, _| async move {
        let Some(asked) = read(&mut stream).await else { return };
        let _ = stream.write_all(&record(21, &[1, 112])).await;
        match honest(&asked) {
            Ok(_) => answer(&mut stream, &asked).await,
            Err(alert) => drop(stream.write_all(&record(21, &[1, alert])).await),
        }
    })
    .await;
    let tls = tls(server.address).await;
    is_honest(&tls);
    assert!(tls.refuses_other_names.is_no());
}

#[tokio::test]
async fn fragments_and_coalesces() {
    let server = serve(|mut stream, number| async move {
        let Some(asked) = read(&mut stream).await else { return };
        let _ = stream.set_nodelay(true);
        match honest(&asked) {
            Ok(messages) if number % 2 == 0 => {
                for piece in messages.concat().chunks(7) {
                    let _ = stream.write_all(&record(22, piece)).await;
                }
            }
            Ok(messages) => {
                for piece in record(22, &messages.concat()).chunks(100) {
                    let _ = stream.write_all(piece).await;
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
            Err(alert) => drop(stream.write_all(&record(21, &[2, alert])).await),
        }
        linger(&mut stream).await;
    })
    .await;
    is_honest(&tls(server.address).await);
}

#[tokio::test]
async fn picks_a_suite_that_was_not_offered() {
    let server = serve(|mut stream, _| async move {
        let Some(asked) = read(&mut stream).await else { return };
        let picks = Asked { suites: vec![0x002f], ..asked };
        answer(&mut stream, &picks).await;
    })
    .await;
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "TLS 1.2");
    assert_eq!(suites(&tls, Version::Tls12), ["TLS_RSA_WITH_AES_128_CBC_SHA", "…"]);
    assert_eq!(tls.oddities, ["picked a suite that was not offered"]);
}

#[tokio::test]
async fn http_on_443() {
    let server = serve(|mut stream, _| async move {
        read(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
    })
    .await;
    let outcome = outcome(server.address).await;
    assert_eq!(outcome.spoken, Answer::Known(false));
    assert!(outcome.tls.is_none());
    let nginx = street::nginx("server { listen PORT; }");
    assert_eq!(crate::looks::outcome(nginx.address).await.spoken, Answer::Known(false));
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
        for piece in fake::certificate(4 << 20).chunks(16_000) {
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
async fn random_bytes_betray_what_was_refused() {
    let server = serve(|mut stream, _| async move {
        let Some(asked) = read(&mut stream).await else { return };
        let Ok(messages) = honest(&asked) else { return answer(&mut stream, &asked).await };
        let suite = u16::from_be_bytes([messages[0][39], messages[0][40]]);
        let hello = server_hello(0x0303, suite, *b"DOWNGRD\x01");
        let _ = stream.write_all(&record(22, &[hello, message(14, &[])].concat())).await;
        linger(&mut stream).await;
    })
    .await;
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "TLS 1.2, TLS 1.3?");
    assert_eq!(suites(&tls, Version::Tls12), TAKEN);
}

#[tokio::test]
async fn ssl2_is_answered_in_its_own_words() {
    let server = serve(|mut stream, _| async move {
        let Some(asked) = read(&mut stream).await else { return };
        if !asked.is_ssl2 {
            return answer(&mut stream, &asked).await;
        }
        let kinds = [1, 0, 0x80, 7, 0, 0xc0, 2, 0, 0x80];
        let body = [&[4, 0, 1, 0, 2, 0, 100, 0, 9, 0, 16][..], &[0x30; 100], &kinds, &[7; 16]].concat();
        let head = [0x80, u8::try_from(body.len()).unwrap()];
        let _ = stream.write_all(&[&head[..], &body].concat()).await;
        linger(&mut stream).await;
    })
    .await;
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "SSL 2, TLS 1.2");
    let expected =
        ["SSL_CK_RC4_128_WITH_MD5", "SSL_CK_RC4_128_EXPORT40_WITH_MD5", "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"];
    assert_eq!(suites(&tls, Version::Ssl2), expected);
}

#[tokio::test]
async fn ssl3_alone_answers_newer_hellos_with_itself() {
    let server = serve(|mut stream, _| async move {
        let Some(asked) = read(&mut stream).await else { return };
        let suite = fake::SUITES.into_iter().find(|suite| asked.suites.contains(suite));
        let said = match suite {
            Some(suite) if !asked.is_tls13 && !asked.is_ssl2 => record(
                22,
                &[server_hello(0x0300, suite, [9; 8]), fake::certificate(300), message(14, &[])].concat(),
            ),
            _ => record(21, &[2, 40]),
        };
        let _ = stream.write_all(&said).await;
        linger(&mut stream).await;
    })
    .await;
    let tls = tls(server.address).await;
    assert_eq!(versions(&tls), "SSL 3");
    assert_eq!(suites(&tls, Version::Ssl3), TAKEN);
    assert!(tls.secure_renegotiation.is_no() && tls.extended_master_secret.is_no());
}

#[tokio::test]
async fn a_mail_server_is_asked_after_starttls() {
    let server = serve(|stream, _| async move {
        let mut stream = tokio::io::BufStream::new(stream);
        let mut line = String::new();
        for (said, expected) in [
            ("220-mx.comune.example\r\n220 ESMTP\r\n", "EHLO "),
            ("250-mx.comune.example\r\n250-SIZE 1000\r\n250 STARTTLS\r\n", "STARTTLS\r\n"),
            ("220 go ahead\r\n", ""),
        ] {
            let _ = stream.write_all(said.as_bytes()).await;
            let _ = stream.flush().await;
            line.clear();
            if !expected.is_empty() && stream.read_line(&mut line).await.is_err() {
                return;
            }
            assert!(line.starts_with(expected), "{line}");
        }
        let mut stream = stream.into_inner();
        if let Some(asked) = read(&mut stream).await {
            answer(&mut stream, &asked).await;
        }
    })
    .await;
    let tls = by_smtp(server.address).await.tls.unwrap();
    is_honest(&tls);
    assert!(tls.refuses_other_names.why_unknown().is_some());
}

#[tokio::test]
async fn a_mail_server_without_starttls() {
    let server = serve(|mut stream, _| async move {
        let _ = stream.write_all(b"220 mx\r\n").await;
        linger(&mut stream).await;
        let _ = stream.write_all(b"250-mx\r\n250 SIZE 1000\r\n").await;
        linger(&mut stream).await;
    })
    .await;
    let outcome = by_smtp(server.address).await;
    assert_eq!(outcome.spoken.why_unknown(), Some("the mail server does not offer STARTTLS"));
}

async fn by_smtp(address: std::net::SocketAddr) -> TlsOutcome {
    survey(&eyes(), address, Some(street::NAME), Preface::Smtp, None).await
}
