//! What is kept comes back, in bounds, and survives what happens to files.

use campanile_audit::Answer;
use campanile_audit::Text;
use campanile_audit::facts::{Endpoint, Facts, Site, Web};
use campanile_audit::grades::{Grade, Scheme};
use campanile_audit::report::{Body, Change, ChangeKind, Changes, Run};
use campanile_audit::rules::OldVersions;
use jiff::{SignedDuration, Timestamp};

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A body with one site at an address, of a class.
pub fn body(subject: &str, address: &str, class: &str) -> Body {
    let endpoint =
        Endpoint { address: address.parse().unwrap(), https: Answer::unknown("not asked"), tls: None };
    let site = Site {
        host: format!("www.{subject}.test"),
        port: 443,
        shared_by: 1,
        endpoints: Answer::Known(vec![endpoint]),
        other_name: Answer::unknown("not asked"),
        web: Web::default(),
        cms: Answer::Known(None),
    };
    let facts = Facts {
        subject: subject.to_owned(),
        title: format!("Comune di {subject}"),
        at: at("2026-11-25T02:31:00Z"),
        sites: vec![site],
        domain: None,
        mail: None,
    };
    let grade = Grade {
        scheme: Scheme::CertAgid,
        version: "2022".to_owned(),
        object: subject.to_owned(),
        worst: class.to_owned(),
        best: class.to_owned(),
        points: None,
        reasons: Vec::new(),
    };
    Body { facts, findings: Vec::new(), grades: vec![grade] }
}

pub fn about(begun: Timestamp) -> Run {
    Run {
        begun,
        ended: begun + SignedDuration::from_mins(2),
        program: "1.2.3".to_owned(),
        profile: "agid-2020".to_owned(),
        old_versions: OldVersions::Misconfigured,
        roots: "none".to_owned(),
        cms_versions: jiff::civil::date(2026, 11, 1),
        connections: 7,
    }
}

/// A run of a scope with these bodies, ended.
fn ended(store: &Store, scope: &str, begun: &str, bodies: &[Body]) -> RunId {
    let run = store.begin(scope, at(begun)).unwrap();
    for body in bodies {
        store.put(run, body, at(begun)).unwrap();
    }
    store.end(run, &about(at(begun)), None).unwrap();
    run
}

fn bodies(store: &Store, run: RunId) -> Vec<Body> {
    let mut bodies = Vec::new();
    let taken = store.each_body(run, |body| {
        bodies.push(body);
        Ok::<_, StoreError>(())
    });
    taken.unwrap();
    bodies
}

#[test]
fn what_was_written_is_read_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let calco = body("calco", "192.0.2.1:443", "sicuro");
    let changes = Changes {
        since: at("2026-11-24T02:30:00Z"),
        changes: vec![Change {
            kind: ChangeKind::Better,
            subject: "calco".to_owned(),
            object: "calco".to_owned(),
            rule: None,
            text: Text::new("meglio", "better"),
        }],
    };
    let run = {
        let store = Store::open(folder.path()).unwrap().store;
        let run = store.begin("fleet", at("2026-11-25T02:30:00Z")).unwrap();
        store.put(run, &calco, at("2026-11-20T02:30:00Z")).unwrap();
        store.end(run, &about(at("2026-11-25T02:30:00Z")), Some(&changes)).unwrap();
        run
    };
    let store = Store::read(folder.path()).unwrap().unwrap();
    assert_eq!(store.body(run, "calco").unwrap(), Some((calco.clone(), at("2026-11-20T02:30:00Z"))));
    assert_eq!(bodies(&store, run), [calco]);
    assert_eq!(store.changes(run).unwrap(), Some(changes));
    let row = store.last("fleet", None).unwrap().unwrap();
    assert_eq!((row.id, row.bodies, row.is_whole), (run, 1, true));
    assert_eq!(row.about, Some(about(row.begun)));
    assert_eq!(store.last("fleet", Some(run)).unwrap(), None);
    assert_eq!(store.last("list", None).unwrap(), None);
}

#[test]
fn bodies_at_one_address_are_counted() {
    let store = Store::temporary().unwrap();
    let three = [
        body("calco", "192.0.2.1:443", "sicuro"),
        body("dorio", "192.0.2.1:443", "sicuro"),
        body("erve", "192.0.2.2:443", "mal configurato"),
    ];
    let run = ended(&store, "list", "2026-11-25T02:30:00Z", &three);
    let shared: Vec<u32> = bodies(&store, run).iter().map(|body| body.facts.sites[0].shared_by).collect();
    assert_eq!(shared, [2, 2, 1]);
    assert_eq!(
        store.classes(run).unwrap(),
        [("mal configurato".to_owned(), 1), ("sicuro".to_owned(), 2)].into()
    );
    let mut found = Vec::new();
    store.each_summary(run, |subject, _, summary| found.push((subject, summary.class))).unwrap();
    assert!(found.contains(&("erve".to_owned(), "mal configurato".to_owned())), "{found:?}");
}

#[test]
fn a_run_that_was_broken_off_is_gone_on_with_for_a_while() {
    let store = Store::temporary().unwrap();
    let run = store.begin("fleet", at("2026-11-25T02:30:00Z")).unwrap();
    store.put(run, &body("calco", "192.0.2.1:443", "sicuro"), at("2026-11-25T02:30:00Z")).unwrap();
    let unfinished = |since| store.unfinished("fleet", at(since)).unwrap().map(|row| row.id);
    assert_eq!(unfinished("2026-11-24T22:00:00Z"), Some(run));
    assert_eq!(unfinished("2026-11-25T10:00:00Z"), None);
    assert_eq!(store.looked_at(run).unwrap(), ["calco".to_owned()].into());
    store.end(run, &about(at("2026-11-25T02:30:00Z")), None).unwrap();
    assert_eq!(unfinished("2026-11-24T22:00:00Z"), None);
}

#[test]
fn facts_go_before_summaries_and_the_newest_run_never() {
    let store = Store::temporary().unwrap();
    let calco = || [body("calco", "192.0.2.1:443", "sicuro")];
    let days = ["2025-01-01", "2026-11-22", "2026-11-23", "2026-11-24"];
    let runs = days.map(|day| ended(&store, "fleet", &format!("{day}T02:30:00Z"), &calco()));
    let other = ended(&store, "list", "2024-01-01T00:00:00Z", &calco());
    let broken = store.begin("fleet", at("2026-11-24T12:00:00Z")).unwrap();
    let bounds = Bounds { whole: 2, days: 400, bytes: 1 << 30 };
    store.prune(at("2026-11-25T00:00:00Z"), &bounds).unwrap();
    let left: Vec<(RunId, bool)> =
        store.runs(Some("fleet"), 10).unwrap().into_iter().map(|row| (row.id, row.is_whole)).collect();
    assert_eq!(left, [(runs[3], true), (runs[2], true), (runs[1], false)]);
    assert!(store.body(runs[1], "calco").unwrap().is_none());
    let mut kept = 0;
    store.each_summary(runs[1], |_, _, _| kept += 1).unwrap();
    assert_eq!(kept, 1);
    assert!(store.run(other).unwrap().is_some(), "the newest of its scope");
    assert!(store.run(broken).unwrap().is_some(), "it may be gone on with");

    store.prune(at("2026-11-25T00:00:00Z"), &Bounds { bytes: 1, ..bounds }).unwrap();
    let left: Vec<RunId> = store.runs(None, 10).unwrap().into_iter().map(|row| row.id).collect();
    assert!(left.contains(&other) && !left.contains(&runs[1]), "{left:?}");
}

#[test]
fn what_is_known_outlives_its_run_until_it_is_no_longer_asked_for() {
    let store = Store::temporary().unwrap();
    let calco = body("calco", "192.0.2.1:443", "sicuro");
    store.settle("fleet", "calco", Some(&calco)).unwrap();
    assert_eq!(store.settled("fleet", "calco").unwrap(), Some(calco));
    assert_eq!(store.settled("list", "calco").unwrap(), None);
    assert_eq!(store.known("fleet").unwrap(), ["calco".to_owned()].into());
    store.settle("fleet", "calco", None).unwrap();
    assert_eq!(store.known("fleet").unwrap(), [].into());
}

#[test]
fn a_damaged_file_is_set_aside_and_one_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    std::fs::write(&path, vec![7_u8; 8192]).unwrap();
    assert!(Store::read(folder.path()).is_err());
    let Opened { store, notice } = Store::open(folder.path()).unwrap();
    assert!(notice.unwrap().contains(".broken-"));
    ended(&store, "fleet", "2026-11-25T02:30:00Z", &[]);
    drop(store);

    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Store::open(folder.path()), Err(StoreError::Newer { version: 99, .. })));
    assert!(matches!(Store::read(folder.path()), Err(StoreError::Newer { version: 99, .. })));
}

#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let _store = Store::open(folder.path()).unwrap();
    let mode = std::fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
