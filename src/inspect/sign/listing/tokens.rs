//! Code as lists of its words, as highlighters and parsers write it: `[["keyword", "const"], ["", " a"]]`,
//! `[[{"content": "const", "color": "#fff"}]]`.

use std::collections::BTreeMap;

use memchr::memchr;

use crate::decode::whole;

/// Different keys that words are looked for under.
const MOST_KEYS: usize = 16;
/// Longer keys are none of a highlighter.
const LONGEST_KEY: usize = 24;
/// What stands in a text where a list ended, until it is known whether the words have line ends of their own.
const LIST_END: u8 = 0x1E;

/// Where a word stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Slot<'a> {
    Under(&'a [u8]),
    FirstOfList,
    LastOfList,
}

/// The texts of the words that a document in JSON has in the same places.
pub(super) fn texts(bytes: &[u8]) -> Vec<Vec<u8>> {
    if !matches!(bytes.trim_ascii_start().first(), Some(b'[' | b'{')) {
        return Vec::new();
    }
    let mut texts: BTreeMap<Slot<'_>, Vec<u8>> = BTreeMap::new();
    let (mut at, mut key) = (0, None);
    let mut recent: [Option<&[u8]>; 2] = [None; 2];
    while let Some(open) = bytes.get(at..).and_then(|rest| memchr(b'"', rest)).map(|open| at + open) {
        let between = bytes.get(at..open).unwrap_or_default();
        if between.contains(&b']') {
            texts.values_mut().for_each(|text| text.push(LIST_END));
        }
        let Some(close) = end(bytes, open + 1) else { break };
        let inside = bytes.get(open + 1..close).unwrap_or_default();
        at = close + 1;
        let behind = bytes.get(at..).unwrap_or_default().trim_ascii_start().first();
        if behind == Some(&b':') {
            key = Some(inside);
            continue;
        }
        let slot = match key.take() {
            Some(key) => {
                if recent.first() != Some(&Some(key)) {
                    recent = [Some(key), recent.first().copied().flatten()];
                }
                Slot::Under(key)
            }
            None if between.trim_ascii_end().ends_with(b"[") => Slot::FirstOfList,
            None if behind == Some(&b']') => Slot::LastOfList,
            // What needs no colour stands between those that have one: their kind and their text are under two keys.
            None => {
                for key in recent.into_iter().flatten() {
                    if let Some(text) = texts.get_mut(&Slot::Under(key)) {
                        text.extend_from_slice(inside);
                    }
                }
                continue;
            }
        };
        let is_new = !texts.contains_key(&slot);
        let is_too_much = matches!(slot, Slot::Under(key) if key.len() > LONGEST_KEY);
        if is_too_much || is_new && texts.len() > MOST_KEYS {
            continue;
        }
        texts.entry(slot).or_default().extend_from_slice(inside);
    }
    let whole = texts.into_values().map(|text| with_lines(&whole::plain(&text)));
    whole.filter(|text| text.contains(&b'\n')).collect()
}

/// Where a string ends that begins at `from`.
pub(super) fn end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            _ => return Some(at),
        }
    }
}

/// A text whose lines are the lists, unless its words have line ends.
fn with_lines(text: &[u8]) -> Vec<u8> {
    let has_lines = memchr(b'\n', text).is_some();
    let lines = text.iter().filter(|byte| !has_lines || **byte != LIST_END);
    lines.map(|byte| if *byte == LIST_END { b'\n' } else { *byte }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [[&str; 4]; 3] =
        [["const ", "a", " = \"b\"", ";"], ["return ", "a", ".c", ";"], ["", "// why", " it", " is so"]];

    #[test]
    fn words_are_put_together() {
        let plain: Vec<String> = LINES.iter().map(|words| words.concat()).collect();
        let object = |word: &str| serde_json::json!({"content": word, "color": "#fff", "offset": 1});
        let lines: Vec<Vec<_>> =
            LINES.iter().map(|words| words.iter().map(|word| object(word)).collect()).collect();
        let with_ends = LINES.iter().flat_map(|words| words.iter().chain([&"\n"]));
        let pairs: Vec<_> = with_ends.clone().map(|word| serde_json::json!(["kind", word])).collect();
        let turned: Vec<_> = with_ends.clone().map(|word| serde_json::json!([word, "kind"])).collect();
        let bare = |word: &&str| match word.trim() {
            "" => serde_json::json!(word),
            _ => serde_json::json!({"type": "keyword", "content": word, "length": word.len()}),
        };
        let mixed: Vec<_> = with_ends.clone().map(bare).collect();
        let nodes: Vec<_> = with_ends
            .map(|word| serde_json::json!({"type": "span", "children": [{"value": word}]}))
            .collect();
        for document in [
            serde_json::to_string(&lines).unwrap(),
            serde_json::to_string(&pairs).unwrap(),
            serde_json::to_string(&turned).unwrap(),
            serde_json::to_string(&mixed).unwrap(),
            serde_json::to_string_pretty(&serde_json::json!({"children": nodes})).unwrap(),
        ] {
            let found = texts(document.as_bytes());
            let has_all = |text: &Vec<u8>| {
                plain.iter().all(|line| String::from_utf8_lossy(text).lines().any(|known| known == line))
            };
            assert!(found.iter().any(has_all), "{document} {found:?}");
        }
        assert!(texts(b"x = [\"a\"]").is_empty());
    }
}
