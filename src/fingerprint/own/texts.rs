//! The files of a project's source text, each read once; what their lines are, and what becomes of them, is found out for
//! those that matter.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::classify::{self, ClassSet, Classed};
use super::key;
use super::language::Language;

/// Larger files are data or generated.
const LARGEST: u64 = 1 << 20;
/// Longer lines on average are no text of people.
const LONGEST_LINES: usize = 400;

/// A source file and where its lines begin that can be recognised.
#[derive(Debug)]
pub(super) struct Text {
    pub label: String,
    pub language: &'static Language,
    /// What lines begin with, and where they do.
    pub begins: Vec<(u32, u32)>,
    text: Vec<u8>,
    classed: OnceLock<Vec<Classed>>,
}

impl Text {
    /// A file's text; `None` where it is none of a project's own. Its name is relative to `base`.
    fn read(path: &Path, base: &Path) -> Option<Self> {
        let label = path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let language = Language::of(&label)?;
        if fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?.len() > LARGEST {
            return None;
        }
        let text = fs::read(path).ok()?;
        let mut begins = Vec::new();
        let (mut ends, mut start) = (0, 0);
        for end in memchr::memchr_iter(b'\n', &text).chain([text.len()]) {
            let line = text.get(start..end).unwrap_or_default();
            if let Some(head) = key::begin(line).and_then(key::head) {
                begins.push((head, start as u32));
            }
            (ends, start) = (ends + 1, end + 1);
        }
        if text.len() / ends > LONGEST_LINES || memchr::memchr(0, &text).is_some() {
            return None;
        }
        Some(Self { label, language, begins, text, classed: OnceLock::new() })
    }

    /// The key of the line that begins here. `room` is used again.
    pub(super) fn key(&self, start: u32, room: &mut Vec<u8>) -> Option<u64> {
        let rest = self.text.get(start as usize..)?;
        let line = memchr::memchr(b'\n', rest).map_or(rest, |end| rest.get(..end).unwrap_or_default());
        key::of(key::begin(line)?, room)
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
        self.classed.get_or_init(|| classify::lines(&self.text, self.language))
    }
}

/// Source files that were read, for projects that share some.
#[derive(Debug, Default)]
pub struct OwnTexts(Mutex<HashMap<PathBuf, Option<Arc<Text>>>>);

impl OwnTexts {
    /// A file's text; `None` where it is none of a project's own.
    pub(super) fn read(&self, path: &Path, base: &Path) -> Option<Arc<Text>> {
        let known = |texts: &Self| texts.0.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        known(self).unwrap_or_else(|| {
            let text = Text::read(path, base).map(Arc::new);
            let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            texts.insert(path.to_path_buf(), text.clone());
            text
        })
    }
}
