//! Where a relative import leads on a list of files: as Node and TypeScript look for it, and wherever a bundler that
//! takes more for granted would find it, too.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use crate::decode::percent;
use crate::inventory::{Asking, Entry};
use crate::paths::{folder, join};

use super::Graph;

/// A package's files by their paths from its folder.
pub(super) struct Tree<'a> {
    files: HashMap<&'a str, &'a Entry>,
    /// All folders.
    folders: BTreeSet<&'a str>,
    /// The manifests of folders below the package's own.
    manifests: HashMap<&'a str, &'a Entry>,
    /// Whether any file is for React Native alone.
    has_native: bool,
    /// By the path in small letters; asked for where nothing else is found.
    by_lower: OnceCell<HashMap<String, &'a str>>,
    main: Option<&'a str>,
    has_modules: OnceCell<bool>,
}

/// What an import leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resolved<'a> {
    File(&'a str),
    /// Something that the list of files doesn't tell.
    Unknown,
    /// A place so many levels above the package.
    Outside {
        levels: usize,
        path: String,
    },
    /// A file that is there in other letter case.
    OtherCase(&'a str),
    Absent,
}

const CODE_ENDS: [&str; 31] = [
    "",
    ".js",
    ".mjs",
    ".cjs",
    ".json",
    ".node",
    ".jsx",
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".css",
    ".scss",
    ".sass",
    ".less",
    ".vue",
    ".svelte",
    ".wasm",
    ".native.js",
    ".ios.js",
    ".android.js",
    ".web.js",
    ".native.ts",
    ".ios.ts",
    ".web.ts",
    ".native.tsx",
    ".ios.tsx",
    ".web.tsx",
    ".windows.js",
    ".macos.js",
    ".coffee",
];
const CODE_INDEXES: [&str; 12] = [
    "index.js",
    "index.json",
    "index.node",
    "index.mjs",
    "index.cjs",
    "index.ts",
    "index.tsx",
    "index.jsx",
    "index.native.js",
    "index.ios.js",
    "index.web.js",
    "index.vue",
];
#[rustfmt::skip]
const TYPE_ENDS: [&str; 17] = [
    "", ".ts", ".tsx", ".d.ts", ".mts", ".d.mts", ".cts", ".d.cts", ".js", ".jsx", ".mjs", ".cjs", ".json",
    // React Native's settings for TypeScript have these, as `moduleSuffixes`
    ".native.d.ts", ".ios.d.ts", ".android.d.ts", ".web.d.ts",
];
const TYPE_INDEXES: [&str; 9] = [
    "index.d.ts",
    "index.ts",
    "index.tsx",
    "index.d.mts",
    "index.mts",
    "index.d.cts",
    "index.cts",
    "index.js",
    "index.mjs",
];
/// How files end that React Native loads in place of others.
const NATIVE: [&str; 3] = [".native.js", ".ios.js", ".android.js"];
/// What a written extension may stand for.
const STANDS_FOR: [(&str, &[&str]); 6] = [
    (".js", &[".ts", ".tsx", ".d.ts", ".jsx"]),
    (".jsx", &[".tsx", ".d.ts"]),
    (".mjs", &[".mts", ".d.mts", ".d.ts"]),
    (".cjs", &[".cts", ".d.cts", ".d.ts"]),
    (".mts", &[".d.mts"]),
    (".cts", &[".d.cts"]),
];
/// The same, in declarations only.
const STANDS_FOR_TYPES: [(&str, &[&str]); 2] = [(".ts", &[".d.ts"]), (".tsx", &[".d.ts"])];

impl<'a> Tree<'a> {
    pub(super) fn new(files: &[(&'a str, &'a Entry)], main: Option<&'a str>) -> Self {
        let mut folders = BTreeSet::new();
        for (path, _) in files {
            let mut path = *path;
            while let Some((above, _)) = path.rsplit_once('/') {
                if !folders.insert(above) {
                    break;
                }
                path = above;
            }
        }
        let manifest =
            |(path, entry): &(&'a str, &'a Entry)| Some((path.strip_suffix("/package.json")?, *entry));
        let is_native = |(path, _): &(&str, _)| NATIVE.iter().any(|end| path.ends_with(end));
        Self {
            files: files.iter().copied().collect(),
            folders,
            manifests: files.iter().filter_map(manifest).collect(),
            has_native: files.iter().any(is_native),
            by_lower: OnceCell::new(),
            main,
            has_modules: OnceCell::new(),
        }
    }

    /// The manifest that a file goes by, if it isn't the package's own.
    pub(super) fn manifest_of(&self, path: &str) -> Option<&'a Entry> {
        if self.manifests.is_empty() {
            return None;
        }
        let above = std::iter::successors(Some(folder(path)), |above| Some(folder(above)));
        above.take_while(|above| !above.is_empty()).find_map(|above| self.manifests.get(above).copied())
    }

    /// The file of this very path.
    pub(super) fn get(&self, path: &str) -> Option<(&'a str, &'a Entry)> {
        self.files.get_key_value(path).map(|(path, entry)| (*path, *entry))
    }

    pub(super) fn entry(&self, path: &str) -> Option<&'a Entry> {
        self.files.get(path).copied()
    }

    /// Where an import in a file leads.
    pub(super) fn resolve(&self, from: &str, specifier: &str, graph: Graph) -> Resolved<'a> {
        let Some(path) = join(folder(from), specifier) else { return outside(folder(from), specifier) };
        if path.is_empty() {
            // The package's own folder: its manifest says where that leads.
            let main = self.main.and_then(|main| join("", main)).unwrap_or_default();
            let index = || (graph == Graph::Code).then(|| self.find("index", graph)).flatten();
            let found = self.find(&main, graph).or_else(index);
            return found.map_or_else(|| self.without_main(graph), Resolved::File);
        }
        // An addon is built at installation, for a platform.
        let is_built = path.ends_with(".node")
            || path.starts_with("build/") && !self.folders.contains("build")
            || path.starts_with("build/Release/")
            || path.starts_with("node_modules/");
        if let Some(file) = self.find(&path, graph).or_else(|| self.find(&path_of_url(&path)?, graph)) {
            return Resolved::File(file);
        }
        // A folder with a manifest of its own, or one that a bundler maps.
        let has_manifest = self.manifests.contains_key(path.as_str());
        if is_built || has_manifest || specifier.ends_with('/') {
            return Resolved::Unknown;
        }
        match self.other_case(&path, graph) {
            Some(near) => Resolved::OtherCase(near),
            None => Resolved::Absent,
        }
    }

    /// The package's own folder, where neither what the manifest says is there nor an index.
    fn without_main(&self, graph: Graph) -> Resolved<'a> {
        let is_said = self.main.is_some_and(|main| main.ends_with(".js"));
        if graph == Graph::Code && is_said { Resolved::Absent } else { Resolved::Unknown }
    }

    /// Whether there may be a module of the language among the files, going by their names and manifests.
    pub(super) fn has_modules(&self, own_type: Option<&str>) -> bool {
        *self.has_modules.get_or_init(|| {
            let is_so = |entry: &Entry| {
                entry.imports.iter().any(|one| one.by == Asking::Type && &*one.specifier == "module")
            };
            own_type == Some("module")
                || self.manifests.values().any(|manifest| is_so(manifest))
                || self.files.keys().any(|path| path.ends_with(".mjs"))
        })
    }

    /// Whether React Native loads another file in place of this one, which is for the web.
    pub(super) fn is_for_the_web(&self, path: &str) -> bool {
        let stem = path.strip_suffix(".js").or_else(|| path.strip_suffix(".mjs"));
        stem.is_some_and(|stem| {
            stem.ends_with(".web")
                || self.has_native
                    && NATIVE.iter().any(|end| self.files.contains_key(format!("{stem}{end}").as_str()))
        })
    }

    /// Whether a file of the package that another one reads is not there. What is built or installed may be.
    pub(super) fn lacks_file(&self, from: &str, path: &str) -> bool {
        let may_come = |path: &str| {
            path.is_empty()
                || path.ends_with(".node")
                || path.starts_with("build/")
                || path.contains("node_modules/")
        };
        join(folder(from), path).is_some_and(|path| {
            !may_come(&path)
                && !self.files.contains_key(path.as_str())
                && !self.folders.contains(path.as_str())
        })
    }

    /// Whether an import names the file that it leads to as it is called, which is all that Node does for a module of the
    /// language. What only a bundler can load is its own affair.
    pub(super) fn is_exact(&self, from: &str, specifier: &str, file: &str) -> bool {
        let is_for_node = [".js", ".mjs", ".cjs", ".json", ".node"].iter().any(|end| file.ends_with(end));
        let is_it = |path: &str| path == file || path_of_url(path).is_some_and(|path| path == file);
        !is_for_node || join(folder(from), specifier).as_deref().is_some_and(is_it)
    }

    /// Whether what declarations take from a script is nowhere declared: there is nothing beside it, and no manifest in the folder
    /// that says where its types are.
    pub(super) fn is_untyped(&self, from: &str, specifier: &str, file: &str) -> bool {
        let is_script = [".js", ".mjs", ".cjs", ".jsx"].iter().any(|end| file.ends_with(end));
        let is_mapped = || {
            // the package's own folder is where its own manifest says
            join(folder(from), specifier)
                .is_none_or(|path| path.is_empty() || self.manifests.contains_key(path.as_str()))
                || self.manifest_of(file).is_some()
        };
        // TypeScript finds these by other names, too
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let is_declared = || {
            let ends = [".d.ts", ".d.mts", ".d.cts", ".ts", ".tsx", ".mts", ".cts"];
            // `a.cjs.d.ts`, as for any name without an ending that it knows
            let of = |stem: &str, end: &str| self.files.contains_key(format!("{stem}{end}").as_str());
            ends.iter().any(|end| of(stem, end)) || of(file, ".d.ts")
        };
        is_script && !is_mapped() && !is_declared()
    }

    fn find(&self, path: &str, graph: Graph) -> Option<&'a str> {
        candidate(path, graph, |path| self.get(path).map(|(path, _)| path))
    }

    fn other_case(&self, path: &str, graph: Graph) -> Option<&'a str> {
        let lower = || self.files.keys().map(|path| (path.to_lowercase(), *path)).collect();
        let by_lower = self.by_lower.get_or_init(lower);
        candidate(&path.to_lowercase(), graph, |path| by_lower.get(path).copied())
    }
}

/// The first of the paths where a module may be found, likeliest first, that `find` knows.
fn candidate<T>(path: &str, graph: Graph, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut buffer = String::with_capacity(path.len() + 16);
    let mut try_one = |stem: &str, end: &str| {
        buffer.clear();
        buffer.push_str(stem);
        buffer.push_str(end);
        find(&buffer)
    };
    match graph {
        Graph::Code => {
            let written = CODE_ENDS.iter().find_map(|end| try_one(path, end));
            let only_types = |end: &str| end.contains(".d.");
            written.or_else(|| {
                let mut others = replaced(path, &STANDS_FOR).filter(|(_, end)| !only_types(end));
                others.find_map(|(stem, end)| try_one(stem, end))
            })
        }
        // TypeScript prefers types to the file itself.
        Graph::Types => {
            let mut replaced = replaced(path, &STANDS_FOR).chain(replaced(path, &STANDS_FOR_TYPES));
            let typed = replaced.find_map(|(stem, end)| try_one(stem, end));
            let written = typed.or_else(|| TYPE_ENDS.iter().find_map(|end| try_one(path, end)));
            written.or_else(|| {
                let (stem, end) = path.rsplit_once('.')?;
                try_one(stem, &format!(".d.{end}.ts"))
            })
        }
        Graph::Styles => ["", ".css"].iter().find_map(|end| try_one(path, end)),
    }
    .or_else(|| {
        let indexes: &[&str] = match graph {
            Graph::Code => &CODE_INDEXES,
            Graph::Types => &TYPE_INDEXES,
            Graph::Styles => &[],
        };
        let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
        indexes.iter().find_map(|index| try_one(&folder, index))
    })
}

/// The path that Node and bundlers take from one that is written as in a URL: without `?a` and `#b`, and with `%20` for
/// what it stands for. `None` if there is nothing of the kind in it.
fn path_of_url(path: &str) -> Option<String> {
    if !path.contains(['?', '#', '%']) {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap_or(path);
    Some(String::from_utf8_lossy(&percent::plain(path.as_bytes())).into_owned())
}

/// What a path may stand for whose extension is written.
fn replaced<'p>(
    path: &'p str,
    table: &'static [(&'static str, &'static [&'static str])],
) -> impl Iterator<Item = (&'p str, &'static str)> {
    table.iter().flat_map(move |(end, others)| {
        let stem = path.strip_suffix(end);
        stem.into_iter().flat_map(move |stem| others.iter().map(move |other| (stem, *other)))
    })
}

/// Where a path leads that leaves the package.
fn outside(folder: &str, path: &str) -> Resolved<'static> {
    let mut segments: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
    let mut levels = 0;
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.is_empty() => levels += 1,
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    Resolved::Outside { levels, path: segments.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(paths: &[&str], from: &str, specifier: &str, graph: Graph) -> String {
        let entry = Entry::default();
        let files: Vec<(&str, &Entry)> = paths.iter().map(|path| (*path, &entry)).collect();
        match Tree::new(&files, Some("lib/index")).resolve(from, specifier, graph) {
            Resolved::File(path) => path.to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn types_of_a_script_stand_under_several_names() {
        let entry = Entry::default();
        for (types, expected) in [
            ("lib/a.d.cts", false),
            ("lib/a.cjs.d.ts", false),
            ("lib/a.d.cjs", true),
            ("lib/b.cjs.d.ts", true),
        ] {
            let files = [("lib/a.cjs", &entry), (types, &entry)];
            let tree = Tree::new(&files, None);
            assert_eq!(tree.is_untyped("lib/index.d.ts", "./a.cjs", "lib/a.cjs"), expected, "{types}");
        }
    }

    #[test]
    fn files_beside_one_for_a_phone_are_for_the_web() {
        let entry = Entry::default();
        let files: Vec<(&str, &Entry)> = ["a.js", "a.native.js", "b.js", "b.d.ts", "c.web.js"]
            .iter()
            .map(|path| (*path, &entry))
            .collect();
        let tree = Tree::new(&files, None);
        for (path, expected) in [("a.js", true), ("b.js", false), ("c.web.js", true), ("a.native.js", false)]
        {
            assert_eq!(tree.is_for_the_web(path), expected, "{path}");
        }
    }

    #[test]
    fn as_node_and_typescript_look_for_it() {
        for (paths, from, specifier, graph, expected) in [
            (&["a.js"][..], "b.js", "./a", Graph::Code, "a.js"),
            (&["a/index.js"], "x/b.js", "../a", Graph::Code, "a/index.js"),
            (&["lib/index.js"], "bin/cli", "../", Graph::Code, "lib/index.js"),
            (&["lib/index.js"], "lib/b.js", "..", Graph::Code, "lib/index.js"),
            (&["lib/index.js"], "lib/b.js", ".", Graph::Code, "lib/index.js"),
            (&["index.js"], "bin/cli", "../", Graph::Code, "index.js"),
            (&["cli.js"], "cli.js", ".", Graph::Code, "Unknown"),
            (&["a/package.json", "a/x.js"], "b.js", "./a", Graph::Code, "Unknown"),
            (&["a.js"], "b.js", "../a", Graph::Code, "Outside { levels: 1, path: \"a\" }"),
            (&["a.js"], "x/b.js", "../../../c/d", Graph::Code, "Outside { levels: 2, path: \"c/d\" }"),
            (&["a.js"], "b.js", "./build/Release/a.node", Graph::Code, "Unknown"),
            (&["a.d.ts"], "b.js", "./a", Graph::Code, "Absent"),
            (&["A.js"], "b.js", "./a.js", Graph::Code, "OtherCase(\"A.js\")"),
            (&["a.d.mts"], "b.d.mts", "./a.mjs", Graph::Types, "a.d.mts"),
            (&["a.d.mts"], "b.d.mts", "./a.mts", Graph::Types, "a.d.mts"),
            (&["a.d.ts", "a.js"], "b.d.ts", "./a.js", Graph::Types, "a.d.ts"),
            (&["a.vue.d.ts"], "b.d.ts", "./a.vue", Graph::Types, "a.vue.d.ts"),
            (&["a.d.json.ts"], "b.d.ts", "./a.json", Graph::Types, "a.d.json.ts"),
            (&["a.ios.d.ts", "a.web.d.ts"], "b.d.ts", "./a", Graph::Types, "a.ios.d.ts"),
            (&["a.other.d.ts"], "b.d.ts", "./a", Graph::Types, "Absent"),
            (&["a.css"], "b.css", "./a.css", Graph::Styles, "a.css"),
            (&["a.js"], "b.mjs", "./a.js?v=1", Graph::Code, "a.js"),
            (&["a b.js"], "b.mjs", "./a%20b.js#c", Graph::Code, "a b.js"),
            (&["a#b.js"], "b.js", "./a#b.js", Graph::Code, "a#b.js"),
            (&["a.js"], "b.mjs", "./c.js?v=1", Graph::Code, "Absent"),
        ] {
            assert_eq!(resolved(paths, from, specifier, graph), expected, "{from}: {specifier}");
        }
    }

    #[test]
    fn the_folder_of_the_package_itself() {
        let entry = Entry::default();
        for (main, paths, graph, expected) in [
            (Some("dist/a.js"), &["cli.js", "lib/b.js"][..], Graph::Code, "Absent"),
            (Some("./dist/a.js"), &["cli.js", "index.d.ts"], Graph::Code, "Absent"),
            (Some("dist/a.js"), &["cli.js", "dist/a.js"], Graph::Code, "File(\"dist/a.js\")"),
            (Some("dist/a.js"), &["cli.js", "index.js"], Graph::Code, "File(\"index.js\")"),
            (Some("dist/a.js"), &["cli.js", "index.mjs"], Graph::Code, "File(\"index.mjs\")"),
            (Some("dist/a.css"), &["cli.js"], Graph::Code, "Unknown"),
            (None, &["cli.js"], Graph::Code, "Unknown"),
            (Some("dist/a.js"), &["cli.d.ts"], Graph::Types, "Unknown"),
        ] {
            let files: Vec<(&str, &Entry)> = paths.iter().map(|path| (*path, &entry)).collect();
            let tree = Tree::new(&files, main);
            for specifier in [".", "./"] {
                let found = tree.resolve("cli.js", specifier, graph);
                assert_eq!(format!("{found:?}"), expected, "{main:?}, {paths:?}: {specifier}");
            }
        }
    }

    #[test]
    fn scripts_without_declarations() {
        let entry = Entry::default();
        for (paths, specifier, expected) in [
            (&["d/a.js"][..], "./a", true),
            (&["d/a.js"], "./a.js", true),
            (&["d/a/index.js"], "./a", true),
            (&["d/a.js", "d/a.d.mts"], "./a.js", false),
            (&["d/a/index.js", "d/a/package.json"], "./a", false),
            (&["d/a.js", "d/package.json"], "./a", false),
            (&["d/a.json"], "./a.json", false),
            (&["d/a.css"], "./a.css", false),
        ] {
            let files: Vec<(&str, &Entry)> = paths.iter().map(|path| (*path, &entry)).collect();
            let tree = Tree::new(&files, None);
            let Resolved::File(file) = tree.resolve("d/index.d.ts", specifier, Graph::Types) else {
                panic!("{paths:?}: {specifier}")
            };
            assert_eq!(tree.is_untyped("d/index.d.ts", specifier, file), expected, "{paths:?}: {specifier}");
        }
        let tree = Tree::new(&[("a.js", &entry)], Some("a.js"));
        assert!(!tree.is_untyped("index.d.mts", ".", "a.js"));
    }
}
