//! Paths in a home folder of the machine that built the artifact, in everything but programs.

use crate::inventory::{Media, MentionKind};

use super::{FactSink, Hit, Inspector, Sample, ScanOptions, Scanner, home, mention};

pub(super) const INSPECTOR: Inspector = Inspector { name: "local-path", needles, inspect };

fn needles(_: &ScanOptions) -> Vec<Vec<u8>> {
    home::PREFIXES.iter().map(|prefix| prefix.as_bytes().to_vec()).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if mention::is_packed(sample.media)
        || super::binary::is_program(sample.media)
        || sample.media == Media::Asset
    {
        return;
    }
    if is_prose(sample.path) {
        return;
    }
    for hit in hits {
        let prefix = home::PREFIXES.get(hit.needle).copied().unwrap_or_default();
        if let Some(found) = home::read(sample.bytes, hit.offset, prefix) {
            mention::add_like(
                sink.entry,
                MentionKind::LocalPath,
                found.path,
                || sample.at(found.offset),
                |known| known.strip_prefix(found.folder()).is_some_and(|rest| rest.starts_with(['/', '\\'])),
            );
        }
    }
}

/// Documentation is written by people, who show paths in examples; no build writes its own into it.
fn is_prose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    [".md", ".markdown", ".mdx", ".rst", ".adoc"].iter().any(|end| name.ends_with(end))
        || matches!(name.as_str(), "metadata" | "pkg-info")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use crate::inventory::Entry;

    #[test]
    fn one_mention_per_home_folder() {
        let mut entry = Entry { media: Media::Text, ..Entry::default() };
        let text = b"SF:/home/marta/a/b.ts\nSF:/home/marta/c.ts\nSF:/home/runner/c.ts\n'/Users/otto/x'";
        inspect(text, Scanner::plain(), &mut entry);
        let found: Vec<_> = entry.mentions.iter().map(|found| (found.what.as_str(), found.count)).collect();
        assert_eq!(found, [("/home/marta/a/b.ts", 2), ("/Users/otto/x", 1)]);
    }

    #[test]
    fn documentation_may_show_paths() {
        let mut entry =
            Entry { media: Media::Text, path: "package/README.md".to_owned(), ..Entry::default() };
        inspect(b"cd /home/marta/a/b", Scanner::plain(), &mut entry);
        assert!(entry.mentions.is_empty());
    }
}
