//! Maps in what no magic number tells: streams with a plain header or none, zips behind programs, texts of four
//! bytes a character; and links that a web server's settings make.

use super::*;

const INNER: &str = "source-map-embedded package/dist/a.bin!a.bin";

fn zlib(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(6);
    let size = Some(bytes.len() as u64);
    let mut writer = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, size).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn utf32(text: &str, to_bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().flat_map(|one| to_bytes(one.into())).collect()
}

/// A zip whose offsets count from the beginning of the file that it stands in.
fn adjusted(program: &[u8], zip: &[u8]) -> Vec<u8> {
    let mut bytes = [program, zip].concat();
    let shift = |bytes: &mut [u8], at: usize| {
        let offset = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        bytes[at..at + 4].copy_from_slice(&(offset + program.len() as u32).to_le_bytes());
    };
    let end = bytes.len() - 22;
    let directory = u32::from_le_bytes(bytes[end + 16..end + 20].try_into().unwrap()) as usize;
    shift(&mut bytes, end + 16);
    shift(&mut bytes, program.len() + directory + 42);
    bytes
}

fn streams() -> Vec<Case> {
    let map = map_with(&TEXT.repeat(30));
    let brotli = base64::prelude::BASE64_STANDARD.decode(BROTLI_MAP).unwrap();
    let script = |url: &str| format!("a();\n//# sourceMappingURL={url}\n");
    let encoded = |bytes: &[u8]| {
        script(&format!("data:application/json;base64,{}", base64::prelude::BASE64_STANDARD.encode(bytes)))
    };
    let within = &["source-map-embedded package/dist/a.js.map!a.js.map"];
    vec![
        case("fast zlib", "package/dist/a.bin", zlib(map.as_bytes(), 1), &[INNER]),
        case("usual zlib", "package/dist/a.bin", zlib(map.as_bytes(), 6), &[INNER]),
        case("good zlib", "package/dist/a.bin", zlib(map.as_bytes(), 9), &[INNER]),
        case(
            "zlib by its suffix",
            "package/dist/a.js.map.zz",
            zlib(map.as_bytes(), 6),
            &["source-map-embedded package/dist/a.js.map.zz!a.js.map"],
        ),
        case("lzma", "package/dist/a.bin", lzma(map.as_bytes()), &[INNER]),
        case(
            "a tarball in lzma",
            "package/x.tar.lzma",
            lzma(&tar("m/a.map", map.as_bytes())),
            &["source-map-embedded package/x.tar.lzma!m/a.map"],
        ),
        case("brotli under a map's name", "package/dist/a.js.map", brotli, within),
        case("deflate under a map's name", "package/dist/a.js.map", deflate(map.as_bytes()), within),
        case("gzip inline", "package/dist/a.js", encoded(&gzip(map.as_bytes())), &[INLINE]),
        case("zlib inline", "package/dist/a.js", encoded(&zlib(map.as_bytes(), 6)), &[INLINE]),
        case("Zstandard inline", "package/dist/a.js", encoded(&zstd(map.as_bytes())), &[INLINE]),
        case("zlib that is cut off early", "package/a.bin", zlib(map.as_bytes(), 6)[..60].to_vec(), &[]),
        case("zlib of something else", "package/a.bin", zlib(TEXT.repeat(30).as_bytes(), 6), &[]),
    ]
}

fn characters() -> Vec<Case> {
    let map = map();
    let script = format!("a();\n//# sourceMappingURL=data:application/json;base64,{}\n", base64(&map));
    let marked = format!("\u{FEFF}{map}");
    vec![
        case("UTF-32", "package/dist/a.js.map", utf32(&marked, u32::to_le_bytes), &[EMBEDDED]),
        case("big-endian UTF-32", "package/dist/a.js.map", utf32(&marked, u32::to_be_bytes), &[EMBEDDED]),
        case("UTF-32 without a mark", "package/dist/a.js.map", utf32(&map, u32::to_le_bytes), &[EMBEDDED]),
        case("a script in UTF-32", "package/dist/a.js", utf32(&script, u32::to_be_bytes), &[INLINE]),
        case(
            "all keys escaped",
            "package/data.json",
            map.replace("\"sources", "\"\\u0073ources").replace("\"mappings", "\"\\u006dappings"),
            &["source-map-embedded package/data.json"],
        ),
        case(
            "texts by their paths",
            "package/data.json",
            format!(
                r#"{{"version":3,"sources":["a.ts"],"sourcesContent":{{"a.ts":{},"b.ts":null}},"mappings":""}}"#,
                serde_json::Value::from(TEXT)
            ),
            &["source-map-embedded package/data.json"],
        ),
        case(
            "the second half of a map",
            "package/dist/a.map.2",
            map[map.find("\"sourcesContent").unwrap()..].to_owned(),
            &["source-map-embedded package/dist/a.map.2"],
        ),
    ]
}

fn behind_programs() -> Vec<Case> {
    let zip = zip("m/a.js.map", map_with(&TEXT.repeat(30)).as_bytes());
    let program = executable(b"PK\x03\x04 is how a zip begins");
    let mut signed = executable(&zip);
    signed.extend([0; 5000]);
    let within = &["source-map-embedded package/tool!m/a.js.map"];
    vec![
        case("a zip behind a program", "package/tool", [&program[..], &zip].concat(), within),
        case("a zip that counts from the program's start", "package/tool", adjusted(&program, &zip), within),
        case("a zip before a signature", "package/tool", signed, within),
        case(
            "a zip behind a script",
            "package/tool",
            [&b"#!/bin/sh\nexec unzip -p \"$0\" m/a.js.map\n".repeat(30)[..], &zip].concat(),
            within,
        ),
        case(
            "a zip behind an image",
            "package/tool",
            [&b"\x89PNG\r\n\x1a\n"[..], &[1; 3000], &zip].concat(),
            within,
        ),
        case(
            "a tarball behind a script",
            "package/install.run",
            [
                &b"#!/bin/sh\ntail -n +3 \"$0\" | tar xz\n"[..],
                &gzip(&tar("m/a.js.map", map_with(&TEXT.repeat(30)).as_bytes())),
            ]
            .concat(),
            &["source-map-embedded package/install.run!payload!m/a.js.map"],
        ),
        case("a script about tarballs", "package/install.run", "#!/bin/sh\ntar xz\nBZh is no end\n", &[]),
        case(
            "what Node injects",
            "package/sea.blob",
            [&b"\x20\xda\x43\x01\0\0\0\0"[..], b"console.log(1);\n"].concat(),
            &["embedded-program package/sea.blob"],
        ),
        case(
            "a program that writes zips",
            "package/tool",
            executable(b"PK\x01\x02 and PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\x10\0\0\0\0\0"),
            &[],
        ),
    ]
}

fn headers() -> Vec<Case> {
    let script = |path| (path, b"a();\n".to_vec());
    let settings = |path, text: &str| (path, text.as_bytes().to_vec());
    vec![
        (
            "a header to another host",
            vec![settings("package/dist/_headers", "/a.js\n  SourceMap: https://acme.r2.dev/a.js.map\n")],
            vec!["source-map-remote package/dist/_headers:2"],
        ),
        (
            "a header to nothing",
            vec![settings("package/dist/_headers", "/a.js\n  x-sourcemap: /m/a.js.map\n")],
            vec!["source-map-dangling package/dist/_headers:2"],
        ),
        (
            "a header to a file beside it",
            vec![
                settings("package/dist/_headers", "/a.js\n  SourceMap: /m/a.js.map\n"),
                script("package/dist/a.js"),
                ("package/dist/m/a.js.map", bare().replace("../src", "../..").into()),
                ("package/a.ts", TEXT.into()),
            ],
            vec!["source-map-shipped package/dist/m/a.js.map"],
        ),
        (
            "JSON",
            vec![settings(
                "package/vercel.json",
                r#"{"headers":[{"headers":[{"key":"SourceMap","value":"http://maps.acme.corp/a"}]}]}"#,
            )],
            vec!["source-map-remote package/vercel.json:1"],
        ),
        (
            "no header",
            vec![settings(
                "package/_headers",
                "# SourceMap headers would go here\n/*\n  Access-Control-Expose-Headers: SourceMap\n",
            )],
            vec![],
        ),
    ]
}

#[test]
fn maps_in_streams_without_a_magic_number_are_found() {
    check(streams());
}

#[test]
fn maps_in_wide_characters_and_odd_json_are_found() {
    check(characters());
}

#[test]
fn maps_in_zips_behind_programs_are_found() {
    check(behind_programs());
}

#[test]
fn links_in_the_settings_of_web_servers_are_found() {
    check(headers());
}

#[test]
fn a_compressed_inline_map_has_its_limits() {
    let bomb = gzip(&vec![b' '; 1 << 20]);
    let url = base64::prelude::BASE64_STANDARD.encode(&bomb);
    let text = format!("//# sourceMappingURL=data:application/json;base64,{url}\n").repeat(10);
    let complete =
        |files: &[(&str, Vec<u8>)], limits: Limits| audit_within(files, limits).0.inventory.is_complete();
    let one = [("package/a.js", text.clone().into_bytes())];
    let most = Limits::default();
    assert!(complete(&one, most.clone()));
    // a ratio, as base64 in text makes it, and bytes of one entry
    assert!(!complete(&one, Limits { ratio: 200, ..most.clone() }));
    assert!(!complete(&one, Limits { entry: 5 << 20, ..most.clone() }));
    // over all entries, however many texts and entries they are in
    let two = [one[0].clone(), ("package/b.js", text.into_bytes())];
    assert!(complete(&one, Limits { nested_total: 15 << 20, ..most.clone() }));
    assert!(!complete(&two, Limits { nested_total: 15 << 20, ..most }));
}
