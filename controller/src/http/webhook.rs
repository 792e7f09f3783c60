//! The webhook: a forge says that there is a commit. What it says is not believed, only that it may say so.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use hmac::{Hmac, Mac};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sha2::Sha256;

use super::problem::Problem;
use super::{App, Secret};
use crate::locked::locked;

/// The most bytes of a body.
pub(super) const BODY: u64 = 4 << 20;
/// The most that a body may take.
const TIME: Duration = Duration::from_secs(10);
/// Calls that were refused are logged once in this time.
const QUIET: Duration = Duration::from_secs(1);

/// Headers with HMAC-SHA256 of the body in hexadecimal digits, and what stands before it: GitHub, Gitea, Forgejo.
const SIGNATURES: &[(&str, &str)] =
    &[("x-hub-signature-256", "sha256="), ("x-gitea-signature", ""), ("x-forgejo-signature", "")];
/// The header with the secret itself: GitLab.
const SECRET: &str = "x-gitlab-token";

/// Why a call was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    NotConfigured,
    Unsigned,
    Wrong,
    TooLarge,
    TooSlow,
    Broken,
}

/// Takes a call.
pub(super) async fn git(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    match judge(app.webhook_secret.as_ref(), &headers, body).await {
        Ok(()) => {
            app.metrics.webhook("accepted");
            app.board.want_fetch();
            Ok((StatusCode::ACCEPTED, Json(json!({"accepted": true}))))
        }
        Err(refused) => {
            app.metrics.webhook(refused.name());
            if let Some(count) = app.rejected.note() {
                tracing::warn!(count, reason = refused.name(), "webhook refused");
            }
            Err(refused.problem())
        }
    }
}

async fn judge(secret: Option<&Secret>, headers: &HeaderMap, body: Body) -> Result<(), Refused> {
    let secret = secret.ok_or(Refused::NotConfigured)?;
    let shown = headers.get(SECRET).map(|shown| secret.is(shown.as_bytes()));
    let signatures: Vec<&[u8]> = SIGNATURES
        .iter()
        .filter_map(|(name, before)| headers.get(*name)?.as_bytes().strip_prefix(before.as_bytes()))
        .collect();
    match (shown, signatures.is_empty()) {
        (None, true) => return Err(Refused::Unsigned),
        (Some(false), true) => return Err(Refused::Wrong),
        _ => {}
    }
    let code = secret.signature().ok_or(Refused::NotConfigured)?;
    // a forge whose body is left unread sees a broken connection, so it is read for whoever shows the secret, too
    let code = tokio::time::timeout(TIME, read(body, code)).await.map_err(|_| Refused::TooSlow)??;
    // in constant time
    let signs = |signature: Vec<u8>| code.clone().verify_slice(&signature).is_ok();
    let signed = signatures.into_iter().filter_map(bytes).any(signs);
    if signed || shown == Some(true) { Ok(()) } else { Err(Refused::Wrong) }
}

/// Reads a body through the code over it and keeps nothing of it: the memory that strangers can take is a few pages.
async fn read(mut body: Body, mut code: Hmac<Sha256>) -> Result<Hmac<Sha256>, Refused> {
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refused::Broken)?;
        let Some(data) = frame.data_ref() else { continue };
        length += data.len() as u64;
        if length > BODY {
            return Err(Refused::TooLarge);
        }
        code.update(data);
    }
    Ok(code)
}

/// The 32 bytes that 64 hexadecimal digits mean.
fn bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let digits = std::str::from_utf8(digits).ok()?;
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..64).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

impl Refused {
    fn name(self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::Unsigned => "unsigned",
            Self::Wrong => "wrong_signature",
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Broken => "broken",
        }
    }

    fn problem(self) -> Problem {
        match self {
            Self::NotConfigured => Problem::new(
                StatusCode::NOT_FOUND,
                "the webhook has no secret; start the daemon with --webhook-secret-file FILE and give the forge the same secret",
            ),
            Self::Unsigned => refuse("the call is not signed; give the forge the webhook's secret"),
            Self::Wrong => refuse("the call is signed with another secret than the daemon's"),
            Self::TooLarge => {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a body of {BODY} bytes at most"))
            }
            Self::TooSlow => Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time"),
            Self::Broken => Problem::new(StatusCode::BAD_REQUEST, "the body broke off"),
        }
    }
}

fn refuse(detail: &str) -> Problem {
    let problem = Problem::new(StatusCode::UNAUTHORIZED, detail);
    problem.with(header::WWW_AUTHENTICATE, "Signature realm=\"campanile webhook\"")
}

/// Calls that were refused, so that a flood of them does not fill the log.
#[derive(Debug, Default)]
pub(super) struct Flood {
    noted: Mutex<(Option<Instant>, u64)>,
}

impl Flood {
    /// Notes one, and says how many there were since the last time that it said so, if that is long ago.
    fn note(&self) -> Option<u64> {
        let mut noted = locked(&self.noted);
        let (said, count) = &mut *noted;
        *count += 1;
        if said.is_some_and(|said| said.elapsed() < QUIET) {
            return None;
        }
        *said = Some(Instant::now());
        Some(std::mem::take(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_one_line() {
        let flood = Flood::default();
        assert_eq!(flood.note(), Some(1));
        assert_eq!((0..1000).filter_map(|_| flood.note()).count(), 0);
        flood.noted.lock().unwrap().0 = Instant::now().checked_sub(QUIET);
        assert_eq!(flood.note(), Some(1001));
    }

    #[test]
    fn a_signature_has_64_digits() {
        assert_eq!(bytes("0aFF".repeat(16).as_bytes()), Some([0x0a, 0xff].repeat(16)));
        for wrong in ["", "0a", &"0aFg".repeat(16), &"+1+1".repeat(16), &"à".repeat(32), &"00".repeat(33)] {
            assert_eq!(bytes(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
