//! Running a program inside a container and taking what it says, bounded.

use std::time::Duration;

use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::StartExecResults;
use bollard::models::ExecConfig;
use futures_util::StreamExt;
use tokio::time::sleep;

use super::call::call;
use super::{Engine, EngineError};

/// Most bytes that are kept of each output; the rest is read and dropped.
const KEPT: usize = 1 << 20;
/// How long to wait between two questions whether the program has ended, once its output has.
const PAUSE: Duration = Duration::from_millis(20);

/// Room for the arguments of one run, in bytes: well below what any kernel takes.
pub(super) const ARGUMENTS: usize = 60 << 10;

/// How a program ended.
pub(super) struct Ended {
    /// Its exit code.
    pub(super) code: i64,
    /// Its standard output.
    pub(super) output: String,
    /// Its standard error.
    pub(super) errors: String,
}

impl Engine {
    /// Runs a program in a running container, by its name or id, and waits for its end.
    pub(super) async fn run(
        &self,
        doing: &str,
        container: &str,
        command: Vec<String>,
        limit: Duration,
    ) -> Result<Ended, EngineError> {
        call(doing, limit, self.run_unbounded(container, command)).await
    }

    async fn run_unbounded(&self, container: &str, command: Vec<String>) -> Result<Ended, Error> {
        let config = ExecConfig {
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            cmd: Some(command),
            ..ExecConfig::default()
        };
        let id = self.docker.create_exec(container, config).await?.id;
        let (mut kept_output, mut kept_errors) = (Vec::new(), Vec::new());
        let started = self.docker.start_exec(&id, None).await?;
        if let StartExecResults::Attached { mut output, input: _open } = started {
            while let Some(part) = output.next().await {
                match part? {
                    LogOutput::StdErr { message } => keep(&mut kept_errors, &message),
                    LogOutput::StdOut { message }
                    | LogOutput::StdIn { message }
                    | LogOutput::Console { message } => keep(&mut kept_output, &message),
                }
            }
        }
        let text = |kept: Vec<u8>| String::from_utf8_lossy(&kept).into_owned();
        Ok(Ended { code: self.exit_code(&id).await?, output: text(kept_output), errors: text(kept_errors) })
    }

    /// The engine learns of the end a moment after the output's end.
    async fn exit_code(&self, id: &str) -> Result<i64, Error> {
        loop {
            let seen = self.docker.inspect_exec(id).await?;
            match seen.exit_code {
                Some(code) if seen.running == Some(false) => return Ok(code),
                _ => sleep(PAUSE).await,
            }
        }
    }
}

fn keep(kept: &mut Vec<u8>, part: &[u8]) {
    let room = KEPT.saturating_sub(kept.len()).min(part.len());
    kept.extend_from_slice(&part[..room]);
}

/// Parts a list so that each part fits into the arguments of one run and has no more than `most` entries.
pub(super) fn chunks(list: Vec<String>, most: usize) -> Vec<Vec<String>> {
    let mut chunks: Vec<Vec<String>> = Vec::new();
    let mut room = 0;
    for entry in list {
        let size = entry.len() + 1;
        match chunks.last_mut() {
            Some(chunk) if size <= room && chunk.len() < most => {
                room -= size;
                chunk.push(entry);
            }
            _ => {
                room = ARGUMENTS.saturating_sub(size);
                chunks.push(vec![entry]);
            }
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stay_small() {
        let list: Vec<String> = (0..5_000).map(|n| format!("{n:0>99}")).collect();
        let parts = chunks(list.clone(), 500);
        assert!(parts.iter().all(|part| part.len() <= 500));
        assert!(
            chunks(list.clone(), 5_000)
                .iter()
                .all(|part| { part.iter().map(|entry| entry.len() + 1).sum::<usize>() <= ARGUMENTS })
        );
        assert_eq!(parts.concat(), list);
        assert!(chunks(Vec::new(), 500).is_empty());
    }
}
