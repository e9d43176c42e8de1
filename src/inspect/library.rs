//! Libraries of others that lie in a package as their makers publish them: `bootstrap.min.js`, whose first comment says
//! `Bootstrap v5.3.3` and its licence.

use crate::inventory::MentionKind;

use super::{FactSink, Hit, Inspector, Sample, Scanner, mention};

pub(super) const INSPECTOR: Inspector = Inspector { name: "library", needles: |_| Vec::new(), inspect };

/// The comment stands in the first bytes, and ends in these.
const TOP: usize = 1_500;
/// Where it must begin: behind `"use strict";`, at most.
const START: usize = 32;
/// Licences that libraries for browsers have, as they name them.
const LICENCES: [&str; 7] = ["MIT", "Apache", "BSD", "ISC", "MPL", "Mozilla", "Unlicense"];
/// What is in a file's name beside the library's.
const FORMS: [&str; 13] = [
    "min",
    "bundle",
    "umd",
    "esm",
    "cjs",
    "iife",
    "global",
    "prod",
    "production",
    "slim",
    "all",
    "full",
    "js",
];
/// Names that a project's own files have, too.
const COMMON: [&str; 14] = [
    "index", "main", "app", "core", "common", "vendor", "vendors", "runtime", "client", "server", "utils",
    "lib", "library", "build",
];
/// A shorter name stands in many others.
const SHORTEST: usize = 3;

fn inspect(sample: &Sample<'_>, _: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if sample.decoded.is_some() || !sample.media.is_text() {
        return;
    }
    if let Some(library) = library(sample.path, sample.bytes) {
        mention::add(sink.entry, MentionKind::Library, &library, || sample.at(0));
    }
}

/// The name in the first comment of a script or a style sheet that is called so.
fn library(path: &str, bytes: &[u8]) -> Option<String> {
    let (_, file) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = file.rsplit_once('.')?;
    if !matches!(extension, "js" | "cjs" | "mjs" | "css") {
        return None;
    }
    let top = bytes.get(..TOP).unwrap_or(bytes);
    let start = memchr::memmem::find(top.get(..START.min(top.len()))?, b"/*")?;
    let comment = top.get(start + 2..)?;
    let comment = comment.get(..memchr::memmem::find(comment, b"*/")?)?;
    let comment = String::from_utf8_lossy(comment);
    let stem = stem.to_ascii_lowercase();
    let stem = stem.split(['.', '-', '_']).find(|part| !FORMS.contains(part))?;
    let is_open = || comment.split(|sign: char| !sign.is_alphanumeric()).any(|word| LICENCES.contains(&word));
    if stem.len() < SHORTEST || COMMON.contains(&stem) || !is_open() {
        return None;
    }
    comment.lines().find_map(|line| {
        let words: Vec<&str> =
            line.split_whitespace().filter(|word| !matches!(*word, "*" | "!" | "@license")).collect();
        let version = words.iter().position(|word| is_version(word))?;
        let name = words.get(..version)?.concat().to_ascii_lowercase();
        name.contains(stem).then(|| words.get(..=version).unwrap_or_default().join(" "))
    })
}

/// `v5.3.3`, `2.11.8,`.
fn is_version(word: &str) -> bool {
    let word = word.trim_start_matches(['v', '@', '(']);
    let mut parts = word.split('.');
    let is_number =
        |part: Option<&str>| part.is_some_and(|part| part.starts_with(|sign: char| sign.is_ascii_digit()));
    is_number(parts.next()) && is_number(parts.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_that_their_makers_publish() {
        for (path, text) in [
            (
                "dist/bootstrap.bundle.min.js",
                "/*!\n  * Bootstrap v5.3.3 (https://getbootstrap.com/)\n  * Licensed under MIT\n  */\n!function(){}()",
            ),
            ("popper.min.js", "/**\n * @popperjs/core v2.11.8 - MIT License\n */\n"),
            (
                "chart.umd.js",
                "\"use strict\";\n/*!\n * Chart.js v4.4.0\n * Released under the MIT License\n */\n",
            ),
            ("jquery-3.7.1.min.js", "/*! jQuery v3.7.1 | (c) OpenJS Foundation | MIT */\n"),
        ] {
            assert!(library(path, text.as_bytes()).is_some(), "{path}");
        }
    }

    #[test]
    fn scripts_of_ones_own_that_begin_with_a_librarys_banner() {
        let banner = "/*!\n  * Bootstrap v5.3.3 (https://getbootstrap.com/)\n  * Licensed under MIT\n  */\n";
        for (path, text) in [
            ("dist/index.js", banner.to_owned()),
            ("dist/quay.js", banner.to_owned()),
            ("core.min.js", "/**\n * @popperjs/core v2.11.8 - MIT License\n */\n".to_owned()),
            ("bootstrap.js", "/* Bootstrap v5.3.3 */\n".to_owned()),
            ("bootstrap.js", "/* Starts the bootstrap; MIT */\n".to_owned()),
            ("bootstrap.js", format!("import './a.js'; import './b.js';\n{banner}")),
            ("bootstrap.ts", banner.to_owned()),
        ] {
            assert!(library(path, text.as_bytes()).is_none(), "{path}: {text}");
        }
    }
}
