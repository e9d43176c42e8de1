//! packgate: the last look at a package before it is published.
//!
//! One straight road: [`unpack`] turns bytes into entries, [`inspect`] turns entries into facts, the
//! [`inventory`] holds all facts, [`rules`] make findings of them, the [`policy`] judges, [`report`] tells.
//!
//! ```no_run
//! use packgate::audit::{Auditor, Options};
//!
//! let auditor = Auditor::new(Options::default());
//! let audit = auditor.audit("acme-cli-2.1.88.tgz".as_ref(), 2)?;
//! for judged in &audit.findings {
//!     println!("{}: {}", judged.finding.rule, judged.finding.message);
//! }
//! # Ok::<(), packgate::audit::AuditError>(())
//! ```

pub mod audit;
pub mod diff;
pub mod ecosystem;
pub mod escape;
pub mod fetch;
pub mod fingerprint;
pub mod guard;
pub mod init;
pub mod inspect;
pub mod internal;
pub mod inventory;
pub mod lock;
pub mod outcome;
pub mod pack;
mod plain;
pub mod policy;
pub mod project;
pub mod recoverable;
pub mod report;
pub mod rules;
pub mod scratch;
pub mod settings;
pub mod stocktake;
pub mod timings;
pub mod unpack;
mod words;
