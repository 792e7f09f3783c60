//! Primes of Diffie-Hellman that many servers share, by the SHA-256 of their bytes: those of standards, and those that
//! programs were shipped with. Whoever breaks one breaks all of its servers (Logjam, weakdh.org, 2015).

use super::server_hello::Prime;
use crate::facts::DhParameters;

const KNOWN: &[(&str, &str)] = &[
    ("RFC 2409 group 1", "b52ba6a3026520a6c49d37e4587601801bee500123b3259b6bf03e7cecc3e63d"),
    ("RFC 2409 group 2", "3f35a3f5f6c4376a744acad409bb22f8d897f949d2311d885adaa890981b67a0"),
    ("RFC 3526 group 5", "64fcc83ec403930bf18393dbc883ccaa1fbb08ac876f77f7aa99748ca945019b"),
    ("RFC 3526 group 14", "d66436f79bbd6b2e38c0ffbd079be904d2641415e2e67140e09448be9a60890e"),
    ("RFC 3526 group 15", "48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c"),
    ("RFC 3526 group 16", "4ee95187682bcb230ad26a95205f6920e84708f6251b3894329b09ec23919e33"),
    ("RFC 3526 group 17", "d1bfe6d0925ce7e4da262b62861514a7755e35831e429f343e7b864848657efd"),
    ("RFC 3526 group 18", "39ab4feab950a3128fb71accb9fc3965d857012e081998a85996e3ea8b3c3bcf"),
    ("ffdhe2048", "9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966"),
    ("ffdhe3072", "0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17"),
    ("ffdhe4096", "4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e"),
    ("ffdhe6144", "227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7"),
    ("ffdhe8192", "770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833"),
    ("RFC 5114 group 22", "44c55cfee5c075927cf682da5b681bdecbd5c3eb0784c14f5dce7610f0ef133d"),
    ("RFC 5114 group 23", "bfe545862ca102ad1eeddb5fbfa5bf855ac4995c56a8b408ce3fe099dce93a9d"),
    ("RFC 5114 group 24", "0b7835722cb619827610c2549fdda5587421686c4409a13865e76225522ddcc9"),
    ("Apache 2.0 512", "3cdb020b9ef298b2f3f6cf5a872af527337bf7b9f654b2e70c49da16a4d24137"),
    ("Apache 2.0 1024", "f79d1db3c955a28fdeca462670a0712efee4b588c7858e4943883f903bd1354b"),
    ("Apache 2.2 512", "db01e702899166da28c9bc7896af62bcdf0c96d0fb341950ba80e68bd51a57ef"),
    ("Apache 2.2 1024", "bf910d9df4e0b2e76cda7443f592aa118e33ba2c224ebc27fb8978d873c8c2e3"),
    ("nginx 1024", "8ae47dca3d24e9b64640062686da234dcabada26b0da6f090c5449c1338d9a11"),
    ("Java 512", "73b391ec8da33ee197aed17d7cfce1321b94e04c5b55b3c02c1c7198eb88715b"),
    ("Java 768", "ee5483fe4b96caa10cb5b863ec409aab2762e6bf43af4a8a0a42817fef4dd7f3"),
    ("Java 1024", "cc21a33dd1a3edf40bf636b5496e4aede198a437a8548e0cc1a621424e42419b"),
    ("OpenSSL 512", "f26e2403f3f07946654404909f0ff81d9354de17250411b4c04b89af73178425"),
    ("OpenSSL 1024", "66d0bf38b0bdfacf2fdae33f35102ab6079fd5ff0feff8e436a4063745c72739"),
    ("OpenSSL 2048", "9e348a9471b7d123aa97071e38288379fc12a9992e8e75db2113c1ded5463ac3"),
    ("OpenSSL 4096", "ce7728db3aed1119a82b9f17b17df9f8e370ddd7639946df09a119f924aa42e8"),
    ("weakdh.org 1024, not safe", "74a5cce5b6a93eb755e2f48250dc7cb3ea529484af916e1368034b6f70eb25fc"),
    ("weakdh.org 1024", "52d4faa53003b8349dac3e984a6423bc1ab6ab927f1855d94757185f71b5d97d"),
    ("HAProxy 2048", "7b6551ea6ff09bd78c24bede10980a155f70b6c81e48b4dd8bec822ab3bf0e94"),
    ("Postfix 1024", "ef627d8cc44144f36a075d8dd8511bbd278cb5cf438f1052bdbdabe715232c1e"),
    ("IronPort 1024", "bfa876fe4671a9c696c8e256c13d7fadaa05c8991660e0924604ff7b239c6d1a"),
];

/// A prime as a fact.
pub(super) fn parameters(prime: &Prime) -> DhParameters {
    let known = KNOWN.iter().find(|(_, sha256)| *sha256 == prime.sha256);
    DhParameters {
        bits: prime.bits,
        known_as: known.map(|(name, _)| (*name).to_owned()),
        sha256: prime.sha256.clone(),
    }
}
