//! Charts as inline SVG. Their numbers stand in tables beside them, so that nothing is told by colour alone.

use super::super::{Class, Classes, Style};
use super::colour;
use super::write::{each, escaped};

/// Height of one bar with the label above it.
const ROW: usize = 58;
/// Height of the columns of a trend.
const TALL: u32 = 160;
/// A part of a bar gets its share written in it from these tenths of a percent on.
const ROOM: u32 = 90;

/// All classes, the best first, and last what could not be told.
pub(super) fn parts() -> impl Iterator<Item = Option<Class>> {
    Class::ALL.map(Some).into_iter().chain([None])
}

/// What each colour is.
pub(super) fn legend(with_unknown: bool, style: &Style) -> String {
    let shown = parts().filter(|part| part.is_some() || with_unknown);
    let items = each(shown, |part| {
        format!(
            "<li><svg width=\"16\" height=\"16\" aria-hidden=\"true\"><rect class=\"{}\" width=\"16\" height=\"16\" rx=\"3\"/></svg> {}</li>",
            colour(part),
            style.class(part)
        )
    });
    format!("<ul class=\"legend\">{items}</ul>")
}

/// Bars of shares, one above the other.
pub(super) fn bars(rows: &[(String, Classes)], title: &str, style: &Style) -> String {
    let drawn = each(rows.iter().enumerate(), |(number, (label, classes))| {
        let top = number * ROW;
        let text = top + 16;
        format!(
            "<text x=\"0\" y=\"{text}\" class=\"label\">{}</text>{}",
            escaped(label),
            bar(classes, top + 24, style)
        )
    });
    let height = rows.len() * ROW;
    format!(
        "<svg class=\"bars\" role=\"img\" aria-labelledby=\"barre-t barre-d\" width=\"100%\" height=\"{height}\">\
         <title id=\"barre-t\">{title}</title><desc id=\"barre-d\">{}</desc>{drawn}</svg>",
        style.say(
            "Gli stessi numeri stanno nella tabella che segue.",
            "The same numbers stand in the table below."
        )
    )
}

fn bar(classes: &Classes, top: usize, style: &Style) -> String {
    let mut left = 0;
    each(parts().filter(|part| classes.of(*part) > 0), |part| {
        let share = classes.share(part);
        let rect = format!(
            "<rect class=\"{}\" x=\"{}\" y=\"{top}\" width=\"{}\" height=\"26\"/>",
            colour(part),
            percent(left),
            percent(share)
        );
        let middle = left + share / 2;
        left += share;
        if share < ROOM {
            return rect;
        }
        let text = top + 18;
        format!(
            "{rect}<text class=\"on-{}\" x=\"{}\" y=\"{text}\" text-anchor=\"middle\">{}</text>",
            colour(part),
            percent(middle),
            style.percent(share)
        )
    })
}

/// Tenths of a percent as SVG writes lengths.
fn percent(tenths: u32) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// Columns of shares, one a run, in order of time.
pub(super) fn trend(runs: &[Classes], title: &str, style: &Style) -> String {
    let count = u32::try_from(runs.len()).unwrap_or(u32::MAX).max(1);
    let step = (1000 / count).min(70);
    let columns = each((0..).zip(runs), |(number, classes)| column(classes, number * step, step * 8 / 10));
    let height = TALL + 2;
    format!(
        "<svg class=\"trend\" role=\"img\" aria-labelledby=\"andamento-t andamento-d\" width=\"100%\" height=\"{height}\">\
         <title id=\"andamento-t\">{title}</title><desc id=\"andamento-d\">{}</desc>{columns}</svg>",
        style.say(
            "Gli stessi numeri stanno nella tabella che segue.",
            "The same numbers stand in the table below."
        ),
    )
}

fn column(classes: &Classes, left: u32, width: u32) -> String {
    let mut bottom = TALL;
    each(parts().filter(|part| classes.of(*part) > 0), |part| {
        let height = classes.share(part) * TALL / 1000;
        bottom = bottom.saturating_sub(height);
        format!(
            "<rect class=\"{}\" x=\"{}\" y=\"{bottom}\" width=\"{}\" height=\"{height}\"/>",
            colour(part),
            percent(left),
            percent(width)
        )
    })
}
