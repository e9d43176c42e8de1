//! What keeps an npm package from being installed, loaded or started, going by its manifest and its list of files. A
//! false alarm on an ordinary package costs more than a miss, so what isn't certain isn't reported.

use serde_json::Value;

use crate::inventory::{Asking, Defect, DefectKind, Entry};

use super::manifest::{Manifest, NODE};
use super::shell::Step;
use super::{binding_gyp, shell};

/// Signs from `policies/signs.toml` about a command's first line.
const INTERPRETER: &str = "interpreter-line";
const INTERPRETER_CRLF: &str = "interpreter-line-crlf";
const INTERPRETER_MARK: &str = "interpreter-line-mark";
const INTERPRETER_OPTIONS: &str = "interpreter-line-options";
const INTERPRETER_ELSEWHERE: &str = "interpreter-line-elsewhere";
const INTERPRETER_TYPESCRIPT: &str = "interpreter-line-typescript";

/// The interpreters that the last of them means.
const OF_TYPESCRIPT: [&str; 6] = ["ts-node", "tsx", "esno", "esrun", "jiti", "@babel/node"];

/// Programs that are called otherwise than the package that brings them.
const BROUGHT_BY: [(&str, &str); 4] =
    [("tsc", "typescript"), ("ng", "@angular/cli"), ("babel", "@babel/cli"), ("nest", "@nestjs/cli")];

/// The script that npm runs first when the package is installed: its event and text.
fn first_script(manifest: &Manifest) -> Option<(&'static str, &str)> {
    let scripts = manifest.object.get("scripts")?;
    let written = |event| scripts.get(event)?.as_str().filter(|text| !text.trim().is_empty());
    ["preinstall", "install", "postinstall"].into_iter().find_map(|event| Some((event, written(event)?)))
}

/// The file that every installation runs first and fails with, and the event that it runs at.
pub(super) fn install_script(manifest: &Manifest) -> Option<(&'static str, String)> {
    let (event, script) = first_script(manifest)?;
    let started = shell::first_started(script).filter(|started| !started.may_fail)?;
    Some((event, started.file))
}

/// Where Node gets to in a target of `exports`, for whoever imports the package or requires it, be the file there or not;
/// `None` if that depends on the order of conditions.
pub(super) fn node_target<'v>(target: &'v Value, kind: &str) -> Option<&'v str> {
    match node_targets(target, kind).as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

/// All that Node may get to, whatever the order of conditions.
pub(super) fn node_targets<'v>(target: &'v Value, kind: &str) -> Vec<&'v str> {
    let mut targets = Vec::new();
    collect_targets(target, kind, 0, &mut targets);
    targets.sort_unstable();
    targets.dedup();
    targets
}

fn collect_targets<'v>(target: &'v Value, kind: &str, depth: usize, into: &mut Vec<&'v str>) {
    const DEEPEST: usize = 32;
    let before = into.len();
    match target {
        Value::String(path) => into.push(path),
        Value::Array(items) if depth < DEEPEST => {
            for item in items.iter() {
                if into.len() == before {
                    collect_targets(item, kind, depth + 1, into);
                }
            }
        }
        // which of these comes first isn't known here
        Value::Object(map) if depth < DEEPEST => {
            for own in ["node", "node-addons", "module-sync", kind].iter().filter_map(|key| map.get(*key)) {
                collect_targets(own, kind, depth + 1, into);
            }
            if let Some(other) = map.get("default").filter(|_| into.len() == before) {
                collect_targets(other, kind, depth + 1, into);
            }
        }
        _ => {}
    }
}

/// Whether a package names a runtime or a bundler that may compile what it loads.
pub(super) fn is_for_others(manifest: &Manifest) -> bool {
    const OTHER_RUNTIMES: [&str; 12] = [
        "react-native",
        "expo",
        "bun",
        "deno",
        "svelte",
        "nuxt",
        "astro",
        "vite",
        "webpack",
        "next",
        "vue",
        "electron",
    ];
    ["peerDependencies", "engines", "devDependencies", "dependencies"].iter().any(|key| {
        let names = manifest.object.get(key).and_then(Value::as_object);
        names.is_some_and(|names| OTHER_RUNTIMES.iter().any(|runtime| names.contains_key(*runtime)))
    })
}

/// Whether nobody can load a package but in React Native, whose bundler completes the names of modules.
pub(super) fn is_for_react_native(manifest: &Manifest) -> bool {
    let has = |key: &str, name: &str| manifest.object.get(key).and_then(|all| all.get(name)).cloned();
    ["react-native", "expo"].iter().any(|host| {
        let may_be_absent =
            has("peerDependenciesMeta", host).and_then(|meta| meta.get("optional")?.as_bool());
        has("peerDependencies", host).is_some() && may_be_absent != Some(true)
    })
}

/// Whether a package is a part for a framework that has its bundler compile all such parts, going by this very peer, and so
/// completes the names of their modules.
pub(super) fn is_for_framework(manifest: &Manifest) -> bool {
    // Nuxt has its bundler compile what it brings itself
    if manifest.text("name").is_some_and(|own| own == "nuxt") {
        return true;
    }
    ["svelte", "astro", "next"].iter().any(|framework| {
        let is_peer = |key: &str| manifest.object.get(key).is_some_and(|all| all.get(framework).is_some());
        is_peer("peerDependencies") && !is_peer("peerDependenciesMeta")
    })
}

/// All defects. `files` are the package's files by their paths relative to its folder, `entrances` the entry points
/// of its code, `gyp` the text of `binding.gyp`.
pub(super) fn defects<'a>(
    manifest: &Manifest,
    files: &[(&'a str, &'a Entry)],
    entrances: &[String],
    gyp: Option<&[u8]>,
) -> Vec<Defect> {
    let package = Whole { manifest, files };
    let mut found = package.dependencies();
    found.extend(package.bundled());
    found.extend(package.install_scripts().or_else(|| package.later_commands()));
    found.extend(package.install_programs());
    found.extend(package.build_sources(gyp));
    found.extend(package.publish_config());
    found.extend(package.invalid_exports());
    found.extend(package.json_to_import());
    found.extend(package.sources_as_entrances(entrances));
    found.extend(package.commands());
    found.extend(package.programs());
    found
}

struct Whole<'m, 'a> {
    manifest: &'m Manifest,
    files: &'m [(&'a str, &'a Entry)],
}

impl<'a> Whole<'_, 'a> {
    fn file(&self, path: &str) -> Option<&'a Entry> {
        self.files.iter().find(|(own, _)| *own == path).map(|(_, entry)| *entry)
    }

    fn has_below(&self, folder: &str) -> bool {
        self.files.iter().any(|(path, _)| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    fn defect(&self, kind: DefectKind, field: String, subject: &str, key: &str) -> Defect {
        Defect { kind, field, subject: subject.to_owned(), line: self.manifest.object.line(key) }
    }

    /// Specifiers that mean something only where the package was written.
    fn dependencies(&self) -> Vec<Defect> {
        const LOCAL: [&str; 5] = ["workspace:", "catalog:", "link:", "portal:", "patch:"];
        let bundled = self.bundled_names();
        let mut found = Vec::new();
        for key in ["dependencies", "peerDependencies", "optionalDependencies"] {
            for (name, specifier) in
                self.manifest.object.get(key).and_then(Value::as_object).into_iter().flatten()
            {
                let Some(specifier) = specifier.as_str().map(str::trim) else { continue };
                let is_lost = specifier.strip_prefix("file:").is_some_and(|path| !self.holds(path));
                let is_local = LOCAL.iter().any(|scheme| specifier.starts_with(scheme));
                if (is_local || is_lost) && !bundled.contains(&name.as_str()) {
                    let field = format!("{key}[\"{name}\"]");
                    found.push(self.defect(DefectKind::UnresolvableDependency, field, specifier, key));
                }
            }
        }
        found
    }

    /// Whether a path of the package's own leads to a file or folder in it.
    fn holds(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        !path.starts_with("..") && (self.file(path).is_some() || self.has_below(path))
    }

    fn bundled_names(&self) -> Vec<&str> {
        let named = ["bundleDependencies", "bundledDependencies"]
            .iter()
            .find_map(|key| self.manifest.object.get(key).filter(|value| !value.is_null()));
        match named {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            Some(Value::Bool(true)) => {
                let all = self.manifest.object.get("dependencies").and_then(Value::as_object);
                all.into_iter().flat_map(|all| all.keys().map(String::as_str)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn bundled(&self) -> Vec<Defect> {
        let missing = self.bundled_names().into_iter().filter(|name| {
            // npm leaves out what is in `devDependencies` alone, and then nobody needs it.
            let is_needed = ["dependencies", "optionalDependencies"]
                .iter()
                .any(|key| self.manifest.object.get(key).is_some_and(|all| all.get(name).is_some()));
            is_needed && !self.has_below(&format!("node_modules/{name}"))
        });
        let one = |name| {
            self.defect(
                DefectKind::MissingBundledDependency,
                "bundleDependencies".to_owned(),
                name,
                "bundleDependencies",
            )
        };
        missing.map(one).collect()
    }

    /// Only the first script, and in it the first command: what runs before may make the file.
    fn install_scripts(&self) -> Option<Defect> {
        let (event, script) = first_script(self.manifest)?;
        let started = shell::first_started(script)?;
        let is_there = started.candidates().iter().any(|path| self.file(path).is_some());
        let kind = match started.may_fail {
            true => DefectKind::ToleratedInstallScript,
            false => DefectKind::MissingInstallScript,
        };
        (!is_there).then(|| self.defect(kind, format!("scripts.{event}"), &started.file, "scripts"))
    }

    /// Commands behind the first one, those that npm is told to run included, as long as none before can have made what
    /// they start.
    fn later_commands(&self) -> Option<Defect> {
        /// Scripts that are looked into.
        const MOST_RUNS: usize = 8;
        let scripts = self.manifest.object.get("scripts").and_then(Value::as_object)?;
        let text = |name: &str| scripts.get(name)?.as_str().filter(|text| !text.trim().is_empty());
        for event in ["preinstall", "install", "postinstall"] {
            let mut next = text(event).map(shell::steps).unwrap_or_default();
            next.reverse();
            let (mut is_tolerated, mut runs) = (false, 0);
            while let Some(step) = next.pop() {
                let defect =
                    |kind, subject: &str| self.defect(kind, format!("scripts.{event}"), subject, "scripts");
                match step {
                    Step::Nothing => {}
                    Step::Starts(started) => {
                        let file = started.candidates().iter().find_map(|path| self.file(path));
                        match file {
                            Some(file) if makes_nothing(file) => {}
                            None if !started.may_fail => {
                                return (!is_tolerated)
                                    .then(|| defect(DefectKind::MissingInstallScript, &started.file));
                            }
                            _ => return None,
                        }
                    }
                    Step::Runs { name, may_fail } => {
                        runs += 1;
                        // scripts may run one another without end
                        if runs > MOST_RUNS {
                            return None;
                        }
                        is_tolerated |= may_fail;
                        let own = text(name);
                        if scripts.get(name).is_none() {
                            return (!is_tolerated).then(|| defect(DefectKind::MissingScript, name));
                        }
                        let (before, behind) = (text(&format!("pre{name}")), text(&format!("post{name}")));
                        for script in [behind, own, before] {
                            next.extend(script.map(shell::steps).unwrap_or_default().into_iter().rev());
                        }
                    }
                    Step::Unknown => return None,
                }
            }
        }
        None
    }

    /// A program that only the package's makers have, or one that builds by a file which isn't there.
    fn install_programs(&self) -> Option<Defect> {
        let (event, script) = first_script(self.manifest)?;
        let command = shell::first_command(script).filter(|command| !command.may_fail)?;
        let field = format!("scripts.{event}");
        let built_by = match (command.program, command.argument) {
            ("node-gyp", Some("rebuild" | "build" | "configure" | "install")) => Some("binding.gyp"),
            ("node-gyp-build", None) if !self.has_below("prebuilds") => Some("binding.gyp"),
            ("cmake-js", Some("compile" | "build" | "rebuild" | "install")) => Some("CMakeLists.txt"),
            _ => None,
        };
        if let Some(file) = built_by.filter(|file| self.file(file).is_none()) {
            return Some(self.defect(DefectKind::MissingBuildFile, field, file, "scripts"));
        }
        let is_it = |(name, _): &&(&str, &str)| *name == command.program;
        let brought_by = BROUGHT_BY.iter().find(is_it).map_or(command.program, |(_, package)| *package);
        let is_lost = self.names("devDependencies", brought_by) && !self.brings(brought_by);
        is_lost.then(|| self.defect(DefectKind::MissingInstallProgram, field, command.program, "scripts"))
    }

    /// Sources that `binding.gyp` names, where every installation is sure to build by it.
    fn build_sources(&self, gyp: Option<&[u8]>) -> Vec<Defect> {
        // npm builds by itself where neither script is there
        let is_built = match first_script(self.manifest) {
            None | Some(("postinstall", _)) => {
                self.manifest.object.get("gypfile").and_then(Value::as_bool) != Some(false)
            }
            Some((_, script)) => shell::first_command(script).is_some_and(|command| {
                !command.may_fail && command.program == "node-gyp" && command.argument == Some("rebuild")
            }),
        };
        let sources = gyp.filter(|_| is_built).map(binding_gyp::sources).unwrap_or_default();
        let absent = sources.into_iter().filter(|path| self.file(path).is_none());
        absent
            .map(|path| self.defect(DefectKind::MissingBuildFile, "binding.gyp".to_owned(), &path, "gypfile"))
            .collect()
    }

    fn names(&self, key: &str, dependency: &str) -> bool {
        self.manifest.object.get(key).is_some_and(|all| all.get(dependency).is_some())
    }

    /// Whether whoever installs the package gets another one with it.
    fn brings(&self, dependency: &str) -> bool {
        let named = ["dependencies", "optionalDependencies", "peerDependencies"];
        named.iter().any(|key| self.names(key, dependency))
            || self.has_below(&format!("node_modules/{dependency}"))
    }

    /// pnpm and yarn put these in place of the manifest's own fields when they pack; npm doesn't.
    fn publish_config(&self) -> Vec<Defect> {
        let Some(config) = self.manifest.object.get("publishConfig") else { return Vec::new() };
        let ignored = ["main", "module", "types", "typings", "exports", "bin"].into_iter().filter(|key| {
            let own = self.manifest.object.get(key);
            let wanted = config.get(key).filter(|value| !value.is_null());
            wanted.is_some() && wanted != own && self.leads_nowhere_or_to_sources(own, key)
        });
        let one = |key: &str| {
            self.defect(
                DefectKind::PublishConfigIgnored,
                format!("publishConfig.{key}"),
                key,
                "publishConfig",
            )
        };
        ignored.map(one).collect()
    }

    /// Whether what a field (or `main`, without it) names isn't a file of the package, or is still uncompiled.
    fn leads_nowhere_or_to_sources(&self, own: Option<&Value>, key: &str) -> bool {
        let main = self.manifest.object.get("main");
        let Some(own) = own.or(main.filter(|_| matches!(key, "exports" | "module"))) else { return false };
        let mut targets = Vec::new();
        texts(own, &mut targets);
        let mut for_few = Vec::new();
        texts_for_few(own, &mut for_few);
        // who has set up such a condition gets a file, and all others what they would have got
        let is_left =
            |target: &&str| !for_few.contains(target) || self.file(target.trim_start_matches("./")).is_none();
        targets.into_iter().filter(is_left).filter(|target| !target.contains('*')).any(|target| {
            let path = target.trim_start_matches("./");
            let ends = ["", ".js", ".cjs", ".mjs", ".json", ".node", "/index.js"];
            let is_absent = !ends.iter().any(|end| self.file(&format!("{path}{end}")).is_some());
            is_absent || is_source(path)
        })
    }

    /// What Node refuses in `exports`, whatever files there are: conditions beside subpaths, and a target of the package
    /// itself without `./`.
    fn invalid_exports(&self) -> Option<Defect> {
        let exports = self.manifest.object.get("exports")?;
        let invalid = |field: &str, text: &str| {
            self.defect(DefectKind::InvalidExports, field.to_owned(), text, "exports")
        };
        let main = match exports.as_object().filter(|map| map.keys().any(|key| key.starts_with('.'))) {
            Some(map) => {
                if let Some(condition) = map.keys().find(|key| !key.starts_with('.')) {
                    return Some(invalid("exports", condition));
                }
                map.get(".")?
            }
            None => exports,
        };
        invalid_target(main).map(|target| invalid("exports[\".\"]", target))
    }

    /// JSON for whoever imports the package: Node wants it to be called JSON there, as nobody does who loads a package by its
    /// name. Where the manifest names it for all alike, it is a package of data.
    fn json_to_import(&self) -> Option<Defect> {
        let exports = self.manifest.object.get("exports")?;
        let main = match exports.as_object().is_some_and(|map| map.keys().any(|key| key.starts_with('.'))) {
            true => exports.get(".")?,
            false => exports,
        };
        main.as_object()?.get("import")?;
        let target = node_target(main, "import").filter(|target| target.ends_with(".json"))?;
        self.file(target.trim_start_matches("./"))?;
        // a package of data whose makers know Node: its users write the attribute
        let is_data = node_target(main, "require") == Some(target);
        (!is_data).then_some(())?;
        Some(self.defect(DefectKind::JsonToImport, "exports[\".\"].import".to_owned(), target, "exports"))
    }

    /// Node doesn't strip types in `node_modules`; bundlers and other runtimes may.
    fn sources_as_entrances(&self, entrances: &[String]) -> Option<Defect> {
        let runs = |path: &String| {
            [".js", ".mjs", ".cjs", ".node", ".wasm", ".json"].iter().any(|end| path.ends_with(end))
        };
        if is_for_others(self.manifest) || entrances.iter().any(runs) {
            return None;
        }
        let (key, source) = match self.manifest.text("main") {
            Some(main) => ("main", entrances.iter().find(|path| *path == main.trim_start_matches("./"))?),
            None => ("exports", entrances.first().filter(|_| self.manifest.object.get("exports").is_some())?),
        };
        is_source(source).then(|| self.defect(DefectKind::UnloadableEntryPoint, key.to_owned(), source, key))
    }

    /// Commands that the shell would run as its own script, or whose interpreter nobody has.
    fn commands(&self) -> Vec<Defect> {
        let mut found = Vec::new();
        for (name, path) in self.manifest.bins() {
            let Some(entry) = self.file(&path) else { continue };
            let has = |sign| entry.signs.contains(&sign);
            let is_script = [".js", ".mjs", ".cjs", ".ts"].iter().any(|end| path.ends_with(end));
            let kind = match (has(INTERPRETER), has(INTERPRETER_CRLF)) {
                (_, true) => DefectKind::CommandWithCarriageReturn,
                (false, false) if is_script && entry.size > 0 => DefectKind::CommandWithoutInterpreter,
                _ if has(INTERPRETER_MARK) => DefectKind::CommandBehindMark,
                _ if has(INTERPRETER_OPTIONS) => DefectKind::CommandWithOptions,
                _ if has(INTERPRETER_ELSEWHERE) => DefectKind::CommandOfOtherMachine,
                _ if has(INTERPRETER_TYPESCRIPT) && !OF_TYPESCRIPT.iter().any(|name| self.brings(name)) => {
                    DefectKind::CommandOfMissingInterpreter
                }
                _ if has(INTERPRETER) && !has(INTERPRETER_TYPESCRIPT) && is_source(&path) => {
                    DefectKind::UnloadableEntryPoint
                }
                _ => continue,
            };
            found.push(self.defect(kind, format!("bin[\"{name}\"]"), &path, "bin"));
        }
        found
    }

    /// Programs that the package starts itself and may not. Commands become executable when they are installed, and
    /// scripts that run then may see to the others.
    fn programs(&self) -> Vec<Defect> {
        const LIBRARIES: [&str; 4] = [".so", ".node", ".dylib", ".o"];
        if first_script(self.manifest).is_some() {
            return Vec::new();
        }
        let commands: Vec<String> = self.manifest.bins().into_iter().map(|(_, path)| path).collect();
        let is_barred = |(path, entry): &&(&str, &Entry)| {
            let is_program = entry
                .binary
                .as_ref()
                .is_some_and(|binary| binary.is_program && matches!(binary.format, "ELF" | "Mach-O"));
            is_program
                && entry.mode.is_some_and(|mode| mode & 0o111 == 0)
                && !commands.iter().any(|command| command == path)
                && !LIBRARIES.iter().any(|end| path.ends_with(end) || path.contains(&format!("{end}.")))
        };
        let one = |(path, _): &(&str, &Entry)| Defect {
            kind: DefectKind::ProgramNotExecutable,
            field: "the archive".to_owned(),
            subject: (*path).to_owned(),
            line: None,
        };
        self.files.iter().filter(is_barred).map(one).collect()
    }
}

/// Whether a script asks for nothing that it could write a file with.
fn makes_nothing(file: &Entry) -> bool {
    const HARMLESS: [&str; 8] =
        ["assert", "events", "os", "path", "querystring", "string_decoder", "url", "util"];
    let is_script = [".js", ".mjs", ".cjs"].iter().any(|end| file.path.ends_with(end));
    let asks = |by: Asking| {
        matches!(by, Asking::Import | Asking::TypedImport | Asking::Require | Asking::File | Asking::Thread)
    };
    is_script && file.imports.iter().all(|one| !asks(one.by) || HARMLESS.contains(&&*one.specifier))
}

/// A target that Node takes from a value of `exports`, and refuses. In a list it goes on to the next.
fn invalid_target(value: &Value) -> Option<&str> {
    match value {
        Value::String(target) => (!target.starts_with("./")).then_some(target),
        Value::Object(map) => {
            let mut taken = map.iter().filter(|(condition, _)| NODE.contains(&condition.as_str()));
            taken.find_map(|(_, inner)| invalid_target(inner))
        }
        _ => None,
    }
}

fn texts<'v>(value: &'v Value, into: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(map) => map.values().for_each(|item| texts(item, into)),
        _ => {}
    }
}

/// Targets under a condition that nobody has who doesn't ask for it, as workspaces do for their own sources.
fn texts_for_few<'v>(value: &'v Value, into: &mut Vec<&'v str>) {
    let Value::Object(map) = value else { return };
    for (key, inner) in map {
        match key == "source" || key.starts_with('@') {
            true => texts(inner, into),
            false => texts_for_few(inner, into),
        }
    }
}

fn is_source(path: &str) -> bool {
    let is_declaration = [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| path.ends_with(end));
    !is_declaration && [".ts", ".tsx", ".mts", ".cts", ".jsx"].iter().any(|end| path.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::json::Object;

    #[test]
    fn parts_for_frameworks_that_bundle_them() {
        for (text, expected) in [
            (r#"{"name": "a", "peerDependencies": {"next": "*", "react": "*"}}"#, true),
            (r#"{"name": "a", "peerDependencies": {"svelte": "*"}}"#, true),
            (r#"{"name": "nuxt"}"#, true),
            (r#"{"name": "nuxt-a", "peerDependencies": {"react": "*"}}"#, false),
            (r#"{"name": "a", "devDependencies": {"next": "*"}}"#, false),
            (
                r#"{"name": "a", "peerDependencies": {"next": "*"}, "peerDependenciesMeta": {"next": {"optional": true}}}"#,
                false,
            ),
        ] {
            let manifest = Manifest::from_object(Object::read(text.as_bytes()).unwrap());
            assert_eq!(is_for_framework(&manifest), expected, "{text}");
        }
    }
}
