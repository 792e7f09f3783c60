//! What is imported, as text, and the law: any zone, said and read again, is the same zone.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

const ZONE: &str = "comune.calco.test";

fn zone() -> DomainName {
    ZONE.parse().unwrap()
}

fn records(lines: &[(&str, u32, &str, &str)]) -> Records {
    let mut records = Records::new();
    for (name, ttl, kind, value) in lines {
        let kind = Kind::named(kind).unwrap();
        let data = Data::parse(kind, value, &zone()).unwrap_or_else(|why| panic!("{value}: {why}"));
        let key = (Owner::under(name, &zone()), kind);
        records.entry(key).or_insert_with(|| RrSet { ttl: *ttl, data: [].into() }).data.insert(data);
    }
    records
}

fn imported(there: &Records, implied: &Records) -> Imported {
    let found = Found { zone: &zone(), records: there, is_signed: false, implied, ttl: Ttl::HOUR };
    import(&found, Vec::new())
}

/// What a document with this section declares.
fn read(section: &str) -> Records {
    let text = format!(
        "apiVersion: campanile.it/v1alpha1\nkind: Member\nmetadata: {{name: calco}}\nspec:\n  title: Calco\n{section}"
    );
    let member: crate::document::Member = crate::document::parse("members/calco.yaml", &text).unwrap();
    let mut report = Report::about("");
    let records = declared(&member.spec.domain, Ttl::HOUR, &mut report);
    assert_eq!(report.into_problems(), [], "{section}");
    records
}

#[track_caller]
fn check(there: &[(&str, u32, &str, &str)], implied: &[(&str, u32, &str, &str)], expected: &Expect) {
    let Imported { section, unsaid, added } = imported(&records(there), &records(implied));
    read(&section);
    let unsaid = unsaid.iter().map(|unsaid| format!("! {unsaid}\n"));
    let added = added.iter().map(|added| format!("+ {added}\n"));
    // the first line is for expect-test, which takes away what all lines are indented by
    expected.assert_eq(
        &std::iter::once(format!("spec:\n{section}")).chain(unsaid).chain(added).collect::<String>(),
    );
}

#[test]
fn every_type_as_people_write_it() {
    check(
        &[
            ("@", 3600, "A", "192.0.2.1"),
            ("@", 3600, "AAAA", "2001:db8::1"),
            ("@", 300, "MX", "10 mail"),
            ("@", 300, "MX", "20 mail.example.test."),
            ("@", 3600, "TXT", "\"v=spf1 mx -all\""),
            ("@", 3600, "TXT", "\"it's \\\"quoted\\\"; 1\""),
            ("@", 3600, "CAA", "0 issue \"letsencrypt.org\""),
            ("odd", 3600, "TXT", "\"one\" \"two\""),
            ("odd2", 3600, "TXT", "\"\\\"begins so\""),
            ("odd3", 3600, "TXT", "\"line\\010break\""),
            ("*.app", 3600, "CNAME", "@"),
            ("www", 3600, "CNAME", "other.example.test."),
            ("_sip._tcp", 3600, "SRV", "0 5 5060 sip"),
            ("sub", 3600, "CNAME", "mail.test.comune.calco.test."),
            ("_443._tcp.www2", 3600, "TLSA", "3 1 1 00ff"),
            ("host", 3600, "SSHFP", "4 2 00ff"),
            ("svc", 3600, "HTTPS", "1 @ alpn=h2"),
            ("svc", 3600, "SVCB", "1 . alpn=h2"),
            ("10", 60, "PTR", "host"),
            ("scuola", 3600, "NS", "ns1.scuola"),
        ],
        &[],
        &expect![[r#"
            spec:
              domain:
                name: comune.calco.test
                policy: own
                records:
                  - {name: '@', type: A, value: 192.0.2.1}
                  - {name: '@', type: MX, value: [10 mail, 20 mail.example.test.], ttl: 300}
                  - {name: '@', type: TXT, value: ['v=spf1 mx -all', 'it''s "quoted"; 1']}
                  - {name: '@', type: AAAA, value: '2001:db8::1'}
                  - {name: '@', type: CAA, value: '0 issue "letsencrypt.org"'}
                  - {name: '*.app', type: CNAME, value: '@'}
                  - {name: '10', type: PTR, value: host, ttl: 60}
                  - {name: _443._tcp.www2, type: TLSA, value: 3 1 1 00FF}
                  - {name: _sip._tcp, type: SRV, value: 0 5 5060 sip}
                  - {name: host, type: SSHFP, value: 4 2 00FF}
                  - {name: odd, type: TXT, value: '"one" "two"'}
                  - {name: odd2, type: TXT, value: '"\"begins so"'}
                  - {name: odd3, type: TXT, value: '"line\010break"'}
                  - {name: scuola, type: NS, value: ns1.scuola}
                  - {name: sub, type: CNAME, value: mail.test.comune.calco.test.}
                  - {name: svc, type: SVCB, value: '1 . alpn=h2'}
                  - {name: svc, type: HTTPS, value: '1 @ alpn=h2'}
                  - {name: www, type: CNAME, value: other.example.test.}
        "#]],
    );
}

#[test]
fn what_follows_is_left_out_unless_it_differs() {
    let implied = [
        ("@", 3600, "NS", "ns1.cst.test."),
        ("@", 3600, "A", "192.0.2.10"),
        ("www", 3600, "A", "192.0.2.10"),
        ("new", 3600, "A", "192.0.2.10"),
    ];
    check(
        &[
            ("@", 3600, "NS", "ns1.cst.test."),
            ("@", 3600, "A", "192.0.2.10"),
            ("www", 3600, "A", "192.0.2.99"),
            ("_campanile", 3600, "TXT", "platform=lecco"),
            ("_acme-challenge", 60, "TXT", "proof"),
            ("_acme-challenge.www", 60, "CNAME", "elsewhere.test."),
        ],
        &implied,
        &expect![[r#"
            spec:
              domain:
                name: comune.calco.test
                policy: own
                records:
                  - {name: _acme-challenge.www, type: CNAME, value: elsewhere.test., ttl: 60}
                  - {name: www, type: A, value: 192.0.2.99}
            + new A: 192.0.2.10
        "#]],
    );
}

#[test]
fn what_cannot_be_said_is_named() {
    check(
        &[
            ("@", 3600, "NS", "ns1.old.test."),
            ("@", 3600, "TXT", "\"v=spf1 -all\""),
            ("@", 3600, "TXT", "\"v=spf1 mx -all\""),
            ("@", 3600, "NAPTR", "100 10 \"u\" \"sip\" \"!x!y!\" ."),
            ("scuola", 3600, "DS", "1 13 2 00FF"),
            ("scuola", 3600, "NS", "ns1.scuola"),
            ("old", 1_000_000, "A", "192.0.2.1"),
            ("under\\.dot", 3600, "A", "192.0.2.1"),
            ("mail", 3600, "CNAME", "host"),
            ("two", 3600, "MX", "10 mail"),
        ],
        &[("@", 3600, "NS", "ns1.cst.test.")],
        &expect![[r#"
            spec:
              domain:
                name: comune.calco.test
                policy: share
                records:
                  - {name: mail, type: CNAME, value: host}
                  - {name: scuola, type: NS, value: ns1.scuola}
            ! @ NS: the platform's name servers will stand in place of ns1.old.test., once that is released: ns1.cst.test.
            ! @ NAPTR: documents do not know this type
            ! old A: resolvers may keep it for 1000000 s, and documents take a week at most: shorten its ttl first
            ! scuola DS: documents do not know this type
            ! under\.dot A: its name: write letters, digits, hyphens and underscores with dots between them
            ! @ TXT: @ has two SPF records, and receivers take neither (RFC 7208, 4.5); join them to one that begins with v=spf1
            ! two MX: the MX record of two names mail.comune.calco.test, which is a CNAME (RFC 2181, 10.3); name the host that the CNAME leads to
        "#]],
    );
}

fn owners() -> impl Strategy<Value = Owner> {
    let label = prop_oneof!["[a-z0-9_][a-z0-9_-]{0,8}", "[a-z]{63}", r"[a-z]\\\.[a-z]", r"\\03[0-9]x"];
    let labels = prop::collection::vec(label, 0..4).prop_map(|labels| match labels.join(".") {
        none if none.is_empty() => "@".to_owned(),
        some => some,
    });
    let labels = prop_oneof![4 => labels, 1 => Just("*".to_owned()), 1 => Just("yes".to_owned())];
    labels.prop_map(|labels| Owner::under(&labels, &zone()))
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(format!("{ZONE}.")),
        "[a-z_]{1,9}".prop_map(|label| format!("{label}.{ZONE}.")),
        "[a-z]{1,9}".prop_map(|label| format!("{label}.test.{ZONE}.")),
        "[a-z]{1,9}\\.[a-z]{2,4}\\.",
        Just(".".to_owned()),
    ]
}

fn parsed(kind: &'static str, values: impl Strategy<Value = String>) -> impl Strategy<Value = (Kind, Data)> {
    let kind = Kind::named(kind).unwrap();
    values.prop_filter_map("no value", move |value| Some((kind, Data::parse(kind, &value, &zone()).ok()?)))
}

/// Data of any type; of texts, any bytes and odd parts.
fn data() -> impl Strategy<Value = (Kind, Data)> {
    let parts = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..4);
    let odd = parts.prop_map(|parts| {
        let parts = parts.iter().map(|part| part.get(..255).unwrap_or(part));
        let wire = parts.flat_map(|part| [&[u8::try_from(part.len()).unwrap()], part].concat()).collect();
        (Kind::TXT, Data::new(wire))
    });
    let any_bytes = (1_u16..70, prop::collection::vec(any::<u8>(), 0..20))
        .prop_map(|(number, wire)| (Kind::new(number.into()), Data::new(wire)));
    prop_oneof![
        3 => "\\PC{0,600}".prop_map(|text| (Kind::TXT, Data::text(&text))),
        3 => ".{0,40}".prop_map(|text| (Kind::TXT, Data::text(&text))),
        2 => odd,
        1 => any_bytes,
        1 => any::<std::net::IpAddr>().prop_map(Data::address),
        1 => parsed("CNAME", names()),
        1 => parsed("NS", names()),
        1 => parsed("PTR", names()),
        1 => parsed("MX", names().prop_map(|name| format!("10 {name}"))),
        1 => parsed("SRV", names().prop_map(|name| format!("0 5 443 {name}"))),
        1 => parsed("HTTPS", names().prop_map(|name| format!("1 {name} alpn=h2 port=8443"))),
        1 => parsed("SVCB", names().prop_map(|name| format!("0 {name}"))),
        1 => parsed("CAA", "[a-z.;= ]{0,20}".prop_map(|value| format!("0 issue \"{value}\""))),
        1 => parsed("TLSA", "([0-9A-F]{2}){1,32}".prop_map(|value| format!("3 1 1 {value}"))),
    ]
}

fn any_zone() -> impl Strategy<Value = Records> {
    let ttl = prop_oneof![Just(3600), 0..1_000_000_u32];
    let record = (owners(), data(), ttl);
    prop::collection::vec(record, 0..20).prop_map(|found| {
        let mut records = Records::new();
        for (owner, (kind, data), ttl) in found {
            records.entry((owner, kind)).or_insert_with(|| RrSet { ttl, data: [].into() }).data.insert(data);
        }
        records
    })
}

proptest! {
    #[test]
    fn what_is_said_is_read_as_it_was(there in any_zone()) {
        let Imported { section, unsaid, added } = imported(&there, &Records::new());
        prop_assert!(added.is_empty());
        let said = read(&section);
        for (key, set) in &there {
            let named = Unsaid::new((&key.0, key.1), &zone(), "");
            let is_named = unsaid.iter().any(|unsaid| (&unsaid.owner, &unsaid.kind) == (&named.owner, &named.kind));
            let found = Found { zone: &zone(), records: &there, is_signed: false, implied: &Records::new(), ttl: Ttl::HOUR };
            let is_silent = is_named || says_itself(&found, key, set);
            prop_assert_eq!(said.get(key), (!is_silent).then_some(set), "{}", section);
        }
        prop_assert!(said.keys().all(|key| there.contains_key(key)), "{}", section);
        prop_assert_eq!(section.contains("policy: own"), unsaid.is_empty());
    }
}
