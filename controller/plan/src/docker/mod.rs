//! Docker: the objects that an engine should hold, and those that were seen on it.

pub mod addresses;
mod build;
mod changes;
pub mod names;
mod objects;
mod observed;

pub use build::{
    Build, INGRESS_FOLDER, INGRESS_REVISION, SECRETS_FOLDER, hash, ingress_container, ingress_volume, keeper,
    secret_files,
};
pub use changes::changes;
pub use objects::{
    Attachment, Container, Declaration, IngressContent, IngressFile, Limits, Mount, Network, Volume, label,
};
pub use observed::{
    Answer, Configuration, ContainerState, HealthState, IngressFiles, Lead, ObservedContainer,
    ObservedEngine, ObservedNetwork, ObservedVolume,
};

use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes in hexadecimal, 64 digits.
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
