//! The page in a real browser: accessible by WCAG 2.1 AA, self-contained, and of use with and without its script.

use std::path::PathBuf;

use campanile_audit::Language;
use campanile_audit::report::{Report, Style, html};
use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::rules::RULES;
use crate::sample::{past, report};
use crate::{root, run};

/// Writes the page of a report to a file of its own.
fn page(report: &Report, language: Language) -> (TempDir, PathBuf) {
    let past = past();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    std::fs::write(&file, html(report, &Style { language, rules: RULES, past: &past })).unwrap();
    (folder, file)
}

/// axe-core's program.
fn axe() -> String {
    let output = run(root().join("tests/machine/axe").to_str().unwrap(), &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(String::from_utf8(output.stdout).unwrap().trim()).unwrap()
}

const OPEN_ALL: &str = "document.querySelectorAll('details').forEach((one) => { one.open = true; });";
const CHECK: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}).then((found) => done({
        passes: found.passes.length,
        wrong: found.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')),
    }));";

#[test]
fn the_page_is_accessible() {
    let (axe, browser) = (axe(), Browser::start());
    let few = report();
    let many = Report { bodies: many_bodies(), ..report() };
    for (report, language) in [(&few, Language::It), (&few, Language::En), (&many, Language::It)] {
        let (_folder, file) = page(report, language);
        for (scheme, width) in [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)] {
            browser.look(width, scheme, "screen");
            browser.open(&file);
            browser.script(OPEN_ALL);
            browser.script(&axe);
            let found = browser.script_later(CHECK);
            assert_eq!(found["wrong"], Value::Array(Vec::new()), "{language:?} {scheme} {width}: {found:#}");
            assert!(found["passes"].as_u64().unwrap() > 20, "axe looked at nothing: {found}");
        }
    }
}

#[test]
fn axe_sees_what_is_wrong() {
    let (_folder, file) = page(&report(), Language::It);
    let (axe, browser) = (axe(), Browser::start());
    browser.open(&file);
    browser.script(
        "document.documentElement.removeAttribute('lang'); document.querySelector('h1').append(new Image());",
    );
    browser.script(&axe);
    let found = browser.script_later(CHECK).to_string();
    assert!(found.contains("html-has-lang") && found.contains("image-alt"), "{found}");
}

#[test]
fn nothing_comes_from_outside_and_text_from_outside_stays_text() {
    let (_folder, file) = page(&report(), Language::It);
    let browser = Browser::start();
    browser.open(&file);
    assert_eq!(browser.script("return window.harm ?? null"), Value::Null);
    assert_eq!(browser.script("return document.querySelectorAll('script, [onload]').length"), 1);
    assert_eq!(browser.script("return performance.getEntriesByType('resource').length"), 0);
    assert_eq!(browser.complaints(), Vec::<Value>::new());
    // the page's policy stops what would run nevertheless
    browser.script("const one = document.createElement('script'); one.textContent = 'window.harm = 1'; document.body.append(one);");
    assert_eq!(browser.script("return window.harm ?? null"), Value::Null);
}

#[test]
fn the_page_fits_a_narrow_window() {
    let browser = Browser::start();
    let (_folder, file) = page(&report(), Language::It);
    browser.look(320, "light", "screen");
    browser.open(&file);
    browser.script(OPEN_ALL);
    // WCAG 2.1, 1.4.10: no scrolling in two directions at 320 pixels, but for tables
    let wider = browser.script("const wide = document.documentElement.clientWidth;
        return [...document.querySelectorAll('body *')].filter((one) => !one.closest('.scroll, svg, .skip') && one.getBoundingClientRect().right > wide + 1).map((one) => one.outerHTML.slice(0, 100));");
    assert_eq!(wider, Value::Array(Vec::new()));
    assert_eq!(browser.script("return document.documentElement.scrollWidth"), 320);
}

#[test]
fn links_lead_to_places_of_their_own() {
    let browser = Browser::start();
    for report in [report(), Report { bodies: many_bodies(), ..report() }] {
        let (_folder, file) = page(&report, Language::It);
        browser.open(&file);
        let astray = "return [...document.querySelectorAll('a')].filter((one) => !document.getElementById(decodeURIComponent(one.hash.slice(1)))).map((one) => one.outerHTML)";
        assert_eq!(browser.script(astray), Value::Array(Vec::new()));
        let twice = "const all = [...document.querySelectorAll('[id]')].map((one) => one.id); return all.filter((id, at) => all.indexOf(id) !== at)";
        assert_eq!(browser.script(twice), Value::Array(Vec::new()));
    }
}

const FIRST: &str = "return document.querySelector('#tabella tbody th').textContent";

#[test]
fn the_table_sorts_and_searches() {
    let browser = Browser::start();
    let (_folder, file) = page(&report(), Language::It);
    browser.open(&file);
    assert_eq!(browser.script(FIRST), "morterone", "the worst first");
    let press = |column: u32| {
        browser.script(&format!("document.querySelector('#tabella th:nth-child({column}) button').click()"));
        browser.script(FIRST)
    };
    assert_eq!(press(1), "Comune di Barzago");
    assert_eq!(press(1), "morterone");
    assert_eq!(press(5), "Comune di Barzago", "its certificate ended");
    assert_eq!(press(3), "Comune di Calco", "A+");
    let search = |wanted: &str| {
        browser.script(&format!(
            "const field = document.getElementById('cerca'); field.value = '{wanted}'; field.dispatchEvent(new Event('input'));
            return [...document.querySelectorAll('#tabella tbody tr')].filter((row) => row.checkVisibility()).map((row) => row.cells[0].textContent)"
        ))
    };
    assert_eq!(search("VIGANÒ"), serde_json::json!(["Comune di Viganò"]));
    assert_eq!(search("").as_array().unwrap().len(), 5);
}

#[test]
fn everything_is_printed() {
    let browser = Browser::start();
    let (_folder, file) = page(&report(), Language::It);
    browser.look(1280, "light", "print");
    browser.open(&file);
    let hidden = "return [...document.querySelectorAll('details pre, .grades li, .seen dd')].filter((one) => one.getBoundingClientRect().height === 0).length";
    assert_eq!(browser.script(hidden), 0, "what is folded on the screen stands on paper");
    assert_eq!(browser.script("return document.querySelector('nav').checkVisibility()"), false);
    let pdf = browser.browser("Page.printToPDF", &serde_json::json!({"preferCSSPageSize": true}));
    assert!(pdf["data"].as_str().unwrap().len() > 20_000);
}

/// More bodies than get their lines below each finding.
fn many_bodies() -> Vec<campanile_audit::report::Body> {
    let copies = (0..6).flat_map(|copy| {
        report().bodies.into_iter().map(move |mut body| {
            body.facts.subject = format!("{}-{copy}", body.facts.subject);
            body
        })
    });
    copies.collect()
}
