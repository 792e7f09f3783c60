//! What a look at TLS costs: time, processor and connections, on servers of loopback addresses.
//!
//! `cargo bench -p campanile-audit --bench tls`; each figure is the median of its rounds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "../tests/tls/street.rs"]
#[allow(dead_code)]
mod street;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use campanile_audit::chain::Roots;
use campanile_audit::facts::Tls;
use campanile_audit::probes::tls::{Preface, survey};
use campanile_audit::probes::{Budget, Eyes, Guard, Limits, Resolver};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let everywhere = |text: &str| text.replace("listen PORT", "listen EVERYWHERE");
        let intermediate = street::nginx(&everywhere(street::INTERMEDIATE));
        let old = street::nginx(&everywhere(street::OLD));
        println!("{:34} {:>9} {:>9} {:>12}", "", "wall ms", "CPU ms", "connections");
        one("intermediate, one", intermediate.address, None).await;
        one("every version and suite, one", old.address, None).await;
        let yesterday = look(&eyes(), intermediate.address, None).await;
        one("intermediate, the second night", intermediate.address, Some(&yesterday)).await;
        many("intermediate, 20 at once", intermediate.address).await;
        let slow = delayed(intermediate.address).await;
        one("intermediate, 20 ms round trip", slow, None).await;
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
    survey(eyes, address, Some(street::NAME), Preface::None, yesterday).await.tls.unwrap()
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

async fn many(what: &str, address: SocketAddr) {
    let mut rounds = Vec::new();
    for _ in 0..5 {
        let (begin, before, eyes) = (Instant::now(), on_processor(), eyes());
        let all = (1..=20).map(|host| {
            let address = SocketAddr::from((Ipv4Addr::new(127, 0, 1, host), address.port()));
            look(&eyes, address, None)
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

/// A proxy that holds each connection up as two round trips of 20 ms do: one to connect, one for the answer.
async fn delayed(to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(40)).await;
                if let Ok(mut far) = TcpStream::connect(to).await {
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                }
            });
        }
    });
    address
}
