//! RPM packages: a lead, two headers, and a packed cpio archive, which is given out as an entry of its own.

use std::io::Read;

use crate::inventory::{AnomalyKind, EntryKind, Media};

use super::blob::Blobs;
use super::container::{Container, Reading};
use super::names::Names;
use super::stream::Stream;
use super::{Damage, Header, Meter, Sink, sniff};

pub(super) const CONTAINER: Container = Container {
    name: "rpm",
    media: Some(Media::Rpm),
    promised_by: &[".rpm"],
    reading: Reading::Entries(walk),
};

const LEAD: u64 = 96;
const MAGIC: usize = 4;
/// The header of signatures is filled up to a multiple of this.
const ALIGN: u64 = 8;
/// A header begins with this, four bytes that are kept free, and its number of tags and bytes.
const HEADER: &[u8] = b"\x8e\xad\xe8\x01";
const HEADER_START: u64 = 16;
/// Bytes that say what and where a tag is.
const TAG: u64 = 16;
/// First bytes of the payload, which tell how it is packed.
const PREFIX: usize = 96;
/// Largest header that is kept.
const MOST_HEADER: u64 = 64 << 20;

/// Gives out the payload. What the headers hold are strings and numbers, which are looked at as they are.
fn walk(
    reader: &mut dyn Read,
    meter: &Meter<'_>,
    names: &mut Names,
    blobs: &mut Blobs,
    sink: &mut dyn Sink,
) -> Result<(), Damage> {
    let mut stream = Stream::new(reader, meter);
    let lead = stream.exactly(LEAD, LEAD)?;
    // Without the magic number, by which it would be opened again.
    blobs.usual("lead", 0, lead.get(MAGIC..).unwrap_or_default());
    header(&mut stream, "header of signatures", blobs)?;
    let padding = stream.offset().next_multiple_of(ALIGN) - stream.offset();
    let padding = stream.exactly(padding, ALIGN)?;
    if padding.iter().any(|byte| *byte != 0) {
        blobs.usual("padding", stream.offset(), &padding);
    }
    header(&mut stream, "header", blobs)?;
    blobs.give_out(meter, sink)?;
    let offset = stream.offset();
    let prefix = stream.peek(PREFIX)?;
    if prefix.is_empty() {
        return Err(Damage::new(offset, "the RPM package is cut off before its payload"));
    }
    let suffix = match sniff(prefix, u64::MAX) {
        Media::Gzip => ".gz",
        Media::Xz => ".xz",
        Media::Zstd => ".zst",
        Media::Bzip2 => ".bz2",
        Media::Cpio => "",
        _ => ".lzma",
    };
    let path = format!("payload.cpio{suffix}");
    meter.entry(path.len()).map_err(|overrun| Damage::new(offset, overrun.to_string()))?;
    names.add(&path, false, offset);
    sink.begin(Header { path, kind: EntryKind::File, size: None, mode: None, offset });
    let mut left = meter.limits().most_in_entry();
    loop {
        let piece = stream.piece(u64::MAX).inspect_err(|damage| sink.broken(damage.clone()))?;
        if piece.is_empty() {
            sink.end();
            return Ok(());
        }
        let Some(rest) = left.checked_sub(piece.len() as u64) else {
            let over = Damage::new(offset, meter.limits().too_large().to_string());
            sink.broken(over.clone());
            return Err(over);
        };
        left = rest;
        sink.data(piece);
    }
}

fn header(stream: &mut Stream<'_>, what: &'static str, blobs: &mut Blobs) -> Result<(), Damage> {
    let offset = stream.offset();
    let start = stream.exactly(HEADER_START, HEADER_START)?;
    let number = |at: usize| {
        let field = start.get(at..at + 4)?.try_into().ok()?;
        Some(u64::from(u32::from_be_bytes(field)))
    };
    let (Some(tags), Some(bytes), true) = (number(8), number(12), start.starts_with(HEADER)) else {
        return Err(Damage::new(offset, "a header of the RPM package is damaged"));
    };
    let free = start.get(HEADER.len()..8).unwrap_or_default();
    if free.iter().any(|byte| *byte != 0) {
        blobs.foreign(AnomalyKind::Padding, "the free bytes of a header", None, offset, free.to_vec());
    }
    let body = stream.exactly(tags * TAG + bytes, MOST_HEADER)?;
    blobs.usual(what, offset, &body);
    Ok(())
}
