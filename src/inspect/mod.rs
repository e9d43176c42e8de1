//! Content inspectors: from one entry's bytes to facts. Each inspector is one file and one line in [`INSPECTORS`].

mod coding;
mod layer;
mod pattern;
mod prefilter;
mod sample;
mod scanner;
mod streaming;
mod unicode;

// internal text and binaries
mod aside;
mod banner;
mod binary;
mod home;
mod host;
mod internal_code;
mod library;
mod local_path;
mod marker;
mod mention;
mod neighbour;
mod own_source;
mod package;

// source maps and recoverable text
mod link;
mod map;
mod program;
mod source_map;
mod text;
mod text_facts;
mod wasm_link;

// secrets and stray files
mod backwards;
mod called;
mod secret;
mod sign;

// wholeness
mod imports;

use coding::Coding;
pub(crate) use imports::{may_be_entrance, may_be_parsed, parsed_imports, syntax_error};
pub(crate) use layer::TORN;
use layer::Whole;
pub(crate) use map::is_third_party;
pub use prefilter::Hit;
pub use sample::Sample;
pub use scanner::{ScanOptions, Scanner};
#[cfg(test)]
pub(crate) use secret::SETTINGS_FILES;
pub(crate) use secret::{SecretRule, TABLE as SECRETS};
pub(crate) use sign::{
    LOCALHOST_CERTIFICATE, Match as StrayMatch, SOURCE_TEXT, STRAYS, StrayRow, StrayRule, is_excepted,
    matches as stray_matches,
};
pub use streaming::StreamingScan;

use std::cell::Cell;
use std::ops::Range;

use crate::decode::Budget;
use crate::inventory::{At, Entry, Media};
use crate::timings::timed;
use crate::unpack::{self, Limits};

/// Looks at one entry and writes down what it sees.
pub(crate) struct Inspector {
    /// Name for `--timings`.
    pub name: &'static str,
    /// Literals that it wants to be told of; at least three bytes each, the rarer the better.
    pub needles: fn(&ScanOptions) -> Vec<Vec<u8>>,
    /// Adds facts to the entry. What must be decoded first to be read goes to the findings' `inner`.
    pub inspect: fn(&Sample<'_>, &[Hit], &Scanner, &mut FactSink<'_>),
}

/// Where an inspector writes what it sees.
pub(crate) struct FactSink<'a> {
    /// The entry, for its facts.
    pub entry: &'a mut Entry,
    /// Texts uncovered inside it.
    pub inner: &'a mut Vec<Inner>,
    /// Files uncovered inside it.
    pub members: &'a mut Vec<Member>,
    /// Where the text is that is reported already and need not be decoded again.
    pub told: &'a mut Vec<Range<usize>>,
    /// Bytes that may still be looked at more than once in the entry and all texts inside it.
    pub effort: &'a Cell<usize>,
}

/// Text that an inspector uncovered inside an entry and that must be looked at in its turn.
#[derive(Debug)]
pub(crate) struct Inner {
    /// What it is, or was decoded from: `inline source map`.
    pub what: &'static str,
    /// Offset in the entry where it begins.
    pub offset: usize,
    /// The text itself.
    pub text: InnerText,
}

/// The bytes of an [`Inner`].
#[derive(Debug)]
pub(crate) enum InnerText {
    /// In clear.
    Clear(Vec<u8>),
    /// Still to be decoded. No two of these share a byte of the entry.
    Coded(Range<usize>, Coding),
    /// Compressed with Zstandard.
    Zstd(Range<usize>),
}

/// A file inside an entry, uncovered by an inspector, to be entered with facts of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path inside the entry.
    pub path: String,
    /// Where its bytes are in the entry.
    pub range: Range<usize>,
    /// How they are there.
    pub storage: Storage,
}

/// How the bytes of a [`Member`] are in the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// As they are.
    Plain,
    /// Compressed with zlib.
    Zlib,
    /// Compressed with gzip.
    Gzip,
    /// Compressed with brotli.
    Brotli,
    /// As a zip whose places may count from the beginning of the entry.
    Rebased,
}

/// All inspectors, in the order in which they run.
pub(crate) const INSPECTORS: &[Inspector] = &[
    // source maps and recoverable text
    text::INSPECTOR,
    link::INSPECTOR,
    source_map::INSPECTOR,
    wasm_link::INSPECTOR,
    program::INSPECTOR,
    // secrets and stray files
    secret::INSPECTOR,
    called::INSPECTOR,
    sign::INSPECTOR,
    // internal text and binaries
    marker::INSPECTOR,
    banner::INSPECTOR,
    library::INSPECTOR,
    package::INSPECTOR,
    neighbour::INSPECTOR,
    host::INSPECTOR,
    local_path::INSPECTOR,
    internal_code::INSPECTOR,
    own_source::INSPECTOR,
    binary::INSPECTOR,
    // wholeness
    imports::INSPECTOR,
];

/// Literals that are looked for only where many characters of base64 are in a row.
fn in_runs() -> Vec<&'static [u8]> {
    secret::in_runs()
}

/// Texts inside one text that are looked at; a development bundle has one for each module.
const MOST_INNER: usize = 100_000;
/// What is told when there are more.
const TOO_MANY_INNER: &str = "it holds more texts inside it than packgate looks at in one file";
/// How deep decoded texts may be in one another.
const MOST_DECODING: u32 = 4;
/// Bytes that may be looked at more than once in a small entry.
const LEAST_EFFORT: usize = 4 << 20;
/// What is told when they are deeper.
const TOO_DEEP: &str = "texts are encoded in one another deeper than packgate decodes";

/// [`inspect_with`] one thread, on a copy of the bytes.
pub fn inspect(bytes: &[u8], scanner: &Scanner, entry: &mut Entry) -> Vec<Member> {
    let mut room = scanner.options.limits.room(bytes.len() as u64);
    inspect_with(Effort::of(1), &mut bytes.to_vec(), scanner, &mut room, entry)
}

/// How an entry's bytes are searched.
pub struct Effort {
    /// By up to so many threads, if there are many bytes.
    pub threads: usize,
    /// What was found while they came.
    pub streamed: Option<Box<StreamingScan>>,
}

impl Effort {
    /// All at once, by up to so many threads.
    pub fn of(threads: usize) -> Self {
        Self { threads, streamed: None }
    }
}

/// Runs all inspectors over an entry's bytes and over the texts decoded from them. Returns the files
/// uncovered inside, for the caller to enter as entries of their own.
///
/// Of a text, what is encoded in it is decoded where it is, so that it takes no memory of its own:
/// afterwards the bytes are no longer those of the entry. The bytes of everything else stay as they are.
///
/// Out of its texts at most `room` bytes are unpacked; what was is taken from it.
pub fn inspect_with(
    effort: Effort,
    bytes: &mut [u8],
    scanner: &Scanner,
    room: &mut u64,
    entry: &mut Entry,
) -> Vec<Member> {
    let path = entry.path.clone();
    let Effort { threads, streamed: streaming } = effort;
    let (budget, whole) = (Budget::of(bytes.len()), Whole::default());
    let effort = &Cell::new(bytes.len().saturating_mul(2).saturating_add(LEAST_EFFORT));
    let mut search = Search {
        scanner,
        threads,
        streaming,
        path: &path,
        entry,
        members: Vec::new(),
        room: *room,
        budget: &budget,
        effort,
        whole: &whole,
    };
    // Text in UTF-16 or UTF-32 is looked at as UTF-8; offsets are then those of the UTF-8 form.
    let media = search.entry.media;
    if let Some(length) = unicode::decode_there(bytes, media) {
        search.streaming = None;
        search.look(bytes.get_mut(..length).unwrap_or_default(), Media::Text, Origin::Entry, 0);
    } else if let Some(text) = unicode::decode(bytes, media) {
        search.streaming = None;
        search.look(&mut text.into_bytes(), Media::Text, Origin::Entry, 0);
    } else {
        search.look(bytes, media, Origin::Entry, 0);
    }
    if whole.has_all() {
        search.entry.unexamined.retain(|why| *why != TORN);
    }
    if budget.is_spent() {
        search.entry.unexamined.push("it holds more encoded text than packgate decodes in one file");
    }
    *room = search.room;
    search.members
}

/// An entry being looked at.
struct Search<'a> {
    scanner: &'a Scanner,
    threads: usize,
    /// What is known of the entry's own bytes.
    streaming: Option<Box<StreamingScan>>,
    path: &'a str,
    entry: &'a mut Entry,
    members: Vec<Member>,
    /// Bytes that may still be unpacked out of its texts.
    room: u64,
    /// Bytes that may still be uncovered in it.
    budget: &'a Budget,
    /// Bytes that may still be looked at more than once.
    effort: &'a Cell<usize>,
    /// The compressed texts in it that were unpacked.
    whole: &'a Whole,
}

/// Where a text comes from.
#[derive(Clone, Copy)]
enum Origin<'a> {
    /// It is the entry.
    Entry,
    /// What it was decoded from, and where that is in the entry.
    Coded(&'static str, &'a At),
    /// The same, byte by byte; and whether it can't be read where it is.
    Layer(&'static str, &'a dyn Fn(usize) -> At, bool),
}

impl Search<'_> {
    fn look(&mut self, bytes: &mut [u8], media: Media, origin: Origin<'_>, depth: u32) {
        for (what, at, text) in self.look_at_clear(bytes, media, origin, depth) {
            let origin = Origin::Coded(what, &at);
            if depth >= MOST_DECODING {
                self.entry.unexamined.push(TOO_DEEP);
                continue;
            }
            match text {
                InnerText::Clear(text) => {
                    let mut text = self.unpacked(&text).unwrap_or(text);
                    self.look_inside(&mut text, origin, depth + 1);
                }
                InnerText::Zstd(range) => {
                    let packed = bytes.get(range).unwrap_or_default();
                    // What can't be unpacked was told by the one who found it.
                    if let Ok(mut text) = unpack::unzstd(packed, &self.scanner.options.limits) {
                        self.room = self.room.saturating_sub(text.len() as u64);
                        self.look_inside(&mut text, origin, depth + 1);
                    }
                }
                InnerText::Coded(range, coding) => {
                    let coded = bytes.get_mut(range).unwrap_or_default();
                    let mut own;
                    let decoded = if media.is_text() {
                        let length = coding.decode(coded);
                        coded.get_mut(..length).unwrap_or_default()
                    } else {
                        own = coding.decoded(coded);
                        own.as_mut_slice()
                    };
                    let unpacked = if coding == Coding::Base64 { self.unpacked(decoded) } else { None };
                    match unpacked {
                        Some(mut text) => self.look_inside(&mut text, origin, depth + 1),
                        None => self.look_inside(decoded, origin, depth + 1),
                    }
                }
            }
        }
    }

    /// What a decoded text holds, if it is a compressed one.
    fn unpacked(&mut self, decoded: &[u8]) -> Option<Vec<u8>> {
        if !unpack::is_packed(decoded) {
            return None;
        }
        let text = self.unpack(decoded);
        if text.is_none() {
            self.entry.unexamined.push("a compressed text that it holds encoded can't be unpacked");
        }
        text
    }

    /// What compressed bytes hold. What is made of them is taken from the room that there is, also where reading them fails
    /// in the end.
    fn unpack(&mut self, packed: &[u8]) -> Option<Vec<u8>> {
        let limits = Limits { entry: self.room, ..self.scanner.options.limits.clone() };
        let unmarked = |before: u64| unpack::unmarked(packed, &limits).map_err(|made| before + made);
        let unpacked = unpack::unpacked(packed, &limits).unwrap_or(Err(0)).or_else(unmarked);
        let (text, made) = match unpacked {
            Ok(text) => {
                let made = text.len() as u64;
                (Some(text), made)
            }
            Err(made) => (None, made),
        };
        if text.is_none() && made > 0 && self.room == 0 {
            self.entry.unexamined.push("it holds more compressed text than packgate unpacks in one file");
        }
        self.room = self.room.saturating_sub(made);
        text
    }

    fn look_inside(&mut self, text: &mut [u8], origin: Origin<'_>, depth: u32) {
        match unicode::decode_inner(text) {
            Some(text) => self.look(&mut text.into_bytes(), Media::Text, origin, depth),
            None => self.look(text, Media::Text, origin, depth),
        }
    }

    /// Writes down what is there in plain text and in its layers; returns what must be decoded to be looked at.
    fn look_at_clear(
        &mut self,
        bytes: &[u8],
        media: Media,
        origin: Origin<'_>,
        depth: u32,
    ) -> Vec<(&'static str, At, InnerText)> {
        let mut sample = match origin {
            Origin::Entry => Sample::new(self.path, bytes, media),
            Origin::Coded(what, at) => Sample::decoded(self.path, bytes, media, what, at.clone()),
            Origin::Layer(what, place, _) => Sample::layer(self.path, bytes, media, what, place),
        };
        let scanner = self.scanner;
        let hits = match self.streaming.take() {
            Some(streaming) => {
                let known = streaming.finish(scanner, bytes);
                sample.facts = Some(known.facts);
                sample.map.set(known.map);
                known.hits
            }
            None => timed(scanner.timings(), "search for literals", || {
                scanner.prefilter.scan(sample.bytes, self.threads)
            }),
        };
        if hits.too_many {
            self.entry.unexamined.push("it holds more places to look at than packgate looks at in one file");
        }
        let (mut inner, mut told) = (Vec::new(), Vec::new());
        // Most texts that are only put together hold nothing that is looked for, and there are many.
        let is_idle = matches!(origin, Origin::Layer(_, _, false))
            && hits.is_empty()
            && !scanner.options.looks_at_all();
        let inspectors = if is_idle { &[] } else { INSPECTORS };
        for (inspector, hits) in inspectors.iter().zip(&hits.of) {
            let (inner, members, told) = (&mut inner, &mut self.members, &mut told);
            let seen = &mut FactSink { entry: self.entry, inner, members, told, effort: self.effort };
            timed(scanner.timings(), inspector.name, || (inspector.inspect)(&sample, hits, scanner, seen));
        }
        if inner.len() > MOST_INNER {
            inner.truncate(MOST_INNER);
            self.entry.unexamined.push(TOO_MANY_INNER);
        }
        if !sample.is_container() {
            told.extend(coded(&inner));
            self.look_at_layers(&sample, &hits.runs, told, depth);
        }
        let with_place = |inner: Inner| (inner.what, sample.at(inner.offset), inner.text);
        inner.into_iter().map(with_place).collect()
    }
}

/// Places of texts that are decoded in place.
fn coded(inner: &[Inner]) -> impl Iterator<Item = Range<usize>> {
    inner.iter().filter_map(|inner| match &inner.text {
        InnerText::Coded(range, _) | InnerText::Zstd(range) => Some(range.clone()),
        InnerText::Clear(_) => None,
    })
}
