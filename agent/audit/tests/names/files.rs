//! A server of a few files, by HTTP and HTTPS, that counts who asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Files by path; each with its type.
pub type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

/// How often it was asked.
pub struct Served {
    asked: Arc<AtomicUsize>,
}

impl Served {
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

/// A listener for files that do not exist yet, as their addresses stand in certificates.
pub async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

pub fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, files: Files) -> Served {
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, files) = (asked.clone(), Arc::new(files));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            let (tls, files) = (tls.clone(), files.clone());
            tokio::spawn(async move {
                match tls {
                    Some(tls) => answer(tls.accept(stream).await?, &files).await,
                    None => answer(stream, &files).await,
                }
            });
        }
    });
    Served { asked }
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, files: &Files) -> std::io::Result<()> {
    let mut question = vec![0; 2000];
    let length = stream.read(&mut question).await?;
    let text = String::from_utf8_lossy(&question[..length]).into_owned();
    let path = text.split(' ').nth(1).unwrap_or_default();
    let (status, kind, body) = match files.get(path) {
        Some((kind, body)) => ("200 OK", *kind, body.clone()),
        None => ("404 Not Found", "text/plain", b"no".to_vec()),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await
}
