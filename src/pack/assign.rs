//! Whose file a client wrote, where it packed several packages at once: told by the file's name.

use std::collections::BTreeSet;
use std::path::Path;

use crate::project::Member;

/// How the files of packages that are packed at once begin, and how they go on.
#[derive(Debug)]
pub(super) struct Names(Vec<Name>);

#[derive(Debug)]
struct Name {
    stem: String,
    version: String,
}

impl Names {
    pub(super) fn of(members: &[&Member]) -> Self {
        let name = |member: &&Member| Name { stem: stem(member), version: plain(&member.version) };
        Self(members.iter().map(name).collect())
    }

    /// Whether no two packages would have files of the same name: then one would be written over the other.
    pub(super) fn are_distinct(&self) -> bool {
        let stems: BTreeSet<&str> = self.0.iter().map(|name| name.stem.as_str()).collect();
        stems.len() == self.0.len()
    }

    /// Whose file it is: the number of the member, or of none.
    pub(super) fn owner(&self, file: &Path) -> Option<usize> {
        let file = plain(&file.file_name().unwrap_or_default().to_string_lossy());
        let fits = self.0.iter().enumerate().filter_map(|(number, name)| Some((name.fit(&file)?, number)));
        fits.max().map(|(_, number)| number)
    }
}

impl Name {
    /// How well a file's name fits: with the member's own version before others, and the longer name first.
    fn fit(&self, file: &str) -> Option<(bool, usize)> {
        let rest = file.strip_prefix(&self.stem)?.strip_prefix('-')?;
        let is_version = !self.version.is_empty() && rest.starts_with(&self.version);
        rest.starts_with(|c: char| c.is_ascii_digit()).then_some((is_version, self.stem.len()))
    }
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
        let names = Names::of(&members);
        for (file, owner) in [
            ("acme-ui-1.0.0.tgz", Some("@acme/ui")),
            ("acme-ui-kit-2.0.0.tgz", Some("@acme/ui-kit")),
            ("acme-2-1.0.0.tgz", Some("acme-2")),
            ("acme-2.0.0.tgz", Some("acme")),
            ("acme_core-0.1.dev0-py3-none-any.whl", Some("Acme.Core")),
            ("acme-core-1.0.tar.gz", Some("Acme.Core")),
            ("other-1.0.0.tgz", None),
        ] {
            let found = names.owner(Path::new(file)).map(|number| members[number].name.as_str());
            assert_eq!(found, owner, "{file}");
        }
        assert!(names.are_distinct());
        assert!(!Names::of(&[&member("@acme/ui", "1.0.0"), &member("acme-ui", "1.0.0")]).are_distinct());
    }
}
