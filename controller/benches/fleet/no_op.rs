//! A pass with nothing to do, against `docker compose up -d` once for each member; and the calls that it takes.

use std::time::Duration;

use crate::calls::Counted;
use crate::compose::Compose;
use crate::daemon::{Room, Scrape};
use crate::documents::INGRESS;
use crate::figures::Times;

/// How often each side has its turn.
const ROUNDS: usize = 3;
/// Passes and applies in each turn of ours.
const PASSES: usize = 5;
/// Members that join before the calls are counted again.
const MORE: usize = 34;
/// A look comes only when it is asked for.
const NEVER: u64 = 86_400;

pub async fn measure() {
    let mut room = Room::new();
    room.start(NEVER).await;
    let compose = Compose::up(&room.documents);
    println!("docker compose {}", compose.version());

    let (mut passes, mut looks, mut plans) = (Times::default(), Times::default(), Times::default());
    let (mut applies, mut one_by_one, mut side_by_side) =
        (Times::default(), Times::default(), Times::default());
    for _ in 0..ROUNDS {
        for _ in 0..PASSES {
            let pass = room.pass().await;
            passes.0.push(stage(&pass, "act"));
            looks.0.push(stage(&pass, "look"));
            plans.0.push(stage(&pass, "plan"));
        }
        applies.0.extend((0..PASSES).map(|_| room.campanile(&["apply"])));
        one_by_one.0.push(compose.again());
        side_by_side.0.push(compose.again_side_by_side());
    }
    drop(compose);
    println!("{} members, both sides up at once, and taking turns", room.documents.members().len());
    passes.print("pass of the daemon, a look at everything");
    println!("  of it the look {:?}, the plan {:?} (medians)", looks.median(), plans.median());
    applies.print("campanile apply, reading the repository and asking every site as well");
    one_by_one.print("docker compose up -d, one by one");
    side_by_side.print("docker compose up -d, 8 side by side");
    let ratio = |ours: &Times| one_by_one.median().as_secs_f64() / ours.median().as_secs_f64();
    println!("one by one / pass: {:.0}; one by one / apply: {:.0}", ratio(&passes), ratio(&applies));
    let ratio = side_by_side.median().as_secs_f64() / applies.median().as_secs_f64();
    println!("side by side / apply: {ratio:.1}");
    count_calls(&mut room).await;
}

/// How long a stage took in a pass.
fn stage(pass: &Scrape, stage: &str) -> Duration {
    let sum = format!("campanile_pass_stage_duration_seconds_sum{{stage=\"{stage}\"}}");
    Duration::from_secs_f64(pass[&sum])
}

/// Counts the engine's calls of a pass with nothing to do, with this fleet and with a larger one.
async fn count_calls(room: &mut Room) {
    let counted = Counted::new();
    room.documents.put_platform(&counted.endpoint, INGRESS);
    for more in [0, MORE] {
        room.documents.add_members(more);
        room.commit();
        room.put_in_force().await;
        let mut each = Vec::new();
        for _ in 0..ROUNDS {
            let before = counted.calls();
            room.pass().await;
            each.push(counted.calls() - before);
        }
        println!("API calls of a pass with {} members: {each:?}", room.documents.members().len());
    }
}
