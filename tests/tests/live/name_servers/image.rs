//! The DNS image as a primary: zones by the catalog, signed, kept through every end of a container; what it refuses.

use std::process::Command;

use crate::documents::DNS;
use crate::engine::{docker, endpoint, try_docker, until};
use crate::room::Run;
use crate::servers::{Key, Knot, Server, ask, transfer, update};

const ZONE: &str = "comune.calco.test";

#[test]
fn a_zone_is_made_by_its_catalog_entry_and_outlives_the_container() {
    let mut primary = Knot::primary("image", &[]);
    primary.create(ZONE);
    let anchor = primary.delegation_signer(ZONE);
    // more than a journal keeps apart, so that some are merged
    for number in 1..=40 {
        let change = format!("add host{number}.{ZONE} 60 A 192.0.2.{number}");
        update(primary.address(), Some(primary.key()), ZONE, &[&change]).unwrap();
    }
    for what in ["stopped and started", "killed and started", "a new container"] {
        match what {
            "stopped and started" => primary.stop(),
            "killed and started" => primary.kill(),
            _ => primary.remove_container(),
        }
        primary.start();
        primary.will_serve(ZONE);
        let answer = ask(primary.address(), &format!("host40.{ZONE}"), "A");
        assert_eq!(answer.data(), ["192.0.2.40"], "{what}");
        let records = transfer(primary.address(), Some(primary.key()), ZONE).unwrap();
        assert_eq!(records.iter().filter(|record| record.contains(" IN A ")).count(), 40, "{what}");
        assert_eq!(primary.delegation_signer(ZONE), anchor, "{what}");
    }
    let change = format!("add late.{ZONE} 60 TXT still");
    update(primary.address(), Some(primary.key()), ZONE, &[&change]).unwrap();
    assert_eq!(ask(primary.address(), &format!("late.{ZONE}"), "TXT").data(), ["\"still\""]);
}

#[test]
fn signatures_and_proofs_are_as_the_image_says() {
    let primary = Knot::primary("signing", &[]);
    primary.create(ZONE);
    let keys = ask(primary.address(), ZONE, "DNSKEY");
    assert!(keys.data().iter().all(|key| key.starts_with("257 3 13 ")), "{keys:?}");
    assert_eq!(ask(primary.address(), ZONE, "NSEC3PARAM").data(), ["1 0 0 -"]);
    assert_eq!(ask(primary.address(), ZONE, "CDNSKEY").data(), keys.data());
    let soa = ask(primary.address(), ZONE, "SOA");
    let serial: i64 = soa.data()[0].split(' ').nth(2).unwrap().parse().unwrap();
    let now = jiff::Timestamp::now().as_second();
    assert!((now - 60..=now + 60).contains(&serial), "{soa:?} at {now}");
}

#[test]
fn nobody_without_the_key_transfers_or_changes() {
    let primary = Knot::primary("key", &[]);
    primary.create(ZONE);
    let folder = tempfile::tempdir().unwrap();
    let wrong = Key::new(folder.path(), &primary.key().name);
    let unknown = Key::new(folder.path(), "stranger");
    let change = format!("add www.{ZONE} 60 A 192.0.2.1");
    for (zone, key) in [ZONE, primary.catalog()]
        .iter()
        .flat_map(|zone| [None, Some(&wrong), Some(&unknown)].map(|key| (*zone, key)))
    {
        transfer(primary.address(), key, zone).expect_err("a transfer");
        update(primary.address(), key, zone, &[&change.replace(ZONE, zone)]).expect_err("an update");
    }
    assert_eq!(ask(primary.address(), &format!("www.{ZONE}"), "A").status, "NXDOMAIN");
}

#[test]
fn a_server_that_freezes_answers_afterwards() {
    let mut primary = Knot::primary("freeze", &[]);
    primary.create(ZONE);
    primary.freeze();
    assert_eq!(ask(primary.address(), ZONE, "SOA").status, "no answer");
    primary.thaw();
    primary.will_serve(ZONE);
    primary.stop();
    assert_eq!(ask(primary.address(), ZONE, "SOA").status, "no answer");
    primary.start();
    primary.will_serve(ZONE);
}

#[test]
fn the_secret_is_shown_nowhere() {
    let primary = Knot::primary("secret", &[]);
    primary.create(ZONE);
    let name = "livetest-dns-secret";
    for (what, text) in [
        ("the log", primary.log()),
        ("the container", docker(&["inspect", name])),
        ("a list of its processes", docker(&["top", name, "-eo", "pid,args"])),
    ] {
        assert!(!text.is_empty() && !text.contains(&primary.key().secret()), "{what} shows it: {text}");
    }
}

/// An entry taken out of the catalog purges the zone, and its key with it; this is the way back that the image's page tells.
#[test]
fn a_purged_zone_comes_back_from_a_backup() {
    let primary = Knot::primary("backup", &[]);
    primary.create(ZONE);
    let anchor = primary.delegation_signer(ZONE);
    let change = format!("add www.{ZONE} 60 A 192.0.2.1");
    update(primary.address(), Some(primary.key()), ZONE, &[&change]).unwrap();
    let knotc = |arguments: &str| {
        let line = format!("knotc -b {arguments} +backupdir /var/lib/knot/backup/1 {ZONE}");
        docker(&[
            "exec",
            "livetest-dns-backup",
            "sh",
            "-c",
            &format!("mkdir -p /var/lib/knot/backup && {line}"),
        ])
    };
    knotc("zone-backup +nozonefile +journal");

    primary.purge(ZONE);
    primary.create(ZONE);
    assert_ne!(primary.delegation_signer(ZONE), anchor);
    assert_eq!(ask(primary.address(), &format!("www.{ZONE}"), "A").status, "NXDOMAIN");
    let purged = serial(&primary);

    until("the second is over that the serial of the purged zone was made in", || {
        jiff::Timestamp::now().as_second() > i64::from(purged)
    });
    knotc("zone-restore +nozonefile +journal +nocatalog +notimers");
    docker(&["exec", "livetest-dns-backup", "knotc", "-b", "zone-sign", ZONE]);
    assert_eq!(primary.delegation_signer(ZONE), anchor);
    assert_eq!(ask(primary.address(), &format!("www.{ZONE}"), "A").data(), ["192.0.2.1"]);
    assert!(serial(&primary) > purged, "secondaries would not follow");
}

/// A primary that begins anew on an empty volume has other keys; with the copy of the old one it is the old one.
#[test]
fn a_lost_volume_comes_back_from_its_copy() {
    let mut primary = Knot::primary("volume", &[]);
    primary.create(ZONE);
    let change = format!("add www.{ZONE} 60 A 192.0.2.1");
    update(primary.address(), Some(primary.key()), ZONE, &[&change]).unwrap();
    let before = transfer(primary.address(), Some(primary.key()), ZONE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tar = |what: &str, file: &str| {
        let line = format!(
            "docker run --rm --interactive --network none --volume livetest-dns-volume:/var/lib/knot \
             --entrypoint tar {DNS} -C /var/lib/knot {what} {file}"
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).current_dir(folder.path()).env("DOCKER_HOST", endpoint());
        assert!(shell.status().unwrap().success(), "{line}");
    };
    primary.remove_container();
    tar("-c .", ">dns.tar");
    docker(&["volume", "rm", "livetest-dns-volume"]);
    tar("-x", "<dns.tar");
    primary.start();
    primary.will_serve(ZONE);
    assert_eq!(transfer(primary.address(), Some(primary.key()), ZONE).unwrap(), before);
}

fn serial(server: &Knot) -> u32 {
    ask(server.address(), ZONE, "SOA").data()[0].split(' ').nth(2).unwrap().parse().unwrap()
}

#[test]
fn what_is_missing_or_wrong_is_told_in_one_sentence() {
    let whole = "CATALOG_ZONE=catalog.test NAME_SERVERS=ns1.dns.test";
    for (environment, sentence) in [
        ("", "CATALOG_ZONE is not set; it names the catalog zone"),
        ("CATALOG_ZONE=catalog.test", "NAME_SERVERS is not set"),
        ("CATALOG_ZONE=catalog.test ROLE=secondary", "PRIMARY is not set"),
        (
            "CATALOG_ZONE=catalog.test ROLE=hidden",
            "ROLE says 'hidden', which is neither primary nor secondary",
        ),
        ("CATALOG_ZONE=-a NAME_SERVERS=ns1.dns.test", "CATALOG_ZONE says '-a', which is not a domain name"),
        (&format!("{whole} LISTEN_PORT=dns"), "LISTEN_PORT says 'dns', which is not a port"),
        (&format!("{whole} LISTEN_ADDRESS=eth0"), "LISTEN_ADDRESS says 'eth0', which is not an IP address"),
        (
            &format!("{whole} SECONDARIES=ns2.dns.test"),
            "SECONDARIES says 'ns2.dns.test', which is not an address",
        ),
        (whole, "/var/lib/knot cannot be written by user 953"),
    ] {
        let mut arguments = vec!["run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL"];
        arguments.extend(environment.split_whitespace().flat_map(|entry| ["--env", entry]));
        arguments.push(DNS);
        let run: Run =
            Command::new("docker").args(&arguments).env("DOCKER_HOST", endpoint()).output().unwrap().into();
        let run = run.ends(64).says(sentence);
        assert_eq!(run.errors.lines().count(), 1, "{run:?}");
    }
}

#[test]
fn a_key_that_cannot_be_used_is_told_in_one_sentence() {
    let volume = "livetest-dns-unusable";
    let folder = tempfile::tempdir().unwrap();
    let keys = format!("{}:/run/keys:ro", folder.path().display());
    let volumes = format!("{volume}:/var/lib/knot");
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let start = || {
        let mut arguments = vec!["run", "--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp"];
        arguments.extend(["--volume", &keys, "--volume", &volumes, "--cap-drop", "ALL"]);
        arguments.extend(["--env", "CATALOG_ZONE=catalog.test", "--env", "NAME_SERVERS=ns1.dns.test", DNS]);
        try_docker(&arguments).unwrap_err()
    };
    let missing = start();
    std::fs::write(folder.path().join("campanile"), "short and no base64\n").unwrap();
    let unfit = start();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(folder.path().join("campanile"), mode).unwrap();
    let unreadable = start();
    docker(&["volume", "rm", volume]);
    assert!(missing.starts_with("dns: there is no /run/keys/campanile"), "{missing}");
    assert!(unfit.starts_with("dns: /run/keys/campanile does not hold a secret"), "{unfit}");
    assert!(!unfit.contains("short"), "{unfit}");
    assert!(unreadable.starts_with("dns: /run/keys/campanile cannot be read by user 953"), "{unreadable}");
}
