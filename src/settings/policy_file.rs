//! Policy files, and the choice of a policy.

use std::path::Path;

use super::builtin::{self, NAMES};
use super::fields;
use super::level::Levels;
use super::model::{PolicyChoice, PolicyFile};
use super::node::{self, Node, Value};
use super::problem::{Problem, Problems, Source, did_you_mean};
use super::read::read;

/// Why a policy can't be used.
pub(super) enum ChoiceError {
    /// There is no such name: message and help.
    Word(String, String),
    /// There is something wrong with the file that it names.
    File(Vec<Problem>),
}

/// The policy that a name or path stands for; paths are relative to `folder`.
pub(super) fn choose(word: &str, folder: &Path) -> Result<PolicyChoice, ChoiceError> {
    if word == "auto" {
        return Ok(PolicyChoice::Auto);
    }
    if let Some(name) = builtin::NAMES.iter().find(|name| **name == word) {
        return Ok(PolicyChoice::Named(name));
    }
    let is_path = word.contains(['/', '\\', '.']) || folder.join(word).is_file();
    if is_path {
        let file = PolicyFile::read(&folder.join(word), word).map_err(ChoiceError::File)?;
        return Ok(PolicyChoice::File(Box::new(file)));
    }
    let names = || builtin::NAMES.iter().copied().chain(["auto"]);
    let help = did_you_mean(word, names())
        .unwrap_or_else(|| format!("policies are {}, or the path of a policy file", builtin::CHOICES));
    Err(ChoiceError::Word(format!("unknown policy \"{word}\""), help))
}

impl PolicyFile {
    /// Reads a policy file. `name` is the path as given.
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
                "a policy file must say what it builds on",
                "begin with: extends = \"proprietary\"",
            );
        }
        if problems.is_empty() { Ok(file) } else { Err(problems.finish()) }
    }

    fn add(&mut self, key: &node::Key, value: &Node, problems: &mut Problems) {
        let Value::Table(members) = &value.value else {
            let help = match fields::is_settings_key(&key.text) {
                true => "settings belong in packgate.toml; a policy file has levels only".to_owned(),
                false => format!("write [{}] and below it: level = \"error\"", key.text),
            };
            problems.add(&key.span, format!("unknown key \"{}\" in a policy file", key.text), help);
            return;
        };
        if fields::is_settings_key(&key.text) {
            let help = "settings belong in packgate.toml; a policy file has levels only";
            problems.add(&key.span, format!("unknown key \"{}\" in a policy file", key.text), help);
            return;
        }
        let known = fields::rule(&key.text, &key.span, problems);
        for (inner, value) in members {
            match inner.text.as_str() {
                "level" => {}
                "why" => drop(fields::text(value, "why", problems)),
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
        if let (Some(level), true) = (fields::level(word, problems), known) {
            let why = match value.get("why").map(|node| &node.value) {
                Some(Value::Text(why)) => Some(why.clone()),
                _ => None,
            };
            self.levels.insert(key.text.clone(), (level, problems.source().origin(&key.span), why));
        }
    }
}

fn extends(node: &Node, problems: &mut Problems) -> &'static str {
    let Some(word) = fields::text(node, "extends", problems) else { return "" };
    if let Some(name) = NAMES.iter().find(|name| **name == word) {
        return name;
    }
    let help = did_you_mean(word, NAMES).unwrap_or_else(|| format!("one of {}", NAMES.join(", ")));
    problems.add(&node.span, format!("unknown policy \"{word}\""), help);
    ""
}
