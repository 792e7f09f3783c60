//! Asking the daemon of a state folder, for the commands on the same machine.

use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{HttpError, read_token};
use crate::state::{DaemonRecord, State};

/// What an answer may take, all of it.
const TIME: Duration = Duration::from_secs(10);
/// The most bytes of an answer.
const BYTES: usize = 64 << 20;

/// What the daemon answered.
#[derive(Debug)]
pub struct Answer {
    /// Where it listens.
    pub daemon: DaemonRecord,
    /// Its answer.
    pub json: Value,
}

/// Asks the daemon of a state folder for a page; none where no daemon answers.
///
/// # Errors
/// When there is a daemon, and what it says cannot be used: it does not take the token, or has not looked yet.
pub async fn ask(state: &State, page: &str) -> Result<Option<Answer>, HttpError> {
    exchange(state, Method::GET, page).await
}

/// Has the daemon of a state folder fetch the fleet at once; false where no daemon answers.
///
/// # Errors
/// When there is a daemon, and it does not take the token.
pub async fn want_fetch(state: &State) -> Result<bool, HttpError> {
    Ok(exchange(state, Method::POST, "/api/v1/fetch").await?.is_some())
}

async fn exchange(state: &State, method: Method, page: &str) -> Result<Option<Answer>, HttpError> {
    // without a daemon somebody else may listen there, who is not to be shown the token
    if !state.has_daemon() {
        return Ok(None);
    }
    // a record that cannot be read leads to no daemon
    let Some(daemon) = state.daemon_record().ok().flatten() else { return Ok(None) };
    let address = daemon.listen;
    let Ok(Ok(stream)) = timeout(TIME, TcpStream::connect(address)).await else { return Ok(None) };
    let token = read_token(state.folder(), Some(&daemon.token_file))?;
    let failed = |why: String| HttpError::Daemon { address, why };
    let exchange = async {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(page)
            .header("Host", address.to_string())
            .header("Authorization", token.authorization())
            .header("Connection", "close")
            .body(Empty::<Bytes>::new())?;
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), BYTES).collect().await?.to_bytes();
        connection.abort();
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>((status, body))
    };
    let answered = timeout(TIME, exchange).await;
    let answered = answered.map_err(|_| failed(format!("no answer within {} seconds", TIME.as_secs())))?;
    let (status, body) = answered.map_err(|error| failed(error.to_string()))?;
    let json: Value = serde_json::from_slice(&body).map_err(|error| failed(error.to_string()))?;
    if !status.is_success() {
        let detail = json["detail"].as_str().or(json["title"].as_str()).unwrap_or_default();
        return Err(failed(format!("{status}: {detail}")));
    }
    Ok(Some(Answer { daemon, json }))
}
