//! Every pattern of the table against tokens made here, each from its own recipe.

use super::table::{Check, Guard};
use super::*;
use crate::inspect::{Lookout, inspect as inspect_all};
use crate::inventory::{Entry, Media};

/// Small and the same in every run: xorshift.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    fn characters(&mut self, from: &str, count: usize) -> String {
        let from = from.as_bytes();
        (0..count).map(|_| char::from(from[self.below(from.len())])).collect()
    }

    /// A token after its recipe: `{base62:30}` and the like are random characters.
    pub(super) fn make(&mut self, recipe: &str) -> String {
        let mut token = String::new();
        let mut last = String::new();
        let mut rest = recipe;
        while let Some(open) = rest.find('{') {
            token.push_str(&rest[..open]);
            rest = &rest[open..];
            let Some(close) = closing(rest) else { break };
            match self.field(&rest[1..close], &last) {
                Some(field) => {
                    token.push_str(&field);
                    last = field;
                    rest = &rest[close + 1..];
                }
                None => {
                    token.push('{');
                    rest = &rest[1..];
                }
            }
        }
        token + rest
    }

    fn field(&mut self, field: &str, last: &str) -> Option<String> {
        const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
        const DIGITS: &str = "0123456789";
        let (kind, argument) = field.split_once(':').unwrap_or((field, ""));
        let count = argument.parse().unwrap_or(0);
        let base62 = format!("{DIGITS}{UPPER}{LOWER}");
        Some(match kind {
            "base62" => self.characters(&base62, count),
            "alpha" => self.characters(&format!("{UPPER}{LOWER}"), count),
            "hex" => self.characters("0123456789abcdef", count),
            "digits" => self.characters("123456789", 1) + &self.characters(DIGITS, count - 1),
            "base32" => self.characters(&format!("{UPPER}234567"), count),
            "bech32" => self.characters("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", count),
            "upper36" => self.characters(&format!("{UPPER}{DIGITS}"), count),
            "lower36" => self.characters(&format!("{LOWER}{DIGITS}"), count),
            "b64" => {
                self.characters(&format!("{base62}+/"), count - count % 4)
                    + &self.characters(&base62, count % 4)
            }
            // a dash or underscore at the end would be no part of a word
            "b64url" => self.characters(&format!("{base62}-_"), count - 1) + &self.characters(&base62, 1),
            "b64pct" => self.characters(&base62, count),
            "uuid" => [8, 4, 4, 4, 12].map(|count| self.characters("0123456789abcdef", count)).join("-"),
            "crc" => String::from_utf8_lossy(&plausible::base62(
                plausible::crc32(last.as_bytes()),
                base62.as_bytes().try_into().ok()?,
            ))
            .into_owned(),
            "b64of" => encode(self.make(argument).as_bytes()),
            "jwt" => {
                let signature = self.characters(&base62, 43);
                format!(
                    "{}.{}.{signature}",
                    url_safe(br#"{"alg":"RS256","typ":"JWT"}"#),
                    url_safe(argument.as_bytes())
                )
            }
            "discord" => {
                let number = self.characters("123456789", 18);
                format!(
                    "{}.{}.{}",
                    url_safe(number.as_bytes()),
                    self.characters(&base62, 6),
                    self.characters(&base62, 38)
                )
            }
            _ => return None,
        })
    }
}

fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, character)| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        (depth == 0).then_some(at)
    })
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn url_safe(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn scan(path: &str, bytes: &[u8], media: Media) -> Vec<Secret> {
    let lookout = Lookout::new(Wanted::default());
    let mut entry = Entry { path: path.to_owned(), media, ..Entry::default() };
    inspect_all(bytes, &lookout, &mut entry);
    entry.secrets
}

fn rules(path: &str, text: &str) -> Vec<&'static str> {
    scan(path, text.as_bytes(), Media::Text).iter().map(|secret| secret.rule).collect()
}

#[test]
fn every_regex_compiles_and_no_match_is_longer_than_declared() {
    for search in &INDEX.searches {
        let pattern = search.pattern;
        assert_eq!(search.regex().is_some(), !pattern.regex.is_empty(), "{}", TABLE[search.rule].name);
        for seed in 0..5 {
            let token = Dice::new(seed).make(pattern.example);
            if let Some(found) = search.regex().and_then(|regex| regex.find(token.as_bytes())) {
                let keyword = pattern
                    .keywords
                    .iter()
                    .find_map(|word| memchr::memmem::find(found.as_bytes(), word.as_bytes()));
                let keyword = keyword.unwrap_or(0); // a keyword may begin with what stands before the match
                assert!(
                    keyword <= pattern.before || found.as_bytes()[0].is_ascii_punctuation(),
                    "{}",
                    pattern.regex
                );
                assert!(found.len() - keyword <= pattern.longest, "{}", pattern.regex);
            }
        }
    }
}

#[test]
fn every_example_is_found_where_it_stands() {
    for rule in TABLE {
        for pattern in rule.patterns {
            for seed in 1..20 {
                let token = Dice::new(seed).make(pattern.example);
                let text = format!("const a = 1;\nconst b = '{token}';\nmore text\n");
                let found = scan("package/lib/a.js", text.as_bytes(), Media::Text);
                let own: Vec<&Secret> = found.iter().filter(|secret| secret.rule == rule.name).collect();
                assert!(!own.is_empty(), "{}: {token} gives {found:?}", rule.name);
                assert_eq!(own[0].at.line, Some(2), "{}", rule.name);
            }
        }
    }
}

#[test]
fn no_near_miss_is_found() {
    for rule in TABLE {
        for near in rule.patterns.iter().flat_map(|pattern| pattern.near) {
            for seed in 1..20 {
                let token = Dice::new(seed).make(near);
                let found = rules("package/lib/a.js", &format!("const b = '{token}';\n"));
                assert!(!found.contains(&rule.name), "{}: {token}", rule.name);
            }
        }
    }
}

#[test]
fn nothing_is_found_inside_longer_words() {
    for rule in TABLE {
        for pattern in rule.patterns.iter().filter(|pattern| !matches!(pattern.guard, Guard::None)) {
            if matches!(pattern.check, Check::PrivateKey | Check::Url)
                || pattern.example.contains([' ', '=', '\''])
            {
                continue;
            }
            for seed in 1..10 {
                let mut dice = Dice::new(seed);
                let token = dice.make(pattern.example);
                let text = format!("const b = '{}{token}';\n", dice.characters("ABCDEFGHabcdefgh", 30));
                let found = rules("package/lib/a.js", &text);
                assert!(!found.contains(&rule.name) || token.contains("://"), "{}: {text}", rule.name);
            }
        }
    }
}

#[test]
fn facts_hold_nothing_of_the_secret() {
    for rule in TABLE {
        for pattern in rule.patterns {
            let text = format!("x = \"{}\"\n", Dice::new(7).make(pattern.example));
            let found = scan("package/lib/a.js", text.as_bytes(), Media::Text);
            for secret in &found {
                let shown = serde_json::to_string(secret).unwrap();
                // no eight characters of the random part
                let keyword_length = secret.redacted.find('\u{2026}').unwrap();
                assert!(
                    pattern.keywords.iter().any(|word| word.starts_with(&secret.redacted[..keyword_length]))
                        || keyword_length < 12,
                    "{shown}"
                );
                assert!(keyword_length <= 36, "{shown}");
            }
        }
    }
}

#[test]
fn tokens_are_found_behind_escapes() {
    for before in ["\\n", "\\t", "\\u0022", "%3D", "%22", "//", "\\\"", "=", ":", "(", "Bearer "] {
        let token = Dice::new(3).make("AKIA{base32:16}");
        assert_eq!(
            rules("package/a.js.map", &format!("{{\"s\":\"x{before}{token}\\n\"}}")),
            ["secret-aws-access-key"],
            "{before}"
        );
    }
}

#[test]
fn tokens_are_found_in_bytecode() {
    let token = Dice::new(4).make("ghp_{base62:30}{crc}");
    // a short string of Python's marshal format, and the next constant behind it
    let mut bytes = b"\xa7\r\r\n\0\0\0\0\xda\x08username\xda".to_vec();
    bytes.push(40);
    bytes.extend_from_slice(token.as_bytes());
    bytes.extend_from_slice(b"r\x01\0\0\0N");
    let found = scan("pkg/__pycache__/a.cpython-312.pyc", &bytes, Media::Pyc);
    assert_eq!(found.iter().map(|secret| secret.rule).collect::<Vec<_>>(), ["secret-github-token"]);
    assert_eq!(found[0].at.offset, 20);
}

#[test]
fn tokens_are_found_in_utf16() {
    let token = Dice::new(5).make("npm_{base62:30}{crc}");
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(format!("a\n{token}\n").encode_utf16().flat_map(u16::to_le_bytes));
    let found = scan("package/a.txt", &bytes, Media::Utf16);
    assert_eq!(found.iter().map(|secret| secret.rule).collect::<Vec<_>>(), ["secret-npm-token"]);
}

#[test]
fn private_keys_need_body_and_end() {
    let body = Dice::new(6).make("{b64:1600}");
    let lines = |width: usize, end: &str| {
        body.as_bytes()
            .chunks(width)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect::<Vec<_>>()
            .join(end)
    };
    let pem = |label: &str, body: &str, end: &str| {
        format!("-----BEGIN {label}-----{end}{body}{end}-----END {label}-----{end}")
    };
    for (text, expected) in [
        (pem("RSA PRIVATE KEY", &lines(64, "\n"), "\n"), "secret-private-key"),
        (pem("PRIVATE KEY", &lines(64, "\r\n"), "\r\n"), "secret-private-key"),
        (pem("EC PRIVATE KEY", &lines(64, "\\n"), "\\n"), "secret-private-key"),
        (pem("OPENSSH PRIVATE KEY", &lines(70, "\\n\" +\n  \""), "\\n\" +\n \""), "secret-private-key"),
        (pem("ENCRYPTED PRIVATE KEY", &lines(64, "\n"), "\n"), "secret-private-key-encrypted"),
        (
            pem(
                "RSA PRIVATE KEY",
                &format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{}", lines(64, "\n")),
                "\n",
            ),
            "secret-private-key-encrypted",
        ),
        (encode(pem("RSA PRIVATE KEY", &lines(64, "\n"), "\n").as_bytes()), "secret-private-key"),
    ] {
        assert_eq!(rules("package/lib/a.txt", &text), [expected], "{text}");
    }
    for text in [
        "-----BEGIN PRIVATE KEY-----".to_owned(),
        "a file that has -----BEGIN RSA PRIVATE KEY----- and -----END RSA PRIVATE KEY----- in it".to_owned(),
        pem("PUBLIC KEY", &lines(64, "\n"), "\n"),
        pem("CERTIFICATE", &lines(64, "\n"), "\n"),
        pem("PRIVATE KEY", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC...", "\n"),
        pem("PRIVATE KEY", &"A".repeat(800), "\n"),
        format!("-----BEGIN PRIVATE KEY-----\n{}", lines(64, "\n")),
    ] {
        assert_eq!(rules("package/lib/a.txt", &text), [""; 0], "{text}");
    }
}

#[test]
fn credentials_in_git_configurations_are_decoded() {
    let mut dice = Dice::new(8);
    let inner = dice.make("x-access-token:ghs_{base62:30}{crc}");
    let text = format!(
        "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic {}\n",
        encode(inner.as_bytes())
    );
    assert_eq!(rules("package/.git/config", &text), ["secret-git-header", "secret-github-token"]);
    let token = dice.make("{hex:40}");
    let text = format!("[remote \"origin\"]\n\turl = https://{token}@code.acme-prod.net/a/b.git\n");
    assert_eq!(rules("package/.git/config", &text), ["secret-git-header"]);
    assert_eq!(rules("package/lib/a.txt", &text), [""; 0]);
    assert_eq!(rules("package/.git/config", "\turl = https://code.acme-prod.net/a/b.git\n"), [""; 0]);
}

#[test]
fn credentials_in_agent_settings_are_found() {
    let mut dice = Dice::new(9);
    for line in [
        "Bash(curl -H \\\"Authorization: Bearer {base62:32}\\\" https://api.acme-prod.net)",
        "Bash(export ACME_API_KEY={base62:24})",
        "Bash(ACME_TOKEN={hex:32} npm publish:*)",
        "Bash(mysql --password={base62:16} -u root)",
        "Bash(curl -u deploy:{base62:20} https://ci.acme-prod.net)",
    ] {
        let text = format!("{{\"permissions\": {{\"allow\": [\"{}\"]}}}}", dice.make(line));
        assert_eq!(rules("package/.claude/settings.local.json", &text), ["secret-agent-settings"], "{text}");
    }
    for field in [
        "\"env\": {\"ACME_API_KEY\": \"{base62:32}\"}",
        "\"headers\": {\"Authorization\": \"Bearer {base62:32}\"}",
    ] {
        let text = format!("{{\"mcpServers\": {{\"acme\": {{{}}}}}}}", dice.make(field));
        assert_eq!(rules("package/.mcp.json", &text), ["secret-agent-settings"], "{text}");
    }
    for text in [
        r#"{"permissions": {"allow": ["Bash(npm run test:*)", "Bash(export API_KEY=$ACME_KEY)", "WebFetch(domain:github.com)"]}}"#,
        r#"{"mcpServers": {"a": {"env": {"API_KEY": "${API_KEY}"}, "headers": {"Authorization": "Bearer <your-token>"}}}}"#,
    ] {
        assert_eq!(rules("package/.claude/settings.json", text), [""; 0], "{text}");
    }
}

#[test]
fn the_same_bytes_are_one_fact() {
    let token = Dice::new(10).make("npm_{base62:30}{crc}");
    assert_eq!(
        rules("package/.npmrc", &format!("//registry.example.org/:_authToken={token}\n")),
        ["secret-npm-token"]
    );
}
