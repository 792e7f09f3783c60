//! What people write: the documents of members and platform, their parts and value types.

mod decode;
mod domain;
mod issuer;
mod member;
mod node;
mod platform;
mod problem;
mod schema;
pub mod values;
mod workload;

pub use decode::{Decode, Placed, Report};
pub use domain::{Domain, Policy, Record, RecordType};
pub use issuer::{Certificate, ChallengeKind, ExternalAccount, Issuer, IssuerLimits, KeyType};
pub use member::{Identity, Member, MemberSpec};
pub use node::{Node, Value};
pub use platform::{
    Dns, DnsKey, Engine, EngineTls, ImagePolicy, Ingress, NameServer, Platform, PlatformSpec, Registry, Soa,
    TsigAlgorithm,
};
pub use problem::{Place, Problem};
pub use schema::{member_schema, platform_schema};
pub use workload::{Health, Requests, Resources, SecretMount, Update, VolumeMount, Workload};

/// Reads one document; the value is there only if nothing is wrong with it.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn parse<T: Decode>(file: &str, text: &str) -> Result<T, Vec<Problem>> {
    let mut report = Report::about(file);
    let value = node::read(text, &mut report).and_then(|node| T::decode(&node, &mut report));
    match value {
        Some(value) if report.is_clean() => Ok(value),
        _ => Err(report.into_problems()),
    }
}
