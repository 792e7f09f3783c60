//! Words, dates and numbers as reports in Italian and English write them.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Change, ChangeKind, Class, Report, Standing, Style};
use crate::Language;
use crate::changes::answered;
use crate::grades::{Grade, Scheme};
use crate::rules::{Area, OldVersions, Verdict, Weight, Who};

const ITALIAN_MONTHS: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];
const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Italy's time, summer and winter, without a database of time zones (directive 2000/84/EC).
fn italy() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC)
}

impl Style<'_> {
    /// `25 novembre 2026`.
    pub(super) fn date(&self, date: Date) -> String {
        let months = match self.language {
            Language::It => ITALIAN_MONTHS,
            Language::En => ENGLISH_MONTHS,
        };
        let month = usize::try_from(date.month()).ok().and_then(|month| months.get(month.wrapping_sub(1)));
        // the first of a month is an ordinal number in Italian
        let day = match (date.day(), self.language) {
            (1, Language::It) => "1º".to_owned(),
            (day, _) => day.to_string(),
        };
        format!("{day} {} {}", month.unwrap_or(&""), date.year())
    }

    /// `25 novembre 2026`, by Italy's clocks.
    pub(crate) fn day(&self, at: Timestamp) -> String {
        self.date(at.to_zoned(italy()).date())
    }

    /// `25 novembre 2026, ore 3:12 (CET)`, by Italy's clocks.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(italy());
        let zone = zoned.strftime("%Z");
        let (hour, minute) = (zoned.hour(), zoned.minute());
        match self.language {
            Language::It => format!("{}, ore {hour}:{minute:02} ({zone})", self.date(zoned.date())),
            Language::En => format!("{}, {hour:02}:{minute:02} ({zone})", self.date(zoned.date())),
        }
    }

    /// Tenths of a percent: `46,8%`.
    pub(super) fn percent(&self, tenths: u32) -> String {
        format!("{}{}{}%", tenths / 10, self.say(",", "."), tenths % 10)
    }

    /// `19.265`.
    pub(super) fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut grouped = String::new();
        for (position, digit) in digits.chars().enumerate() {
            // by the style guide of the Italian administration four digits stand without a point
            if position > 0 && (digits.len() - position).is_multiple_of(3) && digits.len() > 4 {
                grouped.push_str(self.say(".", ","));
            }
            grouped.push(digit);
        }
        grouped
    }

    /// `1 ente`, `34 enti`.
    pub(super) fn count(&self, number: usize, one: (&str, &str), more: (&str, &str)) -> String {
        let (italian, english) = if number == 1 { one } else { more };
        format!("{} {}", self.number(number as u64), self.say(italian, english))
    }

    /// A class; none stands for what could not be told.
    pub(super) fn class(&self, class: Option<Class>) -> &'static str {
        let (italian, english) = match class {
            Some(Class::Secure) => (Class::Secure.name(), "secure"),
            Some(Class::Misconfigured) => (Class::Misconfigured.name(), "misconfigured"),
            Some(Class::Grave) => (Class::Grave.name(), "serious security problems"),
            Some(Class::Without) => (Class::Without.name(), "no HTTPS"),
            None => ("non determinabile", "could not be told"),
        };
        self.say(italian, english)
    }

    /// A class, or between which two it lies.
    pub(super) fn standing(&self, standing: Option<Standing>) -> String {
        match standing {
            None => self.class(None).to_owned(),
            Some(Standing { worst, best }) if worst == best => self.class(Some(worst)).to_owned(),
            Some(Standing { worst, best }) => self.between(self.class(Some(worst)), self.class(Some(best))),
        }
    }

    fn between(&self, worst: &str, best: &str) -> String {
        match self.language {
            Language::It => format!("tra «{worst}» e «{best}»"),
            Language::En => format!("between “{worst}” and “{best}”"),
        }
    }

    /// A step of a scheme, as a grade or a cap names it: `A+`, `passed`, a class.
    pub(super) fn step(&self, step: &str) -> String {
        match step {
            "passed" => self.say("superato", "passed").to_owned(),
            "failed" => self.say("non superato", "failed").to_owned(),
            "unknown" => self.class(None).to_owned(),
            other => Class::from_name(other)
                .map_or_else(|| other.to_owned(), |class| self.class(Some(class)).to_owned()),
        }
    }

    /// What a grade says: `A+`, `tra «B» e «A»`, with its points.
    pub(super) fn grade(&self, grade: &Grade) -> String {
        let (worst, best) = (self.step(&grade.worst), self.step(&grade.best));
        let said = if worst == best { worst } else { self.between(&worst, &best) };
        let points = self.say("punti", "points");
        match grade.points {
            None => said,
            Some((fewest, most)) if fewest == most => format!("{said} ({fewest} {points})"),
            Some((fewest, most)) => format!("{said} ({fewest}–{most} {points})"),
        }
    }

    /// A scheme of grades.
    pub(super) fn scheme(&self, scheme: Scheme) -> &'static str {
        match scheme {
            Scheme::CertAgid => self.say("Classe CERT-AgID", "CERT-AgID class"),
            Scheme::SslLabs => "SSL Labs",
            Scheme::Observatory => "MDN HTTP Observatory",
            Scheme::ModelloComuni => "Modello Comuni",
            Scheme::InternetNl => self.say("Posta e DNS (Internet.nl)", "Mail and DNS (Internet.nl)"),
        }
    }

    /// A weight.
    pub(super) fn weight(&self, weight: Weight) -> &'static str {
        match weight {
            Weight::Grave => self.say("grave", "grave"),
            Weight::Major => self.say("importante", "major"),
            Weight::Minor => self.say("da migliorare", "minor"),
            Weight::Notice => self.say("avviso", "notice"),
        }
    }

    /// A verdict.
    pub(super) fn verdict(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Fails => self.say("da correggere", "fails"),
            Verdict::Unknown => self.say("non determinabile", "unknown"),
        }
    }

    /// Who has to act.
    pub(super) fn who(&self, who: Who) -> &'static str {
        match who {
            Who::Hosting => self.say("gestore del server web", "operator of the web server"),
            Who::SiteSupplier => self.say("fornitore del sito", "supplier of the site"),
            Who::DnsOperator => self.say("gestore del DNS", "operator of the DNS"),
            Who::MailOperator => self.say("gestore della posta", "operator of the mail"),
            Who::Body => self.say("l’ente stesso", "the body itself"),
        }
    }

    /// So many things for one who has to act: `2 al gestore del DNS`.
    pub(super) fn for_whom(&self, who: Who, count: usize) -> String {
        let (italian, english) = match who {
            Who::Hosting => ("al gestore del server web", "for the operator of the web server"),
            Who::SiteSupplier => ("al fornitore del sito", "for the supplier of the site"),
            Who::DnsOperator => ("al gestore del DNS", "for the operator of the DNS"),
            Who::MailOperator => ("al gestore della posta", "for the operator of the mail"),
            Who::Body => ("all’ente stesso", "for the body itself"),
        };
        format!("{count} {}", self.say(italian, english))
    }

    /// What a rule is about.
    pub(super) fn area(&self, area: Area) -> &'static str {
        match area {
            Area::Certificate => self.say("certificato", "certificate"),
            Area::Tls => "TLS",
            Area::Web => self.say("sito", "site"),
            Area::Cms => "CMS",
            Area::Comuni => "Modello Comuni",
            Area::Dns => "DNS",
            Area::Mail => self.say("posta", "mail"),
        }
    }

    /// A kind of change.
    pub(super) fn change(&self, kind: ChangeKind) -> &'static str {
        match kind {
            ChangeKind::Worse => self.say("classe peggiorata", "class got worse"),
            ChangeKind::NewTrouble => self.say("problema nuovo", "new trouble"),
            ChangeKind::Gone => self.say("non raggiungibile", "gone"),
            ChangeKind::EndsSoon => self.say("certificato in scadenza", "certificate ends soon"),
            ChangeKind::Better => self.say("classe migliorata", "class got better"),
            ChangeKind::Mended => self.say("risolto", "mended"),
            ChangeKind::Renewed => self.say("certificato rinnovato", "certificate renewed"),
            ChangeKind::Appeared => self.say("nuovo in elenco", "new in the list"),
            ChangeKind::Left => self.say("non più in elenco", "left the list"),
        }
    }

    /// How the ambiguous class was read.
    pub(super) fn old_versions(&self, policy: OldVersions) -> &'static str {
        match policy {
            OldVersions::Misconfigured => self.say(
                "TLS 1.0 o 1.1 accettato accanto a versioni nuove: «mal configurato»",
                "TLS 1.0 or 1.1 accepted beside newer versions: “misconfigured”",
            ),
            OldVersions::Grave => self.say(
                "TLS 1.0 o 1.1 accettato accanto a versioni nuove: «gravi problemi di sicurezza»",
                "TLS 1.0 or 1.1 accepted beside newer versions: “serious security problems”",
            ),
        }
    }

    /// What is left of a certificate: `scade tra 12 giorni`.
    pub(super) fn days_left(&self, days: i64) -> String {
        match days {
            ..0 => self.say("scaduto", "expired").to_owned(),
            0 => self.say("scade oggi", "ends today").to_owned(),
            1 => self.say("1 giorno", "1 day").to_owned(),
            _ => format!("{days} {}", self.say("giorni", "days")),
        }
    }

    /// That nothing changed.
    pub(super) fn nothing_changed(&self, since: Timestamp) -> String {
        match self.language {
            Language::It => format!("Nulla è cambiato dalla verifica del {}.", self.moment(since)),
            Language::En => format!("Nothing changed since the audit of {}.", self.moment(since)),
        }
    }

    /// That hosts did not answer this time, where some did not: what changed there is not known.
    pub(super) fn not_seen(&self, report: &Report) -> Option<String> {
        let sites = report.bodies.iter().flat_map(|body| &body.facts.sites);
        match sites.filter(|site| !answered(site)).count() {
            0 => None,
            1 => Some(
                self.say(
                    "Un host non ha risposto questa volta: che cosa vi è cambiato non si sa.",
                    "One host did not answer this time: what changed there is not known.",
                )
                .to_owned(),
            ),
            count => Some(match self.language {
                Language::It => {
                    format!("{count} host non hanno risposto questa volta: che cosa vi è cambiato non si sa.")
                }
                Language::En => {
                    format!("{count} hosts did not answer this time: what changed there is not known.")
                }
            }),
        }
    }

    /// A sentence that says a list of CMS versions is old, if it is: older than 30 days when the run ended.
    pub(super) fn old_list(&self, list: Date, ended: Timestamp) -> Option<String> {
        let age = list.until(ended.to_zoned(italy()).date()).ok()?.get_days();
        let date = self.date(list);
        (age > 30).then(|| match self.language {
            Language::It => format!(
                "L’elenco delle versioni dei CMS è del {date}, cioè di {age} giorni prima della verifica: i giudizi \
                 sull’aggiornamento dei CMS possono non essere esatti. Conviene aggiornare l’elenco."
            ),
            Language::En => format!(
                "The list of CMS versions is of {date}, {age} days before this audit: what is said of CMS updates may be \
                 inexact. Refresh the list."
            ),
        })
    }
}

/// The object of a change, unless it is the subject itself.
pub(super) fn other_object(change: &Change) -> Option<&str> {
    (change.object != change.subject && !change.object.is_empty()).then_some(change.object.as_str())
}

/// Text from outside without characters that steer a terminal or turn the direction of what follows.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
            || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{fdd0}'..='\u{fdef}')
    };
    if text.contains(steers) { Cow::Owned(text.replace(steers, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_follow_italian_clocks() {
        let style = Style::default();
        let moment = |text: &str| style.moment(text.parse().unwrap());
        assert_eq!(moment("2026-11-25T02:12:00Z"), "25 novembre 2026, ore 3:12 (CET)");
        assert_eq!(moment("2026-07-31T22:30:00Z"), "1º agosto 2026, ore 0:30 (CEST)");
        assert_eq!(moment("2026-03-29T01:00:00Z"), "29 marzo 2026, ore 3:00 (CEST)");
        let english = Style { language: Language::En, ..style };
        assert_eq!(english.moment("2026-11-25T02:12:00Z".parse().unwrap()), "25 November 2026, 03:12 (CET)");
    }

    #[test]
    fn numbers_are_grouped() {
        let style = Style::default();
        assert_eq!(
            [0, 999, 9022, 19_265, 1_000_000].map(|n| style.number(n)),
            ["0", "999", "9022", "19.265", "1.000.000"]
        );
        assert_eq!(
            [0, 5, 468, 1000].map(|tenths| style.percent(tenths)),
            ["0,0%", "0,5%", "46,8%", "100,0%"]
        );
    }

    #[test]
    fn a_list_is_old_after_thirty_days() {
        let style = Style::default();
        let old = |list: &str| {
            style.old_list(list.parse().unwrap(), "2026-11-25T02:12:00Z".parse().unwrap()).is_some()
        };
        assert!(!old("2026-10-26"));
        assert!(old("2026-10-25"));
        assert!(!old("2026-12-01"));
    }

    #[test]
    fn what_steers_is_not_let_through() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\u{0}"), "a\u{fffd}[31mb\u{fffd}c\u{fffd}");
        assert_eq!(visible("Viganò\n"), "Viganò\n");
    }
}
