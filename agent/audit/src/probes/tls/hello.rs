//! Client hellos, made by hand: each asks one question. What they say is only what the question needs, in the form that
//! the fewest servers stumble over.

use crate::registry::Version;

/// A client hello.
#[derive(Debug, Clone)]
pub(super) struct Hello<'a> {
    /// The newest version that it offers; by TLS 1.3 it offers that alone.
    pub version: Version,
    /// Suites, at most [`MOST_SUITES`].
    pub suites: Vec<u16>,
    /// Groups, the best first; none leaves the extension out.
    pub groups: Vec<u16>,
    /// Signature schemes, the best first; sent by TLS 1.2 and 1.3.
    pub schemes: Vec<u16>,
    /// The server's name.
    pub name: Option<&'a str>,
    /// Protocols for ALPN.
    pub alpn: &'a [&'a str],
    /// Everything else that can be learned from one answer: tickets, staple, timestamps, heartbeat, compression.
    pub curious: bool,
    /// Key shares by TLS 1.3.
    pub shares: Shares,
}

/// Which key shares a hello by TLS 1.3 has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shares {
    /// None: the server names its group in a `HelloRetryRequest`, without any cryptography on either side.
    None,
    /// One for a group that does not exist (RFC 8701), for servers that take an empty list for an error.
    Grease,
}

/// Servers of long ago cannot read longer lists.
pub(super) const MOST_SUITES: usize = 127;
/// `TLS_EMPTY_RENEGOTIATION_INFO_SCSV` (RFC 5746).
pub(super) const RENEGOTIATION_SCSV: u16 = 0x00ff;
/// `TLS_FALLBACK_SCSV` (RFC 7507).
pub(super) const FALLBACK_SCSV: u16 = 0x5600;
/// A group that nobody has (RFC 8701).
const GREASE: u16 = 0x0a0a;

impl Hello<'_> {
    /// Its record, with these random bytes: 32 for the hello, 32 for the session of a TLS 1.3 client.
    pub fn record(&self, random: &[u8; 64]) -> Vec<u8> {
        let mut record = self.record_padded(random, None);
        // Lengths that some load balancers hang on (RFC 7685), or take for SSL 2's.
        let length = record.len() - 5;
        let padded = match length {
            256..512 => 512,
            _ if matches!(length % 256, 10 | 14) => length + 5,
            _ => return record,
        };
        if self.has_extensions() {
            record = self.record_padded(random, Some(padded.saturating_sub(length + 4)));
        }
        record
    }

    fn has_extensions(&self) -> bool {
        self.version != Version::Ssl3
    }

    fn record_padded(&self, random: &[u8; 64], padding: Option<usize>) -> Vec<u8> {
        let mut body = Vec::with_capacity(640);
        put_two(&mut body, self.version.min(Version::Tls12).number());
        body.extend_from_slice(&random[..32]);
        let session = if self.version == Version::Tls13 { &random[32..] } else { &[] };
        put_vector(&mut body, 1, |body| body.extend_from_slice(session));
        put_vector(&mut body, 2, |body| self.suites.iter().for_each(|suite| put_two(body, *suite)));
        let compressions: &[u8] = if self.curious { &[1, 0] } else { &[0] };
        put_vector(&mut body, 1, |body| body.extend_from_slice(compressions));
        if self.has_extensions() {
            put_vector(&mut body, 2, |body| {
                self.put_extensions(body);
                if let Some(padding) = padding {
                    put_extension(body, 21, |body| body.resize(body.len() + padding, 0));
                }
            });
        }
        let mut record = vec![22];
        // SSL 3 is asked in its own records; everything else in those of TLS 1.0, which all servers read.
        put_two(&mut record, if self.version == Version::Ssl3 { 0x0300 } else { 0x0301 });
        put_vector(&mut record, 2, |record| {
            record.push(1);
            put_vector(record, 3, |record| record.extend_from_slice(&body));
        });
        record
    }

    fn put_extensions(&self, body: &mut Vec<u8>) {
        let is_tls13 = self.version == Version::Tls13;
        if let Some(name) = self.name {
            put_extension(body, 0, |body| {
                put_vector(body, 2, |body| {
                    body.push(0);
                    put_vector(body, 2, |body| body.extend_from_slice(name.as_bytes()));
                });
            });
        }
        if !is_tls13 {
            put_extension(body, 0xff01, |body| body.push(0));
            put_extension(body, 23, |_| {});
        }
        if !self.groups.is_empty() {
            put_extension(body, 10, |body| put_numbers(body, &self.groups));
            put_extension(body, 11, |body| body.extend_from_slice(&[1, 0]));
        }
        if self.version >= Version::Tls12 {
            put_extension(body, 13, |body| put_numbers(body, &self.schemes));
        }
        if !self.alpn.is_empty() {
            put_extension(body, 16, |body| {
                put_vector(body, 2, |body| {
                    for protocol in self.alpn {
                        put_vector(body, 1, |body| body.extend_from_slice(protocol.as_bytes()));
                    }
                });
            });
        }
        if self.curious {
            put_extension(body, 35, |_| {});
            put_extension(body, 5, |body| body.extend_from_slice(&[1, 0, 0, 0, 0]));
            put_extension(body, 18, |_| {});
            put_extension(body, 15, |body| body.push(1));
        }
        if is_tls13 {
            put_extension(body, 43, |body| body.extend_from_slice(&[2, 3, 4]));
            put_extension(body, 45, |body| body.extend_from_slice(&[1, 1]));
            put_extension(body, 51, |body| {
                put_vector(body, 2, |body| {
                    if self.shares == Shares::Grease {
                        put_two(body, GREASE);
                        put_vector(body, 2, |body| body.push(0));
                    }
                });
            });
        }
    }
}

fn put_two(bytes: &mut Vec<u8>, number: u16) {
    bytes.extend_from_slice(&number.to_be_bytes());
}

fn put_numbers(bytes: &mut Vec<u8>, numbers: &[u16]) {
    put_vector(bytes, 2, |bytes| numbers.iter().for_each(|number| put_two(bytes, *number)));
}

fn put_extension(bytes: &mut Vec<u8>, number: u16, content: impl FnOnce(&mut Vec<u8>)) {
    put_two(bytes, number);
    put_vector(bytes, 2, content);
}

/// Writes what stands behind its own length.
pub(super) fn put_vector(bytes: &mut Vec<u8>, length_bytes: usize, content: impl FnOnce(&mut Vec<u8>)) {
    let at = bytes.len();
    bytes.resize(at + length_bytes, 0);
    content(bytes);
    let length = (bytes.len() - at - length_bytes).to_be_bytes();
    bytes[at..at + length_bytes].copy_from_slice(&length[length.len() - length_bytes..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(version: Version, suites: usize) -> Hello<'static> {
        Hello {
            version,
            suites: (1..).take(suites).collect(),
            groups: vec![29, 23],
            schemes: vec![0x0804],
            name: Some("www.comune.example"),
            alpn: &["h2"],
            curious: false,
            shares: Shares::None,
        }
    }

    #[test]
    fn no_hello_has_a_length_that_servers_stumble_over() {
        for version in [Version::Tls10, Version::Tls12, Version::Tls13] {
            for suites in 1..=MOST_SUITES {
                for name in [None, Some("a.example"), Some("www.comune.example")] {
                    let record = Hello { name, ..hello(version, suites) }.record(&[7; 64]);
                    let length = record.len() - 5;
                    assert!(!(256..512).contains(&length) && !matches!(length % 256, 10 | 14), "{length}");
                }
            }
        }
    }

    #[test]
    fn the_parser_of_others_reads_it() {
        for version in [Version::Ssl3, Version::Tls10, Version::Tls11, Version::Tls12, Version::Tls13] {
            let record = Hello { curious: version < Version::Tls13, ..hello(version, 40) }.record(&[7; 64]);
            let (rest, plain) = tls_parser::parse_tls_plaintext(&record).unwrap();
            assert!(rest.is_empty());
            let tls_parser::TlsMessage::Handshake(tls_parser::TlsMessageHandshake::ClientHello(read)) =
                &plain.msg[0]
            else {
                panic!("{plain:?}");
            };
            assert_eq!(read.ciphers.len(), 40);
            if let Some(extensions) = read.ext {
                let (rest, extensions) = tls_parser::parse_tls_client_hello_extensions(extensions).unwrap();
                assert!(rest.is_empty() && extensions.len() >= 5, "{extensions:?}");
            }
        }
    }
}
