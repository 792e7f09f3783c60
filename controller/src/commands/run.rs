//! `campanile run`: the daemon.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::arguments;
use super::{DONE, Failure};
use crate::logging;
use crate::run::{Daemon, Options, run as daemon};

pub(super) async fn run(command: arguments::Run) -> Result<u8, Failure> {
    logging::init(command.logging.log_format, command.logging.log_level);
    let (state, source, fetcher) = command.at.open()?;
    let options = Options {
        interval: Duration::from_secs(command.interval),
        parallel: command.parallel.into(),
        listen: command.listen,
        history_days: command.history_days,
    };
    let shared = Arc::new(Daemon::new(options, state, source, fetcher)?);
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let reloading = Arc::clone(&shared);
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            reloading.reload();
        }
    });
    let stop = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        }
    };
    daemon(shared, stop).await?;
    Ok(DONE)
}
