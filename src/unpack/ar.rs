//! ar: Debian packages and static libraries, with the long names of GNU and BSD.

use std::io::Read;

use crate::inventory::{AnomalyKind, EntryKind, Media};

use super::blob::Blobs;
use super::container::{Container, Reading};
use super::names::Names;
use super::path::canonical;
use super::stream::Stream;
use super::{Damage, Header, Meter, RawAnomaly, Sink};

const MAGIC: &[u8] = b"!<arch>\n";
const HEADER: usize = 60;
/// Largest table of long names that is kept.
const MOST_NAMES: u64 = 16 << 20;
const MOST_NAME: u64 = 64 << 10;
/// Largest table of symbols.
const MOST_TABLE: u64 = 256 << 20;

pub(super) const CONTAINER: Container =
    Container { name: "ar", media: Some(Media::Ar), promised_by: &[".deb"], reading: Reading::Entries(walk) };

/// Walks an ar archive. Symbol tables are not entries.
fn walk(
    reader: &mut dyn Read,
    meter: &Meter<'_>,
    names: &mut Names,
    blobs: &mut Blobs,
    sink: &mut dyn Sink,
) -> Result<(), Damage> {
    let mut stream = Stream::new(reader, meter);
    if stream.piece(MAGIC.len() as u64)? != MAGIC {
        return Err(Damage::new(
            0,
            "this is a thin ar archive, which keeps its members elsewhere, or not an ar archive",
        ));
    }
    let mut long_names = Vec::new();
    let mut long_name_told = false;
    loop {
        blobs.give_out(meter, sink)?;
        let offset = stream.offset();
        let bytes = stream.peek(HEADER)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let Some((name, size, mode)) = fields(bytes) else {
            return Err(Damage::new(offset, "an ar header is damaged or cut off"));
        };
        let name = name.to_vec();
        let numbers = unused(bytes);
        stream.piece(HEADER as u64)?;
        blobs.foreign(AnomalyKind::Padding, "the numbers of a header", None, offset, numbers);
        let mut left = size;
        if name == b"//" {
            long_names = stream.exactly(left, MOST_NAMES)?;
            blobs.usual("table of names", offset, &long_names);
            left = 0;
        }
        let bsd = name.strip_prefix(b"#1/").and_then(decimal);
        let is_long = bsd.is_some() || name.len() > 1 && name.starts_with(b"/");
        let raw = match bsd {
            Some(length) => {
                left =
                    left.checked_sub(length).ok_or_else(|| Damage::new(offset, "an ar name is too long"))?;
                stream.exactly(length, MOST_NAME)?
            }
            None => resolve(&name, &long_names),
        };
        let table = matches!(name.as_slice(), b"//" | b"/" | b"/SYM64/") || raw.starts_with(b"__.SYMDEF");
        if table {
            let table = stream.exactly(left, MOST_TABLE)?;
            blobs.usual("table of symbols", offset, &table);
        } else {
            meter.entry(raw.len()).map_err(|overrun| Damage::new(offset, overrun.to_string()))?;
            let (raw, behind) = raw.split_at(raw.iter().position(|byte| *byte == 0).unwrap_or(raw.len()));
            if behind.iter().any(|byte| *byte != 0) {
                blobs.foreign(AnomalyKind::Padding, "the padding of a name", None, offset, behind.to_vec());
            }
            let named = canonical(raw, meter.limits().path_depth);
            let path = if named.path.is_empty() { "unnamed".to_owned() } else { named.path };
            // Static libraries may hold the same name often; only a Debian package is unpacked by name.
            if path.contains(".tar") {
                names.add(&path, false, offset);
            } else {
                names.pass();
            }
            sink.begin(Header { path: path.clone(), kind: EntryKind::File, size: Some(left), mode, offset });
            for (kind, detail) in named.faults {
                sink.anomaly(RawAnomaly { kind, offset, entry: Some(path.clone()), detail: detail.into() });
            }
            if is_long && !long_name_told {
                long_name_told = true;
                let detail = "a member's name is elsewhere than in its header".into();
                sink.anomaly(RawAnomaly { kind: AnomalyKind::ArLongName, offset, entry: Some(path), detail });
            }
            stream.data(left, sink)?;
        }
        if size % 2 == 1 {
            let padding = stream.piece(1)?.to_vec();
            if !matches!(padding.as_slice(), [] | [b'\n' | 0]) {
                blobs.foreign(AnomalyKind::Padding, "the padding of a member", None, offset, padding);
            }
        }
    }
}

/// Name, size and mode of a header.
fn fields(bytes: &[u8]) -> Option<(&[u8], u64, Option<u32>)> {
    if bytes.get(58..60)? != b"`\n" {
        return None;
    }
    let size = decimal(bytes.get(48..58)?.trim_ascii_end())?;
    let mode = std::str::from_utf8(bytes.get(40..48)?).ok()?.trim();
    Some((
        bytes.get(..16)?.trim_ascii_end(),
        size,
        u32::from_str_radix(mode, 8).ok().map(|mode| mode & 0o7777),
    ))
}

/// Time, owner, group and mode, where they are no numbers.
fn unused(bytes: &[u8]) -> Vec<u8> {
    let numbers = bytes.get(16..48).unwrap_or_default();
    let plain = numbers.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | 0));
    if plain { Vec::new() } else { numbers.to_vec() }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits).ok().filter(|_| plain)?.parse().ok()
}

/// A name as GNU writes it: ended by `/`, or an offset into the table of long names.
fn resolve(name: &[u8], long_names: &[u8]) -> Vec<u8> {
    let at = name.strip_prefix(b"/").and_then(decimal).and_then(|at| usize::try_from(at).ok());
    match at.and_then(|at| long_names.get(at..)) {
        Some(rest) => {
            let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
            line.strip_suffix(b"/").unwrap_or(line).to_vec()
        }
        None => name.strip_suffix(b"/").unwrap_or(name).to_vec(),
    }
}
