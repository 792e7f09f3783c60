//! Bodies that share an address are looked at a few at a time: each has its share of what may be asked there in a second, and
//! would else run out of time while it waits for the others.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::locked::locked;

/// Bodies at one address that are looked at at once.
const AT_ONCE: usize = 2;
/// How many addresses may be known before those that nobody waits for are forgotten.
const MOST: usize = 1024;

/// Who is at which address.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    known: Mutex<BTreeMap<IpAddr, Weak<Semaphore>>>,
}

impl Crowd {
    /// Waits until there is room for one more at an address; it is given up when what is returned is dropped.
    pub async fn enter(&self, ip: IpAddr) -> Option<(OwnedSemaphorePermit, Arc<Semaphore>)> {
        let room = self.room(ip);
        // nobody closes it
        let permit = Arc::clone(&room).acquire_owned().await.ok()?;
        Some((permit, room))
    }

    fn room(&self, ip: IpAddr) -> Arc<Semaphore> {
        let mut known = locked(&self.known);
        if known.len() > MOST {
            known.retain(|_, room| room.strong_count() > 0);
        }
        if let Some(room) = known.get(&ip).and_then(Weak::upgrade) {
            return room;
        }
        let room = Arc::new(Semaphore::new(AT_ONCE));
        known.insert(ip, Arc::downgrade(&room));
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_at_one_address_and_no_more() {
        let crowd = Crowd::default();
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = crowd.enter(one).await;
        let _second = crowd.enter(one).await;
        let _elsewhere = crowd.enter(other).await;
        let third = crowd.enter(one);
        tokio::pin!(third);
        assert!(futures_util::poll!(&mut third).is_pending());
        drop(first);
        assert!(third.await.is_some());
        for number in 0..3000_u32 {
            crowd.enter(IpAddr::from(number.to_be_bytes())).await;
        }
        assert!(locked(&crowd.known).len() <= MOST + 2);
    }
}
