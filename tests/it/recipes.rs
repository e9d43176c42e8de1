//! Every recipe of `docs/recipes.md` that has a name is run as it stands, with the real client and a registry of
//! nothing: a clean package arrives there as the bytes that were checked, one with a finding doesn't arrive.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::clients;

/// The code block with this language and name.
pub(crate) fn recipe(language: &str, name: &str) -> String {
    let pages = ["docs/recipes.md", "docs/publish.md"].map(|page| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        std::fs::read_to_string(file).unwrap().replace("\r\n", "\n")
    });
    let fence = format!("\n```{language} {name}\n");
    let after = pages.iter().find_map(|text| Some(text.split_once(&fence)?.1));
    let after = after.unwrap_or_else(|| panic!("no recipe {name}"));
    after.split("\n```").next().unwrap().to_string()
}

/// A registry that takes everything, and what it was given.
pub(crate) struct Registry {
    server: Child,
    pub(crate) port: u16,
    pub(crate) folder: TempDir,
}

impl Registry {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let mut server = Command::new("python3")
            .arg(clients::readers().join("registry.py"))
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { server, port: port.trim().parse().unwrap(), folder }
    }

    /// Names and bytes of what arrived.
    pub(crate) fn arrived(&self) -> BTreeMap<String, Vec<u8>> {
        files(self.folder.path())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

/// A project, clean or with a file that must not ship, and a registry to publish it to.
struct Trial {
    project: TempDir,
    home: TempDir,
    registry: Registry,
}

impl Trial {
    fn new(files: &[(&str, &str)], leak: Option<&str>) -> Self {
        let trial = Self {
            project: TempDir::new().unwrap(),
            home: TempDir::new().unwrap(),
            registry: Registry::start(),
        };
        trial.write("packgate.toml", "[internal]\npaths = [\"**/plans.txt\"]\n");
        for (path, text) in files {
            trial.write(path, text);
        }
        if let Some(path) = leak {
            trial.write(path, "what we will do next year\n");
        }
        trial
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.project.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Runs a script as CI does, away from the settings of whoever runs the tests.
    fn run(&self, script: &str) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_packgate")).parent().unwrap();
        let mut path = vec![program.to_path_buf()];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let port = self.registry.port;
        Command::new("bash")
            .args(["-euo", "pipefail", "-c", script])
            .current_dir(self.project.path())
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("HOME", self.home.path())
            .env("RUSTUP_HOME", home("RUSTUP_HOME", ".rustup"))
            .env("CARGO_HOME", self.home.path().join(".cargo"))
            .env_remove("GITHUB_ACTIONS")
            .env("NO_COLOR", "1")
            .env("npm_config_registry", format!("http://127.0.0.1:{port}/"))
            .env(format!("npm_config_//127.0.0.1:{port}/:_authToken"), "nobody")
            .env("npm_config_update_notifier", "false")
            .env("CARGO_REGISTRY_DEFAULT", "nothing")
            .env("CARGO_REGISTRIES_NOTHING_INDEX", format!("sparse+http://127.0.0.1:{port}/index/"))
            .env("CARGO_REGISTRIES_NOTHING_TOKEN", "nobody")
            .env("CARGO_TARGET_DIR", "target")
            .env("TWINE_REPOSITORY_URL", format!("http://127.0.0.1:{port}/legacy/"))
            .env("TWINE_USERNAME", "nobody")
            .env("TWINE_PASSWORD", "nothing")
            .env("UV_PUBLISH_URL", format!("http://127.0.0.1:{port}/legacy/"))
            .env("UV_PUBLISH_USERNAME", "nobody")
            .env("UV_PUBLISH_PASSWORD", "nothing")
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env("UV_CACHE_DIR", self.home.path().join("uv"))
            .output()
            .unwrap()
    }

    /// The clean package arrives, and each file is one that lies in `made` with the same bytes.
    fn arrives(&self, script: &str, made: &str, count: usize) {
        let output = self.run(script);
        assert!(output.status.success(), "{}", told(&output));
        let arrived = self.registry.arrived();
        assert_eq!(arrived.len(), count, "{}", told(&output));
        let made: Vec<Vec<u8>> = files(&self.project.path().join(made)).into_values().collect();
        for (name, bytes) in arrived {
            assert!(made.contains(&bytes), "{name} is not what was checked");
        }
    }

    /// The package with a finding doesn't.
    fn is_stopped(&self, script: &str) {
        let output = self.run(script);
        let told = told(&output);
        assert!(!output.status.success() && told.contains("internal-path"), "{told}");
        assert_eq!(self.registry.arrived().len(), 0, "{told}");
    }
}

fn home(variable: &str, default: &str) -> PathBuf {
    let fallback = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(default);
    std::env::var_os(variable).map_or_else(fallback, PathBuf::from)
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const NPM: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{ "name": "acme-hello", "version": "1.0.0", "license": "MIT", "main": "lib/index.js", "files": ["lib"] }"#,
    ),
    ("lib/index.js", "module.exports = () => 'hello';\n"),
    ("README.md", "# acme-hello\n"),
];

const NPM_LEAK: &str = "lib/plans.txt";

#[test]
fn npm_tarball() {
    if clients::have(&["bash", "python3", "npm"]) {
        let script = recipe("sh", "npm-tarball");
        // What a script prints is no part of the file's name.
        let clean = Trial::new(NPM, None);
        let (path, manifest) = NPM[0];
        clean.write(path, &manifest.replacen('{', r#"{ "scripts": { "prepare": "echo building" },"#, 1));
        clean.arrives(&script, "", 1);
        Trial::new(NPM, Some(NPM_LEAK)).is_stopped(&script);
    }
}

#[test]
fn npm_prepublish_only() {
    if clients::have(&["bash", "python3", "npm"]) {
        let scripts = recipe("json", "npm-prepublish");
        let scripts = scripts.trim().trim_start_matches('{').trim_end_matches('}').trim();
        let (path, manifest) = NPM[0];
        let manifest = manifest.replacen('{', &format!("{{ {scripts},"), 1);
        for (leak, arrives) in [(None, true), (Some(NPM_LEAK), false)] {
            let trial = Trial::new(NPM, leak);
            trial.write(path, &manifest);
            let output = trial.run("npm publish");
            assert_eq!(output.status.success(), arrives, "{}", told(&output));
            assert_eq!(trial.registry.arrived().len(), usize::from(arrives), "{}", told(&output));
        }
    }
}

#[test]
fn npm_staged() {
    if clients::have(&["bash", "python3", "npm"]) && has_stage() {
        let (stage, approve) = (recipe("sh", "npm-stage"), recipe("sh", "npm-approve"));
        let id = "STAGE_ID=0b8d1ed4-1b6a-4f0c-9a52-6a1f3a1c9a01";
        let past = "npm stage publish \"./$(npm pack --silent)\"";
        std::thread::scope(|scope| {
            scope.spawn(|| Trial::new(NPM, Some(NPM_LEAK)).is_stopped(&stage));
            scope.spawn(|| Trial::new(NPM, None).arrives(&format!("{stage}\n{id}\n{approve}"), "", 1));
            // Somebody staged past the gate: whoever approves is still told.
            Trial::new(NPM, Some(NPM_LEAK)).is_stopped(&format!("{past}\n{id}\n{approve}"));
        });
    }
}

fn has_stage() -> bool {
    let output = Command::new("npm").args(["stage", "--help"]).output().unwrap();
    let found = told(&output).contains("npm stage approve");
    assert!(found || std::env::var_os("PACKGATE_REQUIRE_CLIENTS").is_none(), "npm is too old to stage");
    found
}

#[test]
fn cargo() {
    if clients::have(&["bash", "python3", "cargo"]) {
        let script = recipe("sh", "cargo");
        let files = [
            (
                "Cargo.toml",
                "[package]\nname = \"acme-hello\"\nversion = \"1.0.0\"\nedition = \"2021\"\nlicense = \"MIT\"\n\
                 description = \"Says hello\"\ninclude = [\"/src/**\", \"/plans.txt\"]\n",
            ),
            ("src/lib.rs", "//! Says hello.\n"),
        ];
        Trial::new(&files, None).arrives(&script, "target/package", 1);
        Trial::new(&files, Some("plans.txt")).is_stopped(&script);
    }
}

/// A build backend of a few lines, so that building downloads nothing.
const BACKEND: &str = r#"
import base64, hashlib, io, os, tarfile, zipfile
ABOUT = "Metadata-Version: 2.4\nName: acme-hello\nVersion: 1.0.0\nLicense-Expression: MIT\n"
def sources():
    return sorted("acme_hello/" + name for name in os.listdir("acme_hello") if not name.startswith("__"))
def build_wheel(folder, settings=None, metadata=None):
    name, info = "acme_hello-1.0.0-py3-none-any.whl", "acme_hello-1.0.0.dist-info/"
    files = {path: open(path, "rb").read() for path in sources()}
    files[info + "METADATA"] = ABOUT.encode()
    files[info + "WHEEL"] = b"Wheel-Version: 1.0\nGenerator: acme\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = ""
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(data)}\n"
    files[info + "RECORD"] = (record + info + "RECORD,,\n").encode()
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
    return name
def build_sdist(folder, settings=None):
    name = "acme_hello-1.0.0.tar.gz"
    with tarfile.open(os.path.join(folder, name), "w:gz", format=tarfile.PAX_FORMAT) as sdist:
        files = {path: open(path, "rb").read() for path in sources() + ["pyproject.toml", "backend.py"]}
        files["PKG-INFO"] = ABOUT.encode()
        for path, data in files.items():
            entry = tarfile.TarInfo("acme_hello-1.0.0/" + path)
            entry.size, entry.mode = len(data), 0o644
            sdist.addfile(entry, io.BytesIO(data))
    return name
"#;

fn python_files() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "pyproject.toml",
            "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n\n\
             [project]\nname = \"acme-hello\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n",
        ),
        ("backend.py", BACKEND),
        ("acme_hello/__init__.py", "HELLO = 'hello'\n"),
        ("acme_hello/hello.py", "HELLO = 'hello'\n"),
    ]
}

#[test]
fn twine() {
    if clients::have(&["bash", "python", "twine"]) && clients::have_module("build") {
        let script = recipe("sh", "twine");
        Trial::new(&python_files(), None).arrives(&script, "dist", 2);
        Trial::new(&python_files(), Some("acme_hello/plans.txt")).is_stopped(&script);
    }
}

#[test]
fn uv() {
    if clients::have(&["bash", "python3", "uv"]) {
        let script = recipe("sh", "uv");
        Trial::new(&python_files(), None).arrives(&script, "dist", 2);
        Trial::new(&python_files(), Some("acme_hello/plans.txt")).is_stopped(&script);
    }
}

/// Up to the file: a marketplace can't be stood in for.
#[test]
fn vsce() {
    if clients::have(&["bash", "vsce"]) {
        let script = recipe("sh", "vsce-package");
        let files = [
            (
                "package.json",
                r#"{ "name": "acme-hello", "displayName": "Hello", "description": "Says hello", "version": "1.0.0",
                     "publisher": "acme", "license": "MIT", "engines": { "vscode": "^1.80.0" },
                     "repository": { "url": "https://example.com/acme" }, "main": "./main.js", "activationEvents": ["onStartupFinished"], "files": ["main.js", "media", "LICENSE"] }"#,
            ),
            ("main.js", "exports.activate = () => {};\n"),
            ("README.md", "# Hello\n\nSays hello.\n"),
            ("LICENSE", "MIT\n"),
            ("media/about.txt", "Says hello\n"),
        ];
        let trial = Trial::new(&files, None);
        let output = trial.run(&script);
        assert!(
            output.status.success() && trial.project.path().join("extension.vsix").is_file(),
            "{}",
            told(&output)
        );
        Trial::new(&files, Some("media/plans.txt")).is_stopped(&script);
    }
}

/// The steps of the action, as its runner would run them.
#[test]
fn action_scripts() {
    if !clients::have(&["bash", "python3", "npm"]) {
        return;
    }
    for (leak, status) in [(None, 0), (Some(NPM_LEAK), 1)] {
        let trial = Trial::new(NPM, leak);
        let script = format!(
            "npm pack --silent\nexport GITHUB_ACTIONS=true GITHUB_OUTPUT=output GITHUB_STEP_SUMMARY=summary.md \
             GITHUB_PATH=path RUNNER_TEMP=temp GITHUB_ACTION_PATH={here} PACKGATE_INSTALL=none PACKGATE_TARGETS=$'acme-hello-1.0.0.tgz\\n' \
             PACKGATE_POLICY= PACKGATE_FAIL_ON=error PACKGATE_PROJECT=. PACKGATE_SARIF=packgate.sarif\n\
             {here}/action/install.sh\n{here}/action/check.sh",
            here = env!("CARGO_MANIFEST_DIR")
        );
        let output = trial.run(&script);
        let read = |path: &str| std::fs::read_to_string(trial.project.path().join(path)).unwrap();
        assert_eq!(output.status.code(), Some(status), "{}", told(&output));
        assert_eq!(read("output"), format!("status={status}\nsarif=true\n"));
        assert!(read("summary.md").contains("acme-hello 1.0.0"));
        let sarif: serde_json::Value = serde_json::from_str(&read("packgate.sarif")).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.iter().any(|result| result["ruleId"] == "internal-path"), status == 1);
        if status == 1 {
            assert!(told(&output).contains("\n::error file=lib/plans.txt,"), "{}", told(&output));
        }
    }
}

/// The scripts and settings that only a service can run are at least what their schemas say.
#[test]
fn settings_of_services() {
    if !clients::have(&["check-jsonschema"]) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let action = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).unwrap();
    for (file, text, schema) in [
        ("gitlab.yml", recipe("yaml", "gitlab"), "vendor.gitlab-ci"),
        ("gitlab-verdict.yml", recipe("yaml", "gitlab-verdict"), "vendor.gitlab-ci"),
        ("github-verdict.yml", recipe("yaml", "github-verdict"), "vendor.github-workflows"),
        ("github.yml", recipe("yaml", "github"), "vendor.github-workflows"),
        ("action.yml", action, "vendor.github-actions"),
    ] {
        let path = folder.path().join(file);
        std::fs::write(&path, text).unwrap();
        let output =
            Command::new("check-jsonschema").args(["--builtin-schema", schema]).arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
    }
}

/// What copies a recipe gets no workflow that others could misuse.
#[test]
fn workflows_are_safe_to_copy() {
    if !clients::have(&["zizmor"]) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let workflows = folder.path().join(".github/workflows");
    std::fs::create_dir_all(&workflows).unwrap();
    // packgate's own action has no commit to pin to before its first release; the others are pinned by whoever copies.
    let settings = "rules:\n  unpinned-uses:\n    config:\n      policies:\n        \"*\": ref-pin\n";
    std::fs::write(folder.path().join("zizmor.yml"), settings).unwrap();
    for name in ["github", "github-verdict"] {
        std::fs::write(workflows.join(format!("{name}.yml")), recipe("yaml", name)).unwrap();
    }
    let output = Command::new("zizmor")
        .args(["--offline", "--no-progress", "--config", "zizmor.yml", "."])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", told(&output));
}
