//! Two problems in every format.

use campanile_plan::document::Place;
use campanile_plan::fleet::Unreadable;
use expect_test::{Expect, expect};

use super::*;

fn check(format: Format, expected: &Expect) {
    let snapshot = Snapshot {
        files: BTreeMap::from([
            (
                "members/barzago.yaml".to_owned(),
                Ok("kind: Member\nspec:\n  title: \"Viganò\"  sito: x\n".to_owned()),
            ),
            (
                "members/b c.yaml".to_owned(),
                Err(Unreadable {
                    message: "it is a symbolic link".to_owned(),
                    remedy: "put the file itself there".to_owned(),
                }),
            ),
        ]),
        ..Snapshot::default()
    };
    let problem = |file: &str, (line, column), message: &str, remedy: &str| Problem {
        file: file.to_owned(),
        place: Place { line, column },
        message: message.to_owned(),
        remedy: remedy.to_owned(),
    };
    let problems = [
        problem("members/barzago.yaml", (3, 20), "there is no field \"sito\"", "write site"),
        problem("members/b c.yaml", (1, 1), "it is a symbolic link", "put the file itself there"),
        problem("platform.yaml", (1, 1), "the file is missing", "write it"),
    ];
    let layout = Layout { format, prefix: Some("fleet/"), colour: false };
    expected.assert_eq(&render(&layout, &problems, &snapshot));
}

#[test]
fn text() {
    check(Format::Text, &expect![""]);
}

#[test]
fn json() {
    check(Format::Json, &expect![""]);
}

#[test]
fn sarif() {
    check(Format::Sarif, &expect![""]);
}

#[test]
fn gitlab() {
    check(Format::Gitlab, &expect![""]);
}

#[test]
fn fingerprints_outlive_a_moved_line_and_tell_twins_apart() {
    let at = |line| Problem {
        file: "members/a.yaml".to_owned(),
        place: Place { line, column: 1 },
        message: "wrong".to_owned(),
        remedy: String::new(),
    };
    let before = fingerprints(&[at(1), at(2)]);
    assert_eq!(before, fingerprints(&[at(8), at(9)]));
    assert_ne!(before[0], before[1]);
}

#[test]
fn a_place_beyond_the_text_is_shown_without_its_line() {
    for (line, column) in [(1, 3), (1, 9), (2, 1), (0, 0), (1, 100_000)] {
        let problem = Problem {
            file: "members/a.yaml".to_owned(),
            place: Place { line, column },
            message: "wrong".to_owned(),
            remedy: "mend it".to_owned(),
        };
        let snapshot = Snapshot {
            files: BTreeMap::from([("members/a.yaml".to_owned(), Ok("ab".to_owned()))]),
            ..Snapshot::default()
        };
        let text = render(&Layout::default(), &[problem], &snapshot);
        assert!(text.contains("members/a.yaml:"), "{text}");
        assert!(text.contains("help: mend it"), "{text}");
    }
}
