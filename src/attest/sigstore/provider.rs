//! The cryptography behind Sigstore's certificates and logs, from crates that are Rust all through.

use std::sync::Once;

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use sha2::{Digest, Sha256, Sha384, Sha512};
use sigstore_verify::crypto::{
    CryptoProvider, Error, HashContext, KeyAlgorithm, Result, SigningScheme, install_default_provider,
};
use sigstore_verify::types::HashAlgorithm;

/// Makes it the one that is used.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    // Nobody else in this program installs one.
    INSTALLED.call_once(|| _ = install_default_provider(&RustCrypto));
}

#[derive(Debug)]
struct RustCrypto;

impl CryptoProvider for RustCrypto {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>> {
        Ok(match algorithm {
            HashAlgorithm::Sha2256 => Box::new(Hash(Sha256::new())),
            HashAlgorithm::Sha2384 => Box::new(Hash(Sha384::new())),
            HashAlgorithm::Sha2512 => Box::new(Hash(Sha512::new())),
            other => return Err(Error::UnsupportedAlgorithm(format!("{other:?}"))),
        })
    }

    fn verify_raw(&self, scheme: SigningScheme, key: &[u8], data: &[u8], signature: &[u8]) -> Result<()> {
        let Some(algorithm) = scheme.hash_algorithm() else {
            return by_ed25519(scheme, key, data, signature);
        };
        let mut hash = self.hash(algorithm)?;
        hash.update(data);
        self.verify_prehashed(scheme, key, &hash.finalize(), signature)
    }

    fn verify_prehashed(
        &self,
        scheme: SigningScheme,
        key: &[u8],
        digest: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let is_good = match scheme.key_algorithm() {
            KeyAlgorithm::EcdsaP256 => {
                use p256::ecdsa::{DerSignature, VerifyingKey};
                has_signed::<VerifyingKey, DerSignature>(
                    VerifyingKey::from_sec1_bytes(key),
                    digest,
                    DerSignature::try_from(signature),
                )
            }
            KeyAlgorithm::EcdsaP384 => {
                use p384::ecdsa::{DerSignature, VerifyingKey};
                has_signed::<VerifyingKey, DerSignature>(
                    VerifyingKey::from_sec1_bytes(key),
                    digest,
                    DerSignature::try_from(signature),
                )
            }
            _ => return Err(Error::UnsupportedAlgorithm(scheme.name().to_owned())),
        };
        verdict(scheme, is_good)
    }
}

fn has_signed<K: PrehashVerifier<S>, S>(
    key: std::result::Result<K, p256::ecdsa::Error>,
    digest: &[u8],
    signature: std::result::Result<S, p256::ecdsa::Error>,
) -> bool {
    matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_prehash(digest, &signature).is_ok())
}

fn by_ed25519(scheme: SigningScheme, key: &[u8], data: &[u8], signature: &[u8]) -> Result<()> {
    use ed25519_dalek::{Signature, VerifyingKey};
    if scheme.key_algorithm() != KeyAlgorithm::Ed25519 {
        return Err(Error::UnsupportedAlgorithm(scheme.name().to_owned()));
    }
    let key = key.try_into().ok().and_then(|key| VerifyingKey::from_bytes(key).ok());
    let signature = Signature::from_slice(signature).ok();
    let is_good =
        key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(data, &signature).is_ok());
    verdict(scheme, is_good)
}

fn verdict(scheme: SigningScheme, is_good: bool) -> Result<()> {
    match is_good {
        true => Ok(()),
        false => Err(Error::Verification(format!("{} signature invalid", scheme.name()))),
    }
}

struct Hash<D>(D);

impl<D: Digest + Send> HashContext for Hash<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}
