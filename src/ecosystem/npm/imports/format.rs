//! Whether Node takes a file for a module of the language or for CommonJS, going by its name and its manifest.

use super::resolve::Tree;
use crate::paths::folder;

/// What Node takes a file for, whatever is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Module,
    CommonJs,
    /// Neither its name nor a manifest says so, or a manifest whose text isn't known: Node looks at what is in it.
    Unknown,
}

/// By the package's own `type`; a folder with a manifest of its own goes by that.
pub(super) fn format(path: &str, tree: &Tree<'_>, own_type: Option<&str>) -> Format {
    if path.ends_with(".mjs") {
        return Format::Module;
    }
    if path.ends_with(".cjs") {
        return Format::CommonJs;
    }
    let mut above = folder(path);
    while !above.is_empty() {
        if tree.get(&format!("{above}/package.json")).is_some() {
            return Format::Unknown;
        }
        above = folder(above);
    }
    match own_type {
        Some("module") if path.ends_with(".js") => Format::Module,
        Some("commonjs") if path.ends_with(".js") => Format::CommonJs,
        _ => Format::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Entry;

    #[test]
    fn by_name_then_by_manifest() {
        let entry = Entry::default();
        let tree = Tree::new(&[("package.json", &entry), ("dist/cjs/package.json", &entry)], None);
        for (path, own_type, expected) in [
            ("a.mjs", Some("commonjs"), Format::Module),
            ("a.cjs", Some("module"), Format::CommonJs),
            ("dist/esm/a.js", Some("module"), Format::Module),
            ("dist/a.js", Some("commonjs"), Format::CommonJs),
            ("dist/cjs/x/a.js", Some("module"), Format::Unknown),
            ("dist/cjs/a.mjs", None, Format::Module),
            ("a.js", None, Format::Unknown),
            ("cli", Some("module"), Format::Unknown),
        ] {
            assert_eq!(format(path, &tree, own_type), expected, "{path}");
        }
    }
}
