//! Killed in the middle, a full disk, and several processes at once.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use super::*;

/// Tells the test program that it is the one to be killed, and in which folder it writes.
const VICTIM: &str = "CAMPANILE_TEST_HISTORY";

#[test]
fn a_killed_process_leaves_what_it_had_noted() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        write_until_killed(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut noted = Vec::new();
    for round in 0..8 {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "history::tests::faults::a_killed_process_leaves_what_it_had_noted"])
            .args(["--nocapture", "--test-threads=1"])
            .env(VICTIM, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut number = || lines.by_ref().find_map(|line| line.strip_prefix("noted ")?.parse::<i64>().ok());
        noted.extend((0..10 + round * 7).map(|_| number().unwrap()));
        victim.kill().unwrap();
        victim.wait().unwrap();
        noted.extend(std::iter::from_fn(number));
        let log = open(folder.path()).log(&EVERYTHING).unwrap();
        let mut interrupted = 0;
        let mut ended = Vec::new();
        for entry in log {
            let Entry::Pass(pass) = entry else { panic!("{entry:?}") };
            match pass.end {
                End::Ended { .. } => {
                    assert_eq!(pass.steps.len(), 3, "round {round}: {pass:?}");
                    ended.push(pass.id.0);
                }
                End::Interrupted => interrupted += 1,
                End::UnderWay => panic!("round {round}: {pass:?} goes on without its process"),
            }
        }
        assert!(interrupted <= round + 1, "{interrupted} interrupted passes by {} kills", round + 1);
        let lost: Vec<_> = noted.iter().filter(|id| !ended.contains(*id)).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?} had been noted");
    }
}

fn write_until_killed(folder: &Path) -> ! {
    let history = open(folder);
    for number in 0.. {
        let pass = begin(&history, minute(number));
        for _ in 0..3 {
            step(&history, pass, "calco", minute(number)).unwrap();
        }
        end(&history, pass, minute(number)).unwrap();
        writeln!(std::io::stdout(), "\nnoted {pass}").unwrap();
    }
    unreachable!("there is always another number")
}

/// A file system of one megabyte.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(folder.path())
            .output()
            .expect("this test needs the program mount: install Debian's package mount");
        let why = String::from_utf8_lossy(&mounted.stderr);
        assert!(mounted.status.success(), "this test mounts a small disk and must run as root: {why}");
        Self(folder)
    }

    /// Writes until there is no room left for one byte.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.path().join("filler")).unwrap();
        let mut piece = 64 << 10;
        while piece > 0 {
            if file.write_all(&vec![0; piece]).is_err() {
                piece /= 2;
            }
        }
    }

    fn empty(&self) {
        std::fs::remove_file(self.0.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_an_error_until_there_is_room() {
    let disk = SmallDisk::mount();
    let folder = disk.0.path();
    let history = open(folder);
    history.pin(&member("calco"), &pin("one", minute(0))).unwrap();
    let pass = begin(&history, minute(0));
    disk.fill();
    let mut noted = 0;
    let error = loop {
        match step(&history, pass, "calco", minute(noted)) {
            Ok(()) => noted += 1,
            Err(error) => break error,
        }
    };
    assert!(!error.is_damage(), "{error:?}");
    assert!(error.to_string().starts_with("noting a step in the history"), "{error}");
    let reports = [report("calco", &[("SiteServed", Status::True, &"long ".repeat(10_000))])];
    assert!(history.note_conditions(minute(1), None, &reports).is_err());
    assert!(history.conditions().unwrap().is_empty(), "all of it or nothing");
    assert_eq!(history.pins().unwrap().len(), 1);
    drop(history);
    // who starts now can at least read which members are rolled back
    let reader = History::read(folder).unwrap().unwrap();
    assert_eq!(reader.pins().unwrap().len(), 1);
    drop(reader);

    disk.empty();
    let history = open(folder);
    step(&history, pass, "calco", minute(2)).unwrap();
    history.note_conditions(minute(2), None, &reports).unwrap();
    let log = history.log(&EVERYTHING).unwrap();
    let Some(Entry::Pass(pass)) = log.iter().find(|entry| matches!(entry, Entry::Pass(_))) else { panic!() };
    assert_eq!(i64::try_from(pass.count).unwrap(), noted + 1);
    drop(history);
    disk.fill();
    let reader = History::read(folder).unwrap().unwrap();
    assert_eq!(reader.pins().unwrap().len(), 1, "also after an orderly end");
}

#[test]
fn a_full_disk_at_the_first_start_leaves_nothing_in_the_way() {
    let disk = SmallDisk::mount();
    disk.fill();
    assert!(History::open(disk.0.path()).is_err());
    disk.empty();
    begin(&History::open(disk.0.path()).unwrap().history, minute(0));
}

#[test]
fn readers_and_writers_do_not_wait_for_each_other_for_long() {
    let (folder, history) = fresh();
    let other = open(folder.path());
    let reader = History::read(folder.path()).unwrap().unwrap();
    std::thread::scope(|scope| {
        for writer in [&history, &other] {
            scope.spawn(move || {
                for number in 0..100 {
                    let pass = begin(writer, minute(number));
                    step(writer, pass, "calco", minute(number)).unwrap();
                    end(writer, pass, minute(number)).unwrap();
                }
            });
        }
        scope.spawn(|| {
            while reader.log(&EVERYTHING).unwrap().len() < 200 {
                std::thread::yield_now();
            }
        });
    });
}
