//! What the daemon says by HTTP: health, metrics, members, the plan; and the webhook, by which it is told of a commit.

mod answers;
mod around;
pub mod client;
mod error;
mod listen;
mod problem;
mod routes;
mod secret;
mod serve;
mod stall;
mod token;
mod webhook;

use std::sync::Arc;

pub use error::HttpError;
pub use listen::Listen;
pub use secret::Secret;
pub use serve::serve;
pub use token::{TOKEN_FILE, Token, read_token, token};

use crate::board::Board;
use crate::metrics::Metrics;

/// The daemon as HTTP sees it.
#[derive(Debug)]
pub struct App {
    /// What is answered.
    pub board: Board,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What whoever asks has to show.
    pub token: Token,
    /// What the webhook's calls are signed with; none where there is no webhook.
    pub webhook_secret: Option<Secret>,
    /// Whether metrics are told to everybody.
    pub metrics_open: bool,
    rejected: webhook::Flood,
}

impl App {
    /// The daemon as HTTP sees it.
    pub fn new(
        board: Board,
        metrics: Arc<Metrics>,
        token: Token,
        webhook_secret: Option<Secret>,
        metrics_open: bool,
    ) -> Self {
        Self { board, metrics, token, webhook_secret, metrics_open, rejected: webhook::Flood::default() }
    }
}
