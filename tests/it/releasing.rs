//! The scripts of a release, and those that fetch one, tried without a network.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::clients;
use crate::installs::{Server, binaries, repository, run, told};

/// Every platform that is released.
const TARGETS: [&str; 6] = [
    "aarch64-apple-darwin",
    "aarch64-pc-windows-msvc",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-linux-musl",
];

fn archive(target: &str) -> String {
    format!("packgate-{target}.{}", if target.contains("windows") { "zip" } else { "tar.gz" })
}

#[test]
fn a_rehearsal_gives_the_same_archives_twice_and_they_pass() {
    if !clients::have(&["bash", "node", "npm", "strip", "tar", "gzip"]) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let program = binaries(folder.path()).join(&target).join("packgate");
    let out = folder.path().join("out");
    run(Command::new("bash")
        .arg(repository("release/rehearse"))
        .arg(&out)
        .arg("--quick")
        .arg(&program)
        .env("SOURCE_DATE_EPOCH", "1700000000"));

    let list = run(Command::new("tar").arg("-tzf").arg(out.join("artifacts").join(archive(&target))));
    let list = String::from_utf8(list.stdout).unwrap();
    for file in ["packgate", "LICENSE-MIT", "LICENSE-APACHE", "man/packgate.1", "completions/_packgate"] {
        assert!(list.lines().any(|line| line == format!("packgate-{target}/{file}")), "{file}: {list}");
    }

    let artifacts: Vec<PathBuf> =
        std::fs::read_dir(out.join("artifacts")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(artifacts.len(), 3, "{artifacts:?}");
    let verdict = Command::new("bash")
        .arg(repository("release/audit"))
        .arg(&program)
        .args(["--format", "json", "--"])
        .args(&artifacts)
        .output()
        .unwrap();
    let report: Value =
        serde_json::from_slice(&verdict.stdout).unwrap_or_else(|_| panic!("{}", told(&verdict)));
    let artifacts = report["artifacts"].as_array().unwrap();
    let findings = artifacts.iter().flat_map(|artifact| artifact["findings"].as_array().unwrap());
    let rules: BTreeSet<&str> = findings.map(|finding| finding["rule"].as_str().unwrap()).collect();
    // Only the builds of a release leave out where they were made, and Rust's 34 bytes for debuggers.
    assert!(rules.is_subset(&BTreeSet::from(["local-path", "debug-info"])), "{rules:?}\n{}", told(&verdict));
    assert_eq!(report["summary"]["incomplete"], 0);
}

#[test]
fn manifests_name_every_archive() {
    let folder = TempDir::new().unwrap();
    let sum = |target: &str| format!("{:0>64}", target.len() * 7);
    let sums: String =
        TARGETS.iter().map(|target| format!("{}  {}\n", sum(target), archive(target))).collect();
    let script = || {
        let mut command = Command::new("bash");
        command
            .arg(repository("release/manifests"))
            .arg("1.2.3")
            .arg(folder.path())
            .arg(folder.path().join("out"));
        command.output().unwrap()
    };
    std::fs::write(folder.path().join("sha256.sum"), sums.lines().next().unwrap()).unwrap();
    assert_eq!(script().status.code(), Some(2));
    std::fs::write(folder.path().join("sha256.sum"), sums).unwrap();
    let output = script();
    assert!(output.status.success(), "{}", told(&output));

    let read = |name: &str| std::fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    for target in TARGETS {
        let files: &[&str] = if target.contains("windows") {
            &["packgate.json", "packgate.packgate.installer.yaml"]
        } else {
            &["packgate.rb"]
        };
        for file in files {
            let text = read(file);
            assert!(text.contains(&format!("/download/v1.2.3/{}", archive(target))), "{file}: {target}");
            assert!(text.contains(&sum(target)), "{file}: {target}");
        }
    }
    let scoop: Value = serde_json::from_str(&read("packgate.json")).unwrap();
    assert_eq!(scoop["version"], "1.2.3");
}

/// All lists of platforms are one list.
#[test]
fn every_place_that_names_platforms_names_the_same() {
    let workflow = std::fs::read_to_string(repository(".github/workflows/release.yml")).unwrap();
    let installers = [repository("install.sh"), repository("action/install.sh")];
    let [script, action] = installers.map(|path| std::fs::read_to_string(path).unwrap());
    let npm = std::fs::read_to_string(repository("npm/build.mjs")).unwrap();
    for target in TARGETS {
        assert!(workflow.contains(&format!("- {target}\n")), "release.yml: {target}");
        assert!(action.contains(target), "action/install.sh: {target}");
        assert!(script.contains(target) || target.contains("windows"), "install.sh: {target}");
        let cpu = if target.starts_with("x86_64") { "x64" } else { "arm64" };
        let system = ["linux", "darwin", "windows"].into_iter().find(|name| target.contains(name)).unwrap();
        let platform = format!("\"{}-{cpu}\"", system.replace("windows", "win32"));
        assert!(npm.contains(&platform), "npm/build.mjs: {platform}");
    }
}

#[test]
fn workflows_are_pinned_and_ask_for_little() {
    if clients::have(&["zizmor", "check-jsonschema"]) {
        run(Command::new("zizmor")
            .args(["--offline", "--no-progress", "--quiet", ".github/workflows", "action.yml"])
            .current_dir(repository("")));
        run(Command::new("check-jsonschema")
            .args(["--builtin-schema", "vendor.github-workflows", ".github/workflows/ci.yml"])
            .arg(".github/workflows/release.yml")
            .current_dir(repository("")));
    }
}

/// An archive that is laid out like a release's, with a program that only says its version, and its checksum.
fn release(folder: &Path) -> String {
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    let inside = folder.join(format!("packgate-{target}"));
    std::fs::create_dir_all(&inside).unwrap();
    script(&inside.join("packgate"), "echo packgate 9.9.9");
    run(Command::new("tar")
        .arg("-czf")
        .arg(archive(&target))
        .arg(inside.file_name().unwrap())
        .current_dir(folder));
    std::fs::remove_dir_all(inside).unwrap();
    let sums = run(Command::new("sha256sum").arg(archive(&target)).current_dir(folder)).stdout;
    std::fs::write(folder.join("sha256.sum"), sums).unwrap();
    archive(&target)
}

fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_installer_installs_what_its_checksum_holds_for() {
    if !clients::have(&["python3", "curl", "tar", "sha256sum"]) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let files = folder.path().join("releases/download/v9.9.9");
    std::fs::create_dir_all(&files).unwrap();
    let archive = files.join(release(&files));
    let server = Server::start(|port| {
        let mut command = Command::new("python3");
        command
            .args(["-m", "http.server", "--bind", "127.0.0.1", &port.to_string()])
            .current_dir(folder.path());
        command
    });
    let install = |into: &str, version: &str| {
        Command::new("sh")
            .arg(repository("install.sh"))
            .arg(version)
            .env("PACKGATE_DOWNLOAD", format!("{}releases", server.url))
            .env("PACKGATE_INSTALL_DIR", folder.path().join(into))
            .env("no_proxy", "*")
            .output()
            .unwrap()
    };
    let output = install("good", "9.9.9");
    assert!(output.status.success() && told(&output).contains("packgate 9.9.9 is in"), "{}", told(&output));
    assert_eq!(std::fs::read_dir(folder.path().join("good")).unwrap().count(), 1);
    assert!(!install("absent", "1.0.0").status.success());

    let mut bytes = std::fs::read(&archive).unwrap();
    bytes.push(0);
    std::fs::write(&archive, bytes).unwrap();
    let output = install("changed", "9.9.9");
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("is not what sha256.sum says"), "{}", told(&output));
    assert!(!folder.path().join("absent").exists() && !folder.path().join("changed").exists());
}

/// The action's installer with stand-ins for GitHub's client, Cargo, and the name of the machine.
struct Runner {
    folder: TempDir,
}

impl Runner {
    fn new(attested: bool, machine: &str) -> Self {
        let runner = Self { folder: TempDir::new().unwrap() };
        let (files, bin) = (runner.path("files"), runner.path("bin"));
        std::fs::create_dir_all(&files).unwrap();
        std::fs::create_dir_all(&bin).unwrap();
        release(&files);
        let verdict = if attested { 0 } else { 1 };
        script(
            &bin.join("gh"),
            &format!(
                "echo \"$*\" >> \"$RUNNER_TEMP/calls\"\ncase $1 in\n  release) cp {files}/* \"$RUNNER_TEMP/packgate\" ;;\n  \
                 attestation) exit {verdict} ;;\nesac",
                files = files.display()
            ),
        );
        script(
            &bin.join("cargo"),
            "mkdir -p \"$RUNNER_TEMP/packgate/bin\"\n\
             printf '#!/bin/sh\\necho built\\n' > \"$RUNNER_TEMP/packgate/bin/packgate\"\n\
             chmod +x \"$RUNNER_TEMP/packgate/bin/packgate\"",
        );
        script(&bin.join("uname"), &format!("case $1 in -s) echo Linux ;; *) echo {machine} ;; esac"));
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    fn install(&self, from: &str) -> Output {
        let mut path = vec![self.path("bin")];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        Command::new("bash")
            .arg(repository("action/install.sh"))
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("RUNNER_TEMP", self.folder.path())
            .env("GITHUB_PATH", self.path("github-path"))
            .env("GITHUB_ACTION_PATH", repository(""))
            .env("PACKGATE_INSTALL", from)
            .env("PACKGATE_VERSION", "9.9.9")
            .output()
            .unwrap()
    }
}

#[test]
fn the_action_installs_what_is_attested_and_falls_back_only_without_a_program() {
    if !clients::have(&["bash", "tar", "sha256sum"]) {
        return;
    }
    let machine = std::env::consts::ARCH;
    let runner = Runner::new(true, machine);
    let output = runner.install("auto");
    assert!(output.status.success() && told(&output).contains("packgate 9.9.9"), "{}", told(&output));
    assert!(
        runner.read("calls").contains("--signer-workflow packgate/packgate/.github/workflows/release.yml")
    );
    assert!(runner.read("github-path").trim_end().ends_with("-unknown-linux-musl"));

    let runner = Runner::new(false, machine);
    let output = runner.install("auto");
    assert!(!output.status.success() && runner.read("github-path").is_empty(), "{}", told(&output));

    let runner = Runner::new(true, machine);
    let changed = runner.read("files/sha256.sum").replacen(|first: char| first.is_ascii_hexdigit(), "z", 1);
    std::fs::write(runner.path("files/sha256.sum"), changed).unwrap();
    let output = runner.install("auto");
    assert!(!output.status.success() && runner.read("github-path").is_empty(), "{}", told(&output));
    assert!(!runner.read("calls").contains("attestation"));

    let runner = Runner::new(true, "sparc64");
    let output = runner.install("auto");
    assert!(output.status.success() && told(&output).contains("built"), "{}", told(&output));
    assert!(!runner.install("release").status.success());
}
