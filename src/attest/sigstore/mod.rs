//! Sigstore's bundles: a signed statement with the signer's certificate, and the proof that a public log has both.

mod provider;

use std::fs::{self, File};
use std::io;
use std::path::Path;

use serde::de::IgnoredAny;
use sigstore_verify::crypto::{CertificateInfo, SubjectAltName};
use sigstore_verify::trust_root::{SIGSTORE_PRODUCTION_TRUSTED_ROOT, TrustedRoot};
use sigstore_verify::types::{Bundle, SignatureContent};
use sigstore_verify::{Error, VerificationPolicy, Verifier};

use super::keyless::{Keyless, Who};
use super::refusal::Refusal;

/// Who has logged in a workflow on GitHub.
const GITHUB_ISSUER: &str = "https://token.actions.githubusercontent.com";

/// The statements of the bundles in a file, one or one a line, that the right one has signed about the file at `path`.
///
/// # Errors
/// The trusted root can't be used, or the file not be read; inside, why a bundle is not relied on.
pub(super) fn open(
    bundles: &[u8],
    keyless: &Keyless,
    path: &Path,
) -> io::Result<Vec<Result<Vec<u8>, Refusal>>> {
    provider::install();
    let verifier = verifier(keyless)?;
    let text = String::from_utf8_lossy(bundles);
    let is_one = serde_json::from_str::<IgnoredAny>(&text).is_ok();
    let each: Vec<&str> = match is_one {
        true => vec![&*text],
        false => text.lines().filter(|line| !line.trim().is_empty()).collect(),
    };
    each.into_iter().map(|bundle| Ok(statement(bundle, &verifier, keyless, File::open(path)?))).collect()
}

fn statement(bundle: &str, verifier: &Verifier, keyless: &Keyless, file: File) -> Result<Vec<u8>, Refusal> {
    let bundle = Bundle::from_json(bundle).map_err(|error| Refusal::NoBundle(error.to_string()))?;
    let verified = verifier.verify_reader(file, &bundle, &keyless.policy()).map_err(refusal)?;
    if let Who::Repository(repository) = &keyless.who {
        is_from(repository, verified.certificate())?;
    }
    match bundle.content {
        SignatureContent::DsseEnvelope(envelope) => Ok(envelope.payload.as_bytes().to_vec()),
        _ => Err(Refusal::NoBundle("it holds a signature alone, without a statement".to_owned())),
    }
}

fn verifier(keyless: &Keyless) -> io::Result<Verifier> {
    let (name, text) = match &keyless.trusted_root {
        Some(file) => (file.display().to_string(), fs::read_to_string(file)),
        None => ("the built-in root".to_owned(), Ok(SIGSTORE_PRODUCTION_TRUSTED_ROOT.to_owned())),
    };
    let told = |error: &dyn std::fmt::Display| io::Error::other(format!("trusted root: {name}: {error}"));
    let root = TrustedRoot::from_json(&text.map_err(|error| told(&error))?).map_err(|error| told(&error))?;
    Verifier::new(&root).map_err(|error| told(&error))
}

impl Keyless {
    /// What the certificate is held against while it is checked.
    fn policy(&self) -> VerificationPolicy {
        match &self.who {
            Who::Repository(_) => VerificationPolicy::any_identity().require_issuer(GITHUB_ISSUER),
            Who::Identity { san, issuer } => VerificationPolicy::new(san.as_str(), issuer.as_str()),
        }
    }
}

/// Checks that a certificate is that of a repository's own workflow, at work for this repository. GitHub takes no notice
/// of the case of names.
fn is_from(repository: &str, certificate: Option<&CertificateInfo>) -> Result<(), Refusal> {
    let home = format!("https://github.com/{repository}");
    let source = certificate.and_then(|certificate| certificate.ci_claims.source_repository_uri.as_deref());
    let workflow = match certificate.and_then(|certificate| certificate.identity.as_ref()) {
        Some(SubjectAltName::Uri(uri)) => uri.as_str(),
        _ => "",
    };
    let begin = format!("{home}/");
    let is_own = workflow.get(..begin.len()).is_some_and(|own| own.eq_ignore_ascii_case(&begin));
    match source {
        Some(source) if source.eq_ignore_ascii_case(&home) && is_own => Ok(()),
        Some(source) if is_own => Err(Refusal::Signer(source.to_owned())),
        _ => Err(Refusal::Signer(workflow.to_owned())),
    }
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::IdentityMismatch { actual, .. } => {
            Refusal::Signer(actual.map_or("nobody".to_owned(), |actual| actual.to_string()))
        }
        Error::IssuerMismatch { actual, .. } => Refusal::Issuer(actual.unwrap_or("nobody".to_owned())),
        Error::ArtifactMismatch(why) => Refusal::Digest(why),
        Error::InvalidBundle(why) | Error::UnsupportedBundle(why) => Refusal::NoBundle(why),
        Error::Bundle(error) => Refusal::NoBundle(error.to_string()),
        Error::Types(error) => Refusal::NoBundle(error.to_string()),
        Error::Certificate(error) => Refusal::Certificate(error.to_string()),
        Error::TransparencyLog(error) => Refusal::Log(error.to_string()),
        Error::Timestamp(error) => Refusal::Time(error.to_string()),
        error => Refusal::SigstoreSignature(error.to_string()),
    }
}
