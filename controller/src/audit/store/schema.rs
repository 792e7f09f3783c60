//! The tables, as migrations: each takes a file of one version to the next, in one transaction.

use rusqlite::{Connection, TransactionBehavior};

/// The migrations, from nothing. One that has been released never changes: what is new goes into another one.
const MIGRATIONS: &[&str] = &[FIRST];

const FIRST: &str = "
    CREATE TABLE run (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        scope TEXT NOT NULL,
        begun INTEGER NOT NULL,
        ended INTEGER,
        about TEXT,
        changes BLOB
    ) STRICT;
    CREATE INDEX run_scope ON run (scope, begun);
    CREATE TABLE body (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        subject TEXT NOT NULL,
        at INTEGER NOT NULL,
        full_at INTEGER NOT NULL,
        class TEXT NOT NULL,
        summary TEXT NOT NULL,
        content BLOB,
        UNIQUE (run, subject)
    ) STRICT;
    CREATE TABLE settled (
        scope TEXT NOT NULL,
        subject TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (scope, subject)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE address (
        run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        address TEXT NOT NULL,
        subject TEXT NOT NULL,
        PRIMARY KEY (run, address, subject)
    ) STRICT, WITHOUT ROWID;
";

/// The version of a file with all migrations.
pub(super) fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The version of a file; 0 for one without tables.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings a file to the newest version.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let done = usize::try_from(version(connection)?).unwrap_or(usize::MAX);
    for (number, migration) in (1_i64..).zip(MIGRATIONS).skip(done) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}
