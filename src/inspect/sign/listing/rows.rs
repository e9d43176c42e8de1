//! Texts in the rows that a database was dumped as.

use std::sync::LazyLock;

use memchr::{memchr, memmem};
use regex::bytes::{Regex, RegexBuilder};

/// Line ends that a text has at least: shorter ones are no files.
const SEVERAL: usize = 3;

/// What begins a statement that puts rows into a table. Bodies of functions stand in quotes, too, and belong there.
static INSERT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let insert = r"^[ \t]{0,8}(?:insert (?:or [a-z]{1,10} |ignore )?|replace )into ";
    RegexBuilder::new(insert).unicode(false).multi_line(true).case_insensitive(true).build().ok()
});

/// The texts of several lines that rows hold, one behind the other.
pub(super) fn texts(bytes: &[u8]) -> Vec<u8> {
    let mut texts = Vec::new();
    let mut behind = 0;
    for insert in INSERT.iter().flat_map(|insert| insert.find_iter(bytes)) {
        // A text may speak of inserting.
        if insert.start() >= behind {
            behind = statement(bytes, insert.end(), &mut texts);
        }
    }
    texts
}

/// Reads a statement to its end, and says where that is.
fn statement(bytes: &[u8], start: usize, texts: &mut Vec<u8>) -> usize {
    let mut at = start;
    while let Some(mark) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'\'', b';', rest)) {
        at += mark + 1;
        if bytes.get(at - 1) == Some(&b';') {
            return at;
        }
        let text = bytes.get(at..end(bytes, at)).unwrap_or_default();
        if memmem::find_iter(text, b"\n").take(SEVERAL).count() == SEVERAL {
            texts.extend_from_slice(text);
            texts.push(b'\n');
        }
        at += text.len() + 1;
    }
    bytes.len()
}

/// Where the literal ends whose text begins here: at a quote that is neither doubled nor escaped.
fn end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(quote) = bytes.get(at..).and_then(|rest| memchr(b'\'', rest)) {
        at += quote;
        let slashes =
            bytes.get(start..at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\');
        let is_escaped = slashes.count() % 2 == 1;
        match bytes.get(at + 1) {
            _ if is_escaped => at += 1,
            Some(b'\'') => at += 2,
            _ => return at,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_several_lines_in_rows() {
        let file = "// it is\nconst a = 1;\n\nreturn a;\n";
        for (dump, expected) in [
            (format!("INSERT INTO f VALUES('a.ts','{file}');\n"), file),
            (format!("insert or replace into f values (1, '{file}'), (2, 'b');"), file),
            (format!("INSERT INTO `f` VALUES (1,'it''s','it\\'s','{file}');"), file),
            (format!("CREATE FUNCTION f() RETURNS int AS '{file}' LANGUAGE js;"), ""),
            ("INSERT INTO f VALUES('a\nb\n');\nINSERT INTO f VALUES('c\n');".to_owned(), ""),
            (
                "INSERT INTO f VALUES('a\n\n\nINSERT INTO f VALUES (1)'".to_owned(),
                "a\n\n\nINSERT INTO f VALUES (1)",
            ),
        ] {
            let found = texts(dump.as_bytes());
            assert_eq!(String::from_utf8(found).unwrap().trim_end(), expected.trim_end(), "{dump}");
        }
    }
}
