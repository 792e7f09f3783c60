//! The document of one member body.

use std::collections::BTreeMap;

use super::decode::{Placed, choice, part};
use super::issuer::{Certificate, KeyType};
use super::values::{DomainName, EngineName, IpaCode, IssuerName, IstatCode, Line, MemberName, WorkloadName};
use super::workload::Workload;
use super::{Domain, MemberAudit};

part! {
    /// A member body of the centre: what Campanile keeps true for it.
    Member {
        /// The version of this schema: `campanile.it/v1alpha1`.
        api_version = "apiVersion": ApiVersion,
        /// `Member`.
        kind: MemberKind,
        /// The member's name.
        metadata: MemberMetadata,
        /// What should be.
        spec: MemberSpec,
    }
}

part! {
    /// The member's name, which is also the name of its file.
    MemberMetadata {
        /// A short name, `barzago` for `members/barzago.yaml`.
        name: Placed<MemberName>,
    }
}

part! {
    /// What should be.
    MemberSpec {
        /// What people call the body: `Comune di Barzago`.
        title: Line,
        /// The codes that say which body this is, whatever its name or domain becomes.
        identity: Option<Identity>,
        /// The body's domain.
        domain: Domain,
        /// The web site.
        site: Option<Workload>,
        /// Workloads beside the site, such as the albo pretorio, a portal, or a database without hosts.
        #[schemars(default)]
        services: BTreeMap<WorkloadName, Workload>,
        /// Who issues the certificate of all hosts; the platform's own authority, if left out.
        certificate: Option<Certificate>,
        /// Lets the member's workloads open connections to the world.
        #[schemars(default)]
        egress: bool,
        /// Leaves the member as it is: observed and reported, but not changed.
        #[schemars(default)]
        suspend: bool,
        /// What it says to the platform's audit.
        audit: Option<MemberAudit>,
    }
}

part! {
    /// Which body this is.
    Identity {
        /// ISTAT's code of the comune.
        istat: Option<Placed<IstatCode>>,
        /// The code in the index of public administrations.
        ipa: Option<Placed<IpaCode>>,
    }
}

choice! {
    /// The version of the schema.
    ApiVersion {
        /// The only one so far.
        V1Alpha1 = "campanile.it/v1alpha1",
    }
}

choice! {
    /// The kind of the document.
    MemberKind {
        /// A member body.
        Member = "Member",
    }
}

impl MemberSpec {
    /// Every workload with its name: the site, then the services by name.
    pub fn workloads(&self) -> impl Iterator<Item = (WorkloadName, &Workload)> {
        let site = self.site.iter().map(|site| (WorkloadName::site(), site));
        site.chain(self.services.iter().map(|(name, workload)| (name.clone(), workload)))
    }

    /// Every host with its place, in the order of the document.
    pub fn hosts(&self) -> impl Iterator<Item = &Placed<DomainName>> {
        self.site.iter().chain(self.services.values()).flat_map(|workload| &workload.hosts)
    }

    /// Every name that the member answers for in certificates: its hosts, then those beside them.
    pub fn names(&self) -> impl Iterator<Item = &Placed<DomainName>> {
        self.hosts().chain(self.certificate.iter().flat_map(|certificate| &certificate.names))
    }

    /// The issuer of its certificate.
    pub fn issuer(&self) -> IssuerName {
        let named = self.certificate.as_ref().map(|certificate| certificate.issuer.value.clone());
        named.unwrap_or_else(IssuerName::internal)
    }

    /// The kind of key that its certificate has.
    pub fn key_type(&self) -> KeyType {
        self.certificate.as_ref().map_or(KeyType::EcdsaP256, Certificate::key_type)
    }

    /// The engine that the site names.
    pub fn engine(&self) -> Option<&Placed<EngineName>> {
        self.site.as_ref().and_then(|site| site.engine.as_ref())
    }
}
