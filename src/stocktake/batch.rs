use std::ops::Range;
use std::time::{Duration, Instant};

use crate::unpack::{Blob, Damage, Header, RawAnomaly, Sink};

use super::buffer::Buffer;

/// Entries that travel together, their bytes in one buffer that is used again.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) bytes: Buffer,
    pub(super) items: Vec<Item>,
    /// Bytes of the budget that it holds.
    pub(super) reserved: u64,
}

/// One entry of a batch.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) ordinal: usize,
    pub(super) header: Header,
    pub(super) range: Range<usize>,
    pub(super) damage: Option<Damage>,
}

impl Batch {
    /// Empties it; a buffer that grew very large is let go.
    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.bytes.clear(8 << 20);
    }
}

/// What takes full batches.
pub(super) trait Taker {
    /// An empty batch is about to take this many bytes.
    fn reserve(&mut self, bytes: u64);
    /// A batch that is being filled takes more bytes than were reserved.
    fn grow(&mut self, bytes: u64);
    /// Takes the entries; leaves an empty batch behind.
    fn take(&mut self, batch: &mut Batch);
    /// A large entry begins; gives it back to be gathered like all others, or takes its bytes from now on.
    fn begin_large(&mut self, _ordinal: usize, header: Header) -> Option<Header> {
        Some(header)
    }
    /// The next bytes of the large entry.
    fn add_large(&mut self, _bytes: &[u8]) {}
    /// The large entry is over.
    fn end_large(&mut self, _damage: Option<Damage>) {}
}

/// A sink that gathers entries in batches of about a MiB.
pub(super) struct Gather<T> {
    batch: Batch,
    pub(super) taker: T,
    pub(super) anomalies: Vec<RawAnomaly>,
    next: usize,
    /// Of the entry that was closed last.
    last_damage: Option<Damage>,
    open: Option<(Header, usize)>,
    /// Whether a large entry is open, which the taker takes.
    large: bool,
    reserved: u64,
    /// Time for which the taker held up the filling.
    pub(super) held_up: Duration,
}

/// What a walk left behind.
pub(super) struct Gathered<T> {
    pub(super) taker: T,
    pub(super) anomalies: Vec<RawAnomaly>,
    /// Whether what ended the walk is told of the entry inside which it happened.
    pub(super) told: bool,
}

/// Bytes of a full batch.
const FULL: usize = 1 << 20;

/// Entries of this size may be taken piece by piece.
const LARGE: u64 = 2 << 20;

impl<T: Taker> Gather<T> {
    pub(super) fn new(taker: T) -> Self {
        Self {
            batch: Batch::default(),
            taker,
            anomalies: Vec::new(),
            next: 0,
            last_damage: None,
            open: None,
            large: false,
            reserved: 0,
            held_up: Duration::ZERO,
        }
    }

    /// Hands on what is left; `damage`, which ended the walk, also ends an entry that is still open.
    pub(super) fn finish(mut self, damage: Option<&Damage>) -> Gathered<T> {
        if self.open.is_some() || self.large {
            let damage =
                damage.cloned().unwrap_or_else(|| Damage::new(0, "the archive ends inside this entry"));
            self.close(Some(damage));
        }
        self.flush();
        let told = damage.is_some() && self.last_damage.as_ref() == damage;
        Gathered { taker: self.taker, anomalies: self.anomalies, told }
    }

    fn flush(&mut self) {
        if !self.batch.items.is_empty() {
            let mut batch = std::mem::take(&mut self.batch);
            self.held_up_by(|taker| taker.take(&mut batch));
            self.batch = batch;
            self.reserved = 0;
        }
    }

    fn close(&mut self, damage: Option<Damage>) {
        if std::mem::take(&mut self.large) {
            self.last_damage.clone_from(&damage);
            self.next += 1;
            return self.held_up_by(|taker| taker.end_large(damage));
        }
        let Some((header, start)) = self.open.take() else { return };
        self.last_damage.clone_from(&damage);
        let range = start..self.batch.bytes.len();
        self.batch.items.push(Item { ordinal: self.next, header, range, damage });
        self.next += 1;
        if self.batch.bytes.len() >= FULL || self.batch.items.len() >= 1024 {
            self.flush();
        }
    }

    fn held_up_by<R>(&mut self, what: impl FnOnce(&mut T) -> R) -> R {
        let start = Instant::now();
        let result = what(&mut self.taker);
        self.held_up += start.elapsed();
        result
    }

    fn reserve_for(&mut self, bytes: usize) {
        let needed = (self.batch.bytes.len() + bytes) as u64;
        if needed > self.reserved {
            let more = (needed - self.reserved).max(FULL as u64);
            if self.reserved == 0 {
                self.taker.reserve(more);
            } else {
                self.taker.grow(more);
            }
            self.reserved += more;
        }
    }
}

impl<T: Taker> Sink for Gather<T> {
    fn begin(&mut self, mut header: Header) {
        if header.size.is_some_and(|size| size >= LARGE) {
            self.flush();
            let ordinal = self.next;
            match self.held_up_by(|taker| taker.begin_large(ordinal, header)) {
                Some(own) => header = own,
                None => {
                    self.large = true;
                    return;
                }
            }
        }
        // Never trust a claimed size with more than a modest part of the budget.
        const TRUST: u64 = 64 << 20;
        let claimed = usize::try_from(header.size.unwrap_or(0).min(TRUST)).unwrap_or(0);
        if !self.batch.items.is_empty() && self.batch.bytes.len() + claimed > FULL {
            self.flush();
        }
        self.reserve_for(claimed);
        self.batch.bytes.reserve_claimed(header.size);
        self.open = Some((header, self.batch.bytes.len()));
    }

    fn data(&mut self, bytes: &[u8]) {
        if self.large {
            return self.held_up_by(|taker| taker.add_large(bytes));
        }
        self.reserve_for(bytes.len());
        self.batch.bytes.extend_from_slice(bytes);
    }

    fn end(&mut self) {
        self.close(None);
    }

    fn broken(&mut self, damage: Damage) {
        self.close(Some(damage));
    }

    fn anomaly(&mut self, anomaly: RawAnomaly) {
        self.anomalies.push(anomaly);
    }

    fn blob(&mut self, blob: Blob) {
        // What ended the entry before may be what ends the walk.
        let last_damage = self.last_damage.take();
        self.begin(blob.header);
        self.data(&blob.bytes);
        self.end();
        self.last_damage = last_damage;
    }
}
