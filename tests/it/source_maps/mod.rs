//! Every form in which a package gives original text away, as a whole artifact: which rule fires, and where;
//! and the near misses on which none does.

mod hidden;
mod writings;

use std::io::Write;

use base64::Engine as _;
use packgate::audit::{Audit, Auditor, Options};
use packgate::recoverable::{Known, recover};
use packgate::settings::{PolicyChoice, Settings};
use packgate::unpack::Limits;

use crate::samples::npm_tarball;

const TEXT: &str = "// How the house does it.\nexport const secret = (a: number) => a + 1;\n";

/// A map that holds the text.
fn map() -> String {
    map_with(TEXT)
}

fn map_with(text: &str) -> String {
    let text = serde_json::Value::from(text);
    format!(
        r#"{{"version":3,"file":"a.js","sources":["../src/a.ts"],"sourcesContent":[{text}],"names":[],"mappings":"AAAA,OAAO"}}"#
    )
}

/// The same without the text.
fn bare() -> String {
    serde_json::json!({ "version": 3, "sources": ["../src/a.ts"], "names": [], "mappings": "AAAA" })
        .to_string()
}

fn base64(text: &str) -> String {
    base64::prelude::BASE64_STANDARD.encode(text)
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().into_inner()
}

fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    gunzip(&npm_tarball(&[(name.to_owned(), bytes.to_vec())]))
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes), &mut plain).unwrap();
    plain
}

/// [`map`] in brotli, made by Node's zlib: there is no encoder at hand here.
const BROTLI_MAP: &str = "\
    G7QAAETROWWbqm0HckBCLf5Aisg918kB89/ygiTAtiwAaotzG9u+IBK0EUSn+MgvhoHJLg6G7O35oUmpn2FJ23aee3R6+31YV9Ue\
    SeE4f6hFi4teT69d7d8fBsZjf97Dx0gg+hCGdokkRQ8DXlTtCuyKykh1dABnEczUSM0f";

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::default();
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn asar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let json = format!(r#"{{"files":{{"{name}":{{"size":{},"offset":"0"}}}}}}"#, bytes.len());
    let padded = json.len().next_multiple_of(4);
    let sizes = [4, padded as u32 + 8, padded as u32 + 4, json.len() as u32];
    let mut archive: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
    archive.extend(json.as_bytes());
    archive.resize(16 + padded, 0);
    archive.extend(bytes);
    archive
}

fn wasm(url: &str) -> Vec<u8> {
    let name = "sourceMappingURL";
    let body = [&[name.len() as u8][..], name.as_bytes(), &[url.len() as u8], url.as_bytes()].concat();
    [&b"\0asm\x01\0\0\0\0"[..], &[body.len() as u8], &body].concat()
}

/// An executable with this in it.
fn executable(payload: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01\0".to_vec();
    bytes.resize(20_000, 0);
    bytes.extend(payload);
    bytes
}

/// Name, files, and the findings wanted as `rule place[:line]`.
type Case = (&'static str, Vec<(&'static str, Vec<u8>)>, Vec<&'static str>);

fn case(name: &'static str, path: &'static str, bytes: impl Into<Vec<u8>>, wanted: &[&'static str]) -> Case {
    (name, vec![(path, bytes.into())], wanted.to_vec())
}

const EMBEDDED: &str = "source-map-embedded package/dist/a.js.map";
const INLINE: &str = "source-map-inline package/dist/a.js:2";
const EVAL: &str = "source-map-eval package/dist/a.js:1";

fn files() -> Vec<Case> {
    let map = map();
    let index = format!(
        r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{map}}}]}}}}]}}"#
    );
    let at = |path| case("a map under another name", path, map.clone(), &[]);
    let named = |path, wanted: &'static str| (at(path).0, at(path).1, vec![wanted]);
    vec![
        case("a map", "package/dist/a.js.map", map.clone(), &[EMBEDDED]),
        named("package/dist/A.JS.MAP", "source-map-embedded package/dist/A.JS.MAP"),
        named("package/dist/a.json", "source-map-embedded package/dist/a.json"),
        named("package/dist/a.txt", "source-map-embedded package/dist/a.txt"),
        named("package/dist/a.symbols", "source-map-embedded package/dist/a.symbols"),
        named("package/dist/a", "source-map-embedded package/dist/a"),
        named("package/dist/a.css.map", "source-map-embedded package/dist/a.css.map"),
        named("package/main.jsbundle.map", "source-map-embedded package/main.jsbundle.map"),
        case("a byte-order mark", "package/dist/a.js.map", format!("\u{FEFF}{map}"), &[EMBEDDED]),
        case("a guard line", "package/dist/a.js.map", format!(")]}}'\n{map}"), &[EMBEDDED]),
        case("both", "package/dist/a.js.map", format!("\u{FEFF})]}}'\n{map}"), &[EMBEDDED]),
        case("UTF-16", "package/dist/a.js.map", utf16(&map), &[EMBEDDED]),
        case("UTF-16 without a mark", "package/dist/a.js.map", utf16(&map)[2..].to_vec(), &[EMBEDDED]),
        case(
            "pretty printed",
            "package/dist/a.js.map",
            map.replace(',', ",\n  ").replace(':', " : "),
            &[EMBEDDED],
        ),
        case("an index map in an index map", "package/dist/a.js.map", index, &[EMBEDDED]),
        case(
            "partly null",
            "package/dist/a.js.map",
            map.replace("[\"../src/a.ts\"]", "[\"../src/b.ts\",\"../src/a.ts\"]")
                .replace("\"sourcesContent\":[", "\"sourcesContent\":[null,"),
            &[EMBEDDED],
        ),
        case(
            "the last key twice",
            "package/dist/a.js.map",
            map.replace("\"names\"", "\"sourcesContent\":[null],\"names\""),
            &[EMBEDDED],
        ),
        case("half a character", "package/dist/a.js.map", map.replace("house", "\\ud83d"), &[EMBEDDED]),
        case(
            "escaped keys",
            "package/dist/a.js.map",
            map.replace("\"mappings\"", "\"\\u006dappings\""),
            &[EMBEDDED],
        ),
        case("cut off", "package/dist/a.js.map", &map.as_bytes()[..map.find("number").unwrap()], &[EMBEDDED]),
        case(
            "a stray comma",
            "package/dist/a.js.map",
            map.replace("\"names\":[]", "\"names\":[],,"),
            &[EMBEDDED],
        ),
        case(
            "not a number",
            "package/dist/a.js.map",
            map.replace("\"names\":[]", "\"names\":NaN"),
            &[EMBEDDED],
        ),
        case("text behind it", "package/dist/a.js.map", format!("{map}\n<!-- built -->"), &[EMBEDDED]),
        case(
            "React Native",
            "package/index.android.bundle.map",
            map.replace(
                "\"names\"",
                "\"x_facebook_sources\":[[{\"names\":[\"<global>\"],\"mappings\":\"AAA\"}]],\"names\"",
            ),
            &["source-map-embedded package/index.android.bundle.map"],
        ),
        case(
            "gzip",
            "package/dist/a.js.map.gz",
            gzip(map.as_bytes()),
            &["source-map-embedded package/dist/a.js.map.gz!a.js.map"],
        ),
        case(
            "in a zip",
            "package/x.zip",
            zip("m/a.map", map.as_bytes()),
            &["source-map-embedded package/x.zip!m/a.map"],
        ),
        case(
            "gzip in a zip",
            "package/x.zip",
            zip("a.map.gz", &gzip(map.as_bytes())),
            &["source-map-embedded package/x.zip!a.map.gz!a.map"],
        ),
        case(
            "in an earlier tarball",
            "package/old-1.0.0.tgz",
            npm_tarball(&[("package/a.map".into(), map.clone().into())]),
            &["source-map-embedded package/old-1.0.0.tgz!package/a.map"],
        ),
        case(
            "brotli",
            "package/dist/a.js.map.br",
            base64::prelude::BASE64_STANDARD.decode(BROTLI_MAP).unwrap(),
            &["source-map-embedded package/dist/a.js.map.br!a.js.map"],
        ),
        case(
            "Zstandard",
            "package/dist/a.js.map.zst",
            zstd(map_with(&TEXT.repeat(20)).as_bytes()),
            &["source-map-embedded package/dist/a.js.map.zst!a.js.map"],
        ),
        case(
            "xz",
            "package/dist/a.js.map.xz",
            xz(map.as_bytes()),
            &["source-map-embedded package/dist/a.js.map.xz!a.js.map"],
        ),
        case(
            "bzip2",
            "package/dist/a.js.map.bz2",
            bzip2(map.as_bytes()),
            &["source-map-embedded package/dist/a.js.map.bz2!a.js.map"],
        ),
        case(
            "a Zstandard tarball",
            "package/x.tar.zst",
            zstd(&tar("m/a.map", map.as_bytes())),
            &["source-map-embedded package/x.tar.zst!m/a.map"],
        ),
        case(
            "a zip in a tarball in a zip",
            "package/x.zip",
            zip("y.tgz", &gzip(&tar("m/z.zip", &zip("n/a.js.map", map.as_bytes())))),
            &["source-map-embedded package/x.zip!y.tgz!m/z.zip!n/a.js.map"],
        ),
        case(
            "css-loader's object",
            "package/dist/a.js",
            format!("e.push([e.id, \"a{{}}\", \"\", {map}]);"),
            &["source-map-embedded package/dist/a.js:1"],
        ),
        case(
            "an object literal",
            "package/dist/a.js",
            r#"e.push([e.id,"a{}","",{version:3,sources:["webpack://./a.scss"],names:[],mappings:"AAAA",sourcesContent:["$a: red;\n"],sourceRoot:""}]);"#,
            &["source-map-embedded package/dist/a.js:1"],
        ),
        case(
            "webpack's stats",
            "package/stats.json",
            r#"{"hash":"0","assetsByChunkName":{"main":["a.js"]},"modules":[{"name":"./src/a.ts","source":"let a = 1;\n"}]}"#,
            &["source-map-embedded package/stats.json"],
        ),
        case(
            "coverage",
            "package/coverage/coverage-final.json",
            format!(r#"{{"/w/a.ts":{{"path":"/w/a.ts","statementMap":{{}},"inputSourceMap":{map}}}}}"#),
            &["source-map-embedded package/coverage/coverage-final.json:1"],
        ),
        case("without text", "package/dist/a.js.map", bare(), &["source-map-dangling package/dist/a.js.map"]),
        (
            "without text, resolving",
            vec![("package/dist/a.js.map", bare().into()), ("package/src/a.ts", TEXT.into())],
            vec!["source-map-shipped package/dist/a.js.map"],
        ),
        (
            "text that ships",
            vec![("package/dist/a.js.map", map.clone().into()), ("package/original/a.ts", TEXT.into())],
            vec!["source-map-shipped package/dist/a.js.map"],
        ),
        (
            "text that ships with other line ends",
            vec![
                ("package/dist/a.js.map", map.clone().into()),
                ("package/a.ts", TEXT.replace('\n', "\r\n").into()),
            ],
            vec!["source-map-shipped package/dist/a.js.map"],
        ),
        case(
            "only dependencies",
            "package/dist/a.js.map",
            map.replace("../src/a.ts", "../node_modules/b/b.js"),
            &["source-map-shipped package/dist/a.js.map"],
        ),
        case(
            "wholly on the ignore list",
            "package/dist/a.js.map",
            map.replace("\"names\"", "\"ignoreList\":[0],\"names\""),
            &[EMBEDDED],
        ),
        (
            "partly on the ignore list",
            vec![
                (
                    "package/dist/a.js.map",
                    map.replace("../src/a.ts\"", "../src/b.ts\",\"../src/a.ts\"")
                        .replace("\"sourcesContent\":[", "\"sourcesContent\":[\"ships\\n\",")
                        .replace("\"names\"", "\"ignoreList\":[1],\"names\"")
                        .into(),
                ),
                ("package/src/b.ts", "ships\n".into()),
            ],
            vec!["source-map-shipped package/dist/a.js.map"],
        ),
    ]
}

fn inline() -> Vec<Case> {
    let map = map();
    let script = |url: &str| format!("a();\n//# sourceMappingURL={url}\n");
    let encoded = base64(&map);
    let long = map_with(&"export const many = 1;\n".repeat(20_000));
    vec![
        case(
            "base64",
            "package/dist/a.js",
            script(&format!("data:application/json;base64,{encoded}")),
            &[INLINE],
        ),
        case(
            "charset",
            "package/dist/a.js",
            script(&format!("data:application/json;charset=utf-8;base64,{encoded}")),
            &[INLINE],
        ),
        case(
            "parameters in another order",
            "package/dist/a.js",
            script(&format!("data:application/json;base64;charset=utf-8,{encoded}")),
            &[INLINE],
        ),
        case("no type", "package/dist/a.js", script(&format!("data:;base64,{encoded}")), &[INLINE]),
        case(
            "percent-encoded",
            "package/dist/a.js",
            script(&format!("data:application/json,{}", percent(&map))),
            &[INLINE],
        ),
        case(
            "as it is",
            "package/dist/a.js",
            script(&format!("data:application/json;charset=utf-8,{map}")),
            &[INLINE],
        ),
        case(
            "no padding",
            "package/dist/a.js",
            script(&format!("data:application/json;base64,{}", encoded.trim_end_matches('='))),
            &[INLINE],
        ),
        case(
            "junk in it",
            "package/dist/a.js",
            script(&format!("data:application/json;base64,{}!{}", &encoded[..40], &encoded[40..])),
            &[INLINE],
        ),
        case(
            "legacy sign",
            "package/dist/a.js",
            script(&format!("data:application/json;base64,{encoded}")).replace("//#", "//@"),
            &[INLINE],
        ),
        case(
            "half a megabyte",
            "package/dist/a.js",
            script(&format!("data:application/json;base64,{}", base64(&long))),
            &[INLINE],
        ),
        case(
            "in the middle",
            "package/dist/a.js",
            script(&format!("data:application/json;base64,{encoded}")) + &"b();\n".repeat(20_000),
            &[INLINE],
        ),
        case(
            "before another link",
            "package/dist/a.js",
            script(&format!("data:application/json;base64,{encoded}"))
                + "b();\n//# sourceMappingURL=a.js.map\n",
            &["source-map-dangling package/dist/a.js:4", INLINE],
        ),
        case(
            "CRLF",
            "package/dist/a.js",
            script(&format!("data:application/json;base64,{encoded}")).replace('\n', "\r\n"),
            &[INLINE],
        ),
        case(
            "behind code",
            "package/dist/a.js",
            format!("a();//# sourceMappingURL=data:application/json;base64,{encoded}"),
            &["source-map-inline package/dist/a.js:1"],
        ),
        case(
            "CSS",
            "package/dist/a.css",
            format!("a{{}}\n/*# sourceMappingURL=data:application/json;base64,{encoded} */"),
            &["source-map-inline package/dist/a.css:2"],
        ),
        case(
            "HTML",
            "package/a.html",
            format!(
                "<html>\n<script>a()\n//# sourceMappingURL=data:application/json;base64,{encoded}\n</script>"
            ),
            &["source-map-inline package/a.html:3"],
        ),
        case(
            "Vue",
            "package/a.vue",
            format!(
                "<template/>\n<style>\n/*# sourceMappingURL=data:application/json;base64,{encoded} */\n</style>"
            ),
            &["source-map-inline package/a.vue:3"],
        ),
        case(
            "Svelte",
            "package/a.svelte",
            format!("<script>\na()\n//# sourceMappingURL=data:application/json;base64,{encoded}\n</script>"),
            &["source-map-inline package/a.svelte:3"],
        ),
        case(
            "a style sheet in a script",
            "package/dist/a.js",
            format!("a();\nx = \"b{{}}\\n/*# sourceMappingURL=data:application/json;base64,{encoded} */\";"),
            &[INLINE],
        ),
        case(
            "without the comment",
            "package/cache.js",
            format!("module.exports = {{\n  map: \"{encoded}\" }};"),
            &["source-map-inline package/cache.js:2"],
        ),
        case(
            "a script in UTF-16",
            "package/dist/a.js",
            utf16(&script(&format!("data:application/json;base64,{encoded}"))),
            &[INLINE],
        ),
        case(
            "in an executable",
            "package/bin/tool",
            executable(script(&format!("data:application/json;base64,{encoded}")).as_bytes()),
            &["source-map-inline package/bin/tool"],
        ),
        case(
            "inline without text",
            "package/dist/a.js",
            script(&format!("data:application/json;base64,{}", base64(&bare()))),
            &["source-map-dangling package/dist/a.js:2"],
        ),
        case(
            "a map in eval",
            "package/dist/a.js",
            format!(
                "eval(\"a();\\n//# sourceURL=[module]\\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,{encoded}\\n//# sourceURL=webpack-internal:///1\\n\");"
            ),
            &[EVAL],
        ),
        case(
            "a module in eval",
            "package/dist/a.js",
            "eval(\"const a = 1;\\nexport default a;\\n\\n//# sourceURL=webpack://acme/./src/a.js?\");",
            &[EVAL],
        ),
        case(
            "a module in a trusted eval",
            "package/dist/a.js",
            "eval(__webpack_require__.ts(\"{const a = 1;\\n\\n//# sourceURL=webpack-internal:///./src/a.js?\\n}\"));",
            &[EVAL],
        ),
    ]
}

fn links_and_programs() -> Vec<Case> {
    let map = map();
    let remote = "source-map-remote package/dist/a.js:2";
    let script = |url: &str| format!("a();\n//# sourceMappingURL={url}\n");
    vec![
        case(
            "an object store",
            "package/dist/a.js",
            script("https://acme.s3.amazonaws.com/a.js.map"),
            &[remote],
        ),
        case("no scheme", "package/dist/a.js", script("//acme.r2.dev/a.js.map"), &[remote]),
        case("a private host", "package/dist/a.js", script("http://maps.acme.corp/a.js.map"), &[remote]),
        case("an address", "package/dist/a.js", script("http://10.0.0.7:8080/a.js.map"), &[remote]),
        case(
            "sourceRoot",
            "package/dist/a.js.map",
            map.replace("\"sources\"", "\"sourceRoot\":\"https://acme.r2.dev/src/\",\"sources\""),
            &[EMBEDDED, "source-map-remote package/dist/a.js.map"],
        ),
        case(
            "a source",
            "package/dist/a.js.map",
            map.replace("../src/a.ts", "https://storage.googleapis.com/acme/a.ts"),
            &[EMBEDDED, "source-map-remote package/dist/a.js.map"],
        ),
        case(
            "a section elsewhere",
            "package/dist/a.js.map",
            r#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"url":"https://acme.r2.dev/a.map"}]}"#,
            &["source-map-remote package/dist/a.js.map", "source-map-shipped package/dist/a.js.map"],
        ),
        case(
            "a public place",
            "package/dist/a.js",
            script("https://raw.githubusercontent.com/acme/a/main/a.js.map"),
            &["source-map-public-link package/dist/a.js:2"],
        ),
        case(
            "WebAssembly",
            "package/a.wasm",
            wasm("https://acme.r2.dev/a.wasm.map"),
            &["source-map-remote package/a.wasm"],
        ),
        case(
            "a link to nothing",
            "package/dist/a.js",
            script("a.js.map"),
            &["source-map-dangling package/dist/a.js:2"],
        ),
        (
            "Electron",
            vec![("package/app.asar", asar("main.js.map", map.as_bytes()))],
            vec!["embedded-program package/app.asar", "source-map-embedded package/app.asar!main.js.map"],
        ),
        case(
            "Node",
            "package/tool",
            executable(b"NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1\0\x20\xda\x43\x01 console.log(1)"),
            &["embedded-program package/tool"],
        ),
        (
            "a zip application",
            vec![(
                "package/tool",
                [&b"#!/usr/bin/env python3\n"[..], &zip("a.map", map.as_bytes())].concat(),
            )],
            vec!["embedded-program package/tool", "source-map-embedded package/tool!app.zip!a.map"],
        ),
    ]
}

fn near_misses() -> Vec<Case> {
    let encoded = base64(&map());
    let silent = |name, path, text: &str| case(name, path, text.as_bytes().to_vec(), &[]);
    vec![
        silent("a string", "package/a.js", "x = \"//# sourceMappingURL=\" + name + '.map';"),
        silent("a whole string", "package/a.js", "x = \"//# sourceMappingURL=a.js.map\";"),
        silent("a template", "package/a.js", "x = `\n//# sourceMappingURL=a.js.map\n`;"),
        silent(
            "a template with a value",
            "package/a.js",
            "x = `\n//# sourceMappingURL=${name}.map\n`;\ny();",
        ),
        silent(
            "a regular expression",
            "package/a.js",
            "x = /^\\s*\\/\\/[#@] sourceMappingURL=(.+)$/m.exec(y);",
        ),
        silent("documentation", "package/a.js", "/**\n * Appends\n//# sourceMappingURL=a.js.map\n */\nx();"),
        silent(
            "a comment about it",
            "package/a.js",
            "// Writes //# sourceMappingURL=a.js.map at the end.\nx();",
        ),
        silent("a readme", "package/README.md", "Add this:\n\n//# sourceMappingURL=a.js.map\n"),
        silent(
            "half a data URL",
            "package/a.js",
            "x = \"//# sourceMappingURL=data:application/json;base64,\" + y;",
        ),
        silent("another data URL", "package/a.js", "x = \"url(data:image/png;base64,iVBORw0KGgo=)\";"),
        silent(
            "an Elasticsearch index",
            "package/index.json",
            r#"{"version":3,"mappings":{"properties":{}},"sources":["a"]}"#,
        ),
        silent(
            "a manifest of something",
            "package/data.json",
            r#"{"version":3,"sources":["a.js","b.js"],"names":["a"]}"#,
        ),
        silent(
            "a form with sections",
            "package/form.json",
            r#"{"version":3,"sections":[{"title":"one","url":"a"}]}"#,
        ),
        silent("an empty map", "package/a.css", "a{}"),
        silent(
            "code about maps",
            "package/a.js",
            "if (map.sourcesContent) { for (const s of map[\"sourcesContent\"]) f(map[\"mappings\"]); }",
        ),
        silent("eval of something", "package/a.js", "eval(\"1 + 1\"); eval(code + '//# sourceURL=' + name);"),
        silent(
            "a plain Node",
            "package/a.js",
            "const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1';",
        ),
        case(
            "an ELF that only looks for the fuse of Node",
            "package/tool",
            executable(b"NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1 is what to look for"),
            &[],
        ),
        case(
            "an ELF that only names Bun",
            "package/tool",
            executable(b"\n---- Bun! ----\n and \0d3n0l4nd and MEI\x0c\x0b\x0a\x0b\x0e"),
            &[],
        ),
        case(
            "base64 of something else",
            "package/a.js",
            format!("x = \"{}\"", &encoded.replace("eyJ2", "AyJ2")),
            &[],
        ),
    ]
}

fn is_ours(rule: &str) -> bool {
    rule.starts_with("source-map-") || rule == "embedded-program"
}

fn audit(files: &[(&str, Vec<u8>)]) -> (Audit, tempfile::TempDir) {
    audit_within(files, Limits::default())
}

fn audit_within(files: &[(&str, Vec<u8>)], limits: Limits) -> (Audit, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut all = vec![("package/package.json".to_owned(), br#"{"name":"acme","version":"1.0.0"}"#.to_vec())];
    all.extend(files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.clone())));
    let path = folder.path().join("acme-1.0.0.tgz");
    std::fs::write(&path, npm_tarball(&all)).unwrap();
    let mut settings = Settings::default();
    (settings.policy, settings.limits) = (PolicyChoice::Named("proprietary"), limits);
    let audit = Auditor::new(Options::default().settings(settings)).audit(&path, 2).unwrap();
    (audit, folder)
}

fn findings(audit: &Audit) -> Vec<String> {
    let ours = audit.findings.iter().map(|judged| &judged.finding).filter(|finding| is_ours(finding.rule));
    let mut found: Vec<String> = ours
        .map(|finding| match finding.place.line {
            Some(line) => format!("{} {}:{line}", finding.rule, finding.place.path),
            None => format!("{} {}", finding.rule, finding.place.path),
        })
        .collect();
    found.sort();
    found
}

fn check(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for (name, files, mut wanted) in cases {
        wanted.sort_unstable();
        let (audit, folder) = audit(&files);
        let found = findings(&audit);
        if found != wanted {
            wrong.push(format!("{name} ({}): found {found:?}, wanted {wanted:?}", files[0].0));
        }
        let recovery =
            recover(&folder.path().join("acme-1.0.0.tgz"), &Limits::default(), &Known::default(), 1).unwrap();
        let exposure = audit.totals.exposure;
        assert_eq!(recovery.exposure, exposure, "{name}");
        assert_eq!(recovery.files.len() as u64, exposure.files, "{name}");
        let bytes: usize = recovery.files.iter().map(|file| file.text.len()).sum();
        assert_eq!(bytes as u64, exposure.bytes, "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn maps_of_every_form_are_found() {
    check(files());
}

#[test]
fn inline_maps_of_every_form_are_found() {
    check(inline());
}

#[test]
fn remote_links_and_programs_are_found() {
    check(links_and_programs());
}

#[test]
fn near_misses_are_silent() {
    check(near_misses());
}

#[test]
fn levels_follow_the_policy() {
    for (policy, level) in [("proprietary", "Error"), ("open-source", "Note")] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a-1.0.0.tgz");
        std::fs::write(&path, npm_tarball(&[("package/a.js.map".to_owned(), map().into())])).unwrap();
        let mut settings = Settings::default();
        settings.policy = PolicyChoice::Named(policy);
        let audit = Auditor::new(Options::default().settings(settings)).audit(&path, 1).unwrap();
        let judged =
            audit.findings.iter().find(|judged| judged.finding.rule == "source-map-embedded").unwrap();
        assert_eq!(format!("{:?}", judged.level), level);
    }
}

#[test]
fn recovery_writes_inside_its_folder_and_only_into_an_empty_one() {
    let text = |number: usize| format!("text {number}\n");
    let paths = [
        "../../../../../../etc/passwd",
        "/etc/passwd",
        "C:\\windows\\a.ts",
        "a.ts",
        "A.ts",
        "./a.ts",
        "a.ts/b.ts",
        "con",
        "..",
        "",
        "webpack://x/../../a.ts",
        "file:///root/.bashrc",
        "a\0b",
        "\u{202e}a",
    ];
    let texts: Vec<String> = (0..paths.len()).map(text).collect();
    let map = serde_json::json!({ "version": 3, "sources": paths, "sourcesContent": texts, "mappings": "" });
    let (audit, folder) = audit(&[("package/a.js.map", map.to_string().into())]);
    let artifact = folder.path().join("acme-1.0.0.tgz");
    let recovery = recover(&artifact, &Limits::default(), &Known::default(), 1).unwrap();
    // One name has a NUL, which only bundlers' own modules have.
    assert_eq!((recovery.files.len(), audit.totals.exposure.third_party_files), (paths.len() - 1, 1));
    let target = folder.path().join("out/deep");
    recovery.write(&target).unwrap();
    for file in &recovery.files {
        let path = target.join(&file.path);
        assert!(path.canonicalize().unwrap().starts_with(target.canonicalize().unwrap()), "{path:?}");
        assert_eq!(std::fs::read(&path).unwrap(), file.text, "{path:?}");
    }
    assert!(recovery.write(&target).is_err());
    let beside: Vec<_> = std::fs::read_dir(folder.path().join("out")).unwrap().collect();
    assert_eq!(beside.len(), 1);
}
