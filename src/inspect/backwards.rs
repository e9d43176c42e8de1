//! Texts that code or a command turns round: `"cba"[::-1]`, `strrev("cba")`, `new StringBuilder("cba").reverse()`,
//! `echo cba | rev`, and what is decoded or joined before that: `atob("...").split("").reverse()`.

use crate::plain::without_backslashes;

/// Nothing that matters is shorter.
pub(super) const SHORTEST: usize = 16;
/// Bytes of a literal; a key in PEM has as many.
const LONGEST: usize = 8 << 10;

const REVERSE: &[u8] = b"everse";
const SLICE: &[u8] = b"[::-1]";
/// PowerShell's.
const RANGE: &[u8] = b"[-1..-";
const STRREV: &[u8] = b"strrev(";
const HERE: &[u8] = b"rev <<<";
const PIPES: [&[u8]; 2] = [b"| rev", b"|rev"];

/// What says that a text is turned round. `reverse`, `Reverse` and `reversed` are told by what they have in common.
pub(super) const MARKS: [&[u8]; 7] = [REVERSE, SLICE, RANGE, STRREV, HERE, PIPES[0], PIPES[1]];

/// Whether there may be a text beside a mark at `at`: most speak of it only, or turn lists round.
pub(super) fn may_have(bytes: &[u8], mark: &[u8], at: usize) -> bool {
    if mark == REVERSE {
        return is_call(bytes, at) || behind_word(bytes, at).is_some();
    }
    let is_word = || !bytes.get(at + mark.len()).is_some_and(u8::is_ascii_alphanumeric);
    !PIPES.contains(&mark) || is_word()
}

/// The texts that are turned round at a mark, as they are meant, and where they begin.
pub(super) fn texts(bytes: &[u8], mark: &[u8], at: usize) -> Vec<(usize, Vec<u8>)> {
    let is_asked = mark == REVERSE && is_call(bytes, at);
    let before = match mark {
        REVERSE if is_asked => Some(at.saturating_sub(2)),
        SLICE | RANGE => Some(at),
        mark if PIPES.contains(&mark) => Some(bytes.get(..at).unwrap_or_default().trim_ascii_end().len()),
        _ => None,
    };
    let Some(end) = before else {
        let start = if mark == REVERSE { behind_word(bytes, at) } else { Some(at + mark.len()) };
        let literal = start.and_then(|start| argument(bytes, start, LONGEST));
        return literal.map(|(offset, literal)| (offset, turned(literal))).into_iter().collect();
    };
    // the bracket of what holds it: `Array.from("cba").reverse()`
    let inner = end - usize::from(end > 0 && bytes.get(end - 1) == Some(&b')'));
    let direct =
        literal_before(bytes, inner).or_else(|| word_before(bytes, end).filter(|_| PIPES.contains(&mark)));
    match direct.filter(|(_, text)| text.len() >= SHORTEST) {
        Some((offset, literal)) => vec![(offset, turned(literal))],
        None => in_statement(bytes, end, mark == SLICE),
    }
}

fn turned(literal: &[u8]) -> Vec<u8> {
    without_backslashes(literal).into_iter().rev().collect()
}

/// Whether the word whose second letter is at `at` is a method that something is asked for: `.reverse`.
fn is_call(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(2).is_some_and(|dot| bytes.get(dot) == Some(&b'.'))
}

/// Where the bracket or the blank behind the word is, if a literal comes next: `reversed("cba")`, `reverse 'cba'`.
fn behind_word(bytes: &[u8], at: usize) -> Option<usize> {
    let start = at + REVERSE.len();
    let rest = bytes.get(start..)?;
    let rest = rest.strip_prefix(b"d").unwrap_or(rest);
    let is_given = matches!(rest, [b'(' | b' ', b'"' | b'\'', ..] | [b'(', b' ' | b'b', b'"' | b'\'', ..]);
    is_given.then_some(start)
}

/// The literal that ends at `at`, and where it begins.
fn literal_before(bytes: &[u8], at: usize) -> Option<(usize, &[u8])> {
    let before = bytes.get(at.saturating_sub(LONGEST)..at)?;
    let (quote @ (b'"' | b'\''), inside) = before.split_last()? else { return None };
    let open = memchr::memrchr2(*quote, b'\n', inside)?;
    let literal = inside.get(open + 1..).filter(|_| inside.get(open) == Some(quote))?;
    Some((at - 1 - literal.len(), literal))
}

/// The word of a command that ends at `at`.
fn word_before(bytes: &[u8], at: usize) -> Option<(usize, &[u8])> {
    let before = bytes.get(at.saturating_sub(LONGEST)..at)?;
    let word = before.iter().rev().take_while(|byte| !byte.is_ascii_whitespace()).count();
    Some((at - word, before.get(before.len() - word..)?))
}

/// What the literals of a statement make together, of which nothing more is known than that it is turned round before
/// `at`: joined, as base64, or each as a whole.
fn in_statement(bytes: &[u8], at: usize, is_slice: bool) -> Vec<(usize, Vec<u8>)> {
    const LONGEST: usize = 600;
    /// What decoders are told.
    const NAMES: [&[u8]; 7] = [b"base64", b"utf8", b"utf-8", b"hex", b"ascii", b"latin1", b"binary"];
    let before = bytes.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
    let start = memchr::memrchr2(b'\n', b';', before).map_or(0, |end| end + 1);
    let base = at - before.len();
    let literals = literals(before, start).filter(|(_, text)| !text.is_empty() && !NAMES.contains(text));
    let literals: Vec<(usize, &[u8])> = literals.collect();
    // a shell needs no quotes
    let statement = before.get(start..).unwrap_or_default();
    let longest = || statement.split(u8::is_ascii_whitespace).max_by_key(|word| word.len());
    let joined = match literals.as_slice() {
        [] => longest().unwrap_or_default().to_vec(),
        literals => literals.iter().flat_map(|(_, text)| *text).copied().collect(),
    };
    let offset = base + literals.first().map_or(start, |(at, _)| *at);
    let parts: Vec<u8> = literals.iter().rev().flat_map(|(_, text)| *text).copied().collect();
    let all = [
        (literals.len() > 1).then(|| turned(&joined)),
        (literals.len() > 1 && is_slice).then_some(parts),
        crate::decode::base64_text(&joined).map(|text| text.into_iter().rev().collect()),
    ];
    all.into_iter().flatten().map(|text| (offset, text)).collect()
}

/// The literals in a text from `start` on.
fn literals(text: &[u8], start: usize) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = start;
    std::iter::from_fn(move || {
        let open = at + memchr::memchr3(b'"', b'\'', b'`', text.get(at..)?)?;
        let inside = text.get(open + 1..)?;
        let length = memchr::memchr(*text.get(open)?, inside)?;
        at = open + length + 2;
        Some((open + 1, inside.get(..length)?))
    })
}

/// The literal that is the first argument of a call, and where it begins.
pub(super) fn argument(bytes: &[u8], at: usize, most: usize) -> Option<(usize, &[u8])> {
    let rest = bytes.get(at..)?;
    let rest = rest.get(..most).unwrap_or(rest);
    let open = rest.iter().take(8).position(|byte| matches!(byte, b'"' | b'\''))?;
    let quote = *rest.get(open)?;
    let quotes = if rest.get(open..)?.starts_with(&[quote; 3]) { 3 } else { 1 };
    let inside = rest.get(open + quotes..)?;
    let mut ends = memchr::memchr_iter(quote, inside);
    let end = ends.find(|end| end.checked_sub(1).and_then(|at| inside.get(at)) != Some(&b'\\'))?;
    Some((at + open + quotes, inside.get(..end)?))
}
