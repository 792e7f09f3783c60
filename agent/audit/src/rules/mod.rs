//! Rules: each looks at facts and says what is wrong, what could not be told, and what to do about it.

pub(crate) mod address;
#[cfg(test)]
pub mod cases;
mod certificate;
mod cms;
pub(crate) mod comuni;
pub(crate) mod csp;
mod dns;
mod found;
pub(crate) mod headers;
mod mail;
mod prelude;
pub(crate) mod suites;
mod table;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod tls;
pub(crate) mod way;
mod web;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Text;
use crate::facts::Facts;
use crate::profiles::Profile;
pub use found::Found;
pub use table::RULES;

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name for programs, never changed once released: `certificate-expired`.
    pub id: &'static str,
    /// What it is about.
    pub area: Area,
    /// What a finding of it weighs at most.
    pub weight: Weight,
    /// What it finds, in a few words: "The certificate has expired".
    pub title: fn() -> Text,
    /// Where it stands: document, section, year.
    pub citation: &'static str,
    /// What it means for the body and its citizens, in a sentence or two.
    pub meaning: fn() -> Text,
    /// What to change.
    pub remedy: fn() -> Remedy,
    /// Finds.
    pub judge: fn(&Facts, &Context) -> Vec<Found>,
    /// What it catches, and what it passes.
    #[cfg(test)]
    cases: &'static [cases::Case],
}

#[cfg(test)]
impl Rule {
    /// What it catches, and what it passes.
    pub(crate) fn cases(&self) -> &'static [cases::Case] {
        self.cases
    }
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Area {
    /// Certificates.
    Certificate,
    /// TLS of the site.
    Tls,
    /// HTTP: redirects, headers, cookies, pages.
    Web,
    /// The program that the site is made with.
    Cms,
    /// The Modello Comuni's criteria.
    Comuni,
    /// The domain's zone.
    Dns,
    /// Mail.
    Mail,
}

/// What a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Worth a word; nothing is wrong.
    Notice,
    /// Should be better.
    Minor,
    /// Is not up to date, and can become dangerous.
    Major,
    /// Endangers visitors today.
    Grave,
}

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Who runs the web server.
    Hosting,
    /// Who makes the site's pages or keeps its CMS.
    SiteSupplier,
    /// Who keeps the domain's zone.
    DnsOperator,
    /// Who runs the mail server.
    MailOperator,
    /// The body itself.
    Body,
}

/// What to change, and who must.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// Who.
    pub who: Who,
    /// What, in a sentence or two.
    pub what: Text,
    /// Lines for nginx.
    pub nginx: Option<String>,
    /// Lines for Apache.
    pub apache: Option<String>,
    /// What to set in IIS or Windows.
    pub iis: Option<String>,
    /// Records for the zone.
    pub zone: Option<String>,
}

impl Remedy {
    /// What to change and who must, without lines for a program.
    fn by(who: Who, italian: &str, english: &str) -> Self {
        let what = Text::new(italian, english);
        Self { who, what, nginx: None, apache: None, iis: None, zone: None }
    }

    fn nginx(self, lines: &str) -> Self {
        Self { nginx: Some(lines.to_owned()), ..self }
    }

    fn apache(self, lines: &str) -> Self {
        Self { apache: Some(lines.to_owned()), ..self }
    }

    fn iis(self, lines: &str) -> Self {
        Self { iis: Some(lines.to_owned()), ..self }
    }

    fn zone(self, lines: &str) -> Self {
        Self { zone: Some(lines.to_owned()), ..self }
    }
}

/// What a rule says of one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// What it is about: a host, `HOST ADDRESS`, a mail server, the domain.
    pub object: String,
    /// Whether something is wrong, or could not be told.
    pub verdict: Verdict,
    /// What it weighs.
    pub weight: Weight,
    /// What was seen: "expired on 2026-03-01, 12 days ago".
    pub evidence: Text,
}

/// What is said of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Something is wrong.
    Fails,
    /// It could not be told whether something is.
    Unknown,
}

/// What rules judge by, beside facts.
#[derive(Debug)]
pub struct Context<'a> {
    /// The time of judgement.
    pub now: Timestamp,
    /// The recommendation that TLS is held against.
    pub profile: &'a Profile,
    /// How the report's ambiguous class is read.
    pub old_versions: OldVersions,
    /// The newest version of each CMS, by a dated list.
    pub cms_versions: &'a CmsVersions,
}

/// What it means that TLS 1.0 or 1.1 is accepted beside 1.2 or 1.3: CERT-AgID's reports can be read both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OldVersions {
    /// *Mal configurato*; only where 1.1 is the highest, *gravi problemi di sicurezza*.
    #[default]
    Misconfigured,
    /// *Gravi problemi di sicurezza*.
    Grave,
}

/// The newest version of each CMS on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CmsVersions {
    /// The day, `2026-11-01`.
    pub as_of: jiff::civil::Date,
    /// Where the versions were read.
    pub source: String,
    /// By name of the CMS: the newest release of each line that is still kept up, newest line first.
    pub newest: std::collections::BTreeMap<String, Vec<String>>,
}

/// Lets every rule look, and sorts what they found: the weightiest first, then by object and rule.
pub fn judge(facts: &Facts, context: &Context) -> Vec<Finding> {
    let found = RULES
        .iter()
        .flat_map(|rule| (rule.judge)(facts, context).into_iter().map(move |found| found.finding(rule)));
    let mut findings: Vec<Finding> = found.collect();
    findings.sort_by(|one, other| {
        let key = |finding: &Finding| (std::cmp::Reverse(finding.weight), finding.verdict);
        let name = |finding: &Finding| (finding.object.clone(), finding.rule.clone());
        key(one).cmp(&key(other)).then_with(|| name(one).cmp(&name(other))).then_with(|| one.cmp(other))
    });
    findings.dedup();
    findings
}

/// The rule of a name.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}
