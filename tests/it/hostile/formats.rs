//! Formats that no package's client unpacks, and what is in them: a file behind one of these is published all the same.

use std::process::{Command, Stdio};

use packgate::inventory::{AnomalyKind, EntryKind};

use super::audit;
use super::build::{Tar, gzip};
use super::carriers::all;
use crate::dice::Dice;

/// An entry of a cpio archive.
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) data: &'a [u8],
    pub(super) mode: usize,
    /// Number of the file, and of its names.
    pub(super) inode: usize,
    pub(super) links: usize,
}

const FILE: usize = 0o100_644;

impl<'a> Named<'a> {
    pub(super) fn file(name: &'a str, data: &'a [u8]) -> Self {
        Self { name, data, mode: FILE, inode: 1, links: 1 }
    }

    pub(super) fn linked(name: &'a str, data: &'a [u8], links: usize) -> Self {
        Self { inode: 7, links, ..Self::file(name, data) }
    }
}

/// The format of this magic number: without and with sums of bytes, and the old one.
pub(super) fn cpio_of(magic: &str, entries: &[Named<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for Named { name, data, mode, inode, links } in entries.iter().chain([&Named::file("TRAILER!!!", b"")]) {
        let size = data.len();
        let sum = if magic == "070702" && *mode == FILE {
            data.iter().map(|byte| usize::from(*byte)).sum()
        } else {
            0
        };
        let numbers = [*inode, *mode, 0, 0, *links, 0, size, 0, 0, 0, 0, name.len() + 1, sum];
        let numbers: String = match magic {
            "070707" => {
                let start: String = [0, *inode, *mode, 0, 0, *links, 0]
                    .iter()
                    .map(|number| format!("{number:06o}"))
                    .collect();
                format!("{start}{:011o}{:06o}{size:011o}", 0, name.len() + 1)
            }
            _ => numbers.iter().map(|number| format!("{number:08x}")).collect(),
        };
        for part in [&[magic.as_bytes(), numbers.as_bytes(), name.as_bytes(), b"\0"].concat(), *data] {
            bytes.extend(part);
            let align = if magic == "070707" { 1 } else { 4 };
            bytes.resize(bytes.len().next_multiple_of(align), 0);
        }
    }
    bytes
}

fn cpio(files: &[(&str, &[u8])]) -> Vec<u8> {
    let entries: Vec<_> = files.iter().map(|(name, data)| Named::file(name, data)).collect();
    cpio_of("070701", &entries)
}

pub(super) fn rpm(payload: &[u8]) -> Vec<u8> {
    let header = |strings: &[u8]| {
        let tag = [1000u32, 6, 0, 1].map(u32::to_be_bytes).concat();
        let sizes = [1, u32::try_from(strings.len()).unwrap()].map(u32::to_be_bytes).concat();
        [b"\x8e\xad\xe8\x01\0\0\0\0", sizes.as_slice(), &tag, strings].concat()
    };
    let mut bytes = vec![0; 96];
    bytes[..4].copy_from_slice(b"\xed\xab\xee\xdb");
    bytes.extend(header(b"signature\0"));
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    [bytes, header(b"acme\0"), payload.to_vec()].concat()
}

/// An ar archive of these members.
pub(super) fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, data) in members {
        let header = format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, data.len());
        bytes.extend(header.as_bytes());
        bytes.extend(*data);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    }
    bytes
}

/// What `compress` could have written: each byte as itself, and a new table before the codes get wider.
fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut out = b"\x1f\x9d\x90".to_vec();
    for some in bytes.chunks(200) {
        let codes: Vec<u16> = some.iter().map(|byte| u16::from(*byte)).chain([256]).collect();
        let mut bits: Vec<u8> =
            codes.iter().flat_map(|code| (0..9).map(move |bit| (code >> bit & 1) as u8)).collect();
        bits.resize(bits.len().next_multiple_of(72), 0);
        out.extend(bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |sum, bit| sum << 1 | bit)));
    }
    out
}

#[test]
fn what_is_in_them_is_read() {
    let text = "let a = 1;\n".repeat(100).into_bytes();
    let archive = cpio(&[("./usr/a.js", &text), ("usr/b.js", b"b")]);
    let entries = |name: &str, bytes: &[u8]| {
        let told = all(name, bytes);
        assert_eq!(told.broken, [""; 0], "{name}");
        told.entries.into_iter().map(|(path, _, _, bytes)| (path, bytes)).collect::<Vec<_>>()
    };
    let both = [("usr/a.js".to_owned(), text.clone()), ("usr/b.js".to_owned(), b"b".to_vec())];
    assert_eq!(entries("a.cpio", &archive), both);
    let packed = gzip(&archive);
    assert_eq!(entries("a.rpm", &rpm(&packed)), [("payload.cpio.gz".to_owned(), packed)]);
    assert_eq!(entries("a.js.Z", &compressed(&text)), [("a.js".to_owned(), text)]);
}

#[test]
fn what_is_cut_off_or_behind_the_end_is_told() {
    let archive = cpio(&[("a.js", b"let a = 1;\n")]);
    for end in 1..archive.len() {
        assert!(!all("a.cpio", &archive[..end]).broken.is_empty(), "{end}");
    }
    assert!(!all("a.cpio", &[&archive, &b"more"[..]].concat()).broken.is_empty());
    let packed = gzip(&archive);
    let package = rpm(&packed);
    for end in 1..=package.len() - packed.len() {
        assert!(!all("a.rpm", &package[..end]).broken.is_empty(), "{end}");
    }
}

#[test]
fn a_secret_in_one_of_them_is_found() {
    let text = format!("token = \"{}\"\n", Dice::new(20).make("AKIA{base32:16}")).into_bytes();
    let mut cases = vec![
        ("x.rpm", rpm(&gzip(&cpio(&[("etc/acme.conf", &text)])))),
        ("x.cpio", cpio(&[("etc/acme.conf", &text)])),
        ("x.conf.Z", compressed(&text)),
    ];
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("acme.conf"), &text).unwrap();
    let mut pack = Command::new("7z");
    pack.args(["a", "x.7z", "acme.conf"]).current_dir(folder.path()).stdout(Stdio::null());
    if crate::clients::have_silent("7z") {
        assert!(pack.status().unwrap().success());
        cases.push(("x.7z", std::fs::read(folder.path().join("x.7z")).unwrap()));
    }
    for (name, bytes) in cases {
        let package = Tar::package().file(&format!("package/dist/{name}"), &bytes).tgz();
        let audit = audit("acme-1.0.0.tgz", &package);
        assert_eq!(audit.unexamined(), [], "{name}");
        let found = audit.inventory.everything().any(|entry| !entry.secrets.is_empty());
        assert!(found, "{name}");
    }
}

pub(super) const CPIO: [&str; 3] = ["070701", "070702", "070707"];

/// What is told of an archive: names with the bytes or the target of each, anomalies, and what could not be read.
fn told(name: &str, bytes: &[u8]) -> (Vec<(String, String)>, Vec<AnomalyKind>, usize) {
    let told = all(name, bytes);
    let entries = told.entries.into_iter().map(|(path, kind, _, bytes)| match kind {
        EntryKind::Hardlink { target } => (path, format!("-> {target}")),
        _ => (path, String::from_utf8(bytes).unwrap()),
    });
    (entries.collect(), told.anomalies, told.broken.len())
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn names_of_one_file_are_links_as_cpio_makes_them() {
    let linked = |name: &'static str, data: &'static [u8]| Named::linked(name, data, 3);
    for magic in &CPIO[..2] {
        let at_the_end = cpio_of(magic, &[linked("b", b""), linked("a", b""), linked("c", b"text")]);
        let links = pairs(&[("c", "text"), ("b", "-> c"), ("a", "-> c")]);
        assert_eq!(told("x.cpio", &at_the_end), (links, vec![], 0), "{magic}");
        let empty = cpio_of(magic, &[linked("b", b""), Named::file("a", b"x"), linked("c", b"")]);
        let files = pairs(&[("a", "x"), ("b", ""), ("c", "")]);
        assert_eq!(told("x.cpio", &empty), (files, vec![], 0), "{magic}");
        for odd in [[linked("b", b"text"), linked("a", b"")], [linked("b", b"text"), linked("a", b"text")]] {
            let (_, anomalies, broken) = told("x.cpio", &cpio_of(magic, &odd));
            assert_eq!((anomalies, broken), (vec![AnomalyKind::CpioHardLink], 0), "{magic}");
        }
    }
    let old = |second: &'static [u8]| cpio_of(CPIO[2], &[linked("b", b"text"), linked("a", second)]);
    assert_eq!(told("x.cpio", &old(b"text")), (pairs(&[("b", "text"), ("a", "text")]), vec![], 0));
    assert_eq!(told("x.cpio", &old(b"tex2")).1, [AnomalyKind::CpioHardLink]);
}

#[test]
fn a_wrong_sum_is_damage() {
    let mut archive = cpio_of("070702", &[Named::file("a", b"text")]);
    assert_eq!(told("x.cpio", &archive).2, 0);
    let at = archive.windows(4).position(|bytes| bytes == b"text").unwrap();
    archive[at] = b's';
    assert_eq!(told("x.cpio", &archive).2, 1);
}

#[test]
fn what_find_and_cpio_write_is_ordinary() {
    if !crate::clients::have_silent("cpio") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("in")).unwrap();
    std::fs::create_dir(at("in/sub")).unwrap();
    std::fs::write(at("in/sub/a"), "text").unwrap();
    std::fs::write(at("in/c"), "more").unwrap();
    std::fs::hard_link(at("in/sub/a"), at("in/sub/b")).unwrap();
    for format in ["newc", "crc", "odc"] {
        let script = format!("find . | cpio --quiet -o -H {format} > ../x.cpio");
        let run = Command::new("sh").arg("-c").arg(script).current_dir(at("in")).status().unwrap();
        assert!(run.success());
        let (mut entries, anomalies, broken) = told("x.cpio", &std::fs::read(at("x.cpio")).unwrap());
        assert_eq!((anomalies, broken), (vec![], 0), "{format}");
        entries.sort();
        let texts: Vec<&str> = entries.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(entries.len(), 4, "{format}: {entries:?}");
        assert!(texts.contains(&"text") && texts.contains(&"more"), "{format}: {entries:?}");
    }
}
