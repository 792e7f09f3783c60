//! `campanile check`: the whole fleet, every problem with its place.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use super::arguments::Check;
use super::{DONE, FAILED, Failure, print, say};
use crate::fleet::Fleet;
use crate::problems::{Format, Layout, render};

pub(super) async fn run(command: Check) -> Result<u8, Failure> {
    let folder = tempfile::tempdir()?;
    let (source, fetcher) = command.open(folder.path().to_owned())?;
    let snapshot = fetcher.fetch(&source, None).await?;
    let Fleet { snapshot, desired, problems, .. } = Fleet::validated(snapshot, &BTreeMap::new());
    let layout = Layout {
        format: command.output,
        prefix: command.prefix.as_deref(),
        colour: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    print(&render(&layout, &problems, &snapshot))?;
    for doubt in &snapshot.doubts {
        say(&format!("doubt: {doubt}"));
    }
    // where there are problems, their list ends with their number
    if command.output == Format::Text && problems.is_empty() {
        let count = desired.map_or(0, |desired| desired.members.len());
        say(&format!("{count} members, no problem"));
    }
    Ok(if problems.is_empty() && snapshot.doubts.is_empty() { DONE } else { FAILED })
}
