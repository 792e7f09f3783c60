//! What differs between two texts, line by line.

use std::fmt::Write;

/// The most pairs of lines that are compared; beyond, everything between the first and the last difference differs.
const PAIRS: usize = 4_000_000;

/// The lines of both texts: `-` for those of the old alone, `+` for those of the new alone.
pub(super) fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let before = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[before..], &new[before..]);
    let after = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let middle = changes(&old_rest[..old_rest.len() - after], &new_rest[..new_rest.len() - after]);
    let same = |line: &&str| (' ', (*line).to_owned());
    let lines = old[..before].iter().map(same).chain(middle).chain(old[old.len() - after..].iter().map(same));
    lines.fold(String::new(), |mut text, (mark, line)| {
        let _ = writeln!(text, "{mark} {line}");
        text
    })
}

/// The lines of the longest common sequence are the same, all others differ.
fn changes(old: &[&str], new: &[&str]) -> Vec<(char, String)> {
    let line = |mark: char, line: &str| (mark, line.to_owned());
    if old.len().saturating_mul(new.len()) > PAIRS {
        let gone = old.iter().map(|text| line('-', text));
        return gone.chain(new.iter().map(|text| line('+', text))).collect();
    }
    let common = common(old, new);
    let mut changes = Vec::new();
    let (mut i, mut j) = (0, 0);
    loop {
        match (old.get(i), new.get(j)) {
            (Some(here), Some(there)) if here == there => {
                changes.push(line(' ', here));
                (i, j) = (i + 1, j + 1);
            }
            (Some(gone), there) if there.is_none() || common[i + 1][j] >= common[i][j + 1] => {
                changes.push(line('-', gone));
                i += 1;
            }
            (_, Some(added)) => {
                changes.push(line('+', added));
                j += 1;
            }
            (_, None) => return changes,
        }
    }
}

/// How long the longest common sequence of the rests is, from each pair of lines on.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut lengths = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i][j] = if old[i] == new[j] {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_the_same_or_of_one_text_alone() {
        for (old, new, expected) in [
            ("", "", ""),
            ("a\nb", "a\nb", "  a\n  b\n"),
            ("a\nb\nc", "a\nx\nc", "  a\n- b\n+ x\n  c\n"),
            ("a\nb\nc\nd\ne", "a\nc\nx\nd\ne", "  a\n- b\n  c\n+ x\n  d\n  e\n"),
            ("a", "", "- a\n"),
            ("", "a", "+ a\n"),
            ("a\na", "a", "  a\n- a\n"),
            ("b\na", "a\nb", "- b\n  a\n+ b\n"),
        ] {
            assert_eq!(difference(old, new), expected, "{old:?} {new:?}");
        }
        let (old, new) = ("a\n".repeat(3_000), "b\n".repeat(3_000));
        assert_eq!(difference(&old, &new).lines().count(), 6_000);
    }
}
