//! Comments at the top of a text that say it is confidential.

use crate::inventory::MentionKind;

use super::{FactSink, Hit, Inspector, Sample, ScanOptions, Scanner, mention};

pub(super) const INSPECTOR: Inspector = Inspector { name: "banner", needles, inspect };

/// Words of a banner: in capitals, as lawyers write them. In small letters they are in API
/// documentation ("for internal use only") and mean something else.
const WORDS: [&str; 4] = ["CONFIDENTIAL", "INTERNAL USE ONLY", "DO NOT DISTRIBUTE", "TRADE SECRET"];
/// How far from the beginning of a text a banner may be, in bytes.
const TOP: usize = 2_000;

fn needles(_: &ScanOptions) -> Vec<Vec<u8>> {
    WORDS.iter().map(|words| words.as_bytes().to_vec()).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if !sample.media.is_text() {
        return;
    }
    for hit in hits {
        let words = WORDS.get(hit.needle).copied().unwrap_or_default();
        let before = sample.bytes.get(hit.offset.saturating_sub(TOP)..hit.offset).unwrap_or_default();
        let after = sample.bytes.get(hit.offset + words.len()..).unwrap_or_default();
        let after = after.get(..after.len().min(400)).unwrap_or_default();
        let whole_words = !after.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            && !before.last().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let begins = hit.offset <= TOP;
        if whole_words
            && in_leading_comment(before, begins)
            && (words != "CONFIDENTIAL" || strong(before, after))
        {
            mention::add(sink.entry, MentionKind::Banner, words, || sample.at(hit.offset));
        }
    }
}

/// Whether the text up to here is a comment, with nothing but comments before it, from the beginning of
/// the text or of a JSON string that holds a text.
fn in_leading_comment(before: &[u8], begins: bool) -> bool {
    if begins && is_leading_comment(before) {
        return true;
    }
    memchr::memrchr(b'"', before).is_some_and(|quote| {
        before.get(quote.wrapping_sub(1)) != Some(&b'\\')
            && is_leading_comment(before.get(quote + 1..).unwrap_or_default())
    })
}

/// Whether the text is nothing but comments, the last of them still going on.
fn is_leading_comment(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).replace("\\r", "").replace("\\n", "\n");
    let mut block = "";
    for line in text.trim_start_matches('\u{FEFF}').lines() {
        let mut line = line.trim();
        if block.is_empty() {
            for (open, close) in [("/*", "*/"), ("<!--", "-->"), ("\"\"\"", "\"\"\"")] {
                if let Some(rest) = line.strip_prefix(open) {
                    (block, line) = (close, rest);
                    break;
                }
            }
        }
        if !block.is_empty() {
            if let Some((_, rest)) = line.split_once(block) {
                if !rest.trim().is_empty() {
                    return false;
                }
                block = "";
            }
        } else if !(line.is_empty() || ["//", "#", "--", ";", "%"].iter().any(|mark| line.starts_with(mark)))
        {
            return false;
        }
    }
    let last = text.lines().last().unwrap_or_default().trim_start();
    !block.is_empty() || ["//", "#", "--", ";", "%"].iter().any(|mark| last.starts_with(mark))
}

/// Whether `CONFIDENTIAL` between these is a banner: alone with the owner's name on its line, or joined to
/// `PROPRIETARY`.
fn strong(before: &[u8], after: &[u8]) -> bool {
    let line_before = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let line_after = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line_before = String::from_utf8_lossy(line_before);
    let line_before = line_before.rsplit("\\n").next().unwrap_or_default();
    let line_after = String::from_utf8_lossy(line_after.get(..line_after.len().min(200)).unwrap_or_default());
    let line_after = line_after.split("\\n").next().unwrap_or_default();
    if line_before.contains("PROPRIETARY") || line_after.contains("PROPRIETARY") {
        return true;
    }
    let owner =
        line_before.trim_start_matches(|mark: char| mark.is_whitespace() || "*/#;%!-<\"".contains(mark));
    let mut words = owner.split_whitespace().filter(|word| !word.chars().all(|mark| "-:".contains(mark)));
    let is_name = words.clone().count() <= 4 && words.all(|word| word.starts_with(char::is_uppercase));
    let rest = line_after.trim_matches([' ', '*', '/', '.', '-', '!', '#', '\r', '>']);
    is_name && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use crate::inventory::{Entry, Media};

    fn banners(text: &str) -> usize {
        let mut entry = Entry { media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), Scanner::plain(), &mut entry);
        entry.mentions.iter().filter(|mention| mention.kind == MentionKind::Banner).count()
    }

    #[test]
    fn banners_at_the_top() {
        for text in [
            "/*\n * ACME CONFIDENTIAL\n * __________\n */\nlet a;",
            "#!/bin/sh\n# Copyright Acme. CONFIDENTIAL AND PROPRIETARY.\nls",
            "// FOR INTERNAL USE ONLY\nlet a;",
            "/* (c) Acme */\n\n/* DO NOT DISTRIBUTE */ let a;",
            "{\"sourcesContent\":[\"/*\\n * ACME CORP CONFIDENTIAL\\n */\\nlet a;\"]}",
            "<!-- STRICTLY CONFIDENTIAL -->\n<p>",
            "\"\"\"Acme Inc. DO NOT DISTRIBUTE.\"\"\"\nimport os",
        ] {
            assert_eq!(banners(text), 1, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_banner() {
        for text in [
            "let a;\n// INTERNAL USE ONLY\n",
            "// For internal use only.\nlet a;",
            "const LEVELS = ['PUBLIC', 'CONFIDENTIAL'];",
            "// Values: CONFIDENTIAL, SECRET and PUBLIC.\nlet a;",
            "/** Sets CONFIDENTIAL mode on the client. */\nlet a;",
            "// see DO_NOT_DISTRIBUTE\nlet a = 'DO NOT DISTRIBUTE';",
            "/* a */ let a = 'DO NOT DISTRIBUTE'",
            "{\"classification\":\"CONFIDENTIAL\"}",
        ] {
            assert_eq!(banners(text), 0, "{text}");
        }
    }
}
