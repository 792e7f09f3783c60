//! The members' certificates: one file each, with chain and key, as the ingress takes it; those of the platform's own
//! authority are issued here.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use campanile_plan::certificate::{ObservedCertificate, Signer};
use campanile_plan::docker::sha256;
use campanile_plan::document::KeyType;
use campanile_plan::document::values::{CertificateName, MemberName};
use jiff::{SignedDuration, Timestamp};
use rcgen::{ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::authority::{Authority, parameters};
use super::issued::{self, IssuedCertificate, Trust};
use super::{LeftOut, Proven, State, StateError, create_folder, if_there, keys, write_atomically};
use crate::locked::locked;

/// How long a member's certificate is valid.
const LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The authority and the certificates that are there and sound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedCertificates {
    /// Fingerprint of the authority; none before the first start, or when it is damaged.
    pub authority: Option<String>,
    /// By member.
    pub certificates: BTreeMap<MemberName, ObservedCertificate>,
    /// Those of issuers that the platform names.
    pub issued: BTreeMap<MemberName, IssuedCertificate>,
    /// Files that are damaged or of another authority, and why.
    pub left_out: Vec<LeftOut>,
}

impl State {
    /// Issues a certificate with a new key, valid for 90 days, in the place of the one before.
    ///
    /// # Errors
    /// When there is no authority, or the file cannot be written; the one before is then still there.
    pub fn issue(
        &self,
        member: &MemberName,
        names: &BTreeSet<CertificateName>,
        key_type: KeyType,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let authority =
            self.authority()?.ok_or_else(|| StateError::NoAuthority { folder: self.folder.join("ca") })?;
        let bundle = leaf(authority, member, (names, key_type), now)?;
        let path = self.certificate_path(member);
        create_folder(&self.folder.join("certificates"))?;
        write_atomically(&path, bundle.as_bytes(), 0o600).map_err(StateError::write(&path))
    }

    /// Looks at the authority and at all certificates.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn observe_certificates(
        &self,
        trust: &Trust,
        now: Timestamp,
    ) -> Result<ObservedCertificates, StateError> {
        let mut observed = ObservedCertificates::default();
        let authority = self.authority().unwrap_or_else(|error| {
            let path = self.folder.join("ca");
            let reason = error.to_string();
            observed.left_out.push(LeftOut { path, reason });
            None
        });
        observed.authority = authority.as_ref().map(Authority::fingerprint);
        let folder = self.folder.join("certificates");
        let entries = if_there(std::fs::read_dir(&folder)).map_err(StateError::read(&folder))?;
        for entry in entries.into_iter().flatten() {
            let path = entry.map_err(StateError::read(&folder))?.path();
            let Some(member) = member_of(&path) else {
                continue;
            };
            match self.proven(&member, &path, (authority.as_ref(), trust), now) {
                Ok(Some(Proven { certificate, issued, .. })) => {
                    observed.issued.extend(issued.map(|issued| (member.clone(), issued)));
                    observed.certificates.insert(member, certificate);
                }
                // without an authority nobody needs to hear of what it issued
                Ok(None) => {}
                Err(reason) => observed.left_out.push(LeftOut { path, reason }),
            }
        }
        issued::windows(self, &mut observed.certificates, &observed.issued)?;
        observed.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(observed)
    }

    /// The certificate in a file; one that was proven before, and has not changed since, is not proven again.
    fn proven(
        &self,
        member: &MemberName,
        path: &Path,
        (authority, trust): (Option<&Authority>, &Trust),
        now: Timestamp,
    ) -> Result<Option<Proven>, String> {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        let bundle = sha256(&bytes);
        let issuer = issued::issuer_of(&bytes);
        let by = match (&issuer, authority) {
            (Some(issuer), _) => trust.name(issuer).unwrap_or_default().to_owned(),
            (None, Some(authority)) => authority.fingerprint(),
            (None, None) => return Ok(None),
        };
        let mut proven = locked(&self.proven);
        let known = proven.get(member).filter(|known| known.certificate.bundle == bundle && known.by == by);
        if let Some(known) = known {
            return Ok(Some(known.clone()));
        }
        let found = match (issuer, authority) {
            (Some(issuer), _) => {
                let (certificate, id) = issued::observe(&bytes, &issuer, trust, now)?;
                Proven { by, certificate, issued: Some(IssuedCertificate { issuer, id }) }
            }
            (None, Some(authority)) => Proven { by, certificate: observe(&bytes, authority)?, issued: None },
            (None, None) => return Ok(None),
        };
        proven.insert(member.clone(), found.clone());
        Ok(Some(found))
    }

    /// The file with chain and key, as the ingress takes it.
    ///
    /// # Errors
    /// Those of the system.
    pub fn bundle(&self, member: &MemberName) -> io::Result<Vec<u8>> {
        std::fs::read(self.certificate_path(member))
    }

    pub(super) fn certificate_path(&self, member: &MemberName) -> PathBuf {
        self.folder.join("certificates").join(format!("{member}.pem"))
    }
}

/// `certificates/barzago.pem` is barzago's.
fn member_of(path: &Path) -> Option<MemberName> {
    let name = path.file_name()?.to_str()?.strip_suffix(".pem")?;
    name.parse().ok()
}

/// The certificate, the authority's, and the key, in this order.
fn leaf(
    authority: Authority,
    member: &MemberName,
    (names, key_type): (&BTreeSet<CertificateName>, KeyType),
    now: Timestamp,
) -> Result<String, StateError> {
    let failed = |source| StateError::Certificate { subject: member.to_string(), source };
    let mut parameters = parameters(member.as_str(), now, LIFE)?;
    for name in names {
        let name = name.to_string().try_into().map_err(failed)?;
        parameters.subject_alt_names.push(SanType::DnsName(name));
    }
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    let Authority { pem, der, key } = authority;
    let issuer = Issuer::from_ca_cert_der(&der.into(), key).map_err(failed)?;
    let key = keys::make(key_type, member.as_str())?;
    let certificate = parameters.signed_by(&key, &issuer).map_err(failed)?;
    Ok(format!("{}{pem}{}", certificate.pem(), key.serialize_pem()))
}

/// Proves that the parts of a file belong together.
fn observe(bytes: &[u8], authority: &Authority) -> Result<ObservedCertificate, String> {
    let blocks: Result<Vec<Pem>, _> = Pem::iter_from_buffer(bytes).collect();
    let blocks = blocks.map_err(|error| format!("it is not PEM: {error}"))?;
    let [leaf, chain, key] = blocks.as_slice() else {
        return Err(format!("it has {} parts in place of leaf, chain and key", blocks.len()));
    };
    let leaf_der = &leaf.contents;
    let leaf = leaf.parse_x509().map_err(|error| format!("its certificate cannot be read: {error}"))?;
    if chain.contents != authority.der {
        return Err("it was issued by another authority".to_owned());
    }
    let (_, issuer) = x509_parser::parse_x509_certificate(&authority.der)
        .map_err(|error| format!("the authority cannot be read: {error}"))?;
    leaf.verify_signature(Some(issuer.public_key()))
        .map_err(|_| "its signature is not the authority's".to_owned())?;
    let key = KeyPair::try_from(key.contents.as_slice()).map_err(|_| "its key cannot be read".to_owned())?;
    if !is_key_of(&key, leaf.public_key()) {
        return Err("its key is not the certificate's".to_owned());
    }
    Ok(ObservedCertificate {
        names: names_in(&leaf)?,
        not_before: moment(leaf.validity().not_before.timestamp())?,
        not_after: moment(leaf.validity().not_after.timestamp())?,
        signer: Signer::Authority(authority.fingerprint()),
        key_type: keys::kind(leaf.public_key()),
        window: None,
        leaf: sha256(leaf_der),
        bundle: sha256(bytes),
    })
}

/// Whether a key is a certificate's.
pub(super) fn is_key_of(key: &KeyPair, public: &SubjectPublicKeyInfo<'_>) -> bool {
    public.subject_public_key.data == key.public_key_raw()
}

/// A time in a certificate.
pub(super) fn moment(seconds: i64) -> Result<Timestamp, String> {
    Timestamp::from_second(seconds).map_err(|error| error.to_string())
}

/// The names in a certificate.
pub(super) fn names_in(leaf: &X509Certificate<'_>) -> Result<BTreeSet<CertificateName>, String> {
    let names = leaf.subject_alternative_name().map_err(|error| error.to_string())?;
    let names = names.iter().flat_map(|names| &names.value.general_names);
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => name.parse::<CertificateName>().map_err(|error| error.to_string()),
        other => Err(format!("it has the name {other}, which is no host")),
    };
    names.map(name).collect()
}
