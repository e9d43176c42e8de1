//! Ecosystems: which kind of package an artifact is, which project it came from, and which client handles it.
//! Everything about one of them is in its home, a folder of that name: its artifact formats (how to recognise one,
//! its manifest, what that promises), its projects, its client, and the words of its help texts. Everything else goes
//! through [`ECOSYSTEMS`], and knows no ecosystem by name.

mod client;
mod copies;
mod digests;
mod edit;
mod folder;
mod format;
mod identity;
mod json;
mod kept_maps;
mod licence_text;
mod locate;
mod origin;
mod purl;
mod readme;
mod registry;
mod remedy;
mod unwanted;
mod variables;

mod cargo;
mod gem;
mod jar;
mod npm;
mod nupkg;
mod plain;
mod published;
mod python;
mod vsix;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::inventory::{
    Asking, Entry, EntryId, Import, Inventory, Kind, ManifestTrouble, Package, Unexamined,
};
use crate::project::Project;

pub use crate::project::Member;
pub(crate) use client::{Client, Wish, find_program, is_packing, is_word, recipes};
pub use client::{ClientError, Fetched, Release, Rewrite};
pub(crate) use digests::are_wide;
pub use edit::{Change, Edit, EditError, List};
pub use folder::{
    Built, broken_manifest, built, dependencies, has_members_below, is_foreign_project, is_manifest,
    is_manifest_of, is_named_after, is_project, is_same_name, is_workspace, member, members, members_of,
    names, of_project, outermost, upwards, written_names,
};
pub(crate) use folder::{ProjectFolder, SettingsTables};
pub(crate) use format::{Advice, Certainty, Compiled, Fields, Format};
pub(crate) use identity::{Identity, identity};
pub(crate) use npm::build_info::OWN as ONLY_OWN_NAMES;
pub(crate) use origin::{Origin, Origins, Ships};
pub use published::{published_from, published_outside, written_from};
pub(crate) use registry::{Copy, Order, Registry, Sender, Served};
pub use remedy::Remedy;
pub(crate) use remedy::{PRIVATE, leave_out, let_in, narrowed, new_allowlist};
pub(crate) use unwanted::Unwanted;

/// An ecosystem: what its home provides. What it doesn't do is `None`.
pub(crate) struct Ecosystem {
    /// Its name, and that of its folder here.
    pub name: &'static str,
    /// What it publishes.
    pub formats: &'static [&'static dyn Format],
    /// Its projects.
    pub project: Option<&'static dyn ProjectFolder>,
    /// The client that packs them.
    pub client: Option<&'static dyn Client>,
}

/// All ecosystems. If a folder is a project of several, they come in this order.
pub(crate) const ECOSYSTEMS: &[Ecosystem] = &[
    npm::ECOSYSTEM,
    vsix::ECOSYSTEM,
    cargo::ECOSYSTEM,
    python::ECOSYSTEM,
    gem::ECOSYSTEM,
    nupkg::ECOSYSTEM,
    jar::ECOSYSTEM,
    plain::ECOSYSTEM,
];

/// All formats of artifacts.
pub(crate) fn formats() -> impl Iterator<Item = &'static dyn Format> {
    ECOSYSTEMS.iter().flat_map(|ecosystem| ecosystem.formats.iter().copied())
}

/// What is known of a kind of artifact.
pub(crate) fn format(kind: Kind) -> &'static dyn Format {
    formats().find(|format| format.kind() == kind).unwrap_or(plain::ANYTHING)
}

/// The projects of all ecosystems that have some.
pub(crate) fn projects() -> Vec<&'static dyn ProjectFolder> {
    ECOSYSTEMS.iter().filter_map(|ecosystem| ecosystem.project).collect()
}

/// The manifests that may hold settings.
pub(crate) fn settings_tables() -> impl Iterator<Item = SettingsTables> {
    projects().into_iter().filter_map(|project| project.settings())
}

/// A path without what the tools of an ecosystem write into it for each interpreter that they build for.
pub(crate) fn without_interpreter(path: &str) -> String {
    python::without_interpreter(path)
}

/// The ways in which tools write a version into the names of files.
pub(crate) fn versions_in_names(version: &str) -> Vec<String> {
    let mut all =
        vec![version.to_owned(), version.replace(['-', '+'], "_"), python::version_in_names(version)];
    all.dedup();
    all
}

/// Most bytes of a file that the pipeline keeps whole for [`identify`]. Real manifests are far smaller; a larger one
/// is reported as unreadable.
pub(crate) const MOST_KEPT: u64 = 16 << 20;

/// Whether a file is to be kept whole in [`Inventory::manifests`], by its path inside the artifact's own container.
pub(crate) fn keeps(path: &str) -> bool {
    licence_text::is_licence_file(path)
        || readme::is_readme(path)
        || formats().any(|format| format.keeps(path))
}

/// The same for a file in an archive within it, which may be where the package's own files are: a gem's.
pub(crate) fn keeps_within(path: &str) -> bool {
    licence_text::is_licence_file(path)
        || readme::is_readme(path)
        || formats().any(|format| format.keeps_within(path))
}

/// What to write into the manifest of a package so that no more ships than is meant to: what its entry points need, as
/// findings propose it, or else these files, its paths below its root, without packgate's own. `None` where that isn't
/// known.
pub fn allowlist_of(inventory: &Inventory, paths: &[String]) -> Option<String> {
    let kind = inventory.kind;
    if let Some(declared) = inventory.package.as_ref().map(|package| &package.declared)
        && !declared.proposal.is_empty()
    {
        let quoted: Vec<String> = declared.proposal.iter().map(|item| format!("{item:?}")).collect();
        return format(kind).advice().allowlist(declared, &quoted);
    }
    let mut ecosystems = ECOSYSTEMS.iter();
    let ecosystem = ecosystems.find(|one| one.formats.iter().any(|format| format.kind() == kind))?;
    let (key, always) = ecosystem.client?.allowlist()?;
    let is_always = |name: &str| {
        let name = name.to_ascii_lowercase();
        always.iter().any(|always| name.starts_with(always))
    };
    let firsts = paths.iter().filter_map(|path| path.split('/').next());
    let kept: BTreeSet<&str> =
        firsts.filter(|name| !name.starts_with("packgate.") && !is_always(name)).collect();
    let quoted: Vec<String> = kept.iter().map(|name| format!("{name:?}")).collect();
    Some(format!("{key} [{}]", quoted.join(", ")))
}

/// Whether the entries' digests are needed because the package has a table to compare them with, going by the
/// artifact's file name and outermost container, before any entry is read.
pub(crate) fn needs_digests(artifact: &str, is_zip: bool) -> bool {
    let name = file_name(artifact).to_ascii_lowercase();
    let mut with_digests = formats().filter(|format| format.has_digests());
    is_zip || name.ends_with(".zip") || with_digests.any(|format| is_named(&name, format))
}

/// Whether a file with this path may be a table of digests.
pub(crate) fn is_table(path: &str) -> bool {
    formats().any(|format| format.is_table(path))
}

fn is_named(name: &str, format: &dyn Format) -> bool {
    format.suffixes().iter().any(|end| name.ends_with(end))
}

/// Whether a name is one that clients give their artifacts.
pub(crate) fn is_artifact_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    formats().any(|format| {
        let own = format.suffixes().iter().chain(format.usual_ends());
        own.copied().any(|end| name.ends_with(end))
    })
}

/// The folder in a project that a build has left what is deployed in: that which the build's settings name, or the only
/// one of the usual ones.
pub fn deploy_folder(folder: &Path) -> Option<String> {
    npm::named_by_build(folder).or_else(|| folder::usual_deploy_folder(folder).map(str::to_owned))
}

/// The folders that builds of private members have left what is deployed in, as seen from the root of their workspace.
fn deploy_folders_of_members(project: &Project) -> Option<String> {
    let private = folder::members(project).iter().filter(|member| member.private);
    let below = private.filter(|member| member.folder != project.folder);
    let folders = below.filter_map(|member| {
        let within = member.folder.strip_prefix(&project.folder).ok()?.to_string_lossy().replace('\\', "/");
        // A library's `dist` is nothing that is deployed.
        let is_site = |name: &&str| member.folder.join(name).join("index.html").is_file();
        let usual = || folder::usual_deploy_folder(&member.folder).filter(is_site).map(str::to_owned);
        Some(format!("{within}/{}", npm::named_by_build(&member.folder).or_else(usual)?))
    });
    let folders: Vec<String> = folders.collect();
    (!folders.is_empty()).then(|| folders.join(" "))
}

/// Recognises the kind of package and reads its manifest: sets `kind`, `package` and `manifest_problems`, and adds to
/// `unexamined` what keeps the manifest from being understood.
///
/// `wanted` overrides recognition; an artifact without the manifest of the wanted kind keeps that kind and
/// the missing manifest is a problem.
pub(crate) fn identify(inventory: &mut Inventory, wanted: Option<Kind>, project: Option<&Project>) {
    match wanted {
        Some(kind) => inventory.kind = kind,
        None => (inventory.kind, inventory.kind_because) = recognise(inventory),
    }
    let mut problems = Vec::new();
    inventory.package = format(inventory.kind).read(inventory, project, &mut problems);
    if let Some(mut package) = inventory.package.take() {
        package.defects.extend(licence_text::defects(inventory, &package));
        inventory.package = Some(package);
    }
    let project = project.filter(|project| is_at_hand(inventory, project));
    inventory.making = format(inventory.kind).making(inventory, project);
    if let Some(project) = project
        && inventory.package.as_ref().is_some_and(|package| package.private)
    {
        inventory.making.published_from = published_from(project);
        inventory.making.deployed_from =
            deploy_folder(&project.folder).or_else(|| deploy_folders_of_members(project));
    }
    if let Some(project) = project {
        (inventory.making.not_built, inventory.making.kept_out) = missing(inventory, &project.folder);
        inventory.making.is_generated = published::is_generated(project);
        inventory.making.generated_from = npm::libraries::generated_from(project);
        let packed = packed_below(inventory, &project.folder);
        if let Some((manifest, _)) = &packed {
            inventory.making.is_generated = true;
            inventory.making.generated_from = Some((*manifest).to_owned());
        }
        let packed = packed.map(|(_, folder)| folder);
        inventory.making.kept_maps = kept_maps::kept_maps(inventory, project, packed.as_deref());
        inventory.making.copies = copies::copies(inventory, project, packed);
        inventory.making.variables = variables::variables(inventory, project);
    }
    let has_map = |entry: &Entry| !entry.maps.is_empty() || !entry.links.is_empty();
    if let Some(project) = project
        && inventory.files().any(has_map)
    {
        inventory.making.map_options = npm::map_options(&project.folder);
    }
    let has_debug =
        |entry: &Entry| entry.binary.as_ref().is_some_and(|facts| !facts.debug_sections.is_empty());
    if let Some(project) = project
        && inventory.files().any(has_debug)
    {
        inventory.making.debug_option = cargo::debug_option(&project.folder);
    }
    let is_vague = |package: &Package| {
        package.license.as_deref().is_none_or(|licence| {
            licence.starts_with("LicenseRef-") || spdx::Expression::parse(licence).is_err()
        })
    };
    if let Some(mut package) = inventory.package.take_if(|package| is_vague(package)) {
        package.licence_files =
            licence_text::read(inventory, &package, format(inventory.kind).unpacks(inventory));
        if package.license.is_none() && package.licence_files.is_empty() {
            package.readme_licence = readme::read(inventory, &package);
            package.open_sources = jar::open_sources(inventory).filter(|_| inventory.kind == Kind::Jar);
        }
        inventory.package = Some(package);
    }
    npm::build_info::mark(inventory);
    if inventory.package.is_none() {
        inventory.licence_files = plain::sources::licence_files(inventory);
    }
    if inventory.cut_short().is_some() || inventory.entries.is_empty() {
        // Whatever wasn't unpacked may hold the manifest: "missing" would be a guess.
        problems.retain(|problem| problem.kind != ManifestTrouble::Missing);
    }
    for problem in problems.iter().filter(|problem| problem.kind.blinds()) {
        inventory.unexamined.push(Unexamined::new(problem.place.clone(), problem.detail.clone()));
    }
    inventory.manifest_problems = problems;
}

/// The folder below a project's that was packed in place of it, and the project's manifest, whose fields a build takes
/// over there.
fn packed_below(inventory: &Inventory, folder: &Path) -> Option<(&'static str, PathBuf)> {
    let package = inventory.package.as_ref()?;
    let below = format(inventory.kind).origins()?.packed_folder(inventory, package, folder);
    (!below.is_empty()).then(|| (npm::MANIFEST, folder.join(below)))
}

/// The files that the manifest names and the artifact lacks, where the client packs the project's folder as it lies
/// there: those that aren't in that either, and those that are.
fn missing(inventory: &Inventory, folder: &Path) -> (Vec<String>, Vec<String>) {
    let is_as_it_lies = matches!(inventory.kind, Kind::Npm | Kind::Vsix | Kind::Crate);
    let Some(package) = inventory.package.as_ref().filter(|_| is_as_it_lies) else {
        return (Vec::new(), Vec::new());
    };
    // What Node completes a name with; a folder stands for what is in it.
    let is_there = |target: &String| {
        ["", ".js", ".cjs", ".json", ".node"].iter().any(|end| folder.join(format!("{target}{end}")).exists())
    };
    let missing = package.declared.missing.iter().map(|missing| missing.target.as_str());
    let missing = missing.filter(|target| !target.contains('*')).map(str::to_owned);
    let (mut there, absent): (Vec<String>, Vec<String>) = missing.partition(is_there);
    let named = package.defects.iter().filter(|defect| defect.kind.names_a_file());
    let named = named.map(|defect| &defect.subject).filter(|subject| folder.join(subject).is_file());
    there.extend(named.cloned());
    (absent, there)
}

/// Whether a project is the one that the artifact comes from: it has the package's name, or the artifact has none.
fn is_at_hand(inventory: &Inventory, project: &Project) -> bool {
    let Some(package) = &inventory.package else { return true };
    let same = |name: &String| {
        let plain = |name: &str| name.to_lowercase().replace(['_', '.'], "-");
        plain(name) == plain(&package.name) || package.name.rsplit('.').next() == Some(name)
    };
    names(project).iter().any(same)
}

/// The files that must be parsed to be sure which imports of an identified package lead nowhere. None in an artifact
/// of which not all is known: what is missing there may be in the rest.
pub(crate) fn doubtful_imports(inventory: &Inventory) -> Vec<EntryId> {
    match &inventory.package {
        Some(package) if inventory.cut_short().is_none() => package.doubtful_imports.clone(),
        _ => Vec::new(),
    }
}

/// The files that must be parsed, too, to be sure that what leads nowhere in those that were is carried out.
pub(crate) fn leading_imports(inventory: &Inventory, sure: &BTreeMap<EntryId, Vec<Import>>) -> Vec<EntryId> {
    let package = inventory.package.as_ref();
    package.map_or_else(Vec::new, |package| format(inventory.kind).leading_imports(inventory, package, sure))
}

/// Writes down which imports lead nowhere, by those that are sure to be carried out; what the quick look found is no
/// longer needed then.
pub(crate) fn settle_imports(inventory: &mut Inventory, sure: &BTreeMap<EntryId, Vec<Import>>) {
    if let Some(mut package) = inventory.package.take() {
        if inventory.cut_short().is_none() {
            package.broken_imports = format(inventory.kind).broken_imports(inventory, &package, sure);
        }
        inventory.package = Some(package);
    }
    inventory.making.taken_in = taken_in(inventory);
    inventory.modules.clear();
    for entry in &mut inventory.entries {
        entry.imports = thin_vec::ThinVec::new();
    }
}

/// The files with credentials whose names stand where code of a crate takes in a file.
fn taken_in(inventory: &Inventory) -> Vec<EntryId> {
    if inventory.kind != Kind::Crate {
        return Vec::new();
    }
    let with_secrets = || inventory.top_files().filter(|entry| !entry.secrets.is_empty());
    if with_secrets().next().is_none() {
        return Vec::new();
    }
    let asked = inventory.files().flat_map(|entry| &entry.imports);
    let asked = asked.filter(|import| import.by == Asking::File);
    let names: BTreeSet<&str> = asked.filter_map(|import| import.specifier.rsplit('/').next()).collect();
    with_secrets().filter(|entry| names.contains(entry.file_name())).map(|entry| entry.id).collect()
}

/// The kind of an artifact: going by its name if that is a format's own, otherwise by all its entries, in any order.
/// If several formats match, also what decided.
fn recognise(inventory: &Inventory) -> (Kind, Option<String>) {
    let name = file_name(&inventory.artifact.path).to_ascii_lowercase();
    let mut all: Vec<&dyn Format> = formats().collect();
    all.sort_by_key(|format| format.certainty());
    let is_folder = |format: &&&dyn Format| format.certainty() == Certainty::Folder;
    let folder = all.iter().filter(is_folder).find(|format| format.recognises(inventory));
    let by_name = || all.iter().find(|format| is_named(&name, **format));
    if let Some(format) = folder.or_else(by_name) {
        return (format.kind(), None);
    }
    let is_possible = |format: &&&dyn Format| format.recognises(inventory);
    let possible: Vec<&dyn Format> = all.iter().filter(is_possible).copied().collect();
    let by_end = possible.iter().find(|format| format.usual_ends().iter().any(|end| name.ends_with(end)));
    let Some(chosen) = by_end.or(possible.first()) else { return (Kind::default(), None) };
    let is_rival =
        |format: &&&dyn Format| format.certainty() < Certainty::Rest && format.kind() != chosen.kind();
    let because = possible.iter().find(is_rival).map(|rival| {
        let decided = match by_end {
            Some(_) => "the file's name decided",
            None => "the surer sign decided",
        };
        format!("its contents also match {}; {decided}", rival.kind().name())
    });
    (chosen.kind(), because)
}

/// The last segment of a path as given by the user, on any system.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::inventory::{Entry, EntryId, ManifestFile, ManifestTrouble};

    /// An inventory as the pipeline makes it, of text files.
    pub(crate) fn inventory(artifact: &str, container: &'static str, files: &[(&str, &str)]) -> Inventory {
        let mut inventory = Inventory::default();
        inventory.artifact.path = artifact.to_owned();
        inventory.artifact.containers = vec![container];
        for (index, (path, text)) in files.iter().enumerate() {
            let id = EntryId(u32::try_from(index).unwrap());
            inventory.entries.push(Box::new(Entry {
                id,
                path: (*path).to_owned(),
                place: (*path).to_owned(),
                size: text.len() as u64,
                ..Entry::default()
            }));
            if keeps(path) {
                inventory.manifests.push(ManifestFile {
                    entry: id,
                    path: (*path).to_owned(),
                    bytes: text.as_bytes().to_vec(),
                });
            }
        }
        inventory
    }

    fn identified(artifact: &str, container: &'static str, files: &[(&str, &str)]) -> Inventory {
        let mut inventory = inventory(artifact, container, files);
        identify(&mut inventory, None, None);
        inventory
    }

    const NPM: &str = r#"{"name": "demo", "version": "1.0.0", "license": "MIT"}"#;
    const CARGO: &str = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nlicense = \"MIT/Apache-2.0\"\n";
    const METADATA: &str = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0.0\nLicense: MIT\n\nText";
    const WHEEL: &str = "Wheel-Version: 1.0\nTag: py3-none-any\n";
    const VSIX: &str = "<PackageManifest><Metadata><Identity Id=\"demo\" Version=\"1.0.0\" Publisher=\"acme\"/></Metadata></PackageManifest>";
    const NUSPEC: &str = "<package><metadata><id>demo</id><version>1.0.0</version><license type=\"expression\">MIT</license></metadata></package>";

    #[test]
    fn each_ecosystem_gives_name_version_and_licence() {
        let vsix_json = r#"{"name": "demo", "publisher": "acme", "version": "1.0.0", "license": "MIT"}"#;
        type Case<'a> = (&'a str, &'static str, &'a [(&'a str, &'a str)], Kind, &'a str, &'a str, &'a str);
        let cases: &[Case<'_>] = &[
            ("d.tgz", "gzip", &[("package/package.json", NPM)], Kind::Npm, "demo", "MIT", "package"),
            ("d.tar.gz", "gzip", &[("demo/package.json", NPM)], Kind::Npm, "demo", "MIT", "demo"),
            (
                "demo-1.0.0.crate",
                "gzip",
                &[("demo-1.0.0/Cargo.toml", CARGO)],
                Kind::Crate,
                "demo",
                "MIT OR Apache-2.0",
                "demo-1.0.0",
            ),
            (
                "demo-1.0.0-py3-none-any.whl",
                "zip",
                &[("demo-1.0.0.dist-info/METADATA", METADATA), ("demo-1.0.0.dist-info/WHEEL", WHEEL)],
                Kind::Wheel,
                "demo",
                "MIT",
                "",
            ),
            (
                "demo-1.0.0.tar.gz",
                "gzip",
                &[("demo-1.0.0/PKG-INFO", METADATA)],
                Kind::Sdist,
                "demo",
                "MIT",
                "demo-1.0.0",
            ),
            (
                "demo.vsix",
                "zip",
                &[("extension.vsixmanifest", VSIX), ("extension/package.json", vsix_json)],
                Kind::Vsix,
                "acme.demo",
                "MIT",
                "extension",
            ),
            ("demo.nupkg", "zip", &[("demo.nuspec", NUSPEC)], Kind::Nupkg, "demo", "MIT", ""),
            ("demo", "directory", &[("package.json", NPM)], Kind::Directory, "demo", "MIT", ""),
            ("demo", "directory", &[("Cargo.toml", CARGO)], Kind::Directory, "demo", "MIT OR Apache-2.0", ""),
        ];
        for (artifact, container, files, kind, name, license, root) in cases {
            let inventory = identified(artifact, container, files);
            assert_eq!(inventory.kind, *kind, "{artifact}");
            assert_eq!(inventory.manifest_problems, [], "{artifact}");
            let package = inventory.package.unwrap();
            assert_eq!((package.name.as_str(), package.version.as_str()), (*name, "1.0.0"), "{artifact}");
            assert_eq!(
                (package.license.as_deref(), package.root.as_str()),
                (Some(*license), *root),
                "{artifact}"
            );
            assert_eq!(package.mismatches, [], "{artifact}");
        }
    }

    #[test]
    fn all_that_stands_at_the_root_decides_whatever_the_order() {
        const INFO: (&str, &str) = ("d-1.0.0/PKG-INFO", METADATA);
        const JSON: (&str, &str) = ("d-1.0.0/package.json", NPM);
        const TOML: (&str, &str) = ("d-1.0.0/Cargo.toml", CARGO);
        const ORIG: (&str, &str) = ("d-1.0.0/Cargo.toml.orig", CARGO);
        const SETUP: (&str, &str) = ("d-1.0.0/setup.py", "");
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Kind, bool);
        let cases: &[Case<'_>] = &[
            ("d-1.0.0.tar.gz", &[INFO, SETUP], Kind::Sdist, false),
            ("d-1.0.0.tar.gz", &[INFO, JSON], Kind::Sdist, true),
            ("d-1.0.0.tar.gz", &[INFO, TOML, JSON], Kind::Sdist, true),
            ("d-1.0.0.tar.gz", &[INFO, TOML], Kind::Sdist, false),
            ("d-1.0.0.tar.gz", &[INFO, TOML, ORIG], Kind::Sdist, true),
            ("download", &[INFO, TOML, ORIG], Kind::Crate, true),
            ("download", &[INFO, JSON], Kind::Sdist, true),
            ("d-1.0.0.tgz", &[INFO, JSON], Kind::Npm, true),
            ("d-1.0.0.tgz", &[JSON, TOML], Kind::Npm, false),
            ("d-1.0.0.tar.gz", &[TOML, SETUP], Kind::Crate, false),
            ("d-1.0.0.tar.gz", &[JSON, SETUP], Kind::Npm, false),
            ("d-1.0.0.tar.gz", &[SETUP], Kind::Sdist, false),
            (
                "d-1.0.0.tar.gz",
                &[("package/package.json", NPM), ("package/PKG-INFO", METADATA)],
                Kind::Npm,
                false,
            ),
        ];
        for (artifact, files, kind, is_tie) in cases {
            let turned: Vec<_> = files.iter().rev().copied().collect();
            for files in [files.to_vec(), turned] {
                let found = recognise(&inventory(artifact, "gzip", &files));
                assert_eq!((found.0, found.1.is_some()), (*kind, *is_tie), "{artifact} {files:?}: {found:?}");
            }
        }
    }

    #[test]
    fn what_has_no_manifest_is_generic() {
        assert_eq!(identified("x.zip", "zip", &[("a.txt", "")]).kind, Kind::Zip);
        assert_eq!(identified("x.tar.gz", "gzip", &[("x/a.txt", "")]).kind, Kind::Tar);
        let folder = identified("dist", "directory", &[("index.html", "")]);
        assert_eq!((folder.kind, folder.package), (Kind::Directory, None));
    }

    #[test]
    fn a_manifest_that_fails_is_never_a_downgrade() {
        use ManifestTrouble::{DuplicateKey, LetterCase, Missing, Twice, Unreadable};
        type Case<'a> = (&'a str, &'static str, &'a [(&'a str, &'a str)], Kind, ManifestTrouble, bool);
        let cases: &[Case<'_>] = &[
            ("d.tgz", "gzip", &[("package/index.js", "")], Kind::Npm, Missing, false),
            ("d.tgz", "gzip", &[("package/Package.json", NPM)], Kind::Npm, LetterCase, true),
            (
                "d.tgz",
                "gzip",
                &[("package/package.json", NPM), ("package/PACKAGE.json", NPM)],
                Kind::Npm,
                LetterCase,
                true,
            ),
            (
                "d.tgz",
                "gzip",
                &[("package/package.json", NPM), ("package/package.json", "{\"name\": \"x\"}")],
                Kind::Npm,
                Twice,
                true,
            ),
            (
                "d.tgz",
                "gzip",
                &[("package/package.json", NPM), ("other/package.json", "{\"name\": \"x\"}")],
                Kind::Npm,
                Twice,
                true,
            ),
            ("d.tgz", "gzip", &[("package/package.json", "{")], Kind::Npm, Unreadable, false),
            (
                "d.tgz",
                "gzip",
                &[("package/package.json", "{\"main\": \"a\", \"main\": \"b\"}")],
                Kind::Npm,
                DuplicateKey,
                true,
            ),
            ("d.crate", "gzip", &[("d/src/lib.rs", "")], Kind::Crate, Missing, false),
            ("d.crate", "gzip", &[("d/Cargo.toml", "[dependencies]")], Kind::Crate, Unreadable, false),
            ("d.whl", "zip", &[("d/__init__.py", "")], Kind::Wheel, Missing, false),
            ("d.vsix", "zip", &[("extension/package.json", NPM)], Kind::Vsix, Missing, true),
            ("d.nupkg", "zip", &[("d.nuspec", "<package>")], Kind::Nupkg, Unreadable, false),
            ("d.gem", "tar", &[("metadata.gz", "x")], Kind::Gem, Unreadable, false),
        ];
        for (artifact, container, files, kind, trouble, has_package) in cases {
            let inventory = identified(artifact, container, files);
            let kinds: Vec<ManifestTrouble> =
                inventory.manifest_problems.iter().map(|problem| problem.kind).collect();
            assert_eq!(
                (inventory.kind, kinds.as_slice()),
                (*kind, [*trouble].as_slice()),
                "{artifact} {files:?}"
            );
            assert_eq!(inventory.package.is_some(), *has_package, "{artifact} {files:?}");
            assert_eq!(inventory.unexamined.is_empty(), !trouble.blinds(), "{artifact} {files:?}");
        }
    }

    #[test]
    fn the_wanted_kind_wins() {
        let mut crate_as_npm = inventory("d.crate", "gzip", &[("d/Cargo.toml", CARGO)]);
        identify(&mut crate_as_npm, Some(Kind::Npm), None);
        assert_eq!(crate_as_npm.kind, Kind::Npm);
        assert_eq!(crate_as_npm.manifest_problems.len(), 1);
        assert!(!crate_as_npm.is_complete());
    }
}
