//! Places in source text that are there for show: unit tests of Rust, comments and docstrings, where people write
//! what a credential looks like.

use super::Sample;

/// What there is to know of one text.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Where the unit tests begin.
    tests: Option<usize>,
    /// Where docstrings begin and end, in turn.
    quotes: Vec<usize>,
    signs: &'static [&'static [u8]],
}

impl Shown {
    pub(super) fn new(sample: &Sample<'_>) -> Self {
        let mut shown = Self::default();
        if sample.decoded.is_some() || !sample.media.is_text() {
            return shown;
        }
        let extension = sample.path.rsplit('.').next().unwrap_or_default();
        match extension {
            "rs" => {
                let find = |sign: &[u8]| memchr::memmem::find(sample.bytes, sign);
                shown.tests = [find(b"#[cfg(test)]"), find(b"#[cfg(all(test")].into_iter().flatten().min();
            }
            "py" | "pyi" => shown.quotes = memchr::memmem::find_iter(sample.bytes, b"\"\"\"").collect(),
            _ => {}
        }
        shown.signs = match extension {
            "rs" | "js" | "mjs" | "cjs" | "ts" | "mts" | "cts" | "tsx" | "jsx" | "go" | "java" | "kt"
            | "scala" | "c" | "h" | "cc" | "cpp" | "hpp" | "cs" | "swift" | "php" | "dart" => {
                &[b"//", b"*", b"/*"]
            }
            "py" | "pyi" | "rb" | "pl" | "ex" | "exs" | "r" => &[b"#"],
            "lua" | "sql" | "hs" => &[b"--"],
            _ => &[],
        };
        shown
    }

    /// Whether this place is one.
    pub(super) fn is_at(&self, text: &[u8], at: usize) -> bool {
        const LONGEST_LINE: usize = 1000;
        if self.tests.is_some_and(|tests| tests < at)
            || self.quotes.partition_point(|quote| *quote < at) % 2 == 1
        {
            return true;
        }
        let before = text.get(at.saturating_sub(LONGEST_LINE)..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        let line = before.get(start..).unwrap_or_default().trim_ascii_start();
        self.signs.iter().any(|sign| line.starts_with(sign))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Media;

    #[test]
    fn comments_docstrings_and_unit_tests_are_for_show() {
        for (path, text, expected) in [
            ("a.rs", "let a = \"@\";", false),
            ("a.rs", "// like @", true),
            ("a.rs", "#[cfg(test)]\nmod tests { const A: &str = \"@\"; }", true),
            ("a.py", "def a():\n    \"\"\"Looks something like @\"\"\"\n", true),
            ("a.py", "\"\"\"What it does.\"\"\"\nA = '@'\n", false),
            ("a.py", "# A = '@'\n", true),
            ("a.js", "/**\n * @example @\n */", true),
            ("a.js", "const a = b * '@'", false),
            ("a.env", "# A=@\n", false),
        ] {
            let at = text.rfind('@').unwrap();
            let sample = Sample::new(path, text.as_bytes(), Media::Text);
            assert_eq!(Shown::new(&sample).is_at(text.as_bytes(), at), expected, "{path}: {text}");
        }
    }
}
