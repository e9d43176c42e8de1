//! Finding a manifest among the entries, without overlooking a second one or one in different case.

use crate::inventory::{Entry, Inventory, ManifestProblem, ManifestTrouble};

/// How well a path matches the place where the client looks for the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// This is where and how.
    Exact,
    /// It matches only on a file system that ignores case.
    OtherCase,
    /// Something else.
    No,
}

impl Fit {
    /// Compares a path with the expected one.
    pub(super) fn of(path: &str, expected: &str) -> Self {
        if path == expected {
            Self::Exact
        } else if path.eq_ignore_ascii_case(expected) {
            Self::OtherCase
        } else {
            Self::No
        }
    }

    /// Compares the part of a path below its first segment with the expected one.
    pub(super) fn below_root(path: &str, expected: &str) -> Self {
        path.split_once('/').map_or(Self::No, |(_, rest)| Self::of(rest, expected))
    }
}

/// A manifest with its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Located<'a> {
    pub(super) entry: &'a Entry,
    pub(super) bytes: &'a [u8],
}

/// The bytes of an entry, if the pipeline kept them.
pub(super) fn kept<'a>(inventory: &'a Inventory, entry: &Entry) -> Option<&'a [u8]> {
    inventory.manifests.iter().find(|kept| kept.entry == entry.id).map(|kept| kept.bytes.as_slice())
}

/// The manifest that `fit` accepts, and what is wrong with the way it is there. If it is there twice, the last one
/// counts, as it does after unpacking. `expected` is the place to name if there is none.
pub(super) fn manifest<'a>(
    inventory: &'a Inventory,
    expected: &str,
    fit: impl Fn(&str) -> Fit,
    problems: &mut Vec<ManifestProblem>,
) -> Option<Located<'a>> {
    let found = optional(inventory, fit, problems);
    if found.is_none() && !problems.iter().any(|problem| problem.kind.blinds()) {
        problems.push(ManifestProblem {
            kind: ManifestTrouble::Missing,
            place: expected.to_owned(),
            line: None,
            detail: format!("there is no {expected}, so what the package promises is unknown"),
        });
    }
    found
}

/// Like [`manifest`], for a file that may be absent.
pub(super) fn optional<'a>(
    inventory: &'a Inventory,
    fit: impl Fn(&str) -> Fit,
    problems: &mut Vec<ManifestProblem>,
) -> Option<Located<'a>> {
    let mut exact: Vec<&Entry> = Vec::new();
    let mut other: Vec<&Entry> = Vec::new();
    for entry in inventory.top_files() {
        match fit(&entry.path) {
            Fit::Exact => exact.push(entry),
            Fit::OtherCase => other.push(entry),
            Fit::No => {}
        }
    }
    let chosen = exact.last().or(other.last()).copied()?;
    let bytes = kept(inventory, chosen);
    for &entry in &other {
        problems.push(ManifestProblem {
            kind: ManifestTrouble::LetterCase,
            place: entry.place.clone(),
            line: None,
            detail:
                "its name differs from the manifest's only in case: some systems take it for the manifest \
                     and others don't"
                    .to_owned(),
        });
    }
    let first_differing = exact.iter().rev().skip(1).find(|entry| kept(inventory, entry) != bytes);
    if first_differing.is_some() {
        problems.push(ManifestProblem {
            kind: ManifestTrouble::Twice,
            place: chosen.place.clone(),
            line: None,
            detail: format!("the manifest is there {} times with different contents", exact.len()),
        });
    }
    let Some(bytes) = bytes else {
        problems.push(ManifestProblem {
            kind: ManifestTrouble::Unreadable,
            place: chosen.place.clone(),
            line: None,
            detail: "the manifest could not be read completely, or is too large to be one".to_owned(),
        });
        return None;
    };
    Some(Located { entry: chosen, bytes })
}

/// A problem of a manifest that is there and can't be understood.
pub(super) fn unreadable(place: &str, line: Option<u64>, why: &str) -> ManifestProblem {
    ManifestProblem {
        kind: ManifestTrouble::Unreadable,
        place: place.to_owned(),
        line,
        detail: format!("the manifest can't be read: {why}"),
    }
}

/// The line, from 1, of a byte offset.
pub(super) fn line_at(text: &str, offset: usize) -> u64 {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    1 + memchr::memchr_iter(b'\n', before).count() as u64
}
