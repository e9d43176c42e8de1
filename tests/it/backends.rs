//! Python's build backends as the judge: random projects, built by setuptools, hatchling and flit, of whose
//! archives packgate has nothing to say until somebody changes them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use packgate::audit::{Auditor, Options};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::clients::have_imports;
use crate::random::trees;
use crate::samples::plant;

/// The backends in one Python process, answering over a pipe.
struct Backends {
    _child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Backends {
    fn start() -> Option<Self> {
        if !cfg!(unix) || !have_imports("setuptools.command.bdist_wheel, hatchling.build, flit_core.buildapi")
        {
            return None;
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/build_backends.py");
        let mut child =
            Command::new("python").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let questions = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Some(Self { _child: child, questions, answers })
    }

    /// Builds a project; `Err` is what the backend says against it.
    fn build(&mut self, project: &Project) -> Result<Built, String> {
        let source = tempfile::tempdir().unwrap();
        let into = tempfile::tempdir().unwrap();
        project.plant(source.path());
        let question =
            json!({"backend": project.backend.module(), "folder": source.path(), "into": into.path()});
        writeln!(self.questions, "{question}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        let file = |key: &str| answer[key].as_str().map(|name| into.path().join(name));
        match (file("wheel"), file("sdist")) {
            (Some(wheel), Some(sdist)) => Ok(Built { wheel, sdist, _folder: into }),
            _ => Err(answer["error"].as_str().unwrap_or_default().to_owned()),
        }
    }
}

struct Built {
    wheel: PathBuf,
    sdist: PathBuf,
    _folder: tempfile::TempDir,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Backend {
    Setuptools,
    Hatchling,
    Flit,
}

impl Backend {
    fn module(self) -> &'static str {
        match self {
            Self::Setuptools => "setuptools.build_meta",
            Self::Hatchling => "hatchling.build",
            Self::Flit => "flit_core.buildapi",
        }
    }
}

/// A project as its authors would write it.
#[derive(Debug, Clone)]
struct Project {
    backend: Backend,
    /// The distribution's name, spelled as the authors like.
    name: &'static str,
    version: &'static str,
    /// The package to import, with dots where it lies in a namespace.
    package: &'static str,
    in_src: bool,
    /// The version stands in the code and not in `pyproject.toml`.
    version_in_code: bool,
    /// A command, its module and a file of an entry point group of the package's own.
    has_script: bool,
    has_licences: bool,
    /// Files for the system's folders, through `*.data/data`.
    has_data: bool,
    /// Files of the package besides `__init__.py`, from its folder.
    files: BTreeSet<&'static str>,
    /// Files beside the package that nobody declared.
    strays: BTreeSet<&'static str>,
}

const NAMES: &[&str] =
    &["demo", "Demo", "demo-pkg", "Demo.Pkg", "demo__pkg", "d2", "DEMO_x.y-z", "demo.internal"];
const VERSIONS: &[&str] =
    &["1.0", "0.0.0", "2024.1.2", "1.0.dev3", "1.0rc1", "1.0.post1", "1!2.0", "1.0+local.7", "1.0a1.dev2"];
const PACKAGES: &[&str] = &["demo", "Demo", "demo_pkg", "_d", "acme.demo", "acme.deep.demo", "démo"];
const FILES: &[&str] = &[
    "cli.py",
    "py.typed",
    "sub/__init__.py",
    "sub/deep/x.py",
    "data/x.json",
    "data/a,b.txt",
    "data/two words.txt",
    "data/größe.txt",
    "data/日本.txt",
    "data/.hidden",
    "_native.cpython-311-x86_64-linux-gnu.so",
    "_native.abi3.so",
    "stub.pyi",
    "tests/test_x.py",
    "UPPER.TXT",
    "bin/tool",
    "__main__.py",
    "empty.dist-info/x",
    "RECORD",
    "sub/METADATA",
];
const STRAYS: &[&str] =
    &["notes.md", "tests/test_a.py", "docs/index.md", "setup.cfg", "other.py", "scripts/run.py", ".env.txt"];

impl Project {
    fn plant(&self, folder: &Path) {
        plant(folder, self.sources());
    }

    /// The package's folder, from the project's.
    fn folder(&self) -> String {
        let package = self.package.replace('.', "/");
        if self.in_src { format!("src/{package}") } else { package }
    }

    fn sources(&self) -> BTreeMap<String, String> {
        let folder = self.folder();
        let mut all = BTreeMap::from([("pyproject.toml".to_owned(), self.pyproject())]);
        all.insert("README.md".to_owned(), "# Demo\n".to_owned());
        let first = format!("\"\"\"A demonstration.\"\"\"\n__version__ = \"{}\"\n", self.version);
        all.insert(format!("{folder}/__init__.py"), first);
        for path in &self.files {
            all.insert(format!("{folder}/{path}"), format!("# {path}\n"));
        }
        if self.has_script {
            all.insert(format!("{folder}/command.py"), "def main(): pass\n".to_owned());
        }
        if self.has_licences {
            all.insert("LICENSE".to_owned(), "As you like.\n".to_owned());
            all.insert("legal/more, and more.txt".to_owned(), "As we like.\n".to_owned());
        }
        if self.has_data {
            all.insert("shared/etc/demo.conf".to_owned(), "x = 1\n".to_owned());
        }
        for path in &self.strays {
            all.insert((*path).to_owned(), String::new());
        }
        all
    }

    fn pyproject(&self) -> String {
        let mut text = format!(
            "[build-system]\nrequires = []\nbuild-backend = \"{}\"\n\n[project]\nname = \"{}\"\n",
            self.backend.module(),
            self.name
        );
        let mut line = |line: &str| writeln!(text, "{line}").unwrap();
        line("readme = \"README.md\"");
        line("description = \"A demonstration.\"");
        match self.version_in_code {
            true => line("dynamic = [\"version\"]"),
            false => line(&format!("version = \"{}\"", self.version)),
        }
        if self.has_licences {
            line("license = \"LicenseRef-Demo\"");
            line("license-files = [\"LICENSE\", \"legal/*\"]");
        }
        if self.has_script {
            line(&format!("scripts = {{ demo = \"{}.command:main\" }}", self.package));
            line(&format!("entry-points = {{ \"demo.plugins\" = {{ x = \"{}\" }} }}", self.package));
        }
        text + &self.tool()
    }

    fn tool(&self) -> String {
        let mut text = String::new();
        let mut line = |line: String| writeln!(text, "{line}").unwrap();
        let top = self.package.split('.').next().unwrap_or_default();
        match self.backend {
            Backend::Setuptools => {
                let place = if self.in_src { "src" } else { "." };
                line("[tool.setuptools]\ninclude-package-data = true".to_owned());
                line(format!(
                    "[tool.setuptools.packages.find]\nwhere = [\"{place}\"]\ninclude = [\"{top}*\"]"
                ));
                line("[tool.setuptools.package-data]\n\"*\" = [\"**/*\", \"**/.*\"]".to_owned());
                if self.version_in_code {
                    line(format!(
                        "[tool.setuptools.dynamic]\nversion = {{ attr = \"{}.__version__\" }}",
                        self.package
                    ));
                }
                if self.has_data {
                    line(
                        "[tool.setuptools.data-files]\n\"etc/demo\" = [\"shared/etc/demo.conf\"]".to_owned(),
                    );
                }
            }
            Backend::Hatchling => {
                let place = if self.in_src { format!("src/{top}") } else { top.to_owned() };
                line(format!("[tool.hatch.build.targets.wheel]\npackages = [\"{place}\"]"));
                if self.has_data {
                    line("[tool.hatch.build.targets.wheel.shared-data]\n\"shared/etc\" = \"etc\"".to_owned());
                }
                if self.version_in_code {
                    line(format!("[tool.hatch.version]\npath = \"{}/__init__.py\"", self.folder()));
                }
            }
            Backend::Flit => {
                line(format!("[tool.flit.module]\nname = \"{}\"", self.package));
                if self.has_data {
                    line("[tool.flit.external-data]\ndirectory = \"shared\"".to_owned());
                }
            }
        }
        text
    }
}

fn project() -> impl Strategy<Value = Project> {
    let backend = prop::sample::select(&[Backend::Setuptools, Backend::Hatchling, Backend::Flit][..]);
    let some = |from: &'static [&'static str], most: usize| {
        prop::collection::btree_set(prop::sample::select(from), 0..most)
    };
    let flag = any::<bool>;
    let names = (prop::sample::select(NAMES), prop::sample::select(VERSIONS), prop::sample::select(PACKAGES));
    (backend, names, (flag(), flag(), flag(), flag(), flag()), some(FILES, 6), some(STRAYS, 3)).prop_map(
        |(backend, (name, version, package), flags, files, strays)| {
            let (in_src, version_in_code, has_script, has_licences, has_data) = flags;
            Project {
                backend,
                name,
                version,
                package,
                in_src,
                version_in_code,
                has_script,
                has_licences,
                has_data,
                files,
                strays,
            }
        },
    )
}

/// Rules that say that an archive isn't what the backend wrote.
fn speaks_of_packing(rule: &str) -> bool {
    rule.starts_with("archive-")
        || [
            "record-mismatch",
            "not-allowlisted",
            "missing-entry-point",
            "broken-entry-point",
            "name-mismatch",
            "manifest-ambiguous",
            "dirty-build",
        ]
        .contains(&rule)
}

/// Findings of these rules, as `rule place`.
fn found(artifact: &Path) -> BTreeSet<String> {
    let audit = Auditor::new(Options::default()).audit(artifact, 1).unwrap();
    assert!(audit.inventory.is_complete(), "{:?}", audit.inventory.unexamined);
    let findings = audit.findings.iter().map(|judged| &judged.finding);
    findings
        .filter(|finding| speaks_of_packing(finding.rule))
        .map(|finding| format!("{} {}: {}", finding.rule, finding.place.path, finding.message))
        .collect()
}

fn nothing_is_said(backends: &mut Backends, project: &Project) -> Result<bool, TestCaseError> {
    // What the backend refuses has no artifact.
    let Ok(built) = backends.build(project) else { return Ok(false) };
    for artifact in [&built.wheel, &built.sdist] {
        prop_assert_eq!(found(artifact), BTreeSet::new(), "{}", artifact.display());
    }
    Ok(true)
}

#[test]
fn random_projects_as_backends_build_them() {
    let Some(backends) = Backends::start() else { return };
    let backends = RefCell::new(backends);
    trees(24, 200, project(), |project| nothing_is_said(&mut backends.borrow_mut(), &project));
}

type File = (String, Vec<u8>);

fn unzipped(path: &Path) -> Vec<File> {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn zipped(files: &[File]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, bytes) in files {
        writer.start_file(path.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn packed(files: &[File]) -> Vec<u8> {
    crate::samples::npm_tarball(files)
}

fn unpacked(path: &Path) -> Vec<File> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(fs::File::open(path).unwrap()));
    let files = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), entry.header().entry_type().is_file(), bytes)
    });
    files.filter(|(_, is_file, _)| *is_file).map(|(path, _, bytes)| (path, bytes)).collect()
}

/// What somebody does to an archive after the build, with the rules that must say so (any one of them).
struct Change {
    what: &'static str,
    make: fn(&mut Vec<File>),
    rules: &'static [&'static str],
}

/// The first file whose path ends so.
fn file<'a>(files: &'a mut [File], end: &str) -> &'a mut File {
    files.iter_mut().find(|(path, _)| path.ends_with(end)).unwrap()
}

fn edit(files: &mut [File], end: &str, from: &str, to: &str) {
    let (_, bytes) = file(files, end);
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{end}: {text}");
    *bytes = text.replacen(from, to, 1).into_bytes();
}

/// Makes RECORD true again, as somebody would who knows what it is.
fn record_anew(files: &mut [File]) {
    use base64::Engine as _;
    use sha2::Digest as _;
    let record = file(files, ".dist-info/RECORD").0.clone();
    let lines = files.iter().map(|(path, bytes)| {
        let digest = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(bytes));
        let quote = if path.contains(',') { "\"" } else { "" };
        let rest = if *path == record { ",".to_owned() } else { format!("sha256={digest},{}", bytes.len()) };
        format!("{quote}{path}{quote},{rest}\n")
    });
    let text: String = lines.collect();
    file(files, ".dist-info/RECORD").1 = text.into_bytes();
}

const OF_WHEELS: &[Change] = &[
    Change {
        what: "a file added",
        make: |files| files.push(("demo/added.py".to_owned(), b"x".to_vec())),
        rules: &["record-mismatch demo/added.py"],
    },
    Change {
        what: "a file added at the top",
        make: |files| files.push(("sitecustomize.py".to_owned(), b"x".to_vec())),
        rules: &["record-mismatch sitecustomize.py"],
    },
    Change {
        what: "a file added to the metadata",
        make: |files| files.push(("demo-1.0.dist-info/INSTALLER".to_owned(), b"pip".to_vec())),
        rules: &["record-mismatch demo-1.0.dist-info/INSTALLER"],
    },
    Change {
        what: "a file removed",
        make: |files| files.retain(|(path, _)| path != "demo/__init__.py"),
        rules: &["record-mismatch demo-1.0.dist-info/RECORD"],
    },
    Change {
        what: "a file replaced by one of the same size",
        make: |files| file(files, "demo/__init__.py").1.reverse(),
        rules: &["record-mismatch demo/__init__.py"],
    },
    Change {
        what: "a file emptied",
        make: |files| file(files, "demo/__init__.py").1.clear(),
        rules: &["record-mismatch demo/__init__.py"],
    },
    Change {
        what: "a size edited in RECORD",
        make: |files| {
            edit(
                files,
                "/RECORD",
                "\ndemo-1.0.dist-info/WHEEL,sha256=",
                "\ndemo-1.0.dist-info/WHEEL,sha256=A",
            )
        },
        rules: &["record-mismatch demo-1.0.dist-info/WHEEL"],
    },
    Change {
        what: "RECORD gone",
        make: |files| files.retain(|(path, _)| !path.ends_with("/RECORD")),
        rules: &["record-mismatch demo-1.0.dist-info/RECORD"],
    },
    Change {
        what: "RECORD emptied",
        make: |files| file(files, "/RECORD").1.clear(),
        rules: &["record-mismatch demo/__init__.py"],
    },
    Change {
        what: "another name, and RECORD made anew",
        make: |files| {
            edit(files, "/METADATA", "Name: demo", "Name: demos");
            record_anew(files);
        },
        rules: &["name-mismatch demo-1.0.dist-info/METADATA"],
    },
    Change {
        what: "another version, and RECORD made anew",
        make: |files| {
            edit(files, "/METADATA", "Version: 1.0\n", "Version: 1.1\n");
            record_anew(files);
        },
        rules: &["name-mismatch demo-1.0.dist-info/METADATA"],
    },
    Change {
        what: "a second METADATA in capitals of its own",
        make: |files| {
            files.push(("demo-1.0.dist-info/Metadata".to_owned(), b"Name: demo\nVersion: 1.0\n".to_vec()));
            record_anew(files);
        },
        rules: &["manifest-ambiguous demo-1.0.dist-info/Metadata"],
    },
    Change {
        what: "a second folder of metadata",
        make: |files| {
            files.push(("other-1.0.dist-info/METADATA".to_owned(), b"Name: other\nVersion: 1.0\n".to_vec()));
            record_anew(files);
        },
        rules: &[
            "manifest-ambiguous demo-1.0.dist-info/METADATA",
            "manifest-ambiguous other-1.0.dist-info/METADATA",
        ],
    },
    Change {
        what: "a second folder of metadata without METADATA",
        make: |files| {
            files.push(("other-1.0.dist-info/entry_points.txt".to_owned(), b"[x]\n".to_vec()));
            record_anew(files);
        },
        rules: &["manifest-ambiguous other-1.0.dist-info/entry_points.txt"],
    },
    Change {
        what: "WHEEL gone",
        make: |files| {
            files.retain(|(path, _)| !path.ends_with("/WHEEL"));
            record_anew(files);
        },
        rules: &["manifest-ambiguous"],
    },
    Change {
        what: "another tag",
        make: |files| {
            edit(files, "/WHEEL", "-none-any", "-none-win_amd64");
            record_anew(files);
        },
        rules: &["name-mismatch demo-1.0.dist-info/WHEEL"],
    },
    Change {
        what: "the command's module gone, and RECORD made anew",
        make: |files| {
            files.retain(|(path, _)| path != "demo/command.py");
            record_anew(files);
        },
        rules: &["missing-entry-point demo-1.0.dist-info/METADATA"],
    },
];

const OF_SDISTS: &[Change] = &[
    Change {
        what: "another name",
        make: |files| edit(files, "demo-1.0/PKG-INFO", "Name: demo", "Name: demos"),
        rules: &["name-mismatch demo-1.0/PKG-INFO"],
    },
    Change {
        what: "another version",
        make: |files| edit(files, "demo-1.0/PKG-INFO", "Version: 1.0\n", "Version: 2.0\n"),
        rules: &["name-mismatch demo-1.0/PKG-INFO"],
    },
    Change {
        what: "PKG-INFO gone",
        make: |files| files.retain(|(path, _)| path != "demo-1.0/PKG-INFO"),
        rules: &["manifest-ambiguous"],
    },
    Change {
        what: "a second PKG-INFO",
        make: |files| files.push(("demo-1.0/PKG-INFO".to_owned(), b"Name: x\nVersion: 1.0\n".to_vec())),
        rules: &["manifest-ambiguous demo-1.0/PKG-INFO"],
    },
    Change {
        what: "a second PKG-INFO in small letters",
        make: |files| files.push(("demo-1.0/pkg-info".to_owned(), b"Name: x\nVersion: 1.0\n".to_vec())),
        rules: &["manifest-ambiguous demo-1.0/pkg-info"],
    },
    Change {
        what: "a second folder",
        make: |files| files.push(("other/x.py".to_owned(), b"x".to_vec())),
        rules: &["archive-foreign-root"],
    },
];

/// What only setuptools' list of sources tells.
const OF_LISTED_SDISTS: &[Change] = &[
    Change {
        what: "a file added",
        make: |files| files.push(("demo-1.0/demo/added.py".to_owned(), b"x".to_vec())),
        rules: &["stale-file-list demo-1.0/demo.egg-info/SOURCES.txt"],
    },
    Change {
        what: "a file removed",
        make: |files| files.retain(|(path, _)| path != "demo-1.0/demo/command.py"),
        rules: &["stale-file-list demo-1.0/demo.egg-info/SOURCES.txt"],
    },
];

#[test]
fn archives_changed_after_the_build() {
    let Some(mut backends) = Backends::start() else { return };
    for backend in [Backend::Setuptools, Backend::Hatchling, Backend::Flit] {
        let project = Project {
            backend,
            name: "demo",
            version: "1.0",
            package: "demo",
            in_src: false,
            version_in_code: false,
            has_script: true,
            has_licences: true,
            has_data: false,
            files: BTreeSet::new(),
            strays: BTreeSet::new(),
        };
        let built = backends.build(&project).unwrap();
        for change in OF_WHEELS {
            expect(&built.wheel, change, unzipped(&built.wheel), zipped);
        }
        let lists: &[&[Change]] = match backend {
            Backend::Setuptools => &[OF_SDISTS, OF_LISTED_SDISTS],
            _ => &[OF_SDISTS],
        };
        for change in lists.iter().copied().flatten() {
            expect(&built.sdist, change, unpacked(&built.sdist), packed);
        }
    }
}

fn expect(artifact: &Path, change: &Change, mut files: Vec<File>, pack: fn(&[File]) -> Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(artifact.file_name().unwrap());
    (change.make)(&mut files);
    fs::write(&path, pack(&files)).unwrap();
    let audit = Auditor::new(Options::default()).audit(&path, 1).unwrap();
    let findings = audit.findings.iter().map(|judged| &judged.finding);
    let said: Vec<String> = findings
        .map(|finding| format!("{} {}", finding.rule, finding.place.path).trim_end().to_owned())
        .collect();
    let is_told = change
        .rules
        .iter()
        .any(|rule| said.iter().any(|said| said == rule || !rule.contains(' ') && said.starts_with(rule)));
    assert!(is_told, "{} of {}: {said:?}", change.what, path.display());
}
