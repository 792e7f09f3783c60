//! Reads a fleet from one commit of the private repository.

use campanile_plan::fleet::{MEMBERS_FOLDER, Snapshot, Unreadable};

use super::documents::{self, Collection, Kind, member_kind, member_path, platform_kind};
use super::repository::Repository;
use super::{FetchError, Remote};

/// One entry of a tree.
struct Entry {
    mode: String,
    object: String,
    /// Bytes of a file; none for all else.
    size: Option<u64>,
    name: Vec<u8>,
}

/// A document that is to be read.
struct Wanted {
    path: String,
    object: String,
    size: u64,
}

/// Reads `platform.yaml` and `members/*.yaml` in the fleet's folder at this commit.
pub async fn read(
    repository: &Repository<'_>,
    remote: &Remote,
    commit: &str,
) -> Result<Snapshot, FetchError> {
    let limits = repository.limits();
    let mut collection = Collection::new(Some(commit.to_owned()), limits);
    let mut wanted = Vec::new();
    for entry in list_root(repository, remote, commit).await? {
        if entry.name == MEMBERS_FOLDER.as_bytes() && entry.mode != FOLDER {
            collection.doubt(format!("{MEMBERS_FOLDER} is {}, not a folder", entry.what()));
        } else if entry.name == MEMBERS_FOLDER.as_bytes() {
            for member in list(repository, &entry.object).await? {
                let kind = member_kind(&member.name);
                if kind == Kind::Other && member.mode == FOLDER {
                    collection.doubt_folder(&member.name);
                }
                let path = member_path(&member.name);
                if !add(&mut collection, &mut wanted, member, (path, kind), limits.file_bytes) {
                    break;
                }
            }
        } else {
            let path = String::from_utf8_lossy(&entry.name).into_owned();
            let kind = platform_kind(&entry.name);
            add(&mut collection, &mut wanted, entry, (path, kind), limits.file_bytes);
        }
    }
    read_contents(repository, &mut collection, wanted).await?;
    collection.finish().ok_or_else(|| FetchError::NoFleet { place: format!("{remote} at commit {commit}") })
}

/// Notes one entry: to be read, or why it cannot be; false when the fleet is too large to go on.
fn add(
    collection: &mut Collection,
    wanted: &mut Vec<Wanted>,
    entry: Entry,
    (path, kind): (String, Kind),
    limit: u64,
) -> bool {
    let size = match kind {
        Kind::Other => return true,
        Kind::WrongEnding => Err(documents::wrong_ending()),
        Kind::Document => entry.readable_size(limit),
    };
    if !collection.admit(*size.as_ref().unwrap_or(&0)) {
        return false;
    }
    match size {
        Ok(size) => {
            let object = entry.object;
            // holds the place, so that the number of files is counted
            let pending = documents::unreadable("it was not read", "try again");
            collection.insert(path.clone(), Err(pending));
            wanted.push(Wanted { path, object, size });
        }
        Err(unreadable) => collection.insert(path, Err(unreadable)),
    }
    true
}

const FOLDER: &str = "040000";
const SYMLINK: &str = "120000";
const SUBMODULE: &str = "160000";

impl Entry {
    fn readable_size(&self, limit: u64) -> Result<u64, Unreadable> {
        match (self.mode.as_str(), self.size) {
            (SYMLINK, _) => Err(documents::symlink()),
            (SUBMODULE, _) => Err(documents::unreadable("it is a submodule", "commit the file itself")),
            (_, Some(size)) if size <= limit => Ok(size),
            (_, Some(_)) => Err(documents::too_large(limit)),
            (_, None) => Err(documents::folder()),
        }
    }

    fn what(&self) -> &'static str {
        match self.mode.as_str() {
            SYMLINK => "a symbolic link",
            SUBMODULE => "a submodule",
            _ => "a file",
        }
    }
}

async fn list_root(
    repository: &Repository<'_>,
    remote: &Remote,
    commit: &str,
) -> Result<Vec<Entry>, FetchError> {
    let tree = format!("{commit}:{}", remote.path);
    let answer = repository.git(&["ls-tree", "-z", "--long", &tree], Vec::new()).await?;
    let words = ["Not a valid object name", "not a tree object"];
    if words.iter().any(|words| answer.message.contains(words)) {
        return Err(FetchError::NoPath {
            url: remote.url.clone(),
            commit: commit.to_owned(),
            path: remote.path.clone(),
        });
    }
    let output = repository.succeeded(answer, || "list the fleet's folder".to_owned())?;
    parse_entries(&output)
}

async fn list(repository: &Repository<'_>, tree: &str) -> Result<Vec<Entry>, FetchError> {
    let arguments = ["ls-tree", "-z", "--long", tree];
    let output = repository.expect(&arguments, "list the members").await?;
    parse_entries(&output)
}

/// `MODE TYPE OBJECT SIZE<tab>NAME<nul>`, the size padded with spaces, `-` where there is none (git-ls-tree).
fn parse_entries(output: &[u8]) -> Result<Vec<Entry>, FetchError> {
    let entries = output.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    let parsed: Option<Vec<Entry>> = entries.map(parse_entry).collect();
    parsed.ok_or(FetchError::Answer { question: "ls-tree" })
}

fn parse_entry(entry: &[u8]) -> Option<Entry> {
    let tab = entry.iter().position(|byte| *byte == b'\t')?;
    let head = std::str::from_utf8(&entry[..tab]).ok()?;
    let mut words = head.split_ascii_whitespace();
    let mode = words.next()?.to_owned();
    let _kind = words.next()?;
    Some(Entry {
        mode,
        object: words.next()?.to_owned(),
        size: words.next()?.parse().ok(),
        name: entry[tab + 1..].to_vec(),
    })
}

/// Reads the contents of all documents in one go.
async fn read_contents(
    repository: &Repository<'_>,
    collection: &mut Collection,
    wanted: Vec<Wanted>,
) -> Result<(), FetchError> {
    let mut input = String::new();
    for Wanted { object, .. } in &wanted {
        input.push_str(object);
        input.push('\n');
    }
    let limit = wanted.iter().map(|one| one.size + 200).sum();
    let arguments = ["cat-file", "--batch"];
    let answer = repository.feed(&arguments, input.into_bytes(), limit).await?;
    let output = repository.succeeded(answer, || "read the documents".to_owned())?;
    let mut rest = output.as_slice();
    for Wanted { path, object, size } in wanted {
        let (content, after) =
            parse_content(rest, &object, size).ok_or(FetchError::Answer { question: "cat-file" })?;
        collection.insert(path, documents::text(content.to_vec()));
        rest = after;
    }
    Ok(())
}

/// `OBJECT TYPE SIZE<newline>CONTENT<newline>` (git-cat-file).
fn parse_content<'a>(output: &'a [u8], object: &str, size: u64) -> Option<(&'a [u8], &'a [u8])> {
    let head = format!("{object} blob {size}\n");
    let rest = output.strip_prefix(head.as_bytes())?;
    let (content, rest) = rest.split_at_checked(usize::try_from(size).ok()?)?;
    Some((content, rest.strip_prefix(b"\n")?))
}
