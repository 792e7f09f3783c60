//! What comes by time: a look at everything at each interval, and the watchdog's sign of life.

use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;

use super::Daemon;
use super::stirring::Why;

/// Says at each interval that it is time for a look at everything, and to systemd that the daemon lives.
pub async fn tick(daemon: Arc<Daemon>) {
    let interval = daemon.options.interval;
    tokio::join!(look_at_everything(&daemon, interval), stay_alive(&daemon));
}

async fn look_at_everything(daemon: &Daemon, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        daemon.stirring.stir(Why::Interval, |stirred| stirred.scope.touch_everything());
    }
}

/// Feeds systemd's watchdog, as long as the loop turns: twice in the time that it allows.
async fn stay_alive(daemon: &Daemon) {
    let Some(allowed) = sd_notify::watchdog_enabled() else { return };
    loop {
        if daemon.board.stands_still().is_none() {
            tell(&[NotifyState::Watchdog]);
        }
        tokio::time::sleep(allowed / 2).await;
    }
}

/// Tells systemd that all is looked at and fetched anew; that it is ready again follows with the look.
pub fn reloading() {
    let now = NotifyState::monotonic_usec_now().ok();
    tell(&[Some(NotifyState::Reloading), now].into_iter().flatten().collect::<Vec<_>>());
}

/// Tells systemd something; without systemd there is nobody to tell.
pub fn tell(states: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd does not listen");
    }
}
