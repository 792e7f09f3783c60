//! Internet.nl's percent and the Modello Comuni's criteria.

use super::*;

#[test]
fn internet_nl() {
    fn mail(facts: &mut Facts) -> &mut crate::facts::Mail {
        facts.mail.as_mut().unwrap()
    }
    check(
        Scheme::InternetNl,
        &[
            ("all is well", |_| {}, "100%"),
            (
                "not signed: one of four categories",
                |facts| {
                    facts.domain.as_mut().unwrap().dnssec = Answer::Known(crate::facts::Dnssec::Insecure);
                },
                "75%",
            ),
            (
                "no DMARC: two of five checks of a quarter",
                |facts| mail(facts).dmarc = Answer::Known(crate::facts::Policy::default()),
                "90%",
            ),
            (
                "no TLSA: two of five checks of a quarter",
                |facts| {
                    cases::exchanger(facts).dane = Answer::Known(crate::facts::Dane {
                        records: vec![],
                        secure: true,
                        fits: false.into(),
                    });
                },
                "90%",
            ),
            ("it takes no mail", |facts| mail(facts).exchangers = Answer::Known(Vec::new()), "100%"),
            (
                "a mail server without IPv6: a third of a quarter",
                |facts| cases::exchanger(facts).addresses.truncate(1),
                "91%",
            ),
            (
                "SPF was not told: two of five of a quarter",
                |facts| mail(facts).spf = Answer::default(),
                "90%..100%",
            ),
            (
                "no domain was looked at",
                |facts| {
                    facts.domain = None;
                    facts.mail = None;
                },
                "none",
            ),
        ],
    );
}

#[test]
fn modello_comuni() {
    check(
        Scheme::ModelloComuni,
        &[
            ("all is well", |_| {}, "passed"),
            ("an old theme", |facts| page(facts).theme_version = Some("0.9".into()), "failed"),
            ("the page was not seen", |facts| site(facts).web.page = Answer::default(), "failed..passed"),
            ("no comune", |facts| facts.title = "Unione dei laghi".into(), "none"),
        ],
    );
}
