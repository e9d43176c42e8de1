//! How much source code a text holds, in whatever wrapping.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::frames::Frames;
use super::lines::{self, Line};
use super::page::{self, Examples};
use super::prose::Prose;
use super::{is_explained, is_much, tokens};
use crate::decode::whole;

/// How deep texts in texts are looked into: a page in JSON has its code in an element, and events hold JSON in JSON.
const DEEPEST: u32 = 3;

/// How often a text is looked at in one form or another, so that one made to be read in all of them takes no longer.
const MOST: usize = 8;

/// Definitions in a block of code that is a file of its own, and no example of how to call what is defined elsewhere.
const DEFINED: usize = 2;

/// Different lines of source code.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) definitions: usize,
    pub(super) statements: usize,
    pub(super) comments: usize,
    /// Of all sorts, code or not.
    lines: usize,
    /// Those behind numbers.
    pub(super) frames: Frames,
    /// What stands between the lines of code.
    pub(super) prose: Prose,
    seen: HashSet<u64>,
}

impl Tally {
    /// Whether there is so much else that a line of code here and there may be an example.
    pub(super) fn is_scattered(&self) -> bool {
        const ONE_IN: usize = 5;
        (self.definitions + self.statements + self.comments) * ONE_IN < self.lines
    }
}

/// The tallies of a file: of what can be read where it stands, and of what stands in each wrapping.
pub(super) fn of(bytes: &[u8]) -> Vec<(&'static str, Tally)> {
    let plain = tallied(bytes, false);
    // Sentences make nothing more of it, only less, and to count them costs more than all else.
    if plain.iter().any(|(_, tally)| is_much(tally)) { tallied(bytes, true) } else { plain }
}

fn tallied(bytes: &[u8], with_prose: bool) -> Vec<(&'static str, Tally)> {
    let room = bytes.len().saturating_mul(MOST);
    let mut tallies = Tallies { all: Vec::new(), hasher: RandomState::new(), room, with_prose };
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
    /// Whether sentences are counted.
    with_prose: bool,
}

impl Tallies {
    fn look(&mut self, bytes: &[u8], what: &'static str, depth: u32) {
        let Some(room) = self.room.checked_sub(bytes.len()) else { return };
        self.room = room;
        let (shown, scripts) = page::apart(bytes);
        let shown = shown.as_deref().unwrap_or(bytes);
        for script in &scripts {
            self.uncover(script, depth);
        }
        match page::examples(shown) {
            Some(examples) => self.look_at_examples(shown, examples, what, depth),
            None => {
                self.add(shown, what);
                self.uncover(shown, depth);
            }
        }
    }

    /// Of examples, those count that are files of their own, and what stands beside them.
    fn look_at_examples(&mut self, page: &[u8], examples: Examples, what: &'static str, depth: u32) {
        let Examples { blocks, is_manual } = examples;
        let is_file = |tally: &Tally| {
            is_much(tally) && tally.definitions >= DEFINED && (!is_manual || is_explained(tally))
        };
        let mut beside = Vec::with_capacity(page.len());
        let starts = blocks.iter().map(|block| block.start).chain([page.len()]);
        let ends = [0].into_iter().chain(blocks.iter().map(|block| block.end));
        ends.zip(starts)
            .filter_map(|(from, to)| page.get(from..to))
            .for_each(|text| beside.extend_from_slice(text));
        self.add(&beside, what);
        self.uncover(&beside, depth);
        for block in blocks.into_iter().filter_map(|block| page.get(block)) {
            let mut alone = Tallies { all: Vec::new(), hasher: self.hasher.clone(), ..*self };
            alone.add(block, what);
            alone.uncover(block, depth);
            self.room = alone.room;
            if alone.all.iter().any(|(_, tally)| is_file(tally)) {
                self.add(block, what);
                self.uncover(block, depth);
            }
        }
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
        tally.prose.part();
        for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            tally.lines += usize::from(!line.trim_ascii().is_empty());
            let kind = lines::of(line).filter(|_| tally.seen.insert(self.hasher.hash_one(line.trim_ascii())));
            match kind {
                Some(Line::Definition) => tally.definitions += 1,
                Some(Line::Statement) => tally.statements += 1,
                Some(Line::Comment) => tally.comments += 1,
                None => {}
            }
            tally.frames.add(line, kind);
            if self.with_prose {
                tally.prose.add(line, kind);
            }
        }
    }
}
