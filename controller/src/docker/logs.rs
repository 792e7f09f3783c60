//! The last words of a container.

use bollard::container::LogOutput;
use bollard::query_parameters::LogsOptions;
use futures_util::StreamExt;

use super::call::{DEFAULT, call};
use super::text::plain;
use super::{Engine, EngineError};

/// Most bytes of log.
const BOUND: usize = 4 << 10;

impl Engine {
    /// The last lines of both outputs, the last 4 KiB of them, without control characters.
    pub async fn last_lines(&self, container: &str, count: u32) -> Result<String, EngineError> {
        let options =
            LogsOptions { stdout: true, stderr: true, tail: count.to_string(), ..LogsOptions::default() };
        let mut lines = std::pin::pin!(self.docker.logs(container, Some(options)));
        let read = async {
            let mut last = Vec::new();
            while let Some(line) = lines.next().await.transpose()? {
                last.extend_from_slice(&LogOutput::into_bytes(line));
                let surplus = last.len().saturating_sub(BOUND);
                last.drain(..surplus);
            }
            Ok(last)
        };
        let doing = format!("reading the log of {container}");
        let last = call(&doing, DEFAULT, read).await?;
        let mut text = plain(&String::from_utf8_lossy(&last));
        // A character that was cut takes three bytes as a mark.
        let surplus = text.ceil_char_boundary(text.len().saturating_sub(BOUND));
        text.drain(..surplus);
        Ok(text)
    }
}
