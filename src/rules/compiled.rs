//! Sources beside what was compiled from them: which files of an artifact are sources in a language that is
//! compiled, what shows that the package runs the compiled form, and what shows that they are meant to ship.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use crate::ecosystem::{self, Compiled};
use crate::inventory::{Entry, EntryId, Inventory, Kind, Media, OPEN_HEAD, OPEN_HEAD_LANGUAGES, TextDigest};
use crate::paths;

use super::served::Served;

/// A language that is compiled before it runs. `policies/compiled.toml` says what the fields mean.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) name: &'static str,
    ends: &'static [&'static str],
    not: &'static [&'static str],
    compiled: &'static [&'static str],
    shown: Shown,
    needed: &'static [&'static str],
    natural: &'static [&'static str],
}

/// What shows that the compiled form is what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Script,
    Beside,
    Anywhere,
    Style,
}

static LANGUAGES: &[Language] = include!(concat!(env!("OUT_DIR"), "/compiled.rs"));

/// A source beside what was compiled from it.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) entry: &'a Entry,
    pub(super) language: &'static str,
    /// A compiled file; none in an archive of sources alone.
    pub(super) compiled: Option<&'a str>,
    /// Why it seems to ship on purpose.
    pub(super) meant: Option<&'static str>,
    /// The archive or compressed file among the artifact's own files that it is in.
    pub(super) archive: Option<&'a Entry>,
}

/// Folders whose sources seem to be the product, or are of use only to its developers.
const BY_NATURE: [&str; 25] = [
    "template",
    "templates",
    "tmpl",
    "boilerplate",
    "boilerplates",
    "scaffold",
    "scaffolding",
    "skeleton",
    "starter",
    "starters",
    "stubs",
    "blueprints",
    "schematics",
    "generators",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "test",
    "tests",
    "__tests__",
    "fixtures",
    "playground",
];

/// Languages of the Java platform that load their sources as they are: where nothing is compiled, those are the program.
const LOADED_AS_SOURCES: [&str; 2] = ["Clojure", "Groovy"];

/// Folders that build tools write to.
const OUTPUT: [&str; 7] = ["dist", "build", "out", ".output", "_next", "bundle", "umd"];

/// Folders beside compiled files that are named for what those were made from.
const SOURCES: [&str; 4] = ["_src", "src", "_source", "sources"];

/// Names that say nothing about which source a file was made from.
const COMMON_NAMES: [&str; 6] = ["index", "main", "mod", "types", "utils", "app"];

/// Whether a path leads through a folder whose files seem to be meant for those who install the package.
pub(super) fn is_by_nature(path: &str) -> bool {
    path.split(['/', '!']).any(|segment| BY_NATURE.contains(&segment) || has_slot(segment))
}

/// Whether generators put a name into a part of this one, as those of Angular and Nx do: `__name@dasherize__.ts`,
/// `__fileName__.tsx`.
fn has_slot(segment: &str) -> bool {
    const SLOTS: [&str; 6] = ["name", "fileName", "className", "projectName", "tmpl", "template"];
    let mut parts: Vec<&str> = segment.split("__").skip(1).collect();
    // what stands behind the last pair
    parts.pop();
    parts.iter().any(|part| {
        SLOTS.contains(part)
            || part.split_once('@').is_some_and(|(name, of)| !name.is_empty() && !of.is_empty())
    })
}

/// All sources of an artifact that are next to compiled files.
pub(super) fn survey(inventory: &Inventory) -> Vec<Source<'_>> {
    let is_natural = |language: &Language| language.natural.contains(&inventory.kind.name());
    let copies = Copies::of(inventory);
    let is_natural =
        |entry: &Entry, language: &Language| is_natural(language) && !copies.hold(&entry.path, language);
    let candidates: Vec<(&Entry, &'static Language)> = inventory
        .files()
        .filter(|entry| entry.media.is_text())
        .flat_map(|entry| languages(entry.file_name()).into_iter().map(move |language| (entry, language)))
        .filter(|(entry, language)| !is_natural(entry, language) && !entry.is_of_dependency())
        .filter(|(entry, _)| !is_open(inventory, entry))
        .collect();
    if candidates.is_empty() {
        return Vec::new();
    }
    let beside = Beside::new(inventory, candidates.iter().map(|(entry, _)| entry.parent).collect());
    let mut sources: Vec<Source<'_>> =
        candidates.into_iter().filter_map(|(entry, language)| beside.source(entry, language)).collect();
    sources.dedup_by_key(|source| source.entry.id);
    sources
}

/// Whether a source file says itself that everybody has its source, or most of those around it do.
fn is_open(inventory: &Inventory, entry: &Entry) -> bool {
    let most = inventory.package.as_ref().is_some_and(|package| package.open_sources.is_some());
    entry.signs.contains(&OPEN_HEAD)
        || most && entry.parent.is_none() && OPEN_HEAD_LANGUAGES.iter().any(|end| entry.path.ends_with(end))
}

/// What a build left behind in a package that otherwise consists of source: modules of Python that it has nowhere else.
#[derive(Default)]
struct Copies<'a> {
    /// The modules that it has where they belong.
    modules: Option<HashSet<&'a str>>,
}

impl<'a> Copies<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        if inventory.kind != Kind::Sdist {
            return Self::default();
        }
        let modules = inventory.top_files().map(|entry| entry.path.as_str());
        Self { modules: Some(modules.filter(|path| path.ends_with(".py")).collect()) }
    }

    fn hold(&self, path: &str, language: &Language) -> bool {
        let Some(modules) = self.modules.as_ref().filter(|_| language.name == "Python") else { return false };
        module_of_copy(path).is_some_and(|module| {
            let below_src = module.replacen('/', "/src/", 1);
            !modules.contains(module.as_str()) && !modules.contains(below_src.as_str())
        })
    }
}

/// Where a module or its folder lies of which this is the copy that setuptools made to build from:
/// `acme/core.py` of `build/lib/acme/core.py`.
fn module_of_copy(path: &str) -> Option<String> {
    let is_before = |at: &usize| *at == 0 || path.get(..*at).is_some_and(|before| before.ends_with('/'));
    let at = path.match_indices("build/lib").map(|(at, _)| at).find(is_before)?;
    let (before, copies) = path.split_at_checked(at)?;
    let (folder, module) = copies.strip_prefix("build/")?.split_once('/')?;
    (folder == "lib" || folder.starts_with("lib.")).then(|| format!("{before}{module}"))
}

/// The languages of a file of this name, one for each form that it is compiled to; none for declarations.
fn languages(name: &str) -> Vec<&'static Language> {
    static BY_EXTENSION: LazyLock<HashMap<&'static str, Vec<&'static Language>>> = LazyLock::new(|| {
        let mut languages: HashMap<&str, Vec<&Language>> = HashMap::new();
        for language in LANGUAGES {
            for end in language.ends {
                languages.entry(end.rsplit('.').next().unwrap_or(end)).or_default().push(language);
            }
        }
        languages
    });
    let small = paths::with_lower_case_extension(name);
    let name = small.as_deref().unwrap_or(name);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let has_end = |end: &&str| name.len() > end.len() && name.ends_with(*end);
    let is_declaration = |language: &Language| {
        let named = language.not.iter().any(|end| name.ends_with(end) || Some(name) == end.get(1..));
        // `a.d.css.ts` declares a style sheet.
        named || (!language.not.is_empty() && name.contains(".d."))
    };
    let fits = |language: &&&'static Language| language.ends.iter().any(has_end) && !is_declaration(language);
    BY_EXTENSION.get(extension).into_iter().flatten().filter(fits).copied().collect()
}

/// What is next to the sources.
struct Beside<'a> {
    inventory: &'a Inventory,
    containers: HashMap<Option<EntryId>, Container<'a>>,
    /// Texts among the artifact's own files.
    shipped: HashSet<TextDigest>,
    allowlist: Vec<Pattern<'a>>,
}

/// The compiled files of a package or archive, and files that show that sources are needed.
#[derive(Default)]
struct Container<'a> {
    /// By extension; the first of each.
    by_end: HashMap<&'static str, &'a str>,
    /// By their names up to the first dot, with the extension.
    by_name: HashMap<&'a str, Vec<(&'static str, &'a str)>>,
    /// The first of each extension in an output folder.
    outputs: HashMap<&'static str, &'a str>,
    /// In folders that servers hand out.
    served: Served<'a>,
    names: BTreeSet<&'a str>,
}

impl<'a> Beside<'a> {
    fn new(inventory: &'a Inventory, wanted: HashSet<Option<EntryId>>) -> Self {
        let mut containers: HashMap<Option<EntryId>, Container<'a>> =
            wanted.into_iter().chain([None]).map(|id| (id, Container::default())).collect();
        for entry in inventory.files() {
            if let Some(container) = containers.get_mut(&entry.parent) {
                container.add(entry);
            }
        }
        containers.values_mut().for_each(|container| container.served.settle());
        let shipped = inventory.top_files().filter_map(|entry| Some(entry.text?.digest)).collect();
        let mut beside = Self { inventory, containers, shipped, allowlist: Vec::new() };
        let patterns = inventory.package.iter().flat_map(|package| &package.declared.patterns);
        let wanted = patterns.filter(|pattern| !pattern.starts_with('!'));
        beside.allowlist =
            wanted.map(|text| Pattern::new(text, |folder| beside.has_output(folder))).collect();
        beside
    }

    fn source(&self, entry: &'a Entry, language: &'static Language) -> Option<Source<'a>> {
        let path = self.below_root(entry);
        if self.entry_points().any(|point| point == path) && entry.parent.is_none() {
            return None;
        }
        if entry.parent.is_none() && self.is_compiled_by_users(language) {
            return None;
        }
        let archive = self.archive(entry);
        let is_copy = || entry.text.is_some_and(|text| self.shipped.contains(&text.digest));
        if archive.is_some() && (language.shown == Shown::Style || is_copy()) {
            return None;
        }
        let compiled = self.compiled(entry, path, language, archive);
        if compiled.is_none() && !self.is_in_jar(entry, language) {
            return None;
        }
        let meant = self.meant(entry, path, language, archive);
        Some(Source { entry, language: language.name, compiled, meant, archive })
    }

    /// The archive among the artifact's own files that an entry is in. One that its client unpacks doesn't
    /// count.
    fn archive(&self, entry: &Entry) -> Option<&'a Entry> {
        let mut archive = None;
        let mut parent = entry.parent;
        while let Some(outer) = parent.and_then(|id| self.inventory.entry(id)) {
            if !self.inventory.payloads.contains(&outer.id) {
                archive = Some(outer);
            }
            parent = outer.parent;
        }
        archive
    }

    fn below_root(&self, entry: &'a Entry) -> &'a str {
        let root = self.inventory.package.as_ref().map_or("", |package| package.root.as_str());
        let below = entry.path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'));
        if root.is_empty() || entry.parent.is_some() { &entry.path } else { below.unwrap_or(&entry.path) }
    }

    fn entry_points(&self) -> impl Iterator<Item = &'a str> {
        let points = self.inventory.package.iter().flat_map(|package| &package.declared.entry_points);
        points.map(|path| path.trim_start_matches("./"))
    }

    fn is_compiled_by_users(&self, language: &Language) -> bool {
        let package = self.inventory.package.as_ref();
        package.is_some_and(|package| language.ends.contains(&package.declared.compiled_by_users))
    }

    /// A compiled file that shows that the source is not what runs.
    fn compiled(
        &self,
        entry: &'a Entry,
        path: &'a str,
        language: &Language,
        archive: Option<&Entry>,
    ) -> Option<&'a str> {
        let own = self.containers.get(&entry.parent)?;
        let outer = self.containers.get(&None).filter(|_| archive.is_some());
        match language.shown {
            // of such a language, a file that isn't compiled is the program
            Shown::Anywhere if language.compiled == ["namespace"] => own.namespace(&entry.path),
            Shown::Anywhere => own.anywhere(language).or_else(|| outer?.anywhere(language)),
            Shown::Beside => own.twin(path, entry, language, true),
            Shown::Style => own
                .twin(path, entry, language, false)
                .or_else(|| own.served.bundle_beside(&entry.path))
                .or_else(|| own.anywhere(language)),
            Shown::Script => self
                .compiled_entry_point(language)
                .or_else(|| own.twin(path, entry, language, false))
                .or_else(|| own.output(language))
                .or_else(|| own.served.bundle_beside(&entry.path))
                .or_else(|| own.anywhere(language).filter(|_| self.is_of_web_folder(entry))),
        }
    }

    /// Whether it is a source in a folder that a web server hands out: no browser runs it, wherever what was made of it
    /// lies.
    fn is_of_web_folder(&self, entry: &Entry) -> bool {
        const NOT_RUN: [&str; 4] = [".ts", ".tsx", ".vue", ".svelte"];
        let is_page = |entry: &Entry| entry.path == "index.html";
        self.inventory.kind == Kind::Directory
            && self.inventory.package.is_none()
            && NOT_RUN.iter().any(|end| entry.path.ends_with(end))
            && self.inventory.top_files().any(is_page)
    }

    /// A compiled entry point of a package of scripts; a command has no extension.
    fn compiled_entry_point(&self, language: &Language) -> Option<&'a str> {
        if ecosystem::format(self.inventory.kind).compiled() != Compiled::Scripts {
            return None;
        }
        let is_command = |path: &str| !path.rsplit('/').next().unwrap_or(path).contains('.');
        let is_compiled = |path: &&str| {
            language.compiled.iter().any(|end| path.ends_with(end)) || (is_command(path) && !path.is_empty())
        };
        self.entry_points().find(is_compiled)
    }

    /// Whether it is a source of classes in a jar, which is then an archive of sources.
    fn is_in_jar(&self, entry: &Entry, language: &Language) -> bool {
        let in_jar = match entry.parent.and_then(|id| self.inventory.entry(id)) {
            Some(parent) => parent.path.ends_with(".jar"),
            None => ecosystem::format(self.inventory.kind).compiled() == Compiled::Classes,
        };
        let is_program = LOADED_AS_SOURCES.contains(&language.name);
        in_jar && language.is_of_classes() && !is_program && !entry.path.starts_with("META-INF/")
    }

    /// Why a source seems to ship on purpose.
    fn meant(
        &self,
        entry: &Entry,
        path: &str,
        language: &Language,
        archive: Option<&Entry>,
    ) -> Option<&'static str> {
        // There, such words are names of packages.
        if !language.is_of_classes() && is_by_nature(archive.map_or(path, |_| entry.place.as_str())) {
            return Some("its folder is for templates, examples or tests");
        }
        // a gem's own files stand in an archive that its client unpacks
        let own = entry.parent.filter(|_| archive.is_none());
        let shows_need =
            |id: &Option<EntryId>| self.containers.get(id).is_some_and(|files| files.shows_need(language));
        if shows_need(&None) || shows_need(&own) {
            return Some("it may be needed where the package is installed");
        }
        let for_users = ecosystem::format(self.inventory.kind).sources_for_users();
        if for_users.iter().any(|folder| path.starts_with(folder)) {
            return Some("files of its folder are compiled into the programs that use the package");
        }
        if let Some(archive) = archive {
            let path = archive.below_root();
            let is_listed = self.allowlist.iter().any(|pattern| pattern.text == path);
            return is_listed.then_some("the manifest lists the archive by its name");
        }
        let has_twin = || {
            let own = self.containers.get(&entry.parent);
            own.is_some_and(|own| {
                own.twin(path, entry, language, false).is_some()
                    || own.served.bundle_beside(&entry.path).is_some()
            })
        };
        if language.shown == Shown::Style && !has_twin() {
            return Some("no style sheet of its name ships");
        }
        // Compiled in place, the folder is output, even if the manifest lists it.
        let in_place = self
            .containers
            .get(&entry.parent)
            .is_some_and(|own| own.twin(path, entry, language, true).is_some());
        let for_debuggers = matches!(language.shown, Shown::Script | Shown::Style) && !in_place;
        let is_listed =
            || self.allowlist.iter().any(|pattern| pattern.fits(path) && pattern.is_for_sources(path));
        (for_debuggers && is_listed())
            .then_some("the manifest lists its folder, its extension or the file itself")
    }

    /// Whether a folder has an entry point of the package, or compiled files and declarations.
    fn has_output(&self, folder: &str) -> bool {
        let is_output = |entry: &'a Entry| {
            let path = self.below_root(entry);
            let inside = path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
            inside && [".d.ts", ".js.map", ".min.js"].iter().any(|end| path.ends_with(end))
        };
        let inside = |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.entry_points().any(inside) || self.inventory.top_files().any(is_output)
    }
}

impl Language {
    fn is_of_classes(&self) -> bool {
        self.compiled.iter().any(|end| matches!(*end, ".class" | "namespace"))
    }
}

impl<'a> Container<'a> {
    fn add(&mut self, entry: &'a Entry) {
        let name = entry.file_name();
        self.names.insert(name);
        if !entry.is_of_dependency() {
            self.served.add(entry);
        }
        let is_program = matches!(entry.media, Media::Elf | Media::MachO | Media::Pe);
        let mut ends: Vec<&'static str> = ends_of_compiled(name).collect();
        ends.extend(is_program.then_some("program"));
        // a namespace that was compiled; a class of Java beside it says nothing of that
        ends.extend(name.ends_with("__init.class").then_some("namespace"));
        if ends.is_empty() || entry.path.split('/').any(|segment| segment == "node_modules") {
            return;
        }
        let in_output = entry.path.split('/').rev().skip(1).any(|segment| OUTPUT.contains(&segment));
        for end in ends {
            self.by_end.entry(end).or_insert(&entry.path);
            self.by_name.entry(first_part(name)).or_default().push((end, &entry.path));
            if in_output || name.ends_with(".min.js") || name.ends_with(".bundle.js") {
                self.outputs.entry(end).or_insert(&entry.path);
            }
        }
    }

    fn anywhere(&self, language: &Language) -> Option<&'a str> {
        language.compiled.iter().find_map(|end| self.by_end.get(end)).copied()
    }

    /// What Clojure made of a file: `acme/core__init.class` of `src/acme/core.clj`.
    fn namespace(&self, path: &str) -> Option<&'a str> {
        let (stem, _) = path.rsplit_once('.')?;
        let compiled = self.by_name.get(&*format!("{}__init", stem.rsplit('/').next()?))?;
        let is_of = |class: &str| {
            class
                .strip_suffix("__init.class")
                .and_then(|name| stem.strip_suffix(name))
                .is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        compiled.iter().map(|(_, class)| *class).find(|class| is_of(class))
    }

    fn output(&self, language: &Language) -> Option<&'a str> {
        language.compiled.iter().find_map(|end| self.outputs.get(end)).copied()
    }

    /// A compiled file of the source's name; in its folder, if names say little or `same_folder` asks for it.
    fn twin(&self, path: &str, entry: &Entry, language: &Language, same_folder: bool) -> Option<&'a str> {
        let name = first_part(entry.file_name()).trim_start_matches('_');
        let anywhere = !same_folder && !COMMON_NAMES.contains(&name);
        let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let own = folder(&entry.path);
        // `acme/_src/core.py` of `acme/core.so`
        let above =
            own.as_deref().and_then(|own| own.rsplit_once('/')).filter(|(_, last)| SOURCES.contains(last));
        let copied = own.as_deref().and_then(module_of_copy);
        let is_near = |other: Option<String>| {
            let is_of_copy = |other: &str| {
                copied
                    .as_deref()
                    .is_some_and(|copied| copied == module_of_copy(other).as_deref().unwrap_or(other))
            };
            other == own
                || above.is_some() && other.as_deref() == above.map(|(above, _)| above)
                || other.as_deref().is_some_and(is_of_copy)
        };
        let is_twin = |(end, other): &&(&str, &str)| {
            language.compiled.contains(end) && *other != path && (anywhere || is_near(folder(other)))
        };
        let same_name = [first_part(entry.file_name()), name];
        same_name
            .iter()
            .find_map(|name| self.by_name.get(name)?.iter().find(is_twin))
            .map(|(_, other)| *other)
    }

    fn shows_need(&self, language: &Language) -> bool {
        language.needed.iter().any(|wanted| match wanted.strip_prefix('*') {
            Some(end) => self.names.iter().any(|name| name.ends_with(end)),
            None => self.names.contains(wanted),
        })
    }
}

/// The extensions of compiled files that a name has.
fn ends_of_compiled(name: &str) -> impl Iterator<Item = &'static str> {
    static ENDS: LazyLock<BTreeSet<&'static str>> =
        LazyLock::new(|| LANGUAGES.iter().flat_map(|language| language.compiled).copied().collect());
    let extension = name.rfind('.').and_then(|at| name.get(at..));
    extension.and_then(|extension| ENDS.get(extension)).into_iter().copied()
}

/// A file's name up to its first dot, a leading one aside.
fn first_part(name: &str) -> &str {
    let from = usize::from(name.starts_with('.'));
    let dot = name.get(from..).and_then(|rest| rest.find('.'));
    dot.and_then(|dot| name.get(..from + dot)).unwrap_or(name)
}

/// A pattern of the allowlist.
struct Pattern<'a> {
    text: &'a str,
    /// The folders before the first wildcard.
    base: &'a str,
    /// Whether they are named, and nothing compiled is in them.
    only_sources: bool,
}

impl<'a> Pattern<'a> {
    fn new(text: &'a str, has_output: impl Fn(&str) -> bool) -> Self {
        let text = text.trim_start_matches("./").trim_matches('/');
        let wild = text.find(['*', '?', '[', '{']);
        let base = match wild {
            Some(at) => text.get(..at).unwrap_or_default().rsplit_once('/').map_or("", |(folder, _)| folder),
            None => text,
        };
        Self { text, base, only_sources: !base.is_empty() && !has_output(base) }
    }

    /// Whether it is about sources: it names their extension, the file itself, or a folder of sources.
    fn is_for_sources(&self, path: &str) -> bool {
        let extension = path.rsplit('.').next().unwrap_or_default();
        self.text.contains(&format!(".{extension}")) || self.text == path || self.only_sources
    }

    /// Roughly: this only serves to tell which pattern let a file in. A glob without a literal folder matches
    /// everything.
    fn fits(&self, path: &str) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        let in_base = self.base.is_empty() || path.strip_prefix(self.base).is_some_and(below);
        let last = self.text.rsplit('/').next().unwrap_or_default();
        let extension =
            last.strip_prefix("*").filter(|rest| rest.starts_with('.') && !rest.contains(['*', '{', '?']));
        in_base && extension.is_none_or(|extension| path.ends_with(extension))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_generators_fill_in_is_a_template() {
        for (path, expected) in [
            ("src/files/__name@dasherize__.component.ts", true),
            ("src/files/__fileName__.tsx", true),
            ("src/files/lib__name__/a.ts", true),
            ("src/__generated__/a.ts", false),
            ("src/__init__.ts", false),
            ("src/a@2__b.ts", false),
            ("src/__name.ts", false),
        ] {
            assert_eq!(is_by_nature(path), expected, "{path}");
        }
    }
}
