//! The classes beside what was published, the trend of own runs, and what is wrong most often.

use std::collections::{BTreeMap, BTreeSet};

use super::super::class::PUBLISHED;
use super::super::{Class, Classes, Report, Style, classes};
use super::charts;
use super::write::{capital, each, escaped, place};
use crate::Language;
use crate::rules::{Verdict, Weight};

/// So many own runs are drawn at most, the last ones.
const RUNS: usize = 60;
/// So many findings are listed at most.
const MOST_COMMON: usize = 12;

pub(super) fn section(report: &Report, style: &Style) -> String {
    let heading = style.say("In sintesi", "At a glance");
    format!(
        "<section aria-labelledby=\"sintesi\"><h2 id=\"sintesi\">{heading}</h2>{}{}{}{}</section>",
        figures(report, style),
        shares(report, style),
        trend(report, style),
        most_common(report, style)
    )
}

/// How many bodies are in each class, large.
fn figures(report: &Report, style: &Style) -> String {
    let counts = classes(report);
    let shown = charts::parts().filter(|part| part.is_some() || counts.unknown > 0);
    let figures = each(shown, |part| {
        format!(
            "<div class=\"figure {}\"><dt>{}</dt><dd>{}</dd></div>",
            super::colour(part),
            style.class(part),
            counts.of(part)
        )
    });
    let all = style.count(report.bodies.len(), ("ente", "body"), ("enti", "bodies"));
    let text = style.say(
        "per classe di sicurezza di CERT-AgID; un ente ha la classe del suo sito peggiore.",
        "by CERT-AgID’s classes of security; a body has the class of its worst site.",
    );
    format!("<p>{all} {text}</p><dl class=\"figures\">{figures}</dl>")
}

fn shares(report: &Report, style: &Style) -> String {
    let ours = classes(report);
    let heading = style.say("Confronto con le rilevazioni nazionali", "Beside the national surveys");
    let sites = |number: u32| style.count(number as usize, ("sito", "site"), ("siti", "sites"));
    let country = PUBLISHED.map(|published| {
        (format!("{} · Italia, {}", published.year, sites(published.classes.all())), published.classes)
    });
    let bodies = style.count(report.bodies.len(), ("ente", "body"), ("enti", "bodies"));
    let this = (format!("{} · {bodies}", style.say("Questa verifica", "This audit")), ours);
    let rows: Vec<(String, Classes)> = country.into_iter().chain([this]).collect();
    let unknown = ours.unknown > 0 || style.past.iter().any(|past| past.classes.unknown > 0);
    let note = style.say(
        "Fonte: CERT-AgID, monitoraggi di dicembre 2020, ottobre 2021 e dicembre 2022; quote ricalcolate sui conteggi pubblicati.",
        "Source: CERT-AgID, surveys of December 2020, October 2021 and December 2022; shares recomputed from the published counts.",
    );
    format!(
        "<h3>{heading}</h3><figure>{}{}{}<figcaption>{note}</figcaption></figure>",
        charts::legend(unknown, style),
        charts::bars(&rows, heading, style),
        shares_table(ours, style)
    )
}

fn shares_table(ours: Classes, style: &Style) -> String {
    let shown = Class::ALL.map(Some).into_iter().chain((ours.unknown > 0).then_some(None));
    let rows = each(shown, |part| {
        let then = each(PUBLISHED, |published| {
            let share = part.map_or_else(|| "–".to_owned(), |_| style.percent(published.classes.share(part)));
            format!("<td>{share}</td>")
        });
        format!(
            "<tr><th scope=\"row\">{}</th>{then}<td><strong>{}</strong></td></tr>",
            style.class(part),
            style.percent(ours.share(part))
        )
    });
    let years = each(PUBLISHED, |published| format!("<th scope=\"col\">{}</th>", published.year));
    format!(
        "<table class=\"numbers\"><thead><tr><th scope=\"col\">{}</th>{years}<th scope=\"col\">{}</th></tr></thead><tbody>{rows}</tbody></table>",
        style.say("Classe", "Class"),
        style.say("Ora", "Now")
    )
}

fn trend(report: &Report, style: &Style) -> String {
    if style.past.is_empty() {
        return String::new();
    }
    let past = style.past.iter().rev().take(RUNS - 1).rev();
    let own = past.map(|past| (past.begun, past.classes)).chain([(report.run.begun, classes(report))]);
    let runs: Vec<(String, Classes)> = own.map(|(at, classes)| (style.day(at), classes)).collect();
    let heading = style.say("Andamento delle verifiche", "Trend of the audits");
    let heads =
        each(charts::parts(), |part| format!("<th scope=\"col\">{}</th>", capital(style.class(part))));
    let rows = each(runs.iter().rev(), |(day, classes)| {
        let cells = each(charts::parts(), |part| format!("<td>{}</td>", classes.of(part)));
        format!("<tr><th scope=\"row\">{day}</th>{cells}</tr>")
    });
    let counts: Vec<Classes> = runs.iter().map(|(_, classes)| *classes).collect();
    let first = runs.first().map(|(day, _)| day.as_str()).unwrap_or_default();
    let audits = style.count(runs.len(), ("verifica", "audit"), ("verifiche", "audits"));
    let caption = match style.language {
        Language::It => format!("{audits}, dal {first} (a sinistra) a questa (a destra)."),
        Language::En => format!("{audits}, from {first} (left) to this one (right)."),
    };
    format!(
        "<h3>{heading}</h3><figure>{}<figcaption>{caption}</figcaption><details><summary>{}</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{heading}\">\
         <table class=\"numbers\"><thead><tr><th scope=\"col\">{}</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details></figure>",
        charts::trend(&counts, heading, style),
        style.say("I numeri del grafico", "The numbers of the chart"),
        style.say("Verifica del", "Audit of")
    )
}

/// What is wrong at most bodies.
fn most_common(report: &Report, style: &Style) -> String {
    let mut bodies: BTreeMap<(Weight, &str), BTreeSet<&str>> = BTreeMap::new();
    for body in &report.bodies {
        let wrong = body
            .findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Fails && finding.weight > Weight::Notice);
        for finding in wrong {
            bodies.entry((finding.weight, &finding.rule)).or_default().insert(&body.facts.subject);
        }
    }
    if bodies.is_empty() {
        return String::new();
    }
    let mut rules: Vec<((Weight, &str), usize)> =
        bodies.into_iter().map(|(rule, who)| (rule, who.len())).collect();
    rules.sort_by_key(|((weight, id), count)| (std::cmp::Reverse((*weight, *count)), *id));
    let rows = each(rules.into_iter().take(MOST_COMMON), |((weight, id), count)| {
        let who = style.rule(id).map(|rule| capital(style.who((rule.remedy)().who))).unwrap_or_default();
        let title = escaped(&style.title(id));
        let title = match style.rule(id) {
            Some(_) => format!("<a href=\"#{}\">{title}</a>", place("regola", id)),
            None => title,
        };
        format!(
            "<tr><td><span class=\"weight {}\">{}</span></td><th scope=\"row\">{title}</th><td>{who}</td><td class=\"n\">{count}</td></tr>",
            super::body::weight(weight),
            style.weight(weight),
        )
    });
    let heading = style.say("Da dove cominciare", "Where to begin");
    format!(
        "<h3>{heading}</h3><p>{}</p><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{heading}\"><table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\" class=\"n\">{}</th></tr></thead><tbody>{rows}</tbody></table></div>",
        style.say(
            "I problemi più pesanti e più diffusi; il titolo porta al rimedio.",
            "What weighs most and is found most often; the title leads to the remedy."
        ),
        style.say("Peso", "Weight"),
        style.say("Problema", "Finding"),
        style.say("A chi spetta", "Who must act"),
        style.say("Enti", "Bodies"),
    )
}
