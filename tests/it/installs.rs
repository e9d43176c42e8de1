//! packgate comes out of the registries as it went in: published to real ones on loopback, installed by the clients,
//! and run.
#![cfg(target_os = "linux")]

use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::clients;
use crate::recipes::recipe;

const PROGRAM: &str = env!("CARGO_BIN_EXE_packgate");
const BLOCKED: &str = "fixtures/samples/acme-cli-2.1.88.tgz";
const CLEAN: &str = "fixtures/samples/left-edge-1.0.3.tgz";

pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A registry on loopback, until this is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts what `command` makes of a free port, and waits until it answers.
    pub(crate) fn start(command: impl FnOnce(u16) -> Command) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut process = command(port).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(process.try_wait().unwrap().is_none(), "the registry ended");
            assert!(begun.elapsed() < Duration::from_secs(60), "the registry doesn't answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { process, url: format!("http://127.0.0.1:{port}/") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

pub(crate) fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", told(&output));
    output
}

/// Statuses and streams of an installed packgate are those of the program itself.
fn behaves(start: impl Fn() -> Command) {
    for (arguments, status) in [
        (vec!["check", CLEAN], 0),
        (vec!["check", BLOCKED, "--format", "json"], 1),
        (vec!["check", "no-such-file.tgz"], 2),
        (vec!["no-such-command"], 2),
    ] {
        let ask = |mut command: Command| {
            command
                .args(&arguments)
                .current_dir(repository(""))
                .env_remove("GITHUB_ACTIONS")
                .output()
                .unwrap()
        };
        let (expected, found) = (ask(Command::new(PROGRAM)), ask(start()));
        assert_eq!(expected.status.code(), Some(status), "{}", told(&expected));
        assert_eq!(found, expected, "{arguments:?}");
    }
}

/// npm away from the settings of whoever runs the tests.
pub(crate) fn npm(home: &Path, registry: &Server, folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command
        .current_dir(folder)
        .env("HOME", home)
        .env("npm_config_registry", &registry.url)
        .env(format!("npm_config_{}:_authToken", registry.url.trim_start_matches("http:")), "nobody")
        .env("npm_config_userconfig", home.join("npmrc"))
        .env("npm_config_cache", home.join("cache"))
        .env("npm_config_fetch_retries", "0")
        .env("npm_config_update_notifier", "false")
        .env("npm_config_loglevel", "error");
    command
}

pub(crate) fn verdaccio(folder: &Path) -> Server {
    let settings = folder.join("verdaccio.yaml");
    let text = "storage: ./storage\nuplinks: {}\nmax_body_size: 200mb\n\
                packages: { '**': { access: $all, publish: $all } }\n";
    std::fs::write(&settings, text).unwrap();
    Server::start(|port| {
        let mut command = Command::new(clients::readers().join("node_modules/.bin/verdaccio"));
        command.arg("--config").arg(&settings).args(["--listen", &format!("127.0.0.1:{port}")]);
        command
    })
}

/// A folder of programs as a release has it, with the one for this machine.
pub(crate) fn binaries(folder: &Path) -> PathBuf {
    let target = folder.join(format!("binaries/{}-unknown-linux-gnu", std::env::consts::ARCH));
    std::fs::create_dir_all(&target).unwrap();
    // What is stripped is packed sooner.
    run(Command::new("strip").args(["-o"]).arg(target.join("packgate")).arg(PROGRAM));
    folder.join("binaries")
}

#[test]
fn from_npm() {
    if !clients::have_readers() || !clients::have(&["npm", "npx", "strip"]) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let (folder, packages) = (folder.path(), folder.path().join("packages"));
    let build = |more: &[&str]| {
        Command::new("node")
            .arg(repository("npm/build.mjs"))
            .arg(binaries(folder))
            .arg(&packages)
            .args(more)
            .output()
    };
    let partial = build(&[]).unwrap();
    assert_eq!(partial.status.code(), Some(2));
    assert!(told(&partial).contains("no program for ") && told(&partial).contains("darwin-arm64"));
    assert!(build(&["--partial"]).unwrap().status.success());

    let registry = verdaccio(folder);
    for package in std::fs::read_dir(&packages).unwrap() {
        run(npm(folder, &registry, &package.unwrap().path()).arg("publish"));
    }
    let project = folder.join("project");
    std::fs::create_dir(&project).unwrap();
    std::fs::write(project.join("package.json"), "{ \"private\": true }\n").unwrap();
    run(npm(folder, &registry, &project).args(["install", "packgate"]));
    let launcher = project.join("node_modules/.bin/packgate");
    behaves(|| Command::new(&launcher));
    passes_signals_on(&launcher);

    let npx = npm(folder, &registry, &project)
        .args(["exec", "--", "packgate", "check"])
        .arg(repository(BLOCKED))
        .output()
        .unwrap();
    assert_eq!(npx.status.code(), Some(1), "{}", told(&npx));

    before_a_push(folder, "pre-commit-node", &npm(folder, &registry, &project));

    run(npm(folder, &registry, &project).args(["install", "--omit=optional"]));
    let output = Command::new(&launcher).arg("--version").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("packgate: @packgate/cli-") && said.contains("--omit=optional"), "{said}");
    assert_eq!((said.lines().count(), output.stdout.len()), (1, 0), "{said}");
}

/// A hook that needs no Rust, as the recipe has it, where `client` tells pre-commit's own client of the registry.
fn before_a_push(folder: &Path, name: &str, client: &Command) {
    if !clients::have(&["pre-commit", "npm", "git"]) {
        return;
    }
    let project = folder.join("pushed");
    std::fs::create_dir(&project).unwrap();
    std::fs::write(project.join(".pre-commit-config.yaml"), recipe("yaml", name)).unwrap();
    let manifest =
        "{ \"name\": \"acme\", \"version\": \"1.0.0\", \"license\": \"MIT\", \"files\": [\"a.js\"] }\n";
    std::fs::write(project.join("package.json"), manifest).unwrap();
    std::fs::write(project.join("a.js"), "module.exports = 1;\n").unwrap();
    run(Command::new("git").args(["init", "--quiet"]).current_dir(&project));
    run(Command::new("git").args(["add", "."]).current_dir(&project));
    let hook = || {
        let mut command = Command::new("pre-commit");
        command.args(["run", "--all-files", "--hook-stage", "manual", "--verbose"]).current_dir(&project);
        command.envs(client.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PRE_COMMIT_HOME", folder.join("pre-commit")).output().unwrap()
    };
    let output = hook();
    assert!(output.status.success() && told(&output).contains("acme 1.0.0"), "{}", told(&output));
    std::fs::write(project.join("packgate.toml"), "[internal]\npaths = [\"a.js\"]\n").unwrap();
    let output = hook();
    assert!(!output.status.success() && told(&output).contains("internal-path"), "{}", told(&output));
}

/// A signal to the launcher ends the program, and the launcher then ends by that signal.
fn passes_signals_on(launcher: &Path) {
    for signal in ["INT", "TERM", "HUP"] {
        // It waits for the list of artifacts.
        let mut command = Command::new(launcher);
        command.args(["check", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut launched = command.spawn().unwrap();
        let id = launched.id();
        let children =
            || std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let begun = Instant::now();
        while children().is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the program was not started");
            std::thread::sleep(Duration::from_millis(10));
        }
        run(Command::new("kill").args([&format!("-{signal}"), &id.to_string()]));
        // Its end is seen when the last process that has the stream is gone.
        let (sender, ended) = mpsc::channel();
        let mut stream = launched.stdout.take().unwrap();
        std::thread::spawn(move || sender.send(stream.read_to_end(&mut Vec::new()).is_ok()));
        assert!(
            ended.recv_timeout(Duration::from_secs(60)).unwrap_or(false),
            "{signal} did not end the program"
        );
        let status = launched.wait().unwrap();
        let number = match signal {
            "INT" => 2,
            "TERM" => 15,
            _ => 1,
        };
        assert_eq!(status.signal(), Some(number), "{status:?}");
    }
}

#[test]
fn from_pypi() {
    if !clients::have(&["maturin", "pypi-server", "pip", "uvx"]) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let wheels = folder.path().join("wheels");
    run(Command::new("maturin")
        .args(["build", "--profile", "dev", "--strip", "--compatibility", "linux", "--out"])
        .arg(&wheels)
        // In the usual one it would put a program of its own in place of the one that the other tests start.
        .env("CARGO_TARGET_DIR", repository("target/wheel"))
        .current_dir(repository("")));
    let registry = Server::start(|port| {
        let mut command = Command::new("pypi-server");
        command.args(["run", "--interface", "127.0.0.1", "--port", &port.to_string()]).arg(&wheels);
        command
    });
    let index = format!("{}simple/", registry.url);

    let target = folder.path().join("pip");
    run(Command::new("pip")
        .args(["install", "--isolated", "--quiet", "--no-cache-dir", "--disable-pip-version-check"])
        .args(["--index-url", &index, "--target"])
        .arg(&target)
        .arg("packgate"));
    behaves(|| Command::new(target.join("bin/packgate")));

    let uvx = Command::new("uvx")
        .args(["--no-config", "--default-index", &index, "packgate", "check"])
        .arg(repository(BLOCKED))
        .env("UV_CACHE_DIR", folder.path().join("uv"))
        .env("UV_PYTHON_DOWNLOADS", "never")
        .output()
        .unwrap();
    assert_eq!(uvx.status.code(), Some(1), "{}", told(&uvx));
    assert!(told(&uvx).contains("source-map-embedded"), "{}", told(&uvx));

    let mut pip = Command::new("pip");
    pip.env("PIP_INDEX_URL", &index).env("PIP_CONFIG_FILE", "/dev/null");
    // The environment that pre-commit installs into is a package of its own, built with what is there.
    pip.env("VIRTUALENV_SETUPTOOLS", "bundle").env("PIP_NO_BUILD_ISOLATION", "0");
    before_a_push(folder.path(), "pre-commit-python", &pip);
}
