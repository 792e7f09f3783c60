//! A site that comes and goes: it is served whenever it is ready, and the ingress changes no oftener than it does.

use crate::documents::{BASE, ECHO, with_site};
use crate::engine::{docker, until};
use crate::room::{Room, title};

/// A site that answers for three seconds, ends, and is started again by the engine.
fn flapping() -> String {
    let site = format!(
        "    image: {BASE}
    command: {}
    hosts: [www.comune.barzago.test, comune.barzago.test]
    port: 8080
",
        ECHO.replace("$SIG{TERM}=sub{exit};", "$SIG{TERM}=$SIG{ALRM}=sub{exit 1};alarm 3;")
    );
    with_site("barzago", &site)
}

/// What it answers: the head of the request.
const ANSWER: &str = "GET / HTTP";

#[test]
fn a_site_that_comes_and_goes_is_served_when_it_is_there_and_reloads_no_storm() {
    let room = Room::with_members("daemon-flap", &["barzago", "calco"]);
    let commit = room.commit();
    let daemon = room.daemon();
    daemon.converges(&commit);
    let activations = || daemon.metric("campanile_steps_total", &["activate_ingress"]);
    let before = activations();
    room.write("members/barzago.yaml", flapping());
    room.commit();
    daemon.webhook();
    room.will_serve("barzago", ANSWER);
    let name = || room.containers().into_keys().filter(|name| name.contains(".barzago.site.")).collect();
    let mut names: Vec<String> = name();
    until("the version before is gone", || {
        names = name();
        names.len() == 1
    });
    let restarts =
        || docker(&["inspect", "--format", "{{.RestartCount}}", &names[0]]).parse::<i64>().unwrap();
    until("it has come and gone", || restarts() >= 3);
    room.will_serve("barzago", ANSWER);
    room.serves("calco", &title("calco"));
    // each time it comes and each time it goes
    let flips = 2 * restarts() + 2;
    assert!(activations() - before <= flips, "{} for {flips}", activations() - before);
    assert_eq!(name(), names, "it is neither doubled nor made anew");

    room.write_member("barzago", "Comune riparato di Barzago", "");
    let commit = room.commit();
    daemon.webhook();
    daemon.converges(&commit);
    room.serves("barzago", "Comune riparato di Barzago");
    room.will_have(3);
}
