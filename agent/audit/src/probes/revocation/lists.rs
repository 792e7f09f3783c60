//! Revocation lists that were fetched: each once, for all certificates that it is about, bounded in entries.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OnceCell, Semaphore};

use crate::chain::{Issuer, Revocations};

/// Most entries of all lists together: about 70 bytes each.
const MOST_ENTRIES: usize = 200_000;
/// Most lists, failed ones too.
const MOST_LISTS: usize = 1024;
/// Lists that are fetched at once: each may take megabytes while it is.
const AT_ONCE: usize = 2;
/// How long a list is kept: until the next night's run; and how long it is remembered that there was none.
const LIFE: SignedDuration = SignedDuration::from_hours(12);

type Fetched = Result<Arc<Revocations>, String>;
/// Address and issuer's key: an address says nothing by itself.
type Key = (String, Vec<u8>);

/// Lists by address.
pub struct Lists {
    kept: Mutex<Kept>,
    fetching: Semaphore,
}

impl Default for Lists {
    fn default() -> Self {
        Self { kept: Mutex::default(), fetching: Semaphore::new(AT_ONCE) }
    }
}

#[derive(Default)]
struct Kept {
    lists: BTreeMap<Key, (Timestamp, Arc<OnceCell<Fetched>>)>,
    order: VecDeque<Key>,
}

impl Lists {
    /// The list at an address; fetched if it is not there yet. Who comes while it is fetched waits for it.
    pub(super) async fn get<F: Future<Output = Result<Revocations, String>>>(
        &self,
        place: &str,
        issuer: &Issuer,
        now: Timestamp,
        fetch: impl FnOnce() -> F,
    ) -> Fetched {
        let cell = self.cell((place.to_owned(), issuer.identity()), now);
        let fetched = cell.get_or_init(|| async {
            // the semaphore is never closed
            let _turn = self.fetching.acquire().await;
            fetch().await.map(Arc::new)
        });
        let fetched = fetched.await.clone();
        self.forget();
        fetched
    }

    fn cell(&self, key: Key, now: Timestamp) -> Arc<OnceCell<Fetched>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, cell)) = kept.lists.get(&key)
            && now.duration_since(*since) < LIFE
        {
            return cell.clone();
        }
        let cell = Arc::new(OnceCell::new());
        if kept.lists.insert(key.clone(), (now, cell.clone())).is_none() {
            kept.order.push_back(key);
        }
        cell
    }

    /// Forgets the oldest while there is too much.
    fn forget(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let size = |cell: &OnceCell<Fetched>| match cell.get() {
            Some(Ok(list)) => list.len(),
            _ => 0,
        };
        let mut entries: usize = kept.lists.values().map(|(_, cell)| size(cell)).sum();
        while entries > MOST_ENTRIES || kept.order.len() > MOST_LISTS {
            let Some(oldest) = kept.order.pop_front() else { return };
            if let Some((_, cell)) = kept.lists.remove(&oldest) {
                entries -= size(&cell);
            }
        }
    }
}
