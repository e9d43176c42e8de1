use std::sync::atomic::{AtomicU64, Ordering};

use super::{Limits, Overrun, ReadAt, Spent};

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
