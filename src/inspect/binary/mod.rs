//! Programs, libraries and what debuggers need of them: ELF, Mach-O, PE, WebAssembly, static libraries, PDB.

mod names;
mod native;
mod pdb;
mod rpath;
mod wasm;

use crate::inventory::{BinaryFacts, DebugSection, LocalPath, Media};
use crate::words::hex;

use super::{FactSink, Hit, Inspector, Sample, ScanOptions, Scanner, home};

pub(super) const INSPECTOR: Inspector = Inspector { name: "binary", needles, inspect };

/// Different names of debug sections kept per file.
const MOST_SECTIONS: usize = 64;
/// Home folders kept per file.
const MOST_PATHS: usize = 20;

/// Whether this inspector speaks for the type.
pub(super) fn is_program(media: Media) -> bool {
    matches!(media, Media::Elf | Media::MachO | Media::Pe | Media::Wasm | Media::Ar | Media::Pdb)
}

fn needles(_: &ScanOptions) -> Vec<Vec<u8>> {
    let prefixes = home::PREFIXES.iter().map(|prefix| prefix.as_bytes().to_vec());
    prefixes.chain([pdb::EMBEDDED_SOURCE.to_vec()]).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if sample.decoded.is_some() || !is_program(sample.media) {
        return;
    }
    let mut facts = match sample.media {
        Media::Wasm => wasm::read(sample.bytes),
        Media::Pdb => pdb::read(sample.bytes),
        _ => native::read(sample.bytes, sample.media),
    };
    for hit in hits {
        match home::PREFIXES.get(hit.needle) {
            Some(prefix) => add_path(&mut facts, sample, hit.offset, prefix),
            None => facts.embedded_source |= sample.media == Media::Pdb,
        }
    }
    sink.entry.binary = Some(Box::new(facts));
}

/// Keeps the first path of every home folder.
fn add_path(facts: &mut BinaryFacts, sample: &Sample<'_>, at: usize, prefix: &str) {
    if facts.local_paths.len() >= MOST_PATHS {
        return;
    }
    let Some(found) = home::read(sample.bytes, at, prefix) else { return };
    if is_in_fence(sample.bytes, found.offset) {
        return;
    }
    let folder = found.folder();
    if facts.local_paths.iter().all(|known| !known.path.starts_with(folder)) {
        let path = found.path.to_owned();
        facts.local_paths.push(LocalPath { path, at: sample.at(found.offset) });
    }
}

/// Whether a line of text is the only one between Markdown's fences: an example in documentation that the program
/// carries. Of the machine that it was built on come paths alone.
fn is_in_fence(bytes: &[u8], at: usize) -> bool {
    const LONGEST_LINE: usize = 200;
    let before = bytes.get(at.saturating_sub(LONGEST_LINE)..at).unwrap_or_default();
    let after = bytes.get(at..(at + LONGEST_LINE).min(bytes.len())).unwrap_or_default();
    let opens = memchr::memrchr(b'\n', before).and_then(|end| before.get(..end)).is_some_and(|text| {
        let line = memchr::memrchr(b'\n', text).and_then(|start| text.get(start + 1..));
        line.is_some_and(|line| line.starts_with(b"```"))
    });
    let closes = memchr::memchr(b'\n', after).and_then(|end| after.get(end + 1..));
    opens && closes.is_some_and(|line| line.starts_with(b"```"))
}

/// Adds to the section of this name, so that the slices of a fat binary and the members of a library count
/// together.
fn add_section(sections: &mut Vec<DebugSection>, name: &str, bytes: u64) {
    if let Some(section) = sections.iter_mut().find(|section| section.name == name) {
        section.bytes = section.bytes.saturating_add(bytes);
    } else if sections.len() < MOST_SECTIONS {
        sections.push(DebugSection { name: name.to_owned(), bytes });
    }
}

/// A build's identifier in hex; longer ones than any linker writes are cut.
fn build_id(bytes: &[u8]) -> String {
    hex(bytes.get(..64).unwrap_or(bytes))
}

#[cfg(test)]
mod tests;
