//! The place in a project's own build settings that writes source maps.
//!
//! The settings of bundlers are programs, which are not run: what stands in them literally is found.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use globset::Glob;
use regex::Regex;

use crate::ecosystem::folder::is_file;
use crate::inventory::BuildOption;
use crate::project::read;

/// A setting of a tool: in which files, how it is written, and what to write instead.
struct Setting {
    tool: &'static str,
    files: &'static str,
    pattern: &'static str,
    instead: &'static str,
}

/// Where the settings of each tool stand. What the pattern's group `key` fits is kept.
static SETTINGS: [Setting; 18] = [
    Setting {
        tool: "TypeScript",
        files: "tsconfig*.json",
        pattern: r#"(?P<key>"(?:sourceMap|inlineSourceMap|inlineSources|declarationMap)"\s*:)\s*true"#,
        instead: "false",
    },
    Setting { tool: "tsup", files: "tsup.config.*", pattern: SOURCEMAP, instead: "false" },
    // tsup's settings may stand in the manifest, where nothing else is written like this.
    Setting {
        tool: "tsup",
        files: "package.json",
        pattern: r#"(?P<key>"sourcemap"\s*:)\s*(?:true|"inline")"#,
        instead: "false",
    },
    Setting { tool: "tsdown", files: "tsdown.config.*", pattern: SOURCEMAP, instead: "false" },
    Setting {
        tool: "Vite",
        files: "{vite,vitest,electron.vite,svelte,astro,nuxt}.config.*",
        pattern: SOURCEMAP,
        instead: "false",
    },
    Setting { tool: "Rollup", files: "{rollup,rolldown}*.config.*", pattern: SOURCEMAP, instead: "false" },
    Setting { tool: "unbuild", files: "build.config.*", pattern: SOURCEMAP, instead: "false" },
    Setting {
        tool: "esbuild",
        files: "{esbuild*,build,bundle,scripts/*build*,scripts/*bundle*}.{js,mjs,cjs,ts,mts}",
        pattern: SOURCEMAP,
        instead: "false",
    },
    Setting {
        tool: "webpack",
        files: "{webpack*,config/webpack*,build/webpack*}.{js,cjs,mjs,ts}",
        pattern: DEVTOOL,
        instead: "false",
    },
    Setting { tool: "Rspack", files: "rspack*.{js,cjs,mjs,ts}", pattern: DEVTOOL, instead: "false" },
    Setting {
        tool: "Rsbuild",
        files: "{rsbuild,rslib}.config.*",
        pattern: r"(?P<key>\bsourceMap\s*:)\s*(?:true|\{[ \w:,]*\})",
        instead: "false",
    },
    Setting {
        tool: "Next.js",
        files: "next.config.*",
        pattern: r"(?P<key>\bproductionBrowserSourceMaps\s*:)\s*true",
        instead: "false",
    },
    Setting {
        tool: "Vue CLI",
        files: "vue.config.*",
        pattern: r"(?P<key>\bproductionSourceMap\s*:)\s*true",
        instead: "false",
    },
    Setting {
        tool: "Angular",
        files: "angular.json",
        pattern: r#"(?P<key>"sourceMap"\s*:)\s*true"#,
        instead: "false",
    },
    Setting {
        tool: "swc",
        files: ".swcrc",
        pattern: r#"(?P<key>"sourceMaps"\s*:)\s*(?:true|"[a-z]+")"#,
        instead: "false",
    },
    Setting {
        tool: "Babel",
        files: "{babel.config.*,.babelrc*}",
        pattern: r#"(?P<key>"?\bsourceMaps"?\s*:)\s*(?:true|["'][a-z]+["'])"#,
        instead: "false",
    },
    Setting {
        tool: "Parcel",
        files: "package.json",
        pattern: r#"(?P<key>"sourceMap"\s*:)\s*(?:true|\{[ \w:,]*\})"#,
        instead: "false",
    },
    Setting {
        tool: "a script",
        files: "package.json",
        pattern: r"(?P<key>)--(?:sourcemap|source-maps?|embed-source-map|embed-sources|devtool|sourcemap-output)(?:[= ](?:inline|linked|external|both|true|[\w.-]*source-map|[\w./-]+\.map))?\b",
        instead: "",
    },
];

/// A value, or an expression of which it depends: `mode !== 'development'`, `!production`.
const SOURCEMAP: &str =
    r#"(?P<key>\bsourcemap\s*:)\s*(?P<value>[!"'\w](?:[\w.$!?:=&|'" -]*[\w"'])?)\s*(?:[,}\])]|$)"#;
const DEVTOOL: &str =
    r#"(?P<key>\bdevtool\s*:)\s*(?P<value>[\w "'?:=!&|.()-]*source-?map[\w "'?:=!&|.()-]*["'])"#;
/// What stands in the place of a value where none is given: off, or the type of an option.
const NO_VALUE: [&str; 6] = ["false", "undefined", "boolean", "string", "null", "0"];

/// The settings with their files' names and their patterns compiled.
static PATTERNS: LazyLock<Vec<(&Setting, globset::GlobMatcher, Regex)>> = LazyLock::new(|| {
    let compiled = |setting: &'static Setting| {
        let files = Glob::new(setting.files).ok()?.compile_matcher();
        Some((setting, files, Regex::new(&format!("(?-u){}", setting.pattern)).ok()?))
    };
    SETTINGS.iter().filter_map(compiled).collect()
});

/// More are not told of.
const MOST: usize = 8;

/// The options of a project's build that write source maps.
pub(in crate::ecosystem) fn map_options(folder: &Path) -> Vec<BuildOption> {
    let mut found = Vec::new();
    for (file, name) in files(folder) {
        let Some(text) = read(&folder.join(&file)) else { continue };
        for (setting, files, pattern) in PATTERNS.iter() {
            if files.is_match(&name) {
                found.extend(in_text(setting, pattern, &file, &text));
            }
        }
    }
    found.truncate(MOST);
    found
}

fn in_text<'a>(
    setting: &'a Setting,
    pattern: &'a Regex,
    file: &'a str,
    text: &'a str,
) -> impl Iterator<Item = BuildOption> {
    text.lines().zip(1..).filter_map(move |(line, number)| {
        let is_comment = ["//", "*", "/*", "#"].iter().any(|begin| line.trim_start().starts_with(begin));
        let found = pattern.captures(line).filter(|_| !is_comment)?;
        let value = found.name("value");
        if value.is_some_and(|value| NO_VALUE.contains(&value.as_str().trim_matches(['"', '\'']))) {
            return None;
        }
        let end = value.or(found.get(0))?.end();
        let whole = line.get(found.get(0)?.start()..end)?;
        let key = found.name("key").map_or("", |key| key.as_str());
        let instead =
            if setting.instead.is_empty() { String::new() } else { format!("{key} {}", setting.instead) };
        let (file, text) = (file.to_owned(), whole.to_owned());
        Some(BuildOption { tool: setting.tool, file, line: number, text, instead })
    })
}

/// The files at the top of the project and in the usual folders of its scripts, those that its commands name, and the
/// settings of TypeScript that others build on; each with the name that it is told by.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for below in ["", "scripts", "config", "build"] {
        let entries = std::fs::read_dir(folder.join(below)).into_iter().flatten().flatten();
        let names = entries.filter(is_file);
        let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        files.extend(names.map(|name| if below.is_empty() { name } else { format!("{below}/{name}") }));
    }
    files.sort();
    let mut files: Vec<(String, String)> = files.into_iter().map(|file| (file.clone(), file)).collect();
    for (file, name) in in_commands(folder) {
        if files.iter().all(|(known, _)| *known != file) {
            files.push((file, name));
        }
    }
    let name = |file: &str| file.rsplit('/').next().unwrap_or(file).to_owned();
    files.extend(extended(folder).into_iter().map(|file| (file.clone(), name(&file))));
    files
}

/// The programs and settings that the commands in `scripts` name by their paths: `node ../../tools/bundle.mjs`,
/// `rollup -c view/rollup.config.js`. A program that node runs is told by the name of a bundler's script, whatever it is
/// called.
fn in_commands(folder: &Path) -> Vec<(String, String)> {
    const MOST: usize = 8;
    const ENDS: [&str; 6] = ["js", "cjs", "mjs", "ts", "cts", "mts"];
    let manifest = super::super::project::at(folder).unwrap_or_default();
    let scripts = manifest.get("scripts").and_then(serde_json::Value::as_object);
    let commands = scripts.into_iter().flatten().filter_map(|(_, command)| command.as_str());
    let mut found: Vec<(String, String)> = Vec::new();
    for command in commands {
        let mut before = "";
        for word in command.split([' ', '=', '"', '\'']) {
            let file = word.trim_start_matches("./");
            let (name, end) = file.rsplit_once('.').unwrap_or((file, ""));
            let name = name.rsplit('/').next().unwrap_or(name);
            if ENDS.contains(&end) && !file.starts_with('/') && folder.join(file).is_file() {
                let is_program = ["node", "bun", "tsx"].contains(&before) && !name.contains('.');
                let name = if is_program { "build" } else { name };
                found.push((file.to_owned(), format!("{name}.{end}")));
            }
            before = word;
        }
    }
    found.sort();
    found.dedup();
    found.truncate(MOST);
    found
}

/// The files that `tsconfig.json` names by a relative path, one after another.
fn extended(folder: &Path) -> Vec<String> {
    const MOST: usize = 4;
    let mut found: Vec<String> = Vec::new();
    let mut file = PathBuf::from("tsconfig.json");
    for _ in 0..MOST {
        let Some(text) = read(&folder.join(&file)) else { break };
        let Ok(Some(settings)) = jsonc_parser::parse_to_value(&text, &jsonc_parser::ParseOptions::default())
        else {
            break;
        };
        let jsonc_parser::JsonValue::Object(settings) = settings else { break };
        let Some(next) = settings.get_string("extends").filter(|next| next.starts_with("../")) else { break };
        let next = if next.ends_with(".json") { next.to_string() } else { format!("{next}.json") };
        file = file.parent().unwrap_or(Path::new("")).join(next);
        found.push(file.to_string_lossy().into_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, text: &str) -> Vec<(u64, String, String)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        let found = map_options(folder.path());
        found.into_iter().map(|option| (option.line, option.text, option.instead)).collect()
    }

    #[test]
    fn all_patterns_are_some() {
        assert_eq!(PATTERNS.len(), SETTINGS.len());
    }

    #[test]
    fn each_tool_s_own_option_is_found() {
        for (file, text, line, instead) in [
            (
                "tsconfig.json",
                "{\n  // \"sourceMap\": true\n  \"compilerOptions\": { \"sourceMap\": true }\n}",
                3,
                "\"sourceMap\": false",
            ),
            ("tsconfig.build.json", "{ \"inlineSources\" : true }", 1, "\"inlineSources\" : false"),
            ("tsup.config.ts", "export default {\n  sourcemap: 'inline',\n}", 2, "sourcemap: false"),
            ("vite.config.mts", "export default { build: { sourcemap: \"hidden\" } }", 1, "sourcemap: false"),
            ("rollup.config.mjs", "output: [{ sourcemap: true }]", 1, "sourcemap: false"),
            ("vite.config.ts", "build: {\n  sourcemap: mode === 'production',\n}", 2, "sourcemap: false"),
            ("esbuild.js", "sourcemap: !production,", 1, "sourcemap: false"),
            ("tsup.config.ts", "({ sourcemap: options.watch ? 'inline' : true })", 1, "sourcemap: false"),
            ("webpack.config.js", "devtool: isProd ? 'source-map' : 'eval',", 1, "devtool: false"),
            ("webpack.prod.js", "module.exports = { devtool: 'source-map' }", 1, "devtool: false"),
            ("config/webpack.config.js", "devtool: \"hidden-source-map\"", 1, "devtool: false"),
            ("next.config.js", "productionBrowserSourceMaps: true,", 1, "productionBrowserSourceMaps: false"),
            ("angular.json", "\"sourceMap\": true", 1, "\"sourceMap\": false"),
            (".swcrc", "{\"sourceMaps\": \"inline\"}", 1, "\"sourceMaps\": false"),
            (
                "package.json",
                "{\n\"tsup\": {\n\"sourcemap\": true,\n\"clean\": true}}",
                3,
                "\"sourcemap\": false",
            ),
            ("scripts/build.mjs", "await build({ sourcemap: true })", 1, "sourcemap: false"),
            (
                "package.json",
                "{\"scripts\": {\"build\": \"esbuild a.ts --bundle --sourcemap=inline --outfile=x\"}}",
                1,
                "",
            ),
        ] {
            let found = found(file, text);
            assert_eq!(found.len(), 1, "{file}: {found:?}");
            assert_eq!((found[0].0, found[0].2.as_str()), (line, instead), "{file}");
        }
    }

    #[test]
    fn what_is_off_or_something_else_is_not() {
        for (file, text) in [
            ("tsconfig.json", "{\"sourceMap\": false}"),
            ("vite.config.ts", "sourcemap: false"),
            ("package.json", "{\"tsup\": {\"sourcemap\": false}}"),
            ("package.json", "{\"files\": [\"sourcemap\"]}"),
            ("vite.config.ts", "// sourcemap: true"),
            ("vite.config.ts", "function config(options: { sourcemap: boolean }) {}"),
            ("vite.config.ts", "sourcemap: chosen(mode, 'hidden'),"),
            ("webpack.config.js", "devtool: isProd ? false : 'eval'"),
            ("webpack.config.js", "devtool: false"),
            ("src/vite.config.ts", "sourcemap: true"),
            ("other.ts", "sourcemap: true"),
        ] {
            assert_eq!(found(file, text), [], "{file} {text}");
        }
    }

    #[test]
    fn what_commands_name_counts_wherever_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("tools/pack.mjs", "await build({\n  sourcemap: process.env.MAPS ? 'linked' : false,\n})");
        write("a/view/rollup.config.mjs", "export default {\n output: { sourcemap: 'inline' } }");
        write("a/view/other.config.mjs", "export default { sourcemap: true }");
        write("a/src/run.ts", "const options = { sourcemap: true }");
        let scripts = r#"{"scripts": {"build": "node ../tools/pack.mjs && rollup -c ./view/rollup.config.mjs", "x": "esbuild src/run.ts"}}"#;
        write("a/package.json", scripts);
        let found = map_options(&folder.path().join("a"));
        let places: Vec<(&str, u64)> = found.iter().map(|one| (one.file.as_str(), one.line)).collect();
        assert_eq!(places, [("../tools/pack.mjs", 2), ("view/rollup.config.mjs", 2)]);
    }

    #[test]
    fn settings_above_count_where_they_are_built_on() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("tsconfig.base.json", "{\n\"compilerOptions\": {\"sourceMap\": true}}");
        write("packages/a/tsconfig.json", "{\"extends\": \"../../tsconfig.base.json\", // ours\n}");
        let found = map_options(&folder.path().join("packages/a"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].file.as_str(), found[0].line), ("../../tsconfig.base.json", 2));
    }
}
