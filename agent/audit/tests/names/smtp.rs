//! A mail server that greets, and begins TLS where it has a certificate.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Serves at an address until the test ends. It greets with these words.
pub async fn serve(at: SocketAddr, greeting: &'static str, tls: Option<TlsAcceptor>) {
    let listener = TcpListener::bind(at).await.unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // who goes away gets no answer
            tokio::spawn(talk(stream, greeting, tls.clone()));
        }
    });
}

async fn talk(stream: TcpStream, greeting: &str, tls: Option<TlsAcceptor>) -> std::io::Result<()> {
    let mut stream = BufStream::new(stream);
    stream.write_all(format!("{greeting}\r\n").as_bytes()).await?;
    stream.flush().await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let answer = match (line.trim().to_ascii_uppercase().as_str(), &tls) {
            ("STARTTLS", Some(tls)) => {
                stream.write_all(b"220 go on\r\n").await?;
                stream.flush().await?;
                return tls.accept(stream.into_inner()).await.map(drop);
            }
            (word, Some(_)) if word.starts_with("EHLO ") => "250-mx.test\r\n250-SIZE 1000\r\n250 STARTTLS",
            (word, None) if word.starts_with("EHLO ") => "250-mx.test\r\n250 SIZE 1000",
            ("QUIT", _) => "221 bye",
            _ => "502 what?",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        stream.flush().await?;
        line.clear();
    }
    Ok(())
}
