//! Names of our objects on an engine, and the labels that say what they are.
//!
//! Parts are joined by dots, which no part can contain: two members can never mean the same name.

use std::collections::BTreeMap;

use super::objects::label;
use crate::document::values::{MemberName, PlatformName, VolumeName, WorkloadName};

/// The ingress's volume, which its revisions share.
pub fn ingress(platform: &PlatformName) -> String {
    format!("{platform}.ingress")
}

/// The container of one revision of the ingress.
pub fn ingress_container(platform: &PlatformName, revision: &str) -> String {
    format!("{platform}.ingress.{revision}")
}

/// A member's network.
pub fn network(platform: &PlatformName, member: &MemberName) -> String {
    format!("{platform}.{member}")
}

/// A volume with a member's data.
pub fn volume(platform: &PlatformName, member: &MemberName, volume: &VolumeName) -> String {
    format!("{platform}.{member}.{volume}")
}

/// The volume with the secrets of one workload.
pub fn secrets(platform: &PlatformName, member: &MemberName, workload: &WorkloadName) -> String {
    format!("{platform}.{member}.{workload}.secrets")
}

/// The container of one revision of a workload.
pub fn container(
    platform: &PlatformName,
    member: &MemberName,
    workload: &WorkloadName,
    hash: &str,
) -> String {
    format!("{platform}.{member}.{workload}.{}", &hash[..8])
}

/// The container that keeps the volumes of a member that left.
pub fn keeper(platform: &PlatformName, member: &MemberName) -> String {
    format!("{platform}.{member}.retired")
}

/// What an object is, as its label `it.campanile.object` says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// The member's network.
    Network,
    /// A volume with data.
    Volume(VolumeName),
    /// The volume with a workload's secrets.
    Secrets(WorkloadName),
    /// A revision of a workload.
    Workload(WorkloadName),
    /// The keeper of the volumes of a member that left.
    Keeper,
    /// The ingress.
    Ingress,
}

impl std::fmt::Display for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Object::Network => write!(f, "network"),
            Object::Volume(name) => write!(f, "volume/{name}"),
            Object::Secrets(name) => write!(f, "secrets/{name}"),
            Object::Workload(name) => write!(f, "workload/{name}"),
            Object::Keeper => write!(f, "keeper"),
            Object::Ingress => write!(f, "ingress"),
        }
    }
}

impl std::str::FromStr for Object {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text.split_once('/') {
            None if text == "network" => Object::Network,
            None if text == "keeper" => Object::Keeper,
            None if text == "ingress" => Object::Ingress,
            Some(("volume", name)) => Object::Volume(name.parse().map_err(drop)?),
            Some(("secrets", name)) => Object::Secrets(name.parse().map_err(drop)?),
            Some(("workload", name)) => Object::Workload(name.parse().map_err(drop)?),
            _ => return Err(()),
        })
    }
}

/// What the labels of an object of ours say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned<'a> {
    /// The member; none for the ingress.
    pub member: Option<MemberName>,
    /// What it is.
    pub object: Object,
    /// The hash of its declaration.
    pub hash: &'a str,
}

/// Reads the labels of an object; none if it is not ours.
pub fn owned<'a>(platform: &PlatformName, labels: &'a BTreeMap<String, String>) -> Option<Owned<'a>> {
    if labels.get(label::PLATFORM)? != platform.as_str() {
        return None;
    }
    let member = labels.get(label::MEMBER).map(|member| member.parse()).transpose().ok()?;
    let object = labels.get(label::OBJECT)?.parse().ok()?;
    Some(Owned { member, object, hash: labels.get(label::HASH).map_or("", String::as_str) })
}

/// The labels of an object of ours.
pub fn labels(
    platform: &PlatformName,
    member: Option<&MemberName>,
    object: &Object,
    hash: &str,
) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::from([
        (label::PLATFORM.to_owned(), platform.to_string()),
        (label::OBJECT.to_owned(), object.to_string()),
        (label::HASH.to_owned(), hash.to_owned()),
    ]);
    if let Some(member) = member {
        labels.insert(label::MEMBER.to_owned(), member.to_string());
    }
    labels
}
