use std::sync::atomic::{AtomicU64, Ordering};

use super::{Limits, ReadAt, Spent};

/// Produced bytes for which no ratio is asked: small files compress well.
pub(super) const RATIO_FREE: u64 = 10 << 20;

/// Counts what one container produces, against the limits. Shared by all workers on it.
#[derive(Debug)]
pub struct Meter<'a> {
    limits: &'a Limits,
    spent: &'a Spent,
    packed: u64,
    produced: AtomicU64,
}

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Overrun {
    /// Too many entries.
    #[error("the archive holds more than {0} entries, the limit set")]
    Entries(u64),
    /// Too long names, all together.
    #[error("the names of the entries take more than {0} bytes")]
    Names(u64),
    /// One entry is too large.
    #[error("the entry is larger than {0} bytes, the limit set for one entry")]
    Entry(u64),
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

impl<'a> Meter<'a> {
    /// A meter for a container.
    pub fn new(source: &dyn ReadAt, limits: &'a Limits, spent: &'a Spent) -> Self {
        Self { limits, spent, packed: source.size(), produced: AtomicU64::new(0) }
    }

    /// The bounds.
    pub fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Counts one more entry, whose name has this many bytes.
    ///
    /// # Errors
    /// When that is one too many.
    pub fn entry(&self, name: usize) -> Result<(), Overrun> {
        self.spent.entry(name, self.limits)
    }

    /// Counts produced bytes.
    ///
    /// # Errors
    /// When that is too much for the container, its size, or over all levels.
    pub fn produce(&self, count: u64) -> Result<(), Overrun> {
        let produced = self.produced.fetch_add(count, Ordering::Relaxed).saturating_add(count);
        // What is too much for the container was produced all the same.
        let over_all = self.spent.bytes(count, self.limits);
        within(produced, self.packed, self.limits).and(over_all)
    }
}

/// Whether a container of `packed` bytes may produce that much.
pub(super) fn within(produced: u64, packed: u64, limits: &Limits) -> Result<(), Overrun> {
    if produced > limits.total {
        Err(Overrun::Total(limits.total))
    } else if produced > RATIO_FREE && produced > packed.saturating_mul(limits.ratio) {
        Err(Overrun::Ratio(limits.ratio))
    } else {
        Ok(())
    }
}
