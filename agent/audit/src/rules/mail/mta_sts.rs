//! Nothing makes senders insist on TLS.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "mail-mta-sts",
    area: Area::Mail,
    weight: Weight::Minor,
    title: || Text::new("Manca MTA-STS, o è sbagliato", "MTA-STS is missing or wrong"),
    citation: "RFC 8461 (2018)",
    meaning: || {
        Text::new(
            "Chi sta in mezzo può togliere STARTTLS e leggere la posta in arrivo.",
            "Whoever stands in between can take STARTTLS away and read incoming mail.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::MailOperator,
            "Pubblicare la regola, prima con mode: testing, poi enforce.",
            "Publish the policy, first with mode: testing, then enforce.",
        )
        .zone("_mta-sts IN TXT \"v=STSv1; id=20261125\"\nmta-sts IN A 192.0.2.10\n; https://mta-sts.esempio.example/.well-known/mta-sts.txt")
    },
    judge: |facts, _| {
        super::on_mail(facts, |mail| {
            let takes = mail.exchangers.known().is_some_and(|exchangers| !exchangers.is_empty());
            let policy = mail.mta_sts.known().filter(|_| takes)?;
            let problem = policy.problems.first();
            match (policy.records.is_empty(), problem, policy.verdict.as_str()) {
                (true, _, _) => {
                    Some(Found::fails("nessun record v=STSv1", "no record v=STSv1").weighing(Weight::Notice))
                }
                (false, Some(problem), _) => {
                    Some(Found::fails(format!("difetto: {problem}"), format!("flaw: {problem}")))
                }
                (false, None, "enforce") => None,
                (false, None, mode) => Some(
                    Found::fails(format!("mode: {mode}"), format!("mode: {mode}")).weighing(Weight::Notice),
                ),
            }
        })
    },
    #[cfg(test)]
    cases: &[
        catches("no record v=STSv1", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().mta_sts).records.clear();
        }),
        catches("mode: testing", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().mta_sts).verdict = "testing".into();
        }),
        passes("it takes no mail", |facts| {
            super::policy(&mut facts.mail.as_mut().unwrap().mta_sts).records.clear();
            facts.mail.as_mut().unwrap().exchangers = Answer::Known(Vec::new());
        }),
    ],
};
