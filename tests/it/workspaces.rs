//! Workspaces, packed by their real clients: every member that is published is audited, and the verdict is the same from
//! wherever it is asked for.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::cli::packgate;
use crate::clients;
use crate::samples::{npm_tarball, plant};

/// A workspace on disk that git knows.
struct Workspace(tempfile::TempDir);

/// What a run came to.
struct Outcome {
    status: i32,
    report: Value,
    errors: String,
}

impl Workspace {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        plant(folder.path(), files.iter().copied());
        let workspace = Self(folder);
        workspace.git(&["init", "--quiet"]);
        workspace.commit();
        workspace
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let status = Command::new("git").args(identity).args(arguments).current_dir(self.0.path()).status();
        assert!(status.unwrap().success(), "{arguments:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "x"]);
    }

    fn check(&self, from: &str, arguments: &[&str]) -> Outcome {
        let arguments = [&["check"], arguments, &["--format", "json"]].concat();
        Outcome::of(&packgate(&self.0.path().join(from), &arguments))
    }
}

impl Outcome {
    fn of(output: &Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            report: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The packages that were audited with their verdicts, sorted.
    fn verdicts(&self) -> Vec<(String, String)> {
        let artifacts = self.report["artifacts"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let audited = artifacts.iter().filter(|one| one["error"].is_null());
        let mut verdicts: Vec<_> =
            audited.map(|one| (text(&one["package"]["name"]), text(&one["verdict"]))).collect();
        verdicts.sort();
        verdicts
    }

    fn names(&self) -> Vec<String> {
        self.verdicts().into_iter().map(|(name, _)| name).collect()
    }

    /// What is said of a package: verdict, policy, and the findings with rule, place and level.
    fn judged(&self, name: &str) -> Vec<String> {
        let artifacts = self.report["artifacts"].as_array().unwrap();
        let of = |one: &Value| {
            let mut lines = vec![format!("{} {}", one["verdict"], one["policy"])];
            let findings = one["findings"].as_array().unwrap().iter();
            lines.extend(findings.map(|one| format!("{} {} {}", one["rule"], one["place"], one["level"])));
            lines
        };
        artifacts.iter().filter(|one| one["package"]["name"] == name).flat_map(of).collect()
    }
}

const ROOT: (&str, &str) = (
    "package.json",
    r#"{"name": "root", "private": true, "version": "1.0.0", "workspaces": ["packages/*"]}"#,
);

fn npm_members() -> Vec<(&'static str, &'static str)> {
    vec![
        ROOT,
        ("packgate.toml", "[internal]\nmarkers = ['the-house']\n[rules]\nstray-os = 'off'\n"),
        (
            "packages/ui/package.json",
            r#"{"name": "@acme/ui", "version": "1.0.0", "license": "MIT", "files": ["dist"], "main": "dist/index.js",
                "dependencies": {"@acme/base": "^1.0.0"}}"#,
        ),
        ("packages/ui/dist/index.js", "// the-house\nmodule.exports = 1;\n"),
        (
            "packages/base/package.json",
            r#"{"name": "@acme/base", "version": "1.0.0", "license": "UNLICENSED", "files": ["index.js"],
                "packgate": {"rules": {"no-allowlist": "note"}}}"#,
        ),
        ("packages/base/index.js", "module.exports = 2;\n"),
        ("packages/core/package.json", r#"{"name": "@acme/core", "version": "1.0.0", "private": true}"#),
        ("packages/core/index.js", "module.exports = 3;\n"),
    ]
}

#[test]
fn every_published_member_is_audited() {
    if !clients::have(&["npm", "git"]) {
        return;
    }
    let workspace = Workspace::new(&npm_members());
    let outcome = workspace.check("", &[]);
    assert_eq!(outcome.status, 1, "{}", outcome.errors);
    let expected = [("@acme/base", "pass"), ("@acme/ui", "blocked")];
    assert_eq!(outcome.verdicts(), expected.map(|(name, verdict)| (name.to_owned(), verdict.to_owned())));

    let text = String::from_utf8(packgate(workspace.0.path(), &["check"]).stdout).unwrap();
    let end =
        text.split("\n\n").skip_while(|part| !part.contains("left out")).collect::<Vec<_>>().join("\n\n");
    assert_eq!(
        end,
        "blocked  acme-ui-1.0.0.tgz    1 error\n\
         passed   acme-base-1.0.0.tgz\n\
         policy proprietary (licence \"UNLICENSED\") for 1, open-source (licence \"MIT\") for 1\n\
         1 package left out: @acme/core (package.json says `\"private\": true`)\n\n\
         1 blocked, 1 passed\n"
    );

    assert_eq!(workspace.check("", &["--member", "@acme/base"]).names(), ["@acme/base"]);
    assert_eq!(workspace.check("", &["--member", "*/u*"]).names(), ["@acme/ui"]);
    let private = workspace.check("", &["--member", "@acme/core"]);
    assert!(private.status == 2 && private.errors.contains("is not published"), "{}", private.errors);
    let unknown = workspace.check("", &["--member", "nobody"]);
    assert!(unknown.status == 2 && unknown.errors.contains("there are root, "), "{}", unknown.errors);

    plant(workspace.0.path(), [("packages/base/index.js", "module.exports = 4;\n")]);
    assert_eq!(workspace.check("", &["--since", "HEAD"]).names(), ["@acme/base", "@acme/ui"]);
    workspace.commit();
    plant(workspace.0.path(), [("packages/ui/new.js", "module.exports = 4;\n")]);
    assert_eq!(workspace.check("", &["--since", "HEAD"]).names(), ["@acme/ui"]);
    assert_eq!(workspace.check("", &["--since", "no-such-revision"]).status, 2);
}

#[test]
fn the_verdict_is_the_same_from_everywhere() {
    if !clients::have(&["npm", "git"]) {
        return;
    }
    let workspace = Workspace::new(&npm_members());
    let kept = workspace.0.path().join("out");
    let root = workspace.check("", &["--keep", "out"]);
    assert!(root.errors.contains("npm publish ./out/acme-base-1.0.0.tgz\n"), "{}", root.errors);
    assert!(!root.errors.contains("acme-ui-1.0.0.tgz\n"), "{}", root.errors);
    // What is told to type reaches the registry's door and no other: npm takes `out/x.tgz` for a repository on GitHub.
    let command = root.errors.lines().find_map(|line| line.strip_prefix("    npm publish ")).unwrap();
    let dry = std::process::Command::new("npm")
        .args(["publish", "--dry-run", "--offline", command])
        .current_dir(workspace.0.path())
        .output()
        .unwrap();
    assert!(dry.status.success(), "{}", String::from_utf8_lossy(&dry.stderr));
    for (name, folder, file) in [
        ("@acme/ui", "packages/ui", "acme-ui-1.0.0.tgz"),
        ("@acme/base", "packages/base", "acme-base-1.0.0.tgz"),
    ] {
        let file = kept.join(file);
        let file = file.to_str().unwrap();
        let renamed = kept.join("any.tgz");
        std::fs::copy(file, &renamed).unwrap();
        let expected = root.judged(name);
        for (from, arguments) in [
            (folder, vec![]),
            ("", vec![folder]),
            ("packages/core", vec!["../../", "--member", name]),
            ("", vec![file]),
            ("packages/core", vec![file]),
            (folder, vec![file]),
            ("", vec![renamed.to_str().unwrap()]),
        ] {
            let outcome = workspace.check(from, &arguments);
            assert_eq!(
                outcome.judged(name),
                expected,
                "{name} from {from:?} with {arguments:?}: {}",
                outcome.errors
            );
        }
    }
}

#[test]
fn a_check_before_publishing_does_not_pack_in_circles() {
    if !clients::have(&["npm", "git"]) {
        return;
    }
    let mut files = npm_members();
    let program = env!("CARGO_BIN_EXE_packgate");
    let manifest = format!(
        r#"{{"name": "@acme/ui", "version": "1.0.0", "license": "MIT", "files": ["dist"], "main": "dist/index.js",
            "scripts": {{"prepublishOnly": "{program} check"}}}}"#
    );
    files.retain(|(path, _)| *path != "packages/ui/package.json");
    files.push(("packages/ui/package.json", &manifest));
    let workspace = Workspace::new(&files);
    let outcome = workspace.check("", &[]);
    assert_eq!((outcome.status, outcome.names().len()), (1, 2), "{}", outcome.errors);
    let publish = Command::new("npm")
        .args(["publish", "--dry-run"])
        .current_dir(workspace.0.path().join("packages/ui"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&publish.stdout).into_owned();
    assert!(!publish.status.success() && text.contains("internal-marker"), "{text}");
}

#[test]
fn a_member_that_can_not_be_packed_hides_no_other() {
    if !clients::have(&["npm", "git"]) {
        return;
    }
    let mut files = npm_members();
    files.retain(|(path, _)| *path != "packages/base/package.json");
    files.push((
        "packages/base/package.json",
        r#"{"name": "@acme/base", "version": "1.0.0", "scripts": {"prepack": "exit 7"}}"#,
    ));
    let outcome = Workspace::new(&files).check("", &[]);
    assert_eq!((outcome.status, outcome.names()), (2, vec!["@acme/ui".to_owned()]));
    assert!(outcome.errors.contains("@acme/base: npm pack failed"), "{}", outcome.errors);
    let failed = outcome.report["artifacts"].as_array().unwrap().iter().filter(|one| !one["error"].is_null());
    assert_eq!(
        failed.map(|one| one["path"].as_str().unwrap_or_default()).collect::<Vec<_>>(),
        ["@acme/base"]
    );
}

#[test]
fn pnpm_packs_thirty_packages_at_once() {
    if clients::have(&["pnpm", "git"]) {
        let root = [
            ("package.json", r#"{"name": "root", "private": true}"#),
            ("pnpm-workspace.yaml", "packages:\n  - packages/*\n"),
        ];
        packs_thirty_packages_at_once("pnpm", &root, std::env::var_os("PATH").unwrap());
    }
}

#[test]
fn yarn_packs_thirty_packages_at_once() {
    let path = clients::path_with_yarn().filter(|_| clients::have(&["node", "git"]));
    if let Some(path) = path {
        let root = r#"{"name": "root", "private": true, "packageManager": "yarn@4.18.1", "workspaces": ["packages/*"]}"#;
        packs_thirty_packages_at_once("yarn", &[("package.json", root), ("yarn.lock", "")], path);
    }
}

fn packs_thirty_packages_at_once(client: &str, root: &[(&str, &str)], path: OsString) {
    let manifest = |number: usize| {
        let needs = match number {
            0 => String::new(),
            _ => format!(r#", "dependencies": {{"@acme/p{}": "workspace:^"}}"#, number - 1),
        };
        format!(
            r#"{{"name": "@acme/p{number}", "version": "1.0.{number}", "license": "MIT", "files": ["index.js"]{needs}}}"#
        )
    };
    let members: Vec<(String, String)> = (0..30)
        .flat_map(|number| {
            let text = format!("module.exports = {number};\n");
            [
                (format!("packages/p{number}/package.json"), manifest(number)),
                (format!("packages/p{number}/index.js"), text),
            ]
        })
        .collect();
    let members = members.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let workspace = Workspace::new(&members.chain(root.iter().copied()).collect::<Vec<_>>());
    if client == "yarn" {
        // It packs nothing that it hasn't installed.
        let installed = Command::new("yarn")
            .arg("install")
            .current_dir(workspace.0.path())
            .env("PATH", &path)
            .env("YARN_ENABLE_IMMUTABLE_INSTALLS", "false")
            .output()
            .unwrap();
        assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stdout));
    }
    let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
        .args(["check", "-v", "--format", "json"])
        .current_dir(workspace.0.path())
        .env("PATH", path)
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap();
    let outcome = Outcome::of(&output);
    assert_eq!((outcome.status, outcome.names().len()), (0, 30), "{}", outcome.errors);
    let is_run = |line: &&str| line.contains("running") && line.contains(client);
    assert_eq!(outcome.errors.lines().filter(is_run).count(), 1, "one run of the client packs all");
}

#[test]
fn cargo_workspaces() {
    if !clients::have(&["cargo", "git"]) {
        return;
    }
    let crate_of = |name: &str, more: &str| {
        format!(
            "[package]\nname = '{name}'\nversion = '0.1.0'\nedition = '2021'\nlicense = 'MIT'\ndescription = 'd'\ninclude = ['src']\n{more}"
        )
    };
    let (one, two) = (crate_of("acme-ws-one", ""), crate_of("acme-ws-two", "publish = false\n"));
    let rooted = format!(
        "[workspace]\n{}\n[dependencies]\nacme-ws-one = {{ path = 'one', version = '0.1.0' }}\n",
        crate_of("acme-ws-root", "")
    );
    let lib = ("src/lib.rs", "pub fn f() {}\n");
    let members = [
        ("one/Cargo.toml", one.as_str()),
        ("one/src/lib.rs", lib.1),
        ("two/Cargo.toml", two.as_str()),
        ("two/src/lib.rs", lib.1),
    ];
    let virtual_root = ("Cargo.toml", "[workspace]\nresolver = '2'\nmembers = ['one', 'two']\n");
    let outcome = Workspace::new(&[&members[..], &[virtual_root]].concat()).check("", &[]);
    assert_eq!((outcome.status, outcome.names()), (0, vec!["acme-ws-one".to_owned()]), "{}", outcome.errors);
    let rooted = Workspace::new(&[&members[..2], &[("Cargo.toml", rooted.as_str()), lib]].concat());
    let outcome = rooted.check("", &["--quiet"]);
    if !outcome.errors.contains("failed to") {
        assert_eq!(outcome.names(), ["acme-ws-one", "acme-ws-root"], "{}", outcome.errors);
        assert_eq!(rooted.check("one", &[]).names(), ["acme-ws-one"]);
    }
}

#[test]
fn a_crate_that_needs_a_private_one_hides_no_other_and_keeps_none_from_being_mended() {
    if !clients::have(&["cargo", "git"]) {
        return;
    }
    let manifest = |name: &str, more: &str| {
        format!(
            "[package]\nname = 'acme-ws-{name}'\nversion = '0.1.0'\nedition = '2021'\nlicense = 'MIT'\ndescription = 'd'\n{more}"
        )
    };
    let needs = "[dependencies]\nacme-ws-private = { path = '../private', version = '0.1.0' }\n";
    let workspace = Workspace::new(&[
        ("Cargo.toml", "[workspace]\nresolver = '2'\nmembers = ['one', 'two', 'private']\n"),
        ("one/Cargo.toml", &manifest("one", "")),
        ("one/src/lib.rs", ""),
        ("one/.claude/settings.local.json", "{\"permissions\": {\"allow\": []}}"),
        ("two/Cargo.toml", &manifest("two", needs)),
        ("two/src/lib.rs", ""),
        ("private/Cargo.toml", &manifest("private", "publish = false\n")),
        ("private/src/lib.rs", ""),
    ]);
    let outcome = workspace.check("", &[]);
    if outcome.errors.contains("Could not resolve host") {
        return;
    }
    assert_eq!((outcome.status, outcome.names()), (2, vec!["acme-ws-one".to_owned()]));
    assert!(outcome.errors.contains("acme-ws-private is a member of this workspace"), "{}", outcome.errors);
    let fixed = Outcome::of(&packgate(workspace.0.path(), &["fix", "--yes"]));
    assert_eq!(fixed.status, 2, "{}", fixed.errors);
    assert!(fixed.errors.contains("acme-ws-two: cargo package"), "{}", fixed.errors);
    let one = std::fs::read_to_string(workspace.0.path().join("one/Cargo.toml")).unwrap();
    assert!(one.contains("exclude = "), "{one}");
}

/// A bundler minifies what it takes in of a small private member past recognition: the map beside the program, which the
/// fix keeps out of the package, is all that tells of it.
#[test]
fn a_private_member_is_told_of_when_the_map_is_kept_out() {
    if !clients::have(&["npm", "git"]) {
        return;
    }
    let manifest = |name: &str, more: &str| {
        format!(r#"{{"name": "@acme/{name}", "version": "1.0.0", "license": "UNLICENSED"{more}}}"#)
    };
    let map = |member: &str| {
        format!(
            r#"{{"version":3,"sources":["../src/cli.ts","../../{member}/src/index.ts"],"sourcesContent":["f(1)\n","export const f = (a) => a * 3\n"],"mappings":"AAAA"}}"#
        )
    };
    let listed = r#", "main": "dist/cli.js", "files": ["dist"]"#;
    let program = "var f=o=>o*3;f(1);\n//# sourceMappingURL=cli.js.map\n";
    let workspace = Workspace::new(&[
        ("package.json", r#"{"private": true, "workspaces": ["packages/*"]}"#),
        ("packages/inner/package.json", &manifest("inner", r#", "private": true"#)),
        ("packages/inner/src/index.ts", "export const f = (a) => a * 3\n"),
        ("packages/outer/package.json", &manifest("outer", r#", "main": "index.js", "files": ["index.js"]"#)),
        ("packages/outer/index.js", "exports.f = 1\n"),
        ("packages/leaks/package.json", &manifest("leaks", listed)),
        ("packages/leaks/dist/cli.js", program),
        ("packages/leaks/dist/cli.js.map", &map("inner")),
        ("packages/clean/package.json", &manifest("clean", listed)),
        ("packages/clean/dist/cli.js", program),
        ("packages/clean/dist/cli.js.map", &map("outer")),
    ]);
    let fixed = Outcome::of(&packgate(workspace.0.path(), &["fix", "--yes"]));
    assert_eq!(fixed.status, 1, "{}", fixed.errors);
    let told = |name: &str| {
        let judged = workspace.check("", &[]).judged(name);
        judged.into_iter().filter(|line| line.contains("internal-package")).collect::<Vec<_>>()
    };
    let found = told("@acme/leaks");
    assert!(found.len() == 1 && found[0].contains("package/dist/cli.js\""), "{found:?}");
    assert_eq!(told("@acme/clean"), [""; 0]);
    // An earlier build's map, which the program of this one doesn't link to.
    let built = workspace.0.path().join("packages/leaks/dist");
    std::fs::write(built.join("cli.js"), "console.log('hello');\n").unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
    std::fs::File::options().write(true).open(built.join("cli.js.map")).unwrap().set_modified(old).unwrap();
    assert_eq!(told("@acme/leaks"), [""; 0]);
}

/// A backend that needs nothing from a registry.
const BACKEND: &str = r#"
import io, pathlib, re, tarfile, zipfile

text = pathlib.Path("pyproject.toml").read_text()
project = re.search(r"name = '(.*)'", text).group(1)
name = project.replace("-", "_")
METADATA = f"Metadata-Version: 2.4\nName: {project}\nVersion: 0.1.0\nLicense-Expression: MIT\n"

def build_sdist(folder, settings=None):
    with tarfile.open(pathlib.Path(folder) / f"{name}-0.1.0.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as sdist:
        for path, text in [("PKG-INFO", METADATA), *((n, pathlib.Path(n).read_text()) for n in ["pyproject.toml", "backend.py"])]:
            member = tarfile.TarInfo(f"{name}-0.1.0/{path}")
            member.size = len(text.encode())
            sdist.addfile(member, io.BytesIO(text.encode()))
    return f"{name}-0.1.0.tar.gz"

def build_wheel(folder, settings=None, metadata=None):
    info, wheel = f"{name}-0.1.0.dist-info", f"{name}-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / wheel, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "x = 1\n")
        archive.writestr(f"{info}/METADATA", METADATA)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "".join(f"{n},,\n" for n in [*archive.namelist(), f"{info}/RECORD"]))
    return wheel
"#;

#[test]
fn uv_workspaces() {
    if !clients::have(&["uv", "git"]) {
        return;
    }
    let project = |name: &str| {
        format!(
            "[project]\nname = '{name}'\nversion = '0.1.0'\nlicense = 'MIT'\n[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
        )
    };
    let backend = BACKEND;
    let (one, two) = (project("acme-one"), project("acme-two"));
    let workspace = Workspace::new(&[
        (
            "pyproject.toml",
            "[project]\nname = 'acme-root'\nversion = '0.1.0'\n[tool.uv.workspace]\nmembers = ['packages/*']\n",
        ),
        ("packages/one/pyproject.toml", &one),
        ("packages/one/backend.py", backend),
        ("packages/two/pyproject.toml", &two),
        ("packages/two/backend.py", backend),
        ("packages/app/pyproject.toml", "[project]\nname = 'acme-app'\nversion = '0.1.0'\n"),
    ]);
    let outcome = workspace.check("", &["-v"]);
    assert_eq!(outcome.names(), ["acme-one", "acme-one", "acme-two", "acme-two"], "{}", outcome.errors);
    assert_eq!(outcome.errors.lines().filter(|line| line.contains("--all-packages")).count(), 1);
    assert_eq!(workspace.check("packages/one", &[]).judged("acme-one"), outcome.judged("acme-one"));
}

/// A repository of several gems, one of them at its root and with a gem for a platform, beside an npm workspace whose root
/// has no name.
#[test]
fn gems_of_a_repository() {
    if !clients::have(&["gem", "npm", "git"]) {
        return;
    }
    let specification = |name: &str, platform: &str| {
        format!(
            "Gem::Specification.new do |s|\n  s.name = '{name}'\n  s.version = '1.0.0'\n  s.platform = '{platform}'\n  \
             s.summary = 'x'\n  s.authors = ['a']\n  s.license = 'MIT'\n  s.files = ['lib/a.rb']\nend\n"
        )
    };
    let (acme, windows) = (specification("acme", "ruby"), specification("acme", "x64-mingw-ucrt"));
    let job = specification("acme-job", "ruby");
    let workspace = Workspace::new(&[
        ("Gemfile", ""),
        ("package.json", r#"{"private": true, "workspaces": ["acme-web"]}"#),
        (
            "acme-web/package.json",
            r#"{"name": "acme-web", "version": "1.0.0", "license": "MIT", "files": ["a.js"], "main": "a.js"}"#,
        ),
        ("acme-web/a.js", "exports.a = 1;\n"),
        ("acme.gemspec", &acme),
        ("acme-windows.gemspec", &windows),
        ("lib/a.rb", "A = 1\n"),
        ("acme-job/acme-job.gemspec", &job),
        ("acme-job/lib/a.rb", "A = 1\n"),
        ("spec/fixtures/other/other.gemspec", "raise\n"),
    ]);
    let outcome = workspace.check("", &[]);
    assert_eq!(outcome.names(), ["acme", "acme", "acme-job", "acme-web"], "{}", outcome.errors);
    let own = workspace.check("acme-job", &[]);
    assert_eq!(own.judged("acme-job"), outcome.judged("acme-job"), "{}", own.errors);
}

/// A checkout that is no package and no workspace is looked at as it is, and whoever meant a package in it is told where.
#[test]
fn a_checkout_of_several_packages_says_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let setuptools = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n";
    let files = [
        (".git/HEAD", "ref: refs/heads/main\n"),
        ("pyproject.toml", setuptools),
        ("reader/pyproject.toml", setuptools),
        ("reader/web/package.json", "{}"),
        ("packages/writer/setup.py", ""),
        ("tests/sample/package.json", "{}"),
        ("a/b/c/package.json", "{}"),
    ];
    plant(folder.path(), files);
    let printed = |arguments: &[&str]| {
        let output = packgate(folder.path(), arguments);
        String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let told = printed(&["check"]);
    assert!(told.contains("check these: packgate check packages/writer reader"), "{told}");
    std::fs::write(folder.path().join("setup.py"), "").unwrap();
    let told = printed(&["check", "--as-is"]);
    assert!(told.contains("check these: packgate check packages/writer reader"), "{told}");
    for manifest in ["packages/writer/setup.py", "reader/pyproject.toml", "reader/web/package.json"] {
        std::fs::remove_file(folder.path().join(manifest)).unwrap();
    }
    let told = printed(&["check", "--as-is"]);
    assert!(told.contains(".git/HEAD") && !told.contains("check these"), "{told}");
}

#[test]
fn a_tarball_away_from_its_project_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/samples");
    let sample = std::fs::read_dir(sample).unwrap().flatten().map(|file| file.path());
    let sample = sample.filter(|path| path.extension().is_some_and(|end| end == "tgz")).min().unwrap();
    let output = packgate(folder.path(), &["check", sample.to_str().unwrap()]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text.matches("not applied: ").count(), 1, "{text}");
}

#[cfg(unix)]
#[test]
fn what_a_client_writes_anew_is_read_anew() {
    use std::os::unix::fs::PermissionsExt as _;

    let manifest =
        |name: &str| format!(r#"{{"name": "{name}", "version": "1.0.0", "license": "MIT", "main": "i.js"}}"#);
    let (a, b) = (manifest("a"), manifest("b"));
    let workspace = Workspace::new(&[
        ("package.json", r#"{"name": "root", "private": true}"#),
        ("pnpm-workspace.yaml", "packages: ['packages/*']\n"),
        ("packages/a/package.json", &a),
        ("packages/a/i.js", ""),
        ("packages/b/package.json", &b),
        ("packages/b/i.js", ""),
    ]);
    let desk = tempfile::tempdir().unwrap();
    let tarball = |file: &str, files: &[(&str, &str)]| {
        let files = files.iter().map(|(path, text)| (format!("package/{path}"), text.as_bytes().to_vec()));
        std::fs::write(desk.path().join(file), npm_tarball(&files.collect::<Vec<_>>())).unwrap();
    };
    tarball("a", &[("package.json", &a), ("i.js", "")]);
    tarball("b", &[("package.json", &b), ("i.js", "")]);
    tarball("a-without-entry", &[("package.json", &a)]);
    // A client that thinks better of a package while it packs another, and one that writes it piece by piece.
    let again =
        "cp a $into/a-1.0.0.tgz; sleep 0.3; cp b $into/b-1.0.0.tgz; cp a-without-entry $into/a-1.0.0.tgz";
    let slowly = "head -c 99 a-without-entry > $into/a-1.0.0.tgz; sleep 0.3; cp b $into/b-1.0.0.tgz; sleep 0.1; \
                  tail -c +100 a-without-entry >> $into/a-1.0.0.tgz";
    let pnpm = desk.path().join("pnpm");
    for script in [again, slowly] {
        let into =
            "for argument; do case $argument in --pack-destination=*) into=${argument#*=};; esac; done";
        let text = format!("#!/bin/sh\n{into}\ncd {}\n{script}\nsleep 0.3\n", desk.path().display());
        std::fs::write(&pnpm, text).unwrap();
        std::fs::set_permissions(&pnpm, std::fs::Permissions::from_mode(0o755)).unwrap();
        let paths = std::env::var_os("PATH").unwrap();
        let paths = [desk.path().to_path_buf()].into_iter().chain(std::env::split_paths(&paths));
        let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
            .args(["check", "--format", "json"])
            .current_dir(workspace.0.path())
            .env("PATH", std::env::join_paths(paths).unwrap())
            .env_remove("GITHUB_ACTIONS")
            .output();
        let outcome = Outcome::of(&output.unwrap());
        let verdict = |name: &str, verdict: &str| (name.to_owned(), verdict.to_owned());
        assert_eq!(outcome.verdicts(), [verdict("a", "blocked"), verdict("b", "pass")], "{}", outcome.errors);
    }
}
