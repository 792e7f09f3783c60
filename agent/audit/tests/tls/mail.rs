//! TLS of mail servers, after `STARTTLS`.

use campanile_audit::probes::tls::{Preface, TlsOutcome, survey};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};

use crate::fake::{answer, linger, read, serve};
use crate::looks::eyes;
use crate::odd::is_honest;
use crate::street;

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
