//! A full disk, a reader that goes away, a signal, and a panic: each is told, and nothing is left behind.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::cli::{sample, status, text};
use crate::samples::plant;

fn formats() -> impl Iterator<Item = &'static str> {
    packgate::report::REPORTERS.iter().map(|reporter| reporter.name)
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_packgate"));
    command.args(arguments).current_dir(folder).env_remove("GITHUB_ACTIONS").env("NO_COLOR", "1");
    command.stdin(Stdio::null());
    command
}

/// A folder with the sample `leak.tgz`, which is blocked, and `clean.tgz`, which passes.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::copy(sample("acme-cli-2.1.88.tgz"), folder.path().join("leak.tgz")).unwrap();
    fs::copy(sample("left-edge-1.0.3.tgz"), folder.path().join("clean.tgz")).unwrap();
    let function = |n: u32| format!("export function f{n}(a, b) {{ return a.p{n} * b.q{n} + g{n}({n}); }}\n");
    plant(folder.path(), [("internal/a.js", (0..60).map(function).collect::<String>())]);
    folder
}

/// Every subcommand that prints, with its status when nothing goes wrong.
fn printing() -> Vec<(Vec<&'static str>, i32)> {
    let mut all: Vec<(Vec<&str>, i32)> = vec![
        (vec!["check", "clean.tgz"], 0),
        (vec!["check", "leak.tgz", "clean.tgz"], 1),
        (vec!["check", "leak.tgz", "--quiet"], 1),
        (vec!["inventory", "leak.tgz"], 0),
        (vec!["inventory", "leak.tgz", "--format", "json"], 0),
        (vec!["diff", "clean.tgz", "leak.tgz"], 0),
        (vec!["diff", "clean.tgz", "leak.tgz", "--format", "json"], 0),
        (vec!["recover", "leak.tgz", "--list"], 0),
        (vec!["recover", "leak.tgz", "--output", "recovered"], 0),
        (vec!["lock", "clean.tgz"], 0),
        (vec!["init", "--no-lock"], 0),
        (vec!["explain"], 0),
        (vec!["explain", "debug-info"], 0),
        (vec!["policy", "list"], 0),
        (vec!["policy", "show"], 0),
        (vec!["policy", "show", "--format", "json"], 0),
        (vec!["completions", "bash"], 0),
        (vec!["completions", "zsh"], 0),
        (vec!["--help"], 0),
        (vec!["check", "--help"], 0),
        (vec!["--version"], 0),
    ];
    all.extend(formats().map(|format| (vec!["check", "leak.tgz", "--format", format], 1)));
    all
}

/// Exactly one line on stderr, which names what is wrong.
fn one_line(output: &Output, wanted: &str) {
    let stderr = text(&output.stderr);
    assert!(stderr.starts_with("packgate: ") && stderr.contains(wanted), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert_eq!(status(output), 2, "{stderr}");
}

#[test]
fn stdout_that_cannot_be_written_is_told_by_every_subcommand() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    for (arguments, _) in printing() {
        let folder = folder();
        let full = File::options().write(true).open("/dev/full").unwrap();
        let child = command(folder.path(), &arguments).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(status(&output), 2, "{arguments:?}: {}", text(&output.stderr));
        one_line(&output, "cannot write to stdout: No space left on device");
    }
}

#[test]
fn a_reader_that_goes_away_changes_no_status() {
    for (arguments, expected) in printing() {
        let folder = folder();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = command(folder.path(), &arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((status(&output), text(&output.stderr)), (expected, String::new()), "{arguments:?}");
    }
}

#[test]
fn stderr_that_cannot_be_written_changes_no_status() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let folder = folder();
    for (arguments, expected) in [
        (vec!["check", "nosuch"], 2),
        (vec!["check", "--nosuch"], 2),
        (vec!["explain", "nosuch"], 2),
        (vec!["check", "leak.tgz", "--timings"], 1),
        (vec!["fingerprint", "internal", "--output", "internal.fp"], 0),
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ended = command(folder.path(), &arguments).stdout(Stdio::null()).stderr(full).status().unwrap();
        assert_eq!(ended.code(), Some(expected), "{arguments:?}");
    }
}

/// Runs packgate where no file may grow, as on a full disk.
fn on_a_full_disk(folder: &Path, arguments: &[&str]) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f 0; trap '' XFSZ; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_packgate")]);
    shell.args(arguments).current_dir(folder).env_remove("GITHUB_ACTIONS").output().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_full_disk_leaves_no_report_or_the_one_before() {
    for format in formats() {
        let folder = folder();
        fs::write(folder.path().join("old"), "the report before").unwrap();
        let before = names(folder.path());
        for file in ["old", "new"] {
            let format = format!("{format}={file}");
            let output = on_a_full_disk(folder.path(), &["check", "leak.tgz", "--format", &format]);
            one_line(&output, &format!("cannot write {file}: "));
            assert_eq!(names(folder.path()), before, "{format}");
        }
        assert_eq!(fs::read(folder.path().join("old")).unwrap(), b"the report before");
    }
}

#[test]
fn a_full_disk_leaves_no_half_of_what_other_subcommands_write() {
    let folder = folder();
    for arguments in [
        &["lock", "clean.tgz"][..],
        &["init", "--no-lock"],
        &["fingerprint", "internal", "--output", "internal.fp"],
    ] {
        let before = names(folder.path());
        one_line(&on_a_full_disk(folder.path(), arguments), "cannot write ");
        assert_eq!(names(folder.path()), before, "{arguments:?}");
    }
    one_line(&on_a_full_disk(folder.path(), &["recover", "leak.tgz", "--output", "to"]), "File too large");
}

#[test]
fn no_report_on_what_can_not_be_audited_is_an_empty_file() {
    let folder = folder();
    for format in formats() {
        let report = format!("{format}=report.{format}");
        let output = command(folder.path(), &["check", "no-such.tgz", "--format", &report]).output().unwrap();
        assert!(matches!(output.status.code(), Some(2 | 3)), "{format}");
        let text = fs::read_to_string(folder.path().join(format!("report.{format}"))).unwrap();
        assert!(text.contains("no-such.tgz"), "{format}: {text}");
    }
}

#[test]
fn a_report_to_a_device_is_written_to_the_device() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let folder = folder();
    let run =
        |format: &str| command(folder.path(), &["check", "leak.tgz", "--format", format]).output().unwrap();
    for format in formats() {
        one_line(&run(&format!("{format}=/dev/full")), "cannot write /dev/full: No space left on device");
        assert_eq!(status(&run(&format!("{format}=/dev/null"))), 1);
    }
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn a_report_replaces_the_file_that_a_link_leads_to_and_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let real = folder.path().join("real.json");
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real.json", folder.path().join("link.json")).unwrap();
    let output =
        command(folder.path(), &["check", "leak.tgz", "--format", "json=link.json"]).output().unwrap();
    assert_eq!(status(&output), 1);
    assert!(fs::symlink_metadata(folder.path().join("link.json")).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().starts_with('{'));
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}

fn with_panic(spot: &str, arguments: &[&str]) -> Output {
    let folder = folder();
    command(folder.path(), arguments).env("PACKGATE_TEST_PANIC", spot).output().unwrap()
}

#[test]
fn a_panic_is_told_in_one_line_and_ends_with_two() {
    for (spot, arguments) in [
        ("main", &["explain"][..]),
        ("audit", &["check", "leak.tgz"]),
        ("audit", &["check", "leak.tgz", "clean.tgz", "--jobs", "2"]),
    ] {
        let output = with_panic(spot, arguments);
        one_line(&output, "failed at src/guard.rs:");
        let stderr = text(&output.stderr);
        assert!(stderr.contains("Please report that place at https://"), "{stderr}");
        assert!(stderr.contains("the artifact is not needed") && !stderr.contains("secret"), "{stderr}");
    }
}

#[test]
fn a_panic_over_one_entry_names_its_place_in_the_report() {
    for jobs in ["1", "2"] {
        let output = with_panic("package/cli.js", &["check", "leak.tgz", "--jobs", jobs]);
        let stdout = text(&output.stdout);
        assert_eq!(status(&output), 3, "{stdout}");
        let told = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("packgate failed at src/guard.rs:"), "{stdout}");
        assert!(!told.contains("secret") && output.stderr.is_empty(), "{stdout}");
    }
}

/// A project whose `npm` starts another program, says so in the file `started`, and doesn't end by itself.
fn project_with_a_slow_client() -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let npm = "#!/bin/sh\ntouch \"$4/half.tgz\" \"$3/half.tgz\"\nsleep 300 &\necho \"$$ $!\" > started.new\nmv started.new started\nwait\n";
    plant(
        folder.path(),
        [("package.json", r#"{"name": "slow", "version": "1.0.0"}"#), ("bin/npm", npm), ("tmp/other", "")],
    );
    fs::set_permissions(folder.path().join("bin/npm"), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether whoever runs the tests has a signal ignored, as shells do for what runs in the background; packgate then ignores it,
/// too.
fn is_ignored(number: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask & (1 << (number - 1)) != 0
}

#[test]
fn a_signal_ends_the_client_and_leaves_nothing_in_the_temporary_folder() {
    let all = [("INT", 2), ("TERM", 15), ("HUP", 1)];
    for (signal, number) in all.into_iter().filter(|(_, number)| !is_ignored(*number)) {
        let folder = project_with_a_slow_client();
        let temporary = folder.path().join("tmp");
        let mut child = command(folder.path(), &["check", "--format", "json=report.json"])
            .env("PATH", format!("{}:/usr/bin:/bin", folder.path().join("bin").display()))
            .env("TMPDIR", &temporary)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = folder.path().join("started");
        let clients = wait_for("the client starts", || fs::read_to_string(&started).ok());
        assert_eq!(names(&temporary).len(), 2, "the temporary folder is there");
        let kill = |what: &str, process: &str| {
            Command::new("kill").args([what, process]).stderr(Stdio::null()).status().unwrap().success()
        };
        assert!(kill(&format!("-{signal}"), &child.id().to_string()));
        assert_eq!(child.wait().unwrap().signal(), Some(number), "{signal}");
        assert_eq!(names(&temporary), ["other"], "{signal}");
        assert!(!folder.path().join("report.json").exists());
        assert!(names(folder.path()).iter().all(|name| !name.starts_with(".packgate")), "{signal}");
        for client in clients.split_whitespace() {
            wait_for("the client ends", || (!kill("-0", client)).then_some(()));
        }
    }
}
