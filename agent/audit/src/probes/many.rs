//! Many looks, a bounded number at once, each handed over as it comes.

use std::future::Future;

use tokio::task::JoinSet;

/// Looks at one after the other, `at_once` at a time, and hands each result over as it comes. Nothing is kept: memory does
/// not grow with the number of bodies. Ends early when `stop` does, or when `take` says no; says whether it came to the end.
pub async fn many<B, R, L>(
    bodies: impl IntoIterator<Item = B>,
    at_once: usize,
    stop: impl Future<Output = ()>,
    look: impl Fn(B) -> L,
    mut take: impl FnMut(R) -> bool,
) -> bool
where
    R: Send + 'static,
    L: Future<Output = R> + Send + 'static,
{
    tokio::pin!(stop);
    let mut bodies = bodies.into_iter();
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < at_once.max(1) {
            let Some(body) = bodies.next() else { break };
            under_way.spawn(look(body));
        }
        tokio::select! {
            biased;
            () = &mut stop => return false,
            done = under_way.join_next() => match done {
                None => return true,
                Some(Ok(result)) => if !take(result) { return false },
                // a look that panicked is a fault of ours and costs that body alone: the caller misses it
                Some(Err(_)) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn so_many_at_once_and_no_more() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut seen = Vec::new();
        let look = |body: u64| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                // the later ones are quicker
                tokio::time::sleep(Duration::from_millis(1000 - body)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                body
            }
        };
        let whole = many(0..100, 7, std::future::pending(), look, |body| {
            seen.push(body);
            true
        });
        assert!(whole.await);
        assert_eq!(most.load(Ordering::SeqCst), 7);
        assert_eq!(seen.len(), 100);
        assert_ne!(seen, (0..100).collect::<Vec<u64>>(), "each is handed over as it comes");
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_when_it_is_told_to_and_one_fault_costs_one_body() {
        let stop = tokio::time::sleep(Duration::from_secs(3));
        let slow = |_: u32| tokio::time::sleep(Duration::from_secs(2));
        let mut done = 0;
        let whole = many(0..100, 1, stop, slow, |()| {
            done += 1;
            true
        });
        assert!(!whole.await);
        assert_eq!(done, 1);

        let mut done = Vec::new();
        let faulty = |body: u32| async move {
            assert_ne!(body, 2, "a fault of ours");
            body
        };
        assert!(
            many(0..4, 1, std::future::pending(), faulty, |body| {
                done.push(body);
                true
            })
            .await
        );
        assert_eq!(done, [0, 1, 3]);
        assert!(!many(0..4, 1, std::future::pending(), |body| async move { body }, |_: u32| false).await);
    }
}
