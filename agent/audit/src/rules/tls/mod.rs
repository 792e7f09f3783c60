//! Rules on the TLS of sites.

pub mod anonymous;
pub mod cbc;
pub mod common_prime;
pub mod compression;
pub mod early_ccs;
pub mod extended_master_secret;
pub mod fallback;
pub mod families_differ;
pub mod forward_secrecy;
pub mod groups;
pub mod heartbleed;
pub mod no_tls12;
pub mod no_tls13;
pub mod not_told;
pub mod null;
pub mod oddities;
pub mod old_versions;
pub mod post_quantum;
pub mod preference;
pub mod rc4;
pub mod renegotiation;
pub mod robot;
pub mod signatures;
pub mod small_block;
pub mod small_key;
pub mod ssl2;
pub mod ssl3;
pub mod suites;
pub mod weak_dh;

use std::collections::BTreeSet;

use super::prelude::{Found, Remedy, Who};
use super::suites::{Weakness, has, list};
use crate::facts::Tls;
use crate::registry::{Suite, Version};

/// Suites that are taken by any version, each once, by number.
pub fn accepted(tls: &Tls) -> BTreeSet<Suite> {
    tls.versions.values().flat_map(|facts| facts.suites.iter().copied()).collect()
}

/// Versions that are surely spoken, old to new.
pub fn spoken(tls: &Tls) -> Vec<Version> {
    let spoken = tls.versions.iter().filter(|(_, facts)| facts.offered.is_yes());
    spoken.map(|(version, _)| *version).collect()
}

/// The newest version that is surely spoken, where every newer one is surely not.
pub fn highest(tls: &Tls) -> Option<Version> {
    let highest = spoken(tls).pop()?;
    let newer = tls.versions.iter().filter(|(version, _)| **version > highest);
    newer.into_iter().all(|(_, facts)| facts.offered.is_no()).then_some(highest)
}

/// TLS 1.2 or an older version is spoken: what only they have may matter.
pub fn speaks_old_style(tls: &Tls) -> bool {
    spoken(tls).iter().any(|version| *version < Version::Tls13)
}

/// Suites with a weakness are taken.
fn takes(tls: &Tls, weakness: Weakness) -> Option<Found> {
    let weak: Vec<Suite> = accepted(tls).into_iter().filter(|suite| has(*suite, weakness)).collect();
    let names = list(&weak, 4);
    (!weak.is_empty())
        .then(|| Found::fails(format!("accetta {}", names.it), format!("it takes {}", names.en)))
}

/// Speak TLS 1.2 and 1.3 only.
fn versions() -> Remedy {
    Remedy::by(
        Who::Hosting,
        "Lasciare solo TLS 1.2 e TLS 1.3. I browser usciti dopo il 2013 non ne risentono.",
        "Leave only TLS 1.2 and TLS 1.3. Browsers since 2013 do not notice.",
    )
    .nginx("ssl_protocols TLSv1.2 TLSv1.3;")
    .apache("SSLProtocol -all +TLSv1.2 +TLSv1.3")
    .iis("HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols: SSL 2.0, SSL 3.0, TLS 1.0, TLS 1.1 > Server > Enabled = 0")
}

/// Take only suites with ephemeral keys and authenticated encryption.
fn modern_suites() -> Remedy {
    Remedy::by(
        Who::Hosting,
        "Accettare solo le suite con ECDHE e AES-GCM o ChaCha20-Poly1305.",
        "Take only suites with ECDHE and AES-GCM or ChaCha20-Poly1305.",
    )
    .nginx("ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;\nssl_prefer_server_ciphers off;")
    .apache("SSLCipherSuite ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305\nSSLHonorCipherOrder off")
    .iis("Disable-TlsCipherSuite per ogni suite con CBC, RC4, 3DES, NULL o TLS_RSA_; verificare con Get-TlsCipherSuite.")
}

/// Update the library.
fn update() -> Remedy {
    Remedy::by(
        Who::Hosting,
        "Aggiornare subito il sistema e la libreria TLS, poi cambiare chiave e certificato e far revocare i vecchi.",
        "Update the system and its TLS library at once, then change key and certificate and have the old ones revoked.",
    )
    .nginx("# apt update && apt full-upgrade; systemctl restart nginx")
    .apache("# apt update && apt full-upgrade; systemctl restart apache2")
    .iis("Windows Update; per gli apparati davanti al server, il firmware del produttore.")
}
