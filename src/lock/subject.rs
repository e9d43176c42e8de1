use std::sync::LazyLock;

use regex::Regex;

use crate::ecosystem::{self, without_interpreter};
use crate::inventory::{Inventory, Kind};

/// Which artifact a section of a lock is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// Ecosystem.
    pub kind: Kind,
    /// The package's name; for an artifact without a manifest, its file's name without version and extension.
    pub name: String,
    /// Platform, where a package has one artifact for each: `linux_x86_64`, `win32-x64`; empty otherwise.
    pub platform: String,
}

impl Subject {
    /// The artifact that an inventory describes.
    pub fn of(inventory: &Inventory) -> Self {
        let file = file_name(&inventory.artifact.path);
        let (name, version) = match &inventory.package {
            Some(package) if !package.name.is_empty() => {
                (without_spaces(&package.name), package.version.as_str())
            }
            _ => (without_spaces(&anonymous(file, inventory.kind)), ""),
        };
        Self {
            kind: inventory.kind,
            name,
            platform: ecosystem::format(inventory.kind).platform(file, version),
        }
    }

    /// Reads what is in a heading's brackets.
    pub(super) fn parse(heading: &str) -> Option<Self> {
        let mut words = heading.split(' ');
        let kind = words.next()?;
        let kind = Kind::ALL.into_iter().find(|known| known.name() == kind)?;
        let name = words.next().filter(|name| !name.is_empty())?.to_owned();
        let platform = words.next().unwrap_or_default().to_owned();
        let fine = |word: &str| !word.chars().any(|c| c.is_control() || c.is_whitespace());
        (words.next().is_none() && fine(&name) && fine(&platform)).then_some(Self { kind, name, platform })
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.name)?;
        if !self.platform.is_empty() {
            write!(f, " {}", self.platform)?;
        }
        Ok(())
    }
}

fn file_name(path: &str) -> &str {
    let path = path.trim_end_matches(['/', '\\']);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A heading separates by spaces; hostile names must not break it.
fn without_spaces(name: &str) -> String {
    name.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect()
}

/// `site-1.2.3.tar.gz` is about `site`.
fn anonymous(file: &str, kind: Kind) -> String {
    static VERSION: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"[-_@]v?[0-9]+(\.[0-9]+)+.*$").ok());
    if kind == Kind::Directory {
        return if matches!(file, "" | "." | "..") { "folder".to_owned() } else { file.to_owned() };
    }
    let stem = [".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar.zst", ".tar", ".zip"]
        .iter()
        .find_map(|extension| file.strip_suffix(extension))
        .unwrap_or(file);
    let name = VERSION.as_ref().map_or(stem.into(), |version| version.replace(stem, ""));
    if name.is_empty() { "artifact".to_owned() } else { name.into_owned() }
}

/// A file's path relative to the package's root, as it is in the artifact; what lies outside the
/// root folder begins with `../`.
pub(super) fn relative(inventory: &Inventory, path: &str) -> String {
    let root = inventory.package.as_ref().map_or("", |package| package.root.as_str());
    if root.is_empty() {
        return path.to_owned();
    }
    match path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')) {
        Some(below) => below.to_owned(),
        None => format!("../{path}"),
    }
}

/// The ways in which a path may be in a lock: as it is, then with the version, a Python
/// interpreter's tag, or both replaced by placeholders.
pub(super) fn spellings(inventory: &Inventory, relative: &str) -> Vec<String> {
    let mut all = vec![relative.to_owned()];
    for spelling in [
        with_version(inventory, relative),
        without_interpreter(relative),
        without_interpreter(&with_version(inventory, relative)),
    ] {
        if !all.contains(&spelling) {
            all.push(spelling);
        }
    }
    all
}

/// A path relative to the package's root with the version and interpreter tags neutralised: what two
/// releases have in common.
pub fn neutral_path(inventory: &Inventory, path: &str) -> String {
    without_interpreter(&with_version(inventory, &relative(inventory, path)))
}

/// The path with the package's version replaced by `{version}`.
pub(super) fn with_version(inventory: &Inventory, path: &str) -> String {
    let version = inventory.package.as_ref().map_or("", |package| package.version.as_str());
    // A bare number would be found everywhere.
    if !version.contains('.') || version.len() < 3 {
        return path.to_owned();
    }
    let spellings = ecosystem::versions_in_names(version);
    spellings.iter().fold(path.to_owned(), |path, version| replace_version(&path, version))
}

/// Replaces the version where it isn't part of a longer one.
fn replace_version(path: &str, version: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find(version) {
        let (before, from) = rest.split_at(at);
        let after = from.get(version.len()..).unwrap_or_default();
        let mut next = after.chars();
        let longer_after = match next.next() {
            Some('.') => next.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => c.is_ascii_digit(),
            None => false,
        };
        let mut previous = before.chars().rev();
        let longer_before = match previous.next() {
            Some('.') => previous.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => c.is_ascii_digit(),
            None => out.chars().next_back().is_some_and(|c| c.is_ascii_digit()),
        };
        out.push_str(before);
        out.push_str(if longer_before || longer_after { version } else { "{version}" });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Artifact, Package};

    fn inventory(kind: Kind, file: &str, name: &str, version: &str, root: &str) -> Inventory {
        Inventory {
            artifact: Artifact { path: file.into(), ..Artifact::default() },
            kind,
            package: Some(Package {
                name: name.into(),
                version: version.into(),
                root: root.into(),
                ..Package::default()
            }),
            ..Inventory::default()
        }
    }

    #[test]
    fn subjects() {
        for (kind, file, name, version, expected) in [
            (Kind::Npm, "x/acme-cli-2.1.88.tgz", "@acme/cli", "2.1.88", "npm @acme/cli"),
            (
                Kind::Wheel,
                "numpy-2.1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
                "numpy",
                "2.1.0",
                "wheel numpy manylinux_x86_64",
            ),
            (
                Kind::Wheel,
                "numpy-2.1.0-cp312-cp312-manylinux2014_aarch64.whl",
                "numpy",
                "2.1.0",
                "wheel numpy manylinux_aarch64",
            ),
            (
                Kind::Wheel,
                "numpy-2.1.0-cp312-cp312-macosx_14_0_arm64.whl",
                "numpy",
                "2.1.0",
                "wheel numpy macosx_arm64",
            ),
            (
                Kind::Wheel,
                "numpy-2.1.0-cp312-cp312-macosx_10_9_x86_64.whl",
                "numpy",
                "2.1.0",
                "wheel numpy macosx_x86_64",
            ),
            (
                Kind::Wheel,
                "numpy-2.1.0-cp312-cp312-musllinux_1_2_x86_64.whl",
                "numpy",
                "2.1.0",
                "wheel numpy musllinux_x86_64",
            ),
            (Kind::Wheel, "numpy-2.1.0-cp312-cp312-win_amd64.whl", "numpy", "2.1.0", "wheel numpy win_amd64"),
            (Kind::Wheel, "six-1.16.0-py2.py3-none-any.whl", "six", "1.16.0", "wheel six"),
            (Kind::Vsix, "ra-linux-x64-1.2.3.vsix", "ra", "1.2.3", "vsix ra linux-x64"),
            (Kind::Vsix, "rust-lang.ra-1.2.3@darwin-arm64.vsix", "ra", "1.2.3", "vsix ra darwin-arm64"),
            (Kind::Vsix, "ra-1.2.3.vsix", "ra", "1.2.3", "vsix ra"),
            (
                Kind::Gem,
                "nokogiri-1.16.0-x86_64-linux.gem",
                "nokogiri",
                "1.16.0",
                "gem nokogiri x86_64-linux",
            ),
            (Kind::Gem, "rake-13.0.6.gem", "rake", "13.0.6", "gem rake"),
            (Kind::Zip, "out/site-1.2.3.zip", "", "", "zip site"),
            (Kind::Directory, "out/site/", "", "", "directory site"),
            (Kind::Npm, "x.tgz", "a b\n[npm c]", "1.0.0", "npm a_b__npm_c]"),
        ] {
            let subject = Subject::of(&inventory(kind, file, name, version, ""));
            let expected = if name.contains('\n') { "npm a_b_[npm_c]" } else { expected };
            assert_eq!(subject.to_string(), expected, "{file}");
            assert_eq!(Subject::parse(&subject.to_string()), Some(subject));
        }
    }

    #[test]
    fn the_version_is_neutral() {
        for (version, path, expected) in [
            ("1.2.3", "lib-1.2.3.min.js", "lib-{version}.min.js"),
            ("1.2.3", "v1.2.3/x", "v{version}/x"),
            ("1.2.3", "acme-1.2.3.dist-info/METADATA", "acme-{version}.dist-info/METADATA"),
            ("1.2.3", "lib-1.2.30.js", "lib-1.2.30.js"),
            ("1.2.3", "lib-11.2.3.js", "lib-11.2.3.js"),
            ("1.2.3", "lib-1.2.3.4.js", "lib-1.2.3.4.js"),
            ("1.2.3", "lib-0.1.2.3.js", "lib-0.1.2.3.js"),
            ("3", "python3/x", "python3/x"),
            ("1.0.0-rc.1", "acme-1.0.0rc1.dist-info/RECORD", "acme-{version}.dist-info/RECORD"),
            ("2.0.0+cu118", "torch-2.0.0+cu118.dist-info/RECORD", "torch-{version}.dist-info/RECORD"),
        ] {
            assert_eq!(with_version(&inventory(Kind::Npm, "", "acme", version, ""), path), expected);
        }
    }

    #[test]
    fn paths_are_relative_to_the_root() {
        let inventory = inventory(Kind::Npm, "", "acme", "1.0.0", "package");
        assert_eq!(relative(&inventory, "package/a.js"), "a.js");
        assert_eq!(relative(&inventory, "packages/a.js"), "../packages/a.js");
        assert_eq!(neutral_path(&inventory, "package/a-1.0.0.js"), "a-{version}.js");
    }
}
