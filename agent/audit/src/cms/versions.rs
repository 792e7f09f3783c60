//! The newest version of each CMS, from a dated list that anybody may replace by a newer one.

use jiff::civil::Date;
use thiserror::Error;

use super::catalogue::RECOGNISERS;
use crate::rules::CmsVersions;

/// The list that comes with this program.
const BUILT_IN: &str = include_str!("../../data/cms-versions.json");
/// The most lines of one CMS.
const MOST_LINES: usize = 20;

/// Why a list of versions is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VersionsError {
    /// It is no JSON of the right form.
    #[error("the list of CMS versions cannot be read: {0}")]
    Form(String),
    /// Its day is yet to come.
    #[error("the list of CMS versions is of {as_of}, which is yet to come")]
    Future {
        /// Its day.
        as_of: Date,
    },
    /// It does not say where its versions were read.
    #[error("the list of CMS versions names no source")]
    NoSource,
    /// It names something that is not recognised.
    #[error("the list of CMS versions names {name}, which is no CMS that is recognised: {known}")]
    Unknown {
        /// The name.
        name: String,
        /// Those that are.
        known: String,
    },
    /// It has a version that is none.
    #[error("the list of CMS versions has {version:?} for {name}; write it as 6.8.3")]
    Version {
        /// The CMS.
        name: String,
        /// The version.
        version: String,
    },
    /// Its lines are not in order.
    #[error("the list of CMS versions has the lines of {name} in another order than newest first")]
    Order {
        /// The CMS.
        name: String,
    },
    /// A CMS has no line, or too many.
    #[error("the list of CMS versions has {count} lines for {name}; 1 to {MOST_LINES} make sense")]
    Lines {
        /// The CMS.
        name: String,
        /// How many.
        count: usize,
    },
}

/// The list that comes with this program.
///
/// # Errors
/// Never, as a test sees to.
pub fn built_in() -> Result<CmsVersions, VersionsError> {
    parse(BUILT_IN, None)
}

/// Reads a list: JSON with `as_of`, `source` and, for each CMS, the newest release of each line that is kept up, newest first.
///
/// # Errors
/// When it is none, or its day is after `today`.
pub fn parse(text: &str, today: Option<Date>) -> Result<CmsVersions, VersionsError> {
    let list: CmsVersions =
        serde_json::from_str(text).map_err(|error| VersionsError::Form(error.to_string()))?;
    if today.is_some_and(|today| list.as_of > today) {
        return Err(VersionsError::Future { as_of: list.as_of });
    }
    if list.source.trim().is_empty() {
        return Err(VersionsError::NoSource);
    }
    for (name, lines) in &list.newest {
        check(name, lines)?;
    }
    Ok(list)
}

fn check(name: &str, lines: &[String]) -> Result<(), VersionsError> {
    let (count, name) = (lines.len(), name.to_owned());
    if !RECOGNISERS.iter().any(|known| known.name == name) {
        let known = RECOGNISERS.iter().map(|known| known.name).collect::<Vec<_>>().join(", ");
        return Err(VersionsError::Unknown { name, known });
    }
    if !(1..=MOST_LINES).contains(&count) {
        return Err(VersionsError::Lines { name, count });
    }
    let mut numbers = Vec::new();
    for version in lines {
        let parts: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
        match parts {
            Some(parts) => numbers.push(parts),
            None => return Err(VersionsError::Version { name, version: version.clone() }),
        }
    }
    if !numbers.is_sorted_by(|one, next| one > next) {
        return Err(VersionsError::Order { name });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_is_one() {
        let list = built_in().unwrap();
        for name in ["WordPress", "Joomla", "Drupal", "Plone", "TYPO3", "Liferay", "Umbraco", "DotNetNuke"] {
            assert!(list.newest.contains_key(name), "{name}");
        }
    }

    #[track_caller]
    fn refused(newest: &str, source: &str, as_of: &str, why: &str) {
        let text = format!("{{\"as_of\":\"{as_of}\",\"source\":\"{source}\",\"newest\":{newest}}}");
        let today = Some(jiff::civil::date(2026, 11, 25));
        assert_eq!(parse(&text, today).unwrap_err().to_string(), format!("the list of CMS versions {why}"));
    }

    #[test]
    fn lists_that_are_none() {
        let day = "2026-11-01";
        refused("{}", "x", "2026-11-26", "is of 2026-11-26, which is yet to come");
        refused("{}", " ", day, "names no source");
        refused(
            r#"{"WordPress":["6.8","6.9"]}"#,
            "x",
            day,
            "has the lines of WordPress in another order than newest first",
        );
        refused(
            r#"{"WordPress":["6.8","6.8"]}"#,
            "x",
            day,
            "has the lines of WordPress in another order than newest first",
        );
        refused(r#"{"WordPress":["6.x"]}"#, "x", day, "has \"6.x\" for WordPress; write it as 6.8.3");
        refused(r#"{"WordPress":[]}"#, "x", day, "has 0 lines for WordPress; 1 to 20 make sense");
        let error = parse("{}", None).unwrap_err().to_string();
        assert!(error.starts_with("the list of CMS versions cannot be read: missing field"), "{error}");
        let error =
            parse(r#"{"as_of":"2026-11-01","source":"x","newest":{"Wordpress":["1"]}}"#, None).unwrap_err();
        assert!(matches!(error, VersionsError::Unknown { .. }), "{error}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "\\PC*", versions in proptest::collection::vec("[0-9.x]{0,6}", 0..4)) {
            parse(&text, None).ok();
            let newest = serde_json::json!({"as_of": "2026-11-01", "source": "x", "newest": {"Joomla": versions}});
            parse(&newest.to_string(), None).ok();
        }
    }
}
