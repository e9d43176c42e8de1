//! Rich text, as word processors keep it: characters by their number (`\'5f`, `\u95?`), and words that tell how others
//! look, which part the text.

use super::places::{Builder, Rate};
use super::{Budget, LARGEST_LAYER, Layer, StandsIn, Wrapping, number};

pub(super) const WRAPPING: Wrapping = Wrapping { name: "rich text", stands_in: StandsIn::Text, uncover };

/// How a document begins.
const HEAD: &[u8] = b"{\\rtf";

/// Uncovers the text of a document.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    if !bytes.starts_with(HEAD) || !budget.take(bytes.len()) {
        return;
    }
    let mut layer = Builder::new(WRAPPING.name, false, budget, found);
    read(bytes, &mut |at, text| {
        layer.mark(at, Rate::SAME);
        layer.push(text);
        if layer.len() >= LARGEST_LAYER {
            layer.end();
        }
    });
    layer.end();
}

/// The text of a document; `None` of anything else.
pub(super) fn plain(bytes: &[u8]) -> Option<Vec<u8>> {
    bytes.starts_with(HEAD).then(|| {
        let mut plain = Vec::with_capacity(bytes.len());
        read(bytes, &mut |_, text| plain.extend_from_slice(text));
        plain
    })
}

/// Hands out the text of a document piece by piece, each with its place.
fn read(bytes: &[u8], found: &mut dyn FnMut(usize, &[u8])) {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = rest.iter().position(|byte| matches!(byte, b'\\' | b'{' | b'}' | b'\r' | b'\n'));
        let (text, rest) = rest.split_at_checked(plain.unwrap_or(rest.len())).unwrap_or((rest, b""));
        found(at, text);
        at += text.len();
        if rest.starts_with(b"\\") {
            let (length, character) = control(rest);
            found(at, &character);
            at += length;
        } else {
            at += 1;
        }
    }
}

/// The length of a control, and the text that it stands for.
fn control(text: &[u8]) -> (usize, Vec<u8>) {
    let behind = text.get(1..).unwrap_or_default();
    if let [b'\'', digits @ ..] = behind
        && let Some(byte) = digits.get(..2).and_then(|digits| number(digits, 16))
    {
        return (4, vec![byte as u8]);
    }
    let name = behind.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if name == 0 {
        return (2, behind.iter().take(1).copied().collect());
    }
    let count = |from: usize, is: fn(&u8) -> bool| {
        behind.get(from..).unwrap_or_default().iter().take_while(|byte| is(byte)).count()
    };
    let minus = usize::from(behind.get(name) == Some(&b'-'));
    let digits = count(name + minus, u8::is_ascii_digit);
    let end = name + minus + digits;
    let blank = usize::from(behind.get(end) == Some(&b' '));
    let parameter = behind.get(name + minus..end).unwrap_or_default();
    match behind.get(..name).unwrap_or_default() {
        // a reader that knows no Unicode shows the character behind it
        b"u" if digits > 0 => {
            let character = number(parameter, 10).and_then(char::from_u32).unwrap_or(' ');
            let instead = match behind.get(end + blank..) {
                Some([b'\\', b'\'', ..]) => 4,
                Some([other, ..]) if !matches!(other, b'\\' | b'{' | b'}') => 1,
                _ => 0,
            };
            (1 + end + blank + instead, character.to_string().into_bytes())
        }
        b"par" | b"line" | b"row" | b"cell" | b"sect" | b"page" => (1 + end + blank, b"\n".to_vec()),
        b"tab" => (1 + end + blank, b"\t".to_vec()),
        _ => (1 + end + blank, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(document: &str) -> String {
        let mut found = String::new();
        uncover(document.as_bytes(), &Budget::of(document.len()), &mut |layer| {
            found.push_str(std::str::from_utf8(&layer.text).unwrap());
        });
        found
    }

    #[test]
    fn characters_are_in_clear_and_words_whole() {
        for word in [
            "ab_cd",
            "\\'61b\\'5fc\\'64",
            "\\u97?b\\u95 ?c\\u100\\'3f",
            "{\\b ab}{\\f0\\fs24 _\\i0 c}d",
            "ab_\r\ncd",
            "ab\\_cd",
        ] {
            let found = text(&format!("{{\\rtf1\\ansi one {word}\\par two\\par\n}}"));
            assert!(found.contains("one ab_cd\ntwo"), "{word}: {found}");
        }
        assert_eq!(text("one \\'61"), "");
        assert_eq!(text("{\\rtf1 a\\"), "a\n");
    }
}
