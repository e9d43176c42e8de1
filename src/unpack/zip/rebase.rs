//! A zip that stands in a longer file: Python's zipapp counts from the beginning of that file, pex and shiv from the
//! beginning of the zip. Readers take both.

use super::record::{self, CENTRAL, CENTRAL_SIZE, END};

/// Where a record of the directory has the lengths of name, extra field and comment, and the place of its member.
const LENGTHS: usize = 28;
const PLACE: usize = 42;
/// Where the end record has the place of the directory.
const DIRECTORY: usize = 16;

/// A zip that begins so many bytes into its file, with places that count from its own beginning. One in which they do so
/// already, or that is damaged, is left as it is.
pub(crate) fn rebased(zip: &[u8], by: usize) -> Vec<u8> {
    let mut own = zip.to_vec();
    match shifted(&mut own, by) {
        Some(()) => own,
        None => zip.to_vec(),
    }
}

fn shifted(zip: &mut [u8], by: usize) -> Option<()> {
    let end = memchr::memmem::rfind(zip, END)?;
    let directory =
        usize::try_from(record::end(zip.get(end..)?)?.0.directory_offset).ok()?.checked_sub(by)?;
    if !zip.get(directory..)?.starts_with(CENTRAL) {
        return None;
    }
    let mut at = directory;
    while zip.get(at..)?.starts_with(CENTRAL) {
        shift(zip, at + PLACE, by)?;
        let lengths = zip.get(at + LENGTHS..at + LENGTHS + 6)?.as_chunks::<2>().0;
        at += CENTRAL_SIZE + lengths.iter().map(|two| usize::from(u16::from_le_bytes(*two))).sum::<usize>();
    }
    shift(zip, end + DIRECTORY, by)
}

/// Takes so much from the number there.
fn shift(zip: &mut [u8], at: usize, by: usize) -> Option<()> {
    let place = zip.get_mut(at..)?.first_chunk_mut()?;
    let shifted = u32::from_le_bytes(*place).checked_sub(u32::try_from(by).ok()?)?;
    *place = shifted.to_le_bytes();
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A zip of one empty member, with places that count from so far before it.
    fn zip(before: u32) -> Vec<u8> {
        let local = [record::LOCAL, &[0; 22], &[1, 0, 0, 0], b"a"].concat();
        let central = [CENTRAL, &[0; 24], &[1, 0], &[0; 12], &before.to_le_bytes(), b"a"].concat();
        let directory = (before + local.len() as u32).to_le_bytes();
        let size = (central.len() as u32).to_le_bytes();
        [&local[..], &central, END, &[0; 4], &[1, 0, 1, 0], &size, &directory, &[0; 2]].concat()
    }

    #[test]
    fn places_count_from_the_zip_s_own_beginning() {
        assert_eq!(rebased(&zip(23), 23), zip(0));
        assert_eq!(rebased(&zip(0), 23), zip(0));
        assert_eq!(rebased(&zip(22), 23), zip(22));
        let cut = &zip(23)[..50];
        assert_eq!(rebased(cut, 23), cut);
    }
}
