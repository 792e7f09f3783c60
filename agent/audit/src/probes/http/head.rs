//! The head of an answer: status and headers, as leniently as browsers read them, and within bounds.

use httparse::{EMPTY_HEADER, ParserConfig, Status};

use crate::page::headers::Headers;

/// The most bytes of a head.
pub const LONGEST: usize = 64 * 1024;
/// The most headers.
const MOST_HEADERS: usize = 128;

/// The head of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// Its status.
    pub status: u16,
    /// It is of HTTP/1.0, which closes after each answer.
    pub old: bool,
    /// Its headers.
    pub headers: Headers,
}

/// How much of a head has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// More has to come.
    Part,
    /// All of it, in so many bytes.
    Whole(Head, usize),
    /// It is none.
    Bad(String),
}

/// Reads a head from the bytes that have come.
pub fn read(bytes: &[u8]) -> Read {
    let start = bytes.get(..5).unwrap_or(bytes);
    if !b"HTTP/".starts_with(start) {
        return Read::Bad("it answers something that is not HTTP".to_owned());
    }
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    match lenient().parse_response(&mut response, bytes) {
        Ok(Status::Complete(length)) if length <= LONGEST => {
            let mut head = Head {
                status: response.code.unwrap_or(0),
                old: response.version == Some(0),
                ..Head::default()
            };
            for header in response.headers {
                let values = head.headers.entry(header.name.to_ascii_lowercase()).or_default();
                values.push(text(header.value));
            }
            if (100..600).contains(&head.status) {
                Read::Whole(head, length)
            } else {
                Read::Bad(format!("it answers with the status {}", head.status))
            }
        }
        Ok(Status::Partial) if bytes.len() < LONGEST => Read::Part,
        Ok(_) => Read::Bad(format!("its headers are longer than {} KiB", LONGEST / 1024)),
        Err(httparse::Error::TooManyHeaders) => Read::Bad(format!("it has more than {MOST_HEADERS} headers")),
        Err(error) => Read::Bad(format!("its headers are not HTTP's: {error}")),
    }
}

/// Whether it is worth reading what has come: it is no head for sure, it is too long, or an empty line is in what came after
/// the first `seen` bytes.
pub fn may_be_whole(bytes: &[u8], seen: usize) -> bool {
    let start = bytes.get(..5).unwrap_or(bytes);
    let new = bytes.get(seen.saturating_sub(3)..).unwrap_or_default();
    let has = |end: &[u8]| new.windows(end.len()).any(|window| window == end);
    !b"HTTP/".starts_with(start) || bytes.len() >= LONGEST || has(b"\n\n") || has(b"\n\r\n")
}

/// What browsers let pass.
fn lenient() -> ParserConfig {
    let mut config = ParserConfig::default();
    config
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .allow_space_before_first_header_name(true)
        .ignore_invalid_headers_in_responses(true);
    config
}

/// A header's value: UTF-8 where it is that, else Latin-1; what would end a line or a terminal's patience is left out.
fn text(value: &[u8]) -> String {
    let text = match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.iter().map(|&byte| char::from(byte)).collect(),
    };
    text.replace(['\r', '\n'], " ").chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn whole(bytes: &[u8]) -> (Head, usize) {
        match read(bytes) {
            Read::Whole(head, length) => (head, length),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn heads() {
        let (head, length) = whole(b"HTTP/1.1 200 OK\r\nServer: nginx\r\nX-A: 1\r\nx-a:2\r\n\r\nbody");
        assert_eq!((head.status, head.old, length), (200, false, 49));
        assert_eq!(head.headers["x-a"], ["1", "2"]);
        let (head, _) = whole(b"HTTP/1.0 301\nLocation : /citt\xe0\n\n");
        assert_eq!((head.status, head.old, head.headers["location"][0].as_str()), (301, true, "/città"));
        let (head, _) = whole(b"HTTP/1.1 200  OK\r\nno header\r\nA: x\r\n  y\r\nB: \x1b[31mred\r\n\r\n");
        assert_eq!(head.headers["a"][0].split_whitespace().collect::<Vec<_>>(), ["x", "y"]);
        assert!(head.headers.values().flatten().all(|value| !value.contains('\u{1b}')));
    }

    #[test]
    fn when_to_read() {
        let check = |bytes: &[u8], seen, expected| assert_eq!(may_be_whole(bytes, seen), expected);
        check(b"HTTP/1.1 200 OK\r\n", 0, false);
        check(b"HTTP/1.1 200 OK\r\n\r\n", 18, true);
        check(b"HTTP/1.1 200 OK\r\n\r\n", 0, true);
        check(b"HT", 0, false);
        check(b"SSH-2.0", 3, true);
    }

    #[track_caller]
    fn bad(bytes: &[u8], why: &str) {
        assert_eq!(read(bytes), Read::Bad(why.to_owned()));
    }

    #[test]
    fn what_is_none() {
        assert_eq!(read(b"HTT"), Read::Part);
        assert_eq!(read(b"HTTP/1.1 200 OK\r\nA: b\r\n"), Read::Part);
        bad(b"<html>", "it answers something that is not HTTP");
        bad(b"\x15\x03\x01\0\x02", "it answers something that is not HTTP");
        bad(b"HTTP/1.1 999 no\r\n\r\n", "it answers with the status 999");
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(200));
        bad(many.as_bytes(), "it has more than 128 headers");
        let long = format!("HTTP/1.1 200 OK\r\nA: {}", "b".repeat(LONGEST));
        bad(long.as_bytes(), "its headers are longer than 64 KiB");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>, lines in proptest::collection::vec("[A-Za-z]{0,3}[: \t]{0,2}\\PC{0,5}(\r\n|\n|\r)", 0..10)) {
            read(&bytes);
            read(format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", lines.concat()).as_bytes());
            read(&[b"HTTP/1.1 200 ", bytes.as_slice()].concat());
        }
    }
}
