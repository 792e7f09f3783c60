//! Nights in a row: what each tells as changed, told in a line each.

use super::{compare, settled};
use crate::facts::{Endpoint, Facts, Site, Tls, Web};
use crate::grades::{Grade, Scheme};
use crate::report::{Body, Changes, FORMAT, Report, Run};
use crate::rules::{Finding, OldVersions, RULES, Verdict, Weight};
use crate::{Answer, Text};

const HOST: &str = "comune.calco.test";

/// What is seen of the host in one night.
#[derive(Clone, Copy, Default)]
struct Night {
    silent: bool,
    refuses: bool,
    finding: Option<(Verdict, &'static str)>,
    class: Option<[&'static str; 2]>,
    certificate: Option<(&'static str, &'static str)>,
}

fn night() -> Night {
    Night::default()
}

impl Night {
    fn fails(self) -> Self {
        self.fails_at("192.0.2.1")
    }
    fn fails_at(self, address: &'static str) -> Self {
        Self { finding: Some((Verdict::Fails, address)), ..self }
    }
    fn unsure(self) -> Self {
        Self { finding: Some((Verdict::Unknown, "192.0.2.1")), ..self }
    }
    fn silent(self) -> Self {
        Self { silent: true, ..self }
    }
    fn refuses(self) -> Self {
        Self { refuses: true, ..self }
    }
    fn class(self, worst: &'static str, best: &'static str) -> Self {
        Self { class: Some([worst, best]), ..self }
    }
    /// The certificate by its day of issue and fingerprint.
    fn certificate(self, day: &'static str, sha256: &'static str) -> Self {
        Self { certificate: Some((day, sha256)), ..self }
    }
}

fn report(number: usize, night: Night) -> Report {
    let begun = format!("2026-11-{:02}T02:00:00Z", number + 1).parse().unwrap();
    let run = Run {
        begun,
        ended: begun,
        program: "0.1.0".to_owned(),
        profile: "agid-2020".to_owned(),
        old_versions: OldVersions::Misconfigured,
        roots: String::new(),
        cms_versions: "2026-11-01".parse().unwrap(),
        connections: 0,
    };
    Report { format: FORMAT.to_owned(), run, changes: None, bodies: vec![body("calco", HOST, night)] }
}

fn body(subject: &str, host: &str, night: Night) -> Body {
    let site = Site {
        host: host.to_owned(),
        port: 443,
        shared_by: 1,
        endpoints: if night.silent {
            Answer::unknown("no answer")
        } else {
            Answer::Known(vec![endpoint(night)])
        },
        other_name: Answer::default(),
        web: web(night),
        cms: Answer::default(),
    };
    let facts = Facts {
        subject: subject.to_owned(),
        title: String::new(),
        at: "2026-11-01T02:00:00Z".parse().unwrap(),
        sites: vec![site],
        domain: None,
        mail: None,
    };
    let finding = night.finding.map(|(verdict, address)| Finding {
        rule: "tls-old-versions".to_owned(),
        object: format!("{host} {address}"),
        verdict,
        weight: Weight::Major,
        evidence: Text::new("TLS 1.0", "TLS 1.0"),
    });
    let grade = night.class.map(|[worst, best]| Grade {
        scheme: Scheme::CertAgid,
        version: "2022".to_owned(),
        object: host.to_owned(),
        worst: worst.to_owned(),
        best: best.to_owned(),
        points: None,
        reasons: Vec::new(),
    });
    Body { facts, findings: finding.into_iter().collect(), grades: grade.into_iter().collect() }
}

fn web(night: Night) -> Web {
    let ended = |is: &str, hops: &str| {
        serde_json::from_str(&format!("{{\"hops\": [{hops}], \"end\": {{\"is\": \"{is}\"}}}}")).unwrap()
    };
    let hop = "{\"url\": \"http://comune.calco.test/\", \"status\": 200, \"headers\": {}, \"leads_to\": null, \"certificate\": null}";
    match night {
        Night { silent: true, .. } => Web::default(),
        Night { refuses: true, .. } => Web {
            plain: Answer::Known(ended("closed", "")),
            secure: Answer::Known(ended("closed", "")),
            ..Web::default()
        },
        _ => Web {
            plain: Answer::Known(ended("page", hop)),
            secure: Answer::Known(ended("page", hop)),
            ..Web::default()
        },
    }
}

fn endpoint(night: Night) -> Endpoint {
    let mut tls = Tls::default();
    if let Some((day, sha256)) = night.certificate {
        let chain = serde_json::json!({"by": "RSA", "chain": {
            "certificates": [{
                "sha256": sha256, "key_sha256": "", "serial": "", "subject": "", "issuer": "", "authority": "Prova",
                "names": [], "addresses": [], "not_before": format!("{day}T00:00:00Z"), "not_after": "2027-02-01T00:00:00Z",
                "key": "rsa", "key_bits": 2048, "signature_hash": "sha256", "is_authority": false,
                "is_self_signed": false, "must_staple": false, "timestamps": 0, "crl_urls": [], "ocsp_urls": [],
                "issuer_urls": [], "key_is_compromised": false,
            }],
            "trust": {"trusted": true, "diagnoses": [], "revocation": {"is": "no-list"}},
        }});
        tls.chains = vec![serde_json::from_value(chain).unwrap()];
    }
    Endpoint {
        address: "192.0.2.1:443".parse().unwrap(),
        https: Answer::Known(!night.refuses),
        tls: (!night.refuses).then_some(tls),
    }
}

/// What each night but the first tells, every one compared with what was known before it.
fn nights<const N: usize>(nights: [Night; N]) -> Vec<String> {
    let mut reports = nights.into_iter().enumerate().map(|(number, night)| report(number, night));
    let mut known = reports.next().unwrap();
    let mut told = Vec::new();
    for this in reports {
        told.push(lines(&compare(&known, &this)));
        known = settled(&known, this);
    }
    told
}

fn lines(changes: &Changes) -> String {
    let lines = changes.changes.iter().map(|change| format!("{:?} {}", change.kind, change.text.en));
    lines.collect::<Vec<_>>().join("; ")
}

const NEW: &str = "NewTrouble The server still takes TLS 1.0 or 1.1: TLS 1.0";
const MENDED: &str = "Mended The server still takes TLS 1.0 or 1.1";

#[test]
fn trouble_comes_and_goes() {
    assert_eq!(nights([night(), night().fails(), night().fails(), night()]), [NEW, "", MENDED]);
}

#[test]
fn an_address_that_changes_changes_nothing() {
    assert_eq!(nights([night().fails(), night().fails_at("192.0.2.2")]), [""]);
}

#[test]
fn silence_is_neither_trouble_nor_its_end() {
    assert_eq!(nights([night().fails(), night().silent(), night().fails()]), ["", ""]);
    assert_eq!(nights([night().fails(), night().unsure(), night().fails()]), ["", ""]);
    assert_eq!(nights([night(), night().unsure(), night()]), ["", ""]);
    assert_eq!(nights([night().silent(), night().fails()]), [""], "nobody knows since when");
}

#[test]
fn what_changed_in_silence_is_told_when_it_is_seen() {
    assert_eq!(nights([night(), night().silent(), night().silent(), night().fails()]), ["", "", NEW]);
    assert_eq!(nights([night(), night().unsure(), night().fails()]), ["", NEW]);
    assert_eq!(nights([night().fails(), night().silent(), night()]), ["", MENDED]);
    assert_eq!(nights([night().fails(), night().unsure(), night()]), ["", MENDED]);
    let (secure, grave) = (
        night().class("sicuro", "sicuro"),
        night().class("gravi problemi di sicurezza", "gravi problemi di sicurezza"),
    );
    let worse = "Worse the class goes from “secure” to “serious security problems”";
    assert_eq!(nights([secure, night().silent().class("senza HTTPS", "sicuro"), grave]), ["", worse]);
}

#[test]
fn a_class_that_is_not_certain_changes_only_where_it_surely_does() {
    let between = night().class("mal configurato", "sicuro");
    assert_eq!(nights([night().class("sicuro", "sicuro"), between]), [""]);
    assert_eq!(nights([between, night().class("senza HTTPS", "gravi problemi di sicurezza")]).len(), 1);
    let worse = "Worse the class goes from “misconfigured” to “serious security problems”";
    assert_eq!(nights([between, night().class("senza HTTPS", "gravi problemi di sicurezza")]), [worse]);
    let better = "Better the class goes from “no HTTPS” to “misconfigured”";
    assert_eq!(nights([night().class("senza HTTPS", "senza HTTPS"), between]), [better]);
}

#[test]
fn certificates_are_renewed() {
    let (old, new) = (night().certificate("2026-09-01", "aa"), night().certificate("2026-11-03", "bb"));
    let renewed = "Renewed new certificate, valid until 1 February 2027";
    assert_eq!(nights([old, old, new, new, old]), ["", renewed, "", ""]);
    assert_eq!(nights([old, night().silent(), new]), ["", renewed]);
}

#[test]
fn a_host_is_gone_when_it_says_so() {
    let gone = "Gone the server takes no connections any more";
    assert_eq!(nights([night(), night().refuses(), night().refuses()]), [gone, ""]);
    assert_eq!(nights([night(), night().silent()]), [""]);
}

#[test]
fn bodies_appear_and_leave() {
    let one = report(0, night());
    let mut two = report(1, night());
    two.bodies.push(body("dorio", "comune.dorio.test", night().fails()));
    assert_eq!(lines(&compare(&one, &two)), "Appeared looked at for the first time");
    assert_eq!(lines(&compare(&two, &one)), "Left is no longer among those to look at");
}

#[test]
fn a_report_changes_nothing_of_itself() {
    for one in [
        night(),
        night().fails(),
        night().unsure(),
        night().silent(),
        night().certificate("2026-09-01", "aa"),
    ] {
        assert_eq!(nights([one, one]), [""]);
    }
}

#[test]
fn the_rule_of_certificates_about_to_end_is_there() {
    assert!(RULES.iter().any(|rule| rule.id == super::ENDS_SOON));
}
