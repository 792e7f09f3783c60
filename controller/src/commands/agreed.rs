//! What a person looked at before `apply`: a saved plan, or the digest of held removals.

use std::collections::BTreeSet;
use std::path::Path;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Desired;
use campanile_plan::plan::{Plan, Request, plan, text};
use jiff::Timestamp;
use serde::Deserialize;

use super::{Failure, arguments, say};
use crate::scope::Scope;
use crate::world::{Hands, Seen, World};

/// What a person looked at and agreed to.
pub(super) struct Agreed {
    /// The only member, if not all.
    pub only: Option<MemberName>,
    /// The plan that must still be the one.
    digest: Option<String>,
    /// Held removals go through.
    release: bool,
}

impl Agreed {
    /// From the arguments, or from the plan that they name.
    pub fn read(command: &arguments::Apply) -> Result<Self, Failure> {
        let (only, digest) = match &command.file {
            None => (command.member.clone(), command.release.clone()),
            Some(file) => {
                let Saved { digest, member } = Saved::read(file)?;
                (member, Some(digest))
            }
        };
        Ok(Self { only, digest, release: command.release.is_some() })
    }

    /// What would be done now.
    pub async fn plan(&self, desired: &Desired, world: &World) -> Result<Plan, Failure> {
        let Seen { observed, left_out: _ } = world.observe(desired, &Scope::everything()).await?;
        let request = Request { now: Timestamp::now(), only: self.only.clone(), ..Request::default() };
        Ok(plan(desired, &observed, &request))
    }

    /// The members whose held removals go through; refuses if the plan is no longer the one that was agreed to.
    pub async fn released(&self, desired: &Desired, world: &World) -> Result<BTreeSet<MemberName>, Failure> {
        let Some(agreed) = &self.digest else { return Ok(BTreeSet::new()) };
        let plan = self.plan(desired, world).await?;
        if plan.digest() != *agreed {
            say(&text(&plan));
            let moved = format!(
                "the world or the fleet moved since the plan {agreed} was made, and nothing was done; \
                 the plan is now the one above: look at it, then apply {}",
                plan.digest()
            );
            return Err(moved.into());
        }
        let held = plan.held.into_iter().map(|held| held.member);
        Ok(held.filter(|_| self.release).collect())
    }
}

/// What counts of a plan that was saved with `plan --out`.
#[derive(Deserialize)]
struct Saved {
    digest: String,
    member: Option<MemberName>,
}

impl Saved {
    fn read(file: &Path) -> Result<Self, Failure> {
        let failed = |why: String| {
            format!("reading the plan {}: {why}; make one with campanile plan --out FILE", file.display())
        };
        let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
        Ok(serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?)
    }
}
