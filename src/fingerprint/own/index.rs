use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::inventory::{Fate, LineClass};

use super::classify::{self, Line};
use super::key::HEAD_BITS;
use super::language::Language;

/// A line in more files than this is an idiom of the project, and tells nothing of any one of them.
const MOST_FILES: usize = 64;
/// Larger files are data or generated.
const LARGEST: u64 = 1 << 20;
/// Longer lines on average are no text of people.
const LONGEST_LINES: usize = 400;

/// The lines of a project's own source text, ready to be looked up.
#[derive(Debug, Default)]
pub struct OwnSource {
    /// The packages whose text it is, in lower case.
    names: BTreeSet<String>,
    files: Vec<OwnFile>,
    places: Places,
    /// A bit for each head of a known line.
    heads: Vec<u64>,
}

/// A file of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    /// Its path in the project.
    pub path: String,
    /// What a build makes of its text.
    pub fate: Fate,
    /// Lines that can be recognised.
    pub lines: u32,
}

/// Lines by their keys, with the files that have them.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Sorted.
    keys: Vec<u64>,
    classes: Vec<LineClass>,
    /// For each key where its files end in `holders`.
    ends: Vec<u32>,
    /// Numbers of files.
    holders: Vec<u32>,
}

impl Places {
    /// Adds a key larger than all before it.
    pub(super) fn add(&mut self, key: u64, class: LineClass, holders: Vec<u32>) {
        self.keys.push(key);
        self.classes.push(class);
        self.holders.extend(holders);
        self.ends.push(self.holders.len() as u32);
    }

    fn holders(&self, line: usize) -> &[u32] {
        let end = |line: usize| self.ends.get(line).map_or(0, |end| *end as usize);
        let from = line.checked_sub(1).map_or(0, end);
        self.holders.get(from..end(line)).unwrap_or_default()
    }
}

/// A line of a file: key, class, number of the file.
type Known = (u64, LineClass, u32);

/// Source files that were read, for projects that share some.
#[derive(Debug, Default)]
pub struct OwnTexts(Mutex<HashMap<PathBuf, Option<Arc<OwnText>>>>);

/// A file and its lines.
type OwnText = (OwnFile, Vec<Line>);

impl OwnTexts {
    /// A file's text; `None` where it is none of a project's own.
    fn read(&self, path: &Path, base: &Path) -> Option<Arc<OwnText>> {
        let known = |texts: &Self| texts.0.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        known(self).unwrap_or_else(|| {
            let text = read(path, base).map(Arc::new);
            let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            texts.insert(path.to_path_buf(), text.clone());
            text
        })
    }
}

impl OwnSource {
    /// Reads files. `base` is the folder that their names are relative to, `names` are those of the packages whose text
    /// it is.
    pub fn of(
        paths: &[PathBuf],
        base: &Path,
        names: impl IntoIterator<Item = String>,
        texts: &OwnTexts,
    ) -> Self {
        let read: Vec<Arc<OwnText>> = paths.par_iter().filter_map(|path| texts.read(path, base)).collect();
        let mut files = Vec::with_capacity(read.len());
        let mut lines: Vec<Known> = Vec::with_capacity(read.iter().map(|text| text.1.len()).sum());
        let mut heads = Vec::new();
        for (number, text) in read.iter().enumerate() {
            let (file, own) = text.as_ref();
            files.push(file.clone());
            heads.extend(own.iter().map(|line| line.head));
            lines.extend(own.iter().map(|line| (line.key, line.class, number as u32)));
        }
        let names = names.into_iter().map(|name| name.to_lowercase()).collect();
        Self::new(names, files, sorted(lines), heads)
    }

    pub(super) fn new(
        names: BTreeSet<String>,
        mut files: Vec<OwnFile>,
        places: Places,
        heads: impl IntoIterator<Item = u32>,
    ) -> Self {
        for holder in &places.holders {
            if let Some(file) = files.get_mut(*holder as usize) {
                file.lines += 1;
            }
        }
        let mut bits = vec![0u64; 1 << (HEAD_BITS - 6)];
        for head in heads {
            if let Some(word) = bits.get_mut((head / 64) as usize) {
                *word |= 1 << (head % 64);
            }
        }
        Self { names, files, places, heads: bits }
    }

    /// It and another one together.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let mut files = self.files.clone();
        files.extend(other.files.iter().cloned());
        files.iter_mut().for_each(|file| file.lines = 0);
        let known = |own: &Self, first: usize| -> Vec<Known> {
            let each = |(key, class, holders): (u64, LineClass, &[u32])| -> Vec<Known> {
                holders.iter().map(|holder| (key, class, first as u32 + holder)).collect()
            };
            own.all().flat_map(each).collect()
        };
        let mut lines = known(self, 0);
        lines.extend(known(other, self.files.len()));
        let names = self.names.union(&other.names).cloned().collect();
        Self::new(names, files, sorted(lines), self.heads().chain(other.heads()))
    }

    /// Whether there is nothing to be found.
    pub fn is_empty(&self) -> bool {
        self.places.keys.is_empty()
    }

    /// The project's files.
    pub fn files(&self) -> &[OwnFile] {
        &self.files
    }

    /// How many lines can be recognised.
    pub fn lines(&self) -> usize {
        self.places.keys.len()
    }

    /// The packages whose text it is, in lower case; none when no manifest names one.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// What the line of this number is.
    pub fn class(&self, line: u32) -> Option<LineClass> {
        self.places.classes.get(line as usize).copied()
    }

    /// The keys with class and files.
    pub(super) fn all(&self) -> impl Iterator<Item = (u64, LineClass, &[u32])> {
        let places = &self.places;
        let keys = places.keys.iter().zip(&places.classes).enumerate();
        keys.map(|(line, (key, class))| (*key, *class, places.holders(line)))
    }

    /// The heads of known lines, ascending.
    pub(super) fn heads(&self) -> impl Iterator<Item = u32> {
        let words = self.heads.iter().enumerate();
        words.flat_map(|(number, word)| {
            (0..64).filter(move |bit| word & 1 << bit != 0).map(move |bit| number as u32 * 64 + bit)
        })
    }

    /// Whether a known line may begin like this.
    pub(super) fn knows_head(&self, head: u32) -> bool {
        self.heads.get((head / 64) as usize).is_some_and(|word| word & 1 << (head % 64) != 0)
    }

    /// The number of the line with this key.
    pub(super) fn line(&self, key: u64) -> Option<usize> {
        self.places.keys.binary_search(&key).ok()
    }

    /// The numbers of the files that have this line.
    pub(super) fn holders(&self, line: usize) -> &[u32] {
        self.places.holders(line)
    }
}

fn sorted(mut lines: Vec<Known>) -> Places {
    lines.par_sort_unstable();
    lines.dedup();
    let mut places = Places::default();
    for same in lines.chunk_by(|a, b| a.0 == b.0) {
        let Some((key, class)) = same.first().map(|(key, ..)| (*key, class_of(same))) else { continue };
        let alike = same.iter().filter(|(_, of, _)| is_alike(*of, class));
        let mut holders: Vec<u32> = alike.map(|(.., file)| *file).collect();
        holders.sort_unstable();
        holders.dedup();
        if holders.len() <= MOST_FILES {
            places.add(key, class, holders);
        }
    }
    places
}

/// What a line counts as if the project has it as each of these: what a build may legitimately keep comes first.
fn class_of(same: &[Known]) -> LineClass {
    use LineClass::{Code, Comment, Doc, Lowered, Statement};
    let has = |class| same.iter().any(|(_, of, _)| *of == class);
    if has(Code) || has(Statement) && (has(Comment) || has(Doc)) {
        Code
    } else if has(Statement) {
        Statement
    } else if has(Doc) {
        Doc
    } else if has(Comment) {
        Comment
    } else {
        Lowered
    }
}

/// Whether a line of one class stands for its file when all that are like it are taken for another.
fn is_alike(of: LineClass, taken: LineClass) -> bool {
    use LineClass::{Code, Comment, Doc, Lowered, Statement};
    match taken {
        Code | Statement => matches!(of, Code | Statement),
        Doc => of == Doc,
        Comment | Lowered => matches!(of, Comment | Lowered),
    }
}

fn read(path: &Path, base: &Path) -> Option<(OwnFile, Vec<Line>)> {
    let label = path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let language = Language::of(&label)?;
    if fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?.len() > LARGEST {
        return None;
    }
    let text = fs::read(path).ok()?;
    let ends = memchr::memchr_iter(b'\n', &text).count() + 1;
    if text.len() / ends > LONGEST_LINES || text.contains(&0) {
        return None;
    }
    let lines = classify::lines(&text, language)?;
    Some((OwnFile { path: label, fate: language.fate, lines: 0 }, lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Labels;

    const A: &str = "// customers of the old plan still pay the old rate\nexport const rates: Record<string, number> = {};\nconst total = orders.reduce((sum, order) => sum + order.price, 0);\n";
    const B: &str = "/** Customers of the old plan still pay the old rate. */\n'one plain entry of a long table',\nreturn sum.plus(surcharge).times(quantity);\n";

    fn own(files: &[(&str, &str)]) -> OwnSource {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |(path, text): &(&str, &str)| {
            let path = folder.path().join(path);
            fs::write(&path, text).expect("a file");
            path
        };
        let paths: Vec<_> = files.iter().map(write).collect();
        OwnSource::of(&paths, folder.path(), ["Acme".to_owned()], &OwnTexts::default())
    }

    fn classes(own: &OwnSource, text: &str) -> Vec<LineClass> {
        own.find(text.as_bytes())
            .iter()
            .flat_map(|found| &found.lines)
            .filter_map(|line| own.class(*line))
            .collect()
    }

    #[test]
    fn lines_are_found_by_file_and_class() {
        let own = own(&[("a.ts", A), ("b.ts", B)]);
        let mut found = classes(&own, A);
        found.sort_unstable();
        assert_eq!(found, [LineClass::Comment, LineClass::Lowered, LineClass::Statement]);
        let matches = own.find(format!("x\n{B}").as_bytes());
        assert_eq!(matches.len(), 1);
        assert_eq!(
            (own.files()[1].path.as_str(), matches[0].range.start, matches[0].lines.len()),
            ("b.ts", 2, 3)
        );
        assert!(own.find(b"nothing of it stands here, but the lines are as long\n").is_empty());
    }

    #[test]
    fn what_is_code_anywhere_is_no_comment() {
        let code = "const total = orders.reduce((sum, order) => sum + order.price, 0);\n";
        let commented = format!("// {code}");
        let own = own(&[("a.js", code), ("b.js", &commented)]);
        assert_eq!(classes(&own, code), [LineClass::Code]);
        assert_eq!(own.find(code.as_bytes())[0].file, 0);
    }

    #[test]
    fn a_line_of_many_files_tells_nothing() {
        let names: Vec<String> = (0..=MOST_FILES).map(|number| format!("{number}.ts")).collect();
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), A)).collect();
        assert!(own(&files).is_empty());
        assert!(!own(&files[1..]).is_empty());
    }

    #[test]
    fn licences_generated_files_and_data_are_left_out() {
        for text in [
            "// Copyright Acme and all of its contributors\n",
            "/* SPDX-License-Identifier: MIT, and more about it */\n",
            "// Code generated by stringer. DO NOT EDIT.\nconst rates: Record<string, number> = {};\n",
            "0x1234, 0x1234, 0x1234, 0x1234, 0x1234, 0x1234,\n",
            "const text = `\nif (this.stands.in.a.template) { return as.it.is; }\n`;\n",
        ] {
            assert!(own(&[("a.ts", text)]).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_file_of_it_finds_the_same() {
        let own = own(&[("a.ts", A), ("b.ts", B)]);
        let read = OwnSource::read(&own.write(Labels::Paths)).expect("a file");
        assert_eq!((read.files(), read.names()), (own.files(), own.names()));
        for text in [A, B] {
            assert_eq!(read.find(text.as_bytes()), own.find(text.as_bytes()));
        }
        let hashed = own.write(Labels::Hashed);
        assert!(memchr::memmem::find(&hashed, b"a.ts").is_none());
        let bytes = own.write(Labels::Paths);
        for length in 0..bytes.len() {
            assert!(OwnSource::read(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn two_together_find_what_each_of_them_finds() {
        let (a, b) = (own(&[("a.ts", A)]), own(&[("b.ts", B)]));
        let both = a.with(&b);
        assert_eq!(both.find(A.as_bytes()).len(), 1);
        assert_eq!(both.files()[both.find(B.as_bytes())[0].file as usize].path, "b.ts");
        assert_eq!(both.files()[0].lines, a.files()[0].lines);
    }
}
