//! The report of a run, from what is kept of it. As JSON and CSV it is written body by body: memory does not grow with them.

use std::fs::{OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use campanile_audit::Language;
use campanile_audit::report::{
    self, Body, Changes, Class, Classes, FORMAT, Past, Report, Run, Style, Terminal,
};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::store::{RunId, RunRow, Store, StoreError};

/// Runs before this one that a chart shows.
const PAST: usize = 60;

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For a terminal.
    Text(Terminal),
    /// For programs.
    Json,
    /// A row each host.
    Csv,
    /// One page for people.
    Html,
    /// For Prometheus.
    OpenMetrics,
    /// For code scanning.
    Sarif,
}

/// Why a report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// What is kept cannot be read.
    #[error("reading the audit")]
    Store {
        /// Why.
        source: StoreError,
    },
    /// The run did not come to its end.
    #[error("run {0} did not come to its end, or its facts are no longer kept")]
    NotThere(i64),
    /// It cannot be written.
    #[error("writing the report to {to}")]
    Write {
        /// Where.
        to: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<StoreError> for WriteError {
    fn from(source: StoreError) -> Self {
        Self::Store { source }
    }
}

/// A run of which a report can be written.
struct Kept<'a> {
    store: &'a Store,
    run: RunId,
    about: Run,
    changes: Option<Changes>,
    past: Vec<Past>,
}

/// Writes a report to standard output; a reader that went away is no failure of ours.
pub fn to_output(store: &Store, run: RunId, form: Form, language: Language) -> Result<(), WriteError> {
    let kept = kept(store, run)?;
    let mut output = BufWriter::new(io::stdout().lock());
    match kept.write(form, language, &mut output).and_then(|()| Ok(output.flush()?)) {
        Err(Trouble::Write(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(WriteError::Write { to: "standard output".into(), source: error })
        }
        Err(Trouble::Store(source)) => Err(WriteError::Store { source }),
        _ => Ok(()),
    }
}

/// Writes a report into a file, which is replaced when all of it is written.
pub fn to_file(
    store: &Store,
    run: RunId,
    (form, language): (Form, Language),
    path: &Path,
) -> Result<(), WriteError> {
    let kept = kept(store, run)?;
    // what a link leads to is meant, and a device or a pipe is written to, never replaced
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if std::fs::metadata(&target).is_ok_and(|there| !there.is_file()) {
        return kept.through(form, language, path);
    }
    let folder = target.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let written = || {
        let file = tempfile::Builder::new().prefix(".").suffix(".unfinished").tempfile_in(folder)?;
        let mut writer = BufWriter::new(file);
        kept.write(form, language, &mut writer)?;
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().set_permissions(Permissions::from_mode(0o644))?;
        file.as_file().sync_all()?;
        file.persist(&target).map_err(|error| error.error)?;
        Ok(())
    };
    written().map_err(|trouble| failure(trouble, path))
}

fn failure(trouble: Trouble, path: &Path) -> WriteError {
    match trouble {
        Trouble::Store(source) => WriteError::Store { source },
        Trouble::Write(source) => WriteError::Write { to: path.to_owned(), source },
    }
}

/// What can go wrong while a report is written.
enum Trouble {
    Store(StoreError),
    Write(io::Error),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

fn kept(store: &Store, run: RunId) -> Result<Kept<'_>, WriteError> {
    let row = store.run(run)?.filter(|row| row.is_whole).ok_or(WriteError::NotThere(run.0))?;
    let RunRow { scope, about, .. } = row;
    let about = about.ok_or(WriteError::NotThere(run.0))?;
    let changes = store.changes(run)?;
    let before = store.runs(Some(&scope), PAST)?.into_iter().filter(|past| past.id < run);
    let mut past = Vec::new();
    for row in before {
        past.push(Past { begun: row.begun, classes: classes(store, row.id)? });
    }
    past.reverse();
    Ok(Kept { store, run, about, changes, past })
}

/// How many bodies of a run are in each class.
pub fn classes(store: &Store, run: RunId) -> Result<Classes, StoreError> {
    let mut classes = Classes::default();
    for (name, count) in store.classes(run)? {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        match Class::from_name(&name) {
            Some(Class::Secure) => classes.secure += count,
            Some(Class::Misconfigured) => classes.misconfigured += count,
            Some(Class::Grave) => classes.grave += count,
            Some(Class::Without) => classes.without += count,
            None => classes.unknown += count,
        }
    }
    Ok(classes)
}

impl Kept<'_> {
    /// Writes into what is there and no regular file.
    fn through(&self, form: Form, language: Language, path: &Path) -> Result<(), WriteError> {
        let write = || {
            let mut writer = BufWriter::new(OpenOptions::new().write(true).open(path)?);
            self.write(form, language, &mut writer)?;
            Ok(writer.flush()?)
        };
        write().map_err(|trouble| failure(trouble, path))
    }

    fn write(&self, form: Form, language: Language, to: &mut impl Write) -> Result<(), Trouble> {
        let style = Style { language, past: &self.past, ..Style::default() };
        let text = match form {
            Form::Json => return self.json(to),
            Form::Csv => return self.csv(to),
            Form::Text(terminal) => report::text(&self.whole()?, &style, terminal),
            Form::Html => report::html(&self.whole()?, &style),
            Form::OpenMetrics => report::openmetrics(&self.whole()?),
            Form::Sarif => report::sarif(&self.whole()?, &style),
        };
        Ok(to.write_all(text.as_bytes())?)
    }

    fn report(&self, bodies: Vec<Body>) -> Report {
        let (run, changes) = (self.about.clone(), self.changes.clone());
        Report { format: FORMAT.to_owned(), run, changes, bodies }
    }

    fn whole(&self) -> Result<Report, StoreError> {
        let mut bodies = Vec::new();
        self.store.each_body(self.run, |body| {
            bodies.push(body);
            Ok::<_, StoreError>(())
        })?;
        Ok(self.report(bodies))
    }

    fn csv(&self, to: &mut impl Write) -> Result<(), Trouble> {
        let header = report::csv(&self.report(Vec::new()));
        to.write_all(header.as_bytes())?;
        self.store.each_body(self.run, |body| {
            let table = report::csv(&Report { changes: None, ..self.report(vec![body]) });
            to.write_all(table.strip_prefix(&header).unwrap_or(&table).as_bytes())?;
            Ok(())
        })
    }

    fn json(&self, to: &mut impl Write) -> Result<(), Trouble> {
        let streamed = Streamed {
            format: FORMAT,
            run: &self.about,
            changes: self.changes.as_ref(),
            bodies: Bodies { store: self.store, run: self.run },
        };
        serde_json::to_writer_pretty(&mut *to, &streamed).map_err(io::Error::from)?;
        Ok(to.write_all(b"\n")?)
    }
}

/// A [`Report`] of which one body is in memory at a time.
#[derive(Serialize)]
struct Streamed<'a> {
    format: &'a str,
    run: &'a Run,
    changes: Option<&'a Changes>,
    bodies: Bodies<'a>,
}

struct Bodies<'a> {
    store: &'a Store,
    run: RunId,
}

impl Serialize for Bodies<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// An error of either side.
        struct Either<E>(E);
        impl<E: serde::ser::Error> From<StoreError> for Either<E> {
            fn from(error: StoreError) -> Self {
                Self(E::custom(error))
            }
        }
        let mut sequence = serializer.serialize_seq(None)?;
        let written =
            self.store.each_body(self.run, |body| sequence.serialize_element(&body).map_err(Either));
        written.map_err(|Either(error)| error)?;
        sequence.end()
    }
}
