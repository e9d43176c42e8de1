//! 7-Zip, read by `sevenz-rust2`. Bytes beside its packed streams are looked at as they are.

use std::io::{self, Read, Seek, SeekFrom};

use sevenz_rust2::{ArchiveEntry, ArchiveReader, Error, Password};

use crate::inventory::{AnomalyKind, EntryKind, Media};

use super::blob::Blobs;
use super::container::{Container, Reading};
use super::names::Names;
use super::path::canonical;
use super::{Damage, Header, Meter, RawAnomaly, ReadAt, Sink, rest};

pub(super) const CONTAINER: Container = Container {
    name: "7z",
    media: Some(Media::SevenZip),
    promised_by: &[".7z"],
    reading: Reading::Directory(walk),
};

const CHUNK: usize = 256 << 10;
/// Bytes of the header, which has a checksum of its own.
const START: u64 = 32;
/// Most bytes beside the packed streams that are kept.
const MOST_BESIDE: u64 = 64 << 20;
/// That the upper half of the attributes is a mode of Unix.
const HAS_MODE: u32 = 0x8000;
/// Of such a mode, what kind of thing it is, and which are links.
const KIND: u32 = 0o170_000;
const LINK: u32 = 0o120_000;

/// Gives out all entries, block after block.
fn walk(source: &dyn ReadAt, meter: &Meter<'_>, sink: &mut dyn Sink) -> Result<(), Damage> {
    // For the directory, and for a dictionary.
    let most = meter.limits().dictionary() as usize;
    let opened = ArchiveReader::new_with_memory_limit(Cursor { source, at: 0 }, Password::empty(), most);
    let mut archive = opened.map_err(|error| damage(&error))?;
    archive.set_thread_count(1);
    let mut blobs = Blobs::default();
    let end = end(source)?;
    for (offset, bytes) in beside(source, end, archive.archive().pack_pos(), archive.archive().pack_sizes())?
    {
        blobs.usual("beside the packed streams", offset, &bytes);
    }
    let behind = rest(source, end)?;
    if behind.iter().any(|byte| *byte != 0) {
        blobs.foreign(AnomalyKind::TrailingData, "the bytes behind the archive", None, end, behind);
    }
    let mut names = Names::default();
    let mut over = None;
    let read =
        archive.for_each_entries(|entry, reader| match give_out(entry, reader, meter, &mut names, sink) {
            Ok(()) => Ok(true),
            Err(damage) => {
                over = Some(damage);
                Err(Error::Other("over a limit".into()))
            }
        });
    if let Some(damage) = over {
        return Err(damage);
    }
    read.map_err(|error| damage(&error))?;
    let names = names.sorted();
    for anomaly in names.anomalies() {
        sink.anomaly(anomaly);
    }
    for repeated in names.repeated() {
        sink.anomaly(repeated.anomaly(None));
    }
    blobs.finish(meter, sink)
}

/// Where the archive ends: behind its directory, of which the start says where it is.
fn end(source: &dyn ReadAt) -> Result<u64, Damage> {
    let start = super::read_vec(source, 0, START as usize)?;
    let number = |at: usize| Some(u64::from_le_bytes(start.get(at..at + 8)?.try_into().ok()?));
    let end =
        number(12).zip(number(20)).and_then(|(offset, size)| START.checked_add(offset)?.checked_add(size));
    end.filter(|end| *end <= source.size())
        .ok_or_else(|| Damage::new(START, "the 7-Zip archive's directory lies outside it"))
}

/// What is before, between and behind the packed streams: the directory, and what nobody reads.
fn beside(
    source: &dyn ReadAt,
    archive_end: u64,
    position: u64,
    sizes: &[u64],
) -> Result<Vec<(u64, Vec<u8>)>, Damage> {
    let wrong = || Damage::new(START, "the 7-Zip archive's streams lie outside it");
    let begin = START.checked_add(position).ok_or_else(wrong)?;
    let packed = sizes.iter().try_fold(0u64, |sum, size| sum.checked_add(*size));
    let end = packed.and_then(|packed| begin.checked_add(packed)).ok_or_else(wrong)?;
    let behind = archive_end.checked_sub(end).ok_or_else(wrong)?;
    let mut all = Vec::new();
    for (offset, length) in [(START, position), (end, behind)] {
        if length > MOST_BESIDE {
            return Err(Damage::new(offset, "the 7-Zip archive's directory is too large"));
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        all.push((offset, super::read_vec(source, offset, length)?));
    }
    Ok(all)
}

/// Gives out one entry; an error ends the walk.
fn give_out(
    entry: &ArchiveEntry,
    reader: &mut dyn Read,
    meter: &Meter<'_>,
    names: &mut Names,
    sink: &mut dyn Sink,
) -> Result<(), Damage> {
    let offset = START;
    meter.entry(entry.name.len()).map_err(|overrun| Damage::new(offset, overrun.to_string()))?;
    let named = canonical(entry.name.as_bytes(), meter.limits().path_depth);
    let mode = Some(entry.windows_attributes >> 16)
        .filter(|_| entry.has_windows_attributes && entry.windows_attributes & HAS_MODE != 0);
    let kind = match mode.map(|mode| mode & KIND) {
        _ if entry.is_directory => EntryKind::Directory,
        _ if entry.is_anti_item => EntryKind::Special,
        Some(LINK) => EntryKind::Symlink { target: link_target(reader) },
        _ => EntryKind::File,
    };
    names.add(&named.path, entry.is_directory, offset);
    for (kind, detail) in named.faults {
        let entry = Some(named.path.clone());
        sink.anomaly(RawAnomaly { kind, offset, entry, detail: detail.into() });
    }
    let is_file = kind == EntryKind::File;
    let size = if is_file { entry.size } else { 0 };
    let mode = mode.map(|mode| mode & 0o7777);
    sink.begin(Header { path: named.path, kind, size: Some(size), mode, offset });
    if !is_file {
        sink.end();
        return Ok(());
    }
    let (mut buffer, mut left) =
        (vec![0; CHUNK.min(usize::try_from(size).unwrap_or(CHUNK) + 1)], meter.limits().most_in_entry());
    loop {
        let count = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => {
                let damage = Damage::from_reader(offset, error);
                sink.broken(damage.clone());
                return Err(damage);
            }
        };
        let produced = match left.checked_sub(count as u64) {
            Some(rest) => {
                left = rest;
                meter.produce(count as u64)
            }
            None => Err(meter.limits().too_large()),
        };
        if let Err(overrun) = produced {
            let damage = Damage::new(offset, overrun.to_string());
            sink.broken(damage.clone());
            return Err(damage);
        }
        sink.data(buffer.get(..count).unwrap_or_default());
    }
    sink.end();
    Ok(())
}

/// What a link points to stands where a file has its bytes.
fn link_target(reader: &mut dyn Read) -> String {
    const MOST: u64 = 4 << 10;
    let mut target = Vec::new();
    // Damage is told at the end of the block.
    let _ = reader.take(MOST).read_to_end(&mut target);
    String::from_utf8_lossy(&target).into_owned()
}

fn damage(error: &Error) -> Damage {
    let why = match error {
        Error::PasswordRequired => "the 7-Zip archive is encrypted".to_owned(),
        Error::MaxMemLimited { .. } => "the 7-Zip archive wants too much memory".to_owned(),
        Error::UnsupportedCompressionMethod(method) => {
            format!("the 7-Zip archive is packed by {method}, which can't be read")
        }
        error => format!("the 7-Zip archive is damaged: {error}"),
    };
    Damage::new(0, why)
}

/// A source as `sevenz-rust2` wants it.
struct Cursor<'a> {
    source: &'a dyn ReadAt,
    at: u64,
}

impl Read for Cursor<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Cursor<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.source.size().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
