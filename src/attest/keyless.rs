//! Signers without a key of their own: a certificate of Sigstore's says who they were when they signed.

use std::path::PathBuf;

/// Who has to have signed, and whose word for it is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyless {
    /// Who.
    pub who: Who,
    /// Sigstore's `trusted_root.json` to check by, if not the one of the public instance.
    pub trusted_root: Option<PathBuf>,
}

/// What the certificate has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A workflow of this repository on GitHub, `OWNER/NAME`, that ran for this repository.
    Repository(String),
    /// This identity, by the word of this issuer.
    Identity {
        /// The subject's alternative name: a workflow's address, or an address of mail.
        san: String,
        /// Who has logged them in.
        issuer: String,
    },
}
