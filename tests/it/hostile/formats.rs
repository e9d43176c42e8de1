//! Formats that no package's client unpacks, and what is in them: a file behind one of these is published all the same.

use std::process::{Command, Stdio};

use super::audit;
use super::build::{Tar, gzip};
use super::carriers::all;
use crate::dice::Dice;

fn cpio(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, data) in files.iter().chain([&("TRAILER!!!", &b""[..])]) {
        let numbers = [1, 0o100_644, 0, 0, 1, 0, data.len(), 0, 0, 0, 0, name.len() + 1, 0];
        let numbers: String = numbers.iter().map(|number| format!("{number:08x}")).collect();
        for part in
            [&[b"070701", numbers.as_bytes(), name.as_bytes(), b"\0"].concat(), data.to_vec().as_slice()]
        {
            bytes.extend(part);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
    }
    bytes
}

fn rpm(payload: &[u8]) -> Vec<u8> {
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
