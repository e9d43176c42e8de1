use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::inventory::{Fate, LineClass};

use super::classify::{ClassSet, Classed};
use super::key::{self, Beginning, HEAD_BITS};
use super::lines::{Lines, Places};
use super::texts::{OwnTexts, Text};

/// The lines of a project's own source text, ready to be looked up.
#[derive(Debug, Default)]
pub struct OwnSource {
    /// The packages whose text it is, in lower case.
    names: BTreeSet<String>,
    files: Vec<OwnFile>,
    /// A bit for each head of a known line.
    heads: Vec<u64>,
    lines: Source,
}

/// A file of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    /// Its path in the project.
    pub path: String,
    /// What a build makes of its text.
    pub fate: Fate,
}

/// Where the lines are from, and what a build does to them.
#[derive(Debug)]
enum Source {
    /// From a file of fingerprints, which knows it of each line.
    Known(Places, Vec<LineClass>),
    /// From the project's files. It is found out for those of which lines turn up: of most projects' artifacts few do.
    Files(Lines),
}

impl Default for Source {
    fn default() -> Self {
        Self::Known(Places::default(), Vec::new())
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
        let read = texts.read(paths, base);
        let file = |text: &Arc<Text>| OwnFile { path: text.label.clone(), fate: text.language.fate };
        Self {
            names: names.into_iter().map(|name| name.to_lowercase()).collect(),
            files: read.iter().map(file).collect(),
            heads: bits(read.iter().flat_map(|text| text.lines.iter().map(|line| line.beginning.head))),
            lines: Source::Files(Lines::of(read)),
        }
    }

    /// What a file of fingerprints holds.
    pub(super) fn known(
        names: BTreeSet<String>,
        files: Vec<OwnFile>,
        (places, classes): (Places, Vec<LineClass>),
        heads: impl IntoIterator<Item = u32>,
    ) -> Self {
        Self { names, files, heads: bits(heads), lines: Source::Known(places, classes) }
    }

    /// It and another one together.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let mut lines: Vec<(u64, u32, LineClass)> = Vec::new();
        for (own, first) in [(self, 0), (other, self.files.len() as u32)] {
            let each = |(key, class, holders): (u64, LineClass, Vec<u32>)| {
                holders.into_iter().map(move |holder| (key, first + holder, class))
            };
            lines.extend(own.all().into_iter().flat_map(each));
        }
        lines.sort_unstable();
        let (mut places, mut classes) = (Places::default(), Vec::new());
        for same in lines.chunk_by(|a, b| a.0 == b.0) {
            let all = same.iter().fold(ClassSet::default(), |all, line| all.with(ClassSet::of(line.2)));
            let (Some(class), Some((key, ..))) = (class_of(all), same.first()) else { continue };
            let alike = same.iter().filter(|line| is_alike(ClassSet::of(line.2), class));
            if places.add_rare(*key, alike.map(|line| line.1)) {
                classes.push(class);
            }
        }
        let names = self.names.union(&other.names).cloned().collect();
        let files = self.files.iter().chain(&other.files).cloned().collect();
        Self::known(names, files, (places, classes), self.heads().chain(other.heads()))
    }

    /// Whether there is nothing to be found.
    pub fn is_empty(&self) -> bool {
        match &self.lines {
            Source::Known(places, _) => places.len() == 0,
            Source::Files(lines) => lines.is_empty(),
        }
    }

    /// The project's files.
    pub fn files(&self) -> &[OwnFile] {
        &self.files
    }

    /// How many lines of this file can be recognised, and a build doesn't leave as they are.
    pub fn lines(&self, file: u32) -> u32 {
        let counts = |line: &u32| self.class(*line, file).is_some();
        match &self.lines {
            Source::Known(places, _) => (0..places.len() as u32).filter(counts).count() as u32,
            Source::Files(lines) => {
                let line = |line: &Classed| Some(lines.find(line.beginning, || Some(line.key))?.0);
                lines
                    .text(file)
                    .map_or(0, |text| text.classed().iter().filter_map(line).filter(counts).count())
                    as u32
            }
        }
    }

    /// The same where so many of the lines were found: with few of them, it doesn't matter what becomes of the others.
    pub fn lines_beside(&self, file: u32, found: u32) -> u32 {
        const FEW: usize = 8;
        match &self.lines {
            Source::Files(lines) => match lines.text(file).map_or(0, |text| text.lines.len()) {
                all if all > found as usize * FEW => all as u32,
                _ => self.lines(file),
            },
            Source::Known(..) => self.lines(file),
        }
    }

    /// How many lines can be recognised, of all files.
    pub fn all_lines(&self) -> usize {
        self.all().len()
    }

    /// The packages whose text it is, in lower case; none when no manifest names one.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// What becomes of the line of this number; `None` if this file has it as something that a build leaves as it is.
    pub fn class(&self, line: u32, file: u32) -> Option<LineClass> {
        match &self.lines {
            Source::Known(places, classes) => {
                let holders = places.holders(line as usize);
                classes.get(line as usize).copied().filter(|_| holders.contains(&file))
            }
            Source::Files(lines) => {
                let (key, class) = lines.class(line, |key, holders| taken(lines, key, holders))?;
                stands_for(lines, key, file, class).then_some(class)
            }
        }
    }

    /// The keys, ascending, with what becomes of their lines, and with the files that they stand for.
    pub(super) fn all(&self) -> Vec<(u64, LineClass, Vec<u32>)> {
        match &self.lines {
            Source::Known(places, classes) => {
                let lines = places.all().zip(classes);
                lines.map(|((key, holders), class)| (key, *class, holders.to_vec())).collect()
            }
            Source::Files(lines) => {
                let mut all = Vec::new();
                lines.each(|key, holders| {
                    let Some(class) = taken(lines, key, holders) else { return };
                    let alike = holders.iter().copied().filter(|file| stands_for(lines, key, *file, class));
                    let alike: Vec<u32> = alike.collect();
                    if !alike.is_empty() {
                        all.push((key, class, alike));
                    }
                });
                all.sort_unstable_by_key(|line| line.0);
                all
            }
        }
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

    /// Whether a known line may begin like this, going by more of it than its head.
    pub(super) fn may_begin(&self, rest: &[u8]) -> bool {
        match &self.lines {
            Source::Known(..) => true,
            Source::Files(lines) => Beginning::of(rest).is_some_and(|beginning| lines.knows(beginning)),
        }
    }

    /// The number of a line of which this is left without what is before it, and the numbers of the files that have it.
    /// `room` is used again.
    pub(super) fn line(&self, rest: &[u8], room: &mut Vec<u8>) -> Option<(u32, &[u32])> {
        match &self.lines {
            Source::Known(places, _) => {
                let line = places.line(key::of(rest, room)?)?;
                Some((line as u32, places.holders(line)))
            }
            Source::Files(lines) => lines.find(Beginning::of(rest)?, || key::of(rest, room)),
        }
    }
}

/// What becomes of a line that these files have.
fn taken(lines: &Lines, key: u64, holders: &[u32]) -> Option<LineClass> {
    let all = holders.iter().fold(ClassSet::default(), |all, holder| all.with(classes(lines, key, *holder)));
    class_of(all)
}

/// Whether a line that is taken for this stands for this file. Otherwise the file has it as something that a build leaves
/// as it is.
fn stands_for(lines: &Lines, key: u64, file: u32, class: LineClass) -> bool {
    is_alike(classes(lines, key, file), class)
}

/// All that a file has a line as.
fn classes(lines: &Lines, key: u64, file: u32) -> ClassSet {
    lines.text(file).map_or_else(ClassSet::default, |text| text.classes(key))
}

fn bits(heads: impl IntoIterator<Item = u32>) -> Vec<u64> {
    let mut bits = vec![0u64; 1 << (HEAD_BITS - 6)];
    for head in heads {
        if let Some(word) = bits.get_mut((head / 64) as usize) {
            *word |= 1 << (head % 64);
        }
    }
    bits
}

/// What a line counts as if the project has it as each of these: what a build may legitimately keep comes first.
fn class_of(all: ClassSet) -> Option<LineClass> {
    use LineClass::{Code, Comment, Doc, Lowered, Statement};
    if all.has(Statement) && (all.has(Comment) || all.has(Doc)) {
        return Some(Code);
    }
    [Code, Statement, Doc, Comment, Lowered].into_iter().find(|class| all.has(*class))
}

/// Whether lines that are these stand for their file when all that are like them are taken for another.
fn is_alike(of: ClassSet, taken: LineClass) -> bool {
    use LineClass::{Code, Comment, Doc, Lowered, Statement};
    match taken {
        Code | Statement => of.has(Code) || of.has(Statement),
        Doc => of.has(Doc),
        Comment | Lowered => of.has(Comment) || of.has(Lowered),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::lines::MOST_FILES;
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
        let own = OwnSource::of(&paths, folder.path(), ["Acme".to_owned()], &OwnTexts::default());
        // What becomes of all lines is read while the folder is there.
        own.all_lines();
        own
    }

    fn classes(own: &OwnSource, text: &str) -> Vec<LineClass> {
        let found = own.find(text.as_bytes());
        let lines = found.iter().flat_map(|found| found.lines.iter().map(|line| (line.0, found.file)));
        let mut classes: Vec<_> = lines.filter_map(|(line, file)| own.class(line, file)).collect();
        classes.sort_unstable();
        classes
    }

    #[test]
    fn lines_are_found_by_file_and_class() {
        let own = own(&[("a.ts", A), ("b.ts", B)]);
        assert_eq!(classes(&own, A), [LineClass::Comment, LineClass::Lowered, LineClass::Statement]);
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
        assert_eq!(own(&files).find(A.as_bytes()), []);
        assert_eq!(own(&files[1..]).find(A.as_bytes()).len(), MOST_FILES);
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
            assert!(classes(&own(&[("a.ts", text)]), text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_file_of_it_finds_the_same() {
        let own = own(&[("a.ts", A), ("b.ts", B)]);
        let read = OwnSource::read(&own.write(Labels::Paths)).expect("a file");
        assert_eq!((read.files(), read.names()), (own.files(), own.names()));
        assert_eq!((read.lines(0), read.lines(1)), (own.lines(0), own.lines(1)));
        for text in [A, B] {
            assert_eq!(classes(&read, text), classes(&own, text));
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
        assert_eq!((both.lines(0), both.lines(1)), (a.lines(0), b.lines(0)));
    }
}
