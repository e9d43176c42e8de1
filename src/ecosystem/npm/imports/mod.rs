//! Imports that lead nowhere: followed from what the manifest names as entrances, as Node resolves them, on the list of
//! the package's files.
//!
//! Three looks: the first takes every name that a quick look found for an import, and says which files would have to be
//! parsed to be sure. The second says what leads to those in which the parser found something wrong, if any, and has to be
//! parsed, too. The third goes by what the parser found in all of these.

mod bundlers;
mod dependencies;
mod format;
mod given;
mod resolve;
mod roots;
mod subpaths;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::inventory::{
    Asking, BrokenImport, Entrance, Entry, EntryId, Import, ImportTrouble, Lead, Package, Reach, ScriptFormat,
};

use super::manifest::Manifest;
use super::wholeness;
use dependencies::{Dependencies, package_of};
use format::{Format, format};
use given::Given;
use resolve::{Resolved, Tree};
use roots::Root;
use subpaths::Subpaths;

/// Files larger than this are not parsed for a package that may be undeclared, and for a file that may be missing.
const MOST_FOR_A_PACKAGE: u64 = 256 << 10;
const MOST_FOR_A_FILE: u64 = 1 << 20;
/// Bytes that are parsed of one package for each look.
const MOST_PARSED: u64 = 8 << 20;
/// How often a module is asked what it loads or hands on, or where one of these is, at the most.
const MOST_ASKED: usize = 50_000;

/// A file as one that something asks for: a script and its declarations ask for different things.
type Node<'a> = (&'a str, Graph);

/// Whose imports are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Graph {
    Code,
    Types,
    Styles,
}

impl Graph {
    /// Whether a file of this graph asks for anything.
    fn goes_on(self, path: &str) -> bool {
        let is_declaration = [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| path.ends_with(end));
        match self {
            Self::Code => {
                !path.rsplit('/').next().unwrap_or(path).contains('.')
                    || [".js", ".mjs", ".cjs"].iter().any(|end| path.ends_with(end))
            }
            Self::Types => is_declaration,
            Self::Styles => path.ends_with(".css"),
        }
    }
}

/// The package, as its imports see it.
struct Whole<'a> {
    tree: Tree<'a>,
    manifest: &'a Manifest,
    dependencies: Dependencies<'a>,
    roots: Vec<Root>,
    exports: Option<Subpaths<'a>>,
    imports: Option<Subpaths<'a>>,
    given: Given<'a>,
    is_for_react_native: bool,
    /// Modules of which it is known whether they wait.
    waiting: RefCell<BTreeMap<&'a str, bool>>,
    /// How many questions may still be asked of what modules load and hand on.
    may_ask: Cell<usize>,
}

/// Where a package's dependencies come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ecosystem) enum Brought {
    /// The client that installs the package fetches them.
    ByClient,
    /// They are in the package, or there are none.
    InPackage,
}

/// What a file is reached by: how many steps it takes, and from which root.
#[derive(Debug, Clone, Copy)]
struct Way<'r> {
    steps: usize,
    root: &'r Root,
}

/// The scripts that a package is entered by, each as the gravest of its entrances.
pub(super) fn entrances(
    files: &[(&str, &Entry)],
    manifest: &Manifest,
    package: &Package,
    brought: Brought,
) -> Vec<Entrance> {
    let whole = Whole::new(manifest, files, package, brought, Given::quick());
    let is_of_code = |reach| !matches!(reach, Reach::Types | Reach::Styles);
    let mut roots: Vec<&Root> = whole.roots.iter().filter(|root| is_of_code(root.reach)).collect();
    roots.sort_by_key(|root| root.reach);
    let may_be_compiled = wholeness::is_for_others(manifest);
    let mut known = BTreeSet::new();
    let is_data = |root: &Root| root.path.ends_with(".json") && root.reach == Reach::Package;
    let is_read = |root: &Root| Graph::Code.goes_on(&root.path) || is_data(root);
    let own: Vec<&Root> =
        roots.into_iter().filter(|root| is_read(root) && known.insert(&root.path)).collect();
    let entrance = |root: &&Root| {
        let (path, entry) = whole.tree.get(&root.path)?;
        let format = whole.script_format(path, is_data(root));
        let (reach, field) = (root.reach, root.field.clone());
        let may_be_compiled = may_be_compiled || bundlers::asks_for_react_native(entry);
        Some(Entrance { entry: entry.id, reach, field, format, may_be_compiled, lead: None })
    };
    let mut all: Vec<Entrance> = own.iter().filter_map(entrance).collect();
    all.extend(whole.behind(&known, may_be_compiled));
    all
}

/// The files that must be parsed to be sure of what leads nowhere.
pub(super) fn doubtful(
    files: &[(&str, &Entry)],
    manifest: &Manifest,
    package: &Package,
    brought: Brought,
) -> Vec<EntryId> {
    let whole = Whole::new(manifest, files, package, brought, Given::quick());
    let ways = whole.follow(|entry, _| Some(entry.imports.as_slice()), |_, _| {});
    let is_parsed = |node: &Node<'_>| node.1 != Graph::Styles;
    let suspects = ways.keys().copied().filter(is_parsed).filter(|node| whole.is_suspect(*node));
    let mut wanted: BTreeSet<Node<'_>> = suspects.collect();
    let asked: Vec<Node<'_>> = wanted.iter().flat_map(|node| whole.lacking(*node)).collect();
    wanted.extend(asked);
    // whether a module waits for something only the parser tells
    let mut required = Vec::new();
    for node in ways.keys().filter(|_| whole.tree.has_modules(manifest.text("type"))) {
        let before = required.len();
        required.extend(whole.required(*node));
        wanted.extend(Some(*node).filter(|_| required.len() > before));
    }
    wanted.extend(whole.loaded_with(required).into_iter().map(|path| (path, Graph::Code)));
    whole.affordable(wanted, &ways)
}

/// The files that must be parsed, too, where those that were have imports that lead nowhere: what leads there may do so
/// under a condition only. Declarations know no conditions.
pub(super) fn leading(
    files: &[(&str, &Entry)],
    manifest: &Manifest,
    package: &Package,
    sure: &BTreeMap<EntryId, Vec<Import>>,
    brought: Brought,
) -> Vec<EntryId> {
    let whole = Whole::new(manifest, files, package, brought, Given::sure(sure));
    let is_any_broken = files.iter().any(|(path, entry)| {
        let asked = sure.get(&entry.id).into_iter().flatten();
        asked.into_iter().any(|import| whole.trouble((path, Graph::Code), import).is_some())
    });
    if !is_any_broken {
        return Vec::new();
    }
    let mut asked_by: BTreeMap<Node<'_>, Vec<Node<'_>>> = BTreeMap::new();
    let ways = whole.follow(
        |entry, _| Some(entry.imports.as_slice()),
        |from, to| asked_by.entry(to).or_default().push(from),
    );
    let broken = ways.keys().copied().filter(|node| {
        let asked = whole.tree.entry(node.0).and_then(|entry| sure.get(&entry.id)).into_iter().flatten();
        node.1 == Graph::Code && asked.into_iter().any(|import| whole.trouble(*node, import).is_some())
    });
    let mut next: Vec<Node<'_>> = broken.collect();
    let mut wanted: BTreeSet<Node<'_>> = BTreeSet::new();
    while let Some(node) = next.pop() {
        if wanted.insert(node) {
            next.extend(asked_by.get(&node).into_iter().flatten());
        }
    }
    wanted.retain(|(path, _)| whole.tree.entry(path).is_some_and(|entry| !sure.contains_key(&entry.id)));
    whole.affordable(wanted, &ways)
}

/// What leads nowhere, by the imports that are sure.
pub(super) fn broken(
    files: &[(&str, &Entry)],
    manifest: &Manifest,
    package: &Package,
    sure: &BTreeMap<EntryId, Vec<Import>>,
    brought: Brought,
) -> Vec<BrokenImport> {
    let whole = Whole::new(manifest, files, package, brought, Given::sure(sure));
    let ways = whole.follow(
        |entry, graph| match (sure.get(&entry.id), graph) {
            (Some(sure), _) => Some(sure.as_slice()),
            (None, Graph::Code) => None,
            (None, Graph::Types | Graph::Styles) => Some(entry.imports.as_slice()),
        },
        |_, _| {},
    );
    let mut nodes: Vec<(&Node<'_>, &Way<'_>)> = ways.iter().collect();
    nodes.sort_by_key(|((path, _), way)| (way.root.reach, way.steps, *path));
    let is_bundled = |((path, graph), _): &&(&Node<'_>, &Way<'_>)| {
        let entry = whole.tree.entry(path).filter(|_| *graph == Graph::Code);
        entry.is_some_and(bundlers::asks_for_more_than_node_has)
    };
    let bundled: BTreeSet<&str> =
        nodes.iter().filter(is_bundled).map(|(_, way)| way.root.path.as_str()).collect();
    let is_for_framework = wholeness::is_for_framework(manifest);
    let (mut broken, mut told) = (Vec::new(), BTreeSet::new());
    for (node, way) in nodes {
        let Some(entry) = whole.tree.entry(node.0) else { continue };
        // Style sheets are not parsed: the quick look leaves out their comments.
        let asked = match node.1 {
            Graph::Styles => Some(entry.imports.as_slice()),
            Graph::Code | Graph::Types => sure.get(&entry.id).map(Vec::as_slice),
        };
        for import in asked.unwrap_or_default() {
            let Some((trouble, near)) = whole.trouble(*node, import) else { continue };
            // nobody but a bundler gets there, and that completes names
            let is_completed = is_for_framework || bundled.contains(way.root.path.as_str());
            if trouble == ImportTrouble::Inexact && is_completed {
                continue;
            }
            let trouble = match trouble {
                ImportTrouble::Host
                    if way.root.reach == Reach::Command
                        && !whole.dependencies.is_run_beside(package_of(&import.specifier)) =>
                {
                    ImportTrouble::Undeclared
                }
                other => other,
            };
            // One word on each thing that is missing.
            let subject = match trouble {
                ImportTrouble::CommonJs | ImportTrouble::EsModule => node.0.to_owned(),
                ImportTrouble::NameAbsent => {
                    format!("{} {}", import.specifier, near.clone().unwrap_or_default())
                }
                _ if is_relative(&import.specifier) => {
                    format!("{}/{}", crate::paths::folder(node.0), import.specifier)
                }
                _ => package_of(&import.specifier).to_owned(),
            };
            if told.insert((subject, node.1)) {
                let (name, specifier) = match import.by {
                    Asking::File | Asking::Thread => (None, import.specifier.trim_start_matches("./")),
                    Asking::Name => taken(&import.specifier),
                    _ => (None, &*import.specifier),
                };
                broken.push(BrokenImport {
                    entry: entry.id,
                    line: import.line,
                    specifier: specifier.to_owned(),
                    name: name.map(str::to_owned),
                    trouble,
                    near,
                    reach: way.root.reach,
                    field: way.root.field.clone(),
                });
            }
        }
    }
    broken
}

/// A name and the module that it is taken from.
fn taken(asked: &str) -> (Option<&str>, &str) {
    asked.split_once(' ').map_or((None, asked), |(name, from)| (Some(name), from))
}

fn is_relative(specifier: &str) -> bool {
    matches!(specifier, "." | "..") || specifier.starts_with("./") || specifier.starts_with("../")
}

impl<'a> Whole<'a> {
    fn new(
        manifest: &'a Manifest,
        files: &[(&'a str, &'a Entry)],
        package: &'a Package,
        brought: Brought,
        given: Given<'a>,
    ) -> Self {
        let tree = Tree::new(files, manifest.text("main"));
        let mut roots = roots::roots(manifest, &tree);
        roots.retain(|root| brought == Brought::ByClient || root.reach == Reach::Package);
        let dependencies = Dependencies::new(manifest, &package.name, files, brought);
        let map = |key| manifest.object.get(key).filter(|value: &&Value| !value.is_null());
        let exports = map("exports").map(Subpaths::of_exports);
        let imports = map("imports").and_then(Subpaths::of_imports);
        let is_for_react_native = wholeness::is_for_react_native(manifest);
        Self {
            manifest,
            dependencies,
            tree,
            roots,
            exports,
            imports,
            given,
            is_for_react_native,
            waiting: RefCell::default(),
            may_ask: Cell::new(MOST_ASKED),
        }
    }

    /// Every file that the roots lead to, each with its shortest way from the gravest of them.
    fn follow<'r>(
        &'r self,
        imports: impl Fn(&'a Entry, Graph) -> Option<&'r [Import]>,
        step: impl FnMut(Node<'a>, Node<'a>),
    ) -> BTreeMap<Node<'a>, Way<'r>> {
        self.follow_some(usize::MAX, imports, step)
    }

    /// The first of them.
    fn follow_some<'r>(
        &'r self,
        most: usize,
        imports: impl Fn(&'a Entry, Graph) -> Option<&'r [Import]>,
        mut step: impl FnMut(Node<'a>, Node<'a>),
    ) -> BTreeMap<Node<'a>, Way<'r>> {
        let mut ways: BTreeMap<Node<'a>, Way<'r>> = BTreeMap::new();
        for reach in
            [Reach::Package, Reach::Command, Reach::Install, Reach::Subpath, Reach::Types, Reach::Styles]
        {
            let graph = match reach {
                Reach::Types => Graph::Types,
                Reach::Styles => Graph::Styles,
                _ => Graph::Code,
            };
            let mut next: VecDeque<(Node<'a>, Way<'r>)> = VecDeque::new();
            for root in self.roots.iter().filter(|root| root.reach == reach) {
                if let Some((path, _)) = self.tree.get(&root.path) {
                    next.push_back(((path, graph), Way { steps: 0, root }));
                }
            }
            while let Some((node, way)) = next.pop_front() {
                let (path, graph) = node;
                if ways.contains_key(&node) || !graph.goes_on(path) {
                    continue;
                }
                if ways.len() >= most {
                    return ways;
                }
                ways.insert(node, way);
                let asked = self.tree.entry(path).and_then(|entry| imports(entry, graph)).unwrap_or_default();
                let is_module = |import: &&Import| {
                    !matches!(import.by, Asking::File | Asking::Thread) && is_relative(&import.specifier)
                };
                for import in asked.iter().filter(is_module) {
                    if let Resolved::File(target) = self.tree.resolve(path, &import.specifier, graph) {
                        step(node, (target, graph));
                        next.push_back(((target, graph), Way { steps: way.steps + 1, root: way.root }));
                    }
                }
            }
        }
        ways
    }

    /// The scripts and data that the entrances lead to, those that are the fewest steps away.
    fn behind(&self, entrances: &BTreeSet<&String>, may_be_compiled: bool) -> Vec<Entrance> {
        /// Files that are looked at.
        const MOST: usize = 24;
        let mut asked_by: BTreeMap<Node<'a>, Node<'a>> = BTreeMap::new();
        let ways = self.follow_some(
            2 * MOST + entrances.len(),
            |entry, graph| (graph == Graph::Code).then_some(entry.imports.as_slice()),
            |from, to| {
                asked_by.entry(to).or_insert(from);
            },
        );
        let mut found: Vec<(Way<'_>, Node<'a>, Node<'a>)> = asked_by
            .into_iter()
            .filter(|(to, _)| to.1 == Graph::Code && !entrances.iter().any(|path| *path == to.0))
            .filter(|(to, _)| ways.contains_key(to) || to.0.ends_with(".json"))
            .filter_map(|(to, from)| Some((*ways.get(&from)?, from, to)))
            .collect();
        found.sort_by_key(|(way, _, to)| (way.root.reach, way.steps, to.0));
        let entrance = |(way, from, to): (Way<'_>, Node<'a>, Node<'a>)| {
            let parent = self.tree.entry(from.0)?;
            let leads = |one: &&Import| {
                matches!(one.by, Asking::Require | Asking::Import | Asking::TypedImport)
                    && self.file_of(from.0, one) == Some(to.0)
            };
            let asked = parent.imports.iter().filter(|one| is_relative(&one.specifier)).filter(leads);
            let asked = asked.map(|one| one.specifier.to_string()).collect();
            let format = self.script_format(to.0, to.0.ends_with(".json"));
            Some(Entrance {
                entry: self.tree.entry(to.0)?.id,
                reach: way.root.reach,
                field: way.root.field.clone(),
                format,
                may_be_compiled,
                lead: Some(Lead { from: parent.id, asked }),
            })
        };
        found.into_iter().take(MOST).filter_map(entrance).collect()
    }

    /// As what a file is read, if it is a script or data.
    fn script_format(&self, path: &'a str, is_data: bool) -> ScriptFormat {
        match self.format((path, Graph::Code)) {
            _ if is_data => ScriptFormat::Json,
            Format::Module => ScriptFormat::Module,
            Format::CommonJs => ScriptFormat::CommonJs,
            Format::Unknown => ScriptFormat::Unknown,
        }
    }

    /// The file that an import in a script leads to.
    fn file_of(&self, from: &str, import: &Import) -> Option<&'a str> {
        match self.tree.resolve(from, &import.specifier, Graph::Code) {
            Resolved::File(file) => Some(file),
            _ => None,
        }
    }

    /// The modules of the language that are loaded with some of them, these included.
    fn loaded_with(&self, mut next: Vec<&'a str>) -> BTreeSet<&'a str> {
        const MOST: usize = 200;
        let mut all = BTreeSet::new();
        while let Some(path) = next.pop() {
            if all.len() >= MOST || !self.asks_one() {
                break;
            }
            if self.format((path, Graph::Code)) != Format::Module || !all.insert(path) {
                continue;
            }
            let imports = self.tree.entry(path).map(|entry| self.given.imports(entry)).unwrap_or_default();
            let imports =
                imports.iter().filter(|one| one.by == Asking::Import && is_relative(&one.specifier));
            let imports = imports.take_while(|_| self.asks_one());
            next.extend(imports.filter_map(|one| self.file_of(path, one)));
        }
        all
    }

    /// Whether there may be one more question, which then counts as asked.
    fn asks_one(&self) -> bool {
        let left = self.may_ask.get().checked_sub(1);
        self.may_ask.set(left.unwrap_or_default());
        left.is_some()
    }

    /// The modules of the language that a script requires.
    fn required(&self, node: Node<'a>) -> Vec<&'a str> {
        let imports = self.tree.entry(node.0).map(|entry| entry.imports.as_slice()).unwrap_or_default();
        let is_required =
            |one: &&Import| one.by == Asking::Require && node.1 == Graph::Code && is_relative(&one.specifier);
        let files = imports.iter().filter(is_required).filter_map(|one| self.file_of(node.0, one));
        files.filter(|file| self.format((file, Graph::Code)) == Format::Module).collect()
    }

    /// As many of the files as may be parsed, those first that are the fewest steps away.
    fn affordable(&self, wanted: BTreeSet<Node<'a>>, ways: &BTreeMap<Node<'a>, Way<'_>>) -> Vec<EntryId> {
        let mut wanted: Vec<Node<'a>> = wanted.into_iter().collect();
        wanted.sort_by_key(|node| ways.get(node).map_or(usize::MAX, |way| way.steps));
        let mut bytes = 0;
        let entries = wanted.iter().filter_map(|(path, _)| self.tree.entry(path));
        let affordable = entries.take_while(|entry| {
            bytes += entry.size;
            bytes <= MOST_PARSED
        });
        affordable.map(|entry| entry.id).collect()
    }

    /// Whether a file may import what leads nowhere, or be of another kind than Node takes it for.
    fn is_suspect(&self, node: Node<'a>) -> bool {
        let format = self.format(node);
        self.tree.entry(node.0).is_some_and(|entry| {
            entry.imports.iter().any(|import| {
                let most = if is_relative(&import.specifier) { MOST_FOR_A_FILE } else { MOST_FOR_A_PACKAGE };
                let may_lack_require = import.by == Asking::Require && format == Format::Module;
                // of what is read, the quick look tells no name
                let may_lack_file = import.by == Asking::File && !is_relative(&import.specifier);
                entry.size <= most
                    && (may_lack_require || may_lack_file || self.trouble(node, import).is_some())
            })
        })
    }

    /// The modules that may not give what this one takes from them.
    fn lacking(&self, node: Node<'a>) -> Vec<Node<'a>> {
        let names = self.tree.entry(node.0).map(|entry| entry.imports.iter()).into_iter().flatten();
        let names = names.filter(|import| import.by == Asking::Name);
        let lacking = names.filter_map(|import| self.lacking_modules(node, import));
        lacking.flatten().map(|path| (path, Graph::Code)).collect()
    }

    /// The module that doesn't give a name that is taken from it, where Node takes the file for a module of the language, and
    /// behind it those all of whose names it hands on. Of CommonJS, Node sees the names that stand in the text.
    fn lacking_modules(&self, node: Node<'a>, import: &Import) -> Option<Vec<&'a str>> {
        let (name, from) = taken(&import.specifier);
        let Resolved::File(file) = self.tree.resolve(node.0, from, node.1) else { return None };
        let is_module = self.format(node) == Format::Module && self.tree.is_exact(node.0, from, file);
        let mut asked = vec![file];
        (is_module && self.lacks_name(file, name?, &mut asked)).then_some(asked)
    }

    /// Whether neither a module nor any of those whose names it hands on gives a name. All of them are `asked` then.
    fn lacks_name(&self, module: &'a str, name: &str, asked: &mut Vec<&'a str>) -> bool {
        /// Modules that are asked for one name.
        const MOST: usize = 50;
        let mut next = vec![module];
        while let Some(module) = next.pop() {
            let is_common = self.is_common(module);
            // all of it is what CommonJS gives by default
            if is_common && ["default", "module.exports", "__esModule"].contains(&name) {
                return false;
            }
            let is_known = is_common || self.format((module, Graph::Code)) == Format::Module;
            let own = self.tree.entry(module).filter(|_| is_known);
            let handed_on = own.and_then(|entry| self.given.lacks(entry, name, is_common));
            let Some(handed_on) = handed_on else { return false };
            // nobody hands on what another one gives by default
            for from in handed_on.into_iter().filter(|_| name != "default") {
                if !self.asks_one() {
                    return false;
                }
                let Resolved::File(file) = self.tree.resolve(module, from, Graph::Code) else { return false };
                if !asked.contains(&file) {
                    asked.push(file);
                    next.push(file);
                }
                if asked.len() > MOST {
                    return false;
                }
            }
        }
        true
    }

    /// Whether Node takes a script for CommonJS, by its name or for want of anything that says otherwise.
    fn is_common(&self, path: &'a str) -> bool {
        let speaks_of_modules = |entry: &Entry| {
            entry.imports.iter().any(|one| {
                matches!(one.by, Asking::Import | Asking::TypedImport | Asking::Export | Asking::Name)
            })
        };
        match self.format((path, Graph::Code)) {
            Format::CommonJs => true,
            Format::Module => false,
            Format::Unknown => {
                !self.is_for_react_native
                    && path.ends_with(".js")
                    && self.tree.entry(path).is_some_and(|entry| !speaks_of_modules(entry))
            }
        }
    }

    /// What Node takes a file for.
    fn format(&self, (path, graph): Node<'a>) -> Format {
        match graph {
            // React Native's bundler gives modules all that CommonJS has, and completes their names
            Graph::Code if self.is_for_react_native => Format::Unknown,
            Graph::Code => format(path, &self.tree, self.manifest.text("type")),
            Graph::Types | Graph::Styles => Format::Unknown,
        }
    }

    /// What is wrong with an import, if it leads nowhere, and the file that is there instead.
    fn trouble(&self, node: Node<'a>, import: &Import) -> Option<(ImportTrouble, Option<String>)> {
        let alone = |trouble| Some((trouble, None));
        let format = self.format(node);
        match (import.by, format) {
            (Asking::Variable, Format::Module) => return alone(ImportTrouble::CommonJs),
            (Asking::Import | Asking::TypedImport | Asking::Export, Format::CommonJs) => {
                return alone(ImportTrouble::EsModule);
            }
            (Asking::Name, _) => {
                let modules = self.lacking_modules(node, import)?;
                return Some((ImportTrouble::NameAbsent, modules.first().map(|path| (*path).to_owned())));
            }
            (Asking::Variable | Asking::Export | Asking::Gives | Asking::Type | Asking::Waits, _) => {
                return None;
            }
            _ => {}
        }
        let (from, graph) = node;
        let specifier = &*import.specifier;
        if import.by == Asking::File {
            // `require.resolve` takes names without their extension, like `require`
            let is_found = || matches!(self.tree.resolve(from, specifier, graph), Resolved::File(_));
            let is_absent = self.tree.lacks_file(from, specifier) && !is_found();
            return is_absent.then_some((ImportTrouble::FileAbsent, None));
        }
        if import.by == Asking::Thread {
            let is_absent = self.tree.resolve(from, specifier, graph) == Resolved::Absent;
            return is_absent.then_some((ImportTrouble::ThreadAbsent, None));
        }
        if !is_relative(specifier) {
            return alone(match graph {
                Graph::Code if self.tree.is_for_the_web(from) => return None,
                // what these stand for is said by the nearest manifest, which isn't read
                _ if specifier.starts_with('#') && self.tree.manifest_of(from).is_some() => return None,
                Graph::Code => self.lacks(specifier, import.by == Asking::Require)?,
                Graph::Types => self.dependencies.lacks_types(specifier)?,
                Graph::Styles => return None,
            });
        }
        let by_language = format == Format::Module && import.by != Asking::Require;
        match self.tree.resolve(from, specifier, graph) {
            Resolved::File(file) if by_language && !self.tree.is_exact(from, specifier, file) => {
                Some((ImportTrouble::Inexact, Some(file.to_owned())))
            }
            Resolved::File(file) if import.by == Asking::Require && self.waits(file) => {
                Some((ImportTrouble::Waits, Some(file.to_owned())))
            }
            Resolved::File(file) if by_language && import.by == Asking::Import && file.ends_with(".json") => {
                alone(ImportTrouble::Json)
            }
            Resolved::File(file) if graph == Graph::Types && self.tree.is_untyped(from, specifier, file) => {
                Some((ImportTrouble::Untyped, Some(file.to_owned())))
            }
            Resolved::File(_) | Resolved::Unknown => None,
            Resolved::Outside { levels, path } => {
                let is_lost = graph == Graph::Code && !self.dependencies.may_stand_beside(levels, &path);
                is_lost.then_some((ImportTrouble::Absent, None))
            }
            Resolved::OtherCase(near) => Some((ImportTrouble::LetterCase, Some(near.to_owned()))),
            Resolved::Absent => alone(ImportTrouble::Absent),
        }
    }

    /// Whether a module, or one that is loaded with it, is known to wait for something.
    fn waits(&self, module: &'a str) -> bool {
        if let Some(known) = self.waiting.borrow().get(module) {
            return *known;
        }
        let waits = |path: &str| {
            self.tree
                .entry(path)
                .is_some_and(|entry| self.given.imports(entry).iter().any(|one| one.by == Asking::Waits))
        };
        let is_module = self.format((module, Graph::Code)) == Format::Module;
        let found = is_module && self.loaded_with(vec![module]).into_iter().any(waits);
        self.waiting.borrow_mut().insert(module, found);
        found
    }

    /// What is wrong with a name that code asks for.
    fn lacks(&self, specifier: &str, is_required: bool) -> Option<ImportTrouble> {
        if specifier.starts_with('#') {
            let Some(imports) = self.imports.as_ref().filter(|imports| imports.names(specifier)) else {
                return Some(ImportTrouble::NotExported);
            };
            let by_node = imports.path_of_node(specifier, is_required);
            let is_lost = |path: String| path.starts_with("./") && self.tree.lacks_file("", &path);
            if by_node.is_some_and(is_lost) {
                return Some(ImportTrouble::Absent);
            }
            let targets = imports.paths(specifier);
            let is_own = |target: &String| target.starts_with("./");
            let is_there = |target: &String| self.tree.get(target.trim_start_matches("./")).is_some();
            let is_absent =
                !targets.is_empty() && targets.iter().all(is_own) && !targets.iter().any(is_there);
            return is_absent.then_some(ImportTrouble::Absent);
        }
        let own = self.dependencies.own();
        match specifier.strip_prefix(own) {
            Some(rest) if !own.is_empty() && (rest.is_empty() || rest.starts_with('/')) => {
                let is_there = self.exports.as_ref().is_none_or(|exports| exports.has(&format!(".{rest}")));
                (!is_there).then_some(ImportTrouble::NotExported)
            }
            _ => self.dependencies.lacks(specifier),
        }
    }
}
