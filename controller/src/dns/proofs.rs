//! Whether every name server shows the records that an issuer looks for.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use campanile_plan::document::Dns;
use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{Data, Kind, Proof};
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};

use super::look_up::{NoAnswer, look_up};

/// Questions at once to one server.
const QUESTIONS: usize = 16;

type Answer = Result<(), String>;

/// Asks every name server of the platform for every record.
pub async fn shown(dns: &Dns, proofs: &[Proof]) -> BTreeMap<Proof, BTreeMap<DomainName, Answer>> {
    let servers = dns
        .name_servers
        .value
        .iter()
        .map(async |server| (server.name.value.clone(), at(server.address.socket(), proofs).await));
    let mut found: BTreeMap<Proof, BTreeMap<DomainName, Answer>> = BTreeMap::new();
    for (server, answers) in join_all(servers).await {
        for (proof, answer) in answers {
            found.entry(proof).or_default().insert(server.clone(), answer);
        }
    }
    found
}

/// Asks one server; once it is silent, it is asked no more.
async fn at(server: SocketAddr, proofs: &[Proof]) -> Vec<(Proof, Answer)> {
    let silent = AtomicBool::new(false);
    let asked = stream::iter(proofs.to_vec()).map(async |proof: Proof| {
        if silent.load(Ordering::Relaxed) {
            return (proof, Err("it does not answer".to_owned()));
        }
        let found = look_up(server, (&proof.owner, Kind::TXT), false).await;
        let answer = match found {
            Ok(found) if found.data.contains(&Data::text(&proof.value)) => Ok(()),
            Ok(_) => Err("it has no such record yet".to_owned()),
            Err(why) => {
                silent.fetch_or(matches!(why, NoAnswer::Silent(_)), Ordering::Relaxed);
                Err(why.to_string())
            }
        };
        (proof, answer)
    });
    asked.buffer_unordered(QUESTIONS).collect().await
}
