//! Dead Simple Signing Envelopes: a payload, its type, and signatures over both.
//!
//! <https://github.com/secure-systems-lab/dsse>

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::Deserialize;

use super::key::PublicKey;
use super::refusal::Refusal;

/// The type of a payload that is an in-toto statement.
const IN_TOTO: &str = "application/vnd.in-toto+json";

/// An envelope as it is stored.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Deserialize)]
struct Signature {
    sig: String,
}

/// A bundle, as some signers wrap an envelope; what else is in it is not needed when there is a key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    dsse_envelope: Envelope,
}

/// The payload of an envelope that the owner of this key has signed.
///
/// # Errors
/// It is no envelope, nobody signed it with this key, or what was signed is no statement.
pub(super) fn open(envelope: &[u8], key: &PublicKey) -> Result<Vec<u8>, Refusal> {
    let envelope: Envelope = serde_json::from_slice(envelope)
        .or_else(|_| serde_json::from_slice(envelope).map(|bundle: Bundle| bundle.dsse_envelope))
        .map_err(|error| Refusal::NoEnvelope(error.to_string()))?;
    let payload =
        decoded(&envelope.payload).ok_or(Refusal::NoEnvelope("its payload is no base64".to_owned()))?;
    if envelope.signatures.is_empty() {
        return Err(Refusal::NotSigned);
    }
    let signed = encoded(&envelope.payload_type, &payload);
    let is_by_key =
        |signature: &Signature| decoded(&signature.sig).is_some_and(|bytes| key.has_signed(&signed, &bytes));
    if !envelope.signatures.iter().any(is_by_key) {
        return Err(Refusal::Signature);
    }
    match envelope.payload_type == IN_TOTO {
        true => Ok(payload),
        false => Err(Refusal::PayloadType(envelope.payload_type)),
    }
}

/// The bytes that are signed: type and payload with their lengths, so that neither can pass for a part of the other.
pub(super) fn encoded(kind: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the protocol's own page.
    #[test]
    fn what_is_signed() {
        assert_eq!(
            encoded("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }
}
