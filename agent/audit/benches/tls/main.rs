//! What a look at TLS costs: time, processor and connections, on servers of loopback addresses.
//!
//! `cargo bench -p campanile-audit --bench tls`; each figure is the median of its rounds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod nginx;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use campanile_audit::chain::Roots;
use campanile_audit::facts::Tls;
use campanile_audit::probes::tls::{Preface, survey};
use campanile_audit::probes::{Budget, Eyes, Guard, Limits, Resolver};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nginx::Nginx;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// The argument with which this program calls itself to stand between, and where to.
const BETWEEN: &str = "--between";

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, between, to] = arguments.as_slice()
        && between == BETWEEN
    {
        return runtime.block_on(delay(to.parse().unwrap()));
    }
    runtime.block_on(async {
        let intermediate = Nginx::start(nginx::INTERMEDIATE);
        let old = Nginx::start(nginx::OLD);
        println!("{:34} {:>9} {:>9} {:>12}", "", "wall ms", "CPU ms", "connections");
        one("intermediate, one", intermediate.address, None).await;
        one("every version and suite, one", old.address, None).await;
        let yesterday = look(&eyes(), intermediate.address, None).await;
        one("intermediate, the second night", intermediate.address, Some(&yesterday)).await;
        let second = Nginx::start(nginx::INTERMEDIATE);
        many("intermediate, 20 at once", [intermediate.address, second.address]).await;
        let slow = Between::start(intermediate.address);
        one("intermediate, 20 ms round trip", slow.address, None).await;
        thousands("2,000 of them, 20 ms round trip", slow.address, None).await;
        thousands("the same, the second night", slow.address, Some(&yesterday)).await;
    });
}

fn eyes() -> Eyes {
    let resolver = Resolver::new(Vec::new(), BTreeMap::new());
    // As gentle as ever with connections at once; the server with every suite needs more of them than one burst.
    let limits = Limits { burst: 400.0, ..Limits::default() };
    Eyes {
        guard: Guard::allowing_private(),
        budget: Budget::new(limits),
        ..Eyes::new("campanile-bench", resolver, Roots::public())
    }
}

async fn look(eyes: &Eyes, address: SocketAddr, yesterday: Option<&Tls>) -> Tls {
    survey(eyes, address, Some(nginx::NAME), Preface::None, yesterday).await.tls.unwrap()
}

async fn one(what: &str, address: SocketAddr, yesterday: Option<&Tls>) {
    let mut rounds = Vec::new();
    for _ in 0..11 {
        let (begin, before) = (Instant::now(), on_processor());
        let tls = look(&eyes(), address, yesterday).await;
        rounds.push((begin.elapsed(), on_processor().saturating_sub(before), tls.cost.connections));
    }
    line(what, rounds);
}

/// Twenty addresses of two servers.
async fn many(what: &str, servers: [SocketAddr; 2]) {
    let mut rounds = Vec::new();
    for _ in 0..5 {
        let (begin, before, eyes) = (Instant::now(), on_processor(), eyes());
        let all = (1..=20_u8).map(|host| {
            let port = servers[usize::from(host % 2)].port();
            look(&eyes, SocketAddr::from((Ipv4Addr::new(127, 0, 1, host), port)), None)
        });
        let connections =
            futures_util::future::join_all(all).await.iter().map(|tls| tls.cost.connections).sum();
        rounds.push((begin.elapsed(), on_processor().saturating_sub(before), connections));
    }
    line(what, rounds);
}

fn line(what: &str, mut rounds: Vec<(Duration, Duration, u32)>) {
    rounds.sort();
    let (wall, processor, connections) = rounds[rounds.len() / 2];
    let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!("{what:34} {:9.1} {:9.1} {connections:12}", milliseconds(wall), milliseconds(processor));
}

/// Time that this thread was on a processor.
fn on_processor() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split_whitespace().next().unwrap().parse().unwrap())
}

/// As many addresses as there are bodies in a region, each asked by its own budget.
async fn thousands(what: &str, address: SocketAddr, yesterday: Option<&Tls>) {
    let (begin, before, eyes) = (Instant::now(), on_processor(), eyes());
    let mut addresses = (0..2_000_u16).map(|host| {
        let [high, low] = host.to_be_bytes();
        SocketAddr::from((Ipv4Addr::new(127, 1, high, low), address.port()))
    });
    let mut looks = FuturesUnordered::new();
    let mut connections = 0;
    loop {
        while looks.len() < 128
            && let Some(address) = addresses.next()
        {
            looks.push(look(&eyes, address, yesterday));
        }
        match looks.next().await {
            Some(tls) => connections += tls.cost.connections,
            None => break,
        }
    }
    line(what, vec![(begin.elapsed(), on_processor().saturating_sub(before), connections)]);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{:34} {}", "", status.lines().find(|line| line.starts_with("VmHWM")).unwrap());
}

/// A program of its own that holds each connection up.
struct Between {
    address: SocketAddr,
    child: Child,
}

impl Between {
    fn start(to: SocketAddr) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut child =
            Command::new(program).args([BETWEEN, &to.to_string()]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { address: line.trim().parse().unwrap(), child }
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Holds each connection up as two round trips of 20 ms do: one to connect, one for the answer.
async fn delay(to: SocketAddr) {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    println!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    while let Ok((mut near, _)) = listener.accept().await {
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(40)).await;
            if let Ok(mut far) = TcpStream::connect(to).await {
                // Thousands of connections to one address must not linger.
                let _ = far.set_zero_linger();
                let _ = copy_bidirectional(&mut near, &mut far).await;
            }
        });
    }
}
