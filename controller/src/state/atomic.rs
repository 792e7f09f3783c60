//! Writes files so that a reader, and whoever starts after a crash, sees the old content or the new, never a part.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::NamedTempFile;

/// The start and end of the names of files that are not finished yet; readers leave out names that start with a dot.
const UNFINISHED: (&str, &str) = (".", ".unfinished");

/// Writes a file in the same folder, then puts it in the place of the old one.
///
/// # Errors
/// Those of the system; the old file is then as it was.
pub fn write_atomically(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = folder_of(path);
    let file = unfinished(folder, bytes, mode)?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// The same, but only where there is no file yet.
///
/// # Errors
/// `AlreadyExists`, and those of the system.
pub fn create_atomically(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = folder_of(path);
    let file = unfinished(folder, bytes, mode)?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// Removes a file for good; one that is not there is removed already.
pub fn remove(path: &Path) -> io::Result<()> {
    if super::if_there(std::fs::remove_file(path))?.is_some() {
        File::open(folder_of(path))?.sync_all()?;
    }
    Ok(())
}

/// Removes what a program that was killed while it wrote into this folder left behind.
pub fn remove_unfinished(folder: &Path) -> io::Result<()> {
    let Some(entries) = super::if_there(std::fs::read_dir(folder))? else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1) {
            super::if_there(std::fs::remove_file(entry.path()))?;
        }
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn unfinished(folder: &Path, bytes: &[u8], mode: u32) -> io::Result<NamedTempFile> {
    let (prefix, suffix) = UNFINISHED;
    let mut file = tempfile::Builder::new().prefix(prefix).suffix(suffix).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    file.as_file().sync_all()?;
    Ok(file)
}
