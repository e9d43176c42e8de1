//! Names with quoted values in any language: `name: "value"`, `name = 'value'`, `"name" => "value"`,
//! `define('name', 'value')`, Erlang's `{name, "value"}`. Reads JSON, too, where it has comments or is a template.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Match, Regex, RegexBuilder};

use super::{Pair, names, values};

/// Lengths are checked afterwards: counting them makes the regex large and slow.
static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let sign = r#"\s*(?:=>|:=|=|:)\s*(?:\\\r?\n\s*)?(?:[a-z.]+\(|JSON\.stringify\()?[brufBRUF]?(?:""|'')?"#;
    let value = r#"(?:"((?:[^"\\\r\n]|\\.){6,})"|'((?:[^'\\\r\n]|\\.){6,})'|`([^`$\\\r\n]{6,})`)"#;
    let name = r"[A-Za-z_$][A-Za-z0-9_.:$-]*";
    RegexBuilder::new(&format!(
        r#"(?:["']({name})["']\]?{sign}|\(\s*["']({name})["'] *,\s*[brufBRUF]?|\{{\s*({name})\s*,\s*(?:<<)?|({name})(?:(?: +string|\s*:\s*[a-zA-Z&\[\]. ]+)??{sign}| +)){value}"#
    ))
    .unicode(false)
    .build()
    .ok()
});

/// What is taken where the environment has no value: `env('NAME', 'value')`, `process.env.NAME || "value"`.
static DEFAULT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"[A-Z][A-Z0-9_]+";
    let sign = r"\s*(?:,\s*(?:default\s*[=:]\s*)?|\|\||\?\?|\?:|or\s|\{)\s*";
    RegexBuilder::new(&format!(
        r#"(?:["']({name})["'][)\]]?|\benv\.({name})){sign}(?:"([^"\r\n]{{6,}})"|'([^'\r\n]{{6,}})'|`([^`$\r\n]{{6,}})`)"#
    ))
    .unicode(false)
    .build()
    .ok()
});

/// Where a list of texts begins: `NAMES = ["`, `names: ['`, `NAMES = new String[] {"`, `names := []string{"`.
static LIST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"[A-Za-z_$][A-Za-z0-9_.-]*";
    RegexBuilder::new(&format!(
        r#"(?:["']({name})["']\]?|({name}))(?:\s*:\s*[a-zA-Z\[\]<>]+)??\s*(?:=>|:=|=|:)\s*(?:[a-zA-Z.]+\()?(?:new\s+)?(?:[a-zA-Z]*\[\]\s*[a-z]*\s*\{{|[\[(])\s*["']"#
    ))
    .unicode(false)
    .build()
    .ok()
});

/// A text of one line between two words: `name = <<EOT`.
static HERE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"[A-Za-z_][A-Za-z0-9_.-]*";
    RegexBuilder::new(&format!(
        r#"["']?({name})["']?\s*=\s*<<[-~]?["']?[A-Z_]+["']?[ \t]*\r?\n[ \t]*([^\r\n]{{6,}})\r?\n[ \t]*[A-Z_]+[ \t]*\r?(?:\n|$)"#
    ))
    .unicode(false)
    .build()
    .ok()
});

/// A text of one line that begins behind the line of its name: `name = """`.
static TALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"[A-Za-z_][A-Za-z0-9_.-]*";
    let quotes = r#"(?:"""|''')"#;
    RegexBuilder::new(&format!(
        r#"["']?({name})["']?\s*[:=]\s*{quotes}\\?[ \t]*\r?\n[ \t]*([^\s"'][^\r\n"']{{5,}})(?:\\?\r?\n)?[ \t]*{quotes}"#
    ))
    .unicode(false)
    .build()
    .ok()
});

/// What Ruby's programs are set to by a symbol, and Elixir's by a sigil: `set :password, 'value'`, `env :TOKEN, "value"`,
/// `set(:password) { 'value' }`, `password: ~s(value)`.
static SYMBOL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    RegexBuilder::new(concat!(
        r#"(?:\b(?:set|env)[ (]+:([A-Za-z_][A-Za-z0-9_]*)\)?\s*[,{]\s*["']|([a-z_]+):\s+~[sS][(\[{<|/"'])"#,
        r#"([^"'()\[\]{}<>|\r\n]{6,})["')\]}>|/]"#
    ))
    .unicode(false)
    .build()
    .ok()
});

/// What Gradle writes into an app: `buildConfigField("String", "NAME", "\\"value\\"")`.
static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    RegexBuilder::new(concat!(
        r#"(?:buildConfigField|resValue)[ (]+["'][A-Za-z]+["']\s*,\s*["']([A-Za-z_][A-Za-z0-9_]*)["']\s*,\s*["'](?:\\?["'])?"#,
        r#"([^"'\\\r\n]{6,})"#
    ))
    .unicode(false)
    .build()
    .ok()
});

/// Keys that C has byte by byte: `static const u1_t PROGMEM APPKEY[16] = { 0x0f, 0xa2 };`
static BYTES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    RegexBuilder::new(concat!(
        r"([A-Za-z_][A-Za-z0-9_]*)\s*\[[^\]\r\n]*\]\s*(?:PROGMEM\s*)?=\s*\{\s*",
        r"(0[xX][0-9a-fA-F]{2}(?:\s*,\s*0[xX][0-9a-fA-F]{2}){15,63})\s*,?\s*\}"
    ))
    .unicode(false)
    .build()
    .ok()
});

/// What OmniAuth signs in to others with: `provider :github, 'id', 'secret'`, `config.omniauth :github, 'id', 'secret'`.
static PROVIDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let id = r#"["'][^"'\r\n]{4,200}["']"#;
    let secret = r#"["']([^"'\r\n]{16,200})["']"#;
    RegexBuilder::new(&format!(r"(?:provider|omniauth)[ (]+:[a-z0-9_]+\s*,\s*{id}\s*,\s*{secret}"))
        .unicode(false)
        .build()
        .ok()
});

/// All of them outside comments.
pub(super) fn pairs(text: &[u8]) -> Vec<Pair<'_>> {
    const MOST: usize = 50_000;
    const LONGEST_NAME: usize = 80;
    const LONGEST_VALUE: usize = 2000;
    let Some(quoted) = QUOTED.as_ref() else { return Vec::new() };
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    let mut named: Option<(Cow<'_, str>, usize)> = None;
    let mut variable: Option<(Cow<'_, str>, usize)> = None;
    let is_long =
        |name: &Match<'_>, value: &Match<'_>| name.len() > LONGEST_NAME || value.len() > LONGEST_VALUE;
    for captures in quoted.captures_iter(text).take(MOST) {
        let (Some(whole), Some(name)) = (captures.get(0), (1..=4).find_map(|number| captures.get(number)))
        else {
            continue;
        };
        let Some(value) = (5..=7).find_map(|number| captures.get(number)) else { continue };
        if is_long(&name, &value) || is_comment(text, whole.start()) {
            continue;
        }
        let name = String::from_utf8_lossy(name.as_bytes());
        // `"key": "password", "value": "..."`
        let beside = named.take().filter(|(_, end)| {
            whole.start() - end < 200
                && text.get(*end..whole.start()).is_some_and(|between| !between.contains(&b'}'))
        });
        let mut parent = beside.map(|(parent, _)| parent).unwrap_or_default();
        // Terraform: `variable "db_password" { default = "..." }`
        if name == "variable" {
            variable = Some((String::from_utf8_lossy(value.as_bytes()), whole.end()));
        } else if name == "default"
            && let Some((of, end)) = &variable
            && text.get(*end..whole.start()).is_some_and(|between| !between.contains(&b'}'))
        {
            parent.clone_from(of);
        }
        if matches!(&*name, "key" | "name" | "id") {
            named = Some((String::from_utf8_lossy(value.as_bytes()), whole.end()));
        }
        // `db.auth('user', 'value')`
        let is_login = captures.get(2).is_some() && signs_in(text.get(..whole.start()).unwrap_or_default());
        // Symfony's key is all that its file returns
        let secret = name == "return" && value.len() >= 4 * 32 && are_bytes(value.as_bytes());
        let name = if is_login { "password".into() } else { name };
        pairs.push(Pair { secret, ..Pair::new(parent, name, value.range()) });
    }
    for captures in DEFAULT.iter().flat_map(|default| default.captures_iter(text)).take(MOST) {
        let [name, value] = [1..=2, 3..=5].map(|mut groups| groups.find_map(|number| captures.get(number)));
        let (Some(name), Some(value)) = (name, value) else { continue };
        if !is_long(&name, &value) && !is_comment(text, name.start()) {
            pairs.push(Pair::new("", String::from_utf8_lossy(name.as_bytes()), value.range()));
        }
    }
    for captures in LIST.iter().flat_map(|list| list.captures_iter(text)).take(MOST) {
        let (Some(whole), Some(name)) = (captures.get(0), captures.get(1).or_else(|| captures.get(2))) else {
            continue;
        };
        let is_wallets = name.as_bytes() == b"accounts";
        let may_count = is_wallets || name.len() <= LONGEST_NAME && names::may_count(name.as_bytes());
        if !may_count || is_comment(text, whole.start()) {
            continue;
        }
        // Hardhat: `accounts: ["0x..."]`
        if is_wallets {
            let is_key =
                |value: &Range<usize>| text.get(value.clone()).is_some_and(values::is_key_of_account);
            let keys = listed(text, whole.end() - 1).filter(is_key);
            pairs.extend(keys.map(|value| Pair { secret: true, ..Pair::new("", "accounts", value) }));
        } else {
            let name = String::from_utf8_lossy(name.as_bytes());
            pairs.extend(listed(text, whole.end() - 1).map(|value| Pair::new("", name.clone(), value)));
        }
    }
    let bytes = memchr::memmem::find(text, b"0x").and_then(|_| BYTES.as_ref());
    for captures in bytes.into_iter().flat_map(|bytes| bytes.captures_iter(text)).take(MOST) {
        let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else { continue };
        if name.len() > LONGEST_NAME || is_comment(text, name.start()) {
            continue;
        }
        // the keys of a device in LoRaWAN
        let name = String::from_utf8_lossy(name.as_bytes());
        let is_device =
            ["appkey", "nwkkey", "appskey", "nwkskey"].contains(&name.to_ascii_lowercase().as_str());
        pairs.push(Pair::new("", if is_device { "app_key".into() } else { name }, value.range()));
    }
    let signs_in =
        memchr::memmem::find(text, b"provider :").or_else(|| memchr::memmem::find(text, b"omniauth :"));
    let provider = signs_in.and_then(|_| PROVIDER.as_ref());
    for value in provider.into_iter().flat_map(|regex| regex.captures_iter(text)).take(MOST) {
        if let Some(value) = value.get(1).filter(|value| !is_comment(text, value.start())) {
            pairs.push(Pair::new("", "client_secret", value.range()));
        }
    }
    let fields = [&FIELD, &HERE, &TALL, &SYMBOL].into_iter().filter_map(|field| field.as_ref());
    for captures in fields.flat_map(|field| field.captures_iter(text)).take(MOST) {
        let mut groups = captures.iter().skip(1).flatten();
        let (Some(name), Some(value)) = (groups.next(), groups.next()) else { continue };
        if !is_long(&name, &value) && !is_comment(text, name.start()) {
            pairs.push(Pair::new("", String::from_utf8_lossy(name.as_bytes()), value.range()));
        }
    }
    pairs
}

/// Whether a call begins here that is given a user and a password.
fn signs_in(before: &[u8]) -> bool {
    const CALLS: [&[u8]; 6] = [
        b".auth",
        b"HTTPBasicAuth",
        b"BasicAuth",
        b"basic_auth",
        b"UsernamePasswordCredentials",
        b"basicAuth",
    ];
    CALLS.iter().any(|call| before.ends_with(call))
}

/// Whether a literal is nothing but bytes by their numbers: `\x0f\xa2`.
pub(super) fn are_bytes(literal: &[u8]) -> bool {
    !literal.is_empty()
        && literal.len().is_multiple_of(4)
        && literal.chunks(4).all(|byte| {
            matches!(byte, [b'\\', b'x', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
        })
}

/// The digits of bytes that are listed: `0x0f, 0xa2`.
pub(super) fn listed_bytes(value: &[u8]) -> Option<Vec<u8>> {
    let bytes: Option<Vec<&[u8]>> = value
        .split(|byte| *byte == b',')
        .map(|byte| byte.trim_ascii().strip_prefix(b"0x").filter(|digits| digits.len() == 2))
        .collect();
    bytes.map(|bytes| bytes.concat())
}

/// The texts of a list whose first quote is at `at`.
fn listed(text: &[u8], at: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    const MOST: usize = 200;
    let mut at = Some(at);
    let next = move || {
        let open = at?;
        let quote = *text.get(open).filter(|byte| matches!(byte, b'"' | b'\''))?;
        let inside = text.get(open + 1..)?;
        let length = memchr::memchr2(quote, b'\n', inside).filter(|end| inside.get(*end) == Some(&quote))?;
        let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
        let behind = inside.get(length + 1..)?;
        let gap = behind.iter().take_while(|byte| is_blank(byte)).count();
        at = behind.get(..gap)?.contains(&b',').then_some(open + length + 2 + gap);
        Some(open + 1..open + 1 + length)
    };
    std::iter::from_fn(next).take(MOST)
}

/// Whether the line up to here begins as a comment.
pub(super) fn is_comment(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(2000)..at).unwrap_or_default();
    let line = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(before, |end| before.get(end + 1..).unwrap_or_default());
    let line = line.trim_ascii_start();
    // an attribute of Rust is none, either
    if line.starts_with(b"#define ") || line.starts_with(b"#[") {
        return false;
    }
    [&b"//"[..], b"#", b"*", b"/*", b";", b"<!--"].iter().any(|sign| line.starts_with(sign))
}
