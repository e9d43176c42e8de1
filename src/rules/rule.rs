use std::sync::OnceLock;

use crate::inventory::Inventory;
use crate::lock::Lock;
use crate::recoverable::Survey;
use crate::settings::Settings;

use super::Finding;
use super::stray::Strays;

/// A rule: its documentation and its logic.
#[derive(Debug)]
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

/// Groups of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// Source maps and what links to them.
    SourceMaps,
    /// Text that belongs to the house.
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
        }
    }
}

/// What a rule may look at.
#[derive(Debug)]
pub struct Context<'a> {
    /// The facts.
    pub inventory: &'a Inventory,
    /// The project's settings.
    pub settings: &'a Settings,
    /// The facts of the previous release, with `--against`.
    pub previous: Option<&'a Inventory>,
    /// The contents lock in force.
    pub lock: Option<&'a Lock>,
    survey: OnceLock<Survey<'a>>,
    strays: OnceLock<Strays<'a>>,
}

impl<'a> Context<'a> {
    /// An artifact without a past.
    pub fn new(inventory: &'a Inventory, settings: &'a Settings) -> Self {
        let (survey, strays) = (OnceLock::new(), OnceLock::new());
        Self { inventory, settings, previous: None, lock: None, survey, strays }
    }

    /// The same artifact with what it is held against.
    pub fn beside(self, previous: Option<&'a Inventory>, lock: Option<&'a Lock>) -> Self {
        Self { previous, lock, ..self }
    }

    /// The maps with what they give away; worked out once for all rules.
    pub fn survey(&self) -> &Survey<'a> {
        self.survey.get_or_init(|| Survey::new(self.inventory))
    }

    /// The files whose paths are those of strays; worked out once for all rules.
    pub(super) fn strays(&self) -> &Strays<'a> {
        self.strays.get_or_init(|| Strays::new(self.inventory))
    }
}
