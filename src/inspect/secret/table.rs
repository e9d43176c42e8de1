use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use super::word::Word;

/// One credential of one provider; a rule of its own.
#[derive(Debug)]
pub(crate) struct SecretRule {
    /// Whose such credentials are: clouds, registries, ...
    #[cfg_attr(not(test), expect(dead_code, reason = "the documentation is made of it"))]
    pub(crate) family: &'static str,
    pub(crate) name: &'static str,
    /// The thing, with its article.
    pub(crate) what: &'static str,
    /// What its holder can do.
    pub(crate) grants: &'static str,
    /// Where it is made worthless.
    pub(crate) revoke: &'static str,
    /// Documentation in Markdown.
    pub(crate) docs: &'static str,
    pub(super) patterns: &'static [Pattern],
}

impl SecretRule {
    /// Whether one of its tokens that begins so, as far as it may be shown, carries a checksum, so that nobody makes one
    /// up by chance.
    pub(crate) fn has_checksum(&self, beginning: &[u8]) -> bool {
        let is_own = |pattern: &&Pattern| {
            pattern.keywords.iter().any(|keyword| beginning.starts_with(keyword.as_bytes()))
        };
        self.patterns.iter().filter(is_own).any(|pattern| pattern.check == Check::Crc)
    }

    /// What is checked beyond the form, in the words of the documentation.
    #[cfg(test)]
    pub(crate) fn checked(&self) -> Vec<&'static str> {
        let mut words: Vec<&str> = self.patterns.iter().map(|pattern| pattern.check.word()).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// A recipe for each of its forms, `{hex:32}` for random characters.
    #[cfg(test)]
    pub(crate) fn forms(&self) -> impl Iterator<Item = &'static str> {
        self.patterns.iter().map(|pattern| pattern.example)
    }
}

/// One form that a credential takes. `policies/secrets.toml` says what the fields mean.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) keywords: &'static [&'static str],
    /// Whether these are looked for only in runs of characters of base64, or shortly before.
    pub(super) in_run: bool,
    /// Whether a match has more than the token: the name that it is assigned to, and quotes.
    pub(super) names_value: bool,
    pub(super) regex: &'static str,
    pub(super) before: usize,
    pub(super) context: bool,
    pub(super) longest: usize,
    /// Bytes that a match has at least; 0 for what is assigned to a name.
    shortest: usize,
    /// The bytes that it may have, as bits.
    alphabet: [u64; 4],
    pub(super) guard: Guard,
    pub(super) check: Check,
    /// Entropy that the random part has at least, times its length.
    pub(super) bits: f64,
    #[cfg_attr(not(test), expect(dead_code, reason = "tests make instances of it"))]
    pub(super) example: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "tests make near misses of it"))]
    pub(super) near: &'static [&'static str],
}

impl Pattern {
    /// Whether a token is told from whatever stands beside it: by a checksum, a long beginning, since it is all capitals
    /// and digits, or by a short beginning if there is much of it.
    pub(super) fn is_distinct(&self, keyword: &str) -> bool {
        self.has_long_beginning(keyword)
            || self.shortest >= 30 && keyword.len() >= 3 && keyword.contains(['_', '-', '.'])
    }

    /// Whether what stands behind this beginning need be no more than no word.
    pub(super) fn has_long_beginning(&self, keyword: &str) -> bool {
        self.check == Check::Crc
            || keyword.len() >= 5 && keyword.contains(['_', '-'])
            || self.shortest >= 20 && self.has_no_small_letters()
    }

    pub(super) fn has_no_small_letters(&self) -> bool {
        !(b'a'..=b'z').any(|letter| self.has(letter))
    }

    /// Whether a match may stand around a keyword: whether as many bytes as the shortest has are its own there, and
    /// what is there doesn't go on for longer than any match. Most places fail after a few bytes.
    pub(super) fn may_stand(&self, text: &[u8], at: usize, keyword: &str, word: Option<&mut Word>) -> bool {
        if self.shortest == 0 {
            return true;
        }
        if word.is_some() && self.begins_with(keyword) && !self.guard.begins(text, at) {
            return false;
        }
        // A quote before the token may be part of its keyword.
        let Some(first) = keyword.bytes().position(|byte| self.has(byte)) else { return true };
        let (before, behind) = text.split_at_checked(at + first).unwrap_or((text, &[]));
        let own = |byte: &&u8| self.has(**byte);
        let length = behind.iter().take(self.shortest).take_while(own).count();
        let before = before.iter().rev().take(self.before.min(self.shortest - length)).take_while(own);
        length + before.count() >= self.shortest
            && word.is_none_or(|word| !self.is_endless(text, at, keyword, word))
    }

    /// Whether letters and digits around a keyword go on for longer than any match, so that none ends or begins where
    /// its guard allows it.
    fn is_endless(&self, text: &[u8], at: usize, keyword: &str, word: &mut Word) -> bool {
        /// An escape such as `\u000a` may stand before a token.
        const ESCAPE: usize = 6;
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let before = at.checked_sub(self.before + 1 + ESCAPE).and_then(|start| text.get(start..at));
        self.guard != Guard::None
            && (word.end(text, at + keyword.len()) > at + self.longest
                || (self.before > 0 && before.is_some_and(|before| before.iter().all(is_letter))))
    }

    /// Whether the keyword is the beginning of every match.
    pub(super) fn begins_with(&self, keyword: &str) -> bool {
        self.before == 0 && self.regex.trim_start_matches('(').starts_with(keyword)
    }

    fn has(&self, byte: u8) -> bool {
        self.alphabet.get(usize::from(byte) / 64).is_some_and(|bits| bits >> (byte % 64) & 1 == 1)
    }
}

/// Which characters on either side say that the match is a part of something longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// Letters, digits and `_`.
    Word,
    /// Also `+` and `/`, so that no run of base64 is cut into tokens.
    Base64,
    /// Also `~`, `.` and `-`.
    Azure,
    /// Letters, digits and `_`; and after it no `.` with a letter, so that no hash in a file's name is one.
    Name,
    /// The regex sees to it.
    None,
}

/// What must hold beyond the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// Looks random.
    Random,
    /// Ends in the CRC-32 of the rest.
    Crc,
    /// A value that could be of any form: random, and not made of words.
    Opaque,
    /// A password rather than a word that stands for one.
    Password,
    /// What a machine made up as a key, whatever its form.
    Drawn,
    /// The words that stand for the key of a wallet.
    Mnemonic,
    /// A PEM body.
    Pem,
    /// A whole private key in any of its forms.
    PrivateKey,
    /// A key that is an object or a file format of its own.
    Structure,
    /// A token that is signed, not expired, and no example.
    Jwt,
    /// The same with Supabase's role that passes all row rules.
    JwtServiceRole,
    /// A signature of Azure that has not expired.
    Sas,
    /// Begins with the account number in base64.
    Discord,
    /// The value of an `Authorization` header.
    Authorization,
    /// Base64 of `user:password`.
    DockerLogin,
    /// User name and password in a URL.
    Url,
    /// An object that is an environment.
    Environment,
    /// A password in code, with its user or host beside it.
    Beside,
}

#[cfg(test)]
impl Check {
    fn word(self) -> &'static str {
        match self {
            Self::Crc => "checksum",
            Self::Random | Self::Opaque | Self::Password | Self::Drawn | Self::Url | Self::Beside => "random",
            _ => "content",
        }
    }
}

/// All rules, in the order of precedence.
pub(crate) static TABLE: &[SecretRule] = include!(concat!(env!("OUT_DIR"), "/secrets.rs"));

/// A pattern with its rule. The regex is compiled at its first use: most are never needed.
#[derive(Debug)]
pub(super) struct Search {
    /// Index in [`TABLE`].
    pub(super) rule: usize,
    pub(super) pattern: &'static Pattern,
    /// Bytes of every match before its group, where that goes on to the end: then no engine has to tell.
    pub(super) before_group: Option<usize>,
    regex: OnceLock<Option<Regex>>,
}

impl Search {
    /// The regex; `None` for patterns that are all code.
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.regex
            .get_or_init(|| {
                let source = self.pattern.regex;
                if source.is_empty() {
                    return None;
                }
                RegexBuilder::new(source).unicode(false).build().ok()
            })
            .as_ref()
    }
}

/// The patterns by keyword.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) searches: Vec<Search>,
    /// Every keyword once.
    pub(super) needles: Vec<&'static str>,
    /// For each keyword the numbers of its searches.
    pub(super) by_needle: Vec<Vec<usize>>,
}

pub(super) static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { searches: Vec::new(), needles: Vec::new(), by_needle: Vec::new() };
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (rule, secret) in TABLE.iter().enumerate() {
        for pattern in secret.patterns {
            let search = index.searches.len();
            let before_group = before_group(pattern.regex);
            index.searches.push(Search { rule, pattern, before_group, regex: OnceLock::new() });
            for keyword in pattern.keywords {
                let number = *numbers.entry(keyword).or_insert_with(|| {
                    index.needles.push(keyword);
                    index.by_needle.push(Vec::new());
                    index.needles.len() - 1
                });
                if let Some(list) = index.by_needle.get_mut(number) {
                    list.push(search);
                }
            }
        }
    }
    index
});

/// Length of the literal with which an expression begins, if all the rest of it is its only group.
fn before_group(regex: &str) -> Option<usize> {
    let open = regex.find('(')?;
    let literal = regex.get(..open)?;
    let inside = regex.get(open + 1..)?.strip_suffix(')')?;
    let is_plain = literal.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    // a class may hold a bracket, and a bracket may be escaped: such expressions are left to the engine
    let mut depth = 0_usize;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'\\' if matches!(inside.as_bytes().get(at + 1), Some(b'(' | b')' | b'[' | b']')) => return None,
            b'(' if inside.get(at + 1..)?.starts_with("?:") => depth += 1,
            b'(' => return None,
            b')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    (is_plain && depth == 0 && !inside.starts_with('?')).then_some(literal.len())
}

/// The number of a rule that has no patterns of its own, or that code refers to.
pub(super) fn rule(name: &str) -> Option<usize> {
    TABLE.iter().position(|rule| rule.name == name)
}

/// What tokens begin with.
pub(super) fn beginnings() -> impl Iterator<Item = &'static str> {
    let begins = |number: &usize| {
        INDEX
            .searches
            .get(*number)
            .is_some_and(|search| search.pattern.before == 0 && !search.pattern.context)
    };
    let all = INDEX.needles.iter().zip(&INDEX.by_needle);
    all.filter(move |(_, searches)| searches.iter().any(begins)).map(|(keyword, _)| *keyword)
}

/// Whether the beginning of a token that a text ends with is the end of another one: `sk-` of `csk-`.
pub(super) fn is_end_of_longer_beginning(text: &[u8], beginning: &str) -> bool {
    beginnings().any(|other| {
        other.len() > beginning.len() && other.ends_with(beginning) && text.ends_with(other.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_need_no_engine_are_where_it_finds_them() {
        assert_eq!(before_group("npm_([a-z]{36})"), Some(4));
        assert_eq!(before_group("pypi-(a(?:b|c)|d)"), Some(5));
        for regex in ["a(b)c", "a(b)(c)", "a(?:b)", "a[(](b)", "(?:a)(b)", "a(b[)])", "a.(b)", "a(\\(b)"] {
            assert_eq!(before_group(regex), None, "{regex}");
        }
        assert!(INDEX.searches.iter().filter(|search| search.before_group.is_some()).count() > 100);
    }
}
