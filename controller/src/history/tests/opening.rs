//! Files that are new, old, newer, damaged, and none.

use std::os::unix::fs::PermissionsExt;

use super::super::schema::KNOWN;
use super::*;

/// A history with enough in it to have many pages, closed.
fn full(folder: &Path) {
    let history = open(folder);
    history.pin(&member("calco"), &pin("one", minute(0))).unwrap();
    for number in 0..500 {
        let pass = begin(&history, minute(number));
        step(&history, pass, "calco", minute(number)).unwrap();
    }
}

fn broken(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    names.filter(|name| name.starts_with("history.sqlite.broken-")).collect()
}

#[test]
fn a_new_file_has_all_migrations_and_is_for_its_owner_alone() {
    let (folder, history) = fresh();
    let pragma =
        |name: &str| -> i64 { history.locked().pragma_query_value(None, name, |row| row.get(0)).unwrap() };
    assert_eq!(usize::try_from(pragma("user_version")).unwrap(), KNOWN);
    assert_eq!(pragma("auto_vacuum"), 2, "incremental");
    assert_eq!(pragma("synchronous"), 1, "normal");
    assert_eq!(pragma("foreign_keys"), 1);
    begin(&history, minute(0));
    for ending in ["", "-wal", "-shm"] {
        let path = folder.path().join(format!("{FILE}{ending}"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{ending}");
    }
    drop(history);
    assert_eq!(open(folder.path()).log(&EVERYTHING).unwrap().len(), 1, "opened again");
}

#[test]
fn a_migration_that_was_interrupted_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(folder.path().join(FILE)).unwrap();
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").unwrap();
    let _: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)).unwrap();
    assert!(History::read(folder.path()).unwrap().is_none(), "no tables yet");
    drop(connection);
    begin(&open(folder.path()), minute(0));
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let (folder, history) = fresh();
    history.locked().pragma_update(None, "user_version", 99).unwrap();
    drop(history);
    for error in [History::open(folder.path()).unwrap_err(), History::read(folder.path()).unwrap_err()] {
        assert!(matches!(error, HistoryError::Newer { version: 99, .. }), "{error}");
        assert!(error.to_string().contains("use that campanile"), "{error}");
    }
    assert_eq!(broken(folder.path()), [""; 0]);
}

#[test]
fn nothing_is_made_to_be_read() {
    let folder = tempfile::tempdir().unwrap();
    assert!(History::read(folder.path()).unwrap().is_none());
    assert!(History::read(&folder.path().join("nowhere")).unwrap().is_none());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let history = open(folder.path());
    let reader = History::read(folder.path()).unwrap().unwrap();
    assert!(reader.pin(&member("calco"), &pin("", minute(0))).is_err(), "a reader does not write");
    drop(history);
}

#[test]
fn a_damaged_file_is_set_aside() {
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage, &str); 4] = [
        ("garbage", |bytes| *bytes = b"garbage ".repeat(1000), "any rollback in it has ended"),
        ("cut", |bytes| bytes.truncate(4096 * 5 + 1000), "rollback"),
        ("overwritten", |bytes| bytes[4096 * 8..4096 * 20].fill(0xA5), "rollback"),
        ("header", |bytes| bytes[..16].fill(0), "any rollback in it has ended"),
    ];
    for (name, damage, rollbacks) in damages {
        let folder = tempfile::tempdir().unwrap();
        full(folder.path());
        let path = folder.path().join(FILE);
        let mut bytes = std::fs::read(&path).unwrap();
        damage(&mut bytes);
        std::fs::write(&path, &bytes).unwrap();
        let Opened { history, notice } = History::open(folder.path()).unwrap();
        let notice = notice.unwrap_or_else(|| panic!("{name}: nothing was said"));
        assert!(notice.contains("was damaged") && notice.contains(rollbacks), "{name}: {notice}");
        let aside = broken(folder.path());
        assert_eq!(aside.iter().filter(|name| name.ends_with('Z')).count(), 1, "{name}: {aside:?}");
        assert!(notice.contains(aside.iter().min().unwrap()), "{name}: {notice}");
        assert!(history.log(&EVERYTHING).unwrap().is_empty(), "{name}");
        begin(&history, minute(0));
        drop(history);
        assert_eq!(open(folder.path()).log(&EVERYTHING).unwrap().len(), 1, "{name}");
    }
}

#[test]
fn rollbacks_are_taken_over_from_a_damaged_file_where_they_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    full(folder.path());
    let path = folder.path().join(FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 4096 * 4;
    bytes[last..].fill(0xA5);
    std::fs::write(&path, &bytes).unwrap();
    let error = History::read(folder.path()).unwrap().unwrap().log(&EVERYTHING).unwrap_err();
    assert!(error.is_damage(), "{error:?}");
    let Opened { history, notice } = History::open(folder.path()).unwrap();
    assert!(notice.unwrap().contains("taken over from it: 1 rollbacks"));
    assert_eq!(history.pins().unwrap()[&member("calco")], pin("one", minute(0)));
}

#[test]
fn an_empty_file_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    std::fs::write(&path, "").unwrap();
    assert!(History::read(folder.path()).unwrap().is_none());
    let opened = History::open(folder.path()).unwrap();
    assert!(opened.notice.unwrap().contains("was empty"));
    begin(&opened.history, minute(0));
    // its log still has everything: what the file alone has lost may be saved by a person
    std::fs::write(&path, "").unwrap();
    let opened = History::open(folder.path()).unwrap();
    assert!(opened.notice.unwrap().contains("it is empty, but its log is not"));
    assert!(broken(folder.path()).iter().any(|name| name.ends_with("-wal")));
}

#[test]
fn two_damages_within_a_second_have_two_names() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        std::fs::write(folder.path().join(FILE), "garbage".repeat(1000)).unwrap();
        History::open(folder.path()).unwrap().notice.unwrap();
    }
    assert_eq!(broken(folder.path()).iter().filter(|name| !name.contains('-')).count(), 0);
    assert_eq!(broken(folder.path()).iter().filter(|name| !name.ends_with('m')).count(), 3);
}
