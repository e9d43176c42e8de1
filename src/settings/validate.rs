//! From the tree of a settings file to [`Settings`]. Everything that is wrong is reported, not just the first.

use std::path::{Path, PathBuf};

use globset::GlobSetBuilder;
use regex::bytes::RegexBuilder;

use crate::unpack::Limits;

use super::fields::{level, rule, table, text};
use super::glob::{self, Reach};
use super::keys;
use super::level::Levels;
use super::model::{Internal, OwnMode, Settings, Size};
use super::node::{Node, Value};
use super::policy_file::{ChoiceError, choose};
use super::problem::{Problems, did_you_mean};
use super::{size, waiver};

/// Shortest marker that the search can look for.
const SHORTEST_MARKER: usize = 3;

/// Checks a settings table and makes [`Settings`] of it. Paths in it are relative to `folder`. `or_policy` is the
/// policy chosen on the command line, which overrides the file's own (still checked).
pub(super) fn settings(node: &Node, folder: &Path, problems: &mut Problems) -> Settings {
    let mut settings = Settings::default();
    for (key, value) in table("", node, problems) {
        match key.name {
            "policy" => policy(value, folder, &mut settings, problems),
            "rules" => settings.levels = levels(value, problems),
            "internal" => settings.internal = internal(value, folder, problems),
            "own" => settings.own.mode = mode(value, problems),
            "own-folders" => settings.own.folders = folders(value, key.name, folder, problems),
            "own-fingerprints" => settings.own.fingerprints = files(value, key.name, folder, problems),
            "size" => settings.size = sizes(value, problems),
            "limits" => settings.limits = limits(value, problems),
            "waive" => settings.waivers = waiver::read(value, problems),
            _ => {}
        }
    }
    settings
}

fn policy(node: &Node, folder: &Path, settings: &mut Settings, problems: &mut Problems) {
    let Some(word) = text(node, "policy", problems) else { return };
    settings.policy_origin = problems.source().origin(&node.span);
    match choose(word, folder) {
        Ok(choice) => settings.policy = choice,
        Err(ChoiceError::Word(message, help)) => problems.add(&node.span, message, help),
        Err(ChoiceError::File(found)) => problems.also(&node.span, found),
    }
}

fn levels(node: &Node, problems: &mut Problems) -> Levels {
    let mut levels = Levels::new();
    let Value::Table(members) = &node.value else {
        problems.add(&node.span, format!("\"rules\" must be a table, this is {}", node.what()), "");
        return levels;
    };
    for (key, value) in members {
        let known = rule(&key.text, &key.span, problems);
        if let (Some(level), true) = (level(value, problems), known) {
            let origin = problems.source().origin(&key.span);
            if levels.insert(key.text.clone(), (level, origin, None)).is_some() {
                problems.add(&key.span, format!("\"{}\" is here twice", key.text), "");
            }
        }
    }
    levels
}

fn internal(node: &Node, folder: &Path, problems: &mut Problems) -> Internal {
    let mut internal = Internal::default();
    let mut globs = GlobSetBuilder::new();
    for (key, value) in table("internal", node, problems) {
        for (text, item) in texts(value, key.name, problems) {
            let span = &item.span;
            match key.name {
                "paths" => match glob::compile(text, Reach::Anywhere) {
                    Ok(glob) => {
                        globs.add(glob);
                        internal.paths.push(text.to_owned());
                    }
                    Err(why) => problems.add(span, format!("bad glob: {why}"), ""),
                },
                "markers" => marker(text, item, &mut internal, problems),
                "packages" if text.contains(char::is_whitespace) => {
                    problems.add(span, "package names have no spaces", "");
                }
                "packages" => internal.packages.push(text.to_owned()),
                "hosts" => match host(text) {
                    Ok(()) => internal.hosts.push(text.to_owned()),
                    Err(help) => problems.add(span, format!("\"{text}\" isn't a host name"), help),
                },
                "roots" => match folder.join(text) {
                    path if path.is_dir() => internal.roots.push(path),
                    _ => problems.add(span, format!("there is no folder \"{text}\""), relative_to(folder)),
                },
                "fingerprints" => match folder.join(text) {
                    path if path.is_file() => internal.fingerprints.push(path),
                    _ => problems.add(span, format!("there is no file \"{text}\""), relative_to(folder)),
                },
                _ => {}
            }
        }
    }
    match globs.build() {
        Ok(set) => internal.path_set = set,
        Err(error) => problems.add(&node.span, format!("bad globs: {error}"), ""),
    }
    internal
}

/// In which artifacts the project's text is looked for.
fn mode(node: &Node, problems: &mut Problems) -> OwnMode {
    let Some(word) = text(node, "own", problems) else { return OwnMode::default() };
    let modes = [OwnMode::Off, OwnMode::Auto, OwnMode::On];
    modes.into_iter().find(|mode| mode.word() == word).unwrap_or_else(|| {
        let help = did_you_mean(word, OwnMode::WORDS).unwrap_or_else(|| "off, auto or on".to_owned());
        problems.add(&node.span, format!("unknown mode \"{word}\""), help);
        OwnMode::default()
    })
}

/// Folders that must exist.
fn folders(node: &Node, key: &str, folder: &Path, problems: &mut Problems) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (text, item) in texts(node, key, problems) {
        match folder.join(text) {
            path if path.is_dir() => found.push(path),
            _ => {
                problems.add(&item.span, format!("there is no folder \"{text}\""), relative_to(folder));
            }
        }
    }
    found
}

/// Files that must exist.
fn files(node: &Node, key: &str, folder: &Path, problems: &mut Problems) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (text, item) in texts(node, key, problems) {
        match folder.join(text) {
            path if path.is_file() => found.push(path),
            _ => problems.add(&item.span, format!("there is no file \"{text}\""), relative_to(folder)),
        }
    }
    found
}

fn relative_to(folder: &Path) -> String {
    format!("paths are relative to {}", folder.display())
}

/// A literal, or a regular expression between slashes.
fn marker(text: &str, node: &Node, internal: &mut Internal, problems: &mut Problems) {
    let pattern = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) else {
        if text.len() < SHORTEST_MARKER {
            problems.add(
                &node.span,
                format!("marker \"{text}\" is too short: {SHORTEST_MARKER} bytes at least"),
                "",
            );
        } else {
            internal.markers.push(text.to_owned());
        }
        return;
    };
    match pattern_of_bytes(pattern) {
        Ok(regex) if regex.is_match(b"") => {
            problems.add(
                &node.span,
                format!("the pattern /{pattern}/ matches everywhere"),
                "it matches the empty text",
            );
        }
        Ok(regex) => internal.marker_patterns.push(regex),
        Err(error) => problems.add(&node.span, format!("bad regular expression: {}", last_line(&error)), ""),
    }
}

/// Compiles a marker's pattern. `\w` and `\b` mean ASCII, which is fast; a pattern that needs Unicode (`[äö]`) gets
/// it.
fn pattern_of_bytes(pattern: &str) -> Result<regex::bytes::Regex, regex::Error> {
    let compile = |unicode| RegexBuilder::new(pattern).unicode(unicode).size_limit(1 << 20).build();
    compile(false).or_else(|error| compile(true).map_err(|_| error))
}

/// The sentence at the end of a regex error, without the diagram above it.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}

/// Checks that a text can be a host name or the end of one. `Err` is a help text.
fn host(text: &str) -> Result<(), String> {
    if let Some((_, rest)) = text.split_once("://") {
        let name = rest.split(['/', ':', '?']).next().unwrap_or_default();
        return Err(format!("without scheme and path: \"{name}\""));
    }
    if let Some(rest) = text.strip_prefix("*.") {
        return Err(format!("write \".{rest}\" for all hosts below it"));
    }
    let name = text.strip_prefix('.').unwrap_or(text);
    let fine =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if name.len() >= SHORTEST_MARKER && name.split('.').all(fine) {
        return Ok(());
    }
    Err("write it like \"git.acme.example\" or \".acme.example\"".to_owned())
}

fn sizes(node: &Node, problems: &mut Problems) -> Size {
    let mut sizes = Size::default();
    for (key, value) in table("size", node, problems) {
        match key.name {
            "artifact" => sizes.artifact = bytes(value, key.name, problems),
            "unpacked" => sizes.unpacked = bytes(value, key.name, problems),
            "entry" => sizes.entry = bytes(value, key.name, problems),
            "growth-percent" => sizes.growth_percent = count(value, key.name, u64::MAX, problems),
            _ => {}
        }
    }
    sizes
}

fn limits(node: &Node, problems: &mut Problems) -> Limits {
    let mut limits = Limits::default();
    for (key, value) in table("limits", node, problems) {
        let read = match key.form {
            keys::Form::Size => bytes(value, key.name, problems),
            _ => count(value, key.name, u64::from(u32::MAX), problems),
        };
        let Some(read) = read else { continue };
        let small = u32::try_from(read).unwrap_or(u32::MAX);
        match key.name {
            "entries" => limits.entries = read,
            "entry" => limits.entry = read,
            "total" => limits.total = read,
            "ratio" => limits.ratio = read,
            "nesting" => limits.nesting = small,
            "nested-total" => limits.nested_total = read,
            "path-depth" => limits.path_depth = small as usize,
            "json-depth" => limits.json_depth = small as usize,
            _ => {}
        }
    }
    limits
}

/// A list of texts, each with its place.
fn texts<'a>(node: &'a Node, name: &str, problems: &mut Problems) -> Vec<(&'a str, &'a Node)> {
    let Value::List(items) = &node.value else {
        let help = match &node.value {
            Value::Text(text) => format!("write [{text:?}]"),
            _ => String::new(),
        };
        problems.add(
            &node.span,
            format!("\"{name}\" must be a list of strings, this is {}", node.what()),
            help,
        );
        return Vec::new();
    };
    let item = format!("{name}[]");
    items.iter().filter_map(|node| text(node, &item, problems).map(|text| (text, node))).collect()
}

/// A size in bytes, at least one.
fn bytes(node: &Node, name: &str, problems: &mut Problems) -> Option<u64> {
    let read = match &node.value {
        Value::Integer(number) => u64::try_from(*number).map_err(|_| String::new()),
        Value::Text(text) => size::parse(text),
        _ => Err("write it like \"10MiB\", \"1.5GB\" or 4096".to_owned()),
    };
    match read {
        Ok(0) => problems.add(&node.span, format!("\"{name}\" must be at least one byte"), ""),
        Ok(bytes) => return Some(bytes),
        Err(help) => problems.add(&node.span, format!("\"{name}\" must be a size in bytes"), help),
    }
    None
}

/// A whole number from 1 to `most`.
fn count(node: &Node, name: &str, most: u64, problems: &mut Problems) -> Option<u64> {
    if let Value::Integer(number) = node.value
        && let Ok(number) = u64::try_from(number)
        && (1..=most).contains(&number)
    {
        return Some(number);
    }
    let range = if most == u64::MAX { "from 1".to_owned() } else { format!("from 1 to {most}") };
    problems.add(&node.span, format!("\"{name}\" must be a whole number {range}"), "");
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::settings::level::Level;
    use crate::settings::model::PolicyChoice;
    use crate::settings::node;
    use crate::settings::problem::{Problem, SettingsErrors, Source};

    /// Everything from text to settings, or to a message.
    fn read(text: &str, json: bool) -> Result<Settings, String> {
        let source = Source::new("packgate.toml", text);
        let node = if json { node::json_member(text, "packgate") } else { node::toml(text).map(Some) };
        let node = node.map_err(|places| SettingsErrors(Problem::malformed(&source, places)).to_string())?;
        let Some(node) = node else { return Ok(Settings::default()) };
        let mut problems = Problems::new(&source);
        let settings = settings(&node, Path::new("."), &mut problems);
        match problems.is_empty() {
            true => Ok(settings),
            false => Err(SettingsErrors(problems.finish()).to_string()),
        }
    }

    #[test]
    fn the_example_of_every_key_is_good() {
        for key in keys::KEYS {
            let text = match key.table {
                "" => format!("{} = {}\n", key.name, key.example),
                "waive" => {
                    let rest = [("rule", "\"debug-info\""), ("reason", "\"x\"")];
                    let rest = rest.iter().filter(|(name, _)| *name != key.name);
                    let rest: String = rest.map(|(name, value)| format!("{name} = {value}\n")).collect();
                    format!("[[waive]]\n{rest}{} = {}\n", key.name, key.example)
                }
                table => format!("[{table}]\n{} = {}\n", key.name, key.example),
            };
            if let Err(errors) = read(&text, false) {
                panic!("{text}\n{errors}");
            }
        }
    }

    #[test]
    fn values_arrive() {
        let settings = read(
            r#"
            policy = "strict"
            rules = { debug-info = "off" }
            internal = { paths = ["src/internal/**"], markers = ["ACME", "/AC+ME/"], packages = ["@acme"], hosts = [".acme.example"], roots = ["src"] }
            size = { artifact = "1kB", unpacked = "2kB", entry = 3, growth-percent = 4 }
            limits = { entries = 1, entry = 2, total = 3, ratio = 4, nesting = 5, nested-total = 6, path-depth = 7, json-depth = 8 }
            waive = [{ rule = "debug-info", place = "a/**", fingerprint = "0123456789ABCDEF", reason = "r", expires = 2027-03-01 }]
            "#,
            false,
        )
        .unwrap();
        assert_eq!(settings.policy, PolicyChoice::Named("strict"));
        assert_eq!(settings.policy_origin, "packgate.toml:2");
        assert_eq!(settings.levels["debug-info"].0, Level::Off);
        let internal = &settings.internal;
        assert_eq!((internal.paths.len(), internal.path_set.len()), (1, 1));
        assert_eq!(
            (internal.markers.as_slice(), internal.marker_patterns.len()),
            (&["ACME".to_owned()][..], 1)
        );
        assert_eq!((internal.packages.len(), internal.hosts.len(), internal.roots.len()), (1, 1, 1));
        let sizes =
            Size { artifact: Some(1000), unpacked: Some(2000), entry: Some(3), growth_percent: Some(4) };
        assert_eq!(settings.size, sizes);
        let limits = Limits {
            entries: 1,
            entry: 2,
            total: 3,
            ratio: 4,
            nesting: 5,
            nested_total: 6,
            path_depth: 7,
            json_depth: 8,
        };
        assert_eq!(settings.limits, limits);
        let waiver = &settings.waivers[0];
        assert_eq!((waiver.rule.as_str(), waiver.reason.as_str()), ("debug-info", "r"));
        assert_eq!(waiver.finding_id.as_deref(), Some("0123456789abcdef"));
        assert_eq!(waiver.expires.unwrap().to_string(), "2027-03-01");
        assert_eq!(waiver.place.as_ref().unwrap().0, "a/**");
        assert_eq!(waiver.origin, "packgate.toml:7");
    }

    #[test]
    fn json_and_toml_give_the_same() {
        let json = r#"{ "packgate": { "policy": "strict", "size": { "entry": "1MiB" }, "waive": [{ "rule": "debug-info", "reason": "r", "expires": "2027-03-01" }] } }"#;
        let toml = "policy = 'strict'\nsize.entry = '1MiB'\nwaive = [{ rule = 'debug-info', reason = 'r', expires = 2027-03-01 }]";
        let (json, toml) = (read(json, true).unwrap(), read(toml, false).unwrap());
        assert_eq!((&json.policy, json.size), (&toml.policy, toml.size));
        assert_eq!(json.waivers[0].expires, toml.waivers[0].expires);
        assert!(json.waivers[0].expires.is_some());
    }

    #[test]
    fn marker_patterns() {
        let compiled = |pattern: &str| read(&format!("internal.markers = ['/{pattern}/']"), false);
        let matches = |pattern: &str, text: &str| {
            compiled(pattern).unwrap().internal.marker_patterns[0].is_match(text.as_bytes())
        };
        assert!(matches(r"@team (core|billing)\b", "x @team core."));
        assert!(!matches(r"@team (core|billing)\b", "x @team cores"));
        assert!(matches("(?i)acme-[0-9]{3}", "ACME-123"));
        assert!(matches("Gru[ßs]+ Acme", "Gruß Acme"));
        assert!(matches("vertraulich ä", "vertraulich ä"));
        for (pattern, why) in
            [("(", "unclosed group"), ("(a{1000}){1000}", "exceeds size limit"), ("a{2", "repetition")]
        {
            let errors = compiled(pattern).unwrap_err();
            assert!(errors.contains(why), "{errors}");
        }
    }

    #[test]
    fn a_key_twice_in_json_is_an_error() {
        let errors = read(r#"{ "packgate": { "policy": "auto", "policy": "strict" } }"#, true).unwrap_err();
        assert!(errors.contains("\"policy\" is here twice"), "{errors}");
    }

    /// Pieces that settings are made of, right and wrong.
    const PIECES: &[&str] = &[
        "policy",
        "rules",
        "internal",
        "size",
        "limits",
        "waive",
        "paths",
        "markers",
        "hosts",
        "roots",
        "rule",
        "reason",
        "expires",
        "place",
        "fingerprint",
        "debug-info",
        "entry",
        "growth-percent",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        " = ",
        ": ",
        ", ",
        "\n",
        "\"",
        "'",
        "\"\"\"",
        ".",
        "/",
        "**",
        "[a",
        "{a",
        "\\",
        "#",
        "-1",
        "0",
        "10MiB",
        "1e999",
        "99999999999999999999999",
        "2027-02-30",
        "2027-03-01",
        "true",
        "null",
        "nan",
        "\"error\"",
        "\"/(/\"",
        "\"/(((((a{1000}){1000}){1000}/\"",
        "\u{0}",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{feff}",
        "ä",
        "\r",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "../",
        "http://",
        "{ \"packgate\": ",
    ];

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,200}", json: bool) {
            let _ = read(&text, json);
        }

        #[test]
        fn no_mixture_panics_or_prints_control_characters(
            pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40),
            json: bool,
        ) {
            if let Err(message) = read(&pieces.concat(), json) {
                prop_assert!(!message.contains(['\u{0}', '\u{1b}', '\u{202e}', '\r']), "{message:?}");
            }
        }

        #[test]
        fn no_damage_to_good_settings_panics(at in 0_usize..800, piece in prop::sample::select(PIECES), cut in 0_usize..12) {
            let mut text = include_str!("../../fixtures/settings/every-error.toml").to_owned();
            let floor = |at: usize, text: &str| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let (from, to) = (floor(at, &text), floor(at + cut, &text));
            text.replace_range(from..to, piece);
            prop_assert!(read(&text, false).is_err());
        }
    }
}
