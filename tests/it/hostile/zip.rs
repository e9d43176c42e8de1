//! Zips (wheels, here) that clients read differently.

use packgate::inventory::AnomalyKind::*;

use super::Expect::{Clean, Incomplete, Odd, Rule};
use super::build::{End, Member, Zip, end_record, end_records64, extra, gzip, unicode_path};
use super::{Expect, audit, run};

type Case = (&'static str, Expect, Vec<u8>);

/// All tables of this page.
const TABLES: &[fn() -> Vec<Case>] = &[
    members_that_hide,
    headers_that_contradict,
    bytes_that_lie,
    descriptors,
    bytes_of_nobody,
    ends,
    fields,
    methods,
    paths,
    members_that_share_bytes,
];

/// Every case of this page, all of them under one file name.
pub(super) fn cases() -> Vec<Case> {
    TABLES.iter().flat_map(|table| table()).collect()
}

#[test]
fn every_case_is_told_for_what_it_is() {
    run(WHEEL, cases());
}

const WHEEL: &str = "acme-1.0.0-py3-none-any.whl";
const EVIL: &[u8] = b"import os\n";

fn wheel(member: Member) -> Vec<u8> {
    Zip::wheel([member]).bytes()
}

fn evil() -> Member {
    Member::file("acme/evil.py", EVIL)
}

fn members_that_hide() -> Vec<Case> {
    let hidden = evil().with(|member| member.listed = false);
    let first = {
        let mut zip = Zip::wheel([]);
        zip.members.insert(0, hidden.clone());
        zip.bytes()
    };
    vec![
        ("ordinary", Clean, wheel(evil())),
        ("stored", Clean, wheel(Member::stored("acme/a.py", EVIL))),
        ("streamed", Clean, wheel(evil().streamed())),
        (
            "streamed without signature",
            Clean,
            wheel(evil().streamed().with(|member| {
                member.behind.drain(..4);
            })),
        ),
        ("not listed", Odd(ZipHiddenEntry), wheel(hidden)),
        ("not listed, first", Odd(ZipHiddenEntry), first),
        (
            "listed only",
            Odd(ZipHiddenEntry),
            wheel(evil().with(|member| {
                member.stored = false;
                member.offset = Some(3);
            })),
        ),
        ("far outside", Odd(ZipHiddenEntry), wheel(evil().with(|member| member.offset = Some(0x7fff_ffff)))),
        ("twice", Odd(Duplicate), Zip::wheel([evil(), Member::file("acme/evil.py", b"pass\n")]).bytes()),
        (
            "twice the same",
            Expect::Remark("archive-duplicate-identical"),
            Zip::wheel([evil(), evil()]).bytes(),
        ),
        ("letter case", Odd(NameCollision), wheel(Member::file("acme/CORE.py", EVIL))),
    ]
}

fn headers_that_contradict() -> Vec<Case> {
    let local = |change: fn(&mut super::build::Said)| wheel(evil().with(|member| change(&mut member.local)));
    vec![
        ("name", Odd(ZipHeaderMismatch), local(|said| said.name = b"acme/good.py".to_vec())),
        ("method", Odd(ZipHeaderMismatch), local(|said| said.method = 0)),
        ("size", Odd(ZipHeaderMismatch), local(|said| said.size += 1)),
        ("packed size", Odd(ZipHeaderMismatch), local(|said| said.packed -= 1)),
        ("checksum", Odd(ZipHeaderMismatch), local(|said| said.crc ^= 1)),
        ("encryption", Odd(ZipHeaderMismatch), local(|said| said.flags |= 1)),
        ("descriptor", Odd(ZipHeaderMismatch), local(|said| said.flags |= 8)),
        ("UTF-8", Odd(ZipHeaderMismatch), local(|said| said.flags |= 1 << 11)),
        (
            "an extra field that is too long",
            Odd(ZipHeaderMismatch),
            local(|said| said.extra = vec![1, 0, 99, 0]),
        ),
        ("compression effort", Clean, local(|said| said.flags |= 2)),
    ]
}

fn bytes_that_lie() -> Vec<Case> {
    let both = |change: fn(&mut super::build::Said)| wheel(evil().both(change));
    vec![
        ("checksum", Incomplete("CRC-32"), both(|said| said.crc ^= 1)),
        ("larger than said", Incomplete("more bytes"), both(|said| said.size -= 1)),
        ("smaller than said", Incomplete("fewer bytes"), both(|said| said.size += 1)),
        ("huge size", Incomplete("limit set"), both(|said| said.size = u32::MAX - 1)),
        ("huge packed size", Incomplete("directory"), both(|said| said.packed = u32::MAX - 1)),
        (
            "bytes behind deflate's end",
            Incomplete("end before the member"),
            wheel(evil().with(|member| {
                member.data.extend(b"hidden");
                member.local.packed += 6;
                member.central.packed += 6;
            })),
        ),
        (
            "an extra field that is too long",
            Incomplete("extra field"),
            wheel(evil().with(|member| member.central.extra = vec![1, 0, 99, 0])),
        ),
        ("damaged", Incomplete("damaged"), wheel(evil().with(|member| member.data[0] = 7))),
    ]
}

fn descriptors() -> Vec<Case> {
    let streamed = |change: fn(&mut Member)| wheel(evil().streamed().with(change));
    vec![
        ("a lie", Odd(ZipDescriptor), streamed(|member| member.behind[5] ^= 1)),
        ("none", Odd(ZipDescriptor), streamed(|member| member.behind.clear())),
        ("stored", Odd(ZipDescriptor), wheel(Member::stored("acme/a.py", EVIL).streamed())),
        ("a flag, and sizes in the header", Clean, {
            let member = evil().streamed();
            let said = member.central.clone();
            wheel(member.with(|member| member.local = said))
        }),
    ]
}

fn bytes_of_nobody() -> Vec<Case> {
    let plain = Zip::wheel([evil()]);
    let prefix = b"#!/usr/bin/env python\n".to_vec();
    let shifted = [prefix.clone(), plain.bytes()].concat();
    let inner = Zip::wheel([]).bytes();
    vec![
        (
            "prefix, offsets right",
            Rule("archive-trailing-data"),
            plain.clone().with(|zip| zip.prefix = prefix.clone()).bytes(),
        ),
        ("prefix, offsets shifted", Rule("archive-trailing-data"), shifted),
        (
            "suffix",
            Rule("archive-trailing-data"),
            plain.clone().with(|zip| zip.suffix = b"more".to_vec()).bytes(),
        ),
        ("gap", Rule("archive-trailing-data"), wheel(evil().with(|member| member.behind = b"gap".to_vec()))),
        (
            "gap before the directory",
            Rule("archive-trailing-data"),
            plain.clone().with(|zip| zip.gap = vec![0; 9]).bytes(),
        ),
        ("two zips", Odd(ZipHiddenEntry), [inner.clone(), plain.bytes()].concat()),
        ("a zip behind gzip", Odd(Mismatch), [gzip(b"x"), plain.bytes()].concat()),
        ("a comment", Clean, plain.clone().with(|zip| zip.comment = b"hello".to_vec()).bytes()),
        (
            "a zip in the comment",
            Odd(ZipHiddenEntry),
            plain.clone().with(|zip| zip.comment = inner.clone()).bytes(),
        ),
        (
            "an end record in the comment",
            Odd(ZipHiddenEntry),
            plain.clone().with(|zip| zip.comment = [end_record(0, 0, 0, 0), vec![0, 0]].concat()).bytes(),
        ),
        (
            "a comment longer than the file",
            Incomplete("end record"),
            plain.clone().with(|zip| zip.end.comment_length = Some(500)).bytes(),
        ),
    ]
}

fn ends() -> Vec<Case> {
    let plain = Zip::wheel([evil()]);
    let end = |end: End| plain.clone().with(|zip| zip.end = end).bytes();
    let (members, directory) = plain.parts();
    let (at, size) = (members.len() as u64, directory.len() as u64);
    let count = plain.members.len() as u64;
    let here = at + size;
    let zip64 = |record_at: u64, entries: u64, offset: u64, extensible: &[u8], full: bool| {
        end(End {
            entries: full.then_some(u16::MAX),
            size: full.then_some(u32::MAX),
            offset: full.then_some(u32::MAX),
            before: end_records64(record_at, entries, size, offset, extensible),
            ..End::default()
        })
    };
    vec![
        ("fewer members than there are", Odd(ZipEnd), end(End { entries: Some(3), ..End::default() })),
        (
            "more members than there are",
            Incomplete("directory"),
            end(End { entries: Some(9), ..End::default() }),
        ),
        (
            "the directory elsewhere",
            Odd(ZipHiddenEntry),
            end(End { offset: Some(at as u32 - 7), ..End::default() }),
        ),
        (
            "the directory behind its end",
            Odd(ZipEnd),
            end(End { offset: Some(at as u32 + 7), ..End::default() }),
        ),
        ("several disks", Odd(ZipEnd), end(End { disk: 1, ..End::default() })),
        (
            "two end records",
            Odd(ZipEnd),
            end(End { before: [end_record(0, 0, 0, 0), vec![0, 0]].concat(), ..End::default() }),
        ),
        ("cut off", Incomplete("end record"), {
            let bytes = plain.bytes();
            bytes[..bytes.len() - 1].to_vec()
        }),
        ("no directory", Incomplete("end record"), members.clone()),
        ("ZIP64", Clean, zip64(here, count, at, b"", true)),
        ("ZIP64 beside plain values", Clean, zip64(here, count, at, b"", false)),
        ("ZIP64 with fewer members", Odd(Zip64), zip64(here, 1, at, b"", false)),
        ("ZIP64 with another offset", Odd(Zip64), zip64(here, count, 0, b"", true)),
        ("a locator to elsewhere", Odd(Zip64), zip64(0, count, at, b"", true)),
        ("an extensible ZIP64 record", Odd(Zip64), zip64(here, count, at, b"more", true)),
        (
            "plain values that ask for ZIP64",
            Odd(Zip64),
            end(End { entries: Some(u16::MAX), ..End::default() }),
        ),
    ]
}

fn fields() -> Vec<Case> {
    let both = |change: fn(&mut super::build::Said)| wheel(evil().both(change));
    vec![
        ("a ZIP64 field that nothing asks for", Odd(Zip64), both(|said| said.extra = extra(1, &[0; 8]))),
        (
            "a ZIP64 field in the member's own header that nothing asks for",
            Odd(Zip64),
            wheel(evil().with(|member| member.local.extra = extra(1, &[0; 16]))),
        ),
        ("a member on another disk", Odd(ZipEnd), wheel(evil().with(|member| member.disk = 1))),
        ("no name", Odd(ZipName), both(|said| said.name = Vec::new())),
        (
            "two ZIP64 fields",
            Odd(Zip64),
            both(|said| {
                said.extra = [extra(1, &10u64.to_le_bytes()), extra(1, &10u64.to_le_bytes())].concat();
                said.size = u32::MAX;
            }),
        ),
        (
            "a ZIP64 size",
            Clean,
            both(|said| {
                said.extra = extra(1, &u64::from(said.size).to_le_bytes());
                said.size = u32::MAX;
            }),
        ),
        (
            "a Unicode path",
            Odd(ZipName),
            both(|said| said.extra = unicode_path("acme/evil.py", "acme/good.py")),
        ),
        (
            "a Unicode path with a wrong checksum",
            Odd(ZipName),
            both(|said| said.extra = unicode_path("x", "acme/good.py")),
        ),
        (
            "two Unicode paths",
            Odd(ZipName),
            both(|said| {
                said.extra =
                    [unicode_path("acme/evil.py", "acme/evil.py"), unicode_path("acme/evil.py", "b")]
                        .concat();
            }),
        ),
        (
            "a Unicode path that says the same",
            Clean,
            both(|said| said.extra = unicode_path("acme/evil.py", "acme/evil.py")),
        ),
        (
            "a Unicode path in the local header",
            Odd(ZipName),
            wheel(evil().with(|member| {
                member.local.extra = unicode_path("acme/evil.py", "acme/good.py");
            })),
        ),
        (
            "more than sizes in the ZIP64 field of a local header",
            Odd(Zip64),
            wheel(evil().with(|member| {
                let sizes = [u64::from(member.local.size), u64::from(member.local.packed), 0];
                member.local.extra = extra(1, &sizes.map(u64::to_le_bytes).concat());
            })),
        ),
        ("another mode by ASi", Odd(ZipMode), both(|said| said.extra = extra(0x756e, &asi(0o100_755)))),
        ("a link by ASi", Odd(ZipMode), both(|said| said.extra = extra(0x756e, &asi(0o120_777)))),
        ("the same mode by ASi", Clean, both(|said| said.extra = extra(0x756e, &asi(0o100_644)))),
        (
            "a folder by libarchive's field",
            Odd(ZipMode),
            wheel(evil().with(|member| {
                member.local.extra = extra(0x6c78, &[4, 0x10, 0, 0xa4, 0x81]);
            })),
        ),
        (
            "another system by libarchive's field",
            Odd(ZipMode),
            wheel(evil().with(|member| member.local.extra = extra(0x6c78, &[1, 20, 0]))),
        ),
        (
            "libarchive's own field",
            Clean,
            both(|said| said.extra = extra(0x6c78, &[7, 20, 3, 0, 0, 0, 0, 0xa4, 0x81])),
        ),
        ("times", Clean, both(|said| said.extra = extra(0x5455, &[1, 0, 0, 0, 0]))),
        ("alignment", Clean, both(|said| said.extra = vec![0; 3])),
        ("a NUL in the name", Odd(ZipName), both(|said| said.name = b"acme/core.py\0.txt".to_vec())),
        ("UTF-8 without its flag", Odd(ZipName), both(|said| said.name = "acme/\u{e9}.py".into())),
        (
            "UTF-8 with its flag",
            Clean,
            both(|said| {
                said.name = "acme/\u{e9}.py".into();
                said.flags |= 1 << 11;
            }),
        ),
        ("not UTF-8", Odd(PathEncoding), both(|said| said.name = b"acme/\x82.py".to_vec())),
        ("a folder with bytes", Odd(ZipFolder), both(|said| said.name = b"acme/d/".to_vec())),
        (
            "a file marked as a folder",
            Odd(ZipFolder),
            wheel(evil().with(|member| member.attributes = 0o040_755 << 16 | 0x10)),
        ),
        (
            "a folder",
            Clean,
            wheel(Member::stored("acme/d/", b"").with(|member| member.attributes = 0o040_755 << 16 | 0x10)),
        ),
        (
            "a file and a folder at once",
            Odd(ZipFolder),
            wheel(evil().with(|member| member.attributes |= 0x10)),
        ),
        ("a label of a disk", Odd(ZipFolder), wheel(evil().with(|member| member.attributes = 8))),
        (
            "of no known type",
            Odd(ZipFolder),
            wheel(evil().with(|member| member.attributes = 0o170_644 << 16)),
        ),
        ("a dot for a name", Odd(PathEmptySegment), both(|said| said.name = b".".to_vec())),
        (
            "a symbolic link",
            Rule("archive-link"),
            wheel(Member::stored("acme/a", b"../../etc").with(|member| member.attributes = 0o120_777 << 16)),
        ),
        ("encrypted", Incomplete("encrypted"), both(|said| said.flags |= 1)),
        ("strongly encrypted", Incomplete("encrypted"), both(|said| said.flags |= 1 | 1 << 6)),
        (
            "AES",
            Incomplete("encrypted"),
            both(|said| {
                said.flags |= 1;
                said.method = 99;
            }),
        ),
        ("a patch", Incomplete("patch"), both(|said| said.flags |= 1 << 5)),
    ]
}

/// An ASi Unix field: checksum, mode, size of a device, owners.
fn asi(mode: u16) -> [u8; 14] {
    let mut field = [0; 14];
    field[4..6].copy_from_slice(&mode.to_le_bytes());
    field
}

fn methods() -> Vec<Case> {
    use std::io::Write;
    let bzip2 = {
        let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        writer.write_all(EVIL).unwrap();
        writer.finish().unwrap()
    };
    let zstd = ruzstd::encoding::compress_to_vec(EVIL, ruzstd::encoding::CompressionLevel::Fastest);
    let mut cases: Vec<Case> = [(12, bzip2), (93, zstd)]
        .into_iter()
        .map(|(method, data)| {
            (
                "a method that not all read",
                Odd(ZipMethod),
                wheel(Member::packed(b"acme/a.py", method, data, EVIL)),
            )
        })
        .collect();
    for method in [1, 6, 10, 97, 98, 1234] {
        let bytes = wheel(Member::packed(b"acme/a.py", method, EVIL.to_vec(), EVIL));
        cases.push(("a method that nobody reads", Incomplete("which can't be read"), bytes));
    }
    for method in [9, 14, 95] {
        let bytes = wheel(Member::packed(b"acme/a.py", method, vec![0xff; 40], EVIL));
        cases.push(("damaged bytes", Incomplete("damaged"), bytes));
    }
    cases
}

#[test]
fn a_member_of_a_rare_method_is_read_all_the_same() {
    use std::io::Write;
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    writer.write_all(EVIL).unwrap();
    let packed = writer.finish().unwrap();
    let audit = audit(WHEEL, &wheel(Member::packed(b"acme/a.py", 12, packed, EVIL)));
    assert_eq!(audit.unexamined(), []);
    let size = EVIL.len() as u64;
    assert!(audit.inventory.entries.iter().any(|entry| entry.path == "acme/a.py" && entry.size == size));
}

fn paths() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for name in [
        "../x",
        "acme/../../x",
        "/x",
        "c:/x",
        "acme\\..\\x",
        "acme//x",
        "./acme/x",
        "acme/con",
        "acme/a\nb",
        "acme/a\u{7f}",
    ] {
        cases.push(("an unsafe path", Rule("archive-unsafe-path"), wheel(Member::file(name, EVIL))));
    }
    cases
}

fn members_that_share_bytes() -> Vec<Case> {
    let inner = Member::file("acme/b.py", &[b'x'; 4000]);
    let mut full = Zip::wheel([inner.clone(), inner.clone().both(|said| said.name = b"acme/c.py".to_vec())]);
    let offset = {
        let zip = Zip::of(full.members[..3].to_vec());
        u32::try_from(zip.parts().0.len()).unwrap()
    };
    full.members[4].stored = false;
    full.members[4].offset = Some(offset);
    full.members[4].central.name = b"acme/b.py".to_vec();
    vec![("the same bytes for two", Odd(ZipOverlap), full.bytes())]
}

#[test]
fn a_zip_under_another_name() {
    let zip = Zip::wheel([]).bytes();
    run("acme-1.0.0.tgz", vec![("as a tarball", Odd(Mismatch), zip)]);
    run(
        WHEEL,
        vec![
            ("empty zip", Incomplete("no files"), Zip::of([]).bytes()),
            ("nothing", Incomplete(""), Vec::new()),
        ],
    );
}
