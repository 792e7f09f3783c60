//! The files in the ingress's volume, read as one archive; that works while the container is stopped too.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use bollard::query_parameters::DownloadFromContainerOptions;
use campanile_plan::docker::{IngressFiles, sha256};
use futures_util::{StreamExt, TryStreamExt};
use hyper::body::Bytes;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::ingress::FOLDER;
use super::{Engine, EngineError};

/// Largest file.
const FILE_BYTES: u64 = 4 << 20;
/// Largest archive.
const TOTAL_BYTES: u64 = 256 << 20;
/// Most files, folders and links.
const ENTRIES: usize = 100_000;
/// How long reading them all may take.
const LIMIT: Duration = Duration::from_mins(1);

impl Engine {
    /// The files in the volume of an ingress; none if there is no such container.
    pub async fn ingress_files(&self, container: &str) -> Result<Option<IngressFiles>, EngineError> {
        let doing = format!("reading {FOLDER} of {container}");
        match timeout(LIMIT, self.read_ingress(container, &doing)).await {
            Ok(files) => files,
            Err(_) => Err(EngineError::TimeLimit { doing, seconds: LIMIT.as_secs() }),
        }
    }

    async fn read_ingress(&self, container: &str, doing: &str) -> Result<Option<IngressFiles>, EngineError> {
        let options = DownloadFromContainerOptions { path: FOLDER.to_owned() };
        let archive = self.docker.download_from_container(container, Some(options));
        let mut archive = std::pin::pin!(archive.map_err(|error| EngineError::new(doing, error)));
        let first = match archive.next().await {
            Some(Ok(part)) => part,
            Some(Err(error)) if error.is_missing() => return Ok(without_archive(&error)),
            Some(Err(error)) => return Err(error),
            None => return Ok(Some(IngressFiles::default())),
        };

        let garbled = |message: String| EngineError::Garbled { doing: doing.to_owned(), message };
        let (sender, parts) = mpsc::channel(16);
        let reader = tokio::task::spawn_blocking(move || read(Parts::new(first, parts)));
        while let Some(part) = archive.next().await {
            // The reader is gone when it has seen enough: its own result says why.
            if sender.send(part?).await.is_err() {
                break;
            }
        }
        drop(sender);
        let read = reader.await.map_err(|error| garbled(error.to_string()))?;
        read.map(Some).map_err(|error| garbled(error.to_string()))
    }
}

/// The engine says the same of a container without that folder as of none.
fn without_archive(error: &EngineError) -> Option<IngressFiles> {
    let no_container = error.to_string().contains("No such container");
    (!no_container).then(IngressFiles::default)
}

/// Parts of an archive as they arrive, for a reader on a thread of its own.
struct Parts {
    current: Bytes,
    rest: mpsc::Receiver<Bytes>,
    left: u64,
}

impl Parts {
    fn new(first: Bytes, rest: mpsc::Receiver<Bytes>) -> Self {
        Self { current: first, rest, left: TOTAL_BYTES }
    }
}

impl Read for Parts {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.rest.blocking_recv() {
                Some(part) => self.current = part,
                None => return Ok(0),
            }
        }
        let count = self.current.len().min(into.len());
        let part = self.current.split_to(count);
        into[..count].copy_from_slice(&part);
        self.left =
            self.left.checked_sub(count as u64).ok_or_else(|| io::Error::other("more than 256 MiB"))?;
        Ok(count)
    }
}

/// Reads an archive of the folder: every path in it begins with the folder's own name.
fn read(archive: impl Read) -> io::Result<IngressFiles> {
    let mut seen = IngressFiles::default();
    for (count, entry) in tar::Archive::new(archive).entries()?.enumerate() {
        let entry = entry?;
        if count >= ENTRIES {
            return Err(io::Error::other("more than 100,000 files"));
        }
        let whole = entry.path()?.into_owned();
        let Some(path) = below_folder(&whole) else {
            continue;
        };
        if entry.header().entry_type().is_symlink()
            && let Some(revision) = revision(&path, "nginx", ".conf")
        {
            let target = entry.link_name()?;
            let begins = target.as_deref().and_then(Path::to_str).and_then(digest);
            seen.revisions.entry(revision).or_default().begins = begins;
        }
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let content = content(entry, &path)?;
        if let Some(revision) = revision(&path, "loaded", "") {
            let text = String::from_utf8_lossy(&content);
            seen.revisions.entry(revision).or_default().loaded = Some(text.trim().to_owned());
            continue;
        }
        if let Some(digest) = digest(&path) {
            seen.routes.insert(digest, routes(&String::from_utf8_lossy(&content)));
        }
        if path.starts_with("routes/") {
            let lead = campanile_plan::ingress::lead(&String::from_utf8_lossy(&content));
            seen.leads.insert(path.clone(), lead);
        }
        seen.files.insert(path, sha256(&content));
    }
    Ok(seen)
}

/// The revision in a name like `nginx.1a2b3c4d.conf`; empty for `nginx.conf`.
fn revision(path: &str, before: &str, after: &str) -> Option<String> {
    let rest = path.strip_prefix(before)?.strip_suffix(after)?;
    if rest.is_empty() {
        return Some(String::new());
    }
    let revision = rest.strip_prefix('.')?;
    revision.chars().all(|c| c.is_ascii_hexdigit()).then(|| revision.to_owned())
}

fn below_folder(path: &Path) -> Option<String> {
    let mut parts = path.components();
    parts.next()?;
    let path = parts.as_path().to_str()?;
    (!path.is_empty()).then(|| path.to_owned())
}

fn content(entry: impl Read, path: &str) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    entry.take(FILE_BYTES + 1).read_to_end(&mut content)?;
    if content.len() as u64 > FILE_BYTES {
        return Err(io::Error::other(format!("{path} is larger than 4 MiB")));
    }
    Ok(content)
}

/// The digest in a path like `index/DIGEST.conf`, wherever the folder stands.
fn digest(path: &str) -> Option<String> {
    let path = path.strip_prefix(FOLDER).unwrap_or(path);
    let name = path.trim_start_matches('/').strip_prefix("index/")?;
    let digest = name.strip_suffix(".conf")?;
    (!digest.is_empty() && !digest.contains('/')).then(|| digest.to_owned())
}

/// The paths of the routes that an index includes, below the folder.
fn routes(index: &str) -> BTreeSet<String> {
    let included = |line: &str| {
        let path = line.trim().strip_prefix("include")?.strip_suffix(';')?;
        let path = path.strip_prefix(char::is_whitespace)?.trim();
        let path = path.strip_prefix(FOLDER).map_or(path, |path| path.trim_start_matches('/'));
        let is_route = path.starts_with("routes/") && path.strip_suffix(".conf").is_some();
        is_route.then(|| path.to_owned())
    };
    index.lines().filter_map(included).collect()
}

#[cfg(test)]
mod tests {
    use campanile_plan::docker::Configuration;

    use super::*;

    fn archive(fill: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        fill(&mut builder);
        builder.into_inner().unwrap()
    }

    fn file(builder: &mut tar::Builder<Vec<u8>>, path: &str, content: &[u8]) {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, path, content).unwrap();
    }

    #[test]
    fn files_link_and_routes() {
        let tar = archive(|builder| {
            let index = "http {\n  include routes/a-1.conf;\n\tinclude /etc/campanile/routes/b-2.conf;\n  # include routes/c.conf;\n  include mime.types;\n}\n";
            file(builder, "campanile/index/1234.conf", index.as_bytes());
            file(builder, "campanile/index/5678.conf", b"include routes/old.conf;");
            file(builder, "campanile/loaded", b"1234\n");
            file(builder, "campanile/loaded.0a1b2c3d", b"retired\n");
            file(builder, "campanile/loaded.0a1b2c3d.new", b"5678\n");
            file(builder, "campanile/routes/a-1.conf", b"");
            let mut link = tar::Header::new_gnu();
            link.set_entry_type(tar::EntryType::Symlink);
            link.set_size(0);
            builder.append_link(&mut link, "campanile/nginx.conf", "index/1234.conf").unwrap();
            builder.append_link(&mut link, "campanile/nginx.conf.new", "index/9999.conf").unwrap();
            builder.append_link(&mut link, "campanile/nginx.4e5f6071.conf", "index/5678.conf").unwrap();
        });
        let seen = read(&tar[..]).unwrap();
        let noted = |begins: Option<&str>, loaded: Option<&str>| Configuration {
            begins: begins.map(str::to_owned),
            loaded: loaded.map(str::to_owned),
        };
        let revisions = [
            ("", noted(Some("1234"), Some("1234"))),
            ("0a1b2c3d", noted(None, Some("retired"))),
            ("4e5f6071", noted(Some("5678"), None)),
        ];
        assert_eq!(seen.revisions, revisions.map(|(name, noted)| (name.to_owned(), noted)).into());
        let routes = ["routes/a-1.conf", "routes/b-2.conf"].map(str::to_owned);
        assert_eq!(seen.routes["1234"], routes.into());
        assert_eq!(seen.routes["5678"], ["routes/old.conf".to_owned()].into());
        let paths: Vec<_> = seen.files.keys().collect();
        assert_eq!(paths, ["index/1234.conf", "index/5678.conf", "loaded.0a1b2c3d.new", "routes/a-1.conf"]);
        assert_eq!(seen.files["routes/a-1.conf"], sha256(b""));
    }

    #[test]
    fn bounds() {
        let large = archive(|builder| file(builder, "campanile/big", &vec![0; (4 << 20) + 1]));
        assert_eq!(read(&large[..]).unwrap_err().to_string(), "big is larger than 4 MiB");
        let cut = archive(|builder| file(builder, "campanile/a", &[7; 5000]));
        assert!(read(&cut[..2000]).is_err());
    }
}
