//! `Content-Encoding`, undone within bounds: what grows beyond them is cut, however small it came.

use std::io::{self, Read};

use crate::page::headers::Headers;

/// What a visitor takes.
pub const ACCEPTED: &str = "gzip, br, zstd";
/// The most encodings that one body may be wrapped in.
const MOST_LAYERS: usize = 2;
/// The window that zstd may have in HTTP (RFC 9659).
const ZSTD_WINDOW: u64 = 8 * 1024 * 1024;

/// A body without its encodings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// What could be decoded.
    pub bytes: Vec<u8>,
    /// There was more.
    pub cut: bool,
    /// What went wrong.
    pub oddity: Option<String>,
}

/// The encodings of an answer in the order in which they were applied; `identity` is none.
pub fn encodings(headers: &Headers) -> Vec<String> {
    let values = headers.get("content-encoding").into_iter().flatten();
    let names = values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
    names.filter(|name| !name.is_empty() && name != "identity").collect()
}

/// Decodes a body to at most `most` bytes.
pub fn decode(encodings: &[String], bytes: Vec<u8>, most: usize) -> Plain {
    let mut plain = Plain { bytes, cut: false, oddity: None };
    if encodings.len() > MOST_LAYERS {
        let oddity = format!("its body is encoded {} times over", encodings.len());
        return Plain { bytes: Vec::new(), cut: true, oddity: Some(oddity) };
    }
    for name in encodings.iter().rev() {
        if plain.bytes.is_empty() {
            break;
        }
        let Some(undone) = layer(name, &plain.bytes, most) else {
            let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            let oddity = format!("its body has an encoding that was not asked for: {name}");
            return Plain { bytes: Vec::new(), cut: true, oddity: Some(oddity) };
        };
        let (bytes, ended) = undone;
        plain.cut |= bytes.len() > most;
        if let Err(error) = ended {
            plain.oddity = Some(format!("its body is not the {name} that it says: {error}"));
        }
        plain.bytes = bytes;
        plain.bytes.truncate(most);
    }
    plain
}

/// Undoes one encoding, to one byte more than `most`, and says how it ended. None for an encoding that nobody asked for.
fn layer(name: &str, bytes: &[u8], most: usize) -> Option<(Vec<u8>, io::Result<()>)> {
    Some(match name {
        "gzip" | "x-gzip" => read(flate2::read::MultiGzDecoder::new(bytes), most),
        // what is called deflate is zlib's format, and sometimes not
        "deflate" if bytes.first().is_some_and(|first| first & 0x0f == 8) => {
            read(flate2::read::ZlibDecoder::new(bytes), most)
        }
        "deflate" => read(flate2::read::DeflateDecoder::new(bytes), most),
        "br" => read(brotli_decompressor::Decompressor::new(bytes, 4096), most),
        "zstd" => match ruzstd::decoding::StreamingDecoder::new_with_max_window_size(bytes, ZSTD_WINDOW) {
            Ok(decoder) => read(decoder, most),
            Err(error) => (Vec::new(), Err(io::Error::other(error.to_string()))),
        },
        _ => return None,
    })
}

fn read(decoder: impl Read, most: usize) -> (Vec<u8>, io::Result<()>) {
    let mut bytes = Vec::new();
    let ended = decoder.take(most as u64 + 1).read_to_end(&mut bytes).map(|_| ());
    (bytes, ended)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn named(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    /// "ciao ciao ciao\n" as Node's brotli, zstd 1.5 and Python's zlib write it.
    const BROTLI: &[u8] = b"\x0b\x07\x80ciao ciao ciao\n\x03";
    const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x04\x58\x65\0\0\x30ciao \n\x01\0\x28\x8a\x16\x39\x79\xcc\x5c";
    const DEFLATE: &[u8] = b"\x4b\xce\x4c\xcc\x57\x48\x86\x11\x5c\0";
    const ZLIB: &[u8] = b"\x78\x9c\x4b\xce\x4c\xcc\x57\x48\x86\x11\x5c\0\x2b\x19\x05\x1f";

    #[track_caller]
    fn check(names: &[&str], bytes: &[u8]) {
        let plain = decode(&named(names), bytes.to_vec(), 100);
        assert_eq!(
            plain,
            Plain { bytes: b"ciao ciao ciao\n".to_vec(), cut: false, oddity: None },
            "{names:?}"
        );
    }

    #[test]
    fn encodings_are_undone() {
        check(&[], b"ciao ciao ciao\n");
        check(&["gzip"], &gzip(b"ciao ciao ciao\n"));
        check(&["gzip", "x-gzip"], &gzip(&gzip(b"ciao ciao ciao\n")));
        check(&["br"], BROTLI);
        check(&["zstd"], ZSTD);
        check(&["deflate"], DEFLATE);
        check(&["deflate"], ZLIB);
    }

    #[test]
    fn what_grows_is_cut() {
        let bomb = gzip(&vec![0; 50_000_000]);
        assert!(bomb.len() < 60_000);
        let plain = decode(&named(&["gzip"]), bomb.clone(), 1_000_000);
        assert_eq!((plain.bytes.len(), plain.cut), (1_000_000, true));
        let plain = decode(&named(&["gzip", "gzip"]), gzip(&bomb), 1_000_000);
        assert_eq!((plain.bytes.len(), plain.cut), (1_000_000, true));
        let plain = decode(&named(&["gzip"; 3]), gzip(b"x"), 10);
        assert_eq!(plain.oddity.as_deref(), Some("its body is encoded 3 times over"));
    }

    #[test]
    fn what_is_not_what_it_says() {
        let plain = decode(&named(&["gzip"]), b"<!doctype html>".to_vec(), 100);
        assert!(plain.oddity.unwrap().starts_with("its body is not the gzip that it says"));
        let plain = decode(&named(&["compress"]), b"x".to_vec(), 100);
        assert_eq!(
            plain.oddity.as_deref(),
            Some("its body has an encoding that was not asked for: compress")
        );
        // a window of 1 GB: 2^(10 + 20)
        let plain = decode(&named(&["zstd"]), b"\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00".to_vec(), 100);
        assert!(plain.oddity.unwrap().contains("window"), "a large window is refused before it is allocated");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_borne(mut bytes: Vec<u8>, name in "(gzip|br|zstd|deflate)", magic: bool) {
            if magic {
                let start: &[u8] = match name.as_str() {
                    "gzip" => b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
                    "zstd" => b"\x28\xb5\x2f\xfd\x24",
                    _ => b"",
                };
                bytes.splice(0..0, start.iter().copied());
            }
            proptest::prop_assert!(decode(&[name], bytes, 1000).bytes.len() <= 1000);
        }

        #[test]
        fn any_damage_is_borne(at in 0_usize..15, byte: u8) {
            for (name, good) in [("br", BROTLI), ("zstd", ZSTD), ("deflate", ZLIB)] {
                let mut bytes = good.to_vec();
                if let Some(there) = bytes.get_mut(at) {
                    *there = byte;
                }
                decode(&[name.to_owned()], bytes.clone(), 1000);
                bytes.truncate(at);
                decode(&[name.to_owned()], bytes, 1000);
            }
        }
    }
}
