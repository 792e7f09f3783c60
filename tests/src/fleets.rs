//! Fleets of any size, as the files that a sysadmin would have written.

use campanile_plan::fleet::{Accepted, Desired, Snapshot, Validated, parse, validate};

/// The platform's document, with one engine and a range for 65,536 members.
pub const PLATFORM: &str = "\
apiVersion: campanile.it/v1alpha1
kind: Platform
metadata: {name: lecco}
spec:
  engines:
    - name: main
      endpoint: unix:///var/run/docker.sock
      range: 10.0.0.0/12
      ingress: {image: 'campanile/ingress:1', http: 127.0.0.1:8080, https: 127.0.0.1:8443}
";

/// A name server for the platform.
const DNS: &str = "  dns:
    server: 127.0.0.1:5300
    key: {name: campanile, secretFile: /etc/campanile/tsig.key}
    nameServers:
      - {name: ns1.cst.test, address: 127.0.0.1:5300}
    catalog: catalog.test
";

/// A second engine for the platform, in its own range.
const SECOND: &str = "    - name: valle
      endpoint: unix:///run/valle.sock
      range: 10.16.0.0/12
      ingress: {image: 'campanile/ingress:1', http: 127.0.0.1:8080, https: 127.0.0.1:8443}
";

/// A member with a site; `more` is added to its spec, indented by two.
pub fn member(name: &str, image: &str, more: &str) -> String {
    format!(
        "\
apiVersion: campanile.it/v1alpha1
kind: Member
metadata: {{name: {name}}}
spec:
  title: Comune di {name}
  domain: {{name: comune.{name}.test}}
  site:
    image: {image}
    hosts: [www.comune.{name}.test, comune.{name}.test]
    port: 8080
    environment: {{SITE_TITLE: Comune di {name}}}
{more}"
    )
}

/// The files of a fleet.
pub fn snapshot<'a>(members: impl IntoIterator<Item = (&'a str, String)>) -> Snapshot {
    let members = members.into_iter().map(|(name, text)| (format!("members/{name}.yaml"), Ok(text)));
    let platform = ("platform.yaml".to_owned(), Ok(PLATFORM.to_owned()));
    Snapshot { files: members.chain([platform]).collect(), ..Snapshot::default() }
}

/// The same files, with a second engine named `valle`.
pub fn with_second_engine(mut snapshot: Snapshot) -> Snapshot {
    snapshot.files.insert("platform.yaml".to_owned(), Ok(format!("{PLATFORM}{SECOND}")));
    snapshot
}

/// The same files, with a name server, and an address for the hosts.
pub fn with_dns(mut snapshot: Snapshot) -> Snapshot {
    let platform = PLATFORM.replace("127.0.0.1:8443}", "127.0.0.1:8443, addresses: [192.0.2.10]}");
    snapshot.files.insert("platform.yaml".to_owned(), Ok(format!("{platform}{DNS}")));
    snapshot
}

/// A fleet of so many members, every tenth with a volume and a database beside its site.
pub fn generated(count: usize) -> Snapshot {
    let members: Vec<(String, String)> = (0..count)
        .map(|n| {
            let more = if n % 10 == 0 {
                "    needs: [database]\n  services:\n    database:\n      image: registry.test/database:1\n      \
                 volumes: [{name: data, path: /var/lib/data}]\n"
            } else {
                ""
            };
            let name = format!("m{n}");
            let text = member(&name, "campanile/site:1", more);
            (name, text)
        })
        .collect();
    snapshot(members.iter().map(|(name, text)| (name.as_str(), text.clone())))
}

/// Parses and validates files that have nothing wrong with them, nothing having been accepted before.
///
/// # Panics
/// When something is wrong with them after all.
pub fn desired(snapshot: &Snapshot) -> Desired {
    let Validated { desired, problems, .. } = validated(snapshot, &Accepted::default());
    assert!(problems.is_empty(), "{problems:#?}");
    desired.unwrap_or_else(|| panic!("the platform is valid"))
}

/// Parses and validates files.
pub fn validated(snapshot: &Snapshot, accepted: &Accepted) -> Validated {
    validate(parse(snapshot), accepted)
}
