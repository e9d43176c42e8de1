//! Sources of a project as it releases them: an archive or a folder that is built where it arrives. No manifest in it is
//! read, but the project's own licence stands beside what it is built by.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::ecosystem::licence_text;
use crate::inventory::{Inventory, Kind, LicenceFile, Package};

/// What projects are built by, in lower case: who packs a program that is built has no use for it.
#[rustfmt::skip]
const BUILT_BY: &[&str] = &[
    "configure", "configure.ac", "configure.in", "autogen.sh", "bootstrap.sh", "makefile", "makefile.am", "makefile.in",
    "gnumakefile", "cmakelists.txt", "meson.build", "sconstruct", "wscript", "module.bazel", "workspace", "build.zig",
    "go.mod", "cargo.toml", "pom.xml", "build.xml", "build.gradle", "build.gradle.kts", "build.sbt", "project.clj",
    "setup.py", "setup.cfg", "pyproject.toml", "composer.json", "makefile.pl", "build.pl", "dist.ini", "mix.exs",
    "rebar.config", "stack.yaml", "rakefile", "gemfile", "description", "package.swift", "dune-project", ".gitignore",
];
/// The same, by the ends of their names.
const BUILT_BY_ENDS: &[&str] = &[".cabal", ".gemspec", ".podspec", ".nimble", ".rockspec", ".sln", ".opam"];

/// The manifest that people also pack beside what they have built.
const MANIFEST: &str = "package.json";

/// The licence files of a project whose sources these are; none if they aren't a project's.
pub(in crate::ecosystem) fn licence_files(inventory: &Inventory) -> Vec<LicenceFile> {
    if !matches!(inventory.kind, Kind::Tar | Kind::Zip | Kind::Directory) {
        return Vec::new();
    }
    let root = root(inventory);
    let below = |path: &str| match root.as_str() {
        "" => Some(path.to_owned()),
        root => path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')).map(str::to_owned),
    };
    let names: BTreeSet<String> = inventory
        .top_files()
        .filter_map(|entry| below(&entry.path))
        .filter(|name| !name.contains('/'))
        .map(|name| name.to_ascii_lowercase())
        .collect();
    let is_built = |name: &String| {
        BUILT_BY.contains(&name.as_str()) || BUILT_BY_ENDS.iter().any(|end| name.ends_with(end))
    };
    let is_kept = |text: &[u8]| {
        let manifest: Option<Value> = serde_json::from_slice(text).ok();
        let licence = manifest.as_ref().and_then(|manifest| manifest.get("license")?.as_str());
        licence.is_some_and(|licence| spdx::Expression::parse(licence).is_err())
    };
    let manifest = inventory.manifests.iter().find(|kept| below(&kept.path).as_deref() == Some(MANIFEST));
    if !names.iter().any(is_built) || manifest.is_some_and(|kept| is_kept(&kept.bytes)) {
        return Vec::new();
    }
    licence_text::read(inventory, &Package { root, ..Package::default() }, |_| false)
}

/// The one folder that everything is in, as releases have it; empty if there is none.
fn root(inventory: &Inventory) -> String {
    let mut tops = inventory.top_files().map(|entry| entry.path.split_once('/').map(|(top, _)| top));
    let Some(Some(first)) = tops.next() else { return String::new() };
    if tops.all(|top| top == Some(first)) { first.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;
    use crate::settings::Settings;

    /// The policy for an artifact of these files, and why.
    fn policy(artifact: &str, container: &'static str, files: &[(&str, &str)]) -> (String, String) {
        let mut inventory = crate::ecosystem::tests::inventory(artifact, container, files);
        crate::ecosystem::identify(&mut inventory, None, None);
        let policy = Policy::resolve_of(&Settings::default(), &inventory);
        (policy.name, policy.because)
    }

    const ISC: &str = "Permission to use, copy, modify, and distribute this software for any purpose with or without \
        fee is hereby granted, provided that the above copyright notice appear in all copies.";

    #[test]
    fn sources_are_as_open_as_their_licence() {
        for (artifact, container, root) in [
            ("d-1.0.tar.xz", "xz", "d-1.0/"),
            ("d.zip", "zip", "d-main/"),
            ("d", "directory", ""),
            ("d.zip", "zip", ""),
        ] {
            for build in [
                "configure.ac",
                "CMakeLists.txt",
                "go.mod",
                "pom.xml",
                "Makefile.PL",
                "d.cabal",
                "DESCRIPTION",
            ] {
                let files = [format!("{root}{build}"), format!("{root}COPYING"), format!("{root}src/a.c")];
                let (name, because) =
                    policy(artifact, container, &[(&files[0], ""), (&files[1], ISC), (&files[2], "")]);
                assert_eq!(name, "open-source", "{artifact} {build}");
                assert!(because.contains("COPYING"), "{because}");
            }
        }
    }

    #[test]
    fn what_is_built_has_the_licences_of_others() {
        let cases: &[&[(&str, &str)]] = &[
            // a program with its runtime, and an app as it is deployed
            &[("d-1.0/LICENSE", ISC), ("d-1.0/d.exe", ""), ("d-1.0/resources/app.asar", "")],
            &[("LICENSE", ISC), ("package.json", r#"{"name": "d"}"#), ("index.js", "")],
            &[("LICENSE", ISC), (".gitignore", ""), ("package.json", r#"{"license": "UNLICENSED"}"#)],
            // another's, and none that gives it away
            &[("d/Makefile", ""), ("d/vendor/LICENSE", ISC), ("d/a.c", "")],
            &[("d/Makefile", ""), ("d/LICENSE", "All rights reserved."), ("d/a.c", "")],
            &[("d/Makefile", ""), ("d/LICENSE", ISC), ("d/LICENSE-d", "All rights reserved."), ("d/a.c", "")],
            &[("d/Makefile", ""), ("d/a.c", "")],
        ];
        for files in cases {
            for (artifact, container) in [("d.zip", "zip"), ("d.tar.gz", "gzip")] {
                if container == "gzip" && files.iter().any(|(path, _)| *path == "package.json") {
                    continue;
                }
                assert_eq!(policy(artifact, container, files).0, "proprietary", "{files:?}");
            }
        }
    }
}
