//! Words with tags in them: `<b>ab</b><i>cd</i>`, `ab<wbr>cd`, `ab<!-- -->cd`, `<![CDATA[ab]]><![CDATA[cd]]>`.

use std::ops::Range;

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};

/// Bytes of a word that is worth a look: no token has fewer.
const SHORTEST: usize = 16;
/// Bytes of a word before its first tag.
const LONGEST: usize = 512;
/// Parts of a word.
const MOST: usize = 512;
/// Bytes of the tags between two parts.
const LONGEST_TAGS: usize = 1 << 10;

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "text between tags", stands_in: StandsIn::OtherText, uncover };

/// What parts words: the elements that stand below one another, or in a row of a table.
const APART: [&[u8]; 27] = [
    b"a",
    b"address",
    b"article",
    b"aside",
    b"blockquote",
    b"br",
    b"button",
    b"dd",
    b"div",
    b"dl",
    b"dt",
    b"footer",
    b"header",
    b"hr",
    b"input",
    b"li",
    b"ol",
    b"option",
    b"p",
    b"pre",
    b"section",
    b"table",
    b"td",
    b"th",
    b"title",
    b"tr",
    b"ul",
];

/// Uncovers the words.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    let mut done = 0;
    for tag in memchr::memchr_iter(b'<', bytes) {
        if tag < done {
            continue;
        }
        let open = before_section(bytes, tag);
        if !open.checked_sub(1).and_then(|last| bytes.get(last)).is_some_and(is_of_word) {
            continue;
        }
        let Some(second) = behind_tags(bytes, tag) else { continue };
        let before = bytes.get(open.saturating_sub(LONGEST).max(done)..open).unwrap_or_default();
        let length = before.iter().rev().take_while(|byte| is_of_word(byte)).count();
        let parts = parts(bytes, open - length..open, second);
        done = parts.last().map_or(tag, |last| last.end);
        let length = parts.iter().map(Range::len).sum();
        if length < SHORTEST {
            continue;
        }
        if !layer.afford(length) {
            return;
        }
        for part in parts {
            layer.mark(part.start, Rate::SAME);
            layer.push(bytes.get(part).unwrap_or_default());
        }
        layer.end();
    }
}

/// The parts of a word whose first is known, and where its second begins.
fn parts(bytes: &[u8], first: Range<usize>, second: usize) -> Vec<Range<usize>> {
    let mut parts = vec![first];
    let mut at = second;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let end = at + rest.iter().take_while(|byte| is_of_word(byte)).count();
        parts.push(at..end);
        let tag =
            end + if bytes.get(end..).is_some_and(|rest| rest.starts_with(END)) { END.len() } else { 0 };
        match behind_tags(bytes, tag).filter(|_| parts.len() < MOST) {
            Some(next) => at = next,
            None => return parts,
        }
    }
}

const END: &[u8] = b"]]>";
const SECTION: &[u8] = b"<![CDATA[";

/// Where a word ends before a tag: a section that is over has an end of its own.
fn before_section(bytes: &[u8], tag: usize) -> usize {
    let before = bytes.get(..tag).unwrap_or_default();
    before.strip_suffix(END).map_or(tag, <[u8]>::len)
}

/// Where the word goes on that a tag stands in, behind it and those that follow it.
fn behind_tags(bytes: &[u8], tag: usize) -> Option<usize> {
    let mut at = tag;
    let near = bytes.get(..bytes.len().min(tag + LONGEST_TAGS))?;
    while near.get(at) == Some(&b'<') {
        at += tag_length(near.get(at..)?)?;
    }
    (at > tag && near.get(at).is_some_and(is_of_word)).then_some(at)
}

/// The length of a tag that parts no words.
fn tag_length(text: &[u8]) -> Option<usize> {
    if text.starts_with(SECTION) {
        return Some(SECTION.len());
    }
    if let Some(comment) = text.strip_prefix(b"<!--") {
        return Some(4 + memchr::memmem::find(comment, b"-->")? + 3);
    }
    let inside = text.get(1..)?;
    let inside = inside.strip_prefix(b"/").unwrap_or(inside);
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-');
    let name = inside.get(..inside.iter().take_while(is_of_name).count())?;
    let behind = inside.get(name.len())?;
    let local = name.rsplit(|byte| *byte == b':').next()?;
    let is_heading = matches!(local, [b'h' | b'H', b'1'..=b'6']);
    let parts = is_heading || APART.iter().any(|other| local.eq_ignore_ascii_case(other));
    if !name.first()?.is_ascii_alphabetic()
        || parts
        || !(b"/>".contains(behind) || behind.is_ascii_whitespace())
    {
        return None;
    }
    Some(memchr::memchr(b'>', text)? + 1)
}

fn is_of_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::testing::lines;

    #[test]
    fn words_are_read_without_their_tags() {
        for text in [
            "<b>ab</b><i>cd_and-so-on-and-on</i>",
            "<p>ab<wbr>cd_and<wbr/>-so-on-and-on</p>",
            "<k>ab<!-- one > two -->cd_and-so-on-and-on</k>",
            "<k><![CDATA[ab]]><![CDATA[cd_and-so-on-and-on]]></k>",
            "<w:t>ab</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">cd_and-so-on-and-on</w:t>",
            "<span class=\"n\">ab</span><span class=\"n\">cd</span><span>_</span>and-so-on-and-on",
        ] {
            assert_eq!(lines(uncover, text), ["abcd_and-so-on-and-on"], "{text}");
        }
    }

    #[test]
    fn other_words_stay_apart() {
        for text in [
            "<li>one-and-so-on</li><li>another-one-and-so-on</li>",
            "<h2>one-and-so-on</h2><p>another-one-and-so-on",
            "<td>one-and-so-on</td><td>another-one-and-so-on</td>",
            "<w:t>one-and-so-on</w:t></w:p><w:p><w:t>another-one-and-so-on</w:t>",
            "<b>one-and-so-on</b> <b>another-one-and-so-on</b>",
            "for (one_and_so_on=1;one_and_so_on<another_and_so_on;n++)one>another_and_so_on",
            "a<b>c",
        ] {
            assert_eq!(lines(uncover, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_parts() {
        let text = "<b>ab</b><i>cd_and-so-on-and-on</i>";
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            assert_eq!([0, 1, 2, 3].map(|at| layer.places.source(at)), [3, 4, 12, 13]);
        });
    }
}
