use std::io;
use std::sync::{Mutex, PoisonError};

use crossbeam_channel::{Receiver, TryRecvError};
use sha2::{Digest, Sha256};

use crate::timings::{Timings, timed};
use crate::unpack::ReadAt;

use crate::words::hex;

/// Bytes of a step: little enough that nothing has to wait for one.
const STEP: usize = 128 << 10;

/// The SHA-256 of a whole source, made step by step by whoever has nothing else to do.
pub(super) struct ArtifactDigest<'a> {
    source: &'a dyn ReadAt,
    timings: Option<&'a Timings>,
    state: Mutex<State>,
}

struct State {
    digest: Sha256,
    buffer: Vec<u8>,
    offset: u64,
    /// How it ended.
    end: Option<io::Result<()>>,
}

impl<'a> ArtifactDigest<'a> {
    pub(super) fn new(source: &'a dyn ReadAt, timings: Option<&'a Timings>) -> Self {
        let state = State { digest: Sha256::new(), buffer: vec![0; STEP], offset: 0, end: None };
        Self { source, timings, state: Mutex::new(state) }
    }

    /// Takes the next from a queue; while there is none, the digest goes on. `None` when none will come.
    pub(super) fn meanwhile<T>(&self, queue: &Receiver<T>) -> Option<T> {
        loop {
            match queue.try_recv() {
                Ok(next) => return Some(next),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) if self.step() => {}
                Err(TryRecvError::Empty) => return queue.recv().ok(),
            }
        }
    }

    /// Goes on to the end, unless another thread is at it.
    pub(super) fn go_on(&self) {
        while self.step() {}
    }

    /// Does one step. Returns whether it is worth asking for another one: not when it is done, or another thread
    /// is at it.
    fn step(&self) -> bool {
        self.state.try_lock().is_ok_and(|mut state| state.step(self.source, self.timings))
    }

    /// Does the rest; the digest in hex.
    ///
    /// # Errors
    /// When the source can't be read.
    pub(super) fn finish(self) -> io::Result<String> {
        let mut state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        while state.step(self.source, self.timings) {}
        let digest = state.digest;
        state.end.unwrap_or(Ok(())).map(|()| hex(&digest.finalize()))
    }
}

impl State {
    /// Whether there is more to do.
    fn step(&mut self, source: &dyn ReadAt, timings: Option<&Timings>) -> bool {
        if self.end.is_some() {
            return false;
        }
        timed(timings, "digest the artifact", || {
            match source.read_at(&mut self.buffer, self.offset) {
                Ok(0) => self.end = Some(Ok(())),
                Ok(count) => {
                    self.digest.update(self.buffer.get(..count).unwrap_or_default());
                    self.offset += count as u64;
                }
                Err(error) => self.end = Some(Err(error)),
            }
            self.end.is_none()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_taken_anywhere_make_the_digest_of_the_whole() {
        let bytes: Vec<u8> = (0..3 * STEP as u32 + 77).map(|number| (number % 251) as u8).collect();
        let wanted = hex(&Sha256::digest(&bytes));
        assert_eq!(ArtifactDigest::new(&bytes.as_slice(), None).finish().unwrap(), wanted);

        let (source, artifact_digest);
        source = bytes.as_slice();
        artifact_digest = ArtifactDigest::new(&source, None);
        let (send, queue) = crossbeam_channel::unbounded();
        std::thread::scope(|scope| {
            scope.spawn(|| artifact_digest.go_on());
            send.send(1).unwrap();
            assert_eq!(artifact_digest.meanwhile(&queue), Some(1));
            drop(send);
            assert_eq!(artifact_digest.meanwhile(&queue), None);
        });
        assert_eq!(artifact_digest.finish().unwrap(), wanted);
    }
}
