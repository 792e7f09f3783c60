//! A server that is a program, gone with the street whatever happens; what it said is in its log.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub struct Running(Child);

impl Running {
    /// Starts a program; what it says goes to `NAME.log`.
    pub fn start(folder: &Path, name: &str, program: &str, arguments: &[&str]) -> Self {
        let log = File::create(folder.join(format!("{name}.log"))).unwrap();
        let child = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            // s_server ends with its input
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        Self(child.unwrap_or_else(|error| {
            panic!("this test needs {program} (tests/machine/packages tests): {error}")
        }))
    }
}

/// What a script of `tests/machine` prints: where it has put what it is named after.
pub fn machine(script: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("machine").join(script);
    let output = Command::new(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Drop for Running {
    fn drop(&mut self) {
        // it may have ended already
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
