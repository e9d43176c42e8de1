//! gzip (RFC 1952), strictly: every member is checked, and what follows the first one is reported.

use std::io::{self, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::inventory::{AnomalyKind, Media};

use super::blob::Blobs;
use super::container::{Compression, Container, Decoder, Reading};
use super::{Damage, RawAnomaly, ReadAt, Sink, rest};

const CHUNK: usize = 256 << 10;
/// Longest name, comment or extra field that is looked through.
const MOST_FIELD: usize = 1 << 20;

const FHCRC: u8 = 2;
const FEXTRA: u8 = 4;
const FNAME: u8 = 8;
const FCOMMENT: u8 = 16;
const RESERVED: u8 = 0xe0;

pub(super) const CONTAINER: Container = Container {
    name: "gzip",
    media: Some(Media::Gzip),
    promised_by: &[".tgz", ".tar.gz", ".crate"],
    reading: Reading::Stream(Compression {
        open: |source, _| Box::new(Gzip::new(source)),
        suffixes: &[(".gz", ""), (".gzip", ""), (".svgz", ".svg")],
        told_by_name: false,
    }),
};

/// Decompresses all members of a gzip file, one after the other.
pub(super) struct Gzip<'a> {
    input: Input<'a>,
    inflate: Decompress,
    crc: Crc,
    state: State,
    anomalies: Vec<RawAnomaly>,
    blobs: Blobs,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A header is due; the number of members before it.
    Header {
        members: u64,
    },
    Body {
        members: u64,
    },
    Done,
}

impl<'a> Gzip<'a> {
    pub(super) fn new(source: &'a dyn ReadAt) -> Self {
        Self {
            input: Input { source, buffer: vec![0; CHUNK], start: 0, end: 0, offset: 0 },
            inflate: Decompress::new(false),
            crc: Crc::new(),
            state: State::Header { members: 0 },
            anomalies: Vec::new(),
            blobs: Blobs::default(),
        }
    }

    fn header(&mut self, members: u64) -> Result<(), Damage> {
        let start = self.input.offset;
        let mut crc = Crc::new();
        let mut fixed = [0; 10];
        for byte in &mut fixed {
            *byte = self.input.byte(&mut crc)?;
        }
        let [_, _, method, flags, ..] = fixed;
        if method != 8 {
            return Err(Damage::new(start, format!("gzip with the unknown compression method {method}")));
        }
        if flags & RESERVED != 0 {
            return Err(Damage::new(start, "gzip with reserved flags, which most clients refuse"));
        }
        if flags & FEXTRA != 0 {
            let length = u16::from_le_bytes([self.input.byte(&mut crc)?, self.input.byte(&mut crc)?]);
            let mut extra = Vec::new();
            for _ in 0..length {
                extra.push(self.input.byte(&mut crc)?);
            }
            if is_known_extra(&extra) {
                self.blobs.usual("gzip extra field", start, &extra);
            } else {
                self.blobs.foreign(AnomalyKind::ExtraField, "a gzip extra field", None, start, extra);
            }
        }
        for (field, what) in [(FNAME, "gzip name"), (FCOMMENT, "gzip comment")] {
            if flags & field == 0 {
                continue;
            }
            let text = self.text(start, &mut crc)?;
            self.blobs.up_to_small(AnomalyKind::Comment, what, None, start, &text);
        }
        if self.blobs.is_full() {
            return Err(Damage::new(start, "the gzip file has more comments than packgate examines"));
        }
        if flags & FHCRC != 0 {
            let expected = crc.sum() & 0xffff;
            let mut unused = Crc::new();
            let stored = u16::from_le_bytes([self.input.byte(&mut unused)?, self.input.byte(&mut unused)?]);
            if u32::from(stored) != expected {
                return Err(Damage::new(start, "the checksum of the gzip header is wrong"));
            }
        }
        self.inflate.reset(false);
        self.crc.reset();
        self.state = State::Body { members };
        Ok(())
    }

    /// A name or comment, up to the NUL that ends it.
    fn text(&mut self, start: u64, crc: &mut Crc) -> Result<Vec<u8>, Damage> {
        let mut text = Vec::new();
        loop {
            match self.input.byte(crc)? {
                0 => return Ok(text),
                byte => text.push(byte),
            }
            if text.len() > MOST_FIELD {
                return Err(Damage::new(start, "gzip with an endless name or comment"));
            }
        }
    }

    /// Inflates into `out`: how many bytes came, and whether the member's data ended with them.
    fn body(&mut self, out: &mut [u8]) -> Result<(usize, bool), Damage> {
        loop {
            if self.input.is_empty() {
                self.input.refill()?;
            }
            let input = self.input.available();
            let at_end = input.is_empty();
            let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(input, out, FlushDecompress::None);
            let consumed = (self.inflate.total_in() - before_in) as usize;
            let produced = (self.inflate.total_out() - before_out) as usize;
            self.input.consume(consumed);
            let status =
                status.map_err(|_| Damage::new(self.input.offset, "the compressed bytes are damaged"))?;
            self.crc.update(out.get(..produced).unwrap_or_default());
            let ended = status == Status::StreamEnd;
            if produced > 0 || ended {
                return Ok((produced, ended));
            }
            if at_end {
                return Err(Damage::new(self.input.offset, "the gzip file ends in the middle of its data"));
            }
        }
    }

    /// Checks a member's trailer and looks at what follows.
    fn trailer(&mut self, members: u64) -> Result<(), Damage> {
        let offset = self.input.offset;
        let mut unused = Crc::new();
        let mut fields = [0; 8];
        for byte in &mut fields {
            *byte = self.input.byte(&mut unused)?;
        }
        let [a, b, c, d, e, f, g, h] = fields;
        if u32::from_le_bytes([a, b, c, d]) != self.crc.sum() {
            return Err(Damage::new(
                offset,
                "the gzip checksum (CRC-32) is wrong: npm refuses this file, cargo and Python take it",
            ));
        }
        if u32::from_le_bytes([e, f, g, h]) != self.crc.amount() {
            return Err(Damage::new(
                offset,
                "the gzip length (ISIZE) is wrong: npm refuses this file, cargo and Python take it",
            ));
        }
        self.state = State::Done;
        let behind = self.input.offset;
        match self.input.peek()? {
            [] => {}
            [0, ..] => {
                if self.input.skip_zeros()? {
                    self.trailing(self.input.offset)?;
                }
            }
            [0x1f, 0x8b, ..] => {
                if members == 0 {
                    self.anomalies.push(RawAnomaly {
                        kind: AnomalyKind::GzipMembers,
                        offset: behind,
                        entry: None,
                        detail: "a second gzip member begins here: npm, pip and GNU tar read on, cargo and others stop before it"
                            .into(),
                    });
                }
                self.state = State::Header { members: members + 1 };
            }
            _ => self.trailing(behind)?,
        }
        Ok(())
    }

    fn trailing(&mut self, offset: u64) -> Result<(), Damage> {
        self.anomalies.push(RawAnomaly {
            kind: AnomalyKind::TrailingData,
            offset,
            entry: None,
            detail: format!(
                "{} bytes follow the end of the gzip data: most clients ignore them, GNU tar and others refuse the file",
                self.input.source.size().saturating_sub(offset)
            ),
        });
        let bytes = rest(self.input.source, offset)?;
        self.blobs.told("bytes behind the gzip data", None, offset, bytes);
        Ok(())
    }
}

/// Whether an extra field consists of fields that a known program keeps: sizes of blocks, and nothing to read.
fn is_known_extra(mut extra: &[u8]) -> bool {
    /// BGZF, dictzip, Apollo's file type, Cpio's and mgzip's sizes.
    const KNOWN: [([u8; 2], usize); 4] = [(*b"BC", 2), (*b"RA", 4096), (*b"IG", 4), (*b"MZ", 8)];
    while let [a, b, low, high, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let fits = KNOWN.iter().any(|(id, most)| id == &[*a, *b] && length <= *most);
        let Some(behind) = rest.get(length..).filter(|_| fits) else { return false };
        extra = behind;
    }
    extra.is_empty()
}

impl Decoder for Gzip<'_> {
    /// Offsets of anomalies are those in the compressed file.
    fn finish(&mut self, sink: &mut dyn Sink, blobs: &mut Blobs) {
        for anomaly in self.anomalies.drain(..) {
            sink.anomaly(anomaly);
        }
        blobs.absorb(std::mem::take(&mut self.blobs));
    }
}

impl Read for Gzip<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = out.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.state {
                State::Header { members } => self.header(members).map_err(io::Error::other)?,
                State::Body { members } => {
                    let (count, ended) = self.body(rest).map_err(io::Error::other)?;
                    filled += count;
                    if ended {
                        self.trailer(members).map_err(io::Error::other)?;
                    }
                }
                State::Done => break,
            }
        }
        Ok(filled)
    }
}

/// The compressed file, read in chunks.
struct Input<'a> {
    source: &'a dyn ReadAt,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset in the file of the next byte.
    offset: u64,
}

impl Input<'_> {
    fn available(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.start == self.end
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        self.offset += count as u64;
    }

    /// Reads the next chunk after what is available.
    fn refill(&mut self) -> Result<(), Damage> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let behind = self.offset + self.end as u64;
        let free = self.buffer.get_mut(self.end..).unwrap_or_default();
        let count = self.source.read_at(free, behind).map_err(|error| Damage::unreadable(behind, &error))?;
        self.end += count;
        Ok(())
    }

    fn byte(&mut self, crc: &mut Crc) -> Result<u8, Damage> {
        if self.is_empty() {
            self.refill()?;
        }
        let byte = self.available().first().copied();
        let byte = byte.ok_or_else(|| Damage::new(self.offset, "the gzip file ends too early"))?;
        crc.update(&[byte]);
        self.consume(1);
        Ok(byte)
    }

    /// The next bytes, at least two unless the file ends there.
    fn peek(&mut self) -> Result<&[u8], Damage> {
        if self.available().len() < 2 {
            self.refill()?;
        }
        Ok(self.available())
    }

    /// Skips zero bytes; whether something else follows.
    fn skip_zeros(&mut self) -> Result<bool, Damage> {
        loop {
            let zeros = self.available().iter().take_while(|byte| **byte == 0).count();
            self.consume(zeros);
            if !self.is_empty() {
                return Ok(true);
            }
            self.refill()?;
            if self.is_empty() {
                return Ok(false);
            }
        }
    }
}
