//! A small report made by hand: a body in each class, one of which nothing is known, text from outside that means harm.

use std::collections::BTreeMap;

use campanile_audit::facts::{
    Certificate, Chain, Cms, Endpoint, Facts, KeyKind, Revocation, ServedChain, SignatureHash, Site, Tls,
    Trust, VersionFacts, Web,
};
use campanile_audit::grades::{Grade, Reason, Scheme};
use campanile_audit::registry::Version;
use campanile_audit::report::{Body, Change, ChangeKind, Changes, Classes, FORMAT, Past, Report, Run};
use campanile_audit::rules::{Finding, OldVersions, Verdict, Weight};
use campanile_audit::{Answer, Text};
use jiff::Timestamp;

/// Text that somebody put into his site.
pub const HARM: &str = "<script>window.harm=1</script>\" onload=alert(1) '\u{202e}\u{1b}[31m";

pub fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn report() -> Report {
    Report {
        format: FORMAT.to_owned(),
        run: Run {
            begun: moment("2026-11-25T02:10:00Z"),
            ended: moment("2026-11-25T02:12:30.5Z"),
            program: "0.1.0".to_owned(),
            profile: "agid-2020".to_owned(),
            old_versions: OldVersions::Misconfigured,
            roots: "webpki-roots 1.0.10".to_owned(),
            cms_versions: "2026-10-01".parse().unwrap(),
            connections: 12_345,
        },
        changes: Some(changes()),
        bodies: vec![barzago(), calco(), dorio(), morterone(), vigano()],
    }
}

pub fn past() -> Vec<Past> {
    let run = |day: u8, secure, misconfigured, grave| Past {
        begun: moment(&format!("2026-11-{day:02}T02:10:00Z")),
        classes: Classes { secure, misconfigured, grave, without: 1, unknown: 0 },
    };
    vec![run(20, 0, 2, 2), run(21, 0, 2, 2), run(22, 1, 2, 1), run(23, 1, 2, 1), run(24, 2, 2, 0)]
}

fn changes() -> Changes {
    let change = |kind, subject: &str, object: &str, rule: Option<&str>, it: &str, en: &str| Change {
        kind,
        subject: subject.to_owned(),
        object: object.to_owned(),
        rule: rule.map(str::to_owned),
        text: Text::new(it, en),
    };
    let barzago = "comune.barzago.lc.test";
    Changes {
        since: moment("2026-11-24T02:10:00Z"),
        changes: vec![
            change(
                ChangeKind::Worse,
                "barzago",
                "barzago",
                None,
                "la classe passa da «sicuro» a «gravi problemi di sicurezza»",
                "the class goes from “secure” to “serious security problems”",
            ),
            change(
                ChangeKind::NewTrouble,
                "barzago",
                barzago,
                Some("certificate-expired"),
                "Il certificato è scaduto: scaduto il 24 novembre 2026",
                "The certificate has expired: expired on 24 November 2026",
            ),
            change(
                ChangeKind::Mended,
                "vigano",
                "comune.vigano.lc.test",
                Some("dmarc-missing"),
                "Il dominio non ha DMARC",
                "The domain has no DMARC",
            ),
            change(
                ChangeKind::Renewed,
                "calco",
                "comune.calco.lc.test",
                None,
                "certificato nuovo, valido fino al 20 febbraio 2027",
                "new certificate, valid until 20 February 2027",
            ),
            change(
                ChangeKind::Left,
                "erve",
                "erve",
                None,
                "non è più tra quelli da verificare",
                "is no longer among those to look at",
            ),
        ],
    }
}

fn body(subject: &str, title: &str, sites: Vec<Site>, findings: Vec<Finding>, grades: Vec<Grade>) -> Body {
    let facts = Facts {
        subject: subject.to_owned(),
        title: title.to_owned(),
        at: moment("2026-11-25T02:10:20Z"),
        sites,
        domain: None,
        mail: None,
    };
    Body { facts, findings, grades }
}

fn site(host: &str, endpoints: Answer<Vec<Endpoint>>) -> Site {
    Site {
        host: host.to_owned(),
        port: 443,
        shared_by: 1,
        endpoints,
        other_name: Answer::default(),
        web: Web::default(),
        cms: Answer::default(),
    }
}

fn endpoint(versions: &[Version], not_after: &str) -> Endpoint {
    let offered = |version: &Version| {
        (*version, VersionFacts { offered: Answer::Known(true), ..VersionFacts::default() })
    };
    let versions: BTreeMap<Version, VersionFacts> = versions.iter().map(offered).collect();
    let chain = Chain {
        certificates: vec![certificate(not_after)],
        trust: Trust { trusted: true, diagnoses: Vec::new(), revocation: Revocation::NotRevoked },
    };
    Endpoint {
        address: "192.0.2.10:443".parse().unwrap(),
        https: Answer::Known(true),
        tls: Some(Tls {
            versions,
            chains: vec![ServedChain { by: "RSA".to_owned(), chain }],
            ..Tls::default()
        }),
    }
}

fn certificate(not_after: &str) -> Certificate {
    Certificate {
        sha256: "ab".repeat(32),
        key_sha256: "cd".repeat(32),
        serial: "01".to_owned(),
        subject: "CN=comune.test".to_owned(),
        issuer: "CN=R12,O=Autorità di prova,C=IT".to_owned(),
        authority: "Autorità di prova".to_owned(),
        names: vec!["comune.test".to_owned()],
        addresses: Vec::new(),
        not_before: moment("2026-08-26T00:00:00Z"),
        not_after: moment(not_after),
        key: KeyKind::Rsa,
        key_bits: 2048,
        signature_hash: SignatureHash::Sha256,
        is_authority: false,
        is_self_signed: false,
        must_staple: false,
        timestamps: 2,
        crl_urls: Vec::new(),
        ocsp_urls: Vec::new(),
        issuer_urls: Vec::new(),
        key_is_compromised: Answer::default(),
    }
}

fn finding(rule: &str, object: &str, weight: Weight, it: &str, en: &str) -> Finding {
    Finding {
        rule: rule.to_owned(),
        object: object.to_owned(),
        verdict: Verdict::Fails,
        weight,
        evidence: Text::new(it, en),
    }
}

fn grade(
    scheme: Scheme,
    version: &str,
    object: &str,
    [worst, best]: [&str; 2],
    points: Option<(i32, i32)>,
) -> Grade {
    Grade {
        scheme,
        version: version.to_owned(),
        object: object.to_owned(),
        worst: worst.to_owned(),
        best: best.to_owned(),
        points,
        reasons: Vec::new(),
    }
}

fn reason(points: i32, cap: Option<&str>, uncertain: bool, it: &str, en: &str) -> Reason {
    Reason { points, cap: cap.map(str::to_owned), uncertain, text: Text::new(it, en) }
}

fn class(object: &str, class: &str) -> Grade {
    grade(Scheme::CertAgid, "2022", object, [class, class], None)
}

fn barzago() -> Body {
    let (host, www) = ("comune.barzago.lc.test", "www.comune.barzago.lc.test");
    let spoken = [Version::Tls10, Version::Tls12, Version::Tls13];
    let mut site_with_cms = site(host, Answer::Known(vec![endpoint(&spoken, "2026-11-24T00:00:00Z")]));
    site_with_cms.cms = Answer::Known(Some(Cms {
        name: "WordPress".to_owned(),
        version: Some("6.4.3".to_owned()),
        evidence: vec!["<meta name=\"generator\">".to_owned()],
        theme: None,
    }));
    let other = site(www, Answer::Known(vec![endpoint(&spoken, "2026-11-24T00:00:00Z")]));
    let findings = vec![
        finding(
            "certificate-expired",
            host,
            Weight::Grave,
            "scaduto il 24 novembre 2026",
            "expired on 24 November 2026",
        ),
        finding(
            "certificate-expired",
            www,
            Weight::Grave,
            "scaduto il 24 novembre 2026",
            "expired on 24 November 2026",
        ),
        finding(
            "tls-old-version",
            "comune.barzago.lc.test 192.0.2.10",
            Weight::Major,
            "TLS 1.0 accettato",
            "TLS 1.0 accepted",
        ),
        finding("csp-missing", host, Weight::Minor, HARM, HARM),
        finding("rule-of-another-version", host, Weight::Minor, "=1+1", "=1+1"),
        finding("security-txt-missing", host, Weight::Notice, "risponde 404", "answers 404"),
    ];
    let mut labs = grade(Scheme::SslLabs, "2009r", host, ["T", "T"], Some((86, 86)));
    labs.reasons = vec![
        reason(0, Some("T"), false, "il certificato è scaduto", "the certificate has expired"),
        reason(0, Some("B"), false, "TLS 1.0 è accettato", "TLS 1.0 is accepted"),
    ];
    let mut observatory = grade(Scheme::Observatory, "1.6", host, ["C", "B"], Some((50, 70)));
    observatory.reasons = vec![
        reason(-25, None, false, "manca una Content Security Policy", "there is no Content Security Policy"),
        reason(-20, None, true, "nessun rinvio da HTTP a HTTPS", "no redirect from HTTP to HTTPS"),
        reason(5, None, false, "cookie protetti", "cookies are protected"),
    ];
    let grades = vec![
        class(host, "gravi problemi di sicurezza"),
        class(www, "gravi problemi di sicurezza"),
        labs,
        observatory,
    ];
    body("barzago", "Comune di Barzago", vec![site_with_cms, other], findings, grades)
}

fn calco() -> Body {
    let host = "comune.calco.lc.test";
    let site =
        site(host, Answer::Known(vec![endpoint(&[Version::Tls12, Version::Tls13], "2027-02-20T00:00:00Z")]));
    let mut criterion =
        grade(Scheme::ModelloComuni, "2024", "C.SI.5.1 comune.calco.lc.test", ["passed", "passed"], None);
    criterion.reasons =
        vec![reason(0, None, false, "certificato e TLS in regola", "certificate and TLS are fine")];
    let grades = vec![
        class(host, "sicuro"),
        grade(Scheme::SslLabs, "2009r", host, ["A+", "A+"], Some((93, 93))),
        grade(Scheme::Observatory, "1.6", host, ["A+", "A+"], Some((115, 115))),
        criterion,
        grade(Scheme::InternetNl, "2025", host, ["100%", "100%"], Some((100, 100))),
    ];
    body("calco", "Comune di Calco", vec![site], Vec::new(), grades)
}

fn dorio() -> Body {
    let host = "comune.dorio.lc.test";
    let mut unsure =
        finding("tls-old-version", host, Weight::Major, "nessuna risposta in 5 s", "no answer within 5 s");
    unsure.verdict = Verdict::Unknown;
    let class = grade(Scheme::CertAgid, "2022", host, ["senza HTTPS", "sicuro"], None);
    body(
        "dorio",
        "Comune di Dorio",
        vec![site(host, Answer::unknown("no answer within 5 s"))],
        vec![unsure],
        vec![class],
    )
}

fn morterone() -> Body {
    let host = "comune.morterone.lc.test";
    let mut plain = endpoint(&[], "2027-02-20T00:00:00Z");
    plain.https = Answer::Known(false);
    plain.tls = None;
    let findings = vec![finding("dmarc-missing", host, Weight::Minor, "nessun record", "no record")];
    body(
        "morterone",
        "",
        vec![site(host, Answer::Known(vec![plain]))],
        findings,
        vec![class(host, "senza HTTPS")],
    )
}

fn vigano() -> Body {
    let host = "comune.vigano.lc.test";
    let spoken = [Version::Tls11, Version::Tls12];
    let findings =
        vec![finding("tls-old-version", host, Weight::Major, "TLS 1.1 accettato", "TLS 1.1 accepted")];
    let grades = vec![
        class(host, "mal configurato"),
        grade(Scheme::SslLabs, "2009r", host, ["B", "B"], Some((85, 85))),
    ];
    let site = site(host, Answer::Known(vec![endpoint(&spoken, "2026-12-05T00:00:00Z")]));
    body("vigano", "Comune di Viganò", vec![site], findings, grades)
}
