//! Secrets: files for one workload, and nowhere else.

use crate::engine::docker;
use crate::room::{Room, title};

const PASSWORD: &str = "correct-horse-battery";
const MOUNT: &str = "    secrets: [{name: database, file: password}]\n";

#[test]
fn a_secret_is_a_file_in_the_container_and_stands_nowhere_else() {
    let room = Room::with_members("secret", &["calco"]);
    room.write_member("barzago", &title("barzago"), MOUNT);
    room.write_secret("barzago/database", PASSWORD);
    let plan = room.run(&["plan", "--output", "json"]).ends(0);
    let applied = room.run(&["apply", "--output", "json"]).ends(0);
    let status = room.run(&["status", "--output", "json"]).ends(0);

    let name = room.container("barzago", "site");
    assert_eq!(docker(&["exec", &name, "cat", "/run/secrets/password"]), PASSWORD);
    let inspected = docker(&["inspect", &name, &format!("{}.barzago.site.secrets", room.platform)]);
    for text in [&plan.output, &applied.output, &status.output, &status.errors, &inspected] {
        assert!(!text.contains(PASSWORD), "{text}");
    }
    let stranger = room.container("calco", "site");
    assert_eq!(docker(&["exec", &stranger, "sh", "-c", "ls /run/secrets 2>/dev/null || true"]), "");
}

#[test]
fn a_changed_secret_starts_its_workload_anew_and_no_other() {
    let room = Room::with_members("rotated", &["calco"]);
    room.write_member("barzago", &title("barzago"), MOUNT);
    room.write_secret("barzago/database", PASSWORD);
    room.apply();
    let [before, other] = ["barzago", "calco"].map(|member| room.container(member, "site"));
    let id = room.containers()[&other].clone();

    room.write_secret("barzago/database", "another");
    let plan = room.run(&["plan", "--detailed-exitcode"]).ends(2).says("secrets.password");
    assert!(!plan.output.contains("another"));
    room.apply();
    let after = room.container("barzago", "site");
    assert_ne!(after, before);
    assert_eq!(docker(&["exec", &after, "cat", "/run/secrets/password"]), "another");
    room.serves("barzago", &title("barzago"));
    assert_eq!(room.containers()[&other], id);
    room.run(&["plan", "--detailed-exitcode"]).ends(0);
}

#[test]
fn a_missing_secret_blocks_its_member_and_says_where_to_write_it() {
    let room = Room::with_members("missing", &["calco"]);
    room.write_member("barzago", &title("barzago"), MOUNT);
    room.run(&["apply"]).ends(1).says("write it to secrets/barzago/database in the state folder");
    room.serves("calco", &title("calco"));
    let [_, reason, message] = room.condition("barzago", "UpToDate");
    assert!(reason == "Blocked" && message.contains("secret database"), "{reason}: {message}");

    room.write_secret("barzago/database", PASSWORD);
    room.apply();
    room.serves("barzago", &title("barzago"));
}

#[test]
fn a_secret_that_was_lost_leaves_what_runs() {
    let room = Room::new("lost");
    room.write_member("barzago", &title("barzago"), MOUNT);
    room.write_secret("barzago/database", PASSWORD);
    room.apply();
    let before = room.containers();
    std::fs::remove_file(room.path("state/secrets/barzago/database")).unwrap();
    room.run(&["apply"]).ends(1).says("the secret database is not in the folder of secrets");
    assert_eq!(room.containers(), before);
    room.serves("barzago", &title("barzago"));
}
