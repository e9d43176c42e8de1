//! Statements about what passed.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{packgate, sample, status, text};
use crate::samples::npm_tarball;

fn attest(folder: &Path, arguments: &[&str]) -> std::process::Output {
    packgate(folder, &[&["check", "--attest", "out"], arguments].concat())
}

fn written(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder.join("out")).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn place(folder: &TempDir, name: &str, as_name: &str) -> String {
    let path = folder.path().join(as_name);
    std::fs::copy(sample(name), &path).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_statement_says_who_passed_what_by_which_policy_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let file = place(&folder, "left-edge-1.0.3.tgz", "some-name.tgz");
    let output = attest(folder.path(), &[&file]);
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    assert_eq!(written(folder.path()), ["left-edge-1.0.3.tgz.intoto.json"]);
    let bytes = std::fs::read(folder.path().join("out/left-edge-1.0.3.tgz.intoto.json")).unwrap();
    let statement: Value = serde_json::from_slice(&bytes).unwrap();

    let shown = packgate(folder.path(), &["policy", "show", "--policy", "open-source", "--digest"]);
    let digest = text(&shown.stdout).trim().to_owned();
    let report = packgate(folder.path(), &["check", "some-name.tgz", "--format", "json"]).stdout;
    let verifier = env!("CARGO_PKG_REPOSITORY");
    let sha256 = sha256(&std::fs::read(&file).unwrap());
    assert_eq!(
        statement,
        json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{
                "name": "left-edge-1.0.3.tgz",
                "digest": { "sha256": sha256, "sha512": statement["subject"][0]["digest"]["sha512"] }
            }],
            "predicateType": "https://slsa.dev/verification_summary/v1",
            "predicate": {
                "verifier": { "id": verifier, "version": { "packgate": env!("CARGO_PKG_VERSION") } },
                "resourceUri": "pkg:npm/left-edge@1.0.3",
                "policy": {
                    "uri": format!("{verifier}/blob/v{}/policies/open-source.toml", env!("CARGO_PKG_VERSION")),
                    "digest": { "sha256": digest }
                },
                "verificationResult": "PASSED",
                "verifiedLevels": ["PACKGATE_PASSED", "PACKGATE_POLICY_OPEN_SOURCE"],
                (format!("{verifier}/report/v1")): { "digest": { "sha256": self::sha256(&report) } }
            }
        })
    );
    assert_eq!(statement["subject"][0]["digest"]["sha512"].as_str().unwrap().len(), 128);

    let elsewhere = TempDir::new().unwrap();
    let other = place(&elsewhere, "left-edge-1.0.3.tgz", "some-name.tgz");
    assert_eq!(status(&attest(elsewhere.path(), &[&other, "--jobs", "1"])), 0);
    let again = std::fs::read(elsewhere.path().join("out/left-edge-1.0.3.tgz.intoto.json")).unwrap();
    assert_eq!(text(&bytes), text(&again), "another folder, another run");
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn no_finding_no_path_and_no_reason_gets_into_a_statement() {
    let folder = TempDir::new().unwrap();
    let settings = "policy = \"own/secretive.toml\"\n[internal]\nmarkers = [\"PROJECT-ZEPPELIN\"]\n[[waive]]\nrule = \"source-map-embedded\"\nreason = \"zeppelin is public anyway\"\n";
    std::fs::write(folder.path().join("packgate.toml"), settings).unwrap();
    std::fs::create_dir(folder.path().join("own")).unwrap();
    std::fs::write(folder.path().join("own/secretive.toml"), "extends = \"open-source\"\n").unwrap();
    let map = br#"{"version":3,"sources":["zeppelin/hull.ts"],"sourcesContent":["export const hull = 1;\n"],"mappings":"AAAA"}"#;
    let files: [(String, Vec<u8>); 3] = [
        ("package/package.json".into(), br#"{"name":"@acme/cli","version":"1.0.0","license":"MIT","main":"a.js","files":["a.js","a.js.map"]}"#.to_vec()),
        ("package/a.js".into(), b"const a=1;\n//# sourceMappingURL=a.js.map\n".to_vec()),
        ("package/a.js.map".into(), map.to_vec()),
    ];
    std::fs::write(folder.path().join("acme-cli-1.0.0.tgz"), npm_tarball(&files)).unwrap();
    let output = attest(folder.path(), &["acme-cli-1.0.0.tgz"]);
    assert_eq!(status(&output), 0, "{}", text(&output.stdout));
    assert!(
        text(&output.stdout).contains("waived source-map-embedded"),
        "there is a finding: {}",
        text(&output.stdout)
    );
    assert_eq!(written(folder.path()), ["cli-1.0.0.tgz.intoto.json"]);
    let statement = std::fs::read_to_string(folder.path().join("out/cli-1.0.0.tgz.intoto.json")).unwrap();
    let lower = statement.to_lowercase();
    for word in ["zeppelin", "secretive", "hull", "a.js", "source-map", "own/"] {
        assert!(!lower.contains(word), "{word}: {statement}");
    }
    assert!(!statement.contains(folder.path().to_str().unwrap()), "{statement}");
    assert!(statement.contains("PACKGATE_POLICY_CUSTOM"), "{statement}");
}

#[test]
fn nothing_is_stated_of_what_did_not_pass() {
    let folder = TempDir::new().unwrap();
    let good = place(&folder, "left-edge-1.0.3.tgz", "left-edge-1.0.3.tgz");
    let leak = place(&folder, "acme-cli-2.1.88.tgz", "acme-cli-2.1.88.tgz");
    std::fs::write(folder.path().join("empty.tgz"), b"").unwrap();
    let output = attest(folder.path(), &[&good, &leak, "empty.tgz"]);
    assert_eq!(status(&output), 3);
    assert_eq!(written(folder.path()), ["left-edge-1.0.3.tgz.intoto.json"]);

    // What passed once and doesn't any more loses its statement, which somebody could sign.
    std::fs::write(folder.path().join("packgate.toml"), "[size]\nartifact = 1\n").unwrap();
    let output = attest(folder.path(), &[&good]);
    assert_eq!(status(&output), 1, "{}", text(&output.stdout));
    assert_eq!(written(folder.path()), [""; 0]);
    assert!(text(&output.stderr).contains("was removed"), "{}", text(&output.stderr));

    std::fs::remove_file(folder.path().join("packgate.toml")).unwrap();
    let copy = place(&folder, "left-edge-1.0.3.tgz", "copy.tgz");
    let output = attest(folder.path(), &[&good, &copy]);
    assert_eq!(status(&output), 2);
    assert!(text(&output.stderr).contains("another artifact of this run"), "{}", text(&output.stderr));

    std::fs::create_dir(folder.path().join("site")).unwrap();
    std::fs::write(folder.path().join("site/index.html"), "<p>hello</p>\n").unwrap();
    let output = attest(folder.path(), &["site", "--policy", "open-source"]);
    assert_eq!(status(&output), 2);
    assert!(text(&output.stderr).contains("a folder is no file"), "{}", text(&output.stderr));
}
