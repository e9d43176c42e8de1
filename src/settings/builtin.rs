//! The built-in policies.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use super::level::{Level, Levels};

/// The built-in policies that can be named.
pub const NAMES: [&str; 3] = ["proprietary", "open-source", "strict"];

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

/// What a policy says of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Say {
    rule: String,
    level: Level,
    /// The level in tests, examples and documentation, if different.
    for_show: Option<Level>,
    why: Option<String>,
    line: usize,
}

/// Every rule that the base names, in its order.
pub(super) fn rule_names() -> Vec<String> {
    says(BASE_TEXT).map(|say| say.rule).collect()
}

/// The levels of a built-in policy, including what it builds on.
pub(crate) fn levels(name: &str) -> Arc<Levels> {
    static ALL: [OnceLock<Arc<Levels>>; NAMES.len()] = [const { OnceLock::new() }; NAMES.len()];
    match NAMES.iter().position(|known| *known == name).and_then(|number| ALL.get(number)) {
        Some(known) => Arc::clone(known.get_or_init(|| Arc::new(layered(name)))),
        None => Arc::new(layered(name)),
    }
}

fn layered(name: &str) -> Levels {
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

/// The levels that a built-in policy gives rules in tests, examples and documentation, if different.
pub(crate) fn levels_for_show(name: &str) -> BTreeMap<String, Level> {
    says(text_of(&format!("policies/{name}.toml")))
        .filter_map(|say| Some((say.rule, say.for_show?)))
        .collect()
}

/// The levels that one built-in file sets.
fn built_in(file: &str) -> Levels {
    let place = |say: Say| (say.rule, (say.level, format!("{file}:{}", say.line), say.why));
    says(text_of(file)).map(place).collect()
}

fn text_of(file: &str) -> &'static str {
    FILES.iter().find(|(name, _)| *name == file).map_or("", |(_, text)| text)
}

/// Reads a built-in policy, whose simple form a test ensures. A general TOML parser would take a good part of the
/// program's start-up time.
fn says(text: &'static str) -> impl Iterator<Item = Say> {
    let mut lines = text.lines().enumerate().peekable();
    std::iter::from_fn(move || {
        let (line, rule) = lines.by_ref().find(|(_, line)| line.starts_with('['))?;
        let mut say = Say {
            rule: rule.trim().trim_matches(['[', ']']).to_owned(),
            level: Level::Error,
            for_show: None,
            why: None,
            line: line + 1,
        };
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.starts_with('[')) {
            let Some((key, value)) = line.split_once(" = ") else { continue };
            let value = value.trim().trim_matches('"');
            match key.trim() {
                "level" => say.level = Level::parse(value).unwrap_or(Level::Error),
                "for-show" => say.for_show = Some(Level::parse(value).unwrap_or(Level::Error)),
                "why" => say.why = Some(value.replace("\\\"", "\"")),
                _ => {}
            }
        }
        Some(say)
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
                let for_show = table.get("for-show").map(|level| level.as_str().unwrap());
                assert_eq!(for_show, say.for_show.map(Level::word), "{name}: {}", say.rule);
                let is_known = |key: &String| ["level", "for-show", "why"].contains(&key.as_str());
                assert!(table.keys().all(is_known), "{name}: {}", say.rule);
            }
            assert_eq!(simple, parsed.len(), "{name}");
        }
    }

    #[test]
    fn strict_makes_every_rule_that_can_fire_an_error() {
        let base = levels("base");
        for (rule, (level, ..)) in levels("strict").iter() {
            let expected = if base[rule].0 == Level::Off { Level::Off } else { Level::Error };
            assert_eq!(*level, expected, "{rule}");
        }
    }
}
