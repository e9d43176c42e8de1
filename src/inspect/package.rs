//! Packages that the policy names: imports, dependency keys, and folders under `node_modules`.

use std::collections::HashMap;

use globset::{GlobBuilder, GlobMatcher};

use crate::inventory::MentionKind;

use super::{FactSink, Hit, Inspector, Sample, ScanOptions, Scanner, mention};

pub(super) const INSPECTOR: Inspector = Inspector { name: "package", needles, inspect };

/// How far around a needle a specifier may reach, in bytes.
const REACH: usize = 300;

fn needles(wanted: &ScanOptions) -> Vec<Vec<u8>> {
    wanted.packages.iter().map(|pattern| needle(pattern).into_bytes()).collect()
}

/// The longest literal part of a pattern: what to look for. A bare scope stands for all its packages.
fn needle(pattern: &str) -> String {
    let pattern = whole(pattern);
    let mut best = "";
    for part in pattern.split(['*', '?', '[', ']', '{', '}', ',']) {
        if part.len() > best.len() {
            best = part;
        }
    }
    if best.len() < 2 { String::new() } else { best.to_owned() }
}

/// `@acme` means `@acme/*`.
fn whole(pattern: &str) -> String {
    let is_scope = pattern.starts_with('@') && !pattern.contains('/');
    if is_scope { format!("{pattern}/*") } else { pattern.to_owned() }
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], scanner: &Scanner, sink: &mut FactSink<'_>) {
    if hits.is_empty() || mention::is_packed(sample.media) {
        return;
    }
    // compiled at most once a file: there may be a million places
    let mut patterns: HashMap<usize, Pattern> = HashMap::new();
    for hit in hits {
        let Some(text) = scanner.options.packages.get(hit.needle) else { continue };
        let pattern = patterns.entry(hit.needle).or_insert_with(|| Pattern::new(text));
        let Some(specifier) = Specifier::around(sample.bytes, hit.offset) else { continue };
        let name = specifier.package();
        let is_metadata = ["METADATA", "PKG-INFO"].iter().any(|file| sample.path.ends_with(file));
        let is_reference = specifier.is_reference(sample.bytes, name)
            || is_metadata && specifier.is_requirement(sample.bytes);
        if !pattern.matches(name) || !is_reference {
            continue;
        }
        if sample.path.ends_with("package.json")
            && list_around(sample.bytes, hit.offset) == Some(List::Development)
        {
            continue;
        }
        mention::add(sink.entry, MentionKind::Package, name, || sample.at(hit.offset));
    }
}

/// A name, or what names are like.
struct Pattern {
    name: String,
    glob: Option<GlobMatcher>,
}

impl Pattern {
    fn new(text: &str) -> Self {
        let name = whole(text);
        let is_glob = name.contains(['*', '?', '[', '{']);
        let glob = is_glob.then(|| GlobBuilder::new(&name).literal_separator(true).build().ok()).flatten();
        Self { name, glob: glob.map(|glob| glob.compile_matcher()) }
    }

    fn matches(&self, name: &str) -> bool {
        self.name == name || self.glob.as_ref().is_some_and(|glob| glob.is_match(name))
    }
}

/// A run of bytes of which module specifiers and paths are made.
struct Specifier<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

impl<'a> Specifier<'a> {
    fn around(bytes: &'a [u8], at: usize) -> Option<Self> {
        let before =
            bytes.get(..at)?.iter().rev().take(REACH).take_while(|byte| is_specifier(**byte)).count();
        let after = bytes.get(at..)?.iter().take(REACH).take_while(|byte| is_specifier(**byte)).count();
        let (start, end) = (at - before, at + after);
        Some(Self { text: std::str::from_utf8(bytes.get(start..end)?).ok()?, start, end })
    }

    /// The part from the package's name on: after the last `node_modules/`, if there is one.
    fn name_on(&self) -> &'a str {
        self.text.rfind("node_modules/").map_or(self.text, |at| self.text.get(at + 13..).unwrap_or_default())
    }

    /// The package: two segments with a scope, else one.
    fn package(&self) -> &'a str {
        let text = self.name_on();
        let segments = if text.starts_with('@') { 2 } else { 1 };
        let end = text.match_indices('/').nth(segments - 1).map_or(text.len(), |(at, _)| at);
        text.get(..end).unwrap_or_default()
    }

    /// Whether this begins a requirement in the metadata of a Python package.
    fn is_requirement(&self, bytes: &[u8]) -> bool {
        const FIELD: &[u8] = b"Requires-Dist:";
        let before = bytes.get(..self.start).unwrap_or_default().trim_ascii_end();
        let Some(above) = before.strip_suffix(FIELD) else { return false };
        above.is_empty() || above.ends_with(b"\n")
    }

    /// Whether this refers to a package, rather than being a word in prose: a folder under
    /// `node_modules`, a quoted scoped name, or a quoted plain name that is imported or a dependency key.
    fn is_reference(&self, bytes: &[u8], name: &str) -> bool {
        if self.name_on().len() < self.text.len() {
            return true;
        }
        let before = bytes.get(..self.start).unwrap_or_default();
        let after = without_escape(bytes.get(self.end..).unwrap_or_default());
        let (Some((&open, before)), Some((&close, after))) = (before.split_last(), after.split_first())
        else {
            return false;
        };
        if open != close || !matches!(open, b'"' | b'\'' | b'`') {
            return false;
        }
        if name.starts_with('@') {
            return true;
        }
        let before = before.strip_suffix(b"\\").unwrap_or(before).trim_ascii_end();
        let called = [&b"require("[..], b"import(", b"require.resolve("];
        // Statements take no template; a word behind "from" in backquotes is marked up in prose.
        let stated = [&b"import"[..], b"from"];
        let ends_in = |words: &[&[u8]]| words.iter().any(|word| before.ends_with(word));
        let is_key = after.trim_ascii_start().starts_with(b":");
        ends_in(&called)
            || open != b'`' && ends_in(&stated)
            || is_key && list_around(bytes, self.start).is_some()
    }
}

/// Without the backslash of an escaped quote, as source text in a JSON string has it.
fn without_escape(after: &[u8]) -> &[u8] {
    match after {
        [b'\\', rest @ ..] if matches!(rest.first(), Some(b'"' | b'\'' | b'`')) => rest,
        _ => after,
    }
}

/// A list of dependencies in a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    /// What no user installs.
    Development,
    /// Any other.
    Other,
}

/// The list of dependencies that a key at this place stands in. A plain word may be a key anywhere else: of a script, of
/// a setting.
fn list_around(bytes: &[u8], at: usize) -> Option<List> {
    /// Longer lists of dependencies are not looked through.
    const FARTHEST: usize = 64 << 10;
    let before = bytes.get(at.saturating_sub(FARTHEST)..at)?;
    let key = memchr::memmem::rfind(before, b"ependencies")?;
    let (head, inside) = before.split_at_checked(key)?;
    let mut depth = 0_u32;
    for byte in inside {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return None,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    let is_development = head.ends_with(b"devD");
    (depth == 1).then_some(if is_development { List::Development } else { List::Other })
}

fn is_specifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'/' | b'.' | b'_' | b'-' | b'~' | b'+')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use crate::inventory::{Entry, Media};

    fn packages(wanted: &[&str], path: &str, text: &str) -> Vec<String> {
        let packages = wanted.iter().map(|name| (*name).to_owned()).collect();
        let scanner = Scanner::new(ScanOptions { packages, ..ScanOptions::default() });
        let mut entry = Entry { media: Media::Text, path: path.to_owned(), ..Entry::default() };
        inspect(text.as_bytes(), &scanner, &mut entry);
        let is_package = |kind| kind == MentionKind::Package;
        entry.mentions.into_iter().filter(|found| is_package(found.kind)).map(|found| found.what).collect()
    }

    #[test]
    fn references_to_internal_packages() {
        for (wanted, text, name) in [
            ("@acme", "import x from '@acme/core/deep'", "@acme/core"),
            ("@acme/*", "require(\"@acme/core\")", "@acme/core"),
            ("acme-core", "await import(`acme-core`)", "acme-core"),
            ("@acme/core", "\"@acme/core\": \"^1.0.0\"", "@acme/core"),
            ("@acme/core", "{\"sourcesContent\":[\"import \\\"@acme/core\\\";\"]}", "@acme/core"),
            ("acme-*", "const a = require('acme-billing/x')", "acme-billing"),
            ("*-internal", "import('billing-internal')", "billing-internal"),
            ("@acme/core", "// node_modules/@acme/core/src/a.js", "@acme/core"),
            ("acme-core", "// ../node_modules/.pnpm/x@1/node_modules/acme-core/a.js", "acme-core"),
            ("acme-core", "{\"dependencies\":{\"acme-core\" : \"1\"}}", "acme-core"),
            ("test", "{\"peerDependencies\":{\"a\":\"1\",\"test\":\"1\"}}", "test"),
            ("test", "{\"peerDependenciesMeta\":{\"a\":{},\"test\":{\"optional\":true}}}", "test"),
            ("core", "JSON.parse('{\\\"dependencies\\\":{\\\"core\\\":\\\"1\\\"}}')", "core"),
        ] {
            assert_eq!(packages(&[wanted], "package/a.js", text), [name], "{wanted}: {text}");
        }
    }

    #[test]
    fn requirements_in_the_metadata_of_python_packages() {
        let text = "Name: a\nRequires-Dist: acme-core[fast]>=1; extra == 'x'\nSummary: acme-core\n\nRequires-Dist acme-core";
        assert_eq!(packages(&["acme-core"], "a-1.dist-info/METADATA", text), ["acme-core"]);
        for (path, text) in [
            ("a/notes.txt", text),
            ("a-1.dist-info/METADATA", "Requires-Dist: acme-core-js\n"),
            ("a-1.dist-info/METADATA", "X-Requires-Dist: acme-core\nRequires-Dist: my acme-core"),
        ] {
            assert_eq!(packages(&["acme-core"], path, text), [""; 0], "{path} {text}");
        }
    }

    #[test]
    fn longer_names_and_prose() {
        for (wanted, text) in [
            ("@acme", "import x from '@acme-tools/core'"),
            ("@acme", "import x from '@acmes/core'"),
            ("@acme/core", "require('@acme/core-js')"),
            ("@acme/core", "the package @acme/core is internal"),
            ("@acme", "mail bob@acme/now"),
            ("acme-core", "require('my-acme-core')"),
            ("acme-core", "let title = 'acme-core';"),
            ("acme-core", "require('./acme-core')"),
            ("ty", "/// Extract membership facts from `ty`."),
            ("test", "{\"dependencies\":{\"a\":\"1\"},\"scripts\":{\"test\":\"jest\"}}"),
            ("test", "module.exports = {'test': 1}"),
            ("docs", "{\"devDependencies\":{\"a\":\"1\"},\"directories\":{\"docs\":\"docs\"}}"),
        ] {
            assert!(packages(&[wanted], "package/a.js", text).is_empty(), "{wanted}: {text}");
        }
    }

    #[test]
    fn development_dependencies_are_nobodys_business() {
        let manifest = "{\"devDependencies\":{\"@acme/lint\":\"1\"},\"dependencies\":{\"@acme/core\":\"1\"}}";
        assert_eq!(packages(&["@acme"], "package/package.json", manifest), ["@acme/core"]);
    }
}
