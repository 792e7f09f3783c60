//! Bodies of a run: written one by one as they come, read one by one as they are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use campanile_audit::report::Body;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::summary::Summary;
use super::{RunId, Store, StoreError, Trouble};

/// The most that one body may take when it is unpacked.
const LARGEST: u64 = 64 << 20;

/// Writes as compressed JSON.
pub(super) fn pack(value: &impl Serialize) -> Result<Vec<u8>, Trouble> {
    let content = |error: &dyn std::fmt::Display| Trouble::Content(error.to_string());
    let json = serde_json::to_vec(value).map_err(|error| content(&error))?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&json).map_err(|error| content(&error))?;
    encoder.finish().map_err(|error| content(&error))
}

/// Reads what [`pack`] wrote.
pub(super) fn unpack<T: DeserializeOwned>(packed: &[u8]) -> Result<T, Trouble> {
    let mut json = Vec::new();
    DeflateDecoder::new(packed)
        .take(LARGEST)
        .read_to_end(&mut json)
        .map_err(|error| Trouble::Content(error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| Trouble::Content(error.to_string()))
}

impl Store {
    /// Notes a body that was looked at; `full_at` is when all was last asked of it.
    pub fn put(&self, run: RunId, body: &Body, full_at: Timestamp) -> Result<(), StoreError> {
        let summary = Summary::of(body);
        self.writing("noting a body", |transaction| {
            let text =
                serde_json::to_string(&summary).map_err(|error| Trouble::Content(error.to_string()))?;
            transaction.execute(
                "INSERT OR REPLACE INTO body (run, subject, at, full_at, class, summary, content)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
                params![
                    run.0,
                    body.facts.subject,
                    body.facts.at.as_millisecond(),
                    full_at.as_millisecond(),
                    summary.class,
                    text,
                    pack(body)?
                ],
            )?;
            for address in addresses(body) {
                transaction.execute(
                    "INSERT OR IGNORE INTO address (run, address, subject) VALUES (?, ?, ?)",
                    params![run.0, address, body.facts.subject],
                )?;
            }
            Ok(())
        })
    }

    /// The bodies of a run that were looked at already.
    pub fn looked_at(&self, run: RunId) -> Result<BTreeSet<String>, StoreError> {
        self.reading("reading which bodies were looked at", |connection| {
            let mut statement = connection.prepare("SELECT subject FROM body WHERE run = ?")?;
            let subjects = statement.query_map([run.0], |row| row.get(0))?;
            Ok(subjects.collect::<Result<_, _>>()?)
        })
    }

    /// A body as a run has it, and when all was last asked of it; none where its facts are no longer kept.
    pub fn body(&self, run: RunId, subject: &str) -> Result<Option<(Body, Timestamp)>, StoreError> {
        self.reading("reading a body", |connection| {
            let query =
                "SELECT content, full_at FROM body WHERE run = ? AND subject = ? AND content IS NOT NULL";
            let found: Option<(Vec<u8>, i64)> = connection
                .query_row(query, params![run.0, subject], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let read = |(packed, at): (Vec<u8>, i64)| {
                let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
                Ok((unpack(&packed)?, at))
            };
            found.map(read).transpose()
        })
    }

    /// The bodies of a scope of which something is known.
    pub fn known(&self, scope: &str) -> Result<BTreeSet<String>, StoreError> {
        self.reading("reading which bodies are known", |connection| {
            let mut statement = connection.prepare("SELECT subject FROM settled WHERE scope = ?")?;
            let subjects = statement.query_map([scope], |row| row.get(0))?;
            Ok(subjects.collect::<Result<_, _>>()?)
        })
    }

    /// What is known of a body over all runs of a scope: what the next run is compared with.
    pub fn settled(&self, scope: &str, subject: &str) -> Result<Option<Body>, StoreError> {
        self.reading("reading what is known of a body", |connection| {
            let query = "SELECT content FROM settled WHERE scope = ? AND subject = ?";
            let packed: Option<Vec<u8>> =
                connection.query_row(query, [scope, subject], |row| row.get(0)).optional()?;
            packed.map(|packed| unpack(&packed)).transpose()
        })
    }

    /// Notes what is known of a body from now on; none where it is no longer asked for.
    pub fn settle(&self, scope: &str, subject: &str, body: Option<&Body>) -> Result<(), StoreError> {
        self.writing("noting what is known of a body", |transaction| {
            match body {
                Some(body) => transaction.execute(
                    "INSERT OR REPLACE INTO settled (scope, subject, content) VALUES (?, ?, ?)",
                    params![scope, subject, pack(body)?],
                )?,
                None => transaction
                    .execute("DELETE FROM settled WHERE scope = ? AND subject = ?", [scope, subject])?,
            };
            Ok(())
        })
    }

    /// Hands every body of a run over, one by one in the order of their names, with how many share its addresses.
    pub fn each_body<E: From<StoreError>>(
        &self,
        run: RunId,
        mut take: impl FnMut(Body) -> Result<(), E>,
    ) -> Result<(), E> {
        let subjects = self.looked_at(run)?;
        for subject in subjects {
            let Some((mut body, _)) = self.body(run, &subject)? else { continue };
            self.share(run, &mut body)?;
            take(body)?;
        }
        Ok(())
    }

    /// Says at each site how many bodies of the run share its first address.
    fn share(&self, run: RunId, body: &mut Body) -> Result<(), StoreError> {
        self.reading("counting who shares an address", |connection| {
            for site in &mut body.facts.sites {
                let first = site.endpoints.known().and_then(|endpoints| endpoints.first());
                let Some(address) = first.map(|endpoint| endpoint.address.ip().to_string()) else { continue };
                site.shared_by = sharing(connection, run, &address)?.max(1);
            }
            Ok(())
        })
    }

    /// Hands over what is kept of every body of a run, with its name and when it was looked at, one by one.
    pub fn each_summary(
        &self,
        run: RunId,
        mut take: impl FnMut(String, Timestamp, Summary),
    ) -> Result<(), StoreError> {
        self.reading("reading what is known of bodies", |connection| {
            let mut statement = connection.prepare("SELECT subject, at, summary FROM body WHERE run = ?")?;
            let mut rows = statement.query([run.0])?;
            while let Some(row) = rows.next()? {
                let (at, text): (i64, String) = (row.get(1)?, row.get(2)?);
                let summary =
                    serde_json::from_str(&text).map_err(|error| Trouble::Content(error.to_string()))?;
                take(row.get(0)?, Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH), summary);
            }
            Ok(())
        })
    }

    /// How many bodies of a run are of each class.
    pub fn classes(&self, run: RunId) -> Result<BTreeMap<String, i64>, StoreError> {
        self.reading("counting classes", |connection| {
            let mut statement =
                connection.prepare("SELECT class, count(*) FROM body WHERE run = ? GROUP BY class")?;
            let rows = statement.query_map([run.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn sharing(connection: &Connection, run: RunId, address: &str) -> rusqlite::Result<u32> {
    let mut statement =
        connection.prepare_cached("SELECT count(*) FROM address WHERE run = ? AND address = ?")?;
    statement.query_row(params![run.0, address], |row| row.get(0))
}

/// The first address of each of a body's sites.
fn addresses(body: &Body) -> BTreeSet<String> {
    let firsts = body.facts.sites.iter().filter_map(|site| site.endpoints.known()?.first());
    firsts.map(|endpoint| endpoint.address.ip().to_string()).collect()
}
