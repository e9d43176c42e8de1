//! Texts that are put together by statements: `t = "ab"; t += "cd"`, `T=ab` and `T+=cd` in a shell.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping, literals};

/// Bytes of one of the texts.
const LONGEST: usize = 512;
/// Texts of one variable.
const MOST: usize = 10_000;
/// Bytes of a name.
const LONGEST_NAME: usize = 64;

static APPEND: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("+="));

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "appended texts", stands_in: StandsIn::OtherText, uncover };

/// Uncovers texts to which others are appended in the statements behind.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    let mut open: Option<Appended<'_>> = None;
    // bytes that may be looked at for nothing
    let mut spare = bytes.len();
    for sign in APPEND.find_iter(bytes) {
        let Some((name, text)) = name_before(bytes, sign).zip(text_at(bytes, sign + 2)) else { continue };
        let name_text = bytes.get(name.clone()).unwrap_or_default();
        let is_next = open.as_ref().is_some_and(|open| {
            open.parts.len() < MOST
                && open.name == name_text
                && is_between_statements(bytes.get(open.end..name.start))
        });
        if !is_next {
            if spare < LONGEST && !layer.afford(LONGEST) {
                return;
            }
            spare = spare.saturating_sub(LONGEST);
            if let Some(done) = open.take()
                && !done.push(bytes, &mut layer)
            {
                return;
            }
            open = assigned_before(bytes, &name).map(|first| Appended {
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
        done.push(bytes, &mut layer);
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
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+' | b'=' | b'~')
}

/// The text that is assigned to this name in the statement before.
fn assigned_before(bytes: &[u8], name: &Range<usize>) -> Option<Range<usize>> {
    let floor = name.start.saturating_sub(LONGEST + LONGEST_NAME);
    let before = bytes.get(floor..name.start)?;
    let own = bytes.get(name.clone())?;
    // the name may be in the text, too
    memchr::memmem::rfind_iter(before, own).find_map(|at| {
        let rest = before.get(at + own.len()..)?;
        let sign = rest.iter().position(|byte| *byte != b' ')?;
        let is_assigned = rest.get(sign) == Some(&b'=') && rest.get(sign + 1) != Some(&b'=');
        let text = is_assigned.then(|| text_at(bytes, floor + at + own.len() + sign + 1)).flatten()?;
        let end = text.end + usize::from(matches!(bytes.get(text.end), Some(b'"' | b'\'' | b'`')));
        is_between_statements(bytes.get(end..name.start)).then_some(text)
    })
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
            "export t=\"ab_c\"\r\nt+='d-ef'\r\n",
        ] {
            assert_eq!(texts(text), ["t=\"ab_cd-ef\""], "{text}");
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
