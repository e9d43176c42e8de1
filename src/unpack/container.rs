//! What differs between containers, their magic numbers apart, which are in [`sniff`](super::sniff).

use std::io::{self, Read};

use crate::inventory::Media;

use super::blob::Blobs;
use super::names::Names;
use super::{Damage, Meter, ReadAt, Sink};

/// A way to pack files.
pub(super) struct Container {
    /// Its name in the list of containers.
    pub(super) name: &'static str,
    /// The type that its magic number tells; `None` where there is none.
    pub(super) media: Option<Media>,
    /// Suffixes of names that promise it to every client; those of a compression promise a tar inside.
    pub(super) promised_by: &'static [&'static str],
    /// How it is read.
    pub(super) reading: Reading,
}

/// How a container is read.
pub(super) enum Reading {
    /// By the directory at its end: other bytes may be before it.
    Directory(fn(&dyn ReadAt, &Meter<'_>, &mut dyn Sink) -> Result<(), Damage>),
    /// Entry by entry, from front to back.
    Entries(WalkEntries),
    /// As one compressed stream, of a tar or of a single file.
    Stream(Compression),
}

/// Reads an archive, and collects its names and the bytes of no entry.
pub(super) type WalkEntries =
    fn(&mut dyn Read, &Meter<'_>, &mut Names, &mut Blobs, &mut dyn Sink) -> Result<(), Damage>;

/// Begins to decompress.
pub(super) type Open = for<'a> fn(&'a dyn ReadAt, &'a Meter<'a>) -> Box<dyn Decoder + 'a>;

/// A compression around a single stream.
pub(super) struct Compression {
    /// Begins to decompress.
    pub(super) open: Open,
    /// Suffixes of file names, each with what replaces it in the name of the file inside.
    pub(super) suffixes: &'static [(&'static str, &'static str)],
    /// Whether the name alone tells it.
    pub(super) told_by_name: bool,
}

/// A decompressing reader.
pub(super) trait Decoder: Read {
    /// Passes on what is next to the data. All of it once the last byte was read.
    fn finish(&mut self, sink: &mut dyn Sink, blobs: &mut Blobs);
}

/// A reader as a decoder that knows of data only.
pub(super) struct DataOnly<R>(pub(super) R);

impl<R: Read> Read for DataOnly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> Decoder for DataOnly<R> {
    fn finish(&mut self, _sink: &mut dyn Sink, _blobs: &mut Blobs) {}
}

impl Container {
    /// The type that its bytes look like: without a magic number, any binary.
    pub(super) fn looks_like(&self) -> Media {
        self.media.unwrap_or(Media::Binary)
    }

    /// Whether a name promises it to every client.
    pub(super) fn is_promised_by(&self, name: &str) -> bool {
        self.promised_by.iter().any(|suffix| has_suffix(name, suffix))
    }

    /// Whether its name tells it, whatever the bytes look like.
    pub(super) fn is_told_by(&self, name: &str) -> bool {
        self.compression().is_some_and(|compression| {
            compression.told_by_name
                && compression.suffixes.iter().any(|(suffix, _)| has_suffix(name, suffix))
        })
    }

    /// Whether a name that promises it promises a tar, too.
    pub(super) fn promises_tar(&self) -> bool {
        self.media == Some(Media::Tar) || self.compression().is_some()
    }

    /// What it is as a compression, if it is one.
    pub(super) fn compression(&self) -> Option<&Compression> {
        match &self.reading {
            Reading::Stream(compression) => Some(compression),
            Reading::Directory(_) | Reading::Entries(_) => None,
        }
    }
}

impl Compression {
    /// The name of the file inside.
    pub(super) fn inner_name(&self, name: &str) -> String {
        for (suffix, instead) in self.suffixes {
            if has_suffix(name, suffix) && name.len() > suffix.len() {
                let stem = name.get(..name.len() - suffix.len()).unwrap_or(name);
                return format!("{stem}{instead}");
            }
        }
        name.to_owned()
    }
}

/// Whether a name ends so, in whatever case.
fn has_suffix(name: &str, suffix: &str) -> bool {
    let start = name.len().checked_sub(suffix.len()).and_then(|start| name.get(start..));
    start.is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}
