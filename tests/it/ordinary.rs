//! Ordinary packages, as replicas of what was once stopped or shouted at for nothing: what they have in common is
//! that nobody would change anything about them. Beside each stands what must go on being found.

use std::fs;

use packgate::audit::{Auditor, Options};
use serde_json::Value;

use crate::dice::{Dice, base64};
use crate::hostile::build::{Member, Tar, Zip, gzip};
use crate::judged;
use crate::keys;
use crate::lock::json;
use crate::samples::npm_tarball;

const INFO: &str = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nLicense: MIT\n";
const BARE_INFO: &str = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nLicense-File: LICENSE\n";
const NPM: &str = r#"{"name": "demo", "version": "1.0.0", "license": "MIT", "main": "index.js"}"#;
const CARGO: &str = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n";

struct Verdict {
    status: i32,
    report: Value,
}

impl Verdict {
    /// Of an artifact of this name and these bytes.
    fn of(name: &str, bytes: &[u8], policy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
        judged::as_checked(&Auditor::new(Options::default()), &folder.path().join(name));
        let (status, report) = json(folder.path(), &["check", "--format", "json", "--policy", policy, name]);
        Self { status, report }
    }

    fn artifact(&self) -> &Value {
        &self.report["artifacts"][0]
    }

    /// The level of the first finding of a rule.
    fn level(&self, rule: &str) -> Option<&str> {
        let findings = self.artifact()["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["rule"] == rule)?["level"].as_str()
    }

    /// How often a rule was broken.
    fn count(&self, rule: &str) -> usize {
        self.artifact()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["rule"] == rule)
            .count()
    }

    fn passes(&self) {
        assert_eq!(self.status, 0, "{:#}", self.report);
        for finding in self.artifact()["findings"].as_array().unwrap() {
            assert!(finding["level"] != "error", "{finding:#}");
        }
    }
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let files: Vec<_> = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
    npm_tarball(&files)
}

fn texts<'a>(files: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a [u8])> {
    files.iter().map(|(path, text)| (*path, text.as_bytes())).collect()
}

/// A zip that ends in the middle.
fn damaged() -> Vec<u8> {
    let mut bytes = Zip::of([Member::file("a.txt", b"some text"), Member::file("b.txt", b"more")]).bytes();
    bytes.truncate(bytes.len() - 30);
    bytes
}

#[test]
fn sdists_that_also_hold_other_manifests() {
    for order in [
        ["package.json", "Cargo.toml", "setup.py", "PKG-INFO"],
        ["PKG-INFO", "setup.py", "Cargo.toml", "package.json"],
    ] {
        let files = order.map(|name| {
            let text = match name {
                "PKG-INFO" => INFO,
                "setup.py" => "",
                "Cargo.toml" => "[workspace]\nmembers = []\n",
                _ => r#"{"private": true}"#,
            };
            (format!("demo-1.0/{name}"), text.as_bytes().to_vec())
        });
        let verdict = Verdict::of("demo-1.0.tar.gz", &npm_tarball(&files), "auto");
        verdict.passes();
        assert_eq!(verdict.artifact()["kind"], "sdist");
    }
    // A crate stays one, and so does an npm package with Rust in it.
    let files = [
        ("demo-1.0.0/Cargo.toml", CARGO),
        ("demo-1.0.0/Cargo.toml.orig", CARGO),
        ("demo-1.0.0/src/lib.rs", ""),
    ];
    assert_eq!(Verdict::of("demo-1.0.0.crate", &tar(&texts(&files)), "auto").artifact()["kind"], "crate");
    let files = [("package/package.json", NPM), ("package/Cargo.toml", CARGO), ("package/index.js", "")];
    assert_eq!(Verdict::of("demo-1.0.0.tgz", &tar(&texts(&files)), "auto").artifact()["kind"], "npm");
}

#[test]
fn test_data_that_cannot_be_examined() {
    let sdist = |path: &str, policy: &str| {
        let path = format!("demo-1.0/{path}");
        let damaged = damaged();
        let files = [
            ("demo-1.0/PKG-INFO", INFO.as_bytes()),
            ("demo-1.0/setup.py", b"".as_slice()),
            (path.as_str(), damaged.as_slice()),
        ];
        Verdict::of("demo-1.0.tar.gz", &tar(&files), policy)
    };
    for path in
        ["tests/data/a.zip", "demo/test_zip/a.zip", "t/fixtures/a.zip", "benchmarks/a.zip", "examples/a.zip"]
    {
        let verdict = sdist(path, "open-source");
        assert_eq!(verdict.status, 0, "{path}: {:#}", verdict.report);
        assert_eq!(verdict.level("unexamined"), Some("warning"), "{path}");
        let artifact = verdict.artifact();
        assert_eq!((&artifact["complete"], &artifact["verdict"]), (&false.into(), &"pass".into()), "{path}");
        assert!(!artifact["skipped"].as_array().unwrap().is_empty(), "{path}");
        assert_eq!(sdist(path, "proprietary").status, 3, "{path}");
    }
    // The package's own folder is no folder of demonstrations, whatever it is called.
    for path in ["acme/a.zip", "acme/latest/a.zip", "a.zip"] {
        assert_eq!(sdist(path, "open-source").status, 3, "{path}");
    }
    // The artifact itself is never let off.
    let mut cut = tar(&texts(&[
        ("demo-1.0/PKG-INFO", INFO),
        ("demo-1.0/setup.py", ""),
        ("demo-1.0/tests/a.py", "x = 1"),
    ]));
    cut.truncate(cut.len() - 20);
    assert_eq!(Verdict::of("demo-1.0.tar.gz", &cut, "open-source").status, 3);
}

#[test]
fn arrays_that_compress_well() {
    let array = Zip::of([Member::file("zeros.npy", &vec![0; 24 << 20])]).bytes();
    assert!(array.len() < 40_000, "{}", array.len());
    let files = [
        ("demo-1.0/PKG-INFO", INFO.as_bytes()),
        ("demo-1.0/setup.py", b"".as_slice()),
        ("demo-1.0/demo/data/zeros.npz", array.as_slice()),
    ];
    Verdict::of("demo-1.0.tar.gz", &tar(&files), "auto").passes();
}

#[test]
fn lists_of_sources_in_any_spelling() {
    let sources = "PKG-INFO\n./setup.py\ndemo\\__init__.py\n/home/ci/demo/demo/core.py\ndemo/old.py\ndemo.egg-info/SOURCES.txt\n";
    let files = [
        ("demo-1.0/PKG-INFO", INFO),
        ("demo-1.0/setup.py", ""),
        ("demo-1.0/demo/__init__.py", ""),
        ("demo-1.0/demo/core.py", ""),
        ("demo-1.0/demo.egg-info/SOURCES.txt", sources),
    ];
    let verdict = Verdict::of("demo-1.0.tar.gz", &tar(&texts(&files)), "auto");
    verdict.passes();
    assert_eq!((verdict.count("stale-file-list"), verdict.level("stale-file-list")), (1, Some("note")));
    let more = [&files[..], &[("demo-1.0/demo/stray.py", "")]].concat();
    let verdict = Verdict::of("demo-1.0.tar.gz", &tar(&texts(&more)), "auto");
    // a build may write a file after the list was made
    verdict.passes();
    assert_eq!((verdict.count("record-mismatch"), verdict.count("stale-file-list")), (0, 1));
}

#[test]
fn a_submodule_is_no_history() {
    let with = |path: &str, text: &str| {
        let path = format!("demo-1.0/vendor/lib/{path}");
        let files = [("demo-1.0/PKG-INFO", INFO), ("demo-1.0/setup.py", ""), (path.as_str(), text)];
        Verdict::of("demo-1.0.tar.gz", &tar(&texts(&files)), "auto")
    };
    let submodule = with(".git", "gitdir: ../../.git/modules/vendor/lib\n");
    submodule.passes();
    assert_eq!(submodule.level("stray-vcs-link"), Some("note"));
    assert_eq!(with(".git/config", "[core]\n\tbare = false\n").status, 1);
}

#[test]
fn wheels_with_several_tags_in_a_line() {
    let tags = ["cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp310-abi3-manylinux_2_17_x86_64"];
    for (tag, is_same) in tags.into_iter().zip([true, false]) {
        let metadata = b"Metadata-Version: 2.1\nName: acme\nVersion: 1.0.0\nLicense: MIT\n";
        let wheel = format!("Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n");
        let names = ["acme/core.py", "acme-1.0.0.dist-info/METADATA", "acme-1.0.0.dist-info/WHEEL"];
        let record: String = names.iter().map(|name| format!("{name},,\n")).collect();
        let record = format!("{record}acme-1.0.0.dist-info/RECORD,,\n");
        let zip = Zip::of([
            Member::file(names[0], b"VALUE = 1\n"),
            Member::file(names[1], metadata),
            Member::file(names[2], wheel.as_bytes()),
            Member::file("acme-1.0.0.dist-info/RECORD", record.as_bytes()),
        ]);
        let file = "acme-1.0.0-cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
        let verdict = Verdict::of(file, &zip.bytes(), "open-source");
        assert_eq!(verdict.count("name-mismatch") == 0, is_same, "{tag}");
    }
}

#[test]
fn licences_that_only_a_file_tells() {
    let mit = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/LICENSE-MIT")).unwrap();
    let policy = |name: &str, files: &[(&str, &str)]| {
        let verdict = Verdict::of(name, &tar(&texts(files)), "auto");
        let policy = &verdict.artifact()["policy"];
        (policy["name"].as_str().unwrap().to_owned(), policy["because"].as_str().unwrap().to_owned())
    };
    let open = |name: &str, files: &[(&str, &str)]| {
        let (policy, because) = policy(name, files);
        assert_eq!(policy, "open-source", "{because}");
        assert!(because.ends_with("is the text of MIT"), "{because}");
    };
    let closed = |name: &str, files: &[(&str, &str)]| assert_eq!(policy(name, files).0, "proprietary");
    let sdist = [("demo-1.0/PKG-INFO", BARE_INFO), ("demo-1.0/LICENSE", mit.as_str())];
    open("demo-1.0.tar.gz", &sdist);
    closed("demo-1.0.tar.gz", &sdist[..1]);
    closed("demo-1.0.tar.gz", &[sdist[0], ("demo-1.0/LICENSE", "Copyright Acme. All rights reserved.")]);
    closed("demo-1.0.tar.gz", &[sdist[0], sdist[1], ("demo-1.0/LICENSE.enterprise", "Acme's terms.")]);
    let named = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nlicense-file = \"LICENSE.txt\"\n";
    open("demo-1.0.0.crate", &[("demo-1.0.0/Cargo.toml", named), ("demo-1.0.0/LICENSE.txt", &mit)]);
    let unlicensed = r#"{"name": "demo", "version": "1.0.0", "license": "UNLICENSED"}"#;
    closed("demo-1.0.0.tgz", &[("package/package.json", unlicensed), ("package/LICENSE", &mit)]);
}

#[test]
fn texts_of_their_own_that_give_the_source_away() {
    let grant = "Permission to use, copy, modify, and distribute this software and its documentation with or\n\
        without modifications and for any purpose and without fee is hereby granted, provided that any copyright\n\
        notices appear in all copies.\n";
    let named =
        "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nLicense-Expression: LicenseRef-Demo-Agreement\n";
    let policy = |licence: &str| {
        let files = [("demo-1.0/PKG-INFO", named), ("demo-1.0/LICENSE.rst", licence)];
        let verdict = Verdict::of("demo-1.0.tar.gz", &tar(&texts(&files)), "auto");
        let policy = &verdict.artifact()["policy"];
        (policy["name"].as_str().unwrap().to_owned(), policy["because"].as_str().unwrap().to_owned())
    };
    let (open, because) = policy(&format!("Demo Agreement\n\n{grant}"));
    assert_eq!(open, "open-source");
    assert!(because.contains("LICENSE.rst"), "{because}");
    assert_eq!(policy("Copyright Acme. All rights reserved.").0, "proprietary");
    assert_eq!(policy(&format!("Acme End User License Agreement\n\n{grant}")).0, "proprietary");
    assert_eq!(policy(&format!("You may not copy it.\n\nThird-party parts:\n{grant}")).0, "proprietary");
}

#[test]
fn a_gem_whose_licence_only_its_data_tells() {
    let mit = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/LICENSE-MIT")).unwrap();
    let metadata = b"--- !ruby/object:Gem::Specification\nname: demo\nversion: !ruby/object:Gem::Version\n  version: 1.0.0\nlicenses: []\nfiles: []\n";
    let policy = |path: &str, text: &[u8]| {
        let data = Tar::default().file("lib/demo.rb", b"A = 1\n").file(path, text).tgz();
        let gem = Tar::default().file("metadata.gz", &gzip(metadata)).file("data.tar.gz", &data).end();
        let verdict = Verdict::of("demo-1.0.0.gem", &gem, "auto");
        verdict.artifact()["policy"]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(policy("COPYING", &mit), "open-source");
    assert_eq!(policy("COPYING", b"Copyright Acme. All rights reserved."), "proprietary");
    assert_eq!(policy("vendor/jquery/LICENSE", &mit), "proprietary");
    // an archive that no client unpacks says nothing of the package
    let bare = r#"{"name": "demo", "version": "1.0.0"}"#;
    let inner = Zip::of([Member::file("LICENSE", &mit)]).bytes();
    let files = [("package/package.json", bare.as_bytes()), ("package/lib.zip", inner.as_slice())];
    let verdict = Verdict::of("demo-1.0.0.tgz", &tar(&files), "auto");
    assert_eq!(verdict.artifact()["policy"]["name"], "proprietary");
}

#[test]
fn a_jar_whose_licence_its_parent_project_tells() {
    let jar = |group: &str| {
        let pom = format!("META-INF/maven/{group}/demo/pom.properties");
        let properties = format!("groupId={group}\nartifactId=demo\nversion=1.0.0\n");
        let source = "package demo;\n\npublic class Demo {\n  private int count;\n\n  public int count() {\n    return count;\n  }\n}\n";
        let zip = Zip::of([
            Member::file("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\r\n\r\n"),
            Member::file(&pom, properties.as_bytes()),
            Member::file("demo/Demo.class", b"\xCA\xFE\xBA\xBE\0\0\0\x34"),
            Member::file("OSGI-OPT/src/demo/Demo.java", source.as_bytes()),
        ]);
        Verdict::of("demo.jar", &zip.bytes(), "auto")
    };
    let open = jar("org.apache.demo");
    open.passes();
    assert!(open.artifact()["policy"]["because"].as_str().unwrap().contains("org.apache"));
    assert_eq!(jar("com.acme.demo").level("original-source"), Some("error"));
}

#[test]
fn keys_of_localhost() {
    // a folder called `demo` would be one of demonstrations
    let cargo = CARGO.replace("demo", "acme");
    let dice = &mut Dice::new(11);
    let key = keys::every_kind(dice).into_iter().find(|key| key.label == "PRIVATE KEY").unwrap();
    let certificate = |name: &str| {
        let name = keys::tagged(0x82, name.as_bytes());
        let names = keys::sequence(&[&dice_bytes(300), &name]);
        let digits = base64(&names);
        let lines: Vec<&str> =
            digits.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    };
    let check = |key_path: &str, certificate_path: &str, name: &str, policy: &str| {
        let (key, certificate) = (key.pem(64, "\n"), certificate(name));
        let at = |path: &str| format!("acme-1.0.0/certs/{path}");
        let (key_path, certificate_path) = (at(key_path), at(certificate_path));
        let files = [
            ("acme-1.0.0/Cargo.toml", cargo.as_str()),
            ("acme-1.0.0/src/lib.rs", ""),
            (&key_path, &key),
            (&certificate_path, &certificate),
        ];
        Verdict::of("acme-1.0.0.crate", &tar(&texts(&files)), policy)
    };
    for (key, certificate) in [("key.pem", "cert.pem"), ("server-key.pem", "server-cert.pem")] {
        let verdict = check(key, certificate, "localhost", "open-source");
        verdict.passes();
        assert_eq!(verdict.level("secret-localhost-key"), Some("note"), "{key}");
        let verdict = check(key, certificate, "localhost", "proprietary");
        assert_eq!(verdict.level("secret-localhost-key"), Some("error"), "{key}");
        let verdict = check(key, certificate, "api.acme.com", "open-source");
        assert_eq!(verdict.level("secret-private-key"), Some("error"), "{key}");
    }
    // another key beside it is none of localhost
    let verdict = check("prod-key.pem", "cert.pem", "localhost", "open-source");
    assert_eq!(verdict.level("secret-private-key"), Some("error"));
}

/// Bytes without a meaning.
fn dice_bytes(count: usize) -> Vec<u8> {
    Dice::new(12).bytes(count)
}

#[test]
fn credentials_in_examples_that_document_rust() {
    let cargo = CARGO.replace("demo", "acme");
    let dice = &mut Dice::new(13);
    let password = dice.make("{base62:20}");
    let url = format!("postgres://app:{password}@db.acme-prod.net/orders");
    let check = |text: String| {
        let files = [("acme-1.0.0/Cargo.toml", cargo.as_str()), ("acme-1.0.0/src/lib.rs", text.as_str())];
        Verdict::of("acme-1.0.0.crate", &tar(&texts(&files)), "auto")
    };
    check(format!(
        "/// Connects.\n///\n/// ```\n/// let pool = connect(\"{url}\");\n/// ```\npub fn connect() {{}}\n"
    ))
    .passes();
    assert_eq!(check(format!("pub fn connect() {{\n    open(\"{url}\");\n}}\n")).status, 1);
    assert_eq!(check(format!("// let pool = connect(\"{url}\");\n")).status, 1);
}

#[test]
fn manifests_that_generators_write() {
    let private = r#"{"name": "<%= name %>", "private": true, "devDependencies": {}}"#;
    let check = |path: &str| {
        let path = format!("package/{path}/package.json");
        let files = [("package/package.json", NPM), ("package/index.js", ""), (path.as_str(), private)];
        Verdict::of("demo-1.0.0.tgz", &tar(&texts(&files)), "auto")
    };
    for path in ["packages/app-blueprint/files", "files", "lib/templates/app", "app-template"] {
        check(path).passes();
    }
    assert_eq!(check("packages/internal-tools").level("private-package"), Some("error"));
}

#[test]
fn a_compressed_table_in_a_pickle() {
    let table = gzip(&Dice::new(14).bytes(150));
    let digits = base64(&table);
    let digits = digits.trim_end_matches('=');
    let lines: Vec<&str> =
        digits.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pickle = format!("(dp1\nS'data'\np2\n(dp3\nVSpectral\np4\nS'{}\\n'\np5\ns.", lines.join("\\n"));
    let files =
        [("demo-1.0/PKG-INFO", INFO), ("demo-1.0/setup.py", ""), ("demo-1.0/demo/luts.pkl", pickle.as_str())];
    Verdict::of("demo-1.0.tar.gz", &tar(&texts(&files)), "auto").passes();
}

#[test]
fn licences_of_other_ecosystems() {
    let nuspec = |element: &str| {
        let text =
            format!("<package><metadata><id>Demo</id><version>1.0.0</version>{element}</metadata></package>");
        let verdict = Verdict::of(
            "Demo.1.0.0.nupkg",
            &Zip::of([Member::file("Demo.nuspec", text.as_bytes())]).bytes(),
            "auto",
        );
        verdict.artifact()["policy"]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(nuspec("<licenseUrl>http://www.apache.org/licenses/LICENSE-2.0</licenseUrl>"), "open-source");
    assert_eq!(nuspec("<licenseUrl>https://acme.example/eula</licenseUrl>"), "proprietary");
    let jar = |licence: &str| {
        let text = format!("Manifest-Version: 1.0\r\nBundle-License: {licence}\r\n\r\n");
        let verdict = Verdict::of(
            "demo.jar",
            &Zip::of([Member::file("META-INF/MANIFEST.MF", text.as_bytes())]).bytes(),
            "auto",
        );
        verdict.artifact()["policy"]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(jar("BSD-3-Clause;link=https://opensource.org/licenses/BSD-3-Clause"), "open-source");
    assert_eq!(jar("Acme EULA;link=https://acme.example"), "proprietary");
}

#[test]
fn what_older_npm_packed_of_its_own_accord() {
    let manifest =
        r#"{"name": "demo", "version": "1.0.0", "license": "MIT", "main": "index.js", "files": ["lib"]}"#;
    let files = [
        ("package/package.json", manifest),
        ("package/index.js", "module.exports = 1;"),
        ("package/README.md", "# demo"),
        ("package/Readme.md", "# demo"),
        ("package/lib/a.js", ""),
        ("package/src/index.js", ""),
    ];
    let verdict = Verdict::of("demo-1.0.0.tgz", &tar(&texts(&files)), "auto");
    verdict.passes();
    let more = [&files[..], &[("package/src/secret.js", "")]].concat();
    assert_eq!(
        Verdict::of("demo-1.0.0.tgz", &tar(&texts(&more)), "auto").level("not-allowlisted"),
        Some("error")
    );
}

#[test]
fn packages_of_types() {
    let manifest = r#"{"name": "demo", "version": "1.0.0", "license": "MIT", "types": "index.d.ts",
        "exports": {".": {"import": "./index.js"}}}"#;
    let files = [("package/package.json", manifest), ("package/index.d.ts", "export type A = 1;\n")];
    Verdict::of("demo-1.0.0.tgz", &tar(&texts(&files)), "auto").passes();
    let code = [&files[..], &[("package/lib/a.js", "a();")]].concat();
    assert_eq!(Verdict::of("demo-1.0.0.tgz", &tar(&texts(&code)), "auto").status, 1);
}

#[test]
fn a_module_that_only_throws_is_no_development_build() {
    let bundle = |body: &str| {
        let text = format!(
            "var m = {{\"./a.js\": () => {{\neval(\"{body}\\n//# sourceURL=webpack-internal:///./a.js\");\n}}}};\n"
        );
        let files = [("package/package.json", NPM), ("package/index.js", text.as_str())];
        Verdict::of("demo-1.0.0.tgz", &tar(&texts(&files)), "proprietary").count("source-map-eval")
    };
    assert_eq!(bundle("throw new Error('Cannot find module');"), 0);
    assert_eq!(bundle("const a = 1;\\nexport default function f() { return a; }"), 1);
}

#[test]
fn findings_of_a_kind_all_over_a_package_are_one() {
    let mut files = vec![("package/package.json".to_owned(), NPM.as_bytes().to_vec())];
    files.push(("package/index.js".to_owned(), Vec::new()));
    for number in 0..30 {
        files.push((format!("package/lib/{number}/build.log"), b"a line\n".to_vec()));
        files.push((format!("package/test/{number}/run.log"), b"a line\n".to_vec()));
    }
    let verdict = Verdict::of("demo-1.0.0.tgz", &npm_tarball(&files), "open-source");
    assert_eq!(verdict.count("stray-log"), 1, "{:#}", verdict.report);
    // Those of the tests are data.
    assert!(verdict.report.to_string().contains("30 files are logs"), "{:#}", verdict.report);
}
