//! Names of gem files.

/// The platform in a file's name.
pub(super) fn platform(file: &str, version: &str) -> String {
    let stem = file.strip_suffix(".gem").unwrap_or(file);
    let after = (!version.is_empty()).then(|| stem.rsplit_once(version)).flatten();
    after.map_or("", |(_, platform)| platform.trim_start_matches('-')).to_owned()
}
