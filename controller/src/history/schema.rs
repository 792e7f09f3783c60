//! The tables, as migrations: each takes a file of one version to the next, in one transaction.

use rusqlite::{Connection, TransactionBehavior};

/// The migrations, from nothing. One that has been released never changes: what is new goes into another one.
const MIGRATIONS: &[&str] = &[FIRST, ORDERS];

/// The version of a file with all migrations.
pub const KNOWN: usize = MIGRATIONS.len();

const FIRST: &str = "
    CREATE TABLE pass (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        begun INTEGER NOT NULL,
        who TEXT NOT NULL,
        why TEXT NOT NULL,
        revision TEXT,
        process TEXT NOT NULL,
        ended INTEGER,
        result TEXT,
        failures INTEGER,
        held INTEGER
    ) STRICT;
    CREATE INDEX pass_begun ON pass (begun);
    CREATE TABLE step (
        id INTEGER PRIMARY KEY,
        pass INTEGER NOT NULL REFERENCES pass ON DELETE CASCADE,
        member TEXT,
        lane TEXT NOT NULL,
        engine TEXT,
        action TEXT NOT NULL,
        object TEXT NOT NULL,
        because TEXT NOT NULL,
        at INTEGER NOT NULL,
        seconds REAL NOT NULL,
        error TEXT
    ) STRICT;
    CREATE INDEX step_pass ON step (pass);
    CREATE INDEX step_member ON step (member);
    CREATE TABLE transition (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        member TEXT NOT NULL,
        kind TEXT NOT NULL,
        was TEXT,
        becomes TEXT,
        reason TEXT NOT NULL,
        message TEXT NOT NULL,
        revision TEXT
    ) STRICT;
    CREATE INDEX transition_at ON transition (at);
    CREATE INDEX transition_member ON transition (member);
    CREATE TABLE condition (
        member TEXT NOT NULL,
        kind TEXT NOT NULL,
        status TEXT NOT NULL,
        reason TEXT NOT NULL,
        message TEXT NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (member, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE judged (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        revision TEXT
    ) STRICT;
    CREATE TABLE good (
        id INTEGER PRIMARY KEY,
        member TEXT NOT NULL,
        document TEXT NOT NULL,
        revision TEXT,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX good_member ON good (member);
    CREATE TABLE pin (
        member TEXT PRIMARY KEY,
        document TEXT NOT NULL,
        revision TEXT,
        replaces TEXT NOT NULL,
        since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE pinning (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        member TEXT NOT NULL,
        pinned INTEGER NOT NULL,
        revision TEXT,
        because TEXT NOT NULL
    ) STRICT;
    CREATE INDEX pinning_at ON pinning (at);
";

/// What was spent at issuers of certificates.
const ORDERS: &str = "
    CREATE TABLE spent_order (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        directory TEXT NOT NULL,
        member TEXT NOT NULL,
        names TEXT NOT NULL,
        exempt INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX spent_order_at ON spent_order (directory, at);
    CREATE TABLE failed_name (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        directory TEXT NOT NULL,
        member TEXT NOT NULL,
        name TEXT NOT NULL
    ) STRICT;
    CREATE INDEX failed_name_at ON failed_name (directory, at);
";

/// The version of a file; 0 for one without tables.
pub fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // a negative version is nobody's: as foreign as one that is too new
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// Brings a file to the newest version.
pub fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    for (number, migration) in (1_i64..).zip(MIGRATIONS).skip(version(connection)?) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}
