//! The token that whoever asks the daemon has to show: a file, that the daemon makes at its first start.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::{HttpError, Secret};
use crate::state::write_atomically;

/// The name of the token's file in the state folder.
pub const TOKEN_FILE: &str = "token";
/// Random bytes of a token.
const BYTES: usize = 32;

/// A token.
#[derive(Debug)]
pub struct Token(Secret);

impl Token {
    /// The value of the header `Authorization` with it.
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.0.text())
    }

    /// Whether a header `Authorization` shows it (RFC 6750, section 2.1).
    pub(super) fn is_shown(&self, authorization: &[u8]) -> bool {
        let Some((scheme, shown)) = authorization.split_at_checked("Bearer ".len()) else { return false };
        scheme.eq_ignore_ascii_case(b"Bearer ") && self.0.is(shown.trim_ascii())
    }
}

/// The daemon's token: from a file that a person names, else from the state folder, made where there is none.
///
/// # Errors
/// When the file cannot be read or made, is for others too, or holds no secret.
pub fn token(folder: &Path, file: Option<&Path>) -> Result<Token, HttpError> {
    let path = path(folder, file);
    if file.is_none() && !path.exists() {
        let mut bytes = [0_u8; BYTES];
        getrandom::fill(&mut bytes).map_err(|source| HttpError::Random { source })?;
        let mut text = bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        text.push('\n');
        let written = write_atomically(&path, text.as_bytes(), 0o600);
        written.map_err(|source| HttpError::Write { path: path.clone(), source })?;
    }
    Ok(Token(Secret::read(&path)?))
}

/// The token for a client on the daemon's machine, which makes none.
///
/// # Errors
/// When the file cannot be read, is for others too, or holds no secret.
pub fn read_token(folder: &Path, file: Option<&Path>) -> Result<Token, HttpError> {
    Ok(Token(Secret::read(&path(folder, file))?))
}

fn path(folder: &Path, file: Option<&Path>) -> PathBuf {
    file.map_or_else(|| folder.join(TOKEN_FILE), Path::to_owned)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn failure(result: Result<Token, HttpError>) -> String {
        crate::world::chain(&result.unwrap_err())
    }

    #[test]
    fn the_first_start_makes_a_token_that_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let missing = failure(read_token(folder.path(), None));
        assert!(missing.contains("No such file"), "a client made a token: {missing}");
        let first = token(folder.path(), None).unwrap();
        let again = read_token(folder.path(), None).unwrap();
        assert!(first.is_shown(again.authorization().as_bytes()));
        assert_eq!(first.authorization().len(), "Bearer ".len() + 64);
        let mode = folder.path().join(TOKEN_FILE).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(format!("{first:?}"), "Token(Secret(..))");
    }

    #[test]
    fn only_the_token_is_the_token() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(TOKEN_FILE), "0123456789abcdef\n").unwrap();
        std::fs::set_permissions(folder.path().join(TOKEN_FILE), PermissionsExt::from_mode(0o600)).unwrap();
        let token = token(folder.path(), None).unwrap();
        for right in ["Bearer 0123456789abcdef", "bearer  0123456789abcdef "] {
            assert!(token.is_shown(right.as_bytes()), "{right}");
        }
        for wrong in
            ["", "Bearer", "Bearer ", "Bearer 0123456789abcde", "Basic 0123456789abcdef", "à à à à à"]
        {
            assert!(!token.is_shown(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn a_file_that_holds_no_secret_is_refused_without_showing_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shown");
        for (text, mode, expected) in [
            ("0123456789abcdef", 0o644, "group or others may use it"),
            ("short", 0o600, "it has fewer than 16 characters; make one with: openssl rand -hex 32"),
            ("0123456789abcdef\n0123456789abcdef\n", 0o600, "it is not one line of ASCII"),
            (&"x".repeat(1025), 0o600, "it is larger than 1024 bytes"),
        ] {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            let failure = failure(token(folder.path(), Some(&path)));
            assert!(failure.contains(expected) && !failure.contains(text), "{failure}");
        }
        assert!(!folder.path().join(TOKEN_FILE).exists());
    }
}
