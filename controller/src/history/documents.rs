//! Documents under which members were ready, and pins: those that stand in for what git says.

use std::collections::BTreeMap;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Pin;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::column::{Parsed, Time, time};
use super::{History, HistoryError};

/// How many documents are kept of each member.
const KEPT: u32 = 10;

/// A document under which a member was ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Good {
    /// The document.
    pub text: String,
    /// The commit that it was first ready at; none for a folder.
    pub commit: Option<String>,
    /// Since when.
    pub at: Timestamp,
}

impl History {
    /// Notes the document under which a member is ready, if it is not the newest one already; says whether it was noted.
    pub fn note_good(
        &self,
        member: &MemberName,
        text: &str,
        commit: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, HistoryError> {
        let doing = "noting a document that works";
        // at most passes it is: that is found out without the right to write
        if self.reading(doing, |connection| is_newest(connection, member, text))? {
            return Ok(false);
        }
        self.writing(doing, |transaction| {
            let sql = "INSERT INTO good (member, document, revision, at) VALUES (?, ?, ?, ?)";
            transaction.execute(sql, params![member.as_str(), text, commit, Time(now)])?;
            let sql = "DELETE FROM good WHERE member = ?1 AND id NOT IN
                (SELECT id FROM good WHERE member = ?1 ORDER BY id DESC LIMIT ?2)";
            transaction.execute(sql, params![member.as_str(), KEPT])?;
            Ok(true)
        })
    }

    /// The documents under which a member was ready, newest first.
    pub fn good(&self, member: &MemberName) -> Result<Vec<Good>, HistoryError> {
        self.reading("reading documents that worked", |connection| {
            let sql = "SELECT document, revision, at FROM good WHERE member = ? ORDER BY id DESC";
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map([member.as_str()], |row| {
                Ok(Good { text: row.get("document")?, commit: row.get("revision")?, at: time(row, "at")? })
            })?;
            rows.collect()
        })
    }

    /// Pins a member to an earlier document, in the place of a pin that it may have.
    pub fn pin(&self, member: &MemberName, pin: &Pin) -> Result<(), HistoryError> {
        self.writing("noting a rollback", |transaction| {
            put_pin(transaction, member, pin)?;
            let sql =
                "INSERT INTO pinning (at, member, pinned, revision, because) VALUES (?, ?, TRUE, ?, '')";
            transaction.execute(sql, params![Time(pin.since), member.as_str(), pin.commit]).map(drop)
        })
    }

    /// Ends a pin, and notes why; says whether there was one.
    pub fn unpin(&self, member: &MemberName, because: &str, now: Timestamp) -> Result<bool, HistoryError> {
        self.end_pin(member, None, because, now)
    }

    /// Ends the pin of a member whose document changed; one that a person has made since, for another text, stays.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn outdate(&self, member: &MemberName, pin: &Pin, now: Timestamp) -> Result<bool, HistoryError> {
        self.end_pin(member, Some(&pin.replaces), "its document changed", now)
    }

    fn end_pin(
        &self,
        member: &MemberName,
        replaces: Option<&str>,
        because: &str,
        now: Timestamp,
    ) -> Result<bool, HistoryError> {
        self.writing("ending a rollback", |transaction| {
            let sql = "DELETE FROM pin WHERE member = ?1 AND (?2 IS NULL OR replaces = ?2)";
            if transaction.execute(sql, params![member.as_str(), replaces])? == 0 {
                return Ok(false);
            }
            let sql = "INSERT INTO pinning (at, member, pinned, because) VALUES (?, ?, FALSE, ?)";
            transaction.execute(sql, params![Time(now), member.as_str(), because])?;
            Ok(true)
        })
    }

    /// Every pin, those included that have ended because the document in git changed.
    pub fn pins(&self) -> Result<BTreeMap<MemberName, Pin>, HistoryError> {
        self.reading("reading rollbacks", every_pin)
    }
}

fn is_newest(connection: &Connection, member: &MemberName, text: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT document = ?2 FROM good WHERE member = ?1 ORDER BY id DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let same = statement.query_row([member.as_str(), text], |row| row.get(0)).optional()?;
    Ok(same.unwrap_or(false))
}

pub(super) fn every_pin(connection: &Connection) -> rusqlite::Result<BTreeMap<MemberName, Pin>> {
    let mut statement =
        connection.prepare("SELECT member, document, revision, replaces, since FROM pin ORDER BY member")?;
    let rows = statement.query_map([], |row| {
        let Parsed(member) = row.get("member")?;
        let text = row.get("document")?;
        let commit = row.get("revision")?;
        Ok((member, Pin { text, commit, replaces: row.get("replaces")?, since: time(row, "since")? }))
    })?;
    rows.collect()
}

pub(super) fn put_pin(transaction: &Transaction, member: &MemberName, pin: &Pin) -> rusqlite::Result<()> {
    let Pin { text, commit, replaces, since } = pin;
    let sql =
        "INSERT OR REPLACE INTO pin (member, document, revision, replaces, since) VALUES (?, ?, ?, ?, ?)";
    transaction.execute(sql, params![member.as_str(), text, commit, replaces, Time(*since)]).map(drop)
}
