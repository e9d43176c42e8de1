//! Names of entries: made canonical, and what is wrong with them.

use crate::inventory::AnomalyKind;

/// Longest segment that common file systems take, in bytes.
const MOST_SEGMENT: usize = 255;

/// What is said of a path with more segments than the limit; nothing after it is read.
pub(super) const DEEP: &str =
    "a path has more segments than the limit set: some clients leave such an entry out, others stop";

/// An entry's path, canonical, with what some reader or system would make of the raw name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// Segments joined by `/`, without `.` and empty ones.
    pub(super) path: String,
    /// Whether it has more segments than the limit.
    pub(super) deep: bool,
    /// What is wrong, and who sees what; each kind at most once.
    pub(super) faults: Vec<(AnomalyKind, &'static str)>,
}

/// Makes a raw name canonical and looks for everything that a client or file system reads differently.
pub(super) fn canonical(raw: &[u8], most_depth: usize) -> Named {
    let mut faults = Vec::new();
    let text = match std::str::from_utf8(raw) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        Err(_) => {
            faults.push((
                AnomalyKind::PathEncoding,
                "the name is not UTF-8: clients replace, keep or refuse such bytes, and write different names",
            ));
            String::from_utf8_lossy(raw)
        }
    };
    if text.starts_with('/') || has_drive(&text) {
        faults.push((
            AnomalyKind::PathAbsolute,
            "the name is absolute or has a drive letter: some clients strip that, others write there or refuse",
        ));
    }
    if text.contains('\\') {
        faults.push((
            AnomalyKind::PathBackslash,
            "the name has a backslash: part of the name on Unix, a separator on Windows and for some clients",
        ));
    }
    if text.chars().any(char::is_control) {
        faults.push((
            AnomalyKind::PathControl,
            "the name has control characters: some clients cut it there, and terminals and logs obey them",
        ));
    }
    if text.chars().any(is_invisible) {
        faults.push((
            AnomalyKind::PathInvisible,
            "the name has invisible characters or such that change the writing direction: people read another name",
        ));
    }
    let mut segments: Vec<&str> = Vec::new();
    let (mut empty, mut windows, mut long) = (ends_with_dot(&text), false, false);
    let inner = text.strip_suffix('/').unwrap_or(&text);
    for segment in inner.strip_prefix('/').unwrap_or(inner).split('/') {
        match segment {
            "" => empty |= !inner.is_empty(),
            "." => {}
            _ => {
                windows |= segment != ".." && is_bad_on_windows(segment);
                long |= segment.len() > MOST_SEGMENT;
                segments.push(segment);
            }
        }
    }
    if segments.contains(&"..") {
        faults.push((
            AnomalyKind::PathTraversal,
            "the name climbs out of its folder with \"..\": some clients drop the entry, others strip it, write outside or refuse",
        ));
    }
    if empty {
        faults.push((
            AnomalyKind::PathEmptySegment,
            "the name has an empty segment or ends with \"/.\": clients write it at another path, or as a folder",
        ));
    }
    // Other than the archive's own root.
    if text.starts_with("./") && text != "./" {
        faults.push((AnomalyKind::PathDot, "the name begins with \"./\""));
    }
    if windows {
        faults.push((
            AnomalyKind::PathWindows,
            "the name can't be written on Windows, or is written there under another name or to a device",
        ));
    }
    let deep = segments.len() > most_depth;
    if long || deep {
        faults.push((
            AnomalyKind::PathLimit,
            "the name is too long or too deep: some clients leave such an entry out, others stop",
        ));
    }
    Named { path: segments.join("/"), deep, faults }
}

fn ends_with_dot(text: &str) -> bool {
    text.ends_with("/.") || text == "."
}

fn has_drive(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && bytes.next() == Some(b':')
}

/// Characters of the Unicode category Cf, and other blanks that show nothing.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_bad_on_windows(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or(segment).trim_end_matches(' ');
    let device =
        ["con", "prn", "aux", "nul", "conin$", "conout$"].iter().any(|name| stem.eq_ignore_ascii_case(name))
            || is_port(stem);
    device || segment.ends_with(['.', ' ']) || segment.contains(['<', '>', ':', '"', '|', '?', '*'])
}

/// `COM1` to `LPT9`; Windows takes a raised 1, 2 or 3 for the digit, too.
fn is_port(stem: &str) -> bool {
    let Some((name, digit)) = stem.split_at_checked(3) else { return false };
    let port = ["com", "lpt"].iter().any(|port| name.eq_ignore_ascii_case(port));
    port && matches!(
        digit,
        "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "\u{b9}" | "\u{b2}" | "\u{b3}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(raw: &[u8]) -> Vec<AnomalyKind> {
        canonical(raw, 128).faults.into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn ordinary_names_are_left_alone() {
        for name in [
            "package/index.js",
            "package/./LICENSE",
            "package/lib/",
            "a/..b/c...d/.e",
            "x/com0/auxiliary.js",
            "x/comb/com\u{2075}.js",
        ] {
            assert_eq!(kinds(name.as_bytes()), [], "{name}");
        }
        assert_eq!(canonical(b"package/./LICENSE", 128).path, "package/LICENSE");
        assert_eq!(canonical(b"package/lib/", 128).path, "package/lib");
        assert_eq!(canonical("pkg/straße".as_bytes(), 128).path, "pkg/straße");
    }

    #[test]
    fn every_unsafe_name_is_told() {
        let cases: [(&[u8], &[AnomalyKind]); 17] = [
            (b"package/../../x", &[AnomalyKind::PathTraversal]),
            (b"/etc/passwd", &[AnomalyKind::PathAbsolute]),
            (b"c:x", &[AnomalyKind::PathAbsolute, AnomalyKind::PathWindows]),
            (b"a\\b", &[AnomalyKind::PathBackslash]),
            (b"a\nb", &[AnomalyKind::PathControl]),
            (b"a\x1b[2Jb", &[AnomalyKind::PathControl]),
            ("a\u{202e}b".as_bytes(), &[AnomalyKind::PathInvisible]),
            (b"a\xffb", &[AnomalyKind::PathEncoding]),
            (b"a//b", &[AnomalyKind::PathEmptySegment]),
            (b"a/b//", &[AnomalyKind::PathEmptySegment]),
            (b"./a", &[AnomalyKind::PathDot]),
            (b"a/NUL.txt", &[AnomalyKind::PathWindows]),
            (b"a/com1", &[AnomalyKind::PathWindows]),
            ("a/Lpt\u{b2}.js".as_bytes(), &[AnomalyKind::PathWindows]),
            (b"a/b/.", &[AnomalyKind::PathEmptySegment]),
            (b"a/b.", &[AnomalyKind::PathWindows]),
            (&[b'x'; 256], &[AnomalyKind::PathLimit]),
        ];
        for (raw, expected) in cases {
            assert_eq!(kinds(raw), expected, "{}", String::from_utf8_lossy(raw));
        }
        assert_eq!(kinds("a/".repeat(129).as_bytes()), [AnomalyKind::PathLimit]);
        assert_eq!(canonical(b"/../a/./b", 9).path, "../a/b");
    }
}
