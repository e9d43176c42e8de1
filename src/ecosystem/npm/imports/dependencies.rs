//! Whether whoever installs a package gets what it asks for by name.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::inventory::{Entry, ImportTrouble};

use super::super::manifest::Manifest;
use super::Brought;

/// What a package has besides its own files.
pub(super) struct Dependencies<'a> {
    manifest: &'a Manifest,
    own: &'a str,
    bundled: BTreeSet<&'a str>,
    brought: Brought,
}

/// Modules of Node.
const BUILT_IN: [&str; 50] = [
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
    // given by other programs that scripts run in
    "electron",
    "vscode",
    "original-fs",
    "bun",
    "atom",
    "k6",
    "node",
    "chrome",
];

/// Programs and frameworks that load packages made for them, and bring themselves.
const HOSTS: [&str; 59] = [
    "@angular",
    "@babel",
    "@docusaurus",
    "@ember",
    "@embroider",
    "@glimmer",
    "@nativescript",
    "@nestjs",
    "@playwright",
    "@storybook",
    "@vue",
    "@vuepress",
    "aws-cdk-lib",
    "aws-sdk",
    "@aws-sdk",
    "astro",
    "babel-core",
    "cypress",
    "discord.js",
    "esbuild",
    "eslint",
    "expo",
    "express",
    "fastify",
    "gatsby",
    "graphql",
    "grunt",
    "gulp",
    "hexo",
    "homebridge",
    "jasmine",
    "jest",
    "karma",
    "koa",
    "mocha",
    "n8n-workflow",
    "next",
    "node-red",
    "nuxt",
    "obsidian",
    "parcel",
    "postcss",
    "preact",
    "prettier",
    "react",
    "react-dom",
    "react-native",
    "rollup",
    "serverless",
    "solid-js",
    "stylelint",
    "svelte",
    "tailwindcss",
    // NativeScript's before version 6
    "tns-core-modules",
    "typescript",
    "vite",
    "vue",
    "vuepress",
    "webpack",
];

/// Peers that others of their peers bring to everybody who has them: those that the left ones can't do without.
const BROUGHT_BY_PEERS: [(&str, &[&str]); 7] = [
    ("expo", &EXPO_S),
    ("react-admin", &REACT_ADMIN_S),
    ("@medusajs/medusa", &["@medusajs/utils"]),
    ("gatsby", &["prop-types", "@reach/router", "@gatsbyjs/reach-router"]),
    ("@angular/core", &["rxjs", "zone.js"]),
    ("@nestjs/common", &["rxjs", "reflect-metadata"]),
    ("@nestjs/core", &["rxjs", "reflect-metadata"]),
];

/// What React-admin itself requires.
const REACT_ADMIN_S: [&str; 11] = [
    "@emotion/react",
    "@emotion/styled",
    "@mui/icons-material",
    "@mui/material",
    "ra-core",
    "ra-i18n-polyglot",
    "ra-language-english",
    "ra-ui-materialui",
    "react-hook-form",
    "react-router",
    "react-router-dom",
];

/// What Expo itself brings to every project that has it.
const EXPO_S: [&str; 6] =
    ["expo-asset", "expo-constants", "expo-file-system", "expo-font", "expo-keep-awake", "expo-modules-core"];

/// Packages in Ember's scopes that Ember doesn't bring.
const NOT_OF_EMBER: [&str; 9] = [
    "@ember/edition-utils",
    "@ember/jquery",
    "@ember/legacy-built-in-components",
    "@ember/optional-features",
    "@ember/render-modifiers",
    "@ember/string",
    "@ember/test-helpers",
    "@ember/test-waiters",
    "@glimmer/component",
];

impl<'a> Dependencies<'a> {
    pub(super) fn new(
        manifest: &'a Manifest,
        own: &'a str,
        files: &[(&'a str, &'a Entry)],
        brought: Brought,
    ) -> Self {
        let bundled = files.iter().filter_map(|(path, _)| {
            path.strip_prefix("node_modules/")
                .or_else(|| path.split_once("/node_modules/").map(|(_, rest)| rest))
        });
        Self { manifest, own, bundled: bundled.map(package_of).collect(), brought }
    }

    /// The package's own name.
    pub(super) fn own(&self) -> &'a str {
        self.own
    }

    /// Whether a path that leads out of the package, so many levels up, may lead to something that is installed with
    /// it: to a dependency, to what a tool generates beside it, or into the project of whoever installs it.
    pub(super) fn may_stand_beside(&self, levels: usize, path: &str) -> bool {
        let (scope, above) = match self.own.split_once('/') {
            Some((scope, _)) => (scope, 2),
            None => ("", 1),
        };
        let is_generated = path.is_empty() || path.starts_with('.');
        let name = match levels < above {
            true => format!("{scope}/{path}"),
            false => path.to_owned(),
        };
        self.own.is_empty() || is_generated || levels > above || self.has(package_of(&name))
    }

    /// What is wrong with a package that code asks for, if the manifest doesn't bring it.
    pub(super) fn lacks(&self, specifier: &str) -> Option<ImportTrouble> {
        // A bundler's names for the project's own folders, which it should have replaced.
        if specifier.starts_with("@/") || specifier.starts_with("~/") {
            return Some(ImportTrouble::Undeclared);
        }
        let name = package_of(specifier);
        if !is_name(name) || self.has(name) || is_built_in(name) {
            return None;
        }
        Some(if self.is_host(name) { ImportTrouble::Host } else { ImportTrouble::Undeclared })
    }

    /// The same of a package whose types declarations ask for.
    pub(super) fn lacks_types(&self, specifier: &str) -> Option<ImportTrouble> {
        let name = package_of(specifier);
        let types = format!("@types/{}", name.trim_start_matches('@').replace('/', "__"));
        let is_fine = !is_name(name) || self.has(name) || self.has(&types) || is_built_in(name);
        (!is_fine).then_some(ImportTrouble::Undeclared)
    }

    fn has(&self, name: &str) -> bool {
        const KEYS: [&str; 4] =
            ["dependencies", "peerDependencies", "optionalDependencies", "_moduleAliases"];
        let named = |key: &&str| self.manifest.object.get(key).is_some_and(|all| all.get(name).is_some());
        let is_fetched = || self.brought == Brought::ByClient && KEYS.iter().any(named);
        let is_peer = |peer: &str| self.peers().is_some_and(|peers| peers.contains_key(peer));
        let comes_along =
            || BROUGHT_BY_PEERS.iter().any(|(peer, brought)| brought.contains(&name) && is_peer(peer));
        // SystemJS finds them by the manifest of a package that is made for it
        let is_mapped = || self.manifest.object.get("map").is_some_and(|all| all.get(name).is_some());
        name == self.own
            || is_mapped()
            || self.bundled.contains(name)
            || is_fetched()
            || comes_along()
            || self.is_given_by_ember(name)
    }

    /// Whether it is a module that an addon's build finds in Ember itself: most are no packages of their own, and addons
    /// name none of them.
    fn is_given_by_ember(&self, name: &str) -> bool {
        let is_of_ember = name.starts_with("@ember/") || name.starts_with("@glimmer/");
        is_of_ember && !NOT_OF_EMBER.contains(&name) && self.keywords().any(|word| word == "ember-addon")
    }

    fn peers(&self) -> Option<&serde_json::Map<String, Value>> {
        self.manifest.object.get("peerDependencies").and_then(Value::as_object)
    }

    fn keywords(&self) -> impl Iterator<Item = &str> {
        let keywords = self.manifest.object.get("keywords").and_then(Value::as_array).into_iter().flatten();
        keywords.filter_map(Value::as_str)
    }

    /// Whether the package's commands, too, are run beside this one: it calls itself a plugin of it, or stands in for its
    /// command under the same name.
    pub(super) fn is_run_beside(&self, name: &str) -> bool {
        self.is_plugin_of(name) || self.manifest.bins().iter().any(|(command, _)| command == name)
    }

    fn is_plugin_of(&self, name: &str) -> bool {
        let is_so = |word: &str| {
            word.strip_prefix(name).is_some_and(|rest| matches!(rest, "plugin" | "-plugin" | " plugin"))
        };
        self.keywords().any(is_so)
    }

    /// Whether the package's own name has the word of a program's scope: `@nuxtjs/a` that of `@nuxt`.
    fn is_named_after(&self, host: &str) -> bool {
        let plain = |word: &str| word.strip_suffix("js").unwrap_or(word).to_owned();
        self.own.split(['-', '/', '@', '.', '_']).any(|word| plain(word) == plain(host))
    }

    /// Whether this package is a part for a framework in whose scope both are, or whose scope it is called after, and is
    /// tried out with it: `@scope/adapter-a`, `scope-plugin-a` ask for `@scope/core`, which they have among the
    /// `devDependencies`.
    fn is_part_for(&self, name: &str) -> bool {
        const PARTS: [&str; 9] = [
            "adapter",
            "plugin",
            "preset",
            "addon",
            "extension",
            "provider",
            "connector",
            "integration",
            "middleware",
        ];
        let scope = name.split_once('/').map(|(scope, _)| scope).filter(|scope| scope.starts_with('@'));
        let in_scope = scope.and_then(|scope| self.own.strip_prefix(scope)?.strip_prefix('/'));
        let for_scope = || {
            let host = scope.and_then(|scope| scope.strip_prefix('@'));
            host.is_some_and(|host| self.is_named_after(host)).then_some(self.own)
        };
        let own = in_scope.or_else(for_scope);
        own.is_some_and(|own| own.split(['-', '.', '_']).any(|word| PARTS.contains(&word)))
            && self.manifest.object.get("devDependencies").is_some_and(|all| all.get(name).is_some())
    }

    /// Whether the package asked for is most likely the one that loads this one.
    fn is_host(&self, name: &str) -> bool {
        let scope = name.split('/').next().unwrap_or(name);
        let bare = name.rsplit('/').next().unwrap_or(name);
        let is_made_for = |text: &str| text.split(['-', '/', '@', '.', '_']).any(|word| word == bare);
        // a part of the program that loads it: `@react-native/x` for `react-native`, `expo-modules-core` for `expo`
        let is_part_of = |peer: &String| {
            let rest = name.trim_start_matches('@').strip_prefix(peer.as_str());
            rest.is_some_and(|rest| rest.starts_with(if name.starts_with('@') { '/' } else { '-' }))
        };
        let is_of_expo = || {
            let is_expo = |text: &str| text.split(['-', '/', '@', '.', '_']).any(|word| word == "expo");
            EXPO_S.contains(&name) && (is_expo(self.own) || self.keywords().any(is_expo))
        };
        // no program of Angular can be without these
        let is_of_angular = || {
            let is_angular = |text: &str| {
                let lower = text.to_ascii_lowercase();
                let mut words = lower.split(['-', '/', '@', '.', '_', ' ']);
                words.any(|word| word.starts_with("angular") || word.starts_with("ngx"))
            };
            matches!(name, "rxjs" | "zone.js") && (is_angular(self.own) || self.keywords().any(is_angular))
        };
        // `@nuxt/kit` of a module for Nuxt
        let is_of_host = || {
            let host = scope.strip_prefix('@').filter(|host| HOSTS.contains(host));
            host.is_some_and(|host| self.is_named_after(host))
        };
        HOSTS.contains(&name)
            || is_of_angular()
            || is_of_expo()
            || self.is_part_for(name)
            || self.peers().is_some_and(|peers| peers.keys().any(is_part_of))
            || name.starts_with('@') && HOSTS.contains(&scope)
            || is_of_host()
            || is_made_for(self.own)
            || self.keywords().any(|word| word == bare || is_made_for(word))
    }
}

/// The package of a specifier: two segments with a scope, else one.
pub(super) fn package_of(specifier: &str) -> &str {
    let segments = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(segments - 1).map_or(specifier.len(), |(at, _)| at);
    specifier.get(..end).unwrap_or_default()
}

fn is_built_in(name: &str) -> bool {
    BUILT_IN.contains(&name) || name == "@types/node"
}

/// Whether it may be the name of a published package; what bundlers map to something mostly may not.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c))
    };
    match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| is_part(scope) && is_part(name)),
        None => is_part(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::json::Object;

    #[test]
    fn what_the_manifest_brings() {
        let text = r#"{"name": "eslint-plugin-demo", "dependencies": {"a": "1", "@b/c": "1", "@types/d": "1", "@types/e__f": "1"}, "peerDependencies": {"p": "1", "@nestjs/core": "1"}, "devDependencies": {"x": "1"}, "keywords": ["gruntplugin"]}"#;
        let manifest = Manifest::from_object(Object::read(text.as_bytes()).unwrap());
        let entry = Entry::default();
        let dependencies = Dependencies::new(
            &manifest,
            "eslint-plugin-demo",
            &[("node_modules/q/index.js", &entry)],
            Brought::ByClient,
        );
        for fine in [
            "a",
            "a/b.js",
            "@b/c/d",
            "p",
            "q",
            "rxjs/operators",
            "fs",
            "fs/promises",
            "eslint-plugin-demo/x",
            "electron",
            "Upper",
            "~a",
        ] {
            assert_eq!(dependencies.lacks(fine), None, "{fine}");
        }
        for lacking in ["x", "d", "@b/d", "yjs/dist/a.js", "@/x", "~/x"] {
            assert_eq!(dependencies.lacks(lacking), Some(ImportTrouble::Undeclared), "{lacking}");
        }
        for host in ["eslint", "webpack", "@babel/core", "@ember/debug", "p-core", "@p/core"] {
            assert_eq!(dependencies.lacks(host), Some(ImportTrouble::Host), "{host}");
        }
        let lacks = |own: &'static str, manifest: &str, name: &str| {
            let manifest = Manifest::from_object(Object::read(manifest.as_bytes()).unwrap());
            Dependencies::new(&manifest, own, &[], Brought::ByClient).lacks(name)
        };
        const TRIED: &str = r#"{"devDependencies": {"@a/core": "1.0.0"}}"#;
        let addon = r#"{"keywords": ["ember-addon"]}"#;
        for (own, manifest, name, expected) in [
            ("a", addon, "@ember/object/compat", None),
            ("a", addon, "@glimmer/tracking", None),
            ("a", addon, "@ember/render-modifiers", Some(ImportTrouble::Host)),
            ("a", "{}", "@ember/object/compat", Some(ImportTrouble::Host)),
            ("@expo-google-fonts/a", "{}", "expo-font", Some(ImportTrouble::Host)),
            ("@expo-google-fonts/a", "{}", "expo-camera", Some(ImportTrouble::Undeclared)),
            ("a", "{}", "expo-font", Some(ImportTrouble::Undeclared)),
            ("a", r#"{"peerDependencies": {"expo": "*"}}"#, "expo-modules-core", None),
            ("a", r#"{"peerDependencies": {"expo": "*"}}"#, "expo-camera", Some(ImportTrouble::Host)),
            ("a", r#"{"peerDependencies": {"gatsby": "*"}}"#, "prop-types", None),
            ("a", r#"{"peerDependencies": {"react": "*"}}"#, "prop-types", Some(ImportTrouble::Undeclared)),
            ("nuxt-notes", "{}", "@nuxt/kit", Some(ImportTrouble::Host)),
            ("@vuepress/plugin-notes", "{}", "@vuepress/shared-utils", Some(ImportTrouble::Host)),
            ("@vuepress/plugin-notes", "{}", "lodash", Some(ImportTrouble::Undeclared)),
            ("@nuxtjs/notes", "{}", "@nuxt/kit", Some(ImportTrouble::Host)),
            ("@nativescript/notes", "{}", "@nativescript/core", Some(ImportTrouble::Host)),
            ("@nativescript-community/notes", "{}", "tns-core-modules/a", Some(ImportTrouble::Host)),
            ("a", r#"{"peerDependencies": {"react-admin": "*"}}"#, "@mui/material", None),
            (
                "a",
                r#"{"peerDependencies": {"react": "*"}}"#,
                "@mui/material",
                Some(ImportTrouble::Undeclared),
            ),
            ("a", r#"{"map": {"b": "./b.js"}}"#, "b", None),
            ("a", r#"{"map": {"b": "./b.js"}}"#, "c", Some(ImportTrouble::Undeclared)),
            ("@nuxtlabs/notes", "{}", "@nuxt/kit", Some(ImportTrouble::Undeclared)),
            ("notes", "{}", "@nuxt/kit", Some(ImportTrouble::Undeclared)),
            ("a-plugin-notes", TRIED, "@a/core", Some(ImportTrouble::Host)),
            ("ajs-plugin-notes", TRIED, "@a/core", Some(ImportTrouble::Host)),
            ("a-plugin-notes", "{}", "@a/core", Some(ImportTrouble::Undeclared)),
            ("a-notes", TRIED, "@a/core", Some(ImportTrouble::Undeclared)),
            ("b-plugin-notes", TRIED, "@a/core", Some(ImportTrouble::Undeclared)),
            ("angular2-notes", "{}", "rxjs", Some(ImportTrouble::Host)),
            ("a", r#"{"keywords": ["Angular 2"]}"#, "rxjs/operators", Some(ImportTrouble::Host)),
            ("triangular", "{}", "rxjs", Some(ImportTrouble::Undeclared)),
            ("angular2-notes", "{}", "lodash", Some(ImportTrouble::Undeclared)),
            ("@a/adapter-b", TRIED, "@a/core", Some(ImportTrouble::Host)),
            ("@a/b", TRIED, "@a/core", Some(ImportTrouble::Undeclared)),
            ("@a/adapter-b", "{}", "@a/core", Some(ImportTrouble::Undeclared)),
            ("@c/adapter-b", TRIED, "@a/core", Some(ImportTrouble::Undeclared)),
        ] {
            assert_eq!(lacks(own, manifest, name), expected, "{own} {name}");
        }
        let command = Manifest::from_object(Object::read(br#"{"bin": {"jest": "bin/jest.js"}}"#).unwrap());
        let command = Dependencies::new(&command, "jest-a", &[], Brought::ByClient);
        assert!(command.is_run_beside("jest") && !command.is_run_beside("eslint"));
        assert!(dependencies.is_run_beside("grunt") && !dependencies.is_run_beside("eslint-plugin-demo"));
        assert!(dependencies.is_plugin_of("grunt") && !dependencies.is_plugin_of("eslint"));
        for (levels, path, expected) in [
            (1, "a/index.js", true),
            (1, "@b/c", true),
            (1, ".pkg/client", true),
            (1, "package.json", false),
            (1, "shared/util", false),
            (2, "package.json", true),
        ] {
            assert_eq!(dependencies.may_stand_beside(levels, path), expected, "{levels} {path}");
        }
        let in_package = Dependencies { brought: Brought::InPackage, ..dependencies };
        assert_eq!((in_package.lacks("a"), in_package.lacks("q")), (Some(ImportTrouble::Undeclared), None));
        let dependencies = Dependencies { brought: Brought::ByClient, ..in_package };
        assert_eq!((dependencies.lacks_types("d"), dependencies.lacks_types("@e/f")), (None, None));
        assert!(dependencies.lacks_types("x").is_some());
    }
}
