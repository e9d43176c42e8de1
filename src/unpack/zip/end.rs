//! Where the directory of a zip is: the end records at the file's end, of which there must be exactly one.

use crate::inventory::AnomalyKind;

use super::record::{self, END, END_SIZE, END64_SIZE, FULL16, FULL32, LOCATOR_SIZE};
use crate::unpack::blob::Blobs;
use crate::unpack::{Damage, RawAnomaly, ReadAt};

/// A comment has at most this length.
const MOST_COMMENT: usize = u16::MAX as usize;

/// The directory's place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) entries: u64,
    /// What to add to offsets in the directory: the length of something put before the archive.
    pub(super) base: u64,
}

/// Finds the directory.
pub(super) fn find(
    source: &dyn ReadAt,
    anomalies: &mut Vec<RawAnomaly>,
    blobs: &mut Blobs,
) -> Result<Place, Damage> {
    let size = source.size();
    let tail_start = size.saturating_sub((END_SIZE + MOST_COMMENT) as u64);
    let tail = crate::unpack::read_vec(source, tail_start, (size - tail_start) as usize)?;
    let ends: Vec<usize> = memchr::memmem::find_iter(&tail, END).collect();
    let read = |at: &usize| {
        let (end, comment) = record::end(tail.get(*at..)?)?;
        let behind = at + END_SIZE + usize::from(comment);
        (behind <= tail.len()).then_some((*at, end, behind))
    };
    let records: Vec<_> = ends.iter().filter_map(read).collect();
    let exact = records.iter().rev().find(|(_, _, behind)| *behind == tail.len());
    let Some((at, plain, behind)) = exact.or(records.last()).copied() else {
        return Err(Damage::new(size, "the zip has no end record: it is cut off or damaged"));
    };
    let end_offset = tail_start + at as u64;
    let comment = tail.get(at + END_SIZE..behind).unwrap_or_default();
    if !is_revision(comment) {
        blobs.up_to_small(AnomalyKind::Comment, "archive comment", None, end_offset, comment);
    }
    if behind < tail.len() {
        let offset = tail_start + behind as u64;
        let bytes = tail.get(behind..).unwrap_or_default();
        let zeros = bytes.iter().all(|byte| *byte == 0);
        blobs.told("bytes behind the zip", None, offset, if zeros { Vec::new() } else { bytes.to_vec() });
        anomalies.push(RawAnomaly {
            kind: if zeros { AnomalyKind::TrailingZeros } else { AnomalyKind::TrailingData },
            offset,
            entry: None,
            detail: format!(
                "{} bytes follow the end of the zip: uv and others refuse the file, most clients ignore them",
                tail.len() - behind
            ),
        });
    }
    let (end, records_start) = with_zip64(source, tail_start, at, plain)?;
    if (end.disk, end.directory_disk, end.entries_here) != (0, 0, end.entries) {
        let why =
            "the end record speaks of several disks: some clients refuse such a zip, others ignore that";
        return Err(Damage::ambiguous(AnomalyKind::ZipEnd, end_offset, why));
    }
    let start = records_start.checked_sub(end.directory_size);
    let base = start.and_then(|start| start.checked_sub(end.directory_offset));
    let (Some(start), Some(base)) = (start, base) else {
        let why = "the end record gives a place of the directory that is not before it: clients look for the directory at different places";
        return Err(Damage::ambiguous(AnomalyKind::ZipEnd, end_offset, why));
    };
    if ends.iter().any(|other| *other != at && tail_start + *other as u64 >= start) {
        let why = "there is a second end record: some clients take the first, some the last, and list different members";
        return Err(Damage::ambiguous(AnomalyKind::ZipEnd, end_offset, why));
    }
    if base > 0 && is_directory(source, end.directory_offset, end.entries) {
        let why = "there are two directories, one where the end record points and one before it: clients list different members";
        return Err(Damage::ambiguous(AnomalyKind::ZipEnd, end_offset, why));
    }
    Ok(Place { start, end: records_start, entries: end.entries, base })
}

/// What `git archive` leaves as comment.
fn is_revision(comment: &[u8]) -> bool {
    matches!(comment.len(), 40 | 64) && comment.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_directory(source: &dyn ReadAt, offset: u64, entries: u64) -> bool {
    let mut signature = [0; 4];
    let read = source.read_exact_at(&mut signature, offset).is_ok();
    read && (signature == record::CENTRAL || (entries == 0 && signature == END))
}

/// The values in force, and where the end records begin.
fn with_zip64(
    source: &dyn ReadAt,

    tail_start: u64,
    at: usize,
    plain: record::End,
) -> Result<(record::End, u64), Damage> {
    let end_offset = tail_start + at as u64;
    let wants = plain.entries == u64::from(FULL16)
        || plain.directory_size == u64::from(FULL32)
        || plain.directory_offset == u64::from(FULL32);
    let locator_at = end_offset.checked_sub(LOCATOR_SIZE as u64);
    let locator = match locator_at {
        Some(locator_at) => record::locator(&crate::unpack::read_vec(source, locator_at, LOCATOR_SIZE)?),
        None => None,
    };
    let odd = |why| Err(Damage::ambiguous(AnomalyKind::Zip64, end_offset, why));
    let (Some((disk, offset, disks)), Some(locator_at)) = (locator, locator_at) else {
        return if wants {
            odd(
                "the end record points to a ZIP64 record that isn't there: some clients go on with the plain values, others refuse",
            )
        } else {
            Ok((plain, end_offset))
        };
    };
    // The record must end where its locator begins; something before the archive may shift it.
    let start = locator_at.checked_sub(END64_SIZE as u64).filter(|start| offset <= *start);
    let Some(start) = start else {
        return odd(
            "the ZIP64 record is not where its locator points: clients find it at different places or not at all",
        );
    };
    let record = record::end64(&crate::unpack::read_vec(source, start, END64_SIZE)?);
    let Some((end, own_size)) = record else {
        return odd(
            "the ZIP64 record is not directly before its locator: clients find it at different places or not at all",
        );
    };
    if own_size != END64_SIZE as u64 - 12 || (disk, disks) != (0, 1) {
        return odd(
            "the ZIP64 record has a size or disk of its own kind: pip, uv, unzip and bsdtar refuse it or not",
        );
    }
    let agrees = |plain: u64, full: u64, real: u64| plain == full || plain == real;
    let agreed = agrees(plain.entries, FULL16.into(), end.entries)
        && agrees(plain.entries_here, FULL16.into(), end.entries_here)
        && agrees(plain.directory_size, FULL32.into(), end.directory_size)
        && agrees(plain.directory_offset, FULL32.into(), end.directory_offset)
        && agrees(plain.disk.into(), FULL16.into(), end.disk.into())
        && agrees(plain.directory_disk.into(), FULL16.into(), end.directory_disk.into());
    if !agreed {
        return odd(
            "the ZIP64 record contradicts the end record: Java, Go and uv take the one, Python and unzip the other, and list different members",
        );
    }
    let shift = start - offset;
    let expected = start.checked_sub(end.directory_size).and_then(|at| at.checked_sub(end.directory_offset));
    if expected != Some(shift) {
        return odd(
            "the ZIP64 record is not where its locator points: clients find it at different places or not at all",
        );
    }
    Ok((end, start))
}
