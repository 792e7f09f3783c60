//! When issuers would have certificates renewed (RFC 9773): asked when they say so, and kept in the state folder.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use campanile_plan::document::values::MemberName;
use campanile_plan::document::{Issuer, Platform};
use futures_util::future::join_all;
use instant_acme::CertificateIdentifier;
use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use super::Acme;
use super::desk::{Desk, understood};
use crate::locked::locked;
use crate::state::{IssuedCertificate, StateError, WindowRecord};

/// Most certificates that are asked about at one look.
const MOST: usize = 16;
/// What the questions may add to a look.
const TIME: Duration = Duration::from_secs(10);
/// The shortest and the longest time until an issuer is asked again (RFC 9773, 4.3.2 advises a day at most).
const AGAIN: (SignedDuration, SignedDuration) =
    (SignedDuration::from_secs(60), SignedDuration::from_hours(24));
/// When one that does not answer is asked again.
const SILENT: Duration = Duration::from_mins(10);

impl Acme {
    /// Asks about those certificates whose time it is, and keeps what is said; what goes wrong there costs nothing else.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub async fn refresh_windows(
        &self,
        platform: &Platform,
        certificates: &BTreeMap<MemberName, IssuedCertificate>,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let known = self.state.windows()?.records;
        let is_due = |member: &MemberName, certificate: &str| {
            known.get(member).is_none_or(|known| known.certificate != certificate || known.next <= now)
        };
        let due = certificates.iter().filter_map(|(member, certificate)| {
            let issuer =
                platform.spec.issuers.iter().find(|issuer| issuer.name.value == certificate.issuer)?;
            let asked = is_due(member, &certificate.id) && !self.is_silent(issuer);
            asked.then_some((member, issuer, &certificate.id))
        });
        let asked = due.take(MOST).map(|(member, issuer, certificate)| async move {
            let answer = timeout(TIME, self.ask_window(issuer, certificate, now)).await.ok().flatten();
            if answer.is_none() {
                locked(&self.silent).insert(issuer.name.value.clone(), Instant::now());
            }
            Some((member, answer?))
        });
        for (member, window) in join_all(asked).await.into_iter().flatten() {
            self.state.note_window(member, &window)?;
        }
        Ok(())
    }

    fn is_silent(&self, issuer: &Issuer) -> bool {
        locked(&self.silent).get(&issuer.name.value).is_some_and(|since| since.elapsed() < SILENT)
    }

    async fn ask_window(&self, issuer: &Issuer, certificate: &str, now: Timestamp) -> Option<WindowRecord> {
        let desk = self.desk(issuer).await.ok()?;
        let later = |span: SignedDuration| now.checked_add(span).unwrap_or(now);
        let window =
            |start, end, next| WindowRecord { certificate: certificate.to_owned(), start, end, next };
        if !desk.renewal_info {
            return Some(window(None, None, later(AGAIN.1)));
        }
        match ask(&desk, certificate).await {
            Ok((start, end, after)) => {
                Some(window(Some(start), Some(end), later(after.clamp(AGAIN.0, AGAIN.1))))
            }
            Err(error) => {
                tracing::debug!(%error, issuer = %issuer.name, "no renewal window");
                None
            }
        }
    }
}

async fn ask(
    desk: &Desk,
    certificate: &str,
) -> Result<(Timestamp, Timestamp, SignedDuration), super::AcmeError> {
    let doing = "asking when to renew";
    let garbled = |reason: String| super::AcmeError::Garbled { doing: doing.to_owned(), reason };
    let (authority, serial) =
        certificate.split_once('.').ok_or_else(|| garbled("it has no name".to_owned()))?;
    let id = CertificateIdentifier { authority_key_identifier: authority.into(), serial: serial.into() };
    let (info, after) = desk.account.renewal_info(&id).await.map_err(|error| understood(doing, error))?;
    let moment = |seconds: i64| Timestamp::from_second(seconds).map_err(|error| garbled(error.to_string()));
    let window = &info.suggested_window;
    let (start, end) = (moment(window.start.unix_timestamp())?, moment(window.end.unix_timestamp())?);
    if end < start {
        return Err(garbled("the window ends before it begins".to_owned()));
    }
    Ok((start, end, SignedDuration::try_from(after).unwrap_or(AGAIN.1)))
}
