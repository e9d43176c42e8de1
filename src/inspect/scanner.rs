use std::sync::Arc;

use regex::bytes::Regex;

use crate::fingerprint::{Index, OwnSource};
use crate::inventory::ObjectFormat;
use crate::paths::PrivateMembers;
use crate::timings::Timings;
use crate::unpack::Limits;

use super::prefilter::Prefilter;
use super::{INSPECTORS, in_runs};

/// What the user wants looked for, beyond what is always looked for.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Each entry's SHA-256.
    pub digests: bool,
    /// Each entry's ids as a blob of git.
    pub blobs: Option<ObjectFormat>,
    /// The texts that source maps hold, in [`crate::inventory::Entry::recovered`].
    pub recovered: bool,
    /// Literal markers.
    pub markers: Vec<String>,
    /// Markers as patterns.
    pub marker_patterns: Vec<Regex>,
    /// Package names and scopes.
    pub packages: Vec<String>,
    /// The private members of the workspace that the package is in.
    pub private_members: PrivateMembers,
    /// Host names and suffixes.
    pub hosts: Vec<String>,
    /// Fingerprints of internal code.
    pub internal_code: Option<Arc<Index>>,
    /// The project's own source text.
    pub own_source: Option<Arc<OwnSource>>,
    /// Bounds for decoding.
    pub limits: Limits,
    /// Where to count the time of each stage.
    pub timings: Option<Arc<Timings>>,
}

impl ScanOptions {
    /// Whether something is looked for that no literal begins.
    pub(super) fn looks_at_all(&self) -> bool {
        !self.marker_patterns.is_empty() || self.internal_code.is_some()
    }

    /// Whether all that inspectors make literals of is the same. To make them anew for each package of a workspace, only
    /// to see that, would take longer than many an audit.
    fn has_words_of(&self, other: &Self) -> bool {
        self.markers == other.markers
            && self.packages == other.packages
            && self.hosts == other.hosts
            && self.private_members.members == other.private_members.members
    }
}

/// What to look out for: patterns compiled once and shared by all workers.
#[derive(Debug)]
pub struct Scanner {
    /// As it was asked for.
    pub options: ScanOptions,
    pub(super) prefilter: Arc<Prefilter>,
    needles: Arc<Needles>,
}

/// The literals of each inspector.
type Needles = Vec<Vec<Vec<u8>>>;

impl Scanner {
    /// Where to count the time of each stage, if anywhere.
    pub(crate) fn timings(&self) -> Option<&Timings> {
        self.options.timings.as_deref()
    }

    /// Compiles what is wanted.
    pub fn new(options: ScanOptions) -> Self {
        let needles = needles(&options);
        Self {
            prefilter: Arc::new(Prefilter::new(needles.clone(), &in_runs())),
            needles: Arc::new(needles),
            options,
        }
    }

    /// A scanner with other options. What it looks for is compiled only if that is something else.
    pub fn beside(&self, options: ScanOptions) -> Self {
        if !options.has_words_of(&self.options) {
            return Self::new(options);
        }
        debug_assert!(needles(&options) == *self.needles, "literals of something that isn't compared");
        Self { prefilter: Arc::clone(&self.prefilter), needles: Arc::clone(&self.needles), options }
    }

    /// The literals that are looked for, by inspector; for measuring what each costs.
    pub fn literals(&self) -> impl Iterator<Item = &[u8]> {
        self.needles.iter().flatten().map(Vec::as_slice)
    }

    /// What is always looked for, compiled once for all tests.
    #[cfg(test)]
    pub(crate) fn plain() -> &'static Self {
        static PLAIN: std::sync::LazyLock<Scanner> =
            std::sync::LazyLock::new(|| Scanner::new(ScanOptions::default()));
        &PLAIN
    }
}

fn needles(options: &ScanOptions) -> Needles {
    INSPECTORS.iter().map(|inspector| (inspector.needles)(options)).collect()
}
