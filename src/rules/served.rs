//! Folders of a package that a web server hands out as they are, and what a build puts there. What else lies in one,
//! anybody can fetch, and no browser runs it: the scripts and style sheets that were made of it are what pages load.

use std::collections::HashMap;

use crate::lock::hash_neutral;

/// Such folders: of servlets, Spring, Flask, Django, Rails, ASP.NET, and its packages.
const FOLDERS: [&str; 7] =
    ["META-INF/resources", "static", "public", "wwwroot", "webapp", "htdocs", "staticwebassets"];
/// What no browser runs.
const SCRIPTS: [&str; 7] = [".ts", ".tsx", ".mts", ".cts", ".jsx", ".vue", ".svelte"];
const STYLES: [&str; 4] = [".scss", ".sass", ".styl", ".stylus"];
/// What builds call a script or a style sheet that has many in it.
const BUNDLES: [&str; 9] =
    ["app", "bundle", "chunk-vendors", "index", "main", "client", "entry", "runtime", "polyfills"];

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
}

impl<'a> Served<'a> {
    pub(super) fn add(&mut self, path: &'a str) {
        let sort = match extension(path) {
            ".js" | ".mjs" => Sort::Script,
            ".css" => Sort::Style,
            _ => return,
        };
        if let Some(folder) = folder(path).filter(|_| is_bundle(path)) {
            self.bundles.entry((folder, sort)).or_insert(path);
        }
    }

    /// A bundle that is handed out beside this source, which no browser reads.
    pub(super) fn bundle_beside(&self, path: &str) -> Option<&'a str> {
        let end = extension(path);
        let sort = match end {
            end if SCRIPTS.contains(&end) => Sort::Script,
            end if STYLES.contains(&end) => Sort::Style,
            _ => return None,
        };
        self.bundles.get(&(folder(path)?, sort)).copied()
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
    let stem = name.split('.').next().unwrap_or(name);
    let in_vendor = path.split('/').any(|segment| matches!(segment, "vendor" | "vendors" | "webjars"));
    let is_hashed = || hash_neutral(name).is_some();
    !in_vendor && (BUNDLES.contains(&stem) || name.contains(".bundle.") || is_hashed())
}

fn extension(path: &str) -> &str {
    path.rfind('.').and_then(|at| path.get(at..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(paths: &[&str]) -> Option<String> {
        let mut served = Served::default();
        let (source, others) = paths.split_last().unwrap();
        others.iter().for_each(|path| served.add(path));
        served.bundle_beside(source).map(str::to_owned)
    }

    #[test]
    fn a_bundle_is_of_the_same_folder() {
        for paths in [
            ["acme/static/assets/plan-BkYR3Qdz.js", "acme/static/src/price.ts"],
            ["BOOT-INF/classes/META-INF/resources/main.js", "BOOT-INF/classes/META-INF/resources/Plan.vue"],
            ["staticwebassets/js/app.min.js", "staticwebassets/ts/plan.tsx"],
            ["acme/public/css/app.3f2a91bc.css", "acme/public/scss/_plan.scss"],
            ["WEB-INF/classes/static/shop.bundle.js", "WEB-INF/classes/static/plan/Plan.svelte"],
        ] {
            assert_eq!(beside(&paths).as_deref(), Some(paths[0]), "{paths:?}");
        }
    }

    #[test]
    fn what_no_build_made_shows_nothing() {
        for paths in [
            ["acme/static/jquery.min.js", "acme/static/price.ts"],
            ["acme/static/vendor/app.js", "acme/static/price.ts"],
            ["acme/static/app.js", "acme/other/price.ts"],
            ["acme/static/app.css", "acme/static/price.ts"],
            ["acme/static/app.js", "acme/static/all.scss"],
            ["acme/static/app.js", "acme/static/video.mp4"],
            ["acme/statics/app.js", "acme/statics/price.ts"],
            ["static", "acme/static/price.ts"],
        ] {
            assert_eq!(beside(&paths), None, "{paths:?}");
        }
        assert_eq!(beside(&["acme/static/price.ts"]), None);
    }
}
