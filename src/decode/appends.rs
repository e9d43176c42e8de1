//! Texts that are put together by statements: `t = "ab"; t += "cd"`, `$t .= "cd"`, `T=ab` and `T+=cd` in a shell.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping, closes, literals};

/// Bytes of one of the texts: a key in PEM has as many.
const LONGEST: usize = 4 << 10;
/// Texts of one variable.
const MOST: usize = 10_000;
/// Bytes of a name.
const LONGEST_NAME: usize = 64;

static APPEND: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("+="));
static APPEND_IN_PHP: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(".="));

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "appended texts", stands_in: StandsIn::OtherText, uncover };

/// Uncovers texts to which others are appended in the statements behind.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    by_sign(bytes, &APPEND, &mut layer);
    by_sign(bytes, &APPEND_IN_PHP, &mut layer);
}

fn by_sign(bytes: &[u8], sign: &Finder<'_>, layer: &mut Builder<'_>) {
    let mut open: Option<Appended<'_>> = None;
    // bytes that may be looked at for nothing, before they are taken from what may be uncovered
    let mut spare = bytes.len().saturating_mul(4);
    for sign in sign.find_iter(bytes) {
        let Some(name) = name_before(bytes, sign) else { continue };
        let Some(text) = text_at(bytes, sign + 2) else { continue };
        let name_text = bytes.get(name.clone()).unwrap_or_default();
        let is_next = open.as_ref().is_some_and(|open| {
            open.parts.len() < MOST
                && open.name == name_text
                && is_between_statements(bytes.get(open.end..name.start))
        });
        if !is_next {
            if let Some(done) = open.take()
                && !done.push(bytes, layer)
            {
                return;
            }
            open = assigned_before(bytes, &name, &mut spare, layer).map(|first| Appended {
                name: name_text,
                parts: vec![first],
                end: 0,
            });
        }
        if let Some(open) = &mut open {
            open.end = text.end + usize::from(matches!(bytes.get(text.end), Some(b'"' | b'\'')));
            open.parts.push(text);
        }
    }
    if let Some(done) = open {
        done.push(bytes, layer);
    }
}

/// The texts that a variable is made of.
struct Appended<'a> {
    name: &'a [u8],
    parts: Vec<Range<usize>>,
    /// Where the last statement ends.
    end: usize,
}

impl Appended<'_> {
    /// Adds them as one, behind their name; whether there was budget for it.
    fn push(&self, bytes: &[u8], layer: &mut Builder<'_>) -> bool {
        let length: usize = self.parts.iter().map(Range::len).sum();
        if !layer.afford(length + self.name.len() + 3) {
            return false;
        }
        layer.mark(self.parts.first().map_or(0, |first| first.start), Rate::SAME);
        layer.push(self.name);
        layer.push(b"=\"");
        for part in &self.parts {
            layer.mark(part.start, Rate::SAME);
            layer.push(bytes.get(part.clone()).unwrap_or_default());
        }
        layer.push(b"\"");
        layer.end();
        true
    }
}

/// The name of a variable before a sign.
fn name_before(bytes: &[u8], sign: usize) -> Option<Range<usize>> {
    let before = bytes.get(..sign)?.trim_ascii_end();
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.');
    let length = before.iter().rev().take(LONGEST_NAME).take_while(is_of_name).count();
    (length > 0).then(|| before.len() - length..before.len())
}

/// What is in the quotes behind a sign, or the word that follows it at once.
fn text_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let near = bytes.get(at..(at + LONGEST).min(bytes.len()))?;
    let blank = near.iter().take_while(|byte| **byte == b' ').count();
    match near.get(blank)? {
        b'"' | b'\'' | b'`' => literals::literal(bytes.get(..at + near.len())?, at + blank),
        _ if blank == 0 => {
            let length = near.iter().take_while(|byte| is_of_word(**byte)).count();
            let ends = matches!(near.get(length), None | Some(b'\n' | b'\r' | b' ' | b';'));
            (length > 1 && ends).then_some(at..at + length)
        }
        _ => None,
    }
}

const fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+' | b'~')
}

/// The text that is assigned to this name in the statement before.
fn assigned_before(
    bytes: &[u8],
    name: &Range<usize>,
    spare: &mut usize,
    layer: &mut Builder<'_>,
) -> Option<Range<usize>> {
    let before = bytes.get(..name.start)?;
    let is_gap = |byte: &u8| byte.is_ascii_whitespace() || *byte == b';';
    let gap = before.iter().rev().take(LONGEST_NAME).take_while(|byte| is_gap(byte)).count();
    let last = before.len().checked_sub(gap + 1)?;
    let (text, sign) = if closes::is_quote(*before.get(last)?) {
        let text = literals::first_part(bytes, last);
        match spare.checked_sub(text.len()) {
            Some(left) => *spare = left,
            None if !layer.afford(text.len()) => return None,
            None => {}
        }
        let blank = before.get(..text.start.checked_sub(1)?)?.trim_ascii_end();
        (text, blank.len().checked_sub(1)?)
    } else {
        let word =
            before.get(..=last)?.iter().rev().take(LONGEST).take_while(|byte| is_of_word(**byte)).count();
        let sign = (last + 1 - word).checked_sub(1)?;
        (sign + 1..last + 1, sign)
    };
    let assigned = before.get(..sign).filter(|_| before.get(sign) == Some(&b'='))?.trim_ascii_end();
    let first = assigned.strip_suffix(bytes.get(name.clone())?)?;
    let is_whole = first.last().is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    (is_whole && !text.is_empty()).then_some(text)
}

/// Whether nothing but the end of a statement is there.
fn is_between_statements(gap: Option<&[u8]>) -> bool {
    gap.is_some_and(|gap| {
        gap.len() <= LONGEST_NAME && gap.iter().all(|byte| byte.is_ascii_whitespace() || *byte == b';')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        crate::decode::testing::lines(uncover, text)
    }

    #[test]
    fn statements_are_put_together() {
        for text in [
            "let t = 'ab_c';\nt += 'd-ef';\n",
            "var t=\"ab_\";t+=\"cd\";t+=\"-ef\";f(t)",
            "t=ab_c\nt+=d-ef\necho $t\n",
            "$t = \"ab_\";\n$t .= \"cd-ef\";\n",
            "export t=\"ab_c\"\r\nt+='d-ef'\r\n",
        ] {
            let found = texts(text);
            assert_eq!(
                found.iter().map(|found| found.trim_start_matches('$')).collect::<Vec<_>>(),
                ["t=\"ab_cd-ef\""],
                "{text}"
            );
        }
    }

    #[test]
    fn other_sums_are_left_alone() {
        for text in [
            "n = 1; n += 2;",
            "a = 'ab'; b += 'cd';",
            "t = 'ab'; f(t); t += 'cd'",
            "t += 'ab'",
            "+=",
            "t == 'ab'; t += 'c'",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_characters() {
        let text = "t = 'ab';\nt += 'cd';";
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            assert_eq!(layer.text, b"t=\"abcd\"\n");
            assert_eq!([3, 5].map(|at| layer.places.source(at)), [5, 16]);
        });
    }
}
