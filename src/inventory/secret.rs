use serde::{Deserialize, Serialize};

use super::At;
use super::word::{self, Word};

/// A place where a secret pattern matched. The secret itself is never kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Secret {
    /// The rule, `secret-npm-token`.
    #[serde(deserialize_with = "word::read")]
    pub rule: Word,
    /// Where.
    pub at: At,
    /// A form that is safe to print: the known prefix and the length, nothing of the random part.
    pub redacted: String,
    /// First 16 hex digits of a SHA-256 over the secret: the same token in two files has the same digest.
    pub digest: String,
}
