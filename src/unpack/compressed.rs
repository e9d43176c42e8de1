//! Compressions around a single stream, other than gzip: Zstandard, xz, lzma, bzip2, brotli, zlib, deflate.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::inventory::{AnomalyKind, Media};

use super::blob::Blobs;
use super::container::{Compression, Container, DataOnly, Decoder, Reading};
use super::meter::RATIO_FREE;
use super::streams::{self, CHUNK, Input, Streams, damage, input};
use super::{Damage, Limits, Meter, ReadAt, Sink, Spent, Window};

/// Zstandard, all frames of it.
pub(super) const ZSTD: Container = Container {
    name: "zstd",
    media: Some(Media::Zstd),
    promised_by: &[".tar.zst"],
    reading: Reading::Stream(Compression {
        open: |source, meter| Box::new(zstd(source, meter)),
        suffixes: &[(".zst", ""), (".zstd", "")],
        told_by_name: false,
    }),
};

/// All streams of a file.
pub(super) const XZ: Container = Container {
    name: "xz",
    media: Some(Media::Xz),
    promised_by: &[".tar.xz"],
    reading: Reading::Stream(Compression {
        open: |source, meter| {
            let most = meter.limits().dictionary();
            Box::new(Streams::new(input(source), move |input| {
                lzma_rust2::XzReader::new_mem_limit(input, false, most)
            }))
        },
        suffixes: &[(".xz", "")],
        told_by_name: false,
    }),
};

/// All streams of a file.
pub(super) const BZIP2: Container = Container {
    name: "bzip2",
    media: Some(Media::Bzip2),
    promised_by: &[".tar.bz2"],
    reading: Reading::Stream(Compression {
        open: |source, _| Box::new(Streams::new(input(source), bzip2::bufread::BzDecoder::new)),
        suffixes: &[(".bz2", "")],
        told_by_name: false,
    }),
};

/// Must end where the file does. It has no magic number.
pub(super) const BROTLI: Container = Container {
    name: "brotli",
    media: None,
    promised_by: &[],
    reading: Reading::Stream(Compression {
        open: |source, _| Box::new(DataOnly(brotli(source))),
        suffixes: &[(".br", ""), (".brotli", "")],
        told_by_name: true,
    }),
};

/// Deflate with a header and a digest, which is checked.
pub(super) const ZLIB: Container = Container {
    name: "zlib",
    media: None,
    promised_by: &[],
    reading: Reading::Stream(Compression {
        open: |source, _| Box::new(DataOnly(flate2::bufread::ZlibDecoder::new(input(source)))),
        suffixes: DEFLATE_SUFFIXES,
        told_by_name: false,
    }),
};

/// Deflate without anything around it.
pub(super) const DEFLATE: Container = Container {
    name: "deflate",
    media: None,
    promised_by: &[],
    reading: Reading::Stream(Compression {
        open: |source, _| Box::new(DataOnly(flate2::bufread::DeflateDecoder::new(input(source)))),
        suffixes: DEFLATE_SUFFIXES,
        told_by_name: false,
    }),
};

const DEFLATE_SUFFIXES: &[(&str, &str)] = &[(".zz", ""), (".zlib", ""), (".deflate", ""), (".z", "")];

/// The format that xz replaced.
pub(super) const LZMA: Container = Container {
    name: "lzma",
    media: None,
    promised_by: &[],
    reading: Reading::Stream(Compression {
        open: |source, meter| match lzma_rust2::LzmaReader::new_mem_limit(
            input(source),
            meter.limits().dictionary(),
            None,
        ) {
            Ok(reader) => Box::new(DataOnly(reader)),
            Err(error) => Box::new(DataOnly(Broken(Some(error.to_string())))),
        },
        suffixes: &[(".lzma", "")],
        told_by_name: false,
    }),
};

/// A reader that only says what is wrong.
struct Broken(Option<String>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(damage(self.0.take().unwrap_or_default()))
    }
}

fn brotli(source: &dyn ReadAt) -> impl Read + '_ {
    brotli_decompressor::Decompressor::new(input(source), CHUNK)
}

/// What a stretch of zlib holds, within the limits of one entry.
pub(crate) fn unzlib(packed: &[u8], limits: &Limits) -> Result<Vec<u8>, Damage> {
    read_whole(&mut flate2::bufread::ZlibDecoder::new(packed), limits)
}

/// What a stretch of gzip holds, within the limits of one entry.
pub(crate) fn ungzip(packed: &[u8], limits: &Limits) -> Result<Vec<u8>, Damage> {
    read_whole(&mut super::gzip::Gzip::new(&packed), limits)
}

/// What a stretch of brotli holds, within the limits of one entry.
pub(crate) fn unbrotli(packed: &[u8], limits: &Limits) -> Result<Vec<u8>, Damage> {
    read_whole(&mut brotli(&packed), limits)
}

/// What a stretch of Zstandard holds, within the limits of one entry.
pub(crate) fn unzstd(packed: &[u8], limits: &Limits) -> Result<Vec<u8>, Damage> {
    let spent = Spent::default();
    let meter = Meter::new(&packed, limits, &spent);
    read_whole(&mut zstd(&packed, &meter), limits)
}

/// Whether bytes begin like gzip, zlib, Zstandard, xz, bzip2 or a `.lzma` file. [`LONGEST_MARK`] of them tell.
pub(crate) fn is_packed(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b, 8])
        || head.starts_with(ZSTD_MAGIC)
        || head.starts_with(XZ_MAGIC)
        || is_bzip2(head)
        || is_zlib(head)
        || is_usual_lzma(head)
}

/// Bytes that tell each of these forms from others.
pub(crate) const LONGEST_MARK: usize = 14;

/// What a stretch of one of these forms holds, within the limits of one entry, or how many bytes were made of it before
/// that turned out to be wrong; `None` for anything else.
pub(crate) fn unpacked(bytes: &[u8], limits: &Limits) -> Option<Result<Vec<u8>, u64>> {
    Some(match bytes {
        [0x1f, 0x8b, 8, ..] => read_counting(&mut super::gzip::Gzip::new(&bytes), limits),
        // a window may hold back all that was made
        _ if bytes.starts_with(ZSTD_MAGIC) => {
            unzstd(bytes, limits).map_err(|_| (bytes.len() as u64).saturating_mul(limits.ratio))
        }
        _ if bytes.starts_with(XZ_MAGIC) => {
            let mut reader = lzma_rust2::XzReader::new_mem_limit(bytes, true, limits.dictionary());
            read_counting(&mut reader, limits)
        }
        _ if is_bzip2(bytes) => read_counting(&mut bzip2::bufread::BzDecoder::new(bytes), limits),
        _ if is_zlib(bytes) => read_counting(&mut flate2::bufread::ZlibDecoder::new(bytes), limits),
        _ if is_usual_lzma(bytes) => {
            match lzma_rust2::LzmaReader::new_mem_limit(bytes, limits.dictionary(), None) {
                Ok(mut reader) => read_counting(&mut reader, limits),
                Err(_) => Err(0),
            }
        }
        _ => return None,
    })
}

pub(crate) const XZ_MAGIC: &[u8] = b"\xfd7zXZ\0";

/// A size of blocks, and the number with which the first block begins.
pub(crate) fn is_bzip2(head: &[u8]) -> bool {
    matches!(head, [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..])
}

/// RFC 1950: deflate, a window of a power of two, no preset dictionary, a check of five bits.
pub(super) fn is_zlib(head: &[u8]) -> bool {
    const DICTIONARY: u8 = 0x20;
    match head {
        [method, flags, ..] => {
            method & 0x0f == 8
                && method >> 4 <= 7
                && flags & DICTIONARY == 0
                && u16::from_be_bytes([*method, *flags]).is_multiple_of(31)
        }
        _ => false,
    }
}

/// The header of a `.lzma` file, as strictly as xz takes it: usual properties, a dictionary of a round size, a
/// length that is unknown or fits on a disk, and the zero that the coder begins with.
pub(super) fn is_lzma(head: &[u8]) -> bool {
    let Some([properties, a, b, c, d, length @ .., 0]) = head.first_chunk::<14>() else { return false };
    let dictionary = u32::from_le_bytes([*a, *b, *c, *d]);
    let is_round = dictionary.is_power_of_two() || (dictionary / 3).is_power_of_two();
    let length = u64::from_le_bytes(*length);
    *properties < 225 && dictionary >= 1 << 12 && is_round && (length == u64::MAX || length < 1 << 38)
}

/// The same with the properties that every encoder has unless asked for others: in a text, numbers may look like it.
fn is_usual_lzma(head: &[u8]) -> bool {
    const USUAL: u8 = 0x5D;
    head.first() == Some(&USUAL) && is_lzma(head)
}

const ZSTD_MAGIC: &[u8] = b"\x28\xb5\x2f\xfd";

fn read_whole(reader: &mut dyn Read, limits: &Limits) -> Result<Vec<u8>, Damage> {
    let mut bytes = Vec::new();
    read_into(&mut bytes, reader, limits)?;
    Ok(bytes)
}

/// The same, or how many bytes were read.
fn read_counting(reader: &mut dyn Read, limits: &Limits) -> Result<Vec<u8>, u64> {
    let mut bytes = Vec::new();
    let read = read_into(&mut bytes, reader, limits);
    read.map(|()| std::mem::take(&mut bytes)).map_err(|_| bytes.len() as u64)
}

fn read_into(bytes: &mut Vec<u8>, reader: &mut dyn Read, limits: &Limits) -> Result<(), Damage> {
    let most = limits.most_in_entry();
    let read = reader.take(most.saturating_add(1)).read_to_end(bytes);
    read.map_err(|error| Damage::from_reader(0, error))?;
    if bytes.len() as u64 > most {
        return Err(Damage::new(most, limits.too_large().to_string()));
    }
    Ok(())
}

/// Decompresses Zstandard, all frames of it.
fn zstd<'a>(source: &'a dyn ReadAt, meter: &'a Meter<'a>) -> Zstd<'a> {
    let most_held = RATIO_FREE.max(source.size().saturating_mul(meter.limits().ratio));
    Zstd::new(Window::whole(source), meter, most_held)
}

/// Bytes decoded at once, at least.
const STEP: usize = 256 << 10;

/// Decompresses Zstandard, all frames of it.
pub(super) struct Zstd<'a> {
    state: State<'a>,
    meter: &'a Meter<'a>,
    /// Largest window that a frame may ask for. Asking costs nothing: the decoder's memory grows with what it
    /// has decoded.
    most_window: u64,
    /// Most decoded bytes in a frame's memory: the decoder gives nothing out before a window is full, so that
    /// the limits don't see what it holds.
    most_held: u64,
    blobs: Blobs,
    /// Frames begun.
    frames: u64,
}

impl<'a> Zstd<'a> {
    /// A reader of these bytes that holds at most about `most_held` decoded ones back.
    pub(super) fn new(packed: Window<'a>, meter: &'a Meter<'a>, most_held: u64) -> Self {
        let most_window = meter.limits().most_in_entry().max(match meter.limits().memory {
            Some(_) => 0,
            None => ruzstd::decoding::DEFAULT_MAX_WINDOW_SIZE,
        });
        let input = BufReader::with_capacity(CHUNK, packed);
        Self {
            state: State::Between(input),
            meter,
            most_window,
            most_held,
            blobs: Blobs::default(),
            frames: 0,
        }
    }
}

enum State<'a> {
    /// A frame is due, or the end.
    Between(Input<'a>),
    Frame(Box<Frame<'a>>),
    Done,
}

struct Frame<'a> {
    decoder: FrameDecoder,
    input: Input<'a>,
    /// Bytes decoded, at least.
    decoded: u64,
    given_out: u64,
}

impl Decoder for Zstd<'_> {
    fn finish(&mut self, sink: &mut dyn Sink, blobs: &mut Blobs) {
        streams::tell(self.frames, sink);
        blobs.absorb(std::mem::take(&mut self.blobs));
    }
}

impl Read for Zstd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Between(mut input) => {
                    if skip_frames(&mut input, &mut self.blobs, "skippable Zstandard frame")? {
                        self.frames += 1;
                        self.state = State::Frame(Box::new(Frame::begin(input, self.most_window)?));
                    }
                }
                State::Frame(mut frame) => {
                    let count = frame.read(buffer, self.most_held).inspect_err(|_| {
                        // It cost as much as if it had been given out.
                        let _ = self.meter.produce(frame.held());
                    })?;
                    if count > 0 || buffer.is_empty() {
                        self.state = State::Frame(frame);
                        return Ok(count);
                    }
                    frame.check()?;
                    self.state = State::Between(frame.input);
                }
                State::Done => return Ok(0),
            }
        }
    }
}

impl<'a> Frame<'a> {
    fn begin(mut input: Input<'a>, most_window: u64) -> io::Result<Self> {
        // A decoder of its own for each frame: one that is used again allocates the whole window at once.
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(most_window);
        match decoder.init(&mut input) {
            Ok(()) => Ok(Self { decoder, input, decoded: 0, given_out: 0 }),
            Err(FrameDecoderError::WindowSizeTooBig { requested, .. }) => {
                let why = format!(
                    "the Zstandard frame asks for a window of {requested} bytes, more than the limit set for one entry"
                );
                Err(damage(why))
            }
            Err(_) => Err(damage("the Zstandard frame is damaged")),
        }
    }

    fn read(&mut self, buffer: &mut [u8], most_held: u64) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let step = BlockDecodingStrategy::UptoBytes(STEP);
            if !self.decoder.decode_blocks(&mut self.input, step).map_err(io::Error::other)? {
                self.decoded += STEP as u64;
            }
            if self.held() > most_held {
                return Err(damage("the Zstandard frame holds back more than its size allows"));
            }
        }
        let count = self.decoder.read(buffer)?;
        self.given_out += count as u64;
        Ok(count)
    }

    /// Decoded bytes not yet given out, at least.
    fn held(&self) -> u64 {
        self.decoded.saturating_sub(self.given_out)
    }

    fn check(&self) -> io::Result<()> {
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(stored), Some(real)) if stored != real => Err(damage("the Zstandard checksum is wrong")),
            _ => Ok(()),
        }
    }
}

/// Largest frame to be skipped that is looked at.
const MOST_SKIPPED: u64 = 64 << 20;

/// Whether a frame to be skipped is the table of a seekable file, or the size that pzstd puts before each frame.
fn is_known_frame(kind: u8, bytes: &[u8]) -> bool {
    const SEEKABLE: &[u8] = b"\xb1\xea\x92\x8f";
    match kind {
        0x5e => bytes.ends_with(SEEKABLE),
        0x50 => bytes.len() == 4,
        _ => false,
    }
}

/// Skips frames that hold no data; whether another frame follows.
pub(super) fn skip_frames(input: &mut Input<'_>, blobs: &mut Blobs, what: &'static str) -> io::Result<bool> {
    loop {
        let start = input.fill_buf()?;
        match start {
            [] => return Ok(false),
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                let mut header = [0; 8];
                input.read_exact(&mut header)?;
                let [kind, _, _, _, a, b, c, d] = header;
                let length = u64::from(u32::from_le_bytes([a, b, c, d]));
                let mut bytes = Vec::new();
                if input.take(length.min(MOST_SKIPPED)).read_to_end(&mut bytes)? as u64 != length {
                    let why = format!("a {what} is cut off, or larger than packgate looks at");
                    return Err(damage(why));
                }
                if is_known_frame(kind, &bytes) {
                    blobs.usual(what, 0, &bytes);
                } else {
                    blobs.foreign(AnomalyKind::SkippedFrame, &format!("a {what}"), None, 0, bytes);
                }
                if blobs.is_full() {
                    return Err(damage("more frames are to be skipped than packgate looks at"));
                }
            }
            _ => return Ok(true),
        }
    }
}
