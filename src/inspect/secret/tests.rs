//! Every pattern of the table against tokens made here, each from its own recipe.

use super::table::{Check, Guard, Pattern};
use super::*;
use crate::inspect::{Effort, Scanner, StreamingScan, inspect as inspect_all, inspect_with};
use crate::inventory::{Entry, Media};

#[path = "../../../tests/it/dice.rs"]
pub(in crate::inspect) mod dice;
#[path = "../../../tests/it/keys.rs"]
pub(super) mod keys;

use dice::{Dice, base64 as encode};

pub(super) fn scan(path: &str, bytes: &[u8], media: Media) -> Vec<Secret> {
    let mut entry = Entry { path: path.to_owned(), media, ..Entry::default() };
    inspect_all(bytes, Scanner::plain(), &mut entry);
    entry.secrets.into()
}

/// The same of an entry that comes in pieces.
pub(super) fn scan_streamed(bytes: &[u8], piece: usize) -> Vec<Secret> {
    let scanner = Scanner::plain();
    let mut entry = Entry { path: "package/lib/a.js".to_owned(), media: Media::Text, ..Entry::default() };
    let mut streaming = StreamingScan::new(&entry.path, scanner);
    for start in (0..bytes.len()).step_by(piece) {
        let end = (start + piece).min(bytes.len());
        streaming.look(scanner, &bytes[..end], start..end);
    }
    let mut room = scanner.options.limits.room(bytes.len() as u64);
    let effort = Effort { threads: 1, streamed: Some(Box::new(streaming)) };
    inspect_with(effort, &mut bytes.to_vec(), scanner, &mut room, &mut entry);
    entry.secrets.into()
}

/// An instance of a recipe that is none of those that are taken for made up.
pub(in crate::inspect) fn instance(dice: &mut Dice, recipe: &str) -> String {
    loop {
        let token = dice.make(recipe);
        if !plausible::is_made_up_by_chance(recipe, &token) {
            return token;
        }
    }
}

#[test]
fn a_named_key_is_found_however_it_is_given_a_value() {
    let named = TABLE.iter().find(|rule| rule.name == "secret-named-key").unwrap();
    let mut dice = Dice::new(dice::fresh_seed());
    for pattern in named.patterns {
        let example = instance(&mut dice, pattern.example);
        let Some((name, value)) = example.split_once('=') else { continue };
        for way in [
            "export @=$",
            "process.env.@ = process.env.@ || '$';",
            "process.env['@'] ??= `$`",
            "os.environ[\"@\"] = \"$\"",
            "os.environ.setdefault('@', '$')",
            "os.getenv(\"@\", default=\"$\")",
            "ENV['@'] ||= '$'",
            "System.getenv(\"@\") ?: \"$\"",
            "Environment.GetEnvironmentVariable(\"@\") ?? \"$\"",
            "std::env::var(\"@\").unwrap_or(\"$\".into())",
            "env:\n- name: @\n  value: \"$\"\n",
            "{\"name\": \"@\", \"value\": \"$\"}",
            "<add key=\"@\" value=\"$\"/>",
        ] {
            let text = format!("one\n{}\n", way.replace('@', name).replace('$', value));
            assert_eq!(rules("package/lib/a.txt", &text), ["secret-named-key"], "{text}");
        }
        for way in ["@ and $", "@, W=$", "@\n$", "@ || other('$')"] {
            let text = format!("one\n{}\n", way.replace('@', name).replace('$', value));
            assert_eq!(rules("package/lib/a.txt", &text), [""; 0], "{text}");
        }
    }
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
            if matches!(
                pattern.check,
                Check::PrivateKey | Check::Structure | Check::Url | Check::Environment | Check::Beside
            ) || pattern.example.contains([' ', '=', '\''])
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
                let keyword_length = secret.redacted.find('\u{2026}').unwrap();
                let known = &secret.redacted[..keyword_length];
                // what is shown is in the recipe, so that it is the same in every token
                assert!(
                    TABLE
                        .iter()
                        .flat_map(|rule| rule.patterns)
                        .any(|pattern| pattern.example.contains(known)),
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
fn who_signed_a_request_may_be_known() {
    let mut dice = Dice::new(dice::fresh_seed());
    for _ in 0..20 {
        let token = instance(&mut dice, "AKIA{base32:16}");
        let rules = |text: &str| rules("package/a.js", &text.replace('@', &token));
        assert!(rules("https://a.b/c?X-Amz-Credential=@%2F20200405%2Fus-east-1").is_empty(), "{token}");
        for plain in ["Credential=@", "Credential=@%2C", "key=@%2F20200405"] {
            assert_eq!(rules(plain), ["secret-aws-access-key"], "{plain} {token}");
        }
    }
}

#[test]
fn a_password_in_a_url_may_have_signs_that_end_an_authority() {
    let mut dice = Dice::new(dice::fresh_seed());
    for _ in 0..20 {
        let (first, second) = (instance(&mut dice, "{base62:9}"), instance(&mut dice, "{base62:9}"));
        for sign in ["#", "?", "/", ",", "|", "#,", "!/"] {
            let urls = |scheme: &str| {
                format!("url = \"{scheme}://svc:{first}{sign}{second}@db7.acme-prod.net:5432/main\"")
            };
            for scheme in ["postgres", "postgresql+psycopg2", "mysql", "mongodb+srv", "amqps"] {
                assert_eq!(rules("package/a.js", &urls(scheme)), ["secret-url-password"], "{}", urls(scheme));
            }
            assert!(rules("package/a.js", &urls("https")).is_empty(), "{sign}");
        }
        for near in [
            format!("postgres://db7.acme-prod.net:5432/{first}?user={second}@acme-prod.net"),
            format!("postgres://db7:5432/{first}?user={second}@acme-prod.net"),
            format!("postgres://svc:${{{first}}}#{second}@db7.acme-prod.net/main"),
            format!("mongodb://svc:one/{first} and {second}@acme-prod.net"),
            format!("redis://svc:{first}#{second}@localhost/1"),
            format!("amqp://queue:{first}/{second}"),
        ] {
            assert!(rules("package/a.js", &near).is_empty(), "{near}");
        }
    }
}

#[test]
fn tokens_are_found_in_bytecode() {
    let token = Dice::new(4).make("ghp_{base62:30}{crc}");
    // a short string of Python's marshal format, and the next constant after it
    let mut bytes = b"\xa7\r\r\n\0\0\0\0\xda\x08username\xda".to_vec();
    bytes.push(40);
    bytes.extend_from_slice(token.as_bytes());
    bytes.extend_from_slice(b"r\x01\0\0\0N");
    let found = scan("pkg/__pycache__/a.cpython-312.pyc", &bytes, Media::Pyc);
    assert_eq!(found.iter().map(|secret| secret.rule).collect::<Vec<_>>(), ["secret-github-token"]);
    assert_eq!(found[0].at.offset, 20);
}

#[test]
fn tokens_are_found_among_packed_strings() {
    for seed in seeds() {
        let mut dice = Dice::new(seed);
        for (recipe, rule) in [
            ("ghp_{base62:30}{crc}", "secret-github-token"),
            ("npm_{base62:30}{crc}", "secret-npm-token"),
            ("dop_v1_{hex:64}", "secret-digitalocean-token"),
        ]
        .repeat(50)
        {
            let token = dice.make(recipe);
            let bytes = format!("\0\x01nosuchfileordirectory{token}invalidargument\0");
            let found = scan("package/bin/acme", bytes.as_bytes(), Media::Elf);
            let found: Vec<_> = found.iter().map(|secret| (secret.rule, secret.at.offset)).collect();
            assert_eq!(found, [(rule, 23)], "seed {seed}: {token}");
            // in a text it would be a part of a longer word
            assert!(scan("package/a.txt", bytes.as_bytes(), Media::Text).is_empty());
        }
    }
}

#[test]
fn every_token_that_is_told_from_its_neighbours_is_found_among_packed_strings() {
    let begins = |pattern: &Pattern| {
        let is_distinct = |word: &&&str| pattern.is_distinct(word);
        let stands = |word: &&str| pattern.example.find(word).is_some_and(|at| at == pattern.before);
        pattern.keywords.iter().filter(is_distinct).any(stands)
            && pattern.before <= 4
            && !pattern.names_value
            && !pattern.context
    };
    let (mut misses, mut count) = (Vec::new(), 0);
    let mut dice = Dice::new(FIXED_SEED);
    for rule in TABLE {
        for pattern in rule.patterns.iter().filter(|pattern| begins(pattern)) {
            for _ in 0..5 {
                let token = instance(&mut dice, pattern.example);
                // in a longer one the letter before it may be the length of a string
                let may_be_within = token.len() < 100
                    && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                let symbol = format!("\0_RINvXNvNtCs1bwN_4acme5typ{token}1__NtB5_23Deserialize\0");
                let within = scan("package/bin/acme", symbol.as_bytes(), Media::Elf);
                assert!(pattern.check == Check::Crc || !may_be_within || within.is_empty(), "{symbol}");
                let bytes = format!("\0\x01nosuchfileordirectory{token}invalidargument\0");
                let found = scan("package/bin/acme", bytes.as_bytes(), Media::Elf);
                let is_word =
                    !token.bytes().any(|byte| byte.is_ascii_digit()) && pattern.has_no_small_letters();
                count += usize::from(!is_word);
                if !is_word && !found.iter().any(|secret| secret.at.offset == 23) {
                    misses.push(format!("{}: {token}", rule.name));
                }
            }
        }
    }
    // one in a hundred may have as few digits and as many words as what isn't random
    assert!(count > 500 && misses.len() * 100 <= count, "{} missed:\n{}", misses.len(), misses.join("\n"));
}

#[test]
fn beginnings_of_tokens_side_by_side_are_no_token() {
    // as a linker lays the literals of a program that looks for tokens
    let bytes = b"\0\x01glpat-gldt-glrt-glcbt-glptt-glimt-glsoat-glffct-gloas-\0";
    assert_eq!(scan("package/bin/acme", bytes, Media::Elf), []);
    for seed in seeds() {
        let mut dice = Dice::new(seed);
        for _ in 0..10 {
            let mut all: Vec<_> = table::beginnings().collect();
            let mixed: String = (0..all.len()).map(|_| all.swap_remove(dice.below(all.len()))).collect();
            let found = scan("package/bin/acme", format!("\0{mixed}\0").as_bytes(), Media::Elf);
            assert_eq!(found, [], "seed {seed}: {mixed}");
            // and in a script, where nothing but what is short and of tokens' letters is in the same list
            let is_short = |it: &&str| (4..=6).contains(&it.len()) && it.ends_with(['-', '_']);
            let mut all: Vec<_> = table::beginnings().filter(is_short).collect();
            let mixed: String = (0..all.len()).map(|_| all.swap_remove(dice.below(all.len()))).collect();
            let found =
                scan("package/acme/known.py", format!("KNOWN = \"{mixed}\"\n").as_bytes(), Media::Text);
            assert_eq!(found, [], "seed {seed}: {mixed}");
        }
    }
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
        (
            format!(
                "#[cfg(test)]\nmod tests {{\nconst KEY: &str = \"{}\";",
                pem("PRIVATE KEY", &lines(64, "\n"), "\n")
            ),
            "secret-in-tests",
        ),
        (format!("/// {}", pem("RSA PRIVATE KEY", &lines(64, "\n/// "), "\n/// ")), "secret-in-tests"),
        (format!("// {}", pem("RSA PRIVATE KEY", &lines(64, "\n// "), "\n// ")), "secret-private-key"),
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

/// The seed that is always the same.
pub(super) const FIXED_SEED: u64 = 1;

/// One seed that is always the same, and one that no run had before; a failure says which.
pub(super) fn seeds() -> [u64; 2] {
    [FIXED_SEED, dice::fresh_seed()]
}

#[test]
fn private_keys_of_every_kind_and_size_are_found() {
    for seed in seeds() {
        let mut dice = Dice::new(seed);
        let keys = (0..10).flat_map(|_| keys::every_kind(&mut dice)).collect::<Vec<_>>();
        for (key, width) in keys.iter().zip([64, 70, 76].into_iter().cycle()) {
            for (end, before, after) in [
                ("\n", "", ""),
                ("\r\n", "", ""),
                ("\\n", "const key = \"", "\";"),
                ("\\n\" +\n  \"", "const key = \"", "\";"),
                ("\\n'+'", "const key = '", "';"),
                ("\",\n\"", "const key = [\"", "\"].join('\\n');"),
            ] {
                let text = format!("{before}{}{after}\n", key.pem(width, end));
                assert_eq!(
                    rules("package/dist/server.key", &text),
                    ["secret-private-key"],
                    "seed {seed}: {text}"
                );
            }
        }
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
        "\"args\": [\"--api-key\", \"{base62:32}\"]",
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

#[test]
fn a_checksum_is_that_of_a_form() {
    let npm = TABLE.iter().find(|rule| rule.name == "secret-npm-token").unwrap();
    assert!(npm.has_checksum("npm_\u{2026} (40 characters)".as_bytes()));
    // what is behind `_authToken=` may be anything
    assert!(!npm.has_checksum("\u{2026} (36 characters)".as_bytes()));
    let token = Dice::new(11).make("npm_{base62:30}{crc}");
    let found = scan(
        "package/.npmrc",
        format!("//registry.example.org/:_authToken={token}\n").as_bytes(),
        Media::Text,
    );
    assert!(npm.has_checksum(found[0].redacted.as_bytes()), "{found:?}");
}

/// Bytes of a kind, in base64.
fn random(dice: &mut Dice, begin: &[u8], count: usize) -> String {
    encode(&[begin, &dice.bytes(count - begin.len())].concat())
}

#[test]
fn keys_of_other_formats_are_told_by_their_structure() {
    let mut dice = Dice::new(21);
    let hex = dice.characters("0123456789abcdef", 512);
    let hex_lines: String =
        hex.as_bytes().chunks(32).map(|line| String::from_utf8_lossy(line) + "\n").collect();
    let open = "secret-private-key";
    let encrypted = "secret-private-key-encrypted";
    let jwk = dice.make(r#""kty":"EC","crv":"P-256","x":"{b64url:43}","y":"{b64url:43}""#);
    let d = dice.make("{b64url:43}");
    let seed: [u8; 32] = dice.bytes(32).try_into().unwrap();
    let pair = [seed, ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key().to_bytes()].concat();
    let numbers: Vec<String> = pair.iter().map(u8::to_string).collect();
    let exponent = random(&mut dice, b"", 256);
    let certificate = keys::sequence(&[&keys::sequence(&[&[2, 1, 2], &dice.bytes(300)]), &[5, 0]]);
    for (text, expected) in [
        (format!("{{{jwk},\"d\":\"{d}\"}}"), Some(open)),
        (format!("{{\"keys\": [{{{jwk}}}, {{\"d\": \"{d}\", {jwk}}}]}}"), Some(open)),
        (format!("const key = {{ kty: 'OKP', crv: 'Ed25519', d: '{d}', x: '{d}' }};"), Some(open)),
        (format!("const key = {{ kty: 'oct', k: '{d}' }};"), Some(open)),
        (format!("{{{jwk}}}"), None),
        (format!("{{ kty: 'OKP', crv: 'Ed25519', x: '{d}' }}"), None),
        ("{ kty: 'oct', k: 'your-secret-key-goes-here-please' }".to_owned(), None),
        (format!("{{ kty: 'oct', k: {}(this.handle) }}", dice.make("op_{word:6}_key_b64url{digit:8}_{word:4}")), None),
        (format!("{{ kty: 'oct', k: {}.k }}", d.replace('-', "_")), None),
        (format!("if (key.kty === 'oct') {{ return key.k }} else {{ d = '{d}' }}"), None),
        (format!("<RSAKeyValue><Modulus>{0}</Modulus><D>{0}</D></RSAKeyValue>", random(&mut dice, b"", 256)), Some(open)),
        (format!("<RSAKeyValue><Modulus>{}</Modulus></RSAKeyValue>", random(&mut dice, b"", 256)), None),
        (format!("-----BEGIN OpenVPN Static key V1-----\n{hex_lines}-----END OpenVPN Static key V1-----"), Some(open)),
        ("-----BEGIN OpenVPN Static key V1-----\n...\n-----END OpenVPN Static key V1-----".to_owned(), None),
        (format!("untrusted comment: minisign encrypted secret key\n{}\n", random(&mut dice, b"EdSc", 158)), Some(encrypted)),
        (format!("untrusted comment: minisign public key\n{}\n", random(&mut dice, b"Ed", 42)), None),
        (format!("untrusted comment: signature from minisign secret key\n{}\n", random(&mut dice, b"Ed", 74)), None),
        (format!("untrusted comment: signify secret key\n{}\n", random(&mut dice, b"EdBK\0\0\0\0", 104)), Some(open)),
        (format!("untrusted comment: signify secret key\n{}\n", random(&mut dice, b"EdBK\0\0\0\x2A", 104)), Some(encrypted)),
        (
            encode(format!("untrusted comment: rsign encrypted secret key\n{}\n", random(&mut dice, b"EdSc", 158)).as_bytes()),
            Some(encrypted),
        ),
        (format!("[Interface]\nPrivateKey = {}\nListenPort = 51820\n", random(&mut dice, b"", 32)), Some(open)),
        (format!("[Peer]\nPublicKey = {}\n", random(&mut dice, b"", 32)), None),
        (format!("{{\"publicKey\":\"B{d}{d}\",\"privateKey\":\"{d}\"}}"), Some(open)),
        (
            format!(
                "{{\"crypto\":{{\"ciphertext\":\"{0}\",\"kdf\":\"scrypt\",\"kdfparams\":{{\"n\":8192}},\"mac\":\"{0}\"}}}}",
                &hex[..64]
            ),
            Some(encrypted),
        ),
        ("{\"ciphertext\":\"\",\"kdfparams\":{},\"mac\":\"\"}".to_owned(), None),
        (format!("[{}]", numbers.join(",")), Some(open)),
        (format!("[{}]", numbers[..32].join(",")), None),
        (format!("[{}]", [&numbers[..32], &numbers[..32]].concat().join(",")), None),
        (format!("const pair = Keypair.fromSecretKey(new Uint8Array([{}]));", numbers.join(", ")), Some(open)),
        (format!("key:\n  kty: OKP\n  x: {d}\n  d: {d}\nother: 1\n"), Some(open)),
        (format!("- kty: OKP\n  crv: Ed25519\n  x: {d}\n- d: {d}\n"), None),
        (format!("\\u003cRSAKeyValue\\u003e\\u003cD\\u003e{exponent}\\u003c/D\\u003e\\u003c/RSAKeyValue\\u003e"), Some(open)),
        (format!("{{\"D\":\"{exponent}\",\"Exponent\":\"AQAB\",\"InverseQ\":\"{d}\",\"Modulus\":\"{exponent}\"}}"), Some(open)),
        (format!("{{\"Exponent\":\"AQAB\",\"InverseQ\":\"{d}\",\"Modulus\":\"{exponent}\"}}"), None),
        (
            format!(
                "{{\"kdf\":{{\"message\":\"\"}},\"cipher\":{{\"function\":\"aes-128-ctr\",\"message\":\"{}\"}}}}",
                &hex[..64]
            ),
            Some(encrypted),
        ),
        (
            format!("untrusted comment: minisign encrypted secret key\n{}\n", {
                let key = [&b"Ed\0\0B2"[..], &[0; 48], &dice.bytes(104)].concat();
                encode(&key)
            }),
            Some(open),
        ),
        (format!("[{}]", vec!["0"; 64].join(",")), None),
        (format!("CERT={}", encode(&certificate)), None),
        (format!("KEY={}", &encode(&keys::rsa(&mut dice, 2048))[..1000]), None),
        (
            format!(
                "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: me\nPublic-Lines: 2\nAAAA\nAAAA\n\
                 Private-Lines: 1\n{}\nPrivate-MAC: {}\n",
                random(&mut dice, b"", 36),
                &hex[..64]
            ),
            Some(open),
        ),
        (
            "out += 'PuTTY-User-Key-File-3: ' + kind + 'Encryption: none\\r\\nPrivate-Lines: ' + lines.length + '\\r\\n';\n\
             out += lines.join('\\r\\n'); out += 'Private-MAC: ' + mac;"
                .to_owned(),
            None,
        ),
        (
            format!(
                "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"me\"\n{}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
                random(&mut dice, b"\x3F\x6F\xF9\xEB", 300)
            ),
            Some(encrypted),
        ),
    ] {
        assert_eq!(rules("package/lib/a.txt", &text), Vec::from_iter(expected), "{text}");
    }
}

#[test]
fn keys_in_binary_are_told_by_their_structure() {
    let mut dice = Dice::new(22);
    let pgp = |dice: &mut Dice, tag: u8| [&[tag, 1, 200, 4, 0, 0, 0, 0, 1][..], &dice.bytes(480)].concat();
    let bag = [&[6, 11][..], b"\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01\x02"].concat();
    let store = |bag: &[u8], dice: &mut Dice| {
        let contents = keys::sequence(&[bag, &keys::tagged(4, &dice.bytes(400))]);
        keys::sequence(&[&[2, 1, 3], &contents, &keys::sequence(&[&dice.bytes(30)])])
    };
    for (bytes, expected) in [
        (keys::rsa(&mut dice, 2048), Some("secret-private-key")),
        (pgp(&mut dice, 0x95), Some("secret-private-key")),
        (pgp(&mut dice, 0x99), None),
        (store(&bag, &mut dice), Some("secret-private-key-encrypted")),
        (store(&[], &mut dice), None),
        (keys::rsa(&mut dice, 2048)[..900].to_vec(), None),
        (dice.bytes(900), None),
    ] {
        for text in [bytes.clone(), format!("key: {}\n", encode(&bytes)).into_bytes()] {
            let media = if text.starts_with(b"key") { Media::Text } else { Media::Binary };
            let found: Vec<_> =
                scan("package/lib/store", &text, media).iter().map(|secret| secret.rule).collect();
            assert_eq!(found, Vec::from_iter(expected), "{}", text.escape_ascii());
        }
    }
}

/// A key in hexadecimal among a Rust file's unit tests is made up as one in PEM is.
#[test]
fn what_is_uncovered_among_unit_tests_is_made_up() {
    let mut dice = Dice::new(31);
    let key: String = keys::rsa(&mut dice, 1024).iter().map(|byte| format!("{byte:02x}")).collect();
    let code = format!("const KEY: &str = \"{key}\";\n");
    assert_eq!(rules("crate/src/a.rs", &code), ["secret-private-key"]);
    assert_eq!(rules("crate/src/a.rs", &format!("fn a() {{}}\n#[cfg(test)]\n{code}")), ["secret-in-tests"]);
}

/// Go links the key of its own tests into programs, under a mark that no key in use has.
#[test]
fn the_key_of_go_s_own_tests_is_made_up() {
    let key = encode(&keys::rsa(&mut Dice::new(32), 2048));
    let lines: Vec<&str> = key.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    let marked =
        |mark: &str| format!("\0}}-----BEGIN {mark}-----\n{}\n-----END {mark}-----\n\0", lines.join("\n"));
    let found = |mark: &str| {
        let secrets = scan("package/bin/rie", marked(mark).as_bytes(), Media::Binary);
        secrets.iter().map(|secret| secret.rule).collect::<Vec<_>>()
    };
    assert_eq!(found("RSA TESTING KEY"), ["secret-in-tests"]);
    assert_eq!(found("RSA KEY"), ["secret-private-key"]);
}

#[test]
fn a_path_is_of_tests_by_whole_words() {
    for path in [
        "test/a.yml",
        "a/api-tests/.env",
        "demo/b.yml",
        "a/testdata/.env",
        "node_modules/a/.env",
        "a.spec.ts",
    ] {
        assert!(super::is_of_others(path), "{path}");
    }
    for path in
        ["latest/a.yml", "contest/.env", "special/a.yml", "demographics/.env", "src/inspector/config.yml"]
    {
        assert!(!super::is_of_others(path), "{path}");
    }
}

#[test]
fn the_fields_of_a_description_are_no_documentation() {
    let mut dice = Dice::new(dice::fresh_seed());
    let dice = &mut dice;
    for _ in 0..20 {
        let token = instance(dice, "glpat-{b64url:20}");
        let password = instance(dice, "{base62:12}7x{base62:8}");
        for login in [format!("oauth2:{token}"), format!("svc:{password}")] {
            let field = format!("Requires-Dist: core @ git+https://{login}@code.acme-prod.net/core.git");
            for path in ["a-1.0.dist-info/METADATA", "a-1.0/PKG-INFO", "a-1.0/src/a.egg-info/PKG-INFO"] {
                for end in ["\n", "\r\n"] {
                    let head = format!("Metadata-Version: 2.1{end}Name: a");
                    let fields = format!("{head}{end}{field}{end}{end}# a{end}");
                    assert!(!rules(path, &fields).is_empty(), "{fields}");
                    assert!(!rules(path, &fields).contains(&IN_TESTS), "{fields}");
                    // as older tools fold it
                    let folded = format!(
                        "{head}{end}Description: # a{end}        {end}        pip install {login}{end}        {field}{end}"
                    );
                    for behind in ["", "Platform: any\n"] {
                        let text = format!("{folded}{behind}");
                        assert!(rules(path, &text).iter().all(|rule| *rule == IN_TESTS), "{text}");
                    }
                    let last = format!("{folded}{field}{end}");
                    assert!(rules(path, &last).iter().any(|rule| *rule != IN_TESTS), "{last}");
                    let description =
                        format!("{head}{end}{end}# a{end}{end}    pip install {login}{end}{field}{end}");
                    let all_in_tests = rules(path, &description).iter().all(|rule| *rule == IN_TESTS);
                    assert!(all_in_tests, "{description}");
                }
            }
        }
    }
}

#[test]
fn a_length_is_no_part_of_the_token_behind_it() {
    let mut dice = Dice::new(dice::fresh_seed());
    let dice = &mut dice;
    for _ in 0..20 {
        // 69 and 73 bytes, which are E and I
        for form in ["SG.{b64url:22}.{b64url:43}", "sk-or-v1-{hex:64}"] {
            let token = instance(dice, form);
            let length = char::from(token.len() as u8);
            let found = |before: &str, behind: &str| {
                rules("package/a.bin", &format!("{before}{length}{token}{behind}"))
            };
            assert_eq!(found("\u{a}\u{6}mailer\u{12}", "\u{1a}\u{2}eu").len(), 1, "{token}");
            // in a text it is a letter
            assert!(found("the name is ", " and more").is_empty(), "{token}");
        }
    }
}

#[test]
fn what_openssl_prints_is_a_password() {
    let mut dice = Dice::new(dice::fresh_seed());
    let dice = &mut dice;
    for digits in [24, 32, 40, 48, 64, 96] {
        for _ in 0..10 {
            let password = dice.make(&format!("{{hex:{digits}}}"));
            if !plausible::is_opaque(password.as_bytes()) {
                continue;
            }
            for (path, text) in [
                ("package/a.txt", format!("postgres://svc:{password}@db7.acme-prod.net/orders")),
                ("package/a.txt", format!("https://deploy:{password}@code.acme-prod.net/a.git")),
                ("package/a.py", format!("psycopg2.connect(host='db7', user='svc', password='{password}')")),
                ("package/a.py", format!("requests.get(url, auth=('svc', '{password}'))")),
            ] {
                assert_eq!(rules(path, &text).len(), 1, "{text}");
            }
            // what Sentry's addresses had before they had one half
            let number = dice.make("{hex:32}");
            let address = format!("https://{number}:{password}@code.acme-prod.net/3");
            assert!(
                plausible::is_password(password.as_bytes()) || rules("package/a.txt", &address).is_empty()
            );
        }
    }
}

#[test]
fn words_of_a_wallet_are_told_from_those_that_everybody_has() {
    for (words, expected) in [
        ("link panther glow material truly shine vital anger when priority abandon shield", 1),
        ("test test test test test test test test test test test junk", 0),
        ("candy maple cake sugar pudding cream honey rich smooth crumble sweet treat", 0),
        ("legal winner thank year wave sausage worth useful legal winner thank yellow", 0),
        ("Link panther glow material truly shine vital anger when priority abandon shield", 0),
        ("link panther glow material truly shine vital anger when priority abandon", 0),
    ] {
        let wallet = format!("const wallet = Wallet.fromPhrase(\"{words}\");");
        assert_eq!(rules("package/a.js", &wallet).len(), expected, "{wallet}");
        let named = format!("const MNEMONIC = '{words}';");
        assert_eq!(rules("package/a.js", &named).len(), expected, "{named}");
        assert!(rules("package/a.js", &format!("const text = '{words}';")).is_empty(), "{words}");
    }
}

#[test]
fn the_seeds_in_what_describes_one_time_passwords_are_everybody_s() {
    let mut dice = Dice::new(dice::fresh_seed());
    let drawn = instance(&mut dice, "{base32:32}");
    for (seed, expected) in
        [(&*drawn, 1), ("HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ", 0), ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 0)]
    {
        for text in [
            format!("otpauth://totp/acme:svc?secret={seed}&issuer=acme"),
            format!("pyotp.TOTP('{seed}')"),
            format!("oathtool --totp -b {seed}"),
        ] {
            assert_eq!(rules("package/a.py", &text).len(), expected, "{text}");
        }
    }
}
