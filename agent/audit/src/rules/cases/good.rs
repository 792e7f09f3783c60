//! A body with whom all is well.

use std::collections::BTreeMap;

use super::{HOST, day, now};
use crate::Answer;
use crate::facts::{
    Caa, Certificate, Chain, Cms, CrossOrigin, Dane, DkimSelector, Dnssec, Domain, End, Endpoint, Exchanger,
    Facts, Hop, KeyKind, Mail, NameServer, OtherName, Page, Policy, Revocation, SecurityTxt, ServedChain,
    SignatureHash, Site, Tls, Trust, VersionFacts, Visit, Web,
};
use crate::registry::{Group, SignatureScheme, Suite, Version};

/// A body with whom all is well.
pub fn good() -> Facts {
    Facts {
        subject: "esempio".into(),
        title: "Comune di Esempio".into(),
        at: now(),
        sites: vec![good_site()],
        domain: Some(good_domain()),
        mail: Some(good_mail()),
    }
}

fn good_site() -> Site {
    let endpoint = |address: &str| Endpoint {
        address: address.parse().unwrap(),
        https: true.into(),
        tls: Some(good_tls(HOST)),
    };
    Site {
        host: HOST.into(),
        port: 443,
        shared_by: 1,
        endpoints: Answer::Known(vec![endpoint("192.0.2.10:443"), endpoint("[2001:db8:1::10]:443")]),
        other_name: Answer::Known(OtherName {
            host: format!("www.{HOST}"),
            resolves: true,
            leads_here: true.into(),
        }),
        web: good_web(),
        cms: Answer::Known(Some(Cms {
            name: "WordPress".into(),
            version: None,
            evidence: vec!["/wp-content/".into()],
            theme: None,
        })),
    }
}

/// TLS 1.2 and 1.3 with nothing but what every profile takes.
pub fn good_tls(name: &str) -> Tls {
    let unspoken = || VersionFacts { offered: false.into(), complete: true, ..VersionFacts::default() };
    let mut versions: BTreeMap<Version, VersionFacts> =
        Version::ALL.map(|version| (version, unspoken())).into();
    let spoken = |suites: &[u32]| VersionFacts {
        offered: true.into(),
        suites: suites.iter().copied().map(Suite).collect(),
        complete: true,
        server_preference: true.into(),
    };
    versions.insert(Version::Tls12, spoken(&[0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8]));
    versions.insert(Version::Tls13, spoken(&[0x1301, 0x1302, 0x1303]));
    Tls {
        versions,
        groups: Answer::Known(vec![Group(29), Group(23), Group(24)]),
        groups_tls13: Answer::Known(vec![Group(4588), Group(29), Group(23), Group(24)]),
        signature_schemes: Answer::Known(vec![SignatureScheme(0x0403)]),
        compression: false.into(),
        secure_renegotiation: true.into(),
        extended_master_secret: true.into(),
        session_tickets: true.into(),
        session_ids: true.into(),
        heartbeat: false.into(),
        alpn: Answer::Known(vec!["h2".into(), "http/1.1".into()]),
        ocsp_staple: false.into(),
        certificate_timestamps: Answer::Known(2),
        chains: vec![ServedChain { by: "ECDSA".into(), chain: good_chain(name) }],
        without_name: Answer::Known(Some(good_chain(name))),
        refuses_other_names: false.into(),
        ..Tls::default()
    }
}

/// A certificate of 90 days by a public authority, and its intermediate.
pub fn good_chain(name: &str) -> Chain {
    let leaf = Certificate {
        sha256: format!("leaf of {name}"),
        key_sha256: format!("key of {name}"),
        serial: "01".into(),
        subject: format!("CN={name}"),
        issuer: "CN=E7,O=Let's Encrypt,C=US".into(),
        authority: "Let's Encrypt".into(),
        names: vec![name.into(), format!("www.{name}")],
        addresses: Vec::new(),
        not_before: day("2026-10-20"),
        not_after: day("2027-01-18"),
        key: KeyKind::Ec,
        key_bits: 256,
        signature_hash: SignatureHash::Sha384,
        is_authority: false,
        is_self_signed: false,
        must_staple: false,
        timestamps: 2,
        crl_urls: vec!["http://e7.c.authority.example/1.crl".into()],
        ocsp_urls: Vec::new(),
        issuer_urls: vec!["http://e7.i.authority.example/".into()],
        key_is_compromised: false.into(),
    };
    let intermediate = Certificate {
        sha256: "intermediate".into(),
        key_sha256: "key of the intermediate".into(),
        subject: leaf.issuer.clone(),
        issuer: "CN=ISRG Root X1,O=Internet Security Research Group,C=US".into(),
        authority: "Internet Security Research Group".into(),
        names: Vec::new(),
        not_before: day("2024-03-13"),
        not_after: day("2027-03-12"),
        key_bits: 384,
        is_authority: true,
        timestamps: 0,
        ..leaf.clone()
    };
    let trust = Trust { trusted: true, diagnoses: Vec::new(), revocation: Revocation::NotRevoked };
    Chain { certificates: vec![leaf, intermediate], trust }
}

/// A hop with its answer.
pub fn hop(url: &str, status: u16, leads_to: Option<&str>) -> Hop {
    Hop { url: url.into(), status, leads_to: leads_to.map(Into::into), ..Hop::default() }
}

/// A way that ends at a page.
pub fn way(hops: Vec<Hop>) -> Answer<Visit> {
    Answer::Known(Visit { hops, end: End::Page })
}

fn good_web() -> Web {
    let secure = format!("https://{HOST}/");
    let headers: BTreeMap<String, Vec<String>> = [
        ("content-type", "text/html; charset=utf-8"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ("content-security-policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
    ]
    .map(|(name, value)| (name.to_owned(), vec![value.to_owned()]))
    .into();
    let end = Hop { headers: headers.clone(), ..hop(&secure, 200, None) };
    Web {
        plain: way(vec![hop(&format!("http://{HOST}/"), 301, Some(&secure)), end.clone()]),
        secure: way(vec![end]),
        page: Answer::Known(Page {
            url: secure,
            status: 200,
            headers,
            title: "Comune di Esempio".into(),
            sha256: "page".into(),
            marked_links: BTreeMap::from([
                ("accessibility-link".into(), "https://form.agid.gov.it/view/1234".into()),
                ("privacy-policy-link".into(), format!("https://{HOST}/privacy")),
            ]),
            theme_version: Some("1.3.0".into()),
            ..Page::default()
        }),
        says_not_found: true.into(),
        security_txt: Answer::Known(Some(SecurityTxt {
            contacts: vec!["mailto:sicurezza@esempio.test".into()],
            expires: Some(day("2027-06-01")),
            problems: Vec::new(),
        })),
        robots_allows: true.into(),
        compression: Answer::Known(Some("gzip".into())),
        http_versions: vec!["http/1.1".into(), "h2".into()],
        preloaded: false.into(),
        cross_origin: Answer::Known(CrossOrigin::Closed),
    }
}

fn good_domain() -> Domain {
    let server = |name: &str, addresses: [&str; 2]| NameServer {
        name: name.into(),
        addresses: addresses.map(|address| address.parse().unwrap()).to_vec(),
        serial: Answer::Known(2_026_112_401),
        recursive: false.into(),
    };
    Domain {
        name: HOST.into(),
        zone: Answer::Known(HOST.into()),
        name_servers: Answer::Known(vec![
            server("ns1.servizi.test", ["192.0.2.53", "2001:db8:1::53"]),
            server("ns2.servizi.test", ["198.51.100.53", "2001:db8:2::53"]),
        ]),
        delegated_to: Answer::Known(vec!["ns1.servizi.test".into(), "ns2.servizi.test".into()]),
        dnssec: Answer::Known(Dnssec::Secure),
        caa: Answer::Known(vec![Caa {
            at: HOST.into(),
            flags: 0,
            tag: "issue".into(),
            value: "letsencrypt.org".into(),
        }]),
        hosts_with_ipv6: Answer::Known(vec![HOST.into()]),
        hosts_without_ipv6: Answer::Known(Vec::new()),
    }
}

fn good_mail() -> Mail {
    let policy = |at: &str, record: &str, verdict: &str| {
        Answer::Known(Policy {
            at: at.into(),
            records: vec![record.into()],
            verdict: verdict.into(),
            ..Policy::default()
        })
    };
    Mail {
        domain: HOST.into(),
        exchangers: Answer::Known(vec![Exchanger {
            preference: 10,
            host: "mx.servizi.test".into(),
            addresses: vec!["192.0.2.25".parse().unwrap(), "2001:db8:1::25".parse().unwrap()],
            reached: true.into(),
            starttls: true.into(),
            tls: Some(good_tls("mx.servizi.test")),
            dane: Answer::Known(Dane { records: vec!["3 1 1 00".into()], secure: true, fits: true.into() }),
        }]),
        null_mx: false,
        spf: policy(HOST, "v=spf1 mx -all", "-all"),
        spf_lookups: Answer::Known(1),
        dkim_exists: true.into(),
        dkim: vec![DkimSelector {
            selector: "c2026".into(),
            key: "rsa".into(),
            bits: Some(2048),
            problems: Vec::new(),
        }],
        dmarc: policy(&format!("_dmarc.{HOST}"), "v=DMARC1; p=reject", "reject"),
        mta_sts: policy(&format!("_mta-sts.{HOST}"), "v=STSv1; id=1", "enforce"),
        tls_reporting: policy(&format!("_smtp._tls.{HOST}"), "v=TLSRPTv1; rua=mailto:tls@esempio.test", ""),
    }
}
