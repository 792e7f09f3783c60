//! BIND as a primary: signs, gives its zones and takes changes by key alone.

use crate::engine::until;
use crate::servers::{Bind, Key, NAME_SERVERS, Server, ask, transfer, update};

const ZONE: &str = "comune.casargo.test";
const WWW: &str = "www.comune.casargo.test";

#[test]
fn bind_gives_and_changes_its_zones_by_key() {
    let mut server = Bind::primary(&[(ZONE, "www 60 A 192.0.2.1"), ("comune.dervio.test", "")]);
    let address = server.address();
    assert_eq!(ask(address, ZONE, "NS").data(), NAME_SERVERS.map(|name| format!("{name}.")));
    let records = transfer(address, Some(server.key()), ZONE).unwrap();
    assert!(records.contains(&format!("{WWW}. 60 IN A 192.0.2.1")), "{records:#?}");
    update(address, Some(server.key()), ZONE, &[&format!("add {WWW} 60 A 192.0.2.2")]).unwrap();
    let answer = ask(address, WWW, "A");
    assert_eq!((answer.data(), answer.signed), (vec!["192.0.2.1", "192.0.2.2"], true));

    let folder = tempfile::tempdir().unwrap();
    let wrong = Key::new(folder.path(), &server.key().name);
    for key in [None, Some(&wrong)] {
        transfer(address, key, ZONE).expect_err("a transfer");
        update(address, key, ZONE, &[&format!("delete {WWW} A")]).expect_err("an update");
    }

    server.kill();
    server.start();
    until("what was changed before it was killed is there", || ask(address, WWW, "A") == answer);
    server.freeze();
    assert_eq!(ask(address, WWW, "A").status, "no answer");
    server.thaw();
    until("it answers again", || ask(address, WWW, "A").status == "NOERROR");
    assert!(server.log().contains("running"), "{}", server.log());
}
