//! The terms of one record (RFC 7208, 4.6.1, 5 and 6).

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Most terms that are read.
const MOST_TERMS: usize = 200;

/// A record, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// What takes a look-up, in order.
    pub lookups: Vec<Lookup>,
    /// `all` with its sign.
    pub all: Option<String>,
    /// Where it goes on if nothing fits.
    pub redirect: Option<Target>,
    pub problems: Vec<String>,
    pub notes: Vec<String>,
}

/// A mechanism that takes a look-up.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lookup {
    pub kind: Kind,
    pub target: Target,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Include,
    Address,
    Exchangers,
    Pointer,
    Exists,
}

/// What is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A name.
    Name(String),
    /// A name that depends on the message: it has macros (RFC 7208, 7).
    Macro(String),
}

impl Record {
    /// Reads a record of a domain.
    pub fn read(record: &str, domain: &str) -> Self {
        let mut read = Self::default();
        for term in record.split_ascii_whitespace().skip(1).take(MOST_TERMS) {
            if read.all.is_some() && !term.contains('=') {
                read.notes.push(format!("{term} stands behind all, so nobody looks at it"));
            } else if let Err(problem) = read.take(term, domain) {
                read.problems.push(problem);
            }
        }
        if read.all.is_some() && read.redirect.take().is_some() {
            read.notes.push("redirect= does not count beside all".to_owned());
        }
        read
    }

    fn take(&mut self, term: &str, domain: &str) -> Result<(), String> {
        let wrong = |why: &str| format!("{term}: {why}");
        if let Some((name, value)) = modifier(term) {
            match name.to_ascii_lowercase().as_str() {
                "redirect" if self.redirect.is_some() => return Err(wrong("a second redirect=")),
                "redirect" => self.redirect = Some(target(value).map_err(|why| wrong(&why))?),
                // an explanation is looked up for nobody's decision; others are for later versions
                _ => {}
            }
            return Ok(());
        }
        let sign = term.chars().next().filter(|c| "+-?~".contains(*c));
        let body = if sign.is_some() { &term[1..] } else { term };
        let end = body.find([':', '/']).unwrap_or(body.len());
        let (name, rest) = body.split_at(end);
        let kind = match name.to_ascii_lowercase().as_str() {
            "all" if rest.is_empty() => {
                self.all = Some(format!("{}all", sign.unwrap_or('+')));
                return Ok(());
            }
            "ip4" => return network::<Ipv4Addr>(rest, 32).map_err(|why| wrong(&why)),
            "ip6" => return network::<Ipv6Addr>(rest, 128).map_err(|why| wrong(&why)),
            "include" => Kind::Include,
            "a" => Kind::Address,
            "mx" => Kind::Exchangers,
            "ptr" => Kind::Pointer,
            "exists" => Kind::Exists,
            _ => return Err(wrong("an unknown mechanism")),
        };
        let target = match (kind, rest.strip_prefix(':')) {
            (Kind::Include | Kind::Exists, None) => return Err(wrong("it names nothing")),
            (Kind::Address | Kind::Exchangers, spec) => {
                let (name, lengths) = without_lengths(spec.unwrap_or(rest));
                lengths_fit(lengths).map_err(|why| wrong(&why))?;
                if spec.is_some() { target(name) } else { Ok(Target::Name(domain.to_owned())) }
            }
            (_, Some(spec)) => target(spec),
            (Kind::Pointer, None) if rest.is_empty() => Ok(Target::Name(domain.to_owned())),
            (Kind::Pointer, None) => Err("it is not understood".to_owned()),
        };
        if kind == Kind::Pointer {
            self.notes.push("ptr is not to be used (RFC 7208, 5.5)".to_owned());
        }
        self.lookups.push(Lookup { kind, target: target.map_err(|why| wrong(&why))? });
        Ok(())
    }
}

/// `name=value`, where the name is one.
fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    is_name.then_some((name, value))
}

/// `:192.0.2.0/24`.
fn network<A: FromStr>(rest: &str, most: u8) -> Result<(), String> {
    let rest = rest.strip_prefix(':').ok_or("it names no network")?;
    let (address, length) = rest.split_once('/').map_or((rest, None), |(a, length)| (a, Some(length)));
    A::from_str(address).map_err(|_| "it is no address")?;
    match length.map(length_of) {
        None => Ok(()),
        Some(Some(length)) if length <= most => Ok(()),
        Some(_) => Err("its prefix length is wrong".to_owned()),
    }
}

/// A name, and `/24//64` behind it.
fn without_lengths(spec: &str) -> (&str, &str) {
    // a macro may have a slash as a delimiter; lengths stand behind the last brace
    let braces = spec.rfind('}').map_or(0, |at| at + 1);
    let at = spec[braces..].find('/').map_or(spec.len(), |at| braces + at);
    spec.split_at(at)
}

fn lengths_fit(lengths: &str) -> Result<(), String> {
    let (four, six) = lengths.split_once("//").map_or((lengths, None), |(four, six)| (four, Some(six)));
    let four = if four.is_empty() { Some(32) } else { four.strip_prefix('/').and_then(length_of) };
    let six = six.map_or(Some(128), length_of);
    let fit = four.is_some_and(|four| four <= 32) && six.is_some_and(|six| six <= 128);
    if fit { Ok(()) } else { Err("its prefix length is wrong".to_owned()) }
}

fn length_of(text: &str) -> Option<u8> {
    text.chars().all(|c| c.is_ascii_digit()).then(|| text.parse().ok())?
}

fn target(spec: &str) -> Result<Target, String> {
    if has_macro(spec)? {
        return Ok(Target::Macro(spec.to_owned()));
    }
    let name = spec.strip_suffix('.').unwrap_or(spec).to_ascii_lowercase();
    let labels_fit = name.split('.').all(|label| (1..=63).contains(&label.len()));
    if labels_fit && name.contains('.') && name.len() <= 253 && name.chars().all(|c| c.is_ascii_graphic()) {
        Ok(Target::Name(name))
    } else {
        Err("it is no domain name".to_owned())
    }
}

/// Whether there are macros (RFC 7208, 7.1).
///
/// # Errors
/// When there is a `%` that begins none.
fn has_macro(spec: &str) -> Result<bool, String> {
    let wrong = || Err("a macro in it is not understood".to_owned());
    let mut rest = spec;
    let mut found = false;
    while let Some(at) = rest.find('%') {
        found = true;
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(['%', '_', '-']) {
            rest = after;
            continue;
        }
        let Some((inside, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
            return wrong();
        };
        let mut inside = inside.chars();
        if !inside.next().is_some_and(|letter| "slodipvh".contains(letter.to_ascii_lowercase())) {
            return wrong();
        }
        let inside = inside.as_str().trim_start_matches(|c: char| c.is_ascii_digit());
        let inside = inside.strip_prefix(['r', 'R']).unwrap_or(inside);
        if !inside.chars().all(|c| ".-+,/_=".contains(c)) {
            return wrong();
        }
        rest = after;
    }
    Ok(found)
}
