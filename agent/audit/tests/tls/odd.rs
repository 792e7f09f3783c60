//! Servers that say what no standard lets them say, or in no way that anybody expects.

use std::time::Duration;

use campanile_audit::Answer;
use campanile_audit::facts::Tls;
use campanile_audit::registry::Version;
use tokio::io::AsyncWriteExt;

use crate::fake::{self, Asked, answer, honest, linger, message, read, record, serve, server_hello};
use crate::looks::{outcome, suites, tls, versions};
use crate::street;

/// What the honest server has.
pub const TAKEN: [&str; 3] =
    ["TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA256"];

/// It was seen as it is.
#[track_caller]
pub fn is_honest(tls: &Tls) {
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
                &[server_hello(0x0300, suite, [9; 8]), fake::certificate(&[0x30; 300]), message(14, &[])]
                    .concat(),
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
