//! Conditions as text: what `status` says of a member while a version comes, fails, or is rolled back.

use std::collections::BTreeMap;

use campanile_plan::docker::{Answer, ContainerState, HealthState, ObservedContainer};
use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{Desired, Pinned};
use campanile_plan::plan::Plan;
use campanile_plan::report::{Audited, Facts, Said, Status, report};
use campanile_tests::fleets::desired;
use campanile_tests::world::World;
use expect_test::{Expect, expect};
use jiff::SignedDuration;

use super::{SITE, fleet};

/// The conditions of calco, a line each; all of the site's hosts answer.
pub fn conditions(world: &World, fleet: &Desired, failures: &[(&str, &str)]) -> String {
    told(world, fleet, failures, &BTreeMap::new())
}

/// The same, with what an audit said.
fn told(
    world: &World,
    fleet: &Desired,
    failures: &[(&str, &str)],
    audits: &BTreeMap<MemberName, Audited>,
) -> String {
    let plan = world.plan(fleet);
    let hosts = fleet.members.values().flat_map(|member| member.spec.hosts());
    let answers = hosts.map(|host| (host.value.clone(), Answer::Status(200))).collect();
    let shown = fleet.members.iter().flat_map(|(name, member)| {
        let leaf = world.observed.certificates.get(name).map(|certificate| certificate.leaf.clone());
        member.spec.hosts().filter_map(move |host| Some((host.value.clone(), leaf.clone()?)))
    });
    let shown = shown.collect();
    let failures = failures.iter().map(|(lane, why)| ((*lane).to_owned(), (*why).to_owned())).collect();
    let facts = Facts {
        desired: fleet,
        observed: &world.observed,
        plan: &plan,
        problems: &[],
        failures: &failures,
        answers: &answers,
        shown: &shown,
        audits,
        now: world.now,
    };
    let [member] = report(&facts).try_into().unwrap();
    let lines = member
        .conditions
        .iter()
        .map(|it| format!("{} {:?} {} {}", it.kind, it.status, it.reason, it.message));
    let lines: Vec<String> = lines.map(|line| line.trim_end().to_owned()).collect();
    format!("ready: {}\n{}\n", member.ready, lines.join("\n"))
}

/// The version that calco's site goes to, as somebody left it so many seconds after it was made.
#[track_caller]
fn check(seconds: i64, happens: impl FnOnce(&mut ObservedContainer), expected: &Expect) {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(&fleet(&[("calco", SITE, "")])));
    let older: Vec<String> = world.engine("main").containers.keys().cloned().collect();
    let after = desired(&fleet(&[("calco", "campanile/site:2", "")]));
    world.apply(&world.plan(&after));
    let mut containers = world.engine("main").containers.iter_mut();
    happens(containers.find(|(name, _)| !older.contains(name)).unwrap().1);
    world.now += SignedDuration::from_secs(seconds);
    expected.assert_eq(&conditions(&world, &after, &[]));
}

#[test]
fn a_version_that_serves() {
    let mut world = World::empty(&["main"]);
    let fleet = desired(&fleet(&[("calco", SITE, "")]));
    world.converge(&fleet);
    expect![[r#"
        ready: true
        DocumentValid True Valid
        EngineReachable True Reached on main
        WorkloadsReady True Ready 1 ready
        Progressing True Complete
        CertificateReady True Valid until 2027-02-20
        CertificateServed True Shown 2 hosts show it
        SiteServed True Served 2 hosts answer
        UpToDate True AsDeclared
    "#]]
    .assert_eq(&conditions(&world, &fleet, &[]));
}

#[test]
fn a_version_that_starts() {
    check(
        59,
        |it| it.answer = Some(Answer::Status(502)),
        &expect![[r#"
            ready: false
            DocumentValid True Valid
            EngineReachable True Reached on main
            WorkloadsReady True OlderServes an older version serves, since the new one is not ready: site
            Progressing True NewVersionStarts site: lecco.calco.site.ef0a76b4: http://10.1.158.115:8080/ answers 502; the version before serves
            CertificateReady True Valid until 2027-02-20
            CertificateServed True Shown 2 hosts show it
            SiteServed True Served 2 hosts answer
            UpToDate False Waiting container lecco.calco.site.ef0a76b4, until site is ready: http://10.1.158.115:8080/ answers 502
        "#]],
    );
}

#[test]
fn a_version_that_never_answers() {
    check(
        60,
        |it| it.answer = Some(Answer::Status(502)),
        &expect![[r#"
            ready: false
            DocumentValid True Valid
            EngineReachable True Reached on main
            WorkloadsReady True OlderServes an older version serves, since the new one is not ready: site
            Progressing False NewVersionFails site: lecco.calco.site.ef0a76b4: http://10.1.158.115:8080/ answers 502; the version before serves
            CertificateReady True Valid until 2027-02-20
            CertificateServed True Shown 2 hosts show it
            SiteServed True Served 2 hosts answer
            UpToDate False Waiting container lecco.calco.site.ef0a76b4, until site is ready: http://10.1.158.115:8080/ answers 502
        "#]],
    );
}

#[test]
fn a_version_that_crashes() {
    let crash = |it: &mut ObservedContainer| {
        it.state = ContainerState::Restarting;
        it.status = "Restarting (1) 4 seconds ago".to_owned();
        it.answer = None;
    };
    check(
        5,
        crash,
        &expect![[r#"
            ready: false
            DocumentValid True Valid
            EngineReachable True Reached on main
            WorkloadsReady True OlderServes an older version serves, since the new one is not ready: site
            Progressing False NewVersionFails site: lecco.calco.site.ef0a76b4: it ends again and again: Restarting (1) 4 seconds ago; the version before serves
            CertificateReady True Valid until 2027-02-20
            CertificateServed True Shown 2 hosts show it
            SiteServed True Served 2 hosts answer
            UpToDate False Waiting container lecco.calco.site.ef0a76b4, until site stays up: it ends again and again: Restarting (1) 4 seconds ago
        "#]],
    );
}

#[test]
fn a_version_whose_health_command_fails() {
    check(
        5,
        |it| it.health = Some(HealthState::Unhealthy),
        &expect![[r#"
            ready: false
            DocumentValid True Valid
            EngineReachable True Reached on main
            WorkloadsReady True OlderServes an older version serves, since the new one is not ready: site
            Progressing False NewVersionFails site: lecco.calco.site.ef0a76b4: its health command fails; the version before serves
            CertificateReady True Valid until 2027-02-20
            CertificateServed True Shown 2 hosts show it
            SiteServed True Served 2 hosts answer
            UpToDate False Waiting container lecco.calco.site.ef0a76b4, until site is ready: its health command fails
        "#]],
    );
}

#[test]
fn a_version_that_somebody_froze() {
    let freeze = |it: &mut ObservedContainer| {
        it.state = ContainerState::Paused;
        it.answer = None;
    };
    check(
        5,
        freeze,
        &expect![[r#"
            ready: false
            DocumentValid True Valid
            EngineReachable True Reached on main
            WorkloadsReady True OlderServes an older version serves, since the new one is not ready: site
            Progressing False Blocked site: lecco.calco.site.ef0a76b4: it is paused; the version before serves
            CertificateReady True Valid until 2027-02-20
            CertificateServed True Shown 2 hosts show it
            SiteServed True Served 2 hosts answer
            UpToDate False Blocked container lecco.calco.site.ef0a76b4: it is paused; run docker unpause lecco.calco.site.ef0a76b4
        "#]],
    );
}

#[test]
fn a_first_version_that_crashes() {
    let mut world = World::empty(&["main"]);
    let fleet = desired(&fleet(&[("calco", SITE, "")]));
    world.apply(&world.plan(&fleet));
    let mut containers = world.engine("main").containers.iter_mut();
    let site = containers.find(|(name, _)| name.contains(".site.")).unwrap().1;
    site.state = ContainerState::Restarting;
    site.status = "Restarting (1) 4 seconds ago".to_owned();
    site.answer = None;
    expect![[r#"
        ready: false
        DocumentValid True Valid
        EngineReachable True Reached on main
        WorkloadsReady False NotReady site: lecco.calco.site.c66f05fe: it ends again and again: Restarting (1) 4 seconds ago
        Progressing False NewVersionFails site: lecco.calco.site.c66f05fe: it ends again and again: Restarting (1) 4 seconds ago; no version serves
        CertificateReady False NotReady its hosts have no certificate
        CertificateServed False NoCertificate there is none to show
        SiteServed True Served 2 hosts answer
        UpToDate False ChangesPlanned 1 steps to do
    "#]].assert_eq(&conditions(&world, &fleet, &[]));
}

/// What is said where the next version is not there yet.
#[track_caller]
fn check_missing(image: &str, more: &str, failures: &[(&str, &str)], expected: &Expect) {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(&fleet(&[("calco", SITE, "")])));
    let after = desired(&fleet(&[("calco", image, more)]));
    expected.assert_eq(&conditions(&world, &after, failures));
}

#[test]
fn a_version_that_is_still_to_be_made() {
    check_missing(
        "campanile/site:2",
        "",
        &[],
        &expect![[r#"
            ready: false
            DocumentValid True Valid
            EngineReachable True Reached on main
            WorkloadsReady True OlderServes an older version serves, since the new one is not ready: site
            Progressing True NewVersionStarts site: what is declared is not there yet; the version before serves
            CertificateReady True Valid until 2027-02-20
            CertificateServed True Shown 2 hosts show it
            SiteServed True Served 2 hosts answer
            UpToDate False ChangesPlanned 3 steps to do
        "#]],
    );
}

#[test]
fn a_version_whose_image_is_nowhere() {
    let failure = ("main/calco", "pull image campanile/site:2: there is no image campanile/site:2");
    check_missing(
        "campanile/site:2",
        "",
        &[failure],
        &expect![[r#"
            ready: false
            DocumentValid True Valid
            EngineReachable True Reached on main
            WorkloadsReady True OlderServes an older version serves, since the new one is not ready: site
            Progressing False NewVersionFails site: pull image campanile/site:2: there is no image campanile/site:2; the version before serves
            CertificateReady True Valid until 2027-02-20
            CertificateServed True Shown 2 hosts show it
            SiteServed True Served 2 hosts answer
            UpToDate False Failed pull image campanile/site:2: there is no image campanile/site:2
        "#]],
    );
}

#[test]
fn a_version_that_waits_for_a_person() {
    check_missing(
        SITE,
        "    secrets: [{name: key}]\n",
        &[],
        &expect![[r#"
            ready: false
            DocumentValid True Valid
            EngineReachable True Reached on main
            WorkloadsReady True OlderServes an older version serves, since the new one is not ready: site
            Progressing False Blocked site: secret key: the secret key is not in the folder of secrets; the version before serves
            CertificateReady True Valid until 2027-02-20
            CertificateServed True Shown 2 hosts show it
            SiteServed True Served 2 hosts answer
            UpToDate False Blocked secret key: the secret key is not in the folder of secrets; write it to secrets/calco/key in the state folder, readable by the controller alone (chmod 600)
        "#]],
    );
}

#[test]
fn a_suspended_member_is_left_as_it_is() {
    check_missing(
        "campanile/site:2",
        "  suspend: true\n",
        &[],
        &expect![[r#"
            ready: true
            DocumentValid True Suspended suspended: observed and left as it is
            EngineReachable True Reached on main
            WorkloadsReady True Suspended as they were: site
            Progressing True Suspended left as it is
            CertificateReady True Valid until 2027-02-20
            CertificateServed True Shown 2 hosts show it
            SiteServed True Served 2 hosts answer
            UpToDate True Suspended left as it is
        "#]],
    );
}

#[test]
fn a_member_that_was_rolled_back() {
    let mut world = World::empty(&["main"]);
    let mut fleet = desired(&fleet(&[("calco", SITE, "")]));
    world.converge(&fleet);
    let commit = Some("1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d".to_owned());
    fleet.pinned = BTreeMap::from([("calco".parse().unwrap(), Pinned { commit, since: world.now })]);
    let shown = conditions(&world, &fleet, &[]);
    expect!["DocumentValid True Pinned rolled back on 2026-11-22 to the document of commit 1a2b3c4d5e6f; a new commit that changes members/calco.yaml ends it"].assert_eq(shown.lines().nth(1).unwrap());
    assert_eq!(world.plan(&fleet), Plan::default());
}

#[test]
fn a_certificate_from_the_future_is_issued_anew() {
    let mut world = World::empty(&["main"]);
    let fleet = desired(&fleet(&[("calco", SITE, "")]));
    world.converge(&fleet);
    world.now -= SignedDuration::from_hours(24 * 400);
    expect![[r#"
        certificate/calco
          + issue certificate calco: it is valid from 2026-11-22 on only: the clock went back since it was issued

        Plan: 1 to create, 0 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]].assert_eq(&super::shown(&world.plan(&fleet)));
    world.converge(&fleet);
}

#[test]
fn an_audit_is_told_beside_the_rest_and_makes_nobody_unready() {
    let mut world = World::empty(&["main"]);
    let fleet = desired(&fleet(&[("calco", SITE, "")]));
    world.converge(&fleet);
    let said = |status, reason, message: &str| Said { status, reason, message: message.to_owned() };
    let audited = Audited {
        at: world.now,
        certificate: said(Status::True, "Trusted", "browsers take it"),
        https: said(Status::False, "Misconfigured", "mal configurato: tls-cbc"),
        dns: Some(said(Status::Unknown, "NotTold", "not all could be told")),
        mail: None,
    };
    let audits = BTreeMap::from([("calco".parse().unwrap(), audited)]);
    let shown = |world: &World| {
        let lines = told(world, &fleet, &[], &audits);
        lines.split_inclusive('\n').filter(|line| !line.starts_with("Zone")).collect::<String>()
    };
    expect![[r#"
        ready: true
        DocumentValid True Valid
        EngineReachable True Reached on main
        WorkloadsReady True Ready 1 ready
        Progressing True Complete
        CertificateReady True Valid until 2027-02-20
        CertificateServed True Shown 2 hosts show it
        SiteServed True Served 2 hosts answer
        UpToDate True AsDeclared
        CertificateTrusted True Trusted browsers take it
        HttpsSecure False Misconfigured mal configurato: tls-cbc
        DnsSecure Unknown NotTold not all could be told
    "#]]
    .assert_eq(&shown(&world));
    world.now += SignedDuration::from_hours(80);
    expect![[r#"
        ready: true
        DocumentValid True Valid
        EngineReachable True Reached on main
        WorkloadsReady True Ready 1 ready
        Progressing True Complete
        CertificateReady True Valid until 2027-02-20
        CertificateServed True Shown 2 hosts show it
        SiteServed True Served 2 hosts answer
        UpToDate True AsDeclared
        CertificateTrusted Unknown Old last looked at on 2026-11-22: browsers take it
        HttpsSecure Unknown Old last looked at on 2026-11-22: mal configurato: tls-cbc
        DnsSecure Unknown Old last looked at on 2026-11-22: not all could be told
    "#]]
    .assert_eq(&shown(&world));
}
