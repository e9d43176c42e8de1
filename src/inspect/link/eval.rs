//! Development bundles: modules as strings in `eval`.

use std::ops::Range;

use crate::inspect::map::{Cursor, is_third_party, line_length};
use crate::inspect::text_facts::text_facts;
use crate::inspect::{Hit, Inner, InnerText, MOST_INNER};
use crate::inventory::SourceFacts;

use super::{Carried, EVALUATED, NAMED, Needle};

/// A module that a bundler left in `eval`.
#[derive(Debug)]
pub(super) struct Module {
    /// Offset of the string.
    pub start: usize,
    /// Its name as the bundler writes it, and what is known of its text.
    pub facts: SourceFacts,
    /// Its text, if it is wanted.
    pub text: Option<Vec<u8>>,
}

/// Keeps the modules that are in `eval` strings without a map that would hold their text.
pub(super) fn carry_modules(
    bytes: &[u8],
    hits: &[Hit],
    evals: &[Range<usize>],
    keep_texts: bool,
    carried: &mut Carried,
) {
    let (mut text, mut texts) = (Vec::new(), Vec::new());
    let mut names = hits.iter().filter(|hit| Needle::Name.is(hit)).map(|hit| hit.offset).peekable();
    let mut keys = hits.iter().filter(|hit| Needle::Key.is(hit)).map(|hit| hit.offset).peekable();
    for range in evals {
        while names.next_if(|name| *name < range.start).is_some() {}
        let named = names.peek().is_some_and(|name| *name < range.end);
        let after = carried.inner.partition_point(|inner| inner.offset < range.start);
        let map = carried.inner.get(after).filter(|inner| range.contains(&inner.offset));
        while keys.next_if(|key| *key < range.start).is_some() {}
        let holds_key = keys.peek().is_some_and(|key| *key < range.end);
        if !(named || holds_key) || map.is_some_and(|map| holds_text(bytes, map)) {
            continue;
        }
        if carried.modules.len() >= MOST_INNER {
            carried.too_many = true;
            break;
        }
        text.clear();
        Cursor::new(bytes, range.start).string(&mut text);
        if memchr::memmem::find(&text, b"sourcesContent").is_some() {
            let text = InnerText::Clear(text.clone());
            texts.push(Inner { what: EVALUATED, offset: range.start, text });
        }
        carried.modules.extend(module(range.start, &text, keep_texts));
    }
    carried.inner.append(&mut texts);
}

/// Whether an encoded map has original text.
fn holds_text(bytes: &[u8], map: &Inner) -> bool {
    const KEY: &[u8] = b"\"sourcesContent\":[\"";
    match &map.text {
        InnerText::Zstd(_) => false,
        InnerText::Clear(text) => memchr::memmem::find(text, KEY).is_some(),
        InnerText::Coded(range, coding) => {
            let coded = bytes.get(range.clone()).unwrap_or_default();
            coding.windows(coded).any(|window| memchr::memmem::find(&window, KEY).is_some())
        }
    }
}

/// Splits a module's text from the comments at its end that name it.
fn module(start: usize, text: &[u8], keep_text: bool) -> Option<Module> {
    let comment = memchr::memmem::rfind(text, NAMED)?;
    let name = text.get(comment + NAMED.len()..)?;
    let name = name.get(..line_length(name))?.trim_ascii();
    let name = name.split(|byte| *byte == b'?').next().unwrap_or(name);
    let mut body = text.get(..comment)?;
    while let Some(line) = memchr::memrchr(b'\n', body).and_then(|end| body.get(end + 1..)) {
        let is_comment = line.starts_with(b"//#") || line.starts_with(b"//@") || line.is_empty();
        if !is_comment {
            break;
        }
        body = body.get(..body.len() - line.len() - 1).unwrap_or_default();
    }
    // A single `throw` says that a module could not be built or found; nobody wrote it.
    let is_throw = body.starts_with(b"throw ") && memchr::memchr(b'\n', body.trim_ascii()).is_none();
    let is_module = !body.is_empty() && !body.starts_with(b"//#") && !is_throw;
    is_module.then(|| {
        let path = String::from_utf8_lossy(name.get(..2000).unwrap_or(name)).into_owned();
        let third_party = is_third_party(&path);
        let facts = SourceFacts { path, third_party, text: Some(text_facts(body)) };
        Module { start, facts, text: keep_text.then(|| body.to_vec()) }
    })
}

/// The strings given to `eval` that hold a needle, by their opening quotes, in the order of the text.
pub(super) fn strings(bytes: &[u8], hits: &[Hit]) -> Vec<Range<usize>> {
    let mut strings: Vec<Range<usize>> = Vec::new();
    let mut wanted = hits
        .iter()
        .filter(|hit| matches!(Needle::of(hit), Some(Needle::Link | Needle::Name | Needle::Key)))
        .peekable();
    let mut done = 0;
    for hit in hits.iter().filter(|hit| Needle::Eval.is(hit)) {
        let call = bytes.get(hit.offset..).unwrap_or_default();
        let Some(open) = memchr::memchr(b'(', call).map(|open| hit.offset + open + 1) else { break };
        if hit.offset < done {
            continue;
        }
        let Some(quote) = quote_after(bytes, open) else { continue };
        let mut cursor = Cursor::new(bytes, quote);
        cursor.skip_string();
        done = cursor.at;
        // No such string goes on in the next line: the quote closes another one, in code that writes such calls.
        let string = bytes.get(quote..done).unwrap_or_default();
        if !string.starts_with(b"`") && memchr::memchr(b'\n', string).is_some() {
            continue;
        }
        while wanted.next_if(|hit| hit.offset < quote).is_some() {}
        if wanted.peek().is_some_and(|hit| hit.offset < done) {
            strings.push(quote..done);
        }
    }
    strings
}

/// The quote that opens the argument of a call, or of the call that is its argument:
/// `eval("`, `eval(__webpack_require__.ts("`.
fn quote_after(bytes: &[u8], open: usize) -> Option<usize> {
    const LONGEST: usize = 64;
    let argument = bytes.get(open..)?;
    let argument = argument.get(..LONGEST).unwrap_or(argument);
    let before = argument.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    let wrapper = argument.get(..before)?.trim_ascii();
    let is_call = wrapper.strip_suffix(b"(").is_some_and(|name| {
        name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.'))
    });
    (wrapper.is_empty() || is_call).then_some(open + before)
}
