//! The audit of what a body shows to the outside: certificates, HTTPS, DNS, mail and CMS.
//!
//! ```text
//! host ─probe─▶ Facts        what was asked and what came back              I/O   probes/
//!                │ judge      (Facts, Context) → Findings                   pure  rules/
//!                │ grade      (Facts, Findings, Context) → Grades           pure  grades/
//!                │ compare    (last Report, this Report) → Changes          pure  changes/
//!                ▼ report     text, JSON, CSV, HTML, OpenMetrics, SARIF     pure  report/
//! ```
//!
//! Silence is never "no": what did not answer is [`Answer::Unknown`], and says why. Only `probes` reads clocks and sockets.

mod answer;
#[cfg(feature = "certificates")]
pub mod chain;
pub mod changes;
pub mod cms;
pub mod facts;
pub mod grades;
#[cfg(feature = "pages")]
pub mod page;
#[cfg(feature = "probes")]
pub mod probes;
pub mod profiles;
pub mod records;
pub mod registry;
pub mod report;
pub mod rules;
mod text;

pub use answer::Answer;
pub use text::{Language, Text};
