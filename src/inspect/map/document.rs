use std::collections::HashSet;

use crate::inspect::text_facts::{PiecewiseFacts, text_facts};
use crate::inventory::{MapForm, TextFacts};

use super::json::{Cursor, Piece};
use super::maker::{initial, maker};
use super::party::is_third_party;

/// Objects and arrays within one another; deeper ones are stepped over.
const MOST_DEPTH: usize = 512;
/// Sources kept per document. A real bundle has some thousands.
const MOST_SOURCES: usize = 200_000;
/// Maps kept per document; each module of a development bundle may have one.
pub(crate) const MOST_MAPS: usize = 20_000;
/// What is said of a document with more of them.
pub(crate) const TOO_MANY_MAPS: &str = "it holds more than 20,000 source maps; the others were not kept";
/// Bytes of a text that are held at once when only its facts are wanted.
const PIECE: usize = 1 << 20;
/// Bytes kept of a path or another short text.
const MOST_PATH: usize = 4096;

/// How a document is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Whether the texts themselves are wanted, and not only their facts.
    pub keep_texts: bool,
    /// Whether it may be a bundler's report, whose modules carry text as `source`.
    pub report: bool,
}

/// A map, or an object in the manner of a map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Found {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset after its last byte.
    pub end: usize,
    /// `None` for a plain source map.
    pub form: Option<MapForm>,
    pub file: Option<String>,
    pub source_root: Option<String>,
    pub debug_id: Option<String>,
    pub section_urls: Vec<String>,
    pub sources: Vec<FoundSource>,
    /// Those of the texts that may be settings.
    pub settings: Vec<Settings>,
    pub maker: Option<&'static str>,
    pub damage: Option<String>,
    /// What packgate itself left out of it, because there is too much.
    pub left_out: Option<&'static str>,
}

/// One original file of a map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FoundSource {
    pub path: String,
    pub third_party: bool,
    /// Whether the map's ignore list names it.
    ignored: bool,
    pub text: Option<Text>,
}

/// A text that may be a file of settings, going by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Where it begins in the document.
    pub at: usize,
    pub path: String,
    pub text: Vec<u8>,
}

/// An original text, unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub facts: TextFacts,
    /// Only when texts were asked for.
    pub bytes: Option<Vec<u8>>,
}

/// Reads the document that begins at `start` with `{` or `[`. Returns the maps in it in the order in
/// which they begin, and where the document ends.
pub(crate) fn read(bytes: &[u8], start: usize, reading: Reading) -> (Vec<Found>, usize) {
    let mut reader = Reader::new(bytes, start, reading);
    let damage = reader.begin().and_then(|()| reader.walk()).err();
    reader.finish(damage)
}

/// Reads the list of texts after the `sourcesContent` key at `key`, in a text that no [`read`] could make
/// sense of. Returns where it ends. `None` if no list with a text in it is there.
pub(crate) fn read_loose(bytes: &[u8], key: usize, reading: Reading) -> Option<(Found, usize)> {
    const BEFORE: usize = 1 << 20;
    let mut reader = Reader::new(bytes, key, reading);
    let mut partial = Partial::default();
    reader.list_after(key, b"sourcesContent")?;
    let damage =
        reader.list(|reader, first| reader.content(first, &mut partial)).err().map(Stop::into_damage);
    let end = reader.cursor.at;
    let before = bytes.get(key.saturating_sub(BEFORE)..key).unwrap_or_default();
    if let Some(near) = memchr::memmem::rfind(before, b"sources") {
        let at = key - before.len() + near;
        let quoted = at.checked_sub(1).filter(|quote| matches!(bytes.get(*quote), Some(b'"' | b'\'')));
        if reader.list_after(quoted.unwrap_or(at), b"sources").is_some() {
            _ = reader.paths(&mut partial);
        }
    }
    if !partial.contents.iter().any(Option::is_some) {
        return None;
    }
    let mut found = partial.into_found(key, end, None);
    heed_ignore_list(&mut found.sources);
    found.damage = Some(damage.unwrap_or_else(|| "the object around the texts is not valid JSON".to_owned()));
    Some((found, end))
}

/// What the members of an object say so far, if it may be a map.
#[derive(Debug, Default)]
struct Partial {
    version: bool,
    mappings: bool,
    has_sources: bool,
    has_sections: bool,
    has_offset: bool,
    /// Whether texts are given by path.
    by_path: bool,
    file: Option<String>,
    source_root: Option<String>,
    debug_id: Option<String>,
    url: Option<String>,
    name: Option<String>,
    /// Its members in their order, one byte each.
    members: Vec<u8>,
    sources: Vec<String>,
    contents: Vec<Option<Text>>,
    settings: Vec<Settings>,
    ignored: Vec<usize>,
    section_urls: Vec<String>,
    /// Complete ones: from sections, and from lists that a repeated key replaced.
    ready: Vec<FoundSource>,
    /// The text of a bundler's module.
    module: Option<Text>,
}

impl Partial {
    fn is_map(&self) -> bool {
        let has_text = self.contents.iter().any(Option::is_some);
        (self.has_sources && (self.mappings || has_text))
            || (has_text && self.mappings)
            || (self.by_path && (self.has_sources || self.mappings))
            || (self.has_sections && self.version)
    }

    /// Keeps a text that may be settings, as long as there are few.
    fn keep(&mut self, settings: Option<Settings>) {
        const MOST: usize = 1_000;
        self.settings.extend(settings.filter(|_| self.settings.len() < MOST));
    }

    /// Pairs paths with texts. A list that a repeated key begins again doesn't hide the first one.
    fn pair(&mut self) {
        self.ignored.sort_unstable();
        let count = self.sources.len().max(self.contents.len());
        let known: HashSet<String> = match self.by_path {
            true => self.ready.iter().map(|source| source.path.clone()).collect(),
            false => HashSet::new(),
        };
        let mut paths = std::mem::take(&mut self.sources).into_iter();
        let mut texts = std::mem::take(&mut self.contents).into_iter();
        for index in 0..count {
            let path = paths.next().unwrap_or_default();
            let ignored = self.ignored.binary_search(&index).is_ok();
            let text = texts.next().flatten();
            if text.is_some() || !known.contains(&path) {
                self.ready.push(FoundSource { ignored, text, ..FoundSource::at(path) });
            }
        }
    }

    fn into_found(mut self, start: usize, end: usize, form: Option<MapForm>) -> Found {
        self.pair();
        let paths = self.ready.iter().map(|source| source.path.as_str());
        let maker = maker(&self.members, self.debug_id.as_deref(), paths);
        Found {
            start,
            end,
            form,
            file: self.file,
            source_root: self.source_root,
            debug_id: self.debug_id,
            section_urls: self.section_urls,
            sources: self.ready,
            settings: self.settings,
            maker,
            damage: None,
            left_out: None,
        }
    }
}

/// Where an object or array is in its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Plain,
    /// The list of sections of an index map.
    Sections,
    /// One of them.
    Section,
    /// Its map.
    SectionMap,
    /// The value of `inputSourceMap` in a coverage record.
    Coverage,
    /// The value of `inputs` in esbuild's metafile.
    Inputs,
    /// The list of texts of the map around it.
    Contents,
}

#[derive(Debug)]
struct Frame {
    array: bool,
    role: Role,
    start: usize,
    partial: Option<Box<Partial>>,
}

/// Reads a document from its beginning to its end, without recursion.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) cursor: Cursor<'a>,
    /// Whether more of the document may come.
    pub(super) growing: bool,
    reading: Reading,
    /// Where the document begins.
    pub(super) start: usize,
    frames: Vec<Frame>,
    found: Vec<Found>,
    key: Vec<u8>,
    scratch: Vec<u8>,
    /// Sources kept so far, over all maps of the document.
    kept: usize,
    /// What was left out, if anything.
    left_out: Option<&'static str>,
}

pub(super) type Walk = Result<(), Stop>;

/// Why reading can't go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// The document is damaged here.
    Broken(String),
    /// What begins here isn't complete yet.
    Cut,
}

impl Stop {
    fn into_damage(self) -> String {
        match self {
            Self::Broken(why) => why,
            Self::Cut => "the text ends before the object does".to_owned(),
        }
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], start: usize, reading: Reading) -> Self {
        Self {
            cursor: Cursor::new(bytes, start),
            growing: false,
            reading,
            start,
            frames: Vec::new(),
            found: Vec::new(),
            key: Vec::new(),
            scratch: Vec::new(),
            kept: 0,
            left_out: None,
        }
    }

    /// The same reader over bytes that begin with those it has read.
    pub(super) fn over(self, bytes: &[u8]) -> Reader<'_> {
        let Self { cursor, growing, reading, start, frames, found, key, scratch, kept, left_out } = self;
        let cursor = Cursor::new(bytes, cursor.at);
        Reader { cursor, growing, reading, start, frames, found, key, scratch, kept, left_out }
    }

    pub(super) fn begin(&mut self) -> Walk {
        match self.cursor.next_token() {
            Some(b'{') => self.open(false, Role::Plain),
            Some(b'[') => self.open(true, Role::Plain),
            _ => return Err(self.broken("no object begins here")),
        }
        Ok(())
    }

    /// Reads to the end of the document.
    pub(super) fn walk(&mut self) -> Walk {
        while let Some(frame) = self.frames.last() {
            let (array, role) = (frame.array, frame.role);
            let first = self.cursor.next_token();
            let at = self.cursor.at;
            let read = match first {
                None if self.growing => Err(Stop::Cut),
                None => Err(self.broken("the text ends before the object does")),
                Some(b'}') if !array => {
                    self.close();
                    Ok(())
                }
                Some(b']') if array => {
                    self.close();
                    Ok(())
                }
                Some(b',') => {
                    self.cursor.at += 1;
                    Ok(())
                }
                Some(first) if array => self.element(first, role),
                Some(_) if self.growing && !self.member_is_there() => Err(Stop::Cut),
                Some(_) => self.member(role),
            };
            if matches!(read, Err(Stop::Cut)) {
                self.cursor.at = at;
            }
            read?;
        }
        Ok(())
    }

    /// All that was found, and where it ends.
    pub(super) fn finish(mut self, damage: Option<Stop>) -> (Vec<Found>, usize) {
        self.close_all(damage.map(Stop::into_damage));
        self.found.sort_by_key(|map| map.start);
        (self.found, self.cursor.at)
    }

    /// Whether what ends here may go on in bytes that are still to come.
    fn may_go_on(&self, end: &Cursor<'_>) -> bool {
        /// The longest escape is a pair of surrogates.
        const LONGEST: usize = 12;
        self.growing && end.rest().len() < LONGEST
    }

    /// Whether the value that begins here is there to its end, or is one that is entered.
    fn value_is_there(&self, mut from: Cursor<'_>, is_entered: bool) -> bool {
        match from.next_token() {
            None => false,
            Some(b'{' | b'[') if is_entered => true,
            Some(_) => from.skip_value() && !self.may_go_on(&from),
        }
    }

    fn member_is_there(&self) -> bool {
        let (mut from, mut key) = (self.cursor.clone(), Vec::new());
        if from.key(&mut key).is_none() || !from.take(b':') {
            return !self.may_go_on(&from);
        }
        let is_entered = match key.as_slice() {
            b"sourcesContent" => from.next_token() == Some(b'['),
            b"sources" | b"ignoreList" | b"x_google_ignoreList" | b"offset" => false,
            key => !is_skipped(key),
        };
        self.value_is_there(from, is_entered)
    }

    fn open(&mut self, array: bool, role: Role) {
        let start = self.cursor.at;
        self.cursor.at += 1;
        self.frames.push(Frame { array, role, start, partial: None });
    }

    /// Ends the innermost object or array at its bracket.
    fn close(&mut self) {
        self.cursor.at += 1;
        if let Some(frame) = self.frames.pop() {
            self.complete(frame);
        }
    }

    /// Ends everything that is still open, because the text doesn't.
    fn close_all(&mut self, damage: Option<String>) {
        while let Some(frame) = self.frames.pop() {
            self.complete(frame);
        }
        let damage = damage.or_else(|| self.left_out.map(str::to_owned));
        if let Some(last) = self.found.last_mut() {
            last.damage = damage.or(last.damage.take());
            last.left_out = self.left_out;
        }
    }

    fn complete(&mut self, frame: Frame) {
        let Some(mut partial) = frame.partial else { return };
        if frame.role == Role::SectionMap {
            let root = partial.source_root.take();
            let is_map = partial.is_map();
            let done = partial.into_found(frame.start, self.cursor.at, None);
            if let Some(index_map) = self.index_map() {
                index_map.has_sections |= is_map;
                index_map.section_urls.extend(done.section_urls);
                index_map.ready.extend(done.sources.into_iter().map(|source| source.under(root.as_deref())));
            }
        } else if frame.role == Role::Section {
            if let (Some(url), true, Some(index_map)) = (partial.url, partial.has_offset, self.index_map()) {
                index_map.has_sections = true;
                index_map.section_urls.push(url);
            }
        } else if partial.is_map() {
            let form = (frame.role == Role::Coverage).then_some(MapForm::Coverage);
            if self.found.len() < MOST_MAPS {
                let mut found = partial.into_found(frame.start, self.cursor.at, form);
                heed_ignore_list(&mut found.sources);
                self.found.push(found);
            } else {
                self.left_out = Some(TOO_MANY_MAPS);
            }
        } else if let Some(text) = partial.module.take() {
            let path = partial.name.take().unwrap_or_default();
            self.report(FoundSource { text: Some(text), ..FoundSource::at(path) });
        }
    }

    /// The innermost map that is still open: the one that a section belongs to.
    fn index_map(&mut self) -> Option<&mut Partial> {
        let outer = |frame: &&mut Frame| !frame.array && frame.role != Role::Section;
        let frame = self.frames.iter_mut().rev().find(outer)?;
        Some(frame.partial.get_or_insert_default())
    }

    /// Adds to the one report that a document is.
    fn report(&mut self, source: FoundSource) {
        let report = self.found.iter_mut().find(|found| found.form == Some(MapForm::BundlerReport));
        match report {
            Some(report) => report.sources.push(source),
            None => self.found.push(Found {
                start: self.start,
                form: Some(MapForm::BundlerReport),
                sources: vec![source],
                ..Found::default()
            }),
        }
    }

    fn element(&mut self, first: u8, role: Role) -> Walk {
        if role == Role::Contents {
            let mut partial = self.owner().and_then(Option::take).unwrap_or_default();
            let outcome = self.content(first, &mut partial);
            if let Some(owner) = self.owner() {
                *owner = Some(partial);
            }
            return outcome;
        }
        if self.growing && !self.value_is_there(self.cursor.clone(), true) {
            return Err(Stop::Cut);
        }
        let role = if role == Role::Sections { Role::Section } else { Role::Plain };
        self.value(role)
    }

    /// One key with its value.
    fn member(&mut self, role: Role) -> Walk {
        let mut key = std::mem::take(&mut self.key);
        let read = self.cursor.key(&mut key);
        let outcome = match read {
            None => Err(self.broken("a key is missing")),
            Some(()) if !self.cursor.take(b':') => Err(self.broken("a colon is missing")),
            Some(()) => self.value_of(&key, role),
        };
        self.key = key;
        outcome
    }

    fn value_of(&mut self, key: &[u8], role: Role) -> Walk {
        let first = self.cursor.next_token();
        if role == Role::Inputs {
            let path = short(key);
            if self.room() {
                self.report(FoundSource::at(path));
            }
            return self.skip();
        }
        if let Some(initial) = initial(key) {
            let members = &mut self.partial().members;
            if members.len() < 16 {
                members.push(initial);
            }
        }
        match (key, first) {
            (b"sources", Some(b'[')) => self.with_partial(|reader, partial| {
                partial.has_sources = true;
                if !partial.sources.is_empty() {
                    partial.pair();
                }
                reader.paths(partial)
            }),
            (b"sourcesContent", Some(b'[')) => {
                let partial = self.partial();
                if !partial.contents.is_empty() {
                    partial.pair();
                }
                self.nest(true, Role::Contents)
            }
            // Not as the format has it, but in plain text all the same.
            (b"sourcesContent", Some(b'{')) => {
                self.with_partial(|reader, partial| reader.contents_by_path(partial))
            }
            (b"ignoreList" | b"x_google_ignoreList", Some(b'[')) => {
                self.with_partial(|reader, partial| reader.indices(partial))
            }
            (b"sections", Some(b'[')) => self.nest(true, Role::Sections),
            (b"map", Some(b'{')) if role == Role::Section => self.nest(false, Role::SectionMap),
            (b"offset", Some(b'{')) if role == Role::Section => {
                self.partial().has_offset = true;
                self.skip()
            }
            (b"url", Some(b'"')) if role == Role::Section => {
                self.partial().url = Some(self.short_string()?);
                Ok(())
            }
            (b"mappings", Some(b'"' | b'\'' | b'`')) => {
                self.partial().mappings = true;
                self.skip()
            }
            (b"version", Some(b'0'..=b'9')) => {
                if self.cursor.scalar().starts_with(b"3") {
                    self.partial().version = true;
                }
                Ok(())
            }
            (key, _) if is_skipped(key) => self.skip(),
            (b"inputSourceMap", Some(b'{')) => self.nest(false, Role::Coverage),
            (b"inputs", Some(b'{')) if self.reading.report && self.frames.len() == 1 => {
                self.nest(false, Role::Inputs)
            }
            (_, Some(b'"' | b'\'' | b'`')) => self.text_of(key),
            _ => self.value(Role::Plain),
        }
    }

    /// A member whose value is a string.
    fn text_of(&mut self, key: &[u8]) -> Walk {
        match key {
            b"file" => self.partial().file = Some(self.short_string()?),
            b"sourceRoot" => self.partial().source_root = Some(self.short_string()?),
            b"debugId" | b"debug_id" => self.partial().debug_id = Some(self.short_string()?),
            b"name" if self.reading.report => self.partial().name = Some(self.short_string()?),
            b"identifier" if self.reading.report => {
                let identifier = self.short_string()?;
                self.partial().name.get_or_insert(identifier);
            }
            b"source" if self.reading.report && self.room() => {
                let (text, closed) = self.text();
                self.partial().module = text;
                return closed;
            }
            // Not as the format has it, but in plain text all the same.
            b"sourcesContent" if self.room() => {
                let (text, closed) = self.text();
                let is_code = |text: &Text| text.facts.lines > 1;
                self.partial().contents.extend(text.filter(is_code).map(Some));
                return closed;
            }
            _ => return self.skip(),
        }
        Ok(())
    }

    fn value(&mut self, role: Role) -> Walk {
        match self.cursor.next_token() {
            Some(b'{') => self.nest(false, role),
            Some(b'[') => self.nest(true, role),
            Some(b'"' | b'\'' | b'`') => self.skip(),
            Some(_) if !self.cursor.scalar().is_empty() => Ok(()),
            _ => Err(self.broken("a value is missing")),
        }
    }

    fn nest(&mut self, array: bool, role: Role) -> Walk {
        if self.frames.len() < MOST_DEPTH {
            self.open(array, role);
            return Ok(());
        }
        self.left_out = Some("values are nested too deep; the innermost were not looked at");
        self.skip()
    }

    fn skip(&mut self) -> Walk {
        if self.cursor.skip_value() { Ok(()) } else { Err(self.broken("a value has no end")) }
    }

    fn partial(&mut self) -> &mut Partial {
        debug_assert!(!self.frames.is_empty());
        if self.frames.is_empty() {
            self.frames.push(Frame { array: false, role: Role::Plain, start: self.cursor.at, partial: None });
        }
        // The list has an element, by the lines above.
        let last = self.frames.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "`last` is the index of the last element")]
        self.frames[last].partial.get_or_insert_default()
    }

    /// That of the object with the list that is being read.
    fn owner(&mut self) -> Option<&mut Option<Box<Partial>>> {
        self.frames.iter_mut().rev().nth(1).map(|frame| &mut frame.partial)
    }

    fn with_partial(&mut self, read: impl FnOnce(&mut Self, &mut Partial) -> Walk) -> Walk {
        let mut partial = std::mem::take(self.partial());
        let outcome = read(self, &mut partial);
        *self.partial() = partial;
        outcome
    }

    /// Goes to the list that is the value of the key at `at`.
    fn list_after(&mut self, at: usize, wanted: &[u8]) -> Option<()> {
        self.cursor.at = at;
        self.cursor.key(&mut self.key)?;
        (self.key == wanted && self.cursor.take(b':') && self.cursor.next_token() == Some(b'[')).then_some(())
    }

    /// The elements of the list that begins here; `each` reads one and must move on.
    fn list(&mut self, mut each: impl FnMut(&mut Self, u8) -> Walk) -> Walk {
        self.cursor.at += 1;
        loop {
            match self.cursor.next_token() {
                None => return Err(self.broken("a list has no end")),
                Some(b']') => {
                    self.cursor.at += 1;
                    return Ok(());
                }
                Some(b',') => self.cursor.at += 1,
                Some(b'}' | b':') => return Err(self.broken("a list has no end")),
                Some(first) => each(self, first)?,
            }
        }
    }

    fn paths(&mut self, partial: &mut Partial) -> Walk {
        self.list(|reader, first| {
            let path = match first {
                b'"' | b'\'' | b'`' => reader.short_string()?,
                _ => {
                    reader.skip()?;
                    String::new()
                }
            };
            if reader.room() {
                partial.sources.push(path);
            }
            Ok(())
        })
    }

    /// One element of the list of texts.
    fn content(&mut self, first: u8, partial: &mut Partial) -> Walk {
        let at = self.cursor.at;
        let (text, closed) = match first {
            b'}' | b':' => return Err(self.broken("a list has no end")),
            b'"' | b'\'' | b'`' => self.text(),
            _ => (None, self.skip()),
        };
        if self.may_go_on(&self.cursor) {
            return Err(Stop::Cut);
        }
        if text.is_some()
            && let Some(path) = partial.sources.get(partial.contents.len())
        {
            let settings = self.settings(at, path);
            partial.keep(settings);
        }
        // The paths have been counted; a list of texts alone must be too.
        if partial.contents.len() < partial.sources.len() || self.room() {
            partial.contents.push(text);
        }
        closed
    }

    /// Texts by their paths.
    fn contents_by_path(&mut self, partial: &mut Partial) -> Walk {
        self.cursor.at += 1;
        while !self.cursor.take(b'}') {
            if self.cursor.take(b',') {
                continue;
            }
            let mut path = Vec::new();
            if self.cursor.key(&mut path).is_none() || !self.cursor.take(b':') {
                return Err(self.broken("a key is missing"));
            }
            if !matches!(self.cursor.next_token(), Some(b'"' | b'\'' | b'`')) {
                self.skip()?;
                continue;
            }
            let at = self.cursor.at;
            let (text, closed) = self.text();
            if text.is_some() && self.room() {
                partial.by_path = true;
                partial.keep(self.settings(at, &short(&path)));
                partial.ready.push(FoundSource { text, ..FoundSource::at(short(&path)) });
            }
            closed?;
        }
        Ok(())
    }

    fn indices(&mut self, partial: &mut Partial) -> Walk {
        self.list(|reader, _| {
            let index = std::str::from_utf8(reader.cursor.scalar()).ok().and_then(|text| text.parse().ok());
            match index {
                Some(index) if partial.ignored.len() < MOST_SOURCES => partial.ignored.push(index),
                Some(_) => {}
                None => reader.skip()?,
            }
            Ok(())
        })
    }

    /// The text that begins here, `None` if it is empty; and whether it has an end. Of a text that is cut
    /// off, what is left is still text.
    fn text(&mut self) -> (Option<Text>, Walk) {
        let Some(quote) = self.cursor.peek() else { return (None, Err(self.broken("a text is missing"))) };
        self.cursor.at += 1;
        let most = if self.reading.keep_texts { usize::MAX } else { PIECE };
        self.scratch.clear();
        let mut then = self.cursor.piece(quote, &mut self.scratch, most);
        let text = if then == Piece::More {
            let mut facts = PiecewiseFacts::default();
            facts.add(&self.scratch);
            while then == Piece::More {
                self.scratch.clear();
                then = self.cursor.piece(quote, &mut self.scratch, most);
                facts.add(&self.scratch);
            }
            Some(Text { facts: facts.finish(), bytes: None })
        } else {
            self.scratch_text()
        };
        let closed = if then == Piece::Last { Ok(()) } else { Err(self.broken("a text has no end")) };
        (text, closed)
    }

    /// The text that was read last and begins at `at`, if its path says that it may be settings.
    fn settings(&self, at: usize, path: &str) -> Option<Settings> {
        const LARGEST: usize = 64 << 10;
        let may_be = self.scratch.len() <= LARGEST && may_be_settings(path);
        may_be.then(|| Settings { at, path: path.to_owned(), text: self.scratch.clone() })
    }

    fn scratch_text(&self) -> Option<Text> {
        if self.scratch.is_empty() {
            return None;
        }
        let bytes = self.reading.keep_texts.then(|| self.scratch.clone());
        Some(Text { facts: text_facts(&self.scratch), bytes })
    }

    fn short_string(&mut self) -> Result<String, Stop> {
        self.scratch.clear();
        let closed = self.cursor.string(&mut self.scratch);
        if closed { Ok(short(&self.scratch)) } else { Err(self.broken("a text has no end")) }
    }

    /// Whether one more source can be kept; counts it.
    fn room(&mut self) -> bool {
        self.kept += 1;
        if self.kept > MOST_SOURCES {
            self.left_out = Some("it names more than 200,000 sources; the others were not kept");
        }
        self.kept <= MOST_SOURCES
    }

    fn broken(&self, why: &str) -> Stop {
        Stop::Broken(format!("{why} (at byte {})", self.cursor.at))
    }
}

/// Takes what a map's ignore list names for somebody else's. A list that names everything tells nobody's text
/// apart: it only keeps debuggers out, and strangers read the text all the same.
fn heed_ignore_list(sources: &mut [FoundSource]) {
    let is_own_text = |source: &&FoundSource| source.text.is_some() && !source.third_party;
    let names_everything = sources.iter().filter(is_own_text).all(|source| source.ignored);
    if names_everything && sources.iter().any(|source| is_own_text(&source)) {
        return;
    }
    for source in sources {
        source.third_party |= source.ignored;
    }
}

impl FoundSource {
    /// A source without text.
    fn at(path: String) -> Self {
        let third_party = is_third_party(&path);
        Self { path, third_party, ..Self::default() }
    }

    /// The source of a section that has a root of its own.
    fn under(mut self, root: Option<&str>) -> Self {
        if let Some(root) = root.filter(|root| !root.is_empty() && !self.path.is_empty()) {
            let gap = if root.ends_with('/') { "" } else { "/" };
            self.path = format!("{root}{gap}{}", self.path);
        }
        self
    }
}

/// Whether a member of this name holds nothing that is wanted, however long it is.
fn is_skipped(key: &[u8]) -> bool {
    matches!(key, b"names" | b"x_facebook_sources" | b"rangeMappings" | b"scopes")
}

/// A text as a string, cut to what is worth keeping.
/// Whether the path of an original file is one that settings have: data, or code that is named after them.
fn may_be_settings(path: &str) -> bool {
    const DATA: [&str; 15] = [
        "json",
        "json5",
        "yml",
        "yaml",
        "toml",
        "properties",
        "ini",
        "cfg",
        "conf",
        "xml",
        "config",
        "local",
        "prod",
        "production",
        "env",
    ];
    const NAMED: [&str; 11] = [
        "config",
        "setting",
        "secret",
        "credential",
        "environment",
        "env",
        "database",
        "db.",
        "mail",
        "redis",
        "mongo",
    ];
    if path.contains("node_modules/") {
        return false;
    }
    let path = path.split('?').next().unwrap_or(path).to_ascii_lowercase();
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    DATA.contains(&extension) || NAMED.iter().any(|word| path.contains(word))
}

fn short(text: &[u8]) -> String {
    String::from_utf8_lossy(text.get(..MOST_PATH).unwrap_or(text)).into_owned()
}
