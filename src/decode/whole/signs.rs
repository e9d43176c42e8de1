//! Line ends written `&#10;`: attributes of XML and of pages.

use memchr::memmem;

use super::{Whole, stretches};
use crate::decode::entities;

/// How line ends are written behind the first two characters.
const LINE_ENDS: [&[u8]; 3] = [b"10;", b"xA;", b"xa;"];

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    let line_end = |at: &usize| {
        let behind = bytes.get(at + 2..).unwrap_or_default();
        LINE_ENDS.iter().any(|end| behind.starts_with(end))
    };
    for stretch in stretches(bytes, memmem::find_iter(bytes, b"&#").filter(line_end)) {
        let at = stretch.start;
        let text = entities::plain(bytes.get(stretch).unwrap_or_default());
        found(Whole { what: "an attribute", at, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_of_many_lines() {
        let mut texts = Vec::new();
        let page = b"<file text=\"a &lt; b&#10;c &amp;&amp; d&#xA;e&#10;\"/>\n<p title=\"one&#10;two\">";
        uncover(page, &mut |whole| texts.push(String::from_utf8(whole.text).unwrap()));
        assert_eq!(texts, ["<file text=\"a < b\nc && d\ne\n\"/>"]);
    }
}
