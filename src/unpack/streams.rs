//! Compressed streams of one kind, one after the other: some clients read the first only.

use std::io::{self, BufRead, BufReader, Read};

use crate::inventory::AnomalyKind;

use super::blob::Blobs;
use super::container::Decoder;
use super::{Damage, RawAnomaly, ReadAt, Sink, Window};

pub(super) const CHUNK: usize = 256 << 10;

/// What a decoder reads from.
pub(super) type Input<'a> = BufReader<Window<'a>>;

pub(super) fn input(source: &dyn ReadAt) -> Input<'_> {
    BufReader::with_capacity(CHUNK, Window::whole(source))
}

/// Damage that a decoder found.
pub(super) fn damage(why: impl Into<String>) -> io::Error {
    io::Error::other(Damage::new(0, why))
}

/// Decompresses one stream, and gives back what follows it.
pub(super) trait One<'a>: Read {
    /// Zeros that may follow a stream come in multiples of this; none may where it is 0.
    const PADDING: usize;

    /// The input, once all was read.
    fn into_input(self) -> Input<'a>;
}

impl<'a> One<'a> for lzma_rust2::XzReader<Input<'a>> {
    const PADDING: usize = 4;

    fn into_input(self) -> Input<'a> {
        self.into_inner()
    }
}

impl<'a> One<'a> for bzip2::bufread::BzDecoder<Input<'a>> {
    const PADDING: usize = 0;

    fn into_input(self) -> Input<'a> {
        self.into_inner()
    }
}

/// Decompresses all streams of a file.
pub(super) struct Streams<'a, D, B> {
    begin: B,
    open: State<'a, D>,
    /// Streams begun.
    count: u64,
}

enum State<'a, D> {
    /// A stream is due, or the end.
    Between(Input<'a>),
    Stream(D),
    Done,
}

impl<'a, D: One<'a>, B: FnMut(Input<'a>) -> D> Streams<'a, D, B> {
    pub(super) fn new(input: Input<'a>, mut begin: B) -> Self {
        let open = State::Stream(begin(input));
        Self { begin, open, count: 1 }
    }
}

impl<'a, D: One<'a>, B: FnMut(Input<'a>) -> D> Read for Streams<'a, D, B> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.open, State::Done) {
                State::Between(mut input) => {
                    if D::PADDING > 0 && !skip_zeros(&mut input)?.is_multiple_of(D::PADDING) {
                        return Err(damage("the zeros between compressed streams are of an odd length"));
                    }
                    if !input.fill_buf()?.is_empty() {
                        self.count += 1;
                        self.open = State::Stream((self.begin)(input));
                    }
                }
                State::Stream(mut stream) => {
                    let count = stream.read(buffer)?;
                    if count > 0 || buffer.is_empty() {
                        self.open = State::Stream(stream);
                        return Ok(count);
                    }
                    self.open = State::Between(stream.into_input());
                }
                State::Done => return Ok(0),
            }
        }
    }
}

fn skip_zeros(input: &mut Input<'_>) -> io::Result<usize> {
    let mut skipped = 0;
    loop {
        let held = input.fill_buf()?;
        let zeros = held.iter().take_while(|byte| **byte == 0).count();
        let is_all = zeros == held.len() && zeros > 0;
        input.consume(zeros);
        skipped += zeros;
        if !is_all {
            return Ok(skipped);
        }
    }
}

impl<'a, D: One<'a>, B: FnMut(Input<'a>) -> D> Decoder for Streams<'a, D, B> {
    fn finish(&mut self, sink: &mut dyn Sink, _blobs: &mut Blobs) {
        tell(self.count, sink);
    }
}

/// Says so where there are several.
pub(super) fn tell(count: u64, sink: &mut dyn Sink) {
    if count > 1 {
        let detail = format!("the file is of {count} compressed streams, one behind the other");
        sink.anomaly(RawAnomaly { kind: AnomalyKind::SeveralStreams, offset: 0, entry: None, detail });
    }
}
