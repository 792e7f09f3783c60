//! Each form of a report, as it is written: files in goldens/, renewed by `UPDATE_EXPECT=1`.

use std::io::Write;
use std::process::{Command, Stdio};

use campanile_audit::report::{
    Changes, Report, Style, Terminal, csv, csv_findings, html, openmetrics, sarif, text,
};
use campanile_audit::rules::{Finding, Verdict};
use campanile_audit::{Language, Text};
use expect_test::expect_file;

use crate::rules::RULES;
use crate::sample::{HARM, moment, past, report};

const LANGUAGES: [(Language, &str); 2] = [(Language::It, "it"), (Language::En, "en")];

fn style(language: Language) -> Style<'static> {
    Style { language, rules: RULES, past: &[] }
}

#[test]
fn texts() {
    for (language, name) in LANGUAGES {
        let written = text(&report(), &style(language), Terminal { width: 90, colour: false });
        let wide = written.lines().filter(|line| line.chars().count() > 90);
        assert_eq!(wide.count(), 0, "{written}");
        expect_file![format!("goldens/report.{name}.txt")].assert_eq(&written);
    }
    let colour = text(&report(), &style(Language::It), Terminal { width: 60, colour: true });
    expect_file!["goldens/report.colour.txt"].assert_eq(&colour);
}

#[test]
fn tables() {
    let hosts = csv(&report());
    let findings = csv_findings(&report(), &style(Language::It));
    for table in [&hosts, &findings] {
        assert_eq!(table.matches('\n').count(), table.matches("\r\n").count());
    }
    // the files are kept with line breaks as git has them
    expect_file!["goldens/hosts.csv"].assert_eq(&hosts.replace("\r\n", "\n"));
    expect_file!["goldens/findings.csv"].assert_eq(&findings.replace("\r\n", "\n"));
}

#[test]
fn metrics() {
    let page = openmetrics(&report());
    expect_file!["goldens/report.metrics"].assert_eq(&page);
    // promtool warns of names without unit and the like; it reads all that stands before the end mark
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is missing; tests/machine/packages tests installs it");
    promtool.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(said, "");
}

#[test]
fn sarif_for_scanners() {
    expect_file!["goldens/report.sarif"].assert_eq(&sarif(&report(), &style(Language::En)));
}

#[test]
fn pages() {
    for (language, name) in LANGUAGES {
        let past = past();
        let page = html(&report(), &Style { past: &past, ..style(language) });
        assert!(!page.contains(HARM), "text from outside stands in the page as it came");
        expect_file![format!("goldens/report.{name}.html")].assert_eq(&page);
    }
}

#[test]
fn that_nothing_changed_is_said() {
    let calm = Report {
        changes: Some(Changes { since: moment("2026-11-24T02:10:00Z"), changes: Vec::new() }),
        ..report()
    };
    for (language, sentence) in [
        (Language::It, "Nulla è cambiato dalla verifica del 24 novembre 2026, ore 3:10 (CET)."),
        (Language::En, "Nothing changed since the audit of 24 November 2026, 03:10 (CET)."),
    ] {
        assert!(text(&calm, &style(language), Terminal::default()).contains(sentence));
        assert!(html(&calm, &style(language)).contains(sentence));
    }
}

#[test]
fn a_report_without_bodies_is_written_in_every_form() {
    let empty = Report { bodies: Vec::new(), changes: None, ..report() };
    for (language, _) in LANGUAGES {
        assert!(html(&empty, &style(language)).ends_with("</html>\n"));
        assert!(text(&empty, &style(language), Terminal { width: 0, colour: false }).contains('0'));
        assert_eq!(csv_findings(&empty, &style(language)).lines().count(), 1);
    }
    assert_eq!(csv(&empty).lines().count(), 1);
    assert!(openmetrics(&empty).ends_with("# EOF\n"));
}

/// Every body fails 25 of the real rules at two hosts each, and has the sample's worst grades four times.
#[test]
fn a_large_report_stays_small_enough_to_send() {
    let worst = report().bodies.into_iter().next().unwrap();
    let rules = campanile_audit::rules::RULES.iter().step_by(4).take(25);
    let findings: Vec<Finding> = rules
        .flat_map(|rule| {
            worst.facts.sites.iter().map(|site| Finding {
                rule: rule.id.to_owned(),
                object: site.host.clone(),
                verdict: Verdict::Fails,
                weight: rule.weight,
                evidence: Text::new(
                    "visto il 24 novembre 2026, per la seconda volta",
                    "seen on 24 November 2026",
                ),
            })
        })
        .collect();
    assert!(findings.len() == 50, "{}", findings.len());
    let bodies = (0..150).map(|number| {
        let mut body = worst.clone();
        body.facts.subject = format!("comune{number:03}");
        body.findings.clone_from(&findings);
        body.grades = (0..4).flat_map(|_| worst.grades.clone()).collect();
        body
    });
    let large = Report { bodies: bodies.collect(), ..report() };
    let page = html(&large, &Style::default());
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
}
