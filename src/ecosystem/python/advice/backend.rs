//! The build backend that makes an artifact.

use toml::{Table, Value};

use crate::ecosystem::folder::Files;
use crate::inventory::{Inventory, Kind, Making};
use crate::project::Project;

/// Modules and generators begin so, and are called so here.
const BACKENDS: [(&str, &str); 14] = [
    ("hatchling", "hatchling"),
    ("setuptools", "setuptools"),
    ("bdist_wheel", "setuptools"),
    ("flit", "flit"),
    ("poetry", "poetry"),
    ("uv", "uv"),
    ("pdm", "pdm"),
    ("maturin", "maturin"),
    ("scikit_build_core", "scikit-build-core"),
    ("scikit-build-core", "scikit-build-core"),
    ("mesonpy", "meson-python"),
    ("meson", "meson-python"),
    ("whey", "whey"),
    ("jupyter_packaging", "setuptools"),
];

/// Tells the backend from the project's `pyproject.toml`, from the one in a source distribution, or from what the
/// backend wrote into a wheel.
pub(in crate::ecosystem::python) fn making(inventory: &Inventory, project: Option<&Project>) -> Making {
    let of_project = project.and_then(|project| Files::OnDisk(&project.folder).text("pyproject.toml"));
    let text = of_project.or_else(|| kept(inventory, "/pyproject.toml", 1));
    if let Some(settings) = text.and_then(|text| toml::from_str::<Table>(&text).ok()) {
        let system = settings.get("build-system");
        let backend = system.and_then(|system| system.get("build-backend")).and_then(Value::as_str);
        let include = settings.get("tool").and_then(|tool| tool.get("poetry")?.get("include")?.as_array());
        let include = include.into_iter().flatten().map(|item| match item {
            Value::String(text) => text.clone(),
            other => other.get("path").and_then(Value::as_str).unwrap_or_default().to_owned(),
        });
        return Making {
            packer: named(backend.unwrap_or("setuptools")),
            has_own_list: has_own_list(&settings, inventory.kind),
            brings_back: include.collect(),
            ..Making::default()
        };
    }
    if project.is_some() {
        return Making { packer: "setuptools", ..Making::default() };
    }
    let wheel = kept(inventory, ".dist-info/WHEEL", 1).unwrap_or_default();
    let generator = wheel.lines().find_map(|line| line.strip_prefix("Generator:"));
    Making { packer: named(generator.unwrap_or_default().trim()), ..Making::default() }
}

/// The table that hatchling's list is in: that for this kind of artifact alone, or the general one.
pub(in crate::ecosystem::python) fn hatch_list(kind: Kind, is_own: bool) -> &'static [&'static str] {
    match (kind, is_own) {
        (_, false) => &["tool", "hatch", "build"],
        (Kind::Wheel, true) => &["tool", "hatch", "build", "targets", "wheel"],
        (_, true) => &["tool", "hatch", "build", "targets", "sdist"],
    }
}

/// Whether the settings have a list of hatchling's for this kind of artifact alone.
pub(in crate::ecosystem::python) fn has_own_list(settings: &Table, kind: Kind) -> bool {
    let mut tables = hatch_list(kind, true).iter();
    let first = tables.next().and_then(|name| settings.get(*name));
    let own = tables.try_fold(first, |table, name| table.map(|table| table.get(*name)));
    own.flatten().is_some_and(|own| own.get("exclude").is_some())
}

fn named(text: &str) -> &'static str {
    BACKENDS.iter().find(|(begin, _)| text.starts_with(begin)).map_or("", |(_, name)| name)
}

/// The text of a kept file by the end of its path, so many folders deep.
fn kept(inventory: &Inventory, end: &str, depth: usize) -> Option<String> {
    let is_it = |path: &str| path.ends_with(end) && path.matches('/').count() == depth;
    let file = inventory.manifests.iter().rfind(|kept| is_it(&kept.path))?;
    Some(String::from_utf8_lossy(&file.bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    #[test]
    fn the_backend_is_told_from_what_there_is() {
        let wheel = |generator: &str| {
            let text = format!("Wheel-Version: 1.0\nGenerator: {generator}\nTag: py3-none-any\n");
            making(&inventory("a.whl", "zip", &[("a-1.dist-info/WHEEL", &text)]), None).packer
        };
        for (generator, name) in [
            ("hatchling 1.27.0", "hatchling"),
            ("setuptools (75.1.0)", "setuptools"),
            ("bdist_wheel (0.37.1)", "setuptools"),
            ("flit 3.9.0", "flit"),
            ("poetry-core 1.9.1", "poetry"),
            ("uv 0.5.1", "uv"),
            ("pdm-backend (2.4.3)", "pdm"),
            ("mesonpy", "meson-python"),
            ("something else", ""),
        ] {
            assert_eq!(wheel(generator), name, "{generator}");
        }
        let sdist =
            |text: &str| making(&inventory("a-1.tar.gz", "gzip", &[("a-1/pyproject.toml", text)]), None);
        assert_eq!(sdist("[build-system]\nbuild-backend = \"hatchling.build\"").packer, "hatchling");
        assert_eq!(sdist("[project]\nname = \"a\"").packer, "setuptools");
        let poetry = "[build-system]\nbuild-backend = \"poetry.core.masonry.api\"\n[tool.poetry]\ninclude = [\"a/**\"]";
        assert_eq!((sdist(poetry).packer, sdist(poetry).brings_back), ("poetry", vec!["a/**".to_owned()]));
    }
}
