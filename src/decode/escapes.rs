//! Characters written by their number or name: `\x2d`, `\u005f`, `\137`, `&#95;`, `&amp;`, `%2B`, `%u002b`, `\_`, and
//! lines that a backslash joins.

use super::places::{Builder, Rate};
use super::{Budget, LARGEST_LAYER, Layer, StandsIn, Wrapping, entities, packed, percent};
use crate::plain::{Character, numbered};

/// Bytes of a word that is worth a look: the names that tokens are assigned to are as long.
const SHORTEST: usize = 7;
/// Bytes before an escape that belong to the same word.
const LONGEST_BEFORE: usize = 4 << 10;
/// Bytes before the word that say what it is: the beginning of a connection string.
const CONTEXT_BEFORE: usize = 160;
/// Bytes behind the word that go on with it: the value that is assigned to a name.
const CONTEXT_BEHIND: usize = 160;

pub(super) const WRAPPING: Wrapping = Wrapping { name: "escaped text", stands_in: StandsIn::Text, uncover };

/// Uncovers the words in which characters are escaped that need not be, with what stands around them in their line.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    let mut packed = packed::uncover(bytes, budget, &mut layer).into_iter().peekable();
    let mut done = 0;
    while let Some((at, _)) = next_odd(bytes, done, bytes.len()) {
        // what is packed has no words
        while packed.next_if(|literal| literal.end <= at).is_some() {}
        if let Some(literal) = packed.next_if(|literal| literal.contains(&at)) {
            done = literal.end;
            continue;
        }
        let begin = word_start(bytes, done, at);
        let mut end = word_end(bytes, at);
        // `Bot` and `Basic` stand before what they name.
        if end - begin < SHORTEST && bytes.get(end) == Some(&b' ') {
            end = word_end(bytes, end + 1);
        }
        if end - begin < SHORTEST && !is_name(bytes, end) {
            done = end.max(at + 1);
            continue;
        }
        let start = super::context_before(bytes, begin, CONTEXT_BEFORE);
        while end - start < LARGEST_LAYER
            && let Some((_, length)) = next_odd(bytes, end, line_rest(bytes, end))
        {
            end = word_end(bytes, end + length);
        }
        let context = line_rest(bytes, end);
        // not in the middle of a word
        let behind = bytes.get(end..context).unwrap_or_default();
        let whole = context - end < CONTEXT_BEHIND;
        let cut = if whole { behind.len() } else { whole_words(bytes, end, context) };
        let (start, to) = with_armour(bytes, start, end + cut);
        let is_longer = to > end + cut;
        if !layer.afford(to - start) {
            return;
        }
        push_plain(&mut layer, bytes, start, to);
        layer.end();
        done = if is_longer { to } else { end.max(at + 1) };
    }
}

/// Whether what ends there is the name of a field, which may be short: `"kty":`.
fn is_name(bytes: &[u8], end: usize) -> bool {
    matches!(bytes.get(end..), Some([b'"' | b'\'', b':', ..]))
}

/// Bytes from `end` to behind the word that goes on at `context`, or to before it, if it is long.
fn whole_words(bytes: &[u8], end: usize, context: usize) -> usize {
    const LONGEST: usize = 1 << 10;
    let rest = bytes.get(context..).unwrap_or_default();
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let behind = bytes.get(end..context).unwrap_or_default();
    match rest.iter().position(|byte| is_delimiter(*byte)) {
        Some(length) => behind.len() + length,
        None => behind.iter().rposition(|byte| is_delimiter(*byte)).unwrap_or(0),
    }
}

/// A range with all that may stand between the lines of dashes, one of which it holds.
fn with_armour(bytes: &[u8], start: usize, end: usize) -> (usize, usize) {
    const LONGEST: usize = 24 << 10;
    let text = bytes.get(start..end).unwrap_or_default();
    let has_dashes = |dashes: &[u8]| memchr::memmem::find(text, dashes).is_some();
    if !has_dashes(b"--") && !has_dashes(b"\\-\\-") {
        return (start, end);
    }
    let text = plain(text);
    let holds = |line: &[u8]| memchr::memmem::find(&text, line).is_some();
    match (holds(b"-----BEGIN "), holds(b"-----END ")) {
        (true, false) => (start, (end + LONGEST).min(bytes.len())),
        (false, true) => (start.saturating_sub(LONGEST), end),
        _ => (start, end),
    }
}

/// The next escape in a range that need not be one, and how far behind the beginning of the range it ends.
fn next_odd(bytes: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some(mark) = next_mark(bytes.get(..to)?, at) {
        // JSON is full of these.
        if let Some([b'\\', b'n' | b'"' | b't' | b'r' | b'\'']) = bytes.get(mark..mark + 2) {
            at = mark + 2;
            continue;
        }
        match Escape::at(bytes, mark) {
            Some(escape) if escape.is_odd(bytes, mark) => return Some((mark, mark - from)),
            Some(escape) => at = mark + escape.length,
            None => at = mark + 1,
        }
    }
    None
}

/// Where the context behind a word ends: with the line, or after some more.
fn line_rest(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let rest = rest.get(..CONTEXT_BEHIND).unwrap_or(rest);
    from + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// A text without its escapes: for a reader that knows where the text ends.
pub(crate) fn plain(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut from = 0;
    while let Some(at) = next_mark(text, from) {
        out.extend_from_slice(text.get(from..at).unwrap_or_default());
        from = match Escape::at(text, at) {
            Some(escape) => {
                escape.push(&mut out);
                at + escape.length
            }
            None => {
                out.extend(text.get(at));
                at + 1
            }
        };
    }
    out.extend_from_slice(text.get(from..).unwrap_or_default());
    out
}

fn next_mark(bytes: &[u8], from: usize) -> Option<usize> {
    Some(from + memchr::memchr3(b'\\', b'&', b'%', bytes.get(from..)?)?)
}

fn push_plain(layer: &mut Builder<'_>, bytes: &[u8], start: usize, end: usize) {
    let mut from = start;
    layer.mark(from, Rate::SAME);
    while let Some(at) = next_mark(bytes, from).filter(|at| *at < end) {
        layer.push(bytes.get(from..at).unwrap_or_default());
        match Escape::at(bytes, at) {
            Some(escape) => {
                let mut character = Vec::new();
                escape.push(&mut character);
                layer.mark(at, Rate::SAME);
                layer.push(&character);
                from = at + escape.length;
                layer.mark(from, Rate::SAME);
            }
            None => {
                layer.push(bytes.get(at..=at).unwrap_or_default());
                from = at + 1;
            }
        }
    }
    layer.push(bytes.get(from..end).unwrap_or_default());
}

/// Where the word around an escape begins.
fn word_start(bytes: &[u8], from: usize, at: usize) -> usize {
    let floor = at.saturating_sub(LONGEST_BEFORE).max(from);
    let before = bytes.get(floor..at).unwrap_or_default();
    before.iter().rposition(|byte| is_delimiter(*byte)).map_or(floor, |delimiter| floor + delimiter + 1)
}

/// Where it ends.
fn word_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < bytes.len().min(at + LARGEST_LAYER) {
        match Escape::at(bytes, end) {
            Some(escape) => end += escape.length,
            None if bytes.get(end).is_none_or(|byte| is_delimiter(*byte)) => break,
            None => end += 1,
        }
    }
    end
}

fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | 0)
}

/// A character written in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Escape {
    length: usize,
    /// `None` where a backslash joins two lines.
    character: Option<Character>,
    /// Whether a backslash stands before the character itself.
    is_sign: bool,
}

impl Escape {
    /// The escape that begins at an offset.
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..)?;
        match rest.first()? {
            b'\\' => backslash(rest),
            b'&' => entity(rest),
            b'%' => percent(rest),
            _ => None,
        }
    }

    fn push(self, out: &mut Vec<u8>) {
        if let Some(character) = self.character {
            character.push(out);
        }
    }

    /// Whether it stands in a word and for a character that may belong to a token or a password.
    fn is_odd(self, bytes: &[u8], at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied().unwrap_or(b' ');
        let behind = bytes.get(at + self.length).copied().unwrap_or(b' ');
        let is_word = |byte: u8| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'\\' | b'%' | b'&' | b'.' | b'~' | b'=' | b':')
        };
        let Some(character) = self.character else { return is_word(before) && is_word(behind) };
        let character = u8::try_from(char::from(character)).unwrap_or(0);
        if self.is_sign {
            // Regular expressions are full of these.
            let is_slash = |byte: u8| matches!((character, byte), (b'/' | b':', b'/' | b':' | b'\\'));
            // Markdown writes `.\_` and `/\_`, and no regular expression does.
            let is_mark = |byte: u8| match character {
                b'_' => matches!(byte, b'.' | b'~' | b'/'),
                b'-' => byte == b'~',
                // JSON may escape the last slash of a value
                b'/' => byte == b'"' && behind == b'"',
                _ => false,
            };
            let is_letter = |byte: u8| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'=') || is_mark(byte)
            };
            return (is_letter(before) || is_slash(before)) && (is_letter(behind) || is_slash(behind));
        }
        // A blank is part of `Basic dXNlcg==`; addresses have their line ends in percent, too.
        if character == b' ' || character == b'\n' && bytes.get(at) == Some(&b'%') {
            return is_word(before) && is_word(behind);
        }
        // A quote by its number says nothing of what it encloses, but for the argument of a call.
        if matches!(character, b'"' | b'\'' | b'`') {
            return before == b'(' && behind.is_ascii_alphanumeric();
        }
        // `&amp;#45;`: what is escaped is an escape itself
        if character == b'&' && behind == b'#' && bytes.get(at) == Some(&b'&') {
            return true;
        }
        let is_sign = matches!(character, b'!'..=b'~') && !is_delimiter(character) && character != b'\\';
        is_sign && (is_word(before) || is_word(behind))
    }
}

fn backslash(text: &[u8]) -> Option<Escape> {
    /// Escaped in a string in a string.
    const MOST: usize = 4;
    let marks = text.iter().take(MOST).take_while(|byte| **byte == b'\\').count();
    let rest = text.get(marks..)?;
    // of `\\\u006e` the first two are a backslash that something else escapes: here it makes `\n`
    if marks == 3 && matches!(rest, [b'x' | b'u' | b'0'..=b'7', ..]) {
        return None;
    }
    let escape = |length: usize, character: Option<Character>| {
        Some(Escape { length: marks + length, character, is_sign: false })
    };
    if let Some((character, length)) = numbered(rest) {
        return escape(length, Some(character));
    }
    match rest {
        [sign @ (b'/' | b'_' | b'-' | b'.' | b'+' | b'=' | b':' | b'@' | b'~' | b'#' | b'!' | b'&'), ..] => {
            escape(1, Some(Character::Byte(*sign))).map(|escape| Escape { is_sign: true, ..escape })
        }
        [b'\n', next @ ..] => escape(1 + indentation(next), None),
        [b'\r', b'\n', next @ ..] => escape(2 + indentation(next), None),
        _ => None,
    }
}

/// Blanks at the beginning of a line: where a backslash joins two lines, YAML leaves them out.
fn indentation(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

fn entity(text: &[u8]) -> Option<Escape> {
    let (character, length) = entities::first(text)?;
    Some(Escape { length, character: Some(Character::Of(character)), is_sign: false })
}

/// `%2D`, or `%u002D`, as JavaScript's `escape` writes it.
fn percent(text: &[u8]) -> Option<Escape> {
    if let Some(rest @ [b'u', ..]) = text.get(1..) {
        let (character, length) = numbered(rest).filter(|_| rest.get(1) != Some(&b'{'))?;
        return Some(Escape { length: 1 + length, character: Some(character), is_sign: false });
    }
    let character = Some(Character::Byte(percent::first(text)?));
    Some(Escape { length: 3, character, is_sign: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        crate::decode::testing::lines(uncover, text)
    }

    #[test]
    fn a_short_word_stands_before_what_it_names() {
        assert_eq!(
            texts("x = 'Bo\\x74 abcdefghijklmnopqrstuvwxyz';\n"),
            ["x = 'Bot abcdefghijklmnopqrstuvwxyz';"]
        );
    }

    #[test]
    fn the_name_of_a_field_may_be_short() {
        assert_eq!(texts(r#"x={"k\x74y":"OKP"}"#), [r#"x={"kty":"OKP"}"#]);
        assert_eq!(texts(r#"x={"k\x74y"}"#), [""; 0]);
    }

    #[test]
    fn words_are_read_without_their_escapes() {
        for text in [
            r"ab\x5fcd\x2def/g",
            r"ab\u005fcd\u{2d}ef/g",
            r"ab\137cd\55ef/g",
            r"ab&#95;cd&#x2D;ef/g",
            r"ab&lowbar;cd-ef&sol;g",
            r"ab%5Fcd%2def%2Fg",
            r"ab%u005Fcd%u002def%u002Fg",
            r"ab\_cd\-ef\/g",
            r"ab\\u005fcd-ef\\/g",
            r"\x61b_cd-ef/\x67",
            "ab_c\\\nd-ef/g",
            "ab_c\\\r\n    d-ef/g",
        ] {
            assert_eq!(texts(&format!("x = '{text}';\n")), ["x = 'ab_cd-ef/g';"], "{text}");
            assert_eq!(plain(text.as_bytes()), b"ab_cd-ef/g");
        }
    }

    #[test]
    fn the_quote_of_an_argument_may_be_escaped() {
        for quote in [r"\x27", r"\u0027", r"\47", "&#39;", "&apos;", "%27", r"\u{27}"] {
            assert_eq!(texts(&format!("x.login({quote}abc{quote});\n")), ["x.login('abc');"], "{quote}");
        }
        assert_eq!(texts("{&quot;a&quot;: &quot;b&quot;} f(&quot;, 1)"), [""; 0]);
    }

    #[test]
    fn what_must_be_escaped_is_left_alone() {
        for text in [
            r"a\nb\tc",
            r#"say \"yes\""#,
            "a && b",
            "50 % of 20",
            "&lt;p&gt;",
            r"\u4e2d\u6587",
            "a \\\nb",
            r"\d+\w",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_characters() {
        let text = "line\nkey = 'a\\x5fb\\x5fc'";
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            let at = |what: &str| {
                let place = std::str::from_utf8(&layer.text).unwrap().find(what).unwrap();
                &text[layer.places.source(place)..][..1]
            };
            assert_eq!((at("k"), at("a"), at("b"), at("c"), at("_b")), ("k", "a", "b", "c", "\\"));
        });
    }
}
