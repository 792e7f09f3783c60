//! Text of others, made fit for an error message or a terminal.

/// Longest text of an engine or a program in an error message, in bytes.
const BOUND: usize = 500;

/// The text without control characters, lines parted by one space, cut at 500 bytes.
pub(super) fn bounded(text: &str) -> String {
    let plain = plain(text);
    let mut line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.len() > BOUND {
        line.truncate(line.floor_char_boundary(BOUND - '…'.len_utf8()));
        line.push('…');
    }
    line
}

/// The text without control characters other than the ends of lines.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_wild_text_becomes_one_short_line() {
        assert_eq!(bounded("no\u{1b}[31m such\n\n image\r\n"), "no[31m such image");
        let long = bounded(&"è".repeat(1000));
        assert!(long.len() <= BOUND && long.ends_with('…'), "{}", long.len());
    }
}
