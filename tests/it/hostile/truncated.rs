//! Cut off at every byte, one bit flipped in every header: never a pass with fewer entries.

use std::collections::BTreeSet;

use packgate::audit::{Audit, Auditor, Options};
use packgate::policy::Verdict;
use rayon::prelude::*;

use super::build::{Member, Tar, Zip, gzip};

/// Audits many versions of an archive, each in a file of its own.
struct Bench {
    folder: tempfile::TempDir,
    auditor: Auditor,
    name: &'static str,
}

impl Bench {
    fn new(name: &'static str) -> Self {
        let auditor = Auditor::new(Options::default().keep_entries(true));
        Self { folder: tempfile::tempdir().unwrap(), auditor, name }
    }

    fn audit(&self, bytes: &[u8]) -> Audit {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let path = folder.path().join(self.name);
        std::fs::write(&path, bytes).unwrap();
        self.auditor.audit(&path, 1).unwrap()
    }

    /// Whether a damaged version passes without showing all that the whole one has.
    fn deceives(&self, bytes: &[u8], whole: &BTreeSet<(String, u64)>) -> bool {
        let audit = self.audit(bytes);
        audit.verdict == Verdict::Pass && !files(&audit).is_superset(whole)
    }

    /// Whether a damaged version passes with fewer files than the whole one.
    fn loses(&self, bytes: &[u8], count: usize) -> bool {
        let audit = self.audit(bytes);
        audit.verdict == Verdict::Pass && files(&audit).len() < count
    }
}

fn files(audit: &Audit) -> BTreeSet<(String, u64)> {
    audit.inventory.top_files().map(|entry| (entry.path.clone(), entry.size)).collect()
}

fn tar() -> Tar {
    Tar::package()
        .pax(&super::build::record("path", "package/dist/a.js"))
        .file("x", b"let a = 1;\n")
        .long_name("package/dist/b.js")
        .file("y", b"let b = 2;\n")
        .entry("package/dist/c/", b'5', b"")
}

fn wheel() -> Zip {
    Zip::wheel([Member::file("acme/a.py", b"A = 1\n"), Member::file("acme/b.py", b"B = 2\n").streamed()])
}

#[test]
fn cut_off_at_every_byte() {
    for (name, bytes) in [
        ("acme-1.0.0.tgz", tar().tgz()),
        ("acme-1.0.0.tar", tar().end()),
        ("acme-1.0.0-py3-none-any.whl", wheel().bytes()),
    ] {
        let bench = Bench::new(name);
        let whole = files(&bench.audit(&bytes));
        assert!(whole.len() >= 4, "{whole:?}");
        // A plain tar may lose padding behind its end.
        let step = if name.ends_with(".tar") { 16 } else { 1 };
        (0..bytes.len()).into_par_iter().step_by(step).for_each(|length| {
            assert!(!bench.deceives(&bytes[..length], &whole), "{name} cut at {length}");
        });
    }
}

#[test]
fn one_bit_flipped_in_every_header() {
    // In the tar itself, under a gzip that is right again: the checksum of the header must tell.
    let bench = Bench::new("acme-1.0.0.tgz");
    let plain = tar().end();
    let whole = files(&bench.audit(&tar().tgz()));
    (0..plain.len() - 1024).into_par_iter().for_each(|at| {
        // Padding is all alike.
        if is_content(at, &plain) && plain[at] == 0 && at % 16 > 0 {
            return;
        }
        let mut bytes = plain.clone();
        bytes[at] ^= 1 << (at % 8);
        let bytes = gzip(&bytes);
        if is_content(at, &plain) {
            assert!(!bench.loses(&bytes, whole.len()), "tar byte {at}");
        } else {
            assert!(!bench.deceives(&bytes, &whole), "tar byte {at}");
        }
    });
    // In gzip's own header and trailer.
    let packed = tar().tgz();
    for at in (0..10).chain(packed.len() - 8..packed.len()) {
        for bit in 0..8 {
            let mut bytes = packed.clone();
            bytes[at] ^= 1 << bit;
            assert!(!bench.deceives(&bytes, &whole), "gzip byte {at} bit {bit}");
        }
    }
    // In the whole zip.
    let bench = Bench::new("acme-1.0.0-py3-none-any.whl");
    let zip = wheel().bytes();
    let whole = files(&bench.audit(&zip));
    (0..zip.len()).into_par_iter().for_each(|at| {
        let mut bytes = zip.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(!bench.deceives(&bytes, &whole), "zip byte {at}");
    });
}

/// Whether a byte is content of an entry or padding behind it: names in extension headers are content, too.
fn is_content(at: usize, plain: &[u8]) -> bool {
    let mut start = 0;
    while start + 512 <= at {
        let size = std::str::from_utf8(&plain[start + 124..start + 135]).unwrap();
        let size = usize::from_str_radix(size, 8).unwrap();
        let next = start + 512 + size.next_multiple_of(512);
        if at < next {
            return true;
        }
        start = next;
    }
    false
}
