//! Archives that are put into containers.

use std::collections::BTreeSet;
use std::io;

use bollard::body_stream;
use bollard::query_parameters::UploadToContainerOptions;
use futures_util::stream;
use hyper::body::Bytes;

use super::call::{DEFAULT, call};
use super::{Engine, EngineError};

/// Size of the parts in which an archive is sent.
const PART: usize = 64 << 10;

/// Files and folders of the superuser, in the order in which they are added.
pub(super) struct Archive {
    builder: tar::Builder<Vec<u8>>,
    folders: BTreeSet<String>,
}

impl Archive {
    pub(super) fn new() -> Self {
        Self { builder: tar::Builder::new(Vec::new()), folders: BTreeSet::new() }
    }

    /// Adds a folder, once.
    pub(super) fn folder(&mut self, path: &str, mode: u32) -> io::Result<()> {
        if !self.folders.insert(path.to_owned()) {
            return Ok(());
        }
        let mut header = header(tar::EntryType::Directory, mode, 0);
        self.builder.append_data(&mut header, path, io::empty())
    }

    /// Adds a file.
    pub(super) fn file(&mut self, path: &str, mode: u32, content: &[u8]) -> io::Result<()> {
        let mut header = header(tar::EntryType::Regular, mode, content.len() as u64);
        self.builder.append_data(&mut header, path, content)
    }

    /// The archive's bytes.
    pub(super) fn finish(self) -> io::Result<Bytes> {
        self.builder.into_inner().map(Bytes::from)
    }
}

fn header(kind: tar::EntryType, mode: u32, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header
}

/// Whether a path stays below the folder that it is relative to.
pub(super) fn stays_below(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains('\0')
}

impl Engine {
    /// Unpacks an archive into a folder of a container, by its name or id.
    pub(super) async fn upload(
        &self,
        doing: &str,
        container: &str,
        folder: &str,
        archive: Bytes,
    ) -> Result<(), EngineError> {
        let options = UploadToContainerOptions {
            path: folder.to_owned(),
            no_overwrite_dir_non_dir: Some("true".to_owned()),
            ..UploadToContainerOptions::default()
        };
        // In parts, since bollard's trace log has the bodies that are sent whole, and some of these are secret.
        let parts = stream::unfold(archive, |mut rest| async move {
            let part = rest.split_to(rest.len().min(PART));
            (!part.is_empty()).then_some((part, rest))
        });
        let sent = self.docker.upload_to_container(container, Some(options), body_stream(parts));
        call(doing, DEFAULT, sent).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below() {
        for path in ["nginx.conf", "routes/a.conf", "a/..b/c"] {
            assert!(stays_below(path), "{path}");
        }
        for path in ["", "/etc/passwd", "..", "a/../../b", "a//b", "a/.", "a/"] {
            assert!(!stays_below(path), "{path}");
        }
    }
}
