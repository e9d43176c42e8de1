use memmap2::MmapMut;

/// From here on memory comes from the system in large pages.
const LARGE: usize = 1 << 20;
/// Size of a large page.
const PAGE: usize = 2 << 20;

/// Bytes that grow, kept where it costs little to touch them first: one large page takes the system a fraction of
/// the time of the 512 small ones.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    memory: Memory,
    length: usize,
}

#[derive(Debug)]
enum Memory {
    Small(Vec<u8>),
    Large(MmapMut),
}

impl Default for Memory {
    fn default() -> Self {
        Self::Small(Vec::new())
    }
}

impl Memory {
    fn with_room(size: usize) -> Self {
        let small = || Self::Small(Vec::with_capacity(size));
        if size < LARGE {
            return small();
        }
        MmapMut::map_anon(size.next_multiple_of(PAGE)).map_or_else(|_| small(), Self::large)
    }

    fn large(map: MmapMut) -> Self {
        // Without large pages everything works the same, if more slowly.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        Self::Large(map)
    }

    fn capacity(&self) -> usize {
        match self {
            Self::Small(bytes) => bytes.capacity(),
            Self::Large(map) => map.len(),
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
            Memory::Large(map) => map.get(..self.length).unwrap_or_default(),
        }
    }

    /// What is in it.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        match &mut self.memory {
            Memory::Small(bytes) => bytes,
            Memory::Large(map) => map.get_mut(..self.length).unwrap_or_default(),
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

    pub(super) fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.fill(bytes);
    }

    /// Adds bytes for which there is room.
    fn fill(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        match &mut self.memory {
            Memory::Small(small) => small.extend_from_slice(bytes),
            Memory::Large(map) => {
                if let Some(free) = map.get_mut(self.length..end) {
                    free.copy_from_slice(bytes);
                }
            }
        }
        self.length = end;
    }

    /// Empties it, and keeps its memory.
    pub(super) fn clear(&mut self) {
        self.length = 0;
        if let Memory::Small(bytes) = &mut self.memory {
            bytes.clear();
        }
    }
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
        buffer.clear();
        assert_eq!((buffer.len(), buffer.bytes()), (0, &[][..]));
        buffer.extend_from_slice(b"again");
        assert_eq!(buffer.bytes(), b"again");
    }
}
