//! `campanile check`: the whole fleet, every problem with its place.

use std::io::IsTerminal;

use campanile_plan::document::{Place, Problem};
use campanile_plan::fleet::{Accepted, MEMBERS_FOLDER};

use super::arguments::Check;
use super::{DONE, FAILED, Failure, print, say};
use crate::fleet::Fleet;
use crate::problems::{Format, Layout, render};

pub(super) async fn run(command: Check) -> Result<u8, Failure> {
    let folder = tempfile::tempdir()?;
    let (source, fetcher) = command.open(folder.path().to_owned())?;
    let snapshot = fetcher.fetch(&source, None).await?;
    let Fleet { snapshot, mut problems, .. } = Fleet::validated(snapshot, &Accepted::default());
    let folder = format!("{MEMBERS_FOLDER}/");
    let members = snapshot.files.keys().filter(|file| file.starts_with(&folder)).count();
    let nobody = (members == 0).then(|| "the fleet has no member".to_owned());
    problems.extend(snapshot.doubts.iter().cloned().chain(nobody).map(doubt));
    let layout = Layout {
        format: command.output,
        prefix: command.prefix.as_deref(),
        colour: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    print(&render(&layout, &problems, &snapshot))?;
    // where there are problems, their list ends with their number
    if command.output == Format::Text && problems.is_empty() {
        say(&format!("{members} members, no problem"));
    }
    Ok(if problems.is_empty() { DONE } else { FAILED })
}

/// A reason to think that this is not all of the fleet, as a problem that a merge request can show.
fn doubt(message: String) -> Problem {
    let remedy = "until this is mended, nothing is removed".to_owned();
    Problem { file: MEMBERS_FOLDER.to_owned(), place: Place::START, message, remedy }
}
