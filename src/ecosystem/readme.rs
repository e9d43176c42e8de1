//! What a README says of the licence. Old packages say it nowhere else.

use crate::inventory::{Inventory, Package, ReadmeLicence};

/// Words that are quoted at most; the first sentences of a licence's text say which it is.
const MOST_WORDS: usize = 60;

/// Whether a path is that of a package's README.
pub(super) fn is_readme(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let lower = name.to_ascii_lowercase();
    let (stem, end) = lower.split_once('.').unwrap_or((&lower, ""));
    !folder.contains('/')
        && stem == "readme"
        && matches!(end, "" | "md" | "markdown" | "mkd" | "rst" | "rdoc" | "txt")
}

/// What the package's README says.
pub(super) fn read(inventory: &Inventory, package: &Package) -> Option<ReadmeLicence> {
    let is_own = |path: &str| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        is_readme(path) && folder == package.root
    };
    let kept = inventory.manifests.iter().find(|kept| is_own(&kept.path))?;
    let words = section(std::str::from_utf8(&kept.bytes).ok()?)?;
    Some(ReadmeLicence { path: kept.path.clone(), words })
}

/// The beginning of the section on the licence, if it has one.
fn section(text: &str) -> Option<String> {
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let is_underlined = lines.peek().is_some_and(|next| is_underline(next));
        let Some(title) = title(line, is_underlined) else { continue };
        let lower = title.to_lowercase();
        let Some(rest) = ["licensing", "license", "licence"].iter().find_map(|word| lower.strip_prefix(word))
        else {
            continue;
        };
        let rest = rest.trim_matches([' ', ':', '(', ')']);
        let below = lines.skip(usize::from(is_underlined)).map(str::trim).skip_while(|line| line.is_empty());
        let paragraph = below.take_while(|line| !line.is_empty() && title_mark(line).is_none());
        let words: Vec<&str> = if rest.is_empty() {
            paragraph.flat_map(str::split_whitespace).take(MOST_WORDS).collect()
        } else {
            rest.split_whitespace().take(MOST_WORDS).collect()
        };
        return (!words.is_empty()).then(|| words.join(" "));
    }
    None
}

/// The words of a line that is a title.
fn title(line: &str, is_underlined: bool) -> Option<&str> {
    let marked = title_mark(line).map(|title| title.trim_end_matches(['#', '=']));
    marked.or(is_underlined.then_some(line)).map(str::trim)
}

/// A line without the mark of a title in Markdown or RDoc.
fn title_mark(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(['#', '=']);
    (rest.len() < line.len() && rest.contains(char::is_alphanumeric)).then_some(rest)
}

fn is_underline(line: &str) -> bool {
    let line = line.trim_end();
    line.len() >= 3 && (line.bytes().all(|byte| byte == b'-') || line.bytes().all(|byte| byte == b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_on_the_licence() {
        for (text, words) in [
            ("# a\n\nSome text.\n\n## License\n\n  MIT\n", Some("MIT")),
            ("# a\n## License ##\n\n(The MIT License)\n\nCopyright (c) 2012 A\n", Some("(The MIT License)")),
            ("a\n=\n\nLicense\n-------\n\nMIT\n", Some("MIT")),
            ("# Licence (MIT)\nCopyright", Some("mit")),
            ("== LICENSE:\n\n(The MIT License)\n", Some("(The MIT License)")),
            ("## License\nLicensed under\nMIT.\n# Next", Some("Licensed under MIT.")),
            ("## License\n\n## Next\nMIT\n", None),
            ("- [License](#license)\nMIT\n", None),
            ("License\n\nMIT\n", None),
            ("", None),
        ] {
            assert_eq!(section(text).as_deref(), words, "{text}");
        }
    }

    #[test]
    fn names_of_readmes() {
        for path in ["package/README.md", "Readme.md", "README", "a-1.0/README.rdoc"] {
            assert!(is_readme(path), "{path}");
        }
        for path in
            ["package/lib/README.md", "package/readme.js", "package/README.md~", "package/README.de.md"]
        {
            assert!(!is_readme(path), "{path}");
        }
    }
}
