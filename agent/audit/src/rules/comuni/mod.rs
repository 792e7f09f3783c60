//! Rules of the Modello Comuni, for bodies that are comuni.

pub mod accessibility;
pub mod cookies;
pub mod criteria;
pub mod domain;
pub mod https;
pub mod privacy;
pub mod theme;

use criteria::Outcome;

use super::prelude::{Facts, Found, on_sites};
use crate::facts::Site;

/// Whether the body is a comune, by its title or its site's name: the criteria are for nobody else.
pub fn is_comune(facts: &Facts) -> bool {
    let title = facts.title.to_lowercase();
    let named = ["comune di", "comune d'", "comune d’", "città di"].iter().any(|word| title.contains(word));
    let host = |site: &Site| criteria::institutional(&site.host);
    named || (facts.title.is_empty() && facts.sites.iter().any(host))
}

/// What surely fails.
fn failed(facts: &Facts, criterion: fn(&Site) -> Outcome) -> Vec<Found> {
    if !is_comune(facts) {
        return Vec::new();
    }
    on_sites(facts, |site| match criterion(site) {
        Outcome::Failed(why) => Some(Found::fails(why.it, why.en)),
        Outcome::Passed | Outcome::Unknown(_) | Outcome::NotAsked => None,
    })
}
