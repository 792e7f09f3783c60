//! What is noted reads back: conditions, documents, pins, and all of it in order.

use super::*;

#[test]
fn the_time_of_a_condition_moves_with_its_status_alone() {
    let (_folder, history) = fresh();
    let (yes, no) = (Status::True, Status::False);
    for (now, commit, status, message, since, changes) in [
        (1, "a", yes, "", 1, vec![(None, Some(yes))]),
        (2, "a", yes, "slowly", 1, vec![]),
        (3, "b", no, "502", 3, vec![(Some(yes), Some(no))]),
        (4, "b", no, "502", 3, vec![]),
    ] {
        let reports = [report("calco", &[("SiteServed", status, message)])];
        let transitions = history.note_conditions(minute(now), Some(commit), &reports).unwrap();
        let told: Vec<_> = transitions.iter().map(|told| (told.was, told.becomes)).collect();
        assert_eq!(told, changes, "minute {now}");
        let noted = Noted {
            status,
            reason: "Reason".to_owned(),
            message: message.to_owned(),
            observed_commit: Some(commit.to_owned()),
            last_transition_time: minute(since),
        };
        assert_eq!(history.conditions().unwrap()["calco"]["SiteServed"], noted, "minute {now}");
    }
    let transitions = history.note_conditions(minute(5), None, &[]).unwrap();
    assert_eq!((transitions[0].was, transitions[0].becomes), (Some(no), None));
    assert!(history.conditions().unwrap().is_empty());
    assert_eq!(history.log(&EVERYTHING).unwrap().len(), 3);
}

#[test]
fn conditions_that_are_as_they_were_write_nothing() {
    let (_folder, history) = fresh();
    let reports = [report("calco", &[("SiteServed", Status::True, ""), ("Progressing", Status::False, "")])];
    history.note_conditions(minute(1), Some("a"), &reports).unwrap();
    let written = history.locked().total_changes();
    history.note_conditions(minute(2), Some("a"), &reports).unwrap();
    assert_eq!(history.locked().total_changes(), written);
    history.note_conditions(minute(2), Some("b"), &reports).unwrap();
    assert_eq!(history.locked().total_changes(), written + 1, "the commit");
    let one = [report("calco", &[("SiteServed", Status::True, "")])];
    let gone = history.note_conditions(minute(3), Some("b"), &one).unwrap();
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].kind, "Progressing");
}

#[test]
fn ten_documents_that_worked_are_kept() {
    let (_folder, history) = fresh();
    let calco = member("calco");
    assert!(history.good(&calco).unwrap().is_empty());
    for number in 0..12 {
        let text = number.to_string();
        assert!(history.note_good(&calco, &text, Some("a"), minute(number)).unwrap());
        assert!(!history.note_good(&calco, &text, Some("b"), minute(number)).unwrap(), "it is the newest");
    }
    history.note_good(&member("lecco"), "other", None, minute(0)).unwrap();
    let good = history.good(&calco).unwrap();
    assert_eq!(good[0], Good { text: "11".to_owned(), commit: Some("a".to_owned()), at: minute(11) });
    let texts: Vec<&str> = good.iter().map(|good| good.text.as_str()).collect();
    assert_eq!(texts, ["11", "10", "9", "8", "7", "6", "5", "4", "3", "2"]);
    assert!(history.note_good(&calco, "9", None, minute(20)).unwrap(), "an earlier one again");
    assert_eq!(history.good(&calco).unwrap()[0].text, "9");
}

#[test]
fn a_pin_stays_until_it_is_ended() {
    let (folder, history) = fresh();
    let calco = member("calco");
    assert!(!history.unpin(&calco, "", minute(0)).unwrap());
    history.pin(&calco, &pin("one", minute(1))).unwrap();
    history.pin(&calco, &pin("two", minute(2))).unwrap();
    let reader = History::read(folder.path()).unwrap().unwrap();
    let pins = reader.pins().unwrap();
    assert_eq!(pins.into_iter().collect::<Vec<_>>(), [(calco.clone(), pin("two", minute(2)))]);
    assert!(history.unpin(&calco, "its document changed", minute(3)).unwrap());
    assert!(reader.pins().unwrap().is_empty());
    let log = history.log(&EVERYTHING).unwrap();
    let told: Vec<_> = log
        .iter()
        .map(|entry| match entry {
            Entry::Pin(Pinned { pinned, because, .. }) => (*pinned, because.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [(true, ""), (true, ""), (false, "its document changed")]);
}

/// What an entry is, in a few letters: `pass 1 of 2 (calco)`.
fn told(entries: &[Entry]) -> Vec<String> {
    let tell = |entry: &Entry| match entry {
        Entry::Pass(PassEntry { id, count, steps, end, .. }) => {
            let members: Vec<&str> = steps.iter().filter_map(|step| step.member.as_deref()).collect();
            let end = match end {
                End::UnderWay => "under way",
                End::Interrupted => "interrupted",
                End::Ended { result, .. } => result,
            };
            format!("pass {id} of {count} ({}) {end}", members.join(" "))
        }
        Entry::Transition(transition) => format!("{} {}", transition.member, transition.kind),
        Entry::Pin(pin) => format!("{} pinned", pin.member),
    };
    entries.iter().map(tell).collect()
}

#[test]
fn the_log_is_one_sequence() {
    let (_folder, history) = fresh();
    let first = begin(&history, minute(0));
    step(&history, first, "calco", minute(1)).unwrap();
    let reports = [report("calco", &[("SiteServed", Status::True, "")])];
    history.note_conditions(minute(2), None, &reports).unwrap();
    step(&history, first, "lecco", minute(3)).unwrap();
    end(&history, first, minute(4)).unwrap();
    history.pin(&member("lecco"), &pin("", minute(5))).unwrap();
    let empty = begin(&history, minute(6));
    end(&history, empty, minute(6)).unwrap();
    let second = begin(&history, minute(7));
    step(&history, second, "calco", minute(7)).unwrap();
    let query = |member: Option<&str>, since: i64, limit: usize| {
        let member = member.map(super::member);
        told(&history.log(&Query { member, since: Some(minute(since)), limit }).unwrap())
    };
    let all = [
        "pass 1 of 2 (calco lecco) done",
        "calco SiteServed",
        "lecco pinned",
        "pass 2 of 0 () done",
        "pass 3 of 1 (calco) under way",
    ];
    assert_eq!(query(None, 0, 100), all);
    assert_eq!(query(None, 2, 100)[0], "pass 1 of 2 (lecco) done", "a step later than its pass");
    assert_eq!(query(None, 0, 2), all[3..]);
    assert_eq!(query(Some("lecco"), 0, 100), ["pass 1 of 2 (lecco) done", "lecco pinned"]);
    assert_eq!(query(Some("dervio"), 0, 100), [""; 0]);
}

#[test]
fn the_end_of_a_pass_is_its_own() {
    let (_folder, history) = fresh();
    let pass = begin(&history, minute(0));
    history.end_pass(pass, &Ending { at: minute(1), result: "failed", failures: 2, held: 3 }).unwrap();
    let log = history.log(&EVERYTHING).unwrap();
    let [Entry::Pass(entry)] = log.as_slice() else { panic!("{log:?}") };
    let end = End::Ended { at: minute(1), result: "failed".to_owned(), failures: 2, held: 3 };
    assert_eq!((entry.id, &entry.end), (pass, &end));
    let unknown = PassId(4711);
    assert!(step(&history, unknown, "calco", minute(1)).is_err(), "a step of no pass");
}
