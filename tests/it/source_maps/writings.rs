//! Maps written in ways that no bundler has, but people and tools have: in strings, in other encodings, wrapped,
//! broken; and texts that only show a map.

use super::*;

/// The text of a string literal between these quotes, escaped as JavaScript wants it.
fn literal(quote: char, text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\n', "\\n").replace(quote, &format!("\\{quote}"));
    format!("{quote}{escaped}{quote}")
}

fn utf16_big(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// base64 in lines with something between them.
fn wrapped(gap: &str) -> String {
    let encoded = base64(&map());
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join(gap)
}

fn in_strings() -> Vec<Case> {
    let map = map();
    let at_one = |name, path: &'static str, text: String| {
        let rule: &'static str = match path {
            "package/m.js" => "source-map-embedded package/m.js:1",
            "package/m.py" => "source-map-embedded package/m.py:1",
            _ => "source-map-embedded package/m.json:1",
        };
        case(name, path, text, &[rule])
    };
    let eval = |map: &str| {
        format!(
            "eval({})",
            literal('"', &format!("a();\n//# sourceMappingURL={map}\n//# sourceURL=webpack-internal:///1\n"))
        )
    };
    let url = format!("data:application/json;base64,{}", base64(&map));
    vec![
        at_one("a JSON string", "package/m.json", literal('"', &map)),
        at_one("a string in JSON", "package/m.json", format!("{{\"map\":{}}}", literal('"', &map))),
        at_one(
            "a string in a string in JSON",
            "package/m.json",
            format!("{{\"v\":{}}}", literal('"', &format!("{{\"map\":{}}}", literal('"', &map)))),
        ),
        at_one("an exported string", "package/m.js", format!("export default {};", literal('"', &map))),
        at_one("single quotes", "package/m.js", format!("export default JSON.parse({});", literal('\'', &map))),
        at_one("a template", "package/m.js", format!("export default {};", literal('`', &map))),
        at_one("a raw template", "package/m.js", format!("export default String.raw`{map}`;")),
        at_one("a Python string", "package/m.py", format!("MAP = {}\n", literal('"', &map))),
        at_one("a raw Python string", "package/m.py", format!("MAP = r'''{map}'''\n")),
        at_one("a Python dictionary", "package/m.py", format!("MAP = {}\n", map.replace('"', "'"))),
        at_one(
            "an object over several lines",
            "package/m.js",
            "const map = { version: 3,\n sources: ['a.ts'],\n sourcesContent: [`let a;\nlet b;\n`],\n mappings: 'A' };"
                .to_owned(),
        ),
        at_one(
            "a section's map as a string",
            "package/m.json",
            format!(
                r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{}}}]}}"#,
                literal('"', &map)
            ),
        ),
        case(
            "an eval in a string",
            "package/m.js",
            format!("a();\nchunk = {};", literal('"', &eval(&url))),
            &["source-map-eval package/m.js:2"],
        ),
        case(
            "an eval in a JSON string",
            "package/m.json",
            format!("{{\"code\":{}}}", literal('"', &eval(&url))),
            &["source-map-eval package/m.json:1"],
        ),
        case(
            "a module in an eval in a string",
            "package/m.js",
            format!(
                "chunk = {};",
                literal('"', "eval(\"const a = 1;\\nb();\\n//# sourceURL=webpack-internal:///./src/a.ts\\n\")")
            ),
            &["source-map-eval package/m.js:1"],
        ),
        case(
            "a map in clear in an eval",
            "package/m.js",
            format!(
                "eval({})",
                literal('"', &format!("a();\n//# sourceMappingURL=data:application/json;charset=utf-8,{map}\n"))
            ),
            &["source-map-eval package/m.js:1"],
        ),
        case(
            "lines of JSON",
            "package/m.ndjson",
            format!("{map}\n{{\"map\":{}}}\n", map_with("b();\n")),
            &["source-map-embedded package/m.ndjson"],
        ),
    ]
}

fn encodings() -> Vec<Case> {
    let map = map();
    let script = |url: &str| format!("a();\n//# sourceMappingURL={url}\n");
    let url = format!("data:application/json;base64,{}", base64(&map));
    let reordered = map.replacen(r#""version":3,"#, "", 1).replacen('}', r#","version":3}"#, 1);
    vec![
        case("big-endian UTF-16", "package/dist/a.js.map", utf16_big(&map), &[EMBEDDED]),
        case(
            "UTF-16 behind white space",
            "package/dist/a.js.map",
            utf16_big(&format!("\n  {map}")),
            &[EMBEDDED],
        ),
        case("a script in UTF-16 without a mark", "package/dist/a.js", utf16_big(&script(&url)), &[INLINE]),
        case(
            "UTF-16 in base64",
            "package/dist/a.js",
            script(&format!(
                "data:application/json;charset=utf-16;base64,{}",
                base64::prelude::BASE64_STANDARD.encode(utf16(&map))
            )),
            &[INLINE],
        ),
        case(
            "wrapped in a style sheet",
            "package/dist/a.css",
            format!("a{{}}\n/*# sourceMappingURL=data:application/json;base64,{} */", wrapped("\n")),
            &["source-map-inline package/dist/a.css:2"],
        ),
        case(
            "wrapped from the first line on",
            "package/dist/a.js",
            format!("a();\n/*# sourceMappingURL=data:application/json;base64,\n{}\n*/", wrapped("\r\n")),
            &[INLINE],
        ),
        case(
            "wrapped with spaces",
            "package/dist/a.js",
            script(&format!("data:application/json;base64,{}", wrapped(" "))),
            &[INLINE],
        ),
        case(
            "wrapped in a string",
            "package/dist/a.js",
            format!("a();\nx = '//# sourceMappingURL=data:application/json;base64,{}';", wrapped("\\\n")),
            &[INLINE],
        ),
        case(
            "members in another order",
            "package/dist/a.js",
            format!("a();\nx = '{}';", base64(&reordered)),
            &[INLINE],
        ),
        case(
            "over several lines",
            "package/dist/a.js",
            format!("a();\nx = '{}';", base64(&map.replace(',', ",\n "))),
            &[INLINE],
        ),
        case("a space before it", "package/dist/a.js", script(&format!("  {url}")), &[INLINE]),
        case(
            "an Astro component",
            "package/a.astro",
            format!("---\na()\n//# sourceMappingURL={url}\n---\n<p/>"),
            &["source-map-inline package/a.astro:3"],
        ),
        case(
            "brotli under its long name",
            "package/dist/a.js.map.brotli",
            base64::prelude::BASE64_STANDARD.decode(BROTLI_MAP).unwrap(),
            &["source-map-embedded package/dist/a.js.map.brotli!a.js.map"],
        ),
        case(
            "Zstandard with a block as it was",
            "package/dist/a.js.map.zst",
            zstd(map.as_bytes()),
            &["source-map-embedded package/dist/a.js.map.zst!a.js.map"],
        ),
        case(
            "texts as one string",
            "package/dist/a.js.map",
            map.replace("\"sourcesContent\":[", "\"sourcesContent\":").replace("],\"names\"", ",\"names\""),
            &[EMBEDDED],
        ),
        case(
            "a section's map that is not there",
            "package/dist/a.js.map",
            r#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"url":"b.js.map"}]}"#,
            &["source-map-dangling package/dist/a.js.map"],
        ),
    ]
}

/// A map in the writing of other formats, and base64 in lines of other kinds.
fn quotings() -> Vec<Case> {
    let map = map();
    let entities = map.replace('&', "&amp;").replace('"', "&quot;").replace('>', "&gt;");
    let yaml = "version: 3\nsources:\n  - ../src/a.ts\nsourcesContent:\n  - |\n    // How the house does it.\n    export const secret = 1;\nmappings: AAAA\n";
    let toml = "version = 3\nsources = [\"a.ts\"]\nsourcesContent = [\"\"\"\nlet a;\nlet b;\n\"\"\"]\nmappings = \"\"\n";
    let lines = |path: &'static str, head: &str, gap: &str, tail: &str| {
        let rule: &'static str = match path {
            "package/a.js" => "source-map-inline package/a.js:2",
            _ => "source-map-inline package/a.txt:3",
        };
        (path, format!("{head}{}{tail}", wrapped(gap)), rule)
    };
    let mut cases = vec![
        case(
            "an attribute",
            "package/a.html",
            format!("<p data-map=\"{entities}\">"),
            &["source-map-embedded package/a.html:1"],
        ),
        case(
            "a page's text",
            "package/a.html",
            format!("<p>\n<pre class=\"x\">{entities}</pre>"),
            &["source-map-embedded package/a.html:2"],
        ),
        case(
            "numbers for characters",
            "package/a.vue",
            format!("<p :map=\"{}\"/>", map.replace('"', "&#34;")),
            &["source-map-embedded package/a.vue:1"],
        ),
        case(
            "CSV",
            "package/a.csv",
            format!("id,map\r\n1,\"{}\"\r\n", map.replace('"', "\"\"")),
            &["source-map-embedded package/a.csv:2"],
        ),
        case(
            "escaped with codes",
            "package/m.js",
            format!("x = '{}';", map.replace('\\', "\\\\").replace('"', "\\x22")),
            &["source-map-embedded package/m.js:1"],
        ),
        case("YAML", "package/a.yml", yaml, &["source-map-embedded package/a.yml:1"]),
        case(
            "YAML under a map's name",
            "package/a.js.map",
            yaml,
            &["source-map-embedded package/a.js.map:1"],
        ),
        case("TOML", "package/a.toml", toml, &["source-map-embedded package/a.toml:1"]),
    ];
    for (path, text, rule) in [
        lines("package/a.js", "a();\n// ", "\n// ", "\n"),
        lines("package/a.js", "a();\n//# ", "\r\n//# ", "\r\nb();"),
        lines("package/a.js", "a();\n * ", "\n * ", "\n */"),
        lines("package/a.js", "a();\nx = '", "' +\n  '", "';"),
        lines("package/a.js", "a();\nx = [\"", "\",\n\"", "\"];"),
        lines("package/a.js", "a();\n//# sourceMappingURL=data:application/json;base64,", "\n// ", "\n"),
        lines("package/a.js", "a();\n//# sourceMappingURL=data:application/json;base64,\n// ", "\n// ", "\n"),
        lines("package/a.txt", "Content-Transfer-Encoding: base64\r\n\r\n", "\r\n", "\r\n--x--\r\n"),
        lines("package/a.txt", "-\n-----BEGIN MAP-----\n", "\n", "\n-----END MAP-----\n"),
    ] {
        cases.push(case("base64 in lines", path, text, &[rule]));
    }
    cases
}

fn examples() -> Vec<Case> {
    let bare = bare();
    let url = format!("data:application/json;base64,{}", base64(&bare));
    let empty = base64(r#"{"version":3,"sources":[],"names":[],"mappings":""}"#);
    vec![
        case(
            "a readme with a map",
            "package/README.md",
            format!("```\n//# sourceMappingURL={url}\n```\n"),
            &[],
        ),
        case("a readme with JSON", "package/README.md", format!("```json\n{}\n```\n", map()), &[]),
        case(
            "a text that ends in the comment",
            "package/doc.txt",
            "Add\n//# sourceMappingURL=a.js.map\n",
            &[],
        ),
        case("a test", "package/a.js", format!("equal(out, 'a();\\n//# sourceMappingURL={url}');"), &[]),
        case(
            "an empty map",
            "package/a.js",
            format!("const NONE = 'data:application/json;base64,{empty}';"),
            &[],
        ),
        case("a test with JSON", "package/a.js", format!("equal(map, {});", literal('"', &bare)), &[]),
        case(
            "a page that shows a map",
            "package/a.html",
            "<pre>{ &quot;version&quot;: 3, &quot;sourcesContent&quot;: [null, ...], &quot;names&quot;: [] }</pre>",
            &[],
        ),
        case("settings about maps", "package/a.yml", "sourcesContent:\n  - never\nmappings: lines\n", &[]),
        case(
            "code that writes maps",
            "package/a.js",
            "out = \"{\\\"version\\\":3,\\\"sourcesContent\\\":[\" + text + \"]}\";",
            &[],
        ),
        case(
            "code that reads maps",
            "package/a.js",
            "const text = map['sourcesContent']; const m = { version: 3, sourcesContent: [text], mappings };",
            &[],
        ),
    ]
}

#[test]
fn maps_in_strings_are_found() {
    check(in_strings());
}

#[test]
fn maps_in_every_encoding_are_found() {
    check(encodings());
}

#[test]
fn maps_in_other_formats_are_found() {
    check(quotings());
}

#[test]
fn texts_that_only_show_a_map_are_silent() {
    check(examples());
}

#[test]
fn an_archive_that_is_not_opened_is_not_called_clean() {
    for magic in [
        &b"7z\xbc\xaf\x27\x1c"[..],
        b"\xed\xab\xee\xdb",
        b"Rar!\x1a\x07\x01\0",
        b"\x04\x22\x4d\x18\x64\x40\xa7",
    ] {
        let (audit, _folder) = audit(&[("package/x.bin", [magic, &[0; 100]].concat())]);
        assert!(!audit.inventory.is_complete(), "{}", magic.escape_ascii());
    }
}

#[test]
fn a_map_in_a_string_gives_back_the_text_as_it_was() {
    for text in [literal('"', &map()), literal('\'', &map()), literal('`', &map())] {
        let (_, folder) = audit(&[("package/m.js", format!("export default {text};").into())]);
        let recovery =
            recover(&folder.path().join("acme-1.0.0.tgz"), &Limits::default(), &Known::default(), 1).unwrap();
        let texts: Vec<&[u8]> = recovery.files.iter().map(|file| file.text.as_slice()).collect();
        assert_eq!(texts, [TEXT.as_bytes()], "{text}");
    }
}
