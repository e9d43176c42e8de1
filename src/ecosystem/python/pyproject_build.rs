//! The files without which a backend refuses to build, going by `pyproject.toml`. Each row was tried out with the backend;
//! what it only warns of, or takes from `PKG-INFO` of a source archive, is not among them.

use toml::{Table, Value};

/// Paths with the fields that name them, as in `project.readme`.
pub(super) fn needed(pyproject: &Table) -> Vec<(&'static str, Vec<String>)> {
    let backend = at(pyproject, "build-system.build-backend").and_then(Value::as_str).unwrap_or_default();
    let is_of = |name: &str| backend.starts_with(name);
    let mut needed = vec![("build-system.backend-path", backend_paths(pyproject))];
    let mut named = |field: &'static str, paths: Vec<String>| {
        let inside = paths.into_iter().filter(|path| is_inside(path));
        needed.push((field, inside.map(|path| path.trim_start_matches("./").to_owned()).collect()));
    };
    let text = |field: &str| texts(at(pyproject, field));
    if ["hatchling", "flit_core", "poetry.core", "pdm.backend", "maturin"].into_iter().any(is_of) {
        let file = texts(at(pyproject, "project.readme.file"));
        named("project.readme", text("project.readme").into_iter().chain(file).collect());
    }
    if ["hatchling", "flit_core", "poetry.core", "pdm.backend"].into_iter().any(is_of) {
        named("project.license.file", text("project.license.file"));
    }
    if is_of("hatchling") {
        const FIELD: &str = "tool.hatch.build.targets.wheel.force-include";
        let sources = at(pyproject, FIELD).and_then(Value::as_table);
        named(FIELD, sources.into_iter().flat_map(Table::keys).cloned().collect());
    }
    if is_of("setuptools") {
        named("tool.setuptools.packages", listed_packages(pyproject));
    }
    if is_of("poetry.core") {
        named("tool.poetry.packages", included(pyproject));
        named("tool.poetry.readme", text("tool.poetry.readme"));
        named("tool.poetry.build.script", text("tool.poetry.build.script"));
    }
    // pdm writes the version itself into the manifest of a source archive
    let finds_version = text("project.dynamic").iter().any(|field| field == "version");
    if is_of("pdm.backend") && finds_version && text("tool.pdm.version.source") == ["file"] {
        named("tool.pdm.version.path", text("tool.pdm.version.path"));
    }
    if is_of("maturin") {
        // by itself it looks in other folders, too, as in rust/
        named("tool.maturin.manifest-path", text("tool.maturin.manifest-path"));
    }
    needed
}

/// Whether it names something within the archive, and no pattern.
pub(super) fn is_inside(path: &str) -> bool {
    let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    is_plain && !path.is_empty() && !path.starts_with('/') && !path.contains("..")
}

/// The value at a path of keys.
fn at<'t>(table: &'t Table, path: &str) -> Option<&'t Value> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let value = table.get(first)?;
    if rest.is_empty() { Some(value) } else { at(value.as_table()?, rest) }
}

/// A text, or those of a list.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The folders that hold the build's own backend.
fn backend_paths(pyproject: &Table) -> Vec<String> {
    let paths = texts(at(pyproject, "build-system.backend-path")).into_iter();
    let paths = paths.map(|path| path.trim_start_matches("./").trim_end_matches('/').to_owned());
    paths.filter(|path| !matches!(path.as_str(), "" | ".")).collect()
}

/// The folders of the packages that are listed one by one, if one folder holds them all.
fn listed_packages(pyproject: &Table) -> Vec<String> {
    let folders = at(pyproject, "tool.setuptools.package-dir").and_then(Value::as_table);
    if folders.is_some_and(|folders| folders.keys().any(|package| !package.is_empty())) {
        return Vec::new();
    }
    let top =
        folders.and_then(|folders| folders.get("")?.as_str()).map_or("", |top| top.trim_matches(['.', '/']));
    let names = texts(at(pyproject, "tool.setuptools.packages")).into_iter();
    names.map(|name| format!("{top}/{}", name.replace('.', "/")).trim_start_matches('/').to_owned()).collect()
}

/// What poetry includes as packages, of those that a wheel has.
fn included(pyproject: &Table) -> Vec<String> {
    let all = at(pyproject, "tool.poetry.packages").and_then(Value::as_array).into_iter().flatten();
    let one = |package: &Value| {
        let format = texts(package.get("format"));
        let is_in_wheel = format.is_empty() || format.iter().any(|format| format == "wheel");
        let include = package.get("include")?.as_str()?;
        let from = package.get("from").and_then(Value::as_str);
        is_in_wheel.then(|| from.map_or_else(|| include.to_owned(), |from| format!("{from}/{include}")))
    };
    all.filter_map(one).map(|path| path.trim_end_matches('/').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_backends_refuse_to_build_without() {
        for (backend, text, expected) in [
            ("hatchling.build", "[project]\nreadme = 'R.md'\nlicense = {file = 'L'}", &["R.md", "L"][..]),
            ("hatchling.build", "[tool.hatch.version]\npath = 'a/_v.py'", &[]),
            (
                "hatchling.build",
                "[tool.hatch.build.targets.wheel.force-include]\n'd/x' = 'a/x'\n'../y' = 'y'",
                &["d/x"],
            ),
            ("setuptools.build_meta", "[project]\nreadme = 'R.md'\nlicense = {file = 'L'}", &[]),
            ("setuptools.build_meta", "[tool.setuptools]\npackages = ['a', 'a.b']", &["a", "a/b"]),
            (
                "setuptools.build_meta",
                "[tool.setuptools]\npackages = ['a']\npackage-dir = {'' = 'src'}",
                &["src/a"],
            ),
            ("setuptools.build_meta", "[tool.setuptools]\npackages = ['a']\npackage-dir = {a = 'lib'}", &[]),
            ("setuptools.build_meta", "[tool.setuptools.packages.find]\nwhere = ['src']", &[]),
            (
                "poetry.core.masonry.api",
                "[tool.poetry]\nreadme = ['R.md', 'C.md']\npackages = [{include = 'a', from = 'src'}, {include = 'b/*.py'}, {include = 'tests', format = 'sdist'}]\nbuild = {script = 'build.py'}",
                &["src/a", "R.md", "C.md", "build.py"],
            ),
            (
                "pdm.backend",
                "[project]\ndynamic = ['version']\n[tool.pdm.version]\nsource = 'file'\npath = 'a/v.py'",
                &["a/v.py"],
            ),
            (
                "pdm.backend",
                "[project]\nversion = '1'\n[tool.pdm.version]\nsource = 'file'\npath = 'a/v.py'",
                &[],
            ),
            ("pdm.backend", "[project]\ndynamic = ['version']\n[tool.pdm.version]\nsource = 'scm'", &[]),
            ("maturin", "", &[]),
            ("maturin", "[tool.maturin]\nmanifest-path = 'rust/Cargo.toml'", &["rust/Cargo.toml"]),
            ("backend", "", &["_build"]),
        ] {
            let own = if backend == "backend" { "backend-path = ['.', './_build']\n" } else { "" };
            let text = format!("[build-system]\nbuild-backend = '{backend}'\n{own}{text}\n");
            let found = needed(&toml::from_str(&text).unwrap());
            let found: Vec<String> = found.into_iter().flat_map(|(_, paths)| paths).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
