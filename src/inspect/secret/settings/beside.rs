//! Passwords in code beside the user or the host that they are for: `{ host: "db", user: "svc", password: "..." }`,
//! `config.setUsername("svc"); config.setPassword("...")`. A password alone is noise nearly always; with both written out,
//! somebody signs in with it. And what a machine drew as a secret, under the name of one: `clientSecret = "..."`.

use std::cell::Cell;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::names::Kind;
use super::table::Format;
use super::{names, values};
use crate::inspect::secret::effort::spend;
use crate::inspect::secret::spelling::is_jumbled;
use crate::inspect::secret::{Found, Sample, decode, plausible};

/// Bytes before the name in which a user or a host is looked for, and behind the value.
const BEFORE: usize = 300;
const BEHIND: usize = 200;

/// How files of code end. In all others, settings are found by where they are.
const CODE: &[&str] = &[
    "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "py", "rb", "php", "java", "kt",
    "kts", "scala", "groovy", "go", "rs", "swift", "dart", "cs", "vb", "fs", "c", "h", "cc", "cpp", "hpp",
    "ino", "m", "mm", "pl", "pm", "sql", "gd", "r", "lua", "ex", "exs", "erl", "clj", "jl", "ps1", "map",
    "psm1", "hs", "pas", "dpr", "cr", "nim", "zig", "cljs", "cljc", "ml", "fsx", "coffee", "astro", "cshtml",
    "razor", "jsp", "aspx", "asp", "phtml", "inc", "vbs", "bas", "tcl", "d", "hx", "sol", "bal", "cfm",
    "cfc", "class", "pyc",
];

/// A user or a host that is written out.
static BESIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    RegexBuilder::new(concat!(
        r"(?:user(?:[_-]?name|[_-]?id)?|login|uid|account|e?mail|host(?:[_-]?name)?|server|addr(?:ess)?|ssid|dsn|url|database|dbname)",
        r#"\\?["'`]?\]?\s{0,8}(?::\s{0,2}[a-z&?]{1,12}\s{0,2}=|=>|:=|={1,3}|:|,|\.equals\(|\()\s{0,8}(?:[a-z:]{2,14}\()?[bu@]?\\?["'`]([^\s"'`\\]{1,200})\\?["'`]"#,
        // keywords of Clojure
        r#"|:(?:host|user|username|server-name|subname|uri)\s{1,4}"([^\s"]{1,200})""#,
        // a host and its port, as they are given to calls
        r#"|["']([a-z0-9-]+(?:\.[a-z0-9-]+)+)["'],\s{0,4}[0-9]{2,5}\b"#,
        // what a user is compared with
        r#"|["']([^\s"']{1,80})["']\s?(?:\.equals\(|={2,3})\s?[a-z$_.\[']{0,20}(?:user|login)"#
    ))
    .unicode(false)
    .case_insensitive(true)
    .build()
    .ok()
});

/// What is there for a first try, or to be read.
const SHOWN: [&[u8]; 8] =
    [b"localhost", b"127.0.0.1", b"0.0.0.0", b"example.", b"::1", b"your", b"domain.com", b">>> "];

/// The credential whose name the keyword at `at` is in.
pub(in crate::inspect::secret) fn find(
    sample: &Sample<'_>,
    at: usize,
    rule: usize,
    effort: &Cell<usize>,
) -> Option<Found> {
    let text = sample.bytes;
    let is_page = is_page(sample.path);
    if !sample.media.is_text() || !is_page && !is_code(sample.path) {
        return None;
    }
    let Given { name, value, is_default } = given(text, at)?;
    let word = text.get(value.clone())?;
    if !values::may_be_secret(word) || word.iter().any(u8::is_ascii_whitespace) {
        return None;
    }
    spend(effort, BEFORE + BEHIND);
    if is_page && !is_in_script(text, at, effort) {
        return None;
    }
    let own = std::str::from_utf8(text.get(name.clone())?).ok()?;
    // as libraries for tokens call it where it may be half of a pair: `secretOrKey`
    let own = if own.starts_with("secretOr") { "jwtSecret" } else { own };
    let is_real = match names::kind("", own)? {
        Kind::Password if is_of_base64(text, &name, &value) => {
            decode::clear_text(word).is_some_and(|clear| {
                values::is_secret(&clear, Kind::Password, Format::Code)
                    && values::is_no_word(&clear)
                    && !plausible::is_made_up_in_disguise(&clear)
            })
        }
        Kind::Password => {
            (values::is_secret(word, Kind::Password, Format::Code) || values::is_words(word))
                && !word.starts_with(b"_")
                && (values::is_no_word(word) || is_strewn(word) || is_of_words(text, &value, word))
                && (decode::is_drawn(word) || !plausible::is_made_up_in_disguise(word))
                && !is_translation(text, &name, word)
                && !ends_with_name(word, own)
                && !is_one_of_many(text, &value)
                && (is_of_a_session(word) || is_of_somebody(text, &name, &value))
        }
        Kind::Token if own.eq_ignore_ascii_case("secret") => {
            is_drawn_by_a_machine(word, own) && (has_number(text, &name) || signs(text, &name, &value))
                // a constant that is nothing but the secret of its program
                || own == "SECRET" && is_drawn_by_a_machine(word, "")
        }
        Kind::Token if own.to_ascii_lowercase().ends_with("auth") => is_login(word),
        Kind::Token => {
            !(is_default && is_of_a_program(own))
                && is_drawn_by_a_machine(word, if is_default { "" } else { own })
                && is_secret_name(own, values::is_uuid(word))
                && values::is_secret(word, Kind::Token, Format::Code)
        }
        _ => false,
    };
    (is_real && !super::code::is_comment(text, name.start)).then_some(Found {
        rule,
        span: name.start.min(value.start)..name.end.max(value.end),
        token: value,
        prefix: 0,
    })
}

/// Whether a literal is read as base64: nobody hides a word so that stands beside others.
fn is_of_base64(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    const CALLS: [&[u8]; 6] =
        [b"atob(", b"64decode(", b"64_decode(", b"decode64(", b"FromBase64String(", b"getDecoder().decode("];
    let gap = text.get(name.end..value.start).unwrap_or_default();
    let behind = text.get(value.end + 1..).unwrap_or_default();
    let says_so =
        |word: &[u8]| behind.get(..12).is_some_and(|near| memchr::memmem::find(near, word).is_some());
    CALLS.iter().any(|call| memchr::memmem::find(gap, call).is_some())
        || gap.contains(&b'(') && (says_so(b"\"base64\"") || says_so(b"'base64'"))
}

/// Whether a password is what sessions are sealed with: longer than people have them, and drawn of more than digits of
/// hexadecimal, which number things as well.
fn is_of_a_session(word: &[u8]) -> bool {
    is_drawn_by_a_machine(word, "secret") && !word.iter().all(u8::is_ascii_hexdigit)
}

/// Whether words make a password, as the name of a host near it says: alone they are a text in another language sooner.
pub(super) fn is_of_words(text: &[u8], value: &Range<usize>, word: &[u8]) -> bool {
    static HOST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let host = r#"(?:host|server|addr)[a-z]{0,7}["'`]?\]?\s{0,8}(?:=>|:=|[:=(,])\s{0,8}["'`](?:[a-z0-9-]+\.)+[a-z]{2,20}(?::[0-9]{2,5})?["'`]"#;
        RegexBuilder::new(host).unicode(false).case_insensitive(true).build().ok()
    });
    let near = || text.get(value.start.saturating_sub(BEFORE)..(value.end + BEHIND).min(text.len()));
    values::is_words(word) && HOST.as_ref().zip(near()).is_some_and(|(host, near)| host.is_match(near))
}

/// Whether the number or the key that goes with a secret stands before it.
fn has_number(text: &[u8], name: &Range<usize>) -> bool {
    static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let number = r#"(?i)(?:key|(?:app|client|consumer|key)_?id)["'`]?\s{0,4}(?:=>|=|:)\s{0,4}["'`][0-9a-z_-]{4,80}["'`],?\s"#;
        RegexBuilder::new(number).unicode(false).build().ok()
    });
    let near = text.get(name.start.saturating_sub(BEFORE)..name.start).unwrap_or_default();
    NUMBER.as_ref().is_some_and(|number| number.is_match(near))
}

/// Whether sessions or tokens are signed with a secret, as what is around it says: `JwtModule.register({ secret: "..." })`.
fn signs(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    /// Bytes on either side.
    const NEAR: usize = 120;
    static SIGNS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let signs = r"(?i)jwt|jsonwebtoken|hmac|session|cookie";
        RegexBuilder::new(signs).unicode(false).build().ok()
    });
    let near = [name.start.saturating_sub(NEAR)..name.start, value.end..(value.end + NEAR).min(text.len())];
    let signs = |near: Range<usize>| {
        SIGNS.as_ref().zip(text.get(near)).is_some_and(|(signs, near)| signs.is_match(near))
    };
    near.into_iter().any(signs)
}

/// Whether a secret tells a program from others to a service: that of one that everybody installs is none.
fn is_of_a_program(name: &str) -> bool {
    names::words(name).iter().any(|word| ["client", "consumer", "oauth", "app"].contains(&word.as_str()))
}

/// A user's name with the password behind it.
fn is_login(word: &[u8]) -> bool {
    let password = values::behind_user(word);
    password.len() < word.len()
        && values::is_secret(password, Kind::Password, Format::Code)
        && (values::is_no_word(password) || is_strewn(password))
        && !plausible::is_made_up_in_disguise(password)
}

/// Letters alone, with capitals side by side and strewn as in no name.
fn is_strewn(word: &[u8]) -> bool {
    const SHORTEST: usize = 10;
    let pairs = |is: fn(u8, u8) -> bool| word.windows(2).any(|pair| matches!(pair, [a, b] if is(*a, *b)));
    word.len() >= SHORTEST
        && is_jumbled(word)
        && pairs(|a, b| a.is_ascii_uppercase() && b.is_ascii_uppercase())
        && pairs(|a, b| a.is_ascii_lowercase() && b.is_ascii_uppercase())
}

/// Whether the name is a path of names, as those of texts are, and the value words and a number: `"login.password"`.
fn is_translation(text: &[u8], name: &Range<usize>, word: &[u8]) -> bool {
    let digits = word.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = name.start.checked_sub(1).and_then(|at| text.get(at));
    before == Some(&b'.') && word.get(..word.len() - digits).is_some_and(values::is_words)
}

/// Whether the last part of a path of names is the end of the value's own name: `PROXY_PASS = "Ssh2Page.PROXY_PASS"`.
fn ends_with_name(word: &[u8], name: &str) -> bool {
    const SHORTEST: usize = 4;
    let last = word.rsplit(|byte| b".:/#".contains(byte)).next().unwrap_or_default();
    let end = name.len().checked_sub(last.len()).and_then(|start| name.as_bytes().get(start..));
    (SHORTEST..word.len()).contains(&last.len()) && end.is_some_and(|end| end.eq_ignore_ascii_case(last))
}

/// Whether digits of hexadecimal are among others of the same length, as the files of a bundle are named.
fn is_one_of_many(text: &[u8], value: &Range<usize>) -> bool {
    let is_hex = |word: &[u8]| word.iter().all(u8::is_ascii_hexdigit);
    let near = value.start.saturating_sub(BEFORE)..(value.end + BEHIND).min(text.len());
    let quoted = || text.get(near.clone()).unwrap_or_default().split(|byte| b"\"'`".contains(byte));
    text.get(value.clone()).is_some_and(is_hex)
        && quoted().filter(|word| word.len() == value.len() && is_hex(word)).nth(1).is_some()
}

/// Whether a machine drew it, and as long as keys are; of what is called a secret, some are shorter.
fn is_drawn_by_a_machine(value: &[u8], name: &str) -> bool {
    const SHORTEST: usize = 32;
    const SHORTEST_SECRET: usize = 20;
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let name = name.to_ascii_lowercase();
    let is_secret = name.ends_with("secret") && value.iter().all(u8::is_ascii_hexdigit)
        || (name.ends_with("secret") || name.ends_with("key")) && is_mixed && values::is_no_word(value);
    value.len() >= if is_secret { SHORTEST_SECRET } else { SHORTEST }
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_+/=.~-".contains(byte))
        && decode::is_drawn(value)
}

/// Whether a name of two words or more is that of what nobody may know. Tokens and keys of other kinds are in code to
/// name things, or are everybody's; those that number things are not even random.
fn is_secret_name(name: &str, is_uuid: bool) -> bool {
    const OF_TOKENS: &[&str] = &["auth", "api", "bearer", "private", "admin", "deploy"];
    const OF_KEYS: &[&str] = &["secret", "signing", "encryption", "jwt", "master", "admin"];
    /// What begins so reads it from where it is, or makes it of any text.
    const READERS: &[&str] =
        &["get", "fetch", "load", "read", "find", "lookup", "use", "resolve", "to", "into", "as", "parse"];
    const NOBODYS: &[&str] = &["test", "fake", "mock", "dummy", "example", "sample", "sandbox", "demo"];
    let mut words = names::words(name);
    // `secret_key_base`
    words.pop_if(|last| last == "base");
    let [before @ .., last] = words.as_slice() else { return false };
    let of = before.last().map(String::as_str).unwrap_or_default();
    !words.iter().any(|word| NOBODYS.contains(&word.as_str()))
        && !before.first().is_some_and(|word| READERS.contains(&word.as_str()))
        && match last.as_str() {
            "secret" => !before.is_empty(),
            "token" => OF_TOKENS.contains(&of) && !is_uuid,
            "key" => {
                (OF_KEYS.contains(&of) || of == "access" && words.iter().any(|word| word == "secret"))
                    && !is_uuid
            }
            _ => false,
        }
}

fn is_code(path: &str) -> bool {
    let end = path.rsplit('.').next().unwrap_or_default();
    CODE.iter().any(|code| end.eq_ignore_ascii_case(code))
}

fn is_page(path: &str) -> bool {
    [".html", ".htm"].iter().any(|end| path.ends_with(end))
}

/// Whether this is in a script of a page.
fn is_in_script(text: &[u8], at: usize, effort: &Cell<usize>) -> bool {
    const LONGEST: usize = 16 << 10;
    let before = text.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
    spend(effort, before.len());
    let last = |tag: &[u8]| memchr::memmem::rfind(before, tag);
    last(b"<script") > last(b"</script")
}

/// A name, and the literal that it is given.
struct Given {
    name: Range<usize>,
    value: Range<usize>,
    /// Whether that is what is taken where nothing else is given: `get("NAME", "...")`, `env.NAME || "..."`.
    is_default: bool,
}

/// A name around the keyword at `at`, and the literal that it is given.
fn given(text: &[u8], at: usize) -> Option<Given> {
    const LONGEST_NAME: usize = 40;
    const LONGEST_VALUE: usize = 200;
    /// Signs and blanks between the two.
    const GAP: usize = 72;
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let before = text.get(at.saturating_sub(LONGEST_NAME)..at)?;
    let mut start = at - before.iter().rev().take_while(is_of_name).count();
    let rest = text.get(at..(at + LONGEST_NAME).min(text.len()))?;
    let end = at + rest.iter().take_while(is_of_name).count();
    let gap = text.get(end..(end + GAP).min(text.len()))?;
    if let Some(value) = in_one_literal(text, start, end) {
        return Some(Given { name: start..end, value, is_default: false });
    }
    let Some(sign) = sign(gap) else {
        let value = compared_before(text, start)?;
        return Some(Given { name: start..end, value, is_default: false });
    };
    let open = end + sign.length;
    // a keyword of Clojure and an attribute of Elixir have their value behind a blank
    let is_blank = gap.get(..sign.length - 1).is_some_and(|sign| sign.iter().all(u8::is_ascii_whitespace));
    if is_blank && !matches!(text.get(start.checked_sub(1)?)?, b':' | b'@') {
        return None;
    }
    // two texts of a list side by side are no name and value
    if gap.get(..sign.length).is_some_and(|sign| sign.contains(&b',')) {
        start = whole(text, start)?;
        if is_named_by_map(text, open - 1) {
            return None;
        }
    }
    let inside = text.get(open..(open + LONGEST_VALUE + 2).min(text.len()))?;
    let close = memchr::memchr3(sign.quote, b'\\', b'\n', inside)?;
    // a quote in the literal of a map is escaped as that before was
    let is_closed = match inside.get(close) {
        Some(b'\\') => {
            inside.get(close + 1) == Some(&sign.quote) && text.get(open.checked_sub(2)?) == Some(&b'\\')
        }
        byte => byte == Some(&sign.quote),
    };
    // Spring says so of what is no digest
    let plain =
        inside.get(..close).and_then(|value| value.strip_prefix(b"{noop}")).map_or(0, |_| b"{noop}".len());
    let value = open + plain..open + close;
    is_closed.then_some(Given { name: start..end, value, is_default: sign.is_default })
}

/// Whether a literal is one that a source map itself is made of: the names in its code follow each other in a list. In the
/// texts that it holds, such a quote is escaped.
fn is_named_by_map(text: &[u8], quote: usize) -> bool {
    const FIRST: [&[u8]; 3] = [b"\"version\":3", b"\"mappings\":", b"\"names\":["];
    const HEAD: usize = 32;
    let is_of_json = text.get(quote) == Some(&b'"') && text.get(quote.wrapping_sub(1)) != Some(&b'\\');
    let head = text.trim_ascii_start().strip_prefix(b"{").unwrap_or_default();
    let head = head.get(..HEAD).unwrap_or(head).iter().filter(|byte| !byte.is_ascii_whitespace());
    let head: Vec<u8> = head.copied().collect();
    is_of_json && FIRST.iter().any(|first| head.starts_with(first))
}

/// The literal that a name at `start` is compared with where it stands before: `"...".equals(password)`,
/// `'...' == args.password`.
fn compared_before(text: &[u8], start: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 120;
    let before = text.get(start.saturating_sub(LONGEST)..start)?;
    let is_of_path = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.$".contains(byte);
    let path = before.iter().rev().take_while(is_of_path).count();
    let head = before.get(..before.len() - path)?.trim_ascii_end();
    let head = [&b".equals("[..], b".Equals(", b"==="]
        .iter()
        .find_map(|sign| head.strip_suffix(*sign))
        .or_else(|| head.strip_suffix(b"=="))?
        .trim_ascii_end();
    let (quote, inside) = head.split_last().filter(|(quote, _)| b"\"'".contains(quote))?;
    let open = memchr::memrchr2(*quote, b'\n', inside).filter(|open| inside.get(*open) == Some(quote))?;
    let base = start - before.len();
    Some(base + open + 1..base + inside.len())
}

/// The value of a variable that is given in the literal of its name, as programs are started with it: `"NAME=value"`.
fn in_one_literal(text: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 200;
    let quote = *text.get(start.checked_sub(1)?)?;
    let is_of_variable = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    if !b"\"'".contains(&quote)
        || text.get(end) != Some(&b'=')
        || !text.get(start..end)?.iter().all(is_of_variable)
    {
        return None;
    }
    let inside = text.get(end + 1..(end + 1 + LONGEST).min(text.len()))?;
    let close = memchr::memchr3(quote, b'\\', b'\n', inside)?;
    (inside.get(close) == Some(&quote)).then_some(end + 1..end + 1 + close)
}

/// Where the name begins that fills its literal but for what it is in, or the dashes of an option: `"app.jwt.secret"`,
/// `"--api-token"`.
fn whole(text: &[u8], start: usize) -> Option<usize> {
    const LONGEST: usize = 40;
    let before = text.get(start.saturating_sub(LONGEST)..start)?;
    let is_of_path = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    let path = before.iter().rev().take_while(is_of_path).count();
    let (before, path) = before.split_at(before.len() - path);
    let is_quoted = before.last().is_some_and(|quote| b"\"'`".contains(quote));
    let is_path = path.is_empty() || path.starts_with(b"--") || path.ends_with(b".");
    (is_quoted && is_path).then(|| if path.starts_with(b"--") { start - path.len() + 2 } else { start })
}

/// What is between a name and its literal.
struct Sign {
    length: usize,
    quote: u8,
    is_default: bool,
}

/// The bytes up to a literal that is given to a name, and its quote: `: "`, `' => '`, `: String = "`, `', '`, `("`,
/// ` = []byte("`; behind `") || "` or `', default='`, what is taken where nothing else is given.
fn sign(gap: &[u8]) -> Option<Sign> {
    static SIGN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let given = r#"\\?["'`]\]?\s*(?:=>|:|={1,3})|\s*={2,3}|\.(?:equals|Equals|eql\?|equal|compareTo)\(|\s*(?:(?::\s*(?:&'static )?[A-Za-z0-9_&?<>\[\].;| ]+)?=|:=|:|=>)|\]\s*=|\(|\s"#;
        let default = concat!(
            r#"\\?["'`]\s?,\s*(?:(?:[a-z_]+\s?=\s?[^,()\n]{1,30},\s*)?default(?:_?[vV]alue)?\s?[=:]\s?)?|\\?["'`]\s[a-z]{0,8}[dD]efault\s?[=:]\s?|\\?["'`]?[)\]}]{0,2}\s?(?:\|\||\?\?|\?:|//|\bor\b)\s?"#,
            r#"|["'`]\)\s*\.(?:unwrap_or|unwrap_or_else|getOrElse|orElse)\((?:\|_?\|\s?)?"#
        );
        // what only makes bytes, or another type, of a literal
        let of = concat!(
            r"(?:new\sString\()?(?:new\s)?(?:[A-Za-z_][A-Za-z0-9_]*(?:\(\))?(?:\.|::)){0,3}(?:\[\]byte|bytes|bytearray|from|String|str|Secret|SecretStr|SecretString",
            r"|Some|Just|GetBytes|encode|fromUtf8|fromHex|from_hex|fromhex|parse|decode|b64decode|urlsafe_b64decode|decode64|FromBase64String|atob|utf8|hex2bin|base64_decode",
            r"|from_static|text|pack|Field|SecretKeySpec|Data|stringify)\((?:default\s?=\s?)?"
        );
        let sign = format!(r#"^(?:(?:{given})|({default}))\s*(?:{of})?(?:br|[bur@])?\\?(["'`])"#);
        RegexBuilder::new(&sign).unicode(false).build().ok()
    });
    let captures = SIGN.as_ref()?.captures(gap)?;
    let quote = captures.get(2)?;
    let is_default = captures.get(1).is_some();
    Some(Sign { length: quote.end(), quote: *quote.as_bytes().first()?, is_default })
}

/// Whether a user or a host is written out around, and none that is nobody's.
fn is_of_somebody(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    let Some(beside) = BESIDE.as_ref() else { return false };
    let before = text.get(name.start.saturating_sub(BEFORE)..name.start).unwrap_or_default();
    let behind = text.get(value.end..(value.end + BEHIND).min(text.len())).unwrap_or_default();
    let is_shown = |near: &[u8]| {
        let near = near.to_ascii_lowercase();
        SHOWN.iter().any(|shown| memchr::memmem::find(&near, shown).is_some())
    };
    let has_one = |near: &[u8]| beside.is_match(near);
    (has_one(before) || has_one(behind)) && !is_shown(before) && !is_shown(behind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};
    use crate::inspect::secret::tests::instance;
    use crate::inventory::Media;

    fn is_found(path: &str, text: &str) -> bool {
        let sample = Sample::new(path, text.as_bytes(), Media::Text);
        let mut places =
            ["assword", "pass", "ass(", "pwd", "auth"].iter().flat_map(|word| text.match_indices(word));
        places.any(|(at, _)| find(&sample, at, 0, &Cell::new(usize::MAX)).is_some())
    }

    #[test]
    fn a_machines_secret_is_told_by_its_name() {
        let mut dice = Dice::new(fresh_seed());
        let is_found = |path: &str, text: &str| {
            let sample = Sample::new(path, text.as_bytes(), Media::Text);
            let mut places =
                ["ecret", "ECRET", "UTH_TOKEN", "assword"].iter().flat_map(|word| text.match_indices(word));
            places.any(|(at, _)| find(&sample, at, 0, &Cell::new(usize::MAX)).is_some())
        };
        for _ in 0..20 {
            let secret = instance(&mut dice, "{base62:40}");
            for (path, text) in [
                ("a.swift", "static let clientSecret = \"@\""),
                ("a.js", "cookie: { name: 'sid', password: '@' }"),
                ("a.py", "parser.add_argument('--password', default='@')"),
                ("a.js", "const AUTH_SECRET = \"@\";"),
                ("A.java", "private static final String AUTH_TOKEN = \"@\";"),
                ("a.py", "client_secret: str = '@'"),
                ("a.go", "\tClientSecret: \"@\","),
                ("a.cs", "public string ApiSecret { get; } = \"b\"; const string SigningSecret = \"@\";"),
                ("a.rs", "const HMAC_SECRET: &[u8] = b\"@\";"),
                ("a.rs", "let a = std::env::var(\"ACME_SECRET\").unwrap_or_else(|_| \"@\".to_owned());"),
                ("a.go", "var signingSecret = []byte(\"@\")"),
                ("a.go", "secret := getEnv(\"SESSION_SECRET\", \"@\")"),
                ("a.js", "{ key: process.env.JWT_SECRET || '@' }"),
                ("a.js", "const s = process.env['COOKIE_SECRET'] ?? '@';"),
                ("a.py", "os.environ.get('ACME_SECRET') or '@'"),
                ("a.py", "jwt_secret: str = Field(default='@')"),
                ("a.py", "parser.add_argument('--api-secret', default='@')"),
                ("a.rb", "ENV.fetch('ACME_SECRET', '@')"),
                ("a.dart", "String.fromEnvironment('ACME_SECRET', defaultValue: '@')"),
                ("a.kt", "System.getenv(\"ACME_SECRET\") ?: \"@\""),
                ("a.go", "JWTSecret string `env:\"JWT_SECRET\" envDefault:\"@\"`"),
                ("a.rs", "#[arg(long, env = \"API_SECRET\", default_value = \"@\")]\n"),
                ("a.py", "parser.add_argument('--api-secret', help='b', default='@')"),
                ("a.py", "SECRET = \"@\"\n"),
                ("a.rb", "secret_key_base: '@'"),
                ("a.js", "new JwtStrategy({ secretOrKey: '@' }, done)"),
                ("a.groovy", "withEnv(['ACME_SECRET=@', 'CI=1']) {}"),
                ("A.java", "@ConfigProperty(name = \"acme.jwt.secret\", defaultValue = \"@\")"),
                ("a.ts", "JwtModule.register({ secret: '@', signOptions: {} })"),
                ("a.js", "const secret = '@';\nmodule.exports = (user) => jwt.sign(user, secret);"),
            ] {
                assert!(is_found(path, &text.replace('@', &secret)), "{text} {secret}");
            }
            assert!(is_found("a.ex", &format!("@signing_secret \"{secret}\"")), "{secret}");
            for (path, text) in [
                ("a.swift", "static let secret = \"@\""),
                ("a.js", "{ title: 'b', secret: '@' }"),
                ("a.swift", "static let testClientSecret = \"@\""),
                ("a.js", "const AUTH_SECRET_HASH = \"@\";"),
                ("a.js", "const AUTH_SECRET = process.env[\"@\"];"),
                ("a.js", "const CLIENT_SECRET = 'https://acme.io/@';"),
                ("a.js", "const CLIENT_SECRET = 'ClientSecretOfTheApplicationThatIsSignedIn';"),
                ("a.js", "const clientSecret = () => override(\"ACME_CLIENT_SECRET\", \"@\");"),
                ("a.js", "const s = process.env.ACME_CLIENT_SECRET || '@';"),
                ("a.py", "api_secret = get_secret('@')"),
                ("a.js", "f('ACME_SECRET=@&b=c' + d)"),
                ("a.js", "location = 'https://id.acme.io/?client_secret=@'"),
                ("a.py", "api_secret = decrypt(b'@')"),
                ("a.js", "list('b-secret', '@')"),
                ("a.clj", "(def api-secret \"@\")"),
                ("a.html", "clientSecret = \"@\""),
                ("a.js", "// clientSecret = \"@\""),
            ] {
                assert!(!is_found(path, &text.replace('@', &secret)), "{text} {secret}");
            }
        }
    }

    #[test]
    fn names_in_a_source_map_are_no_list_of_somebodys() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..20 {
            let name = instance(&mut dice, "{base62:9}7x9{base62:5}");
            let list = format!(r#"["user","svc7","pass","{name}","username","svc7"]"#);
            for head in [r#"{"version":3,"#, "{\n  \"version\": 3,\n  ", r#"{"mappings":"","#] {
                assert!(!is_found("a.map", &format!(r#"{head}"names":{list}}}"#)), "{name}");
            }
            assert!(is_found("a.js", &format!("connect({list})")), "{name}");
            let in_text = list.replace('"', "\\\"");
            let map = format!(r#"{{"version":3,"sourcesContent":["connect({in_text})"]}}"#);
            assert!(is_found("a.map", &map), "{map}");
        }
    }

    #[test]
    fn a_password_beside_a_user_or_a_host_is_somebodys() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..20 {
            let password = instance(&mut dice, "{base62:9}7x9{base62:5}");
            for (path, text) in [
                (
                    "a.js",
                    "forRoot({\n  type: 'postgres',\n  host: 'db7.acme.io',\n  username: 'svc',\n  password: '@',\n})",
                ),
                ("a.js", r#"f({user:"svc",pass:"@"})"#),
                ("a.go", "redis.Options{\n\tAddr:     \"db7.acme.io:6379\",\n\tPassword: \"@\",\n}"),
                ("a.go", "const (\n\tDBUser     = \"svc\"\n\tDBPassword = \"@\"\n)"),
                ("A.java", "config.setUsername(\"svc\");\nconfig.setPassword(\"@\");"),
                ("a.kt", r#"BasicAuthCredentials(username = "svc", password = "@")"#),
                ("a.kt", "val user: String = \"svc\"\nval password: String = \"@\""),
                ("a.rb", "Client.new(host: 'db7.acme.io', password: '@', database: 'shop')"),
                ("a.rb", "{ :user => 'svc', :password => '@' }"),
                ("a.php", "$mail->Username = 'svc';\n$mail->Password = '@';"),
                ("a.py", ".option('user', 'svc')\n.option('password', '@')"),
                ("a.py", "conn[\"user\"] = \"svc\"\nconn[\"password\"] = \"@\""),
                ("a.R", "dbConnect(user = \"svc\", password = \"@\")"),
                ("a.sql", "VALUES (1, 'smtp_password', '@'), (2, 'smtp_host', 'smtp.acme.io')"),
                ("a.ino", "const char* ssid = \"home\";\nconst char* password = \"@\";"),
                ("A.java", "String auth = \"svc:@\";"),
                ("A.java", "new ShardInfo(\"db7.acme.io\", 6379);\ninfo.setPassword(\"@\");"),
                ("a.html", "<p>b</p><script>c={user:'svc',password:'@'}</script>"),
                ("A.java", "auth.withUser(\"svc\").password(\"{noop}@\").roles(\"A\");"),
                ("a.rs", "Opts::new().user(Some(\"svc\")).pass(Some(\"@\"))"),
                ("a.hs", "defaultConnectInfo { connectHost = \"db7.acme.io\", connectPassword = \"@\" }"),
                ("a.clj", "{:host \"db7.acme.io\" :password \"@\"}"),
                ("a.js", "{ host: 'db7.acme.io', user: 'svc', password: 'Falcon_river' }"),
                ("a.js.map", r#"{"sourcesContent":["f({ user: \"svc\", password: \"@\" })"]}"#),
                ("a.js", "if (user == 'svc' && password == '@') b();"),
                ("a.js", "if (req.body.username === 'svc' && req.body.password === '@') next();"),
                ("a.php", "if ($_POST['user'] == 'svc' && $_POST['password'] == '@') {}"),
                ("A.java", "if (user.equals(\"svc\") && password.equals(\"@\")) b();"),
                ("A.java", "if (\"svc\".equals(user) && \"@\".equals(password)) b();"),
                ("a.py", "if 'svc' == username and '@' == args.password: b()"),
            ] {
                assert!(is_found(path, &text.replace('@', &password)), "{text} {password}");
            }
            for (path, text) in [
                ("a.js", "f({ password: '@' })"),
                ("a.js", "if (type == 'user' && field.password == '@') b();"),
                ("a.js", "if (password == '@') b();"),
                ("A.java", "if (\"@\".equals(password)) b();"),
                ("a.js", "if (type === 'password' && user === '@') b();"),
                ("a.rs", "[\"A-user\", \"svc\", \"A-renderpass\", \"@\"]"),
                ("a.js", "f({ user: process.env.USER, password: '@' })"),
                ("a.js", "f({ host: 'localhost', user: 'svc', password: '@' })"),
                ("a.js", "f({ user: 'svc', passwordField: '@' })"),
                (
                    "A.java",
                    "String PROXY_USER = \"SSH2Page.PROXY_USER\";\nString PROXY_PASS = \"SSH2Page.PROXY_PASS\";",
                ),
                ("a.js", "f({ user: 'svc', password: hash('@') })"),
                ("a.js", "f({ user: 'svc', password: 's00pers3cret' })"),
                ("a.js", "f({ user: 'svc', password: 'Wachtwoord_vergeten' })"),
                ("a.js", "f({ host: 'Server', user: 'Gebruiker', password: 'Wachtwoord_vergeten' })"),
                (
                    "a.js",
                    "f({ host: 'Server', password: 'Wachtwoord_vergeten', url: 'https://help.acme.io/a' })",
                ),
                ("a.clj", "{:host host :user \"svc\" :passwords [\"@\"]}"),
                ("a.js", " * f({ user: 'svc', password: '@' })"),
                ("a.py", ">>> f(user='svc', password='@')"),
                ("a.py", "f(email='jane@example.com', password='@')"),
                ("a.html", "<pre>c={user:'svc',password:'@'}</pre>"),
                ("a.js", "{'login.user': 'Uzivatel', 'login.password': 'Heslo_uzivatele2'}"),
                ("a.md", "f({ user: 'svc', password: '@' })"),
                ("a.cs", "new Client(user: \"svc\", password: \"http://schemas.acme.io/2005/password1\")"),
            ] {
                assert!(!is_found(path, &text.replace('@', &password)), "{text} {password}");
            }
        }
    }

    #[test]
    fn a_password_in_base64_is_told_by_what_reads_it() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..20 {
            let password = instance(&mut dice, "{base62:6}7x!9{base62:4}");
            let encoded = crate::inspect::secret::tests::dice::base64(password.as_bytes());
            for (path, text) in [
                ("a.js", "const password = atob(\"@\");"),
                ("a.js", "const password = Buffer.from('@', 'base64').toString();"),
                ("a.py", "db_password = base64.b64decode('@').decode()"),
                ("a.php", "$password = base64_decode('@');"),
                ("a.rb", "password = Base64.decode64('@')"),
                ("a.cs", "var password = Convert.FromBase64String(\"@\");"),
                ("A.java", "String password = new String(Base64.getDecoder().decode(\"@\"));"),
            ] {
                assert!(is_found(path, &text.replace('@', &encoded)), "{text} {encoded}");
                for word in ["Password of 2024", "your-password-1", "changeme12", "hello world again"] {
                    let word = crate::inspect::secret::tests::dice::base64(word.as_bytes());
                    assert!(!is_found(path, &text.replace('@', &word)), "{text} {word}");
                }
            }
        }
    }
}
