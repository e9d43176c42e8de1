//! Code in documents for TeX: coloured by commands, its signs escaped.

use memchr::{memchr, memchr3, memmem};

use super::{MARKUP, Whole};

/// Bytes in which a document or a part of one shows what it is.
const HEAD: usize = 4 << 10;
/// Longer names are none of a command.
const LONGEST_NAME: usize = 32;
/// Commands whose first argument is a colour, a style or the name of a place, none of the text.
const STYLED: [&[u8]; 7] =
    [b"PY", b"PYG", b"textcolor", b"color", b"hypertarget", b"Hypertarget", b"hyperlink"];
/// Longer arguments of that kind are none.
const LONGEST_ARGUMENT: usize = 256;
/// Commands that begin or end a part, and whose argument is no text.
const PARTS: [&[u8]; 2] = [b"begin", b"end"];
/// Commands that stand for a sign, without the prefix that Pygments and Sphinx give them.
const SIGNS: [(&[u8], u8); 34] = [
    (b"Zus", b'_'),
    (b"Zob", b'{'),
    (b"Zcb", b'}'),
    (b"Zca", b'^'),
    (b"Zam", b'&'),
    (b"Zlt", b'<'),
    (b"Zgt", b'>'),
    (b"Zsh", b'#'),
    (b"Zpc", b'%'),
    (b"Zdl", b'$'),
    (b"Zhy", b'-'),
    (b"Zsq", b'\''),
    (b"Zdq", b'"'),
    (b"Zti", b'~'),
    (b"Zbs", b'\\'),
    (b"Zat", b'@'),
    (b"Zlb", b'['),
    (b"Zrb", b']'),
    (b"textbackslash", b'\\'),
    (b"textgreater", b'>'),
    (b"textless", b'<'),
    (b"textasciitilde", b'~'),
    (b"textasciicircum", b'^'),
    (b"textasciigrave", b'`'),
    (b"textquotesingle", b'\''),
    (b"textquotedbl", b'"'),
    (b"textunderscore", b'_'),
    (b"textbar", b'|'),
    (b"textbraceleft", b'{'),
    (b"textbraceright", b'}'),
    (b"textdollar", b'$'),
    (b"lbrace", b'{'),
    (b"rbrace", b'}'),
    (b"space", b' '),
];

pub(super) fn uncover(bytes: &[u8], found: &mut dyn FnMut(Whole)) {
    if is_document(bytes) {
        found(Whole { what: MARKUP, at: 0, text: plain(bytes) });
    }
}

fn is_document(bytes: &[u8]) -> bool {
    let head = bytes.trim_ascii_start();
    let head = head.get(..HEAD).unwrap_or(head);
    matches!(head.first(), Some(b'\\' | b'%')) && memmem::find(head, b"\\begin{").is_some()
        || head.starts_with(b"\\documentclass")
        // a part that is meant to be taken into a document
        || head.starts_with(b"% Generator: GNU source-highlight")
        || head.starts_with(b"%") && memmem::find(head, b"{\\hlstd").is_some()
}

fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr3(b'\\', b'{', b'}', rest) {
        let (before, mark) = rest.split_at(at);
        out.extend_from_slice(before);
        let length = if mark.starts_with(b"\\") { command(&mut out, mark) } else { 1 };
        rest = mark.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// Adds what a command shows that stands for a sign. Returns the length of what is no text.
fn command(out: &mut Vec<u8>, mark: &[u8]) -> usize {
    let behind = mark.get(1..).unwrap_or_default();
    let is_name = |byte: &&u8| byte.is_ascii_alphabetic();
    let name = behind.iter().take(LONGEST_NAME).take_while(is_name).count();
    let Some(first) = behind.first().filter(|_| name == 0) else {
        return 1 + name + arguments(out, behind, name);
    };
    match first {
        b'\\' => out.push(b'\n'),
        // Where a word may be parted, and where signs stand apart.
        b'+' | b'/' => {}
        // An escaped sign, or an escaped blank.
        _ => out.push(*first),
    }
    2
}

/// The same for what stands behind a command's name.
fn arguments(out: &mut Vec<u8>, behind: &[u8], length: usize) -> usize {
    let (name, rest) = behind.split_at(length);
    let short = name.strip_prefix(b"PYG").or_else(|| name.strip_prefix(b"PY")).unwrap_or(name);
    if let Some((_, sign)) = SIGNS.iter().find(|(known, _)| *known == short) {
        out.push(*sign);
        return match rest {
            [b'{', b'}', ..] => 2,
            [b' ', ..] => 1,
            _ => 0,
        };
    }
    let is_none_of_the_text = STYLED.contains(&name) || PARTS.contains(&name);
    match rest.first() {
        Some(b'{') if is_none_of_the_text => {
            let end = memchr(b'}', rest.get(..LONGEST_ARGUMENT).unwrap_or(rest));
            end.map_or(0, |end| end + 1)
        }
        // A blank behind a command only ends its name.
        Some(b' ') => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(document: &str) -> String {
        let mut found = String::new();
        uncover(document.as_bytes(), &mut |whole| found.push_str(std::str::from_utf8(&whole.text).unwrap()));
        found
    }

    #[test]
    fn code_comes_back_as_it_was_written() {
        let code = "def is_free(a): # it's 5% {x}";
        for shown in [
            r"\PY{k}{def} \PY{n+nf}{is\PYZus{}free}\PY{p}{(}a\PY{p}{)}: \PY{c+c1}{\PYZsh{} it\PYZsq{}s 5\PYZpc{} \PYZob{}x\PYZcb{}}",
            r"\PYG{k}{def} \PYG{n+nf}{is\PYGZus{}free}\PYG{p}{(}a\PYG{p}{)}: \PYGZsh{} it\PYGZsq{}s 5\PYGZpc{} \PYGZob{}x\PYGZcb{}",
            r"\textcolor{keyword}{def}\ is\_free(a):\ \textcolor{comment}{\#\ it's\ 5\%\ \{x\}}",
            r"\Hypertarget{a_source_l00006}\mbox{\hyperlink{a}{\textcolor{keyword}{def}}} is\_free(a): \textcolor{comment}{\#\+ it's 5\/\% \{x\}}",
            r"\hlkwa{def}\ \hlkwd{is\textunderscore free}\hlopt{(}a\hlopt{):}\ \hlslc{\#\ it\textquotesingle s\ 5\%\ \{x\}}",
        ] {
            let page =
                format!("\\documentclass{{article}}\n\\begin{{Verbatim}}\n{shown}\n\\end{{Verbatim}}\n");
            assert!(text(&page).lines().any(|line| line == code), "{}", text(&page));
        }
        let part = concat!(
            "% Generator: GNU source-highlight, by Lorenzo Bettini\n\\noindent\n",
            r"\mbox{}\textbf{def}\ is\_free(a):\ \textit{\#\ it's\ 5\%\ \{x\}} \\",
        );
        assert!(text(part).lines().any(|line| line.trim_end() == code), "{}", text(part));
        assert_eq!(text("x = '\\begin{a}'"), "");
        assert_eq!(text("\\begin{a}\\"), "");
    }
}
