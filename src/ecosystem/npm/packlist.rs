//! Which files npm packs: the rules of npm 11 (its npm-packlist 10), as a pure function of the manifest, the paths
//! and the ignore files. npm walks the folder. In each folder, rules from several sources are applied in order, the
//! last match wins, and the folders above are asked first. That order decides what `files` means, so it is the same
//! here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::glob::{Glob, split};
use super::manifest::Manifest;

/// Always left out, in every folder, unless something later brings it back.
const DEFAULTS: [&str; 21] = [
    ".npmignore",
    ".gitignore",
    "**/.git",
    "**/.svn",
    "**/.hg",
    "**/CVS",
    "**/.git/**",
    "**/.svn/**",
    "**/.hg/**",
    "**/CVS/**",
    "/.lock-wscript",
    "/.wafpickle-*",
    "/build/config.gypi",
    "npm-debug.log",
    "**/.npmrc",
    ".*.swp",
    ".DS_Store",
    "**/.DS_Store/**",
    "._*",
    "**/._*/**",
    "*.orig",
];
const DEFAULT_FOLDER: &str = "/archived-packages/**";
static DEFAULT_GLOBS: LazyLock<Vec<Glob>> =
    LazyLock::new(|| globs(DEFAULTS.into_iter().chain([DEFAULT_FOLDER])));

/// What has the last word in the package's own folder, whatever `files` and ignore files say.
const STRICT: [&str; 13] = [
    "/.git",
    "!/package.json",
    "!/readme{,.*[^~$]}",
    "!/copying{,.*[^~$]}",
    "!/license{,.*[^~$]}",
    "!/licence{,.*[^~$]}",
    "/.git",
    "/node_modules",
    ".npmrc",
    "/package-lock.json",
    "/yarn.lock",
    "/pnpm-lock.yaml",
    "/bun.lockb",
];
static STRICT_GLOBS: LazyLock<Vec<Glob>> = LazyLock::new(|| globs(STRICT));

/// What the packing of a package depends on besides its files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    /// The manifest.
    pub(super) manifest: &'a Manifest,
    /// Texts of `.npmignore` and `.gitignore` files by their path relative to the package's folder.
    pub(super) ignore_files: &'a BTreeMap<String, String>,
    /// Whether it was packed on a case-sensitive file system.
    pub(super) case_matters: bool,
    /// Whether npm's own rules against by-products apply.
    pub(super) with_defaults: bool,
    /// Ignore files of a workspace above the package's folder.
    pub(super) above: &'a [String],
    /// Whether it ships inside another package. npm's own rules and ignore files then apply only in the folders below
    /// its own.
    pub(super) is_bundled: bool,
}

/// Says for each path (relative to the package's folder) whether npm packs it.
pub(super) fn packed(rules: Rules<'_>, paths: &[&str]) -> Vec<bool> {
    let tree = Tree::of(paths);
    let defaults = if rules.with_defaults { DEFAULT_GLOBS.as_slice() } else { &[] };
    let packed = vec![false; paths.len()];
    let mut walk = Walk { rules, paths, tree: &tree, defaults, levels: Vec::new(), packed };
    let (root, required) = walk.package_level();
    walk.levels.push(root);
    walk.folder(0, "", &required);
    walk.packed
}

/// Paths as a tree of folders.
#[derive(Debug)]
struct Tree<'a> {
    folders: Vec<BTreeMap<&'a str, Node>>,
}

#[derive(Debug, Default)]
struct Node {
    /// Indices of the paths that are this file; duplicates share a node.
    files: Vec<usize>,
    folder: Option<usize>,
}

impl<'a> Tree<'a> {
    fn of(paths: &[&'a str]) -> Self {
        let mut tree = Self { folders: vec![BTreeMap::new()] };
        for (index, path) in paths.iter().enumerate() {
            let mut at = 0;
            let mut segments = path.split('/').peekable();
            while let Some(segment) = segments.next() {
                let next = tree.folders.len();
                let Some(folder) = tree.folders.get_mut(at) else { break };
                let node = folder.entry(segment).or_default();
                if segments.peek().is_none() {
                    node.files.push(index);
                    break;
                }
                let is_new = node.folder.is_none();
                at = *node.folder.get_or_insert(next);
                if is_new {
                    tree.folders.push(BTreeMap::new());
                }
            }
        }
        tree
    }

    /// What is at a path: a file, a folder, or nothing.
    fn find(&self, segments: &[String], case_matters: bool) -> Option<&Node> {
        let mut at = 0;
        let (last, folders) = segments.split_last()?;
        let same = |a: &str, b: &str| a == b || !case_matters && a.to_lowercase() == b.to_lowercase();
        let child = |folder: usize, name: &str| {
            let children = self.folders.get(folder)?;
            children
                .get(name)
                .or_else(|| children.iter().find(|(other, _)| same(other, name)).map(|(_, node)| node))
        };
        for name in folders {
            at = child(at, name)?.folder?;
        }
        child(at, last)
    }
}

/// One folder's own rules, in the order in which they apply, after npm's own.
#[derive(Debug)]
struct Level {
    name: String,
    /// Those of npm's own rules that a path with this name in it could fit, as bits.
    suspects: u32,
    rules: Vec<Glob>,
    /// Whether the folder itself was asked for, so that its own rules may bring back what those above it drop.
    exact: bool,
}

struct Walk<'a> {
    rules: Rules<'a>,
    paths: &'a [&'a str],
    tree: &'a Tree<'a>,
    /// npm's own rules, which come first in every folder.
    defaults: &'static [Glob],
    levels: Vec<Level>,
    packed: Vec<bool>,
}

fn globs<'g>(lines: impl IntoIterator<Item = &'g str>) -> Vec<Glob> {
    lines.into_iter().filter_map(Glob::new).collect()
}

impl Walk<'_> {
    /// The rules of the package's own folder, and the files that `files` names one by one.
    fn package_level(&self) -> (Level, Vec<String>) {
        let manifest = self.rules.manifest;
        let mut listed = Vec::new();
        let mut named = Vec::new();
        let mut required = Vec::new();
        for item in manifest.files.iter().flatten() {
            let mut item =
                item.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(item).to_owned();
            if item.ends_with("/*") {
                item.push('*');
            }
            match self.look_up(item.trim_start_matches('!')) {
                Found::File => {
                    named.push(format!("!{item}"));
                    required.push(item.strip_prefix('/').unwrap_or(&item).to_owned());
                }
                Found::Folder => {
                    listed.push(format!("!{item}"));
                    listed.push(format!("!{item}/**"));
                }
                Found::Nothing => listed.push(format!("!{item}")),
            }
        }
        let mut rules = globs(self.rules.above.iter().flat_map(|text| text.split('\n')));
        if manifest.files.is_some() {
            // A line break inside an item begins another rule, as it does in npm.
            rules.extend(globs(["*"]));
            rules.extend(globs(listed.iter().flat_map(|item| item.split('\n'))));
        } else if !self.rules.is_bundled {
            rules.extend(self.ignore_file(""));
        }
        rules.extend(globs(named.iter().rev().flat_map(|item| item.split('\n'))));
        rules.extend(STRICT_GLOBS.iter().cloned());
        let required_by_manifest =
            manifest.required().into_iter().chain(self.bin_folder().map(str::to_owned));
        let brought_back: Vec<String> = required_by_manifest.map(|path| format!("!/{path}")).collect();
        rules.extend(globs(brought_back.iter().flat_map(|item| item.split('\n'))));
        (Level { name: String::new(), suspects: 0, rules, exact: true }, required)
    }

    /// The files of `directories.bin`, which replaces `bin`.
    fn bin_folder(&self) -> impl Iterator<Item = &str> {
        let folder = self.rules.manifest.bin_folder();
        self.paths.iter().copied().filter(move |path| {
            let below = folder.as_deref().and_then(|folder| path.strip_prefix(folder)?.strip_prefix('/'));
            below.is_some_and(|below| !below.split('/').any(|segment| segment.starts_with('.')))
        })
    }

    /// The rules of a folder below.
    fn level(&self, name: &str, path: &str, exact: bool, folder: usize, required: &[String]) -> Level {
        let mut rules = self.ignore_file(path);
        let mut children = self.tree.folders.get(folder).into_iter().flat_map(BTreeMap::keys);
        // Almost no folder has anything that it could match.
        if children.any(|name| name.starts_with('.')) {
            rules.extend(globs(["/.git"]));
        }
        rules.extend(required.iter().filter_map(|file| Glob::new(&format!("!{file}"))));
        Level { name: name.to_owned(), suspects: self.suspects(name), rules, exact }
    }

    /// `.npmignore` in a folder, or else `.gitignore`.
    fn ignore_file(&self, folder: &str) -> Vec<Glob> {
        let text = [".npmignore", ".gitignore"].iter().find_map(|name| {
            let path = if folder.is_empty() { (*name).to_owned() } else { format!("{folder}/{name}") };
            self.rules.ignore_files.get(&path)
        });
        text.map(|text| globs(text.split('\n'))).unwrap_or_default()
    }

    fn look_up(&self, path: &str) -> Found {
        let ends_in_slash = path.ends_with('/');
        let Some(segments) = normal(path) else { return Found::Nothing };
        if segments.is_empty() {
            return Found::Folder;
        }
        match self.tree.find(&segments, self.rules.case_matters) {
            Some(node) if node.folder.is_some() => Found::Folder,
            Some(_) if !ends_in_slash => Found::File,
            _ => Found::Nothing,
        }
    }

    fn folder(&mut self, folder: usize, path: &str, required: &[String]) {
        let tree = self.tree;
        for (name, node) in tree.folders.get(folder).into_iter().flatten() {
            if name.contains('*') {
                continue;
            }
            let as_file = self.takes(&[name], false);
            if as_file {
                for index in &node.files {
                    if let Some(packed) = self.packed.get_mut(*index) {
                        *packed = true;
                    }
                }
            }
            let Some(below) = node.folder else { continue };
            if !self.takes(&[name], true) {
                continue;
            }
            let exact = as_file || self.takes(&[name, ""], false);
            let own: Vec<String> = required.iter().filter_map(|file| directly_in(file, name)).collect();
            let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}/{name}") };
            let level = self.level(name, &path, exact, below, &own);
            self.levels.push(level);
            self.folder(below, &path, &own);
            self.levels.pop();
        }
    }

    /// Those of npm's own rules that a path with this name in it could fit, as bits: none, for most names.
    fn suspects(&self, name: &str) -> u32 {
        let bits = self.defaults.iter().zip(0..u32::BITS).filter(|(rule, _)| rule.needs(name));
        bits.fold(0, |bits, (_, number)| bits | 1 << number)
    }

    /// Whether the rules of all folders from the package's own to this one let an entry in it pass.
    fn takes(&self, entry: &[&str], as_folder: bool) -> bool {
        let mut names: Vec<&str> = vec![""];
        names.extend(self.levels.iter().skip(1).map(|level| level.name.as_str()));
        names.extend_from_slice(entry);
        let base_name = entry.first().copied().unwrap_or_default();
        let suspects = self.levels.iter().fold(self.suspects(base_name), |all, level| all | level.suspects);
        let defaults = || {
            let suspected =
                self.defaults.iter().enumerate().filter(|(number, _)| suspects >> number & 1 == 1);
            suspected.map(|(_, rule)| rule)
        };
        let deepest = self.levels.len().saturating_sub(1);
        let mut included = true;
        for (depth, level) in self.levels.iter().enumerate() {
            if depth > 0 && !included && !level.exact {
                return false;
            }
            if level.rules.is_empty() && suspects == 0 {
                continue;
            }
            let relative = names.get(depth + 1..).unwrap_or_default();
            let absolute: Vec<&str> = std::iter::once("").chain(relative.iter().copied()).collect();
            let question =
                Question { absolute, as_folder, base_name: (depth < deepest).then_some(base_name) };
            let with_defaults = depth > 0 || !self.rules.is_bundled;
            for rule in defaults().filter(|_| with_defaults).chain(&level.rules) {
                if rule.brings_back != included && question.fits(rule) {
                    included = rule.brings_back;
                }
            }
        }
        included
    }
}

/// What a rule is asked about an entry.
struct Question<'a> {
    /// The path from the rule's folder, after an empty segment.
    absolute: Vec<&'a str>,
    as_folder: bool,
    /// The entry's own name, if the rule is from a folder further up.
    base_name: Option<&'a str>,
}

impl Question<'_> {
    fn fits(&self, rule: &Glob) -> bool {
        let relative = self.absolute.get(1..).unwrap_or_default();
        if rule.matches(&self.absolute, false) || rule.matches(relative, false) {
            return true;
        }
        if !self.as_folder {
            return false;
        }
        let with_slash = |path: &[&str]| {
            let mut path: Vec<&str> = path.to_vec();
            path.push("");
            rule.matches(&path, false)
        };
        let partly = |path: &[&str]| rule.brings_back && rule.matches(path, true);
        if with_slash(&self.absolute) || with_slash(relative) || partly(&self.absolute) || partly(relative) {
            return true;
        }
        let Some(name) = self.base_name.filter(|_| rule.is_basename()) else { return false };
        with_slash(&["", name]) || with_slash(&[name]) || partly(&["", name]) || partly(&[name])
    }
}

enum Found {
    File,
    Folder,
    Nothing,
}

/// A path without `.`, empty segments and `..`; `None` when it leaves the folder.
fn normal(path: &str) -> Option<Vec<String>> {
    let mut segments: Vec<String> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            _ => segments.push(segment.to_owned()),
        }
    }
    Some(segments)
}

/// The name of a file directly in this folder.
fn directly_in(file: &str, folder: &str) -> Option<String> {
    match normal(file)?.as_slice() {
        [above, name] if above == folder => Some(name.clone()),
        _ => None,
    }
}

/// Says for each path whether npm or another client packs it; see [`tolerated`].
pub(super) fn packed_or_tolerated(rules: Rules<'_>, paths: &[&str]) -> Vec<bool> {
    let mut fine = packed(rules, paths);
    let left_out: Vec<&str> =
        paths.iter().zip(&fine).filter(|(_, packed)| !**packed).map(|(path, _)| *path).collect();
    if !left_out.is_empty() {
        let tolerated = tolerated(rules, &left_out);
        fine.iter_mut()
            .filter(|packed| !**packed)
            .zip(tolerated)
            .for_each(|(fine, tolerated)| *fine = tolerated);
    }
    fine
}

/// Files that only some clients pack, or packed in the past, although `files` doesn't cover them: reason enough
/// not to call them unlisted.
fn tolerated(rules: Rules<'_>, paths: &[&str]) -> Vec<bool> {
    let leniently = self::packed(Rules { case_matters: false, with_defaults: false, ..rules }, paths);
    // Lock files and the like at the root that `files` does cover: other clients don't know npm's last word.
    let covering = globs(rules.manifest.files.iter().flatten().map(String::as_str));
    // npm 8 took a pattern that fits a folder (`dist-*/`) for the folder with all that is in it.
    let folders: Vec<Glob> =
        rules.manifest.files.iter().flatten().filter_map(|item| Glob::new(&as_folder(item))).collect();
    // yarn since 2 takes an item without a slash for a name in any folder; npm does in some of them.
    let names: Vec<Glob> = rules
        .manifest
        .files
        .iter()
        .flatten()
        .filter(|item| !item.contains('/'))
        .filter_map(|item| Glob::new(item))
        .collect();
    // npm 6 and yarn 1 did the same with `main` and the like.
    let entrances = rules.manifest.entrances();
    let once_anywhere: Vec<&str> = entrances
        .iter()
        .map(|path| path.strip_prefix("./").unwrap_or(path))
        .filter(|path| !path.is_empty() && !path.contains('/'))
        .collect();
    // npm 6 packed the manifest of each folder that it went through to what is listed.
    let listed: Vec<Vec<String>> =
        rules.manifest.files.iter().flatten().filter_map(|item| normal(item)).collect();
    let is_on_the_way = |folders: &[&str]| {
        let begins = |item: &Vec<String>| {
            item.len() > folders.len() && item.iter().zip(folders).all(|(own, folder)| own == folder)
        };
        !folders.is_empty() && listed.iter().any(begins)
    };
    let more: Vec<Vec<String>> = rules.manifest.entrances().iter().filter_map(|path| normal(path)).collect();
    // pnpm packs the `main` that it replaces by the one in `publishConfig`: `src/index.ts` for `dist/index.js`.
    let is_replaced = |path: &str| {
        let is_built = |entrance: &&String| {
            let (folder, file) = entrance.trim_start_matches("./").split_once('/').unwrap_or_default();
            folder != "src" && !folder.is_empty() && path.strip_prefix("src/").map(stem) == Some(stem(file))
        };
        rules.manifest.object.get("publishConfig").is_some() && entrances.iter().any(|one| is_built(&one))
    };
    let fits = |(index, path): (usize, &&str)| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let segments = split(path);
        // A by-product in a listed folder is for the rules on stray files, but for these two.
        let is_grave = segments.contains(&".git") || name == ".npmrc";
        if leniently.get(index) == Some(&true) && !is_grave {
            return true;
        }
        once_always(name, folder.is_empty())
            // so they did with a folder that is called so, and all that is in it
            || !is_grave
                && segments.len() > 1
                && segments.first().is_some_and(|first| once_always(first, false) && !first.contains('.'))
                && !segments.contains(&"node_modules")
                && denied_by(rules.manifest, path).is_none()
            || folder.is_empty() && name == "npm-shrinkwrap.json"
            || name == "package.json"
                && segments.split_last().is_some_and(|(_, folders)| is_on_the_way(folders))
                && denied_by(rules.manifest, path).is_none()
            || once_anywhere.contains(&name)
                && !segments.contains(&"node_modules")
                && denied_by(rules.manifest, path).is_none()
            || is_replaced(path)
            || more.iter().any(|entrance| entrance.iter().map(String::as_str).eq(segments.iter().copied()))
            || !is_grave
                && folders.iter().any(|glob| !glob.brings_back && glob.matches(&segments, false))
                && denied_by(rules.manifest, path).is_none()
            || !is_grave
                && !segments.contains(&"node_modules")
                && names.iter().any(|glob| !glob.brings_back && glob.matches(&[name], false))
                && denied_by(rules.manifest, path).is_none()
            || folder.is_empty()
                && covering.iter().any(|glob| !glob.brings_back && glob.matches(&["", name], false))
    };
    paths.iter().enumerate().map(fits).collect()
}

/// A path without the endings of its file: `a/index` of `a/index.d.ts`.
fn stem(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    let end = path.get(name..).and_then(|name| name.find('.')).map_or(path.len(), |dot| name + dot);
    path.get(..end).unwrap_or(path)
}

/// An item of `files` as npm 8 applied it to folders.
fn as_folder(item: &str) -> String {
    let plain = item.strip_prefix("./").or_else(|| item.strip_prefix('/')).unwrap_or(item);
    format!("{}/**", plain.trim_end_matches('/'))
}

/// Names that npm 6 and yarn 1 packed whatever `files` said: in any folder that they walked through, which depends on
/// the version; yarn any name that begins like this, in the package's own folder.
fn once_always(name: &str, is_at_top: bool) -> bool {
    const STEMS: [&str; 9] =
        ["readme", "copying", "license", "licence", "notice", "changes", "changelog", "history", "authors"];
    let lower = name.to_lowercase();
    STEMS.iter().any(|stem| match lower.strip_prefix(stem) {
        Some("") => true,
        Some(rest) => (is_at_top || rest.starts_with('.')) && rest.len() > 1 && !rest.ends_with(['~', '$']),
        None => false,
    })
}

/// The index of the item of `files` that excludes a path: the last one with `!` that matches the path, a folder above
/// it, or its name.
pub(super) fn denied_by(manifest: &Manifest, path: &str) -> Option<usize> {
    let segments = split(path);
    let fits = |glob: &Glob| {
        (1..=segments.len()).any(|end| glob.matches(segments.get(..end).unwrap_or_default(), false))
    };
    let takes_away = |item: &&str| item.starts_with('!') && !item.starts_with("!!");
    let items: Vec<&str> = manifest.files.iter().flatten().map(String::as_str).collect();
    items.iter().rposition(|item| {
        let plain = item.trim_start_matches('!');
        let plain = plain.strip_prefix("./").or_else(|| plain.strip_prefix('/')).unwrap_or(plain);
        takes_away(item) && Glob::new(plain.trim_end_matches('/')).is_some_and(|glob| fits(&glob))
    })
}
