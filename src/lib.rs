//! packgate: the last look at a package before it is published.
//!
//! To audit an artifact:
//!
//! ```no_run
//! use packgate::audit::{Auditor, Options};
//!
//! let auditor = Auditor::new(Options::default());
//! let audit = auditor.audit("acme-cli-2.1.88.tgz".as_ref(), 2)?;
//! println!("{:?}: {} findings", audit.verdict, audit.findings.len());
//! for judged in &audit.findings {
//!     println!("{}: {}", judged.finding.rule, judged.finding.message);
//! }
//! # Ok::<(), packgate::audit::AuditError>(())
//! ```
//!
//! [`audit`] is the way in, [`outcome`] what comes of it, made of the facts in the [`inventory`] and of
//! [`rules`]' findings judged by a [`policy`]; [`settings`] are what a project writes; [`report`] turns an outcome into
//! text.
//!
//! # What is stable
//!
//! The program is: its commands, exit statuses, JSON keys and rule names. Use those where you can. The Rust interface
//! of the modules on this page may still change with any release before 1.0, and is listed in the changelog when it
//! does. Modules that aren't shown here are public for the program, its tests and its fuzz targets only.

#[doc(hidden)]
pub mod attest;
pub mod audit;
mod blob;
#[doc(hidden)]
pub mod commit;
mod decode;
#[doc(hidden)]
pub mod diff;
#[doc(hidden)]
pub mod ecosystem;
pub mod escape;
#[doc(hidden)]
pub mod fetch;
#[doc(hidden)]
pub mod fingerprint;
pub mod fix;
#[cfg(test)]
mod generated;
#[doc(hidden)]
pub mod guard;
#[doc(hidden)]
pub mod init;
#[doc(hidden)]
pub mod inspect;
#[doc(hidden)]
pub mod internal;
pub mod inventory;
#[doc(hidden)]
pub mod lock;
pub mod outcome;
#[doc(hidden)]
pub mod own;
#[doc(hidden)]
pub mod pack;
#[doc(hidden)]
pub mod passed;
mod paths;
mod plain;
pub mod policy;
#[doc(hidden)]
pub mod project;
#[doc(hidden)]
pub mod publish;
#[doc(hidden)]
pub mod recoverable;
pub mod report;
pub mod rules;
#[doc(hidden)]
pub mod scratch;
pub mod settings;
#[doc(hidden)]
pub mod stack;
#[doc(hidden)]
pub mod stocktake;
pub mod stored;
#[doc(hidden)]
pub mod surroundings;
#[doc(hidden)]
pub mod timings;
#[doc(hidden)]
pub mod unpack;
mod words;
