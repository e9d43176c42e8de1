//! Compressions around a single stream, other than gzip: Zstandard, xz, bzip2, brotli.

use std::io::{self, BufRead, BufReader, Read};

use super::{Damage, ReadAt, Window};

const CHUNK: usize = 256 << 10;
/// Memory that a dictionary may take, in KiB.
const MOST_DICTIONARY: u32 = 128 << 10;

type Input<'a> = BufReader<Window<'a>>;

fn input(source: &dyn ReadAt) -> Input<'_> {
    BufReader::with_capacity(CHUNK, Window::whole(source))
}

/// Decompresses xz, all streams of it.
pub(super) fn xz(source: &dyn ReadAt) -> Box<dyn Read + '_> {
    Box::new(lzma_rust2::XzReader::new_mem_limit(input(source), true, MOST_DICTIONARY))
}

/// Decompresses bzip2, all streams of it.
pub(super) fn bzip2(source: &dyn ReadAt) -> Box<dyn Read + '_> {
    Box::new(bzip2::bufread::MultiBzDecoder::new(input(source)))
}

/// Decompresses brotli, which must end where the file does.
pub(super) fn brotli(source: &dyn ReadAt) -> Box<dyn Read + '_> {
    Box::new(brotli_decompressor::Decompressor::new(input(source), CHUNK))
}

/// Decompresses Zstandard, all frames of it.
pub(super) fn zstd(source: &dyn ReadAt) -> Box<dyn Read + '_> {
    Box::new(Zstd::Between(input(source)))
}

enum Zstd<'a> {
    /// A frame is due, or the end.
    Between(Input<'a>),
    Frame(Box<Frame<'a>>),
    Done,
}

type Frame<'a> = ruzstd::decoding::StreamingDecoder<Input<'a>, ruzstd::decoding::FrameDecoder>;

impl Read for Zstd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(self, Self::Done) {
                Self::Between(mut input) => {
                    if skip_frames(&mut input)? {
                        let frame = Frame::new(input).map_err(|_| {
                            Damage::new(0, "the Zstandard frame is damaged or asks for too much memory")
                        });
                        *self = Self::Frame(Box::new(frame.map_err(io::Error::other)?));
                    }
                }
                Self::Frame(mut frame) => {
                    let count = frame.read(buffer)?;
                    if count > 0 || buffer.is_empty() {
                        *self = Self::Frame(frame);
                        return Ok(count);
                    }
                    check(&frame)?;
                    *self = Self::Between(frame.into_inner());
                }
                Self::Done => return Ok(0),
            }
        }
    }
}

fn check(frame: &Frame<'_>) -> io::Result<()> {
    let decoder = &frame.decoder;
    match (decoder.get_checksum_from_data(), decoder.get_calculated_checksum()) {
        (Some(stored), Some(real)) if stored != real => {
            Err(io::Error::other(Damage::new(0, "the Zstandard checksum is wrong")))
        }
        _ => Ok(()),
    }
}

/// Skips frames that hold no data; whether another frame follows.
fn skip_frames(input: &mut Input<'_>) -> io::Result<bool> {
    loop {
        let start = input.fill_buf()?;
        match start {
            [] => return Ok(false),
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                let mut header = [0; 8];
                input.read_exact(&mut header)?;
                let [.., a, b, c, d] = header;
                let length = u64::from(u32::from_le_bytes([a, b, c, d]));
                if io::copy(&mut input.take(length), &mut io::sink())? != length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            _ => return Ok(true),
        }
    }
}
