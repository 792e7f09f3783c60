//! The way from a certificate up towards a root, as far as what was served leads.

use webpki::spki_for_anchor;
use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo};

use super::certificate::Parsed;
use super::roots::Roots;
use super::signature;

/// A way up.
pub(super) struct Path {
    /// Positions of the certificates on it, the first one's first.
    pub positions: Vec<usize>,
    pub end: End,
}

/// Where it ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At a root that is trusted.
    Root,
    /// At a certificate that signed itself and is not trusted.
    SelfSigned,
    /// Nothing that was served, and no root, has the issuer's name.
    Missing,
    /// Something has the issuer's name, but its key did not make the signature.
    BadSignature,
}

/// Goes up from the first certificate.
pub(super) fn from_first(chain: &[Parsed<'_>], roots: &Roots) -> Path {
    let mut positions = vec![0];
    loop {
        let here = positions.last().copied().unwrap_or_default();
        let current = &chain[here];
        let mut named = false;
        for anchor in roots.named(current.x509.issuer().as_raw()) {
            named = true;
            let key = spki_for_anchor(anchor);
            let key = SubjectPublicKeyInfo::from_der(&key);
            if key.is_ok_and(|(_, key)| signature::fits(&current.x509, &key) != Some(false)) {
                return Path { positions, end: End::Root };
            }
        }
        if current.facts.is_self_signed {
            return Path { positions, end: End::SelfSigned };
        }
        let mut candidates = (0..chain.len()).filter(|next| !positions.contains(next));
        let next = candidates.find(|next| {
            let issuer = &chain[*next];
            let is_named = current.is_issued_by(issuer);
            named |= is_named;
            is_named && signature::fits(&current.x509, issuer.x509.public_key()) != Some(false)
        });
        match next {
            Some(next) => positions.push(next),
            None if named => return Path { positions, end: End::BadSignature },
            None => return Path { positions, end: End::Missing },
        }
    }
}
