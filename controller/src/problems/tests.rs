//! Two problems in every format.

use campanile_plan::document::Place;
use campanile_plan::fleet::Unreadable;
use expect_test::{Expect, expect, expect_file};

use super::*;

fn check(format: Format, expected: &Expect) {
    expected.assert_eq(&render_sample(format));
}

fn render_sample(format: Format) -> String {
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
    render(&layout, &problems, &snapshot)
}

#[test]
fn text() {
    check(
        Format::Text,
        &expect![[r#"
        error: there is no field "sito"
         --> fleet/members/barzago.yaml:3:20
          |
        3 |   title: "Viganò"  sito: x
          |                    ^
          |
          = help: write site

        error: it is a symbolic link
        --> fleet/members/b c.yaml:1:1
         = help: put the file itself there

        error: the file is missing
        --> fleet/platform.yaml:1:1
         = help: write it

        3 problems in 3 files
    "#]],
    );
}

#[test]
fn json() {
    check(
        Format::Json,
        &expect![[r#"
        [
          {
            "column": 20,
            "file": "fleet/members/barzago.yaml",
            "line": 3,
            "message": "there is no field \"sito\"",
            "remedy": "write site"
          },
          {
            "column": 1,
            "file": "fleet/members/b c.yaml",
            "line": 1,
            "message": "it is a symbolic link",
            "remedy": "put the file itself there"
          },
          {
            "column": 1,
            "file": "fleet/platform.yaml",
            "line": 1,
            "message": "the file is missing",
            "remedy": "write it"
          }
        ]
    "#]],
    );
}

#[test]
fn sarif() {
    let seen = render_sample(Format::Sarif);
    expect_file!["tests/sarif.json"].assert_eq(&seen);
}

#[test]
fn gitlab() {
    check(
        Format::Gitlab,
        &expect![[r#"
        [
          {
            "check_name": "member-document",
            "description": "there is no field \"sito\"; write site",
            "fingerprint": "7e3428c61b8df51870a5936a6f49b8f3f78618219008ce31f2525c9375dcc0e3",
            "location": {
              "lines": {
                "begin": 3
              },
              "path": "fleet/members/barzago.yaml"
            },
            "severity": "major"
          },
          {
            "check_name": "member-document",
            "description": "it is a symbolic link; put the file itself there",
            "fingerprint": "56b2fe6031133f94e5c4478e69f8c70e6cdcc9457c38f4bd7aea88428d41b8a1",
            "location": {
              "lines": {
                "begin": 1
              },
              "path": "fleet/members/b c.yaml"
            },
            "severity": "major"
          },
          {
            "check_name": "platform-document",
            "description": "the file is missing; write it",
            "fingerprint": "3c685fc05cfa4186c473d847fe883cf532aa234edc4fb179a03733a0461a6e94",
            "location": {
              "lines": {
                "begin": 1
              },
              "path": "fleet/platform.yaml"
            },
            "severity": "major"
          }
        ]
    "#]],
    );
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
