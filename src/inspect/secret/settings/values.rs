//! Which values could be somebody's credentials, where a name says that they are.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::names::Kind;
use super::table::Format;
use crate::inspect::secret::plausible::{self, is_app_password, is_opaque, is_placeholder};
use crate::inspect::secret::spelling::{is_jumbled, is_name};

/// Words that no password of words has: they tell people what to write.
const INSTRUCTIONS: &[&str] = &[
    "your",
    "the",
    "enter",
    "please",
    "here",
    "change",
    "insert",
    "replace",
    "example",
    "password",
    "passphrase",
    "secret",
    "must",
    "should",
    "put",
    "some",
    "with",
    "for",
    "this",
    "test",
    "junk",
    "abandon",
    "token",
    "key",
    "random",
    "string",
    "unique",
    "not",
    "use",
    "phrase",
    "mnemonic",
    "words",
    "word",
    "seed",
    "default",
    "generate",
    "set",
    "required",
    "none",
    "null",
    "empty",
    "value",
    "user",
    "name",
    "var",
    "env",
    "ref",
    "valid",
];

/// Whether a value is long enough for a credential of any kind, as it stands in its file: of most values, this is all that
/// is asked.
pub(super) fn may_be_secret(value: &[u8]) -> bool {
    // of what is shorter, only digits that are typed in
    value.len() >= 8 || value.len() >= 4 && value.iter().all(|byte| byte.is_ascii_digit() || *byte <= b' ')
}

/// Whether the value is a credential of this kind.
pub(super) fn is_secret(value: &[u8], kind: Kind, format: Format) -> bool {
    /// `changeme` in base64 has as many; what is longer is text by chance no more.
    const LONGEST: usize = 64;
    let value = value.trim_ascii();
    let clear =
        Some(value).filter(|value| (8..=LONGEST).contains(&value.len()) && value.len().is_multiple_of(4));
    let clear = clear.and_then(crate::inspect::secret::decode::clear_text);
    if clear.is_some_and(|clear| plausible::is_made_up(&clear) || is_prose(&clear)) {
        return false;
    }
    if kind == Kind::Token && is_of_all_signs(value) {
        return true;
    }
    if kind == Kind::Token && (is_camel_case(value) || is_address_of_chain(value)) {
        return false;
    }
    if is_placeholder(value)
        || is_known_account(value)
        || plausible::is_known(value)
        || is_signature_of_request(value)
    {
        return false;
    }
    let (whole, value) = (value, behind_user(value));
    match kind {
        Kind::Mnemonic => plausible::is_mnemonic(value) || is_opaque(value),
        Kind::Login => {
            format == Format::Lines
                && value.len() < whole.len()
                && (is_password(value, 8) || is_password(before_host(value), 8))
        }
        Kind::Pin => is_pin(value) || is_password(value, 8),
        Kind::Password => {
            is_password(value, 8)
                || plausible::is_drawn_hex(value)
                || is_app_password(value)
                || is_random_uuid(value)
                || is_numbered_passphrase(value)
                || is_passphrase(value) && may_be_passphrase(value, format)
                || !matches!(format, Format::Code | Format::Kubernetes | Format::Notebook) && is_words(value)
        }
        Kind::Token => {
            let token = last_word(value);
            (is_opaque(token) && is_one_word(token) && !is_a_value_of_another_kind(value))
                || is_password(value, 8)
                || is_random_uuid(token)
                || (format == Format::Lines && is_passphrase(value))
                // in YAML a secret may be the name of one
                || (!matches!(format, Format::Yaml | Format::Kubernetes) && is_numbered_passphrase(value))
        }
    }
}

/// What clouds want in a request's head, and nobody can send again: `AWS4-HMAC-SHA256 Credential=..., Signature=...`.
fn is_signature_of_request(value: &[u8]) -> bool {
    const SCHEMES: [&[u8]; 3] = [b"-HMAC-S", b"-ECDSA-", b"-RSA-SHA"];
    let scheme = value.iter().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
    let rest = value.get(scheme..).unwrap_or_default();
    (2..=8).contains(&scheme)
        && SCHEMES.iter().any(|name| rest.starts_with(name))
        && memchr::memmem::find(rest, b"ignature=").is_some()
}

/// Whether it is words with blanks between, the first perhaps with a capital, and signs at their ends at most: in base64,
/// as examples of it are.
fn is_prose(clear: &[u8]) -> bool {
    const SHORTEST: usize = 8;
    let is_word = |word: &[u8]| {
        let letters =
            word.strip_suffix(b",").or(word.strip_suffix(b"!")).or(word.strip_suffix(b".")).unwrap_or(word);
        let (first, rest) = letters.split_first().unzip();
        first.is_some_and(u8::is_ascii_alphabetic)
            && rest.is_some_and(|rest: &[u8]| rest.iter().all(u8::is_ascii_lowercase))
    };
    clear.len() >= SHORTEST
        && clear.contains(&b' ')
        && clear.split(|byte| *byte == b' ').all(is_word)
        && !is_passphrase(clear)
}

/// Where the value is that stands for a variable without one: `${NAME:value}`, `${NAME:-value}`.
pub(super) fn default_in(value: &[u8]) -> Option<Range<usize>> {
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    let inner = value.strip_prefix(b"${")?.strip_suffix(b"}")?;
    let name = inner.iter().take_while(is_of_name).count();
    let sign = match inner.get(name..)? {
        [b':', b'-' | b'=', ..] => 2,
        [b':', ..] => 1,
        _ => return None,
    };
    (name > 0).then(|| 2 + name + sign..value.len() - 1)
}

/// Whether such a value is a credential. Many are there for a first try, so that only what a machine made up counts.
pub(super) fn is_secret_default(value: Option<&[u8]>, kind: Kind, format: Format) -> bool {
    const SHORTEST: usize = 16;
    value.is_some_and(|value| {
        value.len() >= SHORTEST
            && is_opaque(value)
            && is_no_word(value)
            && !plausible::is_made_up(value)
            && is_secret(value, kind, format)
    })
}

/// Whether a value is no word, no sentence and no number, even where next to nothing says that it is a credential.
pub(super) fn is_no_word(value: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let (digits, signs) = (count(u8::is_ascii_digit), count(u8::is_ascii_punctuation));
    let is_numbered = digits + signs > 1
        || (digits + signs > 0 && (is_opaque(value) || is_jumbled(value)))
        || is_opaque(value) && is_jumbled(value);
    let is_mixed = plausible::mixes(value) || signs > 0 && is_jumbled(value);
    is_numbered && is_mixed && is_one_word(last_word(value)) && !is_uuid(value) && !is_words(value)
}

/// `NextUploadIdMarker`: by chance, two capitals would stand side by side, or a digit somewhere.
fn is_camel_case(value: &[u8]) -> bool {
    /// Digits that may be behind a name.
    const MOST: usize = 2;
    let digits = value.iter().rev().take_while(|byte| byte.is_ascii_digit()).take(MOST).count();
    let value = value.get(..value.len() - digits).unwrap_or_default();
    value.iter().all(u8::is_ascii_alphabetic)
        && value.last().is_some_and(u8::is_ascii_lowercase)
        && (digits == 0 || is_name(value))
        && !value.windows(2).any(|pair| pair.iter().all(u8::is_ascii_uppercase))
}

/// `nextMarker`, `next_marker`, `next.marker`: letters alone, as names in code are written.
pub(super) fn is_identifier(value: &[u8]) -> bool {
    let is_sign = |byte: &u8| matches!(byte, b'_' | b'-' | b'.' | b':');
    let mut words = value.split(is_sign);
    is_camel_case(value)
        || value.iter().any(is_sign) && words.all(|word| !word.is_empty() && is_camel_case(word))
}

fn is_one_word(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'\\')
}

/// `3com-microcode`, `LicenseRef-scancode-bsd-new-1.1`: words as people write them, and short numbers. What somebody paid
/// for is drawn, in capitals or letters and digits of any order.
pub(super) fn is_name_of_licence(value: &[u8]) -> bool {
    /// Characters of a number, with the letters beside it.
    const SHORT: usize = 6;
    let is_word = |part: &[u8]| {
        let rest = part.get(1..).unwrap_or_default();
        part.len() > 1
            && part.first().is_some_and(u8::is_ascii_alphabetic)
            && rest.iter().all(u8::is_ascii_lowercase)
    };
    let is_own = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(byte);
    let value = value.strip_prefix(b"LicenseRef-").unwrap_or(value);
    let parts = || value.split(|byte| b"-_.+".contains(byte)).filter(|part| !part.is_empty());
    value.iter().all(is_own)
        && parts().all(|part| part.len() <= SHORT || part.iter().all(u8::is_ascii_alphabetic))
        && parts().any(is_word)
        && 2 * parts().filter(|part| is_word(part)).map(<[u8]>::len).sum::<usize>() >= value.len()
}

/// Digits that somebody chose or was given: no row of them, and not the same few over and over.
fn is_pin(value: &[u8]) -> bool {
    let steps =
        || value.windows(2).filter_map(|pair| Some(i16::from(*pair.get(1)?) - i16::from(*pair.first()?)));
    let same = steps().next();
    (4..=12).contains(&value.len())
        && value.iter().all(u8::is_ascii_digit)
        && steps().any(|step| Some(step) != same)
        && plausible::entropy(value) >= 1.5
}

/// What numbers things.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let is_right = |(at, byte): (usize, &u8)| match DASHES.contains(&at) {
        true => *byte == b'-',
        false => byte.is_ascii_hexdigit(),
    };
    value.len() == 36 && value.iter().enumerate().all(is_right)
}

/// What a machine made up as a password: names of things have no such digits by chance alone, but zeros and rows.
pub(super) fn is_random_uuid(value: &[u8]) -> bool {
    let digits: Vec<u8> = value.iter().copied().filter(|byte| *byte != b'-').collect();
    is_uuid(value) && plausible::is_drawn_hex(&digits)
}

/// A password in one word, of at least so many characters.
fn is_password(value: &[u8], least: usize) -> bool {
    (least..=200).contains(&value.len())
        && is_typed(value)
        && !plausible::is_made_up(value)
        && !is_a_value_of_another_kind(value)
        && mixes(value)
        && plausible::varies(value)
}

/// Signs of one word, among them at most two letters of other alphabets than ASCII's. A quote or a backslash is one of a
/// program sooner, unless it is alone and no bracket is with it.
fn is_typed(value: &[u8]) -> bool {
    const MOST_BYTES: usize = 4;
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let quotes = count(|byte| matches!(byte, b'"' | b'`' | b'\\'));
    let others = count(|byte| !byte.is_ascii());
    count(u8::is_ascii_graphic) + others == value.len()
        && others <= MOST_BYTES
        && (quotes == 0 || quotes == 1 && count(|byte| b"()[]{}<>$^*+?=,".contains(byte)) == 0)
}

/// What WordPress makes: 64 of all signs, blanks among them. Some are an escape by chance.
fn is_of_all_signs(value: &[u8]) -> bool {
    const SHORTEST: usize = 52;
    const LONGEST: usize = 72;
    /// An address or a sentence has fewer.
    const KINDS: usize = 8;
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    let mut signs: Vec<u8> = value.iter().copied().filter(u8::is_ascii_punctuation).collect();
    let is_dense = signs.len() * 5 >= value.len();
    signs.sort_unstable();
    signs.dedup();
    (SHORTEST..=LONGEST).contains(&value.len())
        && value.iter().all(|byte| *byte >= b' ')
        && is_dense
        && signs.len() >= KINDS
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && plausible::entropy(value) >= 5.0
}

/// Letters with digits, or capitals and signs among small letters.
fn mixes(value: &[u8]) -> bool {
    let any = |holds: fn(&u8) -> bool| value.iter().any(holds);
    let signs = value.iter().filter(|byte| byte.is_ascii_punctuation() && !b"-_./:,".contains(byte)).count();
    (any(u8::is_ascii_alphabetic)
        && (any(u8::is_ascii_digit)
            || (signs > 0 && any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase))))
        || plausible::mixes(value)
        || is_jumbled(value)
        || value.split(u8::is_ascii_punctuation).any(is_jumbled)
}

/// Versions, addresses, numbers with units, names of classes and files: what settings are full of.
fn is_a_value_of_another_kind(value: &[u8]) -> bool {
    static OTHER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        RegexBuilder::new(concat!(
            // with the versions of what stands beside it, as in pnpm's lock file
            r"^(?:v?[0-9.]+(?:-[a-z0-9.]+)?(?:\([@A-Za-z0-9/._()+-]+\)|_[@A-Za-z0-9/._+-]+@[0-9.]+)?",
            r"|(?:[a-z0-9-]+\.)+[a-z]{2,10}(?::[0-9]+)?",
            r"|(?:[0-9]+/[a-z]+(?:/[a-z]+)*,?)+",
            // `zope_i18n_languages`: words may be shortened by the number of their letters
            r"|[a-z][a-z0-9]*(?:[_-](?:[a-z]+[0-9]{0,4}|[a-z][0-9]{1,2}[a-z]{1,2})){1,8}",
            r"|[a-z]+[0-9]{1,3}",
            // `tokens.Token.Literal2`: a name within others
            r"|[A-Za-z_]{3,}(?:\.(?:[A-Z]?[a-z_]{2,}){1,5}[0-9]{0,2}){1,6}",
            // `acme.secretStorageKey.v2`: what an application finds a value by, and the version of that
            r"|[A-Za-z]{3,}(?:[.:/](?:[A-Z]?[a-z]{2,}){1,5}){1,6}[.:/_-]v[0-9]{1,3}",
            r"|[a-z]+-[0-9.]+",
            // `RESERVED_WORD_2`: a constant
            r"|[A-Z]{3,}(?:_[A-Z]{3,}){1,6}_[0-9]{1,2}",
            // `acme/home#assets/credentials`: a file in a repository
            r"|[a-z]{3,}[0-9]{0,4}/[a-z._-]{3,}#(?:[a-z]{2,}[./_-])*[a-z]{2,}",
            r"|[a-z_]+(?:[.](?:[a-z_][a-z_0-9]*|[0-9]+))+\(?\)?",
            r"|[a-z0-9_.-]+\.(?:pem|key|crt|json|txt|yml|yaml|xml|jks|p12|js|ts|py)",
            r#"|[a-z_.]+\([a-z0-9_.,'"\[\]{}() -]*\)?"#,
            r"|(?:string|number|required)(?::[a-z0-9_:,]*)?",
            // what a form is held to: `required|min:8`
            r"|[a-z_]+(?::[a-z0-9_,]+)?(?:\|[a-z_]+(?::[a-z0-9_,]+)?)+",
            r")$"
        ))
        .unicode(false)
        .build()
        .ok()
    });
    // the last part of a token may be told from that of a path, and what no word is has no number behind it
    let last = value.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let is_token = is_opaque(last) && last.iter().all(u8::is_ascii_alphanumeric);
    let is_no_word = value.iter().all(u8::is_ascii_alphanumeric) && is_jumbled(value);
    !is_token && !is_no_word && OTHER.as_ref().is_some_and(|other| other.is_match(value))
}

/// What everybody may know of an account or a contract of Ethereum: `0x` and 40 digits. A token there is a currency, and
/// this is where its contract lives.
fn is_address_of_chain(value: &[u8]) -> bool {
    value
        .strip_prefix(b"0x")
        .is_some_and(|digits| digits.len() == 40 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// The key of an account of Ethereum: `0x` and 64 digits.
pub(super) fn is_key_of_account(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x").unwrap_or(value);
    digits.len() == 64
        && digits.iter().all(u8::is_ascii_hexdigit)
        && is_opaque(digits)
        && !is_known_account(value)
}

/// Whether it is one of those that every chain for tests begins with.
fn is_known_account(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x").unwrap_or(value);
    digits.len() == 64 && plausible::is_known(&digits.to_ascii_lowercase())
}

/// Two to four words with `_` or `-` between, the first with a capital: `Falcon_river`. Where little says that a
/// credential is there, it is a text in another language sooner.
pub(super) fn is_words(value: &[u8]) -> bool {
    const SHORTEST: usize = 10;
    let words: Vec<&[u8]> = value.split(|byte| matches!(byte, b'_' | b'-')).collect();
    let is_word = |word: &&[u8]| {
        is_own_word(&word.to_ascii_lowercase()) && word.iter().skip(1).all(u8::is_ascii_lowercase)
    };
    (2..=4).contains(&words.len())
        && value.len() >= SHORTEST
        && value.first().is_some_and(u8::is_ascii_uppercase)
        && words.iter().all(is_word)
        && !plausible::is_made_up(value)
}

/// Four or more words of small letters that tell nobody what to do.
fn is_passphrase(value: &[u8]) -> bool {
    let words: Vec<&[u8]> = value.split(|byte| matches!(byte, b' ' | b'-' | b'_' | b'.')).collect();
    (4..=12).contains(&words.len())
        && value.len() >= 18
        && plausible::entropy(value) >= 2.5
        && words.iter().all(|word| is_own_word(word))
}

/// Whether small words with signs between them are no name: programs have those with dashes, and YAML those of secrets.
fn may_be_passphrase(value: &[u8], format: Format) -> bool {
    let has_only = |sign: u8| value.iter().all(|byte| byte.is_ascii_lowercase() || *byte == sign);
    match format {
        Format::Lines => true,
        Format::Json | Format::Xml => has_only(b' ') || has_only(b'-'),
        _ => has_only(b' '),
    }
}

/// Whether a word of small letters may be one of somebody's own choice.
fn is_own_word(word: &[u8]) -> bool {
    (3..=12).contains(&word.len())
        && word.iter().all(u8::is_ascii_lowercase)
        && !INSTRUCTIONS.iter().any(|instruction| instruction.as_bytes() == word)
}

/// Three or more such words and a number behind the last, as generators of passwords make them.
fn is_numbered_passphrase(value: &[u8]) -> bool {
    let words = value.trim_ascii_end();
    let letters = words.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |last| last + 1);
    let words: Vec<&[u8]> = words
        .get(..letters)
        .unwrap_or_default()
        .split(|byte| matches!(byte, b' ' | b'-' | b'_' | b'.'))
        .collect();
    letters < value.len()
        && (3..=12).contains(&words.len())
        && letters >= 15
        && words.iter().all(|word| is_own_word(word))
}

/// The password of `user:password`.
pub(super) fn behind_user(value: &[u8]) -> &[u8] {
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'@');
    let (user, rest) = value.split_at(value.iter().take_while(is_of_name).count());
    match rest {
        [b':', password @ ..] if !user.is_empty() && password.len() >= 8 && !password.contains(&b':') => {
            password
        }
        _ => value,
    }
}

/// The password of `password@host`.
fn before_host(value: &[u8]) -> &[u8] {
    memchr::memrchr(b'@', value).and_then(|sign| value.get(..sign)).unwrap_or_default()
}

/// The only word of `Bearer ...`.
fn last_word(value: &[u8]) -> &[u8] {
    let scheme =
        value.iter().position(u8::is_ascii_whitespace).and_then(|space| value.split_at_checked(space));
    match scheme {
        Some((scheme, rest))
            if ["bearer", "basic", "token"]
                .iter()
                .any(|name| scheme.eq_ignore_ascii_case(name.as_bytes())) =>
        {
            rest.trim_ascii()
        }
        _ => value,
    }
}

/// Whether there may be an address or a connection string in a value, its escapes included: in most there is none.
pub(super) fn may_hold_login(value: &[u8]) -> bool {
    memchr::memchr3(b'=', b'@', b'\\', value).or_else(|| memchr::memchr(b'&', value)).is_some()
}

/// Where the password is in an address or a connection string.
pub(super) fn login_inside(value: &[u8]) -> Option<Range<usize>> {
    static LOGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        RegexBuilder::new(concat!(
            r#"(?:^|[,;?&\s"'])(?:[a-z0-9_.-]*(?:password|passwd|passphrase)|pwd|client_?secret|accountkey|sharedaccesskey|--auth)\s{0,2}=\s{0,2}\\{0,3}['"]?([^;&\s"'\\]{6,200})"#,
            r#"|^[a-z][a-z0-9+.:-]{1,40}://[^\s:@/]{0,80}:([^\s@/]{6,200})@([^\s/:?,]{1,200})"#
        ))
        .unicode(false)
        .case_insensitive(true)
        .build()
        .ok()
    });
    if !may_hold_login(value) {
        return None;
    }
    let captures = LOGIN.as_ref()?.captures(value)?;
    let password = captures.get(1).or_else(|| captures.get(2))?;
    let is_here = captures.get(3).is_some_and(|host| {
        [&b"localhost"[..], b"127.", b"0.0.0.0", b"["].iter().any(|here| host.as_bytes().starts_with(here))
    });
    let word = password.as_bytes();
    let is_password = || is_password(word, 8) || is_words(word) || plausible::is_drawn_hex(word);
    (!is_here && !is_placeholder(word) && !plausible::is_known(word) && is_password())
        .then(|| password.range())
}

/// A file that is nothing but a key: letters and digits, or base64 in lines, as the members of a cluster share it.
pub(super) fn key_alone(text: &[u8]) -> Option<Range<usize>> {
    const LONGEST: usize = 1100;
    let key = text.trim_ascii();
    let start = text.len() - text.trim_ascii_start().len();
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(byte);
    ((32..=LONGEST).contains(&key.len()) && key.iter().all(is_digit) && is_opaque(key))
        .then(|| start..start + key.len())
}

/// A file that is nothing but a password, or a user's name and a password, a line each.
pub(super) fn password_alone(text: &[u8]) -> Option<Range<usize>> {
    let text = text.trim_ascii_end();
    let user = memchr::memchr(b'\n', text).map_or(0, |end| end + 1);
    let password = text.get(user..)?.trim_ascii();
    let start = text.len() - password.len();
    let is_one = is_secret(password, Kind::Password, Format::Lines)
        || is_cookie(password)
        || plausible::is_mnemonic(password);
    is_one.then_some(start..text.len())
}

/// What Erlang's nodes make up to know one another by: twenty capitals.
fn is_cookie(value: &[u8]) -> bool {
    value.len() == 20 && value.iter().all(u8::is_ascii_uppercase) && plausible::varies(value)
}

/// What a Kubernetes secret holds in base64.
pub(super) fn is_secret_in_base64(value: &[u8]) -> bool {
    crate::inspect::secret::digits::base64(value).is_some_and(|clear| {
        is_secret(&clear, Kind::Password, Format::Yaml)
            || login_inside(&clear).is_some()
            || (clear.starts_with(b"{") && super::in_json(&clear))
            || super::is_settings(&clear)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};

    const WORDS: &[&str] = &[
        "get",
        "elements",
        "by",
        "tag",
        "name",
        "ns",
        "http",
        "xml",
        "url",
        "json",
        "css",
        "sql",
        "html",
        "svg",
        "query",
        "selector",
        "all",
        "inner",
        "width",
        "scroll",
        "into",
        "view",
        "password",
        "field",
        "input",
        "login",
        "form",
        "toggle",
        "strength",
        "meter",
        "hidden",
        "widget",
        "factory",
        "handler",
        "listener",
        "bcrypt",
        "encoder",
        "spring",
        "security",
        "context",
        "holder",
        "datasource",
        "properties",
        "config",
        "credentials",
        "provider",
        "chain",
        "request",
        "validator",
        "confirm",
        "reset",
        "link",
        "expired",
        "token",
        "refresh",
        "access",
        "bearer",
        "header",
        "cookie",
        "parser",
        "fetch",
        "async",
        "worker",
        "thread",
        "lock",
        "mutex",
        "struct",
        "ptr",
        "buf",
        "len",
        "idx",
        "ctx",
        "cfg",
        "mgr",
        "btn",
        "txt",
        "img",
        "nav",
        "wrapper",
        "flex",
        "grid",
        "rgba",
        "px",
        "keychain",
        "kubernetes",
        "postgres",
        "prometheus",
        "string",
        "boolean",
        "integer",
        "null",
        "undefined",
        "prototype",
        "constructor",
        "length",
        "match",
        "synchronous",
        "asynchronous",
        "cryptography",
        "dispatch",
        "strftime",
        "sprintf",
        "xhr",
        "jpg",
        "tsx",
        "yml",
        "md",
        "lint",
        "spec",
        "upsert",
    ];

    /// Words put together as programs put them together.
    fn name(dice: &mut Dice) -> String {
        let count = 1 + dice.below(5);
        let words: Vec<String> = (0..count).map(|_| WORDS[dice.below(WORDS.len())].to_owned()).collect();
        let capital = |word: &String| word[..1].to_uppercase() + &word[1..];
        let humps = || words.iter().map(capital).collect::<String>();
        match dice.below(11) {
            0 => humps(),
            1 => words[0].clone() + &words[1..].iter().map(capital).collect::<String>(),
            2 => words.join("_"),
            3 => words.join("-"),
            4 => words.join("_").to_uppercase(),
            5 => words.join("."),
            6 => words.join("/") + ".ts",
            7 => format!("{}.{}", words[0], humps()),
            8 => format!("{}()", words.join("_")),
            9 => format!("{}::{}", words[0], humps()),
            _ => words[0].to_uppercase() + &words[1..].iter().map(capital).collect::<String>(),
        }
    }

    proptest::proptest! {
        #[test]
        fn what_may_be_no_secret_is_none(value in "[ -~]{0,7}|[0-9]{0,7}| ?[0-9]{1,6}|[a-z]{1,3}[0-9!]{1,4}") {
            let kinds = [Kind::Password, Kind::Token, Kind::Mnemonic, Kind::Login, Kind::Pin];
            for (kind, format) in kinds.into_iter().flat_map(|kind| [(kind, Format::Json), (kind, Format::Lines)]) {
                let is_told = may_be_secret(value.as_bytes()) || !is_secret(value.as_bytes(), kind, format);
                proptest::prop_assert!(is_told, "{value} {kind:?}");
            }
        }
    }

    #[test]
    fn pins_are_told_from_rows_of_digits() {
        for pin in ["4829", "0358", "903471", "58219034"] {
            assert!(is_secret(pin.as_bytes(), Kind::Pin, Format::Json), "{pin}");
        }
        for pin in ["1234", "4321", "0000", "1111111", "1212", "123", "2468", "${PIN}", ""] {
            assert!(!is_secret(pin.as_bytes(), Kind::Pin, Format::Json), "{pin}");
        }
    }

    #[test]
    fn names_in_programs_are_no_credentials() {
        let mut dice = Dice::new(fresh_seed());
        let all = (0..20_000).map(|_| name(&mut dice));
        let is_taken = |name: &String| {
            [Kind::Password, Kind::Token]
                .into_iter()
                .any(|kind| is_secret(name.as_bytes(), kind, Format::Code))
        };
        let taken: Vec<String> = all.filter(is_taken).collect();
        // what is left is made of shortened words alone
        assert!(taken.len() <= 150, "{} of 20,000: {:?}", taken.len(), &taken[..taken.len().min(40)]);
    }

    #[test]
    fn a_place_with_its_version_is_no_secret() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..300 {
            let words: Vec<&str> = WORDS.iter().copied().filter(|word| word.len() > 2).collect();
            let word = |dice: &mut Dice| words[dice.below(words.len())];
            let place = |dice: &mut Dice| {
                let next = word(dice);
                word(dice).to_owned() + &next[..1].to_uppercase() + &next[1..]
            };
            let places: Vec<String> = (0..2 + dice.below(3)).map(|_| place(&mut dice)).collect();
            let value = format!("{}.v{}", places.join("."), dice.below(100));
            for kind in [Kind::Password, Kind::Token] {
                assert!(!is_secret(value.as_bytes(), kind, Format::Code), "{value}");
            }
        }
        for value in ["kD8fjs.wQ2dkW.v2", "harbor.auth.kT4mXq9Lw2Zp"] {
            assert!(is_secret(value.as_bytes(), Kind::Token, Format::Code), "{value}");
        }
    }

    #[test]
    fn a_constant_with_a_number_is_no_secret() {
        for value in ["RESERVED_WORD_2", "DATA_TYPE_TWO_11"] {
            assert!(is_a_value_of_another_kind(value.as_bytes()), "{value}");
        }
        for value in ["KQ_X7_9TZW", "RESERVED_WORD_2024", "KTQMXQLWZP7"] {
            assert!(!is_a_value_of_another_kind(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_file_in_a_repository_is_no_secret() {
        for value in ["acme256/home#assets/crates-credentials", "acme/ops.infra#deploy_key"] {
            assert!(is_a_value_of_another_kind(value.as_bytes()), "{value}");
        }
        for value in ["acme/x#kT4mXq9Lw2Zp", "kq7x2/home#9fw2", "acme256/home#"] {
            assert!(!is_a_value_of_another_kind(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn versions_as_lock_files_have_them_are_no_secrets() {
        for value in [
            "1.10.0",
            "1.10.0(supports-color@8.1.1)",
            "19.0.3(@azure/core-client@1.10.0)(react-dom@19.1.0(react@19.1.0))",
            "7.0.0-rc.1_supports-color@8.1.1",
        ] {
            assert!(is_a_value_of_another_kind(value.as_bytes()), "{value}");
        }
        for value in ["1.10.0(", "1.x(T9!q", "(supports-color@8.1.1)", "1.0_T9xq"] {
            assert!(!is_a_value_of_another_kind(value.as_bytes()), "{value}");
        }
    }
}
