//! The index of public administrations (IndicePA) as a list of targets: `enti.xlsx`, `enti.csv`, `amministrazioni.txt`.
//!
//! Columns are taken by their names, whatever their order; every row is either a target or counted with the reason why not.

mod site;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use super::targets::Target;
use site::Site;
pub use site::Unusable;
pub use table::TableError;
use table::{Table, read};

/// Which rows are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Categories by code (`L6`) or by name; all where none is given.
    pub categories: Vec<String>,
    /// What the title has to begin with: `Comune di`; anything where it is empty.
    pub title_begins: String,
}

/// What a file came down to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// The targets, by code.
    pub targets: Vec<Target>,
    /// Rows of the file.
    pub rows: usize,
    /// Rows that were not wanted.
    pub unwanted: usize,
    /// Rows whose site had to be put right before it could be used: without scheme, with two addresses.
    pub repaired: usize,
    /// Bodies whose site is on a host that another body of the list has too.
    pub sharing: usize,
    /// Rows that cannot be used: how many for each reason, and the first few with what stands there.
    pub unusable: BTreeMap<Unusable, Rejected>,
}

/// Rows that cannot be used for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rejected {
    /// How many.
    pub count: usize,
    /// The first few: code, and what stands there.
    pub examples: Vec<(String, String)>,
}

/// Examples for each reason.
const EXAMPLES: usize = 3;

/// Reads the targets of a file.
///
/// # Errors
/// When it cannot be read, is no table, or lacks a column.
pub fn targets(path: &Path, wanted: &Wanted) -> Result<Taken, TableError> {
    Ok(take(read(path)?, wanted))
}

fn take(table: Table, wanted: &Wanted) -> Taken {
    let mut taken = Taken::default();
    let mut codes = BTreeSet::new();
    let mut by_host: BTreeMap<String, usize> = BTreeMap::new();
    for row in table.rows {
        taken.rows += 1;
        let code = row.code.trim().to_lowercase();
        let title = row.title.split_whitespace().collect::<Vec<_>>().join(" ");
        if !wanted.covers(&row.category, &title) {
            taken.unwanted += 1;
            continue;
        }
        let site = match Site::read(&row.site) {
            _ if code.is_empty() => Err(Unusable::NoCode),
            _ if codes.contains(&code) => Err(Unusable::Twice),
            site => site,
        };
        match site {
            Ok(site) => {
                codes.insert(code.clone());
                taken.repaired += usize::from(site.repaired);
                *by_host.entry(site.host.clone()).or_default() += 1;
                taken.targets.push(Target::of_site(&code, &title, &site.host, site.port));
            }
            Err(reason) => taken.reject(reason, &code, &row.site),
        }
    }
    taken.sharing = by_host.values().filter(|bodies| **bodies > 1).sum();
    taken.targets.sort_by(|a, b| a.subject.name.cmp(&b.subject.name));
    taken
}

impl Wanted {
    fn covers(&self, category: &str, title: &str) -> bool {
        let alike = |one: &str, other: &str| one.trim().to_lowercase() == other.trim().to_lowercase();
        let is_of = |wanted: &String| {
            alike(wanted, category)
                || NAMES.iter().any(|(code, name)| alike(wanted, code) && alike(name, category))
        };
        let begins = title.to_lowercase().starts_with(&self.title_begins.to_lowercase());
        begins && (self.categories.is_empty() || self.categories.iter().any(is_of))
    }
}

/// Categories by code, with the name that `amministrazioni.txt` has in place of the code.
const NAMES: &[(&str, &str)] = &[
    ("L6", "Comuni e loro Consorzi e Associazioni"),
    ("L5", "Province e loro Consorzi e Associazioni"),
    ("L12", "Comunita' Montane e loro Consorzi e Associazioni"),
    ("L18", "Unioni di Comuni e loro Consorzi e Associazioni"),
    ("L45", "Citta' Metropolitane"),
];

impl Taken {
    fn reject(&mut self, reason: Unusable, code: &str, site: &str) {
        let rejected = self.unusable.entry(reason).or_default();
        rejected.count += 1;
        if rejected.examples.len() < EXAMPLES {
            let shown: String = site.chars().filter(|c| !c.is_control()).take(80).collect();
            rejected.examples.push((code.chars().take(40).collect(), shown));
        }
    }

    /// For people: how many bodies, and what was not usable and why.
    pub fn summary(&self) -> String {
        let Self { targets, rows, unwanted, repaired, sharing, unusable } = self;
        let rejected: usize = unusable.values().map(|rejected| rejected.count).sum();
        let mut text = format!("{rows} rows: {} bodies to look at", targets.len());
        for (count, what) in [
            (*unwanted, "not of the wanted category or name"),
            (rejected, "unusable"),
            (*repaired, "put right"),
            (*sharing, "on a host that several bodies have"),
        ] {
            if count > 0 {
                let _ = write!(text, ", {count} {what}");
            }
        }
        text.push('\n');
        for (reason, Rejected { count, examples }) in unusable {
            let shown: Vec<String> = examples.iter().map(|(code, site)| format!("{code} {site:?}")).collect();
            let _ = writeln!(text, "  {count:5} {}: {}", reason.text(), shown.join(", "));
        }
        text
    }
}

#[cfg(test)]
mod tests;
