//! What was spent at issuers of certificates: orders and failures, noted before the call that spends them.

use std::collections::BTreeSet;

use campanile_plan::certificate::budget::{Failed, Ledger, Spent};
use campanile_plan::document::values::{DomainName, MemberName};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction, params};

use super::column::{Parsed, Time, time};
use super::{History, HistoryError};

/// How long what was spent is kept: far longer than any issuer counts.
const KEPT: SignedDuration = SignedDuration::from_hours(60 * 24);

/// An order that is about to be placed.
#[derive(Debug, Clone, Copy)]
pub struct OrderSpent<'a> {
    /// When.
    pub at: Timestamp,
    /// The address of the issuer's directory.
    pub directory: &'a str,
    /// For whom.
    pub member: &'a MemberName,
    /// For what.
    pub names: &'a BTreeSet<DomainName>,
    /// Whether the issuer counts it as a renewal.
    pub exempt: bool,
}

impl History {
    /// Notes an order that is about to be placed.
    pub fn spend_order(&self, order: &OrderSpent) -> Result<(), HistoryError> {
        let OrderSpent { at, directory, member, names, exempt } = *order;
        self.writing("noting an order", |transaction| {
            forget_old(transaction, at)?;
            let sql = "INSERT INTO spent_order (at, directory, member, names, exempt) VALUES (?, ?, ?, ?, ?)";
            let names: Vec<&str> = names.iter().map(DomainName::as_str).collect();
            let values = params![Time(at), directory, member.as_str(), names.join(" "), exempt];
            transaction.prepare_cached(sql)?.execute(values).map(drop)
        })
    }

    /// Notes names of which it could not be shown that they are ours.
    pub fn spend_failures(
        &self,
        at: Timestamp,
        directory: &str,
        member: &MemberName,
        names: &BTreeSet<DomainName>,
    ) -> Result<(), HistoryError> {
        self.writing("noting names that failed", |transaction| {
            let sql = "INSERT INTO failed_name (at, directory, member, name) VALUES (?, ?, ?, ?)";
            let mut statement = transaction.prepare_cached(sql)?;
            for name in names {
                statement.execute(params![Time(at), directory, member.as_str(), name.as_str()])?;
            }
            Ok(())
        })
    }

    /// What was spent at a directory.
    pub fn ledger(&self, directory: &str) -> Result<Ledger, HistoryError> {
        self.reading("reading what was spent on certificates", |connection| ledger(connection, directory))
    }
}

/// Everything that was spent, as far as a damaged file can still be read.
#[derive(Debug, Default)]
pub(super) struct Everything {
    orders: Vec<(i64, String, String, String, bool)>,
    failures: Vec<(i64, String, String, String)>,
}

pub(super) fn everything(connection: &Connection) -> rusqlite::Result<Everything> {
    let mut statement = connection.prepare("SELECT at, directory, member, names, exempt FROM spent_order")?;
    let orders = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut statement = connection.prepare("SELECT at, directory, member, name FROM failed_name")?;
    let failures = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Everything { orders, failures })
}

pub(super) fn put_everything(transaction: &Transaction, everything: &Everything) -> rusqlite::Result<()> {
    let sql = "INSERT INTO spent_order (at, directory, member, names, exempt) VALUES (?, ?, ?, ?, ?)";
    let mut statement = transaction.prepare(sql)?;
    for (at, directory, member, names, exempt) in &everything.orders {
        statement.execute(params![at, directory, member, names, exempt])?;
    }
    let sql = "INSERT INTO failed_name (at, directory, member, name) VALUES (?, ?, ?, ?)";
    let mut statement = transaction.prepare(sql)?;
    for (at, directory, member, name) in &everything.failures {
        statement.execute(params![at, directory, member, name])?;
    }
    Ok(())
}

fn forget_old(transaction: &Transaction, now: Timestamp) -> rusqlite::Result<()> {
    let oldest = Time(now.checked_sub(KEPT).unwrap_or(Timestamp::MIN));
    transaction.execute("DELETE FROM spent_order WHERE at < ?", [&oldest])?;
    transaction.execute("DELETE FROM failed_name WHERE at < ?", [&oldest]).map(drop)
}

fn ledger(connection: &Connection, directory: &str) -> rusqlite::Result<Ledger> {
    let mut statement = connection
        .prepare_cached("SELECT at, names, exempt FROM spent_order WHERE directory = ? ORDER BY at")?;
    let orders = statement.query_map([directory], |row| {
        let names: String = row.get("names")?;
        let names = names.split_whitespace().filter_map(|name| name.parse().ok()).collect();
        Ok(Spent { at: time(row, "at")?, names, exempt: row.get("exempt")? })
    })?;
    let orders = orders.collect::<rusqlite::Result<_>>()?;
    let mut statement =
        connection.prepare_cached("SELECT at, name FROM failed_name WHERE directory = ? ORDER BY at")?;
    let failures = statement.query_map([directory], |row| {
        let Parsed(name) = row.get("name")?;
        Ok(Failed { at: time(row, "at")?, name })
    })?;
    Ok(Ledger { orders, failures: failures.collect::<rusqlite::Result<_>>()? })
}
