//! What ecosystems say of a project is what they say of its artifacts, and nothing that a registry hands out is run.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use packgate::audit::{Auditor, Options};
use packgate::ecosystem::of_project;
use packgate::init::Survey;
use packgate::pack;
use packgate::policy::Policy;
use packgate::project::Project;
use packgate::settings::Settings;

use crate::clients;
use crate::dice::{Dice, fresh_seed};
use crate::lock::run;

use crate::samples::plant;

/// Licences as people write them, open ones and others.
const LICENCES: [&str; 14] = [
    "MIT",
    "MIT OR Apache-2.0",
    "MIT/Apache-2.0",
    "(MIT AND LicenseRef-Acme)",
    "Apache-2.0",
    "Apache License 2.0",
    "BSD",
    "GPL-3.0-or-later",
    "UNLICENSED",
    "SEE LICENSE IN LICENSE",
    "Proprietary",
    "LicenseRef-Acme",
    "BUSL-1.1",
    "",
];

const CLASSIFIERS: [&str; 5] = [
    "License :: OSI Approved :: MIT License",
    "License :: OSI Approved :: Apache Software License",
    "License :: Other/Proprietary License",
    "Private :: Do Not Upload",
    "Topic :: Software Development",
];

type Tree = Vec<(&'static str, String)>;

fn pick<T: Copy>(dice: &mut Dice, from: &[T]) -> T {
    from[usize::from(dice.bytes(1)[0]) % from.len()]
}

fn npm(dice: &mut Dice) -> Tree {
    let licence = pick(dice, &LICENCES);
    let licence = pick(
        dice,
        &[
            &*format!("\"license\": {licence:?}, "),
            &*format!("\"license\": {{\"type\": {licence:?}}}, "),
            &*format!("\"licence\": {licence:?}, "),
            &*format!("\"licenses\": [{{\"type\": {licence:?}}}, \"ISC\"], "),
            "",
        ],
    )
    .to_owned();
    let private = pick(dice, &["", "\"private\": true, ", "\"private\": false, ", "\"private\": \"true\", "]);
    vec![(
        "package.json",
        format!("{{{licence}{private}\"name\": \"a\", \"version\": \"1.0.0\", \"files\": []}}"),
    )]
}

fn vsix(dice: &mut Dice) -> Tree {
    let [(name, manifest)] = npm(dice).try_into().unwrap();
    let more = "{\"publisher\": \"p\", \"engines\": {\"vscode\": \"^1.80.0\"}, ";
    vec![(name, manifest.replacen('{', more, 1)), ("README.md", "# An extension".into())]
}

fn cargo(dice: &mut Dice) -> Tree {
    let licence = pick(dice, &LICENCES);
    let line = format!("license = {licence:?}\n");
    let (own, workspace) = pick(
        dice,
        &[
            (line.as_str(), ""),
            ("license-file = \"LICENSE\"\n", ""),
            ("license.workspace = true\n", line.as_str()),
            ("publish.workspace = true\nlicense = \"MIT\"\n", "publish = []\n"),
            ("", ""),
        ],
    );
    let publish = match own.contains("publish") {
        true => "",
        false => pick(
            dice,
            &["", "publish = false\n", "publish = []\n", "publish = [\"x\"]\n", "publish = true\n"],
        ),
    };
    let manifest = format!(
        "[package]\nname = \"a\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{own}{publish}\n[workspace]\n[workspace.package]\n{workspace}"
    );
    vec![("Cargo.toml", manifest), ("src/lib.rs", String::new()), ("LICENSE", "Acme only".into())]
}

fn python(dice: &mut Dice) -> Tree {
    let licence = pick(dice, &LICENCES);
    let classifiers = [pick(dice, &CLASSIFIERS), pick(dice, &CLASSIFIERS)];
    let table = pick(dice, &["project", "tool.poetry"]);
    let licence = pick(
        dice,
        &[
            &*format!("license = {licence:?}\n"),
            &*format!("license = {{ text = {licence:?} }}\n"),
            "license = { file = \"LICENSE\" }\n",
            "",
        ],
    )
    .to_owned();
    let manifest =
        format!("[{table}]\nname = \"a\"\nversion = \"1.0.0\"\n{licence}classifiers = {classifiers:?}\n");
    vec![("pyproject.toml", manifest), ("LICENSE", "MIT License\n\nCopyright Acme".into())]
}

fn gem(dice: &mut Dice) -> Tree {
    let licence = pick(dice, &LICENCES);
    let line = pick(
        dice,
        &[
            &*format!("  s.license = {licence:?}\n"),
            &*format!("  s.licenses = [{licence:?}, 'ISC']\n"),
            "  s.licenses = %w[MIT Ruby]\n",
            "",
        ],
    )
    .to_owned();
    let text = format!(
        "Gem::Specification.new do |s|\n  s.name = \"a\"\n  s.version = \"1.0.0\"\n  s.summary = \"x\"\n  s.authors = [\"A\"]\n{line}  s.files = [\"a.rb\"]\nend\n"
    );
    vec![("a.gemspec", text), ("a.rb", String::new())]
}

/// Policy and reason of an artifact, or of a folder as it stands.
fn audited(path: &Path, project: &Path) -> (String, String) {
    let options = Options::default().project(Project::new(project));
    let audit = Auditor::new(options).audit(path, 1).unwrap();
    (audit.policy.name, audit.policy.because)
}

type Home = (&'static str, fn(&mut Dice) -> Tree, &'static [&'static str]);

const HOMES: [Home; 5] = [
    ("npm", npm, &["npm"]),
    ("vsix", vsix, &["vsce"]),
    ("crate", cargo, &["cargo"]),
    ("wheel and sdist", python, &["uv"]),
    ("gem", gem, &["gem"]),
];

#[test]
fn check_policy_show_and_init_name_one_policy_and_one_reason() {
    let seed = fresh_seed();
    let mut dice = Dice::new(seed);
    for (kinds, make, _) in HOMES {
        let mut policies = Vec::new();
        for _ in 0..60 {
            let tree = make(&mut dice);
            let folder = tempfile::tempdir().unwrap();
            plant(folder.path(), tree.iter().map(|(path, text)| (path, text)));
            let survey = Survey::of(folder.path());
            let package = of_project(folder.path());
            let shown = Policy::resolve_for(&Settings::default(), package.as_ref());
            let expected = (survey.policy.clone(), survey.because.clone());
            assert_eq!((shown.name, shown.because), expected, "seed {seed}, {tree:?}");
            assert_eq!(audited(folder.path(), folder.path()), expected, "seed {seed}, {tree:?}");
            assert!(survey.lines()[0].1.starts_with(kinds), "{:?}", survey.lines());
            policies.push(survey.policy);
        }
        for policy in ["open-source", "proprietary"] {
            assert!(policies.iter().any(|one| one == policy), "no {kinds} is {policy}");
        }
    }
}

/// The manifest in an artifact may have another name, and so may the reason.
#[test]
fn a_packed_artifact_has_the_policy_of_its_project() {
    let seed = fresh_seed();
    let mut dice = Dice::new(seed);
    for (kinds, make, programs) in HOMES {
        // A build backend writes other metadata than the manifest that it was given: setuptools reads no table of poetry.
        if kinds == "wheel and sdist" || !clients::have(programs) {
            continue;
        }
        let mut packed = 0;
        for _ in 0..4 {
            let tree = make(&mut dice);
            let folder = tempfile::tempdir().unwrap();
            plant(folder.path(), tree.iter().map(|(path, text)| (path, text)));
            // Clients refuse some of these.
            let Ok(artifacts) = pack::pack(folder.path(), &pack::Choice::default()) else { continue };
            packed += 1;
            let survey = Survey::of(folder.path());
            for artifact in &artifacts.artifacts {
                let (policy, because) = audited(&artifact.path, folder.path());
                let without_name = |text: &str| {
                    let names = [
                        "package.json",
                        "Cargo.toml",
                        "pyproject.toml",
                        "METADATA",
                        "PKG-INFO",
                        "a.gemspec",
                        "metadata.gz",
                    ];
                    names.iter().fold(text.to_owned(), |text, name| text.replace(name, "*"))
                };
                assert_eq!(
                    (policy, without_name(&because)),
                    (survey.policy.clone(), without_name(&survey.because)),
                    "seed {seed}, {tree:?}"
                );
            }
        }
        assert!(packed > 0 || kinds == "vsix", "seed {seed}: no {kinds} could be packed");
    }
}

#[test]
fn the_program_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[package]\nname = \"a\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\npublish = []\n";
    plant(folder.path(), [("Cargo.toml", manifest), ("src/lib.rs", "")]);
    for arguments in [&["check", "--as-is", "."][..], &["policy", "show"], &["init", "--no-lock"]] {
        let (_, text) = run(folder.path(), arguments);
        assert!(text.contains("proprietary") && text.contains("Cargo.toml forbids publishing"), "{text}");
    }
}

/// A server of files on this machine, for as long as it lives.
struct Index(Child, u16);

impl Index {
    fn of(folder: &Path) -> Self {
        let mut server = Command::new("python")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let port = line.split("port ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        Self(server, port)
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An sdist whose `setup.py` leaves a trace of having been run.
fn sdist(version: &str, trace: &Path, more: &[(&str, &str)]) -> Vec<u8> {
    let setup =
        format!("open({:?}, 'w').close()\nfrom setuptools import setup\nsetup()\n", trace.to_str().unwrap());
    let info = format!("Metadata-Version: 2.1\nName: acme-demo\nVersion: {version}\nLicense: MIT\n");
    let files = [("PKG-INFO", info.as_str()), ("setup.py", &setup)];
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, text) in files.iter().chain(more) {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("acme_demo-{version}/{path}"), text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn an_earlier_source_distribution_is_fetched_and_not_run() {
    if !clients::have_module("pip") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let index = folder.path().join("simple/acme-demo");
    fs::create_dir_all(&index).unwrap();
    let mut page = "<!DOCTYPE html><html><body>\n".to_owned();
    for (version, file, is_right) in
        [("1.0", "one", true), ("1.1", "next", true), ("0.9", "zero", false), ("2.0rc1", "pre", true)]
    {
        let name = format!("acme_demo-{version}.tar.gz");
        let bytes = sdist(version, &trace, &[(file, "")]);
        let mut digest = sha256(&bytes);
        if !is_right {
            digest = digest.chars().rev().collect();
        }
        fs::write(index.join(&name), bytes).unwrap();
        page.push_str(&format!("<a href=\"{name}#sha256={digest}\">{name}</a>\n"));
    }
    fs::write(index.join("index.html"), page).unwrap();
    let new = folder.path().join("acme_demo-1.2.tar.gz");
    fs::File::create(&new).unwrap().write_all(&sdist("1.2", &trace, &[])).unwrap();
    // What the project's folder holds is not to be run in place of pip either.
    fs::write(
        folder.path().join("hashlib.py"),
        format!("open({:?}, 'w').close()\n", trace.to_str().unwrap()),
    )
    .unwrap();
    let server = Index::of(folder.path());
    let diff = |release: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
            .args(["diff", release, "acme_demo-1.2.tar.gz"])
            .current_dir(folder.path())
            .env("NO_COLOR", "1")
            .env("PIP_CONFIG_FILE", if cfg!(windows) { "nul" } else { "/dev/null" })
            .env("PIP_INDEX_URL", format!("http://127.0.0.1:{}/simple", server.1))
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            // Whoever lets pip prepare the distribution runs its program: with the setuptools that are here.
            .env("PIP_NO_BUILD_ISOLATION", "0")
            .output()
            .unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code(), text)
    };
    for (release, file) in [("1.0", "- one"), ("latest", "- next"), ("2.0rc1", "- pre")] {
        let (status, text) = diff(release);
        assert!(status == Some(0) && text.contains(file), "{release}: {text}");
    }
    let (status, text) = diff("0.9");
    assert!(status == Some(2) && text.contains("another digest"), "{text}");
    let (status, text) = diff("3.0");
    assert!(status == Some(2) && text.contains("no source distribution of acme-demo 3.0"), "{text}");
    assert!(!trace.exists(), "something that was downloaded has run");
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
