//! Base85 of the three usual alphabets: files that are nothing else, and literals that code decodes.

use memchr::{memchr, memmem};

use super::digits85::{adobe, rfc_1924, zeromq};
use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping, magic};

/// Digits of a file that is worth a look.
const SHORTEST: usize = 60;

pub(super) const WRAPPING: Wrapping = Wrapping { name: "base85", stands_in: StandsIn::OtherText, uncover };

/// Uncovers what a file of such digits stands for, if it is a text or its beginning says what it is.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    in_literals(bytes, budget, found);
    let text = bytes.trim_ascii();
    // Any other text has a blank near its beginning.
    let is_digits = |head: &[u8]| head.iter().all(|byte| matches!(byte, b'!'..=b'~' | b'\n' | b'\r'));
    if !text.get(..SHORTEST).is_some_and(is_digits) {
        return;
    }
    let start = bytes.len() - bytes.trim_ascii_start().len();
    push(text, start, budget, found);
}

/// The same for what stands in a literal behind the name of a decoder: `b85decode("...")`.
fn in_literals(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    /// Bytes from the name to the quote.
    const LONGEST_GAP: usize = 16;
    for call in memmem::find_iter(bytes, DECODER) {
        let start = call + DECODER.len();
        let behind = bytes.get(start..).unwrap_or_default();
        let gap = behind.get(..LONGEST_GAP).unwrap_or(behind);
        // blanks, and the letters that Python writes before a literal
        let is_before = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'b' | b'B' | b'r' | b'R');
        let open = gap.iter().take_while(|byte| is_before(byte)).count();
        if !matches!(gap.get(open), Some(b'"' | b'\'')) {
            continue;
        }
        let quote = gap.get(open).copied().unwrap_or_default();
        let inside = behind.get(open + 1..).unwrap_or_default();
        // Three of them may hold a text of several lines.
        let marks = inside.iter().take(2).take_while(|byte| **byte == quote).count();
        let inside = inside.get(marks..).unwrap_or_default();
        let digits = memchr(quote, inside).and_then(|end| inside.get(..end)).unwrap_or_default();
        if digits.len() >= SHORTEST {
            push(digits, start + open + 1 + marks, budget, found);
        }
    }
}

/// How the names of such decoders end.
const DECODER: &[u8] = b"85decode(";

/// Hands out what digits stand for, if it is a text or its beginning says what it is.
fn push(text: &[u8], start: usize, budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let head = text.get(..SHORTEST).unwrap_or_default();
    for decode in [adobe, zeromq, rfc_1924] {
        let is_worth_it = decode(head).is_some_and(|head| is_text(&head) || magic::tells(&head));
        if is_worth_it
            && budget.take_alone(text.len())
            && let Some(decoded) = decode(text)
        {
            Builder::new(WRAPPING.name, true, budget, found).alone(decoded, [(0, start)], Rate(5, 4));
            return;
        }
    }
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "// a text of several words, in base85 by whatever tool\n    return it;\n";
    /// The same in each of the alphabets.
    const FORMS: [&str; 3] = [
        r#"0/"GV+EV1>F<GL6+EM+;ATD3q+EqaEA90:EBl5&&@<6!>2'?@R+EqL-FCfW,EZfIBDeob'+<VeIATW'8DBNY83sk"#,
        "fe1CRaARgtBrCHlaAIaqwPzi}aA}:AwofpAx(k55vrl0th6uvNaA}HcBy/SbAV/Exz!]+6arR!EwPS6nzxJUni%>",
        "FE1crAarGTbRchLAaiAQWpZI`Aa`$aWOFPaX>K55VRL0TH6UVnAa`hCbY*sBav*eXZ)^%6ARr)eWps6NZXjuNI|=",
    ];

    fn texts(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            found.push(String::from_utf8_lossy(&layer.text).into_owned());
        });
        found
    }

    #[test]
    fn a_file_of_digits() {
        for digits in FORMS {
            assert_eq!(texts(digits), [TEXT], "{digits}");
            let lines: Vec<&str> =
                digits.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
            assert_eq!(texts(&format!("{}\n", lines.join("\n"))), [TEXT], "{digits}");
        }
        assert_eq!(texts(&format!("<~{}~>", FORMS[0])), [TEXT]);
    }

    #[test]
    fn a_literal_that_is_decoded() {
        let digits = FORMS[2];
        for source in [
            format!("D = base64.b85decode(\"{digits}\")\n"),
            format!("exec(zlib.decompress(b85decode(b'{digits}')))"),
            format!("b85decode(\n  \"\"\"{digits}\"\"\")"),
        ] {
            assert_eq!(texts(&source), [TEXT], "{source}");
        }
        assert!(texts(&format!("b85decode(name); x = '{digits}'")).is_empty());
    }

    #[test]
    fn what_only_looks_like_it() {
        for text in
            ["function(a){return(b)}".repeat(9), "0123456789".repeat(20), format!("x = '{}'", FORMS[0])]
        {
            assert!(texts(&text).is_empty(), "{text}");
        }
    }
}
