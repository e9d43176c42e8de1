//! What `compress` writes (`.Z`): LZW with codes of 9 to at most 16 bits. The format has no length and no checksum.

use std::io::{self, Read};

use crate::inventory::Media;

use super::Sink;
use super::blob::Blobs;
use super::container::{Compression, Container, Decoder, Reading};
use super::streams::{Input, damage, input};

/// A file of `compress`.
pub(super) const CONTAINER: Container = Container {
    name: "compress",
    media: Some(Media::Compress),
    promised_by: &[".tar.Z"],
    reading: Reading::Stream(Compression {
        open: |source, _| Box::new(Lzw::new(input(source))),
        suffixes: &[(".taz", ".tar"), (".Z", "")],
        told_by_name: false,
    }),
};

const LEAST_BITS: usize = 9;
const MOST_BITS: usize = 16;
/// The code that begins a new table, in the block mode that all writers of today use.
const CLEAR: u16 = 256;

/// Codes of one width come in groups of eight; what is left of a group when the width changes is padding.
#[derive(Default)]
struct Group {
    bytes: [u8; MOST_BITS],
    known: usize,
    /// In bits.
    at: usize,
}

struct Lzw<'a> {
    input: Input<'a>,
    blobs: Blobs,
    group: Group,
    width: usize,
    most_width: usize,
    has_clear: bool,
    begun: bool,
    /// For each code the code of all but its last byte, and that byte.
    prefixes: Vec<u16>,
    lasts: Vec<u8>,
    /// The code before, and the first byte of what it stands for.
    before: Option<(u16, u8)>,
    /// What waits to be read, last byte first.
    ready: Vec<u8>,
    offset: u64,
}

impl<'a> Lzw<'a> {
    fn new(input: Input<'a>) -> Self {
        Self {
            input,
            blobs: Blobs::default(),
            group: Group::default(),
            width: LEAST_BITS,
            most_width: MOST_BITS,
            has_clear: false,
            begun: false,
            prefixes: Vec::new(),
            lasts: Vec::new(),
            before: None,
            ready: Vec::new(),
            offset: 0,
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        let mut head = [0; 3];
        self.input.read_exact(&mut head).map_err(|_| damage("the header is cut off"))?;
        self.offset = 3;
        let [_, _, flags] = head;
        self.has_clear = flags & 0x80 != 0;
        self.most_width = usize::from(flags & 0x1f);
        // Readers disagree on what follows a full table of nine bits.
        if flags & 0x60 != 0 || !(LEAST_BITS + 1..=MOST_BITS).contains(&self.most_width) {
            return Err(damage("the header speaks of codes that can't be read"));
        }
        self.forget();
        Ok(())
    }

    /// Begins a new table.
    fn forget(&mut self) {
        let first = if self.has_clear { usize::from(CLEAR) + 1 } else { usize::from(CLEAR) };
        self.prefixes.clear();
        self.prefixes.resize(first, 0);
        self.lasts = (0..=u8::MAX).collect();
        self.lasts.resize(first, 0);
        self.before = None;
        self.width = LEAST_BITS;
    }

    /// The next code; `None` at the end.
    fn code(&mut self) -> io::Result<Option<u16>> {
        if self.group.at + self.width > self.group.known * 8 && !self.refill()? {
            return Ok(None);
        }
        let mut code = 0u16;
        for bit in 0..self.width {
            let at = self.group.at + bit;
            let byte = self.group.bytes.get(at / 8).copied().unwrap_or_default();
            code |= u16::from(byte >> (at % 8) & 1) << bit;
        }
        self.group.at += self.width;
        Ok(Some(code))
    }

    /// Reads the next group; whether there is a code in it.
    fn refill(&mut self) -> io::Result<bool> {
        self.skip_padding();
        let mut known = 0;
        while let Some(rest) = self.group.bytes.get_mut(known..self.width).filter(|rest| !rest.is_empty()) {
            match self.input.read(rest)? {
                0 => break,
                count => known += count,
            }
        }
        self.offset += known as u64;
        self.group.known = known;
        self.group.at = 0;
        Ok(known * 8 >= self.width)
    }

    /// Keeps what is left of a group to be looked at.
    fn skip_padding(&mut self) {
        let left = self.group.bytes.get(self.group.at.div_ceil(8)..self.group.known).unwrap_or_default();
        if left.iter().any(|byte| *byte != 0) {
            self.blobs.usual("padding of codes", self.offset, left);
        }
        self.group.known = 0;
        self.group.at = 0;
    }

    /// Decodes one code into `ready`; whether there was one.
    fn decode(&mut self) -> io::Result<bool> {
        let Some(code) = self.code()? else { return Ok(false) };
        if self.has_clear && code == CLEAR {
            self.skip_padding();
            self.forget();
            return Ok(true);
        }
        let next = self.prefixes.len();
        let mut at = usize::from(code);
        // A code may stand for what it is only now being made of.
        if at == next
            && let Some((before, first)) = self.before
        {
            self.ready.push(first);
            at = usize::from(before);
        }
        if at >= self.prefixes.len() || (self.has_clear && at == usize::from(CLEAR)) {
            return Err(damage("a code stands for nothing"));
        }
        while at > usize::from(u8::MAX) {
            self.ready.push(self.lasts.get(at).copied().unwrap_or_default());
            at = self.prefixes.get(at).copied().unwrap_or_default().into();
        }
        let first = u8::try_from(at).unwrap_or_default();
        self.ready.push(first);
        if let Some((before, _)) = self.before
            && next < 1 << self.most_width
        {
            self.prefixes.push(before);
            self.lasts.push(first);
        }
        self.before = Some((code, first));
        if self.prefixes.len() >= 1 << self.width && self.width < self.most_width {
            self.skip_padding();
            self.width += 1;
        }
        Ok(true)
    }
}

impl Read for Lzw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.begun {
            self.begun = true;
            self.begin()?;
        }
        let mut count = 0;
        for place in buffer {
            while self.ready.is_empty() {
                if !self.decode()? {
                    return Ok(count);
                }
            }
            *place = self.ready.pop().unwrap_or_default();
            count += 1;
        }
        Ok(count)
    }
}

impl Decoder for Lzw<'_> {
    fn finish(&mut self, _sink: &mut dyn Sink, blobs: &mut Blobs) {
        self.skip_padding();
        blobs.absorb(std::mem::take(&mut self.blobs));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        Lzw::new(input(&bytes)).read_to_end(&mut out).map(|_| out).map_err(|error| error.to_string())
    }

    /// Codes of nine bits, as `compress` writes them.
    fn nine_bits(codes: &[u16]) -> Vec<u8> {
        let mut bytes = vec![0; (codes.len() * 9).div_ceil(8)];
        for (number, code) in codes.iter().enumerate() {
            for bit in (0..9).filter(|bit| code >> bit & 1 == 1) {
                let at = number * 9 + bit;
                bytes[at / 8] |= 1 << (at % 8);
            }
        }
        [b"\x1f\x9d\x90", bytes.as_slice()].concat()
    }

    #[test]
    fn codes_stand_for_what_came_before() {
        let [a, b] = [u16::from(b'a'), u16::from(b'b')];
        assert_eq!(read(&nine_bits(&[a, b, 257, 259, b])).unwrap(), b"abababab");
        assert_eq!(read(&nine_bits(&[a, 257, 258])).unwrap(), b"aaaaaa");
        assert_eq!(read(&nine_bits(&[])).unwrap(), b"");
    }

    #[test]
    fn what_no_writer_makes_is_refused() {
        let a = u16::from(b'a');
        for codes in [&[300][..], &[257], &[a, 258], &[a, a, 300]] {
            assert!(read(&nine_bits(codes)).is_err(), "{codes:?}");
        }
        for head in [&b"\x1f\x9d"[..], b"\x1f\x9d\x88", b"\x1f\x9d\x89", b"\x1f\x9d\x91", b"\x1f\x9d\xf0"] {
            assert!(read(head).is_err(), "{}", head.escape_ascii());
        }
    }
}
