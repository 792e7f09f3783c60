//! nginx in the set-ups that municipalities have.

use campanile_audit::registry::Version;

use crate::looks::{names, suites, tls, versions};
use crate::street::{self, INTERMEDIATE};

#[tokio::test]
async fn intermediate() {
    let server = street::nginx(INTERMEDIATE);
    let tls = tls(server.address).await;
    println!("{}", serde_json::to_string_pretty(&tls).unwrap());
    assert_eq!(versions(&tls), "TLS 1.2, TLS 1.3");
    println!("{:?}", suites(&tls, Version::Tls12));
    println!("{:?}", names(&tls.groups));
    let server = street::nginx(street::OLD);
    let tls = crate::looks::tls(server.address).await;
    println!("{}", serde_json::to_string_pretty(&tls).unwrap());
}
