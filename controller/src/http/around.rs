//! What is the same for every request: who may ask, how large and how long it may be, what is counted, and headers.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::Body as _;

use super::App;
use super::problem::Problem;
use super::routes::{Access, Route};

/// The most that an answer may take, the body of the request included.
const TIME: Duration = Duration::from_secs(20);

/// Goes around every answer.
pub(super) async fn around(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().and_then(|path| Route::at(path.as_str()));
    let mut response = match admit(&app, route, &request) {
        Err(problem) => problem.into_response(),
        Ok(()) => tokio::time::timeout(TIME, next.run(request)).await.unwrap_or_else(|_| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the answer took too long").into_response()
        }),
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    app.metrics.request(route.map_or("other", |route| route.path), response.status().as_u16());
    response
}

fn admit(app: &App, route: Option<&Route>, request: &Request) -> Result<(), Problem> {
    // a path that is nobody's is told to everybody: what there is stands in the repository
    let Some(route) = route else { return Ok(()) };
    let open = match route.access {
        Access::Open | Access::Signed => true,
        Access::Metrics => app.metrics_open,
        Access::Token => false,
    };
    if !open {
        show(app, request)?;
    }
    if request.body().size_hint().lower() > route.body {
        let detail = format!("a body of {} bytes at most", route.body);
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    Ok(())
}

fn show(app: &App, request: &Request) -> Result<(), Problem> {
    let missing =
        "show the token: Authorization: Bearer TOKEN, from the file `token` in the daemon's state folder";
    let Some(shown) = request.headers().get(header::AUTHORIZATION) else {
        let problem = Problem::new(StatusCode::UNAUTHORIZED, missing);
        return Err(problem.with(header::WWW_AUTHENTICATE, "Bearer realm=\"campanile\""));
    };
    if app.token.is_shown(shown.as_bytes()) {
        return Ok(());
    }
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "this is not the daemon's token");
    Err(problem.with(header::WWW_AUTHENTICATE, "Bearer realm=\"campanile\", error=\"invalid_token\""))
}
