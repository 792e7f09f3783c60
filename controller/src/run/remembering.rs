//! The daemon and its history: what it writes there, and the pins that it reads. Nothing stops because of it.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Pin;
use jiff::Timestamp;

use super::Daemon;
use crate::fleet::Fleet;
use crate::history::{History, HistoryError};
use crate::locked::locked;
use crate::world::chain;

impl Daemon {
    /// Writes to the history; what cannot be written is told, and costs nothing else.
    pub(super) fn remember<T>(&self, write: impl FnOnce(&History) -> Result<T, HistoryError>) -> Option<T> {
        let written = self.recall(write)?;
        // where nothing was to be written, that it was written says nothing
        if self.standing().troubles.contains_key("history") {
            self.recall(History::try_to_write)?;
            self.trouble("history", None);
        }
        Some(written)
    }

    /// Reads the history; what cannot be read is told, and costs nothing else.
    pub(super) fn recall<T>(&self, work: impl FnOnce(&History) -> Result<T, HistoryError>) -> Option<T> {
        let mut history = locked(&self.history);
        if history.is_none() {
            *history = self.open_history();
        }
        let open = history.as_ref()?;
        let error = match work(open) {
            Ok(done) => return Some(done),
            Err(error) => error,
        };
        if error.is_damage() {
            // the next one to remember something sets it aside, and begins anew
            *history = None;
        }
        drop(history);
        self.metrics.history_failed();
        self.trouble("history", Some(chain(&error)));
        None
    }

    /// Closes the history, so that all of it stands in its file.
    pub(super) fn close_history(&self) {
        *locked(&self.history) = None;
    }

    /// Which of the histories that were opened is written now: what was begun in one is not in the next.
    pub(super) fn history_number(&self) -> u64 {
        self.histories.load(Ordering::Relaxed)
    }

    /// Opens the history; a damaged one is set aside, which stays a trouble that is told until the next start.
    fn open_history(&self) -> Option<History> {
        match History::open(self.state.folder()) {
            Ok(opened) => {
                self.histories.fetch_add(1, Ordering::Relaxed);
                if opened.notice.is_some() {
                    self.trouble("history set aside", opened.notice);
                }
                Some(opened.history)
            }
            Err(error) => {
                self.metrics.history_failed();
                self.trouble("history", Some(chain(&error)));
                None
            }
        }
    }

    /// Earlier documents that stand in for those in git; those last read, where the history cannot be.
    pub(super) fn pins(&self) -> BTreeMap<MemberName, Pin> {
        let from_disk = |history: &History| history.look_at_disk().and_then(|()| history.pins());
        let read = self.recall(from_disk).or_else(|| {
            // one that cannot be written can often still be read
            History::read(self.state.folder()).ok().flatten()?.pins().ok()
        });
        let mut pins = locked(&self.pins);
        if let Some(read) = read {
            *pins = read;
        }
        pins.clone()
    }

    /// Forgets the pins of members whose documents have changed since.
    pub(super) fn end_pins(&self, fleet: &Fleet) {
        for (member, pin) in &fleet.ended_pins {
            if self.remember(|history| history.outdate(member, pin, Timestamp::now())).is_some() {
                tracing::info!(%member, "its document changed, and the pin has ended");
            }
        }
    }
}
