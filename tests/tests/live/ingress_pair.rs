//! Changes that no visitor notices: a new image of the ingress, a new image of a site, a new ingress that does not work.

use crate::documents::{BASE, INGRESS, with_site};
use crate::engine::{docker, endpoint, try_docker, until};
use crate::load::Load;
use crate::room::{Room, title};
use crate::visitor::answer;

/// Another name for the ingress's image, taken away afterwards.
struct Tag(&'static str);

impl Tag {
    fn new(name: &'static str) -> Self {
        docker(&["tag", INGRESS, name]);
        Self(name)
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        // the container that still has it goes with the room
        let _ = try_docker(&["rmi", "--force", self.0]);
    }
}

/// Declares another image of the ingress.
fn put_behind(room: &Room, image: &str) {
    room.write("platform.yaml", room.platform_at(&endpoint()).replace(INGRESS, image));
}

#[test]
fn a_new_ingress_takes_over_under_load_without_a_failed_request() {
    let migrates = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_migrate_req").unwrap_or_default();
    assert_ne!(
        migrates.trim(),
        "0",
        "this test needs net.ipv4.tcp_migrate_req=1; tests/machine/engine sets it"
    );
    let tag = Tag::new("livetest/ingress:2");
    let room = Room::with_members("pair", &["barzago", "calco"]);
    room.apply();
    let old = room.ingress();

    let load = Load::begin(&room, &["www.comune.barzago.test", "www.comune.calco.test"], 4);
    put_behind(&room, tag.0);
    room.write_member("calco", "Comune rinnovato di Calco", "");
    room.apply().says(&format!("retire ingress {old}"));
    room.write_member("calco", "Comune di nuovo rinnovato di Calco", "");
    room.apply();
    let tally = load.end();
    assert!(tally.failures.is_empty(), "{tally:#?}");
    assert!(tally.answered > 1000, "{tally:?}");

    assert_ne!(room.ingress(), old);
    room.serves("barzago", &title("barzago"));
    room.serves("calco", "Comune di nuovo rinnovato di Calco");
    room.apply().says("Nothing to do");
    let list = "cd /etc/campanile && ls nginx.*.conf loaded.*";
    let notes = docker(&["exec", &room.ingress(), "sh", "-c", list]);
    assert_eq!(notes.lines().count(), 2, "the old one's notes are gone: {notes}");
}

/// A program for `command` that answers with its version, at /slow after five seconds.
const SLOW: &str = "[perl, -MIO::Socket::INET, -e, '$SIG{TERM}=sub{exit};$SIG{CHLD}=\"IGNORE\";\
    $s=IO::Socket::INET->new(LocalPort=>8080,Listen=>9,ReuseAddr=>1)or die;\
    while(1){$c=$s->accept or next;if(fork){close $c;next}$r=<$c>;while(<$c>){last if /^\\r?$/}\
    if($r=~/slow/){open F,\">/tmp/asked\";close F;sleep 5}\
    print $c \"HTTP/1.0 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nversion $ENV{V}\";exit}']";

fn slow(version: u8) -> String {
    let site = format!(
        "    image: {BASE}\n    hosts: [comune.barzago.test]\n    port: 8080\n    user: '65534'\n    \
         environment: {{V: '{version}'}}\n    command: {SLOW}\n"
    );
    with_site("barzago", &site)
}

#[test]
fn an_answer_that_began_before_a_swap_ends_well() {
    let room = Room::new("slow");
    room.write("members/barzago.yaml", slow(1));
    room.apply();
    let old = room.container("barzago", "site");
    let host = "comune.barzago.test";
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| answer(&room.curl(host, &[&room.https(host, "/slow")])));
        until("the site is asked", || try_docker(&["exec", &old, "test", "-e", "/tmp/asked"]).is_ok());
        room.write("members/barzago.yaml", slow(2));
        room.apply().says(&format!("drain container {old}"));
        assert_eq!(room.get(host, "/").body, "version 2");
        let late = asked.join().unwrap();
        assert!(late.as_ref().is_ok_and(|answer| answer.body == "version 1"), "{late:?}");
    });
    assert_ne!(room.container("barzago", "site"), old);
}

#[test]
fn an_ingress_that_ends_at_once_leaves_the_old_one_serving() {
    let room = Room::with_members("gone", &["barzago", "calco"]);
    room.apply();
    let old = room.ingress();
    let site = room.container("calco", "site");

    put_behind(&room, BASE);
    room.write_member("calco", "Comune rinnovato di Calco", "");
    room.run(&["apply"]).ends(1).says("until it stays up");
    room.serves("barzago", &title("barzago"));
    room.serves("calco", "Comune rinnovato di Calco");
    assert_ne!(room.container("calco", "site"), site, "the old version is gone");
    assert!(room.ingresses().contains(&old));

    put_behind(&room, INGRESS);
    room.apply();
    assert_eq!(room.ingress(), old);
    room.serves("calco", "Comune rinnovato di Calco");
}
