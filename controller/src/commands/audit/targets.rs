//! Whom the command line means.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Desired;
use jiff::Timestamp;

use super::super::arguments::Where;
use super::super::plan::{complain, load};
use super::super::{Failure, say};
use super::arguments::Targets;
use crate::audit::indice::{self, Wanted};
use crate::audit::known::FLEET;
use crate::audit::settings::Settings;
use crate::audit::targets::{self, PORTS, Ports, Target, grouped, of_host};

/// The largest list, in bytes.
const LARGEST: u64 = 64 << 20;

/// Whom the command line means.
pub(super) struct Chosen {
    /// The targets.
    pub targets: Vec<Target>,
    /// Under which name the audit is kept; none where it is not.
    pub scope: Option<String>,
    /// Hosts that the operator named himself, whatever their addresses are.
    pub listed: Vec<String>,
    /// What the platform's document says.
    pub settings: Settings,
    /// What a person should know before.
    pub notes: Vec<String>,
    /// Lines that name no target.
    pub unusable: usize,
    /// Members that are not looked at for now.
    pub resting: BTreeSet<String>,
}

/// Why there is nobody to look at.
pub(super) enum ChooseError {
    /// What was written on the command line is none.
    Usage(String),
    /// What it names cannot be read.
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for ChooseError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

pub(super) async fn choose(wanted: &Targets, at: &Where) -> Result<Chosen, ChooseError> {
    let Targets { hosts, list, indicepa, category, name_begins, https_port, http_port } = wanted;
    let ports = Ports { https: https_port.unwrap_or(PORTS.https), http: http_port.unwrap_or(PORTS.http) };
    if let Some(path) = indicepa {
        let wanted = Wanted { categories: category.clone(), title_begins: name_begins.clone() };
        let taken = indice::targets(path, &wanted)?;
        let notes = vec![taken.summary().trim_end().to_owned()];
        // another choice of the same file is another audit, with a history of its own
        let chosen_by = [category.join(","), name_begins.clone()].join(" ");
        let scope = format!("{} {}", of_file("indicepa", path), chosen_by.trim()).trim_end().to_owned();
        // what others wrote is not what the operator named
        return Ok(Chosen { notes, ..chosen(taken.targets, ports, Some(scope), Vec::new()) });
    }
    if let Some(path) = list {
        let text = read(path)?;
        let (targets, wrong) = targets::of_list(&text);
        let notes = wrong.iter().map(|(line, error)| format!("{}:{line}: {error}", path.display())).collect();
        // a name's owner says where it leads: of a list, private addresses alone that are written as such are meant
        let listed = names(&targets).into_iter().filter(|name| name.parse::<IpAddr>().is_ok()).collect();
        let unusable = wrong.len();
        return Ok(Chosen { notes, unusable, ..chosen(targets, ports, Some(of_file("list", path)), listed) });
    }
    let is_member = |name: &String| !name.contains(['.', ':']) && name.parse::<MemberName>().is_ok();
    let (members, hosts): (Vec<String>, Vec<String>) = hosts.iter().cloned().partition(is_member);
    let mut others = Vec::new();
    for host in &hosts {
        others.push(of_host(host).map_err(|error| ChooseError::Usage(error.to_string()))?);
    }
    let listed = names(&others);
    if members.is_empty() && !others.is_empty() {
        return Ok(chosen(others, ports, None, listed));
    }
    let desired = fleet(at).await?;
    let mut of_fleet = targets::of_fleet(&desired, Timestamp::now());
    let platform = desired.platform.spec.audit.as_ref();
    let usual = platform.map_or(PORTS, targets::ports);
    let ports = Ports { https: https_port.unwrap_or(usual.https), http: http_port.unwrap_or(usual.http) };
    for target in &mut of_fleet.targets {
        for host in &mut target.subject.hosts {
            (host.https, host.http) = (ports.https, ports.http);
        }
    }
    let notes = of_fleet
        .left_out
        .iter()
        .filter(|(name, _)| members.is_empty() || members.contains(&name.to_string()));
    let notes = notes.map(|(name, why)| format!("not looked at: {name}: {why}")).collect();
    for name in &members {
        if !desired.members.keys().any(|known| known.as_str() == name) {
            return Err(ChooseError::Usage(format!(
                "the fleet has no member {name}, and a host is written in full"
            )));
        }
    }
    if !members.is_empty() {
        of_fleet.targets.retain(|target| members.contains(&target.subject.name));
    }
    for other in &mut others {
        other.put_at(ports);
    }
    // a part of the fleet is no audit of the fleet
    let scope = (members.is_empty() && others.is_empty()).then(|| FLEET.to_owned());
    let settings = platform.map(Settings::of_platform).unwrap_or_default();
    let targets = of_fleet.targets.into_iter().chain(others).collect();
    Ok(Chosen { targets, scope, listed, settings, notes, unusable: 0, resting: of_fleet.resting })
}

fn chosen(mut targets: Vec<Target>, ports: Ports, scope: Option<String>, listed: Vec<String>) -> Chosen {
    for target in &mut targets {
        target.put_at(ports);
    }
    let settings = Settings::default();
    Chosen {
        targets: grouped(targets),
        scope,
        listed,
        settings,
        notes: Vec::new(),
        unusable: 0,
        resting: BTreeSet::new(),
    }
}

fn names(targets: &[Target]) -> Vec<String> {
    targets.iter().flat_map(|target| target.subject.hosts.iter().map(|host| host.name.clone())).collect()
}

/// The name under which audits of a file are kept.
fn of_file(kind: &str, path: &Path) -> String {
    let full = path.canonicalize();
    format!("{kind} {}", full.as_deref().unwrap_or(path).display())
}

fn read(path: &Path) -> Result<String, Failure> {
    let failed = |error: std::io::Error| format!("reading {}: {error}", path.display());
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(file, LARGEST), &mut bytes).map_err(failed)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn fleet(at: &Where) -> Result<std::sync::Arc<Desired>, Failure> {
    let (state, source, fetcher) = at.open()?;
    let fleet = load(&fetcher, &source, &state).await?;
    if !fleet.problems.is_empty() {
        complain(&fleet, None);
        say("members whose documents have problems are looked at as they were last valid");
    }
    Ok(fleet
        .desired
        .clone()
        .ok_or("the platform's document has problems, and it was never valid before: campanile check")?)
}
