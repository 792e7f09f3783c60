//! What changed between two reports.
//!
//! What could not be told changes nothing: a finding is new only where it could be told last time that nothing was wrong, and
//! mended only where it can be told now. [`settled`] carries what was last known over runs in which nobody answered.

mod hosts;
mod settled;
#[cfg(test)]
mod tests;
mod told;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::Text;
use crate::report::{Body, Change, ChangeKind, Changes, Class, Report, host_of, standing};
use crate::rules::{self, Finding, Verdict, Weight};
pub(crate) use hosts::answered;
pub use settled::settled;
use told::{key, keys, told};

/// The rule whose findings are told as certificates about to end.
const ENDS_SOON: &str = "certificate-ends-soon";

/// What changed from the last report to this one, the weightiest first.
pub fn compare(last: &Report, this: &Report) -> Changes {
    let before: BTreeMap<&str, &Body> = by_subject(last);
    let now: BTreeMap<&str, &Body> = by_subject(this);
    let mut changes = Vec::new();
    for (subject, body) in &now {
        match before.get(subject) {
            Some(was) => changes.extend(body_changes(was, body)),
            None => changes.push(weightless(change(ChangeKind::Appeared, body, subject, appeared()))),
        }
    }
    for (subject, body) in &before {
        if !now.contains_key(subject) {
            changes.push(weightless(change(ChangeKind::Left, body, subject, left())));
        }
    }
    let place = |change: &Change| (change.subject.clone(), change.object.clone(), change.rule.clone());
    changes.sort_by_cached_key(|(weight, change)| (change.kind, Reverse(*weight), place(change)));
    Changes { since: last.run.begun, changes: changes.into_iter().map(|(_, change)| change).collect() }
}

fn by_subject(report: &Report) -> BTreeMap<&str, &Body> {
    report.bodies.iter().map(|body| (body.facts.subject.as_str(), body)).collect()
}

/// A change and what it weighs, where a rule says so.
type Weighed = (Weight, Change);

fn weightless(change: Change) -> Weighed {
    (Weight::Notice, change)
}

fn change(kind: ChangeKind, body: &Body, object: &str, text: Text) -> Change {
    Change { kind, subject: body.facts.subject.clone(), object: object.to_owned(), rule: None, text }
}

fn appeared() -> Text {
    Text::new("verificato per la prima volta", "looked at for the first time")
}

fn left() -> Text {
    Text::new("non è più tra quelli da verificare", "is no longer among those to look at")
}

fn body_changes(was: &Body, is: &Body) -> Vec<Weighed> {
    let mut changes: Vec<Weighed> = class_change(was, is).into_iter().map(weightless).collect();
    changes.extend(hosts::changes(was, is).into_iter().map(weightless));
    let renewed: BTreeSet<String> = changes
        .iter()
        .filter(|(_, change)| change.kind == ChangeKind::Renewed)
        .map(|(_, change)| change.object.clone())
        .collect();
    let found = finding_changes(was, is).into_iter();
    // that a renewed certificate no longer ends soon goes without saying
    let said = |change: &Change| {
        change.rule.as_deref() == Some(ENDS_SOON) && renewed.contains(host_of(&change.object))
    };
    changes.extend(found.filter(|(_, change)| !said(change)));
    changes
}

/// The class, where it surely got better or worse, whatever is unknown.
fn class_change(was: &Body, is: &Body) -> Option<Change> {
    let (before, now) = (standing(was)?, standing(is)?);
    let (kind, from, to) = if now.best < before.worst {
        (ChangeKind::Worse, before.worst, now.best)
    } else if now.worst > before.best {
        (ChangeKind::Better, before.best, now.worst)
    } else {
        return None;
    };
    let english = |class: Class| match class {
        Class::Secure => "secure",
        Class::Misconfigured => "misconfigured",
        Class::Grave => "serious security problems",
        Class::Without => "no HTTPS",
    };
    let text = Text::new(
        format!("la classe passa da «{}» a «{}»", from.name(), to.name()),
        format!("the class goes from “{}” to “{}”", english(from), english(to)),
    );
    Some(change(kind, is, &is.facts.subject, text))
}

/// Findings that came and went.
fn finding_changes(was: &Body, is: &Body) -> Vec<Weighed> {
    let (failed, fails) = (keys(was, Verdict::Fails), keys(is, Verdict::Fails));
    let (unsure_before, unsure_now) = (keys(was, Verdict::Unknown), keys(is, Verdict::Unknown));
    let mut seen = BTreeSet::new();
    let mut changes = Vec::new();
    let failing = |body: &'_ Body| -> Vec<Finding> {
        body.findings.iter().filter(|finding| finding.verdict == Verdict::Fails).cloned().collect()
    };
    for finding in failing(is) {
        let key = key(&finding);
        let known_before = !failed.contains(&key) && !unsure_before.contains(&key);
        if known_before && told(was, &finding) && seen.insert(key) {
            let kind = if finding.rule == ENDS_SOON { ChangeKind::EndsSoon } else { ChangeKind::NewTrouble };
            changes.push(came_or_went(kind, is, &finding));
        }
    }
    for finding in failing(was) {
        let key = key(&finding);
        let known_now = !fails.contains(&key) && !unsure_now.contains(&key);
        if known_now && told(is, &finding) && seen.insert(key) {
            changes.push(came_or_went(ChangeKind::Mended, is, &finding));
        }
    }
    changes
}

fn came_or_went(kind: ChangeKind, body: &Body, finding: &Finding) -> Weighed {
    let rule = rules::rule(&finding.rule);
    let title = rule.map_or_else(|| Text::new(&finding.rule, &finding.rule), |rule| (rule.title)());
    let text = match kind {
        ChangeKind::NewTrouble | ChangeKind::EndsSoon => Text::new(
            format!("{}: {}", title.it, finding.evidence.it),
            format!("{}: {}", title.en, finding.evidence.en),
        ),
        _ => title,
    };
    let change = Change { rule: Some(finding.rule.clone()), ..change(kind, body, &finding.object, text) };
    (finding.weight, change)
}
