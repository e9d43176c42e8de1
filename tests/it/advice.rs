//! What helps say to write is written, by `packgate fix`, which makes words and changes from the same value; then each
//! real client packs again. What was to stay out is out, and what is left still starts.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::clients;
use crate::dice::{Dice, fresh_seed};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A project, and what must not ship of it.
struct Project {
    folder: tempfile::TempDir,
    /// Where programs are looked for; where they always are, if nothing is said.
    programs: Option<OsString>,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), programs: None };
        project.write("packgate.toml", SETTINGS);
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_default()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        // Bun is installed for the tests alone.
        let own =
            std::env::var_os("PACKGATE_BUNDLERS").map(|home| Path::new(&home).join("node_modules/.bin"));
        let path = self.programs.clone().or_else(|| std::env::var_os("PATH")).unwrap_or_default();
        let path = std::env::join_paths(std::env::split_paths(&path).chain(own)).unwrap();
        let python = find("python").unwrap_or_default();
        Command::new(program)
            .args(arguments)
            .current_dir(self.path())
            .env("PATH", path)
            .env("NO_COLOR", "1")
            .env_remove("GITHUB_ACTIONS")
            .env("CARGO_TARGET_DIR", self.path().join("target"))
            .env("UV_NO_BUILD_ISOLATION", "1")
            .env("UV_OFFLINE", "1")
            .env("UV_PYTHON", python)
            .output()
            .unwrap()
    }

    /// Fixes it, and says what it was like before: every file of `unwanted` ships.
    fn fix(&self, case: &str) {
        let output = self.run(env!("CARGO_BIN_EXE_packgate"), &["fix", "--yes"]);
        assert!(output.status.success(), "{case}: {}", told(&output));
        assert!(told(&output).contains("+++ "), "{case}: nothing was written: {}", told(&output));
    }

    /// Packs it with its own client and unpacks what that made.
    fn packed(&self, case: &str, program: &str, arguments: &[&str], artifact: &str) -> PathBuf {
        let output = self.run(program, arguments);
        assert!(output.status.success(), "{case}: {}", told(&output));
        let artifact = newest(self.path(), artifact).unwrap_or_else(|| panic!("{case}: no {artifact}"));
        let into = self.path().join("unpacked");
        let _ = fs::remove_dir_all(&into);
        fs::create_dir(&into).unwrap();
        let (from, to) = (artifact.to_str().unwrap(), into.to_str().unwrap());
        let output = match [".whl", ".vsix"].iter().any(|end| from.ends_with(end)) {
            true => self.run("python", &["-m", "zipfile", "-e", from, to]),
            false => self.run("tar", &["xzf", from, "-C", to]),
        };
        assert!(output.status.success(), "{case}: {}", told(&output));
        for path in files(&into) {
            let is_unwanted = UNWANTED.iter().any(|name| path.contains(name)) || path.ends_with(".map");
            assert!(!is_unwanted, "{case}: {path} ships still\n{}", self.lists());
        }
        into
    }

    fn starts(&self, case: &str, program: &str, arguments: &[&str]) {
        let output = self.run(program, arguments);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            "hello",
            "{case}: {}\n{}",
            told(&output),
            self.lists()
        );
    }

    fn lists(&self) -> String {
        let names = ["package.json", "Cargo.toml", "pyproject.toml", "MANIFEST.in", ".vscodeignore"];
        names.iter().map(|name| self.read(name)).collect()
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The file below a folder that ends so.
fn newest(folder: &Path, end: &str) -> Option<PathBuf> {
    let mut found: Vec<String> = files(folder).into_iter().filter(|path| path.ends_with(end)).collect();
    found.sort();
    found.pop().map(|path| folder.join(path))
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_path_buf()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => left.push(path),
                false => found.push(path.strip_prefix(folder).unwrap().to_string_lossy().into_owned()),
            }
        }
    }
    found
}

const SETTINGS: &str =
    "policy = \"proprietary\"\n[rules]\nstray-credential-file = \"error\"\nstray-agent-notes = \"error\"\n";

/// Parts of paths that must be gone.
const UNWANTED: [&str; 4] = [".claude", ".env", "CLAUDE.md", "src/index.ts"];

const SCRIPT: &str = "#!/usr/bin/env node\nconst fs = require('fs');\nrequire('../dist/index.js')(fs.readFileSync(__dirname + '/../templates/word.txt', 'utf8'));\n";

const MAP: &str = r#"{"version":3,"file":"index.js","sources":["../src/index.ts"],"sourcesContent":["export default (word: string) => console.log(word)\n"],"names":[],"mappings":"AAAA"}"#;

/// A package with a program that needs code in two folders and a text in a third.
const PACKAGE: &[(&str, &str)] = &[
    ("bin/cli.js", SCRIPT),
    ("dist/index.js", "module.exports = require('./sub/say.js');\n//# sourceMappingURL=index.js.map\n"),
    ("dist/index.js.map", MAP),
    ("dist/sub/say.js", "module.exports = (word) => console.log(word.trim());\n"),
    ("dist/sub/.env", "NAME=value\n"),
    ("dist/.claude/settings.local.json", "{\"permissions\": {\"allow\": []}}"),
    ("dist/.claude/commands/plan.md", "Plan the next release.\n"),
    ("templates/word.txt", "hello\n"),
    ("src/index.ts", "export default (word: string) => console.log(word)\n"),
    ("README.md", "# acme-hello\n"),
];

/// Ways to write the list, or none.
const LISTS: [&str; 6] = [
    "",
    r#", "files": ["bin", "dist", "templates"]"#,
    r#", "files": ["bin/**", "dist/**", "templates/**/*"]"#,
    ", \"files\": [\n    \"./bin/\",\n    \"dist/**/*\",\n    \"templates\"\n  ]",
    r#", "files": ["bin", "dist", "dist/sub/.env", "templates", "!src"]"#,
    r#", "files": ["*"]"#,
];

fn javascript(client: &str, lock: (&str, &str), pack: &[&str], lists: &[&str]) {
    if clients::have(&["node", "tar", client]) {
        javascript_by((client, None), lock, pack, lists);
    }
}

/// The client, and where it is found.
fn javascript_by(
    (client, programs): (&str, Option<OsString>),
    lock: (&str, &str),
    pack: &[&str],
    lists: &[&str],
) {
    for list in lists {
        let case = format!("{client} {list}");
        let mut project = Project::new(PACKAGE);
        project.programs.clone_from(&programs);
        project.write(lock.0, lock.1);
        project.write(
            "package.json",
            &format!("{{\n  \"name\": \"acme-hello\",\n  \"version\": \"1.0.0\",\n  \"main\": \"dist/index.js\",\n  \"bin\": \"bin/cli.js\"{list}\n}}\n"),
        );
        project.fix(&case);
        assert!(project.read("package.json").starts_with("{\n  \"name\""), "{case}");
        let into = project.packed(&case, client, pack, ".tgz");
        project.starts(&case, "node", &[into.join("package/bin/cli.js").to_str().unwrap()]);
    }
}

#[test]
fn npm() {
    javascript("npm", ("package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {}}"), &["pack"], &LISTS);
}

#[test]
fn pnpm() {
    javascript("pnpm", ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"), &["pack"], &LISTS);
}

#[test]
fn yarn() {
    // yarn 1 packs the whole folder where an item takes files away.
    let lists: Vec<&str> = LISTS[..4].to_vec();
    javascript("yarn", ("yarn.lock", ""), &["pack"], &lists);
}

#[test]
fn yarn_since_its_second_version() {
    if let Some(path) = clients::path_with_yarn().filter(|_| clients::have(&["node", "tar"])) {
        let own = (".yarnrc.yml", "enableGlobalCache: false\nenableTelemetry: false\n");
        javascript_by(("yarn", Some(path)), own, &["pack", "--out", "packed.tgz"], &LISTS);
    }
}

#[test]
fn bun() {
    javascript(
        "bun",
        ("bun.lock", "{\"lockfileVersion\": 1, \"workspaces\": {\"\": {}}}"),
        &["pm", "pack"],
        &LISTS[..3],
    );
}

#[test]
fn cargo() {
    if !clients::have(&["cargo", "tar"]) {
        return;
    }
    for list in [
        "",
        "exclude = [\"/docs\"]\n",
        "include = [\"/src\", \"/templates\"]\n",
        "include = [\n    \"src/**\", # ours\n    \"templates/*\",\n]\n",
    ] {
        let project = Project::new(&[
            (
                "src/main.rs",
                "fn main() { println!(\"{}\", include_str!(\"../templates/word.txt\").trim()) }\n",
            ),
            ("src/.env", "NAME=value\n"),
            // cargo itself leaves hidden files out where there is no list.
            ("src/CLAUDE.md", "Read the plan first.\n"),
            ("src/.claude/settings.local.json", "{\"permissions\": {\"allow\": []}}"),
            ("templates/word.txt", "hello\n"),
            ("README.md", "# acme-hello\n"),
        ]);
        let manifest = format!(
            "[package]\nname = \"acme-hello\"\nversion = \"1.0.0\"\nedition = \"2021\"\ndescription = \"x\"\n{list}\n[dependencies] # none\n"
        );
        project.write("Cargo.toml", &manifest);
        project.fix(list);
        assert!(project.read("Cargo.toml").ends_with("\n[dependencies] # none\n"), "{list}");
        // Not --no-verify: cargo builds what it packed.
        let arguments = ["package", "--allow-dirty", "--offline"];
        project.packed(list, "cargo", &arguments, ".crate");
    }
}

#[test]
fn python() {
    if !clients::have(&["uv", "python", "tar"])
        || !clients::have_imports("setuptools.command.bdist_wheel, hatchling.build, flit_core.buildapi")
    {
        return;
    }
    let data =
        "[tool.setuptools.package-data]\nacme = [\"**/*\", \".env\", \".claude/**/*\", \"sub/.env\"]\n";
    for (backend, more, manifest) in [
        ("hatchling.build", "", None),
        ("hatchling.build", "[tool.hatch.build.targets.wheel]\npackages = [\"src/acme\"]\n", None),
        (
            "hatchling.build",
            "[tool.hatch.build.targets.sdist]\nexclude = [\"docs\"]\n\n[tool.hatch.build.targets.wheel]\nexclude = [\"docs\"]\n",
            None,
        ),
        ("flit_core.buildapi", "[tool.flit.sdist]\nexclude = [\"docs\"]\n", None),
        ("setuptools.build_meta", data, None),
        ("setuptools.build_meta", "", Some("graft src\n")),
    ] {
        let project = Project::new(&[
            ("src/acme/__init__.py", "from .sub import word\n"),
            (
                "src/acme/sub/__init__.py",
                "import pathlib\nword = (pathlib.Path(__file__).parent / 'word.txt').read_text().strip()\n",
            ),
            ("src/acme/sub/word.txt", "hello\n"),
            ("src/acme/sub/.env", "NAME=value\n"),
            ("src/acme/.claude/settings.local.json", "{\"permissions\": {\"allow\": []}}"),
            ("README.md", "# acme\n"),
        ]);
        let module = backend.split('.').next().unwrap();
        project.write(
            "pyproject.toml",
            &format!("[build-system]\nrequires = [\"{module}\"]\nbuild-backend = \"{backend}\"\n\n[project]\nname = \"acme\"\nversion = \"1.0.0\"\ndescription = \"x\"\n\n{more}"),
        );
        if let Some(manifest) = manifest {
            project.write("MANIFEST.in", manifest);
        }
        let case = format!("{backend} {more}");
        project.fix(&case);
        let build = ["build", "--out-dir", "out"];
        project.packed(&case, "uv", &build, ".tar.gz");
        let into = project.packed(&case, "uv", &build, ".whl");
        let program = format!("import sys; sys.path.insert(0, {:?}); import acme; print(acme.word)", into);
        project.starts(&case, "python", &["-c", &program]);
    }
}

#[test]
fn gem() {
    if !clients::have(&["gem", "ruby", "tar"]) {
        return;
    }
    // A name that Ruby would carry out in double quotes.
    let hostile = "lib/#{abort}'s/.env";
    let project = Project::new(&[
        ("lib/acme.rb", "puts File.read(File.join(__dir__, 'word.txt'))\n"),
        ("lib/word.txt", "hello\n"),
        ("lib/.env", "NAME=value\n"),
        (hostile, "NAME=value\n"),
        ("README.md", "# acme\n"),
        (
            "acme.gemspec",
            "Gem::Specification.new do |s|\n  s.name = 'acme'\n  s.version = '1.0.0'\n  s.summary = 'x'\n  s.authors = ['x']\n  s.files = Dir.glob('lib/**/*', File::FNM_DOTMATCH).select { |f| File.file?(f) }\nend\n",
        ),
    ]);
    project.fix("gem");
    let lists = project.read("acme.gemspec");
    assert!(
        lists.contains(r"-= ['lib/#{abort}\'s/.env']") && lists.ends_with("-= ['lib/.env']\nend\n"),
        "{lists}"
    );
    let built = project.run("gem", &["build", "acme.gemspec", "--output", "acme.gem"]);
    assert!(built.status.success(), "{}", told(&built));
    assert!(project.run("tar", &["xf", "acme.gem", "data.tar.gz"]).status.success());
    project.packed("gem", "true", &[], "data.tar.gz");
    project.starts("gem", "ruby", &["unpacked/lib/acme.rb"]);
}

#[test]
fn vsce() {
    if !clients::have(&["vsce", "node", "python"]) {
        return;
    }
    for (list, ignore) in [
        ("", Some("**\n!dist\n!templates/**\n!README.md\n")),
        // vsce itself refuses to pack the .env, so it has to go before anything can be audited.
        ("", Some("*.vsix\n")),
        (r#", "files": ["dist", "templates/*"]"#, None),
        (r#", "files": ["dist", "templates", ".env"]"#, None),
    ] {
        let case = format!("{list} {ignore:?}");
        let project = Project::new(&[
            (
                "dist/extension.js",
                "exports.activate = require('./sub/say.js');\n//# sourceMappingURL=extension.js.map\n",
            ),
            ("dist/extension.js.map", &MAP.replace("index.js", "extension.js")),
            (
                "dist/sub/say.js",
                "module.exports = () => console.log(require('fs').readFileSync(__dirname + '/../../templates/word.txt', 'utf8'));\n",
            ),
            ("dist/.claude/settings.local.json", "{\"permissions\": {\"allow\": []}}"),
            ("templates/word.txt", "hello\n"),
            (".env", "NAME=value\n"),
            ("README.md", "# acme\n\nSays hello.\n"),
            ("LICENSE", "All rights reserved.\n"),
        ]);
        project.write(
            "package.json",
            &format!(r#"{{ "name": "acme-hello", "version": "1.0.0", "publisher": "acme", "license": "SEE LICENSE IN LICENSE", "repository": "https://example.com/acme", "engines": {{ "vscode": "^1.80.0" }}, "main": "./dist/extension.js", "activationEvents": ["onStartupFinished"]{list} }}"#),
        );
        if let Some(ignore) = ignore {
            project.write(".vscodeignore", ignore);
        }
        project.fix(&case);
        let into = project.packed(&case, "vsce", &["package", "--out", "packed.vsix"], ".vsix");
        project.starts(
            &case,
            "node",
            &["-e", &format!("require({:?}).activate()", into.join("extension/dist/extension.js"))],
        );
    }
}

/// Two files of a kind are left out by one line, which fits the next of them, too.
#[test]
fn files_of_a_kind_have_one_line() {
    if !clients::have(&["npm"]) {
        return;
    }
    let mut dice = Dice::new(fresh_seed());
    let secret = format!("GITHUB_TOKEN=ghp_{}\n", dice.characters(LETTERS, 36));
    let project = Project::new(&[
        (
            "package.json",
            r#"{ "name": "acme", "version": "1.0.0", "license": "MIT", "main": "lib/index.js", "files": ["lib", "data"] }"#,
        ),
        ("lib/index.js", "console.log('hello');\n"),
        ("lib/data/.env.staging", &secret),
        ("data/.env.production", &secret),
    ]);
    project.fix("kind");
    let manifest = project.read("package.json");
    assert!(manifest.contains(r#"["lib", "data", "!**/.env.*"]"#), "{manifest}");
}

/// A private workspace has nothing to publish, but an app whose build can be checked.
#[test]
fn a_workspace_of_private_members_leads_to_what_is_deployed() {
    if !clients::have(&["npm"]) {
        return;
    }
    let project = Project::new(&[
        (
            "package.json",
            r#"{ "name": "acme", "private": true, "version": "0.0.0", "workspaces": ["apps/*", "libs/*"] }"#,
        ),
        ("apps/web/package.json", r#"{ "name": "web", "private": true, "version": "0.0.0" }"#),
        ("apps/web/vite.config.ts", "export default { build: { outDir: 'build' } }\n"),
        ("apps/web/build/index.html", "<p>hello\n"),
        ("apps/admin/package.json", r#"{ "name": "admin", "private": true, "version": "0.0.0" }"#),
        ("apps/admin/dist/index.html", "<p>hello\n"),
        ("libs/ui/package.json", r#"{ "name": "ui", "private": true, "version": "0.0.0" }"#),
        ("libs/ui/dist/index.js", "export {}\n"),
    ]);
    let seen = told(&project.run(env!("CARGO_BIN_EXE_packgate"), &["check"]));
    let words: String = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("packgate check apps/admin/dist apps/web/build"), "{seen}");
    let after = project.run(env!("CARGO_BIN_EXE_packgate"), &["check", "apps/admin/dist", "apps/web/build"]);
    assert!(after.status.success(), "{}", told(&after));
}

/// Two findings on one folder name one list, not each the other's file.
#[test]
fn what_two_helps_write_in_place_of_an_item_is_the_same() {
    if !clients::have(&["vsce", "node"]) {
        return;
    }
    let project = Project::new(&[
        ("dist/extension.js", "exports.activate = () => console.log('hello');\n"),
        ("media/icon.txt", "icon\n"),
        ("media/run.log", "started\n"),
        ("media/.claude/settings.local.json", "{\"permissions\": {\"allow\": []}}"),
        ("media/notes/plan.txt.orig", "plan\n"),
        ("README.md", "# acme\n\nSays hello.\n"),
        ("LICENSE", "All rights reserved.\n"),
    ]);
    project.write(
        "package.json",
        r#"{ "name": "acme-hello", "version": "1.0.0", "publisher": "acme", "license": "SEE LICENSE IN LICENSE", "repository": "https://example.com/acme", "engines": { "vscode": "^1.80.0" }, "main": "./dist/extension.js", "activationEvents": ["onStartupFinished"], "files": ["dist", "media/**", "README.md", "LICENSE"] }"#,
    );
    let seen = told(&project.run(env!("CARGO_BIN_EXE_packgate"), &["check"]));
    let lines: Vec<&str> = seen.lines().filter(|line| line.trim_start().starts_with("\"media/")).collect();
    assert!(lines.len() > 1, "{seen}");
    assert!(lines.iter().all(|line| line.trim() == "\"media/icon.txt\""), "{seen}");
    project.fix("one list");
    assert!(
        project.read("package.json").contains(r#""dist", "media/icon.txt", "README.md""#),
        "{}",
        project.lists()
    );
}

/// pnpm packs the folder that `publishConfig` names, with the manifest that the build has copied there.
#[test]
fn what_a_build_copies_into_the_folder_that_pnpm_packs_is_named_where_it_is() {
    if !clients::have(&["pnpm", "node"]) {
        return;
    }
    let mut dice = Dice::new(fresh_seed());
    let manifest = r#"{ "name": "acme", "version": "1.0.0", "license": "MIT", "main": "index.js", "publishConfig": { "directory": "dist" } }"#;
    let key = format!("API_TOKEN=ghp_{}\n", dice.characters(LETTERS, 36));
    let project = Project::new(&[
        ("package.json", manifest),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
        ("dist/package.json", manifest),
        ("dist/index.js", "console.log('hello');\n"),
        (".env.prod", &key),
        ("dist/.env.prod", &key),
        (".gitignore", "dist\n"),
    ]);
    project.run("git", &["init", "-q"]);
    project.run("git", &["add", "-A"]);
    let seen = told(&project.run(env!("CARGO_BIN_EXE_packgate"), &["check"]));
    let words: String = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("The build copies .env.prod: move that elsewhere, and delete the copy."),
        "{seen}"
    );
    assert!(
        !words.contains("Write what is meant to ship into package.json:")
            || words.contains("Then build again"),
        "{seen}"
    );
    fs::remove_file(project.path().join("dist/.env.prod")).unwrap();
    let after = project.run(env!("CARGO_BIN_EXE_packgate"), &["check"]);
    assert!(!told(&after).contains("stray-credential"), "{}", told(&after));
}

/// The manifest that the build copies is where the list is written, and nothing has changed before the next build.
#[test]
fn a_list_is_written_where_the_build_of_what_pnpm_packs_takes_it_from() {
    if !clients::have(&["pnpm", "node"]) {
        return;
    }
    let manifest = r#"{ "name": "acme", "version": "1.0.0", "license": "UNLICENSED", "main": "index.js", "publishConfig": { "directory": "build" } }"#;
    let map = r#"{"version":3,"file":"index.js","sources":["../src/index.ts"],"sourcesContent":["console.log('hello');\n// ours\n"],"mappings":"AAAA"}"#;
    let project = Project::new(&[
        ("package.json", manifest),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
        ("build/package.json", manifest),
        ("build/index.js", "console.log('hello');\n"),
        ("build/index.js.map", map),
        (".gitignore", "build\n"),
    ]);
    let fixed = project.run(env!("CARGO_BIN_EXE_packgate"), &["fix", "--yes"]);
    assert_eq!(fixed.status.code(), Some(1), "{}", told(&fixed));
    assert!(told(&fixed).contains("Build again, and check"), "{}", told(&fixed));
    assert_eq!(project.read("build/package.json"), manifest, "the build writes that");
    let written = project.read("package.json");
    assert!(written.contains(r#""files": ["index.js"]"#), "{written}");
    project.write("build/package.json", &written);
    project.packed("pnpm", "pnpm", &["pack"], ".tgz");
    let after = project.run(env!("CARGO_BIN_EXE_packgate"), &["check"]);
    assert_eq!(after.status.code(), Some(0), "{}", told(&after));
}

#[test]
fn what_vsce_takes_for_a_credential_is_seen_and_left_out() {
    if !clients::have(&["vsce", "node", "python"]) {
        return;
    }
    let mut dice = Dice::new(fresh_seed());
    let token = dice.characters(LETTERS, 36);
    let project = Project::new(&[
        ("dist/extension.js", "exports.activate = () => console.log('hello');\n"),
        ("README.md", "# acme\n\nSays hello.\n"),
        ("LICENSE", "All rights reserved.\n"),
        (".vscodeignore", "*.vsix\n"),
        (".claude/settings.local.json", &format!("{{\"env\": {{\"GITHUB_TOKEN\": \"ghp_{token}\"}}}}\n")),
        ("run.log", "started\n"),
    ]);
    project.write(
        "package.json",
        r#"{ "name": "acme-hello", "version": "1.0.0", "publisher": "acme", "license": "SEE LICENSE IN LICENSE", "repository": "https://example.com/acme", "engines": { "vscode": "^1.80.0" }, "main": "./dist/extension.js", "activationEvents": ["onStartupFinished"] }"#,
    );
    let seen = project.run(env!("CARGO_BIN_EXE_packgate"), &["check"]);
    // vsce doesn't pack it, so that this is no verdict; all that is wrong is told at once.
    assert_eq!(seen.status.code(), Some(2), "{}", told(&seen));
    for word in ["stray-agent", "stray-log", "packed for this audit alone"] {
        assert!(told(&seen).contains(word), "{word}: {}", told(&seen));
    }
    project.fix("secrets");
    let into = project.packed("secrets", "vsce", &["package", "--out", "packed.vsix"], ".vsix");
    let program = into.join("extension/dist/extension.js");
    project.starts("secrets", "node", &["-e", &format!("require({program:?}).activate()")]);
}

#[test]
fn a_key_that_nothing_reads_is_left_out() {
    if !clients::have(&["npm", "node"]) {
        return;
    }
    let mut dice = Dice::new(fresh_seed());
    let lines: Vec<String> = (0..12).map(|_| dice.characters(LETTERS, 64)).collect();
    let key =
        format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n"));
    let project = Project::new(&[
        (
            "package.json",
            r#"{ "name": "acme", "version": "1.0.0", "license": "MIT", "main": "dist/index.js", "files": ["dist", "config"] }"#,
        ),
        ("dist/index.js", "console.log(require('../config/word.json').word);\n"),
        ("config/word.json", "{\"word\": \"hello\"}\n"),
        ("config/deploy_prod", &key),
    ]);
    project.fix("key");
    let into = project.packed("key", "npm", &["pack"], ".tgz");
    assert!(!into.join("package/config/deploy_prod").exists(), "{}", project.lists());
    project.starts("key", "node", &[into.join("package").to_str().unwrap()]);
}

#[test]
fn a_list_that_members_of_a_cargo_workspace_inherit_is_changed_where_it_stands() {
    if !clients::have(&["cargo", "tar"]) {
        return;
    }
    let package = |name: &str, table: &str| {
        format!(
            "{table}[package]\nname = \"acme-{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\nlicense = \"MIT\"\n\
             description = \"x\"\nexclude.workspace = true\n"
        )
    };
    let project = Project::new(&[
        (
            "Cargo.toml",
            &package(
                "root",
                "[workspace]\nmembers = [\"crates/*\"]\n\n[workspace.package]\nexclude = [\"ci\"]\n\n",
            ),
        ),
        ("src/lib.rs", ""),
        ("notes/CLAUDE.md", "Read the plan first.\n"),
        ("crates/two/Cargo.toml", &package("two", "")),
        ("crates/two/src/lib.rs", ""),
        ("crates/two/AGENTS.md", "Read the plan first.\n"),
    ]);
    project.fix("inherited");
    let list = project.read("Cargo.toml");
    assert!(list.contains("exclude = [\"ci\", "), "{list}");
    assert_eq!(project.read("crates/two/Cargo.toml"), package("two", ""));
    for (name, gone) in [("root", "notes"), ("two", "AGENTS.md")] {
        let arguments = ["package", "--allow-dirty", "--offline", "-p", &format!("acme-{name}")];
        let into = project.packed("inherited", "cargo", &arguments, ".crate");
        assert!(!into.join(format!("acme-{name}-1.0.0")).join(gone).exists(), "{name}: {list}");
    }
}

#[test]
fn no_list_names_the_folder_of_another_member() {
    if !clients::have(&["npm", "node"]) {
        return;
    }
    let project = Project::new(&[
        (
            "package.json",
            "{\n  \"name\": \"acme\",\n  \"version\": \"1.0.0\",\n  \"license\": \"MIT\",\n  \"main\": \"lib/index.js\",\n  \
             \"workspaces\": [\"plugins/*\"]\n}\n",
        ),
        ("lib/index.js", "console.log('hello')\n"),
        ("templates/word.txt", "hello\n"),
        (
            "plugins/extra/package.json",
            "{\"name\": \"@acme/extra\", \"version\": \"1.0.0\", \"license\": \"MIT\", \"files\": []}",
        ),
        (".env.local", "NAME=value\n"),
    ]);
    project.fix("members");
    let list = project.read("package.json");
    assert!(list.contains("\"files\": [\"lib\", \"templates\"]"), "{list}");
}

#[test]
fn the_members_of_a_workspace_are_changed() {
    if !clients::have(&["npm", "node"]) {
        return;
    }
    let root = r#"{ "name": "root", "private": true, "workspaces": ["packages/*"] }"#;
    let member = |name: &str, list: &str| {
        format!(
            "{{\n  \"name\": \"@acme/{name}\",\n  \"version\": \"1.0.0\",\n  \"main\": \"dist/index.js\"{list}\n}}\n"
        )
    };
    let project = Project::new(&[
        ("package.json", root),
        ("packages/one/package.json", &member("one", "")),
        ("packages/one/dist/index.js", ""),
        ("packages/one/.env", "NAME=value\n"),
        ("packages/two/package.json", &member("two", ", \"files\": [\"dist\"]")),
        ("packages/two/dist/index.js", ""),
        ("packages/two/dist/CLAUDE.md", "Read the plan first.\n"),
    ]);
    project.fix("workspace");
    assert_eq!(project.read("package.json"), root);
    let two = project.read("packages/two/package.json");
    assert!(project.read("packages/one/package.json").contains("\"files\": [\"dist\"]"));
    assert!(two.contains("[\"dist\", \"!**/CLAUDE.md\"]"), "{two}");
}

#[test]
fn what_an_ignore_file_keeps_out_is_listed() {
    if !clients::have(&["npm", "node"]) {
        return;
    }
    // Without a list npm goes by .gitignore: the sources ship, and what is built from them doesn't.
    let project = Project::new(&[
        (".gitignore", "dist\nnode_modules\n"),
        (
            "package.json",
            "{\n  \"name\": \"acme-hello\",\n  \"version\": \"1.0.0\",\n  \"main\": \"./dist/index.js\"\n}\n",
        ),
        ("dist/index.js", "console.log('hello');\n"),
        ("src/index.ts", "export default (word: string) => console.log(word)\n"),
        ("test/index.test.js", "require('..');\n"),
        ("tsup.config.ts", "export default {};\n"),
    ]);
    project.fix("gitignore");
    assert!(project.read("package.json").contains("\"files\": [\"dist\"]"), "{}", project.lists());
    let into = project.packed("gitignore", "npm", &["pack"], ".tgz");
    project.starts("gitignore", "node", &[into.join("package").to_str().unwrap()]);
}

#[test]
fn what_would_make_it_worse_is_taken_back() {
    if !clients::have(&["npm", "node"]) {
        return;
    }
    // The file that the list takes out is the one that the manifest enters by; npm packs it for `main` in any case.
    let project = Project::new(&[("lib/.env", "module.exports = 1\n")]);
    let manifest = "{\"name\": \"acme-hello\", \"version\": \"1.0.0\", \"exports\": \"./lib/.env\", \"files\": [\"lib\"]}\n";
    project.write("package.json", manifest);
    let output = project.run(env!("CARGO_BIN_EXE_packgate"), &["fix", "--yes"]);
    assert!(!output.status.success(), "{}", told(&output));
    assert_eq!(project.read("package.json"), manifest, "{}", told(&output));
}

#[test]
fn nobody_to_ask_and_nothing_to_pack() {
    let project = Project::new(&[("index.html", "")]);
    let output = project.run(env!("CARGO_BIN_EXE_packgate"), &["fix"]);
    assert_eq!(output.status.code(), Some(2));
    if !clients::have(&["npm", "node"]) {
        return;
    }
    let project = Project::new(&[
        ("index.js", ""),
        (".env", "NAME=value\n"),
        ("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\"}\n"),
    ]);
    let before = project.read("package.json");
    let output = project.run(env!("CARGO_BIN_EXE_packgate"), &["fix"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("--yes"), "{}", told(&output));
    assert_eq!(project.read("package.json"), before);
}
