//! Signs that content shows: `policies/signs.toml`, and what no table can say.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::{LazyLock, OnceLock};

use memchr::memmem::find;
use regex::bytes::{Regex, RegexBuilder};

/// What the content of a file must be like. `policies/signs.toml` says what the fields mean.
#[derive(Debug)]
pub(super) struct Sign {
    pub(super) name: &'static str,
    pub(super) begins: &'static [&'static [u8]],
    pub(super) words: &'static [&'static [u8]],
    pub(super) form: Form,
    pub(super) all: &'static [&'static [u8]],
    pub(super) any: &'static [&'static [u8]],
    pub(super) pattern: &'static str,
    pub(super) named: bool,
    #[cfg_attr(not(test), expect(dead_code, reason = "tests look at them"))]
    pub(super) fires: &'static [&'static [u8]],
    #[cfg_attr(not(test), expect(dead_code, reason = "tests look at them"))]
    pub(super) near: &'static [&'static [u8]],
}

/// How many bytes show whether content is a text.
const HEAD: usize = 1024;

/// What a file is written in, as its first characters show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Anything.
    Any,
    /// A JSON object.
    Object,
    /// A JSON object or array.
    Json,
    /// HTML or XML.
    Markup,
    /// No text.
    Binary,
}

/// All signs.
pub(super) static SIGNS: &[Sign] = include!(concat!(env!("OUT_DIR"), "/signs.rs"));

/// Their patterns, each compiled when it is first asked for.
static PATTERNS: LazyLock<Vec<OnceLock<Option<Regex>>>> =
    LazyLock::new(|| SIGNS.iter().map(|_| OnceLock::new()).collect());

/// The number of a sign, and what content of its kind begins with.
type Beginning = (usize, &'static [u8]);

/// Their beginnings, by the first byte.
static BEGINNINGS: LazyLock<Vec<Vec<Beginning>>> = LazyLock::new(|| {
    let mut by_first = vec![Vec::new(); 256];
    for (number, sign) in SIGNS.iter().enumerate() {
        for begin in sign.begins {
            let first = begin.first().and_then(|first| by_first.get_mut(usize::from(*first)));
            first.into_iter().for_each(|list| list.push((number, *begin)));
        }
    }
    by_first
});

/// The numbers of the signs that content begins like; `text` is where it begins as a text.
pub(super) fn begun<'a>(bytes: &'a [u8], text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    [bytes, text].into_iter().flat_map(|content| {
        let of_first = content.first().and_then(|first| BEGINNINGS.get(usize::from(*first)));
        let begun = of_first.into_iter().flatten().filter(|(_, begin)| begins(content, begin));
        begun.map(|(number, _)| *number)
    })
}

/// Whether content begins so, with whatever line ends.
fn begins(content: &[u8], begin: &[u8]) -> bool {
    let plain = || content.iter().filter(|byte| **byte != b'\r').take(begin.len());
    content.starts_with(begin) || begin.contains(&b'\n') && plain().eq(begin)
}

impl Sign {
    /// Whether content whose beginning or word was found, or that a name asks about, is such a file.
    pub(super) fn holds(&self, content: &Content<'_>) -> bool {
        self.holds_as_written(content.written)
            || content.plain().is_some_and(|plain| self.holds_as_written(plain))
    }

    fn holds_as_written(&self, bytes: &[u8]) -> bool {
        self.form.fits(bytes)
            && self.all.iter().all(|word| find(bytes, word).is_some())
            && (self.any.is_empty() || self.any.iter().any(|word| find(bytes, word).is_some()))
            && self.has_pattern(bytes)
    }

    fn has_pattern(&self, bytes: &[u8]) -> bool {
        let number = SIGNS.iter().position(|sign| std::ptr::eq(sign, self));
        let pattern = number.filter(|_| !self.pattern.is_empty()).and_then(|number| PATTERNS.get(number));
        pattern.is_none_or(|pattern| {
            let pattern = pattern.get_or_init(|| self.compiled());
            pattern.as_ref().is_some_and(|pattern| pattern.is_match(bytes))
        })
    }

    fn compiled(&self) -> Option<Regex> {
        RegexBuilder::new(self.pattern).unicode(false).multi_line(true).build().ok()
    }
}

impl Form {
    fn fits(self, bytes: &[u8]) -> bool {
        let first = || text_start(bytes).first().copied();
        match self {
            Self::Any => true,
            Self::Object => first() == Some(b'{'),
            Self::Json => matches!(first(), Some(b'{' | b'[')),
            Self::Markup => first() == Some(b'<'),
            Self::Binary => memchr::memchr(0, bytes.get(..HEAD).unwrap_or(bytes)).is_some(),
        }
    }
}

/// What a file holds, which signs are looked for in.
pub(super) struct Content<'a> {
    written: &'a [u8],
    /// Made when the first sign asks for it.
    plain: OnceCell<Option<Cow<'a, [u8]>>>,
}

impl<'a> Content<'a> {
    pub(super) fn new(written: &'a [u8]) -> Self {
        Self { written, plain: OnceCell::new() }
    }

    fn plain(&self) -> Option<&[u8]> {
        self.plain.get_or_init(|| plain(self.written)).as_deref()
    }
}

/// A text as most tools write it, without a byte-order mark and with plain line ends; `None` where it is so, or is no
/// text, or is too large for a copy.
fn plain(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    const LARGEST: usize = 16 << 20;
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let head = text.get(..HEAD).unwrap_or(text);
    if memchr::memchr(0, head).is_some() {
        return None;
    }
    let first_line = memchr::memchr(b'\n', text).and_then(|end| text.get(..end));
    let has_wide_ends = first_line.is_some_and(|line| line.ends_with(b"\r"));
    match has_wide_ends {
        true => (text.len() <= LARGEST).then(|| Cow::Owned(without_returns(text))),
        false => (text.len() < bytes.len()).then_some(Cow::Borrowed(text)),
    }
}

fn without_returns(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find(rest, b"\r\n") {
        plain.extend(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    plain.extend(rest);
    plain
}

/// A text without its byte-order mark and the blanks at its beginning.
pub(super) fn text_start(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.trim_ascii_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(sign: &Sign, bytes: &[u8]) -> bool {
        let asked = sign.named
            || begun(bytes, text_start(bytes)).any(|number| std::ptr::eq(&SIGNS[number], sign))
            || sign.words.iter().any(|word| find(bytes, word).is_some());
        asked && sign.holds(&Content::new(bytes))
    }

    #[test]
    fn examples_fire_and_near_misses_do_not() {
        for sign in SIGNS {
            for text in sign.fires {
                assert!(shows(sign, text), "{}: {}", sign.name, text.escape_ascii());
            }
            for text in sign.near {
                assert!(!shows(sign, text), "{}: {}", sign.name, text.escape_ascii());
            }
        }
    }

    #[test]
    fn line_ends_and_a_byte_order_mark_make_no_difference() {
        for sign in SIGNS {
            let texts = sign.fires.iter().map(|text| (text, true));
            for (text, fires) in texts.chain(sign.near.iter().map(|text| (text, false))) {
                let Ok(text) = std::str::from_utf8(text) else { continue };
                // What is binary, or about line ends and the very first bytes, is not a text that is written another way.
                if text.contains(['\0', '\r']) || text.starts_with("#!") {
                    continue;
                }
                for written in [text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
                    assert_eq!(shows(sign, written.as_bytes()), fires, "{}: {written:?}", sign.name);
                }
            }
        }
    }

    #[test]
    fn no_two_signs_have_a_name() {
        let mut names: Vec<&str> = SIGNS.iter().map(|sign| sign.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn patterns_compile() {
        for sign in SIGNS {
            assert!(sign.compiled().is_some(), "{}", sign.name);
        }
    }
}
