//! Every rule that found something: what it means, where it stands, and the lines to change.

use std::collections::BTreeSet;

use super::super::sarif::remedies;
use super::super::{Report, Style};
use super::write::{each, escaped, place};
use crate::rules::{Remedy, Rule, Verdict};

pub(super) fn section(report: &Report, style: &Style) -> String {
    let findings = report.bodies.iter().flat_map(|body| &body.findings);
    let found: BTreeSet<&str> = findings
        .filter(|finding| finding.verdict == Verdict::Fails)
        .map(|finding| finding.rule.as_str())
        .collect();
    let mut rules: Vec<&Rule> = found.into_iter().filter_map(|id| style.rule(id)).collect();
    rules.sort_by_key(|rule| (std::cmp::Reverse(rule.weight), rule.area, rule.id));
    let content = if rules.is_empty() {
        format!(
            "<p class=\"calm\">{}</p>",
            style.say("Non c’è nulla da correggere.", "There is nothing to mend.")
        )
    } else {
        each(rules, |rule| self::rule(rule, style))
    };
    let heading = style.say("Come rimediare", "How to mend");
    format!("<section aria-labelledby=\"rimedi\"><h2 id=\"rimedi\">{heading}</h2>{content}</section>")
}

fn rule(rule: &Rule, style: &Style) -> String {
    let id = place("regola", rule.id);
    let remedy = (rule.remedy)();
    format!(
        "<article class=\"rule\" aria-labelledby=\"{id}\"><h3 id=\"{id}\">{}</h3><p>{}</p><p><b>{}</b> {}</p><p class=\"who\"><b>{}</b> {}. <b>{}</b> {}.</p>{}<p class=\"source\">{}: {} · <code>{}</code></p></article>",
        escaped((rule.title)().in_language(style.language)),
        escaped((rule.meaning)().in_language(style.language)),
        style.say("Rimedio:", "Remedy:"),
        escaped(remedy.what.in_language(style.language)),
        style.say("A chi spetta:", "Who must act:"),
        style.who(remedy.who),
        style.say("Ambito:", "Area:"),
        style.area(rule.area),
        lines(&remedy, style, "h4"),
        style.say("Fonte", "Source"),
        escaped(rule.citation),
        rule.id,
    )
}

/// Lines to change, by where.
pub(super) fn lines(remedy: &Remedy, style: &Style, heading: &str) -> String {
    let places = remedies(remedy, style);
    if places.is_empty() {
        return String::new();
    }
    let blocks = each(places, |(name, lines)| {
        format!("<{heading}>{name}</{heading}><pre><code>{}</code></pre>", escaped(lines))
    });
    format!(
        "<details class=\"lines\"><summary>{}</summary>{blocks}</details>",
        style.say("Righe da cambiare", "Lines to change")
    )
}

/// A rule's title as the way to what stands once for all bodies.
pub(super) fn link(rule: &Rule, style: &Style) -> String {
    format!(
        "<a href=\"#{}\">{}</a>",
        place("regola", rule.id),
        escaped((rule.title)().in_language(style.language))
    )
}
