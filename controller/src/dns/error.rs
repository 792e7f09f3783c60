//! Why a name server did not do what it was asked.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use domain::base::iana::Rcode;
use domain::tsig::ValidationError;

/// What went wrong between us and a name server.
#[derive(Debug, thiserror::Error)]
pub enum DnsError {
    /// The file with the key's secret.
    #[error("reading the secret of the TSIG key in {path}")]
    SecretFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The key itself.
    #[error("the TSIG key {name}: {why}")]
    Key {
        /// Its name.
        name: String,
        /// Why it is none.
        why: String,
    },
    /// No connection, or it broke.
    #[error("asking the name server {server}")]
    Connection {
        /// Where it should be.
        server: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// It took too long.
    #[error("the name server {server} has not answered for {seconds} s")]
    Slow {
        /// Where it is.
        server: SocketAddr,
        /// How long it was waited for.
        seconds: u64,
    },
    /// It answered, and said no.
    #[error("the name server answers {code}{}", meaning(*code))]
    Refused {
        /// Its word.
        code: Rcode,
    },
    /// It knows the name, and has no zone that begins there.
    #[error("the name server has the zone above alone")]
    NoZone,
    /// Its answer is not signed by our key.
    #[error("{}", signature(*why))]
    Signature {
        /// Why.
        why: ValidationError,
    },
    /// Its clock is not ours.
    #[error(
        "the clocks of this machine and of the name server are {apart} s apart, and it refuses what we sign: set them by NTP"
    )]
    Clocks {
        /// Seconds.
        apart: u64,
    },
    /// What it sent is no answer.
    #[error("the name server's answer cannot be read: {0}")]
    Malformed(String),
    /// What it sent has no end.
    #[error("the zone is larger than {records} records or {mebibytes} MiB")]
    TooLarge {
        /// Records that are taken.
        records: usize,
        /// Size that is taken.
        mebibytes: usize,
    },
    /// What is to be sent does not fit.
    #[error("the records of {owner} do not fit into one message")]
    Unsendable {
        /// Whose.
        owner: String,
    },
    /// No chance for an identifier.
    #[error("drawing a random number")]
    Random {
        /// Why.
        source: getrandom::Error,
    },
}

/// What an answer of refusal means for people.
fn meaning(code: Rcode) -> &'static str {
    match code {
        Rcode::REFUSED => ": it does not let this key do that, or does not have the zone",
        Rcode::NOTAUTH => ": it does not have the zone, or does not know the key",
        Rcode::YXRRSET | Rcode::NXRRSET | Rcode::YXDOMAIN | Rcode::NXDOMAIN => {
            ": somebody changed the zone meanwhile; the next look plans anew"
        }
        Rcode::SERVFAIL => ": see its log",
        _ => "",
    }
}

fn signature(why: ValidationError) -> String {
    match why {
        ValidationError::BadTime => {
            "the name server's answer is signed at another time than now: set the clocks by NTP".to_owned()
        }
        ValidationError::ServerBadKey => "the name server does not know the TSIG key".to_owned(),
        ValidationError::ServerBadSig => {
            "the name server has another secret or algorithm for the TSIG key".to_owned()
        }
        ValidationError::ServerUnsigned => "the name server's answer is not signed".to_owned(),
        other => format!("the signature of the name server's answer: {other}"),
    }
}

impl DnsError {
    /// Whether the server says that it does not have the zone.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::NoZone | Self::Refused { code: Rcode::REFUSED | Rcode::NOTAUTH })
    }

    /// Whether nobody can be asked: it is not about one zone alone.
    pub fn is_away(&self) -> bool {
        matches!(
            self,
            Self::SecretFile { .. }
                | Self::Key { .. }
                | Self::Connection { .. }
                | Self::Slow { .. }
                | Self::Signature { .. }
                | Self::Clocks { .. }
        )
    }
}
