//! Documents that are in force in the place of those in git: the last valid platform, and pins.

use campanile_plan::fleet::{Accepted, Pin, Snapshot, Unreadable};
use campanile_tests::fleets::{PLATFORM, member, validated};
use campanile_tests::world::NOON;
use expect_test::{Expect, expect};

use super::{SITE, fleet, plain, shown};

/// Files whose platform is broken, where another one was valid before.
#[track_caller]
fn check_platform(before: &str, today: &Snapshot, expected: &Expect) {
    let mut today = today.clone();
    today.files.insert("platform.yaml".to_owned(), Ok(PLATFORM.replace("range:", "rang:")));
    let accepted = Accepted { platform: Some(before.to_owned()), members: [].into() };
    shown(&today, &accepted, expected);
}

#[test]
fn the_last_valid_platform_stays_in_force() {
    check_platform(
        PLATFORM,
        &fleet(&[("calco", plain("calco"))]),
        &expect![[r#"
        platform.yaml:6:7: the field "range" is missing here; add range
        platform.yaml:8:7: there is no field "rang" here; did you mean range?
        calco: Change comune.calco.test campanile/site:1
        doubt: platform.yaml has problems, and the last valid one is in force
    "#]],
    );
}

#[test]
fn a_member_that_needs_the_platform_of_today_waits_for_it() {
    let moved = member("calco", SITE, "    engine: valle\n");
    check_platform(
        PLATFORM,
        &fleet(&[("calco", moved), ("dorio", plain("dorio"))]),
        &expect![[r#"
        members/calco.yaml:12:13: the last valid platform.yaml, which is in force, has no engine valle; known are main
        platform.yaml:6:7: the field "range" is missing here; add range
        platform.yaml:8:7: there is no field "rang" here; did you mean range?
        dorio: Change comune.dorio.test campanile/site:1
        calco: left alone
        doubt: platform.yaml has problems, and the last valid one is in force
        doubt: members/calco.yaml was never valid, and may be anybody's
    "#]],
    );
}

#[test]
fn a_platform_that_is_not_valid_any_more_puts_nothing_in_force() {
    check_platform(
        "kind: Platform\n",
        &fleet(&[("calco", plain("calco"))]),
        &expect![[r#"
        platform.yaml:6:7: the field "range" is missing here; add range
        platform.yaml:8:7: there is no field "rang" here; did you mean range?
        nothing is in force
    "#]],
    );
}

#[test]
fn a_valid_platform_of_another_name_is_in_force() {
    let today = fleet(&[("calco", plain("calco"))]);
    let accepted = Accepted { platform: Some(PLATFORM.replace("lecco", "como")), members: [].into() };
    let result = validated(&today, &accepted);
    assert_eq!(result.desired.unwrap().name().as_str(), "lecco");
    assert!(result.platform_accepted);
}

/// A fleet whose members are pinned to other documents than `today`'s, and what it says.
#[track_caller]
fn check_pinned(today: &[(&str, String)], pins: &[(&str, String, &str)], ended: &[&str], expected: &Expect) {
    let mut snapshot = fleet(today);
    let pins = pins.iter().map(|(name, text, replaces)| {
        let pin = Pin {
            text: text.clone(),
            commit: Some("1a2b3c4d5e6f".repeat(4)[..40].to_owned()),
            replaces: campanile_plan::docker::sha256(replaces.as_bytes()),
            since: NOON.parse().unwrap(),
        };
        (name.parse().unwrap(), pin)
    });
    let found: Vec<String> = snapshot.pin(&pins.collect()).iter().map(ToString::to_string).collect();
    assert_eq!(found, ended);
    shown(&snapshot, &Accepted::default(), expected);
}

#[test]
fn a_pinned_member_has_its_earlier_document() {
    let earlier = member("calco", "campanile/site:7", "");
    check_pinned(
        &[("calco", plain("calco")), ("dorio", plain("dorio"))],
        &[("calco", earlier, &plain("calco"))],
        &[],
        &expect![[r#"
            calco: Change comune.calco.test campanile/site:7
            dorio: Change comune.dorio.test campanile/site:1
            calco: rolled back on 2026-11-22 to the document of commit 1a2b3c4d5e6f
        "#]],
    );
}

#[test]
fn a_new_commit_ends_a_pin() {
    let earlier = member("calco", "campanile/site:7", "");
    check_pinned(
        &[("calco", member("calco", "campanile/site:9", ""))],
        &[("calco", earlier.clone(), &plain("calco")), ("gone", earlier, &plain("gone"))],
        &["calco", "gone"],
        &expect![[r#"
            calco: Change comune.calco.test campanile/site:9
        "#]],
    );
}

#[test]
fn a_pinned_document_with_problems_is_told_from_the_one_in_git() {
    let earlier = plain("calco").replace("comune.calco.test", "comune.dorio.test");
    check_pinned(
        &[("calco", plain("calco")), ("dorio", plain("dorio"))],
        &[("calco", earlier, &plain("calco"))],
        &[],
        &expect![[r#"
            members/calco.yaml:6:18: in the document of commit 1a2b3c4d5e6f, to which calco was rolled back: the domain comune.dorio.test is also claimed by dorio (members/dorio.yaml:6); use another name, or remove it there first
            members/calco.yaml:9:13: in the document of commit 1a2b3c4d5e6f, to which calco was rolled back: the host www.comune.dorio.test is also claimed by dorio (members/dorio.yaml:9); use another name, or remove it there first
            members/calco.yaml:9:36: in the document of commit 1a2b3c4d5e6f, to which calco was rolled back: the host comune.dorio.test is also claimed by dorio (members/dorio.yaml:9); use another name, or remove it there first
            members/dorio.yaml:6:18: the domain comune.dorio.test is also claimed by calco (members/calco.yaml:6); use another name, or remove it there first
            members/dorio.yaml:9:13: the host www.comune.dorio.test is also claimed by calco (members/calco.yaml:9); use another name, or remove it there first
            members/dorio.yaml:9:36: the host comune.dorio.test is also claimed by calco (members/calco.yaml:9); use another name, or remove it there first
            calco: left alone
            dorio: left alone
            calco: rolled back on 2026-11-22 to the document of commit 1a2b3c4d5e6f
            doubt: members/calco.yaml was never valid, and may be anybody's
            doubt: members/dorio.yaml was never valid, and may be anybody's
        "#]],
    );
}

#[test]
fn what_cannot_be_read_ends_no_pin() {
    let pin =
        Pin { text: plain("calco"), commit: None, replaces: String::new(), since: NOON.parse().unwrap() };
    let pins = [("calco".parse().unwrap(), pin)].into();
    let mut snapshot = fleet(&[]);
    snapshot.doubts.push("members/ cannot be read".to_owned());
    assert_eq!(snapshot.pin(&pins), []);
    let why =
        Unreadable { message: "it is a symbolic link".to_owned(), remedy: "commit the file".to_owned() };
    snapshot.files.insert("members/calco.yaml".to_owned(), Err(why));
    snapshot.doubts.clear();
    assert_eq!(snapshot.pin(&pins), []);
    snapshot.files.remove("members/calco.yaml");
    assert_eq!(snapshot.pin(&pins).len(), 1);
}
