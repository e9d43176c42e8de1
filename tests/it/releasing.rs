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
    if !clients::have(&["bash", "node", "npm", "python3", "strip", "tar", "gzip"]) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let program =
        binaries(folder.path()).join(format!("{}-unknown-linux-gnu/packgate", std::env::consts::ARCH));
    let out = folder.path().join("out");
    run(Command::new("bash")
        .arg(repository("release/rehearse"))
        .arg(&out)
        .arg("--quick")
        .arg(&program)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .env("CARGO_NET_OFFLINE", "true"));

    let published = out.join("first/published");
    let named = |folder: &str, end: &str| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(published.join(folder)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.to_str().unwrap().ends_with(end)).collect()
    };
    let [archive] = &named("archives", ".tar.gz")[..] else { panic!("not one archive") };
    let list = String::from_utf8(run(Command::new("tar").arg("-tzf").arg(archive)).stdout).unwrap();
    for file in ["packgate", "LICENSE-MIT", "LICENSE-APACHE", "man/packgate.1", "completions/_packgate"] {
        let there = list.lines().any(|line| line.split_once('/').is_some_and(|(_, path)| path == file));
        assert!(there, "{file}: {list}");
    }
    let made_of = std::fs::read_to_string(published.join("archives/packgate.cyclonedx.json")).unwrap();
    let made_of: Value = serde_json::from_str(&made_of).unwrap();
    let crates = made_of["components"].as_array().unwrap();
    assert!(crates.iter().any(|found| found["name"] == "serde_json"), "{made_of}");
    assert!(!crates.iter().any(|found| found["name"] == "insta"), "only tests use it");

    let artifacts: Vec<PathBuf> = [("archives", ".tar.gz"), ("npm", ".tgz"), ("crate", ".crate")]
        .iter()
        .flat_map(|(folder, end)| named(folder, end))
        .collect();
    assert_eq!(artifacts.len(), 4, "{artifacts:?}");
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
    let findings = findings.filter(|finding| finding["waived"].is_null());
    let rules: BTreeSet<&str> = findings.map(|finding| finding["rule"].as_str().unwrap()).collect();
    // Only the builds of a release leave out where they were made, and Rust's 34 bytes for debuggers, and only they are
    // surely made of a commit.
    let excused = BTreeSet::from(["local-path", "debug-info", "dirty-build"]);
    assert!(rules.is_subset(&excused), "{rules:?}\n{}", told(&verdict));
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

/// What cargo-binstall makes of its templates is the archive of the release, and the program in it.
#[test]
fn binstall_finds_the_archive_and_the_program() {
    let manifest = std::fs::read_to_string(repository("Cargo.toml")).unwrap();
    let manifest: toml::Value = toml::from_str(&manifest).unwrap();
    let binstall = &manifest["package"]["metadata"]["binstall"];
    let gnu = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];
    for target in TARGETS.into_iter().chain(gnu) {
        let value = |key: &str| {
            let own = binstall["overrides"].get(target).and_then(|values| values.get(key));
            let template = own.unwrap_or(&binstall[key]).as_str().unwrap();
            let end = if target.contains("windows") { ".exe" } else { "" };
            [("{ repo }", "R"), ("{ version }", "1.2.3"), ("{ target }", target), ("{ binary-ext }", end)]
                .into_iter()
                .fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
        };
        let released = target.replace("-gnu", "-musl");
        assert_eq!(value("pkg-url"), format!("R/releases/download/v1.2.3/{}", archive(&released)));
        assert_eq!(value("pkg-fmt"), if target.contains("windows") { "zip" } else { "tgz" });
        let program = if target.contains("windows") { "packgate.exe" } else { "packgate" };
        assert_eq!(value("bin-dir"), format!("packgate-{released}/{program}"));
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
    release_of(folder, "packgate", "echo packgate 9.9.9")
}

/// The same with any program, under any name.
fn release_of(folder: &Path, program: &str, text: &str) -> String {
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    let inside = folder.join(format!("packgate-{target}"));
    std::fs::create_dir_all(&inside).unwrap();
    script(&inside.join(program), text);
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

/// A release server, and the installer against it.
struct Download {
    folder: TempDir,
    server: Server,
}

impl Download {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let server = Server::start(|port| {
            let mut command = Command::new("python3");
            command
                .args(["-m", "http.server", "--bind", "127.0.0.1", &port.to_string()])
                .current_dir(folder.path());
            command
        });
        Self { folder, server }
    }

    /// The folder of a release's files.
    fn files(&self, version: &str) -> PathBuf {
        let files = self.folder.path().join(format!("releases/download/v{version}"));
        std::fs::create_dir_all(&files).unwrap();
        files
    }

    fn bin(&self) -> PathBuf {
        self.folder.path().join("home/in here/bin")
    }

    fn install(&self, shell: &[&str], version: &str) -> Output {
        let (shell, arguments) = shell.split_first().unwrap();
        Command::new(shell)
            .args(arguments)
            .arg(repository("install.sh"))
            .arg(version)
            .env("PACKGATE_DOWNLOAD", format!("{}releases", self.server.url))
            .env("PACKGATE_INSTALL_DIR", self.bin())
            .env("no_proxy", "*")
            .output()
            .unwrap()
    }

    /// Nothing is installed, for this reason.
    fn refuses(&self, version: &str, why: &str) {
        let output = self.install(&["sh"], version);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains(why), "{}", told(&output));
        assert!(std::fs::read_dir(self.bin()).is_err() || self.installed().is_empty());
    }

    fn installed(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.bin()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

#[test]
fn the_installer_installs_what_its_checksum_holds_for() {
    if !clients::have(&["python3", "curl", "tar", "sha256sum"]) {
        return;
    }
    let download = Download::new();
    download.refuses("1.0.0", "cannot fetch");

    let files = download.files("2.0.0");
    let archive = files.join(release(&files));
    let mut bytes = std::fs::read(&archive).unwrap();
    bytes.push(0);
    std::fs::write(archive, bytes).unwrap();
    download.refuses("2.0.0", "is not what sha256.sum says");

    let files = download.files("3.0.0");
    release(&files);
    std::fs::write(files.join("sha256.sum"), format!("{:064}  packgate-other.tar.gz\n", 0)).unwrap();
    download.refuses("3.0.0", "sha256.sum has no packgate-");

    release_of(&download.files("4.0.0"), "another", "");
    download.refuses("4.0.0", "has no program in it");

    release_of(&download.files("5.0.0"), "packgate", "exit 1");
    download.refuses("5.0.0", "doesn't run here");

    release(&download.files("9.9.9"));
    let output = download.install(&["sh"], "v9.9.9");
    assert!(output.status.success() && told(&output).contains("packgate 9.9.9 is in"), "{}", told(&output));
    assert_eq!(download.installed(), [download.bin().join("packgate")]);
}

/// Alpine has no other programs than BusyBox's.
#[test]
fn the_installer_needs_no_more_than_busybox() {
    if !clients::have(&["python3", "busybox"]) {
        return;
    }
    let download = Download::new();
    release(&download.files("9.9.9"));
    let bin = download.folder.path().join("busybox");
    std::fs::create_dir(&bin).unwrap();
    run(Command::new("busybox").args(["--install", "-s"]).arg(&bin));
    let output = download.install(&["env", &format!("PATH={}", bin.display()), "sh"], "9.9.9");
    assert!(output.status.success() && told(&output).contains("packgate 9.9.9 is in"), "{}", told(&output));
}

/// Whoever pipes it into a shell may get a part of it.
#[test]
fn a_part_of_the_installer_does_nothing() {
    let text = std::fs::read_to_string(repository("install.sh")).unwrap();
    let last = text.trim_end().rfind('\n').unwrap();
    for end in [text.find("main()").unwrap(), text.find("mkdir -p").unwrap(), last] {
        let output = Command::new("/bin/sh").args(["-c", &text[..end]]).env("PATH", "").output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        assert!(!told(&output).contains("not found"), "{}", told(&output));
    }
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
