//! Artifacts compared with the commit that they are from: fresh repositories, packed by the real clients, before and
//! after somebody changes, adds and re-encodes files. What a client makes itself is never named.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::clients::{have, have_imports, have_module};
use crate::dice::{Dice, fresh_seed};
use crate::samples::plant;

/// A project in a repository, and a folder beside it for what is packed.
pub(crate) struct Repository {
    folder: TempDir,
    pub(crate) out: TempDir,
    seed: u64,
}

/// How somebody packs.
type Pack = fn(&Repository);

impl Repository {
    pub(crate) fn new(seed: u64, files: &[(String, String)]) -> Self {
        let folder = TempDir::new().unwrap();
        plant(folder.path(), files.iter().map(|(path, text)| (path, text)));
        let new = Self { folder, out: TempDir::new().unwrap(), seed };
        new.git(&["init", "--quiet", "--initial-branch=main"]);
        new.commit();
        new
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false"])
            .args(arguments)
            .current_dir(self.path())
            .status();
        assert!(status.unwrap().success(), "git {arguments:?}");
    }

    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=x"]);
    }

    pub(crate) fn run(&self, program: &str, arguments: &[&str]) {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.path())
            .env("CARGO_TARGET_DIR", self.out.path().join("cargo"))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "seed {}: {program} {arguments:?}: {told}", self.seed);
    }

    /// What was packed.
    pub(crate) fn artifacts(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        for folder in [self.out.path().to_owned(), self.out.path().join("cargo/package")] {
            let files = fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
            all.extend(files.filter(|path| path.is_file()));
        }
        assert!(!all.is_empty(), "seed {}: nothing was packed", self.seed);
        all
    }

    pub(crate) fn check(&self, artifact: &Path, more: &[&str]) -> Value {
        let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
            .arg("check")
            .arg(artifact)
            .args(["--format", "json", "--project"])
            .arg(self.path())
            .args(if more.contains(&"--policy") { &[][..] } else { &["--policy", "proprietary"] })
            .args(more)
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        report["artifacts"][0].clone()
    }

    /// Each file that is named, with the level and rule, by the end of its place.
    pub(crate) fn named(&self, artifact: &Path) -> BTreeSet<String> {
        let report = self.check(artifact, &[]);
        assert!(report["commit"]["files"].as_u64() > Some(0), "seed {}: {report}", self.seed);
        let findings = report["findings"].as_array().unwrap().iter();
        let own = findings.filter(|finding| finding["rule"].as_str().unwrap().ends_with("-commit"));
        own.map(|finding| {
            let word = |key: &str| finding[key].as_str().unwrap().to_owned();
            let name = word("place").rsplit('/').next().unwrap().to_owned();
            format!("{} {} {name}", word("level"), word("rule"))
        })
        .collect()
    }
}

/// Packs a project as it is committed, then with a file changed, one added, one with other line ends and one with a
/// byte-order mark, all of which stand in `folder`.
fn told_apart(seed: u64, files: &[(&str, &str)], folder: &str, end: &str, pack: Pack) {
    let mut dice = Dice::new(seed);
    let mut name = || format!("{}{end}", dice.characters("abcdefghijklmnop", 9));
    let names: Vec<String> = (0..5).map(|_| name()).collect();
    let text = |number: usize| format!("# {number}\n# {seed}\n");
    let mut all: Vec<(String, String)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    all.extend((0..4).map(|number| (format!("{folder}/{}", names[number]), text(number))));
    let repository = Repository::new(seed, &all);
    let write = |number: usize, text: String| {
        fs::write(repository.path().join(folder).join(&names[number]), text).unwrap();
    };
    pack(&repository);
    for artifact in repository.artifacts() {
        assert_eq!(repository.named(&artifact), BTreeSet::new(), "seed {seed}: {}", artifact.display());
        fs::remove_file(artifact).unwrap();
    }
    write(1, text(1) + "# more\n");
    write(2, text(2).replace('\n', "\r\n"));
    write(3, format!("\u{feff}{}", text(3)));
    write(4, text(4));
    pack(&repository);
    let expected = BTreeSet::from([
        format!("error differs-from-commit {}", names[1]),
        format!("note differs-from-commit {}", names[2]),
        format!("error differs-from-commit {}", names[3]),
        format!("error not-in-commit {}", names[4]),
    ]);
    for artifact in repository.artifacts() {
        assert_eq!(repository.named(&artifact), expected, "seed {seed}: {}", artifact.display());
    }
}

pub(crate) const CARGO: &str =
    "# words\n[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[workspace]\n";

pub(crate) fn cargo(repository: &Repository) {
    repository.run("cargo", &["package", "--quiet", "--no-verify", "--allow-dirty", "--offline"]);
}

#[test]
fn crates() {
    if have(&["git", "cargo"]) {
        told_apart(fresh_seed(), &[("Cargo.toml", CARGO), ("src/lib.rs", "")], "src/data", ".txt", cargo);
    }
}

#[test]
fn npm_packages() {
    let manifest = r#"{"name": "demo", "version": "1.0.0", "files": ["lib"], "scripts": {"test": "x"}}"#;
    let files = [
        ("package.json", manifest),
        ("README.md", "x"),
        ("lib/index.js", ""),
        ("lib/a.js", ""),
        ("lib/b.js", ""),
    ];
    let pack: Pack = |repository| {
        let out = repository.out.path().to_str().unwrap().to_owned();
        repository.run("npm", &["pack", "--silent", "--ignore-scripts", "--pack-destination", &out]);
    };
    if have(&["git", "npm"]) {
        told_apart(fresh_seed(), &files, "lib", ".js", pack);
    }
}

#[test]
fn gems() {
    let specification = "Gem::Specification.new do |s|\n  s.name = 'demo'\n  s.version = '1.0.0'\n  s.summary = 'x'\n  s.authors = ['a']\n  s.files = Dir['lib/**/*']\nend\n";
    let pack: Pack = |repository| {
        let out = repository.out.path().join("demo-1.0.0.gem");
        repository.run("gem", &["build", "--silent", "demo.gemspec", "--output", out.to_str().unwrap()]);
    };
    if have(&["git", "gem"]) {
        told_apart(
            fresh_seed(),
            &[("demo.gemspec", specification), ("lib/demo.rb", "")],
            "lib/demo",
            ".rb",
            pack,
        );
    }
}

/// A source distribution, and the wheel that is built from it.
fn python(backend: &str, requires: &str, settings: &str, folder: &str) {
    if !have(&["git"]) || !have_module("build") || !have_imports(requires) {
        return;
    }
    let requires = requires.split(['.', ',']).next().unwrap();
    let manifest = format!(
        "[build-system]\nrequires = [\"{requires}\"]\nbuild-backend = \"{backend}\"\n\n[project]\nname = \"demo\"\nversion = \"1.0.0\"\ndescription = \"x\"\n{settings}"
    );
    let ignored = "build\n*.egg-info\n";
    let init = format!("{folder}/__init__.py");
    let pack: Pack = |repository| {
        let out = repository.out.path().to_str().unwrap().to_owned();
        repository
            .run("python", &["-m", "build", "--no-isolation", "--skip-dependency-check", "--outdir", &out]);
    };
    let files = [
        ("pyproject.toml", manifest.as_str()),
        ("README.md", "x"),
        (".gitignore", ignored),
        (init.as_str(), "\"\"\"Words.\"\"\"\n"),
    ];
    told_apart(fresh_seed(), &files, folder, ".py", pack);
}

#[test]
fn distributions_of_setuptools() {
    python("setuptools.build_meta", "setuptools.command.bdist_wheel", "", "src/demo");
}

#[test]
fn distributions_of_hatchling() {
    python("hatchling.build", "hatchling.build", "", "demo");
}

#[test]
fn distributions_of_flit() {
    python("flit_core.buildapi", "flit_core.buildapi", "", "demo");
}

#[test]
fn which_commit() {
    if !have(&["git", "cargo"]) {
        return;
    }
    let files = [("Cargo.toml", CARGO), ("src/lib.rs", "")];
    let repository =
        Repository::new(fresh_seed(), &files.map(|(path, text)| (path.to_owned(), text.to_owned())));
    repository.git(&["tag", "v1.0.0"]);
    cargo(&repository);
    let [artifact] = repository.artifacts().try_into().unwrap();
    fs::write(repository.path().join("src/lib.rs"), "// more\n").unwrap();
    repository.commit();
    // The crate names its own commit.
    let commit = repository.check(&artifact, &[])["commit"].clone();
    assert_eq!(commit["because"], "the commit of .cargo_vcs_info.json");
    assert_eq!((&commit["tag"]["name"], &commit["differing"]), (&"v1.0.0".into(), &0.into()));
    // What passed is stated with the commit that it is from.
    let statements = TempDir::new().unwrap();
    repository
        .check(&artifact, &["--policy", "open-source", "--attest", statements.path().to_str().unwrap()]);
    let files = fs::read_dir(statements.path()).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    let stated: Vec<Value> = files.map(|bytes| serde_json::from_slice(&bytes).unwrap()).collect();
    let own = stated[0]["predicate"].as_object().unwrap().iter();
    let from = own.clone().find(|(name, _)| name.ends_with("/commit/v1")).unwrap();
    assert_eq!(from.1["digest"]["gitCommit"], commit["id"]);
    let commit = &repository.check(&artifact, &["--commit", "main"])["commit"];
    assert_eq!((&commit["because"], &commit["differing"]), (&"--commit main".into(), &1.into()));
    assert_ne!(commit["tag"]["commit"], commit["id"]);
    let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
        .arg("check")
        .arg(&artifact)
        .args(["--commit", "nothing", "--project"])
        .arg(repository.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "packgate: --commit nothing: git knows no such commit\n"
    );
    // A clone that lacks the commit says so.
    let shallow = TempDir::new().unwrap();
    let from = format!("file://{}", repository.path().display());
    let to = shallow.path().join("demo");
    repository.git(&["clone", "--quiet", "--depth=1", "--no-tags", &from, to.to_str().unwrap()]);
    let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
        .arg("check")
        .arg(&artifact)
        .args(["--format", "json", "--project"])
        .arg(&to)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lacking = report["artifacts"][0]["not_applied"].as_array().unwrap().iter();
    let lacking: Vec<&str> = lacking.filter_map(|rule| rule["lacks"].as_str()).collect();
    assert!(lacking.iter().any(|words| words.contains("the clone is shallow")), "{lacking:?}");
}

/// Links within the repository, one out of it, and a submodule that isn't there.
#[test]
#[cfg(unix)]
fn links_and_the_workspace_above() {
    if !have(&["git", "cargo"]) {
        return;
    }
    let manifest = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\nlicense-file = \"../LICENSE\"\n\
                    readme = \"../common/README.md\"\n";
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"demo\"]\n"),
        ("LICENSE", "words\n"),
        ("README.md", "of the workspace\n"),
        ("common/README.md", "of both\n"),
        ("common/a.txt", "a\n"),
        ("demo/Cargo.toml", manifest),
        ("demo/src/lib.rs", ""),
    ];
    let repository =
        Repository::new(fresh_seed(), &files.map(|(path, text)| (path.to_owned(), text.to_owned())));
    std::os::unix::fs::symlink("../../common", repository.path().join("demo/src/common")).unwrap();
    repository.commit();
    cargo(&repository);
    let [artifact] = repository.artifacts().try_into().unwrap();
    assert_eq!(repository.named(&artifact), BTreeSet::new());
    fs::remove_file(artifact).unwrap();
    fs::write(repository.path().join("common/a.txt"), "b\n").unwrap();
    fs::write(repository.path().join("LICENSE"), "other words\n").unwrap();
    fs::write(repository.path().join("common/README.md"), "of one\n").unwrap();
    cargo(&repository);
    let [artifact] = repository.artifacts().try_into().unwrap();
    let expected = ["LICENSE", "README.md", "a.txt"].map(|name| format!("error differs-from-commit {name}"));
    assert_eq!(repository.named(&artifact), expected.into());
}

/// Each client has its own way to write out what a manifest says in short.
#[test]
fn short_forms_in_a_manifest_of_npm() {
    let seed = fresh_seed();
    let mut dice = Dice::new(seed);
    let choices = [
        ("repository", [r#""acme/demo""#, r#""github:acme/demo""#, r#""git+ssh://git@example.com/a.git""#]),
        ("bugs", [r#""https://example.com/a""#, r#""a@example.com""#, r#"{"url": "https://example.com/a"}"#]),
        ("author", [r#""A B <a@example.com> (https://example.com)""#, r#""A""#, r#"{"name": "A"}"#]),
        ("contributors", [r#"["A <a@example.com>"]"#, r#""A""#, r#"[{"name": "B"}]"#]),
        ("bin", [r#""lib/a.js""#, r#""./lib/a.js""#, r#"{"b": "./lib/a.js"}"#]),
        ("man", [r#""./lib/a.1""#, r#"["lib/a.1"]"#, r#""lib/a.1""#]),
        ("keywords", [r#""a, b""#, r#"["a", "b"]"#, r#""a""#]),
        (
            "funding",
            [r#""https://example.com""#, r#"{"url": "https://example.com"}"#, r#"["https://example.com"]"#],
        ),
        ("main", [r#""./lib/a""#, r#""lib/a.js""#, r#""lib""#]),
        ("dependencies", [r#"{"z": "1", "a": "^1"}"#, r#"{"z": ">= 1 < 2"}"#, "{}"]),
        ("license", [r#""MIT""#, r#"{"type": "MIT"}"#, r#""SEE LICENSE IN LICENSE""#]),
        ("engines", [r#"{"node": ">= 18"}"#, r#"["node >= 18"]"#, r#""node >= 18""#]),
    ];
    for client in ["npm", "pnpm", "yarn", "bun"] {
        if !have(&["git", client]) {
            continue;
        }
        let mut fields = String::new();
        for (key, forms) in &choices {
            if dice.below(3) > 0 {
                fields += &format!(r#""{key}": {}, "#, forms[dice.below(3)]);
            }
        }
        let manifest = format!(r#"{{"name": "demo", "version": "1.0.0", {fields}"files": ["lib"]}}"#);
        let files = [
            ("package.json", manifest.as_str()),
            ("lib/a.js", "#!/usr/bin/env node\n"),
            ("lib/a.1", ".TH a\n"),
            ("lib/index.js", ""),
        ];
        let repository = Repository::new(seed, &files.map(|(path, text)| (path.to_owned(), text.to_owned())));
        let out = repository.out.path().to_str().unwrap().to_owned();
        match client {
            "yarn" => repository.run("yarn", &["pack", "--silent", "--filename", &format!("{out}/a.tgz")]),
            "bun" => repository.run("bun", &["pm", "pack", "--quiet", "--destination", &out]),
            client => repository.run(client, &["pack", "--pack-destination", &out]),
        }
        let [artifact] = repository.artifacts().try_into().unwrap();
        assert_eq!(repository.named(&artifact), BTreeSet::new(), "{client}: {manifest}");
    }
}
