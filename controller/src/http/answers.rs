//! The answers: each reads the board once.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use campanile_plan::document::values::MemberName;
use campanile_plan::report::Retired;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::App;
use super::problem::Problem;
use crate::board::Published;
use crate::known::{Known, Member};

/// The interface, for people and generators of clients.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

/// Which members are asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    ready: Option<bool>,
}

/// Those of the members that were asked for, in the shape of [`Known`].
#[derive(Serialize)]
struct Chosen<'a> {
    commit: Option<&'a String>,
    members: Vec<&'a Member>,
    retired: &'a BTreeSet<Retired>,
}

/// A plan with the command that releases what it holds.
#[derive(Serialize)]
struct Plan<'a> {
    #[serde(flatten)]
    plan: &'a Value,
    release: Option<String>,
}

/// Whether the loop turns.
pub(super) async fn healthz(State(app): State<Arc<App>>) -> Response {
    match app.board.stands_still() {
        None => "ok\n".into_response(),
        Some(still) => {
            let why = format!("the loop has not turned for {} s\n", still.as_secs());
            (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
        }
    }
}

/// Whether there is something to tell.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response {
    if app.board.read().looked.is_some() {
        return "ok\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, "the first look is not done yet; the log says why\n").into_response()
}

/// Everything for Prometheus.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let text = app.metrics.text(&app.board.read());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// Has the fleet fetched at once.
pub(super) async fn fetch(State(app): State<Arc<App>>) -> Response {
    app.board.want_fetch();
    (StatusCode::ACCEPTED, Json(json!({"accepted": true}))).into_response()
}

/// The members, all or some.
pub(super) async fn members(
    State(app): State<Arc<App>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    let Ok(Query(Wanted { ready })) = wanted else {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "ready is true or false"));
    };
    let published = looked(&app)?;
    let Known { commit, members, retired, answers: _, certificates: _, issuers: _, dns: _, audit: _ } =
        &*published.known;
    let chosen = members.iter().filter(|member| ready.is_none_or(|ready| member.ready == ready));
    Ok(Json(Chosen { commit: commit.as_ref(), members: chosen.collect(), retired }).into_response())
}

/// One member.
pub(super) async fn member(
    State(app): State<Arc<App>>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    // only a name that could be one is said back
    let name = name.ok().and_then(|Path(name)| name.parse::<MemberName>().ok());
    let published = looked(&app)?;
    let named =
        name.as_ref().and_then(|name| published.known.members.iter().find(|known| known.name == *name));
    match (named, &name) {
        (Some(member), _) => Ok(Json(member).into_response()),
        (None, Some(name)) => Err(Problem::new(StatusCode::NOT_FOUND, format!("no member is called {name}"))),
        (None, None) => Err(Problem::new(StatusCode::NOT_FOUND, "this is no member's name")),
    }
}

/// The last plan, with the command that releases what is held.
pub(super) async fn plan(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let published = looked(&app)?;
    Ok(Json(Plan { plan: &published.plan, release: published.release() }).into_response())
}

/// How the daemon itself is.
pub(super) async fn daemon(State(app): State<Arc<App>>) -> Json<Value> {
    let published = app.board.read();
    let Published {
        started,
        known: _,
        plan: _,
        held: _,
        problems,
        engines,
        fetched,
        looked,
        passed,
        backoff,
        troubles,
    } = &*published;
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "started": started,
        "fetched": fetched,
        "looked": looked,
        "passed": passed,
        "problems": problems,
        "engines": engines,
        "backoff": backoff,
        "troubles": troubles,
    }))
}

/// The description of all this.
pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

/// No such path.
pub(super) async fn nothing() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing here; /api/v1/openapi.json says what there is")
}

/// No such method on this path.
pub(super) async fn other_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this path does not take this method; the header Allow says which",
    )
}

/// What hangs on the board, once there was a complete look: before it, no member would mean that there is none.
fn looked(app: &App) -> Result<Arc<Published>, Problem> {
    let published = app.board.read();
    if published.looked.is_some() {
        return Ok(published);
    }
    let problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "the first look is not done yet; ask again in a moment",
    );
    Err(problem.with(header::RETRY_AFTER, "2"))
}
