//! Reads a fleet from a folder.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use campanile_plan::fleet::{MEMBERS_FOLDER, Snapshot, Unreadable};

use super::documents::{self, Collection, Kind, member_kind, member_path, platform_kind};
use super::{FetchError, Limits};
use crate::regular_file::{self, Refusal};

/// Reads `platform.yaml` and `members/*.yaml`.
pub async fn read(path: &Path, limits: &Limits) -> Result<Snapshot, FetchError> {
    let (owned, limits) = (path.to_owned(), limits.clone());
    let reading = tokio::task::spawn_blocking(move || collect(&owned, &limits));
    let failed = |source| FetchError::Folder { path: path.to_owned(), source };
    let collection = reading.await.map_err(|error| failed(error.into()))?.map_err(failed)?;
    collection.finish().ok_or_else(|| FetchError::NoFleet { place: path.display().to_string() })
}

fn collect(path: &Path, limits: &Limits) -> io::Result<Collection> {
    let mut collection = Collection::new(None, limits);
    let folder = regular_file::open_folder(path)?;
    for name in regular_file::names(&folder)? {
        let path = String::from_utf8_lossy(&name).into_owned();
        add(&mut collection, folder.as_fd(), &name, (path, platform_kind(&name)), limits);
    }
    match regular_file::open_folder_in(&folder, MEMBERS_FOLDER) {
        Ok(members) => collect_members(&mut collection, members.as_fd(), limits)?,
        Err(Refusal::System(error)) if error.kind() == io::ErrorKind::NotFound => {}
        Err(refusal) => collection.doubt(format!("{MEMBERS_FOLDER}/ cannot be read: {refusal}")),
    }
    Ok(collection)
}

fn collect_members(collection: &mut Collection, members: BorrowedFd<'_>, limits: &Limits) -> io::Result<()> {
    for name in regular_file::names(members)? {
        let kind = member_kind(&name);
        if kind == Kind::Other && regular_file::is_folder(members, &name) {
            collection.doubt_folder(&name);
        }
        if !add(collection, members, &name, (member_path(&name), kind), limits) {
            break;
        }
    }
    Ok(())
}

/// Adds one file; false when the fleet is too large to go on.
fn add(
    collection: &mut Collection,
    folder: BorrowedFd<'_>,
    name: &[u8],
    (path, kind): (String, Kind),
    limits: &Limits,
) -> bool {
    let content = match kind {
        Kind::Other => return true,
        Kind::WrongEnding => Err(documents::wrong_ending()),
        Kind::Document => {
            regular_file::read(folder, name, limits.file_bytes).map_err(explain).and_then(documents::text)
        }
    };
    let bytes = content.as_ref().map_or(0, |text| text.len() as u64);
    let admitted = collection.admit(bytes);
    if admitted {
        collection.insert(path, content);
    }
    admitted
}

fn explain(refusal: Refusal) -> Unreadable {
    match refusal {
        Refusal::Symlink => documents::symlink(),
        Refusal::Folder | Refusal::NotFolder => documents::folder(),
        Refusal::Special => documents::unreadable("it is a pipe, a socket or a device", "put a file there"),
        Refusal::TooLarge { limit } => documents::too_large(limit),
        refusal @ (Refusal::Shared { .. } | Refusal::System(_)) => {
            documents::unreadable(refusal.to_string(), "make it readable for this user")
        }
    }
}
