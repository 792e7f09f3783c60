//! Opening the history: checked, brought to the newest version, and begun anew where it is damaged.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::damage::begin_anew;
use super::schema::{KNOWN, migrate, version};
use super::{History, HistoryError};

/// The history's file in the state folder.
pub const FILE: &str = "history.sqlite";
/// How long another process may write before we give up.
const PATIENCE: Duration = Duration::from_secs(2);
/// What the log beside the file keeps on the disk once it is written back.
const LOG_BYTES: u32 = 4 << 20;

/// A history that was opened, and what a person should know of it.
#[derive(Debug)]
pub struct Opened {
    /// The history.
    pub history: History,
    /// Said when the file was damaged: where it is now, and what was lost.
    pub notice: Option<String>,
}

impl History {
    /// Opens the history in a state folder to write it; makes it where there is none.
    ///
    /// # Errors
    /// When a newer campanile has written it, or it can be neither read nor made.
    pub fn open(folder: &Path) -> Result<Opened, HistoryError> {
        let path = folder.join(FILE);
        // whoever opens it at the same time would set aside what we have just begun anew
        let lock = File::open(folder).map_err(HistoryError::file(folder))?;
        lock.lock().map_err(HistoryError::file(folder))?;
        let was_empty = size(&path).map_err(HistoryError::file(&path))? == Some(0);
        match prepare(&path) {
            Ok(connection) => {
                let notice =
                    was_empty.then(|| format!("{} was empty: the history begins anew", path.display()));
                Ok(Opened { history: Self::new(connection, &path), notice })
            }
            Err(error) if error.is_damage() => {
                let (connection, notice) = begin_anew(&path, &error)?;
                Ok(Opened { history: Self::new(connection, &path), notice: Some(notice) })
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the history in a state folder to read it; none if nobody has written one yet.
    ///
    /// # Errors
    /// When it is damaged, of a newer campanile, or cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, HistoryError> {
        let path = folder.join(FILE);
        if size(&path).map_err(HistoryError::file(&path))?.unwrap_or(0) == 0 {
            return Ok(None);
        }
        let connection = match connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY) {
            Err(error) if !error.is_damage() => read_as_it_is(&path).ok_or(error)?,
            result => result?,
        };
        // whoever writes it has made the file and not yet the tables
        let begun = version(&connection).map_err(HistoryError::sql("looking for tables", &path))? > 0;
        Ok(begun.then(|| Self::new(connection, &path)))
    }
}

/// Reads a file that nobody has open, where the file beside it that readers share cannot be made: on a full disk, or
/// one that is read only. Without it, who starts then would not know which members are rolled back.
fn read_as_it_is(path: &Path) -> Option<Connection> {
    let log = size(&beside(path, "-wal")).ok()?;
    if log.unwrap_or(0) > 0 {
        return None;
    }
    let escaped = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let uri = format!("file:{escaped}?immutable=1");
    connect(Path::new(&uri), OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI).ok()
}

/// Opens the file to write it: checked, for its owner alone, and with all migrations.
pub(super) fn prepare(path: &Path) -> Result<Connection, HistoryError> {
    if size(path).map_err(HistoryError::file(path))?.unwrap_or(0) == 0 {
        let log = beside(path, "-wal");
        if size(&log).map_err(HistoryError::file(&log))?.unwrap_or(0) > 0 {
            // SQLite would remove the log, from which a person may still save something
            let reason = "it is empty, but its log is not".to_owned();
            return Err(HistoryError::Damaged { path: path.to_owned(), reason });
        }
    }
    make_private(path).map_err(HistoryError::file(path))?;
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    check(&connection, path)?;
    set_up(&mut connection).map_err(HistoryError::sql("making the tables", path))?;
    Ok(connection)
}

/// Makes the file where there is none, and sees that it is for its owner alone.
fn make_private(path: &Path) -> io::Result<()> {
    // one that is there is never opened but by SQLite: closing it again would drop the locks that another connection of
    // this process has on it
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            std::fs::set_permissions(path, Permissions::from_mode(0o600))
        }
        made => made.map(drop),
    }
}

/// Connects, and refuses what a newer campanile has written.
fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, HistoryError> {
    let open = || {
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let version = version(&connection)?;
        Ok((connection, version))
    };
    let (connection, version) = open().map_err(HistoryError::sql("looking for the version", path))?;
    if version > KNOWN {
        return Err(HistoryError::Newer { path: path.to_owned(), version, known: KNOWN });
    }
    Ok(connection)
}

fn check(connection: &Connection, path: &Path) -> Result<(), HistoryError> {
    let found: String = connection
        .pragma_query_value(None, "quick_check", |row| row.get(0))
        .map_err(HistoryError::sql("looking for damage", path))?;
    if found == "ok" {
        return Ok(());
    }
    Err(HistoryError::Damaged { path: path.to_owned(), reason: found.replace('\n', "; ") })
}

fn set_up(connection: &mut Connection) -> rusqlite::Result<()> {
    // counts only before the first page is written
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    let _: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    let _: i64 =
        connection.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    migrate(connection)
}

/// How large a file is; none if there is none.
pub(super) fn size(path: &Path) -> io::Result<Option<u64>> {
    match std::fs::metadata(path) {
        Ok(found) => Ok(Some(found.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file that belongs to the history's: `-wal`, `-shm`.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
