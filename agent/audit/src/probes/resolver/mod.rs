//! Questions to the domain name system: to a resolver that we trust, and to single name servers.
//!
//! Every question is bounded in tries, time and bytes; answers are kept for a while in a cache that cannot grow.

mod ask;
mod cache;
mod reply;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use domain::base::Rtype;
use domain::base::iana::Rcode;
use tokio::sync::Semaphore;

use crate::Answer;
pub use ask::AskError;
use ask::{Question, ask};
use cache::Cache;
pub use reply::Reply;

/// Questions that may be open at once.
const AT_ONCE: usize = 128;
/// Where the system says which resolvers to ask.
const SYSTEM: &str = "/etc/resolv.conf";
/// Resolvers of the system that are asked: as many as the C library takes.
const MOST_SERVERS: usize = 3;

/// Where names are looked up. A copy shares its cache.
#[derive(Clone)]
pub struct Resolver {
    servers: Arc<[SocketAddr]>,
    pinned: Arc<BTreeMap<String, Vec<IpAddr>>>,
    name_server_port: u16,
    cache: Arc<Cache>,
    open: Arc<Semaphore>,
}

/// Whether the resolver is to check signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Checking {
    /// It is, and answers SERVFAIL to what does not fit.
    Enabled,
    /// It is not (`CD`): what does not fit comes all the same.
    Disabled,
}

impl Resolver {
    /// The resolvers to ask, in this order, and names whose addresses are given: they are not asked for.
    pub fn new(servers: Vec<SocketAddr>, pinned: BTreeMap<String, Vec<IpAddr>>) -> Self {
        let pinned = pinned.into_iter().map(|(name, addresses)| (plain(&name), addresses)).collect();
        Self {
            servers: servers.into(),
            pinned: Arc::new(pinned),
            name_server_port: 53,
            cache: Arc::new(Cache::default()),
            open: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The resolvers of `/etc/resolv.conf`; none where it cannot be read.
    pub fn system_servers() -> Vec<SocketAddr> {
        std::fs::read_to_string(SYSTEM).map(|text| servers_in(&text)).unwrap_or_default()
    }

    /// Name servers are asked at another port than 53.
    #[must_use]
    pub fn with_name_server_port(mut self, port: u16) -> Self {
        self.name_server_port = port;
        self
    }

    /// The port at which name servers are asked.
    pub fn name_server_port(&self) -> u16 {
        self.name_server_port
    }

    /// The addresses of a host, IPv4 first; none where it surely has none. An address is its own.
    pub async fn addresses(&self, host: &str) -> Answer<Vec<IpAddr>> {
        if let Ok(address) = host.trim_matches(['[', ']']).parse() {
            return Answer::Known(vec![address]);
        }
        if let Some(addresses) = self.pinned.get(&plain(host)) {
            return Answer::Known(addresses.clone());
        }
        let (four, six) = tokio::join!(self.query(host, Rtype::A), self.query(host, Rtype::AAAA));
        let known = [&four, &six].into_iter().filter_map(Answer::known);
        let addresses: Vec<IpAddr> = known.flat_map(Reply::addresses).collect();
        match four.why_unknown().or(six.why_unknown()) {
            Some(why) if addresses.is_empty() => Answer::unknown(why),
            _ => Answer::Known(addresses),
        }
    }

    /// The addresses of a host whose addresses were given, if they were.
    pub fn pinned(&self, host: &str) -> Option<&[IpAddr]> {
        self.pinned.get(&plain(host)).map(Vec::as_slice)
    }

    /// What the resolver says: that there is something, or surely nothing. Its refusals and silence are unknown.
    pub async fn query(&self, name: &str, rtype: Rtype) -> Answer<Reply> {
        match self.ask(name, rtype, Checking::Enabled).await {
            Ok(reply) => match reply.code() {
                Rcode::NOERROR | Rcode::NXDOMAIN => Answer::Known(reply),
                code => Answer::unknown(format!("the resolver answers {code} for {name} {rtype}")),
            },
            Err(error) => Answer::failed(&error),
        }
    }

    /// What the resolver answers, its refusals too.
    ///
    /// # Errors
    /// When the name is none, or no resolver answers.
    pub async fn ask(&self, name: &str, rtype: Rtype, checking: Checking) -> Result<Reply, AskError> {
        let key = (plain(name), rtype.to_int(), checking);
        if let Some(reply) = self.cache.get(&key) {
            return Ok(reply);
        }
        let question = Question { recurse: true, checking, ..Question::new(name, rtype)? };
        let mut last = Err(AskError::NoResolver);
        for server in self.servers.iter() {
            last = self.in_turn(*server, &question).await;
            match &last {
                Ok(reply) if matches!(reply.code(), Rcode::NOERROR | Rcode::NXDOMAIN) => break,
                _ => {}
            }
        }
        let reply = last?;
        self.cache.keep(key, &reply);
        Ok(reply)
    }

    /// What one name server answers of its own knowledge; with `recurse`, what it finds out for us. The caller has seen to it
    /// that its address may be asked.
    ///
    /// # Errors
    /// When the name is none, or the server does not answer.
    pub async fn ask_at(
        &self,
        server: IpAddr,
        name: &str,
        rtype: Rtype,
        recurse: bool,
    ) -> Result<Reply, AskError> {
        let question = Question { recurse, ..Question::new(name, rtype)? };
        self.in_turn((server, self.name_server_port).into(), &question).await
    }

    async fn in_turn(&self, server: SocketAddr, question: &Question) -> Result<Reply, AskError> {
        // the semaphore is never closed
        let _turn = self.open.acquire().await;
        ask(server, question).await
    }
}

/// A name as it is compared: in lower case, without the dot at its end.
fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

fn servers_in(text: &str) -> Vec<SocketAddr> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
    let addresses = lines.filter_map(|rest| rest.split_whitespace().next()?.parse::<IpAddr>().ok());
    addresses.take(MOST_SERVERS).map(|address| (address, 53).into()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Resolver, servers_in};

    #[test]
    fn the_systems_resolvers_are_taken() {
        let text = "# made by hand\nnameserver 192.0.2.1\n nameserver  2001:db8::1 # second\nnameserver x\nsearch test\n";
        let servers: Vec<String> = servers_in(text).iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["192.0.2.1:53", "[2001:db8::1]:53"]);
    }

    #[tokio::test]
    async fn what_is_pinned_or_an_address_is_not_asked_for() {
        let pinned = BTreeMap::from([("Www.Example.Test.".to_owned(), vec!["192.0.2.7".parse().unwrap()])]);
        let resolver = Resolver::new(Vec::new(), pinned);
        for (host, address) in
            [("www.example.test", "192.0.2.7"), ("192.0.2.8", "192.0.2.8"), ("[2001:db8::2]", "2001:db8::2")]
        {
            let addresses = resolver.addresses(host).await;
            assert_eq!(addresses.known().unwrap(), &[address.parse::<std::net::IpAddr>().unwrap()], "{host}");
        }
        let unknown = resolver.addresses("example.test").await;
        assert_eq!(unknown.why_unknown(), Some("there is no resolver to ask"));
    }
}
