//! A plan as people read it.

use std::fmt::Write;

use serde::Serialize;

use super::{Action, Change, Plan, Step, Until};

/// How many objects a plan makes, changes and removes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Objects that are made.
    pub create: usize,
    /// Calls that change or start something.
    pub change: usize,
    /// Objects that are removed.
    pub remove: usize,
    /// Removals of members that are held.
    pub held: usize,
}

impl Plan {
    /// Counts what the plan does.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { held: self.held.len(), ..Counts::default() };
        let later = self.lanes.iter().flat_map(|lane| &lane.later);
        for step in self.steps().chain(later) {
            match sign(&step.action) {
                '+' => counts.create += 1,
                '-' => counts.remove += 1,
                _ => counts.change += 1,
            }
        }
        counts
    }
}

/// `+` makes, `~` changes, `-` removes.
fn sign(action: &Action) -> char {
    match action {
        Action::CreateNetwork(_)
        | Action::CreateVolume(_)
        | Action::CreateContainer(_)
        | Action::CreateZone { .. }
        | Action::CreateAuthority
        | Action::IssueCertificate { .. }
        | Action::RegisterAccount { .. }
        | Action::PlaceOrder(_)
        | Action::TakeCertificate { .. } => '+',
        Action::RemoveNetwork { .. } | Action::RemoveContainer { .. } | Action::RemoveIngressFiles { .. } => {
            '-'
        }
        Action::PullImage { .. }
        | Action::WriteSecrets { .. }
        | Action::StartContainer { .. }
        | Action::DrainContainer { .. }
        | Action::StopContainer { .. }
        | Action::ConnectNetwork { .. }
        | Action::DisconnectNetwork { .. }
        | Action::UpdateLimits { .. }
        | Action::UploadIngress { .. }
        | Action::ActivateIngress { .. }
        | Action::RetireIngress { .. }
        | Action::UpdateZone { .. }
        | Action::ProbeNames { .. }
        | Action::LookUpNames(_)
        | Action::SetProofs { .. }
        | Action::ClearProofs { .. }
        | Action::ResumeOrder { .. }
        | Action::AnswerChallenges { .. }
        | Action::FinalizeOrder { .. }
        | Action::GiveUpOrder { .. }
        | Action::ForgetOrder => '~',
    }
}

/// What a step does, in a word.
fn verb(action: &Action) -> &'static str {
    match action {
        Action::CreateNetwork(_)
        | Action::CreateVolume(_)
        | Action::CreateContainer(_)
        | Action::CreateZone { .. }
        | Action::CreateAuthority => "create",
        Action::RemoveNetwork { .. } | Action::RemoveContainer { .. } => "remove",
        Action::PullImage { .. } => "pull",
        Action::WriteSecrets { .. } => "write secrets of",
        Action::StartContainer { .. } => "start",
        Action::DrainContainer { .. } => "drain",
        Action::StopContainer { .. } => "stop",
        Action::ConnectNetwork { .. } => "connect",
        Action::DisconnectNetwork { .. } => "disconnect",
        Action::UpdateLimits { .. } => "limit",
        Action::IssueCertificate { .. } => "issue",
        Action::UploadIngress { .. } => "upload files to",
        Action::ActivateIngress { .. } => "reload",
        Action::RetireIngress { .. } => "retire",
        Action::UpdateZone { .. } => "update",
        Action::RemoveIngressFiles { .. } => "remove files from",
        Action::RegisterAccount { .. } => "register",
        Action::ProbeNames { .. } => "probe",
        Action::LookUpNames(_) => "look up",
        Action::SetProofs { .. } => "set",
        Action::ClearProofs { .. } => "clear",
        Action::PlaceOrder(_) => "place",
        Action::ResumeOrder { .. } => "resume",
        Action::AnswerChallenges { .. } => "answer",
        Action::FinalizeOrder { .. } => "finalize",
        Action::TakeCertificate { .. } => "take",
        Action::GiveUpOrder { .. } => "give up",
        Action::ForgetOrder => "forget",
    }
}

impl Step {
    /// What the step does, in a few words: `create container lecco.barzago.site.1a2b3c4d`.
    pub fn title(&self) -> String {
        format!("{} {}", verb(&self.action), self.object)
    }
}

/// The plan as text: a paragraph per lane, then the counts and the digest.
pub fn text(plan: &Plan) -> String {
    let mut text = String::new();
    for lane in &plan.lanes {
        let _ = writeln!(text, "{}", lane.name);
        for step in &lane.steps {
            let _ = writeln!(text, "  {} {}: {}", sign(&step.action), step.title(), step.because);
            for change in &step.changes {
                let _ = writeln!(text, "      {}", difference(change));
            }
        }
        for pending in &lane.pending {
            let _ = match &pending.until {
                Until::Later { .. } => {
                    writeln!(text, "  … wait for {}, {}", pending.object, pending.message)
                }
                Until::Appointed { at } => {
                    writeln!(text, "  … {}: {}, not before {at:.0}", pending.object, pending.message)
                }
                Until::Mended { remedy } => {
                    writeln!(text, "  ! {}: {}; {remedy}", pending.object, pending.message)
                }
            };
        }
        for step in &lane.later {
            let _ = writeln!(text, "  {} then {}: {}", sign(&step.action), step.title(), step.because);
        }
        text.push('\n');
    }
    for held in &plan.held {
        let _ = writeln!(text, "held: {} keeps what would go: {}", held.member, held.because);
        for object in &held.objects {
            let _ = writeln!(text, "  = {object}");
        }
    }
    if !plan.held.is_empty() {
        let _ = writeln!(
            text,
            "To let exactly these removals through: campanile apply --release {}\n",
            plan.digest()
        );
    }
    let Counts { create, change, remove, held } = plan.counts();
    if plan.is_settled() {
        text.push_str("Nothing to do: the world is as the fleet says.\n");
    } else {
        let _ =
            writeln!(text, "Plan: {create} to create, {change} to change, {remove} to remove, {held} held.");
        let _ = writeln!(text, "Digest: {}", plan.digest());
    }
    text
}

fn difference(change: &Change) -> String {
    let Change { field, old, new } = change;
    match (old, new) {
        (Some(old), Some(new)) => format!("{field}: {old} → {new}"),
        (None, Some(new)) => format!("{field}: + {new}"),
        (Some(old), None) => format!("{field}: - {old}"),
        (None, None) => field.clone(),
    }
}
