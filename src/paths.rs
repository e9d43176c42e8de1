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
}
