//! Paths as text, with `/` between their segments, as archives and manifests have them.

use std::collections::BTreeSet;

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

/// Whether a file of this name is somebody's licence: `LICENSE`, `licence.md`, `COPYING.LESSER`.
pub(crate) fn is_licence(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["license", "licence", "copying"].iter().any(|word| lower.starts_with(word))
}

/// Whether a file is a page for people, by its ending.
pub(crate) fn is_page(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    ["md", "mdx", "markdown", "rst", "adoc"].iter().any(|known| extension.eq_ignore_ascii_case(known))
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
    /// The name of the workspace's own folder.
    pub workspace: String,
    /// The members' files that version control tracks, by their paths in the workspace.
    pub files: BTreeSet<String>,
}

impl PrivateMembers {
    /// The name of the member that a relative path from a folder of the package leads into.
    pub fn at(&self, folder: &str, path: &str) -> Option<&str> {
        self.member(&join(&format!("{}/{folder}", self.home), path)?)
    }

    /// The name of the member that has a file of a path from the workspace's folder, or of one that is absolute where that
    /// was built. Others have folders of the same names, so it must be there.
    pub fn file(&self, path: &str) -> Option<&str> {
        let path = path.strip_prefix("./").unwrap_or(path);
        if self.files.contains(path) {
            return self.member(path);
        }
        let is_absolute = path.starts_with('/') || matches!(path.as_bytes(), [_, b':', b'/', ..]);
        let mut ends = path.match_indices('/').filter(|_| is_absolute && !self.files.is_empty());
        ends.find_map(|(end, _)| {
            let (before, below) = (path.get(..end)?, path.get(end + 1..)?);
            let is_workspace = before.rsplit('/').next() == Some(self.workspace.as_str());
            (is_workspace && self.files.contains(below)).then(|| self.member(below))?
        })
    }

    /// The name of the member that a path from the workspace's folder is in.
    fn member(&self, path: &str) -> Option<&str> {
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
    fn a_member_is_told_by_a_file_that_it_has() {
        let members = PrivateMembers {
            home: "packages/cli".to_owned(),
            members: vec![("packages/core".to_owned(), "@acme/core".to_owned())],
            workspace: "quay".to_owned(),
            files: ["packages/core/src/a.ts".to_owned()].into(),
        };
        for (path, expected) in [
            ("packages/core/src/a.ts", Some("@acme/core")),
            ("./packages/core/src/a.ts", Some("@acme/core")),
            ("/home/ci/quay/quay/packages/core/src/a.ts", Some("@acme/core")),
            ("D:/a/quay/packages/core/src/a.ts", Some("@acme/core")),
            ("packages/core/src/b.ts", None),
            ("/home/ci/pier/packages/core/src/a.ts", None),
            ("quay/packages/core/src/a.ts", None),
            ("/packages/core/src/a.ts", None),
        ] {
            assert_eq!(members.file(path), expected, "{path}");
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
