//! How our types stand in columns: times as milliseconds since 1970, names and statuses as text.

use std::error::Error;
use std::str::FromStr;

use campanile_plan::report::Status;
use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Row, ToSql};

/// A time.
pub struct Time(pub Timestamp);

impl ToSql for Time {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_millisecond().into())
    }
}

impl FromSql for Time {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let time = Timestamp::from_millisecond(value.as_i64()?);
        time.map(Self).map_err(FromSqlError::other)
    }
}

/// A text that is right once parsed.
pub struct Parsed<T>(pub T);

impl<T: FromStr<Err: Error + Send + Sync + 'static>> FromSql for Parsed<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(FromSqlError::other)
    }
}

/// A condition's status.
pub struct Word(pub Status);

impl ToSql for Word {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let word = match self.0 {
            Status::True => "True",
            Status::False => "False",
            Status::Unknown => "Unknown",
        };
        Ok(word.into())
    }
}

impl FromSql for Word {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "True" => Ok(Self(Status::True)),
            "False" => Ok(Self(Status::False)),
            "Unknown" => Ok(Self(Status::Unknown)),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

/// A number of things; `SQLite` has none without a sign.
pub struct Count(pub usize);

impl ToSql for Count {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(i64::try_from(self.0).unwrap_or(i64::MAX).into())
    }
}

impl FromSql for Count {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        usize::try_from(number).map(Self).map_err(|_| FromSqlError::OutOfRange(number))
    }
}

/// The time in a column.
pub fn time(row: &Row, column: &str) -> rusqlite::Result<Timestamp> {
    Ok(row.get::<_, Time>(column)?.0)
}

/// The status in a column.
pub fn status(row: &Row, column: &str) -> rusqlite::Result<Option<Status>> {
    Ok(row.get::<_, Option<Word>>(column)?.map(|word| word.0))
}

/// The number of things in a column.
pub fn count(row: &Row, column: &str) -> rusqlite::Result<usize> {
    Ok(row.get::<_, Count>(column)?.0)
}
