//! The audit from outside: when the whole fleet is looked at, by which measure, and what a member says to it.

use super::decode::{choice, part};
use super::values::{Contact, Day, FilePath, Line, Listen, Port, Rate, Seconds, TimeOfDay};

part! {
    /// The nightly audit of every member's hosts, domains and mail.
    PlatformAudit {
        /// When it begins, in UTC; 02:30, if left out.
        schedule: Option<TimeOfDay>,
        /// Begins up to so much later, each night at another moment; 15m, if left out.
        jitter: Option<Seconds>,
        /// The recommendation that TLS is held against; `agid-2020`, if left out.
        profile: Option<AuditProfile>,
        /// What TLS 1.0 and 1.1 mean where newer versions are spoken too; `misconfigured`, if left out.
        old_versions = "oldVersions": Option<AuditOldVersions>,
        /// Whom the operators of the servers that are looked at can write to: it stands in each request.
        contact: Option<Contact>,
        /// The resolver that is asked; that of the system, if left out.
        resolver: Option<Listen>,
        /// Files with roots to trust beside those that browsers do.
        #[schemars(default)]
        extra_roots = "extraRoots": Vec<FilePath>,
        /// Looks at private addresses too, where hosts have such.
        #[schemars(default)]
        allow_private = "allowPrivate": bool,
        /// Connections that one address bears; 10/1s, if left out. More is for servers of your own alone.
        rate: Option<Rate>,
        /// The port of HTTPS as the world sees it; 443, if left out.
        https_port = "httpsPort": Option<Port>,
        /// The port of HTTP as the world sees it; 80, if left out.
        http_port = "httpPort": Option<Port>,
    }
}

part! {
    /// What a member says to the audit.
    MemberAudit {
        /// `false` leaves the member out; looked at, if left out.
        enabled: Option<bool>,
        /// The body's consent to probes that try known weaknesses out; none are tried, if left out.
        intrusive: Option<Consent>,
        /// Times in which it is not looked at.
        #[schemars(default)]
        maintenance: Vec<Maintenance>,
    }
}

part! {
    /// Who consented to intrusive probes, and when.
    Consent {
        /// Who, with the office: `Mario Rossi, responsabile per la transizione digitale`.
        by: Line,
        /// On which day.
        on: Day,
    }
}

part! {
    /// A time in which a member is not looked at.
    Maintenance {
        /// From then, in UTC.
        from: TimeOfDay,
        /// Until then, in UTC; before `from` means on the next day.
        to: TimeOfDay,
        /// On these days of the week, by the day on which it begins; on all, if left out.
        #[schemars(default)]
        days: Vec<Weekday>,
    }
}

choice! {
    /// A recommendation for TLS.
    AuditProfile {
        /// AgID, 2020.
        Agid2020 = "agid-2020",
        /// Mozilla's intermediate profile, version 6.
        MozillaIntermediate6 = "mozilla-intermediate-6",
        /// ACN, version 2.
        Acn2 = "acn-2",
        /// NCSC-NL, 2025.
        NcscNl2025 = "ncsc-nl-2025",
    }
}

choice! {
    /// What TLS 1.0 and 1.1 mean where newer versions are spoken too: CERT-AgID's reports can be read both ways.
    AuditOldVersions {
        /// *Mal configurato*.
        Misconfigured = "misconfigured",
        /// *Gravi problemi di sicurezza*.
        Grave = "grave",
    }
}

choice! {
    /// A day of the week.
    Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

impl MemberAudit {
    /// Whether a moment lies in one of its times of maintenance.
    pub fn is_in_maintenance(&self, at: jiff::Timestamp) -> bool {
        let now = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        self.maintenance.iter().any(|maintenance| maintenance.covers(now))
    }
}

impl Maintenance {
    fn covers(&self, now: jiff::civil::DateTime) -> bool {
        let (from, to, time) = (self.from.time(), self.to.time(), now.time());
        let on = |date: jiff::civil::Date| self.days.is_empty() || self.days.iter().any(|day| day.is(date));
        if from < to {
            return on(now.date()) && from <= time && time < to;
        }
        let yesterday = now.date().yesterday().is_ok_and(on);
        (on(now.date()) && from <= time) || (yesterday && time < to)
    }
}

impl Weekday {
    fn is(self, date: jiff::civil::Date) -> bool {
        self as i8 == date.weekday().to_monday_zero_offset()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(days: Vec<Weekday>, from: &str, to: &str, at: &str) -> bool {
        let parse = |text: &str| text.parse::<TimeOfDay>().unwrap();
        let maintenance = vec![Maintenance { from: parse(from), to: parse(to), days }];
        let audit = MemberAudit { enabled: None, intrusive: None, maintenance };
        audit.is_in_maintenance(at.parse().unwrap())
    }

    #[test]
    fn maintenance_lasts_as_long_as_it_says() {
        // 2026-11-25 is a Wednesday
        assert!(covers(vec![], "02:00", "04:00", "2026-11-25T02:00Z"));
        assert!(!covers(vec![], "02:00", "04:00", "2026-11-25T04:00Z"));
        assert!(covers(vec![Weekday::Wednesday], "02:00", "04:00", "2026-11-25T03:00Z"));
        assert!(!covers(vec![Weekday::Thursday], "02:00", "04:00", "2026-11-25T03:00Z"));
        assert!(covers(vec![Weekday::Tuesday], "23:00", "03:00", "2026-11-25T02:59Z"));
        assert!(!covers(vec![Weekday::Wednesday], "23:00", "03:00", "2026-11-25T02:59Z"));
        assert!(covers(vec![Weekday::Wednesday], "23:00", "03:00", "2026-11-25T23:30Z"));
    }
}
