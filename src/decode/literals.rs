//! String literals that code puts together: `"a" + "b"`, `"a" "b"`, `"a".concat("b")`, `concat!("a", "b")`,
//! `["a", "b"].join("")`, `String.join("", "a", "b")`, `"{}{}".format("a", "b")`, `.append("a").append("b")`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::closes::{Closes, is_quote};
use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};

/// Bytes before joined literals that say what they are: the name that they are assigned to. With more, other literals
/// would come along, and be joined once more in the layer.
const CONTEXT: usize = 64;

/// Bytes of a text that is worth a look: no token has fewer.
const SHORTEST: usize = 16;
/// Bytes of one literal.
const LONGEST: usize = 64 << 10;
/// Bytes between two literals.
const LONGEST_GAP: usize = 160;
/// Literals of one text.
const MOST: usize = 10_000;

const JOIN: &[u8] = b".join";
const CONCAT: &[u8] = b"oncat";
/// Terraform's, which is no method, .NET's, and Go's.
const OF_LIST: &[u8] = b"join(\"\",";
const OF_ARRAY: &[u8] = b"Join(\"\",";
const OF_SLICE: &[u8] = b"Join([]string{";

/// Calls that join texts: these two, and what builders of texts are told, Java's and .NET's, Rust's, Go's. All are searched
/// for at once.
static CALLS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?-u)\.join|oncat|ppend\(|\.push_str\(|\.WriteString\(|[jJ]oin\("",|Join\(\[\]string\{"#)
        .ok()
});

/// What was joined once is not joined again, as it would grow with each layer.
pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "joined string literals", stands_in: StandsIn::OtherText, uncover };

/// Uncovers the texts of literals that are joined.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    by_operator(bytes, &mut layer);
    // where the last ends that was read, of each kind
    let (mut joined, mut built, mut listed) = ([0; 2], 0, 0);
    for call in CALLS.iter().flat_map(|calls| calls.find_iter(bytes)) {
        let at = call.start();
        match call.as_bytes() {
            JOIN => at_call(bytes, JOIN, at, &mut joined[0], &mut layer),
            CONCAT => at_call(bytes, CONCAT, at, &mut joined[1], &mut layer),
            name @ (OF_LIST | OF_ARRAY | OF_SLICE) if at >= listed => {
                let parts = match name {
                    OF_SLICE => Some(elements(bytes, at + OF_SLICE.len()).0).filter(|parts| parts.len() > 1),
                    _ => behind_separator(bytes, at + b"join(".len()).map(|(parts, _)| parts),
                };
                if let Some(parts) = parts {
                    listed = parts.last().map_or(at, |last| last.end);
                    push(bytes, &parts, b"", &mut layer);
                }
            }
            OF_LIST | OF_ARRAY | OF_SLICE => {}
            name => at_chain(bytes, name, at, &mut built, &mut layer),
        }
    }
}

/// Literals with an operator, or nothing, between them.
fn by_operator(bytes: &[u8], layer: &mut Builder<'_>) {
    let mut closes = Closes::new(bytes);
    // Bytes that may be looked at for nothing, before they are taken from what may be uncovered.
    let mut spare = bytes.len().saturating_mul(4);
    let mut pay = |cost: usize, layer: &mut Builder<'_>| match spare.checked_sub(cost) {
        Some(left) => {
            spare = left;
            true
        }
        None => layer.afford(cost),
    };
    while let Some(close) = closes.next() {
        let Some(mut open) = joint(bytes, close) else {
            closes.skip_to(formatted(bytes, close, layer));
            continue;
        };
        let first = first_part(bytes, close);
        if !pay(first.len(), layer) {
            return;
        }
        let mut parts = vec![first];
        let mut done = close + 1;
        while let Some(part) = literal(bytes, open).filter(|_| parts.len() < MOST) {
            if is_between(bytes, &part) {
                break;
            }
            done = part.end + 1;
            let next = joint(bytes, part.end);
            parts.push(part);
            match next {
                Some(next) => open = next,
                None => break,
            }
        }
        if parts.len() == 1 && !pay(line_behind(bytes, open), layer) {
            return;
        }
        with_bare_ends(bytes, &mut parts);
        closes.skip_to(done);
        push(bytes, &parts, b"", layer);
    }
}

/// Adds what a shell joins to literals that stand side by side: the words before the first and behind the last.
fn with_bare_ends(bytes: &[u8], parts: &mut Vec<Range<usize>>) {
    const LONGEST: usize = 512;
    let ([first, second, ..], Some(last)) = (parts.as_slice(), parts.last()) else { return };
    if first.end + 2 != second.start {
        return;
    }
    let is_of_word = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.+/".contains(byte);
    let behind = bytes.get(last.end + 1..).unwrap_or_default();
    let tail = behind.iter().take(LONGEST).take_while(is_of_word).count();
    let tail = last.end + 1..last.end + 1 + tail;
    let before = bytes.get(..first.start.saturating_sub(1)).unwrap_or_default();
    let head = before.len() - before.iter().rev().take(LONGEST).take_while(is_of_word).count()..before.len();
    parts.extend(Some(tail).filter(|tail| !tail.is_empty()));
    parts.splice(..0, Some(head).filter(|head| !head.is_empty()));
}

/// Where the literal opens that code appends to the one that closes at `close`.
fn joint(bytes: &[u8], close: usize) -> Option<usize> {
    let rest = bytes.get(close + 1..)?;
    let gap = rest.get(..LONGEST_GAP).unwrap_or(rest);
    let operator = blank(gap, 0);
    let is_sign = |pair: &[u8]| {
        matches!(pair, [b'+' | b'.' | b'&' | b'|' | b'^' | b'<' | b'>' | b'~', ..])
            || matches!(pair, [b'\\', next] if !matches!(next, b'n' | b'r' | b't'))
    };
    let behind = operator + gap.get(operator..)?.windows(2).take_while(|pair| is_sign(pair)).count();
    // what a literal may begin with: `f"..."`, `L"..."`
    let letters = blank(gap, behind);
    let prefix = gap.get(letters..)?.iter().take(3);
    let open = letters + prefix.take_while(|byte| byte.is_ascii_alphabetic()).count();
    if open > letters + 2 || !is_quote(*gap.get(open)?) {
        return None;
    }
    let sides = [close.checked_sub(1).and_then(|before| bytes.get(before)), gap.get(open + 1)];
    let may_be_cut = |is: fn(u8) -> bool| sides.into_iter().all(|byte| byte.is_some_and(|byte| is(*byte)));
    let is_joint = match gap.get(operator..behind)? {
        // A shell joins what is quoted in two ways. The same quote twice is one quote in many languages.
        b"" if open == 0 => {
            gap.first() != bytes.get(close) && may_be_cut(|byte| byte.is_ascii_alphanumeric())
        }
        // Without an operator it may be the end of one argument and the beginning of another. An escaped quote is one
        // within a literal: what looks like the next literal is its rest, up to its end.
        b"" if is_escaped(bytes, close) => false,
        b"" => may_be_cut(|byte| byte.is_ascii_alphanumeric() || b"_-+/=.:;~@%\\".contains(&byte)),
        // Two escaped quotes, as an empty text has in JSON within JSON.
        b"\\" if close.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\\') => false,
        operator => {
            matches!(
                operator,
                b"+" | b"." | b".." | b"&" | b"||" | b"^" | b"++" | b"<>" | b"<<" | b"\\" | b"~"
            )
        }
    };
    is_joint.then_some(close + 1 + open)
}

/// Whether a backslash before a quote makes it one of the text.
fn is_escaped(bytes: &[u8], quote: usize) -> bool {
    let before = bytes.get(..quote).unwrap_or_default();
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Adds what a literal stands for that closes at `close` and is nothing but slots, with the literals behind it in them:
/// `"{}{}".format("a", "b")`, `"%s%s" % ("a", "b")`, `"{0}{1}" -f "a", "b"`. Says where they end.
fn formatted(bytes: &[u8], close: usize, layer: &mut Builder<'_>) -> usize {
    const CALLS: [&[u8]; 4] = [b".format(", b" % (", b"%(", b" -f "];
    let (before, rest) = bytes.split_at(close);
    let is_slot = matches!(before, [.., b'}'] | [.., b'%', b's']);
    let call = CALLS.iter().find(|call| is_slot && rest.get(1..).is_some_and(|rest| rest.starts_with(call)));
    let Some(call) = call else { return close + 1 };
    let slots = first_part(bytes, close);
    let is_of_slot = |byte: &u8| matches!(byte, b'{' | b'}' | b'%' | b's') || byte.is_ascii_digit();
    if !bytes.get(slots).is_some_and(|slots| slots.iter().all(is_of_slot)) {
        return close + 1;
    }
    let (parts, end) = elements(bytes, close + 1 + call.len());
    if parts.len() > 1 {
        push(bytes, &parts, b"", layer);
    }
    end
}

/// Where the blanks, comments and joined line ends that begin at `from` in a gap are over.
pub(super) fn blank(gap: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = gap.get(at..).unwrap_or_default();
        let line = || memchr::memchr(b'\n', rest).map(|end| end + 1);
        let length = match rest {
            [first, ..] if first.is_ascii_whitespace() => Some(1),
            [b'/', b'*', inner @ ..] => memchr::memmem::find(inner, b"*/").map(|end| end + 4),
            [b'/', b'/', ..] | [b'#', ..] => line(),
            // Visual Basic, and Python behind an operator
            [b'_', b'\n', ..] | [b'_', b'\r', ..] => Some(2),
            [b'\\' | b'`', b'\n' | b'\r', ..] if at > from => Some(2),
            // code in a string of JSON, as source maps and notebooks have it
            [b'\\', b'n' | b'r' | b't', ..] => Some(2),
            _ => None,
        };
        match length {
            Some(length) => at += length,
            None => return at,
        }
    }
}

/// The text of a literal that closes at `close`, or as much of it as stands in the last line.
pub(super) fn first_part(bytes: &[u8], close: usize) -> Range<usize> {
    const LONGEST: usize = 4 << 10;
    let quote = bytes.get(close).copied().unwrap_or_default();
    let floor = close.saturating_sub(LONGEST);
    let before = bytes.get(floor..close).unwrap_or_default();
    let open = memchr::memrchr_iter(quote, before)
        .find(|at| at.checked_sub(1).and_then(|at| before.get(at)) != Some(&b'\\'))
        .map_or(0, |open| open + 1);
    let text = before.get(open..).unwrap_or_default();
    let ends = memchr::memrchr_iter(b'\n', text).filter(|_| quote != b'`');
    let line = ends.into_iter().find(|end| !is_joined_line(text.get(..*end).unwrap_or_default()));
    floor + open + line.map_or(0, |end| end + 1)..close
}

/// Whether a line goes on in the next one.
fn is_joined_line(line: &[u8]) -> bool {
    line.strip_suffix(b"\r").unwrap_or(line).ends_with(b"\\")
}

/// The text of the literal that opens at `open`. In most languages only a backslash lets it go on behind a line end.
pub(super) fn literal(bytes: &[u8], open: usize) -> Option<Range<usize>> {
    let quote = *bytes.get(open)?;
    let rest = bytes.get(open + 1..)?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let mut at = 0;
    loop {
        let next = at + memchr::memchr3(quote, b'\\', b'\n', rest.get(at..)?)?;
        at = match rest.get(next..)? {
            [b'\\', b'\r', b'\n', ..] => next + 3,
            [b'\\', ..] => next + 2,
            [b'\n', ..] if quote == b'`' => next + 1,
            [b'\n', ..] => return None,
            _ => return Some(open + 1..open + 1 + next),
        };
    }
}

/// Whether a long text between two quotes is rather the code between two literals: what follows a literal is no letter.
fn is_between(bytes: &[u8], part: &Range<usize>) -> bool {
    /// Code between two literals that costs little.
    const SHORT: usize = 256;
    let begins_literal = |byte: &u8| byte.is_ascii_alphanumeric() || b"_$#@-{".contains(byte);
    let text = bytes.get(part.clone()).unwrap_or_default().trim_ascii();
    // the operator of two literals within which there is code with literals of its own
    let is_operator = || matches!(text, b"" | b"+" | b"." | b"&" | b"||") && !part.is_empty();
    (part.len() > SHORT || is_operator()) && bytes.get(part.end + 1).is_some_and(begins_literal)
}

/// Bytes of the line that are looked at for the end of a literal that has none.
fn line_behind(bytes: &[u8], open: usize) -> usize {
    let rest = bytes.get(open..).unwrap_or_default();
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// Literals that a call joins which is at `at`. Nothing is read twice, whatever stands there.
fn at_call(bytes: &[u8], name: &[u8], at: usize, done: &mut usize, layer: &mut Builder<'_>) {
    if at < *done {
        return;
    }
    let floor = std::mem::replace(done, at);
    // Rust writes `concat!(`
    let end = at + name.len() + usize::from(bytes.get(at + name.len()) == Some(&b'!'));
    let Some(arguments) = open_bracket(bytes, end) else {
        if name == JOIN {
            // a template as the argument: join``
            let is_tag = matches!(bytes.get(end..), Some([b'`', b'`', ..]));
            let turned =
                is_tag.then(|| reversed(bytes, floor, bytes.get(..at)?.trim_ascii_end().len(), layer));
            match turned.flatten() {
                Some(end) => *done = end.max(*done),
                None => without_separator(bytes, floor, at, layer),
            }
        }
        return;
    };
    let head = bytes.get(..at).unwrap_or_default();
    let before = head.strip_suffix(b".c").unwrap_or(head).trim_ascii_end().len();
    let (parts, separator) = if name == JOIN {
        if let Some(end) = reversed(bytes, floor, before, layer) {
            *done = end.max(*done);
            return;
        }
        let Some(joined) = joined(bytes, floor, before, arguments) else { return };
        joined
    } else {
        let (parts, end) = concatenated(bytes, before, arguments);
        *done = end;
        (parts, 0..0)
    };
    if let [_, .., last] = parts.as_slice() {
        *done = last.end.max(*done);
        push(bytes, &parts, bytes.get(separator).unwrap_or_default(), layer);
    }
}

/// Literals that a builder is given one after the other, from the call at `at` on: `b.append("a").append("b")`,
/// `b.append("a"); b.append("b")`. Each call is read once, as the search goes on behind the last of a chain.
fn at_chain(bytes: &[u8], call: &[u8], at: usize, done: &mut usize, layer: &mut Builder<'_>) {
    if at < *done {
        return;
    }
    let mut parts = Vec::new();
    let mut next = Some(at + call.len());
    while let Some(arguments) = next.filter(|_| parts.len() < MOST) {
        *done = arguments;
        let (mut only, end) = elements(bytes, arguments);
        if only.len() != 1 || bytes.get(end) != Some(&b')') {
            break;
        }
        parts.append(&mut only);
        *done = end;
        next = next_call(bytes, end + 1, call);
    }
    if parts.len() > 1 {
        parts.splice(..0, first_of_builder(bytes, at));
        push(bytes, &parts, b"", layer);
    }
}

/// Where the arguments of the next call begin, if nothing is before it but the builder's name.
fn next_call(bytes: &[u8], from: usize, call: &[u8]) -> Option<usize> {
    const LONGEST_NAME: usize = 64;
    let rest = bytes.get(from..)?;
    let near = rest.get(..LONGEST_GAP).unwrap_or(rest);
    let gap = near.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b';').count();
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let near = near.get(gap..)?;
    let name = near.iter().take(LONGEST_NAME).take_while(is_of_name).count();
    let is_call = near.get(..name + 1)?.ends_with(call);
    is_call.then_some(from + gap + name + 1)
}

/// What a builder begins with whose first call ends its name at `at`: `new StringBuilder("a").append("b")`.
fn first_of_builder(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let dot =
        [Some(at), at.checked_sub(2)].into_iter().flatten().find(|dot| bytes.get(*dot) == Some(&b'.'))?;
    let before = bytes.get(..dot)?.trim_ascii_end().strip_suffix(b")")?;
    let close =
        before.len().checked_sub(1).filter(|last| before.get(*last).is_some_and(|byte| is_quote(*byte)))?;
    Some(first_part(bytes, close))
}

/// Adds the elements of the list that is joined at `at`: Ruby's `join` needs no argument, nor does Swift's `joined()`.
fn without_separator(bytes: &[u8], floor: usize, at: usize, layer: &mut Builder<'_>) {
    let close = at.checked_sub(1).filter(|close| matches!(bytes.get(*close), Some(b']' | b')' | b'}')));
    let parts = |close| match bytes.get(close) {
        Some(b']') => elements_before(bytes, floor, close).or_else(|| bare_words(bytes, floor, close)),
        _ => bare_words(bytes, floor, close),
    };
    if let Some(parts) = close.and_then(parts) {
        push(bytes, &parts, b"", layer);
    }
}

/// The words of Ruby's list that closes at `close`: `%w[a b]`.
fn bare_words(bytes: &[u8], floor: usize, close: usize) -> Option<Vec<Range<usize>>> {
    const LONGEST: usize = 4 << 10;
    let floor = close.saturating_sub(LONGEST).max(floor);
    let open = floor + memchr::memmem::rfind(bytes.get(floor..close)?, b"%w")? + 3;
    let list = bytes.get(open..close)?;
    let is_list = matches!(bytes.get(open - 1), Some(b'[' | b'(' | b'{'));
    if !is_list || list.iter().any(|byte| matches!(byte, b'[' | b'(' | b'{' | b'"' | b'\'')) {
        return None;
    }
    let mut at = open;
    let words = list.split(u8::is_ascii_whitespace).filter_map(|word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some(start..start + word.len())
    });
    let words: Vec<_> = words.collect();
    (words.len() > 1).then_some(words)
}

/// Adds the text that is written backwards, if that is what is joined: `"cba".split("").reverse().join("")`,
/// `["c", "b", "a"].reverse().join("")`. Says where it ends.
fn reversed(bytes: &[u8], floor: usize, before: usize, layer: &mut Builder<'_>) -> Option<usize> {
    let turned = bytes.get(floor..before)?.strip_suffix(b".reverse()")?.trim_ascii_end();
    let list = [&b".split(\"\")"[..], b".split('')", b".split(``)"]
        .iter()
        .find_map(|call| turned.strip_suffix(*call));
    let end = floor + list.unwrap_or(turned).trim_ascii_end().len();
    let last = end.checked_sub(1)?;
    let parts = match bytes.get(last)? {
        b']' => {
            // `[..."cba"]` is a list of its letters
            let inside = bytes.get(floor..last)?.trim_ascii_end();
            let close = (floor + inside.len()).checked_sub(1)?;
            let text = first_part(bytes, close);
            let is_spread = text.start.checked_sub(4).and_then(|at| bytes.get(at..at + 3)) == Some(b"...");
            if is_spread { vec![text] } else { elements_before(bytes, floor, last)? }
        }
        quote if is_quote(*quote) && list.is_some() => vec![first_part(bytes, last)],
        _ => return None,
    };
    let length: usize = parts.iter().map(Range::len).sum();
    let start = parts.first()?.start;
    if length < SHORTEST || !layer.afford(length) {
        return None;
    }
    layer.mark(start, Rate::SAME);
    let is_list = parts.len() > 1;
    for part in parts.into_iter().rev() {
        let mut text = bytes.get(part)?.to_vec();
        if !is_list {
            text.reverse();
        }
        layer.push(&text);
    }
    layer.end();
    Some(end)
}

/// What follows an opening bracket.
fn open_bracket(bytes: &[u8], at: usize) -> Option<usize> {
    let at = skip_space(bytes, at);
    (bytes.get(at) == Some(&b'(')).then_some(at + 1)
}

/// `["a", "b"].join("")`, or `"".join(["a", "b"])`: the elements and what is put between them.
fn joined(
    bytes: &[u8],
    floor: usize,
    before: usize,
    arguments: usize,
) -> Option<(Vec<Range<usize>>, Range<usize>)> {
    let last = bytes.get(before.checked_sub(1)?)?;
    let first = skip_space(bytes, arguments);
    match (last, bytes.get(first)?) {
        (b']' | b')' | b'}', b'"' | b'\'' | b'`') => {
            let elements = match last {
                b']' => elements_before(bytes, floor, before - 1),
                _ => None,
            };
            let parts = elements.or_else(|| bare_words(bytes, floor, before - 1))?;
            Some((parts, literal(bytes, first)?))
        }
        (b'"' | b'\'', b'[' | b'(') => Some((elements(bytes, first + 1).0, first_part(bytes, before - 1))),
        // Java's and C#'s have what is put between before the elements
        (b'g', b'"') => behind_separator(bytes, first),
        _ => None,
    }
}

/// What is put between elements, and these behind it: `"", "a", "b"`, `"", ["a", "b"]`, `"", List.of("a", "b")`.
fn behind_separator(bytes: &[u8], at: usize) -> Option<(Vec<Range<usize>>, Range<usize>)> {
    let (mut all, end) = elements(bytes, at);
    if let [separator] = all.as_slice() {
        let (parts, _) = elements(bytes, opened(bytes, end)?);
        return (parts.len() > 1).then(|| (parts, separator.clone()));
    }
    (all.len() > 2).then(|| all.remove(0)).map(|separator| (all, separator))
}

/// Where the elements of a list begin, whatever makes it of them: `[`, `List.of(`, `new String[] {`.
fn opened(bytes: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 32;
    let rest = bytes.get(at..)?;
    let near = rest.get(..LONGEST).unwrap_or(rest);
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b' ' | b'[' | b']');
    let name = near.iter().position(|byte| !is_of_name(byte))?;
    match near.get(name) {
        Some(b'(' | b'{') => Some(at + name + 1),
        Some(b'"' | b'\'') if near.starts_with(b"[") => Some(at + 1),
        Some(b'\n') if near.starts_with(b"[") => Some(at + 1),
        _ => None,
    }
}

/// The elements of the list that closes at `close` and opens behind `floor`.
fn elements_before(bytes: &[u8], floor: usize, close: usize) -> Option<Vec<Range<usize>>> {
    let floor = close.saturating_sub(LONGEST).max(floor);
    let before = bytes.get(floor..close)?;
    // an element may hold a bracket
    memchr::memrchr_iter(b'[', before).take(4).find_map(|open| {
        let (elements, end) = elements(bytes, floor + open + 1);
        (end == close && !elements.is_empty()).then_some(elements)
    })
}

/// Literals with commas between, and where they end.
fn elements(bytes: &[u8], from: usize) -> (Vec<Range<usize>>, usize) {
    let mut parts = Vec::new();
    let mut at = skip_space(bytes, from);
    while let Some(part) = bytes.get(at).filter(|byte| is_quote(**byte)).and_then(|_| literal(bytes, at)) {
        at = skip_space(bytes, part.end + 1);
        parts.push(part);
        if bytes.get(at) != Some(&b',') || parts.len() >= MOST {
            break;
        }
        at = skip_space(bytes, at + 1);
    }
    (parts, at)
}

/// `"a".concat("b", "c").concat("d")`, and where the calls end.
fn concatenated(bytes: &[u8], before: usize, arguments: usize) -> (Vec<Range<usize>>, usize) {
    let is_literal =
        before.checked_sub(1).and_then(|last| bytes.get(last)).is_some_and(|last| is_quote(*last));
    let mut parts: Vec<_> = is_literal.then(|| first_part(bytes, before - 1)).into_iter().collect();
    let mut from = arguments;
    loop {
        let (more, end) = elements(bytes, from);
        parts.extend(more);
        if bytes.get(end) != Some(&b')') || parts.len() >= MOST {
            return (parts, end);
        }
        let next = skip_space(bytes, end + 1);
        let is_call = bytes.get(next..).is_some_and(|rest| rest.starts_with(b".concat"));
        match is_call.then(|| open_bracket(bytes, next + b".concat".len())).flatten() {
            Some(next) => from = next,
            None => return (parts, end),
        }
    }
}

fn skip_space(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Bytes at each end of a long text in prose or code that may belong to what is joined to it: what is between is read
/// where it stands. Often that is no literal at all, but the code between two.
const END: usize = 512;

/// Whether a text begins as JSON or a page does, which may be joined of long parts.
fn begins_data(bytes: &[u8], text: &Range<usize>) -> bool {
    let text = bytes.get(text.clone()).unwrap_or_default().trim_ascii_start();
    matches!(text.first(), Some(b'{' | b'[' | b'<'))
}

/// Whether there are blanks in a long text, as what is encoded has none, but for the lines that a key begins and ends with.
fn has_blanks(bytes: &[u8], text: &Range<usize>) -> bool {
    const LINE: usize = 128;
    let near = bytes.get(text.start + LINE..text.end.saturating_sub(LINE).min(text.start + 2 * END));
    near.is_some_and(|near| memchr::memchr(b' ', near).is_some())
}

fn push_place(bytes: &[u8], place: Range<usize>, layer: &mut Builder<'_>) {
    layer.mark(place.start, Rate::SAME);
    layer.push(bytes.get(place).unwrap_or_default());
}

/// Adds the texts as one literal, with what stands before the first in its line.
fn push(bytes: &[u8], parts: &[Range<usize>], separator: &[u8], layer: &mut Builder<'_>) {
    let length: usize = parts.iter().map(|part| part.len() + separator.len()).sum();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return };
    if length < SHORTEST {
        return;
    }
    if !layer.afford(length + CONTEXT) {
        return;
    }
    let context = super::context_before(bytes, first.start, CONTEXT);
    layer.mark(context, Rate::SAME);
    layer.push(bytes.get(context..first.start).unwrap_or_default());
    let is_data = begins_data(bytes, first);
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            layer.push(separator);
        }
        if part.len() > 2 * END && !is_data && has_blanks(bytes, part) {
            push_place(bytes, part.start..part.start + END, layer);
            layer.push(b"\n");
            push_place(bytes, part.end - END..part.end, layer);
        } else {
            push_place(bytes, part.clone(), layer);
        }
    }
    layer.push(bytes.get(last.end..=last.end).unwrap_or_default());
    layer.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        crate::decode::testing::lines(uncover, text)
    }

    #[test]
    fn literals_are_joined_as_code_joins_them() {
        for text in [
            "'ab_' + 'cd' + '-ef-and-so-on'",
            "'ab_'+\"cd-\"+'ef-and-so-on'",
            "'ab_' +\n   'cd-' +\n   'ef-and-so-on'",
            "'ab_'\n  + 'cd-'\n  + 'ef-and-so-on'",
            "'ab_' 'cd-' 'ef-and-so-on'",
            "'ab_' \\\n 'cd-ef-and-so-on'",
            "'ab_'.concat('cd').concat('-ef-and-so-on')",
            "''.concat('ab_', 'cd', '-ef-and-so-on')",
            "['ab_', 'cd-',\n 'ef-and-so-on'].join('')",
            "['ab_cd', 'ef-and-so-on'].join('-')",
            "''.join(['ab_', 'cd-', 'ef-and-so-on'])",
            "'ab_' . 'cd-' . 'ef-and-so-on'",
            "'ab_' .. 'cd-ef-and-so-on'",
            "'ab_' & 'cd-ef-and-so-on'",
            "'ab_' || 'cd-ef-and-so-on'",
            "b'ab_' b'cd-ef-and-so-on'",
            "'ab_' /* one */\n  'cd-' // two\n  'ef-and-so-on'",
            "'ab_' + # one\n 'cd-ef-and-so-on'",
            "'ab_' + \\\n 'cd-ef-and-so-on'",
            "'ab_' & _\r\n 'cd-ef-and-so-on'",
            "'ab_c'\"d-ef-and-so-on\"",
            "'ab_c'\"d-ef\"-and-so-on",
            "ab_'c'\"d-ef\"-and-so-on",
            "'ab_' + `\n 'cd-ef-and-so-on'",
            "concat!('ab_', 'cd-', 'ef-and-so-on')",
            "string.Concat('ab_', 'cd-ef-and-so-on')",
            "String.join(\"\", \"ab_\", \"cd-ef-and-so-on\")",
            "String.join(\"\", List.of(\"ab_\", \"cd-ef-and-so-on\"))",
            "String.join(\"\", Arrays.asList(\"ab_\",\n    \"cd-ef-and-so-on\"))",
            "string.Join(\"\", new[] { \"ab_\", \"cd-ef-and-so-on\" })",
            "string.Join(\"\", \"ab_\", \"cd-ef-and-so-on\")",
            "strings.Join([]string{\"ab_\", \"cd-ef-and-so-on\"}, \"\")",
            "join(\"\", [\"ab_\", \"cd-ef-and-so-on\"])",
            "join(\"\", [\n    \"ab_\",\n    \"cd-ef-and-so-on\",\n])",
            "['ab_', 'cd-ef-and-so-on'].join",
            "['ab_', 'cd-ef-and-so-on'].joined()",
            "'ab_' +\\n    'cd-ef-and-so-on'",
            "'ab_'\\r\\n\\t+ 'cd-ef-and-so-on'",
            "%w[ab_ cd-ef-and-so-on].join",
            "%w(ab_ cd-\n   ef-and-so-on).join('')",
            // code within literals that are joined
            "\"'x ' + a\"+\"b_cd-ef-and-so-on('y')\"",
            "\"'x ' + a\" + \"b_cd-ef-and-so-on('y')\"",
            "\"'x ' + a\" \"b_cd-ef-and-so-on('y')\"",
            "'{}{}'.format('ab_', 'cd-ef-and-so-on')",
            "'%s%s' % ('ab_', 'cd-ef-and-so-on')",
            "'{0}{1}' -f 'ab_', 'cd-ef-and-so-on'",
            "b.append('ab_').append('cd-ef-and-so-on')",
            "new StringBuilder(\"ab_\")\n    .append(\"cd-\")\n    .append(\"ef-and-so-on\")",
            "''; b.Append('ab_');\n b.Append('cd-ef-and-so-on')",
            "String::from(\"a\"); s.push_str(\"ab_\"); s.push_str(\"cd-ef-and-so-on\")",
            "b.WriteString(\"ab_\")\n\tb.WriteString(\"cd-ef-and-so-on\")",
            "'a=\\\"b\\\" ab_'+'cd-ef-and-so-on'",
            "\"a=\\\"b\\\" ab_c\"+\"d-ef-and-so-on\"",
            "\"a=\\\"b\\\" p\"+\" ab_cd-ef-and-so-on\"",
        ] {
            let found = texts(&format!("one\nx = {text};\n"));
            assert!(found.iter().any(|found| found.contains("ab_cd-ef-and-so-on")), "{text} {found:?}");
        }
    }

    #[test]
    fn other_neighbours_stay_apart() {
        for text in [
            "['a', 'b']",
            "f('a', 'b')",
            "'a' + b + 'c'",
            "x.join(', ')",
            "'a' ? 'b' : 'c'",
            "'it''s one text with quotes in it'",
            "'<a href=\"' + href + '\">some more text</a>'",
            "'a', // one\n 'and another text of letters'",
            "''.concat(a, 'b')",
            "b.append('<p class=one>').append(c).append('<p class=two>')",
            "b.append('one, two, three, four', 5).append('five, six, seven')",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn of_long_texts_the_ends_are_joined() {
        let prose = "a line of words that go on and on, (b) and c; ".repeat(100);
        let found = texts(&format!("x = '{prose}tok' + 'en-and-so-on {prose}last' + ' word of it';"));
        assert!(found.iter().any(|line| line.contains("token-and-so-on a line")), "{found:?}");
        assert!(found.iter().any(|line| line.contains("last word of it")), "{found:?}");
        assert!(found.iter().map(String::len).sum::<usize>() < prose.len(), "{found:?}");
        // what is encoded, a key with its first line, and data
        let encoded = "QUJDRE".repeat(700);
        for text in [
            encoded.clone(),
            format!("-----BEGIN RSA PRIVATE KEY-----\\n{encoded}"),
            format!("{{\"version\":3,\"names\":[],\"a\":\"{prose}\""),
        ] {
            let (first, last) = text.split_at(text.len() - 1700);
            let found = texts(&format!("x = '{first}'\n + '{last}';"));
            assert_eq!(found, [format!("x = '{text}'")]);
        }
    }

    #[test]
    fn code_between_two_literals_is_none() {
        let code = "if (b) { c(d); } ".repeat(40);
        for text in [
            format!("f('it is \"' + \" + g); {code} h(\"end\", 'i')"),
            format!("f(`${{a}}` + ` + g);\n{code}\n h(`end`, i)"),
        ] {
            let found = texts(&text);
            assert!(found.iter().all(|line| line.len() < code.len()), "{text} {found:?}");
        }
    }

    #[test]
    fn texts_that_are_turned_round_are_turned_back() {
        for text in [
            "x = \"ponmlkjihgfedcba\".split(\"\").reverse().join(\"\")",
            "x=[...'ponmlkjihgfedcba'].reverse().join('');",
            "x=[...'ponmlkjihgfedcba'].reverse().join``;",
            "x = [\"ijklmnop\", \"abcdefgh\"].reverse().join(\"\")",
        ] {
            assert_eq!(crate::decode::testing::lines(uncover, text), ["abcdefghijklmnop"], "{text}");
        }
        for text in ["x.reverse().join('')", "].reverse().join('')", "'abc'.split('').reverse().join('')"] {
            assert_eq!(crate::decode::testing::lines(uncover, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_literals() {
        let text = "one\nx = 'ab' +\n 'cd-and-so-on-and-on';";
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            assert_eq!(layer.text, b"x = 'abcd-and-so-on-and-on'\n");
            assert_eq!([0, 5, 7].map(|at| layer.places.source(at)), [4, 9, 17]);
        });
    }
}
