//! A whole fleet: every member its certificate, by one apply and by the daemon.

use std::time::Instant;

use crate::engine::until;
use crate::room::{Room, title};
use crate::servers::pebble::{Options, Pebble};

/// As many as the demo has.
const MEMBERS: usize = 34;

#[test]
fn thirty_four_members_get_theirs_in_one_apply() {
    let room = Room::new("acme-fleet");
    let pebble = Pebble::start(&room, &Options::default());
    let platform = room.platform_at(&crate::engine::endpoint()).replace(&room.range, "10.91.0.0/20");
    room.write("platform.yaml", format!("{platform}{}", pebble.issuer("")));
    for number in 0..MEMBERS {
        let name = format!("m{number}");
        // without a site, nothing else takes time
        let text = format!(
            "\
apiVersion: campanile.it/v1alpha1
kind: Member
metadata: {{name: {name}}}
spec:
  title: Comune di {name}
  domain: {{name: comune.{name}.test}}
  certificate: {{issuer: pebble, names: [www.comune.{name}.test, comune.{name}.test]}}
"
        );
        room.write(&format!("members/{name}.yaml"), text);
    }
    let begun = Instant::now();
    room.apply();
    eprintln!("{MEMBERS} certificates in {:.1} s", begun.elapsed().as_secs_f32());
    assert_eq!((pebble.orders(), pebble.certificates()), (MEMBERS, MEMBERS));
    room.run(&["plan", "--detailed-exitcode"]).ends(0);
}

#[test]
fn the_daemon_orders_keeps_appointments_and_survives_a_kill() {
    let room = Room::new("acme-daemon");
    let pebble = Pebble::start(&room, &Options::default());
    // one order in 30 seconds
    room.name_issuer(&pebble, "      limits: {ordersPerAccount: 1/30s}\n");
    for name in ["barzago", "calco"] {
        room.write_certified(name, "");
    }
    let begun = Instant::now();
    let daemon = room.daemon_every(5);
    until("one has its certificate", || pebble.certificates() == 1);
    // kill -9
    drop(daemon);
    room.run(&["plan"]).says("the account may have 1 in");
    let _daemon = room.daemon_every(5);
    until("both have theirs", || pebble.certificates() == 2);
    assert!(begun.elapsed().as_secs() >= 29, "the second one waited for its appointment");
    room.trust(&pebble);
    for name in ["barzago", "calco"] {
        room.will_serve(name, &title(name));
    }
    assert_eq!(pebble.orders(), 2);
}
