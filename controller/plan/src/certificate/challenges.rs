//! Pages that the ingress shows an issuer: proofs that names are ours, and one that we ask for ourselves before an order.

use std::collections::BTreeMap;

use super::{Challenge, OrderStage};
use crate::document::ChallengeKind;
use crate::document::values::{EngineName, PlatformName};
use crate::fleet::Desired;
use crate::observed::Observed;

/// The page that we ask for ourselves, to see that an issuer could.
pub const PROBE: &str = "campanile-probe";

/// What that page says.
pub fn probe_answer(platform: &PlatformName) -> String {
    format!("{PROBE} {platform}\n")
}

/// The file of a page in the ingress's volume.
pub fn challenge_path(token: &str) -> String {
    format!("challenges/{token}")
}

/// The pages that the ingress of an engine shows at `/.well-known/acme-challenge/`: text by path in its volume.
pub fn shown(desired: &Desired, observed: &Observed, engine: &EngineName) -> BTreeMap<String, String> {
    let by_page = |kind| kind == ChallengeKind::Http01;
    let mut members = desired.on_engine(engine).filter(|(_, member)| {
        desired.issuer(&member.spec.issuer()).is_some_and(|issuer| by_page(issuer.challenge()))
    });
    let probe = members.next().map(|_| (challenge_path(PROBE), probe_answer(desired.name())));
    let open = observed.orders.iter().filter(|(name, order)| {
        let here = desired.members.get(*name).is_some_and(|member| member.engine == *engine);
        here && by_page(order.challenge)
    });
    let pages = open.flat_map(|(_, order)| match &order.stage {
        OrderStage::Pending(challenges) => challenges.as_slice(),
        _ => &[],
    });
    let pages = pages.filter(|challenge| is_plain(&challenge.token));
    let pages = pages.map(|Challenge { token, answer, .. }| (challenge_path(token), answer.clone()));
    pages.chain(probe).collect()
}

/// Whether a token is one (RFC 8555, 8.3: base64url): it becomes the name of a file.
fn is_plain(token: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !token.is_empty() && token.len() <= 200 && token.chars().all(plain) && token != PROBE
}
