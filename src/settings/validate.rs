//! From the tree of a settings file to [`Settings`]. Everything that is wrong is reported, not just the first.

use std::path::{Path, PathBuf};

use globset::GlobSetBuilder;
use regex::bytes::RegexBuilder;

use super::fields::{level, rule, table, text};
use super::glob::{self, Reach};
use super::keys;
use super::level::{Level, Levels};
use super::locks::Locks;
use super::model::{Internal, OwnMode, PolicyChoice, Settings, Waiver};
use super::node::{Node, Value};
use super::policy_file::{ChoiceError, choose};
use super::problem::{Problems, did_you_mean};
use super::{size, waiver};

/// Shortest marker that the search can look for.
const SHORTEST_MARKER: usize = 3;

/// Checks a settings table and adds what it says to `settings`, which come from files above it: lists add up, and
/// other values take the place of inherited ones, unless a lock keeps them from being loosened. Paths in the table are
/// relative to `folder`.
pub(super) fn add(settings: &mut Settings, node: &Node, folder: &Path, problems: &mut Problems) {
    let locks = std::mem::take(&mut settings.locks);
    let mut own_locks = Locks::default();
    for (key, value) in table("", node, problems) {
        match key.name {
            "policy" => policy(value, folder, settings, &locks, problems),
            "rules" => levels(value, settings, &locks, problems),
            "internal" => internal(value, folder, settings, problems),
            "own" => mode(value, settings, &locks, problems),
            "own-folders" => {
                let found = folders(value, key.name, folder, problems);
                own_list(key.name, &found, value, settings, &locks, problems);
            }
            "own-fingerprints" => {
                let found = files(value, key.name, folder, problems);
                own_list(key.name, &found, value, settings, &locks, problems);
            }
            "size" => sizes(value, settings, &locks, problems),
            "limits" => limits(value, settings, &locks, problems),
            "waive" => settings.waivers.extend(waivers(value, &locks, problems)),
            "inherit" => own_locks = inherit(value, problems),
            _ => {}
        }
    }
    settings.locks = locks.and(own_locks);
}

fn policy(node: &Node, folder: &Path, settings: &mut Settings, locks: &Locks, problems: &mut Problems) {
    let Some(word) = text(node, "policy", problems) else { return };
    match choose(word, folder) {
        Ok(choice) => {
            let is_milder = choice != settings.policy && choice != PolicyChoice::Named("strict");
            if is_milder && locks.forbid("policy", node, problems) {
                return;
            }
            settings.policy = choice;
            settings.policy_origin = problems.source().origin(&node.span);
        }
        Err(ChoiceError::Word(message, help)) => problems.add(&node.span, message, help),
        Err(ChoiceError::File(found)) => problems.also(&node.span, found),
    }
}

fn levels(node: &Node, settings: &mut Settings, locks: &Locks, problems: &mut Problems) {
    let Value::Table(members) = &node.value else {
        problems.add(&node.span, format!("\"rules\" must be a table, this is {}", node.what()), "");
        return;
    };
    let mut levels = Levels::new();
    for (key, value) in members {
        let known = rule(&key.text, &key.span, problems);
        let (Some(level), true) = (level(value, problems), known) else { continue };
        // Where nobody above named a level, the policy's is not known yet; an error is never milder.
        let least = settings.levels.get(&key.text).map_or(Level::Error, |(level, ..)| *level);
        if level < least && locks.forbid(&format!("rules.{}", key.text), value, problems) {
            continue;
        }
        let origin = problems.source().origin(&key.span);
        if levels.insert(key.text.clone(), (level, origin, None)).is_some() {
            problems.add(&key.span, format!("\"{}\" is here twice", key.text), "");
        }
    }
    settings.levels.extend(levels);
}

fn waivers(node: &Node, locks: &Locks, problems: &mut Problems) -> Vec<Waiver> {
    let mut all = waiver::read(node, problems);
    all.retain(|(item, waiver)| {
        !locks.forbid("waive", item, problems)
            && !locks.forbid(&format!("rules.{}", waiver.rule), item, problems)
    });
    all.into_iter().map(|(_, waiver)| waiver).collect()
}

fn inherit(node: &Node, problems: &mut Problems) -> Locks {
    let mut locks = Locks::default();
    for (key, value) in table("inherit", node, problems) {
        for (text, item) in texts(value, key.name, problems) {
            locks.add(text, item, problems);
        }
    }
    locks
}

fn internal(node: &Node, folder: &Path, settings: &mut Settings, problems: &mut Problems) {
    for (key, value) in table("internal", node, problems) {
        for (text, item) in texts(value, key.name, problems) {
            let span = &item.span;
            let before = settings.internal.length(key.name);
            let internal = &mut settings.internal;
            match key.name {
                "paths" => match glob::compile(text, Reach::Anywhere) {
                    Ok(_) => add_once(&mut internal.paths, text),
                    Err(why) => problems.add(span, format!("bad glob: {why}"), ""),
                },
                "markers" => marker(text, item, internal, problems),
                "packages" if text.contains(char::is_whitespace) => {
                    problems.add(span, "package names have no spaces", "");
                }
                "packages" => add_once(&mut internal.packages, text),
                "hosts" => match host(text) {
                    Ok(()) => add_once(&mut internal.hosts, text),
                    Err(help) => problems.add(span, format!("\"{text}\" isn't a host name"), help),
                },
                "roots" => match folder.join(text) {
                    path if path.is_dir() => add_once(&mut internal.roots, path),
                    _ => problems.add(span, format!("there is no folder \"{text}\""), relative_to(folder)),
                },
                "fingerprints" => match folder.join(text) {
                    path if path.is_file() => add_once(&mut internal.fingerprints, path),
                    _ => problems.add(span, format!("there is no file \"{text}\""), relative_to(folder)),
                },
                _ => {}
            }
            if settings.internal.length(key.name) > before {
                let origin = problems.source().origin(span);
                settings.origins.add(&format!("internal.{}", key.name), text, origin);
            }
        }
    }
    let mut globs = GlobSetBuilder::new();
    for path in &settings.internal.paths {
        if let Ok(glob) = glob::compile(path, Reach::Anywhere) {
            globs.add(glob);
        }
    }
    match globs.build() {
        Ok(set) => settings.internal.path_set = set,
        Err(error) => problems.add(&node.span, format!("bad globs: {error}"), ""),
    }
}

/// A value that stands in two files counts once.
fn add_once<T: PartialEq<U> + From<U>, U>(list: &mut Vec<T>, value: U) {
    if !list.iter().any(|known| *known == value) {
        list.push(value.into());
    }
}

/// Folders or files of the project's own text. The first of them narrow down where that is looked for, more of them
/// don't.
fn own_list(
    key: &str,
    found: &[PathBuf],
    node: &Node,
    settings: &mut Settings,
    locks: &Locks,
    problems: &mut Problems,
) {
    let list = match key {
        "own-folders" => &mut settings.own.folders,
        _ => &mut settings.own.fingerprints,
    };
    if list.is_empty() && locks.forbid(key, node, problems) {
        return;
    }
    let origin = problems.source().origin(&node.span);
    for path in found {
        let text = path.display().to_string();
        add_once(list, path.clone());
        settings.origins.add(key, &text, origin.clone());
    }
}

/// In which artifacts the project's text is looked for.
fn mode(node: &Node, settings: &mut Settings, locks: &Locks, problems: &mut Problems) {
    let Some(word) = text(node, "own", problems) else { return };
    let modes = [OwnMode::Off, OwnMode::Auto, OwnMode::On];
    let Some(mode) = modes.into_iter().find(|mode| mode.word() == word) else {
        let help = did_you_mean(word, OwnMode::WORDS).unwrap_or_else(|| "off, auto or on".to_owned());
        problems.add(&node.span, format!("unknown mode \"{word}\""), help);
        return;
    };
    if mode >= settings.own.mode || !locks.forbid("own", node, problems) {
        settings.own.mode = mode;
        settings.origins.set("own", problems.source().origin(&node.span));
    }
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
            add_once(&mut internal.markers, text);
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
        Ok(regex) if internal.marker_patterns.iter().any(|known| known.as_str() == regex.as_str()) => {}
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

fn sizes(node: &Node, settings: &mut Settings, locks: &Locks, problems: &mut Problems) {
    for (key, value) in table("size", node, problems) {
        let read = match key.form {
            keys::Form::Size => bytes(value, key.name, problems),
            _ => count(value, key.name, u64::MAX, problems),
        };
        let Some(read) = read else { continue };
        let sizes = &mut settings.size;
        let budget = match key.name {
            "artifact" => &mut sizes.artifact,
            "unpacked" => &mut sizes.unpacked,
            "entry" => &mut sizes.entry,
            _ => &mut sizes.growth_percent,
        };
        let name = format!("size.{}", key.name);
        if budget.is_none_or(|most| read <= most) || !locks.forbid(&name, value, problems) {
            *budget = Some(read);
            settings.origins.set(&name, problems.source().origin(&value.span));
        }
    }
}

fn limits(node: &Node, settings: &mut Settings, locks: &Locks, problems: &mut Problems) {
    for (key, value) in table("limits", node, problems) {
        let read = match key.form {
            keys::Form::Size => bytes(value, key.name, problems),
            _ => count(value, key.name, u64::from(u32::MAX), problems),
        };
        let Some(read) = read else { continue };
        let small = u32::try_from(read).unwrap_or(u32::MAX);
        let mut limits = settings.limits.clone();
        let before = match key.name {
            "entries" => std::mem::replace(&mut limits.entries, read),
            "entry" => std::mem::replace(&mut limits.entry, read),
            "total" => std::mem::replace(&mut limits.total, read),
            "ratio" => std::mem::replace(&mut limits.ratio, read),
            "nesting" => u64::from(std::mem::replace(&mut limits.nesting, small)),
            "nested-total" => std::mem::replace(&mut limits.nested_total, read),
            "path-depth" => std::mem::replace(&mut limits.path_depth, small as usize) as u64,
            "json-depth" => std::mem::replace(&mut limits.json_depth, small as usize) as u64,
            _ => continue,
        };
        let name = format!("limits.{}", key.name);
        if read <= before || !locks.forbid(&name, value, problems) {
            settings.limits = limits;
            settings.origins.set(&name, problems.source().origin(&value.span));
        }
    }
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
    use crate::settings::model::Size;
    use crate::settings::node;
    use crate::settings::problem::{Problem, SettingsErrors, Source};
    use crate::unpack::Limits;

    /// Everything from text to settings, or to a message.
    fn read(text: &str, json: bool) -> Result<Settings, String> {
        let source = Source::new("packgate.toml", text);
        let node = if json { node::json_member(text, "packgate") } else { node::toml(text).map(Some) };
        let node = node.map_err(|places| SettingsErrors(Problem::malformed(&source, places)).to_string())?;
        let Some(node) = node else { return Ok(Settings::default()) };
        let mut problems = Problems::new(&source);
        let mut settings = Settings::default();
        add(&mut settings, &node, Path::new("."), &mut problems);
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
            memory: None,
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
    fn what_others_call_the_keys_of_a_waiver() {
        for (word, name) in
            [("until", "expires"), ("Expiry", "expires"), ("why", "reason"), ("path", "place")]
        {
            let waiver = format!("[[waive]]\nrule = \"debug-info\"\nreason = \"r\"\n{word} = 2027-03-01\n");
            let errors = read(&waiver, false).unwrap_err();
            assert!(errors.contains(&format!("it is called \"{name}\" here")), "{errors}");
        }
        let errors = read("until = 2027-03-01\n", false).unwrap_err();
        assert!(!errors.contains("it is called"), "{errors}");
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
