//! Settings that Python has compiled: `__pycache__/settings.cpython-312.pyc`.

use super::Pair;
use super::table::{self, Format};
use crate::decode;

/// The file that a compiled one is made of, by its path.
fn source_of(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let module = name.strip_suffix(".pyc")?.split('.').next()?;
    let folder = folder.strip_suffix("__pycache__").unwrap_or(folder);
    Some(format!("{}/{module}.py", folder.trim_end_matches('/')))
}

/// Whether a compiled file is one of settings, and if so, whether its name says little.
pub(super) fn is_of_settings(path: &str) -> Option<bool> {
    let formats = table::formats(&source_of(path)?, b"#!");
    formats.into_iter().find(|(format, _)| *format == Format::Code).map(|(_, anywhere)| anywhere)
}

/// What the texts in a compiled file are given to.
pub(super) fn pairs(bytes: &[u8]) -> Vec<Pair<'_>> {
    let pair = |(name, value): (std::ops::Range<usize>, _)| {
        Pair::new("", String::from_utf8_lossy(bytes.get(name).unwrap_or_default()), value)
    };
    decode::compiled_pairs(bytes).into_iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiled_settings_are_known_by_their_source() {
        for path in
            ["a/__pycache__/settings.cpython-312.pyc", "a/settings.pyc", "config.cpython-39.opt-1.pyc"]
        {
            assert_eq!(is_of_settings(path), Some(false), "{path}");
        }
        assert_eq!(is_of_settings("a/__pycache__/app.cpython-312.pyc"), Some(true));
        assert_eq!(is_of_settings("a/__pycache__/forms.cpython-312.pyc"), None);
    }
}
