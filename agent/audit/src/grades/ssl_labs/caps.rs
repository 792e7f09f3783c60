//! What caps the grade however many points there are, and what A+ needs.

use super::super::Reason;
use super::super::assume::{Assume, cap, points};
use super::super::cert_agid::lacks_only_an_intermediate;
use super::score::{is_cut, is_weakly_signed, key_strength, leaves, speaks};
use crate::facts::{Diagnosis, Revocation, Site, Tls};
use crate::registry::{Suite, Version};
use crate::rules::headers::{Hsts, hsts};
use crate::rules::suites::{Weakness, forward_secret, has};
use crate::rules::tls::accepted;

/// Every cap, the hardest first.
pub fn caps(tls: &Tls, assume: Assume) -> Vec<Reason> {
    let mut caps = trust(tls, assume);
    caps.extend(broken(tls, assume));
    caps.extend(weak(tls, assume));
    caps.extend(old(tls, assume));
    caps.extend(warnings(tls, assume));
    caps.dedup();
    caps
}

fn when(condition: bool, at: &str, italian: &str, english: &str) -> Option<Reason> {
    condition.then(|| cap(at, italian, english))
}

/// T and M: the certificate.
fn trust(tls: &Tls, assume: Assume) -> Vec<Reason> {
    let mut caps = Vec::new();
    if tls.chains.is_empty() && !assume.is_best() {
        caps.push(cap("T", "nessun certificato si è visto", "no certificate was seen"));
    }
    for chain in tls.chains.iter().map(|served| &served.chain) {
        let name = |it: &Diagnosis| matches!(it, Diagnosis::WrongName { .. } | Diagnosis::OnlyCommonName);
        let diagnoses = &chain.trust.diagnoses;
        let only_name = !diagnoses.is_empty() && diagnoses.iter().all(name);
        let incomplete = lacks_only_an_intermediate(chain, assume);
        if matches!(chain.trust.revocation, Revocation::Revoked { .. }) {
            caps.push(cap("T", "certificato revocato", "the certificate is revoked"));
        }
        if !chain.trust.trusted && only_name {
            caps.push(cap("M", "certificato per un altro nome", "the certificate is for another name"));
        } else if !chain.trust.trusted && incomplete {
            caps.push(cap("B", "catena incompleta (2009h)", "the chain is incomplete (2009h)"));
        } else if !chain.trust.trusted {
            caps.push(cap("T", "certificato non riconosciuto", "the certificate is not trusted"));
        }
        if let Some(hash) = chain.certificates.first().and_then(is_weakly_signed) {
            match hash {
                "SHA-1" => caps.push(cap(
                    "T",
                    "certificato firmato con SHA-1",
                    "the certificate is signed over SHA-1",
                )),
                _ => caps.push(cap("F", "certificato firmato con MD5", "the certificate is signed over MD5")),
            }
        }
    }
    caps
}

/// F.
fn broken(tls: &Tls, assume: Assume) -> Vec<Reason> {
    let suites = accepted(tls);
    let any = |weakness: Weakness| suites.iter().any(|suite| has(*suite, weakness));
    let new = speaks(tls, Version::Tls10, assume)
        || speaks(tls, Version::Tls11, assume)
        || speaks(tls, Version::Tls12, assume)
        || speaks(tls, Version::Tls13, assume);
    let rc4_only = !suites.is_empty() && suites.iter().all(|suite| has(*suite, Weakness::Rc4));
    let small = leaves(tls).map(key_strength).chain(tls.dh.iter().map(|dh| dh.bits)).any(|bits| bits < 1024);
    let proven = tls.intrusive.as_ref();
    let hit =
        |of: fn(&crate::facts::Intrusive) -> &crate::Answer<bool>| proven.is_some_and(|it| of(it).is_yes());
    let caps = [
        when(speaks(tls, Version::Ssl2, assume), "F", "SSL 2 (DROWN)", "SSL 2 (DROWN)"),
        when(!new, "F", "niente di più nuovo di SSL 3", "nothing newer than SSL 3"),
        when(any(Weakness::Null), "F", "suite che non cifrano", "suites that do not encrypt"),
        when(any(Weakness::Anonymous), "F", "suite anonime", "anonymous suites"),
        when(
            any(Weakness::SmallKey),
            "F",
            "suite con chiavi sotto i 112 bit",
            "suites with keys under 112 bits",
        ),
        when(
            is_cut(tls, assume) && !assume.is_best(),
            "F",
            "non tutte le suite si conoscono",
            "not all suites are known",
        ),
        when(rc4_only, "F", "solo RC4", "RC4 alone"),
        when(small, "F", "chiave o primo DH sotto i 1024 bit", "a key or DH prime under 1024 bits"),
        when(hit(|it| &it.heartbleed), "F", "Heartbleed", "Heartbleed"),
        when(
            hit(|it| &it.early_change_cipher_spec),
            "F",
            "ChangeCipherSpec anticipato",
            "early ChangeCipherSpec",
        ),
        when(hit(|it| &it.robot), "F", "ROBOT (2009p)", "ROBOT (2009p)"),
    ];
    caps.into_iter().flatten().collect()
}

/// C.
fn weak(tls: &Tls, assume: Assume) -> Vec<Reason> {
    let since_tls11 = |weakness: Weakness| {
        let new = tls.versions.iter().filter(|(version, _)| **version >= Version::Tls11);
        new.into_iter().any(|(_, facts)| facts.suites.iter().any(|suite| has(*suite, weakness)))
    };
    let cbc = |version| {
        tls.versions
            .get(&version)
            .is_some_and(|facts| facts.suites.iter().any(|suite| has(*suite, Weakness::Cbc)))
    };
    let modern = speaks(tls, Version::Tls12, assume) || speaks(tls, Version::Tls13, assume);
    let compression = assume.answer(&tls.compression, false);
    let caps = [
        when(!modern, "C", "manca TLS 1.2", "there is no TLS 1.2"),
        when(
            speaks(tls, Version::Ssl3, assume) && cbc(Version::Ssl3),
            "C",
            "POODLE: SSL 3 con CBC",
            "POODLE: SSL 3 with CBC",
        ),
        when(compression, "C", "CRIME: compressione TLS", "CRIME: TLS compression"),
        when(since_tls11(Weakness::Rc4), "C", "RC4 con TLS 1.1 o successivo", "RC4 with TLS 1.1 or newer"),
        when(
            since_tls11(Weakness::SmallBlock),
            "C",
            "3DES con TLS 1.1 o successivo (2009p)",
            "3DES with TLS 1.1 or newer (2009p)",
        ),
    ];
    caps.into_iter().flatten().collect()
}

/// B.
fn old(tls: &Tls, assume: Assume) -> Vec<Reason> {
    let suites = accepted(tls);
    let old = speaks(tls, Version::Tls10, assume) || speaks(tls, Version::Tls11, assume);
    let short = leaves(tls).map(key_strength).chain(tls.dh.iter().map(|dh| dh.bits)).any(|bits| bits < 2048);
    let rc4 = suites.iter().any(|suite| has(*suite, Weakness::Rc4));
    let none = |good: fn(Suite) -> bool| !suites.is_empty() && !suites.iter().any(|suite| good(*suite));
    let aead =
        |suite| !has(suite, Weakness::Cbc) && !has(suite, Weakness::Rc4) && !has(suite, Weakness::Null);
    let caps = [
        when(old, "B", "TLS 1.0 o 1.1 (2009q)", "TLS 1.0 or 1.1 (2009q)"),
        when(speaks(tls, Version::Ssl3, assume), "B", "SSL 3", "SSL 3"),
        when(rc4, "B", "RC4", "RC4"),
        when(short, "B", "chiave o primo DH sotto i 2048 bit", "a key or DH prime under 2048 bits"),
        when(none(forward_secret), "B", "nessuna segretezza in avanti (2009p)", "no forward secrecy (2009p)"),
        when(none(aead), "B", "nessuna cifratura autenticata (2009p)", "no authenticated encryption (2009p)"),
    ];
    caps.into_iter().flatten().collect()
}

/// A-.
fn warnings(tls: &Tls, assume: Assume) -> Vec<Reason> {
    let old_style = Version::ALL.into_iter().any(|it| it < Version::Tls13 && speaks(tls, it, assume));
    let renegotiation = assume.answer(&tls.secure_renegotiation, true);
    let caps = [
        when(
            !speaks(tls, Version::Tls13, assume),
            "A-",
            "manca TLS 1.3 (2009r)",
            "there is no TLS 1.3 (2009r)",
        ),
        when(
            old_style && !renegotiation,
            "A-",
            "manca la rinegoziazione sicura",
            "there is no secure renegotiation",
        ),
    ];
    caps.into_iter().flatten().collect()
}

/// Whether an A is an A+, and what that comes from.
pub fn plus(site: &Site, tls: &Tls, assume: Assume) -> (bool, Vec<Reason>) {
    let first = site.web.secure.known().map(|visit| visit.hops.first());
    let lasting = match first {
        None => assume.is_best(),
        Some(hop) => matches!(hop.map(|hop| hsts(&hop.headers)), Some(Hsts::Seconds(15_552_000..))),
    };
    let several = Version::ALL.into_iter().any(|it| it < Version::Tls12 && speaks(tls, it, assume));
    let fallback = !several || assume.answer(&tls.fallback_scsv, true);
    let mut reasons = Vec::new();
    if !lasting {
        reasons.push(cap(
            "A",
            "per A+ serve HSTS di almeno sei mesi",
            "A+ needs HSTS of six months at least",
        ));
    }
    if !fallback {
        reasons.push(cap("A", "per A+ serve TLS_FALLBACK_SCSV", "A+ needs TLS_FALLBACK_SCSV"));
    }
    if lasting && !several {
        reasons.push(points(
            0,
            "TLS_FALLBACK_SCSV non serve: nulla sotto TLS 1.2",
            "TLS_FALLBACK_SCSV is moot: nothing below TLS 1.2",
        ));
    }
    (lasting && fallback, reasons)
}
