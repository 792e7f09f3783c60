//! Which addresses may be asked: public ones. A redirect or an answer of the DNS must not lead the probes to the machine
//! that they run on or the network that it stands in (server-side request forgery, OWASP A10:2021).

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// Refuses addresses that are not public, unless the list of targets names them or their host itself.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allow_private: bool,
    listed: BTreeSet<String>,
}

/// What link-local addresses are called.
const LINK_LOCAL: &str = "a link-local address";

/// Why an address is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{address} is {kind}, and the targets do not name it")]
pub struct Refusal {
    /// The address.
    pub address: IpAddr,
    /// What it is: "a private address".
    pub kind: &'static str,
}

impl Guard {
    /// Lets every address pass but link-local ones: `--allow-private`.
    pub fn allowing_private() -> Self {
        Self { allow_private: true, listed: BTreeSet::new() }
    }

    /// Lets hosts and addresses pass that the list of targets names.
    #[must_use]
    pub fn allowing(mut self, hosts: impl IntoIterator<Item = String>) -> Self {
        self.listed.extend(hosts.into_iter().map(|host| host.to_ascii_lowercase()));
        self
    }

    /// Whether an address may be asked: also before each use of an answer of the DNS, which may change (rebinding).
    pub fn check(&self, ip: IpAddr) -> Result<(), Refusal> {
        // what a cloud tells its machines about themselves is link-local, and is nobody's site (OWASP A10:2021)
        let passes =
            |kind| (self.allow_private && kind != LINK_LOCAL) || self.listed.contains(&ip.to_string());
        match kind_of(ip) {
            Some(kind) if !passes(kind) => Err(Refusal { address: ip, kind }),
            _ => Ok(()),
        }
    }

    /// Whether an address may be asked that is one of a host's.
    pub fn check_for(&self, host: &str, ip: IpAddr) -> Result<(), Refusal> {
        if self.listed.contains(&host.to_ascii_lowercase()) { Ok(()) } else { self.check(ip) }
    }
}

/// What an address is that no public site has; none for public ones.
fn kind_of(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => V4.iter().find(|(network, bits, _)| within(ip, *network, *bits)).map(|row| row.2),
        IpAddr::V6(ip) => match embedded(ip) {
            Some(inner) => kind_of(IpAddr::V4(inner)),
            None => V6.iter().find(|(network, bits, _)| within6(ip, *network, *bits)).map(|row| row.2),
        },
    }
}

/// The IPv4 address that an IPv6 one stands for: mapped, by NAT64 (RFC 6052) or 6to4 (RFC 3056).
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = ip.octets();
    let at = |from: usize| Ipv4Addr::new(octets[from], octets[from + 1], octets[from + 2], octets[from + 3]);
    let segments = ip.segments();
    match segments {
        [0, 0, 0, 0, 0, 0xffff, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => Some(at(12)),
        [0x2002, ..] => Some(at(2)),
        _ => None,
    }
}

/// IANA's special-purpose registry for IPv4 (RFC 6890), with multicast.
const V4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::new(127, 0, 0, 0), 8, "this machine's own address"),
    (Ipv4Addr::UNSPECIFIED, 8, "an address of this network"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "a private address"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "a private address"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "a private address"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, LINK_LOCAL),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "an address of a carrier's inner network"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "an address reserved for protocols"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "an address for documentation"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "an address for documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "an address for documentation"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "an address for benchmarks"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "an address of a relay that is no more"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "a multicast address"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "a reserved address"),
];

/// IANA's special-purpose registry for IPv6, with multicast.
const V6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::LOCALHOST, 128, "this machine's own address"),
    (Ipv6Addr::UNSPECIFIED, 96, "an unspecified address"),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, "an address of a local translation"),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64, "an address that discards"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "an address reserved for protocols"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "an address for documentation"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "an address for documentation"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "a private address"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, LINK_LOCAL),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "a site-local address"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "a multicast address"),
];

fn within(ip: Ipv4Addr, network: Ipv4Addr, bits: u32) -> bool {
    (ip.to_bits() ^ network.to_bits()).leading_zeros() >= bits
}

fn within6(ip: Ipv6Addr, network: Ipv6Addr, bits: u32) -> bool {
    (ip.to_bits() ^ network.to_bits()).leading_zeros() >= bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(guard: &Guard, address: &str, expected: Option<&str>) {
        let found = guard.check(address.parse().unwrap()).err().map(|refusal| refusal.kind);
        assert_eq!(found, expected, "{address}");
    }

    #[test]
    fn addresses_that_no_public_site_has_are_refused() {
        let guard = Guard::default();
        refused(&guard, "93.184.215.14", None);
        refused(&guard, "2a00:1450:4002::1", None);
        refused(&guard, "172.32.0.1", None);
        refused(&guard, "127.8.8.8", Some("this machine's own address"));
        refused(&guard, "0.0.0.0", Some("an address of this network"));
        refused(&guard, "10.0.0.1", Some("a private address"));
        refused(&guard, "172.31.255.255", Some("a private address"));
        refused(&guard, "192.168.1.1", Some("a private address"));
        refused(&guard, "169.254.169.254", Some("a link-local address"));
        refused(&guard, "100.127.0.1", Some("an address of a carrier's inner network"));
        refused(&guard, "192.0.2.7", Some("an address for documentation"));
        refused(&guard, "255.255.255.255", Some("a reserved address"));
        refused(&guard, "::1", Some("this machine's own address"));
        refused(&guard, "::ffff:127.0.0.1", Some("this machine's own address"));
        refused(&guard, "::ffff:8.8.8.8", None);
        refused(&guard, "64:ff9b::a00:1", Some("a private address"));
        refused(&guard, "2002:7f00:1::", Some("this machine's own address"));
        refused(&guard, "fd00::1", Some("a private address"));
        refused(&guard, "fe80::1", Some("a link-local address"));
        refused(&guard, "ff02::1", Some("a multicast address"));
        refused(&guard, "2001:db8::1", Some("an address for documentation"));
    }

    #[test]
    fn what_the_targets_name_passes_and_nothing_else() {
        let guard = Guard::default().allowing(["10.0.0.1".to_owned(), "Intranet.example".to_owned()]);
        refused(&guard, "10.0.0.1", None);
        refused(&guard, "10.0.0.2", Some("a private address"));
        assert!(guard.check_for("intranet.example", "10.0.0.2".parse().unwrap()).is_ok());
        assert!(guard.check_for("other.example", "10.0.0.2".parse().unwrap()).is_err());
        refused(&Guard::allowing_private(), "127.0.0.1", None);
        refused(&Guard::allowing_private(), "169.254.169.254", Some(LINK_LOCAL));
    }
}
