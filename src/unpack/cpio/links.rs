//! Files of several names. The newer formats write an empty entry for each name but the last, with which the bytes
//! stand; the older ones write the bytes with each.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::inventory::{AnomalyKind, EntryKind};

use super::super::names::Names;
use super::super::{Damage, Header, RawAnomaly, Sink};

type Inode = [u64; 3];

/// The files of several names so far.
#[derive(Default)]
pub(super) struct Links {
    files: BTreeMap<Inode, Linked>,
}

#[derive(Default)]
struct Linked {
    /// Names without bytes, before those with them.
    waiting: Vec<Header>,
    /// The name with the bytes, and their digest.
    given_out: Option<(String, [u8; 32])>,
}

/// A name with bytes that was given out.
pub(super) struct Given {
    pub(super) path: String,
    pub(super) offset: u64,
    pub(super) digest: [u8; 32],
    /// Whether the format writes them with each name.
    pub(super) repeats: bool,
}

impl Links {
    /// Keeps an empty entry of a file whose bytes stand with another name; what is to be given out now.
    pub(super) fn hold_back(&mut self, header: Header, inode: Option<Inode>) -> Option<Header> {
        let Some(inode) = inode.filter(|_| header.size == Some(0)) else { return Some(header) };
        let linked = self.files.entry(inode).or_default();
        if linked.given_out.is_some() {
            return Some(header);
        }
        linked.waiting.push(header);
        None
    }

    /// Gives out the other names of a file once its bytes were.
    pub(super) fn gave_out(&mut self, inode: Inode, given: Given, names: &mut Names, sink: &mut dyn Sink) {
        let Given { path, offset, digest, repeats } = given;
        let linked = self.files.entry(inode).or_default();
        for header in linked.waiting.drain(..) {
            names.add(&header.path, false, header.offset);
            sink.begin(Header { kind: EntryKind::Hardlink { target: path.clone() }, ..header });
            sink.end();
        }
        match &linked.given_out {
            None => linked.given_out = Some((path, digest)),
            Some((_, first)) if repeats && *first == digest => {}
            Some((other, _)) => {
                let detail = format!(
                    "it is one file with {other}, behind whose bytes others or none stand here: cpio keeps the first, bsdcpio the last, 7-Zip takes them for two files"
                );
                let kind = AnomalyKind::CpioHardLink;
                sink.anomaly(RawAnomaly { kind, offset, entry: Some(path), detail });
            }
        }
    }

    /// Gives out names of files of which no bytes came: they are empty.
    pub(super) fn finish(self, names: &mut Names, sink: &mut dyn Sink) {
        let mut waiting: Vec<Header> = self.files.into_values().flat_map(|linked| linked.waiting).collect();
        waiting.sort_by_key(|header| header.offset);
        for header in waiting {
            names.add(&header.path, false, header.offset);
            sink.begin(header);
            sink.end();
        }
    }
}

/// Passes an entry's bytes on, and adds them up.
pub(super) struct Summed<'a> {
    sink: &'a mut dyn Sink,
    /// The sum of all bytes.
    pub(super) sum: u32,
    digest: Option<Sha256>,
}

impl<'a> Summed<'a> {
    pub(super) fn new(sink: &'a mut dyn Sink, digests: bool) -> Self {
        Self { sink, sum: 0, digest: digests.then(Sha256::new) }
    }

    /// The digest, if it was asked for.
    pub(super) fn digest(self) -> [u8; 32] {
        self.digest.map(|digest| digest.finalize().into()).unwrap_or_default()
    }
}

impl Sink for Summed<'_> {
    fn begin(&mut self, header: Header) {
        self.sink.begin(header);
    }

    fn data(&mut self, bytes: &[u8]) {
        self.sum = bytes.iter().fold(self.sum, |sum, byte| sum.wrapping_add(u32::from(*byte)));
        if let Some(digest) = &mut self.digest {
            digest.update(bytes);
        }
        self.sink.data(bytes);
    }

    fn end(&mut self) {
        self.sink.end();
    }

    fn broken(&mut self, damage: Damage) {
        self.sink.broken(damage);
    }

    fn anomaly(&mut self, anomaly: RawAnomaly) {
        self.sink.anomaly(anomaly);
    }
}
