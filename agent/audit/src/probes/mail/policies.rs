//! What a domain says of its mail in DNS.

use domain::base::Rtype;
use futures_util::future::join_all;

use super::super::Eyes;
use super::super::fetch;
use super::super::resolver::Reply;
use crate::Answer;
use crate::facts::{DkimSelector, Policy};
use crate::records::spf::{Found, Question, Walk};
use crate::records::{dkim as keys, dmarc as records, mta_sts as sts, tls_reporting as reporting};

/// Largest policy of MTA-STS, in bytes (RFC 8461, 3.3, suggests 64 kB).
const POLICY_BYTES: usize = 64 << 10;

/// SPF, with the look-ups that it takes.
pub(super) async fn spf(eyes: &Eyes, domain: &str) -> (Answer<Policy>, Answer<u32>) {
    let texts = match texts(eyes, domain).await {
        Answer::Known(texts) => texts,
        Answer::Unknown { unknown } => return (Answer::unknown(&unknown), Answer::unknown(&unknown)),
    };
    let mut walk = Walk::new(domain, &texts);
    while let Some(question) = walk.next().cloned() {
        let answer = match question {
            Question::Texts(name) => self::texts(eyes, &name).await.map(Found::Texts),
            Question::Addresses(name) => {
                eyes.resolver.addresses(&name).await.map(|found| Found::Records(found.len()))
            }
            Question::Exchangers(name) => {
                let reply = eyes.resolver.query(&name, Rtype::MX).await;
                reply.map(|reply| Found::Records(reply.exchangers().len()))
            }
        };
        walk.answer(answer);
    }
    let (policy, lookups) = walk.finish();
    (Answer::Known(policy), lookups)
}

/// Whether any DKIM key is published, and those at selectors that are commonly used.
pub(super) async fn dkim(eyes: &Eyes, domain: &str) -> (Answer<bool>, Vec<DkimSelector>) {
    let above = format!("_domainkey.{domain}");
    let exists = eyes.resolver.query(&above, Rtype::TXT).await.map(|reply| reply.exists());
    if !exists.is_yes() {
        return (exists, Vec::new());
    }
    let one = |selector: &'static str| {
        let name = format!("{selector}.{above}");
        async move {
            let texts = texts(eyes, &name).await;
            texts.known().and_then(|texts| keys::key(selector, texts))
        }
    };
    let found = join_all(keys::SELECTORS.iter().map(|selector| one(selector))).await;
    (exists, found.into_iter().flatten().collect())
}

/// DMARC, of the domain or of one above it up to the organisation's.
pub(super) async fn dmarc(eyes: &Eyes, domain: &str) -> Answer<Policy> {
    for (step, at) in records::places(domain).into_iter().enumerate() {
        match texts(eyes, &at).await {
            Answer::Known(texts) if records::is_among(&texts) => {
                return Answer::Known(records::policy(&at, &texts, step > 0));
            }
            Answer::Known(_) => {}
            Answer::Unknown { unknown } => return Answer::unknown(unknown),
        }
    }
    Answer::Known(Policy::default())
}

/// MTA-STS: the record, and the policy that it says is there.
pub(super) async fn mta_sts(
    eyes: &Eyes,
    domain: &str,
    exchangers: Option<&[String]>,
    https_port: u16,
) -> Answer<Policy> {
    let at = format!("_mta-sts.{domain}");
    let mut policy = match texts(eyes, &at).await {
        Answer::Known(texts) => sts::record(&at, &texts),
        Answer::Unknown { unknown } => return Answer::unknown(unknown),
    };
    if policy.records.len() != 1 {
        return Answer::Known(policy);
    }
    let port = if https_port == 443 { String::new() } else { format!(":{https_port}") };
    let url = format!("https://mta-sts.{domain}{port}/.well-known/mta-sts.txt");
    match fetch::file(eyes, &url, POLICY_BYTES).await {
        Ok(file) if file.status == 200 => {
            if !file.content_type.starts_with("text/plain") {
                policy.problems.push("the policy is not served as text/plain".to_owned());
            }
            let text = String::from_utf8_lossy(&file.body);
            sts::add_policy(&mut policy, &text, exchangers.unwrap_or_default());
        }
        Ok(file) => {
            policy.problems.push(format!("there is no policy: {url} answers with status {}", file.status));
        }
        Err(error) if error.is_silence() => return Answer::failed(&error),
        Err(error) => {
            let why = Answer::<()>::failed(&error);
            let why = why.why_unknown().unwrap_or_default();
            policy.problems.push(format!("the policy cannot be fetched: {why}"));
        }
    }
    Answer::Known(policy)
}

/// Where reports on TLS go.
pub(super) async fn tls_reporting(eyes: &Eyes, domain: &str) -> Answer<Policy> {
    let at = format!("_smtp._tls.{domain}");
    texts(eyes, &at).await.map(|texts| reporting::policy(&at, &texts))
}

async fn texts(eyes: &Eyes, name: &str) -> Answer<Vec<String>> {
    eyes.resolver.query(name, Rtype::TXT).await.map(|reply: Reply| reply.texts())
}
