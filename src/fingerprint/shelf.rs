//! Fingerprints of internal files, sorted for looking up.

use std::collections::HashSet;

use rayon::prelude::*;

use super::winnow::{Salt, Stream};

/// Whether a fingerprint file tells the paths of the internal files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels {
    /// Paths relative to the project.
    Paths,
    /// A digest of the path, for a fingerprint file that strangers may see.
    Hashed,
}

/// The fingerprints of one source: of the roots of this project, or of one fingerprint file.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf {
    pub salt: Salt,
    pub books: Vec<Book>,
    /// Sorted: fingerprint and number of the book.
    pub table: Vec<(u64, u32)>,
    /// Lower bits of the fingerprints that there are.
    seen: Vec<u64>,
    /// The cheap hashes of the runs behind the fingerprints, and perhaps others; `None` where only fingerprints are known.
    orders: Option<HashSet<u64>>,
}

/// One internal file, by one stream of its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Book {
    pub label: String,
    pub stream: Stream,
    /// Fingerprint and the line where it begins, sorted by fingerprint.
    pub prints: Vec<(u64, u32)>,
}

impl Shelf {
    pub(super) fn new(salt: Salt, books: Vec<Book>) -> Self {
        let numbered = books.iter().enumerate();
        let mut table: Vec<(u64, u32)> = numbered
            .flat_map(|(number, book)| book.prints.iter().map(move |(print, _)| (*print, number as u32)))
            .collect();
        table.par_sort_unstable();
        let bits = (table.len().max(64) * 16).next_power_of_two();
        let mut seen = vec![0u64; bits / 64];
        for (print, _) in &table {
            let bit = *print as usize & (bits - 1);
            if let Some(word) = seen.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
        Self { salt, books, table, seen, orders: None }
    }

    /// With the cheap hashes of the runs that the fingerprints were made from.
    pub(super) fn with_orders(self, orders: HashSet<u64>) -> Self {
        Self { orders: Some(orders), ..self }
    }

    /// Whether the fingerprint of a run with this cheap hash may be here: making it costs a hundred times as much as
    /// all else.
    pub(super) fn may_have(&self, order: u64) -> bool {
        self.orders.as_ref().is_none_or(|orders| orders.contains(&order))
    }

    /// The files with this fingerprint.
    pub(super) fn books_with(&self, print: u64) -> impl Iterator<Item = u32> {
        let bit = print as usize & (self.seen.len() * 64).saturating_sub(1);
        let maybe = self.seen.get(bit / 64).is_some_and(|word| word & (1 << (bit % 64)) != 0);
        let from =
            if maybe { self.table.partition_point(|(known, _)| *known < print) } else { self.table.len() };
        let rest = self.table.get(from..).unwrap_or_default();
        rest.iter().take_while(move |(known, _)| *known == print).map(|(_, book)| *book)
    }
}
