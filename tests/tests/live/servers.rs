//! The real name servers of tests: Knot DNS in our image, BIND and unbound of Debian, each on 127.0.0.1 and a port of its
//! own, gone with the test whatever happens. What a server said is shown where its test fails.

mod ask;
mod bind;
mod deceiving;
pub mod holding;
mod key;
mod knot;
pub mod pebble;
mod program;
mod standing_in;
mod unbound;

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

pub use ask::{ask, transfer, update};
pub use bind::Bind;
pub use deceiving::Deceiving;
pub use key::Key;
pub use knot::Knot;
pub use standing_in::stand_in;
pub use unbound::Unbound;

use crate::room::free_port;

/// The name servers that the zones of tests name. They need no address: what asks here goes by addresses.
pub const NAME_SERVERS: [&str; 2] = ["ns1.dns.test", "ns2.dns.test"];

/// What a test can do with every one of them.
pub trait Server {
    /// Where it answers, by UDP and TCP.
    fn address(&self) -> SocketAddr;
    /// Has it end in good order, and waits until it has. Its data stay.
    fn stop(&mut self);
    /// Ends it on the spot, as when the power goes. Its data stay.
    fn kill(&mut self);
    /// Starts it on the data that it has, and waits until it answers.
    fn start(&mut self);
    /// Holds it where it is: it takes what is sent and answers nothing.
    fn freeze(&self);
    /// Lets it go on.
    fn thaw(&self);
    /// What it said so far.
    fn log(&self) -> String;
}

/// An address that nobody listens on, by UDP or TCP, and that is given to nobody else.
pub fn free_address() -> SocketAddr {
    loop {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        if UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}

/// The address in the words of Knot and unbound.
fn at(address: SocketAddr) -> String {
    format!("{}@{}", address.ip(), address.port())
}

/// A zone as it begins: the SOA and the name servers of tests.
fn seed(zone: &str) -> String {
    let [first, second] = NAME_SERVERS;
    format!(
        "$ORIGIN {zone}.\n$TTL 3600\n@ SOA {first}. hostmaster.dns.test. 1 3600 600 604800 300\n@ NS {first}.\n@ NS {second}.\n"
    )
}
