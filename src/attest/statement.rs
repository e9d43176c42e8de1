//! What is stated of an artifact that passed.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha512};

use crate::ecosystem;
use crate::escape;
use crate::inventory::Comparison;
use crate::outcome::Audit;
use crate::policy::Verdict;
use crate::publish;
use crate::report::wire::Report;
use crate::settings::NAMES;
use crate::words::hex;

/// Who states it: the `verifier.id` of every statement.
pub const VERIFIER: &str = env!("CARGO_PKG_REPOSITORY");

/// The form of the whole.
pub(super) const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The form of what is stated.
pub(super) const PREDICATE: &str = "https://slsa.dev/verification_summary/v1";
/// The level of everything that passed.
pub(super) const PASSED_LEVEL: &str = "PACKGATE_PASSED";
/// The field with the digest of the report; fields of one's own are named by a URI.
const REPORT: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/report/v1");
/// The field with the commit that the files are from.
const COMMIT: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/commit/v1");

/// An in-toto statement that an artifact passed.
///
/// Logs of signatures are public and kept for good. So it has neither findings nor paths nor reasons of waivers; and
/// no time, so that a second run writes the same bytes.
#[derive(Debug, Serialize)]
pub struct Statement {
    #[serde(rename = "_type")]
    form: &'static str,
    subject: [Subject; 1],
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    predicate: Predicate,
}

#[derive(Debug, Serialize)]
struct Subject {
    name: String,
    digest: Digests,
}

#[derive(Debug, Serialize)]
pub(super) struct Digests {
    pub(super) sha256: String,
    pub(super) sha512: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate {
    verifier: Verifier,
    resource_uri: String,
    policy: Policy,
    verification_result: &'static str,
    verified_levels: [String; 2],
    #[serde(flatten)]
    own: BTreeMap<&'static str, Value>,
}

#[derive(Debug, Serialize)]
struct Verifier {
    id: &'static str,
    version: BTreeMap<&'static str, &'static str>,
}

#[derive(Debug, Serialize)]
struct Policy {
    uri: String,
    digest: BTreeMap<&'static str, String>,
}

/// Why nothing is stated.
#[derive(Debug, thiserror::Error)]
pub enum AttestError {
    /// It did not pass.
    #[error("it did not pass")]
    DidNotPass,
    /// A folder has no bytes that somebody could compare.
    #[error("a folder is no file that a statement could be about; pack it")]
    Folder,
    /// The file is another one by now.
    #[error("it was changed while it was audited")]
    Changed,
    /// The file can't be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Statement {
    /// States that the file at `path` passed.
    ///
    /// # Errors
    /// It didn't, or isn't the file that was audited.
    pub fn new(audit: &Audit, path: &Path) -> Result<Self, AttestError> {
        if audit.verdict != Verdict::Pass {
            return Err(AttestError::DidNotPass);
        }
        if path.is_dir() {
            return Err(AttestError::Folder);
        }
        let digest = digests(path)?;
        if digest.sha256 != audit.inventory.artifact.sha256 {
            return Err(AttestError::Changed);
        }
        let identity = ecosystem::identity(&audit.inventory);
        Ok(Self {
            form: STATEMENT,
            subject: [Subject { name: identity.file, digest }],
            predicate_type: PREDICATE,
            predicate: Predicate {
                verifier: Verifier {
                    id: VERIFIER,
                    version: BTreeMap::from([(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))]),
                },
                resource_uri: identity.purl,
                policy: Policy {
                    uri: policy_uri(&audit.policy.name),
                    digest: BTreeMap::from([("sha256", audit.policy.digest().to_owned())]),
                },
                verification_result: "PASSED",
                verified_levels: [PASSED_LEVEL.to_owned(), policy_level(&audit.policy.name)],
                own: own(audit),
            },
        })
    }

    /// The name of the file to write it to, in a folder with others.
    pub fn file_name(&self) -> String {
        let [subject] = &self.subject;
        file_name(&subject.name)
    }

    /// The statement as JSON.
    pub fn json(&self) -> Vec<u8> {
        let mut json = Vec::new();
        // Memory can be written to.
        let _ = escape::write_json(self, &mut json);
        json
    }
}

/// The name of the file for a statement about this audit, whether there is one or not.
pub fn name_for(audit: &Audit) -> String {
    file_name(&ecosystem::identity(&audit.inventory).file)
}

/// Only what no system takes for more than a name.
fn file_name(subject: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@' | '!' | '~');
    let name: String = subject.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    format!("{}.intoto.json", name.trim_start_matches('.'))
}

pub(super) fn digests(path: &Path) -> io::Result<Digests> {
    let (mut short, mut long) = (Sha256::new(), Sha512::new());
    publish::pieces(path, |bytes| {
        short.update(bytes);
        long.update(bytes);
    })?;
    Ok(Digests { sha256: hex(&short.finalize()), sha512: hex(&long.finalize()) })
}

/// What is stated beyond the predicate's own fields: the report's digest, and the commit if all that could be compared
/// is from it.
fn own(audit: &Audit) -> BTreeMap<&'static str, Value> {
    let digest = |name: &str, digest: &str| serde_json::json!({ "digest": { name: digest } });
    let mut own = BTreeMap::from([(REPORT, digest("sha256", &report_digest(audit)))]);
    let is_from = |found: &&Comparison| found.differing.is_empty() && found.absent.is_empty();
    if let Some(found) = audit.commit().filter(is_from) {
        own.insert(COMMIT, digest("gitCommit", &found.commit));
    }
    own
}

/// SHA-256 of the JSON report on this artifact alone, as if it stood in the working directory.
fn report_digest(audit: &Audit) -> String {
    let mut audits = [audit.clone()];
    for audit in &mut audits {
        let path = &mut audit.inventory.artifact.path;
        *path = ecosystem::file_name(path).to_owned();
    }
    let mut json = Vec::new();
    // Memory can be written to.
    let _ = escape::write_json(&Report::new(&audits), &mut json);
    hex(&Sha256::digest(&json))
}

/// Where a built-in policy can be read. A policy file of the project is nobody else's business.
fn policy_uri(name: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match NAMES.contains(&name) {
        true => format!("{VERIFIER}/blob/v{version}/policies/{name}.toml"),
        false => format!("{VERIFIER}/blob/v{version}/docs/policy.md#policies"),
    }
}

fn policy_level(name: &str) -> String {
    let name = if NAMES.contains(&name) { name } else { "custom" };
    format!("PACKGATE_POLICY_{}", name.to_ascii_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for (subject, expected) in [
            ("left-edge-1.0.3.tgz", "left-edge-1.0.3.tgz.intoto.json"),
            ("../../etc/passwd", "_.._etc_passwd.intoto.json"),
            ("a:b\u{202e}\n", "a_b__.intoto.json"),
            ("x-1.0+local.whl", "x-1.0+local.whl.intoto.json"),
        ] {
            assert_eq!(file_name(subject), expected);
        }
    }

    #[test]
    fn a_policy_file_s_path_stays_at_home() {
        assert_eq!(policy_level("open-source"), "PACKGATE_POLICY_OPEN_SOURCE");
        assert_eq!(policy_level("/home/ann/secret-project/policy.toml"), "PACKGATE_POLICY_CUSTOM");
        assert!(!policy_uri("/home/ann/secret-project/policy.toml").contains("ann"));
    }
}
