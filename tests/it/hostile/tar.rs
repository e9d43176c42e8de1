//! Tarballs that clients read differently.

use packgate::inventory::AnomalyKind::*;

use super::Expect::{Clean, Incomplete, Odd, Remark, Rule};
use super::build::{HIDDEN, Tar, gzip, hidden, record, seal};
use super::{Expect, audit, run};

type Case = (&'static str, Expect, Vec<u8>);

/// All tables of this page.
const TABLES: &[fn() -> Vec<Case>] = &[
    bodies_where_none_belong,
    checksums,
    ends,
    pax_sizes,
    pax_records,
    extension_headers,
    types,
    fields,
    gzip_framing,
    paths,
    layout_duplicates_and_links,
];

/// Every case of this page, all of them under one file name.
pub(super) fn cases() -> Vec<Case> {
    TABLES.iter().flat_map(|table| table()).collect()
}

#[test]
fn every_case_is_told_for_what_it_is() {
    run("acme-1.0.0.tgz", cases());
}

fn base256(first: u8, value: u64) -> [u8; 12] {
    let mut field = [0; 12];
    field[4..].copy_from_slice(&value.to_be_bytes());
    field[0] = first;
    field
}

fn set_size(block: &mut [u8; 512], field: &[u8]) {
    block[124..136].fill(0);
    block[124..124 + field.len()].copy_from_slice(field);
}

fn bodies_where_none_belong() -> Vec<Case> {
    let hidden = hidden();
    let package = Tar::package;
    vec![
        ("a folder with a body", Odd(TarBody), package().entry("package/dist/", b'5', &hidden).tgz()),
        (
            "a name with a slash and a body",
            Odd(TarBody),
            package().entry("package/dist/", b'0', &hidden).tgz(),
        ),
        (
            "a slash from PAX and a body",
            Odd(TarBody),
            package().pax(&record("path", "package/dist/")).entry("package/dist", b'0', &hidden).tgz(),
        ),
        (
            "a file with a link name",
            Odd(TarLinkField),
            package().odd("package/a", b'0', &hidden, |block| block[157] = b'x').tgz(),
        ),
        (
            "a file with a link name from PAX",
            Odd(TarLinkField),
            package().pax(&record("linkpath", "x")).entry("package/a", b'0', &hidden).tgz(),
        ),
        ("a symbolic link without target", Odd(TarLinkField), package().entry("package/a", b'2', b"").tgz()),
        (
            "a symbolic link with a body",
            Odd(TarBody),
            package().odd("package/a", b'2', &hidden, |block| block[157] = b'x').tgz(),
        ),
        (
            "a hard link with a body",
            Odd(TarBody),
            package().odd("package/a", b'1', &hidden, |block| block[157] = b'x').tgz(),
        ),
        ("an entry without name", Odd(TarEmptyName), package().entry("", b'0', &hidden).tgz()),
    ]
}

fn checksums() -> Vec<Case> {
    let body = [b'x'; 1024];
    let with = |change: fn(&mut [u8; 512])| {
        let mut tar = Tar::package().entry("package/a", b'0', &body);
        let at = tar.0.len() - 512 - body.len();
        change((&mut tar.0[at..at + 512]).try_into().unwrap());
        tar.tgz()
    };
    vec![
        ("a wrong checksum", Odd(TarChecksum), with(|block| block[149] ^= 1)),
        (
            "a checksum of eight digits",
            Odd(TarChecksum),
            with(|block| {
                let sum = u32::from_str_radix(std::str::from_utf8(&block[148..154]).unwrap(), 8).unwrap();
                block[148..156].copy_from_slice(format!("{sum:08o}").as_bytes());
            }),
        ),
        (
            "a checksum over signed bytes",
            Odd(TarChecksum),
            with(|block| {
                block[0..6].copy_from_slice(b"\xc3\xa4\xc3\xa4/a");
                block[6..10].fill(0);
                block[148..156].fill(b' ');
                let sum: i32 = block.iter().map(|byte| i32::from(byte.cast_signed())).sum();
                block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            }),
        ),
        (
            "a checksum in base-256",
            Odd(TarChecksum),
            with(|block| {
                let sum = u64::from_str_radix(std::str::from_utf8(&block[148..154]).unwrap(), 8).unwrap();
                block[148..156].copy_from_slice(&sum.to_be_bytes());
                block[148] = 0x80;
            }),
        ),
        ("no checksum", Odd(TarChecksum), with(|block| block[148..156].fill(0))),
        (
            "a checksum with blanks before it",
            Clean,
            with(|block| {
                let sum = u32::from_str_radix(std::str::from_utf8(&block[148..154]).unwrap(), 8).unwrap();
                block[148..156].copy_from_slice(format!("{sum:>6o}\0 ").as_bytes());
            }),
        ),
    ]
}

fn ends() -> Vec<Case> {
    let hidden = hidden();
    let zeros = |tar: Tar, blocks: usize| tar.bytes(&vec![0; 512 * blocks]);
    vec![
        ("one zero block", Odd(TarAfterEnd), zeros(Tar::package(), 1).bytes(&hidden).tgz()),
        (
            "single zero blocks between entries",
            Odd(TarAfterEnd),
            zeros(zeros(Tar::package(), 1).file("package/b", b"b"), 1).bytes(&hidden).tgz(),
        ),
        ("an archive behind the end", Odd(TarAfterEnd), zeros(Tar::package(), 2).bytes(&hidden).tgz()),
        ("an archive far behind the end", Odd(TarAfterEnd), zeros(Tar::package(), 5000).bytes(&hidden).tgz()),
        ("junk behind the end", Odd(TarAfterEnd), zeros(Tar::package(), 2).bytes(b"junk").tgz()),
        ("no end blocks", Clean, gzip(&Tar::package().0)),
        ("one end block", Clean, gzip(&zeros(Tar::package(), 1).0)),
        ("much padding", Clean, gzip(&zeros(Tar::package(), 400).0)),
        ("a cut header", Incomplete("middle of a header"), gzip(&Tar::package().0[..700 + 512])),
    ]
}

fn pax_sizes() -> Vec<Case> {
    let hidden = vec![b'x'; 1024];
    let sized =
        |value: &str| Tar::package().pax(&record("size", value)).entry("package/a", b'0', &hidden).tgz();
    let whole = hidden.len().to_string();
    let cases = ["0", "512", "0x0", " 0", "", "1e3", "-1", "+512", "99999999999999999999999"];
    let mut all: Vec<Case> = cases.iter().map(|value| ("a PAX size", Odd(PaxSize), sized(value))).collect();
    all.extend([
        ("a PAX size that says the same", Clean, sized(&whole)),
        (
            "a PAX size before a GNU long name",
            Odd(TarExtensionStack),
            Tar::package().pax(&record("size", "0")).long_name("package/b").entry("x", b'0', &hidden).tgz(),
        ),
        (
            "a PAX size behind a line break",
            Odd(PaxSyntax),
            Tar::package().pax(&record("comment", "x\n10 size=0")).entry("package/a", b'0', &hidden).tgz(),
        ),
        (
            "a global PAX size",
            Odd(PaxGlobal),
            Tar::package()
                .entry("g", b'g', record("size", "0").as_bytes())
                .entry("package/a", b'0', &hidden)
                .tgz(),
        ),
    ]);
    all
}

fn pax_records() -> Vec<Case> {
    let file = |records: &str| Tar::package().pax(records).file("package/a", b"a").tgz();
    let global =
        |records: &str| Tar::package().entry("g", b'g', records.as_bytes()).file("package/a", b"a").tgz();
    let path = record("path", HIDDEN);
    // A key that ends at the equals sign of the record that npm reads from its second line.
    let path_in_key = record(
        &format!("SCHILY.a\n{}", path.trim_end().trim_end_matches(HIDDEN).trim_end_matches('=')),
        HIDDEN,
    );
    vec![
        ("an empty path", Odd(PaxSyntax), file(&record("path", ""))),
        ("a path with NUL", Odd(PaxSyntax), file(&record("path", "package/a\0.map"))),
        ("a path with a line break", Odd(PaxSyntax), file(&record("path", &format!("package/a\n{path}")))),
        ("a path with NUL and line break", Odd(PaxSyntax), file(&record("path", "package/a\0\nb"))),
        ("a path hidden in a comment", Odd(PaxSyntax), file(&record("comment", &format!("x\n{path}")))),
        ("the same key twice", Odd(PaxSyntax), file(&(record("path", "package/b") + &path))),
        ("a wrong length", Odd(PaxSyntax), file(&format!("99 path={HIDDEN}\n"))),
        ("no line break at the end", Odd(PaxSyntax), file(path.trim_end())),
        ("a length of zero", Odd(PaxSyntax), file("0 path=x\n")),
        ("a negative length", Odd(PaxSyntax), file("-9 path=x\n")),
        ("a NUL in a key", Odd(PaxSyntax), file(&record("SCHILY.xattr.null\0", "x"))),
        ("a path hidden in a key", Odd(PaxSyntax), file(&path_in_key)),
        ("a line break in a key", Odd(PaxSyntax), file(&record("NODETAR.a\nb", "x"))),
        ("a time that is none", Odd(PaxSyntax), file(&record("mtime", "abc"))),
        ("a time with two points", Odd(PaxSyntax), file(&record("atime", "1.2.3"))),
        ("an empty time", Odd(PaxSyntax), file(&record("ctime", ""))),
        ("a name for a number", Odd(PaxSyntax), file(&record("uid", "root"))),
        ("a number that no system has", Odd(PaxSyntax), file(&record("gid", "999999999999999"))),
        ("a path of digits", Odd(PathEmptySegment), file(&record("path", "package//12345"))),
        ("a key that npm takes for the type", Odd(PaxKey), file(&record("type", "Directory"))),
        (
            "a sparse name",
            Odd(TarSparse),
            file(&(record("GNU.sparse.major", "1") + &record("GNU.sparse.name", HIDDEN))),
        ),
        ("a sparse file of star", Odd(TarSparse), file(&record("SCHILY.realsize", "100000"))),
        ("a sparse file of Solaris", Odd(TarSparse), file(&record("SUN.holesdata", " 0 1"))),
        ("a global path", Odd(PaxGlobal), global(&path)),
        ("a global comment", Clean, global(&record("comment", "0123456789abcdef"))),
        (
            "keys of node-tar and others",
            Clean,
            file(
                &[record("NODETAR.depth", "1"), record("SCHILY.dev", "7"), record("mtime", "1.25")].concat(),
            ),
        ),
    ]
}

fn extension_headers() -> Vec<Case> {
    let hidden = hidden();
    let path = record("path", HIDDEN);
    let long = "x".repeat(1 << 20);
    vec![
        (
            "two PAX headers",
            Odd(TarExtensionStack),
            Tar::package().pax(&path).pax(&path).file("package/a", b"").tgz(),
        ),
        (
            "PAX, then GNU",
            Odd(TarExtensionStack),
            Tar::package().pax(&path).long_name("package/b").file("a", b"").tgz(),
        ),
        (
            "GNU, then PAX",
            Odd(TarExtensionStack),
            Tar::package().long_name("package/b").pax(&path).file("a", b"").tgz(),
        ),
        (
            "two GNU names",
            Odd(TarExtensionStack),
            Tar::package().long_name("package/b").long_name(HIDDEN).file("a", b"").tgz(),
        ),
        (
            "a global header between",
            Odd(TarExtensionStack),
            Tar::package()
                .pax(&path)
                .entry("g", b'g', record("comment", "x").as_bytes())
                .file("a", b"")
                .tgz(),
        ),
        ("a PAX header at the end", Odd(TarExtensionStack), Tar::package().pax(&path).tgz()),
        ("a GNU name at the end", Odd(TarExtensionStack), Tar::package().long_name("package/b").tgz()),
        (
            "a PAX header over 1 MiB",
            Odd(TarExtensionSize),
            Tar::package().pax(&(record("comment", &long) + &path)).file("package/a", b"").tgz(),
        ),
        (
            "a GNU name over 1 MiB",
            Odd(TarExtensionSize),
            Tar::package().long_name(&long).file("package/a", b"").tgz(),
        ),
        (
            "a GNU name with more behind its NUL",
            Odd(TarNameJunk),
            Tar::package().long_name("package/a\0.map").file("x", b"").tgz(),
        ),
        (
            "a GNU long name with more than one NUL at its end",
            Odd(TarNameJunk),
            Tar::package().long_name("package/a\0\0").file("x", b"").tgz(),
        ),
        (
            "PAX on an entry of unknown type",
            Odd(TarTypeflag),
            Tar::package().pax(&path).entry("package/a", b'Z', b"").file("package/b", &hidden).tgz(),
        ),
        (
            "a GNU long name",
            Clean,
            Tar::package().long_name(&format!("package/{}x", "d/".repeat(60))).file("x", b"").tgz(),
        ),
    ]
}

fn types() -> Vec<Case> {
    let hidden = hidden();
    let mut cases: Vec<Case> = [b'N', b'X', b'V', b'M', b'Z', b'A', b'8']
        .map(|flag| {
            (
                "a type that not all know",
                Odd(TarTypeflag),
                Tar::package().entry("package/a", flag, &hidden).tgz(),
            )
        })
        .into();
    cases.extend([
        ("an old sparse file", Odd(TarSparse), Tar::package().entry("package/a", b'S', &hidden).tgz()),
        ("an empty file with a slash", Odd(TarTypeflag), Tar::package().entry("package/d/", b'0', b"").tgz()),
        (
            "an empty file of old type with a slash",
            Odd(TarTypeflag),
            Tar::package().entry("package/d/", 0, b"").tgz(),
        ),
        (
            "a folder of the first tar: pnpm writes an empty file there, yarn refuses or doesn't end",
            Odd(TarNulFolder),
            Tar::package().odd("package/d/", 0, b"", |block| block[257..].fill(0)).tgz(),
        ),
        ("a contiguous file", Odd(TarTypeflag), Tar::package().entry("package/a", b'7', b"a").tgz()),
        ("a file of the first tar", Clean, Tar::package().entry("package/a", 0, b"a").tgz()),
        ("a device", Rule("archive-link"), Tar::package().entry("package/a", b'3', b"").tgz()),
        ("a pipe", Rule("archive-link"), Tar::package().entry("package/a", b'6', b"").tgz()),
    ]);
    cases
}

fn fields() -> Vec<Case> {
    let hidden = vec![b'x'; 1024];
    let sized =
        |field: &[u8]| Tar::package().odd("package/a", b'0', &hidden, |block| set_size(block, field)).tgz();
    let odd = |change: fn(&mut [u8; 512])| Tar::package().odd("package/a", b'0', b"a", change).tgz();
    let length = hidden.len() as u64;
    vec![
        (
            "a huge base-256 size",
            Odd(TarNumber),
            sized(&[0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
        ),
        ("a negative base-256 size", Odd(TarNumber), sized(&[0xff; 12])),
        ("a base-256 size with another mark", Odd(TarNumber), sized(&base256(0x81, length))),
        ("octal and junk", Odd(TarNumber), sized(b"0000100x000\0")),
        ("an underscore", Odd(TarNumber), sized(b"000000_1000\0")),
        ("a minus", Odd(TarNumber), sized(b"-0000001000\0")),
        ("a size beyond the end", Incomplete("ends in the middle"), sized(b"00777777777\0")),
        ("a base-256 size", Clean, sized(&base256(0x80, length))),
        ("a size without end", Clean, sized(format!("{length:012o}").as_bytes())),
        (
            "a name with more behind its NUL",
            Odd(TarNameJunk),
            odd(|block| block[50..54].copy_from_slice(b".map")),
        ),
        (
            "a name with a line break behind its NUL",
            Odd(TarNameJunk),
            odd(|block| block[9..16].copy_from_slice(b"\0\n.map\0")),
        ),
        ("another version", Odd(TarMagic), odd(|block| block[263..265].copy_from_slice(b"  "))),
        (
            "a prefix without magic",
            Odd(TarMagic),
            odd(|block| {
                block[257..265].fill(0);
                block[345..349].copy_from_slice(b"evil");
            }),
        ),
        (
            "a prefix in a GNU header",
            Odd(TarMagic),
            odd(|block| {
                block[257..265].copy_from_slice(b"ustar  \0");
                block[345..349].copy_from_slice(b"evil");
            }),
        ),
        ("the first tar", Clean, odd(|block| block[257..].fill(0))),
        ("GNU", Clean, odd(|block| block[257..265].copy_from_slice(b"ustar  \0"))),
        (
            "times in the tail of the prefix",
            Clean,
            odd(|block| block[476..500].copy_from_slice(b"14740000000 14740000000 ")),
        ),
        ("a set-uid bit", Rule("archive-mode"), odd(|block| block[100..108].copy_from_slice(b"0004755\0"))),
        ("the file type in the mode", Clean, odd(|block| block[100..108].copy_from_slice(b"0100644\0"))),
        ("a mode of words", Odd(TarNumber), odd(|block| block[100..108].copy_from_slice(b"rw-r--r-"))),
        ("a time of words", Odd(TarNumber), odd(|block| block[136..148].copy_from_slice(b"next tuesday"))),
        ("an owner of words", Odd(TarNumber), odd(|block| block[108..116].copy_from_slice(b"somebody"))),
        ("a device of words", Odd(TarNumber), odd(|block| block[329..337].copy_from_slice(b"/dev/sda"))),
        (
            "a time beyond all clocks",
            Odd(TarNumber),
            odd(|block| {
                block[136..148].copy_from_slice(&[
                    0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                ])
            }),
        ),
        (
            "an owner far below zero",
            Odd(TarNumber),
            odd(|block| block[108..116].copy_from_slice(&[0xff, 0, 0, 0, 0, 0, 0, 0])),
        ),
        ("no owner", Clean, odd(|block| block[108..124].fill(0))),
        (
            "times and owners of their own kind",
            Clean,
            odd(|block| {
                block[136..148].copy_from_slice(&[0xff; 12]);
                block[108..116].copy_from_slice(&[0xff; 8]);
            }),
        ),
    ]
}

fn gzip_framing() -> Vec<Case> {
    let tar = Tar::package();
    let hidden = hidden();
    let whole = tar.clone().tgz();
    let damaged = |from_end: usize, mask: u8| {
        let mut bytes = whole.clone();
        let at = bytes.len() - from_end;
        bytes[at] ^= mask;
        bytes
    };
    let flagged = |flags: u8, field: &[u8]| {
        let mut bytes = whole.clone();
        bytes[3] |= flags;
        bytes.splice(10..10, field.iter().copied());
        bytes
    };
    let two_ends = [whole.clone(), Tar(hidden.clone()).tgz()].concat();
    let zlib = {
        use std::io::Write;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
        encoder.write_all(&tar.clone().end()).unwrap();
        encoder.finish().unwrap()
    };
    vec![
        (
            "an archive over two members",
            Odd(GzipMembers),
            [gzip(&tar.0), gzip(&Tar(hidden.clone()).end())].concat(),
        ),
        ("a second archive as second member", Odd(TarAfterEnd), two_ends),
        (
            "an empty member between",
            Odd(GzipMembers),
            [gzip(&tar.0), gzip(b""), Tar(hidden.clone()).tgz()].concat(),
        ),
        ("junk behind", Odd(TrailingData), [whole.clone(), b"junk".to_vec()].concat()),
        ("junk behind zeros", Odd(TrailingData), [whole.clone(), vec![0; 4000], b"junk".to_vec()].concat()),
        ("a zip behind", Odd(TrailingData), [whole.clone(), b"PK\x05\x06".to_vec(), vec![0; 18]].concat()),
        ("zeros behind", Clean, [whole.clone(), vec![0; 4000]].concat()),
        ("a wrong checksum", Incomplete("CRC-32"), damaged(8, 1)),
        ("a wrong length", Incomplete("ISIZE"), damaged(1, 1)),
        ("cut off", Incomplete("ends"), whole[..whole.len() - 9].to_vec()),
        ("reserved flags", Incomplete("reserved"), flagged(0x20, b"")),
        ("another method", Incomplete("no archive of a known kind"), {
            let mut b = whole.clone();
            b[2] = 9;
            b
        }),
        ("a file name", Clean, flagged(8, b"../../evil\0")),
        ("a comment", Clean, flagged(16, b"hello\0")),
        ("an extra field that nobody knows", Odd(ExtraField), flagged(20, b"\x04\0abcdhello\0")),
        ("the sizes of blocks", Clean, flagged(4, b"\x06\0BC\x02\0\x12\x34")),
        ("a wrong header checksum", Incomplete("header"), flagged(2, b"\xaa\xaa")),
        ("a plain tar", Odd(Mismatch), tar.clone().end()),
        ("zlib", Odd(Mismatch), zlib),
        ("twice compressed", Incomplete("middle of a header"), gzip(&whole)),
        ("nothing", Incomplete("empty"), Vec::new()),
        ("one byte", Incomplete("no archive"), vec![0x1f]),
        ("an empty member", Incomplete("no files"), gzip(b"")),
        ("an empty archive", Incomplete("no files"), Tar::default().tgz()),
        ("random bytes", Incomplete("no archive"), (0..997u32).map(|n| (n * n % 251) as u8 | 0x80).collect()),
    ]
}

fn paths() -> Vec<Case> {
    let file = |name: &str| Tar::package().pax(&record("path", name)).file("x", b"x").tgz();
    let mut cases: Vec<Case> = Vec::new();
    for name in [
        "package/../../x",
        "../x",
        "package/a/../../../x",
        "package/..",
        "/etc/x",
        "//host/x",
        "c:/x",
        "c:x",
        "package/..\\..\\x",
        "\\\\?\\c:\\x",
        "package/con",
        "package/aux.js",
        "package/com\u{b9}.js",
        "package/a/.",
        "package/a:b",
        "package/a.",
        "package/a ",
        "package/a\u{1b}[31m.js",
        "package/a\r::error::b",
        "package/a\u{202e}sj.",
        "package/a\u{200b}.js",
        "package//a",
        "package/a//b",
        "./package/a",
    ] {
        cases.push(("an unsafe path", Rule("archive-unsafe-path"), file(name)));
    }
    cases.push(("a deep path", Odd(PathLimit), file(&format!("package/{}x", "a/".repeat(200)))));
    cases.push(("a long segment", Odd(PathLimit), file(&format!("package/{}", "a".repeat(300)))));
    cases.push((
        "a name that is not UTF-8",
        Odd(PathEncoding),
        Tar::package().odd("package/a", b'0', b"x", |block| block[8] = 0xff).tgz(),
    ));
    for name in [
        "package/./a",
        "package/a/./b",
        "package/...a/b..c",
        "package/\u{e4}\u{4e2d}.js",
        "package/com0/auxil.js",
    ] {
        cases.push(("an ordinary path", Clean, file(name)));
    }
    cases
}

fn layout_duplicates_and_links() -> Vec<Case> {
    let package = Tar::package;
    let link = |flag, target| package().link("package/a", flag, target).tgz();
    let mut cases: Vec<Case> = vec![
        ("another top folder", Rule("archive-foreign-root"), package().file("other/a", b"a").tgz()),
        ("a file in no folder", Rule("archive-foreign-root"), package().file("index.js.map", b"a").tgz()),
        ("different bytes", Odd(Duplicate), package().file("package/index.js", b"other").tgz()),
        ("two manifests", Odd(Duplicate), package().file("package/package.json", b"{}").tgz()),
        (
            "the same bytes",
            Remark("archive-duplicate-identical"),
            package().file("package/./index.js", b"module.exports = 1;\n").tgz(),
        ),
        ("letter case", Odd(NameCollision), package().file("package/Index.js", b"a").tgz()),
        ("a manifest in other case", Odd(NameCollision), package().file("package/Package.json", b"{}").tgz()),
        (
            "Unicode forms",
            Odd(NameCollision),
            package().file("package/\u{e9}", b"a").file("package/e\u{301}", b"b").tgz(),
        ),
        (
            "sharp s",
            Odd(NameCollision),
            package().file("package/stra\u{df}e", b"a").file("package/strasse", b"b").tgz(),
        ),
        (
            "capital sharp s",
            Odd(NameCollision),
            package().file("package/stra\u{1e9e}e", b"a").file("package/strasse", b"b").tgz(),
        ),
        (
            "a file that is a folder in other case",
            Odd(NameCollision),
            package().file("package/LIB", b"a").file("package/lib/a", b"b").tgz(),
        ),
        ("files in no folder", Incomplete("no package/package.json"), {
            let bare = Tar::default().file("package.json", b"{\"name\":\"acme\",\"version\":\"1.0.0\"}");
            bare.file("index.js", b"module.exports = 1;\n").tgz()
        }),
        ("a file that is a folder", Odd(FileAsFolder), package().file("package/index.js/a", b"a").tgz()),
        (
            "folders repeat",
            Clean,
            package().entry("package/d/", b'5', b"").entry("package/d/", b'5', b"").tgz(),
        ),
    ];
    for (flag, target) in [
        (b'2', "b"),
        (b'2', "../../../etc"),
        (b'2', "/etc"),
        (b'2', "dist/index.js.map"),
        (b'2', "a"),
        (b'1', "package/index.js"),
        (b'1', "../../x"),
        (b'1', "c:../x"),
        (b'1', "package/a"),
    ] {
        cases.push(("a link", Rule("archive-link"), link(flag, target)));
    }
    cases
}

#[test]
fn a_plain_tar_needs_its_end() {
    let tar = Tar::package();
    run(
        "acme-1.0.0.tar",
        vec![
            ("whole", Clean, tar.clone().end()),
            ("without end", Incomplete("cut off"), tar.0.clone()),
            ("gzip under the name of a tar", Odd(Mismatch), tar.tgz()),
        ],
    );
}

#[test]
fn other_compressions_under_the_name_of_gzip() {
    let xz = {
        use std::io::Write;
        let mut writer =
            lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
        writer.write_all(&Tar::package().end()).unwrap();
        writer.finish().unwrap()
    };
    let bzip2 = {
        use std::io::Write;
        let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        writer.write_all(&Tar::package().end()).unwrap();
        writer.finish().unwrap()
    };
    let zstd = ruzstd::encoding::compress_to_vec(
        Tar::package().end().as_slice(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    for (name, bytes) in [("tar.xz", xz), ("tar.bz2", bzip2), ("tar.zst", zstd)] {
        run(&format!("acme-1.0.0.{name}"), vec![("under its own name", Clean, bytes.clone())]);
        run("acme-1.0.0.tgz", vec![("as gzip", Odd(Mismatch), bytes.clone())]);
        let cut = bytes[..bytes.len() - 5].to_vec();
        run(&format!("acme-1.0.0.{name}"), vec![("cut off", Incomplete("cut off"), cut)]);
    }
}

#[test]
fn a_hidden_entry_is_seen_or_refused() {
    // The two members of this gzip file are one archive to npm; cargo sees the first member only.
    let bytes = [gzip(&Tar::package().0), gzip(&Tar(hidden()).end())].concat();
    let audit = audit("acme-1.0.0.tgz", &bytes);
    assert!(audit.inventory.entries.iter().any(|entry| entry.path == HIDDEN));
}

#[test]
fn the_builder_builds_what_tar_reads() {
    let mut block = super::build::head("package/a", b'0', 3);
    seal(&mut block);
    let header = ::tar::Header::from_byte_slice(&block);
    assert_eq!(
        (header.entry_size().unwrap(), header.cksum().unwrap()),
        (3, {
            let sum: u32 = block
                .iter()
                .enumerate()
                .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
                .sum();
            sum
        })
    );
}
