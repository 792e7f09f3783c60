//! What was spent at issuers: read back, kept apart by directory, and taken over from a damaged file.

use std::collections::BTreeSet;

use campanile_plan::certificate::budget::{Failed, Ledger, Spent};
use campanile_plan::document::values::DomainName;

use super::*;
use crate::history::OrderSpent;

const DIRECTORY: &str = "https://acme.test/directory";

fn names(list: &[&str]) -> BTreeSet<DomainName> {
    list.iter().map(|name| name.parse().unwrap()).collect()
}

fn spend(history: &History) -> Ledger {
    let member = "calco".parse().unwrap();
    let names = names(&["www.calco.test", "calco.test"]);
    let order =
        OrderSpent { at: minute(1), directory: DIRECTORY, member: &member, names: &names, exempt: true };
    history.spend_order(&order).unwrap();
    let failed: BTreeSet<DomainName> = ["calco.test".parse().unwrap()].into();
    history.spend_failures(minute(2), DIRECTORY, &member, &failed).unwrap();
    Ledger {
        orders: vec![Spent { at: minute(1), names, exempt: true }],
        failures: vec![Failed { at: minute(2), name: "calco.test".parse().unwrap() }],
    }
}

#[test]
fn what_was_spent_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let history = open(folder.path());
    let spent = spend(&history);
    assert_eq!(history.ledger(DIRECTORY).unwrap(), spent);
    assert_eq!(history.ledger("https://other.test/directory").unwrap(), Ledger::default());
    let read = History::read(folder.path()).unwrap().unwrap();
    assert_eq!(read.ledger(DIRECTORY).unwrap(), spent, "by another process too");
}

#[test]
fn what_was_spent_is_taken_over_from_a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    let history = open(folder.path());
    let spent = spend(&history);
    for number in 0..400 {
        let pass = begin(&history, minute(number));
        step(&history, pass, "calco", minute(number)).unwrap();
    }
    drop(history);
    // an index is damaged, and the tables can still be read
    let path = folder.path().join(crate::history::FILE);
    let connection = rusqlite::Connection::open(&path).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'pass_begun'";
    let page: u32 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    let size: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    drop(connection);
    let mut bytes = std::fs::read(&path).unwrap();
    let start = usize::try_from((page - 1) * size).unwrap();
    bytes[start..start + 64].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let opened = History::open(folder.path()).unwrap();
    assert!(opened.notice.is_some(), "it was damaged");
    assert_eq!(opened.history.ledger(DIRECTORY).unwrap(), spent);
}
