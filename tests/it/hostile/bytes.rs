//! No byte of an archive is unexamined: it belongs to a structure, to an entry, or to a blob.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use packgate::inventory::AnomalyKind;

use super::build::gzip;
use super::carriers::silent;
use super::formats::{CPIO, Named, ar, cpio_of, rpm};

/// Offsets that count for nothing, of an archive whose bytes each stand for themselves.
fn unseen(name: &str, bytes: &[u8]) -> Vec<usize> {
    silent(name, bytes, |bytes| bytes).into_iter().collect()
}

#[test]
fn each_byte_of_a_cpio_archive() {
    for magic in CPIO {
        let entries = [
            Named::linked("b", b"", 2),
            Named::linked("a", b"text", 2),
            Named { mode: 0o040_755, ..Named::file("folder", b"") },
            Named { mode: 0o120_777, ..Named::file("link", b"a") },
            Named::file("c", b"odd"),
        ];
        assert_eq!(unseen("x.cpio", &cpio_of(magic, &entries)), [0; 0], "{magic}");
    }
}

#[test]
fn each_byte_of_an_ar_archive() {
    let archive = ar(&[
        ("debian-binary", b"2.0\n"),
        ("//", b"a_name_that_is_long.o/\n"),
        ("/0", b"odd"),
        ("#1/8", b"bsd.o\0\0\0text"),
        ("/", b"\0\0\0\0"),
    ]);
    assert_eq!(unseen("x.a", &archive), [0; 0]);
}

#[test]
fn each_byte_of_an_rpm_package() {
    let package = rpm(&gzip(&cpio_of(CPIO[0], &[Named::file("a", b"text")])));
    assert_eq!(unseen("x.rpm", &package), [0; 0]);
}

#[test]
fn each_byte_of_a_7_zip_archive() {
    if !crate::clients::have_silent("7z") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("a.txt", "text of a\n"), ("b.txt", "text of b\n"), ("empty", "")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    for how in [&["-mx=0", "-mhc=off"][..], &["-mx=0", "-mhc=off", "-ms=off"]] {
        let mut pack = Command::new("7z");
        pack.arg("a").args(how).args(["x.7z", "a.txt", "b.txt", "empty"]).current_dir(folder.path());
        assert!(pack.stdout(Stdio::null()).status().unwrap().success());
        let archive = std::fs::read(folder.path().join("x.7z")).unwrap();
        std::fs::remove_file(folder.path().join("x.7z")).unwrap();
        // The minor version says nothing to any reader.
        assert_eq!(unseen("x.7z", &archive), [7], "{how:?}");
        let behind = |bytes: &[u8]| super::carriers::all("x.7z", &[&archive, bytes].concat()).anomalies;
        assert_eq!(behind(&[0; 512]), []);
        assert_eq!(behind(b"hidden"), [AnomalyKind::TrailingData]);
    }
}

#[test]
fn each_byte_of_what_is_compressed() {
    use std::io::Write as _;
    let mut text = Vec::new();
    let mut dice = crate::dice::Dice::new(5);
    text.extend(dice.bytes(300));
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    xz.write_all(&text).unwrap();
    let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(1));
    bz.write_all(&text).unwrap();
    for (name, packed) in [("a.xz", xz.finish().unwrap()), ("a.bz2", bz.finish().unwrap())] {
        let seen: BTreeSet<usize> = unseen(name, &packed).into_iter().collect();
        assert_eq!(seen, BTreeSet::new(), "{name}");
        let behind = [packed.as_slice(), b"hidden"].concat();
        assert!(!super::carriers::all(name, &behind).broken.is_empty(), "{name}");
    }
}
