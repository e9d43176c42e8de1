//! Damaged and mutated archives: packgate lists what the `tar` and `zip` crates list, or says that it can't.
//!
//! The same oracle as in `fuzz/`, driven by a random generator so that it runs without one.

use proptest::prelude::*;

use super::build::{Member, Tar, Zip, gzip, record};
pub(super) use with::sealed;
use with::{agrees, gather, tar_crate, zip_crate};

#[path = "../../../fuzz/oracle.rs"]
mod with;

/// A change of a few bytes.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Set(usize, u8),
    Cut(usize, usize),
    Repeat(usize, usize),
    Insert(usize, Vec<u8>),
}

pub(super) fn change() -> impl Strategy<Value = Change> {
    let at = 0..6000usize;
    prop_oneof![
        4 => (at.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        2 => (at.clone(), prop::sample::select(b"0157xgLKS\0 /\n=".to_vec())).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => (at.clone(), 1..600usize).prop_map(|(at, length)| Change::Cut(at, length)),
        1 => (at.clone(), 1..600usize).prop_map(|(at, length)| Change::Repeat(at, length)),
        1 => (at, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
    ]
}

pub(super) fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let length = bytes.len().max(1);
        match change {
            Change::Set(at, byte) => {
                if let Some(old) = bytes.get_mut(at % length) {
                    *old = *byte;
                }
            }
            Change::Cut(at, count) => {
                let at = at % length;
                bytes.drain(at..(at + count).min(bytes.len()));
            }
            Change::Repeat(at, count) => {
                let at = at % length;
                let piece = bytes[at..(at + count).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            Change::Insert(at, piece) => {
                bytes.splice(at % length..at % length, piece.iter().copied());
            }
        }
    }
    bytes
}

fn plain_tar() -> Tar {
    Tar::package()
        .pax(&(record("path", "package/dist/a.js") + &record("mtime", "1.5")))
        .file("x", b"let a = 1;\n")
        .long_name("package/dist/b.js")
        .file("y", b"let b = 2;\n")
        .entry("package/dist/c/", b'5', b"")
        .file("package/long", &[b'l'; 700])
}

fn plain_zip() -> Zip {
    Zip::wheel([
        Member::file("acme/a.py", b"A = 1\n"),
        Member::file("acme/b.py", b"B = 2\n").streamed(),
        Member::stored("acme/d/", b""),
        Member::stored("acme/c.py", b"C = 3\n"),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tar_agrees(changes in prop::collection::vec(change(), 0..4), seal in any::<bool>()) {
        let bytes = changed(plain_tar().end(), &changes);
        let bytes = if seal { sealed(bytes) } else { bytes };
        agrees("a.tar", &bytes, tar_crate).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn zip_agrees(changes in prop::collection::vec(change(), 0..4)) {
        agrees("a.zip", &changed(plain_zip().bytes(), &changes), zip_crate).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn gzip_agrees(changes in prop::collection::vec(change(), 0..3)) {
        let bytes = changed(gzip(&plain_tar().end()), &changes);
        with::gzip_agrees(&bytes).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn anything_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..3000), magic in 0..8usize) {
        let magics: [&[u8]; 8] = [b"", b"\x1f\x8b\x08\0", b"PK\x03\x04", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"!<arch>\n", b"PK\x05\x06"];
        let bytes = [magics[magic], &bytes].concat();
        for name in ["a.tgz", "a.zip", "a.br", "a"] {
            gather(name, &bytes);
        }
    }
}

#[test]
fn both_crates_read_the_plain_ones() {
    assert!(!gather("a.tar", &plain_tar().end()).complained);
    assert_eq!(tar_crate(&plain_tar().end()).unwrap().len(), 6);
    assert!(!gather("a.zip", &plain_zip().bytes()).complained);
    assert_eq!(zip_crate(&plain_zip().bytes()).unwrap().len(), 8);
}

/// Seeds for the fuzz targets: `cargo test --test it seeds -- --ignored`.
#[test]
#[ignore = "writes fuzz/corpus"]
fn seeds_for_fuzzing() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let write = |target: &str, number: usize, bytes: &[u8]| {
        std::fs::create_dir_all(corpus.join(target)).unwrap();
        std::fs::write(corpus.join(target).join(format!("seed-{number:04}")), bytes).unwrap();
    };
    write("tar", 0, &[&[0], plain_tar().end().as_slice()].concat());
    write("zip", 0, &plain_zip().bytes());
    write("gzip", 0, &gzip(&plain_tar().end()));
    for (number, (_, _, bytes)) in
        super::tar::cases().into_iter().enumerate().filter(|(_, case)| case.2.len() < 20_000)
    {
        use std::io::Read;
        let mut plain = vec![0];
        if flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).is_ok()
            && plain.len() < 20_000
        {
            write("tar", number + 1, &plain);
        }
        write("gzip", number + 1, &bytes);
        write("walk", number, &[&[0], bytes.as_slice()].concat());
    }
    for (number, (_, _, bytes)) in super::zip::cases().into_iter().enumerate() {
        write("zip", number + 1, &bytes);
        write("walk", 1000 + number, &[&[1], bytes.as_slice()].concat());
    }
}
