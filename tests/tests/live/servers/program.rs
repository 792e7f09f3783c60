//! A server that is a program of this machine, run in a folder of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;

use crate::engine::until;

pub struct Program {
    name: &'static str,
    arguments: &'static [&'static str],
    folder: TempDir,
    process: Option<Child>,
}

impl Program {
    /// Not started yet. The program is copied into its folder: distributions confine the one in its usual place, by its
    /// path, to folders that are not the test's.
    pub fn new(name: &'static str, package: &str, arguments: &'static [&'static str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let installed = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"].map(|place| Path::new(place).join(name));
        let installed = installed.iter().find(|path| path.is_file());
        let installed = installed.unwrap_or_else(|| {
            panic!("this test needs the program {name}: install Debian's package {package}")
        });
        // by a program of its own: a file that this process has open to write, even in what it starts meanwhile, is busy
        let copied = Command::new("cp").arg(installed).arg(folder.path()).status().unwrap();
        assert!(copied.success(), "{name} could not be copied");
        Self { name, arguments, folder, process: None }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, file: &str, content: &str) -> PathBuf {
        let path = self.folder().join(file);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Starts it, and waits until it is as it should be.
    pub fn start(&mut self, mut is_ready: impl FnMut() -> bool) {
        let log = File::options().create(true).append(true).open(self.folder().join("log")).unwrap();
        let process = Command::new(self.folder().join(self.name))
            .args(self.arguments)
            .current_dir(self.folder())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let process = self.process.insert(process);
        until(&format!("{} answers", self.name), || {
            let ended = process.try_wait().unwrap();
            assert_eq!(ended, None, "{} has ended", self.name);
            is_ready()
        });
    }

    /// Sends a signal, and waits until it has ended.
    pub fn end(&mut self, signal: &str) {
        self.signal(signal);
        let Some(mut process) = self.process.take() else { return };
        let mut ended: Option<ExitStatus> = None;
        until(&format!("{} has ended", self.name), || {
            ended = process.try_wait().unwrap();
            ended.is_some()
        });
    }

    pub fn signal(&self, signal: &str) {
        let Some(process) = &self.process else { return };
        let status = Command::new("kill").args(["-s", signal, &process.id().to_string()]).status().unwrap();
        assert!(status.success(), "{} does not run", self.name);
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // one that ended by itself is gone all the same
            let _ = process.kill();
            let _ = process.wait();
        }
        if std::thread::panicking() {
            eprintln!("{} said:\n{}", self.name, self.log());
        }
    }
}
