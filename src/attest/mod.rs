//! Statements about verdicts, for others to rely on: in-toto's Statement with the predicate of SLSA's Verification
//! Summary. packgate writes them and checks them; signing is the business of those who have an identity.

mod check;
mod dsse;
mod key;
mod keyless;
mod once;
mod refusal;
#[cfg(feature = "sigstore")]
mod sigstore;
mod ssh;
mod statement;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::Path;

pub use check::Expected;
pub use key::PublicKey;
pub use keyless::{Keyless, Who};
pub use refusal::Refusal;
pub use ssh::NAMESPACE;
pub use statement::{AttestError, Statement, VERIFIER, name_for};

/// Who has to have signed.
#[derive(Debug)]
pub enum Signer<'a> {
    /// The owner of a key, in an envelope around the statement.
    Key(PublicKey),
    /// One of those that a file of SSH's names; the signature stands beside the statement, in a file that ends with
    /// `.sig`.
    Allowed(&'a Path),
    /// Somebody whom Sigstore has certified, in a bundle around the statement.
    Keyless(Keyless),
}

/// Checks that a statement is signed, and says what it has to.
///
/// # Errors
/// A file or a program is missing; inside, why the statement is not relied on.
pub fn verify(statement: &Path, signer: &Signer<'_>, expected: &Expected) -> io::Result<Result<(), Refusal>> {
    let bytes = fs::read(statement)?;
    let statements = match signer {
        Signer::Key(key) => vec![dsse::open(&bytes, key)],
        Signer::Allowed(signers) => {
            let mut signature = statement.as_os_str().to_owned();
            signature.push(".sig");
            let signature = Path::new(&signature);
            fs::metadata(signature)?;
            fs::metadata(signers)?;
            // The bytes that were read are those that are checked, whatever becomes of the file meanwhile.
            let folder = crate::scratch::Folder::new()?;
            let copy = folder.path().join("statement");
            fs::write(&copy, &bytes)?;
            vec![ssh::check(&copy, signature, signers)?.map(|()| bytes)]
        }
        #[cfg(feature = "sigstore")]
        Signer::Keyless(keyless) => sigstore::open(&bytes, keyless, expected.path())?,
        #[cfg(not(feature = "sigstore"))]
        Signer::Keyless(_) => {
            let why = "this build has no verifier for Sigstore's bundles; releases have one, and so does \
                       `cargo install packgate --features sigstore`";
            return Err(io::Error::new(io::ErrorKind::Unsupported, why));
        }
    };
    let mut refusals = Vec::new();
    for statement in statements {
        match statement.and_then(|statement| expected.hold(&statement)) {
            Ok(()) => return Ok(Ok(())),
            Err(refusal) => refusals.push(refusal),
        }
    }
    // Of several, the first stands for all.
    Ok(Err(refusals.into_iter().next().unwrap_or(Refusal::NotSigned)))
}
