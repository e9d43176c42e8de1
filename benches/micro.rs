//! What the stages cost, each by itself: `cargo bench`. `benches/compare` measures whole runs.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that can't make its workload stops"
)]

use std::io::{Read, Write};
use std::sync::Arc;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use packgate::audit::{Auditor, Options};
use packgate::fingerprint::{OwnSource, OwnTexts};
use packgate::inspect::{ScanOptions, Scanner, inspect};
use packgate::inventory::{Entry, Media};
use packgate::unpack::{Damage, Header, Limits, RawAnomaly, Sink, Spent, walk};

fn main() {
    divan::main();
}

/// The floor: inflating, and nothing done with it.
#[divan::bench]
fn inflate(bencher: Bencher<'_, '_>) {
    let text = script(8 << 20);
    let packed = gzip(&text);
    let mut buffer = vec![0; 1 << 20];
    bencher.counter(BytesCount::of_slice(&text)).bench_local(|| {
        let mut reader = flate2::read::GzDecoder::new(packed.as_slice());
        while reader.read(&mut buffer).is_ok_and(|count| count > 0) {}
    });
}

/// The same bytes as one file of a tarball, with all checks of gzip and tar.
#[divan::bench]
fn walk_one_large_entry(bencher: Bencher<'_, '_>) {
    let text = script(8 << 20);
    let tarball = gzip(&tar(&[("package/a.js", text.as_slice())]));
    bencher.counter(BytesCount::of_slice(&text)).bench_local(|| walk_over(&tarball));
}

/// Headers: ten thousand files of 100 bytes.
#[divan::bench]
fn walk_small_entries(bencher: Bencher<'_, '_>) {
    let tar = small_files("{}");
    bencher.counter(10_000usize).bench_local(|| walk_over(&tar));
}

/// All inspectors over text in which none of them finds anything: mostly the search for literals.
#[divan::bench]
fn inspect_script(bencher: Bencher<'_, '_>) {
    look(bencher, "package/a.js", &script(8 << 20));
}

/// A bundle that links to a map and speaks of such links.
#[divan::bench]
fn inspect_links(bencher: Bencher<'_, '_>) {
    let mut text = script(8 << 20);
    text.extend_from_slice(b"\n//# sourceMappingURL=https://maps.example.org/a.map\nx();\n");
    text.extend_from_slice(b"//# sourceMappingURL=a.js.map\n");
    look(bencher, "package/a.js", &text);
}

/// A source map with the text of a thousand files.
#[divan::bench]
fn inspect_source_map(bencher: Bencher<'_, '_>) {
    look(bencher, "package/a.js.map", &source_map());
}

/// Text full of what could be credentials and is none.
#[divan::bench]
fn inspect_near_secrets(bencher: Bencher<'_, '_>) {
    let line =
        b"const key = 'npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', url = 'https://user@example.org/';\n";
    look(bencher, "package/a.js", &line.repeat(20_000));
}

/// Texts that are made to be looked at again and again: each is to cost no more than a few times inflating it.
#[divan::bench(args = BAITS, sample_count = 10)]
fn inspect_bait(bencher: Bencher<'_, '_>, bait: &Bait) {
    let line = (bait.line)();
    let scanner = Scanner::new(ScanOptions::default());
    look_with(&scanner, bencher, (bait.path, bait.media()), &line.repeat(BAIT / line.len()));
}

/// The same for who looks for lines of a project.
#[divan::bench(args = OWN_BAITS, sample_count = 10)]
fn inspect_own_bait(bencher: Bencher<'_, '_>, bait: &Bait) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.ts");
    std::fs::write(&file, "// the first of all lines\nconst total = orders.reduce(add, 0);\n")
        .expect("written");
    let own = OwnSource::of(&[file], folder.path(), [], &OwnTexts::default());
    let scanner = Scanner::new(ScanOptions { own_source: Some(Arc::new(own)), ..ScanOptions::default() });
    let line = (bait.line)();
    look_with(&scanner, bencher, (bait.path, bait.media()), &line.repeat(BAIT / line.len()));
}

/// The same for who looks for modules of a private member.
#[divan::bench(sample_count = 10)]
fn inspect_members_bait(bencher: Bencher<'_, '_>) {
    let mut options = ScanOptions::default();
    options.private_members.workspace = "quay".to_owned();
    options.private_members.members = vec![("packages/core".to_owned(), "@acme/core".to_owned())];
    options.private_members.files.insert("packages/core/src/a.ts".to_owned());
    let line = b"// packages/core/quay/quay/quay/quay/quay/src/a.ts";
    look_with(
        &Scanner::new(options),
        bencher,
        ("package/a.js", Media::Text),
        &line.repeat(BAIT / line.len()),
    );
}

/// Bytes of a bait.
const BAIT: usize = 20 << 20;

/// What a bait is made of.
struct Bait {
    name: &'static str,
    path: &'static str,
    line: fn() -> Vec<u8>,
}

impl Bait {
    fn media(&self) -> Media {
        if self.path.ends_with(".bin") { Media::Binary } else { Media::Text }
    }
}

const fn bait(name: &'static str, line: fn() -> Vec<u8>) -> Bait {
    Bait { name, path: "package/a.js", line }
}

impl std::fmt::Display for Bait {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

const BAITS: &[Bait] = &[
    bait("quotes that are nothing but escaped", || b"\\\"".to_vec()),
    bait("quotes that join within a string", || b"\\\"+".to_vec()),
    bait("quotes of two kinds side by side", || b"\"'".to_vec()),
    bait("beginnings of JWT", || b"eyJhbGciOiJIUzI1NiJ9.eyJ".to_vec()),
    bait("lines of an .npmrc", || b"//registry.example.org/:_authToken=${NPM_TOKEN}\n".to_vec()),
    bait("beginnings of keys", || b"-----BEGIN PRIVATE KEY-----\n".to_vec()),
    bait("types of web keys", || b"kty:".to_vec()),
    bait("types of web keys in quotes", || b"kty\"".to_vec()),
    bait("members of web keys outside of objects", || b"\"kty\":\"x\",".to_vec()),
    bait("addresses", || b"a://b:c@".to_vec()),
    bait("quotes", || b"'a'+".to_vec()),
    bait("literals", || b"'ab' + ".to_vec()),
    bait("lists", || b"['a'].join(".to_vec()),
    bait("calls", || b"'a'.concat(".to_vec()),
    bait("beginnings of tokens", || [&b"EAAB"[..], &b"a".repeat(96), b","].concat()),
    bait("tokens told by their middle", || b"AZDO".to_vec()),
    bait("signatures", || b"&sig=".to_vec()),
    bait("environments", || b"{\"BASE_URL\":\"a\",".to_vec()),
    bait("environments in strings", || br#"{\"BASE_URL\":\"a\","#.to_vec()),
    bait("passwords", || b"password=".to_vec()),
    bait("passwords of nobody", passwords_of_nobody),
    bait("headers", || b"authorization: bearer ".to_vec()),
    bait("entities", || b"&#95;a".to_vec()),
    bait("escapes", || b"\\x61".to_vec()),
    bait("letters of base64", || b"QUJD".to_vec()),
    bait("lines of base64", || [&b"QUJD".repeat(10)[..], b"\n"].concat()),
    bait("base64 in base64", in_itself),
    bait("numbers", || b"97,".to_vec()),
    bait("characters", || b"'a',".to_vec()),
    bait("types of numbers", || b"u8,".to_vec()),
    bait("signs of quoted-printable", || b"=3D".to_vec()),
    bait("lines of quoted-printable", || b"a=\n".to_vec()),
    bait("controls of rich text", || b"{\\rtf\\b\\'61".to_vec()),
    bait("words of a shell", || b"A=a''\"b\"$'\\'".to_vec()),
    bait("literals in templates", || b"${'a'}".to_vec()),
    bait("ends of literals in templates", || b"${'a".to_vec()),
    bait("slots of Python", || b"f\"{'a'}".to_vec()),
    bait("characters made of numbers", || b"chr(97);".to_vec()),
    bait("appended texts", || b"t='a';t+='b';".to_vec()),
    bait("signs that append", || b"a+=a+=".to_vec()),
    bait("escaped quotes before signs that append", || b"\\\";x+='b';".to_vec()),
    bait("literals for slots", || b"'{}'.format('a',".to_vec()),
    bait("digits in pairs", || b"61 ".to_vec()),
    bait("lines of a dump", || b"00000000: 6161 6161 6161 6161 6161 6161 6161\n".to_vec()),
    bait("lines of an octal dump", || b"0000000   a   b   c   d   e   f   g   h\n".to_vec()),
    bait("uuencoded lines", || b"begin 644 a\n".to_vec()),
    bait("beginnings of tokens", || b"a=\"sk_live_\";".to_vec()),
    bait("beginnings of tokens in templates", || b"`glpat-${a}`".to_vec()),
    bait("beginnings of tokens in tags", || b"glpat-<b>".to_vec()),
    bait("texts turned round", || b"\"[::-1]".to_vec()),
    bait("lists turned round", || b"['a'].reverse().join('')".to_vec()),
    bait("letters of base32", || b"MEQHIZLY".to_vec()),
    bait("comments between literals", || b"'a'/*".to_vec()),
    bait("digits", || b"61".to_vec()),
    bait("tokens of any length", || [&b"pypi-AgEIcHlwaS5vcmc"[..], &b"a".repeat(20)].concat()),
    bait("short lines of base64 with words in them", || {
        [&b"d29yZHMgYW5kIHdvcmRz"[..], &b"/".repeat(22), b"\n"].concat()
    }),
    bait("beginnings of gzip in base64", || [&b"H4sIAAAAAAAAA"[..], &b"A".repeat(30), b" "].concat()),
    bait("beginnings of deflate in base64", || [&b"S0xKTklN"[..], &b"A".repeat(40), b" "].concat()),
    bait("lines of binary digits", || b"00000000: 01100001 01100001 01100001 01100001\n".to_vec()),
    bait("columns of decimal numbers", || {
        b"  97  98  32  97  98  32  97  98  97  98  32  97  98  32  97  98\n".to_vec()
    }),
    bait("numbers in a row", || b"104-105.".to_vec()),
    bait("letters in a row", || b"104-".to_vec()),
    bait("words with tags in them", || b"ab<b>".to_vec()),
    bait("words with comments in them", || b"ab<!--".to_vec()),
    bait("letters swapped", || b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/ ".to_vec()),
    bait("folded lines", || [&b"note:"[..], &b"a".repeat(66), b"\n "].concat()),
    Bait { path: "package/a.bin", ..bait("wide letters", || b"a\0\0\0".to_vec()) },
    bait("line ends of addresses", || b"%0Aa%20b".to_vec()),
    bait("packed literals", || b"b'\\x1f\\x8b\\x08abc';".to_vec()),
    bait("beginnings of packed literals", || b"\"\\x1f\\x8b\\x08".to_vec()),
    bait("letters of lz-string", || [&b"N4IgzgxgFgpg"[..], &b"AbCdEfGhIjKl".repeat(8), b" "].concat()),
    bait("literals of base85", || [&b"b85decode('"[..], &b"FE1crAarGT".repeat(8), b"'"].concat()),
    bait("decoders of base85 without a literal", || b"b85decode(".to_vec()),
    bait("bytes behind a length", || {
        b"0x0,0x0,0x1,0x2,0x61,0x61,0x61,0x61,0x61,0x61,0x61,0x61,0x61,0x61,0x61,0x61,\n".to_vec()
    }),
    bait("beginnings of resources", || b"\"\\107\\126\\141\\162\\151\\141\\156\\164\"\n".to_vec()),
    bait("beginnings of 7z in base64", || [&b"N3q8ryccAAT"[..], &b"A".repeat(60), b" "].concat()),
    Bait { path: "package/a.py", ..bait("literals of Python", || b"b'x\\x9c' b'x\\xda'\n".to_vec()) },
    Bait {
        path: "package/a.php",
        ..bait("archives of PHP", || b"<?php __HALT_COMPILER(); ?>\n\xFF\xFF\0\0".to_vec())
    },
    Bait {
        path: "package/a.bin",
        ..bait("values of pickles", || b"\x80\x04\x95C\x08x\x9C\x01\x02".to_vec())
    },
    Bait { path: "package/a.bin", ..bait("beginnings of 7z", || b"7z\xBC\xAF\x27\x1C\0\x04".to_vec()) },
    Bait { path: "package/chart.js", ..bait("a library's banner", || b"/*! Chart.js v4.4.0 MIT\n".to_vec()) },
    bait("keys of OpenVPN", || b"OpenVPN Static key V1-----\n".to_vec()),
    Bait { name: "imports of styles", path: "package/a.css", line: || b"@import ".to_vec() },
    Bait { name: "imports in a comment", path: "package/a.css", line: || b"/*@import \"./a\"".to_vec() },
    Bait { name: "imports of Python", path: "a/__init__.py", line: python_imports },
    Bait { name: "imports of Python in one line", path: "a/b.py", line: || b"import ".to_vec() },
    Bait { name: "requires of Ruby", path: "lib/a.rb", line: || b"require 'a'\n".to_vec() },
    Bait { name: "comments of Ruby", path: "lib/a.rb", line: || b"=begin\n=end\nrequire 'a'\n".to_vec() },
    Bait { name: "imports in one line", path: "package/a.js", line: || b"require(\"./a\");".to_vec() },
];

/// A password in code without a user or a host beside it.
fn passwords_of_nobody() -> Vec<u8> {
    const SIGNS: &[u8] = b"23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
    let password = (1..15_usize).map(|number| SIGNS[(number * number * 7 + number * 11) % SIGNS.len()]);
    [&b"password:'"[..], &password.collect::<Vec<u8>>(), b"',"].concat()
}

/// Imports of so many names that each has to be looked for.
fn python_imports() -> Vec<u8> {
    (0..100_000).flat_map(|number| format!("from . import name{number}\n").into_bytes()).collect()
}

const OWN_BAITS: [Bait; 9] = [
    bait("beginnings of literals", || b"\"const total".to_vec()),
    bait("literals", || b"'const total = orders.reduce(no, 0)',".to_vec()),
    bait("escaped quotes", || b"const total\\\"".to_vec()),
    Bait { path: "package/a.csv", ..bait("columns", || b"1\tconst total\t".repeat(99)) },
    Bait {
        path: "package/a.csv",
        ..bait("cells", || b"1\t2\t3\t4\t5\t6\t7\tconst total = orders\n".to_vec())
    },
    Bait { path: "package/a.bin", ..bait("strings", || b"\0abcdefgconst total = orders".to_vec()) },
    Bait { path: "package/a.txt", ..bait("colours", || b"\x1b[1mconst total\n".to_vec()) },
    Bait { path: "package/a.txt", ..bait("colours of a chat", || b"\x0301const total\n".to_vec()) },
    Bait {
        path: "package/a.txt",
        ..bait("colours of a forum", || b"[color=#fff][b]const[/color] total\n".to_vec())
    },
];

/// Text encoded four times.
fn in_itself() -> Vec<u8> {
    use base64::Engine as _;
    let text = "some text that goes on for long, ".repeat(1_000).into_bytes();
    (0..4).fold(text, |text, _| base64::prelude::BASE64_STANDARD.encode(text).into_bytes())
}

/// Ten thousand empty files against a `files` list and the table of stray files.
#[divan::bench]
fn audit_names(bencher: Bencher<'_, '_>) {
    let manifest =
        r#"{"name":"a","version":"1.0.0","license":"MIT","files":["lib","*.d.ts","!**/*.test.js"]}"#;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a-1.0.0.tgz");
    std::fs::write(&path, gzip(&small_files(manifest))).expect("written");
    let auditor = Auditor::new(Options::default());
    bencher.counter(10_000usize).bench_local(|| auditor.audit(&path, 1).map(|audit| audit.findings.len()));
}

/// What every run pays: compiling the patterns.
#[divan::bench]
fn start_up() -> Scanner {
    Scanner::new(ScanOptions::default())
}

fn look(bencher: Bencher<'_, '_>, path: &str, text: &[u8]) {
    look_with(&Scanner::new(ScanOptions::default()), bencher, (path, Media::Text), text);
}

fn look_with(scanner: &Scanner, bencher: Bencher<'_, '_>, (path, media): (&str, Media), text: &[u8]) {
    bencher.counter(BytesCount::of_slice(text)).bench_local(|| {
        let mut entry = Entry::default();
        (entry.path, entry.media) = (path.to_owned(), media);
        inspect(black_box(text), scanner, &mut entry);
        entry
    });
}

fn walk_over(bytes: &[u8]) {
    walk(&bytes, "a.tgz", &Limits::default(), &Spent::default(), &mut Nothing).expect("a whole archive");
}

/// Takes everything and does nothing with it.
struct Nothing;

impl Sink for Nothing {
    fn begin(&mut self, _: Header) {}
    fn data(&mut self, bytes: &[u8]) {
        black_box(bytes);
    }
    fn end(&mut self) {}
    fn broken(&mut self, _: Damage) {}
    fn anomaly(&mut self, _: RawAnomaly) {}
}

fn small_files(manifest: &str) -> Vec<u8> {
    let paths: Vec<String> = (0..10_000).map(|n| format!("package/lib/part{}/file{n}.js", n % 97)).collect();
    let files: Vec<(&str, &[u8])> = paths.iter().map(|path| (path.as_str(), &[b'x'; 100][..])).collect();
    tar(&[&[("package/package.json", manifest.as_bytes())], files.as_slice()].concat())
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, *bytes).expect("appended");
    }
    archive.into_inner().expect("ended")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).expect("compressed");
    writer.finish().expect("ended")
}

fn source_map() -> Vec<u8> {
    let texts: Vec<String> =
        (0..1_000).map(|n| String::from_utf8_lossy(&script(4_000 + n)).into_owned()).collect();
    let names: Vec<String> = (0..1_000).map(|n| format!("../src/file{n}.ts")).collect();
    let mappings = "AAAA,IAAIA,GACG;".repeat(250_000);
    let map =
        serde_json::json!({"version": 3, "sources": names, "sourcesContent": texts, "mappings": mappings});
    map.to_string().into_bytes()
}

/// Text that reads like code, the same every time.
fn script(length: usize) -> Vec<u8> {
    const WORDS: [&str; 24] = [
        "const",
        "return",
        "function",
        "value",
        "index",
        "options",
        "this",
        "if",
        "else",
        "result",
        "node",
        "length",
        "push",
        "error",
        "module",
        "exports",
        "await",
        "new",
        "Map",
        "type",
        "string",
        "undefined",
        "callback",
        "state",
    ];
    const BETWEEN: [&str; 10] = [" ", ".", "(", ") ", " = ", ", ", ";\n", " {\n  ", "}\n", "[0] "];
    let mut dice = length as u64 | 1;
    let mut roll = |most: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % most
    };
    let mut text = Vec::with_capacity(length + 16);
    while text.len() < length {
        text.extend_from_slice(WORDS[roll(WORDS.len())].as_bytes());
        text.extend_from_slice(BETWEEN[roll(BETWEEN.len())].as_bytes());
    }
    text.truncate(length);
    text
}
