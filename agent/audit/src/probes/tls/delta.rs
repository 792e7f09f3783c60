//! Whether anything changed since yesterday, by about five hellos: the newest version answers as it did, with the same
//! certificate, and what was not taken yesterday is refused, all of it at once, by each version. Rare suites and SSL 2 are
//! left to the full look.

use super::TlsOutcome;
use super::ask::Server;
use crate::facts::Tls;

/// Looks; none where something changed, or could not be told.
pub(super) async fn look(_server: &Server<'_>, _yesterday: &Tls) -> Option<TlsOutcome> {
    None
}
