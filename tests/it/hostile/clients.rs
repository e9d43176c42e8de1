//! The real clients as the oracle: each archive is extracted with each of them, and where two see different
//! files, or packgate sees others than they do, packgate has said something against the archive that stops it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use packgate::audit::{Audit, Auditor, Options};
use packgate::settings::Level;
use sha2::{Digest, Sha256};

use crate::clients::{have, have_silent, readers};

use super::index::uv_from_index;
use super::{tar, zip};

/// Path to the digest of what is there.
pub(super) type Tree = BTreeMap<String, String>;

/// Something that extracts archives.
struct Client {
    name: &'static str,
    /// Whether it drops the first folder of each path by itself.
    strips: bool,
    /// Extracts each archive into the folder of its number below the given one; says which ones it refuses.
    extract: fn(&[PathBuf], &Path) -> BTreeSet<usize>,
}

const OF_TARBALLS: &[Client] = &[
    Client { name: "npm", strips: true, extract: npm },
    Client { name: "cargo", strips: false, extract: cargo },
    Client { name: "tarfile", strips: false, extract: |archives, out| python("tarfile", archives, out) },
    Client { name: "pip", strips: true, extract: |archives, out| python("pip-unpack", archives, out) },
    Client { name: "GNU tar", strips: false, extract: gnu_tar },
    Client { name: "bsdtar", strips: false, extract: bsdtar },
];

const OF_WHEELS: &[Client] = &[
    Client { name: "zipfile", strips: false, extract: |archives, out| python("zipfile", archives, out) },
    Client { name: "pip", strips: false, extract: |archives, out| python("pip-install", archives, out) },
    Client { name: "uv", strips: false, extract: uv },
    Client { name: "zip crate", strips: false, extract: zip_crate },
    Client { name: "unzip", strips: false, extract: unzip },
    Client { name: "bsdtar", strips: false, extract: bsdtar },
    Client { name: "7-Zip", strips: false, extract: seven_zip },
    Client { name: "uv from an index", strips: false, extract: uv_from_index },
    Client { name: "Java", strips: false, extract: |archives, out| java("file", archives, out) },
    Client { name: "Java's stream", strips: false, extract: |archives, out| java("stream", archives, out) },
    Client { name: "Go", strips: false, extract: |archives, out| go("zip", archives, out) },
];

/// Whether a client is there that need not be: a development kit is large.
pub(super) fn is_there(client: &str) -> bool {
    let answers = |program: &str, argument: &str| {
        Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
    };
    match client {
        "Java" | "Java's stream" => answers("javac", "--version"),
        "Go" => answers("go", "version"),
        _ => true,
    }
}

/// What pip and uv write into a wheel's own folder when they install it.
const WRITTEN_BY_INSTALLERS: [&str; 5] =
    ["RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"];

/// npm's way of unpacking, with its own modules.
pub(super) fn npm(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    let root = Command::new("npm").args(["root", "--global"]).output().unwrap();
    let modules = String::from_utf8(root.stdout).unwrap();
    let mut node = Command::new("node");
    refused_by(node.arg(readers().join("extract.mjs")).arg(modules.trim()).arg(out).args(archives))
}

pub(super) fn python(client: &str, archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    refused_by(Command::new("python3").arg(readers().join("extract.py")).arg(client).arg(out).args(archives))
}

/// Java's own reader, by the directory or as a stream.
pub(super) fn java(way: &str, archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    refused_by(Command::new("java").arg(readers().join("Extract.java")).arg(way).arg(out).args(archives))
}

/// Go's own reader of zips or tars.
pub(super) fn go(of: &str, archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    let mut run = Command::new("go");
    refused_by(
        run.env("GO111MODULE", "off")
            .arg("run")
            .arg(readers().join("extract.go"))
            .arg(of)
            .arg(out)
            .args(archives),
    )
}

fn refused_by(script: &mut Command) -> BTreeSet<usize> {
    let output = script.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// As cargo unpacks a crate: the `tar` crate over the first member of the gzip data.
fn cargo(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    each(archives, out, |archive, into| {
        let plain = flate2::read::GzDecoder::new(std::fs::File::open(archive).unwrap());
        ::tar::Archive::new(plain).unpack(into).is_ok()
    })
}

fn zip_crate(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    each(archives, out, |archive, into| {
        let opened = ::zip::ZipArchive::new(std::fs::File::open(archive).unwrap());
        opened.is_ok_and(|mut opened| opened.extract(into).is_ok())
    })
}

pub(super) fn gnu_tar(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    run_each(archives, out, "tar", |command, archive, into| {
        command
            .arg("-xzf")
            .arg(archive)
            .arg("-C")
            .arg(into)
            .args(["--no-same-owner", "--no-same-permissions"]);
    })
}

pub(super) fn bsdtar(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    run_each(archives, out, "bsdtar", |command, archive, into| {
        command
            .arg("-xf")
            .arg(archive)
            .arg("-C")
            .arg(into)
            .args(["--no-same-owner", "--no-same-permissions"]);
    })
}

pub(super) fn seven_zip(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    run_each(archives, out, "7z", |command, archive, into| {
        command.args(["x", "-y", "-bd", "-px"]).arg(format!("-o{}", into.display())).arg(archive);
    })
}

pub(super) fn unzip(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    run_each(archives, out, "unzip", |command, archive, into| {
        command.args(["-o", "-q", "-P", "x"]).arg(archive).arg("-d").arg(into);
    })
}

/// What is unpacked at the root, where the rest of the package can be read, too.
pub(super) fn dpkg_deb(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    each(archives, out, |archive, into| {
        let run = |how: &str, into: &Path| {
            let mut command = bounded("dpkg-deb");
            command.arg(how).arg(archive).arg(into).output().unwrap().status.success()
        };
        let control = into.with_extension("control");
        let read = run("--extract", into) && run("--control", &control);
        let _ = std::fs::remove_dir_all(control);
        read
    })
}

pub(super) fn uv(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    run_each(archives, out, "uv", |command, archive, into| {
        command.args(["pip", "install", "--quiet", "--no-deps", "--offline", "--no-config"]);
        // What uv knows of Python may be kept; the archives have paths of their own.
        command.arg("--cache-dir").arg(into.with_file_name("cache"));
        command.args(["--python", "python3", "--target"]).arg(into).arg(archive);
    })
}

/// A program that is ended if it reads without end: by its own time, since others may keep the machine busy.
pub(super) fn bounded(program: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -t 30 && exec \"$0\" \"$@\"", program]).stdin(Stdio::null());
    command
}

/// Runs a program for each archive.
fn run_each(
    archives: &[PathBuf],
    out: &Path,
    program: &str,
    arguments: fn(&mut Command, &Path, &Path),
) -> BTreeSet<usize> {
    each(archives, out, |archive, into| {
        let mut command = bounded(program);
        arguments(&mut command, archive, into);
        command.output().unwrap().status.success()
    })
}

fn each(archives: &[PathBuf], out: &Path, extract: impl Fn(&Path, &Path) -> bool) -> BTreeSet<usize> {
    let refuses = |(number, archive): (usize, &PathBuf)| {
        let into = out.join(number.to_string());
        std::fs::create_dir(&into).unwrap();
        (!extract(archive, &into)).then_some(number)
    };
    archives.iter().enumerate().filter_map(refuses).collect()
}

/// What lies in a folder that a client wrote.
pub(super) fn collect(root: &Path, folder: &Path, strip: bool, tree: &mut Tree) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let kind = path.symlink_metadata().unwrap().file_type();
        let below = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if kind.is_dir() {
            collect(root, &path, strip, tree);
        } else if kind.is_symlink() {
            enter(below, format!("-> {}", path.read_link().unwrap().display()), strip, tree);
        } else if kind.is_file() {
            let content = std::fs::read(&path).unwrap_or_default();
            enter(below, hex(&Sha256::digest(&content)), strip, tree);
        }
    }
}

fn enter(path: String, digest: String, strip: bool, tree: &mut Tree) {
    let kept = if strip { path.split_once('/').map(|(_, rest)| rest.to_owned()) } else { Some(path) };
    let own = |path: &String| {
        path.rsplit_once(".dist-info/").is_some_and(|(_, name)| WRITTEN_BY_INSTALLERS.contains(&name))
    };
    tree.extend(kept.filter(|path| !own(path) && path != ".lock").map(|path| (path, digest)));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What packgate sees, as a tree.
fn seen_by_packgate(audit: &Audit, strip: bool) -> Tree {
    let mut tree = Tree::new();
    for entry in audit.inventory.top_files() {
        enter(entry.path.clone(), entry.sha256.clone().unwrap_or_default(), strip, &mut tree);
    }
    tree
}

/// Whether packgate stops the archive for what it is, and not for what is in it.
pub(super) fn is_stopped(audit: &Audit) -> bool {
    let stops = |judged: &packgate::policy::Judged| {
        judged.finding.rule.starts_with("archive-") && judged.level == Level::Error
    };
    !audit.unexamined().is_empty() || audit.findings.iter().any(stops)
}

/// Who sees what, a line for each path on which they differ.
fn differences(trees: &BTreeMap<&str, Tree>) -> String {
    let paths: BTreeSet<&String> = trees.values().flat_map(Tree::keys).collect();
    let mut told = String::new();
    for path in paths {
        let seen =
            |tree: &Tree| tree.get(path).map_or("-".to_owned(), |digest| digest.chars().take(12).collect());
        let seen: Vec<(&str, String)> = trees.iter().map(|(client, tree)| (*client, seen(tree))).collect();
        if seen.windows(2).any(|pair| pair[0].1 != pair[1].1) {
            let _ = write!(told, "\n    {path:?}:");
            for (client, digest) in seen {
                let _ = write!(told, " {client} {digest};");
            }
        }
    }
    told
}

/// Extracts all cases with all clients and holds the trees against one another and against packgate's.
fn hold_against(
    clients: &'static [Client],
    file_name: &str,
    cases: &[(&'static str, Vec<u8>)],
    least_disputed: usize,
) {
    let strip = file_name.ends_with(".tgz");
    let folder = tempfile::tempdir().unwrap();
    let archives: Vec<PathBuf> =
        (0..cases.len()).map(|number| folder.path().join(format!("in/{number}")).join(file_name)).collect();
    for (archive, (_, bytes)) in archives.iter().zip(cases) {
        std::fs::create_dir_all(archive.parent().unwrap()).unwrap();
        std::fs::write(archive, bytes).unwrap();
    }
    let extract = &|client: &'static Client| {
        let out = folder.path().join(client.name);
        std::fs::create_dir(&out).unwrap();
        let refused = (client.extract)(&archives, &out);
        assert!(refused.len() < cases.len(), "{} refuses everything", client.name);
        (client, out, refused)
    };
    let extracted: Vec<(&Client, PathBuf, BTreeSet<usize>)> = std::thread::scope(|scope| {
        let there = clients.iter().filter(|client| is_there(client.name));
        let running: Vec<_> = there.map(|client| scope.spawn(move || extract(client))).collect();
        running.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let auditor = Auditor::new(Options::default().keep_entries(true).digests(true));
    let mut disputed = 0;
    let mut unsaid = Vec::new();
    for (number, (case, _)) in cases.iter().enumerate() {
        let mut trees = BTreeMap::new();
        for (client, out, _) in extracted.iter().filter(|(.., refused)| !refused.contains(&number)) {
            let mut tree = Tree::new();
            let out = out.join(number.to_string());
            collect(&out, &out, strip && !client.strips, &mut tree);
            trees.insert(client.name, tree);
        }
        disputed += usize::from(!differences(&trees).is_empty());
        let audit = auditor.audit(&archives[number], 1).unwrap();
        if !is_stopped(&audit) {
            trees.insert("packgate", seen_by_packgate(&audit, strip));
            let differences = differences(&trees);
            if !differences.is_empty() {
                unsaid.push(format!("{case} (number {number}):{differences}"));
            }
        }
    }
    assert!(
        disputed >= least_disputed,
        "only {disputed} of {} archives are read differently: are the clients asked at all?",
        cases.len()
    );
    assert!(unsaid.is_empty(), "{}", unsaid.join("\n"));
}

#[test]
fn of_tarballs() {
    if !have(&["npm", "node", "python3", "tar", "bsdtar"]) {
        return;
    }
    let cases: Vec<_> = tar::cases().into_iter().map(|(case, _, bytes)| (case, bytes)).collect();
    hold_against(OF_TARBALLS, "acme-1.0.0.tgz", &cases, 40);
}

#[test]
fn of_wheels() {
    if !have(&["python3", "uv", "bsdtar"]) || !have_silent("unzip") || !have_silent("7z") {
        return;
    }
    let cases: Vec<_> = zip::cases().into_iter().map(|(case, _, bytes)| (case, bytes)).collect();
    hold_against(OF_WHEELS, "acme-1.0.0-py3-none-any.whl", &cases, 10);
}
