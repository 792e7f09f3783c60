//! A server that is a program of this machine, run in a folder of its own until the test ends.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Program(Child);

impl Program {
    /// Starts it in a folder and waits until it is ready. It is copied there: distributions confine the one in its usual
    /// place to folders that are not the test's.
    pub fn start(folder: &Path, program: &str, arguments: &[&str], is_ready: impl Fn() -> bool) -> Self {
        let copy = folder.join(program.rsplit('/').next().unwrap());
        if !copy.exists() {
            let copied = Command::new("cp").arg(program).arg(&copy).status().unwrap();
            assert!(copied.success(), "{program} could not be copied: install its package");
        }
        let path = folder.join(format!("{}.log", arguments.join("")));
        let log = File::create(&path).unwrap();
        let child = Command::new(copy)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut program = Self(child);
        let begin = Instant::now();
        while !is_ready() {
            let said = || std::fs::read_to_string(&path).unwrap();
            assert_eq!(program.0.try_wait().unwrap(), None, "{}", said());
            assert!(begin.elapsed() < Duration::from_secs(10), "{}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
        program
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a program to its end in a folder.
pub fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {words}");
    String::from_utf8(output.stdout).unwrap()
}
