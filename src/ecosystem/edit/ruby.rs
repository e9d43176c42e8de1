//! Specifications of gems: programs, to which a line is added at most.

use super::Change;

/// The text with the lines before the last `end`; `None` where it doesn't end so.
pub(in crate::ecosystem) fn in_block(text: &str, lines: &[String]) -> Option<String> {
    let body = text.trim_end().strip_suffix("\nend")?;
    let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    Some(format!("{body}\n\n{lines}end\n"))
}

/// The text after the change.
pub(super) fn apply(text: &str, change: &Change) -> Result<String, String> {
    const NO_END: &str = "it doesn't end with the block of a specification";
    match change {
        Change::Add(lines) => {
            let is_new = |line: &&String| !text.lines().any(|known| known.trim() == **line);
            let new: Vec<String> = lines.iter().filter(is_new).cloned().collect();
            if new.is_empty() {
                Ok(text.to_owned())
            } else {
                in_block(text, &new).ok_or_else(|| NO_END.to_owned())
            }
        }
        Change::Replace { .. } => Err("it is a program, whose lines are not replaced".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_added_once_and_before_the_end() {
        let add = Change::Add(vec!["s.files -= [\".env\"]".to_owned()]);
        let text = "Gem::Specification.new do |s|\n  s.name = 'a'\nend\n";
        let changed = apply(text, &add).expect("a change");
        assert_eq!(
            changed,
            "Gem::Specification.new do |s|\n  s.name = 'a'\n\n  s.files -= [\".env\"]\nend\n"
        );
        assert_eq!(apply(&changed, &add).as_deref(), Ok(changed.as_str()));
        assert!(apply("SPEC = 1\n", &add).is_err());
    }
}
