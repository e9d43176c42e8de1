//! The files of a project's source text, each read once; what their lines are, and what becomes of them, is found out for
//! those that matter.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::inventory::LineClass;

use super::classify::{self, ClassSet, Classed};
use super::key;
use super::language::Language;

/// Larger files are data or generated.
const LARGEST: u64 = 1 << 20;
/// Longer lines on average are no text of people.
const LONGEST_LINES: usize = 400;

/// A source file and those of its lines that can be recognised. Its text is read again if some of them turn up.
#[derive(Debug)]
pub(super) struct Text {
    pub label: String,
    pub language: &'static Language,
    /// What lines begin with.
    pub heads: Vec<u32>,
    /// The keys of the same lines.
    pub keys: Vec<u64>,
    path: PathBuf,
    classed: OnceLock<Vec<Classed>>,
}

/// Memory that is used again from file to file.
#[derive(Debug, Default)]
pub(super) struct Room {
    text: Vec<u8>,
    line: Vec<u8>,
}

impl Text {
    /// A file's text; `None` where it is none of a project's own. Its name is relative to `base`.
    fn read(path: &Path, base: &Path, room: &mut Room) -> Option<Self> {
        let label = path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let language = Language::of(&label)?;
        if fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?.len() > LARGEST {
            return None;
        }
        let Room { text, line: room } = room;
        text.clear();
        File::open(path).ok()?.take(LARGEST).read_to_end(text).ok()?;
        let (mut heads, mut keys) = (Vec::new(), Vec::new());
        let (mut ends, mut start) = (0, 0);
        for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
            let line = text.get(start..end).unwrap_or_default();
            if let Some((key, head)) = key::of_line(line, room) {
                heads.push(head);
                keys.push(key);
            }
            (ends, start) = (ends + 1, end + 1);
        }
        if text.len() / ends > LONGEST_LINES || memchr::memchr(0, text).is_some() {
            return None;
        }
        heads.shrink_to_fit();
        keys.shrink_to_fit();
        Some(Self { label, language, heads, keys, path: path.to_path_buf(), classed: OnceLock::new() })
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
        self.classed.get_or_init(|| match fs::read(&self.path) {
            Ok(text) => classify::lines(&text, self.language),
            Err(_) => self.in_full(),
        })
    }

    /// All lines as those that a build drops: of a file that is gone by now, more is told rather than less.
    fn in_full(&self) -> Vec<Classed> {
        let classes = ClassSet::of(LineClass::Lowered);
        let lines = self.keys.iter().zip(&self.heads).map(|(&key, &head)| Classed { key, head, classes });
        let mut lines: Vec<Classed> = lines.collect();
        lines.sort_unstable_by_key(|line| line.key);
        lines.dedup_by_key(|line| line.key);
        lines
    }
}

/// Source files that were read, for projects that share some.
#[derive(Debug, Default)]
pub struct OwnTexts(Mutex<HashMap<PathBuf, Option<Arc<Text>>>>);

impl OwnTexts {
    /// A file's text; `None` where it is none of a project's own.
    pub(super) fn read(&self, path: &Path, base: &Path, room: &mut Room) -> Option<Arc<Text>> {
        let known = |texts: &Self| texts.0.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        known(self).unwrap_or_else(|| {
            let text = Text::read(path, base, room).map(Arc::new);
            let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            texts.insert(path.to_path_buf(), text.clone());
            text
        })
    }
}
