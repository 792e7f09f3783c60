//! Which files of a source are documents of the fleet, and what a snapshot holds of each.

use campanile_plan::fleet::{MEMBERS_FOLDER, PLATFORM_FILE, Snapshot, Unreadable};

use super::Limits;

/// What a name in the fleet's folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A document.
    Document,
    /// A document under a wrong name.
    WrongEnding,
    /// Something else, nobody reads it.
    Other,
}

/// What the file with this name in the folder `members` is.
pub fn member_kind(name: &[u8]) -> Kind {
    if name.starts_with(b".") {
        return Kind::Other;
    }
    let Some(dot) = name.iter().rposition(|byte| *byte == b'.') else {
        return Kind::Other;
    };
    match &name[dot..] {
        b".yaml" => Kind::Document,
        other if other.eq_ignore_ascii_case(b".yaml") => Kind::WrongEnding,
        other if other.eq_ignore_ascii_case(b".yml") => Kind::WrongEnding,
        _ => Kind::Other,
    }
}

/// What the file with this name beside `members` is.
pub fn platform_kind(name: &[u8]) -> Kind {
    match name {
        b"platform.yaml" => Kind::Document,
        b"platform.yml" => Kind::WrongEnding,
        _ => Kind::Other,
    }
}

/// The path of a member's document in the snapshot.
pub fn member_path(name: &[u8]) -> String {
    format!("{MEMBERS_FOLDER}/{}", String::from_utf8_lossy(name))
}

/// What to say of a file that is not read.
pub fn unreadable(message: impl Into<String>, remedy: &str) -> Unreadable {
    Unreadable { message: message.into(), remedy: remedy.to_owned() }
}

/// A symbolic link in place of a document.
pub fn symlink() -> Unreadable {
    unreadable("it is a symbolic link", "put the file itself there")
}

/// A folder in place of a document.
pub fn folder() -> Unreadable {
    unreadable("it is a folder", "put a file there, or give it another name")
}

/// A document under a wrong name.
pub fn wrong_ending() -> Unreadable {
    unreadable("its name does not end in .yaml", "rename it to end in .yaml")
}

/// A document above the limit.
pub fn too_large(limit: u64) -> Unreadable {
    unreadable(
        format!("it is larger than {} KiB", limit >> 10),
        "a document has a few kilobytes; take out what does not belong in it",
    )
}

/// The text of a document.
pub fn text(bytes: Vec<u8>) -> Result<String, Unreadable> {
    if bytes.contains(&0) {
        let remedy = "write it as text in UTF-8";
        return Err(unreadable("it is binary, or text in UTF-16", remedy));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].split(|byte| *byte == b'\n').count();
        let message = format!("it is not UTF-8 text (line {line})");
        unreadable(message, "save it in UTF-8")
    })
}

/// Fills a snapshot up to the limits.
pub struct Collection {
    snapshot: Snapshot,
    limits: Limits,
    left: u64,
}

impl Collection {
    /// A snapshot without files.
    pub fn new(commit: Option<String>, limits: &Limits) -> Self {
        let snapshot = Snapshot { commit, ..Snapshot::default() };
        Self { snapshot, limits: limits.clone(), left: limits.total_bytes }
    }

    /// Makes room for one more document of so many bytes; false, with a doubt, when the fleet is too large.
    pub fn admit(&mut self, bytes: u64) -> bool {
        let Limits { files, total_bytes, .. } = self.limits;
        let doubt = if self.snapshot.files.len() >= files {
            format!("the fleet has more than {files} documents; only the first {files} were read")
        } else if bytes > self.left {
            format!("the documents have more than {total_bytes} bytes together; the last were not read")
        } else {
            self.left -= bytes;
            return true;
        };
        self.doubt(doubt);
        false
    }

    /// Puts a document into the snapshot.
    pub fn insert(&mut self, path: String, content: Result<String, Unreadable>) {
        self.snapshot.files.insert(path, content);
    }

    /// Adds a reason to think that this is not all of the fleet.
    pub fn doubt(&mut self, doubt: String) {
        self.snapshot.doubts.push(doubt);
    }

    /// Says that a folder inside `members` is not entered.
    pub fn doubt_folder(&mut self, name: &[u8]) {
        let path = member_path(name);
        self.doubt(format!("{path} is a folder; documents are read from {MEMBERS_FOLDER}/ directly"));
    }

    /// The snapshot; none when there is neither a platform nor a member.
    pub fn finish(mut self) -> Option<Snapshot> {
        let platform = self.snapshot.files.contains_key(PLATFORM_FILE);
        let members = self.snapshot.files.keys().any(|path| path.contains('/'));
        let missing = match (platform, members) {
            (true, true) => None,
            (true, false) => Some(format!("{MEMBERS_FOLDER}/ has no document")),
            (false, true) => Some(format!("{PLATFORM_FILE} is missing")),
            (false, false) => return None,
        };
        self.snapshot.doubts.extend(missing);
        Some(self.snapshot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, kind) in [
            ("barzago.yaml", Kind::Document),
            ("barzago.yml", Kind::WrongEnding),
            ("barzago.YAML", Kind::WrongEnding),
            (".#barzago.yaml", Kind::Other),
            ("barzago.yaml~", Kind::Other),
            ("README.md", Kind::Other),
            ("README", Kind::Other),
        ] {
            assert_eq!(member_kind(name.as_bytes()), kind, "{name}");
        }
    }

    #[test]
    fn only_text_is_read() {
        let check = |bytes: &[u8], expected: &str| {
            let seen = text(bytes.to_vec()).unwrap_or_else(|unreadable| unreadable.message);
            assert_eq!(seen, expected);
        };
        check("viganò".as_bytes(), "viganò");
        check(b"a\0b", "it is binary, or text in UTF-16");
        check(b"a\nvigan\xf2", "it is not UTF-8 text (line 2)");
    }

    #[test]
    fn a_snapshot_stops_at_the_limits() {
        let limits = Limits { files: 2, total_bytes: 10, ..Limits::default() };
        let mut collection = Collection::new(None, &limits);
        assert!(collection.admit(6));
        assert!(!collection.admit(6));
        collection.insert("platform.yaml".into(), Ok(String::new()));
        collection.insert("members/a.yaml".into(), Ok(String::new()));
        assert!(!collection.admit(1));
        let doubts = collection.finish().unwrap().doubts;
        assert_eq!(
            doubts,
            [
                "the documents have more than 10 bytes together; the last were not read",
                "the fleet has more than 2 documents; only the first 2 were read"
            ]
        );
    }
}
