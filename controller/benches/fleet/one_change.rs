//! One changed member among all: from the webhook's call until a visitor sees the new version. Beside it, what the
//! container alone takes to start and to answer.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use campanile_plan::docker::Attachment;
use campanile_plan::document::values::MemberName;
use campanile_plan::plan::{Action, Step};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::containers::{engine, make, ours, planned, remove_all};
use crate::daemon::Room;
use crate::figures::{Times, output};
use crate::visitor::Visitor;

const ROUNDS: usize = 10;
/// Between two questions of the visitor.
const PAUSE: Duration = Duration::from_millis(5);
/// The member that changes.
const MEMBER: &str = "barzago";

pub async fn measure() {
    let mut room = Room::new();
    let member: MemberName = MEMBER.parse().expect("a name");
    let alone = alone(&room, &member).await;
    room.start(60).await;

    let visitor = Visitor::new(&room.authority());
    let (_, host) =
        room.documents.members().into_iter().find(|(name, _)| *name == member).expect("the member");
    let mut served = Times::default();
    let mut title = "SITE_TITLE: Comune di Barzago".to_owned();
    for round in 1..=ROUNDS {
        let new = format!("Versione {round} di Barzago");
        let next = format!("SITE_TITLE: {new}");
        room.documents.replace(&member, &title, &next);
        title = next;
        room.commit();
        let begun = Instant::now();
        room.webhook();
        seen(&visitor, &host, &new).await;
        served.0.push(begun.elapsed());
        room.settled().await;
    }
    served.print(&format!("one of {} members, from webhook to served", room.documents.members().len()));
    alone.print("its container alone, from create to its first answer");
    let difference = served.median().as_secs_f64() - alone.median().as_secs_f64();
    println!("beside the container's own start: {difference:.3} s (medians)");
}

/// Asks until the page has these words.
async fn seen(visitor: &Visitor, host: &str, words: &str) {
    let mut line = None;
    loop {
        let mut asked = match line.take() {
            Some(line) => line,
            None => visitor.connect(host).await.expect("the ingress answers"),
        };
        // an ingress that reloads closes what it was asked on before
        if let Ok(page) = asked.ask().await {
            if String::from_utf8_lossy(&page).contains(words) {
                return;
            }
            line = asked.stays().await.then_some(asked);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// How long the member's container takes from its creation to its first answer, with nothing else done.
async fn alone(room: &Room, member: &MemberName) -> Times {
    let desired = room.documents.desired();
    let engine = engine(&desired).await;
    let steps = planned(&desired).remove(member).expect("the member's steps");
    let (before, containers): (Vec<Step>, Vec<Step>) = steps
        .into_iter()
        .partition(|step| !matches!(step.action, Action::CreateContainer(_) | Action::StartContainer { .. }));
    for step in &before {
        make(&engine, step).await;
    }
    let mut times = Times::default();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let mut made = None;
        for step in &containers {
            make(&engine, step).await;
            if let Action::CreateContainer(container) = &step.action
                && let Attachment::Bridge { address, .. } = container.attachment
            {
                made = Some((container.name.clone(), address));
            }
        }
        let (name, address) = made.expect("a container with an address");
        while !answers(address).await {
            tokio::time::sleep(PAUSE).await;
        }
        times.0.push(begun.elapsed());
        output("docker", &["rm", "--force", &name]);
    }
    remove_all(&ours());
    times
}

/// Whether the site at an address answers with a page.
async fn answers(address: Ipv4Addr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect((address, 8080)).await?;
        stream.write_all(b"GET / HTTP/1.0\r\nHost: bench\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask.await.unwrap_or(false)
}
