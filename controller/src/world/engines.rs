//! The engines of a platform: connections that are kept between two looks, and what is known of engines that are away.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use campanile_plan::docker::{ObservedEngine, names};
use campanile_plan::document::values::EngineName;
use campanile_plan::fleet::Desired;
use futures_util::future::join_all;
use tokio::sync::Mutex;

use super::chain;
use crate::docker::{Engine, EngineError};

/// An engine that is away is asked again only this long after it failed: the others' next look would wait for it.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Every engine of a platform.
pub(super) struct Engines<'a> {
    desired: &'a Desired,
    lines: Mutex<BTreeMap<EngineName, Line>>,
}

/// What is remembered of an engine between two looks.
#[derive(Default)]
struct Line {
    /// The connection; none before the first, and after it broke.
    engine: Option<Engine>,
    /// Which engine was last at its end.
    id: Option<String>,
    /// When it last did not answer, and why.
    away: Option<(Instant, String)>,
}

impl<'a> Engines<'a> {
    /// None is connected yet.
    pub fn new(desired: &'a Desired) -> Self {
        Self { desired, lines: Mutex::default() }
    }

    /// Looks at all of them, side by side.
    pub async fn observe(&self) -> BTreeMap<EngineName, Result<ObservedEngine, String>> {
        let names = self.desired.engines().iter().map(|engine| &engine.name.value);
        let looks = names.map(|name| async move { (name.clone(), self.look(name).await) });
        let mut observed: BTreeMap<_, _> = join_all(looks).await.into_iter().collect();
        let lines = self.lines.lock().await;
        let ids = lines.iter().filter_map(|(name, line)| Some((name, line.id.as_deref()?)));
        observed.extend(twins(ids).into_iter().map(|(name, why)| (name, Err(why))));
        observed
    }

    async fn look(&self, name: &EngineName) -> Result<ObservedEngine, String> {
        let before = self.lines.lock().await.get(name).and_then(|line| line.away.clone());
        if let Some((when, why)) = before
            && when.elapsed() < ASK_AGAIN
        {
            return Err(why);
        }
        let seen = match self.get(name).await {
            Ok(engine) => engine.observe(&names::ingress(self.desired.name())).await,
            Err(error) => Err(error),
        };
        let seen = seen.map_err(|error| chain(&error));
        let mut lines = self.lines.lock().await;
        let line = lines.entry(name.clone()).or_default();
        line.away = seen.as_ref().err().map(|why| (Instant::now(), why.clone()));
        if seen.is_err() {
            // the next look begins with a new connection
            line.engine = None;
        }
        seen
    }

    /// The connection to an engine, made where there is none.
    pub async fn get(&self, name: &EngineName) -> Result<Engine, EngineError> {
        let kept = self.lines.lock().await.get(name).and_then(|line| line.engine.clone());
        if let Some(engine) = kept {
            return Ok(engine);
        }
        let declared = self.desired.engines().iter().find(|engine| engine.name.value == *name);
        let Some(declared) = declared else {
            return Err(EngineError::Endpoint {
                endpoint: name.to_string(),
                why: "is not in the platform's document",
            });
        };
        let engine = Engine::connect(declared, self.desired.name()).await?;
        let mut lines = self.lines.lock().await;
        let line = lines.entry(name.clone()).or_default();
        line.id = engine.id().map(str::to_owned);
        line.engine = Some(engine.clone());
        Ok(engine)
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

    use campanile_plan::fleet::Snapshot;
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
        let fleet = Fleet::validated(Snapshot { files, ..Snapshot::default() }, &BTreeMap::new());
        let desired = fleet.desired.unwrap();
        let engines = Engines::new(&desired);
        let first = engines.observe().await;
        let calls = asked.load(Ordering::Relaxed);
        assert!(calls > 0 && first.values().all(Result::is_err), "{first:?}");
        assert_eq!(engines.observe().await, first);
        assert_eq!(asked.load(Ordering::Relaxed), calls);
    }
}
