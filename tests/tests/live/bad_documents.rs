//! Documents with something wrong in them: every problem of a fleet in one run, at its place, with a way out.

use std::os::unix::fs::symlink;

use expect_test::expect;
use serde_json::Value;

use crate::documents::member;
use crate::room::{Room, title};

/// A member's name and its document.
type Bad = (&'static str, Vec<u8>);

fn bad(name: &'static str, text: impl Into<Vec<u8>>) -> Bad {
    (name, text.into())
}

/// A valid document with one part changed.
fn changed(name: &'static str, from: &str, to: &str) -> Bad {
    let text = member(name, &title(name), "");
    assert!(text.contains(from), "{from:?} is not in {text}");
    bad(name, text.replace(from, to))
}

/// A valid document with a line more in its site, line 15.
fn with(name: &'static str, more: &str) -> Bad {
    bad(name, member(name, &title(name), &format!("    {more}\n")))
}

/// A text that would have 3^30 values, were its aliases taken.
fn bomb() -> String {
    let levels = (1..30)
        .enumerate()
        .map(|(before, level)| format!("a{level}: &a{level} [*a{before}, *a{before}, *a{before}]\n"));
    std::iter::once("a0: &a0 [ha, ha]\n".to_owned()).chain(levels).collect()
}

fn not_yaml() -> Vec<Bad> {
    let one = member("documents", &title("documents"), "");
    vec![
        bad("truncated", "apiVersion: campanile.it/v1alpha1\nkind: Member\nmetadata: {name: trunc"),
        changed("tabs", "    port: 8080", "\tport: 8080"),
        with("twice", "port: 8081"),
        bad("bomb", bomb()),
        bad("large", format!("# {}\n", "x".repeat(10 << 20))),
        bad("binary", b"\x7fELF\x02\x01\x00\x00\xff\xfe"),
        bad("latin", b"# Comunit\xe0\n"),
        bad("empty", ""),
        bad("documents", format!("{one}---\n{one}")),
    ]
}

fn not_valid() -> Vec<Bad> {
    vec![
        changed("types", "port: 8080", "port: [8080]"),
        changed("number", "title: Comune di number", "title: 12"),
        changed("field", "    health:", "    healt:"),
        changed("kind", "kind: Member", "kind: Membre"),
        changed("renamed", "{name: renamed}", "{name: other}"),
        changed("image", "image: campanile/site:1", "image: campanile/site"),
        changed("memory", "memory: 64MiB", "memory: 64 MB"),
        with("needs", "needs: [archive]"),
    ]
}

fn not_theirs() -> Vec<Bad> {
    vec![
        changed("domain", "{name: comune.domain.test}", "{name: comune.calco.test}"),
        changed("stranger", "www.comune.stranger.test", "albo.comune.barzago.test"),
        changed("guest", "www.comune.guest.test", "www.comune.barzago.test"),
        changed("host", "[www.comune.host.test", "[comune.host.test"),
        with("volume", "volumes: [{name: ../calco, path: /srv/content}]"),
        with("climb", "volumes: [{name: content, path: /srv/../etc}]"),
        with("etc", "volumes: [{name: content, path: /etc/ssl}]"),
        with("socket", "volumes: [{name: content, path: /var/run/docker.sock}]"),
        with("tmpfs", "tmpfs: [/proc/sys]"),
        with("over", "volumes: [{name: a, path: /srv}, {name: b, path: /srv/content}]"),
        with("secret", "secrets: [{name: ../calco/database}]"),
        changed("injected", "[www.comune.injected.test", "['www.injected.test; return 200'"),
    ]
}

/// A fleet of two valid members and others.
fn fleet(topic: &str, others: &[Bad]) -> Room {
    let room = Room::without_engine(topic);
    for name in ["barzago", "calco"] {
        room.write_member(name, &title(name), "");
    }
    for (name, text) in others {
        room.write(&format!("members/{name}.yaml"), text);
    }
    room
}

/// A line for each problem that `check` finds.
#[track_caller]
fn problems(room: &Room) -> String {
    let problems = room.run(&["check", "--output", "json"]).ends(1).json();
    let line = |problem: &Value| {
        let [file, message, remedy] =
            ["file", "message", "remedy"].map(|field| problem[field].as_str().unwrap());
        format!("{file}:{}:{}: {message}; {remedy}\n", problem["line"], problem["column"])
    };
    problems.as_array().unwrap().iter().map(line).collect()
}

#[test]
fn what_is_not_yaml() {
    expect![[r#"
        members/binary.yaml:1:1: it is binary, or text in UTF-16; write it as text in UTF-8
        members/bomb.yaml:1:9: anchors (&) are not taken; write the value out
        members/bomb.yaml:2:9: anchors (&) are not taken; write the value out
        members/bomb.yaml:2:10: aliases (*) are not taken; write the value out
        members/documents.yaml:16:1: a second document starts in this file; write one document a file: the one of this member
        members/empty.yaml:1:1: the file holds no document; write the document, or remove the file
        members/large.yaml:1:1: it is larger than 256 KiB; a document has a few kilobytes; take out what does not belong in it
        members/latin.yaml:1:1: it is not UTF-8 text (line 1); save it in UTF-8
        members/tabs.yaml:11:2: a tab indents this line; indent with spaces; YAML does not take tabs
        members/truncated.yaml:3:11: this is not YAML: unclosed bracket '{'; mend the text here or in the lines just above
        members/twice.yaml:15:5: the key "port" stands here a second time (first in line 11); keep one of the two
    "#]].assert_eq(&problems(&fleet("yaml", &not_yaml())));
}

#[test]
fn what_is_no_document() {
    expect![[r#"
        members/field.yaml:14:5: there is no field "healt" here; did you mean health?
        members/image.yaml:9:12: "campanile/site" is not an image reference; pin it with a tag or, better, a digest: name:1.2 or name@sha256:…
        members/kind.yaml:2:7: "Membre" is not known here; write Member
        members/memory.yaml:13:25: "64 MB" is not a size; write a whole number with a unit, such as 512MiB or 2GiB
        members/needs.yaml:15:13: this member has no workload archive; add it under services
        members/number.yaml:5:10: a number stands here, a text is needed; put it in quotes: "12"
        members/renamed.yaml:3:18: the member is named other here, but its file renamed.yaml; write name: renamed, or rename the file to other.yaml
        members/types.yaml:11:11: a list stands here; write one number, or one number with a unit
    "#]].assert_eq(&problems(&fleet("schema", &not_valid())));
}

#[test]
fn what_would_take_from_others_or_from_the_host() {
    expect![[r#"
        members/calco.yaml:6:18: the domain comune.calco.test is also claimed by domain (members/domain.yaml:6); use another name, or remove it there first
        members/climb.yaml:15:37: "/srv/../etc" is not a path to mount at; leave out //, /./, /../ and the last /
        members/domain.yaml:6:18: the domain comune.calco.test is also claimed by calco (members/calco.yaml:6); use another name, or remove it there first
        members/etc.yaml:15:37: "/etc/ssl" is not a path to mount at; the container's own system lies there; use a folder of the application, such as /srv
        members/guest.yaml:10:13: the host www.comune.barzago.test belongs to barzago (members/barzago.yaml:10); use another name, or remove it there first
        members/guest.yaml:10:13: the host www.comune.barzago.test stands under the domain of barzago (members/barzago.yaml:6); use another name, or remove it there first
        members/host.yaml:10:31: the host comune.host.test stands here a second time (first in line 10); keep one of the two
        members/injected.yaml:10:13: "www.injected.test; return 200" is not a domain name; write letters, digits and hyphens with dots between them
        members/over.yaml:15:54: /srv/content lies over /srv, where the volume a is mounted; choose another path
        members/secret.yaml:15:22: "../calco/database" is not a name of a secret; write 1 to 40 of a-z, 0-9 and -, with a letter or digit at both ends
        members/socket.yaml:15:37: "/var/run/docker.sock" is not a path to mount at; sockets live there; use a folder of the application, such as /srv
        members/stranger.yaml:10:13: the host albo.comune.barzago.test stands under the domain of barzago (members/barzago.yaml:6); use another name, or remove it there first
        members/tmpfs.yaml:15:13: "/proc/sys" is not a path to mount at; the container's own system lies there; use a folder of the application, such as /srv
        members/volume.yaml:15:22: "../calco" is not a name of a volume; write 1 to 40 of a-z, 0-9 and -, with a letter or digit at both ends
    "#]].assert_eq(&problems(&fleet("theirs", &not_theirs())));
}

#[test]
fn links_submodules_and_executables_of_a_repository() {
    let room = fleet("links", &[]);
    let members = room.path("fleet/members");
    symlink("calco.yaml", members.join("inside.yaml")).unwrap();
    symlink("/etc/passwd", members.join("outside.yaml")).unwrap();
    room.commit();
    let commit = room.git(&["rev-parse", "HEAD"]);
    room.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},members/module.yaml")]);
    room.git(&["commit", "--quiet", "--message=test"]);
    expect![[r#"
        members/inside.yaml:1:1: it is a symbolic link; put the file itself there
        members/module.yaml:1:1: it is a submodule; commit the file itself
        members/outside.yaml:1:1: it is a symbolic link; put the file itself there
    "#]]
    .assert_eq(&problems(&room));
}

#[test]
fn everything_at_once_is_told_in_one_run_and_the_others_stay_valid() {
    let all: Vec<Bad> = [not_yaml(), not_valid(), not_theirs()].concat();
    let room = fleet("everything", &all);
    let told = problems(&room);
    // calco's document is right, but domain claims its domain too, and no one had it before
    let expected = all.len() + 1;
    let files: std::collections::BTreeSet<&str> =
        told.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(files.len(), expected, "{told}");
    assert!(!files.contains("members/barzago.yaml"), "{told}");
}

#[test]
fn a_merge_request_shows_each_problem_at_its_line() {
    let room = fleet("reports", &not_valid());
    let expected: Vec<(String, u64)> = problems(&room)
        .lines()
        .map(|line| {
            let mut parts = line.split(':');
            (parts.next().unwrap().to_owned(), parts.next().unwrap().parse().unwrap())
        })
        .collect();

    let sarif = room.run(&["check", "--output", "sarif"]).ends(1).json();
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().unwrap().iter().map(|result| {
        let place = &result["locations"][0]["physicalLocation"];
        let file = place["artifactLocation"]["uri"].as_str().unwrap().to_owned();
        (file, place["region"]["startLine"].as_u64().unwrap())
    });
    assert_eq!(results.collect::<Vec<_>>(), expected);

    let gitlab = room.run(&["check", "--output", "gitlab"]).ends(1).json();
    let entries = gitlab.as_array().unwrap().iter().map(|entry| {
        let file = entry["location"]["path"].as_str().unwrap().to_owned();
        (file, entry["location"]["lines"]["begin"].as_u64().unwrap())
    });
    assert_eq!(entries.collect::<Vec<_>>(), expected);
    let fingerprints: std::collections::BTreeSet<_> =
        gitlab.as_array().unwrap().iter().map(|entry| entry["fingerprint"].to_string()).collect();
    assert_eq!(fingerprints.len(), expected.len(), "one fingerprint a problem");
}

#[test]
fn text_shows_the_line_with_a_caret() {
    let room = fleet("caret", &[changed("field", "    health:", "    healt:")]);
    let said = room.run(&["check"]).ends(1).says("did you mean health?").says("1 problem");
    let lines: Vec<&str> = said.output.lines().collect();
    let at = lines.iter().position(|line| line.contains("    healt: {path: /health}")).unwrap();
    assert_eq!(lines[at].find("healt:"), lines[at + 1].find('^'), "{}", said.output);
}

#[test]
fn a_fleet_without_a_problem_is_said_to_have_none() {
    let room = fleet("right", &[]);
    room.run(&["check"]).ends(0).says("2 members, no problem");
    assert_eq!(room.run(&["check", "--output", "json"]).ends(0).json(), serde_json::json!([]));
}

#[test]
fn wrong_usage_is_told_apart_from_bad_documents() {
    let room = fleet("usage", &[]);
    room.run(&["check", "--outptu", "json"]).ends(64);
    room.run(&["aply"]).ends(64);
    room.run(&["check", "--fleet", "/nowhere"]).ends(1).says("/nowhere");
}
