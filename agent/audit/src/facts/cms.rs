//! What a page is made with, as far as a visitor sees it.

use serde::{Deserialize, Serialize};

/// A content management system that was recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cms {
    /// Its name: `WordPress`.
    pub name: String,
    /// Its version, as far as it is told: `6.4.3`, `10`.
    pub version: Option<String>,
    /// What gave it away: `<meta name="generator">`, `/wp-content/`.
    pub evidence: Vec<String>,
    /// A theme that was recognised, with its version: `Design Comuni 1.3.0`.
    pub theme: Option<String>,
}
