//! The lines of a project's files, laid out by what they begin with. They are sorted, and their keys are made, for the
//! beginnings that turn up somewhere: few do, in what most projects publish.

use std::sync::{Arc, OnceLock};

use super::key::{Beginning, HEAD_BITS};
use super::texts::Text;
use crate::inventory::LineClass;

/// A line in more files than this is an idiom of the project, and tells nothing of any one of them.
pub(super) const MOST_FILES: usize = 64;

/// Bits of a head by which lines are laid out at most: so few lines are in one shelf that sorting all of them is no waste.
const MOST_SHELF_BITS: u32 = 14;

/// Lines by their keys, with the files that have them.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Sorted.
    keys: Vec<u64>,
    /// For each key where its files end in `holders`.
    ends: Vec<u32>,
    /// Numbers of files.
    holders: Vec<u32>,
}

impl Places {
    /// Adds a key larger than all before it.
    pub(super) fn add(&mut self, key: u64, holders: impl IntoIterator<Item = u32>) {
        self.keys.push(key);
        self.holders.extend(holders);
        self.ends.push(self.holders.len() as u32);
    }

    /// Adds such a key unless too many files have the line.
    pub(super) fn add_rare(&mut self, key: u64, holders: impl Iterator<Item = u32> + Clone) -> bool {
        let is_rare = holders.clone().count() <= MOST_FILES;
        if is_rare {
            self.add(key, holders);
        }
        is_rare
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The number of a key.
    pub(super) fn line(&self, key: u64) -> Option<usize> {
        self.keys.binary_search(&key).ok()
    }

    /// The files that have the line of this number.
    pub(super) fn holders(&self, line: usize) -> &[u32] {
        let end = |line: usize| self.ends.get(line).map_or(0, |end| *end as usize);
        let from = line.checked_sub(1).map_or(0, end);
        self.holders.get(from..end(line)).unwrap_or_default()
    }

    /// All keys with the files that have them.
    pub(super) fn all(&self) -> impl Iterator<Item = (u64, &[u32])> {
        self.keys.iter().enumerate().map(|(line, key)| (*key, self.holders(line)))
    }
}

/// The lines of files, each with a number.
#[derive(Debug)]
pub(super) struct Lines {
    texts: Vec<Arc<Text>>,
    /// Files and which of their lines, shelf by shelf.
    lines: Vec<(u32, u32)>,
    shelves: Vec<Shelf>,
    /// Bits of a head by which the shelves are told apart: a small project has few, since each takes memory.
    shelf_bits: u32,
}

/// Lines whose heads begin with the same bits.
#[derive(Debug, Default)]
struct Shelf {
    /// The number of its first line.
    first: u32,
    /// Its lines by what they begin with, once somebody asked; ascending.
    alike: OnceLock<Box<[Alike]>>,
}

/// Lines with one beginning.
#[derive(Debug)]
struct Alike {
    beginning: Beginning,
    /// Where they stand in their shelf.
    first: u32,
    /// The same lines by their keys, once somebody asked: of most beginnings nothing turns up.
    keyed: OnceLock<Keyed>,
    lines: Box<[(u32, u32)]>,
}

/// Lines by their keys, each with what it is taken for, once somebody asked.
#[derive(Debug, Default)]
struct Keyed {
    places: Places,
    taken: Box<[OnceLock<Option<LineClass>>]>,
}

impl Lines {
    pub(super) fn of(texts: Vec<Arc<Text>>) -> Self {
        /// Lines in a shelf on average.
        const IN_A_SHELF: usize = 4;
        let count: usize = texts.iter().map(|text| text.lines.len()).sum();
        let shelf_bits = (count / IN_A_SHELF).checked_ilog2().unwrap_or(0).min(MOST_SHELF_BITS);
        let mut shelves: Vec<Shelf> = (0..=1 << shelf_bits).map(|_| Shelf::default()).collect();
        for line in texts.iter().flat_map(|text| &text.lines) {
            // Counted one further on, which makes of the sums where each begins.
            if let Some(shelf) = shelves.get_mut(shelf_of(line.beginning, shelf_bits) + 1) {
                shelf.first += 1;
            }
        }
        let mut sum = 0;
        for shelf in &mut shelves {
            sum += shelf.first;
            shelf.first = sum;
        }
        let mut next: Vec<u32> = shelves.iter().map(|shelf| shelf.first).collect();
        let mut lines = vec![(0, 0); count];
        for (number, text) in texts.iter().enumerate() {
            for (at, line) in text.lines.iter().enumerate() {
                let Some(next) = next.get_mut(shelf_of(line.beginning, shelf_bits)) else { continue };
                if let Some(place) = lines.get_mut(*next as usize) {
                    *place = (number as u32, at as u32);
                }
                *next += 1;
            }
        }
        Self { texts, lines, shelves, shelf_bits }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A file.
    pub(super) fn text(&self, file: u32) -> Option<&Text> {
        self.texts.get(file as usize).map(Arc::as_ref)
    }

    /// The number of the line that begins so and has this key, and the files that have it.
    pub(super) fn find(
        &self,
        beginning: Beginning,
        key: impl FnOnce() -> Option<u64>,
    ) -> Option<(u32, &[u32])> {
        let shelf = shelf_of(beginning, self.shelf_bits);
        let alike = self.alike(shelf)?;
        let alike = alike.get(alike.binary_search_by_key(&beginning, |alike| alike.beginning).ok()?)?;
        let places = &self.keyed(alike).places;
        let line = places.line(key()?)?;
        Some((self.shelves.get(shelf)?.first + alike.first + line as u32, places.holders(line)))
    }

    /// Whether a line begins so.
    pub(super) fn knows(&self, beginning: Beginning) -> bool {
        let alike = self.alike(shelf_of(beginning, self.shelf_bits)).unwrap_or_default();
        alike.binary_search_by_key(&beginning, |alike| alike.beginning).is_ok()
    }

    /// The key of the line of this number, and what it is taken for: `taken` says it of a key and the files that have it,
    /// and is asked once.
    pub(super) fn class(
        &self,
        line: u32,
        taken: impl FnOnce(u64, &[u32]) -> Option<LineClass>,
    ) -> Option<(u64, LineClass)> {
        let number = self.shelves.partition_point(|shelf| shelf.first <= line).checked_sub(1)?;
        let line = line - self.shelves.get(number)?.first;
        let alike = self.alike(number)?;
        let alike = alike.get(alike.partition_point(|alike| alike.first <= line).checked_sub(1)?)?;
        let (keyed, line) = (self.keyed(alike), (line - alike.first) as usize);
        let key = *keyed.places.keys.get(line)?;
        let class = keyed.taken.get(line)?.get_or_init(|| taken(key, keyed.places.holders(line)));
        Some((key, (*class)?))
    }

    /// Calls with all keys and the files that have them.
    pub(super) fn each<'a>(&'a self, mut with: impl FnMut(u64, &'a [u32])) {
        let alike = (0..self.shelves.len()).filter_map(|number| self.alike(number)).flatten();
        alike.flat_map(|alike| self.keyed(alike).places.all()).for_each(|(key, holders)| with(key, holders));
    }

    /// The lines of a shelf by what they begin with.
    fn alike(&self, number: usize) -> Option<&[Alike]> {
        let (shelf, next) = (self.shelves.get(number)?, self.shelves.get(number + 1)?);
        let lines = self.lines.get(shelf.first as usize..next.first as usize)?;
        Some(shelf.alike.get_or_init(|| self.sorted(lines)))
    }

    fn sorted(&self, lines: &[(u32, u32)]) -> Box<[Alike]> {
        let beginning =
            |(file, line): &(u32, u32)| Some(self.text(*file)?.lines.get(*line as usize)?.beginning);
        let mut lines: Vec<_> = lines.iter().filter_map(|line| Some((beginning(line)?, *line))).collect();
        lines.sort_unstable();
        let mut first = 0;
        let chunks = lines.chunk_by(|a, b| a.0 == b.0);
        let alike = chunks.filter_map(|same| {
            let lines = same.iter().map(|line| line.1).collect();
            let alike = Alike { beginning: same.first()?.0, first, keyed: OnceLock::new(), lines };
            first += same.len() as u32;
            Some(alike)
        });
        alike.collect()
    }

    fn keyed<'a>(&self, alike: &'a Alike) -> &'a Keyed {
        alike.keyed.get_or_init(|| {
            let mut room = Vec::new();
            let mut lines: Vec<(u64, u32)> = Vec::new();
            for of_file in alike.lines.chunk_by(|a, b| a.0 == b.0) {
                let Some((file, text)) =
                    of_file.first().and_then(|(file, _)| Some((*file, self.text(*file)?)))
                else {
                    continue;
                };
                let bytes = text.bytes();
                let keys = of_file.iter().filter_map(|(_, line)| text.key(*line as usize, &bytes, &mut room));
                lines.extend(keys.map(|key| (key, file)));
            }
            lines.sort_unstable();
            lines.dedup();
            let mut places = Places::default();
            for same in lines.chunk_by(|a, b| a.0 == b.0) {
                if let Some((key, _)) = same.first() {
                    places.add_rare(*key, same.iter().map(|line| line.1));
                }
            }
            let taken = (0..places.len()).map(|_| OnceLock::new()).collect();
            Keyed { places, taken }
        })
    }
}

/// The shelf of lines that begin so.
fn shelf_of(beginning: Beginning, shelf_bits: u32) -> usize {
    (beginning.head >> (HEAD_BITS - shelf_bits)) as usize
}
