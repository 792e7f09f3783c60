//! Members that left: since when, and which volumes wait.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::docker::label;
use crate::docker::names::{self, Object};
use crate::document::values::MemberName;
use crate::fleet::Desired;
use crate::observed::Observed;

/// A member that left, whose volumes are still there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Retired {
    /// The member.
    pub name: MemberName,
    /// The day it left.
    pub since: String,
    /// Its volumes.
    pub volumes: Vec<String>,
}

/// Members that left and whose volumes wait.
pub fn retired(desired: &Desired, observed: &Observed) -> BTreeSet<Retired> {
    let engines = observed.engines.values().filter_map(|engine| engine.as_ref().ok());
    let keepers =
        engines.flat_map(|engine| engine.containers.values().map(move |container| (engine, container)));
    keepers
        .filter_map(|(engine, container)| {
            let owned = names::owned(desired.name(), &container.labels)?;
            let name = owned.member.filter(|_| owned.object == Object::Keeper)?;
            let volumes = engine.volumes.iter().filter(|(_, volume)| {
                let owned = names::owned(desired.name(), &volume.labels);
                owned.is_some_and(|owned| {
                    owned.member.as_ref() == Some(&name) && matches!(owned.object, Object::Volume(_))
                })
            });
            let volumes = volumes.map(|(name, _)| name.clone()).collect();
            let since = container.labels.get(label::RETIRED).cloned().unwrap_or_default();
            Some(Retired { name, since, volumes })
        })
        .collect()
}
