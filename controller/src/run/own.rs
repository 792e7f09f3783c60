//! What the engine will tell of our own steps: no reason to look, since the pass looks by itself after each lane.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use campanile_plan::document::values::EngineName;
use campanile_plan::plan::{Action, Step};

use crate::docker::Happening;
use crate::locked::locked;

/// How long after a step began the engine may still tell of it.
const LATE: Duration = Duration::from_secs(90);

/// The events that our own steps cause.
#[derive(Debug, Default)]
pub struct Own {
    expected: Mutex<BTreeMap<(EngineName, String, &'static str), Expected>>,
}

/// How often an event is still expected, and until when.
#[derive(Debug)]
struct Expected {
    times: u32,
    until: Instant,
}

impl Own {
    /// Expects what the engine will tell of a step.
    pub fn expect(&self, step: &Step) {
        let Some(engine) = &step.engine else { return };
        let mut expected = locked(&self.expected);
        let now = Instant::now();
        expected.retain(|_, expected| expected.until > now);
        for (object, what) in caused(&step.action) {
            let entry = expected.entry((engine.clone(), object, what));
            let entry = entry.or_insert(Expected { times: 0, until: now });
            entry.times += 1;
            entry.until = now + LATE;
        }
    }

    /// Whether an event was caused by a step of ours; each is expected once.
    pub fn caused(&self, engine: &EngineName, happening: &Happening) -> bool {
        let mut expected = locked(&self.expected);
        let now = Instant::now();
        let found = expected.iter_mut().find(|((on, object, what), expected)| {
            on == engine && *object == happening.object && *what == happening.what && expected.until > now
        });
        let Some((_, expected)) = found.filter(|(_, expected)| expected.times > 0) else { return false };
        expected.times -= 1;
        true
    }
}

/// The events of a step that is done, with the names of their objects.
fn caused(action: &Action) -> Vec<(String, &'static str)> {
    let of = |name: &String, events: &[&'static str]| {
        events.iter().map(|event| (name.clone(), *event)).collect::<Vec<_>>()
    };
    match action {
        Action::StartContainer { name } => {
            [of(name, &["start"]), of(&network_of(name), &["connect"])].concat()
        }
        Action::StopContainer { name, .. } => {
            [of(name, &["die", "stop"]), of(&network_of(name), &["disconnect"])].concat()
        }
        Action::RemoveContainer { name } | Action::RemoveNetwork { name } => of(name, &["destroy"]),
        Action::ConnectNetwork { network, .. } => of(network, &["connect"]),
        Action::DisconnectNetwork { network, .. } => of(network, &["disconnect"]),
        Action::UpdateLimits { name, .. } => of(name, &["update"]),
        Action::CreateContainer(_)
        | Action::CreateNetwork(_)
        | Action::CreateVolume(_)
        | Action::PullImage { .. }
        | Action::WriteSecrets { .. }
        | Action::CreateAuthority
        | Action::CreateZone { .. }
        | Action::UpdateZone { .. }
        | Action::IssueCertificate { .. }
        | Action::RegisterAccount { .. }
        | Action::ProbeNames { .. }
        | Action::LookUpNames(_)
        | Action::SetProofs { .. }
        | Action::ClearProofs { .. }
        | Action::PlaceOrder(_)
        | Action::ResumeOrder { .. }
        | Action::AnswerChallenges { .. }
        | Action::FinalizeOrder { .. }
        | Action::TakeCertificate { .. }
        | Action::GiveUpOrder { .. }
        | Action::ForgetOrder
        | Action::UploadIngress { .. }
        | Action::ActivateIngress { .. }
        | Action::RemoveIngressFiles { .. }
        | Action::DrainContainer { .. }
        | Action::RetireIngress { .. } => Vec::new(),
    }
}

/// The network of a container, to which it is connected at each start and from which at each end it is cut: its first
/// two words are platform and member.
fn network_of(container: &str) -> String {
    container.split('.').take(2).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docker::Whose;

    #[test]
    fn each_event_of_a_step_is_expected_once() {
        let main: EngineName = "main".parse().unwrap();
        let happening = |what: &str| Happening {
            what: what.to_owned(),
            object: "lecco.calco.site.1a2b3c4d".to_owned(),
            whose: Whose::Member("calco".parse().unwrap()),
        };
        let own = Own::default();
        assert!(!own.caused(&main, &happening("die")), "nobody asked for it");
        own.expect(&Step {
            member: None,
            engine: Some(main.clone()),
            object: String::new(),
            because: String::new(),
            changes: Vec::new(),
            action: Action::StopContainer { name: happening("die").object, seconds: 10 },
        });
        assert!(!own.caused(&"valle".parse().unwrap(), &happening("die")), "on another engine");
        assert!(own.caused(&main, &happening("die")) && own.caused(&main, &happening("stop")));
        assert!(!own.caused(&main, &happening("die")), "a second end is somebody else's doing");
    }
}
