use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::lexicon::Syntax;
use super::shelf::{Book, Labels, Shelf};
use super::winnow::{self, Salt, Stream};
use super::{file, walk};

/// Files with fewer fingerprints are too small to say that they were recognised.
const LEAST_FINGERPRINTS: usize = 3;
/// A fingerprint in more files of one root than this is boilerplate.
const MOST_FILES: usize = 3;

/// The fingerprints of internal files, ready to be looked up.
#[derive(Debug, Default)]
pub struct Index {
    shelves: Vec<Shelf>,
}

/// Internal text that was found in another text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The internal file's label.
    pub file: String,
    /// Whether it was recognised by what minifiers keep, and not by all words.
    pub is_minified: bool,
    /// How many fingerprints the internal file has.
    pub of: u32,
    /// Those that were found, sorted.
    pub found: Vec<u64>,
    /// Offset of the first one in the text that was searched.
    pub offset: usize,
    /// Its line in the internal file, from 1.
    pub line: u32,
}

impl Index {
    /// Fingerprints the program text below `roots`. `base` is the folder that labels are relative to.
    pub fn of_roots(roots: &[PathBuf], base: &Path) -> Self {
        Self::of_private(roots, &[], base, |_| true)
    }

    /// The same, without anything that stands in a file below a folder of `public`, too, unless that file is below one
    /// of `roots` itself or is no `is_source`. What a build wrote makes nothing public but what a build wrote: the
    /// helpers of bundlers.
    pub fn of_private(
        roots: &[PathBuf],
        public: &[PathBuf],
        base: &Path,
        is_source: impl Fn(&Path) -> bool,
    ) -> Self {
        let files = below(roots);
        let salt = salt_of(&files);
        let mut open = below(public);
        // The root of a workspace may be published, and then holds its private members, too.
        open.retain(|path| !roots.iter().any(|root| path.starts_with(root)) && is_source(path));
        let (built, written): (Vec<PathBuf>, Vec<PathBuf>) =
            open.into_iter().partition(|path| walk::is_built(path));
        let (mut own, orders) = books(&files, base, &salt);
        let known = known(&written, base, &salt, &orders);
        let known_built = self::known(&built, base, &salt, &orders);
        for book in &mut own {
            let is_built = walk::is_built(&base.join(&book.label));
            let is_known = |print: &u64| known.contains(print) || (is_built && known_built.contains(print));
            book.prints.retain(|(print, _)| !is_known(print));
        }
        Self { shelves: vec![Shelf::new(salt, without_common(own)).with_orders(orders)] }
    }

    /// Reads a fingerprint file.
    ///
    /// # Errors
    /// When the bytes are no fingerprint file, are damaged, or come from another version.
    pub fn read(bytes: &[u8]) -> Result<Self, super::form::FileError> {
        Ok(Self { shelves: file::read(bytes)? })
    }

    /// The index as a fingerprint file: one-way hashes, line numbers and labels, no text. The same sources
    /// give the same file.
    pub fn write(&self, labels: Labels) -> Vec<u8> {
        file::write(&self.shelves, labels)
    }

    /// Adds the fingerprints of another index.
    pub fn merge(&mut self, other: Self) {
        self.shelves.extend(other.shelves);
    }

    /// Internal files.
    pub fn files(&self) -> usize {
        let labels = |shelf: &Shelf| shelf.books.iter().map(|book| &book.label).collect::<HashSet<_>>().len();
        self.shelves.iter().map(labels).sum()
    }

    /// Fingerprints of all files.
    pub fn fingerprints(&self) -> usize {
        self.shelves.iter().map(|shelf| shelf.table.len()).sum()
    }

    /// Whether there is nothing to be found.
    pub fn is_empty(&self) -> bool {
        self.fingerprints() == 0
    }

    /// The internal files with text in `text`, in the order of the index. `path` tells the
    /// language.
    pub fn find(&self, path: &str, text: &[u8]) -> Vec<Match> {
        let mut found: BTreeMap<(usize, u32), Vec<(u64, usize)>> = BTreeMap::new();
        winnow::choose(text, Syntax::of(path), |chosen| {
            let shelves = self.shelves.iter().enumerate().filter(|(_, shelf)| shelf.may_have(chosen.order));
            for (number, shelf) in shelves {
                let print = chosen.fingerprint(&shelf.salt);
                for book in shelf.books_with(print) {
                    found.entry((number, book)).or_default().push((print, chosen.offset));
                }
            }
        });
        let matches = found.into_iter().filter_map(|((shelf, book), mut prints)| {
            let book = self.shelves.get(shelf)?.books.get(book as usize)?;
            let (first, offset) = *prints.iter().min_by_key(|(_, offset)| *offset)?;
            let place = book.prints.binary_search_by_key(&first, |(print, _)| *print).ok()?;
            prints.sort_unstable();
            prints.dedup_by_key(|(print, _)| *print);
            Some(Match {
                file: book.label.clone(),
                is_minified: book.stream == Stream::Kept,
                of: book.prints.len() as u32,
                found: prints.into_iter().map(|(print, _)| print).collect(),
                offset,
                line: book.prints.get(place)?.1,
            })
        });
        matches.collect()
    }
}

/// The program texts below folders, each once.
fn below(roots: &[PathBuf]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = roots.par_iter().flat_map_iter(|root| walk::files(root)).collect();
    files.sort();
    files.dedup();
    files
}

/// What the files' fingerprints are, and the cheap hashes of the runs that those were made from.
fn books(files: &[PathBuf], base: &Path, salt: &Salt) -> (Vec<Book>, HashSet<u64>) {
    let of = |path: &PathBuf| {
        let text = written(path)?;
        Some(prints(&text, label(path, base), salt))
    };
    let (books, orders): (Vec<[Book; 2]>, Vec<Vec<u64>>) = files.par_iter().filter_map(of).unzip();
    (books.into_iter().flatten().collect(), orders.into_iter().flatten().collect())
}

/// The fingerprints of files, of those runs that have one of these cheap hashes.
fn known(files: &[PathBuf], base: &Path, salt: &Salt, orders: &HashSet<u64>) -> HashSet<u64> {
    let of = |path: &PathBuf| {
        let mut prints = Vec::new();
        winnow::choose(&written(path).unwrap_or_default(), Syntax::of(&label(path, base)), |chosen| {
            if orders.contains(&chosen.order) {
                prints.push(chosen.fingerprint(salt));
            }
        });
        prints
    };
    files.par_iter().flat_map_iter(of).collect()
}

/// A file's text, if somebody or some tool wrote it as program text.
fn written(path: &Path) -> Option<Vec<u8>> {
    fs::read(path).ok().filter(|text| walk::is_written(text))
}

fn label(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// A salt made from the contents: the same sources give the same fingerprints, others can't be compared.
fn salt_of(files: &[PathBuf]) -> Salt {
    let digest = |path: &PathBuf| fs::read(path).map(|text| Sha256::digest(&text)).unwrap_or_default();
    let digests: Vec<_> = files.par_iter().map(digest).collect();
    let mut all = Sha256::new();
    digests.iter().for_each(|digest| all.update(digest));
    all.finalize().first_chunk::<16>().copied().unwrap_or_default()
}

/// A text's fingerprints with their lines, each once, by each stream of its words, and the cheap hashes of the runs.
fn prints(text: &[u8], label: String, salt: &Salt) -> ([Book; 2], Vec<u64>) {
    let book = |stream: Stream| Book { label: label.clone(), stream, prints: Vec::new() };
    let mut books = [(book(Stream::All), LineCount::of(text)), (book(Stream::Kept), LineCount::of(text))];
    let mut orders = Vec::new();
    winnow::choose(text, Syntax::of(&label), |chosen| {
        orders.push(chosen.order);
        let mine = books.iter_mut().find(|(book, _)| book.stream == chosen.stream);
        if let Some((book, lines)) = mine {
            book.prints.push((chosen.fingerprint(salt), lines.at(chosen.offset)));
        }
    });
    let books = books.map(|(mut book, _)| {
        book.prints.sort_unstable();
        book.prints.dedup_by_key(|(print, _)| *print);
        book
    });
    (books, orders)
}

/// Counts the lines of a text up to places that lie ever further on.
struct LineCount<'a> {
    text: &'a [u8],
    line: u32,
    counted: usize,
}

impl<'a> LineCount<'a> {
    fn of(text: &'a [u8]) -> Self {
        Self { text, line: 1, counted: 0 }
    }

    fn at(&mut self, offset: usize) -> u32 {
        let passed = self.text.get(self.counted..offset).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u32;
        self.counted = offset.max(self.counted);
        self.line
    }
}

/// Drops what is in many files, and files of which too little is left. Copies of a file count once.
fn without_common(books: Vec<Book>) -> Vec<Book> {
    let mut uses: HashMap<u64, usize> = HashMap::new();
    let mut copies: HashSet<[u8; 32]> = HashSet::new();
    let mut own: Vec<Book> = Vec::with_capacity(books.len());
    for book in books {
        let mut digest = Sha256::new();
        book.prints.iter().for_each(|(print, _)| digest.update(print.to_le_bytes()));
        if copies.insert(digest.finalize().into()) {
            own.push(book);
        }
    }
    for (print, _) in own.iter().flat_map(|book| &book.prints) {
        *uses.entry(*print).or_default() += 1;
    }
    for book in &mut own {
        book.prints.retain(|(print, _)| uses.get(print).is_none_or(|count| *count <= MOST_FILES));
    }
    own.retain(|book| book.prints.len() >= LEAST_FINGERPRINTS);
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    #[test]
    fn the_cheap_look_loses_nothing() {
        let module = |name: &str, from: u32| -> String {
            let line = |n: u32| {
                format!(
                    "export function {name}{n}x(alpha{n}x) {{ return gamma{n}y(alpha{n}x, '{name} {n}z') }}\n"
                )
            };
            (from..from + 40).map(line).collect()
        };
        let (secret, public) = (module("secret", 0), module("open", 7));
        let folder = tree(&[
            ("inner/a.ts", &format!("{secret}{public}")),
            ("inner/b.ts", &module("other", 3)),
            ("outer/c.ts", &public),
        ]);
        let at = |name: &str| folder.path().join(name);
        let index = Index::of_private(&[at("inner")], &[at("outer")], folder.path(), |_| true);
        // What was written down has fingerprints only.
        let stored = Index::read(&index.write(Labels::Paths)).expect("an index");
        let bundle = format!("{}{secret}{public}{}", module("mine", 1), module("mine", 90));
        let found = index.find("bundle.js", bundle.as_bytes());
        let told: Vec<(&str, bool)> =
            found.iter().map(|found| (found.file.as_str(), found.is_minified)).collect();
        assert_eq!(told, [("inner/a.ts", false), ("inner/a.ts", true)]);
        assert_eq!(found, stored.find("bundle.js", bundle.as_bytes()));
        assert!(index.find("bundle.js", public.as_bytes()).is_empty(), "it is public");
        assert!(found.iter().all(|found| found.found.len() == found.of as usize));
    }
}
