//! The fleet in `manifests/fleet` on the real engine, with the program as it is released. Without arguments everything is
//! measured, one after the other; else what the arguments name: `cargo bench -p campanile --bench fleet -- idle`.

#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark prints its figures, and ends where it cannot"
)]

mod calls;
mod compose;
mod containers;
mod daemon;
mod documents;
mod figures;
mod first_apply;
mod idle;
mod load;
mod no_op;
mod one_change;
mod visitor;

/// What can be measured, in the order in which it is.
const MEASURES: [&str; 5] = ["first_apply", "no_op", "one_change", "load", "idle"];

#[tokio::main]
async fn main() {
    // cargo itself says `--bench`
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if let Some(unknown) = named.iter().find(|name| !MEASURES.contains(&name.as_str())) {
        panic!("{unknown} cannot be measured; {} can", MEASURES.join(", "));
    }
    figures::machine();
    for name in MEASURES.into_iter().filter(|name| named.is_empty() || named.iter().any(|one| one == name)) {
        println!("\n## {name}");
        match name {
            "first_apply" => first_apply::measure().await,
            "no_op" => no_op::measure().await,
            "one_change" => one_change::measure().await,
            "load" => load::measure().await,
            _ => idle::measure().await,
        }
    }
}
