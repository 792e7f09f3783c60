//! The members' certificates by the platform's own authority: one file each, with chain and key, as the ingress takes it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use campanile_plan::docker::sha256;
use campanile_plan::document::values::{DomainName, MemberName};
use campanile_plan::observed::ObservedCertificate;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::authority::{Authority, parameters};
use super::{LeftOut, State, StateError, create_folder, if_there, write_atomically};
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
        hosts: &BTreeSet<DomainName>,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let authority =
            self.authority()?.ok_or_else(|| StateError::NoAuthority { folder: self.folder.join("ca") })?;
        let bundle = leaf(authority, member, hosts, now)?;
        let path = self.certificate_path(member);
        create_folder(&self.folder.join("certificates"))?;
        write_atomically(&path, bundle.as_bytes(), 0o600).map_err(StateError::write(&path))
    }

    /// Looks at the authority and at all certificates.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn observe_certificates(&self) -> Result<ObservedCertificates, StateError> {
        let mut observed = ObservedCertificates::default();
        let authority = match self.authority() {
            Ok(Some(authority)) => authority,
            Ok(None) => return Ok(observed),
            Err(error) => {
                let path = self.folder.join("ca");
                let reason = error.to_string();
                observed.left_out.push(LeftOut { path, reason });
                return Ok(observed);
            }
        };
        observed.authority = Some(authority.fingerprint());
        let folder = self.folder.join("certificates");
        let entries = if_there(std::fs::read_dir(&folder)).map_err(StateError::read(&folder))?;
        for entry in entries.into_iter().flatten() {
            let path = entry.map_err(StateError::read(&folder))?.path();
            let Some(member) = member_of(&path) else {
                continue;
            };
            match self.proven(&member, &path, &authority) {
                Ok(certificate) => {
                    observed.certificates.insert(member, certificate);
                }
                Err(reason) => observed.left_out.push(LeftOut { path, reason }),
            }
        }
        observed.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(observed)
    }

    /// The certificate in a file; one that was proven before, and has not changed since, is not proven again.
    fn proven(
        &self,
        member: &MemberName,
        path: &Path,
        authority: &Authority,
    ) -> Result<ObservedCertificate, String> {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        let (bundle, issuer) = (sha256(&bytes), authority.fingerprint());
        let mut proven = locked(&self.proven);
        let known = proven.get(member).filter(|known| known.bundle == bundle && known.authority == issuer);
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let certificate = observe(&bytes, authority)?;
        proven.insert(member.clone(), certificate.clone());
        Ok(certificate)
    }

    /// The file with chain and key, as the ingress takes it.
    ///
    /// # Errors
    /// Those of the system.
    pub fn bundle(&self, member: &MemberName) -> io::Result<Vec<u8>> {
        std::fs::read(self.certificate_path(member))
    }

    fn certificate_path(&self, member: &MemberName) -> PathBuf {
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
    hosts: &BTreeSet<DomainName>,
    now: Timestamp,
) -> Result<String, StateError> {
    let failed = |source| StateError::Certificate { subject: member.to_string(), source };
    let mut parameters = parameters(member.as_str(), now, LIFE)?;
    for host in hosts {
        let name = host.as_str().try_into().map_err(failed)?;
        parameters.subject_alt_names.push(SanType::DnsName(name));
    }
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    let Authority { pem, der, key } = authority;
    let issuer = Issuer::from_ca_cert_der(&der.into(), key).map_err(failed)?;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
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
    let moment = |seconds| Timestamp::from_second(seconds).map_err(|error| error.to_string());
    Ok(ObservedCertificate {
        hosts: hosts(&leaf)?,
        not_before: moment(leaf.validity().not_before.timestamp())?,
        not_after: moment(leaf.validity().not_after.timestamp())?,
        authority: authority.fingerprint(),
        bundle: sha256(bytes),
    })
}

fn is_key_of(key: &KeyPair, public: &SubjectPublicKeyInfo<'_>) -> bool {
    public.subject_public_key.data == key.public_key_raw()
}

fn hosts(leaf: &X509Certificate<'_>) -> Result<BTreeSet<DomainName>, String> {
    let names = leaf.subject_alternative_name().map_err(|error| error.to_string())?;
    let names = names.iter().flat_map(|names| &names.value.general_names);
    let host = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => name.parse::<DomainName>().map_err(|error| error.to_string()),
        other => Err(format!("it has the name {other}, which is no host")),
    };
    names.map(host).collect()
}
