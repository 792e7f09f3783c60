//! The daemon and its audits: those that were, read once and hung up beside the members.

use std::sync::Arc;

use super::Daemon;
use crate::audit::known::KnownAudit;
use crate::audit::store::{Opened, Store, StoreError};
use crate::locked::locked;
use crate::world::chain;

impl Daemon {
    /// The last audit of the fleet, as it was last read.
    pub(super) fn audited(&self) -> Option<Arc<KnownAudit>> {
        locked(&self.audit).clone()
    }

    /// Reads the last audit again, and has it told.
    pub(super) fn read_audit(&self, store: &Store) {
        match KnownAudit::read(store) {
            Ok(known) => {
                *locked(&self.audit) = known.map(Arc::new);
                self.trouble("audit", None);
                self.reporting.wake();
            }
            Err(error) => self.trouble("audit", Some(format!("the last audit: {}", chain(&error)))),
        }
    }

    /// Opens what audits saw; a damaged file is set aside, which stays a trouble that is told until the next start.
    pub(super) fn open_audits(&self) -> Result<Store, StoreError> {
        let Opened { store, notice } = Store::open(self.state.folder())?;
        if notice.is_some() {
            self.trouble("audits set aside", notice);
        }
        Ok(store)
    }
}
