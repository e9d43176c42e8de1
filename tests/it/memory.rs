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

/// Artifacts that are much to hold: in one entry, in many, in archives within archives, in encodings within texts.
fn much(folder: &Path) -> Vec<PathBuf> {
    const LARGE: usize = 48 << 20;
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let text = lines(LARGE);
    let mut nested = text.clone();
    for _ in 0..4 {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file("inner.zip", stored).unwrap();
        writer.write_all(&nested).unwrap();
        nested = writer.finish().unwrap().into_inner();
    }
    let pairs: Vec<u8> = text.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
    let map = |number| {
        let map =
            format!(r#"{{"version":3,"sources":["../src/{number}.ts"],"sourcesContent":["let a{number}"]}}"#);
        (format!("lib/{number}.js.map"), map.into_bytes())
    };
    let one = |name: &str, bytes: Vec<u8>| {
        zip_of(folder.join(format!("{name}.zip")), [("a.txt".to_owned(), bytes)].into_iter())
    };
    let mut tarball =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_ustar();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    tarball.append_data(&mut header, "package/a.txt", text.as_slice()).unwrap();
    let stream = folder.join("stream.tgz");
    fs::write(&stream, tarball.into_inner().unwrap().finish().unwrap()).unwrap();
    vec![
        one("text", text),
        one("nested", nested),
        one("hexadecimal", pairs),
        zip_of(folder.join("maps.zip"), (0..30_000).map(map)),
        stream,
    ]
}

#[test]
fn what_does_not_fit_is_told_and_the_program_lives() {
    let folder = tempfile::tempdir().unwrap();
    let artifacts = much(folder.path());
    let limit = 256 << 20;
    for jobs in ["1", "4"] {
        // As it is loaded for tests, the program itself is larger than what is released.
        let room = (limit >> 10) + (64 << 10);
        let output = Command::new("sh")
            .arg("-c")
            .arg(format!("ulimit -v {room} && exec \"$@\""))
            .args(["sh", env!("CARGO_BIN_EXE_packgate"), "check", "--format", "ndjson", "--jobs", jobs])
            .args(["--memory-limit", &limit.to_string()])
            .args(&artifacts)
            .current_dir(folder.path())
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        assert_eq!(lines.lines().count(), artifacts.len());
        for line in lines.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let skipped = line["skipped"].as_array().unwrap();
            let is_told = skipped.iter().any(|part| part["why"].as_str().unwrap().contains("--memory-limit"));
            let is_limit = skipped.iter().any(|part| part["why"].as_str().unwrap().contains("limit"));
            assert!(is_told || is_limit, "{line:#}");
            assert_eq!(line["verdict"], "incomplete");
        }
    }
}
