//! What is told of one body: what is to be done, by whom, its grades with every deduction, and what was seen.

use std::collections::BTreeMap;

use super::super::view::{certificate, days_until, title, together};
use super::super::{Body, Style, standing};
use super::write::{capital, each, escaped, place};
use super::{badge, remedies};
use crate::facts::Site;
use crate::grades::{Grade, Reason};
use crate::rules::{Finding, Rule, Verdict, Weight, Who};

pub(super) fn article(body: &Body, style: &Style, with_lines: bool) -> String {
    let id = place("ente", &body.facts.subject);
    let hosts = each(&body.facts.sites, |site| format!("<li>{}</li>", escaped(&site.host)));
    let groups = together(&body.findings);
    let (wrong, unsure): (Vec<_>, Vec<_>) = groups
        .into_iter()
        .partition(|group| group.first().is_some_and(|finding| finding.verdict == Verdict::Fails));
    let findings = if wrong.is_empty() {
        let calm = if unsure.is_empty() {
            style.say("Non c’è nulla da correggere.", "There is nothing to mend.")
        } else {
            style.say(
                "Di ciò che si è potuto vedere non c’è nulla da correggere; il resto non ha risposto.",
                "Of what could be seen there is nothing to mend; the rest did not answer.",
            )
        };
        format!("<p class=\"calm\">{calm}</p>")
    } else {
        let items = each(&wrong, |group| finding(group, style, with_lines));
        format!("{}<ol class=\"findings\">{items}</ol>", tasks(&wrong, style))
    };
    format!(
        "<article aria-labelledby=\"{id}\"><div class=\"title\"><h3 id=\"{id}\">{}</h3>{}</div><ul class=\"hosts\">{hosts}</ul>\
         <h4>{}</h4>{findings}{}{}{}<p class=\"back\"><a href=\"#enti\">{}</a></p></article>",
        escaped(title(body)),
        badge(standing(body), style),
        style.say("Che cosa fare", "What to do"),
        unknowns(&unsure, style),
        grades(&body.grades, style),
        seen(body, style),
        style.say("Torna all’elenco", "Back to the list"),
    )
}

/// Classes of CSS for a weight.
pub(super) fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Grave => "w3",
        Weight::Major => "w2",
        Weight::Minor => "w1",
        Weight::Notice => "w0",
    }
}

/// How many things are to be done by whom.
fn tasks(wrong: &[Vec<&Finding>], style: &Style) -> String {
    let mut tasks: BTreeMap<Who, usize> = BTreeMap::new();
    for rule in wrong.iter().filter_map(|group| group.first()).filter_map(|finding| style.rule(&finding.rule))
    {
        *tasks.entry((rule.remedy)().who).or_default() += 1;
    }
    let all = style.count(
        wrong.len(),
        ("punto da curare", "point to see to"),
        ("punti da curare", "points to see to"),
    );
    let by: Vec<String> = tasks.into_iter().map(|(who, count)| style.for_whom(who, count)).collect();
    let colon = if by.is_empty() { "" } else { ": " };
    format!("<p class=\"tasks\"><strong>{all}</strong>{colon}{}.</p>", by.join(", "))
}

/// All findings of one rule.
fn finding(group: &[&Finding], style: &Style, with_lines: bool) -> String {
    let Some(first) = group.first() else { return String::new() };
    let evidence = each(by_evidence(group, style), |(evidence, objects)| {
        format!("<li><b>{}</b> {}</li>", escaped(&objects.join(", ")), escaped(evidence))
    });
    let title = style.rule(&first.rule).filter(|_| !with_lines).map(|rule| remedies::link(rule, style));
    let told = style.rule(&first.rule).map(|rule| told(rule, first.weight, style, with_lines));
    format!(
        "<li class=\"{class}\"><h5><span class=\"weight {class}\">{}</span> {}</h5><ul class=\"evidence\">{evidence}</ul>{}</li>",
        style.weight(first.weight),
        title.unwrap_or_else(|| escaped(&style.title(&first.rule))),
        told.unwrap_or_default(),
        class = weight(first.weight),
    )
}

/// What was seen, each once, with all objects at which it was.
fn by_evidence<'a>(group: &[&'a Finding], style: &Style) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut seen: Vec<(&str, Vec<&str>)> = Vec::new();
    for finding in group {
        let evidence = finding.evidence.in_language(style.language);
        match seen.iter_mut().find(|(other, _)| *other == evidence) {
            Some((_, objects)) => objects.push(&finding.object),
            None => seen.push((evidence, vec![&finding.object])),
        }
    }
    seen
}

/// What a rule says: what it means, what to do, and who must. In a large report the meaning of what weighs less stands with
/// the lines, once for all bodies.
fn told(rule: &Rule, found: Weight, style: &Style, with_lines: bool) -> String {
    let remedy = (rule.remedy)();
    let meaning = if with_lines || found >= Weight::Major {
        format!("<p>{}</p>", escaped((rule.meaning)().in_language(style.language)))
    } else {
        String::new()
    };
    let lines = if with_lines { remedies::lines(&remedy, style, "h6") } else { String::new() };
    format!(
        "{meaning}<p><b>{}</b> {}</p><p class=\"who\"><b>{}</b> {}.</p>{lines}",
        style.say("Rimedio:", "Remedy:"),
        escaped(remedy.what.in_language(style.language)),
        style.say("A chi spetta:", "Who must act:"),
        style.who(remedy.who),
    )
}

fn unknowns(unsure: &[Vec<&Finding>], style: &Style) -> String {
    if unsure.is_empty() {
        return String::new();
    }
    let items = each(unsure.iter().flatten(), |finding| {
        format!(
            "<li>{} <b>{}</b> {}</li>",
            escaped(&style.title(&finding.rule)),
            escaped(&finding.object),
            escaped(finding.evidence.in_language(style.language))
        )
    });
    let heading = style.say("Che cosa non si è potuto sapere", "What could not be told");
    format!(
        "<details><summary>{heading} ({})</summary><ul>{items}</ul></details>",
        unsure.iter().flatten().count()
    )
}

fn grades(grades: &[Grade], style: &Style) -> String {
    if grades.is_empty() {
        return String::new();
    }
    let items = each(grades, |grade| {
        let reasons = each(&grade.reasons, |reason| self::reason(reason, style));
        let reasons = if reasons.is_empty() { reasons } else { format!("<ul>{reasons}</ul>") };
        format!(
            "<li><b>{} {}</b> {}: <strong>{}</strong>{reasons}</li>",
            style.scheme(grade.scheme),
            escaped(&grade.version),
            escaped(&grade.object),
            escaped(&style.grade(grade))
        )
    });
    let heading = style.say("Voti e come si calcolano", "Grades and how they come about");
    format!("<details><summary>{heading}</summary><ul class=\"grades\">{items}</ul></details>")
}

fn reason(reason: &Reason, style: &Style) -> String {
    let Reason { points, cap, uncertain, text } = reason;
    let points = match points {
        0 => String::new(),
        points @ 1.. => format!("<b>+{points}</b> "),
        points => format!("<b>−{}</b> ", points.unsigned_abs()),
    };
    let cap = cap.as_ref().map(|cap| {
        let most = style.say("non più di", "no better than");
        format!("<b>{most} «{}»:</b> ", escaped(&style.step(cap)))
    });
    let uncertain =
        if *uncertain { style.say(" (se è come si teme)", " (if it is as bad as it can be)") } else { "" };
    format!(
        "<li>{points}{}{}{uncertain}</li>",
        cap.unwrap_or_default(),
        escaped(text.in_language(style.language))
    )
}

/// What was seen of each host, in a few lines.
fn seen(body: &Body, style: &Style) -> String {
    if body.facts.sites.is_empty() {
        return String::new();
    }
    let sites = each(&body.facts.sites, |site| {
        let facts = each(facts(body, site, style), |(name, value)| {
            format!("<dt>{name}</dt><dd>{}</dd>", escaped(&value))
        });
        format!("<p><b>{}</b></p><dl class=\"seen\">{facts}</dl>", escaped(&site.host))
    });
    let heading = style.say("Che cosa si è visto", "What was seen");
    format!("<details><summary>{heading}, {}</summary>{sites}</details>", style.moment(body.facts.at))
}

fn facts(body: &Body, site: &Site, style: &Style) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let addresses = match (site.endpoints.known(), site.endpoints.why_unknown()) {
        (Some(endpoints), _) if endpoints.is_empty() => style.say("nessuno", "none").to_owned(),
        (Some(endpoints), _) => {
            let addresses: Vec<String> =
                endpoints.iter().map(|endpoint| endpoint.address.ip().to_string()).collect();
            addresses.join(", ")
        }
        (None, why) => format!("{} ({})", style.class(None), why.unwrap_or_default()),
    };
    facts.push((style.say("Indirizzi", "Addresses"), addresses));
    let versions = super::super::view::versions(site);
    if !versions.is_empty() {
        facts.push((style.say("Versioni", "Versions"), versions.join(", ")));
    }
    if let Some(certificate) = certificate(site) {
        let days = style.days_left(days_until(certificate.not_after, body.facts.at));
        let until = style.say("fino al", "until");
        facts.push((
            style.say("Certificato", "Certificate"),
            capital(&format!(
                "{}, {until} {} ({days})",
                certificate.authority,
                style.day(certificate.not_after)
            )),
        ));
    }
    if let Some(cms) = site.cms.known().and_then(Option::as_ref) {
        let version = cms.version.as_deref().unwrap_or_default();
        facts.push(("CMS", format!("{} {version}", cms.name).trim_end().to_owned()));
    }
    if let Some(page) = site.web.page.known() {
        facts.push((style.say("Pagina", "Page"), format!("{} ({})", page.url, page.status)));
    }
    facts
}
