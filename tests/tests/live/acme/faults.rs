//! Issuers that do not answer, refuse, or cannot see whose the names are: nothing is ordered twice, and it is said what to do.

use crate::room::{Room, title};
use crate::servers::pebble::{Options, Pebble};

fn only(environment: &'static [(&'static str, &'static str)]) -> Options<'static> {
    Options { environment, ..Options::default() }
}

#[test]
fn a_directory_that_is_down_costs_nothing_and_comes_back() {
    let room = Room::new("acme-down");
    let mut pebble = Pebble::start(&room, &only(&[]));
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    pebble.end();
    room.run(&["apply"]).ends(1).says("does not answer").says("/dir");
    pebble.begin();
    room.apply();
    room.trust(&pebble);
    room.serves("barzago", &title("barzago"));
    assert_eq!(pebble.orders(), 1);
    // one that is there is served on while nobody answers
    pebble.end();
    room.run(&["apply"]).ends(0);
    room.serves("barzago", &title("barzago"));
}

#[test]
fn half_of_all_numbers_refused() {
    let room = Room::new("acme-nonces");
    let pebble = Pebble::start(&room, &only(&[("PEBBLE_WFE_NONCEREJECT", "50")]));
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    for _ in 0..3 {
        if room.run(&["apply"]).code == Some(0) {
            break;
        }
    }
    room.apply();
    assert_eq!(pebble.orders(), 1);
}

#[test]
fn names_that_the_issuer_cannot_see_are_given_up_once() {
    let room = Room::new("acme-unseen");
    // it looks where nobody listens
    let pebble = Pebble::start(&room, &Options { configuration: &[("httpPort", "1")], ..Options::default() });
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    room.run(&["apply"]).says("www.comune.barzago.test").says("refused");
    assert_eq!(pebble.orders(), 1);
    room.run(&["apply"]).says("the next order comes after");
    assert_eq!(pebble.orders(), 1, "not before its time");
    let [status, _, message] = room.condition("barzago", "CertificateReady");
    assert!(status == "False" && message.contains("mend that"), "{message}");
}

#[test]
fn a_name_that_the_issuer_will_not_have() {
    let room = Room::new("acme-blocked");
    let blocked = [("domainBlocklist", "[\"comune.barzago.test\"]")];
    let pebble = Pebble::start(&room, &Options { configuration: &blocked, ..Options::default() });
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    room.write_certified("calco", "");
    room.run(&["apply"]).ends(1).says("rejectedIdentifier");
    assert_eq!(pebble.orders(), 1, "calco's");
    room.run(&["apply"]).says("the next order comes after");
    room.trust(&pebble);
    room.serves("calco", &title("calco"));
}

#[test]
fn nothing_is_ordered_while_port_80_is_somebody_elses() {
    let room = Room::new("acme-port");
    let pebble = Pebble::start(&room, &only(&[]));
    let _other = std::net::TcpListener::bind(("127.0.0.1", room.http)).unwrap();
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    room.run(&["apply", "--timeout", "60"]).ends(1);
    assert_eq!(pebble.orders(), 0);
}

#[test]
fn an_issuer_that_takes_and_says_nothing_holds_up_nobody_else() {
    let room = Room::with_members("acme-silent", &["lecco"]);
    let pebble = Pebble::start(&room, &only(&[]));
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    pebble.signal("STOP");
    room.run(&["apply"]).ends(1).says("no answer within 30 seconds");
    room.serves("lecco", &title("lecco"));
    pebble.signal("CONT");
    room.apply();
    assert_eq!(pebble.orders(), 1);
}

#[test]
fn an_issuer_that_has_forgotten_us() {
    let room = Room::new("acme-forgot");
    let mut pebble = Pebble::start(&room, &only(&[]));
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    room.apply();
    pebble.end();
    pebble.begin();
    room.write_certified("calco", "");
    let run = room.run(&["apply"]).ends(1);
    let account = room.path("state/acme/accounts").canonicalize().unwrap();
    let account = std::fs::read_dir(account).unwrap().next().unwrap().unwrap().path();
    assert!(run.output.contains("account") || run.errors.contains("account"), "{run:?}");
    std::fs::rename(&account, room.path("old-account.json")).unwrap();
    let _ = std::fs::remove_dir_all(room.path("state/acme/refusals"));
    room.apply();
    room.trust(&pebble);
    room.serves("calco", &title("calco"));
}

#[test]
fn a_clock_that_is_wrong_by_days() {
    let room = Room::new("acme-clock");
    let pebble = Pebble::start(&room, &only(&[]));
    room.name_issuer(&pebble, "");
    room.write_certified("barzago", "");
    let mut apply = std::process::Command::new("faketime");
    let command = room.command(&["apply"]);
    apply.args(["-f", "-2d"]).arg(command.get_program()).args(command.get_args());
    apply.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let run: crate::room::Run = apply
        .output()
        .expect("this test needs the program faketime: install Debian's package faketime")
        .into();
    run.ends(1).says("certificate not valid yet");
    assert_eq!(pebble.orders(), 0);
    room.apply();
}
