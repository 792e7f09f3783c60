//! Reads a file that is a file: never through a symbolic link, never from a pipe or device, never more than a limit.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is a symbolic link.
    #[error("it is a symbolic link")]
    Symlink,
    /// It is a folder.
    #[error("it is a folder")]
    Folder,
    /// A folder was wanted, and it is a symbolic link or a file.
    #[error("it is a symbolic link or a file where a folder should be")]
    NotFolder,
    /// It is a pipe, a socket or a device.
    #[error("it is not a regular file")]
    Special,
    /// Others than its owner may use it.
    #[error("group or others may use it: its mode is {mode:03o}; chmod 600 it")]
    Shared {
        /// Its permissions.
        mode: u32,
    },
    /// It has more bytes than the limit.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// The most that it may have.
        limit: u64,
    },
    /// The system refused.
    #[error("{0}")]
    System(io::Error),
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::System(error) => error,
            refusal => Self::new(io::ErrorKind::InvalidData, refusal),
        }
    }
}

/// Opens a folder that a person named; this one may be reached through a symbolic link.
pub fn open_folder(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(openat(CWD, path, flags, Mode::empty())?)
}

/// Opens a folder inside another, not through a symbolic link.
pub fn open_folder_in(folder: impl AsFd, name: &str) -> Result<OwnedFd, Refusal> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(folder, name, flags, Mode::empty()).map_err(|error| match error {
        Errno::LOOP | Errno::NOTDIR => Refusal::NotFolder,
        error => Refusal::System(error.into()),
    })
}

/// The names in a folder, in order of their bytes; those that start with a dot are left out.
pub fn names(folder: impl AsFd) -> io::Result<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let name = entry?.file_name().to_bytes().to_vec();
        if !name.starts_with(b".") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Whether this name in a folder is a folder, not through a symbolic link.
pub fn is_folder(folder: impl AsFd, name: &[u8]) -> bool {
    statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_dir())
}

/// Reads one file of a folder.
pub fn read(folder: impl AsFd, name: &[u8], limit: u64) -> Result<Vec<u8>, Refusal> {
    read_to_limit(open(folder, name)?, limit)
}

/// Reads one file of a folder, if it is for its owner alone, as ssh wants it of a key.
pub fn read_private(folder: impl AsFd, name: &[u8], limit: u64) -> Result<Vec<u8>, Refusal> {
    let file = open(folder, name)?;
    let mode = file.metadata().map_err(Refusal::System)?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Refusal::Shared { mode });
    }
    read_to_limit(file, limit)
}

fn open(folder: impl AsFd, name: &[u8]) -> Result<File, Refusal> {
    // NONBLOCK: opening a pipe that nobody writes to would wait for ever
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let descriptor = openat(folder, name, flags, Mode::empty()).map_err(|error| match error {
        Errno::LOOP => Refusal::Symlink,
        Errno::NXIO => Refusal::Special,
        error => Refusal::System(error.into()),
    })?;
    let file = File::from(descriptor);
    let metadata = file.metadata().map_err(Refusal::System)?;
    if metadata.is_dir() {
        return Err(Refusal::Folder);
    }
    if !metadata.is_file() {
        return Err(Refusal::Special);
    }
    Ok(file)
}

fn read_to_limit(file: File, limit: u64) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(Refusal::System)?;
    if bytes.len() as u64 > limit {
        return Err(Refusal::TooLarge { limit });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folder: &Path, name: &str, expected: &str) {
        let opened = open_folder(folder).unwrap();
        let seen = match read(&opened, name.as_bytes(), 8) {
            Ok(bytes) => String::from_utf8(bytes).unwrap(),
            Err(refusal) => refusal.to_string(),
        };
        assert_eq!(seen, expected, "{name}");
    }

    #[test]
    fn only_regular_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::write(path.join("file"), "12345678").unwrap();
        std::fs::write(path.join("large"), "123456789").unwrap();
        std::fs::create_dir(path.join("folder")).unwrap();
        std::os::unix::fs::symlink("file", path.join("link")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(path.join("socket")).unwrap();
        rustix::fs::mkfifoat(CWD, path.join("pipe"), Mode::RWXU).unwrap();
        check(path, "file", "12345678");
        check(path, "large", "it is larger than 8 bytes");
        check(path, "folder", "it is a folder");
        check(path, "link", "it is a symbolic link");
        check(path, "socket", "it is not a regular file");
        check(path, "pipe", "it is not a regular file");
    }
}
