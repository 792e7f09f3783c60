//! What a container may do, and whom it reaches.

use serde_json::{Value, json};

use crate::documents::{BASE, ECHO, with_site};
use crate::engine::{docker, try_docker};
use crate::room::{Room, title};

fn inspect(name: &str) -> Value {
    let text = docker(&["inspect", name]);
    let list: Value = serde_json::from_str(&text).unwrap();
    list[0].clone()
}

#[test]
fn a_container_has_its_limits_and_no_more_rights_than_it_needs() {
    let room = Room::new("rights");
    let more = "    volumes: [{name: content, path: /srv/content}]\n    tmpfs: [/tmp, /var/cache]\n";
    room.write_member("barzago", &title("barzago"), more);
    room.apply();
    let name = room.container("barzago", "site");
    let container = inspect(&name);
    let host = &container["HostConfig"];
    for (field, value) in [
        ("CapDrop", json!(["ALL"])),
        ("CapAdd", json!([])),
        ("SecurityOpt", json!(["no-new-privileges"])),
        ("ReadonlyRootfs", json!(true)),
        ("Privileged", json!(false)),
        ("Memory", json!(64 << 20)),
        ("MemorySwap", json!(64 << 20)),
        ("NanoCpus", json!(500_000_000)),
        ("PidsLimit", json!(256)),
        ("RestartPolicy", json!({"Name": "unless-stopped", "MaximumRetryCount": 0})),
        ("LogConfig", json!({"Type": "local", "Config": {"max-size": "10m", "max-file": "3"}})),
        ("PidMode", json!("")),
        ("IpcMode", json!("private")),
        ("PortBindings", json!({})),
        ("Binds", json!(null)),
    ] {
        let empty = |value: &Value| value.is_null() || *value == json!([]) || *value == json!({});
        let there = &host[field];
        assert!(*there == value || empty(there) && empty(&value), "{field} is {there}, and not {value}");
    }
    let folders: Vec<&String> = host["Tmpfs"].as_object().unwrap().keys().collect();
    assert_eq!(folders, ["/tmp", "/var/cache"]);
    assert!(host["Tmpfs"]["/tmp"].as_str().unwrap().contains("noexec,nosuid,nodev,size=64m"));
    let mounts = container["Mounts"].as_array().unwrap();
    let mounts: Vec<[&Value; 3]> =
        mounts.iter().map(|m| ["Type", "Name", "Destination"].map(|f| &m[f])).collect();
    let volume = format!("{}.barzago.content", room.platform);
    assert_eq!(mounts, [[&json!("volume"), &json!(volume), &json!("/srv/content")]]);

    let networks = container["NetworkSettings"]["Networks"].as_object().unwrap();
    let network = format!("{}.barzago", room.platform);
    assert_eq!(networks.keys().collect::<Vec<_>>(), [&network]);
    assert_eq!(networks[&network]["IPAddress"], container["Config"]["Labels"]["it.campanile.address"]);
    assert_eq!(docker(&["network", "inspect", "--format", "{{.Internal}}", &network]), "true");
    let refused = try_docker(&["exec", &name, "sh", "-c", "echo >/usr/share/note"]);
    assert!(refused.is_err_and(|why| why.contains("Read-only file system")));
}

#[test]
fn only_egress_opens_a_way_out() {
    let room = Room::with_members("egress", &["barzago"]);
    room.write_member("calco", &title("calco"), "  egress: true\n");
    room.apply();
    let internal = |member: &str| {
        let network = format!("{}.{member}", room.platform);
        docker(&["network", "inspect", "--format", "{{.Internal}}", &network])
    };
    assert_eq!([internal("barzago"), internal("calco")], ["true", "false"]);

    room.write_member("barzago", &title("barzago"), "  egress: true\n");
    room.write_member("calco", &title("calco"), "");
    room.apply();
    assert_eq!([internal("barzago"), internal("calco")], ["false", "true"]);
    room.serves("barzago", &title("barzago"));
    room.serves("calco", &title("calco"));
}

/// What a container reads from a URL, in perl: no image of a site has curl.
fn reads(container: &str, host: &str) -> Result<String, String> {
    let ask = format!(
        "use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => '{host}', PeerPort => 8080, Timeout => 3) \
         or die \"no answer\\n\"; print $s \"GET / HTTP/1.0\\r\\n\\r\\n\"; print while <$s>;"
    );
    try_docker(&["exec", container, "perl", "-e", &ask])
}

#[test]
fn a_service_is_reached_by_name_by_its_own_member_and_by_no_other() {
    let room = Room::with_members("names", &["calco"]);
    let service = format!(
        "    needs: [archive]\n  services:\n    archive:\n      image: {BASE}\n      user: '65534'\n      port: 8080\n      \
         health: {{path: /}}\n      command: {ECHO}\n"
    );
    room.write_member("barzago", &title("barzago"), &service);
    room.apply();
    let [site, archive] = ["site", "archive"].map(|workload| room.container("barzago", workload));
    let stranger = room.container("calco", "site");
    let answer = reads(&site, "archive").unwrap();
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");

    let address =
        docker(&["inspect", "--format", "{{index .Config.Labels \"it.campanile.address\"}}", &archive]);
    assert!(reads(&site, &address).is_ok());
    for host in ["archive", archive.as_str(), address.as_str()] {
        let reached = reads(&stranger, host);
        assert!(reached.is_err(), "another member reached {host}: {reached:?}");
    }
    assert!(room.try_get("archive.comune.barzago.test", "/").is_err(), "nor does the ingress lead there");
    let started = |name: &str| docker(&["inspect", "--format", "{{.State.StartedAt}}", name]);
    assert!(started(&archive) < started(&site), "what is needed starts first");
}

#[test]
fn a_member_of_another_site_cannot_read_the_volume_of_the_same_name() {
    let room = Room::new("volumes");
    let site = format!(
        "    image: {BASE}\n    user: '0'\n    command: [sleep, infinity]\n    \
         volumes: [{{name: content, path: /srv/content}}]\n"
    );
    for name in ["barzago", "calco"] {
        room.write(&format!("members/{name}.yaml"), with_site(name, &site));
    }
    room.apply();
    docker(&["exec", &room.container("barzago", "site"), "sh", "-c", "echo nostro >/srv/content/note"]);
    assert_eq!(docker(&["exec", &room.container("calco", "site"), "ls", "/srv/content"]), "");
}
