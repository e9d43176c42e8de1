use std::io::{self, Read};

use super::ReadAt;

/// A stretch of a source, read from front to back.
pub(super) struct Window<'a> {
    source: &'a dyn ReadAt,
    offset: u64,
    left: u64,
}

impl<'a> Window<'a> {
    pub(super) fn new(source: &'a dyn ReadAt, offset: u64, length: u64) -> Self {
        Self { source, offset, left: length }
    }

    /// The source from its first byte to its last.
    pub(super) fn whole(source: &'a dyn ReadAt) -> Self {
        Self::new(source, 0, source.size())
    }
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..most).filter(|buffer| !buffer.is_empty()) else { return Ok(0) };
        let count = self.source.read_at(buffer, self.offset)?;
        self.offset += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}
