//! LZ4, strictly: every frame must end as its format says, and frames to be skipped are looked at.

use std::io::{self, Read};

use lz4_flex::frame::FrameDecoder;

use crate::inventory::Media;

use super::Sink;
use super::blob::Blobs;
use super::compressed::skip_frames;
use super::container::{Compression, Container, Decoder, Reading};
use super::streams::{Input, damage, input};

/// All frames of a file. The old format, which has no end, is not opened.
pub(super) const CONTAINER: Container = Container {
    name: "lz4",
    media: Some(Media::Lz4),
    promised_by: &[".tar.lz4"],
    reading: Reading::Stream(Compression {
        open: |source, _| Box::new(Lz4 { state: State::Between(input(source)), blobs: Blobs::default() }),
        suffixes: &[(".lz4", "")],
        told_by_name: false,
    }),
};

const MAGIC: &[u8] = b"\x04\x22\x4d\x18";

struct Lz4<'a> {
    state: State<'a>,
    blobs: Blobs,
}

enum State<'a> {
    /// A frame is due, or the end.
    Between(Input<'a>),
    Frame(Box<FrameDecoder<Unended<'a>>>),
    Done,
}

/// Input that must not end before its frame does: the decoder takes a missing block for the end.
struct Unended<'a>(Input<'a>);

impl Read for Unended<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(damage("the LZ4 frame is cut off")),
            count => Ok(count),
        }
    }
}

impl Decoder for Lz4<'_> {
    fn finish(&mut self, _sink: &mut dyn Sink, blobs: &mut Blobs) {
        blobs.absorb(std::mem::take(&mut self.blobs));
    }
}

impl Read for Lz4<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Between(mut input) => {
                    if skip_frames(&mut input, &mut self.blobs, "skippable LZ4 frame")? {
                        if !io::BufRead::fill_buf(&mut input)?.starts_with(MAGIC) {
                            return Err(damage("what follows an LZ4 frame is none"));
                        }
                        self.state = State::Frame(Box::new(FrameDecoder::new(Unended(input))));
                    }
                }
                State::Frame(mut frame) => {
                    let count = frame.read(buffer).map_err(why)?;
                    if count > 0 || buffer.is_empty() {
                        self.state = State::Frame(frame);
                        return Ok(count);
                    }
                    self.state = State::Between(frame.into_inner().0);
                }
                State::Done => return Ok(0),
            }
        }
    }
}

fn why(error: io::Error) -> io::Error {
    match error.downcast::<super::Damage>() {
        Ok(known) => io::Error::other(known),
        Err(_) => damage("the LZ4 frame is damaged"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn frame(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut reader = Lz4 { state: State::Between(input(&bytes)), blobs: Blobs::default() };
        let mut out = Vec::new();
        reader.read_to_end(&mut out).map(|_| out).map_err(|error| error.to_string())
    }

    #[test]
    fn frames_are_read_to_the_end_of_the_last() {
        let text: Vec<u8> = (0..300_000u32).flat_map(|n| (n / 7).to_le_bytes()).collect();
        assert_eq!(read(&frame(&text)).unwrap(), text);
        let skipped = b"\x53\x2a\x4d\x18\x04\0\0\0four";
        assert_eq!(read(&[&frame(b"one "), &skipped[..], &frame(b"two")].concat()).unwrap(), b"one two");
    }

    #[test]
    fn what_is_cut_off_or_followed_by_something_is_refused() {
        let whole = frame(b"let a = 1;\n");
        for end in 1..whole.len() {
            assert!(read(&whole[..end]).is_err(), "{end}");
        }
        assert!(read(&[&whole, &b"more"[..]].concat()).is_err());
    }
}
