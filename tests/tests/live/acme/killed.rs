//! `apply` that is killed at every single request of an order, when the issuer has done what was asked and nobody here knows it.

use std::time::{Duration, Instant};

use crate::room::Room;
use crate::servers::holding::Holding;
use crate::servers::pebble::{Options, Pebble};

/// A member with a certificate and no site: nothing else is done for it.
fn write(room: &Room, name: &str) {
    let text = format!(
        "\
apiVersion: campanile.it/v1alpha1
kind: Member
metadata: {{name: {name}}}
spec:
  title: Comune di {name}
  domain: {{name: comune.{name}.test}}
  certificate: {{issuer: pebble, names: [www.comune.{name}.test]}}
"
    );
    room.write(&format!("members/{name}.yaml"), text);
}

/// Names Pebble as an issuer, reached by a way that can keep answers back, on a platform with room for many members.
fn name_issuer(room: &Room, pebble: &Pebble, way: &Holding) {
    let platform = room.platform_at(&crate::engine::endpoint()).replace(&room.range, "10.90.0.0/20");
    room.write("platform.yaml", format!("{platform}{}", pebble.issuer_at(way.port(), "")));
}

/// Kills an apply at the answer to a request; false if it came to its end before.
pub(super) fn kill_at(room: &Room, way: &Holding, request: usize) -> bool {
    way.hold(request);
    let mut apply = room.command(&["apply"]).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(100);
    let ended = loop {
        if apply.try_wait().unwrap().is_some() {
            break true;
        }
        if way.holds() {
            break false;
        }
        assert!(Instant::now() < end, "neither ended nor asked");
        std::thread::sleep(Duration::from_millis(5));
    };
    if !ended {
        apply.kill().unwrap();
    }
    apply.wait().unwrap();
    way.release();
    !ended
}

#[test]
fn killed_at_any_request_an_order_is_placed_once() {
    let room = Room::new("acme-killed");
    let environment = [("PEBBLE_WFE_NONCEREJECT", "0")];
    let pebble = Pebble::start(&room, &Options { environment: &environment, ..Options::default() });
    let way = Holding::before(pebble.port());
    name_issuer(&room, &pebble, &way);
    // the account and the ingress are there already, so that a request is one of an order
    write(&room, "first");
    room.apply();
    assert_eq!(pebble.orders(), 1);

    let mut killed = 0;
    for request in 0.. {
        let name = format!("m{request}");
        write(&room, &name);
        let was_killed = kill_at(&room, &way, request);
        room.apply();
        assert_eq!(pebble.orders(), request + 2, "a second order of {name}, killed at request {request}");
        let bundle = std::fs::read_to_string(room.path("state/certificates").join(format!("{name}.pem")));
        assert!(bundle.unwrap().starts_with("# issuer: pebble\n"));
        assert_eq!(std::fs::read_dir(room.path("state/acme/orders")).unwrap().count(), 0, "nothing is left");
        if !was_killed {
            break;
        }
        killed += 1;
    }
    eprintln!("killed at each of {killed} requests");
    assert!(killed > 10, "an order takes more requests than {killed}");
    assert_eq!(pebble.certificates(), pebble.orders());
}

#[test]
fn killed_while_it_makes_an_account_there_is_one() {
    let room = Room::new("acme-account");
    let environment = [("PEBBLE_WFE_NONCEREJECT", "0")];
    let pebble = Pebble::start(&room, &Options { environment: &environment, ..Options::default() });
    let way = Holding::before(pebble.port());
    name_issuer(&room, &pebble, &way);
    write(&room, "barzago");
    // its directory, a number of use once, the account
    assert!((0..3).all(|request| kill_at(&room, &way, request)));
    room.apply();
    assert_eq!(pebble.orders(), 1);
    assert_eq!(pebble.log().matches("There are now 1 accounts in memory").count(), 1, "{}", pebble.log());
    assert!(!pebble.log().contains("There are now 2 accounts in memory"));
}
