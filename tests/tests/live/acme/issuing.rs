//! From nothing to a certificate in force.

use crate::room::{Room, title};
use crate::servers::pebble::{Options, Pebble};

#[test]
fn a_member_gets_its_certificate_through_the_ingress() {
    let room = Room::new("acme-issue");
    let pebble = Pebble::start(&room, &Options::default());
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    room.apply();
    room.trust(&pebble);
    room.serves("barzago", &title("barzago"));
    assert_eq!(pebble.orders(), 1);
    assert_eq!(room.condition("barzago", "CertificateServed")[0], "True");
    assert_eq!(room.condition("barzago", "CertificateReady")[0], "True");
    room.run(&["plan", "--detailed-exitcode"]).ends(0);
    room.apply();
    assert_eq!(pebble.orders(), 1, "a second apply orders nothing");
}
