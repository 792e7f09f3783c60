//! Whom an audit looks at: members of the fleet, lines of a list, hosts that were named, rows of the IndicePA.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use campanile_audit::probes::{Host, Subject};
use campanile_plan::document::PlatformAudit;
use campanile_plan::document::values::{DomainName, MemberName, Port};
use campanile_plan::fleet::Desired;
use jiff::Timestamp;

/// HTTPS and HTTP, where nobody says otherwise.
pub const PORTS: Ports = Ports { https: 443, http: 80 };
/// The most lines of a list.
const MOST_LINES: usize = 200_000;

/// Where HTTPS and HTTP are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// HTTPS.
    pub https: u16,
    /// HTTP.
    pub http: u16,
}

/// One look: a body, and others of which the same is true because they have the same host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What is looked at.
    pub subject: Subject,
    /// Name and title of the others.
    pub twins: Vec<(String, String)>,
}

/// The members that are looked at, and why others are not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    /// Those that are.
    pub targets: Vec<Target>,
    /// Those that are not, with the reason.
    pub left_out: BTreeMap<MemberName, &'static str>,
    /// Those of them that are not for now: what is known of them stays so.
    pub resting: BTreeSet<String>,
}

impl Target {
    /// A body of which the site is all that is known.
    pub fn of_site(name: &str, title: &str, host: &str, port: Option<u16>) -> Self {
        let host = Host { name: host.to_owned(), https: port.unwrap_or(PORTS.https), http: PORTS.http };
        let domain = host.name.parse::<IpAddr>().is_err().then(|| without_www(&host.name).to_owned());
        let subject = Subject {
            name: name.to_owned(),
            title: title.to_owned(),
            mail: domain.is_some(),
            domain,
            hosts: vec![host],
            intrusive: false,
        };
        Self { subject, twins: Vec::new() }
    }

    /// Puts HTTPS and HTTP elsewhere, where no port was named.
    pub fn put_at(&mut self, ports: Ports) {
        for host in &mut self.subject.hosts {
            host.http = ports.http;
            if host.https == PORTS.https {
                host.https = ports.https;
            }
        }
    }
}

fn without_www(host: &str) -> &str {
    host.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(host)
}

/// The hosts of every member; `now` says who is in maintenance.
pub fn of_fleet(desired: &Desired, now: Timestamp) -> Members {
    let ports = desired.platform.spec.audit.as_ref().map_or(PORTS, ports);
    let mut members = Members::default();
    for (name, member) in &desired.members {
        let audit = member.spec.audit.as_ref();
        let reason = match audit {
            Some(audit) if audit.enabled == Some(false) => Some("its document opts out"),
            Some(audit) if audit.is_in_maintenance(now) => Some("it is in maintenance"),
            _ if member.spec.hosts().next().is_none() => Some("it has no host"),
            _ => None,
        };
        if let Some(reason) = reason {
            if audit.is_some_and(|audit| audit.enabled != Some(false)) {
                members.resting.insert(name.to_string());
            }
            members.left_out.insert(name.clone(), reason);
            continue;
        }
        let host = |host: &DomainName| Host { name: host.to_string(), https: ports.https, http: ports.http };
        let subject = Subject {
            name: name.to_string(),
            title: member.spec.title.as_str().to_owned(),
            hosts: member.spec.hosts().map(|placed| host(&placed.value)).collect(),
            domain: Some(member.spec.domain.name.value.to_string()),
            mail: true,
            intrusive: audit.is_some_and(|audit| audit.intrusive.is_some()),
        };
        members.targets.push(Target { subject, twins: Vec::new() });
    }
    members
}

/// Where the platform says that HTTPS and HTTP are.
pub fn ports(audit: &PlatformAudit) -> Ports {
    let of = |port: Option<Port>, usual| port.map_or(usual, Port::number);
    Ports { https: of(audit.https_port, PORTS.https), http: of(audit.http_port, PORTS.http) }
}

/// What is wrong with a target that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no host: write comune.example.test, or comune.example.test:8443")]
pub struct NoTarget {
    text: String,
}

/// A host as somebody wrote it: `HOST`, `HOST:PORT`, an address, or the address of a page.
pub fn of_host(text: &str) -> Result<Target, NoTarget> {
    let wrong = || NoTarget { text: text.chars().take(80).collect() };
    let word = text.trim();
    let word = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://")).unwrap_or(word);
    let word = word.split(['/', '?', '#']).next().unwrap_or_default();
    if let Ok(address) = word.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(Target::of_site(&address.to_string(), "", &address.to_string(), None));
    }
    if let Ok(address) = word.parse::<std::net::SocketAddr>() {
        let host = address.ip().to_string();
        return Ok(Target::of_site(word, "", &host, Some(address.port())));
    }
    let (name, port) = match word.split_once(':') {
        Some((name, port)) => {
            (name, Some(port.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(wrong)?))
        }
        None => (word, None),
    };
    let host: DomainName = name.trim_end_matches('.').parse().map_err(|_| wrong())?;
    let subject = port.map_or_else(|| host.to_string(), |port| format!("{host}:{port}"));
    Ok(Target::of_site(&subject, "", host.as_str(), port))
}

/// The targets of a list: a host each line, what follows it is the title; `#` begins a comment.
pub fn of_list(text: &str) -> (Vec<Target>, Vec<(usize, NoTarget)>) {
    let mut targets: BTreeMap<String, Target> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (number, line) in (1..).zip(text.lines().take(MOST_LINES)) {
        let line = line.trim_start_matches('\u{feff}').split('#').next().unwrap_or_default().trim();
        let Some(word) =
            line.split(|c: char| c.is_whitespace() || c == ',').next().filter(|word| !word.is_empty())
        else {
            continue;
        };
        match of_host(word) {
            Ok(mut target) => {
                let title = line
                    .get(word.len()..)
                    .unwrap_or_default()
                    .trim_matches(|c: char| c.is_whitespace() || c == ',');
                title.clone_into(&mut target.subject.title);
                targets.entry(target.subject.name.clone()).or_insert(target);
            }
            Err(error) => wrong.push((number, error)),
        }
    }
    (targets.into_values().collect(), wrong)
}

/// Looks once where several bodies have the same hosts.
pub fn grouped(targets: Vec<Target>) -> Vec<Target> {
    let mut seen: BTreeMap<Vec<(String, u16, u16)>, usize> = BTreeMap::new();
    let mut grouped: Vec<Target> = Vec::new();
    for target in targets {
        let hosts = target.subject.hosts.iter().map(|host| (host.name.clone(), host.https, host.http));
        match seen.entry(hosts.collect()) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(grouped.len());
                grouped.push(target);
            }
            std::collections::btree_map::Entry::Occupied(place) => {
                let Target { subject, twins } = target;
                if let Some(first) = grouped.get_mut(*place.get()) {
                    first.twins.push((subject.name, subject.title));
                    first.twins.extend(twins);
                }
            }
        }
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(target: &Target) -> String {
        let Target { subject, twins } = target;
        let hosts: Vec<String> =
            subject.hosts.iter().map(|host| format!("{}:{}/{}", host.name, host.https, host.http)).collect();
        let domain = subject.domain.as_deref().unwrap_or("-");
        format!("{} {:?} {} {domain} {}", subject.name, subject.title, hosts.join(" "), twins.len())
    }

    #[test]
    fn a_list_is_hosts_with_titles() {
        let text = "\u{feff}# towns\nwww.calco.test Comune di Calco\n\nhttps://www.erve.test:8443/home\n192.0.2.7\n\
            [2001:db8::7]:444\nnot a host\nwww.calco.test again\nwww.dorio.test:0\n";
        let (targets, wrong) = of_list(text);
        let targets: Vec<String> = targets.iter().map(shown).collect();
        assert_eq!(
            targets,
            [
                "192.0.2.7 \"\" 192.0.2.7:443/80 - 0",
                "[2001:db8::7]:444 \"\" 2001:db8::7:444/80 - 0",
                "www.calco.test \"Comune di Calco\" www.calco.test:443/80 calco.test 0",
                "www.erve.test:8443 \"\" www.erve.test:8443/80 erve.test 0",
            ]
        );
        let wrong: Vec<usize> = wrong.into_iter().map(|(line, _)| line).collect();
        assert_eq!(wrong, [7, 9]);
    }

    #[test]
    fn bodies_on_one_host_are_looked_at_once() {
        let site = |name: &str, host: &str| Target::of_site(name, name, host, None);
        let targets =
            vec![site("a", "www.valle.test"), site("b", "www.erve.test"), site("c", "www.valle.test")];
        let targets: Vec<String> = grouped(targets).iter().map(shown).collect();
        assert_eq!(
            targets,
            ["a \"a\" www.valle.test:443/80 valle.test 1", "b \"b\" www.erve.test:443/80 erve.test 0"]
        );
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_too_odd(text in ".{0,300}") {
            let _ = of_list(&text);
        }
    }
}
