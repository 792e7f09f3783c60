//! The arguments of every command, with the help that teaches them.

use std::path::PathBuf;
use std::time::Duration;

use campanile_plan::document::values::{IssuerName, MemberName};
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{Failure, audit, import::Import, log::Since};
use crate::git::{Credentials, Fetcher, LastRead, Limits, Source};
use crate::http::Listen;
use crate::logging::Logging;
use crate::problems;
use crate::state::{DEFAULT_FOLDER, State};

const ABOUT: &str = "\
Keeps the members of a shared IT centre as their documents in git say.

A fleet is a folder or git repository with platform.yaml and members/*.yaml. Start with:

  campanile check  --fleet .                  every problem, with its place
  campanile plan   --fleet .                  what would be done, and why
  campanile apply  --fleet .                  does it; again: nothing to do
  campanile status --fleet .                  how the members are
  campanile run    --fleet .                  keeps it so, all day
  campanile log                               what was done, and why
  campanile audit --fleet .                   what the world sees of every member's site, zone and mail

Exit codes: 0 done or nothing to do; 1 problems in the documents, or steps that failed;
2 with --detailed-exitcode: the plan has changes; 64 wrong usage.";

/// Keeps the members of a shared IT centre as their documents in git say.
#[derive(Debug, Parser)]
#[command(name = "campanile", version, long_about = ABOUT, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Looks at the whole fleet and reports every problem with its place
    ///
    /// Needs no engine: made for merge requests.
    ///
    /// Example: `campanile check --fleet . --output gitlab > gl-code-quality-report.json`
    Check(Check),
    /// Says what would be done, and why; changes nothing
    ///
    /// Example: `campanile plan --fleet https://git.example/cst/fleet.git#main --out plan.json`
    Plan(Plan),
    /// Makes the world as the fleet says, once
    ///
    /// Applies a plan that was saved with `plan --out FILE`, or refuses because the world moved; without one, what
    /// `plan` would say now.
    ///
    /// Example: `campanile apply --fleet . --member barzago`
    Apply(Apply),
    /// Keeps the world as the fleet says, all day
    ///
    /// Fetches at each interval, at each call of the webhook (POST /hooks/git) and at SIGHUP; looks at what happens on the
    /// engines, and at everything at each interval. Tells by HTTP how the members are, and writes events to standard error.
    ///
    /// Example: `campanile run --fleet https://git.example/cst/fleet.git#main --webhook-secret-file webhook.secret`
    Run(Run),
    /// Shows the members and how they are
    ///
    /// Asks the daemon of the state folder; without one, looks itself.
    ///
    /// Example: `campanile status --fleet . barzago`
    Status(Status),
    /// Shows what was done, when, from which commit, why, and how it ended
    ///
    /// Reads the history in the state folder, also while the daemon runs.
    ///
    /// Example: `campanile log barzago --since 2d`
    Log(Log),
    /// Goes back to an earlier document of a member, until its document in git changes
    ///
    /// Goes back to the last document under which the member was ready; nothing in git changes, and any new text of
    /// the member's file there ends it. `--list` shows what there is to go back to.
    ///
    /// Example: `campanile rollback barzago --dry-run`, then without; `campanile rollback barzago --undo` ends it
    Rollback(Rollback),
    Audit(Box<audit::Arguments>),
    /// Does at an issuer of certificates what no document asks for
    ///
    /// Example: `campanile certificate revoke barzago --reason key-compromise`
    Certificate(Certificate),
    /// Writes what is there already as a part of a member's document
    Import(Import),
    /// Prints the JSON Schema of the documents, for editors
    ///
    /// Example: `campanile schema member > member.json`, and in the YAML, as the first line:
    /// `# yaml-language-server: $schema=member.json`
    Schema(Schema),
    /// Prints the completion script of a shell
    ///
    /// Example: `campanile completion bash > /etc/bash_completion.d/campanile`
    Completion(Completion),
    /// Writes the manual pages into a folder
    ///
    /// Example: `campanile man /usr/local/share/man/man1`
    Man(Man),
}

/// Where the fleet and the state are.
#[derive(Debug, Args)]
pub(super) struct Where {
    /// A folder, or a git repository as `URL#branch:path` (https, ssh or a local path)
    #[arg(long, value_name = "SOURCE", env = "CAMPANILE_FLEET", default_value = ".")]
    pub fleet: String,
    /// Where keys, certificates and the last valid documents are kept
    #[arg(long, value_name = "DIR", env = "CAMPANILE_STATE", default_value = DEFAULT_FOLDER)]
    pub state: PathBuf,
    /// Where the members' secrets are, as MEMBER/SECRET; `secrets` in the state folder, if left out
    #[arg(long, value_name = "DIR", env = "CAMPANILE_SECRETS")]
    pub secrets: Option<PathBuf>,
    #[command(flatten)]
    pub git: Git,
}

/// With what a git server is asked.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options for git over https and ssh")]
#[expect(clippy::struct_field_names, reason = "the fields are the options, and all options of git begin so")]
pub(super) struct Git {
    /// A file with `user:password` or a token
    #[arg(long, value_name = "FILE", env = "CAMPANILE_GIT_PASSWORD_FILE")]
    pub git_password_file: Option<PathBuf>,
    /// A file with the authorities to trust, in place of the system's
    #[arg(long, value_name = "FILE", env = "CAMPANILE_GIT_CA")]
    pub git_ca: Option<PathBuf>,
    /// A file with the private key
    #[arg(long, value_name = "FILE", env = "CAMPANILE_GIT_SSH_KEY")]
    pub git_ssh_key: Option<PathBuf>,
    /// A file with the keys of the hosts
    #[arg(long, value_name = "FILE", env = "CAMPANILE_GIT_KNOWN_HOSTS")]
    pub git_known_hosts: Option<PathBuf>,
    /// Seconds that one fetch may take
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    pub git_timeout: u64,
}

impl Git {
    /// Makes ready to read the fleet; what git needs is kept in `folder`.
    pub fn fetcher(&self, folder: PathBuf) -> Fetcher {
        let Self { git_password_file, git_ca, git_ssh_key, git_known_hosts, git_timeout } = self;
        let credentials = Credentials {
            https_file: git_password_file.clone(),
            ca: git_ca.clone(),
            ssh_key: git_ssh_key.clone(),
            known_hosts: git_known_hosts.clone(),
        };
        let limits = Limits { time: Duration::from_secs(*git_timeout), ..Limits::default() };
        Fetcher { folder, credentials, limits, last: LastRead::default() }
    }
}

impl Where {
    /// Opens the state folder and makes ready to read the fleet.
    pub fn open(&self) -> Result<(State, Source, Fetcher), Failure> {
        let state = State::open(&self.state)?;
        let state = match &self.secrets {
            Some(secrets) => state.with_secrets(secrets.clone()),
            None => state,
        };
        let fetcher = self.git.fetcher(state.git_folder());
        Ok((state, Source::parse(&self.fleet)?, fetcher))
    }
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// A folder, or a git repository as `URL#branch:path` (https, ssh or a local path)
    #[arg(long, value_name = "SOURCE", env = "CAMPANILE_FLEET", default_value = ".")]
    pub fleet: String,
    /// How problems are printed
    #[arg(long, short, value_enum, default_value = "text")]
    pub output: problems::Format,
    /// Goes before every path of a report: the fleet's folder inside its repository
    #[arg(long, value_name = "PATH")]
    pub prefix: Option<String>,
    #[command(flatten)]
    pub git: Git,
}

impl Check {
    /// Makes ready to read the fleet; what git needs is kept in `folder`.
    pub fn open(&self, folder: PathBuf) -> Result<(Source, Fetcher), Failure> {
        Ok((Source::parse(&self.fleet)?, self.git.fetcher(folder)))
    }
}

#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    pub at: Where,
    /// Plans for this member alone
    #[arg(long, value_name = "NAME")]
    pub member: Option<MemberName>,
    /// How the plan is printed
    #[arg(long, short, value_enum, default_value = "text")]
    pub output: Output,
    /// Saves the plan, for `apply FILE`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exits with 2 if the plan has changes
    #[arg(long)]
    pub detailed_exitcode: bool,
}

#[derive(Debug, Args)]
pub(super) struct Apply {
    /// A plan saved with `plan --out`: applied as it is, or refused because the world moved
    #[arg(value_name = "PLAN")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub at: Where,
    /// Changes this member alone
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    pub member: Option<MemberName>,
    /// Lets the removals through that the plan with this digest holds
    #[arg(long, value_name = "DIGEST", conflicts_with_all = ["file", "member"])]
    pub release: Option<String>,
    /// Prints what would be done, and does nothing
    #[arg(long, conflicts_with_all = ["file", "release"])]
    pub dry_run: bool,
    /// Lanes that run at once
    #[arg(long, value_name = "COUNT", env = "CAMPANILE_PARALLEL", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub parallel: u16,
    /// Seconds after which nothing new is begun or waited for
    #[arg(long, value_name = "SECONDS", default_value = "900")]
    pub timeout: u64,
    /// Seconds to wait while the daemon or another apply changes something
    #[arg(long, value_name = "SECONDS", default_value = "90")]
    pub wait: u64,
    /// How the result is printed
    #[arg(long, short, value_enum, default_value = "text")]
    pub output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    pub at: Where,
    /// Seconds between two looks at everything, and between two fetches that nobody asked for
    #[arg(long, value_name = "SECONDS", env = "CAMPANILE_INTERVAL", default_value = "60", value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub interval: u64,
    /// Lanes that run at once on one engine
    #[arg(long, value_name = "COUNT", env = "CAMPANILE_PARALLEL", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub parallel: u16,
    /// Days that the history goes back
    #[arg(long, value_name = "DAYS", default_value = "400", value_parser = clap::value_parser!(u32).range(1..))]
    pub history_days: u32,
    #[command(flatten)]
    pub listen: Listen,
    #[command(flatten)]
    pub logging: Logging,
}

#[derive(Debug, Args)]
pub(super) struct Status {
    /// Shows this member alone, with every condition
    #[arg(value_name = "NAME")]
    pub member: Option<MemberName>,
    #[command(flatten)]
    pub at: Where,
    /// Looks itself, also where a daemon runs
    #[arg(long)]
    pub look: bool,
    /// Shows it anew whenever it changes, until interrupted
    #[arg(long, short)]
    pub watch: bool,
    /// How the members are printed
    #[arg(long, short, value_enum, default_value = "text")]
    pub output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Log {
    /// Shows what concerns this member alone
    #[arg(value_name = "NAME")]
    pub member: Option<MemberName>,
    /// Where the history is
    #[arg(long, value_name = "DIR", env = "CAMPANILE_STATE", default_value = DEFAULT_FOLDER)]
    pub state: PathBuf,
    /// From then on: a day (2026-11-23), a time (2026-11-23T10:00Z), or how long ago (30m, 2h, 3d, 1w)
    #[arg(long, value_name = "TIME")]
    pub since: Option<Since>,
    /// The most lines, the newest
    #[arg(long, value_name = "COUNT", default_value = "200")]
    pub limit: usize,
    /// How the log is printed
    #[arg(long, short, value_enum, default_value = "text")]
    pub output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Rollback {
    /// The member
    #[arg(value_name = "NAME")]
    pub member: MemberName,
    /// Goes back to this one: the beginning of its commit or hash, as --list prints them
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["list", "undo"])]
    pub to: Option<String>,
    /// Prints the documents under which the member was ready
    #[arg(long, conflicts_with = "undo")]
    pub list: bool,
    /// Ends the rollback: the document in git counts again
    #[arg(long)]
    pub undo: bool,
    /// Prints what would change, and changes nothing
    #[arg(long, conflicts_with_all = ["list", "undo"])]
    pub dry_run: bool,
    #[command(flatten)]
    pub at: Where,
}

#[derive(Debug, Args)]
pub(super) struct Certificate {
    #[command(subcommand)]
    pub action: CertificateAction,
}

/// What is done at an issuer.
#[derive(Debug, Subcommand)]
pub(super) enum CertificateAction {
    /// Puts a new key in the place of our account's at an issuer
    Rollover {
        /// The issuer, as platform.yaml names it
        #[arg(value_name = "ISSUER")]
        issuer: IssuerName,
        #[command(flatten)]
        at: Where,
    },
    /// Revokes the certificate of a member, whose next pass orders another with a new key
    Revoke {
        /// The member
        #[arg(value_name = "NAME")]
        member: MemberName,
        /// Why, for those who ask the issuer
        #[arg(long, value_enum, default_value = "superseded")]
        reason: Reason,
        #[command(flatten)]
        at: Where,
    },
}

/// Why a certificate is revoked (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Reason {
    /// Somebody else may have its key
    KeyCompromise,
    /// The body has another name
    AffiliationChanged,
    /// Another one takes its place
    Superseded,
    /// Its names are served no more
    CessationOfOperation,
}

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Which document
    #[arg(value_enum, default_value = "member")]
    pub document: SchemaOf,
}

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// members/*.yaml
    Member,
    /// platform.yaml
    Platform,
}

#[derive(Debug, Args)]
pub(super) struct Completion {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// The folder, which is made if it is not there
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}
