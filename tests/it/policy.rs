//! Settings on disk: where they are found, how they are layered, and what is said of bad ones.

use std::path::Path;

use crate::cli::{packgate, sample, status, text};
use crate::samples::plant;
use crate::snapshots::snapshot;
use packgate::inventory::Package;
use packgate::policy::Policy;
use packgate::settings::{Level, PolicyChoice, Settings};

/// A project on disk, of files with their texts.
struct Project(tempfile::TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        plant(folder.path(), files.iter().copied());
        Self(folder)
    }

    fn path(&self, below: &str) -> std::path::PathBuf {
        self.0.path().canonicalize().unwrap().join(below)
    }

    fn load(&self, below: &str) -> Result<Settings, String> {
        self.load_with(below, None)
    }

    /// Loads the settings; errors have the project's folder taken out.
    fn load_with(&self, below: &str, policy: Option<&str>) -> Result<Settings, String> {
        let root = format!("{}{}", self.path("").display().to_string().trim_end_matches('/'), "/");
        Settings::load(&self.path(below), policy).map_err(|errors| errors.to_string().replace(&root, ""))
    }

    fn errors(&self) -> String {
        self.load("").expect_err("these settings are bad")
    }
}

fn level(settings: &Settings, license: &str, rule: &str) -> (Level, String) {
    let mut package = Package::default();
    package.license = Some(license.to_owned());
    let policy = Policy::resolve_for(settings, Some(&package));
    let (level, origin, _) = policy.levels[rule].clone();
    (level, Path::new(&origin).file_name().unwrap().to_string_lossy().into_owned())
}

/// `fixtures/settings/*.toml` are bad settings; the snapshot beside each is what is told of it.
#[test]
fn bad_settings_are_told_completely_and_with_places() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/settings");
    let mut cases = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        cases += 1;
        let project = Project::new(&[("packgate.toml", &std::fs::read_to_string(&file).unwrap())]);
        let here = project.path("").display().to_string();
        let errors = project.errors().replace(here.trim_end_matches('/'), "[project]");
        let name = file.file_stem().unwrap().to_str().unwrap();
        snapshot("../../fixtures/settings", name, &errors);
    }
    assert!(cases >= 4, "only {cases} cases found");
}

#[test]
fn json_settings_point_at_their_line() {
    let project = Project::new(&[(
        "package.json",
        "{\n  \"name\": \"acme\",\n  \"packgate\": {\n    \"rules\": { \"debug-infos\": \"error\" },\n    \"waive\": [{ \"rule\": \"debug-info\" }]\n  }\n}\n",
    )]);
    snapshot("snapshots", "settings-in-json", &project.errors());
}

#[test]
fn broken_files() {
    for (file, text, expected) in [
        ("packgate.toml", "policy = \n", "packgate.toml:1:10"),
        ("packgate.toml", "[rules\n", "packgate.toml:1:7"),
        ("package.json", "{ \"packgate\": { \"policy\": \"strict\", } }", "package.json:1:37"),
        ("package.json", "{ \"packgate\": 3 }", "settings must be a table, this is a number"),
        ("Cargo.toml", "[package.metadata]\npackgate = 'strict'", "Cargo.toml:2:12"),
        ("pyproject.toml", "[tool.packgate]\npolicy = 1", "pyproject.toml:2:10"),
    ] {
        let errors = Project::new(&[(file, text)]).errors();
        assert!(errors.contains(expected), "{text}: {errors}");
    }
    let project = Project::new(&[]);
    std::fs::write(project.path("packgate.toml"), b"policy = \"\xff\"").unwrap();
    assert!(project.errors().contains("is not UTF-8 at byte 10"), "{}", project.errors());
}

#[test]
fn a_manifest_without_settings_is_nobodys_business() {
    let project =
        Project::new(&[("package.json", "{ nonsense"), ("Cargo.toml", "["), ("pyproject.toml", "=")]);
    assert!(project.load("").unwrap().files.is_empty());
}

#[test]
fn settings_are_found_up_to_the_root_of_the_repository_and_not_beyond() {
    let strict = "policy = \"strict\"\n";
    let project = Project::new(&[
        ("packgate.toml", strict),
        ("outer/.git/HEAD", ""),
        ("outer/packages/one/src/x.js", ""),
        ("outer/packages/two/packgate.toml", "policy = \"open-source\"\n"),
        ("loose/deep/x.js", ""),
    ]);
    assert!(project.load("outer/packages/one").unwrap().files.is_empty(), "beyond the repository");
    assert!(project.load("loose/deep").unwrap().files.is_empty(), "no repository");
    assert_eq!(project.load("").unwrap().policy, PolicyChoice::Named("strict"), "the folder itself");
    std::fs::write(project.path("outer/packgate.toml"), strict).unwrap();
    for below in ["outer/packages/one/src", "outer/packages/one", "outer"] {
        let settings = project.load(below).unwrap();
        assert_eq!(settings.policy, PolicyChoice::Named("strict"), "{below}");
        assert_eq!(settings.files, [project.path("outer/packgate.toml")], "{below}");
    }
    assert_eq!(project.load("outer/packages/two").unwrap().policy, PolicyChoice::Named("open-source"));
    assert!(project.load("nowhere").unwrap_err().contains("can't be read"));
}

#[test]
fn settings_inherit() {
    let project = Project::new(&[
        (".git/HEAD", ""),
        ("package.json", r#"{"name": "root", "private": true, "workspaces": ["packages/*"]}"#),
        (
            "packgate.toml",
            r#"
            policy = "strict"
            rules = { debug-info = "note", bytecode = "off" }
            internal = { packages = ["@acme-internal"], markers = ["ACME"], paths = ["a/**"] }
            size = { artifact = "1MB", entry = "1kB" }
            waive = [{ rule = "stray-os", reason = "for all" }]
            "#,
        ),
        (
            "packages/a/package.json",
            r#"{"name": "a", "packgate": {"policy": "open-source",
            "rules": {"debug-info": "error"}, "internal": {"packages": ["@acme-internal", "x-*"], "paths": ["b/**"]},
            "size": {"entry": "2kB"}, "waive": [{"rule": "bytecode", "reason": "mine", "package": "@acme/*"}]}}"#,
        ),
    ]);
    let settings = project.load("packages/a").unwrap();
    assert_eq!(settings.policy, PolicyChoice::Named("open-source"));
    assert_eq!((settings.levels["debug-info"].0, settings.levels["bytecode"].0), (Level::Error, Level::Off));
    assert_eq!(settings.internal.packages, ["@acme-internal", "x-*"]);
    assert_eq!((settings.internal.markers.len(), settings.internal.path_set.len()), (1, 2));
    assert_eq!((settings.size.artifact, settings.size.entry), (Some(1_000_000), Some(2_000)));
    let waivers: Vec<_> = settings.waivers.iter().map(|one| (one.rule.as_str(), one.inherited)).collect();
    assert_eq!(waivers, [("stray-os", true), ("bytecode", false)]);
    assert_eq!(settings.files.len(), 2);
    let origin = |key: &str, item: &str| {
        let origin = settings.origins.of(key, item).unwrap();
        Path::new(origin).file_name().unwrap().to_string_lossy().into_owned()
    };
    assert_eq!(origin("internal.packages", "x-*"), "package.json:2");
    assert_eq!(origin("internal.packages", "@acme-internal"), "packgate.toml:4");
    assert_eq!(
        (origin("size.artifact", ""), origin("size.entry", "")),
        ("packgate.toml:5".into(), "package.json:3".into())
    );
    assert!(project.load("").unwrap().waivers.iter().all(|waiver| !waiver.inherited));
}

#[test]
fn a_lock_lets_members_be_stricter_only() {
    let locked = r#"["policy", "internal", "rules.secret-*", "size", "limits", "own*"]"#;
    let root = format!(
        "policy = 'proprietary'\n[inherit]\nlocked = {locked}\n[size]\nentry = 10\n[rules]\nsecret-private-key = 'warning'\n"
    );
    let errors = |member: &str| {
        let project = Project::new(&[
            (".git/HEAD", ""),
            ("packgate.toml", &root),
            ("packages/a/packgate.toml", member),
        ]);
        project.load("packages/a").err().unwrap_or_default()
    };
    for fine in [
        "policy = 'strict'",
        "policy = 'proprietary'",
        "internal.packages = ['x']",
        "rules.secret-private-key = 'error'",
        "rules.secret-npm-token = 'error'",
        "rules.debug-info = 'off'",
        "size.entry = 9",
        "size.artifact = 9",
        "limits.entries = 9",
        "own = 'on'",
        "waive = [{ rule = 'debug-info', reason = 'r' }]",
    ] {
        assert_eq!(errors(fine), "", "{fine}");
    }
    for (loose, key) in [
        ("policy = 'open-source'", "policy"),
        ("policy = 'auto'", "policy"),
        ("rules.internal-host = 'note'", "rules.internal-host"),
        ("rules.secret-private-key = 'note'", "rules.secret-private-key"),
        ("rules.secret-npm-token = 'warning'", "rules.secret-npm-token"),
        ("size.entry = 11", "size.entry"),
        ("limits.entries = 100000000", "limits.entries"),
        ("own = 'off'", "own"),
        ("own-folders = ['.']", "own-folders"),
        ("waive = [{ rule = 'secret-npm-token', reason = 'r' }]", "rules.secret-npm-token"),
    ] {
        let errors = errors(loose);
        assert!(errors.contains(&format!("\"{key}\" can't be loosened here")), "{loose}: {errors}");
        assert!(errors.contains("packgate.toml:3 locks"), "{loose}: {errors}");
    }
    let unknown = Project::new(&[("packgate.toml", "inherit.locked = ['rule.secret-*', 'polcy']")]).errors();
    assert!(unknown.contains("\"rule.secret-*\" fits no key"), "{unknown}");
    assert!(unknown.contains("did you mean \"policy\"?"), "{unknown}");
}

#[test]
fn every_place_for_settings_works() {
    for (file, text) in [
        ("packgate.toml", "policy = 'strict'"),
        ("package.json", "\u{feff}{ \"packgate\": { \"policy\": \"strict\" } }"),
        ("Cargo.toml", "[package.metadata.packgate]\npolicy = 'strict'"),
        ("Cargo.toml", "[workspace.metadata.packgate]\npolicy = 'strict'"),
        ("pyproject.toml", "[tool.packgate]\npolicy = 'strict'"),
    ] {
        let settings = Project::new(&[(file, text)]).load("").unwrap();
        assert_eq!(settings.policy, PolicyChoice::Named("strict"), "{file}");
        assert!(settings.policy_origin.contains(&format!("{file}:")), "{}", settings.policy_origin);
    }
}

#[test]
fn two_settings_at_one_place_are_an_error() {
    let cargo = "[package.metadata.packgate]\n[workspace.metadata.packgate]\n";
    for (files, expected) in [
        (
            vec![("packgate.toml", ""), ("package.json", "{\"packgate\": {}}")],
            "packgate.toml and package.json (packgate)",
        ),
        (
            vec![("Cargo.toml", cargo)],
            "Cargo.toml (package.metadata.packgate) and Cargo.toml (workspace.metadata.packgate)",
        ),
    ] {
        let errors = Project::new(&files).errors();
        assert!(errors.contains(expected), "{errors}");
    }
}

#[test]
fn layers() {
    let project = Project::new(&[
        ("packgate.toml", "policy = \"house.toml\"\n[rules]\ninternal-marker = \"note\"\n"),
        (
            "house.toml",
            "extends = \"open-source\"\n\n[internal-marker]\nlevel = \"off\"\n\n[debug-info]\nlevel = \"error\"\nwhy = \"we strip\"\n",
        ),
    ]);
    let settings = project.load("").unwrap();
    assert_eq!(
        level(&settings, "UNLICENSED", "internal-marker"),
        (Level::Note, "packgate.toml:3".to_owned())
    );
    assert_eq!(level(&settings, "UNLICENSED", "debug-info"), (Level::Error, "house.toml:6".to_owned()));
    let open = Project::new(&[("packgate.toml", "policy = \"open-source\"\n")]).load("").unwrap();
    let (inherited, from) = level(&settings, "UNLICENSED", "original-source");
    assert_eq!((inherited, from), level(&open, "UNLICENSED", "original-source"));
}

#[test]
fn the_command_line_overrides_the_policy_and_leaves_the_rest() {
    let project =
        Project::new(&[("packgate.toml", "policy = \"strict\"\n[rules]\ninternal-marker = \"note\"\n")]);
    let settings = project.load_with("", Some("auto")).unwrap();
    assert_eq!((settings.policy.clone(), settings.policy_origin.as_str()), (PolicyChoice::Auto, "--policy"));
    assert_eq!(level(&settings, "MIT", "internal-marker").0, Level::Note);
    for (word, expected) in [
        ("stric", "--policy: unknown policy \"stric\"\n  = help: did you mean \"strict\"?"),
        ("./none.toml", "can't be opened"),
    ] {
        let errors = project.load_with("", Some(word)).unwrap_err();
        assert!(errors.contains(expected), "{errors}");
    }
}

#[test]
fn a_policy_file_is_checked_like_settings() {
    let project = Project::new(&[
        ("packgate.toml", "policy = \"house.toml\"\n"),
        (
            "house.toml",
            "extend = \"strict\"\n[debug-inf]\nlevel = \"error\"\n[debug-info]\nlevle = \"error\"\n[rules]\ndebug-info = \"off\"\n",
        ),
    ]);
    let errors = project.errors();
    for expected in [
        "a policy file must say what it builds on",
        "unknown key \"extend\" in a policy file",
        "unknown rule \"debug-inf\"",
        "did you mean \"level\"?",
        "[debug-info] without \"level\"",
        "unknown key \"rules\" in a policy file",
    ] {
        assert!(errors.contains(expected), "{expected}: {errors}");
    }
}

#[test]
fn auto_follows_the_licence_and_says_why() {
    let settings = Project::new(&[]).load("").unwrap();
    let resolve = |license: &str| {
        let mut package = Package::default();
        package.license = Some(license.to_owned());
        package.manifest = "package/package.json".to_owned();
        let policy = Policy::resolve_for(&settings, Some(&package));
        (policy.name, policy.because)
    };
    let expected = ("open-source".to_owned(), "licence \"MIT\"".to_owned());
    assert_eq!(resolve("MIT"), expected);
    let expected = ("proprietary".to_owned(), "licence \"UNLICENSED\"".to_owned());
    assert_eq!(resolve("UNLICENSED"), expected);
    let policy = Policy::resolve_for(&settings, None);
    assert_eq!((policy.name.as_str(), policy.because.as_str()), ("proprietary", "no manifest"));
}

#[test]
fn bad_settings_end_with_2_and_nothing_on_stdout() {
    let project = Project::new(&[("packgate.toml", "[rules]\nlocal-pat = \"off\"\n")]);
    let artifact = sample("left-edge-1.0.3.tgz");
    for arguments in [&["check", artifact.to_str().unwrap()][..], &["policy", "show"]] {
        let output = packgate(&project.path(""), arguments);
        let told = text(&output.stderr);
        assert_eq!((status(&output), text(&output.stdout)), (2, String::new()), "{told}");
        assert!(
            told.contains("packgate.toml:2:1") && told.contains("did you mean \"local-path\"?"),
            "{told}"
        );
    }
}

#[test]
fn show_tells_levels_origins_and_why_the_policy_applies() {
    let project = Project::new(&[
        (
            "packgate.toml",
            "[rules]\nlocal-path = \"error\"\n[[waive]]\nrule = \"debug-info\"\nreason = \"wanted\"\n",
        ),
        ("package.json", "{ \"license\": \"MIT\" }"),
    ]);
    let output = packgate(&project.path(""), &["policy", "show", "--format", "json"]);
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["schema"], "packgate/policy/v1");
    assert_eq!(shown["policy"]["name"], "open-source");
    assert_eq!(shown["policy"]["because"], "licence \"MIT\"");
    let rules = shown["rules"].as_array().unwrap();
    let rule = |name: &str| rules.iter().find(|rule| rule["rule"] == name).unwrap();
    assert_eq!(rule("local-path")["level"], "error");
    assert_eq!(rule("local-path")["origin"], "packgate.toml:2");
    assert!(rule("debug-info")["origin"].as_str().unwrap().starts_with("policies/"));
    assert!(rules.len() > 20 && rules.iter().all(|rule| rule["level"].is_string()));
    assert_eq!(shown["waivers"][0]["reason"], "wanted");

    let output = packgate(&project.path(""), &["policy", "show", "--policy", "strict"]);
    let shown = text(&output.stdout);
    assert!(shown.starts_with("policy    strict (--policy)\n") && !shown.contains('\u{1b}'), "{shown}");
    let list = text(&packgate(&project.path(""), &["policy", "list"]).stdout);
    assert!(
        ["auto", "proprietary", "open-source", "strict"].iter().all(|name| list.contains(name)),
        "{list}"
    );
}

#[test]
fn a_waiver_that_one_of_two_artifacts_needs_is_not_idle() {
    let waive = "policy = \"strict\"\n[[waive]]\nrule = \"no-allowlist\"\nreason = \"r\"\n[[waive]]\nrule = \"debug-info\"\nreason = \"r\"\n";
    let project = Project::new(&[("packgate.toml", waive)]);
    let (with, without) = (sample("acme-cli-2.1.88.tgz"), sample("left-edge-1.0.3.tgz"));
    let paths = [with.to_str().unwrap(), without.to_str().unwrap()];
    let output = packgate(&project.path(""), &["check", paths[0], paths[1], "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let idle: Vec<&serde_json::Value> = report["artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|artifact| artifact["idle_waivers"].as_array().into_iter().flatten())
        .collect();
    assert_eq!(idle.len(), 1, "{idle:?}");
    assert_eq!(idle[0]["rule"], "debug-info");
}

/// The texts of all code blocks marked `toml`.
fn toml_blocks(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while lines.by_ref().any(|line| line.trim() == "```toml") {
        let block: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
        blocks.push(format!("{}\n", block.join("\n")));
    }
    blocks
}

/// What is wrong with a block of documentation as settings, missing folders and files apart.
fn wrong_as_settings(block: &str) -> Option<String> {
    let files = match block.starts_with("extends") {
        true => vec![("packgate.toml", "policy = \"house.toml\""), ("house.toml", block)],
        false => vec![("packgate.toml", block)],
    };
    let errors = Project::new(&files).load("").err()?;
    let told = |line: &&str| line.starts_with("error: ") && !line.starts_with("error: there is no f");
    errors.lines().any(|line| told(&line)).then_some(errors)
}

#[test]
fn settings_in_documentation_are_good_settings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<(String, String)> =
        packgate::rules::ALL.iter().map(|rule| (rule.name.to_owned(), rule.docs.to_owned())).collect();
    for page in ["README.md", "docs/policy.md"] {
        pages.push((page.to_owned(), std::fs::read_to_string(root.join(page)).unwrap_or_default()));
    }
    let ours = ["policy = ", "extends = ", "[rules]", "[internal]", "[size]", "[limits]", "[[waive]]"];
    let mut blocks = 0;
    for (page, text) in pages {
        for block in toml_blocks(&text)
            .iter()
            .filter(|block| block.lines().any(|line| ours.iter().any(|ours| line.starts_with(ours))))
        {
            blocks += 1;
            if let Some(errors) = wrong_as_settings(block) {
                panic!("{page}:\n{block}\n{errors}");
            }
        }
    }
    assert!(blocks >= 5, "only {blocks} blocks found");
}

#[test]
fn what_init_writes_is_good_settings_with_and_without_its_examples() {
    let project = Project::new(&[(
        "package.json",
        "{ \"name\": \"x\", \"version\": \"1.0.0\", \"license\": \"MIT\" }",
    )]);
    packgate(&project.path(""), &["init"]);
    let written = std::fs::read_to_string(project.path("packgate.toml")).unwrap();
    let uncommented = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if rest.contains(" = ") => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    let examples: String = written.lines().map(uncommented).collect();
    assert_ne!(examples, written);
    for settings in [&written, &examples] {
        assert_eq!(wrong_as_settings(settings), None, "{settings}");
    }
}

/// The digest that `check` puts into its report and `policy show` prints, which must be one.
fn digest(project: &Project, arguments: &[&str]) -> String {
    let folder = project.path("");
    let printed = |output: std::process::Output| {
        assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let shown = printed(packgate(&folder, &[&["policy", "show", "--digest"], arguments].concat()));
    let artifact = sample("left-edge-1.0.3.tgz");
    let check = ["check", artifact.to_str().unwrap(), "--format", "json"];
    let report = printed(packgate(&folder, &[&check, arguments].concat()));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let digest = report["artifacts"][0]["policy"]["digest"].as_str().unwrap().to_owned();
    assert_eq!(shown, format!("{digest}\n"), "check and policy show");
    assert!(digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest}");
    digest
}

const MANIFEST: (&str, &str) = ("package.json", r#"{ "name": "left-edge", "license": "MIT" }"#);

#[test]
fn the_digest_of_a_policy_knows_no_order_no_place_and_no_reason() {
    let one = Project::new(&[
        MANIFEST,
        ("core/a.js", ""),
        (
            "packgate.toml",
            "policy = \"strict\"\n[rules]\nlocal-path = \"off\"\nstray-os = \"note\"\n[internal]\nmarkers = [\"ONE\", \"TWO\"]\nroots = [\"core\"]\n[[waive]]\nrule = \"debug-info\"\nreason = \"our users want it\"\n[[waive]]\nrule = \"stray-log\"\nplace = \"a.log\"\nreason = \"shown\"\n",
        ),
    ]);
    let other = Project::new(&[
        (
            "package.json",
            r#"{ "name": "left-edge", "license": "MIT", "packgate": {
              "waive": [{ "rule": "stray-log", "place": "a.log", "reason": "an example" },
                        { "rule": "debug-info", "reason": "somebody asked" }],
              "internal": { "roots": ["./core"], "markers": ["TWO", "ONE"] },
              "rules": { "stray-os": "note", "local-path": "off" }, "policy": "strict" } }"#,
        ),
        ("core/b.js", ""),
    ]);
    assert_eq!(digest(&one, &[]), digest(&other, &[]));

    let plain = Project::new(&[MANIFEST]);
    let by_file = Project::new(&[MANIFEST, ("own/policy.toml", "extends = \"open-source\"\n")]);
    let chosen = Project::new(&[MANIFEST, ("packgate.toml", "policy = \"open-source\"\n")]);
    let same = digest(&plain, &[]);
    assert_eq!(same, digest(&chosen, &[]), "chosen by the licence or by name");
    assert_eq!(same, digest(&by_file, &["--policy", "own/policy.toml"]), "what a policy file is called");
    assert_eq!(same, digest(&plain, &["--policy", "open-source"]));
}

#[test]
fn every_setting_that_decides_changes_the_digest_of_a_policy() {
    let fingerprints = |text: &str| {
        let project = Project::new(&[("code/a.rs", text)]);
        let made = packgate(&project.path(""), &["fingerprint", "code", "-o", "known"]);
        assert_eq!(status(&made), 0, "{}", text_of(&made));
        std::fs::read(project.path("known")).unwrap()
    };
    let mut seen = std::collections::BTreeMap::new();
    let mut add = |what: &str, digest: String| {
        if let Some(other) = seen.insert(digest, what.to_owned()) {
            panic!("{what:?} has the digest of {other:?}");
        }
    };
    for settings in [
        "",
        "policy = \"strict\"",
        "policy = \"proprietary\"",
        "own = \"on\"",
        "own-folders = [\"core\"]",
        "[rules]\nlocal-path = \"off\"",
        "[rules]\nunexamined = \"error\"",
        "[internal]\npaths = [\"core/**\"]",
        "[internal]\nmarkers = [\"core\"]",
        "[internal]\nmarkers = [\"/core/\"]",
        "[internal]\npackages = [\"core\"]",
        "[internal]\nhosts = [\"core\"]",
        "[internal]\nroots = [\"core\"]",
        "[size]\nartifact = \"1MiB\"",
        "[size]\nentry = \"1MiB\"",
        "[size]\ngrowth-percent = 20",
        "[limits]\nentries = 7000",
        "[limits]\nnesting = 4",
        "[[waive]]\nrule = \"debug-info\"\nreason = \"x\"",
        "[[waive]]\nrule = \"debug-info\"\nreason = \"x\"\nexpires = 2090-01-01",
        "[[waive]]\nrule = \"debug-info\"\nreason = \"x\"\nplace = \"a\"",
        "[[waive]]\nrule = \"debug-info\"\nreason = \"x\"\nfingerprint = \"3f1c0a9d2b7e4455\"",
    ] {
        let project = Project::new(&[MANIFEST, ("core/a.js", ""), ("packgate.toml", settings)]);
        add(settings, digest(&project, &[]));
    }
    for code in [include_str!("clients.rs"), include_str!("samples.rs")] {
        let settings = ("packgate.toml", "[internal]\nfingerprints = [\"known\"]");
        let project = Project::new(&[MANIFEST, settings]);
        std::fs::write(project.path("known"), fingerprints(code)).unwrap();
        add(code, digest(&project, &[]));
    }
}

fn text_of(output: &std::process::Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}
