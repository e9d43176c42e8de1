use memmap2::MmapMut;

/// From here on memory comes from the system directly.
const LARGE: usize = 512 << 10;
/// The least room that it gives then. What is not used of it takes no memory.
const LEAST: usize = 4 << 20;
/// What grows beyond this gets all the room that most entries ever need, as moving it again takes the memory of
/// both for a while.
const SMALL: usize = 32 << 20;
/// So much.
const MOST: usize = 512 << 20;
/// So much is asked for in one go.
const STEP: usize = 512 << 10;

/// Bytes that grow, kept where it costs less to touch them first: the system is asked for many pages in one go
/// instead of being interrupted for each. Large pages would cost still less, but where the system runs in a virtual
/// machine they may have to be fetched from outside, which costs many times as much.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    memory: Memory,
    length: usize,
}

#[derive(Debug)]
enum Memory {
    Small(Vec<u8>),
    Large {
        map: MmapMut,
        /// Bytes that are there already.
        there: usize,
    },
}

impl Default for Memory {
    fn default() -> Self {
        Self::Small(Vec::new())
    }
}

impl Memory {
    fn with_room(size: usize) -> Self {
        // Where so much is not to be had, what is there may still fit.
        let small = || Self::Small(Vec::with_capacity(size.min(SMALL)));
        if size < LARGE {
            return small();
        }
        let room = if size <= SMALL { size.max(LEAST) } else { size.max(MOST) };
        MmapMut::map_anon(room).map_or_else(|_| small(), |map| Self::Large { map, there: 0 })
    }

    fn capacity(&self) -> usize {
        match self {
            Self::Small(bytes) => bytes.capacity(),
            Self::Large { map, .. } => map.len(),
        }
    }
}

impl Buffer {
    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn capacity(&self) -> usize {
        self.memory.capacity()
    }

    /// What is in it.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.memory {
            Memory::Small(bytes) => bytes,
            Memory::Large { map, .. } => map.get(..self.length).unwrap_or_default(),
        }
    }

    /// What is in it.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        match &mut self.memory {
            Memory::Small(bytes) => bytes,
            Memory::Large { map, .. } => map.get_mut(..self.length).unwrap_or_default(),
        }
    }

    /// Makes room for so many more bytes.
    pub(super) fn reserve(&mut self, more: usize) {
        let needed = self.length.saturating_add(more);
        if needed > self.capacity() {
            let mut larger = Self { memory: Memory::with_room(needed.max(self.capacity() * 2)), length: 0 };
            larger.fill(self.bytes());
            *self = larger;
        }
    }

    /// Makes room for an entry that says how large it is.
    pub(super) fn reserve_claimed(&mut self, size: Option<u64>) {
        self.reserve(usize::try_from(size.unwrap_or(0)).map_or(MOST, |size| size.min(MOST)));
    }

    pub(super) fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.fill(bytes);
    }

    /// Adds bytes for which there is room.
    fn fill(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        match &mut self.memory {
            Memory::Small(small) => small.extend_from_slice(bytes),
            Memory::Large { map, there } => {
                while *there < end.min(map.len()) {
                    *there += ask_for(map, *there);
                }
                if let Some(free) = map.get_mut(self.length..end) {
                    free.copy_from_slice(bytes);
                }
            }
        }
        self.length = end;
    }

    /// Empties it, and keeps its memory unless there is room for more than this.
    pub(super) fn clear(&mut self, most: usize) {
        self.length = 0;
        if self.capacity() > most {
            *self = Self::default();
        } else if let Memory::Small(bytes) = &mut self.memory {
            bytes.clear();
        }
    }
}

/// Asks the system for the next step of memory; returns its length.
fn ask_for(map: &MmapMut, from: usize) -> usize {
    let step = STEP.min(map.len() - from);
    // Systems that don't know this bring each page when it is touched.
    #[cfg(target_os = "linux")]
    let _ = map.advise_range(memmap2::Advice::PopulateWrite, from, step);
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in_at_any_size() {
        let mut buffer = Buffer::default();
        let mut expected = Vec::new();
        for round in 0..3 {
            for number in 0..300_000u32 {
                let piece = number.to_le_bytes();
                buffer.extend_from_slice(&piece);
                expected.extend_from_slice(&piece);
            }
            buffer.reserve(round * (3 << 20));
            assert!(buffer.capacity() >= buffer.len() + round * (3 << 20));
            assert!(buffer.bytes() == expected && buffer.bytes_mut() == expected);
        }
        for most in [usize::MAX, 0] {
            buffer.clear(most);
            assert_eq!((buffer.len(), buffer.bytes()), (0, &[][..]));
            assert_eq!(buffer.capacity() > 0, most > 0);
            buffer.extend_from_slice(b"again");
            assert_eq!(buffer.bytes(), b"again");
        }
    }
}
