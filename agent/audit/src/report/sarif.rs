//! Findings in SARIF 2.1.0 (OASIS Standard, 2020): rules with their help, and a result for each finding.

use std::fmt::Write;

use serde_json::{Value, json};

use super::view::host_of;
use super::{Body, Report, Style};
use crate::Text;
use crate::rules::{Finding, Remedy, Rule, Verdict, Weight};

/// One run with a result for each finding.
pub fn sarif(report: &Report, style: &Style) -> String {
    let mut ids: Vec<&str> =
        report.bodies.iter().flat_map(|body| &body.findings).map(|finding| finding.rule.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let results = report
        .bodies
        .iter()
        .flat_map(|body| body.findings.iter().map(|finding| result(body, finding, &ids, style)));
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "campanile-audit",
                "version": report.run.program,
                "language": style.say("it", "en"),
                "rules": ids.iter().map(|id| rule(id, style)).collect::<Vec<Value>>(),
            }},
            "invocations": [{
                "executionSuccessful": true,
                "startTimeUtc": report.run.begun.to_string(),
                "endTimeUtc": report.run.ended.to_string(),
            }],
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<Value>>(),
        }],
    });
    format!("{log:#}\n")
}

fn rule(id: &str, style: &Style) -> Value {
    let Some(rule) = style.rule(id) else {
        return json!({"id": id, "shortDescription": {"text": id}});
    };
    let said = |text: Text| text.in_language(style.language).to_owned();
    let remedy = (rule.remedy)();
    json!({
        "id": id,
        "shortDescription": {"text": said((rule.title)())},
        "fullDescription": {"text": said((rule.meaning)())},
        "help": {"text": help(rule, &remedy, style), "markdown": markdown(rule, &remedy, style)},
        "defaultConfiguration": {"level": level(rule.weight)},
        "properties": {
            "tags": ["security", style.area(rule.area)],
            "security-severity": severity(rule.weight),
            "citation": rule.citation,
            "who": style.who(remedy.who),
        },
    })
}

fn help(rule: &Rule, remedy: &Remedy, style: &Style) -> String {
    let mut text = format!("{} ({})", remedy.what.in_language(style.language), style.who(remedy.who));
    for (name, lines) in remedies(remedy, style) {
        // writing to a String cannot fail
        let _ = write!(text, "\n\n{name}:\n{lines}");
    }
    text + "\n\n" + rule.citation
}

fn markdown(rule: &Rule, remedy: &Remedy, style: &Style) -> String {
    let mut text = format!("{} (**{}**)", remedy.what.in_language(style.language), style.who(remedy.who));
    for (name, lines) in remedies(remedy, style) {
        let _ = write!(text, "\n\n{name}:\n\n```\n{lines}\n```");
    }
    text + "\n\n*" + rule.citation + "*"
}

/// What to change, by where.
pub(super) fn remedies<'a>(remedy: &'a Remedy, style: &Style) -> Vec<(&'static str, &'a str)> {
    let Remedy { who: _, what: _, nginx, apache, iis, zone } = remedy;
    let places = [
        ("nginx", nginx),
        ("Apache", apache),
        (style.say("IIS e Windows", "IIS and Windows"), iis),
        (style.say("Zona DNS", "DNS zone"), zone),
    ];
    // names are the style's words, which live as long as the program
    places.into_iter().filter_map(|(name, lines)| Some((name, lines.as_deref()?))).collect()
}

fn level(weight: Weight) -> &'static str {
    match weight {
        Weight::Grave | Weight::Major => "error",
        Weight::Minor => "warning",
        Weight::Notice => "note",
    }
}

/// By GitHub's scale: above 9 critical, from 7 high, from 4 medium, below low.
fn severity(weight: Weight) -> &'static str {
    match weight {
        Weight::Grave => "9.1",
        Weight::Major => "7.0",
        Weight::Minor => "4.0",
        Weight::Notice => "0.1",
    }
}

fn result(body: &Body, finding: &Finding, ids: &[&str], style: &Style) -> Value {
    let (kind, level) = match finding.verdict {
        Verdict::Fails => ("fail", level(finding.weight)),
        // the standard wants `none` with every kind but `fail` (3.27.10)
        Verdict::Unknown => ("open", "none"),
    };
    let host = host_of(&finding.object);
    json!({
        "ruleId": finding.rule,
        "ruleIndex": ids.binary_search(&finding.rule.as_str()).ok(),
        "kind": kind,
        "level": level,
        "message": {"text": format!("{}: {}: {}", finding.object, style.title(&finding.rule), finding.evidence.in_language(style.language))},
        "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": format!("https://{}/", uri(host))}},
            "logicalLocations": [{
                "name": finding.object,
                "fullyQualifiedName": format!("{}/{}", body.facts.subject, finding.object),
                "kind": "resource",
            }],
        }],
        "partialFingerprints": {"campanileAudit/v1": format!("{}/{host}/{}", body.facts.subject, finding.rule)},
    })
}

/// A host's name or address as it stands in a URI (RFC 3986).
fn uri(host: &str) -> String {
    if host.parse::<std::net::Ipv6Addr>().is_ok() {
        return format!("[{host}]");
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    host.chars().filter(|c| allowed(*c)).collect()
}
