//! Globs as people know them from `.gitignore` and `files`. `*` and `?` stay within a segment, `**` crosses segments.
//! A pattern without a slash (except at its end) matches a name at any depth. A pattern that matches a folder matches
//! everything in it.

use globset::{Glob, GlobBuilder};

/// Where a pattern with a slash in it may match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// At the root only.
    Root,
    /// After any slash, unless the pattern itself begins with one.
    Anywhere,
}

/// Compiles a pattern. `Err` is one sentence.
pub(crate) fn compile(pattern: &str, reach: Reach) -> Result<Glob, String> {
    if pattern.trim().is_empty() {
        return Err("an empty glob matches nothing".to_owned());
    }
    if pattern.starts_with('!') {
        return Err("globs can't be negated here".to_owned());
    }
    if pattern.contains('\\') {
        return Err("write paths with \"/\"".to_owned());
    }
    let anchored = pattern.starts_with('/');
    let bare = pattern.trim_start_matches("./").trim_start_matches('/').trim_end_matches('/');
    if bare.is_empty() {
        return Err("an empty glob matches nothing".to_owned());
    }
    if bare.split('/').any(|segment| segment == "..") {
        return Err("\"..\" matches nothing: paths begin at the package's root".to_owned());
    }
    let anywhere = !anchored && (reach == Reach::Anywhere || !bare.contains('/'));
    let prefix = if anywhere && !bare.starts_with("**") { "**/" } else { "" };
    let suffix = if bare.ends_with("**") { "" } else { "{,/**}" };
    GlobBuilder::new(&format!("{prefix}{bare}{suffix}"))
        .literal_separator(true)
        .empty_alternates(true)
        .backslash_escape(false)
        .build()
        .map_err(|error| reason(bare, error.kind()))
}

/// The parser's complaint in a user's words.
fn reason(pattern: &str, kind: &globset::ErrorKind) -> String {
    match kind {
        globset::ErrorKind::UnclosedClass => {
            "\"[\" without \"]\"; write \"[[]\" for the character itself".to_owned()
        }
        globset::ErrorKind::UnclosedAlternates => {
            "\"{\" without \"}\"; write \"[{]\" for the character itself".to_owned()
        }
        globset::ErrorKind::UnopenedAlternates => {
            "\"}\" without \"{\"; write \"[}]\" for the character itself".to_owned()
        }
        kind => format!("\"{pattern}\": {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, reach: Reach, path: &str) -> bool {
        compile(pattern, reach).unwrap().compile_matcher().is_match(path)
    }

    #[test]
    fn patterns_at_the_root() {
        for (pattern, path, expected) in [
            ("*.map", "package/dist/a.js.map", true),
            ("*.map", "a.js.map", true),
            ("*.map", "package/a.js", false),
            ("prebuilds", "package/prebuilds/x/y.node", true),
            ("prebuilds/", "package/prebuilds/x/y.node", true),
            ("package/prebuilds/**", "package/prebuilds/x/y.node", true),
            ("package/prebuilds", "package/prebuilds/x/y.node", true),
            ("package/*.js", "package/a.js", true),
            ("package/*.js", "package/lib/a.js", false),
            ("package/**/*.js", "package/lib/x/a.js", true),
            ("package/**/*.js", "package/a.js", true),
            ("lib/a.js", "package/lib/a.js", false),
            ("/a.js", "package/a.js", false),
            ("/a.js", "a.js", true),
            ("./lib/a.js", "lib/a.js", true),
            ("**", "anything/at/all", true),
            ("**/secret/**", "a/b/secret/c", true),
            ("*.{js,map}", "package/a.map", true),
            ("*.map", "package/x.tgz!dist/a.map", true),
        ] {
            assert_eq!(matches(pattern, Reach::Root, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn patterns_anywhere() {
        for (pattern, path, expected) in [
            ("src/internal/**", "package/src/internal/a/b.ts", true),
            ("src/internal/**", "webpack://acme/./src/internal/b.ts", true),
            ("src/internal/**", "../../src/internal/b.ts", true),
            ("src/internal", "../../src/internal/b.ts", true),
            ("src/internal/**", "src/internal/b.ts", true),
            ("src/internal/**", "src/internals/b.ts", false),
            ("/src/internal/**", "package/src/internal/b.ts", false),
        ] {
            assert_eq!(matches(pattern, Reach::Anywhere, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn no_patterns() {
        for pattern in ["", " ", "/", "!a", "a\\b", "a[", "{a", "a}", "../a", "a/../b"] {
            assert!(compile(pattern, Reach::Root).is_err(), "{pattern}");
        }
    }
}
