use std::path::{Path, PathBuf};

use packgate::attest::{self, Expected, Keyless, PublicKey, Signer, Who};
use packgate::audit::{Auditor, Options};
use packgate::fetch::ClientError;
use packgate::inventory::Inventory;
use packgate::policy::Policy;
use packgate::publish::{Comparison, PublishError, Shipment, digest};
use packgate::settings::Settings;

use super::known::Known;
use super::policy::policies;
use super::publish::differs;
use super::{Exit, complain, output};

/// Tell whether a file is what a registry serves, or whether somebody has stated that it passed
///
/// Exit status 0: yes; 1: no, for the reason told; 2: something is missing; 3: it can't be told.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(false))]
pub(crate) struct Verify {
    /// The artifact
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Compare it with what the registry serves: downloaded again by the ecosystem's own client, and never run
    #[arg(long, group = "what")]
    published: bool,
    /// The address at which the registry hands out what it serves, where the client isn't to find it by itself
    #[arg(long, value_name = "URL", requires = "published")]
    index: Option<String>,
    /// What the registry serves, as you downloaded it, where no client of the ecosystem's hands it out: a nupkg
    #[arg(long, value_name = "FILE", requires = "published", conflicts_with = "index")]
    copy: Option<PathBuf>,
    /// A statement that it passed, as `packgate check --attest` writes it, signed
    #[arg(long, value_name = "STATEMENT", group = "what", requires = "signer")]
    attestation: Option<PathBuf>,
    /// The public key (PEM; ECDSA P-256 or Ed25519) of whoever has to have signed; the statement is in a DSSE envelope
    #[arg(long, value_name = "PUB", group = "signer", requires = "attestation")]
    key: Option<PathBuf>,
    /// Those of whom one has to have signed, in SSH's form; the signature is beside the statement, in STATEMENT.sig
    #[arg(long, value_name = "FILE", group = "signer", requires = "attestation")]
    allowed_signers: Option<PathBuf>,
    /// The repository on GitHub whose own workflow has to have signed; the statement is in a bundle of Sigstore's
    #[arg(long, value_name = "OWNER/NAME", group = "signer", requires = "attestation", value_parser = repository)]
    repo: Option<String>,
    /// The identity that has to have signed, as Sigstore's certificate has it: a workflow's address, an address of mail
    #[arg(long, value_name = "SAN", group = "signer", requires_all = ["attestation", "issuer"])]
    identity: Option<String>,
    /// Who has to have logged that identity in: `https://token.actions.githubusercontent.com`
    #[arg(long, value_name = "URL", requires = "identity")]
    issuer: Option<String>,
    /// Sigstore's `trusted_root.json` to check by [default: that of the public instance]
    #[arg(long, value_name = "FILE", requires = "attestation", conflicts_with_all = ["key", "allowed_signers"])]
    trusted_root: Option<PathBuf>,
    /// The digest of the policy that it has to have passed [default: of the one in force here]
    #[arg(long, value_name = "SHA256", requires = "attestation", conflicts_with = "policy")]
    policy_digest: Option<String>,
    /// The policy that it has to have passed: a policy by name, or a policy file
    #[arg(long, value_name = "POLICY", value_parser = Known(policies), requires = "attestation")]
    policy: Option<String>,
    /// Where the client runs, and where settings are read
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
}

impl Verify {
    /// Looks, says what it saw, and returns how it ended.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let sha256 = digest(&self.file).map_err(|error| self.told(&error))?;
        let auditor = Auditor::new(Options::default());
        let inventory = auditor.stock(&self.file, 2).map_err(|error| self.told(&error))?;
        match &self.attestation {
            Some(statement) => self.stated(statement, &inventory),
            None => self.served(&inventory, &sha256),
        }
    }

    fn told(&self, what: &dyn std::fmt::Display) -> String {
        format!("{}: {what}", self.file.display())
    }

    fn served(&self, inventory: &Inventory, sha256: &str) -> Result<Exit, String> {
        let copy = self.copy.as_ref().map(|copy| {
            let told = |error: &dyn std::fmt::Display| format!("{}: {error}", copy.display());
            Auditor::new(Options::default()).stock(copy, 2).map_err(|error| told(&error))
        });
        let copy = copy.transpose()?;
        let compared = Shipment::of(inventory).and_then(|shipment| match &copy {
            Some(copy) => Ok(shipment.compare_copy(inventory, copy)),
            None => shipment.compare(sha256, &self.project, self.index.as_deref()),
        });
        let (exit, why) = match compared {
            Ok(Comparison::Same) => {
                let told = self.told(&"the registry serves this file");
                output::line(format_args!("{told}: sha256 {sha256}"))?;
                return Ok(Exit::Passed);
            }
            Ok(other @ (Comparison::Other(_) | Comparison::Broken(_))) => {
                (Exit::Blocked, format!("{}; this one has {sha256}", differs(&other)))
            }
            Ok(other) => (Exit::Incomplete, format!("can't be told: {}", differs(&other))),
            Err(error @ PublishError::Client(ClientError::Missing { .. })) => return Err(self.told(&error)),
            Err(error) => (Exit::Incomplete, format!("can't be told: {error}")),
        };
        complain(&self.told(&why));
        Ok(exit)
    }

    fn stated(&self, statement: &Path, inventory: &Inventory) -> Result<Exit, String> {
        let policy_digest = match &self.policy_digest {
            Some(digest) => digest.clone(),
            None => {
                let settings = Settings::load(&self.project, self.policy.as_deref())
                    .map_err(|errors| errors.to_string())?;
                Policy::resolve_of(&settings, inventory).digest().to_owned()
            }
        };
        let expected =
            Expected::of(&self.file, inventory, &policy_digest).map_err(|error| self.told(&error))?;
        let name = statement.display();
        let verified = attest::verify(statement, &self.signer()?, &expected)
            .map_err(|error| format!("{name} can't be checked: {error}"))?;
        match verified {
            Ok(()) => {
                output::line(format_args!("{}: passed, says {name}", self.file.display()))?;
                Ok(Exit::Passed)
            }
            Err(refusal) => {
                complain(&format_args!("{name} is not relied on: {refusal}"));
                Ok(Exit::Blocked)
            }
        }
    }

    fn signer(&self) -> Result<Signer<'_>, String> {
        let keyless = |who| Signer::Keyless(Keyless { who, trusted_root: self.trusted_root.clone() });
        if let Some(key) = &self.key {
            let name = key.display();
            let pem = std::fs::read_to_string(key).map_err(|error| format!("{name}: {error}"))?;
            let key = PublicKey::read(&pem);
            let key = key.ok_or_else(|| format!("{name} is no public key on P-256 or Ed25519 in PEM"))?;
            return Ok(Signer::Key(key));
        }
        if let Some(signers) = &self.allowed_signers {
            return Ok(Signer::Allowed(signers));
        }
        if let Some(repository) = &self.repo {
            return Ok(keyless(Who::Repository(repository.clone())));
        }
        if let (Some(san), Some(issuer)) = (&self.identity, &self.issuer) {
            return Ok(keyless(Who::Identity { san: san.clone(), issuer: issuer.clone() }));
        }
        Err("--repo, --identity, --key or --allowed-signers says who has to have signed".to_owned())
    }
}

/// Reads `OWNER/NAME`.
fn repository(text: &str) -> Result<String, String> {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    match text.split_once('/') {
        Some((owner, name)) if is_name(owner) && is_name(name) => Ok(text.to_owned()),
        _ => Err("it is no OWNER/NAME".to_owned()),
    }
}
