//! CERT-AgID's classes: which a body is in, how many bodies each has, and what was published of the whole country.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Body, Report};
use crate::grades::{Grade, Scheme};

/// A class, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// HTTPS is not offered.
    Without,
    /// HTTPS is there, but easily bypassed or weak.
    Grave,
    /// Not to be exploited at once, and no longer up to date.
    Misconfigured,
    /// Up to modern standards.
    Secure,
}

impl Class {
    /// All of them, the best first, as reports list them.
    pub const ALL: [Self; 4] = [Self::Secure, Self::Misconfigured, Self::Grave, Self::Without];

    /// Its name in a [`Grade`] and in the Italian reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Without => "senza HTTPS",
            Self::Grave => "gravi problemi di sicurezza",
            Self::Misconfigured => "mal configurato",
            Self::Secure => "sicuro",
        }
    }

    /// The class of a name that [`Class::name`] gave.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// Between which classes something lies; they are the same where all is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The worst that it can be.
    pub worst: Class,
    /// The best that it can be.
    pub best: Class,
}

impl Standing {
    /// What a grade says.
    pub fn of(grade: &Grade) -> Option<Self> {
        let (worst, best) = (Class::from_name(&grade.worst)?, Class::from_name(&grade.best)?);
        Some(Self { worst, best })
    }

    /// The class, where it is certain.
    pub fn certain(self) -> Option<Class> {
        (self.worst == self.best).then_some(self.worst)
    }
}

/// The class of a body: what its own grade says, else its worst host's.
pub fn standing(body: &Body) -> Option<Standing> {
    let grades = || body.grades.iter().filter(|grade| grade.scheme == Scheme::CertAgid);
    if let Some(own) = grades().find(|grade| grade.object == body.facts.subject) {
        return Standing::of(own);
    }
    grades()
        .filter_map(Standing::of)
        .reduce(|one, other| Standing { worst: one.worst.min(other.worst), best: one.best.min(other.best) })
}

/// How many are in each class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Classes {
    /// *Sicuro*.
    pub secure: u32,
    /// *Mal configurato*.
    pub misconfigured: u32,
    /// *Gravi problemi di sicurezza*.
    pub grave: u32,
    /// *Senza HTTPS*.
    pub without: u32,
    /// The class could not be told.
    pub unknown: u32,
}

impl Classes {
    /// How many are in one; none stands for those of which it could not be told.
    pub fn of(&self, class: Option<Class>) -> u32 {
        match class {
            Some(Class::Secure) => self.secure,
            Some(Class::Misconfigured) => self.misconfigured,
            Some(Class::Grave) => self.grave,
            Some(Class::Without) => self.without,
            None => self.unknown,
        }
    }

    /// How many there are.
    pub fn all(&self) -> u32 {
        self.secure + self.misconfigured + self.grave + self.without + self.unknown
    }

    /// The share of one, in tenths of a percent, rounded to the nearest.
    pub fn share(&self, class: Option<Class>) -> u32 {
        let all = self.all();
        (self.of(class) * 1000 + all / 2).checked_div(all).unwrap_or(0)
    }
}

/// How many bodies of a report are in each class.
pub fn classes(report: &Report) -> Classes {
    let mut classes = Classes::default();
    for body in &report.bodies {
        let counter = match standing(body).and_then(Standing::certain) {
            Some(Class::Secure) => &mut classes.secure,
            Some(Class::Misconfigured) => &mut classes.misconfigured,
            Some(Class::Grave) => &mut classes.grave,
            Some(Class::Without) => &mut classes.without,
            None => &mut classes.unknown,
        };
        *counter += 1;
    }
    classes
}

/// An own run of the past, for charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// When it began.
    pub begun: Timestamp,
    /// How many bodies were in each class.
    pub classes: Classes,
}

/// What was published of all public bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// In which year.
    pub year: u16,
    /// How many sites were in each class.
    pub classes: Classes,
}

/// CERT-AgID, "Monitoraggio sul corretto utilizzo del protocollo HTTPS e dei livelli di aggiornamento delle versioni dei CMS
/// nei portali istituzionali della PA", December 2020, October 2021, December 2022.
pub const PUBLISHED: [Published; 3] = [
    published(2020, [1766, 4510, 13_297, 445]),
    published(2021, [4149, 4549, 10_092, 340]),
    published(2022, [9022, 2218, 7802, 223]),
];

const fn published(year: u16, [secure, misconfigured, grave, without]: [u32; 4]) -> Published {
    Published { year, classes: Classes { secure, misconfigured, grave, without, unknown: 0 } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_counts_add_up() {
        let all = PUBLISHED.map(|published| (published.year, published.classes.all()));
        assert_eq!(all, [(2020, 20_018), (2021, 19_130), (2022, 19_265)]);
        assert_eq!(PUBLISHED[2].classes.share(Some(Class::Secure)), 468);
        assert_eq!(Classes::default().share(None), 0);
    }

    #[test]
    fn names_lead_back() {
        for class in Class::ALL {
            assert_eq!(Class::from_name(class.name()), Some(class));
        }
        assert_eq!(Class::from_name("ottimo"), None);
    }
}
