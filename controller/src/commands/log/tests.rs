//! The log as it is printed, and the times that people write.

use campanile_plan::fleet::Pin;
use campanile_plan::report::{Condition, MemberReport, Status};
use expect_test::expect;

use super::*;
use crate::history::{Beginning, Ending, StepRecord};

fn at(text: &str) -> Timestamp {
    format!("2026-11-23T{text}Z").parse().unwrap()
}

/// A history of a day: a pass of which the ingress's part failed, changes of calco, a rollback, a pass under way.
fn day() -> (tempfile::TempDir, History) {
    let folder = tempfile::tempdir().unwrap();
    let history = History::open(folder.path()).unwrap().history;
    let calco = "calco".parse().unwrap();
    let commit = Some("1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d");
    let begin = |time, why| history.begin_pass(&Beginning { at: at(time), by: "run", why, commit }).unwrap();
    let pass = begin("14:02:11", "commit");
    let created = StepRecord {
        member: Some(&calco),
        lane: "calco",
        engine: None,
        action: "create",
        object: "container lecco.calco.site.9f8e7d6c",
        because: "the document of site changed",
        at: at("14:02:11"),
        seconds: 0.24,
        error: None,
    };
    history.step(pass, &created).unwrap();
    let engine = "lecco".parse().unwrap();
    let activated = StepRecord {
        member: None,
        lane: "ingress lecco",
        engine: Some(&engine),
        action: "activate",
        error: Some("nginx said\n\u{1b}[31mno\u{1b}[0m"),
        ..created
    };
    history.step(pass, &activated).unwrap();
    let ending = Ending { at: at("14:02:12.8"), result: "failed", failures: 1, held: 2 };
    history.end_pass(pass, &ending).unwrap();
    let condition = Condition {
        kind: "Progressing",
        status: Status::True,
        reason: "NewVersionStarts",
        message: String::new(),
    };
    let mut report = MemberReport { name: calco.clone(), ready: false, conditions: vec![condition] };
    history.note_conditions(at("14:02:13"), commit, std::slice::from_ref(&report)).unwrap();
    report.conditions[0].status = Status::False;
    report.conditions[0].reason = "NewVersionFails";
    report.conditions[0].message = "site: it ends again and again".to_owned();
    history.note_conditions(at("14:02:14"), commit, &[report]).unwrap();
    history.note_conditions(at("14:02:15"), commit, &[]).unwrap();
    let pin = Pin {
        text: String::new(),
        commit: commit.map(str::to_owned),
        replaces: String::new(),
        since: at("14:05:00"),
    };
    history.pin(&calco, &pin).unwrap();
    history.unpin(&calco, "members/calco.yaml changed", at("14:06:00")).unwrap();
    begin("14:07:00", "interval");
    (folder, history)
}

#[test]
fn as_people_read_it() {
    let (_folder, history) = day();
    let everything = Query { member: None, since: None, limit: 100 };
    let entries = history.log(&everything).unwrap();
    expect![[r#"
        2026-11-23 14:02:11Z  pass 1 by run, commit 1a2b3c4d5e6f, because of a commit: 2 steps, failed in 1.8 s, 1 lane failed, 2 removals held
          14:02:11  calco  create container lecco.calco.site.9f8e7d6c: the document of site changed (0.2 s)
          14:02:11  ingress lecco  activate container lecco.calco.site.9f8e7d6c on lecco: the document of site changed (0.2 s); failed: nginx said  [31mno [0m
        2026-11-23 14:02:13Z  calco  Progressing True (NewVersionStarts)
        2026-11-23 14:02:14Z  calco  Progressing True → False (NewVersionFails): site: it ends again and again
        2026-11-23 14:02:15Z  calco  Progressing is reported no more
        2026-11-23 14:05:00Z  calco  rolled back to the document of commit 1a2b3c4d5e6f, until members/calco.yaml changes
        2026-11-23 14:06:00Z  calco  no longer rolled back: members/calco.yaml changed
        2026-11-23 14:07:00Z  pass 2 by run, commit 1a2b3c4d5e6f, because of the interval: 0 steps, under way
    "#]]
    .assert_eq(&text::text(&entries).unwrap());
}

#[test]
fn as_programs_read_it() {
    let (_folder, history) = day();
    let newest = Query { member: Some("calco".parse().unwrap()), since: None, limit: 6 };
    let entries = history.log(&newest).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json(&entries[..2]).unwrap()).unwrap();
    expect![[r#"
        {
          "entries": [
            {
              "at": "2026-11-23T14:02:11Z",
              "by": "run",
              "commit": "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
              "count": 2,
              "end": {
                "at": "2026-11-23T14:02:12.8Z",
                "failures": 1,
                "held": 2,
                "result": "failed",
                "state": "ended"
              },
              "entry": "pass",
              "id": 1,
              "steps": [
                {
                  "action": "create",
                  "at": "2026-11-23T14:02:11Z",
                  "because": "the document of site changed",
                  "engine": null,
                  "error": null,
                  "lane": "calco",
                  "member": "calco",
                  "object": "container lecco.calco.site.9f8e7d6c",
                  "seconds": 0.24
                }
              ],
              "why": "commit"
            },
            {
              "at": "2026-11-23T14:02:13Z",
              "becomes": "True",
              "commit": "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
              "entry": "transition",
              "member": "calco",
              "message": "",
              "reason": "NewVersionStarts",
              "type": "Progressing",
              "was": null
            }
          ]
        }"#]]
    .assert_eq(&format!("{json:#}"));
}

#[test]
fn times_that_people_write() {
    let now = at("14:00:00");
    for (text, expected) in [
        ("2026-11-23", "2026-11-23T00:00:00Z"),
        ("2026-11-23T10:00Z", "2026-11-23T10:00:00Z"),
        ("2026-11-23T10:00:30+01:00", "2026-11-23T09:00:30Z"),
        ("90s", "2026-11-23T13:58:30Z"),
        ("30m", "2026-11-23T13:30:00Z"),
        ("2h", "2026-11-23T12:00:00Z"),
        ("3d", "2026-11-20T14:00:00Z"),
        ("1w", "2026-11-16T14:00:00Z"),
    ] {
        assert_eq!(text.parse::<Since>().unwrap().before(now).to_string(), expected, "{text}");
    }
    for text in ["", "h", "2", "-2h", "2hh", "2 h", "2026-11-31", "yesterday", "2µ"] {
        assert!(text.parse::<Since>().is_err(), "{text}");
    }
    assert_eq!("4294967295w".parse::<Since>().unwrap().before(now), Timestamp::MIN);
}
