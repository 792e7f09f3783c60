//! Secondaries of the DNS image's primary: the image itself, and BIND.

use crate::engine::until;
use crate::servers::{Bind, Knot, Server, ask, free_address, update};

const ZONE: &str = "comune.barzago.test";

/// What a secondary has to do: make the zone, follow each change, go on alone, catch up, and let the zone go.
fn follows(primary: &mut Knot, secondary: &mut dyn Server) {
    let www = format!("www.{ZONE}");
    let address = secondary.address();
    primary.create(ZONE);
    until("the secondary has the zone", || ask(address, ZONE, "SOA").signed);
    let change = |value: &str| format!("add {www} 60 A {value}");
    update(primary.address(), Some(primary.key()), ZONE, &[&change("192.0.2.1")]).unwrap();
    until("the secondary has the record", || ask(address, &www, "A").data() == ["192.0.2.1"]);
    assert_eq!(ask(address, ZONE, "DNSKEY"), ask(primary.address(), ZONE, "DNSKEY"));

    primary.stop();
    assert_eq!(ask(address, &www, "A").data(), ["192.0.2.1"]);
    primary.start();
    secondary.stop();
    update(primary.address(), Some(primary.key()), ZONE, &[&change("192.0.2.2")]).unwrap();
    secondary.start();
    until("the secondary has caught up", || ask(address, &www, "A").data() == ["192.0.2.1", "192.0.2.2"]);
    primary.purge(ZONE);
    until("the secondary has let it go", || ask(address, ZONE, "SOA").status == "REFUSED");
}

#[test]
fn the_image_follows_as_a_secondary() {
    let address = free_address();
    let mut primary = Knot::primary("followed", &[address]);
    let mut secondary = Knot::secondary("follower", address, &primary);
    follows(&mut primary, &mut secondary);
    assert!(secondary.catalog() == primary.catalog() && secondary.transfer_key().file.is_file());
}

#[test]
fn bind_follows_the_catalog() {
    let address = free_address();
    let mut primary = Knot::primary("followed-by-bind", &[address]);
    let mut secondary = Bind::consumer(address, &primary);
    follows(&mut primary, &mut secondary);
}
