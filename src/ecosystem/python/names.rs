//! What Python tools write into file names, and what of it differs between builds.

use std::sync::LazyLock;

use regex::Regex;

/// The path with tags of interpreters (`cpython-311`, `cp312`, `pypy39-pp73`) replaced by `{python}`.
pub(in crate::ecosystem) fn neutral(path: &str) -> String {
    static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\.(?:cpython-[0-9]+t?|cp[0-9]+t?|pypy[0-9]+-pp[0-9]+)(-|\.(?:opt-[12]\.)?pyc$)").ok()
    });
    TAG.as_ref().map_or(path.into(), |tag| tag.replace_all(path, ".{python}${1}")).into_owned()
}

/// A version as written in names: `1.0.0rc1` for `1.0.0-rc.1`.
pub(in crate::ecosystem) fn version(version: &str) -> String {
    match version.split_once('-') {
        Some((release, pre)) => format!("{release}{}", pre.replace(['-', '.', '_'], "")),
        None => version.to_owned(),
    }
}

/// The platform in a wheel's file name.
pub(super) fn platform(file: &str) -> String {
    static SYSTEM_VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(manylinux|musllinux|macosx|ios|android)[0-9]*(_[0-9]+)*(_[0-9]+)?_").ok()
    });
    let Some(tags) = file.strip_suffix(".whl").and_then(|stem| stem.rsplit('-').next()) else {
        return String::new();
    };
    // `manylinux_2_17_x86_64.manylinux2014_x86_64`: the same platform said twice.
    let tag = tags.split('.').next().unwrap_or(tags);
    if tag == "any" {
        return String::new();
    }
    SYSTEM_VERSION.as_ref().map_or(tag.into(), |system| system.replace(tag, "${1}_")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpreters_are_neutral() {
        for (path, expected) in [
            ("a/_core.cpython-311-x86_64-linux-gnu.so", "a/_core.{python}-x86_64-linux-gnu.so"),
            ("a/_core.cp313t-win_amd64.pyd", "a/_core.{python}-win_amd64.pyd"),
            ("a/_core.pypy39-pp73-darwin.so", "a/_core.{python}-darwin.so"),
            ("a/_core.abi3.so", "a/_core.abi3.so"),
            ("a/__pycache__/b.cpython-311.pyc", "a/__pycache__/b.{python}.pyc"),
        ] {
            assert_eq!(neutral(path), expected);
        }
    }
}
