//! What must hold inside one document, beyond the types of its fields.

use std::collections::{BTreeMap, BTreeSet};

use super::issuers;
use crate::document::values::{Bytes, MountPath, Ttl, WorkloadName};
use crate::document::{Health, Member, Place, Placed, Platform, Report, Soa, Workload};
use crate::domain;

/// Most workloads of one member: each may need two addresses while a new version takes over,
/// and a network of 16 has 13 to give.
const MOST_WORKLOADS: usize = 6;

/// The least memory that Docker takes.
const LEAST_MEMORY: Bytes = Bytes::mebi(6);

/// Looks at the platform's document.
pub(super) fn platform(platform: &Platform, report: &mut Report) {
    issuers::platform(platform, report);
    let engines = &platform.spec.engines;
    if engines.value.is_empty() {
        report.problem(engines.place, "the platform has no engine", "name one at least");
    }
    let mut names = BTreeMap::new();
    let mut endpoints = BTreeMap::new();
    for engine in &engines.value {
        twice(&mut names, &engine.name, "engine", report);
        twice(&mut endpoints, &engine.endpoint, "endpoint", report);
        let by_tcp = matches!(engine.endpoint.value, crate::document::values::Endpoint::Tls(_));
        if by_tcp != engine.tls.is_some() {
            let (message, remedy) = if by_tcp {
                ("an engine by TCP needs certificates", "add tls with ca, certificate and key")
            } else {
                ("a socket on this machine has no TLS", "remove tls")
            };
            report.problem(engine.endpoint.place, message, remedy);
        }
        if engine.ingress.http.socket() == engine.ingress.https.value.socket() {
            report.problem(
                engine.ingress.https.place,
                format!("HTTP and HTTPS both listen on {}", engine.ingress.https),
                "give them two ports",
            );
        }
    }
    if let Some(dns) = &platform.spec.dns {
        if dns.name_servers.value.is_empty() {
            let remedy = "name one at least: the world finds the zones by them";
            report.problem(dns.name_servers.place, "there is no name server", remedy);
        }
        let mut names = BTreeMap::new();
        for server in &dns.name_servers.value {
            twice(&mut names, &server.name, "name server", report);
        }
        if let Some(soa) = &dns.soa {
            start(soa, report);
        }
    }
}

fn start(soa: &Soa, report: &mut Report) {
    if let Some(contact) = soa.contact.as_ref().filter(|contact| domain::mailbox(&contact.value).is_none()) {
        let remedy = "write at most 63 characters before the @, and a domain after it";
        report.problem(contact.place, format!("{contact} cannot be written as a domain name"), remedy);
    }
    // a secondary has to have asked twice before it gives a zone up (RFC 1912, 2.2)
    let (Some(refresh), Some(retry), Some(expire)) = (soa.refresh, soa.retry, &soa.expire) else { return };
    let asked_twice = refresh.seconds().saturating_add(retry.seconds());
    if expire.value.seconds() <= asked_twice {
        let message =
            format!("secondaries would give a zone up after {expire} s, before they asked a second time");
        report.problem(
            expire.place,
            message,
            format!("write more than refresh and retry together, which are {asked_twice} s"),
        );
    }
}

pub(super) fn twice<T: Ord + Clone + std::fmt::Display>(
    seen: &mut BTreeMap<T, Place>,
    item: &Placed<T>,
    what: &str,
    report: &mut Report,
) {
    if let Some(first) = seen.insert(item.value.clone(), item.place) {
        report.problem(
            item.place,
            format!("the {what} {item} stands here a second time (first in line {})", first.line),
            "keep one of the two",
        );
    }
}

/// The platform that members are held against.
#[derive(Debug, Clone, Copy)]
pub(super) enum Against<'a> {
    /// That of today.
    Today(&'a Platform),
    /// The last valid one, since today's has problems.
    LastValid(&'a Platform),
    /// None: its document has problems, and there never was a valid one, or nobody asks for it.
    Nothing,
}

impl<'a> Against<'a> {
    /// The platform, if there is one.
    pub fn platform(self) -> Option<&'a Platform> {
        match self {
            Against::Today(platform) | Against::LastValid(platform) => Some(platform),
            Against::Nothing => None,
        }
    }

    /// What a problem calls it.
    pub fn called(self) -> &'static str {
        match self {
            Against::LastValid(_) => "the last valid platform.yaml, which is in force,",
            Against::Today(_) | Against::Nothing => "the platform",
        }
    }
}

/// Looks at a member's document.
pub(super) fn member(member: &Member, against: Against, report: &mut Report) {
    let spec = &member.spec;
    let name = &member.metadata.name;
    if spec.title.as_str().trim().is_empty() {
        report.problem(name.place, "the title is empty", "write what people call the body");
    }
    let names: BTreeSet<WorkloadName> = spec.workloads().map(|(name, _)| name).collect();
    if names.len() > MOST_WORKLOADS {
        report.problem(
            name.place,
            format!(
                "the member has {} workloads, and its network has room for {MOST_WORKLOADS}",
                names.len()
            ),
            "put some of them into a member of their own",
        );
    }
    if let (Some(_), Some(twin)) = (&spec.site, spec.services.get(&WorkloadName::site())) {
        let message = "this service is named site, as the site itself is";
        report.problem(twin.image.place, message, "give it another name");
    }
    domain::declared(&spec.domain, Ttl::HOUR, report);
    let mut hosts = BTreeMap::new();
    for host in spec.hosts() {
        twice(&mut hosts, host, "host", report);
    }
    for (name, workload) in spec.workloads() {
        self::workload(workload, report);
        engine(&name, workload, member, against, report);
        digest(workload, against, report);
        needs(&name, workload, &names, report);
    }
    issuers::member(member, against, report);
    if let Some(circle) = circle(member) {
        report.problem(
            circle.place,
            format!("the needs of {circle} lead back to itself"),
            "remove one of the needs",
        );
    }
}

fn workload(workload: &Workload, report: &mut Report) {
    if let (Some(host), None) = (workload.hosts.first(), &workload.port) {
        report.problem(
            host.place,
            "there are hosts, but no port",
            "add port: the one that the program listens on",
        );
    }
    if let Some(Health { path, command }) = &workload.health {
        match (path, command) {
            (Some(path), Some(_)) => {
                report.problem(path.place, "health has both a path and a command", "keep one of the two");
            }
            (None, None) => {
                report.problem(workload.image.place, "health is empty", "give it a path or a command");
            }
            (Some(path), None) if workload.port.is_none() => {
                report.problem(path.place, "health asks for a page, but there is no port", "add port");
            }
            (None, Some(command)) if command.value.is_empty() => {
                report.problem(
                    command.place,
                    "the health command is empty",
                    "write the program and its arguments",
                );
            }
            _ => {}
        }
    }
    let memory = workload.resources.as_ref().and_then(|resources| resources.memory.as_ref());
    if let Some(memory) = memory.filter(|memory| memory.value < LEAST_MEMORY) {
        report.problem(
            memory.place,
            format!("{memory} of memory is too little"),
            format!("give {LEAST_MEMORY} at least"),
        );
    }
    mounts(workload, report);
    let mut files = BTreeMap::new();
    for secret in &workload.secrets {
        twice(&mut files, secret.file.as_ref().unwrap_or(&secret.name), "file of a secret", report);
    }
}

/// No two things may be mounted over each other.
fn mounts(workload: &Workload, report: &mut Report) {
    let secrets: Option<MountPath> = "/run/secrets".parse().ok();
    let mut taken: Vec<(MountPath, String)> = Vec::new();
    if let Some(path) = secrets.filter(|_| !workload.secrets.is_empty()) {
        taken.push((path, "the secrets".to_owned()));
    }
    let volumes = workload.volumes.iter().map(|volume| (&volume.path, format!("the volume {}", volume.name)));
    let tmpfs = workload.tmpfs.iter().flatten().map(|path| (path, "a tmpfs".to_owned()));
    for (path, what) in volumes.chain(tmpfs) {
        if let Some((other, by)) = taken.iter().find(|(other, _)| other.overlaps(&path.value)) {
            report.problem(
                path.place,
                format!("{path} lies over {other}, where {by} is mounted"),
                "choose another path",
            );
        }
        taken.push((path.value.clone(), what));
    }
}

fn engine(name: &WorkloadName, workload: &Workload, member: &Member, against: Against, report: &mut Report) {
    let Some(engine) = &workload.engine else { return };
    if *name != WorkloadName::site()
        && member.spec.engine().map(|engine| &engine.value) != Some(&engine.value)
    {
        report.problem(
            engine.place,
            format!("the service {name} names an engine of its own"),
            "name the engine in site alone; services run beside it",
        );
    }
    let known = against.platform().map(|platform| &platform.spec.engines.value);
    if let Some(known) = known.filter(|known| known.iter().all(|known| known.name.value != engine.value)) {
        let names: Vec<_> = known.iter().map(|engine| engine.name.to_string()).collect();
        report.problem(
            engine.place,
            format!("{} has no engine {engine}", against.called()),
            format!("known are {}", names.join(", ")),
        );
    }
}

fn digest(workload: &Workload, against: Against, report: &mut Report) {
    let demanded = against.platform().and_then(|platform| platform.spec.images.as_ref());
    if demanded.is_some_and(|images| images.require_digest) && !workload.image.value.has_digest() {
        report.problem(
            workload.image.place,
            format!("{} takes images by digest only, and {} has none", against.called(), workload.image),
            "add @sha256:… as the registry shows it",
        );
    }
}

fn needs(name: &WorkloadName, workload: &Workload, names: &BTreeSet<WorkloadName>, report: &mut Report) {
    for need in &workload.needs {
        if !names.contains(&need.value) {
            let known: Vec<_> =
                names.iter().filter(|other| *other != name).map(ToString::to_string).collect();
            let remedy = match known.as_slice() {
                [] => "add it under services".to_owned(),
                known => format!("name one of its services: {}", known.join(", ")),
            };
            report.problem(need.place, format!("this member has no workload {need}"), remedy);
        }
    }
}

/// A need on a circle of needs, if there is one.
fn circle(member: &Member) -> Option<&Placed<WorkloadName>> {
    let workloads: BTreeMap<WorkloadName, &Workload> = member.spec.workloads().collect();
    workloads.iter().find_map(|(start, workload)| {
        workload.needs.iter().find(|need| {
            let mut reached = BTreeSet::new();
            let mut open = vec![&need.value];
            while let Some(name) = open.pop() {
                if reached.insert(name) {
                    open.extend(workloads.get(name).iter().flat_map(|w| w.needs.iter().map(|n| &n.value)));
                }
            }
            reached.contains(start)
        })
    })
}
