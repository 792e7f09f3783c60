//! Every document that the repository shows is valid: those of the demo, those of the documentation, those in its pages.

use std::path::Path;

use campanile_plan::document::values::FilePath;
use campanile_plan::fleet::{Accepted, Snapshot, Validated};
use campanile_tests::fleets::validated;

use super::{files_below, none, read, root};

/// The files of a fleet as a folder of the repository holds them.
fn fleet(folder: &str) -> Snapshot {
    let files = files_below(folder).into_iter().map(|path| {
        let inside = path.strip_prefix(folder).unwrap().trim_start_matches('/').to_owned();
        (inside, Ok(read(&path)))
    });
    Snapshot { files: files.collect(), ..Snapshot::default() }
}

/// Problems of a fleet, as a person would read them.
fn problems(snapshot: &Snapshot) -> Vec<String> {
    let Validated { problems, desired, .. } = validated(snapshot, &Accepted::default());
    let doubts = desired.map(|desired| desired.doubts).unwrap_or_default();
    problems.iter().map(ToString::to_string).chain(doubts).collect()
}

#[test]
fn the_fleet_of_the_demo_is_valid() {
    let fleet = fleet("manifests/fleet");
    none(&problems(&fleet));
    assert_eq!(fleet.files.len(), 35, "34 members and the platform");
}

#[test]
fn demo_clean_knows_the_platform_of_the_demo_and_touches_nothing_where_none_was_made() {
    let snapshot = fleet("manifests/fleet");
    let desired = validated(&snapshot, &Accepted::default()).desired.unwrap();
    let script = read("manifests/demo-clean");
    let label = format!("mine='label=it.campanile.platform={}'\n", desired.name());
    assert!(script.contains(&label), "{label}");

    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("manifests/demo-clean");
    std::fs::create_dir(folder.path().join("manifests")).unwrap();
    std::fs::write(&copy, script).unwrap();
    let run = std::process::Command::new("sh").arg(&copy).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&run.stderr).contains("there is no .demo/ here"), "{run:?}");
}

#[test]
fn the_name_server_of_the_demo_is_the_one_that_its_platform_names() {
    let snapshot = fleet("manifests/fleet");
    let desired = validated(&snapshot, &Accepted::default()).desired.unwrap();
    let dns = desired.platform.spec.dns.as_ref().unwrap();
    let server = dns.server.socket();
    let names: Vec<String> = dns.name_servers.value.iter().map(|server| server.name.to_string()).collect();
    let script = read("manifests/demo-name-server");
    for words in [
        format!("LISTEN_ADDRESS={} --env LISTEN_PORT={} ", server.ip(), server.port()),
        format!("CATALOG_ZONE={} ", dns.catalog.as_ref().unwrap()),
        format!("NAME_SERVERS='{}' ", names.join(" ")),
        format!("/run/keys/{}'", dns.key.name),
    ] {
        assert!(script.contains(&words), "{words}");
    }
    assert!(dns.name_servers.value.iter().all(|other| other.address.socket() == server));
    assert!(script.contains(&format!("key={}\n", in_demo(dns.key.secret_file.as_str()))));
    let objects = script.lines().find_map(|line| line.strip_prefix("name=")).unwrap();
    assert!(!objects.contains('.'), "{objects} could be an object of a platform");
}

#[test]
fn the_issuer_of_the_demo_is_the_one_that_its_platform_names() {
    let snapshot = fleet("manifests/fleet");
    let desired = validated(&snapshot, &Accepted::default()).desired.unwrap();
    let [issuer] = desired.platform.spec.issuers.as_slice() else { panic!("it has one issuer") };
    let script = read("manifests/demo-issuer");
    let ingress = &desired.engines()[0].ingress;
    let file = |path: &Option<FilePath>| {
        in_demo(path.as_ref().unwrap().as_str()).replace("$PWD/.demo/issuer", "$folder")
    };
    for words in [
        format!("\ndirectory={}\n", issuer.directory),
        format!("\"httpPort\": {},", ingress.http.socket().port()),
        format!("-dnsserver {} ", desired.platform.spec.dns.as_ref().unwrap().server),
        format!("\"caaIdentities\": [\"{}\"]", issuer.caa.as_ref().unwrap()),
        format!(
            "state/acme/accounts\" ]; then\n    manifests/demo-daemon stop\n    rm -f \"$demo/state/acme/accounts/{}.\"",
            issuer.name
        ),
        format!("\"{}\"", file(&issuer.root)),
        format!("\"{}\"", file(&issuer.roots)),
    ] {
        assert!(script.contains(&words), "{words}");
    }
    for (name, member) in &desired.members {
        assert_eq!(member.spec.issuer(), issuer.name.value, "{name}");
    }
}

/// Where the demo keeps what its platform's document has in /etc/campanile.
fn in_demo(path: &str) -> String {
    let place = "s|/etc/campanile/|$place/|";
    assert!(read("manifests/demo").contains(place), "{place}");
    path.replacen("/etc/campanile/", "$PWD/.demo/", 1)
}

#[test]
fn the_examples_are_valid() {
    none(&problems(&fleet("docs/examples")));
}

#[test]
fn every_document_in_a_page_is_valid() {
    let pages =
        files_below("").into_iter().filter(|path| Path::new(path).extension().is_some_and(|e| e == "md"));
    let mut findings = Vec::new();
    let mut seen = 0;
    for page in pages {
        for block in documents(&read(&page)) {
            seen += 1;
            findings.extend(problems(&alone(&block)).into_iter().map(|problem| format!("{page}: {problem}")));
        }
    }
    none(&findings);
    assert!(seen > 0, "no page shows a document any more");
}

/// The documents of Campanile in a page's blocks of YAML.
fn documents(page: &str) -> Vec<String> {
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split_once("```"));
    let ours = blocks.filter(|(block, _)| block.lines().any(|line| line.starts_with("apiVersion: ")));
    ours.map(|(block, _)| block.to_owned()).collect()
}

/// A fleet around one document: a platform gets a member, a member the platform of the demo.
fn alone(document: &str) -> Snapshot {
    let name = document.split("name: ").nth(1).and_then(|rest| rest.split([',', '}', '\n', ' ']).next());
    let member = format!("members/{}.yaml", name.unwrap_or("nameless"));
    let files = if document.contains("kind: Platform") {
        let member = campanile_tests::fleets::member("calco", &format!("a/b@sha256:{}", "0".repeat(64)), "");
        [("platform.yaml".to_owned(), document.to_owned()), ("members/calco.yaml".to_owned(), member)]
    } else {
        [("platform.yaml".to_owned(), read("manifests/fleet/platform.yaml")), (member, document.to_owned())]
    };
    Snapshot { files: files.map(|(path, text)| (path, Ok(text))).into(), ..Snapshot::default() }
}

#[test]
fn every_document_names_its_schema() {
    let mut findings = Vec::new();
    for path in ["manifests/fleet", "docs/examples"].into_iter().flat_map(files_below) {
        let text = read(&path);
        let schema = if path.ends_with("/platform.yaml") { "platform.json" } else { "member.json" };
        let named =
            text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
        let there = named.map(|named| root().join(&path).parent().unwrap().join(named));
        if there.as_deref().is_none_or(|there| !there.is_file() || !there.ends_with(schema)) {
            findings.push(format!("{path}: its first line does not lead editors to {schema}"));
        }
    }
    none(&findings);
}
