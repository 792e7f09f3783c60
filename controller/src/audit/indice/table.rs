//! A table as IndicePA publishes it: a spreadsheet, or text with commas, semicolons or tabs. Columns are found by name.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use csv::ByteRecord;

/// The largest file that is read: the whole index is a tenth of it.
const LARGEST: u64 = 256 << 20;
/// The most rows that are taken.
const MOST_ROWS: usize = 200_000;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It cannot be read.
    #[error("reading {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is too large.
    #[error("{path} is larger than {} MiB: it is no file of IndicePA", LARGEST >> 20)]
    Large {
        /// The file.
        path: PathBuf,
    },
    /// It is no spreadsheet.
    #[error("reading the spreadsheet {path}")]
    Spreadsheet {
        /// The file.
        path: PathBuf,
        /// Why.
        source: calamine::XlsxError,
    },
    /// It is no table.
    #[error("reading the table {path}")]
    Text {
        /// The file.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },
    /// It lacks a column.
    #[error("{path} has no column {missing}; its columns are {columns}")]
    Column {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        missing: &'static str,
        /// What there is.
        columns: String,
    },
}

/// What is needed of a table.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub code: String,
    pub title: String,
    pub category: String,
    pub site: String,
}

/// Where the columns stand.
struct Columns {
    code: usize,
    title: usize,
    category: Option<usize>,
    site: usize,
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Table, TableError> {
    let failed = |source| TableError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(TableError::Large { path: path.to_owned() });
    }
    // a spreadsheet is a zip, whatever its name
    if bytes.starts_with(b"PK\x03\x04") { spreadsheet(path, bytes) } else { text(path, &bytes) }
}

fn spreadsheet(path: &Path, bytes: Vec<u8>) -> Result<Table, TableError> {
    let failed = |source| TableError::Spreadsheet { path: path.to_owned(), source };
    let mut book: Xlsx<_> = open_workbook_from_rs(io::Cursor::new(bytes)).map_err(failed)?;
    let Some(range) = book.worksheet_range_at(0) else { return Ok(Table::default()) };
    let range = range.map_err(failed)?;
    let cells = |row: &[Data]| row.iter().map(ToString::to_string).collect::<Vec<String>>();
    let mut rows = range.rows();
    // a title or an empty line may stand above the names of the columns
    let header = rows.by_ref().take(10).map(cells).find(|row| row.iter().any(|name| is(name, CODE)));
    let columns = Columns::of(path, &header.unwrap_or_default())?;
    let rows = rows.take(MOST_ROWS).map(|row| {
        let row = cells(row);
        columns.row(|at| row.get(at).cloned())
    });
    Ok(Table { rows: rows.filter(Row::says_something).collect() })
}

fn text(path: &Path, bytes: &[u8]) -> Result<Table, TableError> {
    let failed = |source| TableError::Text { path: path.to_owned(), source };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = String::from_utf8_lossy(bytes.split(|byte| *byte == b'\n').next().unwrap_or_default());
    let count = |sign: u8| first.matches(char::from(sign)).count();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new();
    // tab-separated files have quotes in their texts that mean themselves
    reader.delimiter(delimiter).quoting(delimiter != b'\t').flexible(true).has_headers(false);
    let mut reader = reader.from_reader(bytes);
    let mut record = ByteRecord::new();
    let cells = |record: &ByteRecord| record.iter().map(decoded).collect::<Vec<String>>();
    let header =
        if reader.read_byte_record(&mut record).map_err(failed)? { cells(&record) } else { Vec::new() };
    let columns = Columns::of(path, &header)?;
    let mut table = Table::default();
    while table.rows.len() < MOST_ROWS && reader.read_byte_record(&mut record).map_err(failed)? {
        let row = columns.row(|at| record.get(at).map(decoded));
        table.rows.extend(row.says_something().then_some(row));
    }
    Ok(table)
}

/// A cell as text: UTF-8, else Latin 1, which some rows are in.
fn decoded(cell: &[u8]) -> String {
    match std::str::from_utf8(cell) {
        Ok(text) => text.to_owned(),
        Err(_) => cell.iter().map(|byte| char::from(*byte)).collect(),
    }
}

const CODE: &[&str] = &["codiceipa", "codamm", "codipa"];
const TITLE: &[&str] = &["denominazioneente", "desamm", "denominazione"];
const CATEGORY: &[&str] = &["codicecategoria", "tipologiaistat"];
const SITE: &[&str] = &["sitoistituzionale"];

/// Whether a column has one of these names, letters and digits alone.
fn is(name: &str, names: &[&str]) -> bool {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    names.contains(&plain.as_str())
}

impl Columns {
    fn of(path: &Path, header: &[String]) -> Result<Self, TableError> {
        let find = |names: &[&str]| header.iter().position(|name| is(name, names));
        let needed = |names: &'static [&'static str], shown: &'static str| {
            find(names).ok_or_else(|| {
                let columns: Vec<String> =
                    header.iter().take(40).map(|name| name.chars().take(40).collect()).collect();
                TableError::Column { path: path.to_owned(), missing: shown, columns: columns.join(", ") }
            })
        };
        Ok(Self {
            code: needed(CODE, "Codice_IPA (or cod_amm)")?,
            title: needed(TITLE, "Denominazione_ente (or des_amm)")?,
            category: find(CATEGORY),
            site: needed(SITE, "Sito_istituzionale")?,
        })
    }

    fn row(&self, cell: impl Fn(usize) -> Option<String>) -> Row {
        let cell = |at: usize| cell(at).unwrap_or_default();
        Row {
            code: cell(self.code),
            title: cell(self.title),
            category: self.category.map(cell).unwrap_or_default(),
            site: cell(self.site),
        }
    }
}

impl Row {
    fn says_something(&self) -> bool {
        let Self { code, title, category: _, site } = self;
        [code, title, site].iter().any(|text| !text.trim().is_empty())
    }
}
