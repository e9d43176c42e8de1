//! Archives within the artifact that its client unpacks or reads are held to the same as the artifact.

use packgate::inventory::AnomalyKind::{self, Duplicate, ExtraField, GzipMembers, SkippedFrame};

use super::build::{Member, Tar, Zip, extra, gzip, record};
use super::{archive_rules, audit};

const MANIFEST: &[u8] =
    b"Manifest-Version: 1.0\r\nImplementation-Version: 1.0.0\r\nBundle-License: MIT\r\n\r\n";
const CLASS: &[u8] = b"\xca\xfe\xba\xbe\0\0\0\x34";

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn twice() -> Tar {
    Tar::default().file("lib/a.py", b"A = 1\n").file("lib/a.py", b"A = 2\n")
}

/// A package of conda's second format; clients don't ask for its note.
fn conda(package: Vec<u8>, note: bool) -> Vec<u8> {
    let info =
        Tar::default().file("info/index.json", br#"{"name":"acme","version":"1.0.0","license":"MIT"}"#);
    let note = note.then(|| Member::stored("metadata.json", br#"{"conda_pkg_format_version": 2}"#));
    Zip::of(note.into_iter().chain([
        Member::stored("pkg-acme-1.0.0-0.tar.zst", &package),
        Member::stored("info-acme-1.0.0-0.tar.zst", &zstd(&info.end())),
    ]))
    .bytes()
}

/// One whose notes hold a file that the package has, too.
fn conda_twice() -> Vec<u8> {
    let a = |text: &[u8]| zstd(&Tar::default().file("lib/a.py", text).end());
    Zip::of([
        Member::stored("pkg-acme-1.0.0-0.tar.zst", &a(b"A = 1\n")),
        Member::stored("info-acme-1.0.0-0.tar.zst", &a(b"A = 2\n")),
    ])
    .bytes()
}

fn jar(more: impl IntoIterator<Item = Member>) -> Vec<u8> {
    Zip::of([Member::file("META-INF/MANIFEST.MF", MANIFEST)].into_iter().chain(more)).bytes()
}

fn library() -> Vec<u8> {
    jar([Member::file("a/A.class", CLASS), Member::file("a/A.class", &[CLASS, b"x"].concat())])
}

fn nupkg(more: impl IntoIterator<Item = Member>) -> Vec<u8> {
    let nuspec = b"<package><metadata><id>acme</id><version>1.0.0</version><license type=\"expression\">MIT</license></metadata></package>";
    Zip::of([Member::file("acme.nuspec", nuspec)].into_iter().chain(more)).bytes()
}

fn told(name: &str, bytes: &[u8], kind: AnomalyKind) -> Result<(), String> {
    let audit = audit(name, bytes);
    let anomaly =
        audit.inventory.anomalies.iter().find(|anomaly| anomaly.kind == kind && !anomaly.is_nested());
    let rules = archive_rules(&audit);
    let stopped = rules.iter().any(|rule| *rule != "archive-nested");
    anomaly
        .filter(|_| stopped)
        .map(drop)
        .ok_or_else(|| format!("{name}: {rules:?} {:?}", audit.inventory.anomalies))
}

#[test]
fn what_a_client_unpacks_is_held_to_the_same() {
    let skipped =
        [b"\x53\x2a\x4d\x18\x04\0\0\0four", &zstd(&Tar::default().file("lib/a.py", b"").end())[..]].concat();
    let double = [gzip(&Tar::default().file("a", b"").end()), gzip(b"more")].concat();
    let tool = || {
        nupkg(
            [Member::file("lib/a.txt", b"a").with(|member| member.central.extra = extra(0x7777, b"hidden"))],
        )
    };
    let server = jar([Member::stored("WEB-INF/lib/x.jar", &library())]);
    let cases = [
        ("acme-1.0.0-0.conda", conda(zstd(&twice().end()), true), Duplicate),
        ("acme-1.0.0-0.conda", conda(zstd(&twice().end()), false), Duplicate),
        ("acme-1.0.0-0.conda", conda(skipped, false), SkippedFrame),
        ("acme-1.0.0-0.conda", conda_twice(), Duplicate),
        ("acme.1.0.0.nupkg", nupkg([Member::stored("tools/net8.0/any/b.nupkg", &tool())]), ExtraField),
        ("acme.1.0.0.nupkg", nupkg([Member::stored("tools/net8.0/any/b.NUPKG", &tool())]), ExtraField),
        ("acme.war", server.clone(), Duplicate),
        ("acme.ear", jar([Member::stored("acme.war", &server)]), Duplicate),
        ("acme.ear", jar([Member::stored("lib/x.jar", &library())]), Duplicate),
        ("acme.jar", jar([Member::stored("BOOT-INF/lib/x.jar", &library())]), Duplicate),
        ("acme.aar", jar([Member::stored("classes.jar", &library())]), Duplicate),
        (
            "acme-1.0.0.gem",
            Tar::default()
                .file("metadata.gz", &gzip(b"name: acme\nversion:\n  version: 1.0.0\nlicenses:\n- MIT\n"))
                .file("data.tar.gz", &double)
                .end(),
            GzipMembers,
        ),
    ];
    let wrong: Vec<String> =
        cases.into_iter().filter_map(|(name, bytes, kind)| told(name, &bytes, kind).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_nobody_unpacks_is_not() {
    for (name, bytes) in [
        ("acme.jar", jar([Member::stored("samples/x.jar", &library())])),
        ("acme-1.0.0.tgz", Tar::package().file("package/dist/x.jar", &library()).tgz()),
        ("a.zip", Zip::of([Member::stored("pkg-a.tar.zst", &zstd(&twice().end()))]).bytes()),
    ] {
        let audit = audit(name, &bytes);
        assert!(audit.inventory.anomalies.iter().all(|anomaly| anomaly.is_nested()), "{name}");
    }
}

#[test]
fn libraries_that_have_the_same_paths_do_not_collide() {
    let library = |class: &str| jar([Member::file(class, CLASS)]);
    let server = jar([
        Member::stored("WEB-INF/lib/x.jar", &library("a/A.class")),
        Member::stored("WEB-INF/lib/y.jar", &library("a/a.class")),
    ]);
    let audit = audit("acme.war", &server);
    assert_eq!(archive_rules(&audit), [""; 0]);
    let installed: Vec<_> =
        audit.inventory.everything().filter_map(|entry| entry.installed.as_deref()).collect();
    assert!(installed.contains(&"WEB-INF/lib/x.jar!a/A.class"), "{installed:?}");
}

#[test]
fn a_manifest_of_nuget_may_be_in_utf_16() {
    let text = "<package><metadata><id>acme</id><version>1.0.0</version><license type=\"expression\">MIT</license></metadata></package>";
    for (mark, unit) in
        [([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xfe, 0xff], u16::to_be_bytes)]
    {
        let bytes: Vec<u8> = mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect();
        let audit = audit("acme.1.0.0.nupkg", &Zip::of([Member::file("acme.nuspec", &bytes)]).bytes());
        let package = audit.inventory.package.as_ref().unwrap();
        assert_eq!((package.name.as_str(), package.license.as_deref()), ("acme", Some("MIT")));
        assert_eq!(audit.unexamined(), []);
    }
}

#[test]
fn many_small_pieces_are_as_much_as_one_large_one() {
    let piece = |number: usize| format!("{number} {}", "some text ".repeat(20));
    let comments = |count: usize| {
        Zip::of((0..count).map(|number| {
            Member::file(&format!("a{number}.txt"), b"")
                .with(|member| member.comment = piece(number).into_bytes())
        }))
        .bytes()
    };
    let records = |count: usize| {
        (0..count)
            .fold(Tar::package(), |tar, number| {
                tar.pax(&record("SCHILY.note", &piece(number)))
                    .file(&format!("package/dist/{number}.js"), b"")
            })
            .tgz()
    };
    for (name, few, many) in
        [("a.zip", comments(20), comments(200)), ("acme-1.0.0.tgz", records(20), records(200))]
    {
        assert_eq!(archive_rules(&audit(name, &few)), [""; 0], "{name}");
        assert_eq!(archive_rules(&audit(name, &many)), ["archive-trailing-data"], "{name}");
    }
}
