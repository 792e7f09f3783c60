//! The state folder on a real disk.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::{PermissionsExt, symlink};

use campanile_plan::document::values::{MemberName, SecretName};
use campanile_plan::domain::Owner;
use campanile_plan::fleet::Accepted;

use super::*;

mod certificates;

fn state() -> (tempfile::TempDir, State) {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(&folder.path().join("state")).unwrap();
    (folder, state)
}

fn member(name: &str) -> MemberName {
    name.parse().unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn reasons(left_out: &[LeftOut]) -> Vec<String> {
    let line = |LeftOut { path, reason }: &LeftOut| {
        format!("{}: {reason}", path.file_name().unwrap().to_string_lossy())
    };
    left_out.iter().map(line).collect()
}

#[test]
fn the_folder_is_for_its_user_alone() {
    let (_folder, state) = state();
    assert_eq!(mode(state.folder()), 0o700);
}

#[test]
fn records_of_orders_are_noted_and_forgotten_one_by_one() {
    let (_folder, state) = state();
    let calco = member("calco");
    let zone = "comune.calco.test".parse().unwrap();
    let records = |values: &[&str]| {
        let values: BTreeSet<String> = values.iter().map(|value| (*value).to_owned()).collect();
        BTreeMap::from([(Owner::under("_acme-challenge", &zone), values)])
    };
    let noted = || {
        let noted = state.proofs().unwrap().records.remove(&calco).unwrap_or_default();
        noted.into_iter().map(|proof| format!("{} {}", proof.owner, proof.value)).collect::<Vec<_>>()
    };
    state.note_proofs(&calco, &zone, &records(&["one"])).unwrap();
    state.note_proofs(&calco, &zone, &records(&["two", "one"])).unwrap();
    let owner = "_acme-challenge.comune.calco.test";
    assert_eq!(noted(), [format!("{owner} one"), format!("{owner} two")]);
    let path = state.folder().join("acme/proofs/calco.json");
    assert_eq!(mode(&path), 0o600);
    state.forget_proofs(&calco, &zone, &records(&["one"])).unwrap();
    assert_eq!(noted(), [format!("{owner} two")]);
    for _ in 0..2 {
        state.forget_proofs(&calco, &zone, &records(&["one", "two"])).unwrap();
    }
    assert!(!path.exists());
    std::fs::write(&path, "[{").unwrap();
    assert_eq!(state.proofs().unwrap().left_out.len(), 1);
    state.note_proofs(&calco, &zone, &records(&["one"])).unwrap_err();
}

#[test]
fn the_lock_names_its_holder() {
    let (_folder, state) = state();
    let lock = state.lock().unwrap();
    let error = state.lock().unwrap_err().to_string();
    let holder = format!("process {}, since ", std::process::id());
    assert!(error.contains(&holder), "{error}");
    assert!(error.ends_with("name another folder with --state"), "{error}");
    drop(lock);
    state.lock().unwrap();
}

#[test]
fn a_killed_holder_holds_nothing() {
    let (_folder, state) = state();
    drop(state.lock().unwrap());
    let mut holder = std::process::Command::new("flock")
        .arg("--no-fork")
        .arg(state.folder().join("lock"))
        .args(["sleep", "1000"])
        .spawn()
        .expect("this test needs the program flock: install Debian's package util-linux");
    while state.lock().is_ok() {
        std::thread::yield_now();
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
    state.lock().unwrap();
}

#[test]
fn the_lock_clears_away_what_a_killed_holder_left() {
    let (_folder, state) = state();
    state.accept(&member("barzago"), "a").unwrap();
    let left = state.folder().join("accepted/.x1.unfinished");
    std::fs::write(&left, "half").unwrap();
    state.lock().unwrap();
    assert!(!left.exists());
    assert_eq!(state.accepted_members().unwrap(), BTreeSet::from([member("barzago")]));
}

#[test]
fn a_file_is_written_with_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for (text, bits) in [("one", 0o644), ("two", 0o600)] {
        write_atomically(&path, text.as_bytes(), bits).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        assert_eq!(mode(&path), bits);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn accepted_documents() {
    let (_folder, state) = state();
    let barzago = member("barzago");
    assert_eq!(state.accepted().unwrap(), AcceptedThere::default());
    assert!(state.accept(&barzago, "one").unwrap());
    assert!(!state.accept(&barzago, "one").unwrap());
    assert!(state.accept(&barzago, "two").unwrap());
    assert_eq!(state.accepted().unwrap().documents.members[&barzago], "two");
    // a member can have the name, and the platform's document is another one all the same
    state.accept(&member("platform"), "a member").unwrap();
    assert_eq!(state.accepted().unwrap().documents.platform, None);
    assert!(state.accept_platform("the platform").unwrap());
    assert!(!state.accept_platform("the platform").unwrap());
    let Accepted { platform, members } = state.accepted().unwrap().documents;
    assert_eq!(platform.as_deref(), Some("the platform"));
    assert_eq!(members[&member("platform")], "a member");
    state.forget(&member("platform")).unwrap();
    state.forget(&barzago).unwrap();
    state.forget(&barzago).unwrap();
    assert!(state.accepted_members().unwrap().is_empty());
}

#[test]
fn an_accepted_document_that_cannot_be_read_concerns_its_member_alone() {
    let (_folder, state) = state();
    for name in ["barzago", "calco", "dervio"] {
        state.accept(&member(name), "one").unwrap();
    }
    let path = |name: &str| state.folder().join("accepted").join(name);
    std::fs::write(path("barzago.yaml"), b"\xff").unwrap();
    std::fs::remove_file(path("dervio.yaml")).unwrap();
    std::fs::create_dir(path("dervio.yaml")).unwrap();
    let accepted = state.accepted().unwrap();
    assert_eq!(accepted.documents.members, BTreeMap::from([(member("calco"), "one".to_owned())]));
    assert_eq!(
        reasons(&accepted.left_out),
        [
            "barzago.yaml: stream did not contain valid UTF-8; restore it from a backup, or remove it",
            "dervio.yaml: Is a directory (os error 21); restore it from a backup, or remove it",
        ]
    );
    assert!(state.accept(&member("barzago"), "two").unwrap(), "today's valid document mends it");
}

#[test]
fn the_record_of_the_fleet_reads_back() {
    let (_folder, state) = state();
    assert_eq!(state.fleet_record().unwrap(), None);
    let record = FleetRecord {
        source: "/srv/fleet#main".to_owned(),
        commit: Some("0".repeat(40)),
        at: "2025-11-21T10:00:00Z".parse().unwrap(),
    };
    state.record_fleet(&record).unwrap();
    assert_eq!(state.fleet_record().unwrap(), Some(record));
    std::fs::write(state.folder().join("fleet.json"), "{").unwrap();
    assert!(matches!(state.fleet_record(), Err(StateError::Damaged { .. })));
}

#[test]
fn secrets_are_known_by_keyed_fingerprints() {
    let (_folder, state) = state();
    let secret: SecretName = "database-password".parse().unwrap();
    assert_eq!(state.observe_secrets().unwrap(), ObservedSecrets::default());
    let write = |name: &str, content: &[u8]| {
        let path = state.folder().join("secrets").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    };
    write("barzago/database-password", b"hunter2");
    let shared = write("barzago/shared", b"hunter2");
    std::fs::set_permissions(shared, std::fs::Permissions::from_mode(0o640)).unwrap();
    write("calco/database-password", b"hunter2");
    write("calco/Wrong_Name", b"hunter2");
    write("calco/large", &vec![0; 70_000]);
    write("stray", b"hunter2");
    symlink("database-password", state.folder().join("secrets/calco/link")).unwrap();
    let observed = state.observe_secrets().unwrap();
    let fingerprint = |name: &str| &observed.fingerprints[&member(name)][&secret];
    assert_eq!(fingerprint("barzago").len(), 16);
    assert_ne!(fingerprint("barzago"), fingerprint("calco"));
    assert_eq!(
        reasons(&observed.left_out),
        [
            "shared: group or others may use it: its mode is 640; chmod 600 it",
            "Wrong_Name: \"Wrong_Name\" is not a name of a secret",
            "large: it is larger than 65536 bytes",
            "link: it is a symbolic link",
            "stray: it is a symbolic link or a file where a folder should be",
        ]
    );
    assert!(!format!("{observed:?}").contains("hunter2"));
    assert_eq!(state.observe_secrets().unwrap(), observed);
    assert_eq!(state.secret(&member("calco"), &secret).unwrap(), b"hunter2");
    assert!(state.secret(&member("barzago"), &"shared".parse().unwrap()).is_err());
    let key = state.folder().join("fingerprint.key");
    assert_eq!(mode(&key), 0o600);
    std::fs::remove_file(key).unwrap();
    assert_ne!(state.observe_secrets().unwrap().fingerprints, observed.fingerprints);
}
