//! Folders of a package that a web server hands out as they are, and what a build puts there. What else lies in one,
//! anybody can fetch, and no browser runs it: the scripts and style sheets that were made of it are what pages load.

use std::collections::HashMap;

use crate::inventory::Entry;
use crate::lock::hash_neutral;

/// Such folders: of servlets, Spring, Flask, Django, Rails, ASP.NET, and its packages.
const FOLDERS: [&str; 7] =
    ["META-INF/resources", "static", "public", "wwwroot", "webapp", "htdocs", "staticwebassets"];
/// What no browser runs.
const SCRIPTS: [&str; 7] = [".ts", ".tsx", ".mts", ".cts", ".jsx", ".vue", ".svelte"];
const STYLES: [&str; 4] = [".scss", ".sass", ".styl", ".stylus"];
/// What builds call a script or a style sheet that has many in it.
const BUNDLES: [&str; 13] = [
    "app",
    "build",
    "bundle",
    "bundled",
    "chunk-vendors",
    "client",
    "compiled",
    "dist",
    "entry",
    "index",
    "main",
    "polyfills",
    "runtime",
];
/// Folders for other people's files.
const OTHERS: [&str; 3] = ["vendor", "vendors", "webjars"];
/// The same, but for own ones, too.
const MOSTLY_OTHERS: [&str; 7] =
    ["lib", "libs", "plugins", "third_party", "third-party", "external", "bower_components"];

/// What a page loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sort {
    Script,
    Style,
}

/// The bundles in folders that servers hand out, the first of each folder and sort.
#[derive(Debug, Default)]
pub(super) struct Served<'a> {
    bundles: HashMap<(&'a str, Sort), &'a str>,
    /// Files that may have been made of an original, by what they are called up to the first dot.
    by_stem: HashMap<(&'a str, Sort, &'a str), &'a str>,
    /// What originals are called.
    originals: Vec<(&'a str, Sort, &'a str)>,
}

impl<'a> Served<'a> {
    pub(super) fn add(&mut self, entry: &'a Entry) {
        let path = entry.path.as_str();
        let Some(folder) = folder(path).filter(|_| !is_in(path, &OTHERS)) else { return };
        if let Some(sort) = sort_of_original(path) {
            self.originals.push((folder, sort, stem(path)));
        }
        let sort = match extension(path) {
            ".js" | ".mjs" => Sort::Script,
            ".css" => Sort::Style,
            _ => return,
        };
        self.by_stem.entry((folder, sort, stem(path))).or_insert(path);
        if is_bundle(path) || is_packed(entry) {
            self.bundles.entry((folder, sort)).or_insert(path);
        }
    }

    /// When all files are added: what has an original's name was made of it, and maybe of others.
    pub(super) fn settle(&mut self) {
        for (folder, sort, stem) in std::mem::take(&mut self.originals) {
            if let Some(made) = self.by_stem.get(&(folder, sort, stem)) {
                self.bundles.entry((folder, sort)).or_insert(made);
            }
        }
    }

    /// A bundle that is handed out beside this source, which no browser reads.
    pub(super) fn bundle_beside(&self, path: &str) -> Option<&'a str> {
        self.bundles.get(&(folder(path)?, sort_of_original(path)?)).copied()
    }
}

/// What is made of a file, if no browser runs it as it is.
fn sort_of_original(path: &str) -> Option<Sort> {
    let is_declaration = || path.rsplit('/').next().is_some_and(|name| name.contains(".d."));
    match extension(path) {
        end if SCRIPTS.contains(&end) && !is_declaration() => Some(Sort::Script),
        end if STYLES.contains(&end) => Some(Sort::Style),
        _ => None,
    }
}

/// The outermost such folder that a path leads through.
fn folder(path: &str) -> Option<&str> {
    let parent = path.rsplit_once('/')?.0;
    let ends = parent.match_indices('/').map(|(at, _)| at).chain([parent.len()]);
    let folders = ends.filter_map(|end| parent.get(..end));
    let is_served = |folder: &str| {
        FOLDERS.iter().any(|name| {
            folder.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    };
    folders.into_iter().find(|folder| is_served(folder))
}

/// Whether a name is one that bundlers give: with a hash in it, or one of theirs.
fn is_bundle(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_hashed = || hash_neutral(name).is_some();
    BUNDLES.contains(&stem(path)) || name.contains(".bundle.") || is_hashed()
}

/// Whether a file has the long lines that only tools write, and neither a name nor a place of other people's files, which
/// come so: `jquery.min.js`, `lib/leaflet.js`.
fn is_packed(entry: &Entry) -> bool {
    /// Bytes per line.
    const LONG: u64 = 300;
    /// Fewer are no build's.
    const SHORTEST: u64 = 600;
    let name = entry.file_name();
    let is_long =
        entry.text.is_some_and(|text| text.bytes >= SHORTEST && text.bytes / text.lines.max(1) >= LONG);
    is_long && !is_in(&entry.path, &MOSTLY_OTHERS) && !name.contains(".min.") && !name.contains("jquery")
}

fn is_in(path: &str, folders: &[&str]) -> bool {
    path.split('/').rev().skip(1).any(|segment| folders.contains(&segment))
}

/// What a file is called, up to the first dot and without the mark of a part.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).trim_start_matches('_')
}

fn extension(path: &str) -> &str {
    path.rfind('.').and_then(|at| path.get(at..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{TextDigest, TextFacts};
    use crate::rules::testing::entry;

    /// What is seen beside the last of these; a path with `!` behind it has long lines.
    fn beside(paths: &[&str]) -> Option<String> {
        let file = |path: &&str| {
            let packed = path.ends_with('!');
            let (bytes, lines) = if packed { (4000, 2) } else { (4000, 130) };
            let text = Some(TextFacts { bytes, lines, digest: TextDigest::default() });
            Entry { text, ..entry(path.trim_end_matches('!')) }
        };
        let files: Vec<Entry> = paths.iter().map(file).collect();
        let mut served = Served::default();
        files.iter().for_each(|file| served.add(file));
        served.settle();
        served.bundle_beside(paths.last().unwrap()).map(str::to_owned)
    }

    #[test]
    fn a_bundle_is_of_the_same_folder() {
        for paths in [
            ["acme/static/assets/plan-BkYR3Qdz.js", "acme/static/src/price.ts"],
            ["BOOT-INF/classes/META-INF/resources/main.js", "BOOT-INF/classes/META-INF/resources/Plan.vue"],
            ["staticwebassets/js/app.min.js", "staticwebassets/ts/plan.tsx"],
            ["acme/public/css/app.3f2a91bc.css", "acme/public/scss/_plan.scss"],
            ["WEB-INF/classes/static/shop.bundle.js", "WEB-INF/classes/static/plan/Plan.svelte"],
            ["acme/static/dist.js", "acme/static/price.ts"],
            ["acme/static/js/utils.js", "acme/static/ts/utils.ts"],
            ["acme/static/plan.css", "acme/static/_plan.scss"],
        ] {
            assert_eq!(beside(&paths).as_deref(), Some(paths[0]), "{paths:?}");
        }
        assert_eq!(beside(&["static/shop.js!", "static/price.ts"]).as_deref(), Some("static/shop.js"));
    }

    #[test]
    fn what_has_an_original_s_name_is_a_bundle_for_others() {
        let paths = ["acme/static/shop.js", "acme/static/shop.ts", "acme/static/price.ts"];
        assert_eq!(beside(&paths).as_deref(), Some(paths[0]));
        let declared = ["acme/static/shop.js", "acme/static/shop.d.ts", "acme/static/price.ts"];
        assert_eq!(beside(&declared), None);
        let vendored = ["acme/static/vendor/shop.js", "acme/static/vendor/shop.ts", "acme/static/price.ts"];
        assert_eq!(beside(&vendored), None);
        let elsewhere = ["acme/static/shop.js", "other/static/shop.ts", "acme/static/price.ts"];
        assert_eq!(beside(&elsewhere), None);
    }

    #[test]
    fn what_no_build_made_shows_nothing() {
        for paths in [
            ["acme/static/jquery.min.js!", "acme/static/price.ts"],
            ["acme/static/vendor/app.js", "acme/static/price.ts"],
            ["acme/static/lib/leaflet.js!", "acme/static/price.ts"],
            ["acme/static/jquery-ui.js!", "acme/static/price.ts"],
            ["acme/static/shop.js", "acme/static/price.ts"],
            ["acme/static/app.js", "acme/other/price.ts"],
            ["acme/static/app.css", "acme/static/price.ts"],
            ["acme/static/app.js", "acme/static/all.scss"],
            ["acme/static/app.js", "acme/static/video.mp4"],
            ["acme/static/app.js", "acme/static/price.d.ts"],
            ["acme/statics/app.js", "acme/statics/price.ts"],
            ["static", "acme/static/price.ts"],
        ] {
            assert_eq!(beside(&paths), None, "{paths:?}");
        }
        assert_eq!(beside(&["acme/static/price.ts"]), None);
    }
}
