//! What certificate a member should have, and why the one that is there will not do.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{ObservedCertificate, Signer};
use crate::docker::sha256;
use crate::document::values::CertificateName;
use crate::document::{KeyType, MemberSpec};

/// The certificate that a member should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The names in it.
    pub names: BTreeSet<CertificateName>,
    /// Who issues it.
    pub signer: Signer,
    /// The kind of its key.
    pub key_type: KeyType,
}

impl Wanted {
    /// Whether this is for the names of a certificate that is there, by who issued that.
    pub fn renews(&self, there: &ObservedCertificate) -> bool {
        there.names == self.names && there.signer == self.signer
    }

    /// Whether a certificate that is there is just this, and only grows old.
    pub fn is(&self, there: &ObservedCertificate) -> bool {
        self.renews(there) && there.key_type == Some(self.key_type)
    }
}

/// The names that the certificate of a member has; none for a member without hosts.
pub fn names(spec: &MemberSpec) -> BTreeSet<CertificateName> {
    let wildcard = spec.certificate.as_ref().is_some_and(|certificate| certificate.wildcard);
    let below = wildcard.then(|| CertificateName::below(&spec.domain.name.value));
    // an authority refuses names of which one covers the other
    let names = spec.names().filter(|name| below.as_ref().is_none_or(|below| !below.covers(&name.value)));
    names.map(|name| CertificateName::host(&name.value)).chain(below.clone()).collect()
}

/// Why another certificate is needed; none if the one that is there will do.
pub fn reason(there: Option<&ObservedCertificate>, wanted: &Wanted, now: Timestamp) -> Option<String> {
    let Some(there) = there else {
        return Some("its hosts have no certificate".to_owned());
    };
    if there.signer != wanted.signer {
        return Some(match &wanted.signer {
            Signer::Authority(_) => "another authority issued the one that is there".to_owned(),
            Signer::Issuer(name) => format!("another authority than {name} issued the one that is there"),
        });
    }
    if there.names != wanted.names {
        return Some(format!("its hosts changed:{}", difference(&there.names, &wanted.names)));
    }
    if there.key_type != Some(wanted.key_type) {
        return Some("its key is of another kind than the document says".to_owned());
    }
    if there.not_before > now {
        let day = there.not_before.strftime("%Y-%m-%d");
        return Some(format!("it is valid from {day} on only: the clock went back since it was issued"));
    }
    (due(there) <= now).then(|| match &there.window {
        Some(window) => format!(
            "its issuer would have it renewed between {} and {}",
            window.start.strftime("%Y-%m-%d %H:%M"),
            window.end.strftime("%Y-%m-%d %H:%M")
        ),
        None => format!("it ends on {}, a third of its life is left", there.not_after.strftime("%Y-%m-%d")),
    })
}

/// When a certificate is to be renewed: at a moment of its own in the issuer's window (RFC 9773, 4.2), else when a third
/// of its life is left.
pub fn due(there: &ObservedCertificate) -> Timestamp {
    let life = there.not_after.duration_since(there.not_before);
    let late = there.not_after.checked_sub(life / 3).unwrap_or(there.not_after);
    let Some(window) = &there.window else { return late };
    // every certificate has its own moment, and the same one at each look
    let hash = sha256(window.certificate.as_bytes());
    let part = hash.get(..4).and_then(|digits| i32::from_str_radix(digits, 16).ok()).unwrap_or_default();
    let length = window.end.duration_since(window.start).max(SignedDuration::ZERO);
    let after = length / 0x1_0000 * part;
    window.start.checked_add(after).unwrap_or(window.start)
}

fn difference(there: &BTreeSet<CertificateName>, wanted: &BTreeSet<CertificateName>) -> String {
    let list = |sign: &str, names: Vec<&CertificateName>| {
        names.into_iter().fold(String::new(), |text, name| text + " " + sign + &name.to_string())
    };
    let new = list("+", wanted.difference(there).collect());
    let old = list("-", there.difference(wanted).collect());
    new + &old
}
