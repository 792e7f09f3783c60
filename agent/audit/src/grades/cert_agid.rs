//! The classes of CERT-AgID's monitoring of HTTPS on public bodies' sites (reports of December 2020, October 2021 and
//! December 2022): a host each, and the body by its worst.
//!
//! The reports leave some things open. Read here: an address that refuses HTTPS beside one that offers it, RC4, 3DES,
//! keys and primes under 2048 bits, and a chain that only lacks an intermediate make *mal configurato*; anonymous suites
//! are *gravi*, as whoever stands in between bypasses them. Suites that all lack forward secrecy make *mal configurato*:
//! AgID's recommendations on TLS of 2020 leave out RSA key exchange. A host without any address has no class.

use super::assume::{Assume, Result, between, cap};
use super::{Grade, Reason, Scheme};
use crate::facts::{Chain, Diagnosis, Endpoint, Facts, KeyKind, Site, Tls};
use crate::registry::{Suite, Version};
use crate::rules::suites::{Weakness, forward_secret, has, list};
use crate::rules::way::{Way, downgrade, way};
use crate::rules::{Context, OldVersions, tls};

/// The classes, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Secure,
    Misconfigured,
    Grave,
    Without,
}

impl Class {
    fn name(self) -> &'static str {
        match self {
            Self::Secure => "sicuro",
            Self::Misconfigured => "mal configurato",
            Self::Grave => "gravi problemi di sicurezza",
            Self::Without => "senza HTTPS",
        }
    }
}

/// The class of each host, then of the body where it has a name of its own.
pub fn grades(facts: &Facts, context: &Context) -> Vec<Grade> {
    let version = match context.old_versions {
        OldVersions::Misconfigured => "2022, TLS 1.0/1.1 accettati: mal configurato",
        OldVersions::Grave => "2022, TLS 1.0/1.1 accettati: gravi",
    };
    let there = |site: &&Site| site.endpoints.known().is_none_or(|endpoints| !endpoints.is_empty());
    let sites: Vec<&Site> = facts.sites.iter().filter(there).collect();
    let mut grades: Vec<Grade> = sites
        .iter()
        .map(|site| {
            between(Scheme::CertAgid, version, &site.host, |assume| result(class(site, context, assume)))
        })
        .collect();
    if !sites.is_empty() && sites.iter().all(|site| site.host != facts.subject) {
        grades.push(between(Scheme::CertAgid, version, &facts.subject, |assume| {
            let each = sites.iter().map(|site| (class(site, context, assume).0, site));
            let worst = each.fold(None, |worst: Option<(Class, &&Site)>, this| match worst {
                Some(worst) if worst.0 >= this.0 => Some(worst),
                _ => Some(this),
            });
            let (class, host) = worst.map_or((Class::Secure, ""), |(class, site)| (class, &site.host));
            let (it, en) = (format!("l’host peggiore è {host}"), format!("its worst host is {host}"));
            result((class, vec![cap(class.name(), it, en)]))
        }));
    }
    grades
}

fn result((class, reasons): (Class, Vec<Reason>)) -> Result {
    Result { grade: class.name().to_owned(), points: None, reasons }
}

/// The reasons why a host is not *sicuro*, each with the class that it caps at.
#[derive(Default)]
struct Caps(Vec<(Class, Reason)>);

impl Caps {
    fn at(&mut self, class: Class, italian: impl Into<String>, english: impl Into<String>) {
        self.0.push((class, cap(class.name(), italian, english)));
    }

    fn class(self) -> (Class, Vec<Reason>) {
        let class = self.0.iter().map(|(class, _)| *class).max().unwrap_or(Class::Secure);
        let mut caps = self.0;
        caps.sort_by_key(|(class, reason)| (std::cmp::Reverse(*class), reason.text.clone()));
        let mut reasons: Vec<Reason> = Vec::new();
        for (_, reason) in caps {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        (class, reasons)
    }
}

fn class(site: &Site, context: &Context, assume: Assume) -> (Class, Vec<Reason>) {
    let mut caps = Caps::default();
    let endpoints: &[Endpoint] = site.endpoints.known().map(Vec::as_slice).unwrap_or_default();
    // where one address offers it, a silent one may do so too, and nobody knows how
    let some = assume.is_best() || endpoints.iter().any(|endpoint| endpoint.https.is_yes());
    let (offer, refuse): (Vec<&Endpoint>, Vec<&Endpoint>) =
        endpoints.iter().partition(|endpoint| endpoint.https.known().copied().unwrap_or(some));
    if endpoints.is_empty() && !assume.is_best() {
        caps.at(Class::Without, "gli indirizzi non si conoscono", "its addresses are not known");
        return caps.class();
    }
    if offer.is_empty() && !endpoints.is_empty() {
        let silent = endpoints.iter().any(|endpoint| endpoint.https.known().is_none());
        let (it, en) = if silent {
            ("nessuna risposta: HTTPS forse manca", "no answer: perhaps there is no HTTPS")
        } else {
            ("HTTPS non è offerto", "HTTPS is not offered")
        };
        caps.at(Class::Without, it, en);
        return caps.class();
    }
    for endpoint in refuse {
        let at = endpoint.address.ip();
        caps.at(Class::Misconfigured, format!("niente HTTPS su {at}"), format!("no HTTPS at {at}"));
    }
    for endpoint in offer {
        match &endpoint.tls {
            Some(tls) => {
                versions(tls, context, assume, &mut caps);
                suites(tls, assume, &mut caps);
                certificates(tls, assume, &mut caps);
            }
            None if !assume.is_best() => {
                let at = endpoint.address.ip();
                caps.at(
                    Class::Grave,
                    format!("TLS non si è visto su {at}"),
                    format!("TLS was not seen at {at}"),
                );
            }
            None => {}
        }
    }
    redirects(site, assume, &mut caps);
    caps.class()
}

fn versions(tls: &Tls, context: &Context, assume: Assume, caps: &mut Caps) {
    let spoken = |version: Version| {
        let good = version >= Version::Tls12;
        tls.versions.get(&version).is_some_and(|facts| assume.answer(&facts.offered, good))
    };
    let spoken: Vec<Version> = Version::ALL.into_iter().filter(|version| spoken(*version)).collect();
    let old: Vec<&str> =
        spoken.iter().filter(|version| **version < Version::Tls12).map(|version| version.name()).collect();
    let old_names = old.join(", ");
    match spoken.last() {
        Some(highest) if *highest >= Version::Tls12 => {
            let class = match context.old_versions {
                OldVersions::Misconfigured => Class::Misconfigured,
                OldVersions::Grave => Class::Grave,
            };
            if !old.is_empty() {
                caps.at(class, format!("accetta {old_names}"), format!("it takes {old_names}"));
            }
        }
        Some(highest) => {
            let name = highest.name();
            let (it, en) =
                (format!("la versione più alta è {name}"), format!("its highest version is {name}"));
            caps.at(Class::Grave, it, en);
        }
        None => caps.at(Class::Grave, "nessuna versione si conosce", "no version is known"),
    }
}

fn suites(tls: &Tls, assume: Assume, caps: &mut Caps) {
    use Weakness::{Anonymous, Cbc, Null, Rc4, SmallBlock, SmallKey};
    let accepted = tls::accepted(tls);
    let with = |weaknesses: &[Weakness]| -> Vec<Suite> {
        accepted.iter().copied().filter(|suite| weaknesses.iter().any(|it| has(*suite, *it))).collect()
    };
    let (broken, old) = (with(&[Null, Anonymous, SmallKey]), with(&[Rc4, SmallBlock, Cbc]));
    for (class, suites) in [(Class::Grave, broken), (Class::Misconfigured, old)] {
        if !suites.is_empty() {
            let names = list(&suites, 3);
            caps.at(class, format!("accetta {}", names.it), format!("it takes {}", names.en));
        }
    }
    let open = |assumed: &crate::facts::VersionFacts, good| {
        assume.answer(&assumed.offered, good) && !assumed.complete
    };
    let cut = tls.versions.iter().any(|(version, facts)| open(facts, *version >= Version::Tls12));
    if cut && !assume.is_best() {
        caps.at(Class::Grave, "non tutte le suite si conoscono", "not all of its suites are known");
    }
    let none_is_secret = !accepted.is_empty() && !accepted.iter().any(|suite| forward_secret(*suite));
    // what was not seen yet may have it
    if none_is_secret && !(cut && assume.is_best()) {
        let (it, en) = ("nessuna suite ha la segretezza in avanti", "no suite has forward secrecy");
        caps.at(Class::Misconfigured, it, en);
    }
    for dh in tls.dh.iter().filter(|dh| dh.bits < 2048) {
        let class = if dh.bits < 1024 { Class::Grave } else { Class::Misconfigured };
        caps.at(class, format!("primo DH da {} bit", dh.bits), format!("a DH prime of {} bits", dh.bits));
    }
}

fn certificates(tls: &Tls, assume: Assume, caps: &mut Caps) {
    if tls.chains.is_empty() && !assume.is_best() {
        caps.at(Class::Grave, "nessun certificato si è visto", "no certificate was seen");
    }
    for served in &tls.chains {
        certificate(&served.chain, assume, caps);
    }
}

fn certificate(chain: &Chain, assume: Assume, caps: &mut Caps) {
    if matches!(chain.trust.revocation, crate::facts::Revocation::Revoked { .. }) {
        caps.at(Class::Grave, "il certificato è revocato", "the certificate is revoked");
    }
    if !chain.trust.trusted {
        if lacks_only_an_intermediate(chain, assume) {
            caps.at(Class::Misconfigured, "manca un certificato intermedio", "an intermediate is missing");
        } else {
            caps.at(Class::Grave, "il certificato non è valido", "the certificate is not valid");
        }
    }
    let Some(leaf) = chain.certificates.first() else { return };
    if leaf.key_is_compromised.is_yes() {
        caps.at(Class::Grave, "la chiave è di dominio pubblico", "the key is publicly known");
    }
    if leaf.key == KeyKind::Rsa && leaf.key_bits < 2048 {
        let class = if leaf.key_bits < 1024 { Class::Grave } else { Class::Misconfigured };
        let bits = leaf.key_bits;
        caps.at(class, format!("chiave RSA da {bits} bit"), format!("an RSA key of {bits} bits"));
    }
}

/// With the intermediate that is missing, the chain would be trusted.
pub fn lacks_only_an_intermediate(chain: &Chain, assume: Assume) -> bool {
    let would = |diagnosis: &Diagnosis| match diagnosis {
        Diagnosis::Incomplete { would_be_trusted, .. } => Some(assume.answer(would_be_trusted, true)),
        Diagnosis::Disordered => Some(true),
        _ => None,
    };
    let incomplete = |it: &Diagnosis| matches!(it, Diagnosis::Incomplete { .. });
    let diagnoses = &chain.trust.diagnoses;
    diagnoses.iter().any(incomplete) && diagnoses.iter().all(|diagnosis| would(diagnosis) == Some(true))
}

fn redirects(site: &Site, assume: Assume, caps: &mut Caps) {
    if let Some(to) = downgrade(site) {
        caps.at(Class::Grave, format!("reindirizza a {to}"), format!("it redirects to {to}"));
    }
    match way(site) {
        Way::Stays => {
            caps.at(
                Class::Grave,
                "nessun reindirizzamento da HTTP a HTTPS",
                "no redirect from HTTP to HTTPS",
            );
        }
        Way::Plain(to) => caps.at(
            Class::Grave,
            format!("da HTTP si finisce su {to}"),
            format!("from HTTP one ends up at {to}"),
        ),
        Way::Unknown(why) if !assume.is_best() => caps.at(
            Class::Grave,
            format!("HTTP non ha risposto: {why}"),
            format!("HTTP gave no answer: {why}"),
        ),
        Way::Closed | Way::Secure | Way::Unknown(_) => {}
    }
    if let Some(why) = site.web.secure.why_unknown().filter(|_| !assume.is_best()) {
        let (it, en) = (format!("HTTPS non ha risposto: {why}"), format!("HTTPS gave no answer: {why}"));
        caps.at(Class::Grave, it, en);
    }
}
