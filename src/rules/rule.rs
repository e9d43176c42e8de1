//! A rule, and what it makes of facts.

use super::context::Context;
use super::finding::{Evidence, Finding, Place};

/// A rule: its documentation and its logic.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rule {
    /// Final once released; reads well after "allow".
    pub name: &'static str,
    /// The group it is documented in.
    pub family: Family,
    /// One line: what it finds.
    pub summary: &'static str,
    /// Markdown: what it does, why it matters, what to do, an example.
    pub docs: &'static str,
    /// Adds its findings; pure.
    pub check: fn(&Rule, &Context<'_>, &mut Vec<Finding>),
}

impl Finding {
    /// A finding of a rule, with no message yet.
    pub fn new(rule: &Rule, place: Place) -> Self {
        Self {
            rule: rule.name,
            place,
            message: String::new(),
            help: String::new(),
            evidence: Evidence::default(),
            remedy: None,
            key: String::new(),
            at_most: None,
        }
    }
}

/// Groups of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Family {
    /// Source maps and what links to them.
    SourceMaps,
    /// Text that is internal to a company.
    InternalSources,
    /// Files that nobody meant to ship.
    StrayFiles,
    /// What the manifest promises.
    Allowlist,
    /// Credentials.
    Secrets,
    /// Whether all readers of the archive see the same.
    ArchiveTrust,
    /// The manifest itself.
    Manifest,
    /// Whether the package can be installed, loaded and started.
    Wholeness,
}

impl Family {
    /// Heading in documentation.
    pub fn title(self) -> &'static str {
        match self {
            Self::SourceMaps => "Source maps",
            Self::InternalSources => "Internal sources",
            Self::StrayFiles => "Stray files",
            Self::Allowlist => "Allowlist",
            Self::Secrets => "Secrets",
            Self::ArchiveTrust => "Archive trust",
            Self::Manifest => "Manifest",
            Self::Wholeness => "Wholeness",
        }
    }
}
