//! Bombs, built at run time, end within the limits and say so.

use std::io::Write;
use std::time::{Duration, Instant};

use packgate::audit::Audit;
use packgate::policy::Verdict;
use packgate::unpack::Limits;

use super::build::{Member, Tar, Zip, head, record};
use super::{audit_with, build};

const MIB: u64 = 1 << 20;

/// Limits at which a bomb goes off at once.
fn tight() -> Limits {
    Limits { entries: 500, entry: 4 * MIB, total: 24 * MIB, nested_total: 48 * MIB, ..Limits::default() }
}

fn audit(name: &str, bytes: &[u8], limits: Limits) -> Audit {
    let start = Instant::now();
    let audit = audit_with(name, bytes, |options| options.settings.limits = limits, 2);
    assert!(start.elapsed() < Duration::from_secs(60), "{name} took {:?}", start.elapsed());
    audit
}

#[track_caller]
fn goes_off(name: &str, bytes: &[u8], limits: Limits, why: &str) {
    let audit = audit(name, bytes, limits);
    assert_eq!(audit.verdict, Verdict::Incomplete);
    let told: Vec<_> = audit.unexamined().iter().map(|unexamined| unexamined.why.as_str()).collect();
    assert!(told.iter().any(|told| told.contains(why)), "expected {why:?}, got {told:?}");
}

/// A gzip of zeros without holding them.
fn zeros(size: u64, before: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(before).unwrap();
    let piece = vec![0; MIB as usize];
    for _ in 0..size / MIB {
        encoder.write_all(&piece).unwrap();
    }
    encoder.finish().unwrap()
}

/// Bounds with a ratio that deflate can exceed.
fn narrow() -> Limits {
    Limits { ratio: 200, ..Limits::default() }
}

#[test]
fn one_large_file() {
    let size = 64 * MIB as usize;
    let bomb = zeros(64 * MIB, &head("a/a", b'0', size));
    goes_off("a-1.0.0.tgz", &bomb, narrow(), "200 times its size");
    let roomy = Limits { ratio: u64::MAX, entry: 4 * MIB, ..Limits::default() };
    goes_off("a-1.0.0.tgz", &bomb, roomy, "larger than 4194304 bytes");
    goes_off(
        "a-1.0.0.tgz",
        &bomb,
        Limits { ratio: u64::MAX, entry: u64::MAX, ..tight() },
        "more than 25165824 bytes",
    );
    let whole = audit("a.tar.gz", &bomb, Limits { ratio: u64::MAX, ..Limits::default() });
    assert_eq!(whole.unexamined(), []);
}

#[test]
fn zeros_behind_the_end() {
    let bomb = zeros(64 * MIB, &Tar::package().0);
    goes_off("a-1.0.0.tgz", &bomb, narrow(), "200 times its size");
}

#[test]
fn what_is_behind_a_large_file_is_still_read() {
    let large = vec![b'x'; 5 * MIB as usize];
    let bomb = Tar::package().file("package/large", &large).file("package/z.js", b"z").tgz();
    let audit = audit("a-1.0.0.tgz", &bomb, Limits { ratio: u64::MAX, ..tight() });
    assert_eq!(audit.unexamined().len(), 1);
    assert_eq!(audit.unexamined()[0].place, "package/large");
    assert!(audit.inventory.entries.iter().any(|entry| entry.path == "package/z.js"));
}

#[test]
fn too_many_entries() {
    let mut tar = Tar::package();
    let mut zip = Zip::default();
    for number in 0..600 {
        tar = tar.file(&format!("package/{number}"), b"");
        zip.members.push(Member::stored(&format!("{number}"), b""));
    }
    goes_off("a-1.0.0.tgz", &tar.tgz(), tight(), "more than 500 entries");
    goes_off("a.zip", &zip.bytes(), tight(), "more than 500 entries");
}

#[test]
fn a_zip_of_large_files() {
    let member = |name: &str| Member::file(name, &vec![0; 16 * MIB as usize]);
    let bomb = Zip::of([member("a"), member("b"), member("c")]).bytes();
    goes_off("a.zip", &bomb, narrow(), "200 times its size");
    // What deflate can do of zeros is what ordinary arrays come to; the bytes are the bound.
    assert_eq!(audit("a.zip", &bomb, Limits::default()).unexamined(), []);
    goes_off("a.zip", &bomb, Limits { ratio: u64::MAX, ..tight() }, "larger than 4194304 bytes");
    goes_off(
        "a.zip",
        &bomb,
        Limits { ratio: u64::MAX, entry: u64::MAX, ..tight() },
        "more than 25165824 bytes",
    );
}

#[test]
fn members_over_one_another() {
    // The quoting bomb: each member's data is the next one's header and data.
    let kernel = Member::file("kernel", &vec![0; 4 * MIB as usize]);
    let mut zip = Zip::of([kernel.clone()]);
    for number in 0..100 {
        let name = format!("{number}");
        zip.members.push(kernel.clone().both(|said| said.name = name.clone().into()).with(|member| {
            member.stored = false;
            member.offset = Some(0);
        }));
    }
    let audit = audit("a.zip", &zip.bytes(), tight());
    assert_ne!(audit.verdict, Verdict::Pass);
    assert_eq!(audit.inventory.entries.len(), 0, "nothing was unpacked");
}

#[test]
fn archives_within_archives() {
    let mut bytes = b"const innermost = 1;\n".to_vec();
    for level in 0..12 {
        bytes = if level % 2 == 0 {
            Tar::default().file(&format!("package/{level}.zip"), &bytes).tgz()
        } else {
            Zip::of([Member::file(&format!("{level}.tgz"), &bytes)]).bytes()
        };
    }
    goes_off("a.zip", &bytes, Limits::default(), "nested");
}

#[test]
fn many_archives_that_are_large_together() {
    let leaf = Zip::of([Member::file("x", &vec![0; 3 * MIB as usize])]).bytes();
    let middle = Zip::of((0..10).map(|number| Member::stored(&format!("{number}.zip"), &leaf))).bytes();
    let bomb = Zip::of((0..10).map(|number| Member::stored(&format!("{number}.zip"), &middle))).bytes();
    let limits = Limits { ratio: u64::MAX, ..tight() };
    goes_off("a.zip", &bomb, limits, "those within it");
}

#[test]
fn extension_headers_hold_no_memory() {
    // A name of 64 MiB, of which no byte may be kept.
    let size = 64 * MIB as usize;
    let mut start = head("././@LongLink", b'L', size).to_vec();
    start.extend(b"package/");
    let bomb = zeros(64 * MIB, &start);
    goes_off("a-1.0.0.tgz", &bomb, Limits::default(), "larger than 1 MiB");
    let mut tar = Tar::package();
    for _ in 0..50 {
        tar = tar.entry("g", b'g', record("comment", &"x".repeat(500_000)).as_bytes());
    }
    let audit = audit("a-1.0.0.tgz", &tar.tgz(), Limits { ratio: u64::MAX, ..Limits::default() });
    assert_eq!(super::archive_rules(&audit), ["archive-trailing-data"]);
    assert!(audit.inventory.is_complete());
}

#[test]
fn a_very_long_name_is_refused() {
    let name = format!("package/{}", "a/".repeat(250_000));
    let tar = Tar::package().pax(&record("path", &name)).file("x", b"");
    goes_off("a-1.0.0.tgz", &tar.tgz(), Limits { ratio: u64::MAX, ..Limits::default() }, "longer than 4 KiB");
}

#[test]
fn a_claimed_size_costs_nothing() {
    let huge = Tar::package().block(head("package/a", b'0', 0o7_777_777_777)).tgz();
    goes_off(
        "a-1.0.0.tgz",
        &huge,
        Limits { entry: u64::MAX, total: u64::MAX, ..Limits::default() },
        "ends in the middle",
    );
}

#[test]
fn a_file_that_contains_itself_ends() {
    // A real quine needs hand-made deflate; a chain of copies up to the limit costs the same.
    let mut bytes = build::gzip(b"x");
    for _ in 0..40 {
        bytes = build::gzip(&bytes);
    }
    goes_off("a.gz", &bytes, Limits::default(), "nested");
}

#[test]
fn thousands_of_odd_names_stay_readable() {
    let mut tar = Tar::package();
    for number in 0..400 {
        tar = tar.file(&format!("package/a\\\u{1b}{number}:"), b"");
    }
    let audit = audit("a-1.0.0.tgz", &tar.tgz(), Limits::default());
    assert_ne!(audit.verdict, Verdict::Pass);
    let own = audit.findings.iter().filter(|judged| judged.finding.rule.starts_with("archive-")).count();
    assert!(own < 50, "{own}");
    assert!(audit.inventory.anomalies.len() < 1000, "{}", audit.inventory.anomalies.len());
}

/// A Zstandard frame with a window of two to this power, and blocks of one repeated byte and of this text.
fn zstd_frame(window_log: u8, repeated: usize, text: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (window_log - 10) << 3];
    let header =
        |last: usize, kind: usize, size: usize| ((size << 3 | kind << 1 | last) as u32).to_le_bytes();
    for _ in 0..repeated {
        frame.extend(&header(0, 1, 128 << 10)[..3]);
        frame.push(b' ');
    }
    frame.extend(&header(1, 0, text.len())[..3]);
    frame.extend(text);
    frame
}

#[test]
fn a_large_zstandard_window_is_no_bomb_by_itself() {
    let tarball = |zst: &[u8]| Tar::package().file("package/a.txt.zst", zst).tgz();
    for window_log in [20, 27, 28, 29] {
        let audit = audit("a-1.0.0.tgz", &tarball(&zstd_frame(window_log, 3, b"text\n")), Limits::default());
        assert_eq!(audit.unexamined(), [], "{window_log}");
        let inside = audit.inventory.entries.iter().find(|entry| entry.place == "package/a.txt.zst!a.txt");
        assert_eq!(inside.unwrap().size, (3 << 17) + 5, "{window_log}");
    }
    let larger = tarball(&zstd_frame(30, 0, b"text\n"));
    goes_off("a-1.0.0.tgz", &larger, Limits::default(), "a window of 1073741824 bytes");
    // The decoder would hold all of it before the limits see any.
    let bomb = tarball(&zstd_frame(28, 2000, b""));
    goes_off("a-1.0.0.tgz", &bomb, Limits::default(), "holds back more than its size allows");
    let bomb = tarball(&zstd_frame(23, 2000, b""));
    goes_off("a-1.0.0.tgz", &bomb, Limits::default(), "1100 times its size");
}

#[test]
fn a_zip_member_holds_no_more_than_it_says() {
    let told = b"text\n";
    let zip = |method, packed: Vec<u8>| Zip::of([Member::packed(b"a.txt", method, packed, told)]).bytes();
    // A window far beyond the content costs nothing, and streaming encoders ask for one.
    let honest = audit("a.zip", &zip(93, zstd_frame(27, 0, told)), Limits::default());
    assert_eq!(honest.unexamined(), []);
    let bomb = zip(93, zstd_frame(27, 900, told));
    goes_off("a.zip", &bomb, Limits::default(), "holds back more than its size allows");
    let frames = [zstd_frame(27, 0, told), zstd_frame(27, 0, told)].concat();
    goes_off("a.zip", &zip(93, frames), Limits::default(), "more bytes than the directory says");
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    xz.write_all(&vec![b' '; 4 * MIB as usize]).unwrap();
    goes_off(
        "a.zip",
        &zip(95, xz.finish().unwrap()),
        Limits::default(),
        "more bytes than the directory says",
    );
}

#[test]
fn what_comes_behind_a_reached_limit_is_not_even_opened() {
    let inner = Zip::of([Member::file("x", &vec![0; 3 * MIB as usize])]).bytes();
    let mut tar = Tar::package();
    for number in 0..40 {
        tar = tar.file(&format!("package/dist/{number}.zip"), &inner);
    }
    let limits = Limits { ratio: u64::MAX, nested_total: 20 * MIB, ..Limits::default() };
    goes_off("a-1.0.0.tgz", &tar.tgz(), limits, "a limit was reached before this archive was opened");
}

#[test]
fn a_small_artifact_may_not_unpack_to_much_over_all_levels() {
    // Each of these is given up before it has produced anything; it cost its share all the same.
    let frame = zstd_frame(27, 200, b"");
    let mut tar = Tar::package();
    for number in 0..40 {
        tar = tar.file(&format!("package/dist/{number}.zst"), &frame);
    }
    goes_off(
        "a-1.0.0.tgz",
        &tar.tgz(),
        Limits::default(),
        "a limit was reached before this archive was opened",
    );
}

#[test]
fn many_long_names_are_refused() {
    let name = |number: usize| format!("{number}/{}x", "a-folder-of-a-long-path/".repeat(100));
    let zip = Zip::of((0..8000).map(|number| Member::stored(&name(number), b"")));
    goes_off("a.zip", &zip.bytes(), Limits::default(), "the names of the entries take more than");
}

#[test]
fn a_member_of_very_many_extra_fields_is_refused() {
    let fields = build::extra(0xcafe, b"").repeat(16_000);
    let zip = Zip::of([Member::file("a", b"a").both(|said| said.extra = fields.clone())]);
    goes_off("a.zip", &zip.bytes(), Limits::default(), "more extra fields than any tool writes");
}

/// Where and why something could not be examined.
fn told(audit: &Audit) -> Vec<(&str, &str)> {
    audit.unexamined().iter().map(|unexamined| (unexamined.place.as_str(), unexamined.why.as_str())).collect()
}

#[test]
fn what_happens_inside_an_entry_is_told_once_and_there() {
    let limits = || Limits { entry: MIB, ratio: u64::MAX, total: 3 * MIB, ..Limits::default() };
    let large = vec![b' '; 2 * MIB as usize];
    let larger = Tar::package().file("package/a", &vec![b' '; 4 * MIB as usize]);
    let nested = Tar::package().file("package/b.gz", &build::gzip(&large)).tgz();
    let cut_off = |mut bytes: Vec<u8>| {
        bytes.truncate(bytes.len() - 700);
        bytes
    };
    let cut_inside = cut_off(Tar::package().file("package/c", &[b'c'; 3000]).0);
    let cut_between = Tar::package().file("package/c", b"c").0;
    let nested_cut = Tar::package().file("package/d.tar", &cut_inside).tgz();
    for (name, bytes, place, why) in [
        ("a-1.0.0.tgz", larger.tgz(), "package/a", "unpacks to more than 3145728 bytes"),
        ("a-1.0.0.tgz", nested, "package/b.gz!b", "larger than 1048576 bytes"),
        ("a-1.0.0.tgz", build::gzip(&cut_inside), "package/c", "in the middle of this entry"),
        ("a-1.0.0.tar", cut_between, "", ""),
        ("a-1.0.0.tgz", nested_cut, "package/d.tar!package/c", "in the middle of this entry"),
    ] {
        let audit = audit(name, &bytes, limits());
        assert_eq!(audit.verdict, Verdict::Incomplete);
        let told = told(&audit);
        assert!(matches!(told.as_slice(), [(at, told)] if *at == place && told.contains(why)), "{told:?}");
    }
}
