//! `campanile audit`: looks at everybody from outside, judges, and says what changed.

mod arguments;
mod before;
mod targets;

use std::io::IsTerminal;
use std::path::Path;

use campanile_audit::report::{Body, Terminal};
use campanile_audit::rules::Verdict;
use jiff::Timestamp;

use super::{DONE, FAILED, Failure, INTERRUPTED, USAGE, say};
use crate::audit::going::{Audit, Done, Into};
use crate::audit::settings::Settings;
use crate::audit::store::{Bounds, Opened, Store};
use crate::audit::writing::{self, Form};
use crate::progress::Counter;
use crate::world::chain;
pub(super) use arguments::Audit as Arguments;
use arguments::{AuditAction, FailOn, Looks, Measure, Written};
use targets::{Chosen, choose};

pub(super) async fn run(command: Arguments) -> Result<u8, Failure> {
    match command.action {
        Some(AuditAction::Diff(diff)) => before::diff(&diff),
        Some(AuditAction::Trend(trend)) => before::trend(&trend),
        Some(AuditAction::Report(report)) => before::report(&report),
        None => audit(command).await,
    }
}

async fn audit(command: Arguments) -> Result<u8, Failure> {
    let Arguments { action: _, targets, at, measure, eyes, written, fail_on } = command;
    let chosen = match choose(&targets, &at).await {
        Ok(chosen) => chosen,
        Err(targets::ChooseError::Usage(words)) => {
            say(&format!("campanile: {words}"));
            return Ok(USAGE);
        }
        Err(targets::ChooseError::Failed(error)) => return Err(error),
    };
    for note in &chosen.notes {
        say(note);
    }
    let Chosen { targets, scope, listed, settings, notes: _, unusable, resting } = chosen;
    if targets.is_empty() && resting.is_empty() {
        say("there is nobody to look at: nothing was audited, and nothing is kept");
        return Ok(FAILED);
    }
    let settings = Settings { listed, ..put(settings, &measure, &eyes) };
    let full = eyes.full;
    let mut audit = Audit::new(&settings, eyes.intrusive)?;
    audit.full = full;
    let store = open(&at.state, scope.as_deref())?;
    let _lock = match &scope {
        Some(_) if at.state.is_dir() => Some(
            Store::lock(&at.state)?
                .ok_or("another audit is under way with this state folder; wait for its end")?,
        ),
        _ => None,
    };
    let scope = scope.unwrap_or_default();
    let count = targets.iter().map(|target| 1 + target.twins.len()).sum();
    let counter = Counter::new(count);
    let mut judged = Judged { fail_on, fails: unusable > 0 && fail_on != FailOn::Never };
    let progress = |body: &Body| {
        counter.done(&body.facts.subject);
        judged.hear(body);
    };
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    let done =
        audit.go(targets, Into { store: &store, scope: &scope, resting: &resting }, progress, stop).await?;
    counter.finish();
    let Some(Done { run, lost }) = done else {
        if !scope.is_empty() {
            say("stopped; the next audit of the same within twelve hours goes on from here");
        }
        return Ok(INTERRUPTED);
    };
    for subject in &lost {
        say(&format!("{subject} could not be looked at: a fault of this program; please report it"));
    }
    written.write(&store, run)?;
    if let Err(error) = store.prune(Timestamp::now(), &Bounds::default()) {
        say(&format!("old audits could not be forgotten: {}", chain(&error)));
    }
    // of a run that was gone on with, what was seen before counts too
    store.each_summary(run, |_, _, summary| {
        judged.fails |= fail_on.weight().is_some_and(|least| {
            summary.found.values().any(|found| found.fails > 0 && found.weight >= least)
        });
    })?;
    Ok(if judged.fails || !lost.is_empty() { FAILED } else { DONE })
}

/// What the audit's exit code hangs on.
struct Judged {
    fail_on: FailOn,
    fails: bool,
}

impl Judged {
    fn hear(&mut self, body: &Body) {
        let Some(least) = self.fail_on.weight() else { return };
        let wrong = body.findings.iter().any(|it| it.verdict == Verdict::Fails && it.weight >= least);
        self.fails |= wrong || !was_seen(body);
    }
}

/// Whether anything was seen of a body: an answer of one of its hosts, if only a refusal.
fn was_seen(body: &Body) -> bool {
    let answered = |endpoint: &campanile_audit::facts::Endpoint| endpoint.https.known().is_some();
    body.facts.sites.iter().any(|site| site.endpoints.known().is_some_and(|them| them.iter().any(answered)))
}

/// The settings with what the command line puts in their place.
fn put(settings: Settings, measure: &Measure, eyes: &Looks) -> Settings {
    let Measure { profile, old_versions, extra_roots, cms_versions } = measure;
    let Looks { contact, allow_private, resolve, resolver, rate, full: _, intrusive: _, concurrency } = eyes;
    let mut settings = settings;
    if let Some(profile) = profile {
        settings.profile.clone_from(profile);
    }
    if let Some(old) = old_versions {
        settings.old_versions = old.versions();
    }
    if let Some(contact) = contact {
        settings.contact = Some(contact.to_string());
    }
    if !resolver.is_empty() {
        settings.resolvers.clone_from(resolver);
    }
    settings.extra_roots.extend(extra_roots.iter().cloned());
    settings.cms_versions.clone_from(cms_versions);
    settings.allow_private |= allow_private;
    settings.rate = rate.or(settings.rate);
    settings.at_once = usize::from(*concurrency);
    for pin in resolve {
        settings.pinned.entry(pin.host.clone()).or_default().push(pin.address);
    }
    settings
}

/// Where the audit is kept: in the state folder, or for as long as it runs where it is of hosts that were named.
fn open(state: &Path, scope: Option<&str>) -> Result<Store, Failure> {
    if scope.is_none() {
        return Ok(Store::temporary()?);
    }
    let opened = std::fs::create_dir_all(state).map_err(|error| error.to_string());
    let opened = opened.and_then(|()| Store::open(state).map_err(|error| chain(&error)));
    match opened {
        Ok(Opened { store, notice }) => {
            if let Some(notice) = notice {
                say(&notice);
            }
            Ok(store)
        }
        Err(error) => {
            say(&format!("nothing is kept of this audit: {error}"));
            Ok(Store::temporary()?)
        }
    }
}

impl Written {
    /// Writes the report of a run.
    fn write(&self, store: &Store, run: crate::audit::store::RunId) -> Result<(), Failure> {
        let Self { output, out, lang } = self;
        let colour =
            out.is_none() && std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let form = match output {
            arguments::Form::Text => Form::Text(Terminal { colour, ..Terminal::default() }),
            arguments::Form::Json => Form::Json,
            arguments::Form::Csv => Form::Csv,
            arguments::Form::Html => Form::Html,
            arguments::Form::Openmetrics => Form::OpenMetrics,
            arguments::Form::Sarif => Form::Sarif,
        };
        match out {
            Some(path) if path.as_os_str() != "-" => {
                writing::to_file(store, run, (form, lang.language()), path)?;
            }
            _ => writing::to_output(store, run, form, lang.language())?,
        }
        Ok(())
    }
}
