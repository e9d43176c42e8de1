//! Large entries: sent to a worker piece by piece while they are unpacked, so that looking at them doesn't begin
//! only when the last byte is there.

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::inspect::{Effort, StreamingScan};
use crate::unpack::{Damage, Header};

use super::artifact_digest::ArtifactDigest;
use super::buffer::Buffer;
use super::examine::{Examiner, Location};
use super::flatten::Examined;

/// Size of a piece: so much stays in the processor's cache from one thread to the next.
const PIECE: usize = 256 << 10;
/// Pieces that wait for the worker.
const WAITING: usize = 24;
/// A buffer with more room is not kept for the next entry.
const MOST_KEPT: usize = 32 << 20;

/// The unpacking thread's end.
pub(super) struct Sending {
    piece: Vec<u8>,
    pieces: Sender<Vec<u8>>,
    used: Receiver<Vec<u8>>,
    damage: Sender<Option<Damage>>,
}

/// The worker's end.
pub(super) struct Large {
    ordinal: usize,
    header: Header,
    pieces: Receiver<Vec<u8>>,
    used: Sender<Vec<u8>>,
    damage: Receiver<Option<Damage>>,
    /// Bytes of the budget that it holds.
    pub(super) reserved: u64,
}

/// Both ends for an entry that begins.
pub(super) fn begin(ordinal: usize, header: Header, reserved: u64) -> (Sending, Large) {
    let (pieces, coming) = bounded(WAITING);
    let (used, again) = unbounded();
    let (damage, ended) = bounded(1);
    let sending = Sending { piece: Vec::with_capacity(PIECE), pieces, used: again, damage };
    (sending, Large { ordinal, header, pieces: coming, used, damage: ended, reserved })
}

impl Sending {
    /// The next bytes.
    pub(super) fn add(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let free = PIECE.saturating_sub(self.piece.len()).min(bytes.len());
            let (now, later) = bytes.split_at(free);
            self.piece.extend_from_slice(now);
            bytes = later;
            if self.piece.len() >= PIECE {
                let next = self.used.try_recv().unwrap_or_else(|_| Vec::with_capacity(PIECE));
                // It fails only when the worker panicked, which the join reports.
                let _ = self.pieces.send(std::mem::replace(&mut self.piece, next));
            }
        }
    }

    /// The entry is over.
    pub(super) fn end(self, damage: Option<Damage>) {
        let _ = self.pieces.send(self.piece);
        let _ = self.damage.send(damage);
    }
}

impl Large {
    /// Looks at the entry while it comes, and examines it when it is there; its bytes go to a buffer that is used
    /// again.
    pub(super) fn examine(
        self,
        examiner: &Examiner<'_>,
        bytes: &mut Buffer,
        artifact_digest: &ArtifactDigest<'_>,
    ) -> Examined {
        bytes.clear(MOST_KEPT);
        bytes.reserve_claimed(self.header.size);
        let mut streaming = Box::new(StreamingScan::new(&self.header.path, examiner.scanner));
        while let Some(mut piece) = artifact_digest.meanwhile(&self.pieces) {
            let before = bytes.len();
            bytes.extend_from_slice(&piece);
            piece.clear();
            let _ = self.used.send(piece);
            streaming.look(examiner.scanner, bytes.bytes(), before..bytes.len());
        }
        let damage =
            self.damage.recv().unwrap_or_else(|_| Some(Damage::new(0, "packgate stopped unpacking here")));
        let effort = Effort { threads: examiner.threads, streamed: Some(streaming) };
        examiner.entry(self.ordinal, &self.header, bytes.bytes_mut(), effort, damage.as_ref(), Location::TOP)
    }
}
