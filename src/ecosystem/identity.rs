//! What an artifact is called by those who don't have it before them: its package URL, and the name of its file in
//! the registry.

use crate::inventory::{Inventory, Package};

use super::purl::Purl;

/// What an artifact is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Its package URL.
    pub purl: String,
    /// The name of its file in the registry.
    pub file: String,
}

/// What this artifact is called; one without a manifest by the name of its file alone.
pub(crate) fn identity(inventory: &Inventory) -> Identity {
    let file = super::file_name(&inventory.artifact.path);
    let of = |package: &Package| {
        let format = super::format(inventory.kind);
        let purl = format.purl(package, file)?;
        let is_whole = !purl.name.is_empty() && !package.version.is_empty();
        is_whole.then(|| Identity {
            purl: purl.text(&package.version),
            file: format.file_in_registry(package, file),
        })
    };
    let named = inventory.package.as_ref().and_then(of);
    named.unwrap_or_else(|| {
        let purl = Purl { kind: "generic", name: file.to_owned(), ..Purl::default() };
        Identity { purl: purl.text(""), file: file.to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Kind;

    fn of(kind: Kind, file: &str, name: &str, version: &str) -> (String, String) {
        let package = Package { name: name.into(), version: version.into(), ..Package::default() };
        let mut inventory = Inventory { kind, package: Some(package), ..Inventory::default() };
        inventory.artifact.path = format!("some/where/{file}");
        let identity = identity(&inventory);
        (identity.purl, identity.file)
    }

    #[test]
    fn names_in_each_ecosystem() {
        for (kind, file, name, version, purl, served) in [
            (
                Kind::Npm,
                "acme-cli-1.0.0.tgz",
                "@acme/cli",
                "1.0.0",
                "pkg:npm/%40acme/cli@1.0.0",
                "cli-1.0.0.tgz",
            ),
            (Kind::Npm, "x.tgz", "left-edge", "1.0.3", "pkg:npm/left-edge@1.0.3", "left-edge-1.0.3.tgz"),
            (Kind::Crate, "x.crate", "a_b", "1.0.0+x", "pkg:cargo/a_b@1.0.0%2Bx", "a_b-1.0.0+x.crate"),
            (
                Kind::Wheel,
                "A_b-1!2.0-py3-none-any.whl",
                "A_b",
                "1!2.0",
                "pkg:pypi/a-b@1%212.0",
                "A_b-1!2.0-py3-none-any.whl",
            ),
            (Kind::Sdist, "a_b-1.0.tar.gz", "a-b", "1.0", "pkg:pypi/a-b@1.0", "a_b-1.0.tar.gz"),
            (
                Kind::Vsix,
                "demo-linux-x64-1.2.3.vsix",
                "acme.demo",
                "1.2.3",
                "pkg:vscode-extension/acme/demo@1.2.3?platform=linux-x64",
                "acme.demo-1.2.3@linux-x64.vsix",
            ),
            (
                Kind::Gem,
                "demo-1.0-x86_64-linux.gem",
                "demo",
                "1.0",
                "pkg:gem/demo@1.0?platform=x86_64-linux",
                "demo-1.0-x86_64-linux.gem",
            ),
            (Kind::Gem, "demo-1.0.gem", "demo", "1.0", "pkg:gem/demo@1.0", "demo-1.0.gem"),
            (
                Kind::Nupkg,
                "Acme.Demo.1.0.0.nupkg",
                "Acme.Demo",
                "1.0.0",
                "pkg:nuget/Acme.Demo@1.0.0",
                "acme.demo.1.0.0.nupkg",
            ),
            (Kind::Jar, "x-1.jar", "org.acme:x", "1", "pkg:maven/org.acme/x@1", "x-1.jar"),
            (Kind::Jar, "x.jar", "Some Title", "1", "pkg:generic/x.jar", "x.jar"),
            (Kind::Zip, "x y.zip", "", "", "pkg:generic/x%20y.zip", "x y.zip"),
            (Kind::Npm, "x.tgz", "", "1.0", "pkg:generic/x.tgz", "x.tgz"),
        ] {
            assert_eq!(of(kind, file, name, version), (purl.to_owned(), served.to_owned()), "{file}");
        }
    }
}
