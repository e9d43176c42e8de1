//! The folder that a web app's own build settings say its build writes to.
//!
//! The settings are programs, which are not run: what stands in them literally is found.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::project::read;

/// Where a tool's settings say so: how the files' names begin, the pattern, and what to add to what its group fits; a
/// pattern without a group stands for the folder behind it.
const SETTINGS: [(&str, &str, &str); 8] = [
    ("vite.config.", r#"\boutDir\s*:\s*["'`]([^"'`$]+)["'`]"#, ""),
    ("astro.config.", r#"\boutDir\s*:\s*["'`]([^"'`$]+)["'`]"#, ""),
    ("vue.config.", r#"\boutputDir\s*:\s*["'`]([^"'`$]+)["'`]"#, ""),
    // What is exported is what is deployed; what Next's server runs from lies beside it.
    ("next.config.", r#"\boutput\s*:\s*["']export["']"#, "out"),
    ("next.config.", r#"\bdistDir\s*:\s*["'`]([^"'`$]+)["'`]"#, ""),
    ("next.config.", "", ".next"),
    ("angular.json", r#""outputPath"\s*:\s*"([^"]+)""#, "browser"),
    ("angular.json", r#""outputPath"\s*:\s*"([^"]+)""#, ""),
];

static PATTERNS: LazyLock<Vec<(&str, Regex, &str)>> = LazyLock::new(|| {
    let compiled = |(begin, pattern, below)| Some((begin, Regex::new(pattern).ok()?, below));
    SETTINGS.into_iter().filter_map(compiled).collect()
});

/// The folder below a project's that its build settings name, if it is there.
pub(in crate::ecosystem) fn named_by_build(folder: &Path) -> Option<String> {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let mut texts: Vec<(String, String)> = Vec::new();
    for name in names {
        if SETTINGS.iter().any(|(begin, ..)| name.starts_with(begin))
            && let Some(text) = read(&folder.join(&name))
        {
            texts.push((name, without_comments(&text)));
        }
    }
    PATTERNS.iter().find_map(|(begin, pattern, below)| {
        let (_, text) = texts.iter().find(|(name, _)| name.starts_with(begin))?;
        let found = pattern.captures(text)?;
        let named = found.get(1).map_or("", |named| named.as_str());
        let place = crate::paths::join("", &format!("{named}/{below}")).filter(|place| !place.is_empty())?;
        folder.join(&place).is_dir().then_some(place)
    })
}

/// The lines that are no comments.
fn without_comments(text: &str) -> String {
    let is_comment = |line: &&str| ["//", "*", "/*"].iter().any(|begin| line.trim_start().starts_with(begin));
    text.lines().filter(|line| !is_comment(line)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    #[test]
    fn the_folder_that_the_settings_name() {
        let page = ("deploy/www/index.html", "");
        for (files, expected) in [
            (
                &[("vite.config.ts", "build: { outDir: \"deploy/www\", sourcemap: true }"), page][..],
                Some("deploy/www"),
            ),
            (&[("vite.config.ts", "build: { outDir: './deploy/www/' }"), page], Some("deploy/www")),
            (&[("vite.config.ts", "// outDir: \"deploy/www\""), page], None),
            (&[("vite.config.ts", "outDir: \"../deploy\""), page], None),
            (&[("vite.config.ts", "outDir: `${root}/www`"), page], None),
            (&[("vite.config.ts", "outDir: \"elsewhere\""), page], None),
            (&[("vite.config.ts", "outDir: \".\""), page], None),
            (
                &[("next.config.mjs", "output: 'export'"), ("out/a.html", ""), (".next/BUILD_ID", "")],
                Some("out"),
            ),
            (
                &[("next.config.mjs", "export default {}"), ("out/a.html", ""), (".next/BUILD_ID", "")],
                Some(".next"),
            ),
            (&[("next.config.js", "distDir: 'built'"), ("built/BUILD_ID", "")], Some("built")),
            (
                &[("angular.json", r#"{"outputPath": "dist/shop"}"#), ("dist/shop/browser/index.html", "")],
                Some("dist/shop/browser"),
            ),
            (&[page], None),
        ] {
            let folder = tree(files);
            assert_eq!(named_by_build(folder.path()).as_deref(), expected, "{files:?}");
        }
    }
}
