//! TSIG keys (hmac-sha256) of a test's servers.

use std::fs::{OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A key, and where its secret is.
#[derive(Debug, Clone)]
pub struct Key {
    /// Without a dot at its end.
    pub name: String,
    /// The secret in base64 and a line's end, mode 0600.
    pub file: PathBuf,
}

impl Key {
    /// A new key in a folder that its server keeps. With the name of a server's key, in another folder, it is a key whose
    /// secret that server does not have.
    pub fn new(folder: &Path, name: &str) -> Self {
        let random = Command::new("openssl").args(["rand", "-base64", "32"]).output();
        let random = random.expect("this test needs the program openssl: install Debian's package openssl");
        let secret = String::from_utf8(random.stdout).unwrap();
        let key = Self { name: name.to_owned(), file: folder.join(name) };
        write_secret(&key.file, &secret);
        let secret = secret.trim();
        let clause = format!("key \"{name}\" {{ algorithm hmac-sha256; secret \"{secret}\"; }};\n");
        write_secret(&key.clause(), &clause);
        key
    }

    /// The secret in base64.
    pub fn secret(&self) -> String {
        std::fs::read_to_string(&self.file).unwrap().trim().to_owned()
    }

    /// The same in a file for named, dig and nsupdate.
    pub fn clause(&self) -> PathBuf {
        self.file.with_extension("key")
    }

    /// Puts a copy into a folder for another user.
    pub fn copy_for(&self, user: u32, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        let copy = folder.join(&self.name);
        std::fs::copy(&self.file, &copy).unwrap();
        std::fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        chown(&copy, Some(user), Some(user)).expect("this test needs root, who may give files away");
    }
}

fn write_secret(path: &Path, content: &str) {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(content.as_bytes()).unwrap();
}
