//! Bun's executables. The payload is JavaScript in plain text; a build with source maps adds the original files,
//! compressed with Zstandard, in a form of its own.

use std::ops::Range;

use crate::inspect::map::is_third_party;
use crate::inspect::text_facts::text_facts;
use crate::inspect::{FactSink, Inner, InnerText, Sample, Scanner};
use crate::inventory::{MapForm, ProgramFacts, SourceFacts, SourceMap};
use crate::unpack;

use super::{is_minified, little32, little64};

pub(super) const NAME: &str = "Bun";

/// Originals kept per executable.
const MOST_SOURCES: usize = 200_000;
/// The payload ends with a table of offsets and the mark.
const TABLE: usize = 32;

/// Bun's executables end their payload with a table of offsets and a mark. The table begins with the
/// payload's length, then the offset and length of the list of modules in it.
pub(super) fn program(bytes: &[u8], mark: usize) -> Option<ProgramFacts> {
    let (payload, modules) = payload(bytes, mark)?;
    let program = bytes.get(payload.clone()).unwrap_or_default();
    let mut scripts = scripts(program, modules).peekable();
    let minified = scripts.peek().is_some() && scripts.all(is_minified);
    Some(ProgramFacts {
        minified,
        ..super::program(NAME, payload.start as u64, Some(payload.len() as u64), true)
    })
}

/// The payload, and the list of its modules in it.
fn payload(bytes: &[u8], mark: usize) -> Option<(Range<usize>, Range<usize>)> {
    let table = mark.checked_sub(TABLE)?;
    let length = usize::try_from(little64(bytes, table)?).ok()?;
    let start = table.checked_sub(length)?;
    let modules = pointer(bytes, table + 8, length)?;
    (length > 0 && !modules.is_empty()).then_some((start..table, modules))
}

/// The offset and length at `at`, if they fit into a stretch of `most` bytes.
fn pointer(bytes: &[u8], at: usize, most: usize) -> Option<Range<usize>> {
    let (offset, length) = (little32(bytes, at)? as usize, little32(bytes, at.checked_add(4)?)? as usize);
    let end = offset.checked_add(length)?;
    (end <= most).then_some(offset..end)
}

/// Writes down the original files that the executable carries, and hands on their texts.
pub(super) fn originals(sample: &Sample<'_>, mark: usize, scanner: &Scanner, sink: &mut FactSink<'_>) {
    let Some((payload, modules)) = payload(sample.bytes, mark) else { return };
    let program = sample.bytes.get(payload.clone()).unwrap_or_default();
    for map in maps(program, modules) {
        let start = payload.start + map.start;
        let map = program.get(map).unwrap_or_default();
        let Some(sources) = sources(map) else {
            sink.entry.unexamined.push("the source map in this Bun executable can't be followed");
            continue;
        };
        let number = sink.entry.maps.len();
        let mut facts = Vec::new();
        for (path, text) in sources.take(MOST_SOURCES) {
            let known =
                match unpack::unzstd(map.get(text.clone()).unwrap_or_default(), &scanner.options.limits) {
                    Ok(known) => known,
                    Err(_) => {
                        sink.entry
                            .unexamined
                            .push("an original file in this Bun executable can't be unpacked");
                        continue;
                    }
                };
            let third_party = is_third_party(&path);
            facts.push(SourceFacts { path, third_party, text: Some(text_facts(&known)) });
            let range = start + text.start..start + text.end;
            let offset = range.start;
            sink.inner.push(Inner {
                what: "original file in a Bun executable",
                offset,
                text: InnerText::Zstd(range),
            });
            if scanner.options.recovered {
                sink.entry.recovered.push((number, facts.len() - 1, known));
            }
        }
        sink.entry.maps.push(SourceMap {
            form: MapForm::File,
            at: sample.at(start),
            file: None,
            source_root: None,
            debug_id: None,
            section_urls: Vec::new(),
            sources: facts,
            maker: Some(NAME),
            damage: None,
        });
    }
}

/// The source maps of a program's modules.
fn maps(program: &[u8], modules: Range<usize>) -> Vec<Range<usize>> {
    let maps = parts(program, modules, 16).into_iter();
    maps.filter(|map| !map.is_empty()).collect()
}

/// The scripts among a program's modules: assets of other kinds are beside them.
fn scripts(program: &[u8], modules: Range<usize>) -> impl Iterator<Item = &[u8]> {
    /// Bytes that show what something is.
    const HEAD: usize = 4096;
    let texts = parts(program, modules, 8).into_iter().filter_map(|text| program.get(text));
    texts.filter(|text| {
        let head = text.get(..HEAD).unwrap_or(text);
        !head.is_empty() && unpack::sniff(head, text.len() as u64).is_text()
    })
}

/// A part of each of a program's modules. How long an entry of the list is differs between versions; it begins with
/// where the module's name, text and map are.
fn parts(program: &[u8], modules: Range<usize>, part: usize) -> Vec<Range<usize>> {
    const LENGTHS: [usize; 6] = [52, 44, 36, 32, 28, 60];
    let list = program.get(modules).unwrap_or_default();
    let is_name = |range: &Range<usize>| {
        let name = program.get(range.clone()).unwrap_or_default();
        [&b"/$bunfs/"[..], b"B:/~BUN/", b"compiled://"].iter().any(|start| name.starts_with(start))
    };
    let read = |length: usize| -> Option<Vec<Range<usize>>> {
        let entries = (0..list.len()).step_by(length);
        let parts = entries.map(|at| {
            pointer(list, at, program.len()).filter(is_name)?;
            pointer(list, at + part, program.len())
        });
        parts.collect::<Option<Vec<_>>>().filter(|_| list.len().is_multiple_of(length))
    };
    LENGTHS.into_iter().find_map(read).unwrap_or_default()
}

/// The original files of a map: how many there are, where their names are, where their texts are.
fn sources(map: &[u8]) -> Option<impl Iterator<Item = (String, Range<usize>)>> {
    const HEAD: usize = 8;
    let count = little32(map, 0)? as usize;
    let names = HEAD;
    let texts = names.checked_add(count.checked_mul(8)?)?;
    (texts.checked_add(count * 8)? <= map.len()).then(|| {
        (0..count).filter_map(move |number| {
            let name = pointer(map, names + number * 8, map.len())?;
            let text = pointer(map, texts + number * 8, map.len())?;
            let path = String::from_utf8_lossy(map.get(name)?).into_owned();
            (!text.is_empty()).then_some((path, text))
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::inspect::{ScanOptions, Scanner, inspect};
    use crate::inventory::{Entry, Media};

    use super::*;

    const TEXT: &str = "// How the house does it.\nexport const a = 1;\n";

    fn pointer(offset: usize, length: usize) -> Vec<u8> {
        [offset, length].iter().flat_map(|number| (*number as u32).to_le_bytes()).collect()
    }

    /// A map in Bun's own form.
    fn map(path: &str, packed: &[u8]) -> Vec<u8> {
        let names = 8 + 16;
        let head = [&1u32.to_le_bytes()[..], &0u32.to_le_bytes()].concat();
        [
            head,
            pointer(names, path.len()),
            pointer(names + path.len(), packed.len()),
            path.into(),
            packed.into(),
        ]
        .concat()
    }

    /// An executable with one module, an entry of whose table is as long as this.
    fn executable(map: &[u8], entry: usize) -> Vec<u8> {
        let (name, code) = ("/$bunfs/root/tool", "a();");
        let mut module = [
            pointer(map.len(), name.len()),
            pointer(map.len() + name.len(), code.len()),
            pointer(0, map.len()),
        ]
        .concat();
        module.resize(entry, 0);
        let payload = [map, name.as_bytes(), code.as_bytes(), &module].concat();
        let modules = payload.len() - entry;
        let mut table = [&(payload.len() as u64).to_le_bytes()[..], &pointer(modules, entry)].concat();
        table.resize(TABLE, 0);
        let mut bytes = b"\x7fELF\x02\x01\x01\0".to_vec();
        bytes.resize(4096, 0);
        [&bytes[..], &payload, &table, b"\n---- Bun! ----\n"].concat()
    }

    fn look(bytes: &[u8], recovered: bool) -> Entry {
        let mut entry = Entry { path: "package/tool".to_owned(), media: Media::Elf, ..Entry::default() };
        let markers = vec!["the house".to_owned()];
        let wanted = ScanOptions { recovered, markers, ..ScanOptions::default() };
        inspect(bytes, &Scanner::new(wanted), &mut entry);
        entry
    }

    fn packed(text: &str) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest)
    }

    #[test]
    fn unpacks_the_original_files() {
        let text = TEXT.repeat(50);
        for entry in [36, 52] {
            let found = look(&executable(&map("src/a.ts", &packed(&text)), entry), true);
            assert_eq!(found.program.as_ref().map(|program| program.packer), Some(NAME));
            let [map] = found.maps.as_slice() else { panic!("{entry}: {:?}", found.maps) };
            assert_eq!((map.at.offset, map.maker), (4096, Some(NAME)));
            assert_eq!(map.sources[0].path, "src/a.ts");
            assert_eq!(map.sources[0].text, Some(text_facts(text.as_bytes())));
            assert_eq!(found.recovered, [(0, 0, text.clone().into_bytes())]);
            assert!(!found.mentions.is_empty(), "what is in the original is looked at");
            assert!(found.unexamined.is_empty());
        }
    }

    #[test]
    fn what_can_not_be_unpacked_is_told() {
        for map in [map("src/a.ts", b"no Zstandard"), b"\xff\xff\xff\x7f\0\0\0\0".to_vec()] {
            let found = look(&executable(&map, 52), false);
            assert_eq!(found.unexamined.len(), 1, "{:?}", found.unexamined);
        }
    }
}
