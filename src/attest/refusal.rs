//! Why a statement is not relied on. Each is told alone.

/// Why a statement is not relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nothing signed in the file.
    #[error("it is no signed envelope: {0}")]
    NoEnvelope(String),
    /// An envelope without any signature.
    #[error("nobody has signed it")]
    NotSigned,
    /// Signed by somebody else, or changed since.
    #[error("no signature in it is by this key over these bytes")]
    Signature,
    /// SSH's signature doesn't hold.
    #[error("its signature is by none of the allowed signers over these bytes: {0}")]
    SshSignature(String),
    /// No bundle of Sigstore's, or one that is not whole.
    #[error("it is no bundle of Sigstore's that can be checked: {0}")]
    NoBundle(String),
    /// Sigstore has certified somebody else.
    #[error("somebody else has signed it: {0}")]
    Signer(String),
    /// Who has signed was logged in by somebody else.
    #[error("somebody else vouches for who has signed it: {0}")]
    Issuer(String),
    /// The certificate doesn't hold.
    #[error("its certificate does not hold: {0}")]
    Certificate(String),
    /// The log's proof doesn't hold.
    #[error("its proof that the log has it does not hold: {0}")]
    Log(String),
    /// Nothing says when it was signed.
    #[error("when it was signed can't be told: {0}")]
    Time(String),
    /// The certificate's owner has signed something else.
    #[error("its signature does not hold: {0}")]
    SigstoreSignature(String),
    /// Something else was signed.
    #[error("what was signed is of another type: {0}")]
    PayloadType(String),
    /// Not JSON of the form expected.
    #[error("it is no in-toto statement: {0}")]
    NoStatement(String),
    /// Another version of the form.
    #[error("it is a statement of another form: {0}")]
    StatementType(String),
    /// A statement about something else.
    #[error("it states something else: {0}")]
    PredicateType(String),
    /// Not by packgate.
    #[error("it is not packgate's: the verifier is {0}")]
    Verifier(String),
    /// It didn't pass.
    #[error("it does not say that anything passed: {0}")]
    Result(String),
    /// It lacks packgate's level.
    #[error("it lacks the level PACKGATE_PASSED")]
    Level,
    /// About none or several files.
    #[error("it is about {0} files, not one")]
    Subjects(usize),
    /// About another file.
    #[error("it is about another file: {0}")]
    Digest(String),
    /// About the same bytes under another name.
    #[error("it is about a file of another name: {0}")]
    FileName(String),
    /// About another package.
    #[error("it is about another package: {0}")]
    Package(String),
    /// By another policy.
    #[error("it passed another policy, or another version of packgate: its digest is {0}")]
    Policy(String),
}
