//! Packages with nothing in them.

use serde_json::Value;

use super::manifest::Manifest;

/// Whether there is nothing in a package but its manifest, what people read, tests and settings, and nothing says that it was meant so: it
/// brings no other packages along, and its description doesn't say that it holds a name, or that it has moved.
pub(super) fn is_by_mistake<'f>(manifest: &Manifest, mut files: impl Iterator<Item = &'f str>) -> bool {
    const ON_PURPOSE: [&str; 9] = [
        "placeholder",
        "reserved",
        "deprecated",
        "moved",
        "renamed",
        "empty",
        "dummy",
        "no longer",
        "security holding",
    ];
    let brings = |key: &str| {
        manifest.object.get(key).and_then(Value::as_object).is_some_and(|others| !others.is_empty())
    };
    let description = manifest.text("description").unwrap_or_default().to_lowercase();
    !["dependencies", "peerDependencies", "optionalDependencies"].iter().any(|key| brings(key))
        && !ON_PURPOSE.iter().any(|words| description.contains(words))
        && files.all(is_beside)
}

/// Whether a file is there beside what a package is for.
fn is_beside(path: &str) -> bool {
    const READ: [&str; 11] = [
        "readme",
        "license",
        "licence",
        "copying",
        "changelog",
        "changes",
        "history",
        "notice",
        "authors",
        "security",
        "contributing",
    ];
    let lower = path.to_lowercase();
    let is_read = || READ.iter().any(|name| lower.starts_with(name));
    match lower.split_once('/') {
        Some((folder, _)) => matches!(folder, "test" | "tests" | "__tests__" | "spec"),
        None => lower == "package.json" || lower.starts_with('.') || is_read(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::json::Object;

    #[test]
    fn nothing_but_what_people_read() {
        for (manifest, files, expected) in [
            ("{}", &["package.json", "README.md", "LICENSE"][..], true),
            (r#"{"description": "Compares versions"}"#, &["package.json", "CHANGELOG.md"], true),
            (r#"{"description": "This name is reserved"}"#, &["package.json"], false),
            (r#"{"description": "Moved to b"}"#, &["package.json"], false),
            (r#"{"dependencies": {"a": "1"}}"#, &["package.json"], false),
            (r#"{"dependencies": {}}"#, &["package.json"], true),
            ("{}", &["package.json", "a.css"], false),
            ("{}", &["package.json", "readme/a.txt"], false),
            ("{}", &["package.json", ".gitattributes", "test/a.js"], true),
            ("{}", &["package.json", ".storybook/a.js"], false),
            ("{}", &["package.json", "testing/a.js"], false),
        ] {
            let manifest = Manifest::from_object(Object::read(manifest.as_bytes()).unwrap());
            assert_eq!(is_by_mistake(&manifest, files.iter().copied()), expected, "{files:?}");
        }
    }
}
