//! Opening the store: checked, brought to the newest version, and set aside where it is damaged.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::schema::{known, migrate, version};
use super::{Store, StoreError};

/// The file in the state folder.
pub const FILE: &str = "audit.sqlite";
/// What only one audit at a time has.
const LOCK: &str = "audit.lock";
/// How long another process may write before we give up.
const PATIENCE: Duration = Duration::from_secs(5);

/// A store that was opened, and what a person should know of it.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// Said when the file was damaged: where it is now.
    pub notice: Option<String>,
}

impl Store {
    /// Opens the store in a state folder to write it; makes it where there is none, and begins anew where it is damaged.
    ///
    /// # Errors
    /// When a newer campanile has written it, or it can be neither read nor made.
    pub fn open(folder: &Path) -> Result<Opened, StoreError> {
        let path = folder.join(FILE);
        match prepare(&path) {
            Ok(connection) => Ok(Opened { store: Self::new(connection, &path), notice: None }),
            Err(error) if is_damage(&error) => {
                let aside = set_aside(&path).map_err(StoreError::file(&path))?;
                let notice =
                    format!("the audits in {} were damaged and are now {}", path.display(), aside.display());
                Ok(Opened { store: Self::new(prepare(&path)?, &path), notice: Some(notice) })
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the store in a state folder to read it; none if nobody has written one yet.
    ///
    /// # Errors
    /// When it is damaged, of a newer campanile, or cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let begun = version(&connection).map_err(StoreError::sql("looking for tables", &path))? > 0;
        Ok(begun.then(|| Self::new(connection, &path)))
    }

    /// The right to audit for a state folder, until it is dropped; none while another process has it.
    ///
    /// # Errors
    /// When no lock can be made there.
    pub fn lock(folder: &Path) -> Result<Option<File>, StoreError> {
        let path = folder.join(LOCK);
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(StoreError::file(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(StoreError::file(&path)(source)),
        }
    }

    /// A store that is gone when it is dropped: on disk, since a list of targets may be long.
    ///
    /// # Errors
    /// When no file can be made in the folder for temporary files.
    pub fn temporary() -> Result<Self, StoreError> {
        let path = PathBuf::from("a temporary file");
        let open = || {
            // SQLite's name for a file of its own that it removes
            let mut connection = Connection::open("")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            migrate(&mut connection)?;
            Ok(connection)
        };
        open().map(|connection| Self::new(connection, &path)).map_err(StoreError::sql("making tables", &path))
    }
}

/// Opens the file to write it: checked, for its owner alone, and with all migrations.
fn prepare(path: &Path) -> Result<Connection, StoreError> {
    make_private(path).map_err(StoreError::file(path))?;
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let set_up = |connection: &mut Connection| {
        // counts only before the first page is written
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        let _: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        migrate(connection)
    };
    set_up(&mut connection).map_err(StoreError::sql("making the tables", path))?;
    Ok(connection)
}

/// Makes the file where there is none, and sees that it is for its owner alone.
fn make_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            std::fs::set_permissions(path, Permissions::from_mode(0o600))
        }
        made => made.map(drop),
    }
}

/// Connects, and refuses what a newer campanile has written.
fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let open = || {
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let version = version(&connection)?;
        Ok((connection, version))
    };
    let (connection, version) = open().map_err(StoreError::sql("looking for the version", path))?;
    if !(0..=known()).contains(&version) {
        return Err(StoreError::Newer { path: path.to_owned(), version, known: known() });
    }
    Ok(connection)
}

/// Whether the file itself is broken, so that trying again would not help.
fn is_damage(error: &StoreError) -> bool {
    let StoreError::Sql { source, .. } = error else { return false };
    matches!(source.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Gives the file and its log names with the time.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let ended = |path: &Path, ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let aside = ended(path, &format!(".broken-{}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ")));
    // the file itself goes last: as long as it is there, all of it is
    for ending in ["-wal", "-shm", ""] {
        match std::fs::rename(ended(path, ending), ended(&aside, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}
