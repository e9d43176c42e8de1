//! The project's own source text: which files it is in, and whether an artifact is the project's.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use thin_vec::ThinVec;

use crate::ecosystem::{self, Member};
use crate::fingerprint::{self, FileError, OwnSource, OwnTexts};
use crate::inventory::{Inventory, LineClass, OwnKnown, OwnText};
use crate::project::Project;
use crate::settings::{OwnMode, Settings};

/// Why the project's text can't be looked for.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// A file of `own-fingerprints` can't be read.
    #[error("own-fingerprints: {}: {why}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        why: std::io::Error,
    },
    /// A file of `own-fingerprints` isn't a fingerprint file.
    #[error("own-fingerprints: {}: {why}", .path.display())]
    NoFingerprints {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: FileError,
    },
}

/// The project's text as the settings say: from fingerprint files, otherwise the text itself; `None` if there is
/// neither.
///
/// # Errors
/// If a fingerprint file can't be used: the audit would miss what it should find.
pub fn source(settings: &Settings, project: Option<&Project>) -> Result<Option<OwnSource>, OwnError> {
    source_with(settings, project, &OwnTexts::default())
}

/// The same for one of several projects that share text, which is read once.
///
/// # Errors
/// As above.
pub fn source_with(
    settings: &Settings,
    project: Option<&Project>,
    texts: &OwnTexts,
) -> Result<Option<OwnSource>, OwnError> {
    let own = &settings.own;
    if own.mode == OwnMode::Off {
        return Ok(None);
    }
    let mut all = OwnSource::default();
    for path in &own.fingerprints {
        let bytes = fs::read(path).map_err(|why| OwnError::Unreadable { path: path.clone(), why })?;
        let file =
            OwnSource::read(&bytes).map_err(|why| OwnError::NoFingerprints { path: path.clone(), why })?;
        all = all.with(&file);
    }
    if own.fingerprints.is_empty()
        && let Some(project) = project.filter(|project| is_project(project))
    {
        all = from_project(project, &own.folders, texts);
    }
    Ok((!all.is_empty()).then_some(all))
}

/// Whether an artifact came from this project, as far as names tell: one without a name came from wherever somebody
/// says.
pub fn is_of_project(inventory: &Inventory, project: &Project) -> bool {
    let name = inventory.package.as_ref().map_or("", |package| &package.name);
    let inside = ecosystem::members(project).iter().filter(|one| one.folder.starts_with(&project.folder));
    let names = ecosystem::names(project).into_iter().chain(inside.map(|one| one.name.clone()));
    let names: Vec<String> = names.collect();
    match name.is_empty() || (names.is_empty() && is_project(project)) {
        true => is_project(project),
        false => names.iter().any(|own| ecosystem::is_same_name(own, name)),
    }
}

/// Whether a folder is a project's: it has a manifest or version control. Any other could be anything.
fn is_project(project: &Project) -> bool {
    project.vcs_root().is_some() || ecosystem::is_project(project) || ecosystem::is_foreign_project(project)
}

/// The source text that an artifact of this project could contain: that of its folder and of the workspace members
/// that it can use, if version control tracks it (without version control, if no ignore file excludes it). `only`
/// limits it to some folders.
pub fn of_project(project: &Project, only: &[PathBuf]) -> OwnSource {
    from_project(project, only, &OwnTexts::default())
}

fn from_project(project: &Project, only: &[PathBuf], texts: &OwnTexts) -> OwnSource {
    let base = ecosystem::outermost(project);
    let (mut roots, names) = drawn_on(project, ecosystem::members(project));
    if !only.is_empty() {
        roots = only.to_vec();
    }
    let mut files: Vec<PathBuf> = roots.iter().flat_map(|root| below(project, root)).collect();
    files.sort_unstable_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
    files.dedup();
    OwnSource::of(&files, base, names, texts)
}

/// The folders whose text may get into a package of the project, and the names that its packages have.
fn drawn_on(project: &Project, members: &[Member]) -> (Vec<PathBuf>, BTreeSet<String>) {
    // What a build has written to be published has its text elsewhere.
    let written_from = ecosystem::written_from(project);
    let mut folders: Vec<PathBuf> = written_from.into_iter().chain([project.folder.clone()]).collect();
    let mut names: BTreeSet<String> = ecosystem::names(project).into_iter().collect();
    // Members inside the folder are part of it anyway.
    let inside = members.iter().filter(|member| member.folder.starts_with(&project.folder));
    names.extend(inside.map(|member| member.name.clone()));
    let by_name: BTreeMap<&str, &Member> =
        members.iter().map(|member| (member.name.as_str(), member)).collect();
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        next += 1;
        for member in ecosystem::dependencies(&project.beside(&folder))
            .iter()
            .filter_map(|name| by_name.get(name.as_str()))
        {
            if !folders.iter().any(|known| member.folder.starts_with(known)) {
                folders.push(member.folder.clone());
            }
        }
    }
    (folders, names)
}

/// The source files below a folder of a project's workspace.
fn below(project: &Project, root: &Path) -> Vec<PathBuf> {
    match project.beside(root).tracked_files() {
        Some(tracked) => {
            tracked.iter().filter(|path| fingerprint::is_own(path)).map(|path| root.join(path)).collect()
        }
        None => fingerprint::untracked(root),
    }
}

/// Records that the project's text was looked for, and drops what was found if the artifact is another project's.
pub fn settle(inventory: &mut Inventory, own: Option<&OwnSource>, mode: OwnMode) {
    let Some(own) = own.filter(|own| mode == OwnMode::On || is_of(inventory, own)) else {
        inventory.entries.iter_mut().for_each(|entry| entry.own_text.clear());
        return;
    };
    inventory.own = Some(OwnKnown { files: own.files().len() as u64 });
    inventory.entries.par_iter_mut().filter(|entry| !entry.own_text.is_empty()).for_each(|entry| {
        // What becomes of a file's lines takes time to find out.
        keep(&mut entry.own_text, |text| text.known.len() as u32);
        entry.own_text.iter_mut().for_each(|text| count(text, own));
        keep(&mut entry.own_text, |text| text.lines.all());
        drop_shared(&mut entry.own_text);
        entry.own_text.iter_mut().for_each(|text| text.of = own.lines_beside(text.number, text.lines.all()));
    });
}

/// Fewer lines of a file may be chance.
const LEAST: u32 = 4;

/// Keeps the texts of files of which an entry has so many lines that they can't be chance.
fn keep(texts: &mut ThinVec<OwnText>, lines: fn(&OwnText) -> u32) {
    let mut of: BTreeMap<u32, u32> = BTreeMap::new();
    for text in texts.iter() {
        *of.entry(text.number).or_default() += lines(text);
    }
    texts.retain(|text| of.get(&text.number).is_some_and(|lines| *lines >= LEAST));
}

/// Drops the texts of files that are there for nothing but lines which they share with files of which more is there, in the
/// same wrapping: one leaked file is one.
fn drop_shared(texts: &mut ThinVec<OwnText>) {
    let mut by_lines: Vec<_> = texts.iter().enumerate().collect();
    by_lines.sort_by_key(|(_, text)| Reverse(text.known.len()));
    let mut told: HashMap<_, HashSet<u32>> = HashMap::new();
    let mut is_shared = vec![false; by_lines.len()];
    for (number, text) in by_lines {
        // What lines mean depends on these.
        let told = told.entry((text.fate, text.decoded, text.commented)).or_default();
        let new = text.known.iter().filter(|line| told.insert(line.0)).count();
        if let Some(is_shared) = is_shared.get_mut(number) {
            *is_shared = new < LEAST as usize;
        }
    }
    let mut is_shared = is_shared.into_iter();
    texts.retain(|_| is_shared.next() == Some(false));
}

/// Counts the lines of a text that no build leaves as they are.
fn count(text: &mut OwnText, own: &OwnSource) {
    (text.lines, text.bytes) = Default::default();
    for (line, bytes) in &text.known {
        let class = own.class(*line, text.number);
        let is_comment = matches!(class, Some(LineClass::Comment | LineClass::Doc));
        if let Some(class) = class.filter(|_| !(text.commented && is_comment)) {
            text.lines.add(class);
            text.bytes += u64::from(*bytes);
        }
    }
}

/// Whether an artifact is one of a project's packages, going by their names.
fn is_of(inventory: &Inventory, own: &OwnSource) -> bool {
    let name = inventory.package.as_ref().map_or("", |package| &package.name);
    name.is_empty()
        || own.names().is_empty()
        || own.names().iter().any(|own| ecosystem::is_same_name(own, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Entry, Package};
    use crate::scratch::testing::tree;

    fn module(name: &str) -> String {
        (0..9)
            .map(|number| format!("// why {name} needs its step number {number}\nexport const {name}{number}: Record<string, number> = {{}};\n"))
            .collect()
    }

    fn files(own: &OwnSource) -> Vec<&str> {
        own.files().iter().map(|file| file.path.as_str()).collect()
    }

    #[test]
    fn what_a_build_writes_draws_on_what_it_is_written_from() {
        let (a, b) = (module("alpha"), module("beta"));
        let folder = tree(&[
            (".git/HEAD", ""),
            ("angular.json", r#"{"projects": {"a": {"root": "projects/a"}, "b": {"root": "projects/b"}}}"#),
            ("projects/a/package.json", r#"{"name": "@acme/a"}"#),
            ("projects/a/ng-package.json", r#"{"dest": "../../dist/a"}"#),
            ("projects/a/src/a.ts", &a),
            ("projects/b/package.json", r#"{"name": "@acme/b"}"#),
            ("projects/b/ng-package.json", r#"{"dest": "./built"}"#),
            ("projects/b/src/b.ts", &b),
            ("dist/a/package.json", r#"{"name": "@acme/a"}"#),
            ("projects/b/build/package.json", r#"{"name": "@acme/b"}"#),
        ]);
        for (written, expected) in
            [("dist/a", "projects/a/src/a.ts"), ("projects/b/build", "projects/b/src/b.ts")]
        {
            let project = Project::new(folder.path().join(written));
            assert_eq!(files(&of_project(&project, &[])), [expected]);
        }
    }

    #[test]
    fn the_members_that_a_package_draws_on_and_no_others() {
        let (a, b, c) = (module("alpha"), module("beta"), module("gamma"));
        let folder = tree(&[
            (".git/HEAD", ""),
            ("package.json", r#"{"name":"root","private":true,"workspaces":["packages/*"]}"#),
            ("packages/a/package.json", r#"{"name":"@acme/a","devDependencies":{"@acme/b":"*"}}"#),
            ("packages/a/src/a.ts", &a),
            ("packages/a/dist/a.ts", &a),
            ("packages/a/node_modules/x/x.ts", &c),
            ("packages/a/LICENSE", "no source"),
            ("packages/b/package.json", r#"{"name":"@acme/b"}"#),
            ("packages/b/b.ts", &b),
            ("packages/c/package.json", r#"{"name":"@acme/c"}"#),
            ("packages/c/c.ts", &c),
        ]);
        let project = Project::new(folder.path().join("packages/a"));
        let own = source(&Settings::default(), Some(&project)).expect("no error").expect("a source");
        assert_eq!(files(&own), ["packages/a/src/a.ts", "packages/b/b.ts"]);
        assert_eq!(own.names().iter().collect::<Vec<_>>(), ["@acme/a"]);
        let whole = of_project(&Project::new(folder.path()), &[]);
        assert_eq!(whole.names().len(), 4);
        let settings = Settings {
            own: crate::settings::Own { mode: OwnMode::Off, ..Default::default() },
            ..Settings::default()
        };
        assert!(source(&settings, Some(&project)).expect("no error").is_none());
    }

    #[test]
    fn a_folder_that_is_no_project_is_not_read() {
        let folder = tree(&[("a.ts", &module("alpha"))]);
        assert!(
            source(&Settings::default(), Some(&Project::new(folder.path()))).expect("no error").is_none()
        );
    }

    #[test]
    fn another_project_s_artifact_is_left_alone() {
        let alpha = module("alpha");
        let folder = tree(&[("package.json", r#"{"name":"acme_core"}"#), ("a.ts", &alpha)]);
        let own = of_project(&Project::new(folder.path()), &[]);
        let kept = |name: &str, mode| {
            let known = own.find(alpha.as_bytes()).remove(0).lines;
            let text = OwnText { known, ..crate::inventory::testing::own_text("a.ts") };
            let entry = Entry { own_text: [text].into_iter().collect(), ..Entry::default() };
            let package = Some(Package { name: name.to_owned(), ..Package::default() });
            let mut inventory = Inventory { package, entries: vec![Box::new(entry)], ..Inventory::default() };
            settle(&mut inventory, Some(&own), mode);
            (
                inventory.own.is_some(),
                inventory.entries[0].own_text.first().map_or(0, |text| text.lines.all()),
            )
        };
        assert_eq!(kept("other", OwnMode::Auto), (false, 0));
        assert_eq!(kept("other", OwnMode::On), (true, 18));
        for name in ["acme_core", "Acme.Core", ""] {
            assert_eq!(kept(name, OwnMode::Auto), (true, 18), "{name}");
        }
    }

    #[test]
    fn a_file_is_not_there_for_lines_that_another_has_too() {
        let (alpha, beta) = (module("alpha"), module("beta"));
        let both = format!("{beta}{}", alpha.lines().take(8).collect::<Vec<_>>().join("\n"));
        let folder = tree(&[("package.json", "{}"), ("a.ts", &alpha), ("b.ts", &both)]);
        let own = of_project(&Project::new(folder.path()), &[]);
        let there = |text: &str| {
            let found = own.find(text.as_bytes()).into_iter().map(|found| OwnText {
                number: found.file,
                known: found.lines,
                ..crate::inventory::testing::own_text(&own.files()[found.file as usize].path)
            });
            let entry = Entry { own_text: found.collect(), ..Entry::default() };
            let mut inventory = Inventory { entries: vec![Box::new(entry)], ..Inventory::default() };
            settle(&mut inventory, Some(&own), OwnMode::On);
            inventory.entries[0].own_text.iter().map(|text| text.file.clone()).collect::<Vec<_>>()
        };
        assert_eq!(there(&alpha), ["a.ts"]);
        assert_eq!(there(&both), ["b.ts"]);
        assert_eq!(there(&format!("{alpha}{both}")), ["a.ts", "b.ts"]);
    }

    #[test]
    fn comments_of_a_script_hold_code_but_no_comments() {
        let alpha = module("alpha");
        let folder = tree(&[("package.json", "{}"), ("a.ts", &alpha)]);
        let own = of_project(&Project::new(folder.path()), &[]);
        let mut text = OwnText {
            known: own.find(alpha.as_bytes()).remove(0).lines,
            commented: true,
            ..crate::inventory::testing::own_text("a.ts")
        };
        count(&mut text, &own);
        assert_eq!((text.lines.comments, text.lines.lowered), (0, 9));
    }
}
