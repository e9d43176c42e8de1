//! Code that a page or a document shows: coloured by tags, its signs written by name or number.

use memchr::{memchr, memchr2, memmem};

use super::{MARKUP, Whole};
use crate::decode::entities;

/// Elements that show text as it is written.
const ELEMENTS: [&[u8]; 3] = [b"pre", b"textarea", b"code"];
/// Tags that end a line; from `/text:p` on in office documents.
const LINE_ENDS: [&[u8]; 14] = [
    b"br",
    // a page that compares two files shows both lines in a row
    b"/td",
    b"/div",
    b"/p",
    b"/li",
    b"/tr",
    b"/text>",
    b"/text:p",
    b"text:line-break",
    b"/w:p",
    b"w:br",
    b"/a:p",
    b"a:br",
    b"/t>",
];
/// Tags that stand for blanks there.
const BLANKS: [&[u8]; 4] = [b"text:s ", b"text:s/", b"text:tab", b"w:tab"];
/// Of an element that ends nowhere, what is looked at: it may be no more than a word in a script.
const LONGEST_OPEN: usize = 256 << 10;
/// Longer tags are none.
const LONGEST_TAG: usize = 2 << 10;

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    // Most texts have no page in them.
    if memmem::find(bytes, b"</").is_none() {
        return;
    }
    if is_page(bytes) || is_coloured(bytes) {
        // Not every tool shows code in an element for it: some have a paragraph or a table's row for each line.
        let mut text = Vec::with_capacity(bytes.len());
        push_plain(&mut text, bytes);
        found(Whole { what: MARKUP, at: 0, text });
        return;
    }
    let mut whole: Option<Whole> = None;
    let mut from = 0;
    while let Some((start, element)) = next(bytes, from) {
        let inside = bytes.get(start..).unwrap_or_default();
        let length = end(inside, element).unwrap_or(inside.len().min(LONGEST_OPEN));
        let text = &mut whole.get_or_insert_with(|| Whole { what: MARKUP, at: start, text: Vec::new() }).text;
        push_plain(text, inside.get(..length).unwrap_or_default());
        text.push(b'\n');
        from = start + length;
    }
    if let Some(whole) = whole {
        found(whole);
    }
}

/// Whether a text is a page or a document from its first character on.
fn is_page(bytes: &[u8]) -> bool {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start().starts_with(b"<")
}

/// Whether a text is part of a page in which every few words have a colour.
fn is_coloured(bytes: &[u8]) -> bool {
    /// A word with its tags, and what stands between it and the next.
    const COLOURED: usize = 120;
    const LEAST: usize = 20;
    let least = LEAST.max(bytes.len() / COLOURED);
    memmem::find_iter(bytes, b"</span>").take(least).count() == least
}

/// Where the text of the next such element begins.
fn next(bytes: &[u8], from: usize) -> Option<(usize, &'static [u8])> {
    let rest = bytes.get(from..)?;
    memchr::memchr_iter(b'<', rest).find_map(|at| {
        let tag = rest.get(at + 1..)?;
        // Of all that may stand behind this sign, most is none of these.
        if !matches!(tag.first()? | 0x20, b'p' | b't' | b'c') {
            return None;
        }
        let element = ELEMENTS.into_iter().find(|name| {
            tag.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                && tag.get(name.len()).is_some_and(|byte| *byte == b'>' || byte.is_ascii_whitespace())
        })?;
        Some((from + at + 1 + tag_end(tag)? + 1, element))
    })
}

/// Where such an element ends.
fn end(inside: &[u8], element: &[u8]) -> Option<usize> {
    memmem::find_iter(inside, b"</").find(|at| {
        let name = inside.get(at + 2..).unwrap_or_default();
        name.get(..element.len()).is_some_and(|start| start.eq_ignore_ascii_case(element))
    })
}

fn tag_end(tag: &[u8]) -> Option<usize> {
    memchr(b'>', tag.get(..LONGEST_TAG).unwrap_or(tag))
}

/// Adds a text without its tags, its signs in clear.
fn push_plain(out: &mut Vec<u8>, mut rest: &[u8]) {
    while let Some(at) = memchr2(b'<', b'&', rest) {
        let (before, mark) = rest.split_at(at);
        out.extend_from_slice(before);
        let length = if mark.starts_with(b"<") { tag(out, mark) } else { entities::push(out, mark) };
        rest = mark.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

fn tag(out: &mut Vec<u8>, mark: &[u8]) -> usize {
    let name = mark.get(1..).unwrap_or_default();
    let is_tag = name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!'));
    match tag_end(name).filter(|_| is_tag) {
        Some(end) => {
            if LINE_ENDS.iter().any(|tag| name.starts_with(tag)) {
                // a cell and its row end together
                if out.last() != Some(&b'\n') {
                    out.push(b'\n');
                }
            } else if BLANKS.iter().any(|tag| name.starts_with(tag)) {
                out.push(b' ');
            }
            end + 2
        }
        None => {
            out.push(b'<');
            1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(page: &str) -> String {
        let mut found = String::new();
        uncover(page.as_bytes(), &mut |whole| found.push_str(std::str::from_utf8(&whole.text).unwrap()));
        found
    }

    #[test]
    fn code_comes_back_as_it_was_written() {
        let code = "// it's one\nif (a < b && c > d) return \"e\";\n";
        for page in [
            "<html><pre class=\"x\"><span class=\"c\">// it&#39;s one</span>\n<b>if</b> (a &lt; b &amp;&amp; c &#x3e; d) return &quot;e&quot;;\n</pre>",
            "<code>// it's one<br>if (a &#60; b && c > d) return \"e\";</code>",
            "<PRE>// it&apos;s one</PRE>\n<pre id=2>if (a &lt; b && c &gt; d) return \"e\";</pre>",
            "<tr><td>// it&#39;s one</td></tr><tr><td>if (a &lt; b &amp;&amp; c &gt; d) return <i>\"e\"</i>;</td></tr>",
            "<tr><td>// it&#39;s one</td><td>if (a &lt; b &amp;&amp; c &gt; d) return \"e\";</td></tr>",
            "<si><t>// it's one</t></si><si><t>if (a &lt; b &amp;&amp; c &gt; d) return \"e\";</t></si>",
            "<text:p><text:span>//</text:span><text:s/><text:span>it's one</text:span></text:p><text:p>if (a &lt; b &amp;&amp; c &gt; d) return \"e\";</text:p>",
            "<w:p><w:t>// it's one</w:t><w:br/><w:t>if (a &lt; b &amp;&amp; c &gt; d) return \"e\";</w:t></w:p>",
            "<a:p><a:r><a:t>// it's one</a:t></a:r><a:br /><a:r><a:t>if (a &lt; b &amp;&amp; c &gt; d) return \"e\";</a:t></a:r></a:p>",
            "<w:p><w:t>// it's one</w:t></w:p><w:p><w:t>if (a &lt; b &amp;&amp; c &gt; d) return \"e\";</w:t></w:p>",
        ] {
            assert_eq!(text(page).trim(), code.trim_end(), "{page}");
        }
    }

    #[test]
    fn a_page_without_code_has_none() {
        assert_eq!(text("x = '<p>one &lt; two</p>'\n<preview>x</preview>"), "");
        assert_eq!(text("a < b && c"), "");
    }
}
