//! The files of a project's source text, each read once; what their lines are, and what becomes of them, is found out for
//! those that matter.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::classify::{self, ClassSet, Classed};
use super::key::{self, Beginning};
use super::language::Language;

/// Larger files are data or generated.
const LARGEST: u64 = 1 << 20;
/// Longer lines on average are no text of people.
const LONGEST_LINES: usize = 400;
/// Bytes of texts that are kept; those of more are read again where they matter.
const MOST_KEPT: usize = 64 << 20;

/// A source file and those of its lines that can be recognised.
#[derive(Debug)]
pub(super) struct Text {
    pub label: String,
    pub language: &'static Language,
    pub lines: Vec<Line>,
    path: PathBuf,
    kept: Option<Vec<u8>>,
    classed: OnceLock<Vec<Classed>>,
}

/// A line that may have a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub beginning: Beginning,
    start: u32,
}

impl Text {
    /// A file's text; `None` where it is none of a project's own. Its name is relative to `base`.
    fn read(path: &Path, base: &Path, kept: &AtomicUsize) -> Option<Self> {
        let label = path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let language = Language::of(&label)?;
        let length = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?.len();
        if length > LARGEST {
            return None;
        }
        let text = read(path, length as usize)?;
        let mut lines = Vec::new();
        let (mut ends, mut start) = (0, 0);
        for end in memchr::memchr_iter(b'\n', &text).chain([text.len()]) {
            let line = text.get(start..end).unwrap_or_default();
            if let Some(beginning) = key::begin(line).and_then(Beginning::of) {
                lines.push(Line { beginning, start: start as u32 });
            }
            (ends, start) = (ends + 1, end + 1);
        }
        if text.len() / ends > LONGEST_LINES || memchr::memchr(0, &text).is_some() {
            return None;
        }
        lines.shrink_to_fit();
        let is_kept = kept.fetch_add(text.len(), Ordering::Relaxed) < MOST_KEPT;
        let (path, kept, classed) = (path.to_path_buf(), is_kept.then_some(text), OnceLock::new());
        Some(Self { label, language, lines, path, kept, classed })
    }

    /// All bytes; none of a file that is gone by now.
    pub(super) fn bytes(&self) -> Cow<'_, [u8]> {
        let again = || Cow::Owned(fs::read(&self.path).unwrap_or_default());
        self.kept.as_deref().map_or_else(again, Cow::Borrowed)
    }

    /// The key of one of its lines. `room` is used again.
    pub(super) fn key(&self, line: usize, bytes: &[u8], room: &mut Vec<u8>) -> Option<u64> {
        let line = bytes.get(self.lines.get(line)?.start as usize..)?;
        let end = memchr::memchr(b'\n', line).unwrap_or(line.len());
        key::of(key::begin(line.get(..end)?)?, room)
    }

    /// All that the file has a line with this key as.
    pub(super) fn classes(&self, key: u64) -> ClassSet {
        let lines = self.classed();
        let found =
            lines.binary_search_by_key(&key, |line| line.key).ok().and_then(|number| lines.get(number));
        found.map(|line| line.classes).unwrap_or_default()
    }

    /// The lines of which something becomes.
    pub(super) fn classed(&self) -> &[Classed] {
        self.classed.get_or_init(|| classify::lines(&self.bytes(), self.language))
    }
}

/// A file's bytes, of which there were so many just now.
fn read(path: &Path, length: usize) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    let mut bytes = vec![0; length];
    let mut read = 0;
    // No more is asked for when all is there: there are many files.
    while read < length {
        match file.read(bytes.get_mut(read..)?).ok()? {
            0 => break,
            more => read += more,
        }
    }
    bytes.truncate(read);
    Some(bytes)
}

/// Source files that were read, for projects that share some.
#[derive(Debug, Default)]
pub struct OwnTexts {
    known: Mutex<HashMap<OsString, Option<Arc<Text>>>>,
    /// Bytes of their texts.
    kept: AtomicUsize,
}

impl OwnTexts {
    /// The texts of those files that are a project's own.
    pub(super) fn read(&self, paths: &[PathBuf], base: &Path) -> Vec<Arc<Text>> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<&PathBuf> = {
            let known = known();
            paths.iter().filter(|path| !known.contains_key(path.as_os_str())).collect()
        };
        let read = new.par_iter().map(|path| {
            let text = Text::read(path, base, &self.kept).map(Arc::new);
            (path.as_os_str().to_owned(), text)
        });
        let read: Vec<_> = read.collect();
        let mut known = known();
        known.extend(read);
        paths.iter().filter_map(|path| known.get(path.as_os_str()).cloned().flatten()).collect()
    }
}
