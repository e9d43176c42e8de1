//! Which files vsce leaves out of an extension by `.vscodeignore`, and by a list of its own.

use super::files::{Pattern, is_moved};

/// What vsce (3.9) leaves out unless a line with `!` says otherwise.
const OWN: [&str; 32] = [
    ".vscodeignore",
    "package-lock.json",
    "npm-debug.log",
    "yarn.lock",
    "yarn-error.log",
    "npm-shrinkwrap.json",
    ".editorconfig",
    ".npmrc",
    ".yarnrc",
    ".gitattributes",
    "*.todo",
    "tslint.yaml",
    ".eslintrc*",
    ".babelrc*",
    ".prettierrc*",
    ".cz-config.js",
    ".commitlintrc*",
    "webpack.config.js",
    "ISSUE_TEMPLATE.md",
    "CONTRIBUTING.md",
    "PULL_REQUEST_TEMPLATE.md",
    "CODE_OF_CONDUCT.md",
    ".github",
    ".travis.yml",
    "appveyor.yml",
    "**/.git",
    "**/.git/**",
    "**/*.vsix",
    "**/.DS_Store",
    "**/*.vsixmanifest",
    "**/.vscode-test/**",
    "**/.vscode-test-web/**",
];

/// An ignore file, compiled.
#[derive(Debug)]
pub(super) struct Ignore {
    takes_out: Vec<Line>,
    brings_back: Vec<Line>,
}

/// A line of an ignore file.
#[derive(Debug)]
pub(super) struct Line {
    /// As written.
    pub(super) text: String,
    /// From 1; `None` for the list of vsce's own.
    pub(super) number: Option<u64>,
    patterns: Vec<Pattern>,
}

impl Ignore {
    /// `None` for a file that can't be matched with paths: a line with `!!` brings back everything that it doesn't
    /// match.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut ignore = Self { takes_out: Vec::new(), brings_back: Vec::new() };
        // For folders in its own list, vsce doesn't include all that is in them.
        ignore.takes_out.extend(OWN.iter().map(|item| Line {
            text: (*item).to_owned(),
            number: None,
            patterns: Pattern::new(item).into_iter().collect(),
        }));
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let plain = line.trim_start_matches('!');
            let number = Some(number);
            let compiled = Line { text: line.to_owned(), number, patterns: Pattern::with_contents(plain) };
            match line.len() - plain.len() {
                0 => ignore.takes_out.push(compiled),
                1 => ignore.brings_back.push(compiled),
                _ => return None,
            }
        }
        Some(ignore)
    }

    /// The line that excludes a file at this path of the extension.
    pub(super) fn takes_out(&self, path: &str) -> Option<&Line> {
        if path == "package.json" || !path.contains('/') && is_moved(path) {
            return None;
        }
        let fits = |line: &&Line| line.patterns.iter().any(|pattern| pattern.fits(path));
        let line = self.takes_out.iter().find(fits)?;
        self.brings_back.iter().find(fits).is_none().then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_out() {
        for (text, out, left) in [
            (
                "",
                &["yarn.lock", ".git/config", "a/x.vsix", ".eslintrc.json"][..],
                &["a/yarn.lock", ".github/x"][..],
            ),
            ("src/**", &["src/a.ts", "src/b/.c"], &["src", "a/src/b", "Src/a.ts"]),
            ("src\n", &["src/a.ts", "src"], &["srcs/a"]),
            ("src/\n# dist\n\n", &["src/a.ts"], &["dist/a.js"]),
            ("**/*.ts\r\n!**/*.d.ts", &["a.ts", "x/y.ts"], &["a.d.ts", "x/y.d.ts"]),
            (
                "**\n!out",
                &["a.js"],
                &["out/a.js", "package.json", "readme.md", "LICENSE.txt", "changelog.md"],
            ),
            ("node_modules/**\n!node_modules/a/**", &["node_modules/b/i.js"], &["node_modules/a/i.js"]),
            ("!yarn.lock", &[], &["yarn.lock"]),
            ("*.md", &["notes.md"], &["docs/a.md", "readme.md"]),
            ("{a,b}/**", &["a/x", "b/x"], &["c/x"]),
        ] {
            let ignore = Ignore::new(text).unwrap();
            assert!(out.iter().all(|path| ignore.takes_out(path).is_some()), "{text}");
            assert!(left.iter().all(|path| ignore.takes_out(path).is_none()), "{text}");
        }
        assert!(Ignore::new("a\n!!b").is_none());
        let ignore = Ignore::new("a\n\nsrc/**\n").unwrap();
        let line = ignore.takes_out("src/x").unwrap();
        assert_eq!((line.text.as_str(), line.number), ("src/**", Some(3)));
    }
}
