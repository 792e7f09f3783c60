//! With what the fetcher shows who it is: files, whose contents never stand in an argument, an address or an error.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::FetchError;

/// Files that say who we are and whom we trust.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// For https: one line with `user:password`, or a token alone.
    pub https_file: Option<PathBuf>,
    /// For https: the authorities to trust instead of the system's, in PEM.
    pub ca: Option<PathBuf>,
    /// For ssh: the private key.
    pub ssh_key: Option<PathBuf>,
    /// For ssh: the keys of the hosts; the user's own and the system's where none is named.
    pub known_hosts: Option<PathBuf>,
}

/// Answers git's questions for user and password. git asks on the command line of this script, which answers on its
/// output, so that nothing stands where other users of the machine could read it.
pub const ASKPASS: &str = r#"#!/bin/sh
IFS= read -r line < "$CAMPANILE_HTTPS_FILE" || [ -n "$line" ] || exit 1
case $line in
    *:*) user=${line%%:*} password=${line#*:} ;;
    *) user=git password=$line ;;
esac
case $1 in
    Username*) printf '%s\n' "$user" ;;
    *) printf '%s\n' "$password" ;;
esac
"#;

impl Credentials {
    /// Hands the files to a git program; `askpass` is the path of a file with [`ASKPASS`].
    pub fn give_to(&self, command: &mut Command, askpass: &Path) -> Result<(), FetchError> {
        let Self { https_file, ca, ssh_key, known_hosts: _ } = self;
        if let Some(file) = https_file {
            command.env("GIT_ASKPASS", askpass).env("CAMPANILE_HTTPS_FILE", readable(file)?);
        }
        if let Some(ca) = ca {
            command.env("GIT_SSL_CAINFO", readable(ca)?);
        }
        command.env("GIT_SSH_VARIANT", "ssh").env("GIT_SSH_COMMAND", self.ssh()?);
        if ssh_key.is_none() {
            pass_on(command, "SSH_AUTH_SOCK");
        }
        Ok(())
    }

    /// How git calls ssh: never a question, never an unknown host.
    fn ssh(&self) -> Result<String, FetchError> {
        let mut options = vec!["ssh -F none -oBatchMode=yes -oStrictHostKeyChecking=yes".to_owned()];
        if let Some(key) = &self.ssh_key {
            let key = plain(readable(key)?)?;
            options.push("-oIdentitiesOnly=yes -oIdentityAgent=none".to_owned());
            options.push(format!("-i '{key}'"));
        }
        if let Some(file) = &self.known_hosts {
            let file = plain(readable(file)?)?;
            options.push("-oGlobalKnownHostsFile=/dev/null".to_owned());
            options.push(format!("-oUserKnownHostsFile='\"{file}\"'"));
        }
        Ok(options.join(" "))
    }

    /// Takes passwords out of what a program said.
    pub fn redact(&self, text: &str) -> String {
        let text = without_userinfo(text);
        let file = self.https_file.as_deref().map(std::fs::read_to_string);
        let Some(Ok(content)) = file else { return text };
        let line = content.lines().next().unwrap_or_default();
        let password = line.split_once(':').map_or(line, |(_, password)| password);
        match password {
            "" => text,
            password => text.replace(password, "***"),
        }
    }
}

/// Hands one variable of our own environment on, where it is set.
pub fn pass_on(command: &mut Command, name: &str) {
    if let Some(value) = std::env::var_os(name) {
        command.env(name, value);
    }
}

/// A file that can be opened, by its absolute path: git runs in another folder.
fn readable(path: &Path) -> Result<PathBuf, FetchError> {
    let open = std::fs::File::open(path).and_then(|_| std::path::absolute(path));
    open.map_err(|source| FetchError::Credential { path: path.to_owned(), source })
}

/// A path that means itself to the shell that git starts ssh with, and to ssh (which expands `%` and `$`).
fn plain(path: PathBuf) -> Result<String, FetchError> {
    let special = |c: char| c.is_control() || "'\"\\%$`~".contains(c);
    let text = path.to_str().filter(|text| !text.contains(special));
    match text {
        Some(text) => Ok(text.to_owned()),
        None => Err(FetchError::CredentialPath { path }),
    }
}

/// `https://user:password@host` becomes `https://***@host`.
fn without_userinfo(text: &str) -> String {
    let mut parts = text.split("://");
    let mut clean = vec![parts.next().unwrap_or_default().to_owned()];
    for part in parts {
        let end = part.find(|c: char| "/'\"".contains(c) || c.is_whitespace()).unwrap_or(part.len());
        clean.push(match part[..end].rfind('@') {
            Some(at) => format!("***{}", &part[at..]),
            None => part.to_owned(),
        });
    }
    clean.join("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_taken_out() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "me:hunter2:x\n").unwrap();
        let credentials = Credentials { https_file: Some(file), ..Credentials::default() };
        for (said, expected) in [
            ("at https://me:pw@h/x: no", "at https://***@h/x: no"),
            ("at 'ssh://git@h' no", "at 'ssh://***@h' no"),
            ("at https://h/a@b", "at https://h/a@b"),
            ("the password hunter2:x is wrong", "the password *** is wrong"),
        ] {
            assert_eq!(credentials.redact(said), expected);
        }
    }

    #[test]
    fn the_script_answers_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credential");
        let ask = |content: &str, question: &str| {
            std::fs::write(&file, content).unwrap();
            let output = std::process::Command::new("sh")
                .args(["-c", ASKPASS, "askpass", question])
                .env("CAMPANILE_HTTPS_FILE", &file)
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        assert_eq!(ask("me:a:b \\n\n", "Username for 'https://h': "), "me\n");
        assert_eq!(ask("me:a:b \\n\n", "Password for 'https://me@h': "), "a:b \\n\n");
        assert_eq!(ask("glpat-1", "Username for 'https://h': "), "git\n");
        assert_eq!(ask("glpat-1", "Password for 'https://git@h': "), "glpat-1\n");
    }

    #[test]
    fn odd_paths_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("a'; id; '");
        std::fs::write(&key, "").unwrap();
        let credentials = Credentials { ssh_key: Some(key), ..Credentials::default() };
        let given = credentials.give_to(&mut Command::new("git"), Path::new("askpass"));
        assert!(matches!(given, Err(FetchError::CredentialPath { .. })));
    }
}
