//! The mail of a domain: its servers, its policies.

use std::net::SocketAddr;

use campanile_audit::facts::Mail;
use campanile_audit::probes::Eyes;
use campanile_audit::probes::mail::{Ports, look_at};

use crate::authority::{Site, root, site, trusting};
use crate::files::{self, Files};
use crate::smtp;
use crate::world::{Signed, World, Zone};

const KEY: &str = "v=DKIM1; k=ed25519; p=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// A domain that does everything right, with one server that does not.
fn good(hash: &str) -> String {
    format!(
        "@ NS ns1.test.\n@ MX 20 mx2\n@ MX 10 mx1\n@ MX 30 gone\nmx1 A NET.10\nmx2 A NET.11\n\
         @ TXT \"v=spf1 mx include:_spf.post.test \" \"-all\"\n@ TXT \"verification=1\"\n\
         _spf TXT \"v=spf1 ip4:192.0.2.0/24 a:mx1.post.test -all\"\n\
         _dmarc TXT \"v=DMARC1; p=reject; sp=quarantine; rua=mailto:d@post.test\"\n\
         default._domainkey TXT \"{KEY}\"\nsecret._domainkey TXT \"{KEY}\"\n\
         _mta-sts TXT \"v=STSv1; id=1\"\nmta-sts A NET.12\n\
         _smtp._tls TXT \"v=TLSRPTv1; rua=mailto:t@post.test\"\n\
         _PORT._tcp.mx1 TLSA 3 1 1 {hash}\nlong TXT {}\n",
        "\"0123456789012345678901234567890123456789012345678901234567890123456789\" ".repeat(40)
    )
}

struct Post {
    world: World,
    eyes: Eyes,
}

async fn post() -> Post {
    let authority = root("Root");
    let mx: Site = site(&authority, &["mx1.post.test"], 1, "", "");
    let web = site(&authority, &["mta-sts.post.test"], 2, "", "");
    let zone =
        |name, records: String, signed| Zone { name, signed, records, second: None, is_second_alone: false };
    let world = World::new(&[
        zone("post.test", good(&mx.key_hash("mx1.post.test")), Signed::Yes),
        zone("null.test", "@ NS ns1.test.\n@ MX 0 .\n@ TXT \"v=spf1 -all\"".to_owned(), Signed::No),
        zone("bare.test", "@ NS ns1.test.\n@ A 192.0.2.1".to_owned(), Signed::No),
        zone(
            "wrong.test",
            format!(
                "@ NS ns1.test.\n@ MX 10 mx1.post.test.\n@ TXT \"v=spf1 include:wrong.test +all\"\n\
                 _dmarc TXT \"v=DMARC1; p=none\"\n_dmarc TXT \"v=DMARC1; p=reject\"\n\
                 x._domainkey TXT \"{KEY}\"\n_mta-sts TXT \"v=STSv1; id=1\""
            ),
            Signed::No,
        ),
    ]);
    let at = |host| SocketAddr::from((world.address(host), world.port()));
    smtp::serve(at(10), "220 mx1.post.test ESMTP", Some(mx.acceptor())).await;
    smtp::serve(at(11), "220-mx2.post.test\r\n220 ESMTP", None).await;
    let policy = "version: STSv1\nmode: enforce\nmx: mx1.post.test\nmx: mx2.post.test\nmax_age: 1000000\n";
    let files =
        Files::from([("/.well-known/mta-sts.txt".to_owned(), ("text/plain", policy.as_bytes().to_vec()))]);
    let listener = tokio::net::TcpListener::bind(at(12)).await.unwrap();
    files::serve(listener, Some(web.acceptor()), files);
    let eyes = world.eyes(trusting(&authority));
    Post { world, eyes }
}

impl Post {
    async fn look(&self, domain: &str) -> Mail {
        self.look_again(domain, None).await
    }

    async fn look_again(&self, domain: &str, yesterday: Option<&Mail>) -> Mail {
        let ports = Ports { smtp: self.world.port(), https: self.world.port() };
        look_at(&self.eyes, domain, ports, yesterday).await
    }
}

#[tokio::test]
async fn a_domain_that_does_it_right() {
    let post = post().await;
    let mail = post.look("post.test").await;
    servers(&mail);
    let spf = mail.spf.known().unwrap();
    assert_eq!((spf.verdict.as_str(), mail.spf_lookups.known()), ("-all", Some(&3)), "{spf:?}");
    assert_eq!(spf.records, ["v=spf1 mx include:_spf.post.test -all"]);
    assert!(spf.problems.is_empty(), "{spf:?}");
    assert!(mail.dkim_exists.is_yes());
    let keys: Vec<_> = mail.dkim.iter().map(|key| (key.selector.as_str(), key.bits)).collect();
    assert_eq!(keys, [("default", Some(256))]);
    let dmarc = mail.dmarc.known().unwrap();
    assert_eq!((dmarc.at.as_str(), dmarc.verdict.as_str()), ("_dmarc.post.test", "reject"));
    let sts = mail.mta_sts.known().unwrap();
    assert_eq!(sts.verdict, "enforce");
    assert_eq!(sts.problems, ["the policy does not name the mail exchanger gone.post.test"]);
    assert_eq!(mail.tls_reporting.known().unwrap().verdict, "mailto:t@post.test");
    // below it, the policy for subdomains counts
    let dmarc = post.look("town.post.test").await.dmarc;
    assert_eq!(dmarc.known().unwrap().verdict, "quarantine");
    by_tcp(&post).await;
    let again = post.look_again("post.test", Some(&mail)).await;
    servers(&again);
    let hellos = |mail: &Mail| mail.exchangers.known().unwrap()[0].tls.as_ref().unwrap().cost.hellos;
    assert!(hellos(&again) * 3 < hellos(&mail), "{} after {}", hellos(&again), hellos(&mail));
}

fn servers(mail: &Mail) {
    let servers = mail.exchangers.known().unwrap();
    let names: Vec<&str> = servers.iter().map(|server| server.host.as_str()).collect();
    assert_eq!(names, ["mx1.post.test", "mx2.post.test", "gone.post.test"]);
    let [first, second, gone] = servers.as_slice() else { panic!() };
    assert!(first.reached.is_yes() && first.starttls.is_yes(), "{first:?}");
    let tls = first.tls.as_ref().unwrap();
    assert!(tls.chains.iter().all(|served| served.chain.trust.trusted), "{tls:?}");
    let dane = first.dane.known().unwrap();
    assert!(dane.secure && dane.fits.is_yes(), "{dane:?}");
    assert!(second.reached.is_yes() && second.starttls.is_no() && second.tls.is_none(), "{second:?}");
    assert!(second.dane.known().unwrap().records.is_empty());
    assert!(gone.reached.is_no() && gone.addresses.is_empty(), "{gone:?}");
}

/// An answer that does not fit into a datagram.
async fn by_tcp(post: &Post) {
    use campanile_audit::probes::resolver::Reply;
    let reply: Reply = {
        let answer = post.eyes.resolver.query("long.post.test", "TXT".parse().unwrap()).await;
        answer.known().unwrap().clone()
    };
    assert_eq!(reply.texts()[0].len(), 2800);
}

#[tokio::test]
async fn domains_that_say_little_or_what_is_wrong() {
    let post = post().await;
    let null = post.look("null.test").await;
    assert!(null.null_mx && null.exchangers.known().unwrap().is_empty());
    assert_eq!(null.spf.known().unwrap().verdict, "-all");
    let bare = post.look("bare.test").await;
    assert!(!bare.null_mx && bare.exchangers.known().unwrap().is_empty());
    assert!(bare.dkim_exists.is_no() && bare.dkim.is_empty());
    for policy in [&bare.spf, &bare.dmarc, &bare.mta_sts, &bare.tls_reporting] {
        assert!(policy.known().unwrap().records.is_empty());
    }
    let wrong = post.look("wrong.test").await;
    let problems = &wrong.spf.known().unwrap().problems;
    assert_eq!(problems, &["wrong.test includes itself: receivers never come to an end"]);
    assert_eq!(wrong.spf.known().unwrap().verdict, "+all");
    assert_eq!(wrong.dmarc.known().unwrap().records.len(), 2);
    assert!(wrong.dkim_exists.is_yes() && wrong.dkim.is_empty(), "a key is somewhere below");
    let sts = wrong.mta_sts.known().unwrap();
    assert_eq!(sts.problems, ["the policy cannot be fetched: mta-sts.wrong.test has no address"]);
}
