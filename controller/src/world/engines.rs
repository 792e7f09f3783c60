//! The engines of a platform: connections that are kept between two looks, what was last seen, and what is known of
//! engines that are away or slow.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use campanile_plan::docker::{ObservedEngine, names};
use campanile_plan::document::values::{EngineName, PlatformName};
use campanile_plan::document::{self, Platform};
use futures_util::future::join_all;
use ipnet::Ipv4Net;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::{Manner, chain};
use crate::docker::{Engine, EngineError};
use crate::scope::{Part, Scope};

/// An engine that is away is asked again only this long after it failed: the others' next look would wait for it.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// A look that takes longer than this means that the engine is away.
const LATE: Duration = Duration::from_secs(15);

/// Every engine of a platform.
pub struct Engines {
    manner: Manner,
    lines: Mutex<BTreeMap<EngineName, Line>>,
}

/// What is remembered of an engine between two looks.
struct Line {
    /// How the platform declares it.
    declared: document::Engine,
    /// The platform whose objects on it are ours.
    platform: PlatformName,
    /// The connection; none before the first, and after it broke.
    engine: Option<Engine>,
    /// Which engine was last at its end.
    id: Option<String>,
    /// When it last did not answer, and why.
    away: Option<(Instant, String)>,
    /// What was last seen of it.
    seen: Option<ObservedEngine>,
    /// The last container whose limits were read in its turn.
    inspected: String,
    /// Ranges that it refused to give.
    refused: BTreeSet<Ipv4Net>,
    /// A look that takes longer than the others can wait.
    under_way: Option<Look>,
}

/// A look on its way.
struct Look {
    begun: Instant,
    /// What was touched since: another look has to follow for it.
    missed: Option<Part>,
    task: JoinHandle<Result<Sight, EngineError>>,
}

impl Look {
    /// The same look, which does not see what is touched now.
    fn missing(mut self, part: Option<Part>) -> Self {
        if let Some(part) = part {
            self.missed.get_or_insert_default().merge(part);
        }
        self
    }
}

/// The connection that a look was made by, and what was seen.
type Sight = (Engine, ObservedEngine);

impl Engines {
    /// None is connected yet.
    pub(super) fn new(manner: Manner) -> Self {
        Self { manner, lines: Mutex::default() }
    }

    /// Looks at all of them, side by side.
    pub(super) async fn observe(
        &self,
        platform: &Platform,
        scope: &Scope,
    ) -> BTreeMap<EngineName, Result<ObservedEngine, String>> {
        let (name, declared) = (&platform.metadata.name, &platform.spec.engines.value);
        self.turn_to(name, declared).await;
        let looks = declared.iter().map(|engine| async {
            let name = &engine.name.value;
            (name.clone(), self.look(name, scope.part(name)).await)
        });
        let seen = join_all(looks).await.into_iter();
        let mut observed: BTreeMap<_, _> = seen.filter_map(|(name, seen)| Some((name, seen?))).collect();
        let lines = self.lines.lock().await;
        let ids = lines.iter().filter_map(|(name, line)| Some((name, line.id.as_deref()?)));
        observed.extend(twins(ids).into_iter().map(|(name, why)| (name, Err(why))));
        observed
    }

    /// Forgets engines that the platform has no more, or declares in another way.
    async fn turn_to(&self, platform: &PlatformName, declared: &[document::Engine]) {
        let mut lines = self.lines.lock().await;
        lines.retain(|name, line| {
            let today = declared.iter().find(|engine| engine.name.value == *name);
            line.platform == *platform && today.is_some_and(|today| line.declared == *today)
        });
        for engine in declared {
            lines.entry(engine.name.value.clone()).or_insert_with(|| Line::new(platform, engine));
        }
    }

    async fn look(
        &self,
        name: &EngineName,
        mut part: Option<Part>,
    ) -> Option<Result<ObservedEngine, String>> {
        loop {
            let (seen, missed) = self.look_once(name, part.take()).await?;
            match missed {
                Some(missed) if seen.is_ok() => part = Some(missed),
                _ => return Some(seen),
            }
        }
    }

    /// One look, or the end of one that is under way, with what was touched meanwhile; none where it takes too long.
    async fn look_once(
        &self,
        name: &EngineName,
        part: Option<Part>,
    ) -> Option<(Result<ObservedEngine, String>, Option<Part>)> {
        let mut look = {
            let mut lines = self.lines.lock().await;
            let line = lines.get_mut(name)?;
            match (line.under_way.take(), &line.away, &line.seen, part) {
                (Some(look), .., part) => look.missing(part),
                (None, Some((when, why)), ..) if when.elapsed() < ASK_AGAIN => {
                    return Some((Err(why.clone()), None));
                }
                (None, None, Some(seen), None) => return Some((Ok(seen.clone()), None)),
                (None, .., part) => line.look(part, self.manner.inspected),
            }
        };
        // the others wait for it once, and not again
        let left = self.manner.grace.map(|grace| grace.saturating_sub(look.begun.elapsed()));
        let seen = match left {
            None => (&mut look.task).await,
            Some(left) => match tokio::time::timeout(left, &mut look.task).await {
                Ok(seen) => seen,
                Err(_) => return self.late(name, look).await.map(|why| (Err(why), None)),
            },
        };
        let seen =
            seen.map_err(|error| error.to_string()).and_then(|seen| seen.map_err(|error| chain(&error)));
        Some((self.note(name, seen).await, look.missed))
    }

    /// Notes that a look takes too long to wait for it. Why the engine counts as away, once it has taken so long that it
    /// does.
    async fn late(&self, name: &EngineName, look: Look) -> Option<String> {
        let late = look.begun.elapsed();
        if let Some(line) = self.lines.lock().await.get_mut(name) {
            line.under_way = Some(look);
        }
        (late > LATE).then(|| format!("it has not answered a look for {} seconds", late.as_secs()))
    }

    /// Notes what came of a look.
    async fn note(&self, name: &EngineName, seen: Result<Sight, String>) -> Result<ObservedEngine, String> {
        let mut lines = self.lines.lock().await;
        let Some(line) = lines.get_mut(name) else { return seen.map(|(_, seen)| seen) };
        match seen {
            Ok((engine, mut seen)) => {
                seen.refused.clone_from(&line.refused);
                line.id = engine.id().map(str::to_owned);
                line.engine = Some(engine);
                line.away = None;
                line.seen = Some(seen.clone());
                Ok(seen)
            }
            Err(why) => {
                line.away = Some((Instant::now(), why.clone()));
                // the next look begins with a new connection, and sees everything
                (line.engine, line.seen) = (None, None);
                Err(why)
            }
        }
    }

    /// Notes that an engine refused to give a range, for its next looks.
    pub(super) async fn refused(&self, name: &EngineName, range: Ipv4Net) {
        if let Some(line) = self.lines.lock().await.get_mut(name) {
            line.refused.insert(range);
        }
    }

    /// The connection to an engine.
    ///
    /// # Errors
    /// Where there is none, and it cannot be made.
    pub async fn get(&self, name: &EngineName) -> Result<Engine, EngineError> {
        let (declared, platform) = {
            let lines = self.lines.lock().await;
            let Some(line) = lines.get(name) else {
                return Err(EngineError::Endpoint {
                    endpoint: name.to_string(),
                    why: "is not in the platform's document",
                });
            };
            if let Some(engine) = &line.engine {
                return Ok(engine.clone());
            }
            (line.declared.clone(), line.platform.clone())
        };
        let engine = Engine::connect(&declared, &platform).await?;
        if let Some(line) = self.lines.lock().await.get_mut(name) {
            line.id = engine.id().map(str::to_owned);
            line.engine = Some(engine.clone());
        }
        Ok(engine)
    }
}

impl Line {
    /// Of an engine that nobody looked at yet.
    fn new(platform: &PlatformName, declared: &document::Engine) -> Self {
        Self {
            declared: declared.clone(),
            platform: platform.clone(),
            engine: None,
            id: None,
            away: None,
            seen: None,
            inspected: String::new(),
            refused: BTreeSet::new(),
            under_way: None,
        }
    }

    /// Begins a look; what was seen before serves where nothing was touched.
    fn look(&mut self, part: Option<Part>, inspected: usize) -> Look {
        let mut part = part.unwrap_or_default();
        if part.whole {
            part.limits.extend(self.next_inspected(inspected));
        }
        let (known, before) = (self.engine.clone(), self.seen.clone());
        let (platform, declared) = (self.platform.clone(), self.declared.clone());
        let task = tokio::spawn(async move {
            let engine = match known {
                Some(engine) => engine,
                None => Engine::connect(&declared, &platform).await?,
            };
            let seen = engine.observe(before.as_ref(), &part).await?;
            Ok((engine, seen))
        });
        Look { begun: Instant::now(), missed: None, task }
    }

    /// The containers of ours whose turn it is to have their limits read: those after the last one.
    fn next_inspected(&mut self, count: usize) -> Vec<String> {
        let ours = self.seen.iter().flat_map(|seen| &seen.containers);
        let ours = ours.filter(|(_, there)| names::owned(&self.platform, &there.labels).is_some());
        let ours: Vec<&String> = ours.map(|(name, _)| name).collect();
        let from = ours.partition_point(|name| **name <= self.inspected);
        let next = ours.iter().cycle().skip(from).take(count.min(ours.len()));
        let next: Vec<String> = next.map(|name| (*name).clone()).collect();
        self.inspected = next.last().cloned().unwrap_or_default();
        next
    }
}

/// Names that lead to one engine: what one of them makes, the other would take for left over and remove.
fn twins<'n>(ids: impl IntoIterator<Item = (&'n EngineName, &'n str)>) -> BTreeMap<EngineName, String> {
    let mut by_id: BTreeMap<&str, Vec<&EngineName>> = BTreeMap::new();
    for (name, id) in ids {
        by_id.entry(id).or_default().push(name);
    }
    let shared = by_id.into_values().filter(|names| names.len() > 1);
    shared
        .flat_map(|names| {
            let listed: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            let listed = listed.join(" and ");
            let why = format!("the engines {listed} are the same Docker Engine; keep one of them");
            names.into_iter().map(move |name| (name.clone(), why.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use campanile_plan::fleet::{Accepted, Snapshot};
    use tokio::net::UnixListener;

    use super::*;
    use crate::fleet::Fleet;

    #[test]
    fn names_of_one_engine_are_told() {
        let name = |name: &str| -> EngineName { name.parse().unwrap() };
        let [main, valle, other] = ["main", "valle", "other"].map(name);
        let found = twins([(&main, "A"), (&other, "B"), (&valle, "A")]);
        let why = "the engines main and valle are the same Docker Engine; keep one of them";
        assert_eq!(found, [(main, why.to_owned()), (valle, why.to_owned())].into());
    }

    #[tokio::test]
    async fn an_engine_that_is_away_is_not_asked_at_every_look() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("engine.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let asked: Arc<AtomicUsize> = Arc::default();
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        let text = format!(
            "apiVersion: campanile.it/v1alpha1
kind: Platform
metadata: {{name: away}}
spec:
  engines:
    - name: main
      endpoint: unix://{}
      range: 10.79.0.0/16
      ingress: {{image: campanile/ingress:1, http: '127.0.0.1:7980', https: '127.0.0.1:7943'}}
",
            socket.display()
        );
        let files = [("platform.yaml".to_owned(), Ok(text))].into();
        let fleet = Fleet::validated(Snapshot { files, ..Snapshot::default() }, &Accepted::default());
        let desired = fleet.desired.unwrap();
        let engines = Engines::new(Manner::default());
        let (platform, scope) = (&desired.platform, Scope::everything());
        let first = engines.observe(platform, &scope).await;
        let calls = asked.load(Ordering::Relaxed);
        assert!(calls > 0 && first.values().all(Result::is_err), "{first:?}");
        assert_eq!(engines.observe(platform, &scope).await, first);
        assert_eq!(asked.load(Ordering::Relaxed), calls);
    }
}
