//! What a rule may look at.

use std::sync::OnceLock;

use crate::inspect::{StrayMatch, stray_matches};
use crate::inventory::{Entry, Inventory};
use crate::lock::Lock;
use crate::paths::PrivateMembers;
use crate::recoverable::ExposureSurvey;
use crate::settings::Settings;

use super::compiled::{self, Source};
use super::for_show::{is_for_show, is_jar_of_tests};

/// A file that could be a stray, with the rows of the table that its path matches.
pub(super) type Candidate<'a> = (&'a Entry, Vec<StrayMatch>);

/// What a rule may look at.
#[derive(Debug)]
pub struct Context<'a> {
    /// The facts.
    pub inventory: &'a Inventory,
    /// The project's settings.
    pub settings: &'a Settings,
    /// The facts of the previous release, with `--against`.
    pub previous: Option<&'a Inventory>,
    /// The contents lock that applies.
    pub lock: Option<&'a Lock>,
    /// Whether the project that it came from is not at hand.
    pub is_away: bool,
    /// The private members of the workspace that it came from.
    pub private_members: Option<&'a PrivateMembers>,
    /// Whether its licence gives everybody the source.
    pub is_for_everybody: bool,
    survey: OnceLock<ExposureSurvey<'a>>,
    strays: OnceLock<Vec<Candidate<'a>>>,
    plugins: OnceLock<Vec<&'a str>>,
    sources: OnceLock<Vec<Source<'a>>>,
    with_secrets: OnceLock<Vec<&'a Entry>>,
}

impl<'a> Context<'a> {
    /// An artifact with nothing to compare it with.
    pub fn new(inventory: &'a Inventory, settings: &'a Settings) -> Self {
        let (survey, strays) = (OnceLock::new(), OnceLock::new());
        let (plugins, sources, with_secrets) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self {
            inventory,
            settings,
            previous: None,
            lock: None,
            is_away: false,
            private_members: None,
            is_for_everybody: false,
            survey,
            strays,
            plugins,
            sources,
            with_secrets,
        }
    }

    /// The same artifact with what it is compared with.
    pub fn against(self, previous: Option<&'a Inventory>, lock: Option<&'a Lock>) -> Self {
        Self { previous, lock, ..self }
    }

    /// The same, if the project that it came from is not at hand.
    pub fn away(self, is_away: bool) -> Self {
        Self { is_away, ..self }
    }

    /// The same, if its licence gives everybody the source.
    pub fn for_everybody(self, is_for_everybody: bool) -> Self {
        Self { is_for_everybody, ..self }
    }

    /// The same, as it came from a workspace with these private members.
    pub fn in_workspace(self, private_members: &'a PrivateMembers) -> Self {
        Self { private_members: Some(private_members), ..self }
    }

    /// The maps with what they give away; computed once for all rules.
    pub fn survey(&self) -> &ExposureSurvey<'a> {
        self.survey.get_or_init(|| ExposureSurvey::new(self.inventory))
    }

    /// The files whose path matches a row of the table of strays, or whose content shows a sign; computed once for
    /// all rules.
    pub(super) fn strays(&self) -> &[Candidate<'a>] {
        self.strays.get_or_init(|| {
            let fitting = self.inventory.files().map(|entry| (entry, self.stray_matches(entry)));
            fitting.filter(|(entry, matches)| !matches.is_empty() || !entry.signs.is_empty()).collect()
        })
    }

    /// What the path of an entry fits below the package's own folder, whose name says nothing.
    fn stray_matches(&self, entry: &Entry) -> Vec<StrayMatch> {
        let root = self.root();
        let below = entry.path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'));
        let below = below.filter(|_| !root.is_empty() && entry.parent.is_none()).unwrap_or(&entry.path);
        let length = entry.path.len() - below.len();
        let depth = if length == 0 { 0 } else { root.split('/').count() };
        let mut matches = stray_matches(below);
        for found in &mut matches {
            (found.depth, found.end) = (found.depth + depth, found.end + length);
        }
        matches
    }

    /// The package's own folder in the artifact, without `/`; empty if its files stand at the top.
    pub(super) fn root(&self) -> &'a str {
        self.inventory.package.as_ref().map_or("", |package| package.root.as_str())
    }

    /// Whether a place is there for show, or all of the artifact is.
    pub(super) fn is_for_show(&self, place: &str) -> bool {
        is_jar_of_tests(self.inventory) || is_for_show(place, self.root())
    }

    /// Whether credentials were seen in one of these, but for those in tests and examples, which are made up.
    pub(super) fn have_secrets(&self, entries: &[&Entry]) -> bool {
        entries.iter().any(|entry| !entry.secrets.is_empty() && !self.is_for_show(&entry.place))
    }

    /// The sources next to what was compiled from them; computed once for all rules.
    pub(super) fn sources(&self) -> &[Source<'a>] {
        self.sources.get_or_init(|| compiled::survey(self.inventory))
    }

    /// The entries in which credentials were seen; computed once for all rules, of which there are two hundred.
    pub(super) fn with_secrets(&self) -> &[&'a Entry] {
        self.with_secrets.get_or_init(|| {
            let entries = self.inventory.entries.iter().map(|entry| &**entry);
            entries.filter(|entry| !entry.secrets.is_empty()).collect()
        })
    }

    /// Whether an entry is part of a plugin or extension of a coding agent.
    pub(super) fn is_in_plugin(&self, entry: &Entry) -> bool {
        let folder = |entry: &'a Entry| {
            let folder = PLUGIN_MANIFESTS.iter().find_map(|manifest| entry.place.strip_suffix(manifest))?;
            (folder.is_empty() || folder.ends_with(['/', '!'])).then_some(folder)
        };
        let plugins = self.plugins.get_or_init(|| self.inventory.files().filter_map(folder).collect());
        plugins.iter().any(|folder| entry.place.starts_with(folder))
    }
}

/// What makes a folder a plugin or an extension of a coding agent.
const PLUGIN_MANIFESTS: [&str; 5] = [
    ".claude-plugin/plugin.json",
    ".claude-plugin/marketplace.json",
    ".cursor-plugin/plugin.json",
    ".codex-plugin/plugin.json",
    "gemini-extension.json",
];
