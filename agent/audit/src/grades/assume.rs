//! What is unknown is taken once at its best and once at its worst: between the two lies the grade.

use super::{Grade, Reason, Scheme};
use crate::{Answer, Text};

/// How what is unknown is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assume {
    /// As good as it can be.
    Best,
    /// As bad as it can be.
    Worst,
}

impl Assume {
    /// The answer, or what this takes for it where `good` is the better one.
    pub fn answer(self, answer: &Answer<bool>, good: bool) -> bool {
        answer.known().copied().unwrap_or(match self {
            Self::Best => good,
            Self::Worst => !good,
        })
    }

    /// This takes the best.
    pub fn is_best(self) -> bool {
        self == Self::Best
    }
}

/// A grade under one assumption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Result {
    /// The grade's name.
    pub grade: String,
    /// Points, where the scheme counts them.
    pub points: Option<i32>,
    /// What it comes from.
    pub reasons: Vec<Reason>,
}

/// The grade of an object, between its worst and its best.
pub fn between(scheme: Scheme, version: &str, object: &str, of: impl Fn(Assume) -> Result) -> Grade {
    let (worst, best) = (of(Assume::Worst), of(Assume::Best));
    let mut reasons: Vec<Reason> = Vec::new();
    for reason in &worst.reasons {
        reasons.push(Reason { uncertain: !best.reasons.contains(reason), ..reason.clone() });
    }
    for reason in best.reasons.iter().filter(|reason| !worst.reasons.contains(reason)) {
        reasons.push(Reason { uncertain: true, ..reason.clone() });
    }
    Grade {
        scheme,
        version: version.to_owned(),
        object: object.to_owned(),
        worst: worst.grade,
        best: best.grade,
        points: worst.points.zip(best.points),
        reasons,
    }
}

/// Points lost or won.
pub fn points(points: i32, italian: impl Into<String>, english: impl Into<String>) -> Reason {
    Reason { points, cap: None, uncertain: false, text: Text::new(italian, english) }
}

/// A cap.
pub fn cap(at: &str, italian: impl Into<String>, english: impl Into<String>) -> Reason {
    Reason { points: 0, cap: Some(at.to_owned()), uncertain: false, text: Text::new(italian, english) }
}
