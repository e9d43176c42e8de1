//! Archives of a whole project inside the artifact, recognised by content rather than by name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::inventory::{Entry, EntryId, Inventory, Media};

use super::{Finding, Place, Rule};

/// What is at the top of a project: its manifest, and what only its developers need.
const MANIFESTS: [&str; 27] = [
    "package.json",
    "Cargo.toml",
    "pyproject.toml",
    "setup.py",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "composer.json",
    "Gemfile",
    "mix.exs",
    "pubspec.yaml",
    "CMakeLists.txt",
    "Makefile",
    "deno.json",
    "build.zig",
    "Package.swift",
    "setup.cfg",
    "deno.jsonc",
    "build.sbt",
    "rebar.config",
    "gleam.toml",
    "dub.json",
    "dune-project",
    "stack.yaml",
    "meson.build",
    "MODULE.bazel",
];
/// Folders within one another above a project.
const DEEPEST: usize = 6;
/// What the names of other manifests end in.
const MANIFEST_ENDS: [&str; 7] = [".sln", ".slnx", ".csproj", ".fsproj", ".gemspec", ".cabal", ".xcodeproj"];
const DEVELOPED: [&str; 31] = [
    "src",
    "tests",
    "test",
    "crates",
    "packages",
    ".gitignore",
    ".npmignore",
    ".gitattributes",
    ".editorconfig",
    ".github",
    ".git",
    "tsconfig.json",
    "Cargo.lock",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "poetry.lock",
    "uv.lock",
    "go.sum",
    "spec",
    "cmd",
    "Gemfile.lock",
    "composer.lock",
    "mix.lock",
    ".rspec",
    ".gitlab-ci.yml",
    ".circleci",
    "Directory.Build.props",
    "phpunit.xml",
    "PKG-INFO",
];

/// An archive of a project.
pub(super) struct ProjectArchive<'a> {
    /// The file among the artifact's own that it is.
    pub(super) archive: &'a Entry,
    /// The files and folders that show it.
    marks: Vec<&'a str>,
    files: usize,
}

/// The archives of projects in an artifact, each once.
pub(super) fn all(inventory: &Inventory) -> Vec<ProjectArchive<'_>> {
    let mut containers: BTreeMap<EntryId, Vec<&Entry>> = BTreeMap::new();
    for entry in inventory.files() {
        if let Some(parent) = entry.parent {
            containers.entry(parent).or_default().push(entry);
        }
    }
    let mut projects: BTreeMap<EntryId, ProjectArchive<'_>> = BTreeMap::new();
    for (container, entries) in containers {
        let Some(archive) = outermost(inventory, container) else { continue };
        let marks = marks(&entries);
        if !marks.is_empty() {
            projects.entry(archive.id).or_insert(ProjectArchive { archive, marks, files: entries.len() });
        }
    }
    projects.into_values().collect()
}

/// The file among the artifact's own that a container is in; none for what the artifact itself is made of.
fn outermost(inventory: &Inventory, container: EntryId) -> Option<&Entry> {
    let mut archive = inventory.entry(container)?;
    while let Some(parent) = archive.parent {
        archive = inventory.entry(parent)?;
    }
    // What the client unpacks doesn't count, and an application's archive has a rule of its own.
    let is_part = inventory.payloads.contains(&archive.id);
    (!is_part && archive.media != Media::Asar).then_some(archive)
}

/// What shows that files are a project's: a manifest at the top, and something that only developers need.
fn marks<'a>(entries: &[&'a Entry]) -> Vec<&'a str> {
    let tops_at = |depth: usize| -> BTreeSet<&'a str> {
        entries.iter().filter_map(|entry| entry.path.split('/').nth(depth)).collect()
    };
    let is_below = |depth: usize| entries.iter().all(|entry| entry.path.split('/').nth(depth).is_some());
    // a module of Go lies in folders of its host, its owner and its version
    let depth = (0..DEEPEST).find(|depth| tops_at(*depth).len() > 1 || !is_below(depth + 1));
    let tops = tops_at(depth.unwrap_or_default());
    let manifest = tops.iter().find(|top| is_manifest(top));
    let is_go = manifest.is_some_and(|name| *name == "go.mod");
    let sources = tops.iter().filter(|name| is_go && name.ends_with(".go")).take(1);
    let others = DEVELOPED.iter().filter_map(|name| tops.get(name)).chain(sources);
    match manifest {
        Some(manifest) => {
            let marks: Vec<&str> = std::iter::once(manifest).chain(others).copied().collect();
            if marks.len() > 1 { marks } else { Vec::new() }
        }
        None => Vec::new(),
    }
}

fn is_manifest(name: &str) -> bool {
    MANIFESTS.contains(&name) || MANIFEST_ENDS.iter().any(|end| name.ends_with(end))
}

#[derive(Debug, Serialize)]
struct Evidence<'a> {
    marks: &'a [&'a str],
    files: usize,
}

impl ProjectArchive<'_> {
    pub(super) fn finding(&self, rule: &Rule) -> Finding {
        let marks = self.marks.join(", ");
        Finding::new(rule, Place::entry(self.archive))
            .message(format!("This file is an archive of a whole project: at its top are {marks}."))
            .help("Write archives of the project outside the folders that ship.")
            .evidence(Evidence { marks: &self.marks, files: self.files })
            .key("project")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{entry, inventory};

    fn marks_of(paths: &[&str]) -> Vec<String> {
        let archive = entry("package/dist/x.zip");
        let inner = |path: &&str| Entry { parent: Some(EntryId(0)), ..entry(path) };
        let inventory = inventory(std::iter::once(archive).chain(paths.iter().map(inner)).collect());
        all(&inventory).iter().flat_map(|project| &project.marks).map(|mark| (*mark).to_owned()).collect()
    }

    #[test]
    fn a_manifest_and_what_developers_need() {
        assert_eq!(marks_of(&["acme/Cargo.toml", "acme/src/lib.rs"]), ["Cargo.toml", "src"]);
        assert_eq!(marks_of(&["package.json", ".gitignore", "lib/a.js"]), ["package.json", ".gitignore"]);
        let module = ["acme.example/quay@v1.0.0/go.mod", "acme.example/quay@v1.0.0/slots.go"];
        assert_eq!(marks_of(&module), ["go.mod", "slots.go"]);
        assert_eq!(marks_of(&["acme.example/quay/a.go", "acme.example/quay/b.go"]), [""; 0]);
        assert_eq!(marks_of(&["Acme.sln", ".gitignore", "Acme/Acme.csproj"]), ["Acme.sln", ".gitignore"]);
        for paths in [
            &["package.json", "index.js"][..],
            &["src/a.js", "b.js"],
            &["META-INF/MANIFEST.MF", "org/A.class"],
            &["acme/package.json", "other/src/a.js"],
        ] {
            assert_eq!(marks_of(paths), [""; 0], "{paths:?}");
        }
    }
}
