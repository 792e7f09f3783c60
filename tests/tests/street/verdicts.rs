//! Every house gets the verdict that it deserves, and the next night tells only what changed.

use crate::houses::HOUSES;
use crate::{House, Report, Street};

#[test]
fn every_house_gets_its_verdict_and_nothing_changes_overnight() {
    let street = Street::open();
    let report = street.report(&[]);
    let wrong: Vec<String> = HOUSES.iter().flat_map(|house| judged(house, &report)).collect();
    assert!(wrong.is_empty(), "{} verdicts are wrong:\n{}", wrong.len(), wrong.join("\n"));

    let next = street.report(&[]);
    let (first, second) = (report.connections(), next.connections());
    assert!(second * 2 < first, "the second night took {second} connections, the first {first}");
    assert!(next.changes().is_empty(), "nothing changed, and this is told: {:#?}", next.changes());
}

/// What is wrong with what is said of a house.
fn judged(house: &House, report: &Report) -> Vec<String> {
    let host = house.host();
    let mut wrong = Vec::new();
    let class = report.grade(&host, "cert-agid");
    if class != house.class && !(house.class.is_empty() && class.contains("..")) {
        let reasons = report.reasons(&host, "cert-agid");
        wrong.push(format!("{}: class {class}, not {}: {reasons}", house.name, house.class));
    }
    let grade = report.grade(&host, "ssl-labs");
    if grade != house.ssl_labs && !(house.ssl_labs.is_empty() && grade.contains("..")) {
        let reasons = report.reasons(&host, "ssl-labs");
        wrong.push(format!("{}: grade {grade}, not {}: {reasons}", house.name, house.ssl_labs));
    }
    let findings = report.findings(&host);
    for rule in house.finds {
        if !findings.iter().any(|(found, _)| found == rule) {
            wrong.push(format!("{}: {rule} finds nothing; found: {findings:?}", house.name));
        }
    }
    wrong
}
