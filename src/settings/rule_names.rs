//! The rules' names, from `policies/base.toml`, which has a level for every rule.

use std::sync::LazyLock;

use super::builtin;

/// The rule on parts that could not be examined. A waiver of it must name a place, so that it can't cover what isn't
/// there yet.
pub const UNEXAMINED: &str = "unexamined";

/// What the reference and the schema say about a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleWords {
    /// The rule.
    pub name: &'static str,
    /// The heading it is listed under.
    pub family: &'static str,
    /// One line: what it finds.
    pub summary: &'static str,
}

static NAMES: LazyLock<Vec<String>> = LazyLock::new(builtin::rule_names);

/// Whether there is a rule of this name.
pub(super) fn is_rule(name: &str) -> bool {
    all().any(|rule| rule == name)
}

/// Every rule, in the order of the file.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(String::as_str)
}
