//! Paths as text, with `/` between their segments, as archives and manifests have them.

/// A path from a folder, with `.`, `..` and empty segments resolved; `None` if it leads out of what the folder is in.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let mut segments: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            other => segments.push(other),
        }
    }
    Some(segments.join("/"))
}

/// The folder of a path, without a `/` at its end; empty for a path at the top.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path whose file has an extension in capitals, with that in small letters: `SERVER.KEY` is `SERVER.key`.
pub(crate) fn with_lower_case_extension(path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, extension) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())?;
    extension.bytes().any(|byte| byte.is_ascii_uppercase()).then(|| {
        let before = path.len() - name.len() + stem.len() + 1;
        let mut path = path.to_owned();
        path.replace_range(before.., &extension.to_ascii_lowercase());
        path
    })
}

/// The private members of a workspace, as seen from one of its packages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivateMembers {
    /// The folder of the package in the workspace.
    pub home: String,
    /// The folders of the members there, with their names.
    pub members: Vec<(String, String)>,
}

impl PrivateMembers {
    /// The name of the member that a relative path from a folder of the package leads into.
    pub fn at(&self, folder: &str, path: &str) -> Option<&str> {
        let path = join(&format!("{}/{folder}", self.home), path)?;
        let is_in = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.members.iter().find(|(folder, _)| is_in(folder)).map(|(_, name)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_inside_or_is_none() {
        for (folder, path, expected) in [
            ("", "./a//b/../c", Some("a/c")),
            ("a/b", "../c.js", Some("a/c.js")),
            ("a", "..", Some("")),
            ("a", "../../b", None),
            ("", "..", None),
        ] {
            assert_eq!(join(folder, path).as_deref(), expected, "{path} from {folder}");
        }
    }

    #[test]
    fn only_an_extension_is_written_in_small_letters() {
        for (path, expected) in [
            ("a.B/SERVER.KEY", Some("a.B/SERVER.key")),
            ("x.D.Ts", Some("x.D.ts")),
            (".DS_Store", None),
            ("a/.ENV", None),
            ("README", None),
            ("a.B/c.d", None),
        ] {
            assert_eq!(with_lower_case_extension(path).as_deref(), expected, "{path}");
        }
    }
}
