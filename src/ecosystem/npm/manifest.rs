//! `package.json`, read as leniently as the clients read it.

use serde_json::Value;

use crate::ecosystem::format::Fields;
use crate::ecosystem::json::Object;
use crate::ecosystem::locate;
use crate::inventory::{Command, InstallScript, ManifestProblem, ManifestTrouble, Package};

/// The manifest of an npm package.
#[derive(Debug, Clone, Default)]
pub(in crate::ecosystem) struct Manifest {
    /// Its members, with lines.
    pub(in crate::ecosystem) object: Object,
    /// `files`, if it is an array; what isn't a string in it is left out.
    pub(in crate::ecosystem) files: Option<Vec<String>>,
}

/// Keys whose repetition changes what is installed or judged.
const DECISIVE: [&str; 17] = [
    "name",
    "version",
    "license",
    "private",
    "files",
    "main",
    "module",
    "browser",
    "types",
    "exports",
    "imports",
    "bin",
    "scripts",
    "dependencies",
    "bundleDependencies",
    "bundledDependencies",
    "type",
];

/// Conditions of `exports` and `imports` that Node sets itself.
pub(super) const NODE: [&str; 6] = ["node", "import", "require", "default", "module-sync", "node-addons"];

impl Manifest {
    /// Reads the manifest and says what is wrong with it; `None` if it can't be used at all.
    pub(in crate::ecosystem) fn read(
        place: &str,
        bytes: &[u8],
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Self> {
        let object = match Object::read(bytes) {
            Ok(object) => object,
            Err((line, why)) => {
                problems.push(locate::unreadable(place, line, &why));
                return None;
            }
        };
        for (key, line) in object.contradictions() {
            if DECISIVE.contains(&key) {
                problems.push(ManifestProblem {
                    kind: ManifestTrouble::DuplicateKey,
                    place: place.to_owned(),
                    line: Some(line),
                    detail: format!("\"{key}\" is in it twice with different values: clients take the last one, reviewers see the first"),
                });
            }
        }
        Some(Self::from_object(object))
    }

    pub(super) fn from_object(object: Object) -> Self {
        let files = match object.get("files") {
            Some(Value::Array(items)) => {
                Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            }
            // npm takes the letters of a string for its items.
            Some(Value::String(text)) if !text.is_empty() => Some(text.chars().map(String::from).collect()),
            _ => None,
        };
        Self { object, files }
    }

    /// A member that is a string.
    pub(in crate::ecosystem) fn text(&self, key: &str) -> Option<&str> {
        self.object.text(key)
    }

    /// `"private": true`.
    pub(in crate::ecosystem) fn is_private(&self) -> bool {
        self.object.get("private").is_some_and(|value| value == &Value::Bool(true) || value == "true")
    }

    /// The licence: an expression, or the forms of npm's first years.
    pub(in crate::ecosystem) fn license(&self) -> Option<String> {
        let one = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Object(map) => {
                map.get("type").or_else(|| map.get("name")).and_then(Value::as_str).map(str::to_owned)
            }
            _ => None,
        };
        let several = |value: &Value| match value {
            Value::Array(items) => {
                let names: Vec<String> = items.iter().filter_map(one).collect();
                (!names.is_empty()).then(|| names.join(" OR "))
            }
            other => one(other),
        };
        ["license", "licence", "licenses"]
            .iter()
            .find_map(|key| self.object.get(key).and_then(several))
            .filter(|text| !text.trim().is_empty())
    }

    /// What it says of its package by itself. `paths` are the package's files.
    pub(super) fn package(&self, place: &str, paths: &[&str]) -> Package {
        Package {
            name: self.text("name").unwrap_or_default().to_owned(),
            version: self.text("version").unwrap_or_default().to_owned(),
            license: self.license(),
            private: self.is_private(),
            private_line: self.object.line("private").filter(|_| self.is_private()),
            manifest: place.to_owned(),
            commands: self.commands(place, paths),
            install_scripts: install_scripts(self, paths),
            ..Package::default()
        }
    }

    /// What npm packs whatever `files` says, besides the manifest and texts: `browser`, `main` and `bin`.
    pub(super) fn required(&self) -> Vec<String> {
        let mut paths = Vec::new();
        paths.extend(self.text("browser").filter(|path| !path.is_empty()).map(str::to_owned));
        paths.extend(self.text("main").filter(|path| !path.is_empty()).map(str::to_owned));
        paths.extend(self.bins().into_iter().map(|(_, path)| path));
        paths
    }

    /// The commands and their files, as npm normalises them.
    pub(super) fn bins(&self) -> Vec<(String, String)> {
        let clean = |name: &str, path: &str| {
            let name = unix_path(name);
            let name = name.rsplit('/').next().unwrap_or_default().to_owned();
            let path = unix_path(path);
            (!name.is_empty() && !path.is_empty()).then_some((name, path))
        };
        match self.object.get("bin") {
            Some(Value::String(path)) => self
                .text("name")
                .filter(|name| !name.is_empty())
                .and_then(|name| clean(name, path))
                .into_iter()
                .collect(),
            Some(Value::Array(paths)) => {
                paths.iter().filter_map(Value::as_str).filter_map(|path| clean(path, path)).collect()
            }
            Some(Value::Object(map)) => {
                map.iter().filter_map(|(name, path)| clean(name, path.as_str()?)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The commands that npm installs: those of `bin`, or each file in the folder that `directories.bin` names.
    fn commands(&self, place: &str, paths: &[&str]) -> Vec<Command> {
        let folder = self.bin_folder().map(|folder| format!("{folder}/"));
        let files = paths.iter().filter_map(|path| {
            let name = path.strip_prefix(folder.as_deref()?)?;
            (!name.starts_with('.')).then(|| (name.to_owned(), (*path).to_owned()))
        });
        let commands = self.bins().into_iter().chain(files);
        commands.map(|(name, starts)| Command { name, starts, declared_in: place.to_owned() }).collect()
    }

    /// `directories.bin`, where there is no `bin`.
    pub(super) fn bin_folder(&self) -> Option<String> {
        let given = self
            .object
            .get("bin")
            .is_some_and(|bin| !matches!(bin, Value::Null | Value::Bool(false)) && bin != "");
        let folder =
            self.object.get("directories")?.get("bin")?.as_str().filter(|folder| !folder.is_empty())?;
        (!given).then(|| unix_path(folder).trim_end_matches('/').to_owned())
    }

    /// Every file that some client treats as an entry point and may therefore pack: `module`, the values of
    /// `browser`, and what `publishConfig` replaces them with.
    pub(super) fn entrances(&self) -> Vec<String> {
        fn texts(value: &Value, into: &mut Vec<String>) {
            match value {
                Value::String(text) => into.push(text.clone()),
                Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
                Value::Object(map) => map.values().for_each(|item| texts(item, into)),
                _ => {}
            }
        }
        let mut paths = Vec::new();
        let publish = self.object.get("publishConfig");
        for key in ["main", "module", "browser", "bin"] {
            for value in
                [self.object.get(key), publish.and_then(|publish| publish.get(key))].into_iter().flatten()
            {
                texts(value, &mut paths);
            }
        }
        paths
    }
}

/// Scripts that npm runs on the installing machine. A `binding.gyp` without a script of its own is one, too.
fn install_scripts(manifest: &Manifest, paths: &[&str]) -> Vec<InstallScript> {
    let scripts = manifest.object.get("scripts");
    let line = manifest.object.line("scripts");
    let written = |event: &str| {
        scripts.and_then(|scripts| scripts.get(event)?.as_str()).filter(|text| !text.trim().is_empty())
    };
    let mut found: Vec<InstallScript> = ["preinstall", "install", "postinstall"]
        .iter()
        .filter_map(|event| {
            Some(InstallScript {
                event: (*event).to_owned(),
                command: Some(written(event)?.to_owned()),
                line,
            })
        })
        .collect();
    let builds = paths.contains(&"binding.gyp")
        && manifest.object.get("gypfile") != Some(&serde_json::Value::Bool(false));
    if builds && written("install").is_none() && written("preinstall").is_none() {
        found.push(InstallScript { event: "install".to_owned(), command: None, line: None });
    }
    found
}

/// A path as npm makes it safe: forward slashes, nothing above the package, no `./` before it.
fn unix_path(path: &str) -> String {
    let unix = path.replace(['\\', ':'], "/");
    let mut segments: Vec<&str> = Vec::new();
    for segment in unix.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let mut joined = segments.join("/");
    if unix.ends_with('/') && !joined.is_empty() {
        joined.push('/');
    }
    joined
}

/// Fields of `package.json` that decide what a package does on installation.
const COMPARED: [&str; 24] = [
    "name",
    "private",
    "license",
    "type",
    "main",
    "module",
    "browser",
    "types",
    "typings",
    "exports",
    "imports",
    "bin",
    "files",
    "directories",
    "engines",
    "os",
    "cpu",
    "libc",
    "dependencies",
    "optionalDependencies",
    "peerDependencies",
    "bundleDependencies",
    "bundledDependencies",
    "gypfile",
];
/// Further fields for a Visual Studio Code extension.
const VSIX: [&str; 4] = ["publisher", "activationEvents", "extensionDependencies", "extensionPack"];
/// Scripts that run on the machine of whoever installs the package.
const LIFECYCLE: [&str; 4] = ["preinstall", "install", "postinstall", "prepare"];

/// The fields of a manifest that matter to whoever installs the package or the extension.
pub(in crate::ecosystem) fn fields(bytes: &[u8]) -> Option<Fields> {
    let manifest: Value = serde_json::from_slice(bytes).ok()?;
    let mut fields = Fields::default();
    for name in COMPARED.into_iter().chain(VSIX) {
        fields.insert(name, manifest.get(name).unwrap_or(&Value::Null));
    }
    for name in LIFECYCLE {
        let value = manifest.pointer(&format!("/scripts/{name}")).unwrap_or(&Value::Null);
        fields.insert(&format!("scripts.{name}"), value);
    }
    Some(fields)
}
