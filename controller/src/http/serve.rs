//! Takes connections and answers on them; what a caller can take from us is limited at every turn.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::App;
use super::routes::router;
use super::stall::Impatient;

/// Connections at once; more wait in the kernel's queue.
const CONNECTIONS: usize = 512;
/// The head of a request has to be here after this time; an idle connection is closed after it, too.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// The most bytes of a head, and the most headers in it.
const HEAD: (usize, usize) = (16 << 10, 64);
/// What one connection may hold of what it has read.
const BUFFER: usize = 64 << 10;
/// A caller that reads nothing for so long while we write is given up.
const STALL: Duration = Duration::from_secs(10);
/// A connection takes no further request after this time, so that a caller who reads byte by byte holds none for ever.
const LIFE: Duration = Duration::from_mins(2);
/// What is under way when a connection's life ends, or ours, may take so long.
const LAST: (Duration, Duration) = (Duration::from_secs(25), Duration::from_millis(1500));
/// When no connection can be taken (no file is free, say), it is tried again after this time.
const AGAIN: Duration = Duration::from_millis(100);

/// Answers until `stop` is over, then lets what is under way end, for two seconds at most.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let router = router(Arc::new(app));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // what ended is forgotten, or the set would grow for ever
        while connections.try_join_next().is_some() {}
        let next = async {
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        match tokio::select! { next = next => next, () = &mut stop => break } {
            (Ok((stream, _)), place) => {
                let (router, stopped) = (router.clone(), stopped.clone());
                connections.spawn(async move {
                    answer(stream, router, stopped).await;
                    drop(place);
                });
            }
            (Err(error), _) => {
                tracing::warn!(%error, "connection not taken");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
    drop(listener);
    let _ = stopping.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST.1, all).await.is_err() {
        connections.shutdown().await;
    }
}

/// Answers on one connection until it is closed, its life is over, or we stop.
async fn answer(stream: TcpStream, router: Router, mut stopped: watch::Receiver<bool>) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    server.max_header_size(HEAD.0).max_headers(HEAD.1).max_buf_size(BUFFER);
    let connection = server
        .serve_connection(TokioIo::new(Impatient::new(stream, STALL)), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // an error is the caller's: it went away, or what it sent is not HTTP
        _ = connection.as_mut() => return,
        () = tokio::time::sleep(LIFE) => {}
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(LAST.0, connection).await;
}
