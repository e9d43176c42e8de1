//! Modules of private members of the workspace, by the comment that a bundler writes before each module that it does not
//! take from `node_modules`: `// ../core/src/index.ts`, `//#region ../core/src/index.ts`, `!*** ../core/src/index.ts ***!`;
//! and `// packages/core/src/index.ts` where it runs in the workspace's folder.

use crate::inventory::MentionKind;

use super::{FactSink, Hit, Inspector, Sample, ScanOptions, Scanner, mention};

pub(super) const INSPECTOR: Inspector = Inspector { name: "neighbour", needles, inspect };

/// What such a comment begins with, before the path.
const BEGINNINGS: [&str; 3] = ["// ", "#region ", "!*** "];
/// What webpack's ends with.
const END: &str = " ***!";
/// Longer paths are none.
const LONGEST: usize = 300;
/// Blanks that such a line begins with at most, and the signs of a comment.
const INDENT: usize = 80;

fn needles(wanted: &ScanOptions) -> Vec<Vec<u8>> {
    let members = &wanted.private_members.members;
    let outside = members.first().map(|_| "../".to_owned());
    let folders = members.iter().flat_map(|(folder, _)| [format!("{folder}/"), format!("./{folder}/")]);
    let starts: Vec<String> = outside.into_iter().chain(folders).collect();
    let with =
        |beginning: &str| starts.iter().map(|start| format!("{beginning}{start}").into()).collect::<Vec<_>>();
    BEGINNINGS.into_iter().flat_map(with).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], scanner: &Scanner, sink: &mut FactSink<'_>) {
    for hit in hits {
        let Some(path) = path(sample.bytes, hit.offset) else { continue };
        // bundlers are run in the package's folder, or in the workspace's
        let members = &scanner.options.private_members;
        if let Some(name) = members.at("", path).or_else(|| members.file(path)) {
            mention::add(sink.entry, MentionKind::Package, name, || sample.at(hit.offset));
        }
    }
}

/// The path in the comment that begins here, if it is alone in its line.
fn path(bytes: &[u8], at: usize) -> Option<&str> {
    let (before, here) = bytes.split_at_checked(at)?;
    let before = [&b"//"[..], b"// "].iter().find_map(|start| before.strip_suffix(*start)).unwrap_or(before);
    let near = before.get(before.len().saturating_sub(INDENT)..).unwrap_or_default();
    let line = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let here = here.get(..LONGEST).unwrap_or(here);
    let text = here.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    let text = std::str::from_utf8(text).ok()?.trim_end();
    let text = text.strip_suffix(END).unwrap_or(text);
    (line.trim_ascii().is_empty() && text.len() < LONGEST)
        .then(|| text.split_once(' ').map(|(_, path)| path))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use crate::inventory::{Entry, Media};
    use crate::paths::PrivateMembers;

    fn packages(text: &str) -> Vec<String> {
        let core = ("packages/core".to_owned(), "@acme/core".to_owned());
        let private_members = PrivateMembers {
            home: "packages/cli".to_owned(),
            members: vec![core],
            files: ["packages/core/src/index.ts".to_owned()].into(),
            ..PrivateMembers::default()
        };
        let scanner = Scanner::new(ScanOptions { private_members, ..ScanOptions::default() });
        let mut entry =
            Entry { media: Media::Text, path: "package/dist/a.js".to_owned(), ..Entry::default() };
        inspect(text.as_bytes(), &scanner, &mut entry);
        entry.mentions.into_iter().map(|found| found.what).collect()
    }

    #[test]
    fn modules_of_a_private_member() {
        for text in [
            "// ../core/src/index.ts\nvar a = 3;\n",
            "var b;\r\n  // ../core/src/index.ts\r\nvar a = 3;\n",
            "//#region ../core/src/index.ts\nvar a = 3;\n//#endregion\n",
            "// #region ../core/src/index.ts\nvar a = 3;\n",
            "// packages/core/src/index.ts\nvar a = 3;\n",
            "//#region packages/core/src/index.ts\nvar a = 3;\n//#endregion\n",
            "/*!*****!*\\\n  !*** ../core/src/index.ts ***!\n  \\*****/\nvar a = 3;\n",
            "/*!*****!*\\\n  !*** ./packages/core/src/index.ts ***!\n  \\*****/\nvar a = 3;\n",
        ] {
            assert_eq!(packages(text), ["@acme/core"], "{text}");
        }
    }

    #[test]
    fn other_modules_and_words() {
        for text in [
            "// ../ui/src/index.ts\nvar a = 3;\n",
            "// ../core2/src/index.ts\nvar a = 3;\n",
            "// packages/core/src/other.ts\nvar a = 3;\n",
            "// packages/core/src/index.ts says more\nvar a = 3;\n",
            "// ../../core/src/index.ts\nvar a = 3;\n",
            "var a = 3; // ../core/src/index.ts\n",
            "// ../core is not for everybody\n",
            "// ../node_modules/core/index.js\n",
        ] {
            assert_eq!(packages(text), [""; 0], "{text}");
        }
    }
}
