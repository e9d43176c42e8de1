//! Source files whose lines were put into one, as search indexes have them.

use memchr::memmem;

use super::lines::{self, Line};
use super::tokens;
use crate::decode::whole;

/// Bytes of a file that is worth a look.
const SHORTEST: usize = 400;
/// Places at which a line of code may have ended.
const BREAKS: [&[u8]; 3] = [b"; ", b"{ ", b"} "];
/// Lines of code that a file has at least, and comments among them.
const LEAST_LINES: usize = 10;
const LEAST_COMMENTS: usize = 3;
/// What code goes on with behind a comment that has no end of its own any more.
const STARTS: [&[u8]; 14] = [
    b" const ",
    b" let ",
    b" var ",
    b" return ",
    b" if (",
    b" for (",
    b" while (",
    b" export ",
    b" import ",
    b" function ",
    b" class ",
    b" interface ",
    b" type ",
    b" } ",
];

/// Whether a text of a document in JSON is such a file: code for the most part, and not a word of how to use it.
pub(super) fn holds(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    if !matches!(start.first(), Some(b'{' | b'[')) {
        return false;
    }
    let mut at = 0;
    while let Some(open) = bytes.get(at..).and_then(|rest| memchr::memchr(b'"', rest)).map(|open| at + open) {
        let Some(close) = tokens::end(bytes, open + 1) else { break };
        let inside = bytes.get(open + 1..close).unwrap_or_default();
        if inside.len() >= SHORTEST && may_be_code(inside) && is_file(&whole::plain(inside)) {
            return true;
        }
        at = close + 1;
    }
    false
}

/// Whether a text in one line has places enough at which lines may have ended.
fn may_be_code(text: &[u8]) -> bool {
    let breaks =
        BREAKS.iter().map(|end| memmem::find_iter(text, end).take(LEAST_LINES).count()).sum::<usize>();
    breaks >= LEAST_LINES && memmem::find(text, b"\\n").is_none()
}

/// Whether a text begins as files do, if need be behind a title, and not as what is said of one.
fn begins_as_file(text: &[u8]) -> bool {
    const LONGEST_TITLE: usize = 80;
    const MARKS: [&[u8]; 11] = [
        b" // ",
        b" /* ",
        b" /** ",
        b" import ",
        b" export ",
        b" const ",
        b" function ",
        b" package ",
        b" use ",
        b" #include ",
        b" 'use strict'",
    ];
    let head = [b" ", text.get(..LONGEST_TITLE).unwrap_or(text)].concat();
    MARKS.iter().any(|mark| memmem::find(&head, mark).is_some())
}

fn is_file(text: &[u8]) -> bool {
    if !begins_as_file(text) {
        return false;
    }
    let (mut lines, mut definitions, mut comments, mut code) = (0, 0, 0, 0);
    let mut rest = text;
    while !rest.is_empty() {
        let near = rest.get(..LONGEST).unwrap_or(rest);
        let end = BREAKS.iter().filter_map(|end| memmem::find(near, end)).min();
        let (piece, behind) = rest.split_at(end.map_or(near.len(), |end| end + 1));
        rest = behind;
        let piece = piece.trim_ascii();
        let is_comment = piece.starts_with(b"//") || piece.starts_with(b"/*");
        let line = if is_comment { behind_comment(piece) } else { piece };
        let kind = lines::of(line);
        let is_line = matches!(kind, Some(Line::Definition | Line::Statement));
        definitions += usize::from(kind == Some(Line::Definition));
        comments += usize::from(is_comment);
        lines += usize::from(is_line);
        if is_comment || is_line {
            code += piece.len();
        }
    }
    // An example of how to use what is defined elsewhere has comments, too.
    lines >= LEAST_LINES && definitions >= 1 && comments >= LEAST_COMMENTS && 2 * code >= text.len()
}

/// What a comment goes on with that has lost its end.
fn behind_comment(piece: &[u8]) -> &[u8] {
    let start = STARTS.iter().filter_map(|start| memmem::find(piece, start)).min();
    start.and_then(|start| piece.get(start..)).unwrap_or_default().trim_ascii()
}

/// Longer pieces are no lines.
const LONGEST: usize = 400;

#[cfg(test)]
mod tests {
    use super::super::tests::SOURCE;
    use super::*;

    fn flat(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn files_in_one_line() {
        let more = "// Rows are kept for a year.\nconst kept = [];\n/* Nobody asks for older ones. */\nif (kept.length > 366) {\n  kept.shift();\n}\n";
        let source = format!("{SOURCE}{more}");
        let index = |text: &str| serde_json::json!({"docs": [{"location": "", "text": text}]}).to_string();
        assert!(holds(index(&flat(&source)).as_bytes()), "{}", flat(&source));
        let prose = "Ask for the level of the water with this function; it tells what the gauge says. Give it the rows { as they are } and the moment; all else is done for you, and nobody has to know. ".repeat(9);
        let calls = "// Ask for the level. const level = levelAt(rows, now); // Then for the tide. if (level > 3) { const tide = tideAt(rows); } ".repeat(9);
        for other in
            [calls, flat(SOURCE).replace("//", ""), prose.clone(), format!("{prose}{}", flat(&source))]
        {
            assert!(!holds(index(&other).as_bytes()), "{other}");
        }
        assert!(!holds(flat(&source).as_bytes()));
    }
}
