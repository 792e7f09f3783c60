//! A member that is pinned to an earlier document: it is in force and noted, until a commit changes the member.

use std::collections::BTreeMap;

use campanile::fleet::Fleet;
use campanile::git::Source;
use campanile::state::State;
use campanile_plan::docker::sha256;
use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Pin;
use campanile_tests::fleets::{PLATFORM, member};
use jiff::Timestamp;

use crate::fleet::Place;

#[tokio::test]
async fn a_pin_stands_in_until_a_commit_changes_the_member() {
    let place = Place::new();
    let state = State::open(&place.path("state")).unwrap();
    let origin = place.empty_repository();
    let version = |n: u8| member("barzago", &format!("campanile/site:{n}"), "");
    origin.write("platform.yaml", PLATFORM);
    origin.write("members/barzago.yaml", version(2));
    origin.write("members/calco.yaml", member("calco", "campanile/site:1", ""));
    origin.commit();
    let source = Source::parse(&origin.source("")).unwrap();
    let barzago: MemberName = "barzago".parse().unwrap();
    let replaces = sha256(version(2).as_bytes());
    let pin = Pin { text: version(1), commit: None, replaces, since: Timestamp::UNIX_EPOCH };
    let pins = BTreeMap::from([(barzago.clone(), pin)]);
    let image = |fleet: &Fleet| {
        let desired = fleet.desired.as_ref().unwrap();
        desired.members[&barzago].spec.site.as_ref().unwrap().image.to_string()
    };

    origin.write("members/calco.yaml", member("calco", "campanile/site:2", ""));
    origin.commit();
    let fleet = Fleet::load(&place.fetcher(), &source, &state, &pins).await.unwrap();
    assert_eq!((image(&fleet).as_str(), fleet.ended_pins.len()), ("campanile/site:1", 0));
    assert!(fleet.desired.as_ref().unwrap().pinned.contains_key(&barzago));
    fleet.accept(&state).unwrap();
    assert_eq!(state.accepted().unwrap().documents.members[&barzago], version(1), "the one in force");

    origin.write("members/barzago.yaml", version(3));
    origin.commit();
    let fleet = Fleet::load(&place.fetcher(), &source, &state, &pins).await.unwrap();
    assert_eq!(image(&fleet), "campanile/site:3");
    assert!(fleet.ended_pins.into_keys().eq([barzago]));
    assert!(fleet.desired.as_ref().unwrap().pinned.is_empty());
}
