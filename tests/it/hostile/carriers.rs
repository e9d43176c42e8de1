//! Bytes of no entry: whatever stands in a comment, an extra field, a padding or a record that no client needs is
//! looked at like an entry, and is told where no ordinary writer puts anything.

use std::collections::BTreeSet;
use std::io::Write;

use packgate::inventory::{AnomalyKind, EntryKind};
use packgate::unpack::{Blob, Damage, Header, Limits, RawAnomaly, Sink, Spent, walk};

use super::build::{Member, Tar, Zip, extra, gzip, record};
use super::{archive_rules, audit};
use crate::dice::Dice;

/// A place where bytes can stand, and how much of them.
struct Carrier {
    name: &'static str,
    artifact: &'static str,
    most: usize,
    build: fn(&[u8]) -> Vec<u8>,
}

const TGZ: &str = "acme-1.0.0.tgz";
const WHEEL: &str = "acme-1.0.0-py3-none-any.whl";

/// gzip with a header of its own: these flags and these bytes behind the fixed part.
fn gzip_with(flags: u8, fields: &[u8]) -> Vec<u8> {
    let mut bytes = gzip(&Tar::package().end());
    bytes[3] |= flags;
    bytes.splice(10..10, fields.iter().copied());
    bytes
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn core(change: impl FnOnce(&mut Member)) -> Vec<u8> {
    Zip::wheel([]).with(|zip| change(&mut zip.members[0])).bytes()
}

fn zstd(unexamined: &[u8]) -> Vec<u8> {
    let tar = Tar::default().file("a/index.js", b"let a = 1;\n").end();
    let mut bytes =
        ruzstd::encoding::compress_to_vec(tar.as_slice(), ruzstd::encoding::CompressionLevel::Fastest);
    bytes.extend(b"\x53\x2a\x4d\x18");
    bytes.extend(u32::try_from(unexamined.len()).unwrap().to_le_bytes());
    bytes.extend(unexamined);
    bytes
}

const CARRIERS: &[Carrier] = &[
    Carrier {
        name: "archive comment",
        artifact: WHEEL,
        most: 65535,
        build: |bytes| Zip::wheel([]).with(|zip| zip.comment = bytes.to_vec()).bytes(),
    },
    Carrier {
        name: "comment of a member",
        artifact: WHEEL,
        most: 65535,
        build: |bytes| core(|core| core.comment = bytes.to_vec()),
    },
    Carrier {
        name: "extra field 0x7777",
        artifact: WHEEL,
        most: 65000,
        build: |bytes| core(|core| core.central.extra = extra(0x7777, bytes)),
    },
    Carrier {
        name: "extra field 0x7777",
        artifact: WHEEL,
        most: 65000,
        build: |bytes| core(|core| core.local.extra = extra(0x7777, bytes)),
    },
    Carrier {
        name: "extra field 0x5455",
        artifact: WHEEL,
        most: 65000,
        build: |bytes| core(|core| core.local.extra = extra(0x5455, bytes)),
    },
    Carrier {
        name: "bytes between the members",
        artifact: WHEEL,
        most: 1 << 20,
        build: |bytes| Zip::wheel([]).with(|zip| zip.gap = bytes.to_vec()).bytes(),
    },
    Carrier {
        name: "bytes before the first member",
        artifact: WHEEL,
        most: 1 << 20,
        build: |bytes| Zip::wheel([]).with(|zip| zip.prefix = bytes.to_vec()).bytes(),
    },
    Carrier {
        name: "bytes behind the zip",
        artifact: WHEEL,
        most: 60000,
        build: |bytes| Zip::wheel([]).with(|zip| zip.suffix = bytes.to_vec()).bytes(),
    },
    Carrier {
        name: "gzip comment",
        artifact: TGZ,
        most: 800_000,
        build: |bytes| gzip_with(16, &[bytes, b"\0"].concat()),
    },
    Carrier {
        name: "gzip name",
        artifact: TGZ,
        most: 800_000,
        build: |bytes| gzip_with(8, &[bytes, b"\0"].concat()),
    },
    Carrier {
        name: "gzip extra field",
        artifact: TGZ,
        most: 65000,
        build: |bytes| {
            let field = extra(0x7777, bytes);
            gzip_with(4, &[&u16::try_from(field.len()).unwrap().to_le_bytes(), field.as_slice()].concat())
        },
    },
    Carrier {
        name: "bytes behind the gzip data",
        artifact: TGZ,
        most: 1 << 20,
        build: |bytes| [gzip(&Tar::package().end()), bytes.to_vec()].concat(),
    },
    Carrier {
        name: "PAX record",
        artifact: TGZ,
        most: 700_000,
        build: |bytes| {
            Tar::package().pax(&record("comment", &text(bytes))).file("package/dist/a.js", b"").tgz()
        },
    },
    Carrier {
        name: "PAX record",
        artifact: TGZ,
        most: 700_000,
        build: |bytes| Tar::package().entry("g", b'g', record("comment", &text(bytes)).as_bytes()).tgz(),
    },
    Carrier {
        name: "PAX record",
        artifact: TGZ,
        most: 700_000,
        build: |bytes| {
            Tar::package().pax(&record("ACME.notes", &text(bytes))).file("package/dist/a.js", b"").tgz()
        },
    },
    Carrier {
        name: "PAX record",
        artifact: TGZ,
        most: 700_000,
        build: |bytes| {
            Tar::package()
                .pax(&record("SCHILY.xattr.user.a", &text(bytes)))
                .file("package/dist/a.js", b"")
                .tgz()
        },
    },
    Carrier {
        name: "PAX record",
        artifact: TGZ,
        most: 700_000,
        build: |bytes| {
            Tar::package().pax(&record("uname", &text(bytes))).file("package/dist/a.js", b"").tgz()
        },
    },
    Carrier {
        name: "names of owners",
        artifact: TGZ,
        most: 32,
        build: |bytes| {
            Tar::package()
                .odd("package/dist/a.js", b'0', b"", |block| {
                    block[265..265 + bytes.len()].copy_from_slice(bytes)
                })
                .tgz()
        },
    },
    Carrier {
        name: "unused parts of a header",
        artifact: TGZ,
        most: 30,
        build: |bytes| {
            Tar::package()
                .odd("package/dist/a.js", b'0', b"", |block| {
                    block[298..298 + bytes.len()].copy_from_slice(bytes)
                })
                .tgz()
        },
    },
    Carrier {
        name: "unused parts of a header",
        artifact: TGZ,
        most: 140,
        build: |bytes| {
            Tar::package()
                .odd("package/dist/a.js", b'0', b"", |block| {
                    block[257..265].copy_from_slice(b"ustar  \0");
                    block[370..370 + bytes.len()].copy_from_slice(bytes);
                })
                .tgz()
        },
    },
    Carrier {
        name: "padding of a block",
        artifact: TGZ,
        most: 500,
        build: |bytes| {
            let mut tar = Tar::package().file("package/dist/a.js", b"a();\n");
            let end = tar.0.len();
            tar.0[end - bytes.len()..].copy_from_slice(bytes);
            tar.tgz()
        },
    },
    Carrier {
        name: "padding of a block",
        artifact: TGZ,
        most: 400,
        build: |bytes| {
            let mut tar = Tar::package().pax(&record("mtime", "1.5"));
            let end = tar.0.len();
            tar.0[end - bytes.len()..].copy_from_slice(bytes);
            tar.file("package/dist/a.js", b"a();\n").tgz()
        },
    },
    Carrier {
        name: "names",
        artifact: TGZ,
        most: 90,
        build: |bytes| Tar::package().file(&format!("package/{}", text(bytes)), b"").tgz(),
    },
    Carrier {
        name: "targets of links",
        artifact: TGZ,
        most: 90,
        build: |bytes| Tar::package().link("package/dist/a.js", b'2', &text(bytes)).tgz(),
    },
    Carrier { name: "skippable Zstandard frame", artifact: "a.tar.zst", most: 1 << 20, build: zstd },
];

/// A key that fits even into the name of an owner.
fn key(seed: u64) -> String {
    Dice::new(seed).make("AKIA{base32:16}")
}

#[test]
fn a_secret_is_found_in_every_carrier() {
    let mut wrong = Vec::new();
    for (number, carrier) in CARRIERS.iter().enumerate() {
        let audit = audit(carrier.artifact, &(carrier.build)(key(number as u64).as_bytes()));
        let found = audit.findings.iter().any(|judged| {
            judged.finding.rule == "secret-aws-access-key" && judged.finding.place.path.contains(carrier.name)
        });
        if !found {
            let places: Vec<_> = audit.inventory.everything().map(|entry| entry.place.as_str()).collect();
            wrong.push(format!("{number} {}: {places:?}", carrier.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_source_map_in_a_carrier_is_a_source_map_and_stops_the_artifact() {
    let lines: String = (0..40).map(|line| format!("export const value{line} = {line};\\n")).collect();
    let map = format!(
        r#"{{"version":3,"file":"a.js","sources":["../src/a.ts"],"sourcesContent":["{lines}"],"names":[],"mappings":"AAAA"}}"#
    );
    let mut tried = 0;
    for carrier in CARRIERS.iter().filter(|carrier| carrier.most > map.len()) {
        let audit = audit(carrier.artifact, &(carrier.build)(map.as_bytes()));
        let holder = audit.inventory.everything().find(|entry| !entry.maps.is_empty());
        let place = holder.map(|entry| entry.place.as_str()).unwrap_or_default();
        assert!(place.contains(carrier.name), "{}: {place}", carrier.name);
        assert!(audit.totals.exposure.lines >= 40, "{}", carrier.name);
        assert!(archive_rules(&audit).contains(&"archive-trailing-data"), "{}", carrier.name);
        tried += 1;
    }
    assert!(tried > 15);
}

#[test]
fn what_ordinary_writers_leave_is_silent_and_no_entry() {
    let revision = b"0123456789abcdef0123456789abcdef01234567";
    let ordinary = [
        (WHEEL, Zip::wheel([]).with(|zip| zip.comment = revision.to_vec()).bytes()),
        (WHEEL, core(|core| core.central.extra = extra(0x5455, b"\x01\0\0\0\0"))),
        (WHEEL, core(|core| core.local.extra = extra(0x7875, b"\x01\x04\xe8\x03\0\0\x04\xe8\x03\0\0"))),
        (TGZ, gzip_with(8, b"acme-1.0.0.tar\0")),
        (TGZ, Tar::package().entry("g", b'g', record("comment", &text(revision)).as_bytes()).tgz()),
        (
            TGZ,
            Tar::package()
                .pax(&record("LIBARCHIVE.creationtime", "1.5"))
                .file("package/dist/a.js", b"")
                .tgz(),
        ),
        (
            TGZ,
            Tar::package()
                .odd("package/dist/a.js", b'0', b"", |block| block[265..271].copy_from_slice(b"runner"))
                .tgz(),
        ),
    ];
    for (name, bytes) in ordinary {
        let audit = audit(name, &bytes);
        assert_eq!(archive_rules(&audit), [""; 0]);
        let blobs = audit.inventory.everything().filter(|entry| matches!(entry.kind, EntryKind::Blob { .. }));
        assert_eq!(blobs.count(), 0, "{name}");
    }
}

/// Everything that a walk tells.
#[derive(Debug, Default, PartialEq)]
pub(super) struct All {
    pub(super) entries: Vec<(String, EntryKind, Option<u32>, Vec<u8>)>,
    blobs: Vec<(String, Vec<u8>)>,
    /// Kinds, without what depends on where they stand.
    pub(super) anomalies: Vec<AnomalyKind>,
    pub(super) broken: Vec<String>,
}

impl Sink for All {
    fn begin(&mut self, header: Header) {
        self.entries.push((header.path, header.kind, header.mode, Vec::new()));
    }

    fn data(&mut self, bytes: &[u8]) {
        self.entries.last_mut().unwrap().3.extend_from_slice(bytes);
    }

    fn end(&mut self) {}

    fn broken(&mut self, damage: Damage) {
        self.broken.push(damage.why);
    }

    fn anomaly(&mut self, anomaly: RawAnomaly) {
        self.anomalies.push(anomaly.kind);
    }

    fn blob(&mut self, blob: Blob) {
        self.blobs.push((blob.header.path, blob.bytes));
    }
}

pub(super) fn all(name: &str, bytes: &[u8]) -> All {
    let mut all = All::default();
    if let Err(damage) = walk(&bytes, name, &Limits::default(), &Spent::default(), &mut all) {
        all.broken.push(damage.why);
    }
    all
}

/// Offsets of bytes that can be changed into a letter without anybody being told.
pub(super) fn silent(name: &str, bytes: &[u8], seal: impl Fn(Vec<u8>) -> Vec<u8>) -> BTreeSet<usize> {
    unseen(bytes, |changed| all(name, &seal(changed)))
}

/// Offsets of bytes that can be changed into a letter without a change in what is told.
fn unseen(bytes: &[u8], told: impl Fn(Vec<u8>) -> All) -> BTreeSet<usize> {
    let plain = told(bytes.to_vec());
    assert_eq!(plain.broken, [""; 0]);
    let is_unseen = |at: &usize| {
        let mut changed = bytes.to_vec();
        changed[*at] = if changed[*at] == b'q' { b'z' } else { b'q' };
        told(changed) == plain
    };
    (0..bytes.len()).filter(is_unseen).collect()
}

#[test]
fn each_byte_of_a_tar_belongs_to_a_structure_an_entry_or_a_blob() {
    let mut tar = Tar::package()
        .pax(
            &(record("path", "package/dist/long.js")
                + &record("comment", "a note")
                + &record("mtime", "1.5")),
        )
        .file("package/dist/x", b"a();\n")
        .long_name("package/dist/longer.js")
        .entry("package/dist/y", b'0', b"b();\n")
        .entry("package/dist/", b'5', b"")
        .link("package/dist/z", b'2', "y");
    let gnu = tar.clone().odd("package/dist/gnu.js", b'0', b"c();\n", |block| {
        block[257..265].copy_from_slice(b"ustar  \0");
    });
    tar = gnu.odd("package/dist/old.js", b'0', b"d();\n", |block| block[257..].fill(0));
    let bytes = tar.end();
    // The checksum is made right again where the magic says that there is one.
    let sealed = |bytes: Vec<u8>| super::oracle::sealed(bytes);
    let checksums = |at: &&usize| (148..156).contains(&(**at % 512));
    let silent = silent("a.tar", &bytes, sealed);
    let elsewhere: Vec<_> = silent.iter().filter(|at| !checksums(at)).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn each_byte_of_a_gzip_file_belongs_to_a_structure_an_entry_or_a_blob() {
    let mut encoder = flate2::GzBuilder::new()
        .filename("a.tar")
        .comment("a note")
        .extra(b"BC\x02\0\x12\x34".to_vec())
        .write(Vec::new(), flate2::Compression::none());
    encoder.write_all(&Tar::package().end()).unwrap();
    let bytes = encoder.finish().unwrap();
    // Time, effort and system; the bits before a stored block.
    let deflated = 10 + 8 + "a.tar\0".len() + "a note\0".len();
    let structure: BTreeSet<usize> = (4..10).chain([deflated]).collect();
    let silent = silent("a.tgz", &bytes, |bytes| bytes);
    assert!(silent.is_subset(&structure), "{silent:?}");
}

/// gzip that leaves its bytes as they are.
fn unpressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::none());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A gem, and the archives in it that RubyGems opens.
fn gem_and_members(metadata: &[u8], data: &[u8]) -> (Vec<u8>, All) {
    let gem = Tar::default()
        .file("metadata.gz", &unpressed(metadata))
        .file("data.tar.gz", &unpressed(data))
        .file("checksums.yaml.gz", &unpressed(b"--- {}\n"))
        .end();
    let told = members(&gem);
    (gem, told)
}

fn members(gem: &[u8]) -> All {
    let mut told = all("a.gem", gem);
    for (path, _, _, bytes) in told.entries.clone() {
        let inner = all(&path, &bytes);
        told.entries.extend(inner.entries);
        told.blobs.extend(inner.blobs);
        told.anomalies.extend(inner.anomalies);
        told.broken.extend(inner.broken);
    }
    told
}

#[test]
fn each_byte_of_a_gem_belongs_to_a_structure_an_entry_or_a_blob() {
    const METADATA: &[u8] = b"name: acme\n";
    let sealed = |bytes: Vec<u8>| super::oracle::sealed(bytes);
    let is_checksum = |at: &usize| (148..156).contains(&(at % 512));
    let data = Tar::default().file("lib/acme.rb", b"A = 1\n").link("lib/b.rb", b'2', "acme.rb").end();
    let gem = gem_and_members(METADATA, &data).0;
    let mut own = unseen(&gem, |gem| members(&sealed(gem)));
    own.retain(|at| !is_checksum(at));
    // Each member begins with ten bytes of gzip, of which time, effort and system count for nothing, and the bits before
    // its stored block.
    let starts = gem.windows(3).enumerate().filter(|(_, bytes)| *bytes == b"\x1f\x8b\x08").map(|(at, _)| at);
    let structure: BTreeSet<usize> = starts.flat_map(|at| at + 4..=at + 10).collect();
    assert!(own.is_subset(&structure), "{own:?}");
    assert_eq!(unseen(METADATA, |metadata| gem_and_members(&metadata, &data).1), BTreeSet::new());
    let mut within = unseen(&data, |data| gem_and_members(METADATA, &sealed(data)).1);
    within.retain(|at| !is_checksum(at));
    assert_eq!(within, BTreeSet::new());
}

#[test]
fn each_byte_of_a_zip_belongs_to_a_structure_an_entry_or_a_blob() {
    let zip = Zip::wheel([
        Member::stored("acme/a.py", b"A = 1\n"),
        Member::file("acme/b.py", b"B = 2\n").streamed(),
    ])
    .with(|zip| {
        zip.comment = b"a note".to_vec();
        zip.members[0].comment = b"another note".to_vec();
        zip.members[0].local.extra = extra(0x7777, b"unknown");
    });
    let bytes = zip.bytes();
    let mut structure = BTreeSet::new();
    for at in 0..bytes.len().saturating_sub(4) {
        // Version in its upper half, effort, time; who made it, what for, and attributes of DOS.
        match &bytes[at..at + 4] {
            b"PK\x03\x04" => structure.extend([5, 10, 11, 12, 13].map(|field| at + field)),
            b"PK\x01\x02" => structure.extend([4, 5, 7, 12, 13, 14, 15, 36, 37, 39].map(|field| at + field)),
            _ => {}
        }
    }
    let silent = silent("a.whl", &bytes, |bytes| bytes);
    let elsewhere: Vec<_> = silent.difference(&structure).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}
