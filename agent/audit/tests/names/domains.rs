//! Domains: zones, name servers, signatures, CAA, IPv6.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use campanile_audit::chain::Roots;
use campanile_audit::facts::{Dnssec, Domain};
use campanile_audit::probes::dns;

use crate::world::{Signed, World, Zone};

fn zone(name: &'static str, signed: Signed, records: &str, second: Option<u32>) -> Zone {
    Zone { name, signed, records: records.to_owned(), second, is_second_alone: false }
}

/// The world of these tests, which ends with the last of them.
fn world() -> Arc<World> {
    static SHARED: Mutex<Weak<World>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let world = shared.upgrade().unwrap_or_else(|| Arc::new(made()));
    *shared = Arc::downgrade(&world);
    world
}

fn made() -> World {
    World::new(&[
        zone(
            "secure.test",
            Signed::Yes,
            "@ NS ns1.test.\n@ CAA 0 issue \"authority.test\"\n@ CAA 128 iodef \"mailto:a@secure.test\"\n\
             www A 192.0.2.1\nwww AAAA 2001:db8::1\nold A 192.0.2.1\nalias CNAME www",
            None,
        ),
        zone("plain.test", Signed::No, "@ NS ns1.test.\n@ NS ns2.test.\nwww A 192.0.2.2", Some(7)),
        zone("behind.test", Signed::No, "@ NS ns1.test.\n@ NS ns2.test.", Some(5)),
        zone("changed.test", Signed::Changed, "@ NS ns1.test.\nwww A 192.0.2.3", None),
        // the zone names another name server than its parent does, and one that is not there
        Zone {
            is_second_alone: true,
            ..zone("lame.test", Signed::No, "@ NS ns2.test.\n@ NS ns1.test.\n@ NS nobody.test.", Some(3))
        },
    ])
}

async fn look(world: &World, domain: &str, hosts: &[&str]) -> Domain {
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    dns::look(&world.eyes(Roots::none()), domain, &hosts).await
}

#[tokio::test]
async fn a_signed_zone() {
    let world = world();
    let domain =
        look(&world, "secure.test", &["www.secure.test", "old.secure.test", "alias.secure.test"]).await;
    assert_eq!(domain.zone.known().unwrap(), "secure.test");
    assert_eq!(domain.dnssec.known(), Some(&Dnssec::Secure));
    assert_eq!(domain.delegated_to.known().unwrap(), &["ns1.test"]);
    let servers = domain.name_servers.known().unwrap();
    assert_eq!((servers.len(), servers[0].name.as_str()), (1, "ns1.test"));
    assert_eq!(servers[0].serial.known(), Some(&7));
    assert_eq!(servers[0].recursive.known(), Some(&false));
    assert_eq!(servers[0].addresses, [world.address(1)]);
    assert_eq!(domain.hosts_with_ipv6.known().unwrap(), &["www.secure.test", "alias.secure.test"]);
    assert_eq!(domain.hosts_without_ipv6.known().unwrap(), &["old.secure.test"]);
}

#[tokio::test]
async fn caa_is_found_by_climbing() {
    let world = world();
    for domain in ["secure.test", "www.secure.test", "a.b.secure.test"] {
        let caa = look(&world, domain, &[]).await.caa.known().unwrap().clone();
        let text: Vec<String> =
            caa.iter().map(|caa| format!("{} {} {} {}", caa.at, caa.flags, caa.tag, caa.value)).collect();
        assert_eq!(
            text,
            ["secure.test 0 issue authority.test", "secure.test 128 iodef mailto:a@secure.test"]
        );
    }
    assert_eq!(look(&world, "www.plain.test", &[]).await.caa.known().map(Vec::len), Some(0));
}

#[tokio::test]
async fn two_name_servers_one_of_which_answers_everybody() {
    let world = world();
    for (name, second) in [("plain.test", 7), ("behind.test", 5)] {
        let domain = look(&world, name, &[]).await;
        assert_eq!(domain.dnssec.known(), Some(&Dnssec::Insecure));
        let servers = domain.name_servers.known().unwrap();
        let said: Vec<_> =
            servers.iter().map(|server| (server.serial.known(), server.recursive.known())).collect();
        assert_eq!(said, [(Some(&7), Some(&false)), (Some(&second), Some(&true))], "{servers:?}");
        assert_eq!(domain.delegated_to.known().unwrap(), &["ns1.test", "ns2.test"]);
    }
}

#[tokio::test]
async fn a_zone_that_was_changed_after_it_was_signed() {
    let world = world();
    let domain = look(&world, "changed.test", &[]).await;
    assert_eq!(domain.dnssec.known(), Some(&Dnssec::Bogus), "{domain:?}");
}

#[tokio::test]
async fn a_zone_whose_parent_says_something_else() {
    let world = world();
    let domain = look(&world, "lame.test", &[]).await;
    assert_eq!(domain.delegated_to.known().unwrap(), &["ns2.test"]);
    let servers = domain.name_servers.known().unwrap();
    let names: Vec<&str> = servers.iter().map(|server| server.name.as_str()).collect();
    assert_eq!(names, ["nobody.test", "ns1.test", "ns2.test"]);
    assert_eq!(servers[0].serial.why_unknown(), Some("it has no address"));
    assert_eq!(servers[1].serial.why_unknown(), Some("it does not serve the zone"));
    assert_eq!(servers[2].serial.known(), Some(&3));
}

#[tokio::test]
async fn a_host_below_a_zone_and_a_name_that_does_not_exist() {
    let world = world();
    assert_eq!(look(&world, "www.secure.test", &[]).await.zone.known().unwrap(), "secure.test");
    let gone = look(&world, "gone.secure.test", &["gone.secure.test"]).await;
    assert_eq!(gone.zone.known().unwrap(), "secure.test");
    assert_eq!(gone.hosts_without_ipv6.known().unwrap(), &["gone.secure.test"]);
}

#[tokio::test]
async fn a_resolver_that_does_not_validate_says_nothing_of_signatures() {
    let world = world();
    let domain = dns::look(&world.eyes_with(4, Roots::none()), "secure.test", &[]).await;
    assert_eq!(domain.dnssec.why_unknown(), Some("the resolver does not validate signatures"));
}

#[tokio::test]
async fn silence_is_no_answer() {
    let world = world();
    let domain =
        dns::look(&world.eyes_with(9, Roots::none()), "secure.test", &["www.secure.test".to_owned()]).await;
    for why in [
        domain.zone.why_unknown(),
        domain.name_servers.why_unknown(),
        domain.dnssec.why_unknown(),
        domain.caa.why_unknown(),
        domain.hosts_with_ipv6.why_unknown(),
        domain.hosts_without_ipv6.why_unknown(),
    ] {
        assert!(why.is_some(), "{domain:?}");
    }
}
