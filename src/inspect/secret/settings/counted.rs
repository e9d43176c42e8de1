//! Names and values with their lengths in the lines before, as Subversion keeps logins: `K 8`, `password`, `V 14`, and the
//! password.

use std::ops::Range;

use super::Pair;
use super::lines::lines;

/// All of them.
pub(super) fn pairs(text: &[u8]) -> Vec<Pair<'_>> {
    let mut lines = lines(text);
    let mut pairs = Vec::new();
    let mut name = 0..0;
    while let Some(line) = lines.next() {
        let is = |sign: &[u8]| text.get(line.clone()).is_some_and(|here| is_length(here, sign));
        if is(b"K ") {
            name = lines.next().unwrap_or_default();
        } else if is(b"V ") {
            let name: Range<usize> = std::mem::take(&mut name);
            let name = String::from_utf8_lossy(text.get(name).unwrap_or_default());
            pairs.extend(lines.next().map(|value| Pair::new("", name, value)));
        }
    }
    pairs
}

fn is_length(line: &[u8], sign: &[u8]) -> bool {
    line.strip_prefix(sign).is_some_and(|length| !length.is_empty() && length.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_before_names_and_values() {
        let text = "K 8\npasstype\nV 6\nsimple\nK 8\npassword\nV 3\nAbc\nEND\n";
        let found = pairs(text.as_bytes()).into_iter().map(|pair| (pair.name, &text[pair.value]));
        let found: Vec<_> = found.collect();
        assert_eq!(found, [("passtype".into(), "simple"), ("password".into(), "Abc")]);
        assert!(pairs(b"K x\npassword\nV\nAbc\n").is_empty());
    }
}
