//! The mail of a domain, as a server sees it that has a message for it or from it.

mod dane;
mod exchangers;
mod policies;
mod smtp;

use domain::base::Rtype;

use super::Eyes;
use crate::Answer;
use crate::facts::Mail;

/// Where the domain's mail servers and its policy are asked.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// SMTP: 25.
    pub smtp: u16,
    /// HTTPS, for the policy of MTA-STS: 443.
    pub https: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { smtp: 25, https: 443 }
    }
}

/// Looks at a domain's mail.
pub async fn look(eyes: &Eyes, domain: &str, smtp_port: u16) -> Mail {
    look_at(eyes, domain, Ports { smtp: smtp_port, ..Ports::default() }, None).await
}

/// Looks at a domain's mail at these ports; with what was seen yesterday, a few hellos to each server are enough unless
/// something changed.
pub async fn look_at(eyes: &Eyes, domain: &str, ports: Ports, yesterday: Option<&Mail>) -> Mail {
    let found = eyes.resolver.query(domain, Rtype::MX).await.map(|reply| reply.exchangers());
    let null_mx =
        found.known().is_some_and(|found| matches!(found.as_slice(), [(_, host)] if host.is_empty()));
    let found = found.map(|found| found.into_iter().filter(|(_, host)| !host.is_empty()).collect::<Vec<_>>());
    let hosts: Option<Vec<String>> =
        found.known().map(|found| found.iter().map(|(_, host)| host.clone()).collect());
    let (exchangers, (spf, spf_lookups), (dkim_exists, dkim), dmarc, mta_sts, tls_reporting) = tokio::join!(
        exchangers::all(eyes, &found, ports.smtp, yesterday),
        policies::spf(eyes, domain),
        policies::dkim(eyes, domain),
        policies::dmarc(eyes, domain),
        policies::mta_sts(eyes, domain, hosts.as_deref(), ports.https),
        policies::tls_reporting(eyes, domain),
    );
    let exchangers = match found.why_unknown() {
        Some(why) => Answer::unknown(why),
        None => Answer::Known(exchangers),
    };
    Mail {
        domain: domain.to_owned(),
        exchangers,
        null_mx,
        spf,
        spf_lookups,
        dkim_exists,
        dkim,
        dmarc,
        mta_sts,
        tls_reporting,
    }
}
