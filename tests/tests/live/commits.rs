//! A fleet in a git repository: what one commit changes, and what a broken one does not.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::docker;
use crate::room::{Room, title};

/// Names and ids of what is not this member's.
fn others(room: &Room, member: &str) -> BTreeMap<String, String> {
    let prefix = format!("{}.{member}.", room.platform);
    room.containers().into_iter().filter(|(name, _)| !name.starts_with(&prefix)).collect()
}

#[test]
fn a_commit_that_edits_one_member_changes_only_that_one_and_loses_no_request() {
    let room = Room::with_members("edit", &["barzago", "calco", "dervio"]);
    room.commit();
    room.apply();
    let (before, old) = (others(&room, "barzago"), room.container("barzago", "site"));

    room.write_member("barzago", "Comune nuovo di Barzago", "");
    room.run(&["plan", "--detailed-exitcode"]).ends(0).says("Nothing to do");
    let commit = room.commit();
    let done = AtomicBool::new(false);
    let asked = std::thread::scope(|scope| {
        let visitor = scope.spawn(|| {
            let mut asked = 0;
            while !done.load(Ordering::Relaxed) {
                let answer = room.get("www.comune.barzago.test", "/");
                assert_eq!(answer.status, 200, "after {asked} answers: {answer:#?}");
                asked += 1;
            }
            asked
        });
        let run = room.run(&["apply"]);
        done.store(true, Ordering::Relaxed);
        run.ends(0);
        visitor.join().unwrap()
    });
    assert!(asked > 10, "only {asked} requests were made meanwhile");

    room.serves("barzago", "Comune nuovo di Barzago");
    assert_eq!(others(&room, "barzago"), before);
    assert_ne!(room.container("barzago", "site"), old, "the old version is gone");
    room.run(&["status"]).ends(0).says(&commit[..12]);
}

#[test]
fn a_broken_document_is_reported_at_its_place_while_another_change_goes_on() {
    let room = Room::with_members("broken", &["barzago", "calco"]);
    room.commit();
    room.apply();

    room.write_member("barzago", "Comune di Barzago", "    prot: 80\n");
    room.write_member("calco", "Comune nuovo di Calco", "");
    room.commit();
    room.run(&["apply"]).ends(1).says("members/barzago.yaml:15:5").says("did you mean port?");
    room.serves("calco", "Comune nuovo di Calco");
    room.serves("barzago", &title("barzago"));
    let [status, reason, message] = room.condition("barzago", "DocumentValid");
    assert_eq!((status.as_str(), reason.as_str()), ("False", "Problems"));
    assert!(message.contains("the last valid document stays in force"), "{message}");

    let name = room.container("barzago", "site");
    docker(&["rm", "--force", &name]);
    room.run(&["apply"]).ends(1);
    assert_eq!(room.container("barzago", "site"), name, "restored from the last valid document");
    room.serves("barzago", &title("barzago"));

    room.write_member("barzago", "Comune riparato di Barzago", "");
    room.commit();
    room.apply();
    room.serves("barzago", "Comune riparato di Barzago");
}

#[test]
fn a_member_that_was_never_valid_takes_nothing_from_the_others() {
    let room = Room::with_members("never", &["calco"]);
    room.write("members/barzago.yaml", "apiVersion: campanile.it/v1alpha1\nkind: Member\nspec: {}\n");
    room.run(&["apply"]).ends(1).says("members/barzago.yaml:1:1");
    room.serves("calco", &title("calco"));
}

#[test]
fn branch_and_folder_of_a_repository_can_be_named() {
    let room = Room::with_members("branch", &["barzago"]);
    room.commit();
    room.git(&["checkout", "--quiet", "-b", "nightly"]);
    std::fs::create_dir(room.path("fleet/cst")).unwrap();
    room.git(&["mv", "platform.yaml", "members", "cst/"]);
    room.commit();
    let source = format!("{}#nightly:cst", room.path("fleet").display());
    room.run(&["apply", "--fleet", &source]).ends(0);
    room.serves("barzago", &title("barzago"));
    room.run(&["plan", "--fleet", &source, "--detailed-exitcode"]).ends(0);
}
