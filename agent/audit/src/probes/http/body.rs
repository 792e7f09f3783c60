//! Where a body ends (RFC 9112, 6): by its length, by chunks, or with the connection.

use httparse::Status;

use super::head::Head;

/// The longest line that may announce a chunk, or follow the last.
const LONGEST_LINE: usize = 4096;

/// What is left of a body to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// So many bytes.
    Length(u64),
    /// Chunks.
    Chunks(Chunk),
    /// Until the server closes.
    UntilClose,
}

/// Where in its chunks a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// Before the line that announces one.
    Announced,
    /// In one, with so many bytes to come.
    Within(u64),
    /// At the end of one.
    Ended,
    /// After the last: lines until an empty one.
    Trailer,
    /// At the end.
    Done,
}

impl Body {
    /// The body that follows a head.
    ///
    /// # Errors
    /// When the head contradicts itself: then nobody knows where the next answer begins.
    pub fn after(head: &Head) -> Result<Self, String> {
        if matches!(head.status, 100..=199 | 204 | 304) {
            return Ok(Self::Length(0));
        }
        let values = |name: &str| head.headers.get(name).map(Vec::as_slice).unwrap_or_default();
        if let Some(last) = values("transfer-encoding").last() {
            let chunked =
                last.rsplit(',').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("chunked"));
            return Ok(if chunked { Self::Chunks(Chunk::Announced) } else { Self::UntilClose });
        }
        let mut lengths = values("content-length").iter().flat_map(|value| value.split(',')).map(str::trim);
        match lengths.next() {
            None => Ok(Self::UntilClose),
            Some(first) if lengths.all(|length| length == first) => {
                let length =
                    first.parse().map_err(|_| format!("its Content-Length is no number: {first}"))?;
                Ok(Self::Length(length))
            }
            Some(_) => Err("it has several Content-Length that contradict each other".to_owned()),
        }
    }

    /// All of it has come.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Length(0) | Self::Chunks(Chunk::Done))
    }

    /// Takes what has come out of `input` and appends what is body to `body`.
    ///
    /// # Errors
    /// When what comes is no chunk where one should be.
    pub fn take(&mut self, input: &mut Vec<u8>, body: &mut Vec<u8>) -> Result<(), String> {
        match self {
            Self::UntilClose => body.append(input),
            Self::Length(left) => *left -= taken(input, *left, body),
            Self::Chunks(chunk) => {
                let mut at = 0;
                while let Some(step) = chunk.step(input.get(at..).unwrap_or_default(), body)? {
                    at += step;
                }
                input.drain(..at);
            }
        }
        Ok(())
    }
}

impl Chunk {
    /// Takes one step: how many bytes it took; none where it waits for more, or is done.
    fn step(&mut self, input: &[u8], body: &mut Vec<u8>) -> Result<Option<usize>, String> {
        match *self {
            Self::Announced => match httparse::parse_chunk_size(input) {
                Ok(Status::Complete((taken, size))) => {
                    *self = if size == 0 { Self::Trailer } else { Self::Within(size) };
                    Ok(Some(taken))
                }
                Ok(Status::Partial) if input.len() < LONGEST_LINE => Ok(None),
                _ => Err("its chunks are nonsense".to_owned()),
            },
            Self::Within(left) => {
                let length = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
                body.extend_from_slice(input.get(..length).unwrap_or_default());
                let left = left - length as u64;
                *self = if left == 0 { Self::Ended } else { Self::Within(left) };
                Ok((length > 0).then_some(length))
            }
            Self::Ended => match input {
                [b'\r', b'\n', ..] => {
                    *self = Self::Announced;
                    Ok(Some(2))
                }
                [] | [b'\r'] => Ok(None),
                _ => Err("its chunks are longer than they say".to_owned()),
            },
            Self::Trailer => match input.iter().position(|&byte| byte == b'\n') {
                Some(end) => {
                    if end <= 1 {
                        *self = Self::Done;
                    }
                    Ok(Some(end + 1))
                }
                None if input.len() < LONGEST_LINE => Ok(None),
                None => Err("its chunks end in nonsense".to_owned()),
            },
            Self::Done => Ok(None),
        }
    }
}

/// Moves at most `left` bytes, and says how many.
fn taken(input: &mut Vec<u8>, left: u64, body: &mut Vec<u8>) -> u64 {
    let length = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
    body.extend(input.drain(..length));
    length as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::headers::Headers;

    fn head(status: u16, headers: &[(&str, &str)]) -> Head {
        let mut all = Headers::new();
        for (name, value) in headers {
            all.entry((*name).to_owned()).or_default().push((*value).to_owned());
        }
        Head { status, headers: all, ..Head::default() }
    }

    #[test]
    fn ends() {
        let check = |status, headers: &[(&str, &str)], body: Result<Body, &str>| {
            assert_eq!(Body::after(&head(status, headers)), body.map_err(str::to_owned), "{headers:?}");
        };
        check(200, &[("content-length", "5")], Ok(Body::Length(5)));
        check(200, &[("content-length", "5"), ("content-length", "5")], Ok(Body::Length(5)));
        check(200, &[], Ok(Body::UntilClose));
        check(304, &[("content-length", "5")], Ok(Body::Length(0)));
        check(
            200,
            &[("content-length", "5"), ("transfer-encoding", "Chunked")],
            Ok(Body::Chunks(Chunk::Announced)),
        );
        check(200, &[("transfer-encoding", "gzip")], Ok(Body::UntilClose));
        check(200, &[("content-length", "-1")], Err("its Content-Length is no number: -1"));
        let two = "it has several Content-Length that contradict each other";
        check(200, &[("content-length", "5, 6")], Err(two));
    }

    /// Feeds a chunked body in pieces of a size.
    fn chunks(bytes: &[u8], size: usize) -> Result<(String, bool, usize), String> {
        let mut body = Body::Chunks(Chunk::Announced);
        let (mut input, mut output) = (Vec::new(), Vec::new());
        for piece in bytes.chunks(size) {
            input.extend_from_slice(piece);
            body.take(&mut input, &mut output)?;
        }
        Ok((String::from_utf8_lossy(&output).into_owned(), body.is_done(), input.len()))
    }

    #[test]
    fn chunks_in_pieces_of_any_size() {
        let bytes = b"4\r\nciao\r\n3 ; x=y\r\n ci\r\n0\r\nX-Later: 1\r\n\r\nHTTP";
        for size in 1..bytes.len() {
            let (body, done, rest) = chunks(bytes, size).unwrap();
            assert_eq!((body.as_str(), done, rest), ("ciao ci", true, 4), "{size}");
        }
        assert_eq!(chunks(b"4\r\nci", 3).unwrap(), ("ci".to_owned(), false, 0));
    }

    #[test]
    fn nonsense() {
        for (bytes, why) in [
            (&b"ciao\r\n"[..], "its chunks are nonsense"),
            (b"4\r\nciaociao", "its chunks are longer than they say"),
            (b"FFFFFFFFFFFFFFFFFF\r\n", "its chunks are nonsense"),
            (&[&b"4;"[..], &[b'x'; 5000][..]].concat(), "its chunks are nonsense"),
            (&[&b"0\r\n"[..], &[b'x'; 5000][..]].concat(), "its chunks end in nonsense"),
        ] {
            assert_eq!(chunks(bytes, 10_000), Err(why.to_owned()));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>, text in "[0-9a-f\r\n;x]{0,60}", size in 1_usize..9, length: u64) {
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                if let Ok((body, ..)) = chunks(bytes, size) {
                    proptest::prop_assert!(body.len() <= 3 * bytes.len());
                }
                let mut output = Vec::new();
                Body::Length(length).take(&mut bytes.to_vec(), &mut output).unwrap();
                proptest::prop_assert!(output.len() as u64 <= length);
            }
        }
    }
}
