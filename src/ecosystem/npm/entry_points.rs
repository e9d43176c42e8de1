//! The entry points that the manifest names, and how Node, bundlers and TypeScript look for them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::inventory::{EntryPointWeight, MissingEntryPoint};
use crate::paths;

use super::empty;
use super::manifest::Manifest;
use super::wholeness::{node_target, node_targets};

/// The files of a package, from its folder.
#[derive(Debug)]
pub(super) struct Files<'a> {
    all: BTreeSet<&'a str>,
}

impl<'a> Files<'a> {
    pub(super) fn new(paths: impl IntoIterator<Item = &'a str>) -> Self {
        Self { all: paths.into_iter().collect() }
    }

    fn has(&self, path: &str) -> bool {
        self.all.contains(path)
    }

    fn has_below(&self, folder: &str) -> bool {
        let folder =
            if folder.is_empty() { String::new() } else { format!("{}/", folder.trim_end_matches('/')) };
        self.all.range(folder.as_str()..).next().is_some_and(|path| path.starts_with(&folder))
    }

    /// A file with almost this path: in other letter case, or with another ending.
    fn near(&self, path: &str) -> Option<String> {
        let stem = |path: &str| {
            let name = path.rfind('/').map_or(0, |slash| slash + 1);
            let end = path.get(name..).and_then(|name| name.find('.')).map_or(path.len(), |dot| name + dot);
            path.get(..end).unwrap_or(path).to_lowercase()
        };
        let wants_types = is_declaration(path);
        let is_near = |file: &&&str| {
            file.eq_ignore_ascii_case(path)
                || stem(file) == stem(path) && !file.ends_with(".map") && is_declaration(file) == wants_types
        };
        let mut near = self.all.iter().filter(is_near);
        let first = near.next()?;
        let same_but_for_case = self.all.iter().find(|file| file.eq_ignore_ascii_case(path));
        Some((*same_but_for_case.unwrap_or(first)).to_owned())
    }

    /// The first file found with one of `ends`, for a path that may lack its extension or be a folder.
    fn resolve(&self, path: &str, ends: &[&str], indexes: &[&str]) -> Option<String> {
        let plain = ends.iter().map(|end| format!("{path}{end}"));
        let index = indexes
            .iter()
            .map(|index| if path.is_empty() { (*index).to_owned() } else { format!("{path}/{index}") });
        plain.chain(index).find(|candidate| self.has(candidate))
    }
}

/// Folders that builds write to.
const BUILT: [&str; 6] = ["dist", "lib", "build", "out", "cjs", "esm"];

const NODE_ENDS: [&str; 4] = ["", ".js", ".json", ".node"];
/// How a file is called that NativeScript or React Native takes for its platform: their bundlers complete the name.
const PLATFORM_ENDS: [&str; 3] = [".android.js", ".ios.js", ".native.js"];
const NODE_INDEXES: [&str; 3] = ["index.js", "index.json", "index.node"];
const BUNDLER_ENDS: [&str; 7] = ["", ".js", ".mjs", ".cjs", ".json", ".ts", ".jsx"];
const BUNDLER_INDEXES: [&str; 3] = ["index.js", "index.mjs", "index.ts"];
const TYPE_ENDS: [&str; 6] = ["", ".d.ts", ".ts", ".tsx", ".d.mts", ".d.cts"];
const TYPE_INDEXES: [&str; 3] = ["index.d.ts", "index.ts", "index.tsx"];

/// Where the entry points lead, and which lead nowhere.
#[derive(Debug, Default)]
pub(super) struct EntryPoints {
    /// Entry points of code, relative to the package's folder, sorted.
    pub(super) files: BTreeSet<String>,
    /// Entry points of tools: types, styles, man pages.
    pub(super) side_files: BTreeSet<String>,
    pub(super) missing: Vec<MissingEntryPoint>,
}

/// Follows every entry point that the manifest names.
pub(super) fn follow(manifest: &Manifest, files: &Files<'_>) -> EntryPoints {
    let mut follow = Follow { manifest, files, found: EntryPoints::default() };
    let exports = manifest.object.get("exports").filter(|exports| !exports.is_null());
    follow.main(exports.is_some());
    if let Some(exports) = exports {
        follow.exports(exports);
    }
    if let Some(Value::Object(imports)) = manifest.object.get("imports") {
        for (key, target) in imports {
            let mut leaves = Vec::new();
            collect(target, &format!("imports[\"{key}\"]"), false, 0, &mut leaves);
            for leaf in leaves.iter().filter(|leaf| leaf.target.starts_with("./")) {
                follow.leaf("imports", leaf, EntryPointWeight::Hint);
            }
        }
    }
    for (name, path) in manifest.bins() {
        let field = format!("bin[\"{name}\"]");
        if files.has(&path) {
            follow.found.files.insert(path);
        } else {
            follow.miss(field, path, EntryPointWeight::Command, "bin");
        }
    }
    if let Some(folder) = manifest.bin_folder().filter(|folder| !files.has_below(folder)) {
        follow.miss("directories.bin".to_owned(), folder, EntryPointWeight::Hint, "directories");
    }
    for key in ["module", "jsnext:main"] {
        follow.hint(key, &BUNDLER_ENDS, &BUNDLER_INDEXES, true);
    }
    for key in ["types", "typings"] {
        follow.hint(key, &TYPE_ENDS, &TYPE_INDEXES, false);
    }
    follow.types_alone();
    follow.module_alone();
    follow.no_code();
    follow.no_types();
    follow.types_versions();
    follow.browser();
    for key in ["style", "sass", "unpkg", "jsdelivr", "react-native", "man"] {
        follow.by_the_way(key);
    }
    follow.found
}

struct Follow<'a> {
    manifest: &'a Manifest,
    files: &'a Files<'a>,
    found: EntryPoints,
}

impl Follow<'_> {
    fn miss(&mut self, field: String, target: String, weight: EntryPointWeight, key: &str) {
        let line = self.manifest.object.line(key);
        let near = normal(&target).and_then(|path| self.files.near(&path));
        self.found.missing.push(MissingEntryPoint { field, target, weight, near, place: None, line });
    }

    /// `main`, with Node's extensions and folders, and the `index.js` that Node falls back to.
    fn main(&mut self, has_exports: bool) {
        let main = self.manifest.text("main").filter(|main| !main.trim().is_empty());
        let fallback = self.files.resolve("", &[], &NODE_INDEXES);
        let Some(main) = main else {
            if fallback.is_none() && !has_exports {
                self.no_entrance();
            }
            self.found.files.extend(fallback);
            return;
        };
        let found =
            |ends: &[&str]| normal(main).and_then(|path| self.files.resolve(&path, ends, &NODE_INDEXES));
        let resolved = found(&NODE_ENDS).or_else(|| found(&PLATFORM_ENDS));
        match (resolved, fallback) {
            (Some(path), _) => {
                self.found.files.insert(path);
            }
            (None, Some(index)) => {
                self.found.files.insert(index);
                self.miss("main".to_owned(), main.to_owned(), EntryPointWeight::Hint, "main");
            }
            (None, None) => {
                // npm writes `index.js` into every new manifest, even if there is nothing to load.
                let weight = match (has_exports, normal(main).as_deref()) {
                    (true, _) => EntryPointWeight::Hint,
                    (false, Some("index.js" | "")) if !self.is_to_be_loaded() => EntryPointWeight::Part,
                    (false, _) if self.is_loaded_by_its_program() => EntryPointWeight::Part,
                    (false, _) if self.is_name_of_command(main) => EntryPointWeight::Part,
                    (false, _) => EntryPointWeight::Whole,
                };
                self.miss("main".to_owned(), main.to_owned(), weight, "main");
            }
        }
    }

    /// Without `main`, Node looks for `index.js` at the top: a package that has its index in a folder can't be loaded.
    fn no_entrance(&mut self) {
        // the last two are how programs load their plugins by folders of these
        const OTHERS: [&str; 13] = [
            "bin",
            "module",
            "jsnext:main",
            "browser",
            "types",
            "typings",
            "style",
            "sass",
            "source",
            "unpkg",
            "react-native",
            "oclif",
            "n8n",
        ];
        let has_others = OTHERS.iter().any(|key| self.manifest.object.get(key).is_some());
        let has_others = has_others || self.is_loaded_by_its_program();
        let is_index = |file: &&&str| {
            let is_code_folder = |folder: &str| BUILT.contains(&folder) || folder == "src";
            let inner =
                file.split_once('/').filter(|(folder, _)| is_code_folder(folder)).map(|(_, rest)| rest);
            inner.is_some_and(|rest| ["index.js", "index.cjs", "index.mjs", "index.ts"].contains(&rest))
        };
        let index = self.files.all.iter().find(is_index).map(|file| (*file).to_owned());
        let is_listed = self.lists("index.js");
        if is_listed || index.is_some() && !has_others {
            let target = "index.js".to_owned();
            let field = "Without main, Node".to_owned();
            let (weight, near) = (EntryPointWeight::Whole, index);
            self.found.missing.push(MissingEntryPoint {
                field,
                target,
                weight,
                near,
                place: None,
                line: None,
            });
        }
    }

    /// Whether a program finds the package's code by a key of its own, where a file is, and asks for no `main`.
    fn is_loaded_by_its_program(&self) -> bool {
        /// Where the paths may stand in the value: `"node-red": {"nodes": {"a": "nodes/a.js"}}`.
        const DEEPEST: usize = 2;
        fn has(value: &Value, depth: usize, is_file: &dyn Fn(&str) -> bool) -> bool {
            match value {
                Value::String(path) => is_file(path),
                Value::Array(all) => depth > 0 && all.iter().any(|one| has(one, depth - 1, is_file)),
                Value::Object(all) => depth > 0 && all.values().any(|one| has(one, depth - 1, is_file)),
                _ => false,
            }
        }
        let is_file = |path: &str| {
            let own = normal(path).filter(|own| !own.is_empty());
            own.is_some_and(|own| self.files.resolve(&own, &NODE_ENDS, &NODE_INDEXES).is_some())
        };
        // oclif takes each file of a folder for a command
        let is_file_or_folder = |path: &str| {
            let folder = normal(path).filter(|own| !own.is_empty());
            is_file(path) || folder.is_some_and(|own| self.files.has_below(&own))
        };
        let commands = self.manifest.object.get("oclif").and_then(|oclif| oclif.get("commands"));
        let keys = ["node-red", "n8n", "directus:extension"];
        let mut values = keys.iter().filter_map(|key| self.manifest.object.get(key));
        values.any(|value| has(value, DEEPEST, &is_file))
            || commands.is_some_and(|commands| has(commands, DEEPEST, &is_file_or_folder))
    }

    /// Whether a path is that of a command, but for its ending: of a package that has a command and nothing else, people
    /// write it twice.
    fn is_name_of_command(&self, path: &str) -> bool {
        let stem = |path: &str| {
            let own = normal(path)?;
            let (folder, name) = own.rsplit_once('/').unwrap_or(("", &own));
            Some((folder.to_owned(), name.split('.').next().unwrap_or(name).to_owned()))
        };
        let bins = self.manifest.bins();
        let is_script =
            |target: &str| normal(target).is_some_and(|own| !own.contains('.') && self.files.has(&own));
        bins.iter()
            .any(|(_, target)| is_script(target) && stem(target).is_some() && stem(target) == stem(path))
    }

    /// Whether the package has code that isn't a command's, or what stands for the index that it names.
    fn is_to_be_loaded(&self) -> bool {
        if self.has_index_of_other_name()
            || empty::is_by_mistake(self.manifest, self.files.all.iter().copied())
        {
            return true;
        }
        let is_code = |file: &&&str| {
            let folder = file.split_once('/').map_or("", |(folder, _)| folder);
            let is_script = [".js", ".mjs", ".cjs", ".ts"].iter().any(|end| file.ends_with(end));
            is_script && !is_declaration(file) && (BUILT.contains(&folder) || folder == "src")
        };
        self.manifest.bins().is_empty() && self.files.all.iter().any(|file| is_code(&file))
    }

    /// `Index.js`, `index.cjs`, where the manifest says `index.js`; or the list of what ships has that one, too.
    fn has_index_of_other_name(&self) -> bool {
        let is_other = |file: &&&str| {
            let is_case = file.eq_ignore_ascii_case("index.js");
            is_case || ["index.cjs", "index.mjs"].iter().any(|name| name == *file)
        };
        self.files.all.iter().any(|file| is_other(&file)) || self.lists("index.js")
    }

    /// Whether the list of what ships has a file by its very name.
    fn lists(&self, file: &str) -> bool {
        let listed = self.manifest.object.get("files").and_then(Value::as_array);
        let is_it = |one: &str| one.trim_start_matches("./").trim_start_matches('/') == file;
        listed.is_some_and(|all| all.iter().filter_map(Value::as_str).any(is_it))
    }

    fn exports(&mut self, exports: &Value) {
        let subpaths: Vec<(String, &Value)> = match exports {
            Value::Object(map) if map.keys().any(|key| key.starts_with('.')) => {
                map.iter().map(|(key, value)| (key.clone(), value)).collect()
            }
            other => vec![(".".to_owned(), other)],
        };
        for (subpath, target) in subpaths {
            let mut leaves = Vec::new();
            let field = if subpath == "." && exports.get(".").is_none() {
                "exports".to_owned()
            } else {
                format!("exports[\"{subpath}\"]")
            };
            collect(target, &field, false, 0, &mut leaves);
            // Types are no entry point for those who run the code, unless the package has nothing else.
            let enters = |leaf: &&Leaf| !leaf.is_types || leaves.iter().all(|leaf| leaf.is_types);
            let is_there = |leaf: &Leaf| self.present(&leaf.target).is_some();
            let present = leaves.iter().filter(enters).any(is_there);
            // What other runtimes, or a workspace's own tools, are given instead helps nobody who has Node.
            let kinds: &[&str] = if subpath == "." { &["import", "require"] } else { &[] };
            let given: Vec<&str> = kinds.iter().flat_map(|kind| node_targets(target, kind)).collect();
            let loads = given.is_empty()
                || given.iter().any(|target| self.present(target).is_some())
                || leaves.iter().any(|leaf| leaf.has_alternative && !leaf.is_optional && is_there(leaf));
            leaves.retain(|leaf| !leaf.is_private);
            let weight = match subpath.as_str() {
                "." if !present || !loads => EntryPointWeight::Whole,
                _ if self.is_of_sources(&subpath, &leaves) => EntryPointWeight::Hint,
                _ => EntryPointWeight::Part,
            };
            let asked: Vec<&str> = kinds.iter().filter_map(|kind| node_target(target, kind)).collect();
            let is_half =
                |leaf: &Leaf| !leaf.is_types && !leaf.is_optional && asked.contains(&leaf.target.as_str());
            // One item of a list will do; if none does, that is one finding.
            if let Some(first) = leaves.iter().find(|leaf| leaf.has_alternative && !present) {
                self.miss(first.field.clone(), first.target.clone(), weight, "exports");
            }
            for leaf in &leaves {
                let weight = match leaf.is_optional || self.fits_others(&leaf.target) {
                    true => EntryPointWeight::Hint,
                    false if is_half(leaf) && weight == EntryPointWeight::Part => EntryPointWeight::Half,
                    false => weight,
                };
                self.leaf("exports", leaf, weight);
            }
        }
    }

    /// Whether a subpath is there for those who have the project's sources at hand, as in a workspace: the package has
    /// none of them, by decision.
    fn is_of_sources(&self, subpath: &str, leaves: &[Leaf]) -> bool {
        let is_sources = |path: &str| path == "./src" || path.starts_with("./src/");
        is_sources(subpath)
            && leaves.iter().all(|leaf| is_sources(&leaf.target))
            && !self.files.has_below("src")
    }

    /// Whether a pattern fits none of the files in a folder that has some: manifests that a program writes for many packages
    /// have patterns for the kinds of files of them all.
    fn fits_others(&self, target: &str) -> bool {
        let folder = normal(target).filter(|_| target.contains('*')).unwrap_or_default();
        let folder = folder.split_once("/*").map_or("", |(folder, _)| folder);
        // of code, what is not there was meant to be built
        let is_code = [".js", ".mjs", ".cjs", ".ts", "*"].iter().any(|end| target.ends_with(end));
        !folder.is_empty() && !is_code && self.files.has_below(folder)
    }

    /// The file or the first of the files that a target of `exports` or `imports` stands for.
    fn present(&self, target: &str) -> Option<String> {
        let path = normal(target)?;
        if target.contains('*') {
            let (before, after) = path.split_once('*')?;
            // Further stars stand for the same text as the first.
            let fits = |file: &&&str| {
                let middle = file.strip_prefix(before).and_then(|rest| match after.contains('*') {
                    false => rest.strip_suffix(after),
                    true => Some(rest),
                });
                middle.is_some_and(|middle| !middle.is_empty())
            };
            return self
                .files
                .all
                .range(before..)
                .take_while(|file| file.starts_with(before))
                .find(fits)
                .map(|file| (*file).to_owned());
        }
        if target.ends_with('/') {
            return self.files.has_below(&path).then(|| format!("{path}/"));
        }
        self.files.has(&path).then_some(path)
    }

    fn leaf(&mut self, key: &str, leaf: &Leaf, weight: EntryPointWeight) {
        match self.present(&leaf.target) {
            Some(path) if leaf.is_types => {
                self.found.side_files.insert(path);
            }
            Some(path) => {
                self.found.files.insert(path);
            }
            None if leaf.has_alternative => {}
            None => self.miss(leaf.field.clone(), leaf.target.clone(), weight, key),
        }
    }

    /// A field that tools read and that nothing depends on.
    fn hint(&mut self, key: &str, ends: &[&str], indexes: &[&str], is_code: bool) {
        let Some(target) = self.manifest.text(key).filter(|target| !target.trim().is_empty()) else { return };
        let resolved = normal(target).and_then(|path| {
            let found = self.files.resolve(&path, ends, indexes);
            // of a script, TypeScript takes the declarations beside it
            found.or_else(|| self.files.resolve(Some(stem_of_script(&path)).filter(|_| !is_code)?, ends, &[]))
        });
        match resolved {
            Some(path) if is_code => {
                self.found.files.insert(path);
            }
            Some(path) => {
                self.found.side_files.insert(path);
            }
            None => self.miss(key.to_owned(), target.to_owned(), EntryPointWeight::Hint, key),
        }
    }

    /// A package whose only entry points are types can't do without them.
    fn types_alone(&mut self) {
        let has_others = ["main", "module", "browser", "exports", "bin", "style", "sass"]
            .iter()
            .any(|key| self.manifest.object.get(key).is_some_and(|value| !value.is_null() && value != ""));
        if has_others || !self.found.files.is_empty() || !self.found.side_files.is_empty() {
            return;
        }
        for missing in &mut self.found.missing {
            if matches!(missing.field.as_str(), "types" | "typings") {
                missing.weight = EntryPointWeight::Whole;
            }
        }
    }

    /// A package that only bundlers are to load can't do without the file that they are named.
    fn module_alone(&mut self) {
        let has_others =
            ["main", "browser", "exports", "bin", "style", "sass", "svelte", "react-native", "oclif"]
                .iter()
                .any(|key| {
                    self.manifest.object.get(key).is_some_and(|value| !value.is_null() && value != "")
                });
        if has_others || !self.found.files.is_empty() || self.is_loaded_by_its_program() {
            return;
        }
        for missing in &mut self.found.missing {
            if matches!(missing.field.as_str(), "module" | "jsnext:main") {
                missing.weight = EntryPointWeight::Whole;
            }
        }
    }

    /// A package with declarations and no code at all is a package of types: nobody loads what it names as code. But
    /// its build may also have failed, so it is reported.
    fn no_code(&mut self) {
        const CODE: [&str; 10] =
            [".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".node", ".wasm"];
        let is_code = |file: &&str| !is_declaration(file) && CODE.iter().any(|end| file.ends_with(end));
        let has_types = self.files.all.iter().any(|file| is_declaration(file));
        if !has_types || self.files.all.iter().any(is_code) {
            return;
        }
        // What is called so repeats the `exports` of the package that its types are of.
        let is_of_types = self.manifest.text("name").is_some_and(|name| name.starts_with("@types/"));
        if !is_of_types && (self.tells_types_from_code() || self.names_code_twice()) {
            return;
        }
        for missing in &mut self.found.missing {
            let is_types =
                matches!(missing.field.as_str(), "types" | "typings") || is_declaration(&missing.target);
            let may_be_absent = match missing.weight {
                EntryPointWeight::Whole => true,
                EntryPointWeight::Half | EntryPointWeight::Part => {
                    is_of_types && missing.field.starts_with("exports")
                }
                _ => false,
            };
            if may_be_absent && !is_types {
                missing.weight = EntryPointWeight::Hint;
            }
        }
    }

    /// Whether `main` is no name that npm writes, and what serves browsers or bundlers names the same; or `exports` does, without
    /// any condition; or the list of what ships has it: nobody says so twice of what was never meant to be there.
    fn names_code_twice(&self) -> bool {
        let target = |key: &str| self.manifest.text(key).and_then(normal);
        let named = target("main");
        // what is called so may list a script that it never had
        let name = self.manifest.text("name").unwrap_or_default();
        let is_called_types =
            name.rsplit(['/', '-', '.']).next().is_some_and(|word| matches!(word, "types" | "typings"));
        let is_listed = named
            .as_ref()
            .is_some_and(|main| [main.clone(), format!("{main}.js")].iter().any(|file| self.lists(file)));
        if is_listed && !is_called_types {
            return true;
        }
        let main = named.filter(|main| main.ends_with("js"));
        let exports = self.manifest.object.get("exports");
        let exported =
            exports.and_then(|all| all.as_str().or_else(|| all.get(".")?.as_str())).and_then(normal);
        let is_chosen = main.as_deref().is_some_and(|main| main != "index.js");
        main.is_some()
            && (exported == main
                || is_chosen && ["module", "unpkg", "jsdelivr"].iter().any(|key| target(key) == main))
    }

    /// Whether `exports` names types in one place and code in another: then there is code to be had.
    fn tells_types_from_code(&self) -> bool {
        fn tells(value: &Value, depth: usize) -> bool {
            let Value::Object(map) = value else { return false };
            let has = |conditions: &[&str]| conditions.iter().any(|condition| map.contains_key(*condition));
            has(&["types"]) && has(&["import", "require"])
                || depth < 32 && map.values().any(|inner| tells(inner, depth + 1))
        }
        self.manifest.object.get("exports").is_some_and(|exports| tells(exports, 0))
    }

    /// Whoever goes by the types that the manifest names gets none where there are no declarations at all, or none where TypeScript
    /// looks next.
    fn no_types(&mut self) {
        let is_typed = |file: &&str| is_declaration(file) || file.ends_with(".ts") || file.ends_with(".tsx");
        let has_any = self.files.all.iter().any(is_typed);
        if has_any && self.has_types_elsewhere() {
            return;
        }
        for missing in &mut self.found.missing {
            let is_own = matches!(missing.field.as_str(), "types" | "typings");
            let is_exported = missing.field.starts_with("exports") && missing.field.ends_with(".types");
            if missing.weight == EntryPointWeight::Hint && (is_own || is_exported && !has_any) {
                missing.weight = EntryPointWeight::Types;
            }
        }
    }

    /// Whether TypeScript finds types without the file that `types` names: by another field, beside the entry point, at the top.
    fn has_types_elsewhere(&self) -> bool {
        let is_typed = |target: &str| {
            normal(target).is_some_and(|path| {
                let is_it = is_declaration(&path) && self.files.has(&path);
                is_it || self.files.resolve(stem_of_script(&path), &TYPE_ENDS, &TYPE_INDEXES).is_some()
            })
        };
        let named = ["types", "typings"].into_iter().filter_map(|key| self.manifest.text(key));
        let exports = self.manifest.object.get("exports").filter(|exports| !exports.is_null());
        let mut leaves = Vec::new();
        if let Some(exports) = exports {
            collect(exports.get(".").unwrap_or(exports), "", false, 0, &mut leaves);
        }
        // what begins with `<` is for versions of TypeScript that nobody has any more
        let versions = self.manifest.object.get("typesVersions").and_then(Value::as_object);
        let is_for_all =
            |versions: &serde_json::Map<String, Value>| versions.keys().any(|key| !key.starts_with('<'));
        versions.is_some_and(is_for_all)
            || named.into_iter().chain(self.manifest.text("main")).any(is_typed)
            || leaves.iter().any(|leaf| is_typed(&leaf.target))
            || self.files.resolve("", &[], &TYPE_INDEXES).is_some()
    }

    /// Where TypeScript looks for types, by its version: one of several places will do.
    fn types_versions(&mut self) {
        let Some(Value::Object(versions)) = self.manifest.object.get("typesVersions") else { return };
        for (version, paths) in versions {
            for (pattern, targets) in paths.as_object().into_iter().flatten() {
                let targets: Vec<&str> =
                    targets.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let Some(first) = targets.first() else { continue };
                if !targets.iter().any(|target| self.has_types(target)) {
                    let field = format!("typesVersions[\"{version}\"][\"{pattern}\"]");
                    self.miss(field, (*first).to_owned(), EntryPointWeight::Hint, "typesVersions");
                }
            }
        }
    }

    fn has_types(&self, target: &str) -> bool {
        let Some(path) = normal(target) else { return false };
        match path.split_once('*') {
            Some((before, _)) => {
                self.files.all.range(before..).next().is_some_and(|file| file.starts_with(before))
            }
            None => self.files.resolve(&path, &TYPE_ENDS, &TYPE_INDEXES).is_some(),
        }
    }

    fn browser(&mut self) {
        match self.manifest.object.get("browser") {
            Some(Value::String(_)) => self.hint("browser", &BUNDLER_ENDS, &BUNDLER_INDEXES, true),
            Some(Value::Object(map)) => {
                for (from, to) in map {
                    let Some(to) = to.as_str().filter(|to| to.starts_with("./") || to.starts_with("../"))
                    else {
                        continue;
                    };
                    match normal(to)
                        .and_then(|path| self.files.resolve(&path, &BUNDLER_ENDS, &BUNDLER_INDEXES))
                    {
                        Some(path) => {
                            self.found.files.insert(path);
                        }
                        None => self.miss(
                            format!("browser[\"{from}\"]"),
                            to.to_owned(),
                            EntryPointWeight::Hint,
                            "browser",
                        ),
                    }
                }
            }
            _ => {}
        }
    }

    /// Fields whose files count as needed if they are there, and whose absence only manuals show.
    fn by_the_way(&mut self, key: &str) {
        let values: Vec<&str> = match self.manifest.object.get(key) {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut missing = Vec::new();
        for value in values {
            match normal(value).and_then(|path| self.files.resolve(&path, &BUNDLER_ENDS, &[])) {
                Some(path) => {
                    self.found.side_files.insert(path);
                }
                None if key == "man" => missing.push(value.to_owned()),
                None => {}
            }
        }
        for value in missing {
            self.miss(key.to_owned(), value, EntryPointWeight::Hint, key);
        }
    }
}

/// A target of `exports` or `imports`, with the path to it.
#[derive(Debug)]
struct Leaf {
    field: String,
    target: String,
    /// Under `types`.
    is_types: bool,
    /// Under a condition that only some tools set, so that nothing breaks without it.
    is_optional: bool,
    /// Under a condition that only the package's own authors set.
    is_private: bool,
    /// In an array, so another target may do.
    has_alternative: bool,
}

/// Conditions that Node or every bundler sets by itself.
const COMMON: [&str; 8] =
    ["default", "import", "require", "node", "browser", "module-sync", "production", "node-addons"];
/// Conditions that some runtimes and tools set.
const KNOWN: [&str; 14] = [
    "types",
    "module",
    "development",
    "deno",
    "bun",
    "worker",
    "workerd",
    "edge-light",
    "react-native",
    "react-server",
    "electron",
    "svelte",
    "style",
    "sass",
];

fn collect(value: &Value, field: &str, has_alternative: bool, depth: usize, into: &mut Vec<Leaf>) {
    collect_under(value, field, &mut Vec::new(), has_alternative, depth, into);
}

fn collect_under<'v>(
    value: &'v Value,
    field: &str,
    conditions: &mut Vec<&'v str>,
    has_alternative: bool,
    depth: usize,
    into: &mut Vec<Leaf>,
) {
    match value {
        Value::String(target) => {
            let is_types =
                conditions.iter().any(|condition| condition.starts_with("types")) || is_declaration(target);
            let is_optional = is_types || conditions.iter().any(|condition| !COMMON.contains(condition));
            let is_private = conditions.iter().any(|condition| {
                !COMMON.contains(condition) && !KNOWN.contains(condition) && !condition.starts_with("types")
            });
            let way: String = conditions.iter().map(|condition| format!(".{condition}")).collect();
            let (field, target) = (format!("{field}{way}"), target.clone());
            into.push(Leaf { field, target, is_types, is_optional, is_private, has_alternative });
        }
        Value::Array(items) if depth < 32 => {
            for item in items {
                collect_under(item, field, conditions, items.len() > 1, depth + 1, into);
            }
        }
        Value::Object(map) if depth < 32 => {
            for (condition, item) in map {
                conditions.push(condition);
                collect_under(item, field, conditions, has_alternative, depth + 1, into);
                conditions.pop();
            }
        }
        // null closes a subpath: there is nothing to find.
        _ => {}
    }
}

fn is_declaration(target: &str) -> bool {
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| target.ends_with(end))
}

/// A path relative to the package's folder with `.`, empty segments and `..` resolved; `None` if it leaves the folder.
/// A script's path without its ending.
fn stem_of_script(path: &str) -> &str {
    [".js", ".mjs", ".cjs"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path)
}

fn normal(path: &str) -> Option<String> {
    paths::join("", path.trim())
}

/// Folders with nothing that users of the package need.
const NOT_NEEDED: &[&str] = &[
    "test",
    "tests",
    "__tests__",
    "spec",
    "specs",
    "example",
    "examples",
    "demo",
    "demos",
    "doc",
    "docs",
    "coverage",
    "bench",
    "benchmark",
    "benchmarks",
    "scripts",
    "script",
    "tools",
    "fixtures",
    "__fixtures__",
    "__snapshots__",
    "testdata",
    "test-data",
    "cypress",
    "playwright-report",
    "test-results",
    "notes",
    "meetings",
    "ideas",
    "drafts",
    "__mocks__",
    "website",
    "site",
    "node_modules",
    "e2e",
    "src",
    "build-scripts",
    "ci",
    "tasks",
    "support",
];

/// A `files` list that covers what the entry points need: their folders; for entry points at the top, the files there
/// and the folders that look like code.
pub(super) fn proposal(found: &EntryPoints, paths: &[&str]) -> Vec<String> {
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    let mut files: BTreeSet<&str> = BTreeSet::new();
    for path in found.files.iter().chain(&found.side_files) {
        match path.split_once('/') {
            Some((folder, _)) => {
                folders.insert(folder);
            }
            None => {
                files.insert(path);
            }
        }
    }
    let needed = |folder: &&str| !folder.starts_with('.') && !is_not_needed(folder);
    // What isn't there may be built and kept out by the very ignore file that the list is to take the place of.
    let missing: Vec<&str> = found.missing.iter().filter_map(|missing| top_folder(missing)).collect();
    folders.extend(missing.iter().copied().filter(needed));
    // A program may read templates, data and the like from beside it.
    if !found.files.is_empty() || !missing.is_empty() {
        folders.extend(paths.iter().filter_map(|path| Some(path.split_once('/')?.0)).filter(needed));
    }
    let enters_at_top = found.files.iter().any(|path| !path.contains('/'));
    if enters_at_top {
        for path in paths {
            let is_code = [".js", ".cjs", ".mjs", ".json", ".node", ".wasm", ".css"]
                .iter()
                .any(|end| path.ends_with(end))
                || is_declaration(path);
            if !is_code {
                continue;
            }
            if !path.contains('/') && !is_tooling(path) {
                files.insert(path);
            }
        }
    }
    let mut proposal: Vec<String> = folders.into_iter().map(str::to_owned).collect();
    proposal.extend(files.into_iter().filter(|file| *file != "package.json").map(str::to_owned));
    proposal
}

/// The folder at the top that an entry point should be in, unless its path is just a slip.
fn top_folder(missing: &MissingEntryPoint) -> Option<&str> {
    let is_slip = missing.near.is_some() || missing.target.split('/').any(|segment| segment == "..");
    let (folder, _) = missing.target.trim().trim_start_matches("./").split_once('/')?;
    (!is_slip && !folder.is_empty() && !folder.contains('*')).then_some(folder)
}

/// Whether users of a package need nothing of a folder at its top, going by its name.
pub(super) fn is_not_needed(folder: &str) -> bool {
    NOT_NEEDED.contains(&folder)
}

/// Files at the top of a project that build or test it.
fn is_tooling(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with('.')
        || [
            ".config.js",
            ".config.cjs",
            ".config.mjs",
            ".conf.js",
            ".test.js",
            ".spec.js",
            "rc.js",
            "-lock.json",
            "tsconfig.json",
        ]
        .iter()
        .any(|end| lower.ends_with(end))
        || [
            "gulpfile.js",
            "gruntfile.js",
            "test.js",
            "tests.js",
            "bench.js",
            "benchmark.js",
            "example.js",
            "tsconfig.json",
            "bower.json",
            "component.json",
            "lerna.json",
            "nx.json",
            "turbo.json",
            "tslint.json",
            "makefile.js",
            "jsconfig.json",
            "package.json",
            "composer.json",
            "renovate.json",
            "vercel.json",
            "now.json",
        ]
        .contains(&lower.as_str())
        || lower.starts_with("tsconfig.")
        || lower.starts_with("webpack.")
        || lower.starts_with("rollup.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::json::Object;

    fn missing(manifest: &str, paths: &[&str]) -> Vec<(String, EntryPointWeight)> {
        let manifest = Manifest::from_object(Object::read(manifest.as_bytes()).unwrap());
        let found = follow(&manifest, &Files::new(paths.iter().copied()));
        found.missing.into_iter().map(|missing| (missing.field, missing.weight)).collect()
    }

    #[test]
    fn a_command_that_main_calls_by_another_ending() {
        for (manifest, files, expected) in [
            (r#"{"name": "n", "main": "a.sh", "bin": "./a"}"#, &["a"], EntryPointWeight::Part),
            (r#"{"name": "n", "main": "a.sh", "bin": "./b"}"#, &["b"], EntryPointWeight::Whole),
            (r#"{"name": "n", "main": "lib/a.js", "bin": "./a"}"#, &["a"], EntryPointWeight::Whole),
            (r#"{"name": "n", "main": "a.js", "bin": "./a.mjs"}"#, &["a.mjs"], EntryPointWeight::Whole),
        ] {
            assert_eq!(missing(manifest, files), [("main".to_owned(), expected)], "{manifest}");
        }
    }

    #[test]
    fn plug_ins_of_oclif_are_found_by_their_commands() {
        let files = &["lib/commands/a.js", "bin/run", "oclif.manifest.json"];
        for (commands, expected) in [
            (r#""./lib/commands""#, EntryPointWeight::Part),
            (r#"{"strategy": "explicit", "target": "./lib/commands/a"}"#, EntryPointWeight::Part),
            (r#""./dist/commands""#, EntryPointWeight::Whole),
        ] {
            let manifest = format!(
                r#"{{"main": "dist/index.js", "oclif": {{"bin": "bin/run", "commands": {commands}}}}}"#
            );
            assert_eq!(missing(&manifest, files), [("main".to_owned(), expected)], "{manifest}");
        }
    }

    #[test]
    fn entrances_that_lead_somewhere() {
        for (manifest, paths) in [
            (r#"{"main": "lib/a"}"#, &["lib/a.js"][..]),
            (r#"{"main": "a"}"#, &["a.android.js", "a.ios.js", "a.d.ts"]),
            (r#"{"oclif": {"commands": "./lib/commands"}}"#, &["lib/index.js", "lib/commands/a.js"]),
            (r#"{"main": "./lib"}"#, &["lib/index.js"]),
            (r#"{"directus:extension": {"path": "dist/index.js"}}"#, &["dist/index.js"]),
            (r#"{"directus:extension": {"path": {"app": "dist/index.js"}}}"#, &["dist/index.js"]),
            (r#"{"main": "./lib/"}"#, &["lib/index.json"]),
            (r#"{"main": "."}"#, &["index.js"]),
            (r#"{}"#, &["a.css"]),
            (r#"{"bin": {"a": "lib/index.js"}}"#, &["lib/index.js"]),
            (r#"{}"#, &["lib/a.js", "index.json"]),
            (r#"{"exports": "./a.js"}"#, &["a.js"]),
            (r#"{"exports": {"import": "./a.mjs", "require": "./a.cjs"}}"#, &["a.mjs", "a.cjs"]),
            (
                r#"{"exports": {".": {"node": {"import": "./a.js"}}, "./x/*": "./x/*.js", "./y/*": null}}"#,
                &["a.js", "x/1.js"],
            ),
            (r#"{"exports": {"./x/": "./x/"}}"#, &["x/1.js"]),
            (r#"{"exports": {".": ["./a.js", "./b.js"]}}"#, &["b.js"]),
            (r##"{"imports": {"#a": "./a.js", "#b": "pkg"}}"##, &["a.js"]),
            (r#"{"bin": {"a": "./bin/a"}}"#, &["bin/a"]),
            (r#"{"types": "a"}"#, &["a.d.ts"]),
            (
                r#"{"exports": {".": {"source": "./a.ts", "@acme/source": "./b.ts", "default": "./a.js"}}}"#,
                &["a.js"],
            ),
            (r#"{"browser": {"fs": false, "./a.js": "./b"}}"#, &["b.js"]),
            (r#"{"types": "index"}"#, &["index.d.ts"]),
            (r#"{"typesVersions": {">=4": {"*": ["gone/*", "ts4/*"], "x": ["ts4/x"]}}}"#, &["ts4/x.d.ts"]),
            (r#"{"man": ["man/a.1"]}"#, &["man/a.1"]),
        ] {
            assert_eq!(missing(manifest, paths), [], "{manifest}");
        }
    }

    #[test]
    fn the_file_that_was_meant() {
        let near = |manifest: &str, paths: &[&str]| {
            let manifest = Manifest::from_object(Object::read(manifest.as_bytes()).unwrap());
            let found = follow(&manifest, &Files::new(paths.iter().copied()));
            found.missing.first().and_then(|missing| missing.near.clone())
        };
        for (manifest, paths, expected) in [
            (r#"{"main": "lib/Index.js"}"#, &["lib/index.js", "lib/index.mjs"][..], Some("lib/index.js")),
            (r#"{"exports": "./index.ts"}"#, &["index.d.ts", "index.js", "index.js.map"], Some("index.js")),
            (r#"{"main": "a.js", "types": "./b.d.ts"}"#, &["a.js", "b.d.mts"], Some("b.d.mts")),
            (r#"{"main": "dist/a.js"}"#, &["dist/b.js", "dist/a.d.ts"], None),
        ] {
            assert_eq!(near(manifest, paths).as_deref(), expected, "{manifest}");
        }
    }

    #[test]
    fn entrances_that_lead_nowhere() {
        use EntryPointWeight::{Command, Half, Hint, Part, Types, Whole};
        for (manifest, paths, expected) in [
            (r#"{"main": "dist/a.js"}"#, &["src/a.ts"][..], &[("main", Whole)][..]),
            (r#"{"main": "dist/a.js"}"#, &["index.js"], &[("main", Hint)]),
            (r#"{"main": "a"}"#, &["a.linux.js", "b.android.js"], &[("main", Whole)]),
            (
                r#"{"exports": {".": "./a.js", "./f/*": "./f/*.woff"}}"#,
                &["a.js", "f/a.woff2"],
                &[(r#"exports["./f/*"]"#, Hint)],
            ),
            (
                r#"{"exports": {".": "./a.js", "./f/*": "./f/*.woff"}}"#,
                &["a.js", "g/a.woff2"],
                &[(r#"exports["./f/*"]"#, Part)],
            ),
            (
                r#"{"exports": {".": "./a.js", "./f/*": "./f/*.mjs"}}"#,
                &["a.js", "f/a.js"],
                &[(r#"exports["./f/*"]"#, Part)],
            ),
            (r#"{"main": "a.js", "exports": "./b.js"}"#, &["b.js"], &[("main", Hint)]),
            (r#"{"main": "../a.js"}"#, &["a.js"], &[("main", Whole)]),
            (r#"{"exports": "./a"}"#, &["a.js"], &[("exports", Whole)]),
            (r#"{"type": "module"}"#, &["dist/index.js"], &[("Without main, Node", Whole)]),
            (r#"{"main": "index.js"}"#, &["lib/a.js"], &[("main", Whole)]),
            (
                r#"{"main": "none", "node-red": {"nodes": {"a": "nodes/a.js"}}}"#,
                &["nodes/a.js"],
                &[("main", Part)],
            ),
            (
                r#"{"main": "none", "node-red": {"nodes": {"a": "nodes/b.js"}}}"#,
                &["nodes/a.js"],
                &[("main", Whole)],
            ),
            (
                r#"{"main": "a.js", "directus:extension": {"path": "dist/index.js"}}"#,
                &["b.js"],
                &[("main", Whole)],
            ),
            (
                r#"{"directus:extension": {"path": "dist/app.js"}}"#,
                &["dist/index.js"],
                &[("Without main, Node", Whole)],
            ),
            (r#"{"main": "index.js"}"#, &["a.css"], &[("main", Part)]),
            (r#"{"main": "index.js"}"#, &["Index.js"], &[("main", Whole)]),
            (r#"{"main": "./index.js", "bin": "cli.js"}"#, &["index.cjs", "cli.js"], &[("main", Whole)]),
            (r#"{"main": "index.js", "files": ["./index.js"]}"#, &["a.css"], &[("main", Whole)]),
            (r#"{"main": "index.js", "files": ["*.css"]}"#, &["a.css", "index.d.ts"], &[("main", Part)]),
            (
                r#"{"main": "index.js", "types": "index.d.ts"}"#,
                &["index.d.ts", "index.ts"],
                &[("main", Part)],
            ),
            (
                r#"{"exports": {".": {"import": "./a.mjs", "require": "./a.cjs"}}}"#,
                &["a.mjs"],
                &[(r#"exports["."].require"#, Half)],
            ),
            (
                r#"{"exports": {"import": {"types": "./a.d.ts", "default": "./a.mjs"}, "default": "./a.cjs"}}"#,
                &["a.cjs", "a.d.ts"],
                &[("exports.import.default", Half)],
            ),
            // what other runtimes and the project's own tools are given is no use to Node
            (
                r#"{"exports": {".": {"workerd": {"import": "./w.mjs"}, "default": "./e.js"}}}"#,
                &["w.mjs"],
                &[(r#"exports["."].default"#, Whole)],
            ),
            (
                r#"{"exports": {".": {"@acme/source": "./src/a.ts", "types": "./d/a.d.ts", "import": "./d/a.js"}}}"#,
                &["src/a.ts", "d/a.d.ts"],
                &[(r#"exports["."].import"#, Whole)],
            ),
            (
                r#"{"exports": {".": {"svelte": "./a.svelte", "browser": "./b.js"}}}"#,
                &["a.svelte"],
                &[("exports[\".\"].browser", Part)],
            ),
            // Node takes another one first
            (
                r#"{"exports": {".": {"node": "./n.js", "import": "./a.mjs", "require": "./a.cjs"}}}"#,
                &["n.js", "a.cjs"],
                &[(r#"exports["."].import"#, Part)],
            ),
            (
                r#"{"exports": {".": {"browser": {"import": "./b.mjs"}, "default": "./a.js"}}}"#,
                &["a.js"],
                &[(r#"exports["."].browser.import"#, Part)],
            ),
            (
                r#"{"exports": {"./s": {"import": "./a.mjs", "require": "./a.cjs"}}}"#,
                &["a.cjs"],
                &[(r#"exports["./s"].import"#, Part)],
            ),
            (
                r#"{"exports": {".": {"types": "./a.d.ts", "default": "./a.js"}}}"#,
                &["a.js"],
                &[(r#"exports["."].types"#, Types)],
            ),
            (
                r#"{"exports": {".": {"bun": "./a.ts", "default": "./a.js"}}}"#,
                &["a.js"],
                &[(r#"exports["."].bun"#, Hint)],
            ),
            (r#"{"exports": {"./x/*": "./x/*.js"}}"#, &["x/a.ts"], &[(r#"exports["./x/*"]"#, Part)]),
            (r#"{"exports": {"./src/*": "./src/*"}}"#, &["dist/a.js"], &[(r#"exports["./src/*"]"#, Hint)]),
            (r#"{"exports": {"./src/*": "./src/*.js"}}"#, &["src/a.ts"], &[(r#"exports["./src/*"]"#, Part)]),
            (r#"{"exports": {"./a": "./src/a.js"}}"#, &["b.js"], &[(r#"exports["./a"]"#, Part)]),
            (
                r#"{"name": "@types/a", "types": "index.d.ts", "exports": {"./b": "./b.js", "./c": {"types": "./c.d.ts", "import": "./c.js"}}}"#,
                &["index.d.ts"],
                &[
                    (r#"exports["./b"]"#, Hint),
                    (r#"exports["./c"].import"#, Hint),
                    (r#"exports["./c"].types"#, Hint),
                ],
            ),
            (
                r#"{"name": "a", "types": "index.d.ts", "exports": {"./b": "./b.js"}}"#,
                &["index.d.ts"],
                &[(r#"exports["./b"]"#, Part)],
            ),
            (r#"{"exports": {".": ["./a.js", "./b.js"]}}"#, &["c.js"], &[(r#"exports["."]"#, Whole)]),
            (r#"{"exports": {".": "./c.js", "./x": ["./a.js"]}}"#, &["c.js"], &[(r#"exports["./x"]"#, Part)]),
            (r#"{"types": "index.d.ts"}"#, &["a.d.ts"], &[("types", Whole)]),
            (r#"{"main": "a.js", "types": "index.d.ts"}"#, &["a.js", "b.d.ts"], &[("types", Types)]),
            (r#"{"main": "a.js"}"#, &["a.d.ts"], &[("main", Hint)]),
            (r#"{"main": "a.js", "unpkg": "./a.js"}"#, &["a.d.ts"], &[("main", Whole)]),
            (
                r#"{"main": "./index.js", "exports": {".": "./index.js"}}"#,
                &["index.d.ts"],
                &[("main", Hint), (r#"exports["."]"#, Whole)],
            ),
            (
                r#"{"main": "./index.js", "exports": {".": {"default": "./index.js"}}}"#,
                &["index.d.ts"],
                &[("main", Hint), (r#"exports["."].default"#, Hint)],
            ),
            (
                r#"{"main": "./a", "types": "a.d.ts", "files": ["a.js", "a.d.ts"]}"#,
                &["a.d.ts"],
                &[("main", Whole)],
            ),
            (
                r#"{"main": "index.js", "files": ["index.js", "index.d.ts"]}"#,
                &["index.d.ts"],
                &[("main", Whole)],
            ),
            (
                r#"{"name": "@a/types", "main": "index.js", "files": ["index.js", "*.d.ts"]}"#,
                &["index.d.ts"],
                &[("main", Hint)],
            ),
            (
                r#"{"browser": "b.js", "files": ["index.js", "b.js"]}"#,
                &["b.js"],
                &[("Without main, Node", Whole)],
            ),
            (r#"{"browser": "b.js", "files": ["b.js"]}"#, &["b.js"], &[]),
            (r#"{"main": "index.js"}"#, &["README.md", "LICENSE"], &[("main", Whole)]),
            (r#"{"main": "index.js", "dependencies": {"a": "1"}}"#, &["README.md"], &[("main", Part)]),
            (r#"{"main": "index.js", "unpkg": "index.js"}"#, &["a.d.ts"], &[("main", Part)]),
            (
                r#"{"exports": {".": {"types": "./a.d.ts", "import": "./a.js"}}}"#,
                &["a.d.ts"],
                &[(r#"exports["."].import"#, Whole)],
            ),
            (r#"{"main": "l/a.js", "types": "t/b.d.ts"}"#, &["l/a.js", "t/c.d.ts"], &[("types", Types)]),
            (r#"{"exports": "./l/a.js", "types": "t/b.d.ts"}"#, &["l/a.js", "t/c.d.ts"], &[("types", Types)]),
            (r#"{"main": "l/a.js", "types": "t/b.d.ts"}"#, &["l/a.js", "l/a.d.ts"], &[("types", Hint)]),
            (r#"{"main": "l/a.js", "types": "t/b.d.ts"}"#, &["l/a.js", "index.d.ts"], &[("types", Hint)]),
            (
                r#"{"exports": {".": {"types": "./t/a.d.ts", "default": "./l/a.js"}}, "types": "t/b.d.ts"}"#,
                &["l/a.js", "t/a.d.ts"],
                &[("types", Hint)],
            ),
            (
                r#"{"main": "l/a.js", "types": "t/b.d.ts", "typings": "t/a.d.ts"}"#,
                &["l/a.js", "t/a.d.ts"],
                &[("types", Hint)],
            ),
            (
                r#"{"main": "l/a.js", "types": "t/b.d.ts", "typesVersions": {"<4.5": {"t/*": ["l/*"]}}}"#,
                &["l/a.js", "l/c.d.ts"],
                &[("types", Types)],
            ),
            (r#"{"main": "l/a.js", "types": "t/index.js"}"#, &["l/a.js", "t/index.d.ts"], &[]),
            (
                r#"{"main": "a.js", "typesVersions": {"*": {"*": ["ts4/*"]}}, "man": "a.1"}"#,
                &["a.js"],
                &[(r#"typesVersions["*"]["*"]"#, Hint), ("man", Hint)],
            ),
            (r#"{"name": "a", "bin": "cli"}"#, &["cli.js"], &[(r#"bin["a"]"#, Command)]),
            (
                r#"{"types": "x.d.ts", "module": "m.js", "browser": "b.js"}"#,
                &["a.js"],
                &[("module", Hint), ("types", Types), ("browser", Hint)],
            ),
        ] {
            let expected: Vec<(String, EntryPointWeight)> =
                expected.iter().map(|(f, w)| ((*f).to_owned(), *w)).collect();
            assert_eq!(missing(manifest, paths), expected, "{manifest}");
        }
    }
}
