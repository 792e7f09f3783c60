//! The document of the platform: where things run.

use super::audit::PlatformAudit;
use super::decode::{Placed, choice, part};
use super::issuer::Issuer;
use super::member::ApiVersion;
use super::values::{
    Contact, DomainName, Endpoint, EngineName, FilePath, ImageReference, Line, Listen, PlatformName,
    PublicAddress, Range, Ttl, ZoneTime,
};

part! {
    /// Where the members' things run.
    Platform {
        /// The version of this schema: `campanile.it/v1alpha1`.
        api_version = "apiVersion": ApiVersion,
        /// `Platform`.
        kind: PlatformKind,
        /// The platform's name.
        metadata: PlatformMetadata,
        /// What there is.
        spec: PlatformSpec,
    }
}

choice! {
    /// The kind of the document.
    PlatformKind {
        /// The platform.
        Platform = "Platform",
    }
}

part! {
    /// The platform's name, written on every object.
    PlatformMetadata {
        /// A short name, `lecco`; two platforms on one engine need two.
        name: PlatformName,
    }
}

part! {
    /// What the platform offers.
    PlatformSpec {
        /// The Docker engines; the first takes every member that names none.
        engines: Placed<Vec<Engine>>,
        /// Rules for the members' images.
        images: Option<ImagePolicy>,
        /// The name server that holds the members' zones; without it, nothing is said or done about zones.
        dns: Option<Dns>,
        /// Registries that ask for a password.
        #[schemars(default)]
        registries: Vec<Registry>,
        /// Authorities that issue certificates by ACME.
        #[schemars(default)]
        issuers: Vec<Issuer>,
        /// The nightly audit of all members from outside; without it, there is none.
        audit: Option<PlatformAudit>,
    }
}

part! {
    /// A Docker Engine with its ingress.
    Engine {
        /// What members call it in `site.engine`.
        name: Placed<EngineName>,
        /// Where it answers.
        endpoint: Placed<Endpoint>,
        /// Certificates for an engine by TCP.
        tls: Option<EngineTls>,
        /// The private range out of which each member's network takes 16 addresses.
        range: Placed<Range>,
        /// The web server before the sites.
        ingress: Ingress,
    }
}

part! {
    /// The files that open an engine by TCP.
    EngineTls {
        /// The authority that vouches for the engine.
        ca: FilePath,
        /// Our certificate.
        certificate: FilePath,
        /// Its key.
        key: FilePath,
    }
}

part! {
    /// The web server before the sites of one engine, on the network of the engine's host.
    Ingress {
        /// Its image, built from manifests/images/ingress.
        image: ImageReference,
        /// Where HTTP is taken, to be sent on to HTTPS.
        http: Listen,
        /// Where HTTPS is taken.
        https: Placed<Listen>,
        /// The addresses that the world reaches it at: those of the hosts' A and AAAA records.
        #[schemars(default)]
        addresses: Vec<PublicAddress>,
    }
}

part! {
    /// The name server that holds the members' zones, reached by AXFR (RFC 5936) and UPDATE (RFC 2136).
    Dns {
        /// Where zones are read and changed.
        server: Listen,
        /// The key that opens it.
        key: DnsKey,
        /// The name servers that have to carry every zone: the NS records at its top.
        name_servers = "nameServers": Placed<Vec<NameServer>>,
        /// The catalog zone (RFC 9432) by which new zones are made; without it, a person makes them.
        catalog: Option<DomainName>,
        /// How long resolvers may keep records that say nothing else; an hour, if left out.
        ttl: Option<Ttl>,
        /// What the first record of every zone that is held whole says (SOA); the server's own, if left out.
        soa: Option<Soa>,
        /// A resolver that validates DNSSEC: for the proof that the delegation holds and leads here, and for names that are in no zone here.
        resolver: Option<Listen>,
    }
}

part! {
    /// What the first record of a zone says (RFC 1035, 3.3.13). What is left out stays as the server has it; the serial number is
    /// always the server's.
    Soa {
        /// The name server that changes come from.
        primary: Option<DomainName>,
        /// Who answers for the zone.
        contact: Option<Placed<Contact>>,
        /// How often secondaries ask for a new version.
        refresh: Option<ZoneTime>,
        /// How soon they ask again when they got no answer.
        retry: Option<ZoneTime>,
        /// How long they serve the zone without an answer.
        expire: Option<Placed<ZoneTime>>,
        /// How long resolvers may keep that a name does not exist (RFC 2308).
        minimum: Option<Ttl>,
    }
}

part! {
    /// A TSIG key (RFC 8945).
    DnsKey {
        /// Its name, as the server knows it.
        name: Line,
        /// Its algorithm.
        algorithm: Option<TsigAlgorithm>,
        /// A file that holds the secret alone, in base64.
        secret_file = "secretFile": FilePath,
    }
}

choice! {
    /// The algorithm of a TSIG key.
    TsigAlgorithm {
        /// The default.
        HmacSha256 = "hmac-sha256",
        /// Longer.
        HmacSha384 = "hmac-sha384",
        /// Longest.
        HmacSha512 = "hmac-sha512",
    }
}

part! {
    /// A name server that has to carry every zone.
    NameServer {
        /// Its name.
        name: Placed<DomainName>,
        /// Where it is asked for proof; what its name resolves to with port 53 is for the world.
        address: Listen,
    }
}

part! {
    /// Rules for the members' images.
    ImagePolicy {
        /// Refuse images that are pinned by a tag alone.
        #[schemars(default)]
        require_digest = "requireDigest": bool,
    }
}

part! {
    /// A registry that asks for a password.
    Registry {
        /// Its host as images name it: `registry.example` or `127.0.0.1:5000`.
        host: Line,
        /// The user.
        username: Line,
        /// A file that holds the password alone.
        password_file = "passwordFile": FilePath,
    }
}
