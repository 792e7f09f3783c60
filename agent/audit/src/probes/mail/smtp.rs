//! The first words with a mail server (RFC 5321): who it is, and whether it offers STARTTLS (RFC 3207).

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Most bytes and lines of one answer.
const MOST_BYTES: usize = 16 << 10;
const MOST_LINES: usize = 100;

/// An answer: its code, and its lines without it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub code: u16,
    pub lines: Vec<String>,
}

/// What a mail server says to a greeting.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Greeted {
    /// It greets as a mail server does.
    pub is_mail_server: bool,
    /// It offers STARTTLS; none where it did not come to that.
    pub starttls: Option<bool>,
}

/// Waits for its greeting, greets, and takes leave.
pub(super) async fn greet(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    own_name: &str,
) -> io::Result<Greeted> {
    let first = reply(stream).await?;
    let Some(first) = first else { return Ok(Greeted { is_mail_server: false, starttls: None }) };
    // 554 and 421 are a mail server's too: it does not want to talk now
    if first.code != 220 {
        return Ok(Greeted { is_mail_server: (400..600).contains(&first.code), starttls: None });
    }
    stream.write_all(format!("EHLO {own_name}\r\n").as_bytes()).await?;
    let second = reply(stream).await?;
    let starttls = second.and_then(|second| match second.code {
        250 => Some(second.lines.iter().skip(1).any(|line| line.trim().eq_ignore_ascii_case("STARTTLS"))),
        // it knows no extensions at all
        500 | 502 | 504 => Some(false),
        _ => None,
    });
    // whether it hears this is its own affair
    let _ = stream.write_all(b"QUIT\r\n").await;
    Ok(Greeted { is_mail_server: true, starttls })
}

/// One answer; none where what comes is no SMTP.
async fn reply(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Reply>> {
    let mut octets = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        match parse(&octets) {
            Parsed::Whole(reply) => return Ok(Some(reply)),
            Parsed::Wrong => return Ok(None),
            Parsed::More if octets.len() > MOST_BYTES => return Ok(None),
            Parsed::More => {}
        }
        match stream.read(&mut buffer).await? {
            0 if octets.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            0 => return Ok(None),
            length => octets.extend_from_slice(&buffer[..length]),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Parsed {
    Whole(Reply),
    More,
    Wrong,
}

/// RFC 5321, 4.2: `250-first`, `250-next`, `250 last`.
fn parse(octets: &[u8]) -> Parsed {
    let mut lines = Vec::new();
    let mut code = None;
    let mut rest = octets;
    while let Some(end) = rest.iter().position(|octet| *octet == b'\n') {
        let line = String::from_utf8_lossy(&rest[..end]).trim_end().to_owned();
        rest = &rest[end + 1..];
        let digits = line.get(..3).filter(|digits| digits.chars().all(|c| c.is_ascii_digit()));
        let Some(this) = digits.and_then(|digits| digits.parse::<u16>().ok()) else { return Parsed::Wrong };
        if *code.get_or_insert(this) != this || lines.len() >= MOST_LINES {
            return Parsed::Wrong;
        }
        lines.push(line.get(4..).unwrap_or_default().to_owned());
        match line.as_bytes().get(3) {
            None | Some(b' ') => return Parsed::Whole(Reply { code: this, lines }),
            Some(b'-') => {}
            Some(_) => return Parsed::Wrong,
        }
    }
    let begins = rest.iter().take(3).all(u8::is_ascii_digit);
    if begins { Parsed::More } else { Parsed::Wrong }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Parsed, Reply, parse};

    #[test]
    fn answers() {
        let whole = |code, lines: &[&str]| {
            Parsed::Whole(Reply { code, lines: lines.iter().map(ToString::to_string).collect() })
        };
        for (text, expected) in [
            ("220 mx.test ESMTP\r\n", whole(220, &["mx.test ESMTP"])),
            ("250-mx.test\r\n250-SIZE 1\r\n250 STARTTLS\r\n", whole(250, &["mx.test", "SIZE 1", "STARTTLS"])),
            ("250\n", whole(250, &[""])),
            ("250-mx.test\r\n250 STA", Parsed::More),
            ("", Parsed::More),
            ("25", Parsed::More),
            ("HTTP/1.1 400 Bad\r\n", Parsed::Wrong),
            ("SSH", Parsed::Wrong),
            ("250-a\r\n220 b\r\n", Parsed::Wrong),
            ("250_a\r\n", Parsed::Wrong),
        ] {
            assert_eq!(parse(text.as_bytes()), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes(octets in prop::collection::vec(any::<u8>(), 0..100), head in "(2[25]0[ -])?") {
            parse(&[head.as_bytes(), &octets].concat());
        }
    }
}
