//! Tools that publish a folder below a project in its place, because their settings say so: semantic-release (`pkgRoot`),
//! release-it (`publishPath`), np and lerna (`contents`).

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use super::{Library, MANIFEST};
use crate::paths::join;
use crate::project::read;

/// A setting that names the folder.
struct Setting {
    tool: &'static str,
    key: &'static str,
    /// The files that may hold it, programs among them.
    files: &'static [&'static str],
    /// Folders above whose settings speak for this one, too.
    above: usize,
}

const SETTINGS: [Setting; 4] = [
    Setting {
        tool: "semantic-release",
        key: "pkgRoot",
        files: &[
            ".releaserc",
            ".releaserc.json",
            ".releaserc.yml",
            ".releaserc.yaml",
            ".releaserc.js",
            ".releaserc.cjs",
            "release.config.js",
            "release.config.cjs",
            "release.config.mjs",
            MANIFEST,
        ],
        above: 0,
    },
    Setting {
        tool: "release-it",
        key: "publishPath",
        files: &[
            ".release-it.json",
            ".release-it.yml",
            ".release-it.yaml",
            ".release-it.js",
            ".release-it.cjs",
            ".release-it.ts",
            MANIFEST,
        ],
        above: 0,
    },
    Setting {
        tool: "np",
        key: "contents",
        files: &[".np-config.json", ".np-config.js", ".np-config.cjs", ".np-config.mjs"],
        above: 0,
    },
    Setting { tool: "lerna", key: "contents", files: &["lerna.json"], above: 3 },
];

/// The tool that publishes a folder in place of `folder`, and that folder, as seen from there.
pub(super) fn destination(folder: &Path) -> Option<(&'static str, String)> {
    // One look at the folder for all that isn't there.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let here: BTreeSet<OsString> = entries.map(|entry| entry.file_name()).collect();
    SETTINGS.iter().find_map(|setting| {
        let places = folder.ancestors().take(1 + setting.above);
        let files = places.flat_map(|at| setting.files.iter().map(move |file| (at, file)));
        let mut files = files.filter(|(at, file)| *at != folder || here.contains(OsStr::new(file)));
        let written = files.find_map(|(at, file)| {
            let is_program = file.ends_with("js") || file.ends_with("ts");
            value(&read(&at.join(file))?, setting.key, is_program)
        })?;
        join("", &written).filter(|written| !written.is_empty()).map(|written| (setting.tool, written))
    })
}

/// The library in a folder, if it is published from below.
pub(super) fn library(folder: &Path) -> Option<Library> {
    let (_, written) = destination(folder)?;
    Some(Library { folder: String::new(), written })
}

/// The path that stands behind a key in JSON, YAML or JavaScript; nothing that a program would have to work out.
fn value(text: &str, key: &str, is_program: bool) -> Option<String> {
    const QUOTES: [char; 2] = ['"', '\''];
    text.match_indices(key).find_map(|(at, _)| {
        let (before, behind) = (text.get(..at)?, text.get(at + key.len()..)?);
        if before.ends_with(|sign: char| sign.is_alphanumeric() || sign == '_') {
            return None;
        }
        let behind = behind.strip_prefix(QUOTES).unwrap_or(behind);
        let value = behind.trim_start().strip_prefix(':')?.trim_start();
        let value = match value.strip_prefix(QUOTES) {
            Some(quoted) => quoted.split(QUOTES).next(),
            None if is_program => None,
            None => value.lines().next(),
        };
        let is_path = |value: &&str| {
            !value.is_empty() && value.chars().all(|sign| sign.is_alphanumeric() || "._-/@".contains(sign))
        };
        value.map(str::trim).filter(is_path).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    fn told(files: &[(&str, &str)], at: &str) -> Option<(&'static str, String)> {
        destination(&tree(files).path().join(at))
    }

    #[test]
    fn the_folder_that_a_release_tool_publishes() {
        for (file, text, tool) in [
            (
                ".releaserc",
                r#"{"plugins": [["@semantic-release/npm", {"npmPublish": true, "pkgRoot": "./dist"}]]}"#,
                "semantic-release",
            ),
            (
                ".releaserc.yml",
                "plugins:\n  - - '@semantic-release/npm'\n    - pkgRoot: dist\n",
                "semantic-release",
            ),
            (
                "release.config.mjs",
                "export default { plugins: [['x', { pkgRoot: 'dist/' }]] };",
                "semantic-release",
            ),
            ("package.json", r#"{"release-it": {"npm": {"publishPath": "dist"}}}"#, "release-it"),
            (".np-config.json", r#"{"contents":"dist"}"#, "np"),
        ] {
            assert_eq!(told(&[(file, text)], ""), Some((tool, "dist".to_owned())), "{file}");
        }
        let lerna = ("lerna.json", r#"{"command": {"publish": {"contents": "dist"}}}"#);
        assert_eq!(
            told(&[lerna, ("packages/a/package.json", "{}")], "packages/a"),
            Some(("lerna", "dist".to_owned()))
        );
    }

    #[test]
    fn what_is_published_as_it_stands() {
        for (file, text) in [
            (".releaserc", r#"{"plugins": [["@semantic-release/npm", {"pkgRoot": "."}]]}"#),
            (".releaserc", r#"{"plugins": ["@semantic-release/npm"]}"#),
            (
                "release.config.js",
                "module.exports = { plugins: [['x', { pkgRoot: dist }]], notpkgRoot: 'dist' };",
            ),
            ("package.json", r#"{"contents": "dist"}"#),
            ("lerna.json", r#"{"packages": ["packages/*"]}"#),
        ] {
            assert_eq!(told(&[(file, text)], ""), None, "{text}");
        }
    }
}
