//! Age and size.

use super::*;

const DAY: i64 = 24 * 60;

#[test]
fn what_is_too_old_goes() {
    let (_folder, history) = fresh();
    let calco = member("calco");
    for day in 0..10 {
        let pass = begin(&history, minute(day * DAY));
        step(&history, pass, "calco", minute(day * DAY)).unwrap();
        end(&history, pass, minute(day * DAY)).unwrap();
    }
    let now = minute(10 * DAY);
    history.note_good(&calco, "text", None, minute(0)).unwrap();
    history
        .note_conditions(minute(0), None, &[report("calco", &[("SiteServed", Status::True, "")])])
        .unwrap();
    history.pin(&calco, &pin("text", minute(0))).unwrap();
    let removed = history.prune(now, &Bounds { days: 3, bytes: u64::MAX }).unwrap();
    assert_eq!(removed, 8 + 1 + 1, "eight passes, a transition, a pin's beginning");
    let log = history.log(&EVERYTHING).unwrap();
    assert_eq!(log.iter().map(Entry::at).collect::<Vec<_>>(), [minute(8 * DAY), minute(9 * DAY)]);
    assert_eq!(history.good(&calco).unwrap().len(), 1);
    assert_eq!(history.pins().unwrap().len(), 1);
    assert_eq!(history.conditions().unwrap().len(), 1);
    assert_eq!(history.prune(now, &Bounds { days: 3, bytes: u64::MAX }).unwrap(), 0);
    let steps: i64 = history.locked().query_row("SELECT count(*) FROM step", [], |row| row.get(0)).unwrap();
    assert_eq!(steps, 2, "steps go with their passes");
}

#[test]
fn the_oldest_go_until_the_file_is_small_enough() {
    let (folder, history) = fresh();
    let file = |ending: &str| std::fs::metadata(folder.path().join(format!("{FILE}{ending}"))).unwrap().len();
    for number in 0..300 {
        let pass = begin(&history, minute(number));
        for _ in 0..10 {
            step(&history, pass, "calco", minute(number)).unwrap();
        }
        end(&history, pass, minute(number)).unwrap();
    }
    let now = minute(300);
    let bounds = Bounds { days: 365, bytes: 200_000 };
    assert!(history.prune(now, &bounds).unwrap() > 0);
    assert!(file("") <= bounds.bytes, "{} bytes", file(""));
    assert_eq!(file("-wal"), 0);
    let log = history.log(&EVERYTHING).unwrap();
    assert!((20..290).contains(&log.len()), "{} passes are left", log.len());
    assert_eq!(log.last().unwrap().at(), minute(299));
    let pass = begin(&history, now);
    history.prune(now, &Bounds { days: 365, bytes: 0 }).unwrap();
    step(&history, pass, "calco", now).expect("the pass that goes on is left");
    assert_eq!(history.log(&EVERYTHING).unwrap().len(), 1);
}
