use std::io::{self, Read};

use super::{Damage, Meter, Sink};

/// Bytes read at once: larger pieces cost more in cache than they save in calls.
const CHUNK: usize = 1 << 20;
/// Bytes read at first: most packages have no more, and a chunk is dear to clear.
const FIRST: usize = 128 << 10;
pub(super) const BLOCK: usize = 512;

/// A stream read in blocks and chunks through one buffer, counted against the limits.
pub(super) struct Stream<'r> {
    reader: &'r mut dyn Read,
    meter: &'r Meter<'r>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
}

impl<'r> Stream<'r> {
    pub(super) fn new(reader: &'r mut dyn Read, meter: &'r Meter<'r>) -> Self {
        Self { reader, meter, buffer: vec![0; FIRST], start: 0, end: 0, offset: 0 }
    }

    /// Offset of the next byte in the stream.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next bytes without taking them: `wanted` of them (at most a chunk), fewer at the end.
    pub(super) fn peek(&mut self, wanted: usize) -> Result<&[u8], Damage> {
        while self.end - self.start < wanted.min(CHUNK) {
            if !self.refill()? {
                break;
            }
        }
        let end = self.end.min(self.start + wanted);
        Ok(self.buffer.get(self.start..end).unwrap_or_default())
    }

    /// The next block; `None` at the end of the stream.
    pub(super) fn block(&mut self) -> Result<Option<[u8; BLOCK]>, Damage> {
        let offset = self.offset;
        let bytes = self.peek(BLOCK)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let block = <[u8; BLOCK]>::try_from(bytes)
            .map_err(|_| Damage::new(offset, "the archive ends in the middle of a header"))?;
        self.take(BLOCK);
        Ok(Some(block))
    }

    /// The next piece of at most `most` bytes; empty only at the end of the stream or when `most` is 0.
    pub(super) fn piece(&mut self, most: u64) -> Result<&[u8], Damage> {
        if most > 0 && self.start == self.end {
            self.refill()?;
        }
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(self.end - self.start);
        let from = self.start;
        self.take(count);
        Ok(self.buffer.get(from..from + count).unwrap_or_default())
    }

    /// All of so many bytes, if that is not more than `most`.
    pub(super) fn exactly(&mut self, size: u64, most: u64) -> Result<Vec<u8>, Damage> {
        if size > most {
            return Err(Damage::new(self.offset, "a name, table or header of the archive is too long"));
        }
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < size {
            let piece = self.piece(size - bytes.len() as u64)?;
            if piece.is_empty() {
                return Err(Damage::new(self.offset, "the archive is cut off"));
            }
            bytes.extend_from_slice(piece);
        }
        Ok(bytes)
    }

    /// Gives out the bytes of an entry that has begun, and its end.
    pub(super) fn data(&mut self, size: u64, sink: &mut dyn Sink) -> Result<(), Damage> {
        let limits = self.meter.limits();
        let fits = size <= limits.most_in_entry();
        let mut left = size;
        while left > 0 {
            let at = self.offset;
            let piece = self.piece(left).and_then(|piece| match piece {
                [] => Err(Damage::new(at, "the archive ends in the middle of this entry")),
                piece => Ok(piece),
            });
            let piece = piece.inspect_err(|damage| sink.broken(damage.clone()))?;
            left -= piece.len() as u64;
            if fits {
                sink.data(piece);
            }
        }
        if fits {
            sink.end();
        } else {
            sink.broken(Damage::new(self.offset, limits.too_large().to_string()));
        }
        Ok(())
    }

    fn take(&mut self, count: usize) {
        self.start += count;
        self.offset += count as u64;
    }

    /// Reads more after what is in the buffer; whether anything came.
    fn refill(&mut self) -> Result<bool, Damage> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() || self.offset >= self.buffer.len() as u64 {
            self.buffer.resize(CHUNK.min(self.buffer.len() * 2), 0);
        }
        let free = self.buffer.get_mut(self.end..).unwrap_or_default();
        let at = self.offset + self.end as u64;
        let count = loop {
            match self.reader.read(free) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other.map_err(|error| Damage::from_reader(at, error))?,
            }
        };
        self.end += count;
        self.meter.produce(count as u64).map_err(|overrun| Damage::new(at, overrun.to_string()))?;
        Ok(count > 0)
    }
}
