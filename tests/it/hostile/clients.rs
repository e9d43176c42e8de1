//! The real clients as the oracle: where two of them read different files from an archive, packgate has
//! said something against it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use crate::clients::{have, readers};

use super::{archive_rules, audit, tar, zip};

/// Path to digest of content; `None` where the client refuses the archive.
type Files = Option<BTreeMap<String, String>>;
/// What one client makes of each archive, by file name.
type Listing = BTreeMap<String, Files>;

/// Writes archives into a folder, numbered, and says which name is which case.
fn lay_out(
    cases: &[(&'static str, Vec<u8>)],
    suffix: &str,
) -> (tempfile::TempDir, BTreeMap<String, (usize, &'static str)>) {
    let folder = tempfile::tempdir().unwrap();
    let mut names = BTreeMap::new();
    for (number, (case, bytes)) in cases.iter().enumerate() {
        let name = format!("{number:04}{suffix}");
        std::fs::write(folder.path().join(&name), bytes).unwrap();
        names.insert(name, (number, *case));
    }
    (folder, names)
}

fn listing(command: &mut Command) -> Listing {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// npm's own tar module.
fn node_tar(folder: &Path) -> Listing {
    let root = Command::new("npm").args(["root", "--global"]).output().unwrap();
    let modules = String::from_utf8(root.stdout).unwrap();
    listing(Command::new("node").arg(readers().join("read-tar.mjs")).arg(modules.trim()).arg(folder))
}

/// Python's `tarfile` and `zipfile`.
fn python(folder: &Path) -> Listing {
    listing(Command::new("python3").arg(readers().join("read_archives.py")).arg(folder))
}

/// A program that extracts into a folder.
fn extracted(folder: &Path, strip: bool, command: impl Fn(&Path, &Path) -> Command) -> Listing {
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut listing = Listing::new();
    for archive in names {
        let into = tempfile::tempdir().unwrap();
        let output = command(&archive, into.path()).stdin(Stdio::null()).output().unwrap();
        let mut files = BTreeMap::new();
        collect(into.path(), into.path(), strip, &mut files);
        let name = archive.file_name().unwrap().to_str().unwrap().to_owned();
        listing.insert(name, output.status.success().then_some(files));
    }
    listing
}

fn collect(root: &Path, folder: &Path, strip: bool, files: &mut BTreeMap<String, String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let kind = path.symlink_metadata().unwrap().file_type();
        if kind.is_dir() {
            collect(root, &path, strip, files);
        } else if kind.is_file() {
            let below = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let below =
                if strip { below.split_once('/').map(|(_, rest)| rest.to_owned()) } else { Some(below) };
            let content = std::fs::read(&path).unwrap_or_default();
            files.extend(below.map(|below| (below, hex(&Sha256::digest(&content)))));
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Cases on which clients disagree and of which packgate says nothing.
fn unsaid(
    file_name: &str,
    cases: &[(&'static str, Vec<u8>)],
    names: &BTreeMap<String, (usize, &'static str)>,
    clients: &[(&str, Listing)],
) -> (usize, Vec<String>) {
    let mut disputed = 0;
    let mut unsaid = Vec::new();
    for (name, (number, case)) in names {
        let trees: Vec<(&str, &BTreeMap<String, String>)> =
            clients.iter().filter_map(|(client, listing)| Some((*client, listing[name].as_ref()?))).collect();
        let agreed = trees.windows(2).all(|pair| pair[0].1 == pair[1].1);
        disputed += usize::from(!agreed);
        let audit = audit(file_name, &cases[*number].1);
        let said = !archive_rules(&audit).is_empty() || !audit.skipped().is_empty();
        if !agreed && !said {
            unsaid.push(format!("{case}: {trees:#?}"));
        }
    }
    (disputed, unsaid)
}

#[test]
fn of_tarballs() {
    if !have(&["npm", "node", "python3", "tar"]) {
        return;
    }
    let cases: Vec<_> = tar::cases().into_iter().map(|(case, _, bytes)| (case, bytes)).collect();
    let (folder, names) = lay_out(&cases, ".tgz");
    let gnu = extracted(folder.path(), true, |archive, into| {
        let mut command = Command::new("tar");
        command
            .arg("-xzf")
            .arg(archive)
            .arg("-C")
            .arg(into)
            .args(["--no-same-owner", "--no-same-permissions"]);
        command
    });
    let clients = [("npm", node_tar(folder.path())), ("python", python(folder.path())), ("GNU tar", gnu)];
    let (disputed, unsaid) = unsaid("acme-1.0.0.tgz", &cases, &names, &clients);
    assert!(
        disputed > 30,
        "only {disputed} of {} are read differently: are the clients asked at all?",
        cases.len()
    );
    assert!(unsaid.is_empty(), "{}", unsaid.join("\n"));
}

#[test]
fn of_wheels() {
    if !have(&["python3"]) || Command::new("unzip").arg("-v").output().is_err() {
        return;
    }
    let cases: Vec<_> = zip::cases().into_iter().map(|(case, _, bytes)| (case, bytes)).collect();
    let (folder, names) = lay_out(&cases, ".whl");
    let unzip = extracted(folder.path(), false, |archive, into| {
        let mut command = Command::new("timeout");
        command.args(["5", "unzip", "-o", "-q", "-P", "x"]).arg(archive).arg("-d").arg(into);
        command
    });
    let clients = [("python", python(folder.path())), ("unzip", unzip)];
    let (disputed, unsaid) = unsaid("acme-1.0.0-py3-none-any.whl", &cases, &names, &clients);
    assert!(
        disputed > 5,
        "only {disputed} of {} are read differently: are the clients asked at all?",
        cases.len()
    );
    assert!(unsaid.is_empty(), "{}", unsaid.join("\n"));
}
