//! Statements about verdicts, for others to rely on: in-toto's Statement with the predicate of SLSA's Verification
//! Summary. packgate writes them and checks them; signing is the business of those who have an identity.

mod check;
mod dsse;
mod key;
mod refusal;
mod ssh;
mod statement;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::Path;

pub use check::Expected;
pub use key::PublicKey;
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
}

/// Checks that a statement is signed, and says what it has to.
///
/// # Errors
/// A file or a program is missing; inside, why the statement is not relied on.
pub fn verify(statement: &Path, signer: &Signer<'_>, expected: &Expected) -> io::Result<Result<(), Refusal>> {
    let bytes = fs::read(statement)?;
    let checked = match signer {
        Signer::Key(key) => dsse::open(&bytes, key),
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
            ssh::check(&copy, signature, signers)?.map(|()| bytes)
        }
    };
    Ok(checked.and_then(|statement| expected.hold(&statement)))
}
