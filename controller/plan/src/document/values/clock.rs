//! Days and times of day, as a clock in UTC shows them.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};

use super::{Invalid, text_value};

/// A time of day in UTC: `02:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(Time);

impl TimeOfDay {
    /// The time.
    pub const fn time(self) -> Time {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        let parts = text.split_once(':').filter(|(hour, minute)| digits(hour) && digits(minute));
        let time =
            parts.and_then(|(hour, minute)| Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok());
        time.map(Self).ok_or_else(|| {
            Invalid::new(
                format!("{text:?} is not a time of day"),
                "write hour and minute in UTC, such as \"02:30\"",
            )
        })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

text_value!(TimeOfDay, pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", "Hour and minute in UTC, such as \"02:30\".");

/// A day: `2026-11-20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day.
    pub const fn date(self) -> Date {
        self.0
    }
}

impl FromStr for Day {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
        date.map(Self).ok_or_else(|| {
            Invalid::new(
                format!("{text:?} is not a day"),
                "write year, month and day, such as \"2026-11-20\"",
            )
        })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_value!(Day, pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "A day, such as \"2026-11-20\".");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days() {
        let time = |text: &str| text.parse::<TimeOfDay>().ok().map(|time| time.to_string());
        assert_eq!(time("02:30").as_deref(), Some("02:30"));
        for text in ["2:30", "24:00", "02:60", "02:30:00", "-2:30", "", "0230"] {
            assert_eq!(time(text), None, "{text}");
        }
        let day = |text: &str| text.parse::<Day>().ok().map(|day| day.to_string());
        assert_eq!(day("2026-11-20").as_deref(), Some("2026-11-20"));
        for text in ["2026-02-30", "2026-11-20T10:00", "20.11.2026", "20261120"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
