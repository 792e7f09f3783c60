//! Answers that were given lately: bounded in number, bytes and time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Checking;
use super::reply::Reply;

/// Most answers that are kept.
const MOST: usize = 4096;
/// Most bytes of answers that are kept.
const MOST_BYTES: usize = 4 << 20;
/// How long an answer is kept: a look takes seconds, a night's run minutes.
const LIFE: Duration = Duration::from_mins(5);

/// Name, type, and whether signatures were checked.
pub(super) type Key = (String, u16, Checking);

/// The answers, the oldest forgotten first.
#[derive(Default)]
pub(super) struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    answers: BTreeMap<Key, (Instant, Reply)>,
    order: VecDeque<Key>,
    bytes: usize,
}

impl Cache {
    pub fn get(&self, key: &Key) -> Option<Reply> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, reply) = kept.answers.get(key)?;
        (since.elapsed() < LIFE).then(|| reply.clone())
    }

    pub fn keep(&self, key: Key, reply: &Reply) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += reply.length();
        match kept.answers.insert(key.clone(), (Instant::now(), reply.clone())) {
            Some((_, old)) => kept.bytes -= old.length(),
            None => kept.order.push_back(key),
        }
        while kept.order.len() > MOST || kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.order.pop_front() else { return };
            if let Some((_, old)) = kept.answers.remove(&oldest) {
                kept.bytes -= old.length();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use domain::base::Message;

    use super::{Cache, Checking, MOST, MOST_BYTES, Reply};

    fn reply(length: usize) -> Reply {
        Reply::new(Message::from_octets(Bytes::from(vec![0; length])).unwrap())
    }

    fn held(cache: &Cache) -> (usize, usize) {
        let kept = cache.0.lock().unwrap();
        assert_eq!(kept.bytes, kept.answers.values().map(|(_, reply)| reply.length()).sum::<usize>());
        (kept.answers.len(), kept.bytes)
    }

    #[test]
    fn it_cannot_grow_and_forgets_the_oldest() {
        let cache = Cache::default();
        let key = |number: usize| (number.to_string(), 1, Checking::Enabled);
        for number in 0..MOST + 10 {
            cache.keep(key(number), &reply(12));
        }
        assert_eq!(held(&cache).0, MOST);
        assert!(cache.get(&key(9)).is_none());
        assert!(cache.get(&key(10)).is_some());
        for number in 0..200 {
            cache.keep(key(number), &reply(60_000));
            cache.keep(key(number), &reply(50_000));
        }
        assert!(held(&cache).1 <= MOST_BYTES);
        assert!(cache.get(&key(199)).is_some());
    }
}
