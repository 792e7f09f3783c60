//! A report as `OpenMetrics` 1.0, for a collector of text files; the daemon has the same names.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;

use super::view::certificate;
use super::{Class, Report, Standing, classes, standing};
use crate::grades::Scheme;
use crate::rules::{Finding, OldVersions, Verdict, Weight};

/// The report's metrics, `# EOF` at the end.
pub fn openmetrics(report: &Report) -> String {
    let mut page = Page::default();
    run(&mut page, report);
    class(&mut page, report);
    grades(&mut page, report);
    ends(&mut page, report);
    findings(&mut page, report);
    page.0 + "# EOF\n"
}

/// Metrics that were written.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, unit: &str, help: &str) {
        // writing to a String cannot fail
        let _ = writeln!(self.0, "# TYPE {name} {kind}");
        if !unit.is_empty() {
            let _ = writeln!(self.0, "# UNIT {name} {unit}");
        }
        let _ = writeln!(self.0, "# HELP {name} {help}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let braces = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{braces} {value}");
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn run(page: &mut Page, report: &Report) {
    let run = &report.run;
    let policy = match run.old_versions {
        OldVersions::Misconfigured => "misconfigured",
        OldVersions::Grave => "grave",
    };
    page.family("campanile_audit_info", "gauge", "", "1; the labels are by what the audit was made.");
    let cms = run.cms_versions.to_string();
    let labels = [
        ("version", run.program.as_str()),
        ("profile", &run.profile),
        ("old_versions", policy),
        ("roots", &run.roots),
        ("cms_versions", &cms),
    ];
    page.sample("campanile_audit_info", &labels, 1);
    let name = "campanile_audit_begun_timestamp_seconds";
    page.family(name, "gauge", "seconds", "When the audit began.");
    page.sample(name, &[], run.begun.as_second());
    let name = "campanile_audit_ended_timestamp_seconds";
    page.family(name, "gauge", "seconds", "When the audit ended; its age is what has passed since.");
    page.sample(name, &[], run.ended.as_second());
    let name = "campanile_audit_duration_seconds";
    page.family(name, "gauge", "seconds", "Time that the audit took.");
    page.sample(name, &[], seconds_between(run.begun, run.ended));
    let name = "campanile_audit_connections";
    page.family(name, "gauge", "", "Connections that the audit opened.");
    page.sample(name, &[], run.connections);
    let name = "campanile_audit_member_timestamp_seconds";
    page.family(name, "gauge", "seconds", "When the member was looked at.");
    for body in &report.bodies {
        page.sample(name, &[("member", &body.facts.subject)], body.facts.at.as_second());
    }
}

fn seconds_between(begun: Timestamp, ended: Timestamp) -> String {
    let milliseconds = ended.as_millisecond() - begun.as_millisecond();
    format!("{}.{:03}", milliseconds.div_euclid(1000), milliseconds.rem_euclid(1000))
}

/// The number of a class: the higher the better.
fn number(class: Class) -> u8 {
    match class {
        Class::Without => 0,
        Class::Grave => 1,
        Class::Misconfigured => 2,
        Class::Secure => 3,
    }
}

fn class(page: &mut Page, report: &Report) {
    let name = "campanile_audit_members";
    page.family(name, "gauge", "", "Members by CERT-AgID's class.");
    let counts = classes(report);
    for class in Class::ALL.map(Some).into_iter().chain([None]) {
        let label = match class {
            Some(Class::Secure) => "secure",
            Some(Class::Misconfigured) => "misconfigured",
            Some(Class::Grave) => "grave",
            Some(Class::Without) => "without",
            None => "unknown",
        };
        page.sample(name, &[("class", label)], counts.of(class));
    }
    let help = "CERT-AgID's class: 3 sicuro, 2 mal configurato, 1 gravi problemi di sicurezza, 0 senza HTTPS, -1 if it could not be told.";
    let number = |standing: Option<Standing>| {
        standing
            .and_then(Standing::certain)
            .map_or_else(|| "-1".to_owned(), |class| number(class).to_string())
    };
    let name = "campanile_audit_member_class";
    page.family(name, "gauge", "", help);
    for body in &report.bodies {
        page.sample(name, &[("member", &body.facts.subject)], number(standing(body)));
    }
    let name = "campanile_audit_class";
    page.family(name, "gauge", "", help);
    for body in &report.bodies {
        for site in &body.facts.sites {
            let grade = super::view::grade(body, Scheme::CertAgid, &site.host);
            let labels = [("member", body.facts.subject.as_str()), ("host", &site.host)];
            page.sample(name, &labels, number(grade.and_then(Standing::of)));
        }
    }
}

fn grades(page: &mut Page, report: &Report) {
    let scheme = |scheme| match scheme {
        Scheme::CertAgid => "cert-agid",
        Scheme::SslLabs => "ssl-labs",
        Scheme::Observatory => "observatory",
        Scheme::ModelloComuni => "modello-comuni",
        Scheme::InternetNl => "internet-nl",
    };
    let all = || report.bodies.iter().flat_map(|body| body.grades.iter().map(move |grade| (body, grade)));
    let name = "campanile_audit_grade";
    page.family(
        name,
        "gauge",
        "",
        "1; the grade is the label, the worst that it can be where facts are unknown.",
    );
    for (body, grade) in all().filter(|(_, grade)| grade.scheme != Scheme::CertAgid) {
        let labels = [
            ("member", body.facts.subject.as_str()),
            ("object", &grade.object),
            ("scheme", scheme(grade.scheme)),
            ("grade", &grade.worst),
        ];
        page.sample(name, &labels, 1);
    }
    let name = "campanile_audit_grade_points";
    page.family(name, "gauge", "", "Points of a grade, the fewest that it can have.");
    for (body, grade) in all() {
        let Some((points, _)) = grade.points else { continue };
        let labels = [
            ("member", body.facts.subject.as_str()),
            ("object", &grade.object),
            ("scheme", scheme(grade.scheme)),
        ];
        page.sample(name, &labels, points);
    }
}

fn ends(page: &mut Page, report: &Report) {
    let sites =
        || report.bodies.iter().flat_map(|body| body.facts.sites.iter().map(move |site| (body, site)));
    let ending = || sites().filter_map(|(body, site)| Some((body, site, certificate(site)?)));
    let name = "campanile_audit_certificate_expiry_timestamp_seconds";
    page.family(name, "gauge", "seconds", "When the first of the host's certificates ends.");
    for (body, site, certificate) in ending() {
        let labels = [("member", body.facts.subject.as_str()), ("host", &site.host)];
        page.sample(name, &labels, certificate.not_after.as_second());
    }
    let name = "campanile_audit_certificate_left_seconds";
    page.family(
        name,
        "gauge",
        "seconds",
        "What was left of it when the host was looked at; negative when it had ended.",
    );
    for (body, site, certificate) in ending() {
        let labels = [("member", body.facts.subject.as_str()), ("host", &site.host)];
        page.sample(name, &labels, certificate.not_after.as_second() - body.facts.at.as_second());
    }
}

fn findings(page: &mut Page, report: &Report) {
    let name = "campanile_audit_findings";
    page.family(
        name,
        "gauge",
        "",
        "Findings by rule; the verdict is fails, or unknown where it could not be told.",
    );
    for body in &report.bodies {
        let mut counts: BTreeMap<(&str, Weight, Verdict), usize> = BTreeMap::new();
        for Finding { rule, weight, verdict, object: _, evidence: _ } in &body.findings {
            *counts.entry((rule, *weight, *verdict)).or_default() += 1;
        }
        for ((rule, weight, verdict), count) in counts {
            let weight = match weight {
                Weight::Notice => "notice",
                Weight::Minor => "minor",
                Weight::Major => "major",
                Weight::Grave => "grave",
            };
            let verdict = match verdict {
                Verdict::Fails => "fails",
                Verdict::Unknown => "unknown",
            };
            let labels = [
                ("member", body.facts.subject.as_str()),
                ("rule", rule),
                ("weight", weight),
                ("verdict", verdict),
            ];
            page.sample(name, &labels, count);
        }
    }
}
