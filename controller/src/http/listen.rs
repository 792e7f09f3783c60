//! Where the daemon listens, as options.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use super::{App, HttpError, Secret, token};
use crate::board::Board;
use crate::metrics::Metrics;

/// Where the daemon listens, and what it asks of its callers.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options for HTTP")]
pub struct Listen {
    /// Address and port of health, metrics, API and webhook
    ///
    /// There is no TLS: for others than this machine, put a reverse proxy with TLS before it.
    #[arg(long, value_name = "ADDRESS", env = "CAMPANILE_LISTEN", default_value = "127.0.0.1:8420")]
    pub listen: SocketAddr,
    /// A file with the token that callers have to show; `token` in the state folder, if left out
    ///
    /// The one in the state folder is made at the first start. To ask the daemon by hand:
    /// `sed 's/^/Authorization: Bearer /' /var/lib/campanile/token | curl -H @- http://127.0.0.1:8420/api/v1/members`
    #[arg(long, value_name = "FILE", env = "CAMPANILE_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,
    /// A file with the secret that the forge signs its calls of /hooks/git with; without it, there is no webhook
    ///
    /// Example: `openssl rand -hex 32 > webhook.secret; chmod 600 webhook.secret`
    #[arg(long, value_name = "FILE", env = "CAMPANILE_WEBHOOK_SECRET_FILE")]
    pub webhook_secret_file: Option<PathBuf>,
    /// Tells /metrics to everybody who can reach the address
    #[arg(long)]
    pub metrics_without_token: bool,
}

impl Listen {
    /// Takes the address.
    ///
    /// # Errors
    /// When it cannot be had.
    pub async fn bind(&self) -> Result<TcpListener, HttpError> {
        let address = self.listen;
        TcpListener::bind(address).await.map_err(|source| HttpError::Bind { address, source })
    }

    /// Reads token and secret, and puts together what HTTP needs; the token is made where there is none.
    ///
    /// # Errors
    /// When a file cannot be read, is for others too, or holds no secret.
    pub fn app(&self, state: &Path, board: Board, metrics: Arc<Metrics>) -> Result<App, HttpError> {
        let token = token(state, self.token_file.as_deref())?;
        let secret = self.webhook_secret_file.as_deref().map(Secret::read).transpose()?;
        Ok(App::new(board, metrics, token, secret, self.metrics_without_token))
    }
}
