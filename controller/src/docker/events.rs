//! What an engine tells by itself: that something happened to an object of ours.

use std::collections::HashMap;

use bollard::models::{EventMessage, EventMessageTypeEnum as Kind};
use bollard::query_parameters::EventsOptions;
use campanile_plan::docker::label;
use campanile_plan::document::values::MemberName;
use futures_util::{Stream, StreamExt};

use super::{Engine, EngineError};

/// Kinds of objects that are listened for.
const KINDS: &[&str] = &["container", "network", "volume"];
/// What may happen to them that a look could see. The health commands' own runs (`exec_*`) are most of all events.
const EVENTS: &[&str] = &[
    "start",
    "die",
    "stop",
    "pause",
    "unpause",
    "destroy",
    "rename",
    "update",
    "health_status",
    "connect",
    "disconnect",
];

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// What: `die`, `health_status`.
    pub what: String,
    /// The name of the container, network or volume.
    pub object: String,
    /// Whose it is.
    pub whose: Whose,
}

/// Whose an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A member's.
    Member(MemberName),
    /// The ingress's.
    Ingress,
}

impl Engine {
    /// Everything that happens to objects of ours from now on, until the connection ends.
    pub fn happenings(&self) -> impl Stream<Item = Result<Happening, EngineError>> + Send + use<> {
        let list = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let filters = HashMap::from([("type".to_owned(), list(KINDS)), ("event".to_owned(), list(EVENTS))]);
        let events =
            self.docker.events(Some(EventsOptions { filters: Some(filters), ..EventsOptions::default() }));
        let platform = self.platform.to_string();
        events.filter_map(move |event| {
            let happening = match event {
                Ok(event) => happening(&platform, event).map(Ok),
                Err(error) => Some(Err(EngineError::new("listening to what happens on the engine", error))),
            };
            std::future::ready(happening)
        })
    }
}

/// Reads an event; none if it concerns nothing of ours.
fn happening(platform: &str, event: EventMessage) -> Option<Happening> {
    let actor = event.actor?;
    let attributes = actor.attributes.unwrap_or_default();
    // `health_status: healthy`
    let what = event.action?.split(':').next()?.to_owned();
    let object = match event.typ? {
        Kind::CONTAINER => {
            (attributes.get(label::PLATFORM)? == platform).then_some(())?;
            let object = attributes.get("name")?.clone();
            let whose = match attributes.get(label::MEMBER) {
                Some(member) => Whose::Member(member.parse().ok()?),
                None => Whose::Ingress,
            };
            return Some(Happening { what, object, whose });
        }
        // neither of these two carries its labels
        Kind::NETWORK => attributes.get("name")?.clone(),
        _ => actor.id?,
    };
    let owner = object.strip_prefix(platform)?.strip_prefix('.')?.split('.').next()?;
    let whose = if owner == "ingress" { Whose::Ingress } else { Whose::Member(owner.parse().ok()?) };
    Some(Happening { what, object, whose })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: Kind, action: &str, id: &str, attributes: &[(&str, &str)]) -> EventMessage {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let actor =
            bollard::models::EventActor { id: Some(id.to_owned()), attributes: Some(attributes.collect()) };
        EventMessage {
            typ: Some(kind),
            action: Some(action.to_owned()),
            actor: Some(actor),
            ..EventMessage::default()
        }
    }

    #[test]
    fn events_of_ours_alone() {
        let member = |name: &str| Whose::Member(name.parse().unwrap());
        let ours =
            [(label::PLATFORM, "lecco"), (label::MEMBER, "calco"), ("name", "lecco.calco.site.1a2b3c4d")];
        let table = [
            (
                event(Kind::CONTAINER, "health_status: unhealthy", "1", &ours),
                Some(("health_status", member("calco"))),
            ),
            (event(Kind::CONTAINER, "die", "1", &[("name", "somebody")]), None),
            (
                event(Kind::CONTAINER, "die", "1", &[(label::PLATFORM, "como"), ("name", "como.ingress")]),
                None,
            ),
            (
                event(Kind::CONTAINER, "die", "1", &[ours[0], ("name", "lecco.ingress")]),
                Some(("die", Whose::Ingress)),
            ),
            (
                event(Kind::NETWORK, "disconnect", "1", &[("name", "lecco.calco")]),
                Some(("disconnect", member("calco"))),
            ),
            (event(Kind::NETWORK, "destroy", "1", &[("name", "lecco2.calco")]), None),
            (event(Kind::VOLUME, "destroy", "lecco.calco.data", &[]), Some(("destroy", member("calco")))),
            (event(Kind::VOLUME, "destroy", "lecco.ingress", &[]), Some(("destroy", Whose::Ingress))),
        ];
        for (event, expected) in table {
            let seen = happening("lecco", event.clone()).map(|seen| (seen.what, seen.whose));
            assert_eq!(seen, expected.map(|(what, whose)| (what.to_owned(), whose)), "{event:?}");
        }
    }
}
