//! Bundles of Sigstore's, from an instance that is nobody's: good ones, and ones that are tampered with, each refused for
//! its own reason. npm's own verifier gives the second opinion.

use tempfile::TempDir;

use crate::cli::{packgate, sample, status, text};

const FILE: &str = "left-edge-1.0.3.tgz";

/// A folder with an artifact, and the statement that it passed.
fn stated() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    std::fs::copy(sample(FILE), folder.path().join(FILE)).unwrap();
    let output = packgate(folder.path(), &["check", FILE, "--attest", "out"]);
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    let statement = std::fs::read_to_string(folder.path().join(format!("out/{FILE}.intoto.json"))).unwrap();
    (folder, statement)
}

#[test]
#[cfg(not(feature = "sigstore"))]
fn a_build_without_it_says_so() {
    let (folder, _) = stated();
    std::fs::write(folder.path().join("bundle.json"), "{}").unwrap();
    let arguments = ["verify", FILE, "--attestation", "bundle.json", "--repo", "acme/left-edge"];
    let output = packgate(folder.path(), &arguments);
    assert_eq!(status(&output), 2);
    let told = text(&output.stderr);
    assert!(told.contains("this build has no verifier for Sigstore's bundles"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn who_has_to_have_signed_is_told_in_full() {
    let (folder, _) = stated();
    for (more, words) in [
        (&["--identity", "a@example.com"][..], "--issuer"),
        (&["--issuer", "https://accounts.example.com"], "--identity"),
        (&["--repo", "left-edge"], "it is no OWNER/NAME"),
        (&["--repo", "acme/left/edge"], "it is no OWNER/NAME"),
        (&["--repo", "acme/left-edge", "--key", "k.pub"], "cannot be used with"),
        (&["--trusted-root", "root.json"], "--repo"),
    ] {
        let output = packgate(folder.path(), &[&["verify", FILE, "--attestation", "b.json"], more].concat());
        assert_eq!(status(&output), 2, "{more:?}");
        assert!(text(&output.stderr).contains(words), "{more:?}: {}", text(&output.stderr));
    }
}

#[cfg(feature = "sigstore")]
mod bundles {
    use std::path::Path;
    use std::process::Command;

    use serde_json::{Value, json};

    use super::*;
    use crate::clients;
    use crate::dice::base64;

    const ISSUER: &str = "https://token.actions.githubusercontent.com";
    const WORKFLOW: &str = "https://github.com/acme/left-edge/.github/workflows/verdict.yml@refs/heads/main";
    /// Where a certificate names the repository that a workflow ran for.
    const SOURCE: &str = "1.3.6.1.4.1.57264.1.12";

    fn node(folder: &Path, task: &str, input: &Value) -> Value {
        std::fs::write(folder.join("input.json"), input.to_string()).unwrap();
        let output = Command::new("node")
            .arg(clients::readers().join("sigstore.mjs"))
            .args([task, "input.json"])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn wish(statement: &str) -> Value {
        json!({
            "statement": statement,
            "san": WORKFLOW,
            "issuer": ISSUER,
            "extensions": { (SOURCE): "https://github.com/acme/left-edge" }
        })
    }

    /// What is wished otherwise: a pointer and a value; what packgate says of it then; whether npm's verifier, which
    /// is asked for the workflow's name and the issuer only, takes it.
    type Signing = (&'static str, &'static str, Value, &'static str, bool);

    fn signings(statement: &str) -> Vec<Signing> {
        let changed = |pointer: &str, value: Value| {
            let mut changed: Value = serde_json::from_str(statement).unwrap();
            *changed.pointer_mut(pointer).unwrap() = value;
            json!(changed.to_string())
        };
        let twice = statement.replacen(
            "\"verificationResult\"",
            "\"verificationResult\":\"FAILED\",\"verificationResult\"",
            1,
        );
        let subject = |sha256: &str| json!({ "name": FILE, "digest": { "sha256": sha256 } });
        let own: Value = serde_json::from_str(statement).unwrap();
        let other = "1".repeat(64);
        let fork = "https://github.com/acme/left-edge-fork";
        let source = "/extensions/1.3.6.1.4.1.57264.1.12";
        vec![
            ("a fork", source, json!(fork), "somebody else has signed it", true),
            ("no repository", "/extensions", json!({}), "somebody else has signed it", true),
            (
                "the workflow of another",
                "/san",
                json!("https://github.com/acme/left-edge-fork/.github/workflows/verdict.yml@refs/heads/main"),
                "somebody else has signed it",
                false,
            ),
            (
                "a look-alike",
                "/san",
                json!(WORKFLOW.replace("github.com", "github.com.example")),
                "somebody else has signed it",
                false,
            ),
            (
                "another issuer",
                "/issuer",
                json!("https://accounts.example.com"),
                "somebody else vouches",
                false,
            ),
            ("logged before the certificate", "/late", json!(30), "its certificate does not hold", false),
            ("another type", "/payloadType", json!("text/plain"), "it is no bundle", true),
            ("no statement", "/statement", json!("PASSED"), "it is no bundle", true),
            (
                "failed",
                "/statement",
                changed("/predicate/verificationResult", json!("FAILED")),
                "it does not say that anything passed",
                true,
            ),
            ("both", "/statement", json!(twice), "it is no in-toto statement", true),
            (
                "another verifier",
                "/statement",
                changed("/predicate/verifier/id", json!(fork)),
                "it is not packgate's",
                true,
            ),
            (
                "another policy",
                "/statement",
                changed("/predicate/policy/digest/sha256", json!(other)),
                "it passed another policy",
                true,
            ),
            (
                "another package",
                "/statement",
                changed("/predicate/resourceUri", json!("pkg:npm/other@1.0.3")),
                "it is about another package",
                true,
            ),
            (
                "another file",
                "/statement",
                changed("/subject", json!([subject(&other)])),
                "it is about another file",
                true,
            ),
            ("no file", "/statement", changed("/subject", json!([])), "it is no bundle", true),
            (
                "two files",
                "/statement",
                changed("/subject", json!([own["subject"][0], subject(&other)])),
                "it is about 2 files",
                true,
            ),
            (
                "an older form",
                "/statement",
                changed("/_type", json!("https://in-toto.io/Statement/v0.1")),
                "a statement of another form",
                true,
            ),
            (
                "provenance",
                "/statement",
                changed("/predicateType", json!("https://slsa.dev/provenance/v1")),
                "it states something else",
                true,
            ),
        ]
    }

    /// A pointer into a good bundle, what it holds then, what packgate says.
    fn tamperings(good: &Value, other: &Value) -> Vec<(&'static str, Value, &'static str)> {
        let flipped = |pointer: &str| {
            let text = good.pointer(pointer).unwrap().as_str().unwrap();
            // Not at the end, where some bits mean nothing.
            let at = text.len() / 2;
            let letter = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
            json!(format!("{}{letter}{}", &text[..at], &text[at + 1..]))
        };
        let theirs = |pointer: &str| other.pointer(pointer).unwrap().clone();
        let entry = "/verificationMaterial/tlogEntries/0";
        assert!(good.pointer(entry).is_some());
        let certificate = "/verificationMaterial/certificate/rawBytes";
        let body = "/verificationMaterial/tlogEntries/0/canonicalizedBody";
        let root = "/verificationMaterial/tlogEntries/0/inclusionProof/rootHash";
        let promise = "/verificationMaterial/tlogEntries/0/inclusionPromise/signedEntryTimestamp";
        let checkpoint = "/verificationMaterial/tlogEntries/0/inclusionProof/checkpoint/envelope";
        let signature = "/dsseEnvelope/signatures/0/sig";
        let payload = "/dsseEnvelope/payload";
        vec![
            (payload, theirs(payload), "its signature does not hold"),
            (payload, json!(base64(b"{}")), "it is no bundle"),
            (signature, theirs(signature), "its signature does not hold"),
            (signature, json!("%%%"), "it is no bundle"),
            ("/dsseEnvelope/signatures", json!([]), "it is no bundle"),
            ("/dsseEnvelope/payloadType", json!("application/json"), "it is no bundle"),
            // A second later it is too young, too.
            (certificate, theirs(certificate), "does not hold"),
            (certificate, flipped(certificate), "its certificate does not hold"),
            (certificate, json!(base64(b"no certificate")), "its certificate does not hold"),
            (entry, theirs(entry), "its proof that the log has it does not hold"),
            (body, theirs(body), "its proof that the log has it does not hold"),
            (root, flipped(root), "it is no bundle"),
            (promise, flipped(promise), "its proof that the log has it does not hold"),
            (checkpoint, theirs(checkpoint), "it is no bundle"),
            ("/verificationMaterial/tlogEntries", json!([]), "it is no bundle"),
            ("/verificationMaterial/tlogEntries/0/inclusionProof", Value::Null, "it is no bundle"),
            (
                "/verificationMaterial/tlogEntries/0/integratedTime",
                json!("1"),
                "its proof that the log has it does not hold",
            ),
            ("/verificationMaterial", json!({}), "it is no bundle"),
            ("/mediaType", json!("application/vnd.dev.sigstore.bundle.v9+json"), "it is no bundle"),
        ]
    }

    /// Checks what packgate says of a file with bundles: its exit status, and what it said.
    fn verdict(folder: &Path, bundles: &str, who: &[&str]) -> (i32, String) {
        std::fs::write(folder.join("bundle.json"), bundles).unwrap();
        let what = ["verify", FILE, "--attestation", "bundle.json", "--trusted-root", "trusted_root.json"];
        let output = packgate(folder, &[&what, who].concat());
        (status(&output), text(&output.stderr))
    }

    const REPOSITORY: [&str; 2] = ["--repo", "Acme/left-edge"];

    #[test]
    fn each_is_refused_for_its_own_reason() {
        if !clients::have_readers() {
            return;
        }
        let (folder, statement) = stated();
        let signings = signings(&statement);
        let mut wishes = vec![wish(&statement), wish(&statement)];
        for (_, pointer, value, ..) in &signings {
            let mut wish = wish(&statement);
            match wish.pointer_mut(pointer) {
                Some(place) => *place = value.clone(),
                None => wish[pointer.trim_start_matches('/')] = value.clone(),
            }
            wishes.push(wish);
        }
        let bundles = node(folder.path(), "sign", &json!(wishes));
        let root = std::fs::read_to_string(folder.path().join("trusted_root.json")).unwrap();
        let root: Value = serde_json::from_str(&root).unwrap();
        let good = &bundles[0];
        let identity = ["--identity", WORKFLOW, "--issuer", ISSUER];
        for who in [&REPOSITORY[..], &identity] {
            assert_eq!(verdict(folder.path(), &good.to_string(), who), (0, String::new()));
        }
        let mut asked = vec![good.clone()];
        let mut taken = vec![("good", true)];
        for ((what, .., refusal, is_taken), bundle) in signings.iter().zip(&bundles.as_array().unwrap()[2..])
        {
            let (status, told) = verdict(folder.path(), &bundle.to_string(), &REPOSITORY);
            assert!(status == 1 && told.contains(refusal), "{what}: {status} {told}");
            asked.push(bundle.clone());
            taken.push((what, *is_taken));
        }
        let failed = signings.iter().position(|(what, ..)| *what == "failed").unwrap();
        for (pointer, value, refusal) in tamperings(good, &bundles[2 + failed]) {
            let mut bundle = good.clone();
            *bundle.pointer_mut(pointer).unwrap() = value;
            let (status, told) = verdict(folder.path(), &bundle.to_string(), &REPOSITORY);
            assert!(status == 1 && told.contains(refusal), "{pointer}: {status} {told}");
            asked.push(bundle);
            // npm's verifier goes by the checkpoint and the hashes alone.
            taken.push((pointer, pointer.ends_with("/rootHash")));
        }
        let asked: Vec<Value> = asked
            .iter()
            .map(|bundle| json!({ "bundle": bundle, "san": WORKFLOW, "issuer": ISSUER }))
            .collect();
        let opinions = node(folder.path(), "verify", &json!({ "root": root, "bundles": asked }));
        let differ: Vec<String> = (taken.iter().zip(opinions.as_array().unwrap()))
            .filter(|((_, is_taken), opinion)| opinion.is_null() != *is_taken)
            .map(|((what, is_taken), opinion)| format!("{what}: expected {is_taken}, npm says {opinion}"))
            .collect();
        assert_eq!(differ, Vec::<String>::new());

        // Of several, one a line, one is enough; and it is held against the file and against the instance.
        let lines = format!("{}\n{good}\n", bundles[3]);
        assert_eq!(verdict(folder.path(), &lines, &REPOSITORY).0, 0);
        let other = ["--identity", "a@example.com", "--issuer", ISSUER];
        assert!(verdict(folder.path(), &good.to_string(), &other).1.contains("somebody else has signed it"));
        let public = ["verify", FILE, "--attestation", "bundle.json", "--repo", "acme/left-edge"];
        let output = packgate(folder.path(), &public);
        assert_eq!(status(&output), 1);
        assert!(text(&output.stderr).contains("its proof that the log has it does not hold"));
        std::fs::write(folder.path().join("trusted_root.json"), "{}").unwrap();
        let (status, told) = verdict(folder.path(), &good.to_string(), &REPOSITORY);
        assert!(status == 2 && told.contains("trusted root: trusted_root.json"), "{told}");
    }
}
