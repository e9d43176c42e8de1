//! cpio, in its formats of text: what RPM packages hold, and Linux boots from.

mod links;

use std::io::Read;

use crate::inventory::{AnomalyKind, EntryKind, Media};

use super::blob::Blobs;
use super::container::{Container, Reading};
use super::names::Names;
use super::path::canonical;
use super::stream::Stream;
use super::{Damage, Header, Meter, RawAnomaly, Sink};
use links::{Given, Links, Summed};

pub(super) const CONTAINER: Container =
    Container { name: "cpio", media: Some(Media::Cpio), promised_by: &[], reading: Reading::Entries(walk) };

const NEW: &[u8] = b"070701";
const NEW_WITH_SUMS: &[u8] = b"070702";
const OLD: &[u8] = b"070707";
/// The name that ends an archive.
const END: &[u8] = b"TRAILER!!!";
const MOST_NAME: u64 = 64 << 10;
/// Of the mode, what kind of thing it is.
const KIND: u64 = 0o170_000;

/// What a header says.
struct Fields {
    mode: u64,
    size: u64,
    name: u64,
    /// Device and number of the file that it is, for those of several names.
    inode: Option<[u64; 3]>,
    /// Whether the bytes of such a file stand with each of its names.
    repeats: bool,
    /// The sum of all bytes, where the format has one.
    sum: Option<u64>,
    /// To a multiple of this many bytes headers and data are filled up.
    align: u64,
}

/// Walks a cpio archive; what is behind its end must be zero.
fn walk(
    reader: &mut dyn Read,
    meter: &Meter<'_>,
    names: &mut Names,
    blobs: &mut Blobs,
    sink: &mut dyn Sink,
) -> Result<(), Damage> {
    let mut stream = Stream::new(reader, meter);
    let mut links = Links::default();
    loop {
        blobs.give_out(meter, sink)?;
        let offset = stream.offset();
        let fields = header(&mut stream)?;
        let name = stream.exactly(fields.name, MOST_NAME)?;
        padding(&mut stream, fields.align, blobs)?;
        let (name, rest) = name.split_at(name.iter().position(|byte| *byte == 0).unwrap_or(name.len()));
        if rest != [0] {
            let why = "a name in the cpio archive doesn't end with its NUL";
            return Err(Damage::new(offset, why));
        }
        if name == END {
            let behind = stream.exactly(fields.size, MOST_NAME)?;
            blobs.foreign(AnomalyKind::Padding, "the end of the archive", None, offset, behind);
            links.finish(names, sink);
            return rest_is_zero(&mut stream);
        }
        meter.entry(name.len()).map_err(|overrun| Damage::new(offset, overrun.to_string()))?;
        let named = canonical(name, meter.limits().path_depth);
        let kind = match fields.mode & KIND {
            0o040_000 => EntryKind::Directory,
            0o100_000 => EntryKind::File,
            0o120_000 => {
                let target = stream.exactly(fields.size, MOST_NAME)?;
                EntryKind::Symlink { target: String::from_utf8_lossy(&target).into_owned() }
            }
            _ => EntryKind::Special,
        };
        let size = if matches!(kind, EntryKind::Symlink { .. }) { 0 } else { fields.size };
        if kind != EntryKind::File && size > 0 {
            return Err(Damage::new(offset, "what is no file has bytes of its own in the cpio archive"));
        }
        if named.path.is_empty() && kind == EntryKind::Directory {
            // The archive's own root, which `find . | cpio -o` puts in.
            continue;
        }
        for (fault, detail) in named.faults {
            let entry = Some(named.path.clone());
            sink.anomaly(RawAnomaly { kind: fault, offset, entry, detail: detail.into() });
        }
        let mode = u32::try_from(fields.mode & 0o7777).ok();
        let header = Header { path: named.path, kind, size: Some(size), mode, offset };
        let inode = fields.inode.filter(|_| header.kind == EntryKind::File);
        let Some(header) = links.hold_back(header, inode) else { continue };
        names.add(&header.path, header.kind == EntryKind::Directory, offset);
        let path = header.path.clone();
        sink.begin(header);
        let mut summed = Summed::new(sink, inode.is_some());
        stream.data(size, &mut summed)?;
        let (sum, digest) = (summed.sum, summed.digest());
        if fields.sum.is_some_and(|said| said != u64::from(sum)) {
            return Err(Damage::new(offset, "the sum of a file's bytes in the cpio archive is wrong"));
        }
        if let Some(inode) = inode {
            links.gave_out(inode, Given { path, offset, digest, repeats: fields.repeats }, names, sink);
        }
        padding(&mut stream, fields.align, blobs)?;
    }
}

fn header(stream: &mut Stream<'_>) -> Result<Fields, Damage> {
    let offset = stream.offset();
    let magic = stream.peek(NEW.len())?.to_vec();
    let read = match magic.as_slice() {
        NEW | NEW_WITH_SUMS => {
            let bytes = stream.exactly(110, 110)?;
            let all: Option<Vec<u64>> =
                bytes.get(NEW.len()..).unwrap_or_default().chunks(8).map(|field| digits(field, 16)).collect();
            let field = |number: usize| all.as_ref()?.get(number).copied();
            let has_sum = magic == NEW_WITH_SUMS;
            (|| {
                let inode = [field(7)?, field(8)?, field(0)?];
                Some(Fields {
                    mode: field(1)?,
                    size: field(6)?,
                    name: field(11)?,
                    inode: (field(4)? > 1).then_some(inode),
                    repeats: false,
                    sum: field(12).filter(|_| has_sum),
                    align: 4,
                })
            })()
        }
        OLD => {
            let bytes = stream.exactly(76, 76)?;
            let is_octal = bytes.iter().all(|digit| matches!(digit, b'0'..=b'7'));
            let field = |range: std::ops::Range<usize>| digits(bytes.get(range).filter(|_| is_octal)?, 8);
            (|| {
                let inode = [0, field(6..12)?, field(12..18)?];
                Some(Fields {
                    mode: field(18..24)?,
                    size: field(65..76)?,
                    name: field(59..65)?,
                    inode: (field(36..42)? > 1).then_some(inode),
                    repeats: true,
                    sum: None,
                    align: 1,
                })
            })()
        }
        _ => None,
    };
    read.ok_or_else(|| Damage::new(offset, "a cpio header is damaged, cut off or of the binary format"))
}

fn digits(field: &[u8], radix: u32) -> Option<u64> {
    let plain = field.iter().all(u8::is_ascii_hexdigit);
    u64::from_str_radix(std::str::from_utf8(field).ok().filter(|_| plain)?, radix).ok()
}

fn padding(stream: &mut Stream<'_>, align: u64, blobs: &mut Blobs) -> Result<(), Damage> {
    let offset = stream.offset();
    let padding = stream.exactly(offset.next_multiple_of(align) - offset, align)?;
    if padding.iter().any(|byte| *byte != 0) {
        blobs.foreign(AnomalyKind::Padding, "the padding of an entry", None, offset, padding);
    }
    Ok(())
}

fn rest_is_zero(stream: &mut Stream<'_>) -> Result<(), Damage> {
    loop {
        let offset = stream.offset();
        let piece = stream.piece(u64::MAX)?;
        if piece.is_empty() {
            return Ok(());
        }
        if piece.iter().any(|byte| *byte != 0) {
            return Err(Damage::new(offset, "there is data behind the end of the cpio archive"));
        }
    }
}
