//! Source maps, told by what they hold: files of their own under any name, and objects inside other files.

use crate::inventory::{MapForm, SourceFacts, SourceMap};

use super::map::{Found, MOST_MAPS, Reading, TOO_MANY_MAPS, read, read_loose};
use super::{Coding, FactSink, Hit, Inner, InnerText, Inspector, Sample, Scanner, link};

/// Finds source maps and what holds original text in their manner.
pub(super) const INSPECTOR: Inspector = Inspector { name: "source maps", needles: |_| needles(), inspect };

const CONTENTS_KEY: &str = "sourcesContent";

/// What a needle finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needle {
    /// The key of a map's mappings, wherever the map is.
    Mappings,
    /// The key that original text is under, likewise.
    Contents,
    /// The key of an index map, which counts in a document only.
    Sections,
    /// A key of a bundler's report.
    Report,
}

/// All needles, in the order in which hits number them.
const NEEDLES: [(Needle, &str); 7] = [
    (Needle::Mappings, "\"mappings\""),
    (Needle::Contents, CONTENTS_KEY),
    (Needle::Sections, "\"sections\""),
    (Needle::Report, "\"assetsByChunkName\""),
    (Needle::Report, "\"moduleIdentifier\""),
    (Needle::Report, "\"issuerPath\""),
    (Needle::Report, "\"bytesInOutput\""),
];

impl Needle {
    fn of(hit: &Hit) -> Option<Self> {
        NEEDLES.get(hit.needle).map(|(needle, _)| *needle)
    }
}

fn needles() -> Vec<Vec<u8>> {
    NEEDLES.iter().map(|(_, word)| word.as_bytes().to_vec()).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], scanner: &Scanner, sink: &mut FactSink<'_>) {
    // Encoded maps are decoded where they are found, with more care for what may be none.
    if sample.is_container() || sample.is_layer() {
        return;
    }
    for mut found in find(sample, hits, scanner.options.recovered) {
        sink.entry.unexamined.extend(found.left_out);
        sample.settings.borrow_mut().append(&mut found.settings);
        if let Some(literal) = in_literal(sample, &found) {
            sink.inner.push(literal);
            continue;
        }
        if sink.entry.maps.len() < MOST_MAPS {
            let at = sample.at(found.start);
            let map = sink.entry.maps.len();
            for (number, source) in found.sources.iter_mut().enumerate() {
                let text = source.text.as_mut().and_then(|text| text.bytes.take());
                sink.entry.recovered.extend(text.map(|text| (map, number, text)));
            }
            let form = found.form.unwrap_or_else(|| form_of(sample, found.start));
            sink.entry.maps.push(SourceMap {
                form,
                at,
                file: found.file,
                source_root: found.source_root,
                debug_id: found.debug_id,
                section_urls: found.section_urls,
                sources: found.sources.into_iter().map(facts).collect(),
                maker: found.maker,
                damage: found.damage,
            });
        } else {
            sink.entry.unexamined.push(TOO_MANY_MAPS);
        }
    }
}

fn facts(source: super::map::FoundSource) -> SourceFacts {
    SourceFacts {
        path: source.path,
        third_party: source.third_party,
        text: source.text.map(|text| text.facts),
    }
}

/// The string literal that a map fills in a script: its text must be unescaped before it is read.
fn in_literal(sample: &Sample<'_>, found: &Found) -> Option<Inner> {
    /// A larger one is counted as it is.
    const MOST: usize = 16 << 20;
    let range = link::doubled(sample.bytes, found.start..found.end).filter(|range| range.len() <= MOST)?;
    let text = Coding::Literal.decoded(sample.bytes.get(range.clone())?);
    Some(Inner { what: link::LITERAL, offset: range.start, text: InnerText::Clear(text) })
}

/// How a map at this offset of a sample is carried.
fn form_of(sample: &Sample<'_>, start: usize) -> MapForm {
    const LONGEST_HEAD: usize = 128;
    let head = sample.bytes.get(start.saturating_sub(LONGEST_HEAD)..start).unwrap_or_default();
    match sample.decoded {
        None if head.ends_with(b",") && memchr::memmem::find(head, b"sourceMappingURL=data:").is_some() => {
            MapForm::Inline
        }
        Some(link::INLINE | link::QUOTED) => MapForm::Inline,
        Some(link::IN_EVAL | link::EVALUATED) => MapForm::EvalMap,
        _ => MapForm::File,
    }
}

/// All maps of a sample.
fn find(sample: &Sample<'_>, hits: &[Hit], keep_texts: bool) -> Vec<Found> {
    let report = hits.iter().any(|hit| Needle::of(hit) == Some(Needle::Report));
    let reading = Reading { keep_texts, report };
    let mut found = Vec::new();
    let mut done = 0;
    if let Some(start) = document_start(sample.bytes)
        .filter(|start| !hits.is_empty() || may_be_map(sample) || escapes_letters(sample.bytes, *start))
    {
        let (maps, end) = match sample.map.take().filter(|map| map.start() == start && !report) {
            Some(map) => map.finish(sample.bytes),
            None => read(sample.bytes, start, reading),
        };
        if !maps.is_empty() {
            done = end;
        }
        found = maps;
    }
    // A form of its own at the beginning of the file is the file, whatever was before its first brace.
    if let Some(first) = found.first_mut().filter(|first| document_start(sample.bytes) == Some(first.start)) {
        first.start = 0;
    }
    if !sample.is_documentation() {
        let keys =
            hits.iter().filter(|hit| matches!(Needle::of(hit), Some(Needle::Mappings | Needle::Contents)));
        let rest = keys.filter_map(|hit| key_start(sample.bytes, hit)).filter(|key| *key >= done);
        let embedded = embedded(sample.bytes, rest, done, reading);
        // Programs hold the pieces that they make maps of; only a whole one counts there.
        let is_program =
            document_start(sample.bytes).is_none() && !sample.media.is_text() && sample.decoded.is_none();
        found.extend(embedded.into_iter().filter(|map| !is_program || map.damage.is_none()));
    }
    // What is only in a string links to nothing: without text it is an example, a test, or a piece of one.
    if sample.decoded == Some(link::QUOTED) {
        found.retain(has_text);
    } else if sample.decoded == Some(link::LITERAL) {
        found.retain(|map| has_text(map) && map.damage.is_none());
    }
    found
}

fn has_text(map: &Found) -> bool {
    map.sources.iter().any(|source| source.text.is_some())
}

/// Where the JSON document begins that the whole text is: after a byte-order mark and a line that keeps
/// the file from being run as a script.
pub(super) fn document_start(bytes: &[u8]) -> Option<usize> {
    let mut at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let rest = |at: usize| bytes.get(at..).unwrap_or_default();
    at += rest(at).iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    if rest(at).starts_with(b")]}") {
        at += rest(at).iter().take_while(|byte| **byte != b'\n' && **byte != b'{').count();
    }
    at += rest(at).iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    matches!(bytes.get(at), Some(b'{' | b'[')).then_some(at)
}

/// Whether its name or its origin says that it is a map, though no needle does.
fn may_be_map(sample: &Sample<'_>) -> bool {
    sample.decoded.is_some() || is_named_map(sample.path)
}

/// Whether a file's name says that it is a map.
pub(super) fn is_named_map(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b".map"))
}

/// Whether JSON writes letters as `\u0073`, which no tool does: no needle finds a key that is written so.
fn escapes_letters(bytes: &[u8], start: usize) -> bool {
    const HEAD: usize = 512;
    let head = bytes.get(start..).unwrap_or_default();
    let head = head.get(..HEAD).unwrap_or(head);
    memchr::memmem::find_iter(head, b"\\u00").any(|at| matches!(head.get(at + 4), Some(b'4'..=b'7')))
}

/// Maps with text that are objects inside a text of another kind, around the keys at `hits`. Each
/// stretch of the text is read once at most, whatever it holds. One without text is an example or a test.
fn embedded(bytes: &[u8], hits: impl Iterator<Item = usize>, from: usize, reading: Reading) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let (mut read_to, mut loose_to, mut last) = (from, from, from);
    for hit in hits {
        let before = std::mem::replace(&mut last, hit).max(read_to);
        if hit < loose_to || !opens_value(bytes, hit) {
            continue;
        }
        if found.len() >= MOST_MAPS {
            found.truncate(MOST_MAPS);
            if let Some(last) = found.last_mut() {
                last.left_out = Some(TOO_MANY_MAPS);
            }
            break;
        }
        if hit >= read_to
            && let Some(start) = object_start(bytes, before, hit)
        {
            let (maps, end) = read(bytes, start, reading);
            read_to = read_to.max(end);
            if !maps.is_empty() {
                loose_to = end;
                found.extend(maps.into_iter().filter(has_text));
                continue;
            }
        }
        let near_json = document_start(bytes).is_some();
        if let Some((map, end)) = read_loose(bytes, hit, reading)
            && (near_json
                || begins_cut_off(bytes, hit)
                || map.sources.iter().any(|source| !source.path.is_empty()))
        {
            loose_to = end;
            found.push(map);
        }
    }
    found
}

/// Whether a text begins with the key at `hit`, as the second part of a map that was split does.
fn begins_cut_off(bytes: &[u8], hit: usize) -> bool {
    const MOST: usize = 64;
    hit <= MOST
        && bytes.get(..hit).is_some_and(|before| {
            before.iter().all(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b']' | b'}'))
        })
}

/// Where the key at a hit begins, quoted or not. `None` if it is none.
fn key_start(bytes: &[u8], hit: &Hit) -> Option<usize> {
    if Needle::of(hit) != Some(Needle::Contents) {
        return Some(hit.offset);
    }
    let before = hit.offset.checked_sub(1).and_then(|at| Some((at, *bytes.get(at)?)));
    match (before, bytes.get(hit.offset + CONTENTS_KEY.len())?) {
        (Some((start, quote @ (b'"' | b'\''))), end) => (quote == *end).then_some(start),
        (_, end) => (*end == b':' || end.is_ascii_whitespace()).then_some(hit.offset),
    }
}

/// Whether the key at `hit` has a text or a list for a value.
fn opens_value(bytes: &[u8], hit: usize) -> bool {
    let mut cursor = super::map::Cursor::new(bytes, hit);
    let mut key = Vec::new();
    cursor.key(&mut key).is_some()
        && cursor.take(b':')
        && matches!(cursor.next_token(), Some(b'"' | b'\'' | b'`' | b'['))
}

/// The brace that opens the object with a key at `hit`, as far as can be told without reading forward:
/// `version` is mostly first, and otherwise a quoted key is.
fn object_start(bytes: &[u8], from: usize, hit: usize) -> Option<usize> {
    let before = bytes.get(from..hit)?;
    let by_version = memchr::memmem::rfind(before, b"version").and_then(|version| {
        let head = before.get(..version)?;
        let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head);
        let head = head.trim_ascii_end();
        (head.last() == Some(&b'{')).then(|| from + head.len() - 1)
    });
    by_version.or_else(|| {
        let quoted = memchr::memmem::rfind(before, b"{\"");
        let spread = memchr::memmem::rfind(before, b"{\n");
        quoted
            .max(spread)
            .or_else(|| before.ends_with(b"{").then(|| before.len() - 1))
            .map(|brace| from + brace)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Scanner, inspect};
    use super::*;
    use crate::inspect::text_facts::text_facts;
    use crate::inventory::{Entry, Media};

    fn maps_of(path: &str, bytes: &[u8], media: Media) -> Vec<SourceMap> {
        let mut entry = Entry { path: path.to_owned(), media, ..Entry::default() };
        inspect(bytes, Scanner::plain(), &mut entry);
        entry.maps.into()
    }

    fn maps(path: &str, text: &str) -> Vec<SourceMap> {
        maps_of(path, text.as_bytes(), Media::Text)
    }

    fn texts(map: &SourceMap) -> Vec<(&str, Option<u64>)> {
        map.sources.iter().map(|source| (source.path.as_str(), source.text.map(|text| text.lines))).collect()
    }

    const MAP: &str = r#"{"version":3,"sources":["a.ts"],"sourcesContent":["let a;\nlet b;\n"],"names":[],"mappings":"AAAA"}"#;

    #[test]
    fn finds_a_map_under_any_name_and_behind_any_prefix() {
        let utf16: Vec<u8> = format!("\u{FEFF}{MAP}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (path, bytes, media) in [
            ("a.js.map", MAP.as_bytes().to_vec(), Media::Text),
            ("A.JS.MAP", MAP.as_bytes().to_vec(), Media::Text),
            ("a.symbols", MAP.as_bytes().to_vec(), Media::Text),
            ("a.txt", format!("\u{FEFF}{MAP}").into_bytes(), Media::Text),
            ("a.json", format!(")]}}'\n{MAP}").into_bytes(), Media::Text),
            ("a.json", format!(")]}}',{MAP}").into_bytes(), Media::Text),
            ("a", format!("\n\n  {MAP}\n").into_bytes(), Media::Text),
            ("a.map", utf16.clone(), Media::Utf16),
            ("a.map", utf16[2..].to_vec(), Media::Binary),
        ] {
            let maps = maps_of(path, &bytes, media);
            assert_eq!(maps.len(), 1, "{path} {:?}", String::from_utf8_lossy(&bytes));
            assert_eq!(texts(&maps[0]), [("a.ts", Some(2))]);
            assert_eq!((maps[0].form, &maps[0].damage), (MapForm::File, &None));
            assert_eq!(maps[0].at.offset, 0);
            assert_eq!(maps[0].sources[0].text.unwrap().digest, text_facts(b"let a;\nlet b;\n").digest);
        }
    }

    #[test]
    fn is_silent_on_json_that_is_no_map() {
        for text in [
            r#"{"version":3,"mappings":{"properties":{}},"sources":["a"]}"#,
            r#"{"version":"3","mappings":"AAAA"}"#,
            r#"{"version":3,"sections":[{"title":"a"}]}"#,
            r#"{"version":3,"sections":[{"url":"https://a.example"}]}"#,
            r#"{"sources":["a.js"],"names":["a"]}"#,
            r#"{"dependencies":{"mappings":"^1.0.0","sources":"^2"}}"#,
            r#"{"sourcesContent":[null,""],"sources":["a"]}"#,
            r#"["mappings","sourcesContent"]"#,
            "case \"mappings\": return \"sourcesContent\";",
            "function f() { return { mappings, sourcesContent:[] } }",
            "{ \"mappings\": ",
        ] {
            assert_eq!(maps("a.json", text), [], "{text}");
            assert_eq!(maps("a.js", text), [], "{text}");
        }
    }

    #[test]
    fn reads_every_field() {
        let map = maps(
            "a.map",
            r#"{"version":3,"file":"a.js","sourceRoot":"/src","debugId":"85314830-023f-4cf1-a267-535f4e37bb17",
            "sources":["a.ts",null,"../node_modules/b/b.js","c.ts"],"sourcesContent":["a",null,"b","c"],
            "x_google_ignoreList":[3],"x_facebook_sources":[[{"names":["<global>"],"mappings":"AAA"}]],"mappings":""}"#,
        )
        .remove(0);
        assert_eq!(map.file.as_deref(), Some("a.js"));
        assert_eq!(map.source_root.as_deref(), Some("/src"));
        assert_eq!(map.debug_id.as_deref(), Some("85314830-023f-4cf1-a267-535f4e37bb17"));
        let third_party: Vec<bool> = map.sources.iter().map(|source| source.third_party).collect();
        assert_eq!(third_party, [false, false, true, true]);
        assert_eq!(
            texts(&map),
            [("a.ts", Some(1)), ("", None), ("../node_modules/b/b.js", Some(1)), ("c.ts", Some(1))]
        );
    }

    #[test]
    fn an_ignore_list_tells_foreign_text_apart_unless_it_names_everything() {
        let third_party = |list: &str, texts: &str| -> Vec<bool> {
            let text = format!(
                r#"{{"version":3,"sources":["a.ts","b.ts","node_modules/c.js"],"sourcesContent":{texts},
                "ignoreList":{list},"mappings":""}}"#
            );
            maps("a.map", &text)[0].sources.iter().map(|source| source.third_party).collect()
        };
        let texts = r#"["a","b","c"]"#;
        assert_eq!(third_party("[]", texts), [false, false, true]);
        assert_eq!(third_party("[1]", texts), [false, true, true]);
        assert_eq!(third_party("[0,1]", texts), [false, false, true]);
        assert_eq!(third_party("[0,1,2]", texts), [false, false, true]);
        assert_eq!(third_party("[0]", r#"["a",null,"c"]"#), [false, false, true]);
        assert_eq!(third_party("[0,1,2]", "[null,null,null]"), [true, true, true]);
        let index = r#"{"version":3,"sections":[
            {"offset":{},"map":{"version":3,"sources":["a.ts"],"sourcesContent":["a"],"ignoreList":[0],"mappings":""}},
            {"offset":{},"map":{"version":3,"sources":["b.ts"],"sourcesContent":["b"],"mappings":""}}]}"#;
        let index = &maps("a.map", index)[0];
        let third_party: Vec<bool> = index.sources.iter().map(|source| source.third_party).collect();
        assert_eq!(third_party, [true, false]);
    }

    #[test]
    fn reads_index_maps() {
        let inner =
            format!(r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{MAP}}}]}}"#);
        let outer = format!(
            r#"{{"version":3,"file":"o.js","sections":[{{"offset":{{"line":0,"column":0}},"map":{inner}}},
            {{"offset":{{"line":9,"column":0}},"url":"b.map"}},
            {{"map":{{"version":3,"sourceRoot":"x","sources":["b.ts"],"mappings":"","sourcesContent":["b"]}},"offset":{{}}}}]}}"#
        );
        let maps = maps("o.map", &outer);
        assert_eq!(maps.len(), 1);
        assert_eq!(texts(&maps[0]), [("a.ts", Some(2)), ("x/b.ts", Some(1))]);
        assert_eq!(maps[0].section_urls, ["b.map"]);
        assert_eq!(maps[0].file.as_deref(), Some("o.js"));
        let legacy =
            r#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"url":"https://m.example/a.map"}]}"#;
        assert_eq!(self::maps("a.json", legacy)[0].section_urls, ["https://m.example/a.map"]);
    }

    #[test]
    fn a_repeated_key_hides_nothing() {
        let text = r#"{"version":3,"sources":["a"],"sourcesContent":["one"],"sourcesContent":["two\n2"],"mappings":""}"#;
        let map = maps("a.map", text).remove(0);
        assert_eq!(texts(&map), [("a", Some(1)), ("", Some(2))]);
    }

    #[test]
    fn recovers_text_from_broken_maps() {
        let cut = &MAP[..MAP.find("let b").unwrap()];
        for (text, lines) in [
            (cut.to_owned(), 1),
            (MAP[..MAP.len() - 1].to_owned(), 2),
            (MAP.replace("\"names\":[]", "\"names\":[}"), 2),
            (MAP.replace("\"names\":[]", "NaN"), 2),
            (MAP.replace("{\"version\"", "{,,\"version\" 3,{\"x\""), 2),
            (format!("{MAP}{{"), 2),
        ] {
            let maps = maps("a.js.map", &text);
            assert_eq!(maps.len(), 1, "{text}");
            assert_eq!(texts(&maps[0])[0].1, Some(lines), "{text}");
        }
        assert!(maps("a.js.map", cut)[0].damage.is_some());
        assert!(maps("a.js.map", &MAP.replace("let b", "let\nb"))[0].sources[0].text.unwrap().lines == 3);
        assert!(maps("a.js.map", &MAP.replace("let b", "\\ud800")).len() == 1);
    }

    #[test]
    fn finds_maps_inside_other_files() {
        let spread = MAP.replace("{\"version\":3,", "{ \"file\": \"x\",\n \"version\": 3,\n");
        let minified = r#"{version:3,sources:["webpack://./a.css"],names:[],mappings:"AAAA",sourcesContent:["a {\n}"],sourceRoot:""}"#;
        for (text, form) in [
            (format!("exports.push([module.id, \"a{{}}\", \"\",{MAP}]);"), MapForm::File),
            (format!("e.push([e.id,\"a{{}}\",\"\",{minified}]);"), MapForm::File),
            (format!("const map = {spread};\nx();"), MapForm::File),
            (format!("x({{a:\"1\"}});var map={MAP};\n// {{"), MapForm::File),
            (
                format!(
                    r#"{{"/src/a.ts":{{"path":"/src/a.ts","statementMap":{{}},"inputSourceMap":{MAP}}}}}"#
                ),
                MapForm::Coverage,
            ),
            (
                format!(
                    r#"{{"result":[],"source-map-cache":{{"file:///a.js":{{"lineLengths":[1],"data":{MAP}}}}}}}"#
                ),
                MapForm::File,
            ),
        ] {
            let maps = maps("a.js", &text);
            assert_eq!(maps.len(), 1, "{text}");
            assert_eq!(maps[0].sources[0].text.unwrap().lines, 2, "{text}");
            assert_eq!(maps[0].form, form, "{text}");
        }
    }

    #[test]
    fn reads_reports_of_bundlers() {
        let stats = r#"{"hash":"1","assetsByChunkName":{"main":["main.js"]},"modules":[
            {"identifier":"/w/src/a.js","name":"./src/a.js","source":"a();\n","reasons":[]},
            {"identifier":"/w/node_modules/b.js","name":"./node_modules/b.js","source":"b();"},
            {"name":"./src/c.js + 1 modules","modules":[{"name":"./src/c.js","source":"c();\nd();"}]}]}"#;
        let maps = maps("stats.json", stats);
        assert_eq!(maps.len(), 1);
        assert_eq!(maps[0].form, MapForm::BundlerReport);
        assert_eq!(
            texts(&maps[0]),
            [("./src/a.js", Some(1)), ("./node_modules/b.js", Some(1)), ("./src/c.js", Some(2))]
        );
        let metafile = r#"{"inputs":{"src/a.ts":{"bytes":3,"imports":[]},"node_modules/b.js":{"bytes":1,"imports":[]}},
            "outputs":{"o.js":{"inputs":{"src/a.ts":{"bytesInOutput":3}},"bytes":4}}}"#;
        let maps = self::maps("meta.json", metafile);
        assert_eq!(texts(&maps[0]), [("src/a.ts", None), ("node_modules/b.js", None)]);
    }

    #[test]
    fn hostile_maps_are_bounded() {
        let many = format!(r#"{{"version":3,"sources":[{}""],"mappings":""}}"#, "\"\",".repeat(1_000_000));
        let map = maps("a.map", &many).remove(0);
        assert_eq!(map.sources.len(), 200_000);
        assert!(map.damage.is_some());

        let small = r#"{"sources":["a"],"sourcesContent":["x"],"mappings":""}"#;
        for many in [small.repeat(20_100), format!("[{}1]", format!("{small},").repeat(20_100))] {
            let mut entry = Entry { path: "a.txt".to_owned(), media: Media::Text, ..Entry::default() };
            inspect(many.as_bytes(), Scanner::plain(), &mut entry);
            assert_eq!(entry.maps.len(), MOST_MAPS);
            assert!(entry.unexamined.contains(&TOO_MANY_MAPS), "{:?}", entry.unexamined);
        }

        let deep = format!(
            "{}{MAP}{}",
            r#"{"version":3,"sections":[{"offset":{},"map":"#.repeat(10_000),
            "}]}".repeat(10_000)
        );
        let maps = maps("a.map", &deep);
        assert!(maps.iter().any(|map| texts(map) == [("a.ts", Some(2))]));
    }
}
