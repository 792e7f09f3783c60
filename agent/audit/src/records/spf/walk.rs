//! The way through a record and all that it includes.

use super::records;
use super::terms::{Kind, Lookup, Record, Target};
use crate::Answer;
use crate::facts::Policy;

/// Look-ups that a receiver makes at most (RFC 7208, 4.6.4), of which so many may find nothing.
const MOST_LOOKUPS: u32 = 10;
const MOST_VOID: u32 = 2;
/// Names that one `mx` may have (RFC 7208, 4.6.4).
const MOST_EXCHANGERS: usize = 10;
/// Look-ups after which we stop counting.
const ENOUGH: u32 = 30;

/// What to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The TXT records of a name.
    Texts(String),
    /// The addresses of a name.
    Addresses(String),
    /// The mail exchangers of a name.
    Exchangers(String),
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// These texts; none where the name has none, or does not exist.
    Texts(Vec<String>),
    /// So many records.
    Records(usize),
}

/// A walk through a domain's record.
pub struct Walk {
    policy: Policy,
    lookups: u32,
    voids: u32,
    unknown: Option<String>,
    open: Vec<Task>,
}

struct Task {
    question: Question,
    /// The domains whose records led here.
    path: Vec<String>,
    /// Its record's `all` is what the domain's record comes down to.
    decides: bool,
}

impl Walk {
    /// Begins with the TXT records of a domain.
    pub fn new(domain: &str, texts: &[String]) -> Self {
        let domain = domain.to_ascii_lowercase();
        let found: Vec<String> = records(texts).into_iter().map(str::to_owned).collect();
        let at = if found.is_empty() { String::new() } else { domain.clone() };
        let policy = Policy { at, records: found.clone(), ..Policy::default() };
        let mut walk = Self { policy, lookups: 0, voids: 0, unknown: None, open: Vec::new() };
        match found.as_slice() {
            [] => {}
            [record] => walk.read(record, &[domain], true),
            _ => walk.problem("there are several SPF records, so none counts".to_owned()),
        }
        walk
    }

    /// What to ask next; none when all is known.
    pub fn next(&self) -> Option<&Question> {
        self.open.last().map(|task| &task.question)
    }

    /// Takes the answer to what [`Walk::next`] said.
    pub fn answer(&mut self, answer: Answer<Found>) {
        let Some(task) = self.open.pop() else { return };
        let found = match answer {
            Answer::Known(found) => found,
            Answer::Unknown { unknown } => {
                self.unknown.get_or_insert(unknown);
                return;
            }
        };
        let name = task.question.name().to_owned();
        let is_void = match &found {
            Found::Texts(texts) => texts.is_empty(),
            Found::Records(count) => *count == 0,
        };
        self.voids += u32::from(is_void);
        match found {
            Found::Texts(texts) => {
                let records = records(&texts);
                match records.as_slice() {
                    [record] => {
                        let path: Vec<String> = task.path.into_iter().chain([name]).collect();
                        self.read(record, &path, task.decides);
                    }
                    [] => self.problem(format!("{name} has no SPF record")),
                    _ => self.problem(format!("{name} has several SPF records")),
                }
            }
            Found::Records(count)
                if count > MOST_EXCHANGERS && matches!(task.question, Question::Exchangers(_)) =>
            {
                self.problem(format!("{name} has {count} mail exchangers, {MOST_EXCHANGERS} are too many"));
            }
            Found::Records(0) => self.note(format!("{name}, which it names, is not there")),
            Found::Records(_) => {}
        }
    }

    /// The policy, and the look-ups that it takes.
    pub fn finish(mut self) -> (Policy, Answer<u32>) {
        if self.lookups > MOST_LOOKUPS {
            let least = if self.lookups >= ENOUGH { "at least " } else { "" };
            self.problem(format!(
                "it takes {least}{} look-ups, receivers stop at {MOST_LOOKUPS}",
                self.lookups
            ));
        }
        if self.voids > MOST_VOID {
            self.problem(format!("{} look-ups find nothing, receivers stop at {MOST_VOID}", self.voids));
        }
        let lookups = self.unknown.map_or(Answer::Known(self.lookups), Answer::unknown);
        (self.policy, lookups)
    }

    fn read(&mut self, record: &str, path: &[String], decides: bool) {
        let domain = path.last().map(String::as_str).unwrap_or_default();
        let read = Record::read(record, domain);
        let placed = |words: String| if path.len() > 1 { format!("{domain}: {words}") } else { words };
        for problem in read.problems {
            self.problem(placed(problem));
        }
        for note in read.notes {
            self.note(placed(note));
        }
        if decides {
            self.policy.verdict = read.all.clone().unwrap_or_default();
            if read.all.is_none() && read.redirect.is_none() {
                self.note("it has no all at its end".to_owned());
            }
        }
        let mut tasks = Vec::new();
        for Lookup { kind, target } in read.lookups {
            self.look_up(kind, target, path, false, &mut tasks);
        }
        if let Some(target) = read.redirect {
            self.look_up(Kind::Include, target, path, decides, &mut tasks);
        }
        // the first of them is the next one
        self.open.extend(tasks.into_iter().rev());
    }

    fn look_up(&mut self, kind: Kind, target: Target, path: &[String], decides: bool, tasks: &mut Vec<Task>) {
        if self.lookups >= ENOUGH {
            return;
        }
        self.lookups += 1;
        let name = match target {
            Target::Name(name) => name,
            // whether a name that depends on the message leads anywhere, nobody can tell beforehand
            Target::Macro(spec) if kind == Kind::Include => {
                let why = format!("{spec} depends on the message");
                self.unknown.get_or_insert(why);
                return;
            }
            Target::Macro(_) => return,
        };
        let question = match kind {
            Kind::Include if path.contains(&name) => {
                return self.problem(format!("{name} includes itself: receivers never come to an end"));
            }
            Kind::Include => Question::Texts(name),
            Kind::Address | Kind::Exists => Question::Addresses(name),
            Kind::Exchangers => Question::Exchangers(name),
            Kind::Pointer => return,
        };
        tasks.push(Task { question, path: path.to_vec(), decides });
    }

    fn note(&mut self, note: String) {
        if !self.policy.notes.contains(&note) {
            self.policy.notes.push(note);
        }
    }

    fn problem(&mut self, problem: String) {
        if !self.policy.problems.contains(&problem) {
            self.policy.problems.push(problem);
        }
    }
}

impl Question {
    fn name(&self) -> &str {
        match self {
            Self::Texts(name) | Self::Addresses(name) | Self::Exchangers(name) => name,
        }
    }
}
