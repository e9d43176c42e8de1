//! What the program promises of its memory: the largest entry, and a fixed budget beside it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use zip::write::SimpleFileOptions;

/// Bytes that an entry may take beside its name, as long as its artifact is read.
const EACH: u64 = 2 << 10;
/// Bytes that are held whatever the artifact.
const FIXED: u64 = 64 << 20;

/// The most memory that the program has taken while it looked at these, as the system counts it.
fn peak(artifacts: &[PathBuf], jobs: u32) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_packgate"))
        .args(["check", "--jobs", &jobs.to_string()])
        .args(artifacts)
        .current_dir(artifacts[0].parent().unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    // It only ever grows, and what has ended has none.
    while child.try_wait().unwrap().is_none() {
        most = most.max(high_water(Path::new(&status)).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(most > 0, "it ended before its memory could be read");
    most
}

fn high_water(status: &Path) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? << 10)
}

fn zip_of(path: PathBuf, members: impl Iterator<Item = (String, Vec<u8>)>) -> PathBuf {
    let mut writer = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for (name, bytes) in members {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap();
    path
}

/// Lines that compress well and that nobody looks for.
fn lines(length: usize) -> Vec<u8> {
    b"a line of some length, and another one after it\n".iter().copied().cycle().take(length).collect()
}

/// How much more than for a tiny artifact.
fn held(artifacts: &[PathBuf], jobs: u32, tiny: &Path) -> u64 {
    peak(artifacts, jobs).saturating_sub(peak(&[tiny.to_owned()], jobs))
}

#[test]
fn many_entries_take_little_each_whatever_their_names() {
    const MEMBERS: u64 = 3_000;
    let folder = tempfile::tempdir().unwrap();
    let tiny = zip_of(folder.path().join("tiny.zip"), [("a".to_owned(), vec![])].into_iter());
    // Whether small things come to lie between large ones depends on their length.
    for length in [17, 33, 34, 65] {
        let name = |number| format!("{}/{number}.svg", "n".repeat(length));
        let members = (0..MEMBERS).map(|number| (name(number), format!("<svg>{number}</svg>").into_bytes()));
        let artifact = zip_of(folder.path().join(format!("{length}.zip")), members);
        let held = held(&[artifact], 1, &tiny);
        let most = (16 << 20) + MEMBERS * EACH;
        assert!(held < most, "{held} bytes for names of {length}, {most} at most");
    }
}

#[test]
fn large_entries_take_the_largest_and_the_budget() {
    const LARGE: usize = 6 << 20;
    let folder = tempfile::tempdir().unwrap();
    let tiny = zip_of(folder.path().join("tiny.zip"), [("a".to_owned(), vec![])].into_iter());
    let members = (0..24).map(|number| {
        let length = if number % 2 == 0 { LARGE } else { 100 };
        (format!("{number}.txt"), lines(length))
    });
    let artifact = zip_of(folder.path().join("large.zip"), members);
    for jobs in [1, 2, 8] {
        let held = held(std::slice::from_ref(&artifact), jobs, &tiny);
        let most = FIXED + LARGE as u64;
        assert!(held < most, "{held} bytes with {jobs} workers, {most} at most");
    }
}

#[test]
fn nothing_is_kept_of_artifacts_that_are_told_of() {
    const MEMBERS: u64 = 300;
    let folder = tempfile::tempdir().unwrap();
    let tiny = zip_of(folder.path().join("tiny.zip"), [("a".to_owned(), vec![])].into_iter());
    let artifacts: Vec<PathBuf> = (0..40)
        .map(|number| {
            let members = (0..MEMBERS).map(|member| (format!("some/folder/{member}.svg"), lines(300)));
            zip_of(folder.path().join(format!("{number}.zip")), members)
        })
        .collect();
    for jobs in [1, 2, 8] {
        let held = held(&artifacts, jobs, &tiny);
        let most = (16 << 20) + u64::from(jobs) * (MEMBERS * EACH + (2 << 20));
        assert!(held < most, "{held} bytes with {jobs} workers, {most} at most");
    }
}
