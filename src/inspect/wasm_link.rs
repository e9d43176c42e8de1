//! Links in custom sections of WebAssembly: `sourceMappingURL` to a source map, `external_debug_info` to a
//! file with DWARF. Each holds one URL, its length before it as LEB128.

use std::ops::Range;

use crate::inventory::{Link, LinkTarget, Media};

use super::map::{DataUrl, data_url};
use super::{FactSink, Hit, Inner, InnerText, Inspector, Sample, Scanner, link};

/// Finds links in WebAssembly modules.
pub(super) const INSPECTOR: Inspector = Inspector { name: "wasm links", needles: |_| Vec::new(), inspect };

/// Links kept per module.
const MOST_LINKS: usize = 100;

fn inspect(sample: &Sample<'_>, _: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if sample.media != Media::Wasm || sample.decoded.is_some() {
        return;
    }
    let mut links = Vec::new();
    for payload in modules(sample.bytes).into_iter().flat_map(|module| sections(sample.bytes, module)) {
        if let wasmparser::Payload::CustomSection(section) = payload
            && matches!(section.name(), "sourceMappingURL" | "external_debug_info")
            && let Some(url) = url(section.data())
            && links.len() < MOST_LINKS
        {
            let offset = usize::try_from(section.data_offset()).unwrap_or(usize::MAX);
            let target = link::target(url, url.len());
            if matches!(target, LinkTarget::Inline { .. })
                && let Some(DataUrl { payload, coding: Some(coding) }) = data_url(url)
            {
                let text = InnerText::Clear(coding.decoded(url.get(payload).unwrap_or_default()));
                sink.inner.push(Inner { what: link::INLINE, offset, text });
            }
            links.push(Link { at: sample.at(offset), target, in_force: false });
        }
    }
    if let Some(last) = links.last_mut() {
        last.in_force = true;
    }
    sink.entry.links.extend(links);
}

/// Where modules are: one is the file, or several are inside a component.
fn modules(bytes: &[u8]) -> Vec<Range<usize>> {
    const MOST: usize = 1000;
    const MODULE: &[u8] = b"\0asm\x01\0\0\0";
    let starts: Vec<usize> = match bytes {
        [_, _, _, _, _, 0, 1, 0, ..] => memchr::memmem::find_iter(bytes, MODULE).take(MOST).collect(),
        _ => vec![0],
    };
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).map(|(start, end)| *start..end).collect()
}

/// What a module consists of, as far as it can be read.
fn sections(bytes: &[u8], module: Range<usize>) -> impl Iterator<Item = wasmparser::Payload<'_>> {
    let parser = wasmparser::Parser::new(module.start as u64);
    parser.parse_all(bytes.get(module).unwrap_or_default()).map_while(Result::ok)
}

/// The URL of a section's data.
fn url(data: &[u8]) -> Option<&[u8]> {
    let mut length = 0usize;
    for (number, byte) in data.iter().take(5).enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * number);
        if byte & 0x80 == 0 {
            return data.get(number + 1..)?.get(..length).filter(|url| !url.is_empty());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{Scanner, inspect};
    use super::*;
    use crate::inventory::Entry;

    fn module(name: &str, url: &str) -> Vec<u8> {
        let leb = |mut length: usize| {
            let mut out = Vec::new();
            while length >= 0x80 {
                out.push(length as u8 | 0x80);
                length >>= 7;
            }
            out.push(length as u8);
            out
        };
        let body = [&leb(name.len())[..], name.as_bytes(), &leb(url.len()), url.as_bytes()].concat();
        [&b"\0asm\x01\0\0\0\0"[..], &leb(body.len()), &body].concat()
    }

    fn look(bytes: &[u8]) -> Entry {
        let mut entry = Entry { path: "a.wasm".to_owned(), media: Media::Wasm, ..Entry::default() };
        inspect(bytes, Scanner::plain(), &mut entry);
        entry
    }

    #[test]
    fn looks_into_the_modules_of_a_component() {
        let module = module("sourceMappingURL", "a.wasm.map");
        let section = [&[1, module.len() as u8][..], &module].concat();
        let component = [&b"\0asm\x0d\0\x01\0"[..], &section, &section].concat();
        let found = look(&component).links;
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].target, LinkTarget::Relative { url: "a.wasm.map".to_owned() });
        assert!(found[0].at.offset < found[1].at.offset);
    }

    #[test]
    fn finds_links_and_inline_maps() {
        let long = format!("http://maps.example/{}.map", "a".repeat(200));
        for (name, url) in [
            ("sourceMappingURL", "a.wasm.map"),
            ("external_debug_info", "a.debug.wasm"),
            ("sourceMappingURL", &long),
        ] {
            let entry = look(&module(name, url));
            assert_eq!(entry.links.len(), 1, "{name}");
            assert_eq!(entry.links[0].target, link::target(url.as_bytes(), url.len()));
            assert_eq!(entry.links[0].at.line, None);
        }
        let map =
            r#"data:application/json,{"version":3,"sources":["a.c"],"sourcesContent":["x"],"mappings":""}"#;
        assert_eq!(look(&module("sourceMappingURL", map)).maps.len(), 1);
    }

    #[test]
    fn is_silent_on_other_sections_and_broken_ones() {
        assert!(look(&module("name", "a.wasm.map")).links.is_empty());
        assert!(look(&module("sourceMappingURL", "")).links.is_empty());
        assert!(look(b"\0asm\x01\0\0\0\0\xff\xff").links.is_empty());
    }
}
