use super::glob;

/// A size below which nobody cares, in bytes: the limit of a line that names none.
pub(super) const SMALL: u64 = 1 << 20;

/// One line of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Line number in the file, from 1; 0 for one that was never written.
    pub number: usize,
    /// Comments above it, with their `#`; empty lines as empty texts.
    pub comments: Vec<String>,
    /// The paths that it allows.
    pub pattern: Pattern,
    /// Whether an artifact without such a path is in order too.
    pub optional: bool,
    /// The largest size allowed, in bytes; `None` stands for 1 MiB.
    pub limit: Option<u64>,
}

/// The paths that a line allows, relative to the package's root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// Exactly this path, whatever characters it has; written in double quotes.
    Exact(String),
    /// As written: `*`, `?` and `**` are wildcards, `{version}` and `{python}` stand for the package's
    /// version and a Python interpreter's tag.
    Glob(String),
}

impl Line {
    /// A line without extras.
    pub fn new(pattern: Pattern) -> Self {
        Self { number: 0, comments: Vec::new(), pattern, optional: false, limit: None }
    }

    /// The largest size allowed, in bytes.
    pub fn most(&self) -> u64 {
        self.limit.unwrap_or(SMALL)
    }

    /// Whether an artifact without such a path is to be reported. A glob that somebody wrote by hand is
    /// a permission, not a promise; those of hashes stand for files that every build has.
    pub fn is_promise(&self) -> bool {
        !self.optional && !self.pattern.is_handwritten()
    }
}

impl Pattern {
    /// Exactly this path, in quotes only where it must be.
    pub fn of_path(path: &str) -> Self {
        if is_plain(path) { Self::Glob(path.to_owned()) } else { Self::Exact(path.to_owned()) }
    }

    /// The line's text without quotes.
    pub fn text(&self) -> &str {
        match self {
            Self::Exact(path) | Self::Glob(path) => path,
        }
    }

    /// Whether several paths may match.
    pub fn has_wildcard(&self) -> bool {
        matches!(self, Self::Glob(text) if glob::has_wildcard(text))
    }

    /// Whether it is a glob of a form that packgate never writes itself.
    pub fn is_handwritten(&self) -> bool {
        self.has_wildcard() && !self.text().contains("????????")
    }

    /// Whether it allows a path, given in all its spellings.
    pub fn allows(&self, spellings: &[String]) -> bool {
        match self {
            Self::Exact(path) => spellings.first() == Some(path),
            Self::Glob(text) if glob::has_wildcard(text) => {
                spellings.iter().any(|path| glob::matches(text, path))
            }
            Self::Glob(text) => spellings.contains(text),
        }
    }
}

/// The size class that a file of this size belongs to: its upper bound in bytes, a power of two with room
/// for growth by half; `None` for a file that is small.
pub fn size_class(bytes: u64) -> Option<u64> {
    let roomy = bytes.saturating_add(bytes / 2);
    (roomy > SMALL).then(|| roomy.checked_next_power_of_two().unwrap_or(u64::MAX))
}

/// Whether a path reads back as itself when it is written without quotes.
pub(super) fn is_plain(path: &str) -> bool {
    let harmless =
        |c: char| (' '..='~').contains(&c) && !matches!(c, '*' | '?' | '"' | '\\') || c.is_alphanumeric();
    path == path.trim()
        && !path.contains("  ")
        && !path.starts_with(['#', '['])
        && !path.contains("{version}")
        && !path.contains("{python}")
        && !is_conflict_marker(path)
        && path.chars().all(harmless)
}

/// Whether a line was left there by a merge.
pub(super) fn is_conflict_marker(line: &str) -> bool {
    line == "======="
        || ["<<<<<<<", ">>>>>>>", "|||||||"]
            .iter()
            .any(|marker| line == *marker || line.starts_with(&format!("{marker} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_classes() {
        const MIB: u64 = 1 << 20;
        for (bytes, class) in [
            (0, None),
            (600 << 10, None),
            (700 << 10, Some(2 * MIB)),
            (MIB, Some(2 * MIB)),
            (5 * MIB, Some(8 * MIB)),
            (6 * MIB, Some(16 * MIB)),
            (60 * MIB, Some(128 * MIB)),
            (u64::MAX, Some(u64::MAX)),
        ] {
            assert_eq!(size_class(bytes), class, "{bytes}");
        }
    }

    #[test]
    fn what_is_written_by_hand() {
        let handwritten = |text: &str| Pattern::Glob(text.into()).is_handwritten();
        assert!(handwritten("docs/**"));
        assert!(handwritten("locale/*.json"));
        assert!(!handwritten("dist/*-????????.js"));
        assert!(!handwritten("dist/cli.js"));
        assert!(!Pattern::Exact("what*.js".into()).is_handwritten());
    }
}
