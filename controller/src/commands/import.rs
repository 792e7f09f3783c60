//! `campanile import`: what is there already as a part of a member's document, so that it can be taken over as it is.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use campanile_plan::document::Dns;
use campanile_plan::document::values::{DomainName, Ttl};
use campanile_plan::domain::{Found, Imported, Records, Unsaid, implied, import, read_zone_file};
use campanile_plan::fleet::{Accepted, Desired};
use clap::{Args, Subcommand};

use super::arguments::Git;
use super::{DONE, FAILED, Failure, print, say};
use crate::dns::{Server, transfer};
use crate::fleet::Fleet;
use crate::git::Source;

/// Largest zone file, in bytes.
const MOST_BYTES: u64 = 64 << 20;

#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Writes the `domain` section of a member's document from a zone that is there
    ///
    /// Reads the zone from the platform's name server (spec.dns of platform.yaml), or from a zone file. A plan with the
    /// section changes nothing but Campanile's own mark. What follows from the rest of the documents is not in it: name
    /// servers, SOA, signatures, the addresses of the member's own hosts.
    ///
    /// What a document cannot say is named on standard error, the section says `policy: share`, with which nothing of it
    /// goes, and the exit code is 1.
    ///
    /// Examples:
    ///
    ///   `campanile import zone comune.barzago.lc.test --fleet . >> members/barzago.yaml`
    ///
    ///   `campanile import zone comune.barzago.lc.test --fleet . --file db.barzago`
    #[command(verbatim_doc_comment)]
    Zone(Zone),
}

#[derive(Debug, Args)]
struct Zone {
    /// The zone: the member's domain
    #[arg(value_name = "NAME")]
    name: DomainName,
    /// Reads this zone file (RFC 1035) and asks no name server
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A folder, or a git repository as `URL#branch:path` (https, ssh or a local path)
    #[arg(long, value_name = "SOURCE", env = "CAMPANILE_FLEET", default_value = ".")]
    fleet: String,
    #[command(flatten)]
    git: Git,
}

/// A zone as it was read.
struct Zones {
    records: Records,
    unread: Vec<Unsaid>,
    is_signed: bool,
}

pub(super) async fn run(command: Import) -> Result<u8, Failure> {
    let What::Zone(command) = command.what;
    let desired = command.desired().await?;
    let Some(dns) = &desired.platform.spec.dns else {
        return Err("the platform names no name server: write spec.dns into platform.yaml".into());
    };
    let ttl = dns.ttl.unwrap_or(Ttl::HOUR);
    let Zones { records, unread, is_signed } = match &command.file {
        Some(file) => from_file(file, &command.name, ttl)?,
        None => from_server(dns, &command.name).await?,
    };
    let implied = implied(&desired, dns, &command.name);
    let found = Found { zone: &command.name, records: &records, is_signed, implied: &implied, ttl };
    let imported = import(&found, unread);
    print(&imported.section)?;
    Ok(tell(&imported))
}

impl Zone {
    /// The fleet as its source says it now. Nothing is kept of it: no state folder is needed.
    async fn desired(&self) -> Result<Arc<Desired>, Failure> {
        let folder = tempfile::tempdir()?;
        let fetcher = self.git.fetcher(folder.path().to_owned());
        let snapshot = fetcher.fetch(&Source::parse(&self.fleet)?, None).await?;
        let fleet = Fleet::validated(snapshot, &Accepted::default());
        fleet.desired.ok_or_else(|| "platform.yaml has problems: campanile check says which".into())
    }
}

fn from_file(file: &Path, zone: &DomainName, ttl: Ttl) -> Result<Zones, Failure> {
    let failed = |error: &dyn std::error::Error| format!("reading {}: {error}", file.display());
    let mut text = Vec::new();
    let opened = File::open(file).map_err(|error| failed(&error))?;
    opened.take(MOST_BYTES + 1).read_to_end(&mut text).map_err(|error| failed(&error))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(format!("{} is larger than {} MiB", file.display(), MOST_BYTES >> 20).into());
    }
    let read = read_zone_file(&text, zone, ttl.seconds()).map_err(|error| failed(&error))?;
    // whoever signed it, from now on the platform's name server does
    Ok(Zones { records: read.records, unread: read.unread, is_signed: false })
}

async fn from_server(dns: &Dns, zone: &DomainName) -> Result<Zones, Failure> {
    let mut connection = Server::open(dns)?.connect().await?;
    let there = transfer(&mut connection, zone).await?;
    let unread = there.unread.iter().map(|key| Unsaid::unread(key, zone)).collect();
    Ok(Zones { records: there.records, unread, is_signed: there.signed_until.is_some() })
}

/// Says what is not in the section.
fn tell(imported: &Imported) -> u8 {
    let Imported { section: _, unsaid, added } = imported;
    for added in added {
        say(&format!("a plan will add {added}"));
    }
    for unsaid in unsaid {
        say(&format!("left out: {unsaid}"));
    }
    if unsaid.is_empty() {
        return DONE;
    }
    say(&format!(
        "{} sets of records are not in the section. It says policy: share, with which they stay; with policy: own they \
         would go, so write own when they may",
        unsaid.len()
    ));
    FAILED
}
