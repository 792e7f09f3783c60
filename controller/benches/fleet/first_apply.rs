//! The first apply of the fleet, from nothing until every site answers over HTTPS, against making and starting the same
//! containers on the same engine by 8 parallel API clients that do nothing else: no looks, no certificates, no routes.
//! The sides take turns, with everything removed in between.

use std::time::Instant;

use crate::containers::{engine, make_all, ours, planned, remove_all};
use crate::daemon::Room;
use crate::figures::Times;

/// How often each side has its turn.
const ROUNDS: usize = 5;
/// How often a plan with nothing to do is made after each apply.
const PLANS: usize = 5;

pub async fn measure() {
    let (mut applies, mut alone, mut plans) = (Times::default(), Times::default(), Times::default());
    for round in 1..=ROUNDS {
        let room = Room::new();
        applies.0.push(room.campanile(&["apply"]));
        plans.0.extend((0..PLANS).map(|_| room.campanile(&["plan", "--detailed-exitcode"])));
        remove_all(&ours());
        let desired = room.documents.desired();
        let (engine, work) = (engine(&desired).await, planned(&desired));
        let begun = Instant::now();
        make_all(&engine, &work).await;
        alone.0.push(begun.elapsed());
        let [apply, alone] = [&applies, &alone].map(|times| times.0[times.0.len() - 1].as_secs_f64());
        println!("round {round}: apply {apply:.2} s, containers alone {alone:.2} s");
    }
    applies.print("campanile apply, the first");
    alone.print("making and starting the containers alone");
    println!("ratio: {:.2}", applies.median().as_secs_f64() / alone.median().as_secs_f64());
    plans.print("campanile plan, nothing to do");
}
