//! Public keys that sign statements.

use ed25519_dalek::VerifyingKey as Ed25519;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{DerSignature, VerifyingKey as P256};
use p256::pkcs8::DecodePublicKey as _;

/// A key by which a signature can be checked.
#[derive(Debug)]
pub enum PublicKey {
    /// ECDSA on P-256 with SHA-256, as most signers of artifacts have it.
    P256(P256),
    /// Ed25519.
    Ed25519(Ed25519),
}

impl PublicKey {
    /// Reads a key from PEM; `None` when it is none of the two kinds.
    pub fn read(pem: &str) -> Option<Self> {
        let pem = pem.trim();
        let p256 = P256::from_public_key_pem(pem).ok().map(Self::P256);
        p256.or_else(|| Ed25519::from_public_key_pem(pem).ok().map(Self::Ed25519))
    }

    /// Whether its owner has signed these bytes.
    pub(super) fn has_signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(key) => {
                DerSignature::try_from(signature).is_ok_and(|signature| key.verify(bytes, &signature).is_ok())
            }
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(bytes, &signature).is_ok()),
        }
    }
}
