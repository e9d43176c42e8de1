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
    /// Produced bytes per packed byte, after the first 10 MiB produced.
    pub ratio: u64,
    /// Archives within archives.
    pub nesting: u32,
    /// Bytes produced over all levels of nesting.
    pub nested_total: u64,
    /// Segments of a path.
    pub path_depth: usize,
    /// Nesting of JSON values.
    pub json_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            entries: 100_000,
            entry: 512 * MIB,
            total: 2048 * MIB,
            ratio: 200,
            nesting: 8,
            nested_total: 4096 * MIB,
            path_depth: 128,
            json_depth: 128,
        }
    }
}

/// What an artifact has produced so far, over all its levels; shared by all workers on it.
#[derive(Debug, Default)]
pub struct Spent {
    entries: AtomicU64,
    bytes: AtomicU64,
    kept: AtomicU64,
}

/// Most bytes of manifests that an artifact may have.
const MOST_KEPT: u64 = 128 << 20;

impl Spent {
    /// Counts one more entry; `false` when that is one too many.
    pub fn entry(&self, limits: &Limits) -> bool {
        self.entries.fetch_add(1, Ordering::Relaxed) < limits.entries
    }

    /// Counts produced bytes; `false` when that is too much over all levels.
    pub fn bytes(&self, count: u64, limits: &Limits) -> bool {
        self.bytes.fetch_add(count, Ordering::Relaxed).saturating_add(count) <= limits.nested_total
    }

    /// Counts bytes of a manifest that are to stay in memory; `false` when that is too much.
    pub fn keep(&self, count: u64) -> bool {
        self.kept.fetch_add(count, Ordering::Relaxed).saturating_add(count) <= MOST_KEPT
    }

    /// Whether [`Self::keep`] has said no.
    pub fn kept_too_much(&self) -> bool {
        self.kept.load(Ordering::Relaxed) > MOST_KEPT
    }

    /// Whether the common limits were exceeded.
    pub fn is_over(&self, limits: &Limits) -> bool {
        self.entries.load(Ordering::Relaxed) > limits.entries
            || self.bytes.load(Ordering::Relaxed) > limits.nested_total
    }
}
