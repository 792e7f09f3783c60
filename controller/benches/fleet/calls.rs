//! A socket in front of the engine's own that counts the calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};

use crate::documents::ENDPOINT;

pub struct Counted {
    pub endpoint: String,
    calls: Arc<AtomicUsize>,
    _folder: TempDir,
}

impl Counted {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("engine.sock");
        let listener = UnixListener::bind(&path).expect("a socket");
        let calls: Arc<AtomicUsize> = Arc::default();
        let counted = Self {
            endpoint: format!("unix://{}", path.display()),
            calls: Arc::clone(&calls),
            _folder: folder,
        };
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let Ok(engine) = UnixStream::connect(ENDPOINT.trim_start_matches("unix://")).await else {
                    continue;
                };
                let ((asked, answers), (answered, asks)) = (caller.into_split(), engine.into_split());
                tokio::spawn(pass_on(asked, asks, Some(Arc::clone(&calls))));
                tokio::spawn(pass_on(answered, answers, None));
            }
        });
        counted
    }

    /// How many calls there were so far.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// Copies one direction of a connection, as long as it lasts, and counts the heads of requests in it.
async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, calls: Option<Arc<AtomicUsize>>) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count) = from.read(&mut buffer).await {
        let part = &buffer[..count];
        if let Some(calls) = &calls {
            let heads = part.windows(11).filter(|window| window == b" HTTP/1.1\r\n").count();
            calls.fetch_add(heads, Ordering::SeqCst);
        }
        if count == 0 || to.write_all(part).await.is_err() {
            break;
        }
    }
}
