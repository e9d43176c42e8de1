//! npm tarballs: what is in one, compared with its `package.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::inventory::{
    Anomaly, BrokenImport, Declared, Defect, DefectKind, Denied, Entrance, Entry, EntryId, Import, Inventory,
    Kind, Making, ManifestProblem, Package,
};
use crate::paths;
use crate::project::{Member, Project};

use super::imports::Brought;
use super::manifest::{self, Manifest};
use super::origin::NpmOrigins;
use super::{
    MANIFEST, advice, build_info, bundle, client, entry_points, imports, installed, packlist, wholeness,
};
use crate::ecosystem::client::{ClientError, Fetched, Wish};
use crate::ecosystem::folder::members;
use crate::ecosystem::format::{Advice, Certainty, Compiled, Fields, Format};
use crate::ecosystem::json::Object;
use crate::ecosystem::locate::{self, Fit, Located};
use crate::ecosystem::npm::registry;
use crate::ecosystem::origin::Origins;
use crate::ecosystem::purl::Purl;
use crate::ecosystem::registry::Registry;

/// Whether an archive was made of a repository: no client packs the file that tells Git what to leave out, and none
/// reads other compressions than gzip's.
fn is_of_repository(inventory: &Inventory) -> bool {
    matches!(inventory.artifact.containers.first(), Some(&("xz" | "bzip2" | "zstd" | "lzma")))
        || inventory.top_files().any(|entry| {
            let (folder, name) = entry.path.split_once('/').unwrap_or(("package", &entry.path));
            folder != "package" && name == ".gitignore"
        })
}

/// A tarball of npm or a compatible client.
#[derive(Debug)]
pub(crate) struct Tarball;

impl Format for Tarball {
    fn kind(&self) -> Kind {
        Kind::Npm
    }

    fn installs(&self, _inventory: &Inventory, entry: &Entry) -> Option<String> {
        installed::path(entry)
    }

    fn installed_mode(&self, inventory: &Inventory, entry: &Entry) -> Option<u32> {
        installed::mode(inventory, entry)
    }

    fn odd_landings(&self, inventory: &Inventory) -> Vec<Anomaly> {
        installed::renamed(inventory)
    }

    fn usual_ends(&self) -> &'static [&'static str] {
        &[".tgz"]
    }

    fn certainty(&self) -> Certainty {
        Certainty::Looks
    }

    /// A `package.json` in a folder at the top, or at least the folder that all of npm's tarballs have, or the file
    /// without the folder: npm strips that, and installs nothing.
    fn recognises(&self, inventory: &Inventory) -> bool {
        if inventory.artifact.containers.first() == Some(&"zip") {
            return false;
        }
        let is_tgz = inventory.artifact.path.ends_with(".tgz");
        if !is_tgz && is_of_repository(inventory) {
            return false;
        }
        inventory.top_files().any(|entry| {
            Fit::below_root(&entry.path, "package.json") != Fit::No
                || is_tgz && (entry.path.starts_with("package/") || entry.path == "package.json")
        })
    }

    fn keeps(&self, path: &str) -> bool {
        Fit::below_root(path, "package.json") != Fit::No
            || path.eq_ignore_ascii_case("package.json")
            || Fit::below_root(path, BUILD_FILE) == Fit::Exact
            || build_info::is_it(path)
            || bundle::is_manifest(path)
    }

    fn read(
        &self,
        inventory: &Inventory,
        project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        let at_top = inventory.artifact.containers.first() == Some(&"directory");
        let fit = |path: &str| match at_top {
            true => Fit::of(path, "package.json"),
            false => Fit::below_root(path, "package.json"),
        };
        let expected = if at_top { "package.json" } else { "package/package.json" };
        let found = locate::manifest(inventory, expected, fit, problems)?;
        let manifest = Manifest::read(&found.entry.place, found.bytes, problems)?;
        let root = paths::folder(&found.entry.path);
        let mut package = package(inventory, &manifest, found, root, project);
        let own = OwnFiles::of(inventory, root);
        let files = own_files(inventory, root);
        package.doubtful_imports = doubtful_imports(inventory, &manifest, &package, Brought::ByClient);
        package.entrances = entrances(inventory, &manifest, &package, Brought::ByClient);
        let gyp = inventory.manifests.iter().find(|kept| {
            paths::folder(&kept.path) == root && crate::ecosystem::file_name(&kept.path) == BUILD_FILE
        });
        let gyp = gyp.map(|kept| kept.bytes.as_slice());
        package.defects = wholeness::defects(&manifest, &files, &package.declared.entry_points, gyp);
        if let Some(project) = project.filter(|project| is_of(&manifest, project)) {
            package.defects.extend(links_left_out(&manifest, &own, project));
        }
        Some(package)
    }

    fn leading_imports(
        &self,
        inventory: &Inventory,
        package: &Package,
        sure: &BTreeMap<EntryId, Vec<Import>>,
    ) -> Vec<EntryId> {
        leading_imports(inventory, package, sure, Brought::ByClient)
    }

    fn broken_imports(
        &self,
        inventory: &Inventory,
        package: &Package,
        sure: &BTreeMap<EntryId, Vec<Import>>,
    ) -> Vec<BrokenImport> {
        broken_imports(inventory, package, sure, Brought::ByClient)
    }

    fn fields(&self, _path: &str, manifest: &[u8]) -> Option<Fields> {
        manifest::fields(manifest)
    }

    fn has_one_folder(&self) -> bool {
        true
    }

    fn compiled(&self) -> Compiled {
        Compiled::Scripts
    }

    fn written_in(&self) -> &'static [&'static str] {
        &[MANIFEST]
    }

    fn making(&self, _inventory: &Inventory, project: Option<&Project>) -> Making {
        let packer = project.map_or("", client::packer);
        Making { packer, ..Making::default() }
    }

    fn advice(&self) -> &'static dyn Advice {
        &advice::NpmAdvice
    }

    fn origins(&self) -> Option<&'static dyn Origins> {
        Some(&NpmOrigins)
    }

    fn registry(&self) -> Option<&'static dyn Registry> {
        Some(&registry::NpmRegistry)
    }

    fn purl<'a>(&self, package: &'a Package, _file: &str) -> Option<Purl<'a>> {
        let (scope, name) = scope_and_name(&package.name);
        Some(Purl { kind: "npm", namespace: scope, name: name.to_owned(), ..Purl::default() })
    }

    fn file_in_registry(&self, package: &Package, _file: &str) -> String {
        format!("{}-{}.tgz", scope_and_name(&package.name).1, package.version)
    }

    fn fetch(&self, wish: &Wish<'_>) -> Option<Result<Fetched, ClientError>> {
        Some(client::fetch(wish))
    }
}

/// The package's files by their paths from its folder.
fn own_files<'a>(inventory: &'a Inventory, root: &str) -> Vec<(&'a str, &'a Entry)> {
    let own = OwnFiles::of(inventory, root);
    own.ids.iter().zip(&own.paths).filter_map(|(id, path)| Some((*path, inventory.entry(*id)?))).collect()
}

/// The files that must be parsed to be sure of what a package's code asks for.
pub(in crate::ecosystem) fn doubtful_imports(
    inventory: &Inventory,
    manifest: &Manifest,
    package: &Package,
    brought: Brought,
) -> Vec<EntryId> {
    let files = own_files(inventory, &package.root);
    if files.iter().all(|(_, entry)| entry.imports.is_empty()) {
        return Vec::new();
    }
    imports::doubtful(&files, manifest, package, brought)
}

/// The scripts that a package is entered by.
pub(in crate::ecosystem) fn entrances(
    inventory: &Inventory,
    manifest: &Manifest,
    package: &Package,
    brought: Brought,
) -> Vec<Entrance> {
    match inventory.scripts.is_empty() {
        true => Vec::new(),
        false => imports::entrances(&own_files(inventory, &package.root), manifest, package, brought),
    }
}

/// The files that must be parsed, too, where those that were have imports that lead nowhere.
pub(in crate::ecosystem) fn leading_imports(
    inventory: &Inventory,
    package: &Package,
    sure: &BTreeMap<EntryId, Vec<Import>>,
    brought: Brought,
) -> Vec<EntryId> {
    if sure.is_empty() {
        return Vec::new();
    }
    let Some(manifest) = read_again(inventory, package) else { return Vec::new() };
    imports::leading(&own_files(inventory, &package.root), &manifest, package, sure, brought)
}

/// The imports that lead nowhere, by those that are sure.
pub(in crate::ecosystem) fn broken_imports(
    inventory: &Inventory,
    package: &Package,
    sure: &BTreeMap<EntryId, Vec<Import>>,
    brought: Brought,
) -> Vec<BrokenImport> {
    let asks = |entry: &Entry| !entry.imports.is_empty() && entry.path.ends_with(".css");
    if sure.is_empty() && !inventory.top_files().any(asks) {
        return Vec::new();
    }
    let Some(manifest) = read_again(inventory, package) else { return Vec::new() };
    imports::broken(&own_files(inventory, &package.root), &manifest, package, sure, brought)
}

/// The manifest of a package that was read before.
fn read_again(inventory: &Inventory, package: &Package) -> Option<Manifest> {
    let is_it = |entry: &Entry| entry.place == package.manifest;
    let kept = inventory.manifests.iter().rfind(|kept| inventory.entry(kept.entry).is_some_and(is_it))?;
    Some(Manifest::from_object(Object::read(&kept.bytes).ok()?))
}

/// `@acme/cli` as `@acme` and `cli`.
fn scope_and_name(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((scope, name)) if scope.starts_with('@') => (Some(scope), name),
        _ => (None, name),
    }
}

/// Whether the tools of Svelte are told to enter the package elsewhere than others: they compile its components.
fn is_for_svelte(manifest: &Manifest) -> bool {
    let exports = manifest.object.get("exports").map(Value::to_string).unwrap_or_default();
    manifest.object.get("svelte").is_some() || exports.contains("\"svelte\":")
}

/// What a `package.json` says of its package, compared with the entries.
pub(in crate::ecosystem) fn package(
    inventory: &Inventory,
    manifest: &Manifest,
    found: Located<'_>,
    root: &str,
    project: Option<&Project>,
) -> Package {
    let own = OwnFiles::of(inventory, root);
    let entrances = entry_points::follow(manifest, &entry_points::Files::new(own.paths.iter().copied()));
    let has_allowlist = manifest.files.is_some();
    let mut proposal = match has_allowlist {
        true => Vec::new(),
        false => entry_points::proposal(&entrances, &own.paths),
    };
    let others = project.filter(|project| is_of(manifest, project)).map(members_within).unwrap_or_default();
    let enters = |item: &str| {
        let is_below = |path: &String| path.strip_prefix(item).is_some_and(|rest| rest.starts_with('/'));
        entrances.files.iter().any(is_below)
    };
    proposal.retain(|item| enters(item) || !others.contains(item.as_str()));
    let unlisted = own.unlisted(inventory, manifest, project);
    Package {
        root: root.to_owned(),
        declared: Declared {
            has_allowlist: Some(has_allowlist),
            allowlist_name: FILES,
            patterns: manifest.files.clone().unwrap_or_default(),
            line: manifest.object.line("files"),
            denied: own.denied(manifest, &unlisted),
            unlisted,
            proposal,
            entry_points: entrances.files.into_iter().filter(|path| !path.ends_with('/')).collect(),
            side_entrances: entrances.side_files.into_iter().collect(),
            missing: entrances.missing,
            compiled_by_users: if is_for_svelte(manifest) { ".svelte" } else { "" },
            ..Declared::default()
        },
        ..manifest.package(&found.entry.place, &own.paths)
    }
}

/// The folders at the top of a project that other members of its workspace lie in: a package of their own, and no part of
/// this one.
fn members_within(project: &Project) -> BTreeSet<String> {
    let top = |member: &Member| {
        let below = member.folder.strip_prefix(&project.folder).ok()?;
        Some(below.components().next()?.as_os_str().to_string_lossy().into_owned())
    };
    members(project).iter().filter_map(top).collect()
}

/// The package's files, by their paths relative to its folder.
pub(in crate::ecosystem) struct OwnFiles<'a> {
    pub(in crate::ecosystem) ids: Vec<EntryId>,
    pub(in crate::ecosystem) paths: Vec<&'a str>,
}

impl<'a> OwnFiles<'a> {
    pub(in crate::ecosystem) fn of(inventory: &'a Inventory, root: &str) -> Self {
        let below = |path: &'a str| match root {
            "" => Some(path),
            root => path.strip_prefix(root)?.strip_prefix('/'),
        };
        let (ids, paths) =
            inventory.top_files().filter_map(|entry| Some((entry.id, below(&entry.path)?))).unzip();
        Self { ids, paths }
    }

    /// The entries that no client would have packed with this manifest.
    fn unlisted(
        &self,
        inventory: &Inventory,
        manifest: &Manifest,
        project: Option<&Project>,
    ) -> Vec<EntryId> {
        let project = project.filter(|project| is_of(manifest, project));
        let ignoring = project.map(|project| self.ignoring(project)).unwrap_or_default();
        if manifest.files.is_none() && ignoring.files.is_empty() && ignoring.above.is_empty() {
            // npm packs all but a few by-products, and the rules for stray files know those.
            return Vec::new();
        }
        let rules = ignoring.rules(manifest);
        let fine = packlist::packed_or_tolerated(rules, &self.paths);
        let texts = self.manifests_of_bundled(inventory);
        let bundle = bundle::Bundle::of(manifest, &self.paths, |path| {
            Some(Manifest::from_object(Object::read(texts.get(path)?).ok()?))
        });
        let bundled = bundle.packed(rules, &self.paths, packlist::packed_or_tolerated);
        let is_fine = fine.iter().zip(bundled).map(|(fine, bundled)| *fine || bundled);
        self.ids.iter().zip(is_fine).filter(|(_, fine)| !fine).map(|(id, _)| *id).collect()
    }

    /// The texts of manifests in `node_modules`, by path.
    fn manifests_of_bundled<'i>(&self, inventory: &'i Inventory) -> BTreeMap<&'a str, &'i [u8]> {
        let kept: BTreeMap<EntryId, &[u8]> =
            inventory.manifests.iter().map(|kept| (kept.entry, kept.bytes.as_slice())).collect();
        let below = self.paths.iter().zip(&self.ids).filter(|(path, _)| bundle::is_manifest(path));
        below.filter_map(|(path, id)| Some((*path, *kept.get(id)?))).collect()
    }

    /// Those of the unlisted entries that an item of `files` excludes.
    fn denied(&self, manifest: &Manifest, unlisted: &[EntryId]) -> Vec<Denied> {
        let with_path = self.ids.iter().zip(&self.paths).filter(|(id, _)| unlisted.binary_search(id).is_ok());
        let denied = |(id, path): (&EntryId, &&str)| {
            let index = packlist::denied_by(manifest, path)?;
            let item = manifest.files.as_ref()?.get(index)?.clone();
            Some(Denied { entry: *id, item, list: FILES, line: manifest.object.item_line("files", index) })
        };
        with_path.take(MOST_EXPLAINED).filter_map(denied).collect()
    }

    /// The ignore files of the project.
    fn ignoring(&self, project: &Project) -> Ignoring {
        Ignoring { files: self.ignore_files(project), above: super::project::ignore_files_above(project) }
    }

    fn ignore_files(&self, project: &Project) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        let mut folders: BTreeSet<&str> = BTreeSet::from([""]);
        for path in &self.paths {
            let mut folder = *path;
            while let Some((above, _)) = folder.rsplit_once('/') {
                if folders.len() >= MOST_FOLDERS || !folders.insert(above) {
                    break;
                }
                folder = above;
            }
        }
        for folder in folders {
            for file in [".npmignore", ".gitignore"] {
                if let Some(text) = crate::project::read(&project.folder.join(folder).join(file)) {
                    let path = if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
                    texts.insert(path, text);
                }
            }
        }
        texts
    }
}

/// The ignore files that npm goes by beside a manifest.
#[derive(Default)]
struct Ignoring {
    /// Those in the package's folders, by path.
    files: BTreeMap<String, String>,
    /// Those in the folders above it.
    above: Vec<String>,
}

impl Ignoring {
    fn rules<'a>(&'a self, manifest: &'a Manifest) -> packlist::Rules<'a> {
        packlist::Rules {
            manifest,
            ignore_files: &self.files,
            case_matters: true,
            with_defaults: true,
            above: &self.above,
            is_bundled: false,
        }
    }
}

/// Symbolic links of the project that `files` covers and that the package has nothing of. npm packs none.
fn links_left_out(manifest: &Manifest, own: &OwnFiles<'_>, project: &Project) -> Vec<Defect> {
    if manifest.files.is_none() {
        return Vec::new();
    }
    let links = project.links();
    let mut paths: Vec<&str> = links.iter().map(String::as_str).collect();
    // The rules see the links as files among the others.
    paths.extend(own.paths.iter().filter(|path| !links.contains(**path)));
    let is_covered = packlist::packed(own.ignoring(project).rules(manifest), &paths);
    let is_there = |link: &str| {
        own.paths
            .iter()
            .any(|path| path.strip_prefix(link).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    let left_out = paths.iter().zip(is_covered).take(links.len());
    let left_out = left_out.filter(|(link, is_covered)| *is_covered && !is_there(link));
    let one = |link: &str| Defect {
        kind: DefectKind::LinkLeftOut,
        field: FILES.to_owned(),
        subject: link.to_owned(),
        line: manifest.object.line("files"),
    };
    left_out.map(|(link, _)| one(link)).collect()
}

/// Whether a project is the package's own.
fn is_of(manifest: &Manifest, project: &Project) -> bool {
    let own = super::manifest_at(&project.folder);
    let name = own.as_ref().and_then(|own| own.get("name")?.as_str());
    name.is_some() && name == manifest.text("name")
}

/// What node-gyp builds by.
const BUILD_FILE: &str = "binding.gyp";

/// npm's allowlist, for messages.
const FILES: &str = "\"files\" in package.json";

/// Most unlisted files whose reason is looked for.
const MOST_EXPLAINED: usize = 1_000;

/// Most folders of a project that are searched for ignore files.
const MOST_FOLDERS: usize = 5_000;
