//! A specification with a line that takes files out again.

use std::sync::LazyLock;

use regex::Regex;

use crate::ecosystem::edit;

/// The specification's text with that line at its end; `None` where it isn't written as `bundle gem` does, or lists its
/// files one by one.
pub(super) fn without(text: &str, names: &[&str]) -> Option<String> {
    let line = format!("{}.files -= %w[{}]", spec(text)?, names.join(" "));
    let lists_all = ["ls-files", "'**/*'", "\"**/*\""].iter().any(|list| text.contains(list));
    if !lists_all || text.contains(&line) { None } else { edit::in_block(text, &[line]) }
}

/// What a specification calls itself, if a line can be added at its end.
pub(super) fn spec(text: &str) -> Option<&str> {
    static BLOCK: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?m)^Gem::Specification\.new\b[^\n|]*\bdo[ \t]*\|(\w+)\|").ok());
    let mut blocks = BLOCK.as_ref()?.captures_iter(text);
    let spec = blocks.next()?.get(1)?.as_str();
    let is_only_one = blocks.next().is_none() && edit::in_block(text, &[]).is_some();
    is_only_one.then_some(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bundler_writes() {
        let text = "# x\nGem::Specification.new do |spec|\n  spec.files = `git ls-files -z`.split(\"\\0\").reject { |f|\n    f == 'a' }\nend\n";
        let changed = without(text, &["packgate.toml", "packgate.lock"]).expect("a line more");
        assert!(
            changed.ends_with("'a' }\n\n  spec.files -= %w[packgate.toml packgate.lock]\nend\n"),
            "{changed}"
        );
        assert_eq!(without(&changed, &["packgate.toml", "packgate.lock"]), None, "twice");
        for other in [
            "Gem::Specification.new do |s|\n  s.files = Dir['lib/**/*.rb']\nend\n",
            "Gem::Specification.new do |s|\n  s.files = `git ls-files`.split\nend if true\n",
            "Gem::Specification.new { |s|\n  s.files = `git ls-files`.split\n}\n",
            "SPEC = 1 if `git ls-files`\nend\n",
        ] {
            assert_eq!(without(other, &["packgate.toml"]), None, "{other}");
        }
    }
}
