//! Runs a program to its end, or ends it with all its children.

use std::io;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// How much of what a program says on its standard error is kept.
const MESSAGE_BYTES: u64 = 16 << 10;

/// What a program answered.
#[derive(Debug)]
pub struct Answer {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output, up to the limit.
    pub output: Vec<u8>,
    /// The beginning of its standard error.
    pub message: String,
}

/// Ends the whole process group when dropped: also the ssh or https helper of a git that was abandoned.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // gone already: nothing to end
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

/// Runs a program with this input, and takes at most `limit` bytes of its output. When the future is dropped
/// before its end, the program and its children are killed.
pub async fn run(mut command: Command, input: Vec<u8>, limit: u64) -> io::Result<Answer> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let leader = child.id().and_then(|id| i32::try_from(id).ok());
    let mut group = Group(leader.and_then(Pid::from_raw));
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // a program that ends early closes its input; its status tells why
            let _ = stdin.write_all(&input).await;
        }
    };
    let ((), output, message) =
        tokio::join!(write, read_up_to(stdout, limit), read_up_to(stderr, MESSAGE_BYTES));
    let status = child.wait().await?;
    group.0 = None;
    Ok(Answer { status, output: output?, message: String::from_utf8_lossy(&message?).into_owned() })
}

/// Reads the beginning, and closes the pipe where the rest would be too much.
async fn read_up_to(pipe: Option<impl AsyncRead + Unpin>, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(limit).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn output_is_bounded() {
        let mut command = Command::new("cat");
        command.arg("/dev/zero");
        let answer = run(command, Vec::new(), 1000).await.unwrap();
        assert_eq!(answer.output.len(), 1000);
        assert!(!answer.status.success());
    }

    #[tokio::test]
    async fn children_end_with_an_abandoned_program() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let mut command = Command::new("sh");
        let script = "sleep 1000 & echo $! > \"$0\".new; mv \"$0\".new \"$0\"; wait";
        command.args(["-c", script]).arg(&file);
        let work = tokio::spawn(run(command, Vec::new(), 10));
        while !file.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let child = std::fs::read_to_string(&file).unwrap().trim().to_owned();
        work.abort();
        let ended = || {
            let stat = std::fs::read_to_string(format!("/proc/{child}/stat"));
            stat.map_or(true, |stat| stat.contains(") Z "))
        };
        while !ended() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
