//! A lane: steps that run in order and stop at their first failure, and what they wait for.

use jiff::Timestamp;
use serde::Serialize;

use super::step::{Action, Change, Step};
use crate::document::values::{EngineName, MemberName};

/// Steps of one member, or of what all members share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lane {
    /// `main/barzago`, `main/ingress`, `certificate/barzago`.
    pub name: String,
    /// The member; none for what all members share.
    pub member: Option<MemberName>,
    /// The engine; none for the state folder.
    pub engine: Option<EngineName>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What could not be planned yet.
    pub pending: Vec<Pending>,
    /// Removals that follow what is pending: shown and agreed to with this plan, done by a later one.
    pub later: Vec<Step>,
}

/// Something that cannot be planned yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// The object.
    pub object: String,
    /// What is missing, for people.
    pub message: String,
    /// Until when.
    #[serde(flatten)]
    pub until: Until,
}

/// How long something stays pending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "until")]
pub enum Until {
    /// The world moves on by itself; worth so many seconds of patience.
    Later {
        /// Seconds.
        patience: u32,
    },
    /// Its time comes.
    Appointed {
        /// When.
        at: Timestamp,
    },
    /// A person does something.
    Mended {
        /// What to do.
        remedy: String,
    },
}

/// Patience with something that starts.
pub const STARTING: u32 = 60;
/// Patience with a container that ends again and again.
pub const RESTARTING: u32 = 10;

/// Seconds that a container has to end by itself.
const STOP_SECONDS: u32 = 10;

impl Lane {
    /// An empty lane.
    pub fn new(name: String, member: Option<&MemberName>, engine: Option<&EngineName>) -> Self {
        Self {
            name,
            member: member.cloned(),
            engine: engine.cloned(),
            steps: Vec::new(),
            pending: Vec::new(),
            later: Vec::new(),
        }
    }

    /// Whether there is nothing to do and nothing to wait for.
    pub fn is_idle(&self) -> bool {
        self.steps.is_empty() && self.pending.is_empty()
    }

    /// Adds a step.
    pub fn step(&mut self, object: impl Into<String>, because: impl Into<String>, action: Action) {
        self.change(object, because, Vec::new(), action);
    }

    /// Adds a step that changes something inside an object.
    pub fn change(
        &mut self,
        object: impl Into<String>,
        because: impl Into<String>,
        changes: Vec<Change>,
        action: Action,
    ) {
        let (member, engine) = (self.member.clone(), self.engine.clone());
        let (object, because) = (object.into(), because.into());
        self.steps.push(Step { member, engine, object, because, changes, action });
    }

    /// Notes something that the world will bring by itself.
    pub fn wait(&mut self, object: impl Into<String>, message: impl Into<String>, patience: u32) {
        let (object, message) = (object.into(), message.into());
        self.pending.push(Pending { object, message, until: Until::Later { patience } });
    }

    /// Notes something whose time has not come.
    pub fn appoint(&mut self, object: impl Into<String>, message: impl Into<String>, at: Timestamp) {
        let (object, message) = (object.into(), message.into());
        self.pending.push(Pending { object, message, until: Until::Appointed { at } });
    }

    /// Notes something that a person has to mend.
    pub fn block(
        &mut self,
        object: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (object, message, remedy) = (object.into(), message.into(), remedy.into());
        self.pending.push(Pending { object, message, until: Until::Mended { remedy } });
    }

    /// Notes steps that a later plan will do, once what is pending has come.
    pub fn later(&mut self, plan: impl FnOnce(&mut Lane)) {
        let mut lane = Lane::new(self.name.clone(), self.member.as_ref(), self.engine.as_ref());
        plan(&mut lane);
        self.later.append(&mut lane.steps);
    }

    /// Plans the end of a container.
    pub fn stop_and_remove(&mut self, name: &str, because: &str) {
        self.stop_and_remove_within(STOP_SECONDS, name, because);
    }

    /// Plans the end of a container that may take so many seconds.
    pub fn stop_and_remove_within(&mut self, seconds: u32, name: &str, because: &str) {
        let object = format!("container {name}");
        let stop = Action::StopContainer { name: name.to_owned(), seconds };
        self.step(object.clone(), because, stop);
        self.step(object, because, Action::RemoveContainer { name: name.to_owned() });
    }

    /// Plans the end of a container, once the ingress sends nobody to it any more.
    pub fn remove_unrouted(&mut self, name: &str, because: &str) {
        self.wait(format!("container {name}"), "until the ingress sends nobody here any more", STARTING);
        self.later(|lane| lane.stop_and_remove(name, because));
    }

    /// Notes that something that is not ours stands where we would put something.
    pub fn foreign(&mut self, kind: &str, name: &str) {
        self.block(
            format!("{kind} {name}"),
            format!("a {kind} of this name is there, and it is not ours"),
            format!("look at it with docker {kind} inspect {name}; rename or remove it if nobody needs it"),
        );
    }

    /// Whether something waits for a person.
    pub fn is_blocked(&self) -> bool {
        self.pending.iter().any(|pending| matches!(pending.until, Until::Mended { .. }))
    }
}
