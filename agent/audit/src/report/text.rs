//! A report for a terminal: what changed, the classes, then each body's findings by weight.

use super::view::{days_until, first_to_end, hosts, title, together, worst_first};
use super::words::{other_object, visible};
use super::{Body, Change, ChangeKind, Class, Report, Style, Terminal, classes, standing};
use crate::grades::Scheme;
use crate::rules::{Finding, Verdict, Weight};

/// The report in lines that fit the terminal.
pub fn text(report: &Report, style: &Style, terminal: Terminal) -> String {
    let mut page = Page { out: String::new(), style, terminal };
    page.head(report);
    page.changes(report);
    page.classes(report);
    for body in worst_first(report) {
        page.body(body);
    }
    page.foot(report);
    page.out
}

/// Escapes of ANSI (ECMA-48, SGR).
const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

struct Page<'a> {
    out: String,
    style: &'a Style<'a>,
    terminal: Terminal,
}

impl Page<'_> {
    fn head(&mut self, report: &Report) {
        let style = self.style;
        let bodies = style.count(report.bodies.len(), ("ente", "body"), ("enti", "bodies"));
        let hosts = style.count(hosts(report), ("sito", "site"), ("siti", "sites"));
        let line = match style.say("it", "en") {
            "it" => format!("Verifica del {}: {bodies}, {hosts}", style.moment(report.run.ended)),
            _ => format!("Audit of {}: {bodies}, {hosts}", style.moment(report.run.ended)),
        };
        self.line(BOLD, "", &line);
        if let Some(old) = style.old_list(report.run.cms_versions, report.run.ended) {
            self.line(YELLOW, "", &old);
        }
    }

    fn changes(&mut self, report: &Report) {
        let Some(changes) = &report.changes else { return };
        let style = self.style;
        self.out.push('\n');
        if let Some(words) = style.not_seen(report) {
            self.line(YELLOW, "", &words);
        }
        if changes.changes.is_empty() {
            self.line(GREEN, "", &style.nothing_changed(changes.since));
            return;
        }
        let heading = style.say("Cambiato dalla verifica del", "Changed since the audit of");
        self.line(BOLD, "", &format!("{heading} {}", style.moment(changes.since)));
        for change in &changes.changes {
            self.change(change);
        }
    }

    fn change(&mut self, change: &Change) {
        let (mark, colour) = match change.kind {
            ChangeKind::Worse | ChangeKind::NewTrouble | ChangeKind::Gone => ("▼", RED),
            ChangeKind::EndsSoon => ("!", YELLOW),
            ChangeKind::Better | ChangeKind::Mended | ChangeKind::Renewed => ("▲", GREEN),
            ChangeKind::Appeared => ("+", DIM),
            ChangeKind::Left => ("-", DIM),
        };
        let object = other_object(change).map(|object| format!(" {object}")).unwrap_or_default();
        let text = change.text.in_language(self.style.language);
        let line = format!("{}{object}: {}: {text}", change.subject, self.style.change(change.kind));
        self.line(colour, &format!("  {mark} "), &line);
    }

    fn classes(&mut self, report: &Report) {
        let style = self.style;
        let ours = classes(report);
        let published = &super::class::PUBLISHED;
        self.out.push('\n');
        let years = published
            .iter()
            .rev()
            .map(|published| format!("{:>8}", published.year))
            .collect::<Vec<_>>()
            .concat();
        let today = style.say("ora", "now");
        let heading = style.say("Classi CERT-AgID", "CERT-AgID classes");
        self.line(BOLD, "", &format!("{heading:<30}{:>6}{today:>8}{years}", ""));
        let unknown = (ours.unknown > 0).then_some(None);
        for class in Class::ALL.map(Some).into_iter().chain(unknown) {
            let share = |tenths: u32| format!("{:>8}", style.percent(tenths));
            let then: String = match class {
                Some(_) => {
                    published.iter().rev().map(|published| share(published.classes.share(class))).collect()
                }
                None => String::new(),
            };
            let line =
                format!("{:<28}{:>6}{}{then}", style.class(class), ours.of(class), share(ours.share(class)));
            self.line(colour(class), "  ", &line);
        }
    }

    fn body(&mut self, body: &Body) {
        let style = self.style;
        self.out.push('\n');
        let class = standing(body);
        let name = match title(body) {
            title if title == body.facts.subject => title.to_owned(),
            title => format!("{title} ({})", body.facts.subject),
        };
        let code = colour(class.and_then(super::Standing::certain));
        self.line(&format!("{BOLD};{code}"), "", &format!("{name}: {}", style.standing(class)));
        let grades = body.grades.iter().filter(|grade| {
            matches!(grade.scheme, Scheme::SslLabs | Scheme::Observatory | Scheme::InternetNl)
        });
        for grade in grades {
            self.line(
                DIM,
                "  ",
                &format!("{} {}: {}", style.scheme(grade.scheme), grade.object, style.grade(grade)),
            );
        }
        if let Some(certificate) = first_to_end(body) {
            let days = style.days_left(days_until(certificate.not_after, body.facts.at));
            let label = style.say("certificato", "certificate");
            self.line(DIM, "  ", &format!("{label}: {}, {days}", style.day(certificate.not_after)));
        }
        for group in together(&body.findings) {
            self.findings(&group);
        }
    }

    /// Findings of one rule.
    fn findings(&mut self, group: &[&Finding]) {
        let Some(first) = group.first() else { return };
        let style = self.style;
        let (word, code) = match (first.verdict, first.weight) {
            (Verdict::Unknown, _) => (style.say("non si sa", "unknown"), DIM),
            (Verdict::Fails, weight @ (Weight::Grave | Weight::Major)) => (style.weight(weight), RED),
            (Verdict::Fails, weight @ Weight::Minor) => (style.weight(weight), YELLOW),
            (Verdict::Fails, weight @ Weight::Notice) => (style.weight(weight), DIM),
        };
        self.line(code, &format!("  {word:<14} "), &style.title(&first.rule));
        for finding in group {
            let evidence = finding.evidence.in_language(style.language);
            self.line("", &" ".repeat(19), &format!("{}: {evidence}", finding.object));
        }
    }

    fn foot(&mut self, report: &Report) {
        let style = self.style;
        let run = &report.run;
        self.out.push('\n');
        let connections = style.count(
            usize::try_from(run.connections).unwrap_or(usize::MAX),
            ("connessione", "connection"),
            ("connessioni", "connections"),
        );
        let line = format!(
            "campanile {}, {} {}, {}, {}, {} {}; {connections}",
            run.program,
            style.say("profilo", "profile"),
            run.profile,
            style.old_versions(run.old_versions),
            run.roots,
            style.say("versioni dei CMS del", "CMS versions of"),
            style.date(run.cms_versions),
        );
        self.line(DIM, "", &line);
    }

    /// Words after an indent, wrapped below it.
    fn line(&mut self, code: &str, indent: &str, words: &str) {
        let words = visible(words).replace(['\n', '\t'], " ");
        let room = self.terminal.width.saturating_sub(indent.chars().count()).max(20);
        let blank = " ".repeat(indent.chars().count());
        for (number, line) in wrapped(&words, room).into_iter().enumerate() {
            let start = if number == 0 { indent } else { &blank };
            let line = format!("{start}{line}");
            let line = line.trim_end();
            if self.terminal.colour && !code.is_empty() {
                self.out.push_str("\u{1b}[");
                self.out.push_str(code);
                self.out.push('m');
                self.out.push_str(line);
                self.out.push_str("\u{1b}[0m\n");
            } else {
                self.out.push_str(line);
                self.out.push('\n');
            }
        }
    }
}

fn colour(class: Option<Class>) -> &'static str {
    match class {
        Some(Class::Secure) => GREEN,
        Some(Class::Misconfigured) => YELLOW,
        Some(Class::Grave | Class::Without) => RED,
        None => DIM,
    }
}

/// Words in lines of at most so many characters; a longer word is cut. Spaces within a line stay.
fn wrapped(words: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest: Vec<char> = words.chars().collect();
    while rest.len() > room {
        let space =
            rest.get(..=room).and_then(|start| start.iter().rposition(|c| *c == ' ')).filter(|at| *at > 0);
        let tail = rest.split_off(space.unwrap_or(room));
        lines.push(rest.into_iter().collect());
        rest = tail.into_iter().skip_while(|c| *c == ' ').collect();
    }
    lines.push(rest.into_iter().collect());
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_wrap() {
        assert_eq!(wrapped("uno due tre", 7), ["uno due", "tre"]);
        assert_eq!(wrapped("lunghissima", 5), ["lungh", "issim", "a"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_room(words in ".{0,200}", room in 1_usize..60) {
            let lines = wrapped(&words, room);
            prop_assert!(lines.iter().all(|line| line.chars().count() <= room));
            let kept = |text: &str| text.replace(' ', "");
            prop_assert_eq!(kept(&lines.concat()), kept(&words));
        }
    }
}
