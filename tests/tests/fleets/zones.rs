//! What a platform says of zones.

use campanile_tests::fleets::with_dns;
use expect_test::expect;

use super::{check, fleet, plain};

#[test]
fn a_start_of_zones_that_secondaries_could_not_keep() {
    let mut files = with_dns(fleet(&[("calco", plain("calco"))]));
    let Some(Ok(platform)) = files.files.get_mut("platform.yaml") else { panic!("it has a platform") };
    platform
        .push_str("    soa: {contact: ops@cst.test, refresh: 4h, retry: 30s, expire: 61d, minimum: 8d}\n");
    let wrong = files.clone();
    check(
        &[],
        &wrong,
        &expect![[r#"
        platform.yaml:16:20: "ops@cst.test" is not a contact; write one address of e-mail, such as mailto:ops@provincia.example
        platform.yaml:16:54: "30s" is not a time for name servers to wait; write seconds, or 15m, 6h, 14d; from 1m to 60d
        platform.yaml:16:67: "61d" is not a time for name servers to wait; write seconds, or 15m, 6h, 14d; from 1m to 60d
        platform.yaml:16:81: "8d" is not a life of a record; write seconds, or 5m, 1h, 1d; at most 7d
        nothing is in force
    "#]],
    );
    let Some(Ok(platform)) = files.files.get_mut("platform.yaml") else { panic!("it has a platform") };
    *platform = platform.replace(
        "contact: ops@cst.test, refresh: 4h, retry: 30s, expire: 61d, minimum: 8d",
        "contact: 'mailto:ops@cst', refresh: 4h, retry: 15m, expire: 4h",
    );
    check(
        &[],
        &files,
        &expect![[r#"
            platform.yaml:16:20: mailto:ops@cst cannot be written as a domain name; write at most 63 characters before the @, and a domain after it
            platform.yaml:16:71: secondaries would give a zone up after 14400 s, before they asked a second time; write more than refresh and retry together, which are 15300 s
            nothing is in force
        "#]],
    );
}
