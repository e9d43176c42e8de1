//! Whose file a client wrote, where it packed several packages at once: told by the file's name.

use std::path::Path;

use crate::project::Member;

/// Whether no two packages would have files of the same name: then one would be written over the other.
pub(super) fn are_distinct(members: &[&Member]) -> bool {
    let stems: std::collections::BTreeSet<String> = members.iter().map(|member| stem(member)).collect();
    stems.len() == members.len()
}

/// Whether a file is this member's, and no other's of them.
pub(super) fn is_of(file: &Path, member: &Member, members: &[&Member]) -> bool {
    let name = plain(&file.file_name().unwrap_or_default().to_string_lossy());
    let fit = |member: &Member| {
        let rest = name.strip_prefix(&stem(member))?.strip_prefix('-')?;
        let is_version = !member.version.is_empty() && rest.starts_with(&plain(&member.version));
        rest.starts_with(|c: char| c.is_ascii_digit()).then(|| (is_version, stem(member).len()))
    };
    let best = members.iter().filter_map(|member| fit(member)).max();
    best.is_some() && fit(member) == best
}

/// How the names of a package's files begin, in whatever ecosystem.
fn stem(member: &Member) -> String {
    plain(member.name.trim_start_matches('@'))
}

fn plain(text: &str) -> String {
    text.to_lowercase().replace(['/', '_', '.', '+'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, version: &str) -> Member {
        Member {
            name: name.to_owned(),
            version: version.to_owned(),
            folder: name.into(),
            private: false,
            held_back: None,
            manifest: "package.json",
        }
    }

    #[test]
    fn files_are_told_apart_by_their_names() {
        let members = [
            member("@acme/ui", "1.0.0"),
            member("@acme/ui-kit", "2.0.0"),
            member("acme-2", "1.0.0"),
            member("acme", "2.0.0"),
            member("Acme.Core", ""),
        ];
        let members: Vec<&Member> = members.iter().collect();
        for (file, owner) in [
            ("acme-ui-1.0.0.tgz", Some("@acme/ui")),
            ("acme-ui-kit-2.0.0.tgz", Some("@acme/ui-kit")),
            ("acme-2-1.0.0.tgz", Some("acme-2")),
            ("acme-2.0.0.tgz", Some("acme")),
            ("acme_core-0.1.dev0-py3-none-any.whl", Some("Acme.Core")),
            ("acme-core-1.0.tar.gz", Some("Acme.Core")),
            ("other-1.0.0.tgz", None),
        ] {
            let owners: Vec<&str> = members
                .iter()
                .filter(|member| is_of(Path::new(file), member, &members))
                .map(|member| member.name.as_str())
                .collect();
            assert_eq!(owners, owner.into_iter().collect::<Vec<_>>(), "{file}");
        }
        assert!(are_distinct(&members));
        assert!(!are_distinct(&[&member("@acme/ui", "1.0.0"), &member("acme-ui", "1.0.0")]));
    }
}
