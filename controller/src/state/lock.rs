//! One program at a time changes the state; the kernel lets go of the lock when its holder ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;

use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{State, StateError, atomic};

/// The daemon's own lock.
const DAEMON: &str = "daemon.lock";
/// How long somebody may take who looks whether there is a daemon.
const LOOKING: Duration = Duration::from_millis(500);
/// The most that is read of who holds the lock.
const HOLDER_BYTES: u64 = 200;

/// The right to change the state, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    after_another: bool,
}

impl Lock {
    /// Whether another process had it since this one had it last, or ever.
    pub fn is_after_another(&self) -> bool {
        self.after_another
    }
}

impl State {
    /// Takes the lock or says who has it, and clears away what a killed holder left unfinished.
    ///
    /// # Errors
    /// `Held` with its process and since when.
    pub fn lock(&self) -> Result<Lock, StateError> {
        let lock = self.lock_file("lock")?;
        for folder in [
            "",
            "accepted",
            "acme/accounts",
            "acme/orders",
            "acme/refusals",
            "acme/windows",
            "ca",
            "certificates",
        ] {
            let folder = self.folder.join(folder);
            atomic::remove_unfinished(&folder).map_err(StateError::write(&folder))?;
        }
        Ok(lock)
    }

    /// Takes the lock of a state that nobody can write, so that what needs no writing goes on.
    ///
    /// # Errors
    /// `Held` with its process and since when, or when no lock was ever made.
    pub fn lock_as_it_is(&self) -> Result<Lock, StateError> {
        let path = self.folder.join("lock");
        let mut file = File::open(&path).map_err(StateError::read(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file, after_another: false }),
            Err(TryLockError::WouldBlock) => Err(self.held(&mut file)),
            Err(TryLockError::Error(source)) => Err(StateError::Write { path, source }),
        }
    }

    /// Takes the right to be the daemon of this state; the daemon has the lock itself only while it works.
    ///
    /// # Errors
    /// `Runs` with its process and since when.
    pub fn lock_daemon(&self) -> Result<Lock, StateError> {
        let asking = Instant::now();
        loop {
            match self.lock_file(DAEMON) {
                // somebody may just be looking whether there is a daemon
                Err(StateError::Held { .. }) if asking.elapsed() < LOOKING => sleep(LOOKING / 10),
                Err(StateError::Held { folder, holder }) => return Err(StateError::Runs { folder, holder }),
                locked => return locked,
            }
        }
    }

    /// Whether a daemon runs on this state.
    pub fn has_daemon(&self) -> bool {
        let file = OpenOptions::new().read(true).open(self.folder.join(DAEMON));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    fn lock_file(&self, name: &str) -> Result<Lock, StateError> {
        let path = self.folder.join(name);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(StateError::write(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(self.held(&mut file)),
            Err(TryLockError::Error(source)) => return Err(StateError::Write { path, source }),
        }
        let own = format!("process {}, ", std::process::id());
        let mut before = String::new();
        let read = (&file).take(HOLDER_BYTES).read_to_string(&mut before).is_ok();
        let holder = format!("{own}since {:.0}\n", Timestamp::now());
        // on a full disk nobody reads who has it, and the kernel still holds it
        let _ = file
            .rewind()
            .and_then(|()| file.write_all(holder.as_bytes()))
            .and_then(|()| file.set_len(holder.len() as u64));
        Ok(Lock { _file: file, after_another: read && !before.is_empty() && !before.starts_with(&own) })
    }

    fn held(&self, file: &mut File) -> StateError {
        let mut text = String::new();
        // the holder may not have written it yet
        let _ = file.take(HOLDER_BYTES).read_to_string(&mut text);
        let holder = match text.trim() {
            "" => "a process that has just started",
            holder => holder,
        };
        StateError::Held { folder: self.folder.clone(), holder: holder.to_owned() }
    }
}
