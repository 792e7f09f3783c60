//! Lanes and problems by member: each member's report looks at its own alone.

use std::collections::BTreeMap;

use super::Facts;
use crate::document::Problem;
use crate::document::values::{EngineName, MemberName};
use crate::plan::Lane;

/// What the report of one member looks up.
pub(super) struct Index<'a> {
    own: BTreeMap<&'a MemberName, Vec<&'a Lane>>,
    shared: Vec<&'a Lane>,
    problems: BTreeMap<&'a str, Vec<&'a Problem>>,
}

impl<'a> Index<'a> {
    pub fn new(facts: &Facts<'a>) -> Self {
        let mut index = Self { own: BTreeMap::new(), shared: Vec::new(), problems: BTreeMap::new() };
        for lane in &facts.plan.lanes {
            match &lane.member {
                Some(member) => index.own.entry(member).or_default().push(lane),
                None => index.shared.push(lane),
            }
        }
        for problem in facts.problems {
            index.problems.entry(&problem.file).or_default().push(problem);
        }
        index
    }

    /// The lanes of a member.
    pub fn lanes(&self, member: &MemberName) -> &[&'a Lane] {
        self.own.get(member).map_or(&[], Vec::as_slice)
    }

    /// The lanes of what all members on an engine share.
    pub fn shared(&self, engine: &EngineName) -> impl Iterator<Item = &'a Lane> {
        let shared = self.shared.iter().copied();
        shared.filter(move |lane| lane.engine.as_ref().is_none_or(|on| on == engine))
    }

    /// The problems of a file.
    pub fn problems(&self, file: &str) -> &[&'a Problem] {
        self.problems.get(file).map_or(&[], Vec::as_slice)
    }
}
