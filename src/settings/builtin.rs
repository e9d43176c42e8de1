//! Policies: the built-in ones, and files of the same form.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::level::{Level, Levels};
use super::node::{self, Node, Value};
use super::problem::{Problem, Problems, Source, did_you_mean};
use super::validate;

/// The built-in policies that can be asked for.
pub(super) const NAMES: [&str; 3] = ["proprietary", "open-source", "strict"];

/// The same as a phrase.
pub(super) const CHOICES: &str = "auto, proprietary, open-source and strict";

const BASE_TEXT: &str = include_str!("../../policies/base.toml");

/// The built-in policy files: name in messages, text.
const FILES: [(&str, &str); 4] = [
    ("policies/base.toml", BASE_TEXT),
    ("policies/proprietary.toml", include_str!("../../policies/proprietary.toml")),
    ("policies/open-source.toml", include_str!("../../policies/open-source.toml")),
    ("policies/strict.toml", include_str!("../../policies/strict.toml")),
];

static BASE: LazyLock<Levels> = LazyLock::new(|| built_in("policies/base.toml"));

/// Largest settings or policy file that is read.
const LARGEST: u64 = 16 << 20;

/// What a policy says of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Say {
    rule: String,
    level: Level,
    why: Option<String>,
    line: usize,
}

/// A policy of the project's own: a file of the form of the built-in ones that builds on one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// Its path as it was given.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The built-in policy that it builds on.
    pub extends: &'static str,
    /// Its levels, on top of that.
    pub levels: Levels,
}

/// Every rule that the base names, in its order.
pub(super) fn rule_names() -> Vec<String> {
    says(BASE_TEXT).map(|say| say.rule).collect()
}

/// The levels of a built-in policy with everything that it builds on.
pub(crate) fn levels(name: &str) -> Levels {
    let mut levels = BASE.clone();
    if name == "strict" {
        for (level, origin, _) in levels.values_mut().filter(|(level, ..)| *level != Level::Off) {
            *level = Level::Error;
            "policies/strict.toml".clone_into(origin);
        }
    }
    levels.extend(built_in(&format!("policies/{name}.toml")));
    levels
}

/// The levels that one built-in file sets.
fn built_in(file: &str) -> Levels {
    let text = FILES.iter().find(|(name, _)| *name == file).map_or("", |(_, text)| text);
    let place = |say: Say| (say.rule, (say.level, format!("{file}:{}", say.line), say.why));
    says(text).map(place).collect()
}

/// Reads a built-in policy, which a test has found to be of the simple form that it takes for granted. A
/// general TOML parser would take a good part of the whole program's start-up.
fn says(text: &'static str) -> impl Iterator<Item = Say> {
    let mut lines = text.lines().enumerate().peekable();
    std::iter::from_fn(move || {
        let (line, rule) = lines.by_ref().find(|(_, line)| line.starts_with('['))?;
        let mut say = Say {
            rule: rule.trim().trim_matches(['[', ']']).to_owned(),
            level: Level::Error,
            why: None,
            line: line + 1,
        };
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.starts_with('[')) {
            let Some((key, value)) = line.split_once(" = ") else { continue };
            let value = value.trim().trim_matches('"');
            match key.trim() {
                "level" => say.level = Level::parse(value).unwrap_or(Level::Error),
                "why" => say.why = Some(value.replace("\\\"", "\"")),
                _ => {}
            }
        }
        Some(say)
    })
}

impl PolicyFile {
    /// Reads a policy file. `name` is how it was given.
    pub(crate) fn read(path: &Path, name: &str) -> Result<Self, Vec<Problem>> {
        let text = read(path, name).map_err(|problem| vec![problem])?;
        let source = Source::new(name, text);
        let root = node::toml(&source.text).map_err(|places| Problem::malformed(&source, places))?;
        let mut problems = Problems::new(&source);
        let mut file =
            Self { name: name.to_owned(), path: path.to_owned(), extends: "", levels: Levels::new() };
        if let Value::Table(members) = &root.value {
            for (key, value) in members {
                if key.text == "extends" {
                    file.extends = extends(value, &mut problems);
                } else {
                    file.add(key, value, &mut problems);
                }
            }
        }
        if root.get("extends").is_none() {
            problems.add(
                &(0..0),
                "a policy file says what it builds on",
                "begin with: extends = \"proprietary\"",
            );
        }
        if problems.is_empty() { Ok(file) } else { Err(problems.finish()) }
    }

    fn add(&mut self, key: &node::Key, value: &Node, problems: &mut Problems) {
        let Value::Table(members) = &value.value else {
            let help = match validate::is_settings_key(&key.text) {
                true => "settings belong into packgate.toml; a policy file has levels only".to_owned(),
                false => format!("write [{}] and below it: level = \"error\"", key.text),
            };
            problems.add(&key.span, format!("unknown key \"{}\" in a policy file", key.text), help);
            return;
        };
        if validate::is_settings_key(&key.text) {
            let help = "settings belong into packgate.toml; a policy file has levels only";
            problems.add(&key.span, format!("unknown key \"{}\" in a policy file", key.text), help);
            return;
        }
        let known = validate::rule(&key.text, &key.span, problems);
        for (inner, value) in members {
            match inner.text.as_str() {
                "level" => {}
                "why" => drop(validate::text(value, "why", problems)),
                other => {
                    let help = did_you_mean(other, ["level", "why"])
                        .unwrap_or_else(|| "known here: level, why".to_owned());
                    problems.add(&inner.span, format!("unknown key \"{other}\" in [{}]", key.text), help);
                }
            }
        }
        let Some(word) = value.get("level") else {
            problems.add(&key.span, format!("[{}] without \"level\"", key.text), "");
            return;
        };
        if let (Some(level), true) = (validate::level(word, problems), known) {
            let why = match value.get("why").map(|node| &node.value) {
                Some(Value::Text(why)) => Some(why.clone()),
                _ => None,
            };
            self.levels.insert(key.text.clone(), (level, problems.source().origin(&key.span), why));
        }
    }
}

fn extends(node: &Node, problems: &mut Problems) -> &'static str {
    let Some(word) = validate::text(node, "extends", problems) else { return "" };
    if let Some(name) = NAMES.iter().find(|name| **name == word) {
        return name;
    }
    let help = did_you_mean(word, NAMES).unwrap_or_else(|| format!("one of {}", NAMES.join(", ")));
    problems.add(&node.span, format!("unknown policy \"{word}\""), help);
    ""
}

/// Reads a settings or policy file as text.
pub(crate) fn read(path: &Path, name: &str) -> Result<String, Problem> {
    let file = std::fs::File::open(path)
        .map_err(|error| Problem::with_file(name, format!("can't be opened: {error}")))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Problem::with_file(name, format!("can't be read: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Problem::with_file(name, "is larger than 16 MiB"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Problem::with_file(name, format!("is not UTF-8 at byte {at}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_files_are_of_the_simple_form() {
        for (name, text) in FILES {
            let parsed: toml::Table = text.parse().unwrap();
            let mut simple = 0;
            for say in says(text) {
                simple += 1;
                let table = parsed[&say.rule].as_table().unwrap();
                assert_eq!(table["level"].as_str(), Some(say.level.word()), "{name}: {}", say.rule);
                assert_eq!(
                    table.get("why").and_then(|why| why.as_str()),
                    say.why.as_deref(),
                    "{name}: {}",
                    say.rule
                );
                assert!(table.keys().all(|key| key == "level" || key == "why"), "{name}: {}", say.rule);
            }
            assert_eq!(simple, parsed.len(), "{name}");
        }
    }

    #[test]
    fn strict_makes_every_rule_that_can_fire_an_error() {
        let base = levels("base");
        for (rule, (level, ..)) in levels("strict") {
            let expected = if base[&rule].0 == Level::Off { Level::Off } else { Level::Error };
            assert_eq!(level, expected, "{rule}");
        }
    }
}
