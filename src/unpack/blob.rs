//! Bytes of no entry: comments, extra fields, padding, records that no client needs. They are published like
//! everything else, so that they are looked at like everything else.

use std::collections::{BTreeMap, HashSet};

use crate::inventory::{AnomalyKind, EntryKind};

use super::{Damage, Header, Meter, RawAnomaly, Sink};

/// Pieces up to this length are put together with those of their kind; ordinary writers leave no longer ones.
pub(super) const SMALL: usize = 256;
/// Small pieces that nobody needs come to no more than this in what ordinary writers leave.
const MOST_SMALL: usize = 16 << 10;
/// Bytes of small pieces of one kind that are put together.
const MOST_TOGETHER: usize = 4 << 20;
/// Bytes that may wait until the entry that is open is over.
const MOST_WAITING: usize = 64 << 20;

/// Bytes of no entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Where they are: `(archive comment)`, or `lib/a.py!(extra field 0x7777)` for what belongs to an entry.
    pub header: Header,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The bytes of no entry of one container, gathered until nothing else is open.
#[derive(Debug, Default)]
pub(super) struct Blobs {
    waiting: Vec<Blob>,
    held: usize,
    together: BTreeMap<&'static str, Together>,
    anomalies: Vec<RawAnomaly>,
    /// Distinct bytes in small pieces of a kind, of those of which there are few.
    small: BTreeMap<&'static str, usize>,
}

/// Small pieces of one kind, each once, a line for each.
#[derive(Debug, Default)]
struct Together {
    offset: u64,
    lines: Vec<u8>,
    seen: HashSet<Vec<u8>>,
}

impl Blobs {
    /// Adds bytes that ordinary writers leave as well: only what is in them counts.
    pub(super) fn usual(&mut self, what: &'static str, offset: u64, bytes: &[u8]) {
        self.add(what, offset, bytes);
    }

    /// Adds bytes of which ordinary writers leave few, and says where they are many.
    pub(super) fn few(&mut self, kind: AnomalyKind, what: &'static str, offset: u64, bytes: &[u8]) {
        if !self.add(what, offset, bytes) {
            return;
        }
        let sum = self.small.entry(what).or_default();
        let before = *sum;
        *sum += bytes.len();
        if before <= MOST_SMALL && *sum > MOST_SMALL {
            let detail = format!(
                "more than {MOST_SMALL} bytes stand in many small pieces ({what}), where ordinary tools write little: clients ignore them, and no listing shows them"
            );
            self.anomalies.push(RawAnomaly { kind, offset, entry: None, detail });
        }
    }

    /// Adds usual bytes; whether they were new.
    fn add(&mut self, what: &'static str, offset: u64, bytes: &[u8]) -> bool {
        if bytes.is_empty() {
            return false;
        }
        if bytes.len() > SMALL {
            self.wait(what.to_owned(), offset, bytes.to_vec(), true);
            return true;
        }
        let together =
            self.together.entry(what).or_insert_with(|| Together { offset, ..Together::default() });
        if together.seen.contains(bytes) {
            return false;
        }
        together.lines.extend_from_slice(bytes);
        together.lines.push(b'\n');
        together.seen.insert(bytes.to_vec());
        if together.lines.len() > MOST_TOGETHER {
            let full = self.together.remove(what).unwrap_or_default();
            self.wait(what.to_owned(), full.offset, full.lines, true);
        }
        true
    }

    /// Adds bytes that no ordinary writer leaves, and says so.
    pub(super) fn foreign(
        &mut self,
        kind: AnomalyKind,
        what: &str,
        entry: Option<&str>,
        offset: u64,
        bytes: Vec<u8>,
    ) {
        if bytes.is_empty() {
            return;
        }
        let detail = format!(
            "there are {} bytes in {what}, where ordinary tools write nothing: clients ignore them, and no listing shows them",
            bytes.len()
        );
        self.anomalies.push(RawAnomaly { kind, offset, entry: entry.map(str::to_owned), detail });
        self.told(what, entry, offset, bytes);
    }

    /// Adds bytes of which an anomaly speaks already.
    pub(super) fn told(&mut self, what: &str, entry: Option<&str>, offset: u64, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let what = what.split_once(' ').map_or(what, |(article, rest)| match article {
            "a" | "an" | "the" => rest,
            _ => what,
        });
        let path = entry.map_or_else(|| format!("({what})"), |entry| format!("{entry}!({what})"));
        self.push(path, offset, bytes, false);
    }

    /// Adds bytes that ordinary tools leave up to a small size.
    pub(super) fn up_to_small(
        &mut self,
        kind: AnomalyKind,
        what: &'static str,
        entry: Option<&str>,
        offset: u64,
        bytes: &[u8],
    ) {
        if bytes.len() > SMALL {
            self.foreign(kind, what, entry, offset, bytes.to_vec());
        } else {
            self.few(kind, what, offset, bytes);
        }
    }

    fn wait(&mut self, what: String, offset: u64, bytes: Vec<u8>, usual: bool) {
        self.push(format!("({what})"), offset, bytes, usual);
    }

    fn push(&mut self, path: String, offset: u64, bytes: Vec<u8>, usual: bool) {
        self.held += bytes.len();
        let header = Header {
            path,
            kind: EntryKind::Blob { usual },
            size: Some(bytes.len() as u64),
            mode: None,
            offset,
        };
        self.waiting.push(Blob { header, bytes });
    }

    /// Whether more is held than may wait.
    pub(super) fn is_full(&self) -> bool {
        self.held > MOST_WAITING
    }

    /// Gives out what waits on its own; small pieces stay.
    pub(super) fn give_out(&mut self, meter: &Meter<'_>, sink: &mut dyn Sink) -> Result<(), Damage> {
        self.held = 0;
        for anomaly in self.anomalies.drain(..) {
            sink.anomaly(anomaly);
        }
        for blob in self.waiting.drain(..) {
            let (offset, size) = (blob.header.offset, blob.bytes.len() as u64);
            let counted = meter.entry(blob.header.path.len()).and_then(|()| meter.produce(size));
            counted.map_err(|overrun| Damage::new(offset, overrun.to_string()))?;
            sink.blob(blob);
        }
        Ok(())
    }

    /// All of them, and what is to be said of them.
    pub(super) fn into_parts(mut self) -> (Vec<Blob>, Vec<RawAnomaly>) {
        self.put_together();
        (self.waiting, self.anomalies)
    }

    fn put_together(&mut self) {
        for (what, together) in std::mem::take(&mut self.together) {
            self.push(format!("({what})"), together.offset, together.lines, true);
        }
    }

    /// Gives out all.
    pub(super) fn finish(mut self, meter: &Meter<'_>, sink: &mut dyn Sink) -> Result<(), Damage> {
        self.put_together();
        self.give_out(meter, sink)
    }

    /// Takes what others gathered.
    pub(super) fn absorb(&mut self, mut other: Self) {
        self.waiting.append(&mut other.waiting);
        self.anomalies.append(&mut other.anomalies);
        self.held += other.held;
        for (what, together) in other.together {
            let mut lines: Vec<Vec<u8>> = together.seen.into_iter().collect();
            lines.sort_unstable();
            for line in lines {
                self.usual(what, together.offset, &line);
            }
        }
    }
}
