//! Who issues certificates: the authorities that a platform knows, and what a member asks of one.

use super::decode::{Placed, choice, part};
use super::values::{Contact, DirectoryUrl, DomainName, FilePath, IssuerName, Line, Rate};

part! {
    /// An authority that issues certificates by ACME (RFC 8555).
    Issuer {
        /// What members call it in `certificate.issuer`; not `internal`, which is the platform's own authority.
        name: Placed<IssuerName>,
        /// The address of its directory.
        directory: Placed<DirectoryUrl>,
        /// Where its notices go.
        #[schemars(default)]
        contact: Vec<Contact>,
        /// What binds our account to one that a person has there (RFC 8555, 7.3.4).
        eab: Option<ExternalAccount>,
        /// The kind of certificate, by the directory's own word; the directory's usual one, if left out.
        profile: Option<Line>,
        /// Among several chains, the one whose topmost certificate was issued by this common name.
        preferred_chain = "preferredChain": Option<Line>,
        /// A file with the roots to trust for the directory's own HTTPS; those of the system, if left out.
        root: Option<FilePath>,
        /// A file with the roots that issued chains must lead to; those of the system, if left out.
        roots: Option<FilePath>,
        /// What it calls itself in CAA records, `authority.example`; nobody looks whether they let it issue, if left out.
        caa: Option<DomainName>,
        /// How it is shown that a name is ours; `http-01`, if left out.
        challenge: Option<ChallengeKind>,
        /// How much it lets us ask for; the figures of Let's Encrypt, if left out.
        limits: Option<IssuerLimits>,
    }
}

part! {
    /// What binds our account to one that a person has at the authority.
    ExternalAccount {
        /// The number of its key.
        key_id = "keyId": Line,
        /// A file with the key alone, in base64url, for its owner alone.
        key_file = "keyFile": FilePath,
    }
}

part! {
    /// How much an authority lets us ask for; what is left out is as Let's Encrypt has it.
    IssuerLimits {
        /// Orders of our account; 300/3h, if left out.
        orders_per_account = "ordersPerAccount": Option<Rate>,
        /// Certificates for one registered domain and those below it; 50/7d, if left out.
        certificates_per_domain = "certificatesPerDomain": Option<Rate>,
        /// Certificates for exactly the same names; 5/7d, if left out.
        certificates_per_names = "certificatesPerNames": Option<Rate>,
        /// Names of which it could not be shown that they are ours; 5/1h, if left out.
        failures_per_name = "failuresPerName": Option<Rate>,
    }
}

part! {
    /// Who vouches for the hosts, and how.
    Certificate {
        /// The issuer: `internal` for the platform's own authority, or one that the platform names.
        issuer: Placed<IssuerName>,
        /// The kind of key; `ecdsa-p256`, if left out. A new one is made for each certificate.
        key_type = "keyType": Option<KeyType>,
        /// Names beside the hosts.
        #[schemars(default)]
        names: Vec<Placed<DomainName>>,
        /// Takes in every name one label below the domain; an issuer has to have `challenge: dns-01`.
        #[schemars(default)]
        wildcard: bool,
    }
}

choice! {
    /// How it is shown that a name is ours.
    ChallengeKind {
        /// A page that the ingress serves by HTTP.
        Http01 = "http-01",
        /// A record of the zone, or where a CNAME leads; the platform needs `dns`.
        Dns01 = "dns-01",
    }
}

choice! {
    /// A kind of key.
    KeyType {
        /// ECDSA on the curve P-256.
        EcdsaP256 = "ecdsa-p256",
        /// RSA of 2048 bits.
        Rsa2048 = "rsa-2048",
        /// RSA of 3072 bits.
        Rsa3072 = "rsa-3072",
        /// RSA of 4096 bits.
        Rsa4096 = "rsa-4096",
    }
}

impl Issuer {
    /// How it is shown that a name is ours.
    pub fn challenge(&self) -> ChallengeKind {
        self.challenge.unwrap_or(ChallengeKind::Http01)
    }
}

impl Certificate {
    /// The kind of key.
    pub fn key_type(&self) -> KeyType {
        self.key_type.unwrap_or(KeyType::EcdsaP256)
    }
}
