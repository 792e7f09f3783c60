//! unbound as the validating look-up of tests.

use crate::engine::until;
use crate::servers::{Bind, Knot, Server, Unbound, ask, update};

const ZONE: &str = "comune.erve.test";
const WWW: &str = "www.comune.erve.test";

#[test]
fn a_signed_zone_is_validated_and_a_wrong_anchor_is_not() {
    let primary = Knot::primary("validated", &[]);
    primary.create(ZONE);
    update(primary.address(), Some(primary.key()), ZONE, &[&format!("add {WWW} 60 A 192.0.2.1")]).unwrap();
    let right = primary.delegation_signer(ZONE);
    let other = if right.ends_with('0') { "1" } else { "0" };
    let wrong = format!("{}{other}", &right[..right.len() - 1]);

    let resolver = Unbound::new(&[right], &[(ZONE, primary.address())]);
    let answer = ask(resolver.address(), WWW, "A");
    assert_eq!((answer.status.as_str(), answer.validated), ("NOERROR", true), "{answer:?}");
    let answer = ask(resolver.address(), &format!("nobody.{ZONE}"), "A");
    assert_eq!((answer.status.as_str(), answer.validated), ("NXDOMAIN", true), "{answer:?}");
    assert_eq!(ask(resolver.address(), "www.example.org", "A").status, "REFUSED");

    let resolver = Unbound::new(&[wrong], &[(ZONE, primary.address())]);
    assert_eq!(ask(resolver.address(), WWW, "A").status, "SERVFAIL");
    assert!(resolver.log().contains("validation failure"), "{}", resolver.log());

    let mut resolver = Unbound::new(&[], &[(ZONE, primary.address())]);
    let answer = ask(resolver.address(), WWW, "A");
    assert_eq!((answer.status.as_str(), answer.validated), ("NOERROR", false), "{answer:?}");
    resolver.freeze();
    assert_eq!(ask(resolver.address(), WWW, "A").status, "no answer");
    resolver.thaw();
    until("it answers again", || ask(resolver.address(), WWW, "A").status == "NOERROR");
    resolver.stop();
    resolver.start();
    assert_eq!(ask(resolver.address(), WWW, "A").status, "NOERROR");
}

/// A parent that signs a delegation, on one server, and the zone below on another.
#[test]
fn a_delegation_is_validated_through_its_parent() {
    let child = Knot::primary("delegated", &[]);
    child.create("comune.lecco.test");
    let signer = child.delegation_signer("comune.lecco.test").replace("comune.lecco.test.", "comune");
    let delegation = format!("comune NS ns1.dns.test.\n{signer}");
    let parent = Bind::primary(&[("lecco.test", &delegation)]);
    let servers = [("lecco.test", parent.address()), ("comune.lecco.test", child.address())];
    let resolver = Unbound::new(&[parent.zone_key("lecco.test")], &servers);
    let answer = ask(resolver.address(), "comune.lecco.test", "SOA");
    assert_eq!((answer.status.as_str(), answer.validated), ("NOERROR", true), "{answer:?}");
}
