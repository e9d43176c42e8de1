//! Texts that read like a link comment, and those among them that are comments of a script.

use std::ops::Range;

use crate::inspect::map::{begins_comment, is_separator, line_length};
use crate::inventory::LinkTarget;

use super::{COMMENT, is_data, target};

/// Something that reads like a link comment, taken by itself.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Offset of `//` or `/*`.
    pub start: usize,
    /// Offset of `sourceMappingURL=`.
    pub needle: usize,
    pub url: Range<usize>,
    /// Behind the comment.
    end: usize,
    pub block: bool,
}

impl Candidate {
    /// Reads what is around a needle. What it had to read of a long URL ends at `read_to`.
    pub(super) fn at(bytes: &[u8], needle: usize, read_to: &mut usize) -> Option<Self> {
        const MOST_SPACE: usize = 16;
        const LONGEST_LINE: usize = 4096;
        let before = bytes.get(needle.saturating_sub(MOST_SPACE)..needle)?.trim_ascii_end();
        let head = before.strip_suffix(b"#").or_else(|| before.strip_suffix(b"@"))?;
        let block = head.ends_with(b"/*");
        if !block && !head.ends_with(b"//") {
            return None;
        }
        let spaces = bytes.get(..needle)?.len() - bytes.get(..needle)?.trim_ascii_end().len();
        let start = needle - spaces - 3;

        let from = needle + COMMENT.len();
        let rest = bytes.get(from..)?;
        if is_data(rest) {
            let (length, end) = data_length(rest, block, |length| *read_to = from + length)?;
            return Some(Self { start, needle, url: from..from + length, end: from + end, block });
        }
        let line = rest.get(..LONGEST_LINE).unwrap_or(rest);
        let line = line.get(..line_length(line))?;
        let comment = match block {
            true => line.get(..memchr::memmem::find(line, b"*/")?)?,
            false => line,
        };
        // A script's end tag ends the comment too.
        let comment = comment.get(..memchr::memmem::find(comment, b"</").unwrap_or(comment.len()))?;
        let url = comment.trim_ascii();
        let is_url = !url.is_empty()
            && !url.iter().any(|byte| {
                byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>')
            })
            && memchr::memmem::find(url, b"${").is_none();
        let skipped = comment.len() - comment.trim_ascii_start().len();
        let end = from + comment.len() + if block { 2 } else { 0 };
        is_url.then(|| Self { start, needle, url: from + skipped..from + skipped + url.len(), end, block })
    }
}

/// Length of the `data:` URL that begins here, and where its comment ends. `None` if what follows it shows
/// that it is in a string.
fn data_length(rest: &[u8], block: bool, read: impl FnOnce(usize)) -> Option<(usize, usize)> {
    const MOST_SPACE: usize = 64;
    let quoted =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<' | b'*');
    let length = rest.iter().position(quoted).unwrap_or(rest.len());
    read(length);
    if is_separator(rest.get(length..)?) {
        return Some((length, length));
    }
    match rest.get(length) {
        Some(b'*') if block => Some((length, length + 2)),
        Some(b'"') if rest.get(..length)?.ends_with(b"{") => {
            let line = line_length(rest);
            Some((line, line))
        }
        Some(b'"' | b'\'' | b'`' | b'\\') => None,
        _ if block => {
            let space = rest.get(length..)?;
            let space = space.get(..MOST_SPACE).unwrap_or(space);
            Some((length, length + memchr::memmem::find(space, b"*/")? + 2))
        }
        _ => Some((length, length)),
    }
}

/// Those candidates that are comments of a script.
pub(super) fn in_script(bytes: &[u8], mut candidates: Vec<Candidate>, read_all: bool) -> Vec<Candidate> {
    let Some(last) = candidates.last() else { return candidates };
    let (last_start, last_end) = (last.start, last.end);
    let tail_is_bare = only_comments(bytes.get(last_end..).unwrap_or_default());
    let certain = tail_is_bare && begins_certainly(bytes, last_start, read_all);
    if certain {
        // One that points to a file and is overruled matters to nobody.
        candidates.retain(|candidate| candidate.start == last_start || !points_to_file(bytes, candidate));
    }
    if certain && candidates.len() == 1 {
        return candidates;
    }
    if !read_all {
        return candidates.into_iter().rev().take(usize::from(certain)).collect();
    }
    let starts: Vec<usize> = candidates.iter().map(|candidate| candidate.start).collect();
    let mut verdicts = begins_comment(bytes, &starts);
    if let Some(verdict) = verdicts.last_mut() {
        *verdict |= certain;
    }
    candidates
        .into_iter()
        .zip(verdicts)
        .filter_map(|(candidate, is_comment)| is_comment.then_some(candidate))
        .collect()
}

fn points_to_file(bytes: &[u8], candidate: &Candidate) -> bool {
    let url = bytes.get(candidate.url.clone()).unwrap_or_default();
    matches!(target(url, url.len()), LinkTarget::Relative { .. })
}

/// Whether nothing on the comment's own line can hold it as text, given that only comments follow it:
/// an open string, template or block comment would have to end after it.
fn begins_certainly(bytes: &[u8], start: usize, after_code: bool) -> bool {
    let before = bytes.get(..start).unwrap_or_default();
    let line = memchr::memrchr2(b'\n', b'\r', before)
        .map_or(before, |end| before.get(end + 1..).unwrap_or_default());
    let line = line.rsplit_at_separator();
    line.trim_ascii().is_empty() || (after_code && memchr::memmem::find(line, b"//").is_none())
}

trait AfterSeparator {
    fn rsplit_at_separator(&self) -> &Self;
}

impl AfterSeparator for [u8] {
    /// What follows the last U+2028 or U+2029.
    fn rsplit_at_separator(&self) -> &Self {
        let last = [b"\xE2\x80\xA8", b"\xE2\x80\xA9"]
            .iter()
            .filter_map(|mark| memchr::memmem::rfind(self, *mark))
            .max();
        last.and_then(|at| self.get(at + 3..)).unwrap_or(self)
    }
}

/// Whether a text holds nothing but white space and whole comments.
fn only_comments(text: &[u8]) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_ascii_start();
        if is_separator(rest) {
            rest = rest.get(3..).unwrap_or_default();
        } else if rest.starts_with(b"//") {
            rest = rest.get(line_length(rest)..).unwrap_or_default();
        } else if let Some(comment) = rest.strip_prefix(b"/*") {
            match memchr::memmem::find(comment, b"*/") {
                Some(end) => rest = comment.get(end + 2..).unwrap_or_default(),
                None => return false,
            }
        } else {
            return rest.is_empty();
        }
    }
}

impl Candidate {
    pub(super) fn moved(self, by: impl Fn(usize) -> usize) -> Self {
        Self {
            start: by(self.start),
            needle: by(self.needle),
            url: by(self.url.start)..by(self.url.end),
            end: by(self.end),
            block: self.block,
        }
    }
}
