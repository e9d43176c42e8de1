//! What no magic number at the beginning of a file tells: a zip after a program, and streams that begin with a
//! plain header, or with none.

use std::io::Read;

use crate::inventory::Media;

use super::compressed::{BROTLI, DEFLATE, LZMA, ZLIB, is_lzma, is_zlib};
use super::container::Container;
use super::{Limits, Meter, ReadAt, Spent, read_vec, sniff, zip};

/// Tells what a file of this type and name holds, if it holds any.
pub(super) fn hidden(source: &dyn ReadAt, media: Media, name: &str) -> Option<&'static Container> {
    let zip = || ends_in_zip(source, media).then_some(&zip::CONTAINER);
    let stream = || (media == Media::Binary).then(|| stream(source, name)).flatten();
    match media {
        Media::Elf | Media::MachO | Media::Pe | Media::Binary | Media::Text | Media::Asset => {
            zip().or_else(stream)
        }
        _ => None,
    }
}

const END: &[u8] = b"PK\x05\x06";
const END_SIZE: usize = 22;

/// Whether a zip's end record is where one can be, and its directory before it. In what is no program it
/// is only looked for at the very end.
fn ends_in_zip(source: &dyn ReadAt, media: Media) -> bool {
    const MOST_COMMENT: usize = u16::MAX as usize;
    let is_program = !matches!(media, Media::Text | Media::Asset);
    let length = if is_program { END_SIZE + MOST_COMMENT } else { END_SIZE };
    let start = source.size().saturating_sub(length as u64);
    let Ok(tail) = read_vec(source, start, (source.size() - start) as usize) else { return false };
    memchr::memmem::find_iter(&tail, END)
        .any(|at| tail.get(at..).is_some_and(|end| is_end(source, start + at as u64, end)))
}

/// Whether a zip's end record is at an offset, with its directory right before it.
fn is_end(source: &dyn ReadAt, at: u64, record: &[u8]) -> bool {
    const LOCATOR: &[u8] = b"PK\x06\x07";
    const LOCATOR_SIZE: u64 = 20;
    const CENTRAL: &[u8] = b"PK\x01\x02";
    let field = |from: usize| {
        record.get(from..from + 4).and_then(|field| field.try_into().ok()).map(u32::from_le_bytes)
    };
    let stands = |offset: Option<u64>, signature: &[u8]| {
        offset.is_some_and(|offset| read_vec(source, offset, 4).is_ok_and(|read| read == signature))
    };
    let Some((size, offset)) = field(12).zip(field(16)) else { return false };
    if offset == u32::MAX {
        return stands(at.checked_sub(LOCATOR_SIZE), LOCATOR);
    }
    let directory = at.checked_sub(size.into());
    size > 0 && directory.is_some_and(|start| start >= offset.into()) && stands(directory, CENTRAL)
}

/// Tells a compressed stream.
fn stream(source: &dyn ReadAt, name: &str) -> Option<&'static Container> {
    const HEAD: usize = 14;
    let length = usize::try_from(source.size()).unwrap_or(HEAD).min(HEAD);
    let head = read_vec(source, 0, length).ok()?;
    if is_zlib(&head) {
        tries(source, &ZLIB).is_some().then_some(&ZLIB)
    } else if is_lzma(&head) {
        tries(source, &LZMA).is_some().then_some(&LZMA)
    } else {
        // What has no header at all is only looked for where a text should be.
        let is_text = |container: &&Container| {
            tries(source, container).is_some_and(|start| sniff(&start, start.len() as u64).is_text())
        };
        promises_text(name).then(|| [&BROTLI, &DEFLATE].into_iter().find(is_text)).flatten()
    }
}

fn promises_text(name: &str) -> bool {
    const TEXTS: [&str; 10] = ["map", "js", "mjs", "cjs", "css", "json", "html", "deflate", "zz", "zlib"];
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    TEXTS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// The first bytes that a stream decompresses to, if it does: random bytes don't come that far.
fn tries(source: &dyn ReadAt, container: &Container) -> Option<Vec<u8>> {
    const FAR: u64 = 64 << 10;
    let (limits, spent) = (Limits::default(), Spent::default());
    let meter = Meter::new(source, &limits, &spent);
    let reader = (container.compression()?.open)(source, &meter);
    let mut start = Vec::new();
    reader.take(FAR).read_to_end(&mut start).ok()?;
    (!start.is_empty()).then_some(start)
}
