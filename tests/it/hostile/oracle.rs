//! Damaged and mutated archives: packgate lists what the `tar` and `zip` crates list, or says that it can't.
//!
//! The same oracle as in `fuzz/`, driven by a random generator so that it runs without one.

use std::io::Read;

use packgate::unpack::{Damage, Header, Limits, Oddity, Sink, Spent, walk};
use proptest::prelude::*;

use super::build::{Member, Tar, Zip, gzip, record};

/// What a walk gave.
#[derive(Debug, Default)]
struct Gathered {
    entries: Vec<(String, Vec<u8>)>,
    open: Option<(String, Vec<u8>)>,
    /// Whether anything was said against the archive.
    complained: bool,
}

impl Sink for Gathered {
    fn begin(&mut self, header: Header) {
        assert!(self.open.is_none(), "an entry begins inside another");
        self.open = Some((header.path, Vec::new()));
    }

    fn data(&mut self, bytes: &[u8]) {
        self.open.as_mut().expect("bytes belong to an entry").1.extend_from_slice(bytes);
    }

    fn end(&mut self) {
        self.entries.push(self.open.take().expect("an entry ends that began"));
    }

    fn broken(&mut self, _damage: Damage) {
        self.open.take().expect("an entry breaks that began");
        self.complained = true;
    }

    fn oddity(&mut self, _oddity: Oddity) {
        self.complained = true;
    }
}

fn gather(name: &str, bytes: &[u8]) -> Gathered {
    let limits = Limits { total: 64 << 20, entry: 8 << 20, ..Limits::default() };
    let mut gathered = Gathered::default();
    let walked = walk(&bytes, name, &limits, &Spent::default(), &mut gathered);
    gathered.complained |= walked.is_err();
    assert!(gathered.open.is_none(), "an entry was left open");
    gathered
}

fn clean(path: &[u8]) -> String {
    let text = String::from_utf8_lossy(path).into_owned();
    text.split('/').filter(|segment| !segment.is_empty() && *segment != ".").collect::<Vec<_>>().join("/")
}

/// Entries as the `tar` crate reads them; `None` where it fails.
fn tar_crate(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ::tar::Archive::new(bytes);
    let mut entries = Vec::new();
    for entry in archive.entries().ok()? {
        let mut entry = entry.ok()?;
        if entry.header().entry_type() == ::tar::EntryType::XGlobalHeader {
            continue;
        }
        let path = clean(&entry.path_bytes());
        let mut content = Vec::new();
        entry.read_to_end(&mut content).ok()?;
        if !(path.is_empty() && content.is_empty()) {
            entries.push((path, content));
        }
    }
    Some(entries)
}

/// Members as the `zip` crate reads them, the directories' names without their slash.
fn zip_crate(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).ok()?;
        let path = clean(member.name_raw());
        let mut content = Vec::new();
        (&mut member).take(8 << 20).read_to_end(&mut content).ok()?;
        entries.push((path, content));
    }
    Some(entries)
}

/// The oracle: silent only where the crate reads the same.
fn agrees(
    name: &str,
    bytes: &[u8],
    theirs: fn(&[u8]) -> Option<Vec<(String, Vec<u8>)>>,
) -> Result<(), String> {
    let gathered = gather(name, bytes);
    if gathered.complained || theirs(bytes).as_ref() == Some(&gathered.entries) {
        return Ok(());
    }
    Err(format!("no complaint, but {:?} against {:?}", gathered.entries, theirs(bytes)))
}

/// A change of a few bytes.
#[derive(Debug, Clone)]
enum Change {
    Set(usize, u8),
    Cut(usize, usize),
    Repeat(usize, usize),
    Insert(usize, Vec<u8>),
}

fn change() -> impl Strategy<Value = Change> {
    let at = 0..6000usize;
    prop_oneof![
        4 => (at.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        2 => (at.clone(), prop::sample::select(b"0157xgLKS\0 /\n=".to_vec())).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => (at.clone(), 1..600usize).prop_map(|(at, length)| Change::Cut(at, length)),
        1 => (at.clone(), 1..600usize).prop_map(|(at, length)| Change::Repeat(at, length)),
        1 => (at, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
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

/// Makes every header block's checksum right again, so that changes behind it are reached.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    for block in bytes.chunks_exact_mut(512) {
        if &block[257..262] == b"ustar" {
            let block: &mut [u8; 512] = block.try_into().unwrap();
            super::build::seal(block);
        }
    }
    bytes
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
        let mut plain = Vec::new();
        let read = flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain);
        let gathered = gather("a.tgz", &bytes);
        if !gathered.complained {
            prop_assert!(read.is_ok());
            prop_assert_eq!(Some(gathered.entries), tar_crate(&plain));
        }
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
