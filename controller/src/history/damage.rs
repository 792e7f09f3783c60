//! A damaged history is set aside with its log, and begun anew. What decides something is taken over where it can still be
//! read: pins, without which members that were rolled back would go forward again, and what was spent at issuers.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::documents::{every_pin, put_pin};
use super::open::{beside, prepare, size};
use super::orders::{everything, put_everything};
use super::{HistoryError, transact};

/// Sets the file aside and begins anew; gives what to say of it.
pub(super) fn begin_anew(path: &Path, damage: &HistoryError) -> Result<(Connection, String), HistoryError> {
    let pins = readable(path, every_pin).unwrap_or_default();
    let spent = readable(path, everything).unwrap_or_default();
    let aside = set_aside(path)?;
    let mut connection = prepare(path)?;
    let taken_over = transact(&mut connection, |transaction| {
        put_everything(transaction, &spent)?;
        pins.iter().try_for_each(|(member, pin)| put_pin(transaction, member, pin))
    });
    taken_over.map_err(HistoryError::sql("taking over rollbacks", path))?;
    let rollbacks = match pins.len() {
        0 => "any rollback in it has ended".to_owned(),
        count => format!("taken over from it: {count} rollbacks"),
    };
    let notice = format!(
        "the history {} was damaged ({}) and is now {}; it begins anew, and {rollbacks}",
        path.display(),
        reason(damage),
        aside.display()
    );
    Ok((connection, notice))
}

fn readable<T>(path: &Path, read: impl Fn(&Connection) -> rusqlite::Result<T>) -> Option<T> {
    // SQLite would remove the log of an empty file, from which a person may still save something
    size(path).ok().flatten().filter(|size| *size > 0)?;
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    read(&connection).ok()
}

fn reason(damage: &HistoryError) -> String {
    match damage {
        HistoryError::Damaged { reason, .. } => reason.clone(),
        HistoryError::Sql { source, .. } => source.to_string(),
        HistoryError::File { .. } | HistoryError::Newer { .. } => damage.to_string(),
    }
}

/// Gives the file and its log names with the time.
fn set_aside(path: &Path) -> Result<PathBuf, HistoryError> {
    let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    let names = (1_u32..).map(|number| match number {
        1 => beside(path, &format!(".broken-{time}")),
        number => beside(path, &format!(".broken-{time}.{number}")),
    });
    let aside = names.into_iter().find(|name| !name.exists()).unwrap_or_else(|| beside(path, ".broken"));
    // the file itself goes last: as long as it is there, all of it is
    for ending in ["-wal", "-shm", ""] {
        let (from, to) = (beside(path, ending), beside(&aside, ending));
        match std::fs::rename(&from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(HistoryError::file(&from)(error));
            }
            _ => {}
        }
    }
    Ok(aside)
}
