//! The surroundings of the git program: a home of its own, one configuration, and nothing of this machine's and user's.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::credentials::{ASKPASS, pass_on};
use crate::state::write_atomically;

/// The only configuration that git sees. `safe.directory` cannot come by `-c`: git does not hand it on to the
/// upload-pack that it starts for a repository on this machine that another user owns.
const CONFIGURATION: &str = "\
[safe]\n\tdirectory = *\n\
[core]\n\tsymlinks = false\n\thooksPath = /dev/null\n\tfsmonitor = false\n\
[credential]\n\thelper =\n\
[http]\n\tfollowRedirects = false\n\
[submodule]\n\trecurse = false\n\
[gc]\n\tautoDetach = false\n\
[maintenance]\n\tautoDetach = false\n";

/// What a fetch that was killed may leave behind; it would stop the next one or fill the disk.
const LEFTOVERS: &[&str] = &[
    "HEAD.lock",
    "config.lock",
    "shallow.lock",
    "packed-refs.lock",
    "gc.pid.lock",
    "refs/campanile/fetched.lock",
    "refs/campanile/accepted.lock",
];

/// The fetcher's own folder.
pub struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// What stands in this folder, an absolute path.
    pub fn within(folder: &Path) -> Self {
        let folder = folder.to_owned();
        Self { folder }
    }

    /// The private repository.
    pub fn repository(&self) -> PathBuf {
        self.folder.join("fleet.git")
    }

    /// Whether there is a private repository already; one that somebody or a crash has taken something from is made whole.
    pub fn has_repository(&self) -> bool {
        let repository = self.repository();
        let written = |name| std::fs::metadata(repository.join(name)).is_ok_and(|file| file.len() > 0);
        let folder = |name| repository.join(name).is_dir();
        written("HEAD") && written("config") && folder("objects") && folder("refs")
    }

    /// The script that answers git's questions.
    pub fn askpass(&self) -> PathBuf {
        self.folder.join("askpass")
    }

    fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    fn configuration(&self) -> PathBuf {
        self.home().join(".gitconfig")
    }

    /// Makes the folder, for this user alone.
    pub fn create_folder(&self) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700).create(self.home())
    }

    /// Writes configuration and script where they are not as they should be.
    pub fn write_files(&self) -> io::Result<()> {
        for (path, text, mode) in
            [(self.configuration(), CONFIGURATION, 0o600), (self.askpass(), ASKPASS, 0o700)]
        {
            if !std::fs::read(&path).is_ok_and(|bytes| bytes == text.as_bytes()) {
                write_atomically(&path, text.as_bytes(), mode)?;
            }
        }
        Ok(())
    }

    /// Removes what a fetch that was killed left behind.
    pub fn remove_leftovers(&self) {
        // each is missing most of the time; what cannot be removed is git's to complain about
        let repository = self.repository();
        if std::fs::metadata(repository.join("HEAD")).is_ok_and(|head| head.len() == 0) {
            // a disk that failed while git made it leaves what git neither takes for a repository nor mends; all of it
            // is fetched anew
            let _ = std::fs::remove_dir_all(&repository);
        }
        for name in LEFTOVERS {
            let _ = std::fs::remove_file(repository.join(name));
        }
        let packs = std::fs::read_dir(repository.join("objects/pack"));
        for entry in packs.into_iter().flatten().flatten() {
            if entry.file_name().as_encoded_bytes().starts_with(b"tmp_") {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// The git program with these arguments.
    pub fn git(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .env_clear()
            .env("GIT_DIR", self.repository())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.configuration())
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ALLOW_PROTOCOL", "file:https:ssh")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", self.home())
            .current_dir(self.home())
            .args(arguments);
        for name in ["PATH", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"] {
            pass_on(&mut command, name);
        }
        command
    }
}
