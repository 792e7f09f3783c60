//! MDN's HTTP Observatory 1.6: 100 points, less penalties; bonuses only where 90 are left.
//!
//! One thing is read otherwise: of several foreign scripts the costliest counts, not the last of MDN's order.

mod checks;

use super::assume::{Assume, Result, between, points};
use super::{Grade, Reason, Scheme};
use crate::facts::{Facts, Site};

/// The points of each grade, the best first.
const GRADES: &[(i32, &str)] = &[
    (100, "A+"),
    (90, "A"),
    (85, "A-"),
    (80, "B+"),
    (70, "B"),
    (65, "B-"),
    (60, "C+"),
    (50, "C"),
    (45, "C-"),
    (40, "D+"),
    (30, "D"),
    (25, "D-"),
];

/// The grade of each host whose web gave any answer.
pub fn grades(facts: &Facts) -> Vec<Grade> {
    let answered = |site: &&Site| site.web.secure.known().is_some() || site.web.page.known().is_some();
    let sites = facts.sites.iter().filter(answered);
    sites.map(|site| between(Scheme::Observatory, "1.6", &site.host, |assume| result(site, assume))).collect()
}

fn result(site: &Site, assume: Assume) -> Result {
    let mut reasons: Vec<Reason> = Vec::new();
    for check in checks::CHECKS {
        reasons.extend(check(site, assume));
    }
    let (bonuses, mut reasons): (Vec<Reason>, Vec<Reason>) =
        reasons.into_iter().partition(|reason| reason.points > 0);
    let sum = |reasons: &[Reason]| reasons.iter().map(|reason| reason.points).sum::<i32>();
    let left = 100 + sum(&reasons);
    let total = if left >= 90 { left + sum(&bonuses) } else { left.max(0) };
    if left >= 90 {
        reasons.extend(bonuses);
    } else if !bonuses.is_empty() {
        let lost = sum(&bonuses);
        reasons.push(points(
            0,
            format!("{lost} punti in più non contano sotto 90"),
            format!("{lost} bonus points do not count below 90"),
        ));
    }
    let grade = GRADES.iter().find(|(least, _)| total >= *least).map_or("F", |(_, name)| *name);
    Result { grade: grade.to_owned(), points: Some(total), reasons }
}
