use serde::Serialize;
use serde_json::Value;

use crate::ecosystem::Remedy;
use crate::inventory::{At, Entry, EntryId};
use crate::settings::Level;

/// What a rule made of facts.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// Where.
    pub place: Place,
    /// What was found and what a stranger could do with it; one or two sentences.
    pub message: String,
    /// What to do about it: the line to write, the option to set. May have several lines.
    pub help: String,
    /// The facts behind it, typed per rule.
    pub evidence: Evidence,
    /// The same as changes to files of the project, where those can be written by a program.
    pub remedy: Option<Box<Remedy>>,
    /// What tells this finding apart from others of its rule at its place, stable across releases: no
    /// version, line or offset.
    pub key: String,
    /// The most that it weighs, where that is less than others of its rule do. Who sets the rule's level sets it for
    /// all of them.
    pub at_most: Option<Level>,
}

/// The facts behind a finding as JSON text: there may be many findings, and a tree takes several times the memory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evidence(Box<str>);

impl Evidence {
    /// These facts.
    pub fn of(facts: impl Serialize) -> Self {
        Self(serde_json::to_string(&facts).unwrap_or_default().into())
    }

    /// The facts; `Null` if there are none.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

/// Where a finding is. Orders by path, then by position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub struct Place {
    /// Path inside the artifact, nested ones joined by `!`; empty for the artifact as a whole. Not safe to print.
    pub path: String,
    /// Line from 1.
    pub line: Option<u64>,
    /// Column in characters from 1.
    pub column: Option<u64>,
    /// Byte offset, in binaries and containers.
    pub offset: Option<u64>,
    /// The entry, if it is one.
    pub entry: Option<EntryId>,
}

impl Place {
    /// The artifact as a whole.
    pub fn artifact() -> Self {
        Self::default()
    }

    /// An entry as a whole.
    pub fn entry(entry: &Entry) -> Self {
        Self { path: entry.place.clone(), entry: Some(entry.id), ..Self::default() }
    }

    /// A place in an entry.
    pub fn at(entry: &Entry, at: &At) -> Self {
        let offset = at.line.is_none().then_some(at.offset);
        Self { line: at.line, column: at.column, offset, ..Self::entry(entry) }
    }
}

impl Finding {
    /// What was found.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// What to do about it: a change to the project, and what else there is to say of it.
    #[must_use]
    pub fn remedy(mut self, remedy: Remedy, more: &str) -> Self {
        self.help = match more.is_empty() {
            true => remedy.words.clone(),
            false if remedy.words.is_empty() => more.to_owned(),
            // A line to write stands for itself.
            false if remedy.words.contains('\n') => format!("{}\n{more}", remedy.words),
            false => format!("{} {more}", remedy.words),
        };
        let changes = !(remedy.edits.is_empty() && remedy.removes.is_empty());
        self.remedy = changes.then(|| Box::new(remedy));
        self
    }

    /// The facts behind it.
    #[must_use]
    pub fn evidence(mut self, evidence: impl Serialize) -> Self {
        self.evidence = Evidence::of(evidence);
        self
    }

    /// The most that it weighs.
    #[must_use]
    pub fn at_most(mut self, level: Level) -> Self {
        self.at_most = Some(level);
        self
    }

    /// What tells it apart at its place.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }
}
