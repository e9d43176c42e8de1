//! What arrives in a registry is what was audited, and what it serves is held against that: real clients, and
//! registries on loopback.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::cli::{sample, status};
use crate::clients;
use crate::installs::{Server, npm, repository, run, told, verdaccio};
use crate::recipes::Registry;
use crate::samples::{npm_tarball, plant};

const CLEAN: &str = "left-edge-1.0.3.tgz";

/// A folder to publish from, away from the settings of whoever runs the tests.
struct Desk {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        for name in ["home", "tmp", "bin", "work"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder, variables: Vec::new() }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// A program that goes before those of its name.
    fn program(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path("bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn packgate(&self, arguments: &[&str]) -> Output {
        self.runs(env!("CARGO_BIN_EXE_packgate"), arguments)
    }

    fn runs(&self, program: &str, arguments: &[&str]) -> Output {
        let paths = std::env::var("PATH").unwrap();
        let home = PathBuf::from(std::env::var_os("HOME").unwrap());
        let rustup = std::env::var_os("RUSTUP_HOME").map_or(home.join(".rustup"), PathBuf::from);
        Command::new(program)
            .args(arguments)
            .current_dir(self.path("work"))
            .env("RUSTUP_HOME", rustup)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("GITHUB_ACTIONS")
            .env_remove("ACTIONS_ID_TOKEN_REQUEST_URL")
            .env("HOME", self.path("home"))
            .env("TMPDIR", self.path("tmp"))
            .env("PATH", format!("{}:{paths}", self.path("bin").display()))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The same, which must end so and say these words.
    fn says(&self, arguments: &[&str], expected: i32, words: &[&str]) -> String {
        let output = self.packgate(arguments);
        let all = told(&output);
        assert_eq!(status(&output), expected, "{arguments:?}: {all}");
        for word in words {
            assert!(all.contains(word), "{arguments:?}: {word:?} is missing in {all}");
        }
        let left: Vec<_> = std::fs::read_dir(self.path("tmp")).unwrap().collect();
        let ours = |entry: &std::io::Result<std::fs::DirEntry>| {
            entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("packgate-")
        };
        assert!(!left.iter().any(ours), "{left:?}");
        all
    }

    /// npm's settings for a registry.
    fn for_npm(&mut self, registry: &Server) {
        // A shell between hands on no variable with the registry in its name.
        let login = format!("{}:_authToken=nobody\n", registry.url.trim_start_matches("http:"));
        std::fs::write(self.path("home/npmrc"), login).unwrap();
        let command = npm(&self.path("home"), registry, self.folder.path());
        for (name, value) in command.get_envs().filter_map(|(name, value)| Some((name, value?))) {
            self.variables.push((name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()));
        }
    }

    fn sample(&self, name: &str) -> String {
        let path = self.path("work").join(name);
        std::fs::copy(sample(name), &path).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// What verdaccio keeps of a package.
fn stored(folder: &Path, file: &str) -> PathBuf {
    folder.join("storage/left-edge").join(file)
}

#[test]
fn npm_sends_the_audited_bytes_and_nothing_else() {
    if !clients::have_readers() || !clients::have(&["npm"]) {
        return;
    }
    let mut desk = Desk::new();
    let registry = verdaccio(desk.folder.path());
    desk.for_npm(&registry);
    let file = desk.sample(CLEAN);
    let leak = desk.sample("acme-cli-2.1.88.tgz");
    let bytes = std::fs::read(&file).unwrap();
    let kept = stored(desk.folder.path(), CLEAN);

    // One that is blocked, or can't be read, stops all; a rehearsal sends nothing.
    desk.says(&["publish", &file, &leak], 1, &["nothing was sent", "source-map-embedded"]);
    let half = desk.path("work").join("half.tgz");
    std::fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    desk.says(&["publish", &file, half.to_str().unwrap()], 3, &["nothing was sent"]);
    desk.says(&["publish", &file, "--dry-run"], 0, &["left-edge 1.0.3: would be sent by npm publish"]);
    desk.says(&["publish", &file, "--", "../other.tgz"], 2, &["could send what was not audited"]);
    desk.says(&["publish", &file, "--with", "twine"], 2, &["`twine` is no client for it"]);
    let settings = desk.path("work").join("packgate.toml");
    std::fs::write(&settings, "[size]\nartifact = 1\n[rules]\nsize-budget = \"warning\"\n").unwrap();
    desk.says(&["publish", &file, "--fail-on", "warning"], 1, &["nothing was sent", "size-budget"]);
    std::fs::remove_file(settings).unwrap();
    assert!(!kept.exists());

    // The file is changed behind the audit's back: what arrives is what was audited.
    let real = which("npm");
    desk.program(
        "npm",
        &format!("[ \"$1\" = publish ] && echo tampered > {file}\nexec {} \"$@\"", real.display()),
    );
    desk.says(&["publish", &file, "--", "--access", "public"], 0, &["sent, and the registry serves it"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "tampered\n");
    assert_eq!(std::fs::read(&kept).unwrap(), bytes);
    let about = std::fs::read_to_string(kept.with_file_name("package.json")).unwrap();
    let [work, home] = ["work", "home"].map(|name| desk.path(name).display().to_string());
    assert!(!about.contains(&work) && !about.contains(&home), "{about}");

    // A second run has nothing to do.
    let file = desk.sample(CLEAN);
    desk.says(&["publish", &file], 0, &["serves this file already"]);

    // Another file of that name and version is never sent.
    let other = desk.path("work").join("other.tgz");
    run(Command::new("sh")
        .arg("-c")
        .arg(format!("gunzip < {file} | gzip -1 > {} && ! cmp -s {file} {0}", other.display())));
    let other = other.to_str().unwrap();
    desk.says(&["publish", other], 1, &["nothing was sent: the registry serves another file"]);

    // A registry that serves other bytes than its index says.
    std::fs::copy(other, &kept).unwrap();
    desk.says(&["verify", &file, "--published"], 1, &["the registry is at odds with itself"]);
}

#[test]
fn pnpm_sends_the_audited_bytes() {
    if !clients::have_readers() || !clients::have(&["npm", "pnpm"]) {
        return;
    }
    let mut desk = Desk::new();
    let registry = verdaccio(desk.folder.path());
    desk.for_npm(&registry);
    let file = desk.sample(CLEAN);
    let to = format!("--registry={}", registry.url);
    let login = format!("--config.{}:_authToken=nobody", registry.url.trim_start_matches("http:"));
    // pnpm knows no registry by npm's variables, and nothing here is for the one that it would take then.
    let by_pnpm = ["publish", &file, "--with", "pnpm", "--", &to, &login, "--no-git-checks"];
    desk.says(&by_pnpm, 0, &["left-edge 1.0.3: sent, and the registry serves it"]);
    assert_eq!(std::fs::read(stored(desk.folder.path(), CLEAN)).unwrap(), std::fs::read(&file).unwrap());
    desk.says(&["publish", &file, "--with", "pnpm", "--", &to, "-r"], 2, &["`-r` could send"]);
}

fn which(program: &str) -> PathBuf {
    let paths = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&paths).map(|folder| folder.join(program)).find(|path| path.is_file()).unwrap()
}

#[test]
fn a_copy_that_is_tampered_with_and_a_client_that_fails() {
    if !clients::have(&["npm"]) {
        return;
    }
    let mut desk = Desk::new();
    let registry = Registry::start();
    let url = format!("http://127.0.0.1:{}/", registry.port);
    desk.set("npm_config_registry", &url);
    desk.set("npm_config_fetch_retries", "0");
    let file = desk.sample(CLEAN);

    let said = desk.says(&["publish", &file], 2, &["npm publish has no login: run `npm login`"]);
    assert_eq!(said.lines().filter(|line| line.starts_with("packgate: ")).count(), 1, "{said}");
    assert!(!said.contains("npm error"), "{said}");

    // Somebody who can write to the private folder changes the copy while the registry is asked for it.
    let real = which("npm");
    let tamper =
        "for copy in \"$TMPDIR\"/packgate-*/left-edge-1.0.3.tgz; do chmod u+w $copy; echo x >> $copy; done";
    desk.program("npm", &format!("[ \"$1\" = pack ] && {tamper}\nexec {} \"$@\"", real.display()));
    desk.set(&format!("npm_config_{}:_authToken", url.trim_start_matches("http:")), "nobody");
    desk.says(&["publish", &file], 2, &["the copy was changed after it was audited; nothing was sent"]);
    assert!(registry.arrived().is_empty());

    // The client's own status is passed on.
    desk.program("npm", "[ \"$1\" = publish ] && { echo refused >&2; exit 42; }\necho code E404 >&2; exit 1");
    desk.says(&["publish", &file], 42, &["refused", "npm publish failed"]);
    // Nothing that was sent is called the same before it is served.
    desk.program("npm", "[ \"$1\" = publish ] && exit 0\necho code E404 >&2; exit 1");
    desk.says(&["publish", &file, "--wait", "0"], 3, &["sent, but what is served can't be told"]);
    desk.set("PATH", "/nowhere");
    desk.says(&["publish", &file], 2, &["npm is needed (npm publish sends it)"]);
}

/// A project, built to `dist`.
fn wheel(desk: &Desk) -> PathBuf {
    let project = desk.path("project");
    std::fs::create_dir_all(project.join("demo_pkg")).unwrap();
    let manifest = "[build-system]\nrequires = [\"flit_core\"]\nbuild-backend = \"flit_core.buildapi\"\n[project]\nname = \"demo-pkg\"\nversion = \"1.0.0\"\ndescription = \"A demo\"\nlicense = \"MIT\"\n";
    std::fs::write(project.join("pyproject.toml"), manifest).unwrap();
    std::fs::write(project.join("demo_pkg/__init__.py"), "ANSWER = 42\n").unwrap();
    run(Command::new("python").args(["-m", "build", "--no-isolation", "."]).current_dir(&project));
    project.join("dist")
}

#[test]
fn twine_and_uv_send_the_audited_bytes() {
    if !clients::have(&["pypi-server", "pip", "twine", "uv"])
        || !clients::have_module("build")
        || !clients::have_imports("flit_core")
    {
        return;
    }
    let mut desk = Desk::new();
    let dist = wheel(&desk);
    let packages = desk.path("packages");
    std::fs::create_dir(&packages).unwrap();
    let server = Server::start(|port| {
        let mut command = Command::new("pypi-server");
        command.args(["run", "-P", ".", "-a", ".", "--interface", "127.0.0.1", "--port", &port.to_string()]);
        command.arg(&packages);
        command
    });
    let index = format!("{}simple/", server.url);
    let names = ["demo_pkg-1.0.0-py2.py3-none-any.whl", "demo_pkg-1.0.0.tar.gz"];
    let [wheel, sdist] = names.map(|name| dist.join(name).to_str().unwrap().to_owned());
    let upload = ["--", "--repository-url", &server.url];
    let nobody = [&["publish", &wheel, "--index", &index][..], &upload].concat();
    desk.says(&nobody, 2, &["twine upload has no login"]);
    desk.set("TWINE_USERNAME", "ann");
    desk.set("TWINE_PASSWORD", "nobody");
    desk.set("PIP_INDEX_URL", &index);
    desk.says(&[&["publish", &wheel][..], &upload].concat(), 0, &["demo-pkg 1.0.0: sent, and the registry"]);
    let by_uv = ["--", "--publish-url", &server.url, "--username", "ann", "--password", "nobody"];
    desk.says(&[&["publish", &sdist, "--with", "uv"][..], &by_uv].concat(), 0, &["sent, and the registry"]);
    for (name, file) in names.iter().zip([&wheel, &sdist]) {
        assert_eq!(std::fs::read(packages.join(name)).unwrap(), std::fs::read(file).unwrap(), "{name}");
        desk.says(&["verify", file, "--published"], 0, &["the registry serves this file"]);
        std::fs::write(packages.join(name), "something else").unwrap();
        desk.says(&["verify", file, "--published"], 1, &["the registry serves another file"]);
    }
    desk.set("PIP_INDEX_URL", "http://127.0.0.1:9/simple/");
    desk.set("PIP_RETRIES", "0");
    desk.says(&["verify", &wheel, "--published"], 3, &["can't be told"]);
}

/// `setup.py` of what a registry serves is a stranger's program.
#[test]
fn nothing_that_a_registry_serves_is_run() {
    if !clients::have(&["pypi-server", "pip"]) {
        return;
    }
    let mut desk = Desk::new();
    let packages = desk.path("packages");
    std::fs::create_dir(&packages).unwrap();
    let sign = desk.path("home/it-ran");
    let setup = format!(
        "open({:?}, 'w')\nfrom setuptools import setup\nsetup(name='demo-pkg', version='1.0.0')\n",
        sign
    );
    let info = "Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0.0\n";
    let tarball = npm_tarball(&[
        ("demo_pkg-1.0.0/PKG-INFO".into(), info.as_bytes().to_vec()),
        ("demo_pkg-1.0.0/setup.py".into(), setup.into_bytes()),
    ]);
    std::fs::write(packages.join("demo_pkg-1.0.0.tar.gz"), &tarball).unwrap();
    let server = Server::start(|port| {
        let mut command = Command::new("pypi-server");
        command.args(["run", "--interface", "127.0.0.1", "--port", &port.to_string()]).arg(&packages);
        command
    });
    desk.set("PIP_INDEX_URL", &format!("{}simple/", server.url));
    let file = packages.join("demo_pkg-1.0.0.tar.gz");
    desk.says(&["verify", file.to_str().unwrap(), "--published"], 0, &["the registry serves this file"]);
    assert!(!sign.exists());
}

fn gem_project(folder: &Path) {
    let specification = "Gem::Specification.new do |s|\n  s.name = 'demo-gem'\n  s.version = '1.0.0'\n  s.summary = 'A demo'\n  s.authors = ['Ann']\n  s.license = 'MIT'\n  s.files = ['lib/demo.rb']\nend\n";
    plant(folder, [("demo.gemspec", specification), ("lib/demo.rb", "ANSWER = 42\n")]);
}

fn extension_project(folder: &Path) {
    let manifest = r#"{ "name": "demo", "publisher": "acme", "version": "1.0.0", "license": "MIT", "engines": { "vscode": "^1.80.0" }, "main": "a.js", "activationEvents": ["onStartupFinished"], "repository": "https://example.invalid/demo", "files": ["a.js"] }"#;
    let files = [
        ("package.json", manifest),
        ("a.js", "exports.activate = () => {};\n"),
        ("README.md", "A demo.\n"),
        ("LICENSE", "MIT\n"),
    ];
    plant(folder, files);
}

#[test]
fn gem_and_ovsx_send_the_audited_bytes() {
    if !clients::have(&["gem", "python3"]) {
        return;
    }
    let mut desk = Desk::new();
    let registry = Registry::start();
    let url = format!("http://127.0.0.1:{}", registry.port);
    let project = desk.path("gem");
    gem_project(&project);
    run(Command::new("gem").args(["build", "--silent", "demo.gemspec"]).current_dir(&project));
    let gem = project.join("demo-gem-1.0.0.gem");
    desk.set("GEM_HOST_API_KEY", "nobody");
    let gem_path = gem.to_str().unwrap();
    desk.says(&["publish", gem_path, "--", "--host", &url], 0, &["demo-gem 1.0.0: sent, and the registry"]);
    assert_eq!(registry.arrived()["demo-gem-1.0.0.gem"], std::fs::read(&gem).unwrap());
    desk.says(&["verify", gem_path, "--published", "--index", &url], 0, &["serves this file"]);
    let mut other = std::fs::read(&gem).unwrap();
    other.extend([0; 512]);
    std::fs::write(registry.folder.path().join("demo-gem-1.0.0.gem"), other).unwrap();
    desk.says(&["verify", gem_path, "--published", "--index", &url], 1, &["serves another file"]);

    if !clients::have(&["ovsx", "vsce"]) {
        return;
    }
    let project = desk.path("extension");
    extension_project(&project);
    run(Command::new("vsce").args(["package", "--out", "demo.vsix"]).current_dir(&project));
    let file = project.join("demo.vsix");
    let path = file.to_str().unwrap();
    let ovsx = ["publish", path, "--with", "ovsx", "--", "-r", &url];
    desk.says(&ovsx, 2, &["ovsx publish has no login"]);
    desk.set("OVSX_PAT", "nobody");
    desk.says(&ovsx, 0, &["acme.demo 1.0.0: sent, and the registry serves it"]);
    assert_eq!(registry.arrived()["acme.demo-1.0.0.vsix"], std::fs::read(&file).unwrap());
    std::fs::write(registry.folder.path().join("acme.demo-1.0.0.vsix"), "another").unwrap();
    desk.says(&["verify", path, "--published", "--index", &url], 1, &["serves another file"]);
}

#[test]
fn what_no_client_sends_is_told_with_its_way() {
    let desk = Desk::new();
    let manifest = b"[package]\nname = \"demo\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n".to_vec();
    let tarball = npm_tarball(&[("demo-1.0.0/Cargo.toml".into(), manifest)]);
    let file = desk.path("work").join("demo-1.0.0.crate");
    std::fs::write(&file, tarball).unwrap();
    desk.says(
        &["publish", file.to_str().unwrap()],
        2,
        &["cargo publish takes no crate file; name the folder"],
    );
    assert!(repository("docs/publish.md").is_file());
}

#[test]
fn two_artifacts_of_one_name_are_refused() {
    if !clients::have(&["npm"]) {
        return;
    }
    let desk = Desk::new();
    let paths = ["one", "two"].map(|text| {
        let manifest =
            br#"{"name": "demo", "version": "1.0.0", "license": "MIT", "files": ["*.js"]}"#.to_vec();
        let script = format!("module.exports = '{text}';\n").into_bytes();
        let files = [("package/package.json".into(), manifest), ("package/index.js".into(), script)];
        let file = desk.path("work").join(format!("{text}.tgz"));
        std::fs::write(&file, npm_tarball(&files)).unwrap();
        file.to_str().unwrap().to_owned()
    });
    let [one, two] = paths.each_ref().map(String::as_str);
    desk.says(&["publish", "--dry-run", one, two], 2, &["two artifacts are", "name one of them"]);
}

/// cargo packs by itself, and gets its login only for what passed.
#[test]
fn cargo_gets_its_login_for_what_passed_and_for_nothing_else() {
    if !clients::have(&["cargo", "python3"]) {
        return;
    }
    let mut desk = Desk::new();
    let registry = Registry::start();
    let configuration = format!(
        "[registries.here]\nindex = \"sparse+http://127.0.0.1:{}/index/\"\ncredential-provider = [{:?}, \"cargo-credential\"]\n",
        registry.port,
        env!("CARGO_BIN_EXE_packgate")
    );
    let manifest = |version: &str| {
        format!(
            "[package]\nname = \"demo\"\nversion = \"{version}\"\nedition = \"2021\"\nlicense = \"MIT\"\ndescription = \"A demo\"\npublish = [\"here\"]\n"
        )
    };
    let work = desk.path("work");
    let write = |path: &str, text: &str| plant(&work, [(path, text)]);
    plant(&desk.path("home"), [("config.toml", configuration.as_str())]);
    desk.set("CARGO_HOME", desk.path("home").to_str().unwrap());
    desk.set("CARGO_HTTP_MULTIPLEXING", "false");
    desk.set("PACKGATE_CARGO_TOKEN", "nobody");
    write("Cargo.toml", &manifest("1.0.0"));
    write("src/lib.rs", "//! A demo.\n");
    let publish = |desk: &Desk| desk.runs("cargo", &["publish", "--no-verify", "--allow-dirty"]);
    let refused = |desk: &Desk, why: &str| {
        let output = publish(desk);
        assert!(!output.status.success() && told(&output).contains(why), "{why}: {}", told(&output));
    };

    refused(&desk, "no crate with this checksum has passed");
    assert!(registry.arrived().is_empty());

    desk.says(&["check"], 0, &[]);
    let output = publish(&desk);
    assert!(output.status.success(), "{}", told(&output));
    let arrived = registry.arrived();
    let file = work.join("sent.crate");
    std::fs::write(&file, &arrived["demo-1.0.0.crate"]).unwrap();
    let file = file.to_str().unwrap();
    desk.says(&["verify", file, "--published"], 0, &["the registry serves this file"]);
    std::fs::write(registry.folder.path().join("demo-1.0.0.crate"), "another").unwrap();
    desk.says(&["verify", file, "--published"], 1, &["the registry is at odds with itself"]);
    std::fs::remove_file(file).unwrap();

    // One letter more than what passed, and settings under which nothing has passed.
    write("Cargo.toml", &manifest("1.0.1"));
    desk.says(&["check"], 0, &[]);
    write("src/lib.rs", "//! A demo!\n");
    refused(&desk, "no crate with this checksum has passed");
    desk.says(&["check"], 0, &[]);
    write("packgate.toml", "[internal]\nmarkers = [\"ZEPPELIN\"]\n");
    write("Cargo.toml", &(manifest("1.0.1") + "exclude = [\"packgate.toml\"]\n"));
    desk.says(&["check"], 0, &[]);
    write("packgate.toml", "[internal]\nmarkers = [\"ZEPPELIN\", \"HINDENBURG\"]\n");
    refused(&desk, "it passed by other settings");
    write("packgate.toml", "[internal]\nmarkers = [\"demo\"]\n");
    desk.says(&["check"], 1, &[]);
    refused(&desk, "no crate with this checksum has passed");
    assert_eq!(registry.arrived().len(), 1, "{:?}", registry.arrived().keys());
}

/// A folder of cargo's is packed again by cargo, and gets the user's own login for the audited bytes alone.
#[test]
fn a_workspace_of_crates_goes_out_as_it_was_audited() {
    if !clients::have(&["cargo", "python3"]) {
        return;
    }
    let mut desk = Desk::new();
    let registry = Registry::start();
    let configuration =
        format!("[registries.here]\nindex = \"sparse+http://127.0.0.1:{}/index/\"\n", registry.port);
    plant(&desk.path("home"), [("config.toml", configuration.as_str())]);
    desk.set("CARGO_HOME", desk.path("home").to_str().unwrap());
    desk.set("CARGO_HTTP_MULTIPLEXING", "false");
    let manifest = |name: &str, rest: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\nlicense = \"MIT\"\ndescription = \"A demo\"\n{rest}"
        )
    };
    let here = "publish = [\"here\"]\n";
    let top = format!(
        "{here}[dependencies]\ndemo-base = {{ path = \"../base\", version = \"1.0.0\", registry = \"here\" }}\n"
    );
    let work = desk.path("work");
    let (base, top, tools) = (
        manifest("demo-base", here),
        manifest("demo-a-top", &top),
        manifest("demo-tools", "publish = false\n"),
    );
    plant(
        &work,
        [
            ("Cargo.toml", "[workspace]\nmembers = [\"a-top\", \"base\", \"tools\"]\nresolver = \"2\"\n"),
            ("a-top/Cargo.toml", top.as_str()),
            ("a-top/src/lib.rs", "//! The top.\n"),
            ("base/Cargo.toml", base.as_str()),
            ("base/src/lib.rs", "//! The base.\n"),
            ("tools/Cargo.toml", tools.as_str()),
            ("tools/src/lib.rs", "//! Tools.\n"),
        ],
    );

    desk.says(&["publish", "--dry-run"], 0, &["demo-base 1.0.0: would be sent by cargo publish"]);
    desk.says(&["publish"], 2, &["cargo publish has no login: run `cargo login`"]);
    assert!(registry.arrived().is_empty());

    // An edit while cargo is at work.
    desk.set("CARGO_REGISTRIES_HERE_TOKEN", "nobody");
    let edit = "case \"$1\" in publish) echo '//! More.' >> src/lib.rs;; esac";
    desk.program("cargo", &format!("{edit}\nPATH=${{PATH#*:}}\nexec cargo \"$@\""));
    desk.says(&["publish", "base"], 101, &["it is not what was audited just now"]);
    assert!(registry.arrived().is_empty());
    std::fs::remove_file(desk.path("bin/cargo")).unwrap();

    // The one that the other needs first; a second run finds nothing to do.
    let said = desk.says(&["publish"], 0, &["demo-a-top 1.0.0: sent, and the registry serves it"]);
    assert!(said.find("demo-base 1.0.0: sent") < said.find("demo-a-top 1.0.0: sent"), "{said}");
    assert_eq!(registry.arrived().len(), 2, "{:?}", registry.arrived().keys());
    desk.says(&["publish"], 0, &["demo-base 1.0.0: the registry serves this file already"]);

    // A provider that the registry has of its own, and one that only cargo can ask.
    std::fs::write(work.join("base/Cargo.toml"), base.replace("1.0.0", "1.0.1")).unwrap();
    let provider = |provider: &str| {
        let text = format!("{configuration}credential-provider = {provider}\n");
        std::fs::write(desk.path("home/config.toml"), text).unwrap();
    };
    provider("\"cargo:token\"");
    desk.says(&["publish", "base"], 2, &["which only cargo can ask"]);
    desk.program(
        "ask",
        "echo '{\"v\":[1]}'; read -r question; echo '{\"Ok\":{\"kind\":\"get\",\"token\":\"nobody\",\"cache\":\"never\",\"operation_independent\":false}}'",
    );
    provider("[\"ask\", \"fast\"]");
    desk.says(&["publish", "base"], 0, &["demo-base 1.0.1: sent, and the registry serves it"]);
}

/// The time is not in what is packed twice, unless somebody sets it.
#[test]
fn packing_again_gives_the_same_bytes() {
    if !clients::have(&["gem", "vsce"]) {
        return;
    }
    let mut desk = Desk::new();
    let (gem, extension) = (desk.path("gem"), desk.path("extension"));
    gem_project(&gem);
    extension_project(&extension);
    let digest = |desk: &Desk, folder: &Path| {
        let output = desk.packgate(&["check", folder.to_str().unwrap(), "--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["artifacts"][0]["sha256"].as_str().unwrap().to_owned()
    };
    let first = [digest(&desk, &gem), digest(&desk, &extension)];
    // A zip counts two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let second = [digest(&desk, &gem), digest(&desk, &extension)];
    assert_eq!(first, second);
    desk.set("SOURCE_DATE_EPOCH", "1700000000");
    assert_ne!(first[0], digest(&desk, &gem), "somebody has set another time");
}

/// One that fails stops the rest, and the next run goes on from there.
#[test]
fn a_second_run_goes_on_with_what_is_missing() {
    if !clients::have_readers() || !clients::have(&["npm"]) {
        return;
    }
    let mut desk = Desk::new();
    let registry = verdaccio(desk.folder.path());
    desk.for_npm(&registry);
    let files: Vec<String> = ["one", "two", "three"]
        .iter()
        .map(|name| {
            let manifest = format!("{{ \"name\": \"{name}\", \"version\": \"1.0.0\", \"license\": \"MIT\", \"files\": [\"index.js\"] }}");
            let tarball = npm_tarball(&[
                ("package/package.json".into(), manifest.into_bytes()),
                ("package/index.js".into(), b"module.exports = 1;\n".to_vec()),
            ]);
            let path = desk.path("work").join(format!("{name}-1.0.0.tgz"));
            std::fs::write(&path, tarball).unwrap();
            path.to_str().unwrap().to_owned()
        })
        .collect();
    let arguments = ["publish", "--quiet", &files[0], &files[1], &files[2]];
    let kept = |name: &str| desk.path("storage").join(name).join(format!("{name}-1.0.0.tgz")).is_file();
    let real = which("npm");
    desk.program(
        "npm",
        &format!("case \"$*\" in publish*two*) exit 7;; esac\nexec {} \"$@\"", real.display()),
    );
    desk.says(&arguments, 7, &["one 1.0.0: sent", "two 1.0.0: npm publish failed"]);
    assert_eq!(["one", "two", "three"].map(kept), [true, false, false]);
    std::fs::remove_file(desk.path("bin/npm")).unwrap();
    desk.says(
        &arguments,
        0,
        &["one 1.0.0: the registry serves this file already", "two 1.0.0: sent", "three 1.0.0: sent"],
    );
    assert_eq!(["one", "two", "three"].map(kept), [true; 3]);
}

/// A workspace whose members need one another at random: what each one needs is sent before it, one that fails stops the
/// rest, and the next run sends what is missing.
#[test]
fn members_go_in_the_order_of_their_needs() {
    if !clients::have_readers() || !clients::have(&["npm"]) {
        return;
    }
    let seed = crate::dice::fresh_seed();
    let mut dice = crate::dice::Dice::new(seed);
    let mut desk = Desk::new();
    let registry = verdaccio(desk.folder.path());
    desk.for_npm(&registry);
    // Named so that neither letters nor folders give the order away.
    let names: Vec<String> = (0..6).map(|_| dice.characters("abcdefghijklmnop", 9)).collect();
    let mut needs: Vec<(String, Vec<String>)> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let own: Vec<String> = names[..at].iter().filter(|_| dice.below(2) == 0).cloned().collect();
        let field = ["dependencies", "peerDependencies"][dice.below(2)];
        let listed: Vec<String> = own.iter().map(|need| format!("{need:?}: \"1.0.0\"")).collect();
        let manifest = format!(
            "{{ \"name\": {name:?}, \"version\": \"1.0.0\", \"license\": \"MIT\", \"files\": [\"index.js\"], {field:?}: {{{}}} }}",
            listed.join(", ")
        );
        let folder = format!("packages/{}", dice.characters("abcdefghijklmnop", 9));
        let (own_manifest, index) = (format!("{folder}/package.json"), format!("{folder}/index.js"));
        let files = [(own_manifest.as_str(), manifest.as_str()), (index.as_str(), "module.exports = 1;\n")];
        plant(&desk.path("work"), files);
        needs.push((name.clone(), own));
    }
    let root = [("package.json", "{ \"private\": true, \"workspaces\": [\"packages/*\"] }")];
    plant(&desk.path("work"), root);
    let log = desk.path("sent");
    let stopped = names[dice.below(names.len())].clone();
    let real = which("npm");
    let wrapper = |fails: &str| {
        let note = format!("case \"$*\" in publish*) echo \"$2\" >> {} ;; esac", log.display());
        format!("case \"$*\" in publish*/{fails}-1*) exit 7;; esac\n{note}\nexec {} \"$@\"", real.display())
    };
    desk.program("npm", &wrapper(&stopped));
    desk.says(&["publish", "--quiet"], 7, &[&format!("{stopped} 1.0.0: npm publish failed")]);
    let sent = || -> Vec<String> {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        text.lines()
            .map(|line| line.rsplit('/').next().unwrap().strip_suffix("-1.0.0.tgz").unwrap().to_owned())
            .collect()
    };
    let first = sent();
    let waits = |name: &String| needs.iter().any(|(own, needs)| own == name && needs.contains(&stopped));
    assert!(!first.contains(&stopped) && !first.iter().any(waits), "seed {seed}: {stopped} {first:?}");
    desk.program("npm", &wrapper("nothing"));
    desk.says(&["publish", "--quiet"], 0, &[]);
    let all = sent();
    assert_eq!(all.len(), names.len(), "seed {seed}: each once: {all:?}");
    assert_eq!(all[..first.len()], first);
    for (name, needs) in &needs {
        let place = |name: &String| all.iter().position(|sent| sent == name);
        assert!(needs.iter().all(|need| place(need) < place(name)), "seed {seed}: {name}: {all:?}");
    }
    // A third run has nothing to do.
    desk.says(&["publish", "--quiet"], 0, &["serves this file already"]);
    assert_eq!(sent(), all);
}
