//! `campanile completion` and `campanile man`: from the same declaration as the command line itself.

use clap::CommandFactory;

use super::arguments::{Arguments, Completion, Man};
use super::{DONE, Failure, print};

pub(super) fn completion(command: &Completion) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(command.shell, &mut Arguments::command(), "campanile", &mut script);
    print(&String::from_utf8(script)?)?;
    Ok(DONE)
}

pub(super) fn man(command: &Man) -> Result<u8, Failure> {
    std::fs::create_dir_all(&command.folder)?;
    clap_mangen::generate_to(Arguments::command(), &command.folder)?;
    Ok(DONE)
}
