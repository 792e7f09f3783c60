//! What is asked only with consent: of servers that have the fault, made by hand, and of real ones that have it not.

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use campanile_audit::Answer;
use campanile_audit::facts::Intrusive;
use campanile_audit::probes::Eyes;
use campanile_audit::probes::tls::{Preface, survey};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::fake::{answer, certificate, honest, message, read, read_record, record, serve};
use crate::looks::{eyes, tls};
use crate::street::{self, INTERMEDIATE, NAME, key};

async fn intrusive(address: SocketAddr) -> Intrusive {
    let eyes = Eyes { intrusive: true, ..eyes() };
    survey(&eyes, address, Some(NAME), Preface::None, None).await.tls.unwrap().intrusive.unwrap()
}

fn none() -> Intrusive {
    let no = || Answer::Known(false);
    Intrusive { heartbleed: no(), early_change_cipher_spec: no(), robot: no() }
}

#[tokio::test]
async fn sound_servers_are_not_accused() {
    let server = street::nginx(INTERMEDIATE);
    assert_eq!(tls(server.address).await.intrusive, None, "without consent");
    assert_eq!(intrusive(server.address).await, none());
    let server = street::openssl("rsa", "-tls1_2 -cipher AES128-SHA:AES128-GCM-SHA256");
    assert_eq!(intrusive(server.address).await, none());
    let server = street::openssl("ecdsa", "-tls1_3");
    assert_eq!(intrusive(server.address).await, none());
    let server = street::gnutls("NORMAL:-VERS-TLS1.3:+RSA", "--heartbeat");
    let found = intrusive(server.address).await;
    assert!(
        !found.heartbleed.is_yes() && found.early_change_cipher_spec.is_no() && found.robot.is_no(),
        "{found:?}"
    );
}

/// Begins a handshake with these certificates, and with the heartbeat extension; none where the hello was refused.
async fn begin(stream: &mut TcpStream, chain: Option<&[u8]>) -> Option<()> {
    let asked = read(stream).await?;
    let Ok(mut messages) = honest(&asked) else {
        answer(stream, &asked).await;
        return None;
    };
    let mut hello = messages[0][4..].to_vec();
    hello.extend_from_slice(&[0, 5, 0, 15, 0, 1, 1]);
    messages[0] = message(2, &hello);
    if let Some(der) = chain {
        messages[1] = certificate(der);
    }
    stream.write_all(&record(22, &messages.concat())).await.ok()
}

#[tokio::test]
async fn heartbleed() {
    for (has_it, expected) in [(true, true), (false, false)] {
        let server = serve(move |mut stream, _| async move {
            if begin(&mut stream, None).await.is_none() {
                return;
            }
            while let Some((kind, content)) = read_record(&mut stream).await {
                let claimed = usize::from(content[2]);
                let is_honest = content.len() >= 3 + claimed + 16;
                if kind == 24 && (has_it || is_honest) {
                    let _ = stream.write_all(&record(24, &vec![2; 3 + claimed + 16])).await;
                }
            }
        })
        .await;
        assert_eq!(intrusive(server.address).await.heartbleed, Answer::Known(expected));
    }
}

#[tokio::test]
async fn early_change_cipher_spec() {
    let server = serve(|mut stream, _| async move {
        if begin(&mut stream, None).await.is_none() {
            return;
        }
        let mut changes = 0;
        while let Some((kind, _)) = read_record(&mut stream).await {
            changes += usize::from(kind == 20);
            if changes == 2 {
                let _ = stream.write_all(&record(21, &[2, 20])).await;
            }
        }
    })
    .await;
    assert!(intrusive(server.address).await.early_change_cipher_spec.is_yes());
}

/// What the key decrypts, padding and all.
fn decrypt(encrypted: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(["pkeyutl", "-decrypt", "-pkeyopt", "rsa_padding_mode:none", "-inkey"])
        .arg(key("rsa.key"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(encrypted).unwrap();
    child.wait_with_output().unwrap().stdout
}

#[tokio::test]
async fn an_oracle_of_bleichenbacher() {
    for (tells, expected) in [(true, true), (false, false)] {
        let der = std::fs::read(key("rsa.der")).unwrap();
        let server = serve(move |mut stream, _| {
            let der = der.clone();
            async move {
                if begin(&mut stream, Some(&der)).await.is_none() {
                    return;
                }
                let Some((22, content)) = read_record(&mut stream).await else { return };
                // Type, length of the message, length of the number.
                let secret = decrypt(&content[6..]);
                let is_right = secret.len() == 256 && secret[1] == 2 && secret[207] == 0;
                let alert = if tells && !is_right { 47 } else { 20 };
                let _ = stream.write_all(&record(21, &[2, alert])).await;
                let _ = read_record(&mut stream).await;
            }
        })
        .await;
        assert_eq!(intrusive(server.address).await.robot, Answer::Known(expected));
    }
}
