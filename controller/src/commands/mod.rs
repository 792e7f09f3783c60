//! The command line: one file a command, each a prefix of look, decide, act.

mod agreed;
mod apply;
mod arguments;
mod audit;
mod certificate;
mod check;
mod completion;
mod difference;
mod import;
mod log;
mod look;
mod plan;
mod rollback;
mod run;
mod schema;
mod status;
mod summary;
mod table;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

pub use arguments::Arguments;
use arguments::Command;

/// Done, or nothing to do.
pub(crate) const DONE: u8 = 0;
/// Problems in the documents, or steps that failed.
pub(crate) const FAILED: u8 = 1;
/// With `--detailed-exitcode`: the plan has changes.
pub(crate) const CHANGES: u8 = 2;
/// Stopped by a signal: 128 and the number of SIGINT, as shells say it.
pub(crate) const INTERRUPTED: u8 = 130;
/// Wrong usage (sysexits.h).
pub(crate) const USAGE: u8 = 64;

/// Why a command could not go on; printed once, with its causes.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Reads the arguments, runs the command, and says how it ended.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { USAGE } else { DONE };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let ended = runtime.block_on(dispatch(arguments));
    // a look-up of a name that nobody answers would hold up the end
    runtime.shutdown_background();
    match ended {
        Ok(code) => ExitCode::from(code),
        Err(error) => fail(error.as_ref()),
    }
}

async fn dispatch(arguments: Arguments) -> Result<u8, Failure> {
    match arguments.command {
        Command::Check(command) => check::run(command).await,
        Command::Plan(command) => plan::run(command).await,
        Command::Apply(command) => apply::run(command).await,
        Command::Run(command) => run::run(command).await,
        Command::Status(command) => status::run(command).await,
        Command::Log(command) => log::run(&command),
        Command::Rollback(command) => rollback::run(command).await,
        Command::Audit(command) => audit::run(*command).await,
        Command::Certificate(command) => certificate::run(command).await,
        Command::Import(command) => import::run(command).await,
        Command::Schema(command) => schema::run(&command),
        Command::Completion(command) => completion::completion(&command),
        Command::Man(command) => completion::man(&command),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    say(&format!("campanile: {}", crate::world::chain(error)));
    ExitCode::from(FAILED)
}

/// Writes to standard output; a reader that went away is no failure of ours.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes a line to standard error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
