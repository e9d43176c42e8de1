//! Containers that can only be read from front to back: one thread unpacks, others examine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};

use crate::inventory::Unexamined;
use crate::unpack::{self, Damage, FileSource, Header};

use super::artifact_digest::ArtifactDigest;
use super::batch::{Batch, Gather, Gathered, Taker};
use super::budget::Budget;
use super::buffer::Buffer;
use super::digest;
use super::examine::{Examiner, Location};
use super::flatten::{Examined, Stock};
use super::large::{self, Large, Sending};

/// Bytes that may wait between unpacking and examining.
const IN_FLIGHT: u64 = 24 << 20;

/// Takes stock of a stream, with `workers` threads in all, and digests the file.
pub(super) fn stream(
    source: &FileSource,
    name: &str,
    examiner: &Examiner<'_>,
    workers: usize,
) -> (Stock, std::io::Result<String>) {
    if workers <= 1 {
        let here = Here { examiner, entries: Vec::new(), reserved: 0 };
        let (mut stock, here) = unpack_into(source, name, examiner, here);
        stock.entries = here.entries;
        return (stock, digest(source, examiner));
    }
    let budget = Budget::new(IN_FLIGHT);
    let (full_tx, full_rx) = bounded::<Work>(WAITING);
    let (empty_tx, empty_rx) = unbounded::<Batch>();
    let own_end = Mutex::new(Some(full_rx.clone()));
    let busy = AtomicUsize::new(0);
    let artifact_digest = ArtifactDigest::new(source, examiner.scanner.timings());
    let stock = std::thread::scope(|scope| {
        let examining: Vec<_> = (1..workers)
            .map(|_| {
                let full_rx = full_rx.clone();
                let worker = Worker::new(examiner, &empty_tx, &budget, &artifact_digest);
                let (busy, lost) = (&busy, LostWorker(&own_end));
                scope.spawn(move || {
                    let _lost = lost;
                    worker.work(&full_rx, busy)
                })
            })
            .collect();
        drop(full_rx);
        let hand_over = HandOver {
            here: Worker::new(examiner, &empty_tx, &budget, &artifact_digest),
            full: full_tx,
            empty: empty_rx,
            reserved: 0,
            large: None,
            own_end: &own_end,
            workers: workers - 1,
            busy: &busy,
        };
        let (mut stock, hand_over) = unpack_into(source, name, examiner, hand_over);
        // Dropping the sender is what ends the workers.
        let HandOver { here, full, .. } = hand_over;
        drop(full);
        // What still waits is shared with the workers.
        stock.entries = match take(&own_end) {
            Some(rest) => here.work(&rest, &busy),
            None => here.entries,
        };
        artifact_digest.go_on();
        for thread in examining {
            match thread.join() {
                Ok(entries) => stock.entries.extend(entries),
                Err(_) => stock
                    .unexamined
                    .push(Unexamined::new("", "a worker of packgate failed; please report it")),
            }
        }
        stock
    });
    (stock, artifact_digest.finish())
}

/// The unpacking thread's own end of the queue of work.
type OwnEnd = Mutex<Option<Receiver<Work>>>;

fn take(own_end: &OwnEnd) -> Option<Receiver<Work>> {
    own_end.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Closes the unpacking thread's end of the queue when a worker panics, so that nothing is sent to nobody.
struct LostWorker<'a>(&'a OwnEnd);

impl Drop for LostWorker<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            take(self.0);
        }
    }
}

fn unpack_into<T: Taker>(source: &FileSource, name: &str, examiner: &Examiner<'_>, taker: T) -> (Stock, T) {
    let mut gather = Gather::new(taker);
    let start = Instant::now();
    let walked = unpack::walk(source, name, examiner.limits, examiner.spent, &mut gather);
    if let Some(timings) = examiner.scanner.timings() {
        timings.add("read and unpack", start.elapsed().saturating_sub(gather.held_up));
    }
    let Gathered { taker, anomalies, told } = gather.finish(walked.as_ref().err());
    let mut stock = Stock { anomalies, ..Stock::default() };
    match walked {
        Ok(containers) => stock.containers = containers,
        Err(damage) => {
            stock.anomalies.extend(damage.anomaly());
            if !told {
                stock.unexamined.push(Unexamined::new("", damage.to_string()));
            }
        }
    }
    (stock, taker)
}

/// What a worker is given.
enum Work {
    Batch(Batch),
    Large(Large),
}

/// What examines entries, and where it gives back what it no longer needs.
struct Worker<'a> {
    examiner: &'a Examiner<'a>,
    empty: Sender<Batch>,
    budget: &'a Budget,
    digest: &'a ArtifactDigest<'a>,
    entries: Vec<Examined>,
    /// For large entries, used again.
    buffer: Buffer,
}

impl<'a> Worker<'a> {
    fn new(
        examiner: &'a Examiner<'a>,
        empty: &Sender<Batch>,
        budget: &'a Budget,
        digest: &'a ArtifactDigest<'a>,
    ) -> Self {
        let empty = empty.clone();
        Self { examiner, empty, budget, digest, entries: Vec::new(), buffer: Buffer::default() }
    }

    /// Examines entries until there are no more, and digests the file while none is there.
    fn work(mut self, full: &Receiver<Work>, busy: &AtomicUsize) -> Vec<Examined> {
        while let Some(work) = self.digest.meanwhile(full) {
            busy.fetch_add(1, Ordering::Relaxed);
            self.examine(work);
            busy.fetch_sub(1, Ordering::Relaxed);
        }
        self.entries
    }

    fn examine(&mut self, work: Work) {
        match work {
            Work::Batch(mut batch) => {
                self.examiner.batch(&mut batch, Location::TOP, &mut self.entries);
                let held = batch.reserved;
                batch.clear();
                self.budget.give_back(held);
                let _ = self.empty.send(batch);
            }
            Work::Large(large) => {
                let held = large.reserved;
                self.entries.push(large.examine(self.examiner, &mut self.buffer, self.digest));
                self.budget.give_back(held);
                self.examiner.budget.give_back(held);
            }
        }
    }
}

/// Examines on the unpacking thread itself.
struct Here<'a> {
    examiner: &'a Examiner<'a>,
    entries: Vec<Examined>,
    /// Of the common budget.
    reserved: u64,
}

/// What every thread may hold without asking.
const SMALL: u64 = 2 << 20;

impl Taker for Here<'_> {
    fn reserve(&mut self, bytes: u64) {
        if bytes > SMALL {
            self.examiner.budget.take(bytes);
            self.reserved += bytes;
        }
    }

    fn grow(&mut self, bytes: u64) {
        self.examiner.budget.grow(bytes);
        self.reserved += bytes;
    }

    fn take(&mut self, batch: &mut Batch) {
        self.examiner.batch(batch, Location::TOP, &mut self.entries);
        batch.clear();
        self.examiner.budget.give_back(std::mem::take(&mut self.reserved));
    }
}

/// Batches that wait for a worker before the unpacking thread examines one itself.
const WAITING: usize = 4;

/// A large entry up to this size waits like all others while no worker is free to take it piece by piece.
const MAY_WAIT: u64 = IN_FLIGHT / 2;

/// Hands batches to the workers, and examines one here when all of them have enough to do.
struct HandOver<'a> {
    here: Worker<'a>,
    full: Sender<Work>,
    empty: Receiver<Batch>,
    reserved: u64,
    large: Option<Sending>,
    own_end: &'a OwnEnd,
    /// Threads beside this one.
    workers: usize,
    /// Those that have something to do.
    busy: &'a AtomicUsize,
}

impl HandOver<'_> {
    /// Examines here what waits for a worker, as nothing else can be done. Returns whether anything waited.
    fn help(&mut self) -> bool {
        let own_end = self.own_end.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = own_end.as_ref().and_then(|waiting| waiting.try_recv().ok());
        drop(own_end);
        // All pieces of a large entry are there when the next one begins.
        waiting.map(|work| self.here.examine(work)).is_some()
    }

    /// Waits until so many bytes may be in flight, and helps meanwhile.
    fn wait_for(&mut self, bytes: u64) {
        while !self.here.budget.try_take(bytes) {
            if !self.help() {
                return self.here.budget.take(bytes);
            }
        }
    }
}

impl Taker for HandOver<'_> {
    fn reserve(&mut self, bytes: u64) {
        self.wait_for(bytes);
        self.reserved += bytes;
    }

    fn grow(&mut self, bytes: u64) {
        self.here.budget.grow(bytes);
        self.reserved += bytes;
    }

    fn take(&mut self, batch: &mut Batch) {
        let mut ready = std::mem::take(batch);
        ready.reserved = std::mem::take(&mut self.reserved);
        // A send fails when the queue is full, or when all workers panicked, which the join reports.
        if let Err(TrySendError::Full(work) | TrySendError::Disconnected(work)) =
            self.full.try_send(Work::Batch(ready))
        {
            self.here.examine(work);
        }
        *batch = self.empty.try_recv().unwrap_or_default();
    }

    fn begin_large(&mut self, ordinal: usize, header: Header) -> Option<Header> {
        let bytes = header.size.unwrap_or(0).min(self.here.examiner.limits.most_in_entry());
        let is_free = self.full.is_empty() && self.busy.load(Ordering::Relaxed) < self.workers;
        if !is_free && bytes <= MAY_WAIT {
            return Some(header);
        }
        self.wait_for(bytes);
        self.here.examiner.budget.take(bytes);
        let (sending, large) = large::begin(ordinal, header, bytes);
        self.large = Some(sending);
        // It fails only when all workers panicked, which the join reports.
        let _ = self.full.send(Work::Large(large));
        None
    }

    fn add_large(&mut self, bytes: &[u8]) {
        if let Some(sending) = &mut self.large {
            sending.add(bytes);
        }
    }

    fn end_large(&mut self, damage: Option<Damage>) {
        if let Some(sending) = self.large.take() {
            sending.end(damage);
        }
    }
}
