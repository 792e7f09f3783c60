//! A git repository to read from, a fetcher to read with, and a snapshot as text.

use std::path::{Path, PathBuf};
use std::process::Command;

use campanile::git::{Credentials, FetchError, Fetcher, LastRead, Limits, Source};
use campanile_plan::fleet::Snapshot;
use tempfile::TempDir;

/// A folder that goes away with the test.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A repository with a platform and one member, committed on `main`.
    pub fn fleet(&self) -> Repository {
        let repository = self.empty_repository();
        repository.write("platform.yaml", "kind: Platform\n");
        repository.write("members/barzago.yaml", "kind: Member\n");
        repository.commit();
        repository
    }

    pub fn empty_repository(&self) -> Repository {
        let path = self.path("origin");
        std::fs::create_dir(&path).unwrap();
        let repository = Repository { path };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    pub fn fetcher(&self) -> Fetcher {
        Fetcher {
            folder: self.path("state/git"),
            credentials: Credentials::default(),
            limits: Limits::default(),
            last: LastRead::default(),
        }
    }

    /// Reads a source without any credential.
    pub async fn read(&self, source: &str) -> Result<Snapshot, FetchError> {
        read(&self.fetcher(), source).await
    }
}

/// A repository with a work tree.
pub struct Repository {
    pub path: PathBuf,
}

impl Repository {
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Test", "-c", "user.email=test@campanile.test"])
            .args(arguments)
            .current_dir(&self.path)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("this test needs the program git: install Debian's package git");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Commits all there is, and says the commit.
    pub fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=test"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// The source's text, with branch and path.
    pub fn source(&self, fragment: &str) -> String {
        format!("{}{fragment}", self.path.display())
    }
}

pub async fn read(fetcher: &Fetcher, source: &str) -> Result<Snapshot, FetchError> {
    fetcher.fetch(&Source::parse(source).unwrap(), None).await
}

/// The files, why some cannot be read, and the doubts.
pub fn show(snapshot: &Snapshot) -> String {
    let files = snapshot.files.iter().map(|(path, content)| match content {
        Ok(text) => format!("{path}: {text:?}\n"),
        Err(unreadable) => format!("{path}: {}; {}\n", unreadable.message, unreadable.remedy),
    });
    let doubts = snapshot.doubts.iter().map(|doubt| format!("doubt: {doubt}\n"));
    files.chain(doubts).collect()
}

/// What a test of two plain documents expects.
pub const PLAIN: &str = "members/barzago.yaml: \"kind: Member\\n\"\nplatform.yaml: \"kind: Platform\\n\"\n";

/// How many processes have this path in their environment.
pub fn processes_with(path: &Path) -> usize {
    let wanted = path.to_str().unwrap().as_bytes();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let holds = |entry: &std::fs::DirEntry| {
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        environment.windows(wanted.len()).any(|window| window == wanted)
    };
    entries.filter(holds).count()
}
