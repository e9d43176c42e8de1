//! Statements that are tampered with, each refused for its own reason.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::{EncodePublicKey as _, LineEnding};
use serde_json::{Value, json};

use super::statement::{PREDICATE, STATEMENT};
use super::*;
use crate::inventory::{Inventory, Kind, Package};

const TYPE: &str = "application/vnd.in-toto+json";

/// A key that is nobody's, different in each run.
fn key() -> SigningKey {
    use sha2::Digest as _;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let seed = sha2::Sha256::digest(format!("{now} {:?}", std::thread::current().id()));
    SigningKey::from_slice(&seed).unwrap()
}

fn public(key: &SigningKey) -> PublicKey {
    let pem = p256::PublicKey::from(key.verifying_key()).to_public_key_pem(LineEnding::LF).unwrap();
    PublicKey::read(&pem).unwrap()
}

fn signature(key: &SigningKey, kind: &str, payload: &[u8]) -> String {
    let signature: p256::ecdsa::DerSignature = key.sign(&dsse::encoded(kind, payload));
    STANDARD.encode(signature.as_bytes())
}

fn envelope(key: &SigningKey, kind: &str, payload: &[u8]) -> Value {
    json!({
        "payloadType": kind,
        "payload": STANDARD.encode(payload),
        "signatures": [{ "keyid": "", "sig": signature(key, kind, payload) }]
    })
}

/// A file, what is expected of a statement about it, and a good one.
fn good() -> (Expected, Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("left-edge-1.0.3.tgz");
    std::fs::write(&file, "the bytes").unwrap();
    let package = Package { name: "left-edge".into(), version: "1.0.3".into(), ..Package::default() };
    let mut inventory = Inventory { kind: Kind::Npm, package: Some(package), ..Inventory::default() };
    inventory.artifact.path = file.to_string_lossy().into_owned();
    let policy = "5".repeat(64);
    let expected = Expected::of(&file, &inventory, &policy).unwrap();
    let digests = statement::digests(&file).unwrap();
    let statement = json!({
        "_type": STATEMENT,
        "subject": [{ "name": "left-edge-1.0.3.tgz", "digest": digests }],
        "predicateType": PREDICATE,
        "predicate": {
            "verifier": { "id": VERIFIER, "version": { "packgate": "0.1.0" } },
            "resourceUri": "pkg:npm/left-edge@1.0.3",
            "policy": { "uri": "x", "digest": { "sha256": policy } },
            "verificationResult": "PASSED",
            "verifiedLevels": ["PACKGATE_PASSED", "PACKGATE_POLICY_STRICT"]
        }
    });
    (expected, statement)
}

fn verdict(envelope: &Value, key: &PublicKey, expected: &Expected) -> Result<(), Refusal> {
    dsse::open(envelope.to_string().as_bytes(), key).and_then(|statement| expected.hold(&statement))
}

/// The word for a refusal, without what it quotes.
fn word(verdict: &Result<(), Refusal>) -> String {
    let text = format!("{verdict:?}");
    text.trim_start_matches("Err(").split(['(', ')']).next().unwrap().to_owned()
}

#[test]
fn a_statement_that_says_something_else_is_refused_for_that() {
    let key = key();
    let (expected, good) = good();
    let public = public(&key);
    let sealed = |statement: &Value| envelope(&key, TYPE, statement.to_string().as_bytes());
    assert_eq!(verdict(&sealed(&good), &public, &expected), Ok(()));
    let bundle = json!({ "mediaType": "x", "dsseEnvelope": sealed(&good) });
    assert_eq!(verdict(&bundle, &public, &expected), Ok(()), "in a bundle");
    let sha = "a".repeat(64);
    for (pointer, value, refusal) in [
        ("/_type", json!("https://in-toto.io/Statement/v0.1"), "StatementType"),
        ("/_type", json!(null), "StatementType"),
        ("/predicateType", json!("https://slsa.dev/provenance/v1"), "PredicateType"),
        ("/predicateType", json!([PREDICATE]), "PredicateType"),
        ("/predicate", json!({}), "Verifier"),
        ("/predicate/verifier", json!(VERIFIER), "Verifier"),
        ("/predicate/verifier/id", json!(format!("{VERIFIER}.example")), "Verifier"),
        ("/predicate/verifier/id", json!(VERIFIER.to_uppercase()), "Verifier"),
        ("/predicate/verificationResult", json!("FAILED"), "Result"),
        ("/predicate/verificationResult", json!("passed"), "Result"),
        ("/predicate/verificationResult", json!(true), "Result"),
        ("/predicate/verifiedLevels", json!([]), "Level"),
        ("/predicate/verifiedLevels", json!("PACKGATE_PASSED"), "Level"),
        ("/predicate/verifiedLevels", json!(["PACKGATE_POLICY_STRICT"]), "Level"),
        ("/subject", json!([]), "Subjects"),
        ("/subject", json!(good["subject"][0]), "Subjects"),
        ("/subject", json!([good["subject"][0], good["subject"][0]]), "Subjects"),
        ("/subject/0/digest/sha256", json!(sha), "Digest"),
        ("/subject/0/digest/sha512", json!(sha.repeat(2)), "Digest"),
        ("/subject/0/digest", json!({ "sha256": good["subject"][0]["digest"]["sha256"] }), "Digest"),
        ("/subject/0/digest", json!({ "sha512": good["subject"][0]["digest"]["sha512"] }), "Digest"),
        ("/subject/0/name", json!("left-edge-1.0.4.tgz"), "FileName"),
        ("/subject/0/name", json!("../left-edge-1.0.3.tgz"), "FileName"),
        ("/predicate/resourceUri", json!("pkg:npm/left-edge@1.0.4"), "Package"),
        ("/predicate/resourceUri", json!("pkg:npm/%40evil/left-edge@1.0.3"), "Package"),
        ("/predicate/resourceUri", json!("pkg:cargo/left-edge@1.0.3"), "Package"),
        ("/predicate/policy/digest/sha256", json!(sha), "Policy"),
        ("/predicate/policy/digest", json!({}), "Policy"),
        ("/predicate/policy", json!(null), "Policy"),
    ] {
        let mut statement = good.clone();
        *statement.pointer_mut(pointer).unwrap() = value.clone();
        let verdict = verdict(&sealed(&statement), &public, &expected);
        assert_eq!(word(&verdict), refusal, "{pointer} = {value}: {verdict:?}");
    }
}

#[test]
fn an_envelope_that_is_not_signed_by_the_key_over_these_bytes_is_refused() {
    let key = key();
    let (expected, good) = good();
    let public = public(&key);
    let payload = good.to_string();
    let sealed = envelope(&key, TYPE, payload.as_bytes());
    let other = self::key();
    let with = |field: &str, value: Value| {
        let mut envelope = sealed.clone();
        envelope[field] = value;
        envelope
    };
    let mut tampered = good.clone();
    tampered["predicate"]["policy"]["digest"]["sha256"] = json!("5".repeat(63) + "6");
    let signatures = |sig: String| json!([{ "sig": sig }]);
    let mut flipped = STANDARD.decode(signature(&key, TYPE, payload.as_bytes())).unwrap();
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    for (what, envelope, refusal) in [
        ("another key", envelope(&other, TYPE, payload.as_bytes()), "Signature"),
        ("another payload", with("payload", json!(STANDARD.encode(tampered.to_string()))), "Signature"),
        ("a blank more", with("payload", json!(STANDARD.encode(payload.clone() + " "))), "Signature"),
        ("another type", with("payloadType", json!("text/plain")), "Signature"),
        ("another type, signed", envelope(&key, "text/plain", payload.as_bytes()), "PayloadType"),
        ("a flipped bit", with("signatures", signatures(STANDARD.encode(flipped))), "Signature"),
        ("no base64", with("signatures", signatures("%%%".into())), "Signature"),
        ("an empty signature", with("signatures", signatures(String::new())), "Signature"),
        ("no signature", with("signatures", json!([])), "NotSigned"),
        ("no list of them", with("signatures", json!(null)), "NoEnvelope"),
        ("no payload", with("payload", json!(null)), "NoEnvelope"),
        ("a payload that is no base64", with("payload", json!("%")), "NoEnvelope"),
        ("the bare statement", good.clone(), "NoEnvelope"),
        ("no JSON in it", envelope(&key, TYPE, b"PASSED"), "NoStatement"),
        ("half of it", envelope(&key, TYPE, &payload.as_bytes()[..payload.len() / 2]), "NoStatement"),
    ] {
        let verdict = verdict(&envelope, &public, &expected);
        assert_eq!(word(&verdict), refusal, "{what}: {verdict:?}");
    }
    // A key twice: readers take this or that one.
    for (what, twice) in [
        (
            "the result",
            payload.replacen(
                "\"verificationResult\"",
                "\"verificationResult\":\"FAILED\",\"verificationResult\"",
                1,
            ),
        ),
        ("the digest", payload.replacen("\"sha256\"", "\"sha256\":\"5\",\"sha256\"", 1)),
        ("the subject", payload.replacen("\"subject\"", "\"subject\":[],\"subject\"", 1)),
        ("the same value", payload.replacen("\"_type\"", &format!("\"_type\":\"{STATEMENT}\",\"_type\""), 1)),
    ] {
        let verdict = verdict(&envelope(&key, TYPE, twice.as_bytes()), &public, &expected);
        assert_eq!(word(&verdict), "NoStatement", "{what}: {verdict:?}");
    }
    let text = sealed.to_string().replacen("\"payload\"", "\"payload\":\"e30=\",\"payload\"", 1);
    let verdict_on_text = dsse::open(text.as_bytes(), &public).map(|_| ());
    assert_eq!(word(&verdict_on_text), "NoEnvelope", "{verdict_on_text:?}");
    // Only the payload is signed with the wrong bytes: without type and lengths.
    let bare: p256::ecdsa::DerSignature = key.sign(payload.as_bytes());
    let bare = with("signatures", signatures(STANDARD.encode(bare.as_bytes())));
    assert_eq!(verdict(&bare, &public, &expected), Err(Refusal::Signature));
    // One of several is enough.
    let mut several = sealed.clone();
    several["signatures"] = json!([{ "sig": "AAAA" }, sealed["signatures"][0]]);
    assert_eq!(verdict(&several, &public, &expected), Ok(()));
}
