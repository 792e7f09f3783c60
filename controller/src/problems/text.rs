//! Problems for people: what, where, the line with a caret, and the way out.

use std::collections::BTreeSet;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use campanile_plan::document::{Place, Problem};
use campanile_plan::fleet::Snapshot;

use super::Layout;

/// A line may be as long as a file may be large; a terminal shows this much before the caret's place.
const SHOWN_CHARACTERS: usize = 2_000;

/// One block a problem, and how many there are.
pub fn render(layout: &Layout<'_>, problems: &[Problem], snapshot: &Snapshot) -> String {
    let renderer = if layout.colour { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for problem in problems {
        let path = layout.path(&problem.file).into_owned();
        let group = Level::ERROR
            .primary_title(&problem.message)
            .element(source(problem, path, snapshot))
            .element(Level::HELP.message(&problem.remedy));
        text.push_str(&renderer.render(&[group]));
        text.push_str("\n\n");
    }
    if let Some(count) = count(problems) {
        text.push_str(&count);
    }
    text
}

/// The line with a caret, or the place alone where the line cannot be shown.
fn source<'a>(problem: &Problem, path: String, snapshot: &'a Snapshot) -> Element<'a> {
    let Place { line, column } = problem.place;
    match shown(problem, snapshot) {
        Some((text, caret)) => Snippet::source(text)
            .line_start(line)
            .path(path)
            .annotation(AnnotationKind::Primary.span(caret))
            .into(),
        None => Origin::path(path).line(line).char_column(column).into(),
    }
}

/// The line of a problem, and the bytes of it that the caret stands under.
fn shown<'a>(problem: &Problem, snapshot: &'a Snapshot) -> Option<(&'a str, std::ops::Range<usize>)> {
    let Place { line, column } = problem.place;
    let text = snapshot.files.get(&problem.file)?.as_ref().ok()?;
    let text = text.lines().nth(line.checked_sub(1)?)?;
    if column > SHOWN_CHARACTERS {
        return None;
    }
    let mut starts = text.char_indices().skip(column.checked_sub(1)?);
    let (start, character) = starts.next().unwrap_or((text.len(), ' '));
    let end = (start + character.len_utf8()).min(text.len());
    let limit = text.char_indices().nth(SHOWN_CHARACTERS + 1);
    Some((&text[..limit.map_or(text.len(), |(end, _)| end)], start..end))
}

fn count(problems: &[Problem]) -> Option<String> {
    let files: BTreeSet<&str> = problems.iter().map(|problem| problem.file.as_str()).collect();
    let plural = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    let text = format!("{} in {}\n", plural(problems.len(), "problem"), plural(files.len(), "file"));
    (!problems.is_empty()).then_some(text)
}
