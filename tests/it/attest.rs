//! Statements about what passed.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{packgate, sample, status, text};
use crate::clients;
use crate::dice::base64;
use crate::recipes::recipe;
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

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", text(&output.stderr));
}

/// Runs `packgate verify`, which must end so and say these words in one line.
fn verify(folder: &Path, arguments: &[&str], expected: i32, words: &str) {
    let output = packgate(folder, &[&["verify", "left-edge-1.0.3.tgz"], arguments].concat());
    let all = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(status(&output), expected, "{arguments:?}: {all}");
    assert!(all.contains(words) && all.lines().count() == 1, "{words:?} is not in {all}");
}

/// An artifact that passed, with its statement in `out`.
fn stated() -> TempDir {
    let folder = TempDir::new().unwrap();
    let file = place(&folder, "left-edge-1.0.3.tgz", "left-edge-1.0.3.tgz");
    assert_eq!(status(&attest(folder.path(), &[&file])), 0);
    folder
}

const STATEMENT: &str = "out/left-edge-1.0.3.tgz.intoto.json";

/// Signed by openssl, in an envelope made here by hand.
#[test]
fn a_statement_is_relied_on_when_the_owner_of_the_key_has_signed_it() {
    if !clients::have_silent("openssl") {
        return;
    }
    let folder = stated();
    let folder = folder.path();
    let statement = std::fs::read(folder.join(STATEMENT)).unwrap();
    let kind = "application/vnd.in-toto+json";
    let mut signed = format!("DSSEv1 {} {kind} {} ", kind.len(), statement.len()).into_bytes();
    signed.extend(&statement);
    std::fs::write(folder.join("signed"), signed).unwrap();
    for (name, make) in [
        ("p256", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"][..]),
        ("ed25519", &["-algorithm", "ED25519"]),
        ("rsa", &["-algorithm", "RSA"]),
    ] {
        run(folder, "openssl", &[&["genpkey", "-quiet", "-out", name], make].concat());
        run(folder, "openssl", &["pkey", "-in", name, "-pubout", "-out", &format!("{name}.pub")]);
        let hash: &[&str] = if name == "ed25519" { &[] } else { &["-digest", "sha256"] };
        let sign = ["pkeyutl", "-sign", "-rawin", "-inkey", name, "-in", "signed", "-out", "sig"];
        run(folder, "openssl", &[&sign[..], hash].concat());
        let signature = base64(&std::fs::read(folder.join("sig")).unwrap());
        let envelope = json!({ "payloadType": kind, "payload": base64(&statement), "signatures": [{ "sig": signature }] });
        std::fs::write(folder.join(format!("{name}.json")), envelope.to_string()).unwrap();
    }
    fn by<'a>(statement: &'a str, key: &'a str) -> [&'a str; 4] {
        ["--attestation", statement, "--key", key]
    }
    for name in ["p256", "ed25519"] {
        let (statement, key) = (format!("{name}.json"), format!("{name}.pub"));
        verify(folder, &by(&statement, &key), 0, "passed, says");
    }
    verify(folder, &by("p256.json", "ed25519.pub"), 1, "no signature in it is by this key");
    verify(folder, &by(STATEMENT, "p256.pub"), 1, "it is no signed envelope");
    verify(folder, &by("rsa.json", "rsa.pub"), 2, "no public key on P-256 or Ed25519");
    verify(folder, &by("p256.json", "nobody.pub"), 2, "nobody.pub");
    verify(folder, &by("nothing.json", "p256.pub"), 2, "nothing.json can't be checked");
    let strict = [&by("p256.json", "p256.pub")[..], &["--policy", "strict"]].concat();
    verify(folder, &strict, 1, "it passed another policy");
    let shown = packgate(folder, &["policy", "show", "--policy", "open-source", "--digest"]);
    let digest = text(&shown.stdout).trim().to_owned();
    let named = [&by("p256.json", "p256.pub")[..], &["--policy-digest", &digest]].concat();
    verify(folder, &named, 0, "passed, says");
    // The same package, packed again.
    let path = folder.join("left-edge-1.0.3.tgz");
    let mut other = std::fs::read(&path).unwrap();
    other[9] ^= 1; // The system that gzip ran on.
    std::fs::write(&path, other).unwrap();
    verify(folder, &by("p256.json", "p256.pub"), 1, "it is about another file");
}

#[test]
fn a_statement_is_relied_on_when_an_allowed_signer_has_signed_it() {
    if !clients::have_silent("ssh-keygen") {
        return;
    }
    let folder = stated();
    let folder = folder.path();
    let mut signers = Vec::new();
    for name in ["ann", "bob"] {
        run(folder, "ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name]);
        let key = std::fs::read_to_string(folder.join(format!("{name}.pub"))).unwrap();
        signers.push(format!("{name}@example.invalid {{}}{}", key.trim()));
    }
    let allow = |options: &str, who: usize| {
        std::fs::write(folder.join("signers"), signers[who].replace("{}", options) + "\n").unwrap();
    };
    let sign = |key: &str, namespace: &str| {
        let _ = std::fs::remove_file(folder.join(format!("{STATEMENT}.sig")));
        run(folder, "ssh-keygen", &["-q", "-Y", "sign", "-f", key, "-n", namespace, STATEMENT]);
    };
    let arguments = ["--attestation", STATEMENT, "--allowed-signers", "signers"];
    allow("", 0);
    verify(folder, &arguments, 2, "can't be checked");
    sign("ann", "packgate");
    verify(folder, &arguments, 0, "passed, says");
    allow("namespaces=\"packgate\" ", 0);
    verify(folder, &arguments, 0, "passed, says");
    let none = "its signature is by none of the allowed signers";
    allow("", 1);
    verify(folder, &arguments, 1, none);
    allow("namespaces=\"git\" ", 0);
    verify(folder, &arguments, 1, none);
    allow("valid-before=\"20200101\" ", 0);
    verify(folder, &arguments, 1, none);
    allow("", 0);
    sign("ann", "file");
    verify(folder, &arguments, 1, none);
    sign("ann", "packgate");
    let path = folder.join(STATEMENT);
    let tampered = std::fs::read_to_string(&path).unwrap().replace("1.0.3", "1.0.4");
    std::fs::write(&path, tampered).unwrap();
    verify(folder, &arguments, 1, none);
    sign("ann", "packgate");
    verify(folder, &arguments, 1, "it is about a file of another name");
    std::fs::remove_file(folder.join("signers")).unwrap();
    verify(folder, &arguments, 2, "can't be checked");
}

/// The scripts of `docs/publish.md`, as they stand there.
#[test]
fn the_recipes_for_signing() {
    if !clients::have(&["bash"]) || !clients::have_silent("openssl") || !clients::have_silent("ssh-keygen") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let file = place(&folder, "left-edge-1.0.3.tgz", "left-edge-1.0.3.tgz");
    let folder = folder.path();
    assert_eq!(status(&packgate(folder, &["check", &file, "--attest", "verdict"])), 0);
    run(folder, "ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "ssh"]);
    let key = std::fs::read_to_string(folder.join("ssh.pub")).unwrap();
    std::fs::write(folder.join("allowed_signers"), format!("ann@example.invalid {key}")).unwrap();
    let make =
        ["genpkey", "-quiet", "-out", "release", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    run(folder, "openssl", &make);
    run(folder, "openssl", &["pkey", "-in", "release", "-pubout", "-out", "release.pub"]);
    for (key, names) in [("ssh", ["sign-ssh", "verify-ssh"]), ("release", ["sign-key", "verify-key"])] {
        let program = Path::new(env!("CARGO_BIN_EXE_packgate")).parent().unwrap();
        let script = names.map(|name| recipe("sh", name)).join("\n");
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(folder)
            .env("PATH", format!("{}:{}", program.display(), std::env::var("PATH").unwrap()))
            .env("KEY", key)
            .env("FILE", &file)
            .env("STATEMENT", "verdict/left-edge-1.0.3.tgz.intoto.json")
            .output()
            .unwrap();
        let all = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success() && all.contains("passed, says"), "{names:?}: {all}");
    }
}
