//! Node's single executable applications: a copy of Node, and a blob with the program's script.

use crate::inventory::ProgramFacts;

use super::{is_minified, little32, little64};

const NAME: &str = "Node single executable";
pub(super) const FUSE: &[u8] = b"NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1";
/// The blob that is injected begins with it, and so does the file that it is prepared in.
pub(super) const BLOB: &[u8] = b"\x20\xda\x43\x01";

/// Node sets the last digit of its fuse to 1 when a blob was injected. The fuse is a string of C; in a program that
/// only looks for it other text may follow.
pub(super) fn program(bytes: &[u8], fuse: usize) -> Option<ProgramFacts> {
    if bytes.get(fuse + FUSE.len()) != Some(&0) {
        return None;
    }
    let start = memchr::memmem::rfind(bytes, BLOB);
    let blob = bytes.get(start.unwrap_or(bytes.len())..).unwrap_or_default();
    let minified = script(blob).is_some_and(is_minified);
    Some(ProgramFacts { minified, ..super::program(NAME, start.unwrap_or(fuse) as u64, None, true) })
}

/// A file that holds a blob.
pub(super) fn blob(bytes: &[u8]) -> ProgramFacts {
    let minified = script(bytes).is_some_and(is_minified);
    ProgramFacts { minified, ..super::program(NAME, 0, Some(bytes.len() as u64), true) }
}

/// The script in a blob: behind flags (newer versions of Node have a byte more of them), and the path it was read from.
fn script(blob: &[u8]) -> Option<&[u8]> {
    /// The script is a snapshot of V8's, which keeps the text of all functions as it was written.
    const SNAPSHOT: u32 = 2;
    let flags = little32(blob, BLOB.len())?;
    let read = |start: usize| {
        let (path, behind) = sized(blob, start)?;
        let is_path = !path.is_empty() && path.iter().all(|byte| *byte >= b' ');
        let (script, _) = sized(blob, behind).filter(|_| is_path)?;
        (!script.is_empty()).then_some(script)
    };
    [8, 9].into_iter().find_map(read).filter(|_| flags & SNAPSHOT == 0)
}

/// Bytes behind their length, and where they end.
fn sized(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let length = usize::try_from(little64(bytes, at)?).ok()?;
    let start = at.checked_add(8)?;
    let end = start.checked_add(length)?;
    Some((bytes.get(start..end)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(flags: u32, extra: &[u8], script: &str) -> Vec<u8> {
        let sized = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
        [BLOB, &flags.to_le_bytes(), extra, &sized("/srv/app/main.js"), &sized(script), b"asset\n\n\n"]
            .concat()
    }

    #[test]
    fn minified_scripts_are_told_from_written_ones() {
        let written = "const a = 1;\n// c\nmodule.exports = a;\n";
        let minified = format!("\"use strict\";{}\n", "a(1);".repeat(300));
        for extra in [&b""[..], b"\0"] {
            for (script, expected) in [(written, false), (&minified, true), ("a();b()", true)] {
                let blob_of = |flags| made(flags, extra, script);
                assert_eq!(blob(&blob_of(0)).minified, expected, "{script}");
                assert!(!blob(&blob_of(2)).minified, "a snapshot");
                let executable = [b"\x7fELF", FUSE, b"\0", &blob_of(0)].concat();
                assert_eq!(program(&executable, 4).unwrap().minified, expected, "{script}");
            }
        }
        assert!(!blob(&made(0, b"", &minified)[..90]).minified, "cut off");
        assert!(!program(&[FUSE, b"\0"].concat(), 0).unwrap().minified);
    }
}
