//! Holding a statement against the file that it should be about.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::once::Once;
use super::refusal::Refusal;
use super::statement::{PASSED_LEVEL, PREDICATE, STATEMENT, VERIFIER, digests};
use crate::ecosystem;
use crate::inventory::Inventory;

/// What a statement has to say. Nothing of it comes from the statement.
#[derive(Debug, Clone)]
pub struct Expected {
    path: PathBuf,
    sha256: String,
    sha512: String,
    file: String,
    purl: String,
    policy_digest: String,
}

impl Expected {
    /// For a file, whose inventory this is, that has to have passed the policy with this digest.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn of(file: &Path, inventory: &Inventory, policy_digest: &str) -> std::io::Result<Self> {
        let digests = digests(file)?;
        let identity = ecosystem::identity(inventory);
        Ok(Self {
            path: file.to_owned(),
            sha256: digests.sha256,
            sha512: digests.sha512,
            file: identity.file,
            purl: identity.purl,
            policy_digest: policy_digest.to_ascii_lowercase(),
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Holds a statement, whose signature has been checked, against this.
    pub(super) fn hold(&self, statement: &[u8]) -> Result<(), Refusal> {
        let Once(statement) =
            serde_json::from_slice(statement).map_err(|error| Refusal::NoStatement(error.to_string()))?;
        let text = |pointer: &str| statement.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let same = |pointer: &str, expected: &str, refusal: fn(String) -> Refusal| match text(pointer) {
            same if same == expected => Ok(()),
            other => Err(refusal(shown(other))),
        };
        same("/_type", STATEMENT, Refusal::StatementType)?;
        same("/predicateType", PREDICATE, Refusal::PredicateType)?;
        same("/predicate/verifier/id", VERIFIER, Refusal::Verifier)?;
        same("/predicate/verificationResult", "PASSED", Refusal::Result)?;
        let levels = statement.pointer("/predicate/verifiedLevels").and_then(Value::as_array);
        if !levels.is_some_and(|levels| levels.iter().any(|level| level == PASSED_LEVEL)) {
            return Err(Refusal::Level);
        }
        let subjects = statement.get("subject").and_then(Value::as_array).map_or(0, Vec::len);
        if subjects != 1 {
            return Err(Refusal::Subjects(subjects));
        }
        same("/subject/0/digest/sha256", &self.sha256, Refusal::Digest)?;
        same("/subject/0/digest/sha512", &self.sha512, Refusal::Digest)?;
        same("/subject/0/name", &self.file, Refusal::FileName)?;
        same("/predicate/resourceUri", &self.purl, Refusal::Package)?;
        same("/predicate/policy/digest/sha256", &self.policy_digest, Refusal::Policy)
    }
}

/// What stands there, or that nothing does.
fn shown(text: &str) -> String {
    const MOST: usize = 200;
    match text {
        "" => "nothing is said".to_owned(),
        text => text.chars().take(MOST).collect(),
    }
}
