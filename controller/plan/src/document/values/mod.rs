//! Value types of the documents: each is parsed once, and is right from then on.

mod address;
mod certificate_name;
mod code;
mod directory;
mod domain_name;
mod image;
mod name;
mod path;
mod quantity;
mod record;
mod text;

pub use address::{Endpoint, Listen, PublicAddress, Range};
pub use certificate_name::CertificateName;
pub use code::{IpaCode, IstatCode};
pub use directory::{Contact, DirectoryUrl, Rate};
pub use domain_name::DomainName;
pub use image::ImageReference;
pub use name::{EngineName, IssuerName, MemberName, PlatformName, SecretName, VolumeName, WorkloadName};
pub use path::{FilePath, MountPath, UrlPath};
pub use quantity::{Bytes, Cpu, Pids, Port, Seconds};
pub use record::{RecordName, RecordValue, RecordValues, Ttl, ZoneTime};
pub use text::{EnvironmentName, Line, User};

/// Why a text is not a value of its type, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// What is wrong, lower case, with the text itself.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

impl Invalid {
    /// A reason with its way out.
    pub fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into() }
    }
}

/// Gives a type with `FromStr<Err = Invalid>` and `Display` its place in documents, in JSON and in the schema.
macro_rules! text_value {
    ($type:ty, pattern: $pattern:expr, $description:expr) => {
        impl $crate::document::Decode for $type {
            fn decode(
                node: &$crate::document::Node,
                report: &mut $crate::document::Report,
            ) -> Option<Self> {
                report.parse(node)
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    "description": $description
                })
            }
        }
    };
}
use quantity::quantity;
pub(crate) use text_value;
