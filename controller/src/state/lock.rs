//! One program at a time changes the state; the kernel lets go of the lock when its holder ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;

use jiff::Timestamp;

use super::{State, StateError, atomic};

/// The right to change the state, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl State {
    /// Takes the lock or says who has it, and clears away what a killed holder left unfinished.
    ///
    /// # Errors
    /// `Held` with its process and since when.
    pub fn lock(&self) -> Result<Lock, StateError> {
        let path = self.folder.join("lock");
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
        let holder = format!("process {}, since {:.0}\n", std::process::id(), Timestamp::now());
        file.set_len(0).and_then(|()| file.write_all(holder.as_bytes())).map_err(StateError::write(&path))?;
        for folder in ["", "accepted", "ca", "certificates"] {
            let folder = self.folder.join(folder);
            atomic::remove_unfinished(&folder).map_err(StateError::write(&folder))?;
        }
        Ok(Lock { _file: file })
    }

    fn held(&self, file: &mut File) -> StateError {
        let mut text = String::new();
        // the holder may not have written it yet
        let _ = file.take(200).read_to_string(&mut text);
        let holder = match text.trim() {
            "" => "a process that has just started",
            holder => holder,
        };
        StateError::Held { folder: self.folder.clone(), holder: holder.to_owned() }
    }
}
