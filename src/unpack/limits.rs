use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// Bounds on what unpacking may produce. All of them count produced bytes, never claimed ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Entries per artifact, over all levels.
    pub entries: u64,
    /// Bytes of one entry.
    pub entry: u64,
    /// Bytes produced by the artifact's own container.
    pub total: u64,
    /// Produced bytes per packed byte: of each container after the first 10 MiB produced, and over all levels
    /// after the first 256 MiB.
    pub ratio: u64,
    /// Archives within archives.
    pub nesting: u32,
    /// Bytes produced over all levels of nesting.
    pub nested_total: u64,
    /// Segments of a path.
    pub path_depth: usize,
    /// Nesting of JSON values.
    pub json_depth: usize,
    /// The memory that the artifact may take; `None` where there is enough. No part of what a policy says.
    #[serde(skip)]
    pub memory: Option<Share>,
}

/// The memory that one of several artifacts may take. Parts of it are set aside for entries and what is unpacked out of
/// their texts, for facts, and for manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Bytes in all.
    whole: u64,
    /// Bytes that the archives around an entry leave of it.
    left: u64,
}

impl Share {
    /// So many bytes.
    pub fn new(bytes: u64) -> Self {
        Self { whole: bytes, left: bytes }
    }

    /// An entry, in a buffer that has doubled to get it in, and texts decoded from it.
    fn entry(self) -> u64 {
        self.left / 4
    }

    /// Texts decoded from an entry: two at a time, and where each byte came from.
    fn decoded(self) -> u64 {
        self.left / 8
    }

    /// Entries with their facts and findings.
    fn entries(self) -> u64 {
        /// Bytes that an entry takes beside its name.
        const EACH: u64 = 2 << 10;
        self.whole / 4 / EACH
    }

    /// Names, each of which is there several times, and the same for manifests.
    fn names(self) -> u64 {
        self.whole / 32
    }

    /// What is left within an archive of this many bytes.
    fn within(self, archive: u64) -> Self {
        Self { left: self.left.saturating_sub(archive.saturating_mul(2)), ..self }
    }
}

impl Limits {
    /// Bytes that may be unpacked out of the texts of an entry of this many bytes.
    pub fn room(&self, size: u64) -> u64 {
        let most = self.memory.map_or(self.entry, |memory| memory.decoded().min(self.entry));
        size.saturating_mul(self.ratio).min(most)
    }

    /// Bytes of one entry, as far as there is memory for it.
    pub fn most_in_entry(&self) -> u64 {
        self.memory.map_or(self.entry, |memory| memory.entry().min(self.entry))
    }

    /// Entries, as far as there is memory for them.
    pub fn most_entries(&self) -> u64 {
        self.memory.map_or(self.entries, |memory| memory.entries().min(self.entries))
    }

    /// Of an entry with more than [`Self::most_in_entry`].
    pub(super) fn too_large(&self) -> Overrun {
        let most = self.most_in_entry();
        if most < self.entry { Overrun::Memory(most) } else { Overrun::Entry(most) }
    }

    /// Of more than [`Self::most_entries`].
    pub(super) fn too_many(&self) -> Overrun {
        let most = self.most_entries();
        if most < self.entries { Overrun::MemoryOfAll(most) } else { Overrun::Entries(most) }
    }

    /// The limits in an archive of this many bytes that is held in memory.
    pub fn within(&self, archive: u64) -> Self {
        Self { memory: self.memory.map(|memory| memory.within(archive)), ..self.clone() }
    }

    /// Memory that a decompressor's dictionary may take, in KiB.
    pub(super) fn dictionary(&self) -> u32 {
        const MOST: u64 = 128 << 20;
        let most = self.memory.map_or(MOST, |memory| memory.entry().min(MOST));
        u32::try_from(most >> 10).unwrap_or(u32::MAX)
    }

    /// Bytes of manifests that an artifact may have.
    fn kept(&self) -> u64 {
        const MOST: u64 = 128 << 20;
        self.memory.map_or(MOST, |memory| memory.names().min(MOST))
    }

    /// Bytes of entries' names over all levels.
    pub(super) fn names(&self) -> u64 {
        let most = self.entries.saturating_mul(NAME).max(MOST_NAMES);
        self.memory.map_or(most, |memory| memory.names().min(most))
    }
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            entries: 100_000,
            entry: 512 * MIB,
            total: 2048 * MIB,
            // Deflate can make 1,032 bytes of one, and does of ordinary arrays.
            ratio: 1_100,
            nesting: 8,
            nested_total: 4096 * MIB,
            path_depth: 128,
            json_depth: 128,
            memory: None,
        }
    }
}

/// Bytes that this program has unpacked, for who watches it.
static UNPACKED: AtomicU64 = AtomicU64::new(0);

/// Bytes that this program has unpacked so far, of all artifacts together.
pub fn unpacked_so_far() -> u64 {
    UNPACKED.load(Ordering::Relaxed)
}

/// What an artifact has produced so far, over all its levels; shared by all workers on it.
#[derive(Debug, Default)]
pub struct Spent {
    entries: AtomicU64,
    bytes: AtomicU64,
    names: AtomicU64,
    kept: AtomicU64,
    scripts: AtomicU64,
    modules: AtomicU64,
    packed_modules: AtomicU64,
    /// Size of the artifact; 0 if it isn't packed.
    packed: u64,
}

/// Bytes over all levels for which no ratio is asked.
const RATIO_FREE: u64 = 256 << 20;

/// Bytes of entries' names, at least, that may be in an artifact: each name turns up in reports many times.
const MOST_NAMES: u64 = 16 << 20;
/// Bytes of names for each entry that is allowed, where that is more.
const NAME: u64 = 160;

/// Bytes of scripts that stay in memory until it is known what a package is entered by.
const MOST_SCRIPTS: u64 = 8 << 20;
/// Bytes of modules that stay in memory until it is known which of them must be parsed.
const MOST_MODULES: u64 = 8 << 20;
/// Bytes of further ones, as they are packed.
const MOST_PACKED_MODULES: u64 = 12 << 20;

impl Spent {
    /// For an artifact of this many bytes, of which the ratio is asked over all levels.
    pub fn of_artifact(packed: u64) -> Self {
        Self { packed, ..Self::default() }
    }

    /// Counts one more entry, whose name has this many bytes.
    ///
    /// # Errors
    /// When that is one too many.
    pub fn entry(&self, name: usize, limits: &Limits) -> Result<(), Overrun> {
        let names = self.names.fetch_add(name as u64, Ordering::Relaxed).saturating_add(name as u64);
        if self.entries.fetch_add(1, Ordering::Relaxed) >= limits.most_entries() {
            Err(limits.too_many())
        } else if names > limits.names() {
            Err(Overrun::Names(limits.names()))
        } else {
            Ok(())
        }
    }

    /// Counts produced bytes.
    ///
    /// # Errors
    /// When that is too much over all levels.
    pub fn bytes(&self, count: u64, limits: &Limits) -> Result<(), Overrun> {
        UNPACKED.fetch_add(count, Ordering::Relaxed);
        self.check(self.bytes.fetch_add(count, Ordering::Relaxed).saturating_add(count), limits)
    }

    fn check(&self, produced: u64, limits: &Limits) -> Result<(), Overrun> {
        if produced > limits.nested_total {
            Err(Overrun::Nested(limits.nested_total))
        } else if self.packed > 0
            && produced > RATIO_FREE
            && produced > self.packed.saturating_mul(limits.ratio)
        {
            Err(Overrun::NestedRatio(limits.ratio))
        } else {
            Ok(())
        }
    }

    /// Counts bytes of a manifest that are to stay in memory; `false` when that is too much.
    pub fn keep(&self, count: u64, limits: &Limits) -> bool {
        self.kept.fetch_add(count, Ordering::Relaxed).saturating_add(count) <= limits.kept()
    }

    /// Whether [`Self::keep`] has said no.
    pub fn kept_too_much(&self, limits: &Limits) -> bool {
        self.kept.load(Ordering::Relaxed) > limits.kept()
    }

    /// Counts bytes of a script that are to stay in memory; `false` when that is too much.
    pub fn keep_script(&self, count: u64) -> bool {
        self.scripts.fetch_add(count, Ordering::Relaxed).saturating_add(count) <= MOST_SCRIPTS
    }

    /// Whether [`Self::keep_script`] has said no.
    pub fn kept_too_many_scripts(&self) -> bool {
        self.scripts.load(Ordering::Relaxed) > MOST_SCRIPTS
    }

    /// Counts bytes of a module that may stay in memory; `false` when there is no room for it.
    pub fn keep_module(&self, count: u64) -> bool {
        let room = |kept: u64| kept.checked_add(count).filter(|kept| *kept <= MOST_MODULES);
        self.modules.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_ok()
    }

    /// Whether packed modules may stay in memory, too.
    pub fn keeps_packed_modules(&self) -> bool {
        self.packed_modules.load(Ordering::Relaxed) <= MOST_PACKED_MODULES
    }

    /// Counts bytes of a packed module; `false` when that is too much.
    pub fn keep_packed_module(&self, count: u64) -> bool {
        self.packed_modules.fetch_add(count, Ordering::Relaxed).saturating_add(count) <= MOST_PACKED_MODULES
    }

    /// Whether the common limits were exceeded.
    pub fn is_over(&self, limits: &Limits) -> bool {
        self.entries.load(Ordering::Relaxed) > limits.most_entries()
            || self.names.load(Ordering::Relaxed) > limits.names()
            || self.check(self.bytes.load(Ordering::Relaxed), limits).is_err()
    }
}

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Overrun {
    /// Too many entries.
    #[error("the archive holds more than {0} entries, the limit set")]
    Entries(u64),
    /// There is no memory for so many entries.
    #[error("the archive holds more than {0} entries, for which --memory-limit leaves no room")]
    MemoryOfAll(u64),
    /// Too long names, all together.
    #[error("the names of the entries take more than {0} bytes")]
    Names(u64),
    /// One entry is too large.
    #[error("the entry is larger than {0} bytes, the limit set for one entry")]
    Entry(u64),
    /// There is no memory for the entry.
    #[error("the entry is larger than {0} bytes, for which --memory-limit leaves no room")]
    Memory(u64),
    /// The container produces too much.
    #[error("the archive unpacks to more than {0} bytes, the limit set")]
    Total(u64),
    /// The container produces too much for its size.
    #[error("the archive unpacks to more than {0} times its size, the limit set")]
    Ratio(u64),
    /// All levels together produce too much.
    #[error("the archive and those within it unpack to more than {0} bytes, the limit set")]
    Nested(u64),
    /// All levels together produce too much for the artifact's size.
    #[error("the archive and those within it unpack to more than {0} times its size, the limit set")]
    NestedRatio(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_over_all_entries() {
        let (limits, spent) = (Limits::default(), Spent::default());
        for _ in 0..16 {
            assert_eq!(spent.entry(1 << 20, &limits), Ok(()));
        }
        assert_eq!(spent.entry(1, &limits), Err(Overrun::Names(16 << 20)));
        assert!(spent.is_over(&limits));
    }

    #[test]
    fn the_ratio_over_all_levels_has_some_room() {
        let limits = Limits::default();
        let small = Spent::of_artifact(1000);
        assert_eq!(small.bytes(RATIO_FREE, &limits), Ok(()));
        assert_eq!(small.bytes(1, &limits), Err(Overrun::NestedRatio(limits.ratio)));
        assert!(small.is_over(&limits));
        let large = Spent::of_artifact(10 << 20);
        assert_eq!(large.bytes(RATIO_FREE + 1, &limits), Ok(()));
        assert_eq!(large.bytes(4 << 30, &limits), Err(Overrun::Nested(4 << 30)));
    }
}
