//! What changed since the last run.

use super::super::words::other_object;
use super::super::{Change, ChangeKind, Report, Style};
use super::write::{capital, each, escaped, place};

/// So many changes of a kind are shown before the rest is folded.
const SHOWN: usize = 12;

pub(super) fn section(report: &Report, style: &Style) -> String {
    let heading = style.say("Che cosa è cambiato", "What changed");
    let content = match &report.changes {
        None => format!(
            "<p>{}</p>",
            style.say(
                "È la prima verifica: non ce n’è una precedente con cui confrontarla.",
                "This is the first audit: there is none before it to compare with."
            )
        ),
        Some(changes) if changes.changes.is_empty() => {
            format!("<p class=\"calm\">{}</p>", style.nothing_changed(changes.since))
        }
        Some(changes) => {
            let since = style.say("Rispetto alla verifica del", "Compared with the audit of");
            format!(
                "<p>{since} {}:</p>{}",
                style.moment(changes.since),
                groups(&changes.changes, report, style)
            )
        }
    };
    let not_seen = report.changes.as_ref().and_then(|_| style.not_seen(report));
    let not_seen = not_seen.map_or_else(String::new, |words| format!("<p>{words}</p>"));
    format!(
        "<section aria-labelledby=\"cambiamenti\"><h2 id=\"cambiamenti\">{heading}</h2>{not_seen}{content}</section>"
    )
}

/// Changes of one kind under one heading; they come sorted by kind.
fn groups(changes: &[Change], report: &Report, style: &Style) -> String {
    let groups = changes.chunk_by(|one, other| one.kind == other.kind);
    each(groups, |group| {
        let Some(first) = group.first() else { return String::new() };
        let class = match first.kind {
            ChangeKind::Worse | ChangeKind::NewTrouble | ChangeKind::Gone => "bad",
            ChangeKind::EndsSoon => "soon",
            ChangeKind::Better | ChangeKind::Mended | ChangeKind::Renewed => "good",
            ChangeKind::Appeared | ChangeKind::Left => "plain",
        };
        let (shown, folded) = group.split_at(SHOWN.min(group.len()));
        let items = |changes| each(changes, |change| item(change, report, style));
        let folded = match folded.len() {
            0 => String::new(),
            more => format!(
                "<details><summary>{} {more}</summary><ul>{}</ul></details>",
                style.say("Altri", "More:"),
                items(folded)
            ),
        };
        format!(
            "<div class=\"change {class}\"><h3>{} <span class=\"count\">{}</span></h3><ul>{}</ul>{folded}</div>",
            heading(first.kind, style),
            group.len(),
            items(shown)
        )
    })
}

fn heading(kind: ChangeKind, style: &Style) -> &'static str {
    match kind {
        ChangeKind::Worse => style.say("Classe peggiorata", "Class got worse"),
        ChangeKind::NewTrouble => style.say("Problemi nuovi", "New trouble"),
        ChangeKind::Gone => style.say("Siti non più raggiungibili", "Sites that are gone"),
        ChangeKind::EndsSoon => style.say("Certificati in scadenza", "Certificates about to end"),
        ChangeKind::Better => style.say("Classe migliorata", "Class got better"),
        ChangeKind::Mended => style.say("Problemi risolti", "Mended"),
        ChangeKind::Renewed => style.say("Certificati rinnovati", "Certificates renewed"),
        ChangeKind::Appeared => style.say("Nuovi in elenco", "New in the list"),
        ChangeKind::Left => style.say("Non più in elenco", "No longer in the list"),
    }
}

fn item(change: &Change, report: &Report, style: &Style) -> String {
    let body = report.bodies.iter().find(|body| body.facts.subject == change.subject);
    let name = body.map_or(change.subject.as_str(), super::super::view::title);
    let name = match body {
        Some(_) => format!("<a href=\"#{}\">{}</a>", place("ente", &change.subject), escaped(name)),
        None => escaped(name),
    };
    let object = other_object(change).map(|object| format!(" · {}", escaped(object))).unwrap_or_default();
    let text = capital(change.text.in_language(style.language));
    format!("<li>{name}{object}<br>{}</li>", escaped(&text))
}
