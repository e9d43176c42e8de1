//! Statements about verdicts, for others to rely on: in-toto's Statement with the predicate of SLSA's Verification
//! Summary. packgate writes them; signing is the business of those who have an identity.

mod statement;

pub use statement::{AttestError, Statement, VERIFIER, name_for};
