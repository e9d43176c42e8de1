//! What settings of a workspace's root keep its members from loosening: `[inherit] locked`.

use globset::{Glob, GlobMatcher};

use super::keys;
use super::level::Origin;
use super::node::Node;
use super::problem::{Problems, did_you_mean};
use super::rule_names;

/// Patterns of keys, each with where it is written.
#[derive(Debug, Clone, Default)]
pub struct Locks(Vec<Lock>);

#[derive(Debug, Clone)]
struct Lock {
    text: String,
    pattern: GlobMatcher,
    origin: Origin,
}

impl Locks {
    /// Adds a pattern; one that fits no key is a problem.
    pub(super) fn add(&mut self, text: &str, node: &Node, problems: &mut Problems) {
        let pattern = match Glob::new(text) {
            Ok(glob) => glob.compile_matcher(),
            Err(error) => return problems.add(&node.span, format!("bad pattern: {}", error.kind()), ""),
        };
        let lock = Lock { text: text.to_owned(), pattern, origin: problems.source().origin(&node.span) };
        let all = all_keys();
        if all.iter().any(|key| lock.covers(key)) {
            self.0.push(lock);
        } else {
            let help = did_you_mean(text, all.iter().map(String::as_str))
                .unwrap_or_else(|| "name keys like \"policy\", \"size\", \"rules.secret-*\"".to_owned());
            problems.add(&node.span, format!("\"{text}\" fits no key"), help);
        }
    }

    /// Whether a value of this key can't be loosened; reports that it is tried.
    pub(super) fn forbid(&self, key: &str, node: &Node, problems: &mut Problems) -> bool {
        let Some(lock) = self.0.iter().find(|lock| lock.covers(key)) else { return false };
        let message = format!("\"{key}\" can't be loosened here");
        problems.add(&node.span, message, format!("{} locks \"{}\"", lock.origin, lock.text));
        true
    }

    /// These and others.
    pub(super) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// As written, each with where.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.0.iter().map(|lock| (lock.text.as_str(), &lock.origin))
    }
}

impl Lock {
    /// A pattern covers the keys that it fits and all below them; `internal` also the rules that go by it.
    fn covers(&self, key: &str) -> bool {
        let table = key.split('.').next().unwrap_or_default();
        let is_internal = key.starts_with("rules.internal-") && self.pattern.is_match("internal");
        self.pattern.is_match(key) || self.pattern.is_match(table) || is_internal
    }
}

fn all_keys() -> Vec<String> {
    let keys = keys::KEYS.iter().map(|key| match key.table {
        "" => key.name.to_owned(),
        table => format!("{table}.{}", key.name),
    });
    keys.chain(rule_names::all().map(|rule| format!("rules.{rule}"))).collect()
}
