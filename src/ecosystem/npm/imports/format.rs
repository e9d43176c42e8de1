//! Whether Node takes a file for a module of the language or for CommonJS, going by its name and its manifest.

use super::resolve::Tree;
use crate::inventory::Asking;

/// What Node takes a file for, whatever is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Module,
    CommonJs,
    /// Neither its name nor a manifest says so: Node looks at what is in it.
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
    let Some(manifest) = tree.manifest_of(path) else { return by_type(path, own_type) };
    let kind = manifest.imports.iter().find(|one| one.by == Asking::Type);
    by_type(path, kind.map(|one| &*one.specifier))
}

fn by_type(path: &str, own_type: Option<&str>) -> Format {
    match own_type {
        Some("module") if path.ends_with(".js") => Format::Module,
        Some("commonjs") if path.ends_with(".js") => Format::CommonJs,
        _ => Format::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Entry, Import};

    #[test]
    fn by_name_then_by_manifest() {
        let entry = Entry::default();
        let of = |kind: &str| Entry {
            imports: vec![Import { specifier: kind.into(), by: Asking::Type, line: None }].into(),
            ..Entry::default()
        };
        let (module, common) = (of("module"), of("commonjs"));
        let files = [
            ("package.json", &entry),
            ("dist/cjs/package.json", &entry),
            ("esm/package.json", &module),
            ("lib/package.json", &common),
        ];
        let tree = Tree::new(&files, None);
        for (path, own_type, expected) in [
            ("a.mjs", Some("commonjs"), Format::Module),
            ("a.cjs", Some("module"), Format::CommonJs),
            ("dist/esm/a.js", Some("module"), Format::Module),
            ("dist/a.js", Some("commonjs"), Format::CommonJs),
            ("dist/cjs/x/a.js", Some("module"), Format::Unknown),
            ("dist/cjs/a.mjs", None, Format::Module),
            ("esm/x/a.js", None, Format::Module),
            ("esm/a.cjs", None, Format::CommonJs),
            ("lib/a.js", Some("module"), Format::CommonJs),
            ("lib/a", Some("module"), Format::Unknown),
            ("a.js", None, Format::Unknown),
            ("cli", Some("module"), Format::Unknown),
        ] {
            assert_eq!(format(path, &tree, own_type), expected, "{path}");
        }
    }
}
