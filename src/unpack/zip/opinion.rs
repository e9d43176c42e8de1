//! The second opinion: the directory as the `zip` crate reads it.

use std::collections::HashMap;
use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::inventory::AnomalyKind;
use crate::unpack::{RawAnomaly, ReadAt};

use super::Member;

/// Where the crate lists other members than we do.
pub(super) fn disagreement(source: &dyn ReadAt, members: &[Member]) -> Option<RawAnomaly> {
    let odd = |offset, detail: String| {
        Some(RawAnomaly { kind: AnomalyKind::SecondOpinion, offset, entry: None, detail })
    };
    let mut archive = match zip::ZipArchive::new(BufReader::with_capacity(64 << 10, At { source, offset: 0 }))
    {
        Ok(archive) => archive,
        Err(_) => {
            return odd(0, "a second reader of zip files refuses this one, so clients may, too".into());
        }
    };
    // The crate keeps one member per name.
    let ours: HashMap<&[u8], &Member> =
        members.iter().map(|member| (member.raw.as_slice(), member)).collect();
    if ours.len() != archive.len() {
        let detail =
            format!("a second reader of zip files lists {} members of {}", archive.len(), ours.len());
        return odd(0, detail);
    }
    for index in 0..archive.len() {
        let Ok(theirs) = archive.by_index_raw(index) else {
            return odd(0, format!("a second reader of zip files can't find the member of number {index}"));
        };
        let same = ours.get(theirs.name_raw()).is_some_and(|member| {
            (member.crc, member.size, member.packed)
                == (theirs.crc32(), theirs.size(), theirs.compressed_size())
        });
        if !same {
            let detail = format!("a second reader of zip files sees another member of number {index}");
            return odd(theirs.header_start(), detail);
        }
    }
    None
}

/// Makes a source seekable.
struct At<'a> {
    source: &'a dyn ReadAt,
    offset: u64,
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read_at(buffer, self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}

impl Seek for At<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let offset = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.source.size().checked_add_signed(delta),
            SeekFrom::Current(delta) => self.offset.checked_add_signed(delta),
        };
        self.offset = offset.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.offset)
    }
}
