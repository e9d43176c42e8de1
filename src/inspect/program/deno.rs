//! Deno's executables: a mark, then what is to be run. Since version 2.2 that is a tree of files: the original
//! text of each, and for what had to be compiled the JavaScript beside it.

use serde::Deserialize;

use crate::inspect::map::is_third_party;
use crate::inspect::text_facts::text_facts;
use crate::inspect::{FactSink, Sample, Scanner};
use crate::inventory::{MapForm, ProgramFacts, SourceFacts, SourceMap};

use super::{little32, little64};

pub(super) const NAME: &str = "Deno";
pub(super) const MARK: &[u8] = b"d3n0l4nd";
/// Originals kept.
const MOST_FILES: usize = 100_000;

/// Deno puts its mark before the data it adds, followed by a length and JSON; older ones put it into the
/// last bytes of the file, followed by offsets.
pub(super) fn program(bytes: &[u8], mark: usize) -> Option<ProgramFacts> {
    const TRAILER: usize = 64;
    let trailing = || Some(u64::from_be_bytes(bytes.get(mark + 8..mark + 16)?.try_into().ok()?));
    let at_the_end = bytes.len() - mark <= TRAILER && trailing().is_some_and(|at| at < mark as u64);
    let length = little64(bytes, mark + 8)?;
    let before_json = bytes.get(mark + 16) == Some(&b'{') && length > 2 && length < bytes.len() as u64;
    if !at_the_end && !before_json {
        return None;
    }
    Some(super::program(NAME, mark as u64, before_json.then(|| (bytes.len() - mark) as u64), true))
}

/// Writes down the original files that are in the executable beside what was compiled from them. Their texts
/// are in plain text and are looked at where they are.
pub(super) fn originals(sample: &Sample<'_>, mark: usize, scanner: &Scanner, sink: &mut FactSink<'_>) {
    let Some((tree, base, data)) = tree(sample.bytes, mark) else { return };
    let mut found = Vec::new();
    tree.into_iter().for_each(|node| node.originals("", &mut found));
    let number = sink.entry.maps.len();
    let mut sources = Vec::new();
    for (path, [offset, length]) in found.into_iter().take(MOST_FILES) {
        let range =
            || Some(usize::try_from(offset).ok()?..usize::try_from(offset.checked_add(length)?).ok()?);
        let Some(text) = range().and_then(|range| data.get(range)).filter(|text| !text.is_empty()) else {
            continue;
        };
        if scanner.options.recovered {
            sink.entry.recovered.push((number, sources.len(), text.to_vec()));
        }
        let third_party = is_third_party(&path);
        sources.push(SourceFacts { path, third_party, text: Some(text_facts(text)) });
    }
    if !sources.is_empty() {
        sink.entry.maps.push(SourceMap {
            form: MapForm::File,
            at: sample.at(base),
            file: None,
            source_root: None,
            debug_id: None,
            section_urls: Vec::new(),
            sources,
            maker: Some(NAME),
            damage: None,
        });
    }
}

/// Something in the tree of files.
#[derive(Deserialize)]
enum Node {
    Dir {
        #[serde(rename = "n")]
        name: String,
        #[serde(rename = "e")]
        nodes: Vec<Node>,
    },
    File {
        #[serde(rename = "n")]
        name: String,
        /// Offset and length.
        #[serde(rename = "o")]
        text: [u64; 2],
        #[serde(rename = "m", default)]
        compiled: Option<[u64; 2]>,
    },
    Symlink {},
}

impl Node {
    /// Adds the files that were compiled. The JSON's reader has bounded how deep the tree is.
    fn originals(self, folder: &str, found: &mut Vec<(String, [u64; 2])>) {
        match self {
            Self::Dir { name, nodes } => {
                let folder = format!("{folder}{name}/");
                nodes.into_iter().for_each(|node| node.originals(&folder, found));
            }
            Self::File { name, text, compiled: Some(_) } => found.push((format!("{folder}{name}"), text)),
            Self::File { .. } | Self::Symlink {} => {}
        }
    }
}

/// The tree of files, where their data begin, and the data.
fn tree(bytes: &[u8], mark: usize) -> Option<(Vec<Node>, usize, &[u8])> {
    let mut reader = Reader { bytes, at: mark + MARK.len() };
    let _metadata = reader.long()?;
    let _npm_snapshot = reader.long()?;
    for _specifier in 0..reader.number()? {
        reader.short()?;
        reader.number()?;
    }
    for _redirect in 0..reader.number()? {
        reader.number()?;
        reader.number()?;
    }
    for _remote_module in 0..reader.number()? {
        reader.remote_module()?;
    }
    let tree = serde_json::from_slice(reader.long()?).ok()?;
    let data = reader.long()?;
    reader.bytes.get(reader.at..)?.starts_with(MARK).then_some((tree, reader.at - data.len(), data))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        let number = little32(self.bytes, self.at)?;
        self.at += 4;
        Some(number)
    }

    /// Bytes with their length in four bytes before them.
    fn short(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(usize::try_from(length).ok()?)
    }

    /// The same with a length of eight bytes.
    fn long(&mut self) -> Option<&'a [u8]> {
        let length = little64(self.bytes, self.at)?;
        self.at += 8;
        self.take(usize::try_from(length).ok()?)
    }

    /// Its number, type and text, and what its flags say: compiled text, source map, analysis.
    fn remote_module(&mut self) -> Option<()> {
        self.number()?;
        self.take(1)?;
        self.short()?;
        let flags = *self.take(1)?.first()?;
        for flag in [1, 2, 4] {
            if flags & flag != 0 {
                self.short()?;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::{ScanOptions, inspect};
    use crate::inventory::{Entry, Media};

    /// A payload as Deno writes it, with one compiled file.
    fn payload(source: &str) -> Vec<u8> {
        let long = |bytes: &[u8]| [&(bytes.len() as u64).to_le_bytes(), bytes].concat();
        let short = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes(), bytes].concat();
        let tree = format!(
            r#"[{{"Dir":{{"n":"acme","e":[{{"File":{{"n":"a.ts","o":[4,{0}],"m":[0,4],"s":[0,1],"x":true}}}},{{"File":{{"n":"b.js","o":[0,4]}}}},{{"Symlink":{{"n":"c","p":["a.ts"]}}}}]}}}}]"#,
            source.len()
        );
        let number = |number: u32| number.to_le_bytes().to_vec();
        [
            MARK.to_vec(),
            long(br#"{"argv":[],"entrypoint_key":"a.ts"}"#),
            long(b""),
            number(1),
            short(b"https://deno.example/x.ts"),
            number(7),
            number(0),
            number(1),
            [&7u32.to_le_bytes()[..], &[3], &short(b"remote();"), &[3], &short(b"r()"), &short(b"{}")]
                .concat(),
            long(tree.as_bytes()),
            long(format!("a();{source}").as_bytes()),
            MARK.to_vec(),
        ]
        .concat()
    }

    fn look(payload: &[u8]) -> Entry {
        let bytes = [&b"\x7fELF"[..], &[0; 100], payload].concat();
        let mut entry = Entry { path: "tool".to_owned(), media: Media::Elf, ..Entry::default() };
        let scanner = Scanner::new(ScanOptions { recovered: true, ..ScanOptions::default() });
        inspect(&bytes, &scanner, &mut entry);
        entry
    }

    #[test]
    fn counts_the_files_that_were_compiled() {
        let source = "let a: number;\nlet b;\n";
        let entry = look(&payload(source));
        assert_eq!(entry.program.unwrap().packer, NAME);
        let [map] = entry.maps.as_slice() else { panic!("{:?}", entry.maps) };
        let [found] = map.sources.as_slice() else { panic!("{:?}", map.sources) };
        assert_eq!((found.path.as_str(), found.text), ("acme/a.ts", Some(text_facts(source.as_bytes()))));
        assert_eq!(entry.recovered, [(0, 0, source.as_bytes().to_vec())]);
    }

    #[test]
    fn a_tree_that_leads_astray_counts_nothing() {
        let whole = payload("let a;\n");
        for length in 9..whole.len() {
            assert_eq!(look(&whole[..length]).maps, [], "{length}");
        }
        let astray = String::from_utf8_lossy(&whole).replace("[4,7]", "[9,7]").into_bytes();
        assert_eq!(look(&astray).maps, []);
    }
}
