//! What fuzzing and property tests hold against the contents of packages: whatever stands in a file, packgate
//! looks at all of it without failing, and in time.

use std::io::Write;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use packgate::audit::{Audit, Auditor, Options};
use packgate::inspect::{ScanOptions, Scanner, inspect};
use packgate::inventory::{Entry, Media};
use packgate::settings::Settings;

/// Far more than a few KiB take, even unoptimised on a busy machine.
const MOST_TIME: Duration = Duration::from_secs(20);

fn in_time<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let start = Instant::now();
    let done = work();
    let taken = start.elapsed();
    if taken < MOST_TIME { Ok(done) } else { Err(format!("it took {taken:?}")) }
}

/// Names of files that inspectors treat differently.
pub(crate) const PATHS: [&str; 10] = [
    "package/a.js",
    "package/a.js.map",
    "package/a.css",
    "package/a.json",
    "package/a.wasm",
    "package/a.d.ts",
    "package/a.node",
    "package/.env",
    "package/src/a.rs",
    "package/a",
];

/// Types to look at bytes as, whatever they look like; `None` for what they look like.
pub(crate) const MEDIA: [Option<Media>; 14] = [
    None,
    Some(Media::Text),
    Some(Media::Utf16),
    Some(Media::Binary),
    Some(Media::Wasm),
    Some(Media::Elf),
    Some(Media::Pe),
    Some(Media::MachO),
    Some(Media::Asar),
    Some(Media::Hermes),
    Some(Media::Pyc),
    Some(Media::Pdb),
    Some(Media::JavaClass),
    Some(Media::Zip),
];

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    Scanner::new(ScanOptions {
        recovered: true,
        markers: vec!["ACME CONFIDENTIAL".into()],
        packages: vec!["@acme".into(), "acme-core-*".into()],
        hosts: vec![".corp.acme.example".into()],
        ..ScanOptions::default()
    })
});

/// Looks at bytes in a file of the package: both numbers choose, from [`PATHS`] and [`MEDIA`].
pub(crate) fn looked_at(path: usize, media: usize, bytes: &[u8]) -> Result<Entry, String> {
    let path = PATHS[path % PATHS.len()];
    let looks_like = packgate::unpack::sniff(bytes, bytes.len() as u64);
    let mut entry = Entry::default();
    entry.path = path.into();
    entry.place = path.into();
    entry.size = bytes.len() as u64;
    entry.media = MEDIA[media % MEDIA.len()].unwrap_or(looks_like);
    in_time(|| inspect(bytes, &SCANNER, &mut entry))?;
    Ok(entry)
}

/// A package, its members with plain content.
pub(crate) struct Package {
    /// The file's name.
    pub(crate) artifact: &'static str,
    pub(crate) members: &'static [(&'static str, &'static str)],
}

/// A package of every ecosystem. All members but the ones named `code` are manifests to be fuzzed.
pub(crate) const PACKAGES: [Package; 8] = [
    Package {
        artifact: "acme-1.0.0.tgz",
        members: &[
            (
                "package/package.json",
                r#"{"name":"acme","version":"1.0.0","license":"MIT","private":false,"main":"code.js","bin":{"acme":"b.js"},"exports":{".":{"import":"./a.mjs","require":["./b.js"]},"./*":"./dist/*.js"},"files":["dist","!**/*.map"],"scripts":{"postinstall":"node x.js"},"dependencies":{"a":"^1"}}"#,
            ),
            ("package/code.js", "a();\n"),
        ],
    },
    Package {
        artifact: "acme-1.0.0.crate",
        members: &[
            (
                "acme-1.0.0/Cargo.toml",
                "[package]\nname = \"acme\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\ninclude = [\"src/**\", \"!src/x\"]\nbuild = \"build.rs\"\n[lib]\npath = \"src/lib.rs\"\n[[bin]]\nname = \"a\"\npath = \"src/a.rs\"\n",
            ),
            (
                "acme-1.0.0/Cargo.toml.orig",
                "[package]\nname = \"acme\"\nversion = \"1.0.0\"\ninclude = [\"src/**\"]\nlicense.workspace = true\n",
            ),
            (
                "acme-1.0.0/.cargo_vcs_info.json",
                "{\"git\":{\"sha1\":\"0\",\"dirty\":true},\"path_in_vcs\":\"a\"}",
            ),
            ("acme-1.0.0/src/code.rs", "fn a() {}\n"),
        ],
    },
    Package {
        artifact: "acme-1.0.0-py3-none-any.whl",
        members: &[
            (
                "acme-1.0.0.dist-info/METADATA",
                "Metadata-Version: 2.1\nName: acme\nVersion: 1.0.0\nLicense: MIT\nClassifier: License :: OSI Approved\nRequires-Dist: a\n\nText\n",
            ),
            (
                "acme-1.0.0.dist-info/RECORD",
                "acme/code.py,sha256=AAAA,6\n\"a,b.py\",,\nacme-1.0.0.dist-info/RECORD,,\n",
            ),
            ("acme-1.0.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("acme-1.0.0.dist-info/entry_points.txt", "[console_scripts]\nacme = acme.code:main [extra]\n"),
            ("acme/code.py", "A = 1\n"),
        ],
    },
    Package {
        artifact: "acme-1.0.0.tar.gz",
        members: &[
            (
                "acme-1.0.0/PKG-INFO",
                "Metadata-Version: 2.1\nName: acme\nVersion: 1.0.0\nLicense-Expression: MIT\n",
            ),
            (
                "acme-1.0.0/pyproject.toml",
                "[project]\nname = \"acme\"\nversion = \"1.0.0\"\nlicense = { text = \"MIT\" }\n",
            ),
            ("acme-1.0.0/code.py", "A = 1\n"),
        ],
    },
    Package {
        artifact: "acme-1.0.0.vsix",
        members: &[
            (
                "extension.vsixmanifest",
                "<?xml version=\"1.0\"?><PackageManifest xmlns=\"http://schemas.microsoft.com/developer/vsx-schema/2011\"><Metadata><Identity Id=\"acme\" Version=\"1.0.0\" Publisher=\"a\"/><License>l.txt</License></Metadata><Assets><Asset Type=\"t\" Path=\"extension/package.json\"/></Assets></PackageManifest>",
            ),
            (
                "extension/package.json",
                "{\"name\":\"acme\",\"version\":\"1.0.0\",\"publisher\":\"a\",\"main\":\"./code\",\"files\":[\"code.js\"]}",
            ),
            ("extension/code.js", "a();\n"),
        ],
    },
    Package {
        artifact: "acme.1.0.0.nupkg",
        members: &[
            (
                "acme.nuspec",
                "<?xml version=\"1.0\"?><package><metadata><id>acme</id><version>1.0.0</version><license type=\"expression\">MIT</license></metadata><files><file src=\"a\" target=\"b\"/></files></package>",
            ),
            ("lib/code.txt", "a\n"),
        ],
    },
    Package {
        artifact: "acme-1.0.0.gem",
        members: &[
            (
                "metadata.gz",
                "--- !ruby/object:Gem::Specification\nname: acme\nversion: !ruby/object:Gem::Version\n  version: 1.0.0\nlicenses: &l\n- MIT\nfiles:\n- lib/code.rb\nexecutables: *l\nrequire_paths: [lib]\n",
            ),
            ("checksums.yaml.gz", "---\nSHA256:\n  metadata.gz: aa\n  data.tar.gz: bb\n"),
            ("data.tar.gz", "code"),
        ],
    },
    Package {
        artifact: "acme-1.0.0.jar",
        members: &[
            (
                "META-INF/MANIFEST.MF",
                "Manifest-Version: 1.0\r\nMain-Class: acme.Main\r\nClass-Path: a.jar\r\n b.jar\r\n\r\nName: acme/code.txt\r\nSHA-256-Digest: AAAA\r\n",
            ),
            ("META-INF/maven/a/acme/pom.properties", "groupId=a\nartifactId=acme\nversion=1.0.0\n"),
            (
                "META-INF/maven/a/acme/pom.xml",
                "<project><groupId>a</groupId><artifactId>acme</artifactId><version>1</version><licenses><license><name>MIT</name></license></licenses></project>",
            ),
            ("acme/code.txt", "a\n"),
        ],
    },
];

impl Package {
    /// The members that can be fuzzed.
    pub(crate) fn manifests(&self) -> usize {
        self.members.iter().filter(|(path, _)| !path.contains("code") && *path != "data.tar.gz").count()
    }

    /// The package with another text in one of its manifests.
    fn with(&self, manifest: usize, text: &[u8]) -> Vec<u8> {
        let members = self.members.iter().enumerate().map(|(number, (path, plain))| {
            let text = if number == manifest { text } else { plain.as_bytes() };
            let packed = match *path {
                "data.tar.gz" => gzip(&tar([("lib/code.rb".to_owned(), b"A = 1\n".to_vec())])),
                path if path.ends_with(".gz") => gzip(text),
                _ => text.to_vec(),
            };
            ((*path).to_owned(), packed)
        });
        match self.artifact.rsplit('.').next() {
            Some("gem") => tar(members),
            Some("tgz" | "crate" | "gz") => gzip(&tar(members)),
            _ => zip(members),
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(members: impl IntoIterator<Item = (String, Vec<u8>)>) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn zip(members: impl IntoIterator<Item = (String, Vec<u8>)>) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, bytes) in members {
        zip.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

static AUDITOR: LazyLock<Auditor> = LazyLock::new(|| Auditor::new(Options::default().keep_entries(true)));

/// Audits a package with this text for one of its manifests: both numbers choose.
pub(crate) fn audited(package: usize, manifest: usize, text: &[u8]) -> Result<Audit, String> {
    let package = &PACKAGES[package % PACKAGES.len()];
    let bytes = package.with(manifest % package.manifests(), text);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(package.artifact);
    std::fs::write(&path, bytes).unwrap();
    let audit = in_time(|| AUDITOR.audit(&path, 1))?.map_err(|error| error.to_string())?;
    match audit.unexamined().iter().find(|unexamined| unexamined.why.contains("packgate failed")) {
        Some(unexamined) => Err(format!("{}: {}", unexamined.place, unexamined.why)),
        None => Ok(audit),
    }
}

/// Files that settings stand in, and a policy file, with a plain text for each.
pub(crate) const SETTINGS: [(&str, &str); 5] = [
    (
        "packgate.toml",
        "policy = \"proprietary\"\n[rules]\nsource-map-embedded = \"error\"\n[internal]\nmarkers = [\"ACME\", '/ACME-[0-9]{6}/']\npaths = [\"src/**\"]\nhosts = [\".corp.acme.example\"]\npackages = [\"@acme/*\"]\n[size]\nartifact = \"1MiB\"\n[limits]\nratio = 100\n[[waive]]\nrule = \"secret-jwt\"\nplace = \"a/**\"\nreason = \"it is a sample\"\nexpires = \"2030-01-01\"\n",
    ),
    ("package.json", r#"{"name":"acme","packgate":{"policy":"strict","rules":{"stray-ci":"off"}}}"#),
    ("Cargo.toml", "[package]\nname = \"acme\"\n[package.metadata.packgate]\npolicy = \"open-source\"\n"),
    ("pyproject.toml", "[tool.packgate]\npolicy = \"auto\"\nrules = { debug-info = \"note\" }\n"),
    ("house.toml", "extends = \"strict\"\n[debug-info]\nlevel = \"note\"\nwhy = \"we ship them\"\n"),
];

/// Loads settings from a file of this text; the number chooses from [`SETTINGS`]. Bad ones are refused with a reason.
pub(crate) fn settled(file: usize, text: &[u8]) -> Result<Result<Settings, String>, String> {
    let (name, _) = SETTINGS[file % SETTINGS.len()];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let policy = (name == "house.toml").then(|| path.to_string_lossy().into_owned());
    match in_time(|| Settings::load(folder.path(), policy.as_deref()))? {
        Ok(settings) => {
            in_time(|| Auditor::new(Options::default().settings(settings.clone())))?;
            Ok(Ok(settings))
        }
        Err(problems) => {
            let why = problems.to_string();
            if why.contains("error") {
                Ok(Err(why))
            } else {
                Err(format!("refused without a reason: {why:?}"))
            }
        }
    }
}
