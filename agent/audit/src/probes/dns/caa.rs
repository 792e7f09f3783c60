//! Which authorities may issue certificates for a name (RFC 8659).

use domain::base::Rtype;

use super::super::Eyes;
use crate::Answer;
use crate::facts::Caa;

/// Most names on the way up.
const MOST_STEPS: usize = 10;

/// The records in force: those of the name, else of the nearest name above it that has any (RFC 8659, 3).
pub(super) async fn of(eyes: &Eyes, domain: &str) -> Answer<Vec<Caa>> {
    for at in upwards(domain) {
        let reply = match eyes.resolver.query(at, Rtype::CAA).await {
            Answer::Known(reply) => reply,
            Answer::Unknown { unknown } => return Answer::unknown(unknown),
        };
        let records = reply.caa();
        if !records.is_empty() {
            let record = |(flags, tag, value)| Caa { at: at.to_owned(), flags, tag, value };
            return Answer::Known(records.into_iter().map(record).collect());
        }
    }
    Answer::Known(Vec::new())
}

/// A name and those above it, the root aside.
fn upwards(name: &str) -> impl Iterator<Item = &str> {
    let all = std::iter::successors(Some(name), |at| at.split_once('.').map(|(_, above)| above));
    all.filter(|name| !name.is_empty()).take(MOST_STEPS)
}

#[cfg(test)]
mod tests {
    use super::upwards;

    #[test]
    fn every_name_above_is_asked() {
        for (name, expected) in
            [("www.example.test", "www.example.test example.test test"), ("test", "test"), ("", "")]
        {
            assert_eq!(upwards(name).collect::<Vec<_>>().join(" "), expected);
        }
    }
}
