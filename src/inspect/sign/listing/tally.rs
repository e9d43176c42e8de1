//! How much source code a text holds, in whatever wrapping.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use memchr::{memchr, memmem};

use super::lines::{self, Line};
use super::tokens;
use crate::decode::whole;

/// How deep texts in texts are looked into: a page in JSON has its code in an element, and events hold JSON in JSON.
const DEEPEST: u32 = 3;

/// How often a text is looked at in one form or another, so that one made to be read in all of them takes no longer.
const MOST: usize = 8;

/// Different lines of source code.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) definitions: usize,
    pub(super) statements: usize,
    pub(super) comments: usize,
    seen: HashSet<u64>,
}

/// The tallies of a file: of what can be read where it stands, and of what stands in each wrapping.
pub(super) fn of(bytes: &[u8]) -> Vec<(&'static str, Tally)> {
    let room = bytes.len().saturating_mul(MOST);
    let mut tallies = Tallies { all: Vec::new(), hasher: RandomState::new(), room };
    tallies.look(bytes, "", 0);
    for text in tokens::texts(bytes) {
        tallies.look(&text, "words", DEEPEST);
    }
    tallies.all
}

struct Tallies {
    all: Vec<(&'static str, Tally)>,
    hasher: RandomState,
    /// Bytes that may still be looked at.
    room: usize,
}

impl Tallies {
    fn look(&mut self, bytes: &[u8], what: &'static str, depth: u32) {
        let Some(room) = self.room.checked_sub(bytes.len()) else { return };
        self.room = room;
        let (page, scripts) = apart(bytes);
        let page = page.as_deref().unwrap_or(bytes);
        self.add(page, what);
        for script in &scripts {
            self.uncover(script, depth);
        }
        self.uncover(page, depth);
    }

    fn uncover(&mut self, bytes: &[u8], depth: u32) {
        if depth < DEEPEST {
            whole::uncover(bytes, &|_| true, &mut |inner| {
                self.look(&inner.text, inner.what, depth + 1);
            });
        }
    }

    fn add(&mut self, text: &[u8], what: &'static str) {
        let number = self.all.iter().position(|(known, _)| *known == what).unwrap_or_else(|| {
            self.all.push((what, Tally::default()));
            self.all.len() - 1
        });
        let Some((_, tally)) = self.all.get_mut(number) else { return };
        for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            let Some(kind) = lines::of(line) else { continue };
            if tally.seen.insert(self.hasher.hash_one(line.trim_ascii())) {
                match kind {
                    Line::Definition => tally.definitions += 1,
                    Line::Statement => tally.statements += 1,
                    Line::Comment => tally.comments += 1,
                }
            }
        }
    }
}

/// What a page shows, and what it runs and is styled by, if it is a page that has such elements.
fn apart(bytes: &[u8]) -> (Option<Vec<u8>>, Vec<&[u8]>) {
    let mut scripts = Vec::new();
    if !bytes.trim_ascii_start().starts_with(b"<") {
        return (None, scripts);
    }
    let mut page = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((start, end)) = element(rest) {
        page.extend_from_slice(rest.get(..start).unwrap_or_default());
        let script = rest.get(start..end).unwrap_or_default();
        scripts.push(memchr(b'>', script).and_then(|tag_end| script.get(tag_end + 1..)).unwrap_or_default());
        rest = rest.get(end..).unwrap_or_default();
    }
    page.extend_from_slice(rest);
    end_lines(&mut page);
    (Some(page), scripts)
}

/// Puts line ends where a page has elements that break lines.
fn end_lines(page: &mut [u8]) {
    const BREAK: &[u8] = b"<br";
    let breaks: Vec<usize> = memmem::find_iter(page, BREAK).collect();
    for at in breaks {
        // `<br>`, `<br/>`, `<br />`; a longer name is another element
        let rest = page.get_mut(at..).unwrap_or_default();
        let close = rest.iter().skip(BREAK.len()).take(3).position(|byte| *byte == b'>');
        let close = close.map(|gap| BREAK.len() + gap);
        if let Some(tag) = close.and_then(|close| rest.get_mut(..=close))
            && tag.iter().skip(BREAK.len()).all(|byte| b" />".contains(byte))
        {
            tag.fill(b' ');
            tag.iter_mut().take(1).for_each(|byte| *byte = b'\n');
        }
    }
}

/// Where the next script or style sheet of a page is.
fn element(page: &[u8]) -> Option<(usize, usize)> {
    let start = memmem::find_iter(page, b"<").find(|at| is_named(page, at + 1))?;
    let inside = page.get(start + 1..)?;
    let end = memmem::find_iter(inside, b"</").find(|at| is_named(inside, at + 2));
    Some((start, end.map_or(page.len(), |end| start + 1 + end)))
}

/// Whether the name of such an element stands here.
fn is_named(page: &[u8], at: usize) -> bool {
    [&b"script"[..], b"style"]
        .iter()
        .any(|name| page.get(at..at + name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
}
