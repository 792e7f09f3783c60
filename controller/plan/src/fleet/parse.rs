//! Parse: from the texts of a snapshot to documents, each for itself.

use std::collections::BTreeMap;

use super::Pinned;
use super::snapshot::{MEMBERS_FOLDER, PLATFORM_FILE, Snapshot, Unreadable};
use crate::document::values::MemberName;
use crate::document::{self, Member, Place, Platform, Problem};

/// The documents of a fleet, and what is wrong with the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared {
    /// Where things run; none if its document has problems.
    pub platform: Option<Platform>,
    /// The members by the names of their files; none if the document has problems.
    pub members: BTreeMap<MemberName, Option<Member>>,
    /// Every problem of every file.
    pub problems: Vec<Problem>,
    /// Members whose document is an earlier one.
    pub pinned: BTreeMap<MemberName, Pinned>,
    /// Reasons to think that this is not all of the fleet.
    pub doubts: Vec<String>,
}

/// Reads every document of a snapshot.
pub fn parse(snapshot: &Snapshot) -> Declared {
    let mut declared =
        Declared { doubts: snapshot.doubts.clone(), pinned: snapshot.pinned.clone(), ..Declared::default() };
    for (file, text) in &snapshot.files {
        if file == PLATFORM_FILE {
            declared.platform = declared.document(file, text);
        } else {
            declared.member(file, text);
        }
    }
    if !snapshot.files.contains_key(PLATFORM_FILE) {
        declared.problem(
            PLATFORM_FILE,
            "the fleet has no platform.yaml".to_owned(),
            "write where things run; see manifests/fleet/platform.yaml for one".to_owned(),
        );
    }
    if declared.members.is_empty() {
        declared.doubts.push(format!("the fleet has no member: {MEMBERS_FOLDER}/ is empty"));
    }
    declared
}

/// The file of a member's document.
pub fn file_of(member: &MemberName) -> String {
    format!("{MEMBERS_FOLDER}/{member}.yaml")
}

impl Declared {
    fn member(&mut self, file: &str, text: &Result<String, Unreadable>) {
        let stem = file
            .strip_prefix(MEMBERS_FOLDER)
            .and_then(|rest| rest.strip_prefix('/'))
            .and_then(|rest| rest.strip_suffix(".yaml").or_else(|| rest.strip_suffix(".yml")));
        let name = match stem.unwrap_or(file).parse::<MemberName>() {
            Ok(name) => name,
            Err(invalid) => {
                self.problem(file, format!("the file's name: {invalid}"), invalid.remedy);
                // it may have been a member's file before somebody renamed it
                self.doubts.push(format!("{file} is not the name of a member's file"));
                return;
            }
        };
        let member: Option<Member> = self.document(file, text);
        let right = member.filter(|member| {
            let written = &member.metadata.name;
            let same = written.value == name;
            if !same {
                self.problems.push(Problem {
                    file: file.to_owned(),
                    place: written.place,
                    message: format!("the member is named {written} here, but its file {name}.yaml"),
                    remedy: format!("write name: {name}, or rename the file to {written}.yaml"),
                });
            }
            same
        });
        self.members.entry(name).and_modify(|known| *known = None).or_insert(right);
    }

    fn document<T: document::Decode>(&mut self, file: &str, text: &Result<String, Unreadable>) -> Option<T> {
        match text {
            Ok(text) => document::parse(file, text).map_err(|problems| self.problems.extend(problems)).ok(),
            Err(Unreadable { message, remedy }) => {
                self.problem(file, message.clone(), remedy.clone());
                None
            }
        }
    }

    fn problem(&mut self, file: &str, message: String, remedy: String) {
        let file = file.to_owned();
        let place = Place::START;
        self.problems.push(Problem { file, place, message, remedy });
    }
}
