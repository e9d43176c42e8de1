use std::sync::LazyLock;

use crate::inspect::pattern::{fit, wildcard};

/// An application, or a kind of file. `policies/settings_files.toml` says what the fields mean.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    pub(crate) what: &'static str,
    pub(crate) paths: &'static [&'static str],
    pub(super) not: &'static [&'static str],
    pub(super) format: Format,
    #[cfg_attr(not(test), expect(dead_code, reason = "tests make files of it"))]
    pub(super) example: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "tests make near misses of it"))]
    pub(super) near: &'static [&'static str],
}

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// `name=value` or `name: value`, a line each: properties, INI, environments, TOML.
    Lines,
    Yaml,
    /// YAML, if it is a manifest of Kubernetes.
    Kubernetes,
    Json,
    Xml,
    /// Assignments of which only quoted values count.
    Code,
    /// Requests with headers.
    Http,
    /// Commands that carry credentials.
    Scripts,
    /// Nothing but a key.
    Key,
}

pub(crate) static TABLE: &[SettingsFile] = include!(concat!(env!("OUT_DIR"), "/settings_files.rs"));

/// A pattern, and what it asks of a file's name: most files fail by their first character.
struct Row {
    file: &'static SettingsFile,
    pattern: &'static str,
    name: &'static [u8],
}

/// Every pattern by the last byte of the paths that it fits; those that end in a star, at 0.
static BY_LAST: LazyLock<Vec<Vec<Row>>> = LazyLock::new(|| {
    let mut by_last: Vec<Vec<Row>> = std::iter::repeat_with(Vec::new).take(256).collect();
    for file in TABLE {
        for pattern in file.paths {
            let last = pattern.bytes().last().filter(|byte| *byte != b'*').unwrap_or(0);
            let name = pattern.rsplit('/').next().unwrap_or(pattern).as_bytes();
            if let Some(list) = by_last.get_mut(usize::from(last)) {
                list.push(Row { file, pattern, name });
            }
        }
    }
    by_last
});

/// How the file of this path may be read, in the order of the table.
pub(super) fn formats(path: &str) -> Vec<Format> {
    let path = path.to_ascii_lowercase();
    let last = path.as_bytes().last().copied().map_or(0, usize::from);
    let own_name = path.rsplit('/').next().unwrap_or(&path).as_bytes();
    let mut fitting: Vec<&SettingsFile> = Vec::new();
    let rows = [last, 0].into_iter().filter_map(|last| BY_LAST.get(last)).flatten();
    for &Row { file, pattern, .. } in rows.filter(|row| wildcard(row.name, own_name)) {
        let is_new = !fitting.iter().any(|other| std::ptr::eq(*other, file));
        if is_new && fit(pattern, &path).is_some() && !file.not.iter().any(|not| fit(not, &path).is_some()) {
            fitting.push(file);
        }
    }
    let mut formats: Vec<Format> = Vec::new();
    for file in fitting {
        if !formats.contains(&file.format) {
            formats.push(file.format);
        }
    }
    formats
}
