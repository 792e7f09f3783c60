//! Grades: one file each, with the version of what it follows and every deduction.

mod assume;
mod cert_agid;
#[cfg(test)]
mod golden;
mod internet_nl;
#[cfg(test)]
mod laws;
mod modello_comuni;
mod observatory;
mod ssl_labs;

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::facts::Facts;
use crate::rules::{Context, Finding};

/// A grade by one scheme. Where facts are unknown it says between which two it lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Grade {
    /// By which scheme.
    pub scheme: Scheme,
    /// The version of the scheme: `2009r`.
    pub version: String,
    /// What it is about: a host, a domain, or the body.
    pub object: String,
    /// The grade; the worst that it can be, where facts are unknown.
    pub worst: String,
    /// The best that it can be; the same as `worst` where all is known.
    pub best: String,
    /// Points, where the scheme counts them: the fewest and the most that it can be.
    pub points: Option<(i32, i32)>,
    /// Each deduction, bonus and cap, in the order in which they count.
    pub reasons: Vec<Reason>,
}

/// A scheme of grades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// CERT-AgID's classes: `sicuro`, `mal configurato`, `gravi problemi di sicurezza`, `senza HTTPS`; a host each, and the body by its worst.
    CertAgid,
    /// SSL Labs' rating.
    SslLabs,
    /// MDN's HTTP Observatory.
    Observatory,
    /// The criteria of the Modello Comuni: one grade each, `passed` or `failed`; the criterion's name stands before the object.
    ModelloComuni,
    /// Internet.nl's tests of mail and DNS: percent.
    InternetNl,
}

/// Why a grade is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reason {
    /// Points lost (negative) or won; 0 for a cap.
    pub points: i32,
    /// The grade that it caps at, if it does.
    pub cap: Option<String>,
    /// It is only so if what is unknown is as bad as it can be.
    pub uncertain: bool,
    /// Why.
    pub text: Text,
}

/// Every grade of a body: by scheme, and within a scheme by host. Findings need not be looked at: grades have arithmetic of
/// their own, and say themselves what they deduct.
pub fn grades(facts: &Facts, _findings: &[Finding], context: &Context) -> Vec<Grade> {
    let by_scheme = [
        cert_agid::grades(facts, context),
        ssl_labs::grades(facts),
        observatory::grades(facts),
        modello_comuni::grades(facts),
        internet_nl::grades(facts),
    ];
    by_scheme.into_iter().flatten().collect()
}
