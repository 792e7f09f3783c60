//! The arguments of `campanile audit`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use campanile_audit::rules::{OldVersions, Weight};
use campanile_audit::{Language, profiles};
use campanile_plan::document::values::{Contact, DomainName, Rate};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};

use super::super::arguments::Where;
use crate::audit::settings::AT_ONCE;
use crate::state::DEFAULT_FOLDER;

/// Looks at everybody from outside: certificates, HTTPS, DNS, mail and CMS, by CERT-AgID's classes
///
/// Looks at the hosts of every member, or at those that are named, with a few connections each; says what is wrong,
/// what it means, who has to do what, and first of all what changed since the last time. Audits of the fleet, of a list and of
/// IndicePA are kept in the state folder, and one that was broken off goes on from there.
///
/// Exits with 0 if nothing is found that weighs --fail-on; with 1 if something is, or if nothing could be seen of a
/// body; with 130 if it was stopped.
///
/// Examples: `campanile audit --output html --out report.html`,
/// `campanile audit www.comune.example barzago`,
/// `campanile audit --list towns.txt --output csv --out towns.csv`,
/// `campanile audit --indicepa enti.xlsx --category L6 --contact mailto:ops@provincia.example --output json --out italia.json`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::commands) struct Audit {
    #[command(subcommand)]
    pub action: Option<AuditAction>,
    #[command(flatten)]
    pub at: Where,
    #[command(flatten)]
    pub targets: Targets,
    #[command(flatten)]
    pub measure: Measure,
    #[command(flatten)]
    pub eyes: Looks,
    #[command(flatten)]
    pub written: Written,
    /// Exits with 1 if something is found that weighs so much
    #[arg(long, value_name = "WEIGHT", value_enum, default_value = "grave")]
    pub fail_on: FailOn,
}

/// Whom to look at; the whole fleet, if nobody is named.
#[derive(Debug, Args)]
#[command(next_help_heading = "Whom to look at")]
pub(in crate::commands) struct Targets {
    /// A host (`HOST`, `HOST:PORT`, an address) or a member of the fleet
    #[arg(value_name = "HOST")]
    pub hosts: Vec<String>,
    /// A file with a host each line; what follows it is its title
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hosts", "indicepa"])]
    pub list: Option<PathBuf>,
    /// A file of IndicePA: enti.xlsx, enti.csv or amministrazioni.txt
    #[arg(long, value_name = "FILE", conflicts_with = "hosts", requires = "contact")]
    pub indicepa: Option<PathBuf>,
    /// Of IndicePA, bodies of this category alone: L6 are comuni and their consortia
    #[arg(long, value_name = "CATEGORY", requires = "indicepa")]
    pub category: Vec<String>,
    /// Of IndicePA, bodies alone whose name begins so: "Comune di"
    #[arg(long, value_name = "TEXT", requires = "indicepa", default_value = "")]
    pub name_begins: String,
    /// The port of HTTPS, where a host names none
    #[arg(long, value_name = "PORT")]
    pub https_port: Option<u16>,
    /// The port of HTTP
    #[arg(long, value_name = "PORT")]
    pub http_port: Option<u16>,
}

/// By what it is judged; what is left out is as platform.yaml says, where the fleet is looked at.
#[derive(Debug, Args)]
#[command(next_help_heading = "By what it is judged")]
pub(in crate::commands) struct Measure {
    /// The recommendation for TLS: agid-2020, mozilla-intermediate-6, acn-2, ncsc-nl-2025
    #[arg(long, value_name = "NAME", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(profiles::names()))]
    pub profile: Option<String>,
    /// What TLS 1.0 and 1.1 mean where newer versions are spoken too
    #[arg(long, value_name = "HOW", value_enum)]
    pub old_versions: Option<Old>,
    /// A file with roots to trust beside those of browsers, PEM
    #[arg(long, value_name = "FILE")]
    pub extra_roots: Vec<PathBuf>,
    /// A newer list of the versions of CMS, JSON
    #[arg(long, value_name = "FILE")]
    pub cms_versions: Option<PathBuf>,
}

/// How it looks.
#[derive(Debug, Args)]
#[command(next_help_heading = "How it looks")]
pub(in crate::commands) struct Looks {
    /// Whom operators of the servers can write to: stands in each request
    #[arg(long, value_name = "mailto:ADDRESS", env = "CAMPANILE_AUDIT_CONTACT")]
    pub contact: Option<Contact>,
    /// Looks at private and loopback addresses too
    #[arg(long)]
    pub allow_private: bool,
    /// Takes this address for a host, in place of looking it up
    #[arg(long, value_name = "HOST:ADDRESS")]
    pub resolve: Vec<Pin>,
    /// A resolver to ask, in place of the system's
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub resolver: Vec<SocketAddr>,
    /// Connections that one address bears; more than 10/1s is for servers of your own alone
    #[arg(long, value_name = "COUNT/TIME")]
    pub rate: Option<Rate>,
    /// Asks everything, also where nothing seems to have changed
    #[arg(long)]
    pub full: bool,
    /// Tries known weaknesses out, at members whose document has the body's consent, and at nobody else's
    #[arg(long)]
    pub intrusive: bool,
    /// Bodies that are looked at at once
    #[arg(long, value_name = "COUNT", default_value_t = AT_ONCE as u16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub concurrency: u16,
}

/// How the report is written.
#[derive(Debug, Args)]
#[command(next_help_heading = "How the report is written")]
pub(in crate::commands) struct Written {
    /// In which form
    #[arg(long, short, value_enum, default_value = "text")]
    pub output: Form,
    /// Into a file, which is replaced when the report is complete; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// In which language
    #[arg(long, value_enum, default_value = "it")]
    pub lang: Lang,
}

/// What is done with audits that were.
#[derive(Debug, Subcommand)]
pub(in crate::commands) enum AuditAction {
    /// Says what changed between two audits
    ///
    /// Example: `campanile audit diff` says what the last audit of the fleet found changed; `campanile audit diff 12 15`
    /// compares two runs of `campanile audit trend`
    Diff(Diff),
    /// Shows the classes of every audit over time
    ///
    /// Example: `campanile audit trend --limit 30`
    Trend(Trend),
    /// Writes the report of an audit again
    ///
    /// Example: `campanile audit report --output html --out report.html`
    Report(Report),
}

#[derive(Debug, Args)]
pub(in crate::commands) struct Diff {
    /// The earlier run and the later one; the last one and what was known before, if left out
    #[arg(value_name = "RUN", num_args = 2)]
    pub runs: Vec<i64>,
    #[command(flatten)]
    pub kept: Kept,
    /// In which language
    #[arg(long, value_enum, default_value = "it")]
    pub lang: Lang,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(in crate::commands) struct Trend {
    #[command(flatten)]
    pub kept: Kept,
    /// The most runs, the newest
    #[arg(long, value_name = "COUNT", default_value = "40")]
    pub limit: usize,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(in crate::commands) struct Report {
    /// The run, as `audit trend` numbers it; the last one, if left out
    #[arg(value_name = "RUN")]
    pub run: Option<i64>,
    #[command(flatten)]
    pub kept: Kept,
    #[command(flatten)]
    pub written: Written,
}

/// Where audits are kept, and which are meant.
#[derive(Debug, Args)]
pub(in crate::commands) struct Kept {
    /// Where the audits are
    #[arg(long, value_name = "DIR", env = "CAMPANILE_STATE", default_value = DEFAULT_FOLDER)]
    pub state: PathBuf,
    /// Of this list, as `audit trend --scope all` names it; `fleet` is the fleet
    #[arg(long, value_name = "SCOPE", default_value = "fleet")]
    pub scope: String,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum Form {
    /// For a terminal
    Text,
    /// For programs, with a schema
    Json,
    /// A row each host
    Csv,
    /// One page for people, without outside resources
    Html,
    /// For Prometheus
    Openmetrics,
    /// For code scanning
    Sarif,
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum Lang {
    /// Italian
    It,
    /// English
    En,
}

impl Lang {
    /// The report's language.
    pub fn language(self) -> Language {
        match self {
            Self::It => Language::It,
            Self::En => Language::En,
        }
    }
}

/// What TLS 1.0 and 1.1 mean where newer versions are spoken too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum Old {
    /// *Mal configurato*
    Misconfigured,
    /// *Gravi problemi di sicurezza*
    Grave,
}

impl Old {
    /// As rules take it.
    pub fn versions(self) -> OldVersions {
        match self {
            Self::Misconfigured => OldVersions::Misconfigured,
            Self::Grave => OldVersions::Grave,
        }
    }
}

/// What an audit fails on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum FailOn {
    /// What endangers visitors today, and bodies that could not be looked at
    Grave,
    /// The same, and what is not up to date
    Major,
    /// Nothing that is found
    Never,
}

impl FailOn {
    /// The least that counts; none where nothing does.
    pub fn weight(self) -> Option<Weight> {
        match self {
            Self::Grave => Some(Weight::Grave),
            Self::Major => Some(Weight::Major),
            Self::Never => None,
        }
    }
}

/// An address for a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) struct Pin {
    /// The host.
    pub host: String,
    /// Its address.
    pub address: IpAddr,
}

impl FromStr for Pin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let remedy = || {
            "write HOST:ADDRESS, such as www.comune.test:192.0.2.7 or www.comune.test:[2001:db8::7]"
                .to_owned()
        };
        let (host, address) = text.split_once(':').ok_or_else(remedy)?;
        let host: DomainName = host.parse().map_err(|_| remedy())?;
        let address = address.trim_start_matches('[').trim_end_matches(']').parse().map_err(|_| remedy())?;
        Ok(Self { host: host.to_string(), address })
    }
}
