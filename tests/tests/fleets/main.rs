//! The whole fleet at once: what is said of bad documents, and who stays in force.

#![expect(clippy::unwrap_used, reason = "what stops a test stops it with a panic")]

mod in_force;
mod zones;

use campanile_plan::fleet::{Accepted, Snapshot};
use campanile_tests::fleets::{member, snapshot, validated};
use expect_test::{Expect, expect};

const SITE: &str = "campanile/site:1";

fn fleet(members: &[(&str, String)]) -> Snapshot {
    snapshot(members.iter().map(|(name, text)| (*name, text.clone())))
}

fn plain(name: &str) -> String {
    member(name, SITE, "")
}

/// Problems, then each member with what is in force for it; `before` is what was last valid.
#[track_caller]
fn check(before: &[(&str, String)], today: &Snapshot, expected: &Expect) {
    let members = before.iter().map(|(name, text)| (name.parse().unwrap(), text.clone())).collect();
    let accepted = Accepted { platform: None, members };
    shown(today, &accepted, expected);
}

#[track_caller]
fn shown(today: &Snapshot, accepted: &Accepted, expected: &Expect) {
    let result = validated(today, accepted);
    let mut lines: Vec<String> = result.problems.iter().map(ToString::to_string).collect();
    match &result.desired {
        None => lines.push("nothing is in force".to_owned()),
        Some(desired) => {
            lines.extend(desired.members.iter().map(|(name, member)| {
                let image = member.spec.site.as_ref().map_or(String::new(), |site| site.image.to_string());
                format!("{name}: {:?} {} {image}", member.treatment, member.spec.domain.name)
            }));
            lines.extend(desired.unknown.iter().map(|name| format!("{name}: left alone")));
            lines.extend(
                desired.pinned.iter().map(|(name, pinned)| format!("{name}: {}", pinned.described())),
            );
            lines.extend(desired.doubts.iter().map(|doubt| format!("doubt: {doubt}")));
        }
    }
    expected.assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn one_domain_for_two_who_never_had_it() {
    let theft = plain("dorio").replace("comune.dorio.test", "comune.calco.test");
    check(
        &[],
        &fleet(&[("calco", plain("calco")), ("dorio", theft)]),
        &expect![[r#"
            members/calco.yaml:6:18: the domain comune.calco.test is also claimed by dorio (members/dorio.yaml:6); use another name, or remove it there first
            members/calco.yaml:9:13: the host www.comune.calco.test is also claimed by dorio (members/dorio.yaml:9); use another name, or remove it there first
            members/calco.yaml:9:36: the host comune.calco.test is also claimed by dorio (members/dorio.yaml:9); use another name, or remove it there first
            members/dorio.yaml:6:18: the domain comune.calco.test is also claimed by calco (members/calco.yaml:6); use another name, or remove it there first
            members/dorio.yaml:9:13: the host www.comune.calco.test is also claimed by calco (members/calco.yaml:9); use another name, or remove it there first
            members/dorio.yaml:9:36: the host comune.calco.test is also claimed by calco (members/calco.yaml:9); use another name, or remove it there first
            calco: left alone
            dorio: left alone
            doubt: members/calco.yaml was never valid, and may be anybody's
            doubt: members/dorio.yaml was never valid, and may be anybody's
        "#]],
    );
}

#[test]
fn who_had_the_domain_before_keeps_it() {
    let theft = plain("dorio").replace("comune.dorio.test", "comune.calco.test");
    let before = [("calco", plain("calco")), ("dorio", plain("dorio"))];
    check(
        &before,
        &fleet(&[("calco", plain("calco")), ("dorio", theft)]),
        &expect![[r#"
        members/dorio.yaml:6:18: the domain comune.calco.test belongs to calco (members/calco.yaml:6); use another name, or remove it there first
        members/dorio.yaml:9:13: the host www.comune.calco.test belongs to calco (members/calco.yaml:9); use another name, or remove it there first
        members/dorio.yaml:9:36: the host comune.calco.test belongs to calco (members/calco.yaml:9); use another name, or remove it there first
        calco: Change comune.calco.test campanile/site:1
        dorio: LastValid comune.dorio.test campanile/site:1
    "#]],
    );
}

#[test]
fn a_broken_document_cannot_be_robbed_of_its_domain() {
    let theft = plain("dorio").replace("comune.dorio.test", "comune.calco.test");
    let before = [("calco", plain("calco")), ("dorio", plain("dorio"))];
    check(
        &before,
        &fleet(&[("calco", "title: [".to_owned()), ("dorio", theft)]),
        &expect![[r#"
        members/calco.yaml:1:8: this is not YAML: unclosed bracket '['; mend the text here or in the lines just above
        members/dorio.yaml:6:18: the domain comune.calco.test belongs to calco (members/calco.yaml:6); use another name, or remove it there first
        members/dorio.yaml:9:13: the host www.comune.calco.test belongs to calco (members/calco.yaml:9); use another name, or remove it there first
        members/dorio.yaml:9:36: the host comune.calco.test belongs to calco (members/calco.yaml:9); use another name, or remove it there first
        calco: LastValid comune.calco.test campanile/site:1
        dorio: LastValid comune.dorio.test campanile/site:1
    "#]],
    );
}

#[test]
fn a_host_or_domain_under_another_members_domain() {
    let host = plain("dorio").replace("www.comune.dorio.test", "albo.comune.calco.test");
    let nested = plain("erve").replace("comune.erve.test", "erve.comune.calco.test");
    check(
        &[],
        &fleet(&[("calco", plain("calco")), ("dorio", host), ("erve", nested)]),
        &expect![[r#"
            members/dorio.yaml:9:13: the host albo.comune.calco.test stands under the domain of calco (members/calco.yaml:6); use another name, or remove it there first
            members/erve.yaml:6:18: the domain erve.comune.calco.test stands under the domain of calco (members/calco.yaml:6); use another name, or remove it there first
            calco: Change comune.calco.test campanile/site:1
            dorio: left alone
            erve: left alone
            doubt: members/dorio.yaml was never valid, and may be anybody's
            doubt: members/erve.yaml was never valid, and may be anybody's
        "#]],
    );
}

#[test]
fn a_new_domain_above_the_others_is_in_the_wrong() {
    let province = plain("provincia").replace("comune.provincia.test", "test");
    let province = province.replace("hosts: [www.test, test]", "hosts: [www.provincia.example]");
    let above = province.replace("{name: test}", "{name: calco.test}");
    let before = [("calco", plain("calco")), ("dorio", plain("dorio"))];
    let today = [("calco", plain("calco")), ("dorio", plain("dorio")), ("provincia", above)];
    check(
        &before,
        &fleet(&today),
        &expect![[r#"
            members/provincia.yaml:6:18: the domain calco.test covers the domain comune.calco.test of calco (members/calco.yaml:6); use another name, or remove it there first
            calco: Change comune.calco.test campanile/site:1
            dorio: Change comune.dorio.test campanile/site:1
            provincia: left alone
            doubt: members/provincia.yaml was never valid, and may be anybody's
        "#]],
    );
}

#[test]
fn the_last_valid_document_stays_in_force() {
    let before = [("calco", member("calco", "campanile/site:7", ""))];
    let broken = plain("calco").replace("    port: 8080\n", "    prot: 8080\n");
    check(
        &before,
        &fleet(&[("calco", broken), ("dorio", plain("dorio"))]),
        &expect![[r#"
        members/calco.yaml:10:5: there is no field "prot" here; did you mean port?
        calco: LastValid comune.calco.test campanile/site:7
        dorio: Change comune.dorio.test campanile/site:1
    "#]],
    );
}

#[test]
fn a_document_that_was_never_valid_is_left_alone() {
    check(
        &[],
        &fleet(&[("calco", "spec: {".to_owned()), ("dorio", plain("dorio"))]),
        &expect![[r#"
            members/calco.yaml:1:7: this is not YAML: unclosed bracket '{'; mend the text here or in the lines just above
            dorio: Change comune.dorio.test campanile/site:1
            calco: left alone
            doubt: members/calco.yaml was never valid, and may be anybody's
        "#]],
    );
}

#[test]
fn every_problem_of_a_document_at_once() {
    let text = "\
apiVersion: campanile.it/v1alpha1
kind: Member
metadata: {name: Calco}
spec:
  titel: Comune di Calco
  identity: {istat: 097012}
  domain: {name: calco}
  site:
    image: site
    hosts: [www.calco.test, www.calco.test, https://calco.test/]
    environment: {DB_PASSWORD: hunter2}
    volumes: [{name: ../../etc, path: /srv/../etc}, {name: a, path: /srv}, {name: b, path: /srv/b}]
    resources: {memory: 512, cpu: lots}
    needs: [database]
  services: [database]
";
    check(
        &[],
        &fleet(&[("calco", text.to_owned())]),
        &expect![[r#"
            members/calco.yaml:3:18: "Calco" is not a name of a member; write 1 to 40 of a-z, 0-9 and -, with a letter or digit at both ends
            members/calco.yaml:5:3: the field "title" is missing here; add title
            members/calco.yaml:5:3: there is no field "titel" here; did you mean title?
            members/calco.yaml:6:21: a number stands here, a text is needed; put it in quotes: "097012"
            members/calco.yaml:7:18: "calco" is not a domain name; write it in full, such as comune.example.test
            members/calco.yaml:9:12: "site" is not an image reference; pin it with a tag or, better, a digest: name:1.2 or name@sha256:…
            members/calco.yaml:10:45: "https://calco.test/" is not a domain name; write the host alone, without scheme and path
            members/calco.yaml:11:19: DB_PASSWORD looks like a secret, and the environment can be read by whoever reads this file; list it under secrets: and let the program read the file, often by DB_PASSWORD_FILE
            members/calco.yaml:12:22: "../../etc" is not a name of a volume; write 1 to 40 of a-z, 0-9 and -, with a letter or digit at both ends
            members/calco.yaml:12:39: "/srv/../etc" is not a path to mount at; leave out //, /./, /../ and the last /
            members/calco.yaml:13:25: "512" is not a size; write a whole number with a unit, such as 512MiB or 2GiB
            members/calco.yaml:13:35: "lots" is not an amount of CPU; write cores from "0.01" to "1024", such as "0.5"
            members/calco.yaml:15:13: a list stands here; write a mapping
            calco: left alone
            doubt: members/calco.yaml was never valid, and may be anybody's
        "#]],
    );
}

#[test]
fn rules_inside_a_document() {
    let text = member(
        "calco",
        SITE,
        "    engine: elsewhere
    volumes: [{name: a, path: /srv}, {name: b, path: /srv/b}]
    resources: {memory: 1MiB}
    health: {path: /, command: [\"true\"]}
    needs: [albo, nobody]
  services:
    albo: {image: 'a:1', needs: [site], hosts: [albo.comune.calco.test], secrets: [{name: key}, {name: key}]}
    site: {image: 'a:1'}
",
    );
    check(
        &[],
        &fleet(&[("calco", text)]),
        &expect![[r#"
            members/calco.yaml:12:13: the platform has no engine elsewhere; known are main
            members/calco.yaml:13:54: /srv/b lies over /srv, where the volume a is mounted; choose another path
            members/calco.yaml:14:25: 1MiB of memory is too little; give 6MiB at least
            members/calco.yaml:15:20: health has both a path and a command; keep one of the two
            members/calco.yaml:16:19: this member has no workload nobody; name one of its services: albo
            members/calco.yaml:18:49: there are hosts, but no port; add port: the one that the program listens on
            members/calco.yaml:18:104: the file of a secret key stands here a second time (first in line 18); keep one of the two
            members/calco.yaml:19:19: this service is named site, as the site itself is; give it another name
            calco: left alone
            doubt: members/calco.yaml was never valid, and may be anybody's
        "#]],
    );
}

#[test]
fn needs_that_lead_in_a_circle() {
    let services = "    needs: [albo]\n  services:\n    albo: {image: 'a:1', needs: [data]}\n    data: {image: 'a:1', needs: [site]}\n";
    check(
        &[],
        &fleet(&[("calco", member("calco", SITE, services))]),
        &expect![[r#"
            members/calco.yaml:14:34: the needs of data lead back to itself; remove one of the needs
            calco: left alone
            doubt: members/calco.yaml was never valid, and may be anybody's
        "#]],
    );
}

#[test]
fn yaml_that_is_none_or_more_than_it_seems() {
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n".to_owned();
    let twice = plain("dervio") + "kind: Member\n";
    let two = plain("dorio") + "---\n" + &plain("dorio");
    let tab = plain("erve").replace("  title", "\ttitle");
    let truncated = plain("lecco").split_off(0)[..150].to_owned();
    let members = [
        ("calco", bomb),
        ("colico", String::new()),
        ("dervio", twice),
        ("dorio", two),
        ("erve", tab),
        ("lecco", truncated),
        ("varenna", "!!python/object:os.system ls".to_owned()),
        ("vigano", "- a\n- b\n".to_owned()),
    ];
    check(
        &[],
        &fleet(&members),
        &expect![[r#"
            members/calco.yaml:1:7: anchors (&) are not taken; write the value out
            members/calco.yaml:2:7: anchors (&) are not taken; write the value out
            members/calco.yaml:2:8: aliases (*) are not taken; write the value out
            members/colico.yaml:1:1: the file holds no document; write the document, or remove the file
            members/dervio.yaml:12:1: the key "kind" stands here a second time (first in line 2); keep one of the two
            members/dorio.yaml:13:1: a second document starts in this file; write one document a file: the one of this member
            members/erve.yaml:5:2: a tab indents this line; indent with spaces; YAML does not take tabs
            members/lecco.yaml:7:7: nothing stands here; write a mapping
            members/varenna.yaml:1:27: a text stands here; write a mapping
            members/varenna.yaml:1:27: tags (!) are not taken; write the value out
            members/vigano.yaml:1:1: a list stands here; write a mapping
            calco: left alone
            colico: left alone
            dervio: left alone
            dorio: left alone
            erve: left alone
            lecco: left alone
            varenna: left alone
            vigano: left alone
            doubt: members/calco.yaml was never valid, and may be anybody's
            doubt: members/colico.yaml was never valid, and may be anybody's
            doubt: members/dervio.yaml was never valid, and may be anybody's
            doubt: members/dorio.yaml was never valid, and may be anybody's
            doubt: members/erve.yaml was never valid, and may be anybody's
            doubt: members/lecco.yaml was never valid, and may be anybody's
            doubt: members/varenna.yaml was never valid, and may be anybody's
            doubt: members/vigano.yaml was never valid, and may be anybody's
        "#]],
    );
}

#[test]
fn names_of_files() {
    let files = [("calco", plain("dorio")), ("Casa", plain("casa")), ("a/b", plain("b"))];
    check(
        &[],
        &fleet(&files),
        &expect![[r#"
            members/Casa.yaml:1:1: the file's name: "Casa" is not a name of a member; write 1 to 40 of a-z, 0-9 and -, with a letter or digit at both ends
            members/a/b.yaml:1:1: the file's name: "a/b" is not a name of a member; write 1 to 40 of a-z, 0-9 and -, with a letter or digit at both ends
            members/calco.yaml:3:18: the member is named dorio here, but its file calco.yaml; write name: calco, or rename the file to dorio.yaml
            calco: left alone
            doubt: members/Casa.yaml is not the name of a member's file
            doubt: members/a/b.yaml is not the name of a member's file
            doubt: members/calco.yaml was never valid, and may be anybody's
        "#]],
    );
}

#[test]
fn a_broken_platform_puts_nothing_in_force() {
    let mut files = fleet(&[("calco", plain("calco"))]);
    files.files.insert("platform.yaml".to_owned(), Ok("kind: Platform\n".to_owned()));
    check(
        &[],
        &files,
        &expect![[r#"
        platform.yaml:1:1: the field "apiVersion" is missing here; add apiVersion
        platform.yaml:1:1: the field "metadata" is missing here; add metadata
        platform.yaml:1:1: the field "spec" is missing here; add spec
        nothing is in force
    "#]],
    );
    files.files.remove("platform.yaml");
    check(
        &[],
        &files,
        &expect![[r#"
        platform.yaml:1:1: the fleet has no platform.yaml; write where things run; see manifests/fleet/platform.yaml for one
        nothing is in force
    "#]],
    );
}

#[test]
fn an_empty_fleet_is_a_doubt() {
    check(
        &[],
        &fleet(&[]),
        &expect![[r#"
        doubt: the fleet has no member: members/ is empty
    "#]],
    );
}

#[test]
fn a_document_with_other_problems_is_told_of_its_claims_too() {
    let theft =
        plain("dorio").replace("comune.dorio.test", "comune.calco.test").replace("    port: 8080\n", "");
    check(
        &[],
        &fleet(&[("calco", plain("calco")), ("dorio", theft)]),
        &expect![[r#"
        members/dorio.yaml:6:18: the domain comune.calco.test belongs to calco (members/calco.yaml:6); use another name, or remove it there first
        members/dorio.yaml:9:13: the host www.comune.calco.test belongs to calco (members/calco.yaml:9); use another name, or remove it there first
        members/dorio.yaml:9:13: there are hosts, but no port; add port: the one that the program listens on
        members/dorio.yaml:9:36: the host comune.calco.test belongs to calco (members/calco.yaml:9); use another name, or remove it there first
        calco: Change comune.calco.test campanile/site:1
        dorio: left alone
        doubt: members/dorio.yaml was never valid, and may be anybody's
    "#]],
    );
}

#[test]
fn a_member_under_a_new_name_is_a_doubt() {
    let renamed = plain("calco").replace("name: calco}", "name: calcolario}");
    check(
        &[("calco", plain("calco"))],
        &fleet(&[("calcolario", renamed)]),
        &expect![[r#"
        calcolario: Change comune.calco.test campanile/site:1
        doubt: calcolario seems to be calco under a new name, and calco's volumes do not follow
    "#]],
    );
}
