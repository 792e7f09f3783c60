//! Whether a zone is signed, as a validating resolver says.

use domain::base::Rtype;
use domain::base::iana::Rcode;

use super::super::Eyes;
use super::super::resolver::Checking;
use crate::Answer;
use crate::facts::Dnssec;

/// The state of a zone. "Not signed" needs a resolver that validates: whether it does, the root's own answer shows.
pub(super) async fn of(eyes: &Eyes, zone: &str) -> Answer<Dnssec> {
    let asked = |name: &'static str| eyes.resolver.ask(name, Rtype::SOA, Checking::Enabled);
    let reply = match eyes.resolver.ask(zone, Rtype::SOA, Checking::Enabled).await {
        Ok(reply) => reply,
        Err(error) => return Answer::failed(&error),
    };
    match reply.code() {
        Rcode::NOERROR | Rcode::NXDOMAIN if reply.is_validated() => Answer::Known(Dnssec::Secure),
        Rcode::NOERROR | Rcode::NXDOMAIN => match asked(".").await {
            Ok(root) if root.is_validated() => Answer::Known(Dnssec::Insecure),
            _ => Answer::unknown("the resolver does not validate signatures"),
        },
        Rcode::SERVFAIL => match eyes.resolver.ask(zone, Rtype::SOA, Checking::Disabled).await {
            // what comes unchecked and not checked does not fit its signatures
            Ok(unchecked) if unchecked.exists() && unchecked.serial().is_some() => {
                Answer::Known(Dnssec::Bogus)
            }
            _ => Answer::unknown(format!("the resolver answers SERVFAIL for {zone}")),
        },
        code => Answer::unknown(format!("the resolver answers {code} for {zone}")),
    }
}
