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
#[derive(Debug, Default)]
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
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
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
        let is_text = !bytes.is_empty() && bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        is_text.then_some("text without TLS")
    })
}
