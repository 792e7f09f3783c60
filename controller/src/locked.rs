//! What a mutex holds, also after somebody panicked with it: nothing here is left half changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes the mutex.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
