//! What a look is about: everything, or only what has been touched since the last one.

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::document::values::{DomainName, EngineName, MemberName};
use campanile_plan::domain;
use campanile_plan::plan::Lane;

/// What the next look is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    everything: bool,
    parts: BTreeMap<EngineName, Part>,
    /// Members whose zones are to be looked at.
    zones: BTreeSet<MemberName>,
    /// Zones that are to be looked at, whosever they are.
    named: BTreeSet<DomainName>,
}

/// What is to be looked at on one engine, beside the lists of its objects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// All of it.
    pub whole: bool,
    /// Members whose pages are asked for.
    pub members: BTreeSet<MemberName>,
    /// The files of the ingress.
    pub ingress: bool,
    /// Containers whose limits somebody has changed.
    pub limits: BTreeSet<String>,
}

impl Part {
    /// All of it.
    pub fn everything() -> Self {
        Self { whole: true, ..Self::default() }
    }

    /// Adds what another one is about.
    pub fn merge(&mut self, other: Self) {
        let Self { whole, members, ingress, limits } = other;
        self.whole |= whole;
        self.ingress |= ingress;
        self.members.extend(members);
        self.limits.extend(limits);
    }
}

impl Scope {
    /// Everything, as a look that knows nothing of the last one has to.
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Whether nothing was touched.
    pub fn is_empty(&self) -> bool {
        !self.everything && self.parts.is_empty() && self.zones.is_empty() && self.named.is_empty()
    }

    /// Whether it is about everything.
    pub fn is_everything(&self) -> bool {
        self.everything
    }

    /// Makes it about everything.
    pub fn touch_everything(&mut self) {
        self.everything = true;
    }

    /// What is to be looked at on an engine; none for nothing.
    pub fn part(&self, engine: &EngineName) -> Option<Part> {
        let part = self.parts.get(engine).cloned();
        if self.everything { Some(Part { whole: true, ..part.unwrap_or_default() }) } else { part }
    }

    /// The part of an engine, to touch something in it.
    pub fn touch(&mut self, engine: &EngineName) -> &mut Part {
        self.parts.entry(engine.clone()).or_default()
    }

    /// Touches what a lane is about: its member, or the ingress that all share.
    pub fn touch_lane(&mut self, lane: &Lane) -> Option<&mut Part> {
        if domain::is_lane(lane) {
            self.zones.extend(lane.member.clone());
        }
        let part = self.touch(lane.engine.as_ref()?);
        match &lane.member {
            Some(member) => {
                part.members.insert(member.clone());
            }
            None => part.ingress = true,
        }
        Some(part)
    }

    /// Whether a member's zone is to be looked at.
    pub fn has_zone_of(&self, member: &MemberName) -> bool {
        self.everything || self.zones.contains(member)
    }

    /// Touches a zone.
    pub fn touch_zone(&mut self, zone: &DomainName) {
        self.named.insert(zone.clone());
    }

    /// Whether a zone was touched.
    pub fn has_zone(&self, zone: &DomainName) -> bool {
        self.named.contains(zone)
    }

    /// The members that were touched; none stands for all of them.
    pub fn members(&self) -> Option<BTreeSet<MemberName>> {
        let partial = !self.everything && !self.parts.values().any(|part| part.whole || part.ingress);
        let touched = self.parts.values().flat_map(|part| &part.members).chain(&self.zones);
        partial.then(|| touched.cloned().collect())
    }

    /// Adds what another one is about.
    pub fn merge(&mut self, other: Self) {
        let Self { everything, parts, zones, named } = other;
        self.everything |= everything;
        self.named.extend(named);
        self.zones.extend(zones);
        for (engine, part) in parts {
            self.touch(&engine).merge(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        let [main, valle]: [EngineName; 2] = ["main", "valle"].map(|name| name.parse().unwrap());
        let [barzago, calco]: [MemberName; 2] = ["barzago", "calco"].map(|name| name.parse().unwrap());
        let mut scope = Scope::default();
        assert!(scope.is_empty() && scope.part(&main).is_none());
        scope.touch(&main).members.insert(barzago.clone());
        let mut other = Scope::default();
        other.touch(&main).members.insert(calco.clone());
        scope.merge(other);
        assert_eq!(scope.members(), Some([barzago, calco].into()));
        assert!(scope.part(&valle).is_none());

        scope.touch(&main).ingress = true;
        assert_eq!(scope.members(), None, "every route may be another one");
        scope.merge(Scope::everything());
        assert!(scope.part(&valle).is_some_and(|part| part.whole));
    }
}
