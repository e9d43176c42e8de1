//! Lists that are files of their own, one item a line: `.vscodeignore`, `MANIFEST.in`.

use super::Change;

/// The text after the change, with the line ends that it has.
pub(super) fn apply(text: &str, change: &Change) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    match change {
        Change::Add(items) => {
            let mut changed = text.to_owned();
            if !changed.is_empty() && !changed.ends_with('\n') {
                changed.push_str(end);
            }
            let is_new = |item: &&String| !text.lines().any(|line| line.trim() == **item);
            for item in items.iter().filter(is_new) {
                changed.push_str(item);
                changed.push_str(end);
            }
            changed
        }
        Change::Replace { item, by } => {
            let mut changed = String::new();
            for line in text.split_inclusive('\n') {
                match line.trim() == item {
                    true => by.iter().for_each(|item| changed.extend([item.as_str(), end])),
                    false => changed.push_str(line),
                }
            }
            changed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_and_replaced() {
        let add = Change::Add(vec!["**/.env".to_owned()]);
        assert_eq!(apply("", &add), "**/.env\n");
        assert_eq!(apply("src", &add), "src\n**/.env\n");
        assert_eq!(apply("src\r\n", &add), "src\r\n**/.env\r\n");
        assert_eq!(apply("**/.env\n", &add), "**/.env\n");
        let replace = Change::Replace { item: "!out".to_owned(), by: vec!["!out/a.js".to_owned()] };
        assert_eq!(apply("**\n!out\nx", &replace), "**\n!out/a.js\nx");
    }
}
