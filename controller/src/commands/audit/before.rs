//! `campanile audit diff`, `trend` and `report`: audits that were.

use std::fmt::Write;

use campanile_audit::changes::compare;
use campanile_audit::report::{Changes, Class, FORMAT, Report};
use serde_json::json;

use super::super::{DONE, FAILED, Failure, print, say};
use super::arguments::{self, Kept};
use crate::audit::store::{RunId, RunRow, Store, StoreError};
use crate::audit::writing::classes;

/// The most runs that are listed at once.
const MOST: usize = 10_000;

fn open(kept: &Kept) -> Result<Option<Store>, Failure> {
    let store = Store::read(&kept.state)?;
    if store.is_none() {
        say(&format!("there is no audit in {} yet: campanile audit makes one", kept.state.display()));
    }
    Ok(store)
}

/// The run that is meant, or a word that there is none.
fn meant(store: &Store, kept: &Kept, run: Option<i64>) -> Result<Option<RunRow>, StoreError> {
    let found = match run {
        Some(run) => store.run(RunId(run))?.filter(|row| row.about.is_some()),
        None => store.last(&kept.scope, None)?,
    };
    if found.is_none() {
        let which = run.map_or_else(|| format!("of {}", kept.scope), |run| format!("{run}"));
        say(&format!("there is no audit {which}: campanile audit trend --scope all lists them"));
    }
    Ok(found)
}

pub(super) fn report(command: &arguments::Report) -> Result<u8, Failure> {
    let arguments::Report { run, kept, written } = command;
    let Some(store) = open(kept)? else { return Ok(FAILED) };
    let Some(row) = meant(&store, kept, *run)? else { return Ok(FAILED) };
    written.write(&store, row.id)?;
    Ok(DONE)
}

pub(super) fn diff(command: &arguments::Diff) -> Result<u8, Failure> {
    let arguments::Diff { runs, kept, lang, json } = command;
    let Some(store) = open(kept)? else { return Ok(FAILED) };
    let changes = if let [one, other] = runs.as_slice() {
        let (one, other) = (meant(&store, kept, Some(*one))?, meant(&store, kept, Some(*other))?);
        let (Some(one), Some(other)) = (one, other) else { return Ok(FAILED) };
        between(&store, &one, &other)?
    } else {
        let Some(row) = meant(&store, kept, None)? else { return Ok(FAILED) };
        let Some(changes) = store.changes(row.id)? else {
            say("there was one audit so far: nothing to compare it with");
            return Ok(DONE);
        };
        changes
    };
    if *json {
        print(&(serde_json::to_string_pretty(&changes)? + "\n"))?;
        return Ok(DONE);
    }
    if changes.changes.is_empty() {
        print(match lang {
            arguments::Lang::It => "non è cambiato nulla\n",
            arguments::Lang::En => "nothing changed\n",
        })?;
    }
    let mut text = String::new();
    for change in &changes.changes {
        let kind = serde_json::to_value(change.kind)?;
        let kind = kind.as_str().unwrap_or_default();
        let object =
            if change.object == change.subject { String::new() } else { format!(" {}", change.object) };
        writeln!(text, "{kind:11} {}{object}: {}", change.subject, change.text.in_language(lang.language()))?;
    }
    print(&text)?;
    Ok(DONE)
}

/// What changed between two runs, body by body.
fn between(store: &Store, one: &RunRow, other: &RunRow) -> Result<Changes, Failure> {
    let mut all = Vec::new();
    let alone = |row: &RunRow, subject: &str| -> Result<Report, Failure> {
        let about = row.about.clone().ok_or_else(|| format!("run {} did not come to its end", row.id.0))?;
        let body = store.body(row.id, subject)?.map(|(body, _)| body);
        Ok(Report {
            format: FORMAT.to_owned(),
            run: about,
            changes: None,
            bodies: body.into_iter().collect(),
        })
    };
    if let Some(row) = [one, other].into_iter().find(|row| !row.is_whole) {
        return Err(format!("the facts of run {} are no longer kept", row.id.0).into());
    }
    for subject in store.looked_at(one.id)?.union(&store.looked_at(other.id)?) {
        all.extend(compare(&alone(one, subject)?, &alone(other, subject)?).changes);
    }
    all.sort_by_key(|change| change.kind);
    Ok(Changes { since: one.begun, changes: all })
}

pub(super) fn trend(command: &arguments::Trend) -> Result<u8, Failure> {
    let arguments::Trend { kept, limit, json } = command;
    let Some(store) = open(kept)? else { return Ok(FAILED) };
    let scope = (kept.scope != "all").then_some(kept.scope.as_str());
    let mut runs = store.runs(scope, (*limit).min(MOST))?;
    runs.reverse();
    let mut rows = Vec::new();
    for run in runs {
        let classes = classes(&store, run.id)?;
        rows.push((run, classes));
    }
    if *json {
        let runs: Vec<_> = rows
            .iter()
            .map(|(run, classes)| {
                json!({ "run": run.id.0, "scope": run.scope, "begun": run.begun, "bodies": run.bodies,
                    "classes": classes, "about": run.about })
            })
            .collect();
        print(&(serde_json::to_string_pretty(&json!({ "runs": runs }))? + "\n"))?;
        return Ok(DONE);
    }
    let mut text = format!("{:>5}  {:16}  {:>6}", "RUN", "BEGUN", "BODIES");
    for class in Class::ALL {
        write!(text, "  {:>16}", short(Some(class)))?;
    }
    writeln!(text, "  {:>9}  SCOPE", short(None))?;
    for (run, classes) in rows {
        let begun = run.begun.strftime("%Y-%m-%d %H:%M");
        write!(text, "{:>5}  {begun}  {:>6}", run.id.0, run.bodies)?;
        for class in Class::ALL {
            let share = classes.share(Some(class));
            let shown = format!("{} {}.{}%", classes.of(Some(class)), share / 10, share % 10);
            write!(text, "  {shown:>16}")?;
        }
        writeln!(text, "  {:>9}  {}", classes.of(None), run.scope)?;
    }
    print(&text)?;
    Ok(DONE)
}

fn short(class: Option<Class>) -> &'static str {
    match class {
        Some(Class::Secure) => "SICURO",
        Some(Class::Misconfigured) => "MAL CONFIGURATO",
        Some(Class::Grave) => "GRAVI PROBLEMI",
        Some(Class::Without) => "SENZA HTTPS",
        None => "INCERTO",
    }
}
