//! What every rule's file names.

pub use super::found::{
    Found, date, days_between, is_public, on_chains, on_endpoints, on_exchangers, on_pages, on_sites,
};
pub use super::{Area, Remedy, Rule, Weight, Who};
pub use crate::facts::Facts;
pub use crate::{Answer, Text};

#[cfg(test)]
pub use super::cases::{
    self, catches, chain, day, doubts, exchanger, header, headers, leaf, page, passes, private, site, tls,
    version,
};
#[cfg(test)]
pub use crate::facts::{DhParameters, Intrusive, Reference};
#[cfg(test)]
pub use crate::registry::{Group, Suite, Version};
