//! Scripts and styles between the tags of a page or component.

use std::ops::Range;

use super::candidate::{Candidate, in_script};

/// Those candidates that are in a script or style element, and are comments there.
pub(super) fn in_markup(bytes: &[u8], candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut accepted = Vec::new();
    let mut candidates = candidates.into_iter().peekable();
    let mut from = 0;
    let mut fence = frontmatter(bytes);
    while let Some(element) = fence.take().or_else(|| next_element(bytes, from)) {
        from = element.text.end.max(from + 1);
        while candidates.next_if(|candidate| candidate.start < element.text.start).is_some() {}
        let mut own = Vec::new();
        while let Some(candidate) = candidates.next_if(|candidate| candidate.start < element.text.end) {
            own.push(candidate);
        }
        if element.style {
            accepted.extend(own.into_iter().filter(|candidate| candidate.block));
            continue;
        }
        let base = element.text.start;
        let text = bytes.get(element.text).unwrap_or_default();
        let local = own.into_iter().map(|candidate| candidate.moved(|at| at.saturating_sub(base))).collect();
        accepted.extend(
            in_script(text, local, true).into_iter().map(|candidate| candidate.moved(|at| at + base)),
        );
    }
    accepted
}

struct Element {
    text: Range<usize>,
    style: bool,
}

/// The script between two lines of dashes that an Astro component begins with.
fn frontmatter(bytes: &[u8]) -> Option<Element> {
    let text = bytes.strip_prefix(b"---")?;
    let end = memchr::memmem::find(text, b"\n---")?;
    Some(Element { text: 3..3 + end + 1, style: false })
}

/// The next `<script>` or `<style>` and the range of its text.
fn next_element(bytes: &[u8], from: usize) -> Option<Element> {
    let mut at = from;
    loop {
        at += memchr::memchr(b'<', bytes.get(at..)?)? + 1;
        let name = bytes.get(at..)?;
        let starts = |tag: &[u8]| name.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
        let style = starts(b"style");
        if style || starts(b"script") {
            let open = at + memchr::memchr(b'>', name)? + 1;
            let tag: &[u8] = if style { b"style" } else { b"script" };
            return Some(Element { text: open..end_tag(bytes, open, tag), style });
        }
    }
}

fn end_tag(bytes: &[u8], from: usize, tag: &[u8]) -> usize {
    let text = bytes.get(from..).unwrap_or_default();
    let closes =
        |at: &usize| text.get(at + 2..at + 2 + tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag));
    memchr::memmem::find_iter(text, b"</").find(closes).map_or(bytes.len(), |at| from + at)
}
