//! The entries of a zone file as words: comments, parentheses and line ends are done with here.

use std::fmt::Write;

/// One entry of a zone file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// The line in which it begins, from 1.
    pub line: usize,
    /// Whether it begins with a space: the name is that of the entry before.
    pub is_indented: bool,
    /// Its words, with their quotes and escapes; bytes beyond ASCII as `\233`.
    pub words: Vec<String>,
}

/// Where in the text we are.
#[derive(Default)]
struct Splitting {
    found: Vec<Entry>,
    entry: Entry,
    word: Option<String>,
    /// The line in which a quote was opened, and those of parentheses.
    quote: Option<usize>,
    open: Vec<usize>,
    is_comment: bool,
    is_escaped: bool,
}

/// Splits a text; the error is the line of a quote or parenthesis that is never closed.
pub(super) fn entries(text: &[u8]) -> Result<Vec<Entry>, usize> {
    let mut splitting = Splitting::default();
    let (mut line, mut is_start) = (1, true);
    for &byte in text {
        if is_start && splitting.open.is_empty() {
            splitting.entry = Entry { line, is_indented: byte.is_ascii_whitespace(), words: Vec::new() };
        }
        is_start = byte == b'\n';
        splitting.take(byte, line)?;
        line += usize::from(is_start);
    }
    splitting.take(b'\n', line)?;
    match splitting.open.pop() {
        Some(line) => Err(line),
        None => Ok(splitting.found),
    }
}

impl Splitting {
    fn take(&mut self, byte: u8, line: usize) -> Result<(), usize> {
        if byte == b'\n' {
            return self.end_of_line();
        }
        if self.is_comment {
            return Ok(());
        }
        if self.is_escaped || byte == b'\\' {
            self.is_escaped = !self.is_escaped;
            self.push(byte);
            return Ok(());
        }
        if self.quote.is_some() {
            self.push(byte);
            if byte == b'"' {
                self.quote = None;
                self.end_word();
            }
            return Ok(());
        }
        match byte {
            b'"' => {
                // the value of a parameter, `alpn="h2"`, stays with its key (RFC 9460, 2.1)
                if self.word.as_ref().is_none_or(|word| !word.ends_with('=')) {
                    self.end_word();
                }
                self.quote = Some(line);
                self.push(byte);
            }
            b';' => self.is_comment = true,
            b'(' => {
                self.end_word();
                self.open.push(line);
            }
            b')' => {
                self.end_word();
                // one that closes nothing is passed over
                self.open.pop();
            }
            byte if byte.is_ascii_whitespace() => self.end_word(),
            byte => self.push(byte),
        }
        Ok(())
    }

    fn push(&mut self, byte: u8) {
        let word = self.word.get_or_insert_default();
        if byte.is_ascii() {
            word.push(char::from(byte));
        } else {
            // writing to a text does not fail
            let _ = write!(word, "\\{byte:03}");
        }
    }

    fn end_word(&mut self) {
        self.entry.words.extend(self.word.take());
    }

    fn end_of_line(&mut self) -> Result<(), usize> {
        // a text with a line break in it cannot be a record's
        if let Some(line) = self.quote {
            return Err(line);
        }
        (self.is_comment, self.is_escaped) = (false, false);
        self.end_word();
        if self.open.is_empty() && !self.entry.words.is_empty() {
            self.found.push(std::mem::take(&mut self.entry));
        }
        Ok(())
    }
}
