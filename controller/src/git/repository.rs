//! The private bare repository: fetched into, read from, never checked out.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use super::environment::Environment;
use super::process::{self, Answer};
use super::{FetchError, Fetcher, Limits, Remote};

/// How many characters of git's own words an error shows.
const MESSAGE_CHARACTERS: usize = 500;
/// The most that is taken of one answer of git.
const ANSWER_BYTES: u64 = 64 << 20;
/// The last commit that was fetched.
const FETCHED: &str = "refs/campanile/fetched";
/// The last commit that was applied.
const ACCEPTED: &str = "refs/campanile/accepted";

/// The private repository, for one user at a time.
pub struct Repository<'a> {
    fetcher: &'a Fetcher,
    environment: Environment,
    /// Holds everybody else off until it is dropped.
    _lock: File,
}

impl<'a> Repository<'a> {
    /// Makes it where it is missing, and waits for whoever uses it now.
    pub async fn open(fetcher: &'a Fetcher) -> Result<Self, FetchError> {
        let folder = std::path::absolute(&fetcher.folder).map_err(private(&fetcher.folder))?;
        let environment = Environment::within(&folder);
        environment.create_folder().map_err(private(&folder))?;
        let lock = wait_for_lock(&folder.join("lock")).await?;
        environment.write_files().map_err(private(&folder))?;
        environment.remove_leftovers();
        let repository = Self { fetcher, environment, _lock: lock };
        if !repository.environment.has_repository() {
            let init = ["init", "--bare", "--quiet", "--template="];
            repository.expect(&init, "make its private repository").await?;
        }
        Ok(repository)
    }

    /// Fetches the branch with all its history, and says at which commit it is.
    pub async fn fetch(&self, remote: &Remote) -> Result<String, FetchError> {
        let reference = match &remote.branch {
            Some(branch) => format!("+refs/heads/{branch}:{FETCHED}"),
            None => format!("+HEAD:{FETCHED}"),
        };
        let arguments = [
            "fetch",
            "--quiet",
            "--no-auto-maintenance",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--update-shallow",
            "--",
            &remote.url,
            &reference,
        ];
        let answer = tokio::select! {
            answer = self.git(&arguments, Vec::new()) => Some(answer?),
            () = self.outgrown() => None,
        };
        let Some(answer) = answer.filter(|_| !self.is_too_large()) else {
            return Err(self.give_up(remote));
        };
        if answer.message.contains("couldn't find remote ref") {
            return Err(FetchError::NoBranch { url: remote.url.clone(), branch: remote.branch_name() });
        }
        self.succeeded(answer, || format!("fetch {}", remote.url))?;
        let commit = format!("{FETCHED}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", &commit];
        let output = self.expect(&arguments, "name the commit").await?;
        let commit = String::from_utf8_lossy(&output).trim().to_owned();
        check_commit(&commit)?;
        Ok(commit)
    }

    /// Whether `old` is `new` or one of its ancestors.
    pub async fn is_ancestor(&self, old: &str, new: &str) -> Result<bool, FetchError> {
        check_commit(old)?;
        check_commit(new)?;
        let object = format!("{old}^{{commit}}");
        let known = self.git(&["cat-file", "-e", &object], Vec::new()).await?;
        if !known.status.success() {
            return Ok(false);
        }
        let arguments = ["merge-base", "--is-ancestor", old, new];
        let answer = self.git(&arguments, Vec::new()).await?;
        if answer.status.code() == Some(1) {
            return Ok(false);
        }
        self.succeeded(answer, || "compare two commits".to_owned())?;
        Ok(true)
    }

    /// Packs what many fetches have brought, when git finds that it is time.
    pub async fn tidy_up(&self) {
        // what is not packed now is packed another time
        let _ = self.git(&["maintenance", "run", "--auto", "--quiet"], Vec::new()).await;
    }

    /// Keeps a commit from being collected as garbage.
    pub async fn keep(&self, commit: &str) -> Result<(), FetchError> {
        check_commit(commit)?;
        let arguments = ["update-ref", ACCEPTED, commit];
        self.expect(&arguments, "keep the applied commit").await?;
        Ok(())
    }

    /// The most that is taken.
    pub fn limits(&self) -> &Limits {
        &self.fetcher.limits
    }

    /// Asks git, and takes no for an error.
    pub async fn expect(&self, arguments: &[&str], task: &str) -> Result<Vec<u8>, FetchError> {
        let answer = self.git(arguments, Vec::new()).await?;
        self.succeeded(answer, || task.to_owned())
    }

    /// Asks git something that it reads from its input.
    pub async fn feed(&self, arguments: &[&str], input: Vec<u8>, limit: u64) -> Result<Answer, FetchError> {
        let mut command = self.environment.git(arguments);
        let askpass = self.environment.askpass();
        self.fetcher.credentials.give_to(&mut command, &askpass)?;
        let answer = process::run(command, input, limit).await;
        answer.map_err(|source| FetchError::Start { source })
    }

    /// Asks git.
    pub async fn git(&self, arguments: &[&str], input: Vec<u8>) -> Result<Answer, FetchError> {
        self.feed(arguments, input, ANSWER_BYTES).await
    }

    /// The output of a program that said yes.
    pub fn succeeded(&self, answer: Answer, task: impl FnOnce() -> String) -> Result<Vec<u8>, FetchError> {
        if answer.status.success() {
            return Ok(answer.output);
        }
        let task = self.fetcher.credentials.redact(&task());
        let message = self.fetcher.credentials.redact(&answer.message);
        let lines = message
            .lines()
            // ssh frames its warnings with @
            .map(|line| line.trim_matches(|c: char| c == '@' || c.is_whitespace()))
            .filter(|line| !line.is_empty());
        let message: String = lines.collect::<Vec<_>>().join("; ");
        let message = match message.as_str() {
            "" => answer.status.to_string(),
            message => message.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARACTERS).collect(),
        };
        Err(FetchError::Git { task, message })
    }

    /// Waits until the repository is larger than the limit; a server could send without end.
    async fn outgrown(&self) {
        while !self.is_too_large() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    fn is_too_large(&self) -> bool {
        size(&self.environment.repository()) > self.fetcher.limits.repository_bytes
    }

    /// Throws the repository away, so that the next fetch begins anew when somebody has made it smaller.
    fn give_up(&self, remote: &Remote) -> FetchError {
        let path = self.environment.repository();
        match std::fs::remove_dir_all(&path) {
            Ok(()) => {
                FetchError::TooLarge { url: remote.url.clone(), limit: self.fetcher.limits.repository_bytes }
            }
            Err(error) => private(&path)(error),
        }
    }
}

fn private(path: &Path) -> impl FnOnce(io::Error) -> FetchError {
    let path = path.to_owned();
    |source| FetchError::Private { path, source }
}

/// Waits for the lock; the time limit of the fetch ends this too.
async fn wait_for_lock(path: &Path) -> Result<File, FetchError> {
    let file = File::create(path).map_err(private(path))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(TryLockError::Error(error)) => return Err(private(path)(error)),
        }
    }
}

fn check_commit(text: &str) -> Result<(), FetchError> {
    if text.len() == 40 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(FetchError::Commit { commit: text.chars().take(64).collect() })
}

/// The bytes of all files in a folder.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}
