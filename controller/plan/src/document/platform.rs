//! The document of the platform: where things run.

use super::decode::{Placed, choice, part};
use super::issuer::Issuer;
use super::member::ApiVersion;
use super::values::{Endpoint, EngineName, FilePath, ImageReference, Line, Listen, PlatformName, Range};

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
        /// Registries that ask for a password.
        #[schemars(default)]
        registries: Vec<Registry>,
        /// Authorities that issue certificates by ACME.
        #[schemars(default)]
        issuers: Vec<Issuer>,
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
