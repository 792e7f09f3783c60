//! What a server sends after a hello: records, in which messages are cut and joined as it likes. Bounded: a server can
//! neither fill our memory nor keep us by sending without end.

use super::bytes::Bytes;
use super::server_hello::{KeyExchange, ServerHello};
use crate::registry::Version;

/// More than this no honest server sends before its `ServerHelloDone`.
pub(super) const MOST_BYTES: usize = 256 * 1024;
/// The longest record, with what compression and encryption may add (RFC 5246, 6.2).
const LONGEST_RECORD: usize = 16_384 + 2_048;
/// More messages than these are an attempt to keep us.
const MOST_MESSAGES: u32 = 64;
/// So are more records: a server may cut its messages into small ones, but not into single bytes.
const MOST_RECORDS: u32 = 2_048;

/// What came after a hello, as far as it came.
#[derive(Debug, Clone, Default)]
pub(super) struct Flight {
    /// The server's hello.
    pub hello: Option<ServerHello>,
    /// The hello asks for another one, with a key share.
    pub is_retry: bool,
    /// Its certificates; none while the message did not come.
    pub certificates: Option<Vec<Vec<u8>>>,
    /// Its key exchange.
    pub exchange: Option<KeyExchange>,
    /// The OCSP response.
    pub staple: Option<Vec<u8>>,
    /// Alerts of level warning, by number, in their order.
    pub warnings: Vec<u8>,
    /// The alert of level fatal that ended it.
    pub fatal: Option<u8>,
    /// What it says is no TLS: what it looks like.
    pub not_tls: Option<&'static str>,
    /// It sent more than any honest server.
    pub is_endless: bool,
    /// All that it had to say before the client speaks again is there.
    pub is_done: bool,
    unread: Vec<u8>,
    handshake: Vec<u8>,
    bytes: usize,
    messages: u32,
    records: u32,
}

/// `HelloRetryRequest` is a server hello with these random bytes (RFC 8446, 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

impl Flight {
    /// Takes up bytes as they come.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.unread.extend_from_slice(bytes);
        while !self.is_over() && self.read_record() {}
        if !self.is_over() && self.bytes > MOST_BYTES {
            self.is_endless = true;
        }
    }

    /// Nothing more has to be read.
    pub fn is_over(&self) -> bool {
        self.is_done || self.fatal.is_some() || self.not_tls.is_some() || self.is_endless
    }

    /// Nothing at all came.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// What bytes look like that are no record, once the server has no more to say.
    pub fn judge_rest(&mut self) {
        if !self.is_over() && self.hello.is_none() && self.records == 0 && !self.unread.is_empty() {
            self.not_tls = not_tls(&self.unread).or(self.not_tls);
        }
    }

    /// Reads one record; no, where it is not all there.
    fn read_record(&mut self) -> bool {
        let [kind, major, _, high, low, ..] = *self.unread.as_slice() else { return false };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if !(20..=24).contains(&kind) || major != 3 || length > LONGEST_RECORD {
            self.not_tls = Some(not_tls(&self.unread).unwrap_or("something that is not TLS"));
            return false;
        }
        if self.unread.len() < 5 + length {
            return false;
        }
        let record: Vec<u8> = self.unread.drain(..5 + length).collect();
        self.records += 1;
        match kind {
            21 => self.read_alert(&record[5..]),
            22 => self.read_handshake(&record[5..]),
            _ => {}
        }
        self.is_endless |= self.records > MOST_RECORDS;
        true
    }

    fn read_alert(&mut self, content: &[u8]) {
        match content {
            [1, number] => self.warnings.push(*number),
            [_, number, ..] => self.fatal = Some(*number),
            _ => {}
        }
    }

    fn read_handshake(&mut self, content: &[u8]) {
        self.handshake.extend_from_slice(content);
        while !self.is_over() {
            let mut head = Bytes(&self.handshake);
            let (Some(kind), Some(length)) = (head.one(), head.number(3)) else { break };
            if length > MOST_BYTES {
                self.is_endless = true;
            }
            if self.handshake.len() < 4 + length {
                break;
            }
            let message: Vec<u8> = self.handshake.drain(..4 + length).collect();
            self.messages += 1;
            self.read_message(kind, &message[4..]);
            self.is_endless |= self.messages > MOST_MESSAGES;
        }
    }

    fn read_message(&mut self, kind: u8, message: &[u8]) {
        match kind {
            2 if self.hello.is_none() => {
                self.hello = ServerHello::read(message);
                self.is_retry = message.get(2..34) == Some(&RETRY);
                match &self.hello {
                    Some(hello) => self.is_done = hello.version >= Version::Tls13.number(),
                    None => self.not_tls = Some("a server hello that cannot be read"),
                }
            }
            11 if self.certificates.is_none() => self.certificates = certificates(message),
            12 => {
                if let Some(hello) = &self.hello {
                    self.exchange = KeyExchange::read(message, hello.suite, hello.version);
                }
            }
            14 => self.is_done = true,
            22 => self.staple = Bytes(message.get(1..).unwrap_or_default()).vector(3).map(<[u8]>::to_vec),
            _ => {}
        }
    }
}

fn certificates(message: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = Bytes(Bytes(message).vector(3)?);
    let mut certificates = Vec::new();
    while !list.is_empty() {
        certificates.push(list.vector(3)?.to_vec());
    }
    Some(certificates)
}

/// What the first bytes look like that are no record.
fn not_tls(bytes: &[u8]) -> Option<&'static str> {
    let looks: &[(&[u8], &str)] = &[
        (b"HTTP", "HTTP without TLS"),
        (b"<", "HTML without TLS"),
        (b"220", "a greeting in clear text"),
        (b"SSH-", "SSH"),
        (b"RFB", "VNC"),
    ];
    let found = looks.iter().find(|(begin, _)| bytes.starts_with(begin));
    found.map(|(_, what)| *what).or_else(|| {
        let is_text = !bytes.is_empty()
            && bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        is_text.then_some("text without TLS")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::probes::tls::hello::put_vector;

    fn record(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut record = vec![kind, 3, 3];
        put_vector(&mut record, 2, |record| record.extend_from_slice(content));
        record
    }

    fn message(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut message = vec![kind];
        put_vector(&mut message, 3, |message| message.extend_from_slice(content));
        message
    }

    /// A whole answer by TLS 1.2: ECDHE with two certificates, a staple and timestamps.
    fn answer() -> Vec<u8> {
        let mut hello = vec![3, 3];
        hello.extend_from_slice(&[7; 32]);
        hello.extend_from_slice(&[1, 9, 0xc0, 0x2f, 0]);
        put_vector(&mut hello, 2, |hello| {
            hello.extend_from_slice(&[0xff, 1, 0, 1, 0, 0, 23, 0, 0, 0, 16, 0, 5, 0, 3, 2, b'h', b'2']);
            hello.extend_from_slice(&[0, 18, 0, 10, 0, 8, 0, 2, 1, 1, 0, 2, 1, 1]);
        });
        let certificates = message(11, &[0, 0, 9, 0, 0, 2, 0x30, 0, 0, 0, 1, 0x30]);
        let staple = message(22, &[1, 0, 0, 1, 5]);
        let exchange = message(12, &[3, 0, 29, 2, 1, 1, 8, 4, 0, 1, 1]);
        [
            record(22, &message(2, &hello)),
            record(22, &[certificates, staple, exchange, message(14, &[])].concat()),
        ]
        .concat()
    }

    fn fed<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Flight {
        let mut flight = Flight::default();
        pieces.into_iter().for_each(|piece| flight.feed(piece));
        flight.judge_rest();
        flight
    }

    #[test]
    fn an_answer_is_read_whole_or_byte_by_byte() {
        let bytes = answer();
        for flight in [fed([bytes.as_slice()]), fed(bytes.chunks(1))] {
            let hello = flight.hello.unwrap();
            assert_eq!((hello.version, hello.suite, hello.timestamps), (0x0303, 0xc02f, 2));
            assert_eq!(hello.alpn.as_deref(), Some("h2"));
            assert!(hello.has_session && hello.has(23) && !hello.has(35));
            assert_eq!(flight.certificates, Some(vec![vec![0x30, 0], vec![0x30]]));
            assert_eq!(flight.staple, Some(vec![5]));
            let exchange = flight.exchange.unwrap();
            assert_eq!((exchange.group, exchange.scheme), (Some(29), Some(0x0804)));
            assert!(flight.is_done);
        }
    }

    #[test]
    fn what_is_no_tls_is_named() {
        assert_eq!(fed([b"HTTP/1.1 400 Bad Request".as_slice()]).not_tls, Some("HTTP without TLS"));
        assert_eq!(fed([b"220 mail ESMTP\r\n".as_slice()]).not_tls, Some("a greeting in clear text"));
        assert_eq!(fed([b"no".as_slice()]).not_tls, Some("text without TLS"));
        assert_eq!(fed([[0xff; 9].as_slice()]).not_tls, Some("something that is not TLS"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, at in 1_usize..64) {
            fed(bytes.chunks(at));
            let _ = ServerHello::read(&bytes);
            for suite in [0xc02f, 0x009e, 0x0018, 0xc037, 0x00aa, 0x002f, 0xffff] {
                let _ = KeyExchange::read(&bytes, suite, 0x0303);
            }
            certificates(&bytes);
        }

        #[test]
        fn no_truncation_or_change_of_an_answer_makes_it_panic(
            length in 0_usize..200, place in 0_usize..200, byte: u8, piece in 1_usize..40,
        ) {
            let mut bytes = answer();
            let place = place % bytes.len();
            bytes[place] = byte;
            bytes.truncate(length);
            let (whole, cut) = (fed([bytes.as_slice()]), fed(bytes.chunks(piece)));
            // However it was cut into pieces, it says the same.
            prop_assert_eq!(whole.hello, cut.hello);
            prop_assert_eq!(whole.certificates, cut.certificates);
            prop_assert_eq!(whole.is_done, cut.is_done);
        }
    }
}
