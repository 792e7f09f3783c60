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

#[test]
fn opens() {
    let street = Street::open();
    for (number, house) in (1..).zip(HOUSES) {
        let at = crate::address(number);
        let out = std::process::Command::new("sh").args(["-c", &format!("timeout 20 sslscan --no-colour --no-check-certificate --no-heartbleed --no-compression --no-fallback --no-groups --no-renegotiation --sni-name={} {at}:443 2>&1 | grep -E 'enabled|Preferred|ERROR|Strength|Not valid after|Altnames'; curl -s -m 3 -o /dev/null -w '%{{http_code}} %{{redirect_url}}' http://{at}/ ", house.host())]).output().unwrap();
        println!("== {} {at}\n{}", house.name, String::from_utf8_lossy(&out.stdout));
    }
    println!("{}", std::fs::read_to_string(street.path().join("nginx/error.log")).unwrap_or_default());
}
