//! Random instances of every pattern, and keys of every kind and size, in every carrier: none may be missed, but for what
//! chance does to a fresh seed. Ten of each by a seed that is always the same and ten by a new one; `tests/measure/recall`
//! asks for more.

use std::io::Write as _;

use super::tests::dice::{Dice, base64};
use super::tests::{FIXED_SEED, instance, keys, scan, scan_streamed, seeds};
use super::*;
use crate::decode::{uuencoded, vim_swap};
use crate::inventory::Media;

/// How a text is wrapped.
struct Carrier {
    name: &'static str,
    wrap: fn(&mut Dice, &str) -> Vec<u8>,
}

const fn carrier(name: &'static str, wrap: fn(&mut Dice, &str) -> Vec<u8>) -> Carrier {
    Carrier { name, wrap }
}

const CARRIERS: &[Carrier] = &[
    carrier("as it is", |_, token| format!("one\nconst two = {};\n", literal(token)).into_bytes()),
    carrier("colours", |_, token| {
        // a line of a login file is no message of a program
        let (on, off) = if token.contains(' ') { ("", "") } else { ("\u{1b}[1;33m", "\u{1b}[0m") };
        format!("text {on}{token}{off} text\n").into_bytes()
    }),
    carrier("+", |dice, token| code(&cut(dice, token, 2).join("\" + \""))),
    carrier("+ without blanks", |dice, token| code(&cut(dice, token, 2).join("\"+\""))),
    carrier("+ over lines", |dice, token| code(&cut(dice, token, 3).join("\" +\n  \""))),
    carrier("+ at the beginning of lines", |dice, token| code(&cut(dice, token, 3).join("\"\n    + \""))),
    carrier("adjacent", |dice, token| code(&cut(dice, token, 2).join("\" \""))),
    carrier("adjacent with comments", |dice, token| {
        code(&cut(dice, token, 3).join("\" /* \u{2026} */\n    // more\n    \""))
    }),
    carrier("two kinds of quotes", |dice, token| {
        let parts = cut(dice, token, 2);
        let [first, rest @ ..] = parts.as_slice() else { return code(token) };
        if token.contains('\'') {
            return code(&parts.join("\" \""));
        }
        format!("x=\"{first}\"'{}'\n", rest.concat()).into_bytes()
    }),
    carrier("& over lines", |dice, token| code(&cut(dice, token, 2).join("\" & _\n    \""))),
    carrier("YAML's joined lines", |dice, token| code(&cut(dice, token, 2).join("\\\n    "))),
    carrier("adjacent over lines", |dice, token| code(&cut(dice, token, 3).join("\"\n    \""))),
    carrier("concat", |dice, token| {
        code(&cut(dice, token, 2).join("\".concat(\"")).into_iter().chain(*b")").collect()
    }),
    carrier("concat of several", |dice, token| {
        format!("x = \"\".concat(\"{}\");\n", cut(dice, token, 3).join("\", \"")).into_bytes()
    }),
    carrier("join", |dice, token| {
        format!("x = [\"{}\"].join(\"\");\n", cut(dice, token, 3).join("\", \"")).into_bytes()
    }),
    carrier("join over lines", |dice, token| {
        format!("x = ''.join([\n  \"{}\",\n])\n", cut(dice, token, 3).join("\",\n  \"")).into_bytes()
    }),
    carrier("one \\x", |dice, token| code(&one(dice, token, |byte| format!("\\x{byte:02x}")))),
    carrier("all \\x", |_, token| code(&all(token, |byte| format!("\\x{byte:02x}")))),
    carrier("one \\u", |dice, token| code(&one(dice, token, |byte| format!("\\u{byte:04x}")))),
    carrier("all \\u", |_, token| code(&all(token, |byte| format!("\\u{byte:04X}")))),
    carrier("\\u{}", |_, token| code(&signs(token, |byte| format!("\\u{{{byte:x}}}")))),
    carrier("octal", |_, token| code(&signs(token, |byte| format!("\\{byte:03o}")))),
    carrier("escaped twice", |_, token| code(&signs(token, |byte| format!("\\\\u{byte:04x}")))),
    carrier("\\/", |_, token| code(&literal(token).trim_matches('"').replace('/', "\\/"))),
    carrier("numbers of entities", |_, token| {
        format!("<p>{}</p>", signs(token, |byte| format!("&#{byte};"))).into_bytes()
    }),
    carrier("entities in hex", |_, token| {
        format!("<p>{}</p>", signs(token, |byte| format!("&#x{byte:X};"))).into_bytes()
    }),
    carrier("names of entities", |_, token| {
        let text =
            token.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('_', "&lowbar;");
        format!("<code>{text}</code>\n").into_bytes()
    }),
    carrier("Markdown", |_, token| format!("text {} text\n", token.replace('_', "\\_")).into_bytes()),
    carrier("more of Markdown", |_, token| {
        let text = token.replace('_', "\\_").replace('-', "\\-").replace('.', "\\.");
        format!("text {text} text\n").into_bytes()
    }),
    carrier("percent", |_, token| {
        format!("https://a.example.org/?q={}&x=1\n", signs(token, |byte| format!("%{byte:02X}"))).into_bytes()
    }),
    carrier("JSON in JSON", |_, token| {
        let inner = serde_json::json!({ "text": token }).to_string();
        serde_json::json!({ "inner": inner }).to_string().into_bytes()
    }),
    carrier("base64", |dice, token| {
        format!("x = '{}'\n", base64(around(dice, token).as_bytes())).into_bytes()
    }),
    carrier("base64 for URLs", |dice, token| {
        let text = base64(around(dice, token).as_bytes()).replace('+', "-").replace('/', "_");
        format!("https://a.example.org/?q={}\n", text.trim_end_matches('=')).into_bytes()
    }),
    carrier("base64 in lines", |dice, token| wrapped(dice, token, "\n", 76)),
    carrier("base64 in lines of a comment", |dice, token| wrapped(dice, token, "\n * ", 76)),
    carrier("base64 in lines of a script", |dice, token| wrapped(dice, token, "\n# ", 64)),
    carrier("base64 in literals", |dice, token| wrapped(dice, token, "\" +\n  \"", 60)),
    carrier("base64 in an escaped text", |dice, token| wrapped(dice, token, "\\n", 76)),
    carrier("base64 twice", |dice, token| {
        format!("x = '{}'\n", base64(base64(around(dice, token).as_bytes()).as_bytes())).into_bytes()
    }),
    carrier("base64 with escaped slashes", |dice, token| {
        format!(
            "\"{}\"\n",
            base64(around(dice, token).as_bytes()).replace('/', "\\/").replace('+', "\\u002B")
        )
        .into_bytes()
    }),
    carrier("data URL", |dice, token| {
        format!("url(data:font/woff2;base64,{})", base64(around(dice, token).as_bytes())).into_bytes()
    }),
    carrier("percent of UTF-16", |_, token| {
        format!("x = unescape('{}')", all(token, |byte| format!("%u{byte:04X}"))).into_bytes()
    }),
    carrier("data URL in percent", |_, token| {
        format!("url(\"data:text/plain,{}\")", all(token, |byte| format!("%{byte:02x}"))).into_bytes()
    }),
    carrier("atob", |dice, token| {
        format!("atob(\"{}\")", base64(around(dice, token).as_bytes())).into_bytes()
    }),
    carrier("Secret of Kubernetes", |dice, token| {
        format!("kind: Secret\ndata:\n  a: {}\n", base64(around(dice, token).as_bytes())).into_bytes()
    }),
    carrier("file of settings in base64", |dice, token| {
        let text = format!("A=1\nB=2\nSOME_VALUE={token}\n{}\n", dice.characters("abc", 5));
        base64(text.as_bytes()).into_bytes()
    }),
    carrier("hexadecimal", |dice, token| {
        let hex: String = around(dice, token).bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("x = '{hex}'\n").into_bytes()
    }),
    carrier("numbers", |_, token| {
        format!("String.fromCharCode({})", numbers(token, |byte| byte.to_string())).into_bytes()
    }),
    carrier("numbers in hex", |_, token| {
        format!("char x[] = {{\n  {}\n}};", numbers(token, |byte| format!("0x{byte:02x}"))).into_bytes()
    }),
    carrier("characters", |_, token| {
        format!("char[] x = {{{}, '\\0'}};", numbers(token, character)).into_bytes()
    }),
    carrier("characters in lines", |_, token| {
        format!("x = &[\n    b{}\n];", numbers(token, character).replace(", '", ",\n    b'")).into_bytes()
    }),
    carrier("numbers with a type", |_, token| {
        format!("x = [{}];", numbers(token, |byte| format!("0x{byte:02x}u8"))).into_bytes()
    }),
    carrier("bytes of Java", |_, token| {
        format!("byte[] x = {{{}}};", numbers(token, |byte| format!("(byte) {byte}"))).into_bytes()
    }),
    carrier("the first number with a type", |_, token| {
        format!("x = [{}];", numbers(token, |byte| byte.to_string()).replacen(',', "u8,", 1)).into_bytes()
    }),
    carrier("characters made of numbers", |_, token| {
        format!("x = {}", numbers(token, |byte| format!("chr({byte})")).replace(", ", " + ")).into_bytes()
    }),
    carrier("characters of JavaScript", |_, token| {
        let calls = numbers(token, |byte| format!("String.fromCharCode({byte})"));
        format!("const x={};", calls.replace(", ", "+")).into_bytes()
    }),
    carrier("numbers with a sign between", |dice, token| {
        let sign = dice.characters("-:.#|", 1);
        let numbers: Vec<String> = token.bytes().map(|byte| byte.to_string()).collect();
        format!("x = '{}';\n", numbers.join(&sign)).into_bytes()
    }),
    carrier("escapes in base ten", |_, token| code(&all(token, |byte| format!("\\{byte:03}")))),
    carrier("octal escapes of a shell", |_, token| {
        format!("printf '%b' '{}'\n", all(token, |byte| format!("\\0{byte:o}"))).into_bytes()
    }),
    carrier("tags", |dice, token| {
        if !token.bytes().all(is_tagless) {
            return code(token);
        }
        format!("<code>{}</code>\n", cut(dice, token, 3).join("</b><b>")).into_bytes()
    }),
    carrier("folded lines", |dice, token| {
        const WIDTH: usize = 72;
        let parts = cut(dice, token, 2);
        let [first, second] = parts.as_slice() else { return code(token) };
        let blanks = WIDTH.checked_sub(first.len() + 8).filter(|_| token.bytes().all(is_tagless));
        let Some(blanks) = blanks else { return code(token) };
        let words = "a line of ".repeat(8);
        format!("note: {}, {first}\n {second}\nnext: 1\n", &words[..blanks]).into_bytes()
    }),
    carrier("a macro of Rust", |dice, token| {
        format!("x = concat!(\"{}\");\n", cut(dice, token, 3).join("\", \"")).into_bytes()
    }),
    carrier("join with a separator", |dice, token| {
        format!("x = String.join(\"\", \"{}\");\n", cut(dice, token, 3).join("\", \"")).into_bytes()
    }),
    carrier("format", |dice, token| {
        format!("x = \"{{}}{{}}{{}}\".format(\"{}\")\n", cut(dice, token, 3).join("\", \"")).into_bytes()
    }),
    carrier("+=", |dice, token| {
        format!("x = \"{}\";\n", cut(dice, token, 3).join("\";\nx += \"")).into_bytes()
    }),
    carrier("base32", |dice, token| {
        format!("x = '{}'\n", base32(around(dice, token).as_bytes())).into_bytes()
    }),
    carrier("dump in words", |dice, token| {
        dump(around(dice, token).as_bytes(), 16, 2, |at, row, clear| format!("{at:08x}: {row:39}  {clear}\n"))
    }),
    carrier("dump in bytes", |dice, token| {
        dump(around(dice, token).as_bytes(), 16, 1, |at, row, clear| {
            format!("{at:08x}  {row:47}  |{clear}|\n")
        })
    }),
    carrier("dump of od", |dice, token| {
        dump(around(dice, token).as_bytes(), 16, 2, |at, row, _| {
            let words = row.split(' ').map(|word| match word.split_at_checked(2) {
                Some((first, second)) if !second.is_empty() => format!(" {second}{first}"),
                _ => format!(" 00{word}"),
            });
            format!("{at:07o}{}\n", words.collect::<String>())
        })
    }),
    carrier("dump of od in signs", |dice, token| {
        dump(around(dice, token).as_bytes(), 16, 1, |at, row, clear| {
            let column = |(number, sign): (&str, char)| match number {
                "0a" => "  \\n".to_owned(),
                "20" => "    ".to_owned(),
                "0d" => "  \\r".to_owned(),
                "09" => "  \\t".to_owned(),
                _ => format!("   {sign}"),
            };
            format!("{at:07o}{}\n", row.split(' ').zip(clear.chars()).map(column).collect::<String>())
        })
    }),
    carrier("uuencoded", |dice, token| uuencoded("a", around(dice, token).as_bytes()).into_bytes()),
    carrier("Vim's swap", |dice, token| {
        let text = around(dice, token);
        vim_swap(&text.lines().collect::<Vec<_>>(), 1 + dice.below(5))
    }),
    carrier("turned round", |_, token| {
        if token.contains(['\'', '"', '\\', '\n']) {
            return format!("text {token}\n").into_bytes();
        }
        format!("x = \"{}\".split(\"\").reverse().join(\"\")", token.chars().rev().collect::<String>())
            .into_bytes()
    }),
    carrier("reversed by a call", |dice, token| {
        if token.contains(['\'', '"', '\\', '\n', '`', '$']) {
            return format!("text {token}\n").into_bytes();
        }
        let text: String = token.chars().rev().collect();
        let calls: [fn(&str) -> String; 6] = [
            |text| format!("x = '{text}'.reverse\n"),
            |text| format!("x = Array.from('{text}').reverse().join('');\n"),
            |text| format!("String x = new StringBuilder(\"{text}\").reverse().toString();\n"),
            |text| format!("x = ''.join(reversed('{text}'))\n"),
            |text| format!("val x = \"{text}\".reversed()\n"),
            |text| format!("echo '{text}' | rev\n"),
        ];
        calls[dice.below(calls.len())](&text).into_bytes()
    }),
    carrier("hexadecimal in lines", |dice, token| {
        dump(around(dice, token).as_bytes(), 30, 30, |_, row, _| format!("{row}\n"))
    }),
    carrier("a template's literals", |dice, token| {
        if token.contains(['\'', '\\', '`']) {
            return code(token.trim_matches('"'));
        }
        let [first, second, third] = &cut(dice, token, 3)[..] else { return code(token) };
        format!("x = `{}${{''}}{}${{'{}'}}`;\n", first, second, third).into_bytes()
    }),
    carrier("words of a shell", |dice, token| {
        if token.contains(['\'', '"', '\\', '$', '\n', '`']) {
            return format!("text {token}\n").into_bytes();
        }
        let [first, second, third] = &cut(dice, token, 3)[..] else { return code(token) };
        format!("#!/bin/sh\nsend {first}'{second}'\"{third}\"\n").into_bytes()
    }),
    // the length that stands before it is a letter for some
    carrier("Protocol Buffers", |_, token| {
        let length = token.len();
        let number = match u8::try_from(length) {
            Ok(length @ ..=0x7F) => vec![length],
            _ => vec![(length & 0x7F | 0x80) as u8, (length >> 7) as u8],
        };
        [b"\x0a\x06mailer\x12", number.as_slice(), token.as_bytes(), b"\x1a\x02eu"].concat()
    }),
    carrier("quoted-printable", |dice, token| {
        let at = dice.below(token.len());
        let (first, second) = token.split_at_checked(at).unwrap_or((token, ""));
        let text = |part: &str| part.replace('=', "=3D");
        format!("text text=20\r\ntext {}=\r\n{} text\r\n", text(first), text(second)).into_bytes()
    }),
    carrier("a page of PDF", |dice, token| {
        let escape = |part: &String| part.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        let parts: Vec<String> =
            cut(dice, token, 3).iter().map(|part| format!("({})", escape(&part.to_string()))).collect();
        let page = format!("BT /F1 12 Tf [(some words before it )] TJ [{}] TJ ET\n", parts.join(" -12.5 "));
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(page.as_bytes()).unwrap();
        let head = b"%PDF-1.7\n4 0 obj\n<< /Length 9 /Filter /FlateDecode >>\nstream\n";
        [head, packer.finish().unwrap().as_slice(), b"\nendstream\nendobj\n"].concat()
    }),
    carrier("UTF-7", |dice, token| {
        let wide: Vec<u8> = around(dice, token).encode_utf16().flat_map(u16::to_be_bytes).collect();
        format!("text +{}- text\n", base64(&wide).trim_end_matches('=')).into_bytes()
    }),
    carrier("rich text", |dice, token| {
        let every = dice.below(3) + 1;
        let sign = |(at, byte): (usize, u8)| {
            if at % every == 0 { format!("\\'{byte:02x}") } else { rich(byte) }
        };
        let text: String = token.bytes().enumerate().map(sign).collect();
        format!("{{\\rtf1\\ansi\\deff0 text\\par\n\\f0\\fs24 {text}\\par\n}}").into_bytes()
    }),
    carrier("gzip in base64", |dice, token| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(around(dice, token).as_bytes()).unwrap();
        format!("x = '{}'\n", base64(&packer.finish().unwrap())).into_bytes()
    }),
    carrier("zlib in base64", |dice, token| {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(around(dice, token).as_bytes()).unwrap();
        format!("x = '{}'\n", base64(&packer.finish().unwrap())).into_bytes()
    }),
    carrier("raw deflate in base64", |dice, token| {
        format!("x = '{}'\n", base64(&deflated(around(dice, token).as_bytes()))).into_bytes()
    }),
    carrier("UTF-16 in base64", |_, token| {
        let wide: Vec<u8> = format!("text: {token} ").encode_utf16().flat_map(u16::to_le_bytes).collect();
        format!("powershell -e {}\n", base64(&wide)).into_bytes()
    }),
];

/// Those for which an entry is no text.
const WIDE: &[Carrier] = &[
    carrier("UTF-16", |dice, token| wide(dice, token, u16::to_le_bytes)),
    carrier("UTF-16, big end first", |dice, token| wide(dice, token, u16::to_be_bytes)),
    carrier("UTF-32", |_, token| {
        let letters = token.bytes().map(u32::from).flat_map(u32::to_le_bytes);
        b"\x93NUMPY\x01\0\xFF\xFE".iter().copied().chain(letters).collect()
    }),
];

/// Whether pages and folded lines hold a character as it is, in a word.
fn is_tagless(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.=/+".contains(&byte)
}

fn wide(dice: &mut Dice, token: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let before = dice.below(9) + 20;
    let mut bytes = b"MZ\x90\0".to_vec();
    bytes.extend(dice.bytes(before).iter().map(|byte| byte | 0x80));
    bytes.extend(token.encode_utf16().flat_map(order));
    bytes.extend_from_slice(&[0, 0, 0xFF, 0xFE, 0xFD]);
    bytes
}

fn deflated(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

fn bzipped(text: &[u8]) -> Vec<u8> {
    let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn code(inner: &str) -> Vec<u8> {
    format!("one\nconst two = \"{inner}\";\n").into_bytes()
}

/// A literal's text in so many pieces, none of them empty, and no escape cut.
fn cut(dice: &mut Dice, token: &str, pieces: usize) -> Vec<String> {
    let characters: Vec<char> = token.chars().collect();
    // nobody cuts beside a blank, and without an operator that would be two arguments
    let may_cut =
        |at: usize| characters[at - 1].is_ascii_alphanumeric() && characters[at].is_ascii_alphanumeric();
    let all: Vec<usize> = (1..characters.len()).filter(|at| may_cut(*at)).collect();
    let mut places: Vec<usize> = (1..pieces).map(|_| all[dice.below(all.len())]).collect();
    places.extend([0, characters.len()]);
    places.sort_unstable();
    places.dedup();
    let texts =
        places.windows(2).map(|pair| literal(&characters[pair[0]..pair[1]].iter().collect::<String>()));
    texts.map(|text| text[1..text.len() - 1].to_owned()).collect()
}

fn one(dice: &mut Dice, token: &str, escape: fn(u8) -> String) -> String {
    let at = dice.below(token.len());
    let text = |part: &str| literal(part).trim_matches('"').to_owned();
    // nobody escapes one of two quotes, nor half an arrow, nor the brace of an object
    let stays = |sign: u8| matches!(sign, b'\'' | b'>' | b'{') || sign == b'-' && token.contains("->");
    match (token.get(..at), token.get(at + 1..)) {
        (Some(before), Some(behind))
            if !before.ends_with('"') && !behind.starts_with('"') && !stays(token.as_bytes()[at]) =>
        {
            text(before) + &escape(token.as_bytes()[at]) + &text(behind)
        }
        _ => all(token, escape),
    }
}

fn all(token: &str, escape: fn(u8) -> String) -> String {
    token.bytes().map(escape).collect()
}

fn numbers(token: &str, number: fn(u8) -> String) -> String {
    token.bytes().map(number).collect::<Vec<_>>().join(", ")
}

fn character(byte: u8) -> String {
    match byte {
        b'\'' => "'\\''".to_owned(),
        b'\\' => "'\\\\'".to_owned(),
        b'\n' => "'\\n'".to_owned(),
        other => format!("'{}'", char::from(other)),
    }
}

fn rich(byte: u8) -> String {
    match byte {
        b'\\' | b'{' | b'}' => format!("\\{}", char::from(byte)),
        b'\n' => "\\line ".to_owned(),
        other => char::from(other).to_string(),
    }
}

fn signs(token: &str, escape: fn(u8) -> String) -> String {
    token
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { escape(byte) })
        .collect()
}

fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let digit =
        |bits: &[u8]| bits.iter().fold(0, |value, bit| value << 1 | usize::from(*bit)) << (5 - bits.len());
    bits.chunks(5).map(|bits| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[digit(bits)])).collect()
}

/// Bytes as tools show them: so many in a line, and so many of these side by side.
fn dump(bytes: &[u8], width: usize, group: usize, line: fn(usize, String, String) -> String) -> Vec<u8> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let lines = bytes.chunks(width).enumerate().map(|(number, part)| {
        let clear = |byte: &u8| if byte.is_ascii_graphic() { char::from(*byte) } else { '.' };
        let row = part.chunks(group).map(hex).collect::<Vec<_>>().join(" ");
        line(number * width, row, part.iter().map(clear).collect())
    });
    lines.collect::<String>().into_bytes()
}

/// With some text before and after it, so that it is long enough and is anywhere in a group.
fn around(dice: &mut Dice, token: &str) -> String {
    let (before, behind) = (dice.below(12), dice.below(12) + 12);
    format!("{} {token} {}", dice.characters("abcdefgh ", before), dice.characters("abcdefgh ", behind))
}

fn wrapped(dice: &mut Dice, token: &str, gap: &str, width: usize) -> Vec<u8> {
    let text = format!("{} {token} {}", dice.characters("abcdefgh ", 80), dice.characters("abcdefgh ", 90));
    let encoded = base64(text.as_bytes());
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("x = \"{}\";\n", lines.join(gap)).into_bytes()
}

/// One in so many texts may be missed with a fresh seed: chance breaks one in some 50,000 by an escape, or by few letters in
/// bare deflate, and that must not fail somebody else's change. The long run allows none.
const BY_CHANCE: usize = 5_000;

/// Of so many instances one may be missed where it stands plainly: chance makes of few letters what looks like a word, and of
/// some names what stands for a value. In carriers these are not looked for.
const LIKE_WORDS: usize = 500;

/// How many instances there are of each.
fn instances() -> usize {
    std::env::var("PACKGATE_RECALL").ok().and_then(|number| number.parse().ok()).unwrap_or(10)
}

/// What is missed of a text with a secret in some carriers.
fn missed(
    dice: &mut Dice,
    token: &str,
    rule: &str,
    carriers: &[Carrier],
    media: Media,
    count: usize,
) -> Vec<String> {
    let first = dice.below(carriers.len());
    let chosen = (0..count).map(|number| &carriers[(first + number) % carriers.len()]);
    let misses = chosen.filter_map(|carrier| {
        let text = (carrier.wrap)(dice, token);
        let found = scan("package/lib/a.js", &text, media);
        (!found.iter().any(|secret| is_it(secret, rule)))
            .then(|| format!("{rule} in {}: {}\n  {found:?}", carrier.name, text.escape_ascii()))
    });
    misses.collect()
}

/// Whether a secret is found where nothing hides it.
fn is_plain(token: &str, rule: &str) -> bool {
    let text = format!("one\n{token}\ntwo\n");
    scan("package/lib/a.txt", text.as_bytes(), Media::Text).iter().any(|secret| is_it(secret, rule))
}

/// Whether a secret is one of this rule. Of a service account, its key may be all that can be read.
fn is_it(secret: &Secret, rule: &str) -> bool {
    /// Which rules find by more of their surroundings what others find, too, where only a part of these can be read.
    const ALSO: [(&str, &str); 2] = [
        ("secret-gcp-service-account", "secret-private-key"),
        ("secret-curl-command", "secret-bearer-header"),
    ];
    secret.rule == rule || secret.rule == "secret-in-code" || ALSO.contains(&(rule, secret.rule))
}

#[test]
fn no_instance_of_any_pattern_is_missed_in_any_carrier() {
    let mut failed = Vec::new();
    for seed in seeds() {
        let mut dice = Dice::new(seed);
        let (mut misses, mut like_words) = (Vec::new(), Vec::new());
        let mut count = 0;
        for rule in TABLE {
            // An environment is an object of a program, and a password with its user a part of one: these have tests of
            // their own.
            let is_other = |check| matches!(check, Check::Environment | Check::Beside);
            let patterns = rule.patterns.iter().filter(|pattern| !is_other(pattern.check));
            for pattern in patterns {
                for _ in 0..instances() {
                    let token = instance(&mut dice, pattern.example);
                    if !is_plain(&token, rule.name) {
                        like_words.push(format!("{} plainly: {token}", rule.name));
                        continue;
                    }
                    misses.extend(missed(&mut dice, &token, rule.name, CARRIERS, Media::Text, 3));
                    misses.extend(missed(&mut dice, &token, rule.name, WIDE, Media::Pe, 1));
                    count += 4;
                }
            }
        }
        let listed = misses.get(..misses.len().min(40)).unwrap_or_default().join("\n");
        println!("{} of {count} missed with seed {seed}\n{listed}\n{}", misses.len(), like_words.join("\n"));
        failed.extend((like_words.len() * LIKE_WORDS > count / 4).then(|| like_words.join("\n")));
        let is_long_run = std::env::var_os("PACKGATE_RECALL").is_some();
        let most = if seed == FIXED_SEED || is_long_run { 0 } else { count / BY_CHANCE };
        failed.extend((misses.len() > most).then(|| format!("seed {seed}:\n{listed}")));
    }
    assert!(failed.is_empty(), "missed with {}", failed.join("\n"));
}

/// Carriers that are known by how a file begins, or what a terminal shows: within another, they are none.
const FILES: &[&str] = &[
    "colours",
    "dump in words",
    "dump in bytes",
    "dump of od",
    "dump of od in signs",
    "uuencoded",
    "Vim's swap",
    "a page of PDF",
    "rich text",
    "quoted-printable",
    "Protocol Buffers",
    "hexadecimal in lines",
    "words of a shell",
    "the first number with a type",
    "folded lines",
];

/// Whether a token is one word, whose own signs no carrier has to escape.
fn is_word(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-:/+=@".contains(&byte))
}

/// How any text is wrapped, one in another carrier as well.
const OUTER: &[Carrier] = &[
    carrier("a string of JSON", |_, text| {
        format!("{{\"text\": {}, \"b\": 1}}\n", literal(text)).into_bytes()
    }),
    carrier("base64", |dice, text| format!("x = '{}'\n", base64(around(dice, text).as_bytes())).into_bytes()),
    carrier("base64 in lines", |dice, text| wrapped(dice, text, "\n", 76)),
    carrier("data URL", |dice, text| {
        format!("url(data:text/plain;base64,{})", base64(around(dice, text).as_bytes())).into_bytes()
    }),
    carrier("hexadecimal", |dice, text| {
        let hex: String = around(dice, text).bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("x = '{hex}'\n").into_bytes()
    }),
    carrier("gzip in base64", |dice, text| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(around(dice, text).as_bytes()).unwrap();
        format!("x = '{}'\n", base64(&packer.finish().unwrap())).into_bytes()
    }),
    carrier("percent", |_, text| {
        format!("https://a.example.org/?q={}\n", all(text, |byte| format!("%{byte:02X}"))).into_bytes()
    }),
    carrier("a source map", |_, text| {
        let map = serde_json::json!({ "version": 3, "sources": ["a.ts"], "sourcesContent": [text], "mappings": "AAAA" });
        map.to_string().into_bytes()
    }),
    carrier("\\x", |_, text| code(&all(text, |byte| format!("\\x{byte:02x}")))),
    carrier("numbers", |_, text| {
        format!("String.fromCharCode({})", numbers(text, |byte| byte.to_string())).into_bytes()
    }),
];

#[test]
fn no_instance_is_missed_in_a_carrier_within_another() {
    /// One in so many may be: two wrappings break what neither would alone.
    const BY_CHANCE: usize = 200;
    let inners: Vec<&Carrier> = CARRIERS.iter().filter(|carrier| !FILES.contains(&carrier.name)).collect();
    let mut failed = Vec::new();
    for seed in seeds() {
        let mut dice = Dice::new(seed);
        let (mut misses, mut count) = (Vec::new(), 0_usize);
        for rule in TABLE {
            let is_other = |check| matches!(check, Check::Environment | Check::Beside);
            for pattern in rule.patterns.iter().filter(|pattern| !is_other(pattern.check)) {
                for _ in 0..instances().div_ceil(5) {
                    let token = instance(&mut dice, pattern.example);
                    let inner = inners[dice.below(inners.len())];
                    let outer = &OUTER[dice.below(OUTER.len())];
                    if !is_word(&token) {
                        continue;
                    }
                    let within = lossy(&(inner.wrap)(&mut dice, &token)).replace('\u{2026}', "...");
                    let text = (outer.wrap)(&mut dice, &within);
                    let found = scan("package/lib/a.js", &text, Media::Text);
                    count += 1;
                    if !found.iter().any(|secret| is_it(secret, rule.name)) {
                        misses.push(format!(
                            "{} in {} in {}: {within}\n  {}\n  {found:?}",
                            rule.name,
                            inner.name,
                            outer.name,
                            text.escape_ascii()
                        ));
                    }
                }
            }
        }
        let listed = misses.get(..misses.len().min(200)).unwrap_or_default().join("\n");
        println!("{} of {count} missed with seed {seed}\n{listed}", misses.len());
        failed.extend((misses.len() > count.div_ceil(BY_CHANCE)).then(|| format!("seed {seed}:\n{listed}")));
    }
    assert!(failed.is_empty(), "missed with {}", failed.join("\n"));
}

/// How one character may be written.
const ESCAPES: [fn(u8) -> String; 7] = [
    |byte| format!("\\u{{{byte:x}}}"),
    |byte| format!("\\x{byte:02x}"),
    |byte| format!("\\u{byte:04x}"),
    |byte| format!("\\{byte:03o}"),
    |byte| format!("&#{byte};"),
    |byte| format!("&#x{byte:x};"),
    |byte| format!("%{byte:02X}"),
];

#[test]
fn no_character_of_a_token_hides_it_when_it_alone_is_escaped() {
    let all = std::env::var_os("PACKGATE_RECALL").is_some();
    let mut dice = Dice::new(FIXED_SEED);
    let mut misses = Vec::new();
    let mut count = 0;
    for rule in TABLE {
        for pattern in rule.patterns.iter().filter(|pattern| {
            !matches!(pattern.check, Check::Environment | Check::Beside | Check::PrivateKey)
        }) {
            let token = instance(&mut dice, pattern.example);
            let (places, step) = (token.char_indices().map(|(at, _)| at), if all { 1 } else { 23 });
            for at in places.skip(dice.below(step)).step_by(step) {
                // braces in an object of JSON are its own
                let kinds = if pattern.check == Check::Structure { &ESCAPES[1..] } else { &ESCAPES };
                let escape = kinds[dice.below(kinds.len())];
                let (before, behind) = (&token[..at], &token[at + 1..]);
                // What encloses a name is escaped on both sides, and the letter of an escape not once more. Percents are
                // for addresses, which hold neither quotes nor blanks.
                let encloses = matches!(&token[at..=at], "\"" | "'") && !before.ends_with('(');
                let is_address = !token.contains(['"', '\'', ' ', '\n']);
                // Nobody escapes a blank or a bracket beside another sign, nor half an arrow.
                let is_arrow = ["=>", "->"].iter().any(|arrow| token[at..].starts_with(arrow))
                    || before.ends_with(['=', '-']) && token[at..].starts_with('>');
                let is_layout = is_arrow
                    || matches!(&token[at..=at], " " | "{" | "}" | "[" | "]" | ")" | ",")
                        && !(before.ends_with(char::is_alphanumeric)
                            && behind.starts_with(char::is_alphanumeric));
                if encloses || is_layout || before.ends_with('\\') || escape(b'a') == "%61" && !is_address {
                    continue;
                }
                let text = format!("one\nsend('{before}{}{behind}');\n", escape(token.as_bytes()[at]));
                let found = scan("package/lib/a.js", text.as_bytes(), Media::Text);
                if !found.iter().any(|secret| is_it(secret, rule.name)) {
                    misses.push(format!("{}: {text}", rule.name));
                }
                count += 1;
            }
        }
    }
    assert!(misses.is_empty(), "{} of {count} missed:\n{}", misses.len(), misses.join("\n"));
}

/// How a key in PEM is wrapped.
const PEM: &[Carrier] = &[
    carrier("lines", |_, pem| pem.as_bytes().to_vec()),
    carrier("CRLF", |_, pem| pem.replace('\n', "\r\n").into_bytes()),
    carrier("CR", |_, pem| pem.replace('\n', "\r").into_bytes()),
    carrier("one line", |_, pem| format!("KEY=\"{}\"\n", pem.trim().replace('\n', " ")).into_bytes()),
    carrier("escaped", |_, pem| format!("key: {}\n", literal(pem)).into_bytes()),
    carrier("escaped twice", |_, pem| {
        format!("key: {}\n", literal(literal(pem).trim_matches('"'))).into_bytes()
    }),
    carrier("\\u", |_, pem| {
        let text = literal(pem).replace('+', "\\u002B").replace('/', "\\/").replace('=', "\\u003d");
        format!("{{\"key\": {text}}}\n").into_bytes()
    }),
    carrier("comment", |_, pem| prefixed(pem, "// ")),
    carrier("tight comment", |_, pem| prefixed(pem, "//")),
    carrier("script's comment", |_, pem| prefixed(pem, "# ")),
    carrier("block comment", |_, pem| format!("/*\n{}\n */", lossy(&prefixed(pem, " * "))).into_bytes()),
    carrier("quotation", |_, pem| prefixed(pem, "> ")),
    carrier("tight quotation", |_, pem| prefixed(pem, ">")),
    carrier("table", |_, pem| {
        pem.lines().map(|line| format!("| {line} |\n")).collect::<String>().into_bytes()
    }),
    carrier("log", |dice, pem| {
        let mut line = |text: &str| {
            format!(
                "2026-02-{:02}T1{}:00:{:02}.123Z [info] {text}\n",
                10 + dice.below(18),
                dice.below(9),
                10 + dice.below(49)
            )
        };
        pem.lines().map(&mut line).collect::<String>().into_bytes()
    }),
    carrier("<br>", |_, pem| format!("<p>{}</p>", pem.replace('\n', "<br>\n")).into_bytes()),
    carrier("<br/>", |_, pem| format!("<p>{}</p>", pem.replace('\n', "<br/>")).into_bytes()),
    carrier("entities", |_, pem| {
        format!("<p>{}</p>", pem.replace('\n', "&#10;").replace('+', "&#43;").replace('/', "&#x2F;"))
            .into_bytes()
    }),
    carrier("literals", |_, pem| code(&pem.lines().collect::<Vec<_>>().join("\\n\" +\n  \""))),
    carrier("literals in one line", |_, pem| {
        code(&pem.lines().collect::<Vec<_>>().join("\\n' + '"))
            .iter()
            .map(|byte| if *byte == b'"' { b'\'' } else { *byte })
            .collect()
    }),
    carrier("adjacent literals", |_, pem| code(&pem.lines().collect::<Vec<_>>().join("\\n\"\n  \""))),
    carrier("list of lines", |_, pem| {
        format!("[\"{}\"].join(\"\\n\")", pem.lines().collect::<Vec<_>>().join("\", \"")).into_bytes()
    }),
    carrier("lines of a list", |_, pem| {
        format!("[\n  \"{}\"\n].join(\"\\n\")", pem.lines().collect::<Vec<_>>().join("\",\n  \""))
            .into_bytes()
    }),
    carrier("concat", |_, pem| {
        code(&pem.lines().collect::<Vec<_>>().join("\\n\".concat(\"")).into_iter().chain(*b")").collect()
    }),
    carrier("literals cut anywhere", |dice, pem| {
        let lines: Vec<&str> = pem.trim().lines().collect();
        let end = ["\n", "\r\n"][dice.below(2)];
        // The body may be one long line, too.
        let pem = match lines.as_slice() {
            [first, body @ .., last] if dice.below(2) == 0 => [first, &*body.concat(), last].join(end),
            _ => lines.join(end),
        };
        let pieces = 2 + dice.below(3);
        let parts = cut(dice, &pem, pieces);
        let (open, joint, close) = [
            ("", "\" + \"", ""),
            ("", "\" +\n  \"", ""),
            ("\"\".concat(", "\", \"", ")"),
            ("[", "\", \"", "].join(\"\")"),
        ][dice.below(4)];
        format!("one\nconst two = {open}\"{}\"{close};\n", parts.join(joint)).into_bytes()
    }),
    carrier("continued lines", |_, pem| code(&pem.trim().replace('\n', "\\n\\\n"))),
    carrier("percent", |_, pem| {
        let text = pem
            .trim()
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D")
            .replace(' ', "%20")
            .replace('\n', "%0A");
        format!("https://a.example.org/?key={text}&b=1\n").into_bytes()
    }),
    carrier("YAML", |_, pem| format!("key: |\n{}", lossy(&prefixed(pem, "    "))).into_bytes()),
    carrier("base64", |_, pem| format!("data:\n  tls.key: {}\n", base64(pem.as_bytes())).into_bytes()),
    carrier("base64 in lines", |dice, pem| wrapped(dice, pem, "\n", 76)),
    carrier("base64 twice", |_, pem| base64(base64(pem.as_bytes()).as_bytes()).into_bytes()),
    carrier("gzip in base64", |_, pem| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(pem.as_bytes()).unwrap();
        base64(&packer.finish().unwrap()).into_bytes()
    }),
];

type WrapBytes = fn(&[u8]) -> Vec<u8>;

/// How a key's bytes are wrapped.
const BYTES: &[(&str, WrapBytes)] = &[
    ("the file itself", <[u8]>::to_vec),
    ("setting in base64", |key| format!("SIGNING_KEY={}\n", base64(key)).into_bytes()),
    ("lines of base64", |key| {
        let text = base64(key);
        let lines: Vec<_> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("{}\n", lines.join("\n")).into_bytes()
    }),
    ("base64 for URLs", |key| {
        format!("x = '{}'\n", base64(key).replace('+', "-").replace('/', "_").trim_end_matches('='))
            .into_bytes()
    }),
    ("hexadecimal", |key| {
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("key = \"{hex}\"\n").into_bytes()
    }),
];

fn prefixed(pem: &str, prefix: &str) -> Vec<u8> {
    pem.lines().map(|line| format!("{prefix}{line}\n")).collect::<String>().into_bytes()
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[test]
fn no_key_of_any_kind_and_size_is_missed_in_any_carrier() {
    /// In the long run, random digits hold a short token of another kind by chance: that many more are no fault.
    const LEAST_FOR_A_CHANCE: usize = 500;
    let mut misses = Vec::new();
    let mut chances = Vec::new();
    let mut count = 0_usize;
    let is_found = |found: &[Secret], chances: &mut Vec<String>| {
        let (keys, others): (Vec<_>, Vec<_>) =
            found.iter().partition(|secret| secret.rule == "secret-private-key");
        chances.extend(others.iter().map(|secret| format!("{secret:?}")));
        keys.len() == 1
    };
    for seed in seeds() {
        let mut dice = Dice::new(seed);
        let keys: Vec<keys::Key> =
            (0..instances().div_ceil(10)).flat_map(|_| keys::every_kind(&mut dice)).collect();
        for key in keys {
            for carrier in PEM {
                let pem = key.pem([64, 70, 76][dice.below(3)], "\n");
                let text = (carrier.wrap)(&mut dice, &pem);
                let found = scan("package/lib/a.js", &text, Media::Text);
                if !is_found(&found, &mut chances) {
                    misses.push(format!(
                        "{} in {}: {}\n  {found:?}",
                        key.label,
                        carrier.name,
                        text.escape_ascii()
                    ));
                }
                count += 1;
            }
            for (name, wrap) in BYTES {
                let text = wrap(&key.bytes);
                let media = if *name == "the file itself" { Media::Binary } else { Media::Text };
                let found = scan("package/lib/a.js", &text, media);
                if !is_found(&found, &mut chances) {
                    misses.push(format!("{} in {name}: {}\n  {found:?}", key.label, text.escape_ascii()));
                }
                count += 1;
            }
        }
    }
    println!("{} of {count} missed", misses.len());
    assert!(
        misses.is_empty(),
        "{} of {count} missed:\n{}",
        misses.len(),
        misses[..misses.len().min(40)].join("\n")
    );
    assert!(chances.len() <= count.div_ceil(LEAST_FOR_A_CHANCE), "{}", chances.join("\n"));
}

/// How a whole file of settings is wrapped.
const WRAPPED: &[Carrier] = &[
    carrier("base64", |_, file| format!("x = '{}'\n", base64(file.as_bytes())).into_bytes()),
    carrier("base64 alone", |_, file| base64(file.as_bytes()).into_bytes()),
    carrier("base64 twice", |_, file| {
        format!("x = '{}'\n", base64(base64(file.as_bytes()).as_bytes())).into_bytes()
    }),
    carrier("hexadecimal", |_, file| {
        let hex: String = file.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("x = '{hex}'\n").into_bytes()
    }),
    carrier("raw deflate in base64", |_, file| {
        format!("x = '{}'\n", base64(&deflated(file.as_bytes()))).into_bytes()
    }),
    carrier("bzip2 in base64", |_, file| {
        format!("x = '{}'\n", base64(&bzipped(file.as_bytes()))).into_bytes()
    }),
    carrier("bzip2 as Python shows it", |_, file| {
        let shown: String = bzipped(file.as_bytes()).escape_ascii().map(char::from).collect();
        format!("x = b'{shown}'\n").into_bytes()
    }),
];

#[test]
fn no_file_of_settings_is_missed_in_a_wrapping() {
    const FILES: [&str; 3] = [
        "NODE_ENV=production\nDB_HOST=db7\nDB_PASSWORD={base62:12}!{base62:4}\n",
        "# of the server\nexport PORT=8080\n\nexport SMTP_PASSWORD=\"{base62:17}7\"\n",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  pw: {b64of:{base62:24}}\n",
    ];
    for seed in seeds() {
        let mut dice = Dice::new(seed);
        for _ in 0..instances() {
            for file in FILES {
                let file = instance(&mut dice, file);
                for carrier in WRAPPED {
                    let text = (carrier.wrap)(&mut dice, &file);
                    let found = scan("package/lib/a.js", &text, Media::Text);
                    let is_it = found.iter().any(|secret| secret.rule == "secret-settings-file");
                    assert!(is_it, "seed {seed}: {file} in {}", carrier.name);
                }
            }
        }
    }
}

#[test]
fn no_environment_is_missed_in_a_string_literal() {
    for rule in TABLE {
        let patterns = rule.patterns.iter().filter(|pattern| pattern.check == Check::Environment);
        for pattern in patterns {
            for seed in seeds() {
                let mut object = instance(&mut Dice::new(seed), pattern.example);
                for depth in 0..3 {
                    let text = format!("let a = JSON.parse({object});\n");
                    let found = scan("package/lib/a.js", text.as_bytes(), Media::Text);
                    let [secret] = found.as_slice() else { panic!("{depth}: {found:?} in {text}") };
                    assert_eq!(secret.rule, rule.name);
                    object = literal(&object);
                }
            }
        }
    }
}

#[test]
fn nothing_is_missed_at_the_borders_of_the_pieces_of_a_large_entry() {
    const PIECE: usize = 4 << 10;
    let mut dice = Dice::new(1);
    for recipe in
        ["npm_{base62:30}{crc}", "AKIA{base32:16}", "postgres://app:{base62:20}@db.acme-prod.net:5432/main"]
    {
        let token = dice.make(recipe);
        let half = token.len() / 2;
        let encoded = base64(format!("the text is {token} and so on").as_bytes());
        let split = format!("'{}' + '{}'", &token[..half], &token[half..]);
        for (what, text) in [("plain", &token), ("base64", &encoded), ("split", &split)] {
            for start in PIECE - text.len() - 4..PIECE + 4 {
                let mut bytes = b"let a = 1;\n".repeat(PIECE / 5);
                bytes.truncate(start);
                bytes.extend_from_slice(format!("\n \"{text}\"\n").as_bytes());
                bytes.extend_from_slice(&b"let b = 2;\n".repeat(PIECE / 8));
                let found = scan_streamed(&bytes, PIECE);
                assert!(!found.is_empty(), "{recipe} {what} at {start}");
            }
        }
    }
}

#[test]
fn nothing_is_missed_at_the_borders_of_the_pieces_of_a_long_encoded_text() {
    const PIECE: usize = 3 << 18;
    let mut dice = Dice::new(2);
    let token = dice.make("npm_{base62:30}{crc}");
    let words = b"one two three ".repeat(PIECE / 10);
    for start in (PIECE - 60..PIECE + 8).step_by(4) {
        let mut text = words.clone();
        text[start..start + token.len()].copy_from_slice(token.as_bytes());
        text[start + token.len()] = b' ';
        text[start - 1] = b' ';
        let encoded = format!("x = '{}'\n", base64(&text));
        assert!(!scan("package/lib/a.js", encoded.as_bytes(), Media::Text).is_empty(), "{start}");
    }
}
