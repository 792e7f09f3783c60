//! Addresses: where an engine answers, where the ingress listens, the range of the members' networks.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::Ipv4Net;

use super::{Invalid, text_value};

/// Where a Docker Engine answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// A socket on this machine.
    Unix(String),
    /// `host:port` by TLS with client certificate.
    Tls(String),
}

impl FromStr for Endpoint {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let unix = text.strip_prefix("unix://").filter(|path| path.starts_with('/'));
        let tls = text.strip_prefix("tcp://").filter(|host| {
            let parts = host.rsplit_once(':');
            parts.is_some_and(|(host, port)| {
                !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok()
            })
        });
        match (unix, tls) {
            (Some(path), _) => Ok(Self::Unix(path.to_owned())),
            (_, Some(host)) => Ok(Self::Tls(host.to_owned())),
            _ => Err(Invalid::new(
                format!("{text:?} is not the endpoint of an engine"),
                "write unix:///var/run/docker.sock, or tcp://host:2376 with tls",
            )),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{path}"),
            Self::Tls(host) => write!(f, "tcp://{host}"),
        }
    }
}

text_value!(Endpoint, pattern: "^(unix:///.+|tcp://[^/]+:[0-9]+)$", "unix:///var/run/docker.sock, or tcp://host:2376 with tls.");

/// An address and port to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Listen(SocketAddr);

impl Listen {
    /// Address and port.
    pub const fn socket(self) -> SocketAddr {
        self.0
    }
}

impl FromStr for Listen {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self).map_err(|_| {
            Invalid::new(
                format!("{text:?} is not an address to listen on"),
                "write address and port, such as 0.0.0.0:443 or 127.0.0.1:8443",
            )
        })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_value!(Listen, pattern: r"^[0-9a-fA-F.:\[\]]+:[0-9]+$", "Address and port, such as 0.0.0.0:443.");

/// A private IPv4 range out of which every member's network takes its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range(Ipv4Net);

impl Range {
    /// The range.
    pub const fn net(self) -> Ipv4Net {
        self.0
    }
}

impl FromStr for Range {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |remedy: &str| Invalid::new(format!("{text:?} is not a range of addresses"), remedy);
        let net: Ipv4Net =
            text.parse().map_err(|_| invalid("write an IPv4 network, such as 10.77.0.0/16"))?;
        if net != net.trunc() {
            return Err(invalid(&format!("write {}", net.trunc())));
        }
        if !net.network().is_private() || !net.broadcast().is_private() {
            return Err(invalid("take it from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"));
        }
        if net.prefix_len() > 28 {
            return Err(invalid("it must hold one network of 16 addresses at least: /28 or wider"));
        }
        Ok(Self(net))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_value!(Range, pattern: r"^[0-9.]+/[0-9]+$", "A private IPv4 network, such as 10.77.0.0/16.");

/// An address that the world reaches something at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicAddress(IpAddr);

impl PublicAddress {
    /// The address.
    pub const fn address(self) -> IpAddr {
        self.0
    }
}

impl FromStr for PublicAddress {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self).map_err(|_| {
            Invalid::new(
                format!("{text:?} is not an address"),
                "write an IPv4 or IPv6 address alone, such as 192.0.2.10 or 2001:db8::10",
            )
        })
    }
}

impl fmt::Display for PublicAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_value!(PublicAddress, pattern: r"^[0-9a-fA-F.:]+$", "An IPv4 or IPv6 address, such as 192.0.2.10.");
