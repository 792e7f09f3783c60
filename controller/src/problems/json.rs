//! Problems for programs.

use campanile_plan::document::Problem;

use super::Layout;

/// A list of `{file, line, column, message, remedy}`.
pub fn render(layout: &Layout<'_>, problems: &[Problem]) -> String {
    let moved = problems
        .iter()
        .map(|problem| Problem { file: layout.path(&problem.file).into_owned(), ..problem.clone() });
    let moved: Vec<Problem> = moved.collect();
    format!("{:#}\n", serde_json::json!(moved))
}
