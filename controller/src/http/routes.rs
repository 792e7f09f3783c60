//! Every route: its path, who may ask, and who answers.

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use super::around::around;
use super::{App, answers, webhook};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Access {
    /// Everybody.
    Open,
    /// Who shows the token.
    Token,
    /// Who shows the token, unless metrics are told to everybody.
    Metrics,
    /// Who signs the body with the webhook's secret.
    Signed,
}

/// A route.
pub(super) struct Route {
    /// Its path, with the names of its parameters in braces.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
    /// The most bytes of a request's body.
    pub body: u64,
    answer: fn() -> MethodRouter<Arc<App>>,
}

/// The most bytes of a body that nobody reads.
const SMALL: u64 = 64 << 10;

/// All of them.
pub(super) const ROUTES: &[Route] = &[
    Route::of("/healthz", Access::Open, || get(answers::healthz)),
    Route::of("/readyz", Access::Open, || get(answers::readyz)),
    Route::of("/metrics", Access::Metrics, || get(answers::metrics)),
    Route::of("/api/v1/members", Access::Token, || get(answers::members)),
    Route::of("/api/v1/members/{name}", Access::Token, || get(answers::member)),
    Route::of("/api/v1/plan", Access::Token, || get(answers::plan)),
    Route::of("/api/v1/daemon", Access::Token, || get(answers::daemon)),
    Route::of("/api/v1/fetch", Access::Token, || post(answers::fetch)),
    Route::of("/api/v1/openapi.json", Access::Open, || get(answers::openapi)),
    Route { body: webhook::BODY, ..Route::of("/hooks/git", Access::Signed, || post(webhook::git)) },
];

impl Route {
    const fn of(path: &'static str, access: Access, answer: fn() -> MethodRouter<Arc<App>>) -> Self {
        Self { path, access, body: SMALL, answer }
    }

    /// The route with this path.
    pub fn at(path: &str) -> Option<&'static Self> {
        ROUTES.iter().find(|route| route.path == path)
    }
}

/// All routes, ready to answer.
pub(super) fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        router = router.route(route.path, (route.answer)());
    }
    router
        .fallback(answers::nothing)
        .method_not_allowed_fallback(answers::other_method)
        .layer(axum::middleware::from_fn_with_state(app.clone(), around))
        .with_state(app)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// Method and path of each operation, and what it asks of the caller.
    fn described() -> BTreeSet<(String, String, Access)> {
        let openapi: Value = serde_json::from_str(answers::OPENAPI).unwrap();
        let paths = openapi["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters");
            methods.map(move |(method, operation)| (path.clone(), method.clone(), access(operation)))
        });
        operations.collect()
    }

    fn access(operation: &Value) -> Access {
        let schemes: Vec<BTreeSet<&str>> = operation["security"]
            .as_array()
            .unwrap()
            .iter()
            .map(|scheme| scheme.as_object().unwrap().keys().map(String::as_str).collect())
            .collect();
        let is = |wanted: &[&[&str]]| {
            schemes
                == wanted.iter().map(|names| names.iter().copied().collect()).collect::<Vec<BTreeSet<_>>>()
        };
        match () {
            () if is(&[]) => Access::Open,
            () if is(&[&["token"]]) => Access::Token,
            () if is(&[&["token"], &[]]) => Access::Metrics,
            () if is(&[&["github"], &["gitea"], &["forgejo"], &["gitlab"]]) => Access::Signed,
            () => panic!("nobody knows this security: {operation:#}"),
        }
    }

    #[test]
    fn the_description_has_every_route_and_no_other() {
        let posts = ["/api/v1/fetch", "/hooks/git"];
        let method = |route: &Route| if posts.contains(&route.path) { "post" } else { "get" };
        let routes =
            ROUTES.iter().map(|route| (route.path.to_owned(), method(route).to_owned(), route.access));
        assert_eq!(described(), routes.collect());
    }

    #[test]
    fn every_reference_of_the_description_leads_somewhere() {
        let openapi: Value = serde_json::from_str(answers::OPENAPI).unwrap();
        let mut open = vec![&openapi];
        let mut references = 0;
        while let Some(value) = open.pop() {
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                references += 1;
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(openapi.pointer(pointer).is_some(), "{reference} leads nowhere");
            }
            match value {
                Value::Object(object) => open.extend(object.values()),
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
        assert!(references > 10);
        assert_eq!(openapi["info"]["version"], env!("CARGO_PKG_VERSION"));
    }
}
