//! `bundleDependencies`: packages that ship inside, with their own dependencies.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::manifest::Manifest;
use super::packlist::Rules;
use crate::ecosystem::json::Object;

/// Whether a path is the manifest of a package below a `node_modules` folder.
pub(super) fn is_manifest(path: &str) -> bool {
    path.strip_suffix("/package.json").is_some_and(|above| package_folders(path).next() == Some(above))
}

/// The folders of the packages that a path is in, innermost first: `node_modules/a/node_modules/@b/c`.
fn package_folders(path: &str) -> impl Iterator<Item = &str> {
    let is_segment = |at: usize| at == 0 || path.get(..at).is_some_and(|before| before.ends_with('/'));
    path.rmatch_indices("node_modules/").filter(move |(at, _)| is_segment(*at)).filter_map(|(at, name)| {
        let after = at + name.len();
        let rest = path.get(after..)?;
        let mut ends = rest.match_indices('/').map(|(at, _)| at);
        let end = if rest.starts_with('@') { ends.nth(1)? } else { ends.next()? };
        path.get(..after + end)
    })
}

/// The bundled packages with their manifests, by folder, relative to the package's own.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    packages: BTreeMap<String, Option<Manifest>>,
}

impl Bundle {
    /// What the package bundles, and what that depends on. `manifest_at` reads the manifest at a path.
    pub(super) fn of(
        manifest: &Manifest,
        paths: &[&str],
        manifest_at: impl Fn(&str) -> Option<Manifest>,
    ) -> Self {
        let mut bundle = Self::default();
        let names = bundled_names(&manifest.object);
        if names.is_empty() {
            return bundle;
        }
        let there: BTreeSet<&str> = paths.iter().flat_map(|path| package_folders(path)).collect();
        let mut todo: Vec<(String, String)> = names.into_iter().map(|name| (String::new(), name)).collect();
        while let Some((from, name)) = todo.pop() {
            let Some(folder) = resolve(&from, &name, &there) else { continue };
            if bundle.packages.contains_key(&folder) {
                continue;
            }
            let own = manifest_at(&format!("{folder}/package.json"));
            for key in ["dependencies", "optionalDependencies"] {
                let names = own.as_ref().and_then(|own| own.object.get(key)?.as_object());
                todo.extend(names.into_iter().flatten().map(|(name, _)| (folder.clone(), name.clone())));
            }
            bundle.packages.insert(folder, own);
        }
        bundle
    }

    /// The folder of the bundled package that a file belongs to: the innermost one.
    fn owner<'p>(&self, path: &'p str) -> Option<&'p str> {
        package_folders(path).find(|folder| self.packages.contains_key(*folder))
    }

    /// Says for each path whether it is packed as part of a bundled package; `judge` applies that package's own rules
    /// to the paths relative to its folder.
    pub(super) fn packed(
        &self,
        rules: Rules<'_>,
        paths: &[&str],
        judge: impl Fn(Rules<'_>, &[&str]) -> Vec<bool>,
    ) -> Vec<bool> {
        let mut packed = vec![false; paths.len()];
        let mut files: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        for (index, path) in paths.iter().enumerate() {
            let Some(owner) = self.owner(path) else { continue };
            if let Some(below) = path.get(owner.len() + 1..) {
                files.entry(owner).or_default().push((index, below));
            }
        }
        for (folder, own) in files {
            // Without a manifest, nothing says what may ship.
            let Some(Some(manifest)) = self.packages.get(folder) else {
                for (index, _) in own {
                    if let Some(packed) = packed.get_mut(index) {
                        *packed = true;
                    }
                }
                continue;
            };
            let below = |path: &str| path.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned);
            let of_rules = rules.ignore_files.iter();
            let ignore_files =
                of_rules.filter_map(|(path, text)| Some((below(path)?, text.clone()))).collect();
            let rules =
                Rules { manifest, ignore_files: &ignore_files, above: &[], is_bundled: true, ..rules };
            let relative: Vec<&str> = own.iter().map(|(_, path)| *path).collect();
            for ((index, _), is_packed) in own.iter().zip(judge(rules, &relative)) {
                if let Some(packed) = packed.get_mut(*index) {
                    *packed = is_packed;
                }
            }
        }
        packed
    }
}

/// Where Node finds a package by name, looking from a folder upwards.
fn resolve(from: &str, name: &str, there: &BTreeSet<&str>) -> Option<String> {
    let mut at = from;
    loop {
        let folder =
            if at.is_empty() { format!("node_modules/{name}") } else { format!("{at}/node_modules/{name}") };
        if there.contains(folder.as_str()) {
            return Some(folder);
        }
        if at.is_empty() {
            return None;
        }
        at = match at.rfind("/node_modules/") {
            Some(end) => at.get(..end).unwrap_or_default(),
            None => "",
        };
    }
}

fn bundled_names(manifest: &Object) -> Vec<String> {
    let bundled = manifest.get("bundleDependencies").or_else(|| manifest.get("bundledDependencies"));
    let keys = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    match bundled {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::Bool(true)) => manifest.get("dependencies").map(keys).unwrap_or_default(),
        Some(map @ Value::Object(_)) => keys(map),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::packlist;
    use super::*;

    #[test]
    fn what_bundled_packages_depend_on_is_bundled() {
        let read = |text: &str| Manifest::from_object(Object::read(text.as_bytes()).unwrap());
        let manifest = read(r#"{"bundleDependencies": ["a"]}"#);
        let manifests = BTreeMap::from([
            ("node_modules/a/package.json", r#"{"dependencies": {"@x/b": "1", "c": "1"}}"#),
            ("node_modules/@x/b/package.json", r#"{"files": ["lib"]}"#),
        ]);
        let packed = [
            "node_modules/a/package.json",
            "node_modules/@x/b/package.json",
            "node_modules/@x/b/lib/b.js",
            "node_modules/a/node_modules/c/c.js",
            "node_modules/a/vendor/node_modules/d/d.js",
            "node_modules/a/vendor/node_modules/file",
            "node_modules/a/.gitignore",
        ];
        let left_out = [
            "node_modules/@x/b/test.js",
            "node_modules/c/c.js",
            "node_modules/evil/e.js",
            "node_modules/.package-lock.json",
            "node_modules/a/node_modules/evil/e.js",
            "node_modules/a/lib/.gitignore",
        ];
        let paths: Vec<&str> = packed.iter().chain(&left_out).copied().collect();
        let bundle = Bundle::of(&manifest, &paths, |path| manifests.get(path).map(|text| read(text)));
        let rules = Rules {
            manifest: &manifest,
            ignore_files: &BTreeMap::new(),
            case_matters: true,
            with_defaults: true,
            above: &[],
            is_bundled: false,
        };
        let is_packed = bundle.packed(rules, &paths, packlist::packed);
        let held: Vec<&str> =
            paths.iter().zip(is_packed).filter(|(_, packed)| *packed).map(|(path, _)| *path).collect();
        assert_eq!(held, packed);
    }
}
