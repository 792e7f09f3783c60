//! Tables for spreadsheets (RFC 4180): a line per host, and a line per finding.

use super::view::{certificate, days_until, grade, host_of, versions};
use super::words::visible;
use super::{Body, Report, Standing, Style};
use crate::facts::Site;
use crate::grades::{Grade, Scheme};
use crate::rules::{Finding, Verdict, Weight};

const HOSTS: [&str; 23] = [
    "body",
    "title",
    "host",
    "class_worst",
    "class_best",
    "ssl_labs_worst",
    "ssl_labs_best",
    "observatory_worst",
    "observatory_best",
    "observatory_points",
    "mail_dns_worst",
    "mail_dns_best",
    "certificate_ends",
    "days_left",
    "certificate_issuer",
    "tls_versions",
    "cms",
    "cms_version",
    "addresses",
    "findings_grave",
    "findings_major",
    "findings_minor",
    "looked_at",
];

/// One line per host: class, grades, certificate, versions, CMS, how many findings are about it.
pub fn csv(report: &Report) -> String {
    let mut table = line(HOSTS.map(str::to_owned));
    for body in &report.bodies {
        for site in &body.facts.sites {
            table.push_str(&line(host(body, site)));
        }
    }
    table
}

fn host(body: &Body, site: &Site) -> [String; 23] {
    let bounds = |grade: Option<&Grade>| {
        grade.map_or_else(Default::default, |grade| (text(&grade.worst), text(&grade.best)))
    };
    let of_host = |scheme| grade(body, scheme, &site.host);
    let observatory = of_host(Scheme::Observatory);
    let domain = body.grades.iter().find(|grade| grade.scheme == Scheme::InternetNl);
    let (class_worst, class_best) =
        bounds(of_host(Scheme::CertAgid).filter(|grade| Standing::of(grade).is_some()));
    let (labs_worst, labs_best) = bounds(of_host(Scheme::SslLabs));
    let (observatory_worst, observatory_best) = bounds(observatory);
    let (domain_worst, domain_best) = bounds(domain);
    let ends = certificate(site);
    let cms = site.cms.known().and_then(Option::as_ref);
    let findings = |weight| {
        let about = |finding: &&Finding| {
            finding.verdict == Verdict::Fails
                && finding.weight == weight
                && host_of(&finding.object) == site.host
        };
        body.findings.iter().filter(about).count().to_string()
    };
    [
        text(&body.facts.subject),
        text(&body.facts.title),
        text(&site.host),
        class_worst,
        class_best,
        labs_worst,
        labs_best,
        observatory_worst,
        observatory_best,
        observatory.and_then(|grade| grade.points).map(|(fewest, _)| fewest.to_string()).unwrap_or_default(),
        domain_worst,
        domain_best,
        ends.map(|certificate| certificate.not_after.to_string()).unwrap_or_default(),
        ends.map(|certificate| days_until(certificate.not_after, body.facts.at).to_string())
            .unwrap_or_default(),
        ends.map(|certificate| text(&certificate.authority)).unwrap_or_default(),
        versions(site).join(" "),
        cms.map(|cms| text(&cms.name)).unwrap_or_default(),
        cms.and_then(|cms| cms.version.as_deref()).map(text).unwrap_or_default(),
        addresses(site),
        findings(Weight::Grave),
        findings(Weight::Major),
        findings(Weight::Minor),
        body.facts.at.to_string(),
    ]
}

fn addresses(site: &Site) -> String {
    let endpoints = site.endpoints.known().into_iter().flatten();
    endpoints.map(|endpoint| endpoint.address.ip().to_string()).collect::<Vec<_>>().join(" ")
}

/// One line per finding, with its rule's words in the style's language.
pub fn csv_findings(report: &Report, style: &Style) -> String {
    let header = [
        "body", "title", "object", "rule", "verdict", "weight", "area", "finding", "evidence", "who",
        "remedy", "source",
    ];
    let mut table = line(header.map(str::to_owned));
    for body in &report.bodies {
        for finding in &body.findings {
            table.push_str(&line(finding_line(body, finding, style)));
        }
    }
    table
}

fn finding_line(body: &Body, finding: &Finding, style: &Style) -> [String; 12] {
    let rule = style.rule(&finding.rule);
    let remedy = rule.map(|rule| (rule.remedy)());
    [
        text(&body.facts.subject),
        text(&body.facts.title),
        text(&finding.object),
        text(&finding.rule),
        style.verdict(finding.verdict).to_owned(),
        style.weight(finding.weight).to_owned(),
        rule.map(|rule| style.area(rule.area).to_owned()).unwrap_or_default(),
        text(&style.title(&finding.rule)),
        text(finding.evidence.in_language(style.language)),
        remedy.as_ref().map(|remedy| style.who(remedy.who).to_owned()).unwrap_or_default(),
        remedy.as_ref().map(|remedy| text(remedy.what.in_language(style.language))).unwrap_or_default(),
        rule.map(|rule| text(rule.citation)).unwrap_or_default(),
    ]
}

/// A text from outside as a cell that no spreadsheet takes for a formula: with `'` before what would begin one.
fn text(text: &str) -> String {
    let text = visible(text);
    let begins = text.trim_start_matches([' ', '\u{a0}']);
    if begins.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.into_owned()
    }
}

fn line<const N: usize>(cells: [String; N]) -> String {
    cells.map(|cell| quoted(&cell)).join(",") + "\r\n"
}

fn quoted(cell: &str) -> String {
    let plain = !cell.contains([',', '"', '\r', '\n', ';']) && cell.trim() == cell;
    if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        for (from, to) in [
            ("Comune di Viganò", "Comune di Viganò"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\r\nlines", "\"two\u{fffd}\nlines\""),
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("  -2+3", "'  -2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("", ""),
        ] {
            assert_eq!(quoted(&text(from)), to, "{from}");
        }
    }

    proptest! {
        #[test]
        fn a_line_is_read_back_as_it_was_written(cells in prop::array::uniform4(any::<String>())) {
            let cells = cells.map(|cell| text(&cell));
            prop_assert_eq!(read(&line(cells.clone())), vec![cells.to_vec()]);
        }
    }

    /// RFC 4180, 2, word by word.
    fn read(table: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
        let mut characters = table.chars().peekable();
        let mut in_quotes = false;
        while let Some(c) = characters.next() {
            match c {
                '"' if in_quotes && characters.peek() == Some(&'"') => cell.push(characters.next().unwrap()),
                '"' => in_quotes = !in_quotes,
                ',' if !in_quotes => row.push(std::mem::take(&mut cell)),
                '\r' if !in_quotes => {
                    assert_eq!(characters.next(), Some('\n'));
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                c => cell.push(c),
            }
        }
        rows
    }
}
