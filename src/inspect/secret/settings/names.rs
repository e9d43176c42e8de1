//! Which names say that their value is a credential.

use std::sync::LazyLock;

use super::super::glance::Words;

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// People make it up: short, perhaps words.
    Password,
    /// A machine makes it: long and random.
    Token,
    /// Words that stand for a key.
    Mnemonic,
    /// A user's name with the password behind it.
    Login,
    /// Digits that are typed in.
    Pin,
}

/// Words that make a name harmless wherever they are in it.
const HARMLESS: &[&str] = &[
    "public",
    "publishable",
    "existing",
    "ref",
    "placeholder",
    "hint",
    "example",
    "translation",
    "i18n",
    "hash",
    "hashed",
];
/// Words that make a token or a key harmless, of which there are many kinds; passwords and secrets are of one.
const HARMLESS_TOKEN: &[&str] = &[
    "anon",
    "csrf",
    "xsrf",
    "csrftoken",
    "xsrftoken",
    "csrfmiddlewaretoken",
    "authenticity",
    "foreign",
    "sort",
    "partition",
    "cache",
    "site",
    "sitekey",
    "recaptcha",
    "next",
    "page",
    "continuation",
    "pad",
    "eos",
    "bos",
    "unk",
    "sep",
    "cls",
    "mask",
    "special",
    "measurement",
    "tracking",
    "search",
    "maps",
    "firebase",
    "shortcut",
    "hot",
    "idempotency",
    "object",
    "host",
    // Coveralls'
    "repo",
    "cookiename",
    "lock",
    "checksum",
    "fingerprint",
    "kid",
    "tag",
    "color",
    "design",
    // of a language model
    "max",
];
/// Words that make the one behind them harmless, and may be those of a program's name elsewhere: `LABEL_STUDIO_PASSWORD`.
const HARMLESS_BEFORE: &[&str] = &["label", "pull"];
/// What is before `key` where it is a name or a fingerprint: `GPG_KEYS=`, as Dockerfiles have it.
const HARMLESS_KEYS: &[&str] = &["registry", "gpg", "pgp"];
/// Whose pins are typed in: others are those of a chip.
const TYPED_IN: &[&str] =
    &["user", "so", "admin", "unlock", "hsm", "pkcs11", "smartcard", "card", "sim", "piv", "token"];
/// Words that may follow the one that counts.
const BEHIND: &[&str] = &[
    "base",
    "value",
    "b64",
    "base64",
    "hex",
    "pem",
    "prod",
    "production",
    "dev",
    "live",
    "staging",
    "default",
    "current",
    "primary",
    "secondary",
    "old",
    "string",
    "raw",
    "plain",
    "text",
    "test",
];
const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "passcode",
    "pw",
    "passphrase",
    "psw",
    "storepass",
    "requirepass",
    "masterauth",
    "keypass",
    "passwort",
    "bindpw",
    "rootpw",
    "adminpw",
    "userpw",
    "dbpw",
    // in other languages
    "kennwort",
    "senha",
    "contrasena",
    "passe",
    "mdp",
    "wachtwoord",
    "haslo",
    "heslo",
    "parola",
];
// `register => user:password@host` is Asterisk's, and `allow user:password` Monit's
const LOGINS: &[&str] = &["login", "user", "userpwd", "register", "allow"];
const MNEMONICS: &[&str] = &["mnemonic", "seed", "phrase", "mnemonics"];
const TOKENS: &[&str] = &[
    "secret",
    "secrets",
    "token",
    "credential",
    "credentials",
    "apikey",
    "authorization",
    "bearer",
    "pat",
    "auth",
    "authkey",
    "authtok",
    "psk",
    // Consul's and Nomad's
    "encrypt",
];
/// What is before `key` where it is one that opens something.
const KEYS: &[&str] = &[
    "api",
    "secret",
    "private",
    "access",
    "encryption",
    "encrypt",
    "signing",
    "signature",
    "sign",
    "master",
    "account",
    "auth",
    "service",
    "admin",
    "app",
    "application",
    "jwt",
    "storage",
    "shared",
    "subscription",
    "consumer",
    "server",
    "session",
    "cookie",
    "role",
    "deploy",
    "crypt",
    "crypto",
    "hmac",
    "aes",
    "cipher",
    "decryption",
    "webhook",
    "wif",
    "security",
    "nonce",
    "in",
    "functions",
    "integration",
    "write",
    "license",
    "fernet",
    "instrumentation",
    "ssh",
    "credentials",
    "cf",
    "unseal",
    "recovery",
    "wifi",
    "wpa",
    "des",
    "sec",
    // Yii's and .NET's
    "validation",
];
/// What is before `salt` where it is what an application signs with.
const SALTS: &[&str] = &["hash", "security", "auth", "nonce", "in"];
/// Sections in which each name is that of a credential's owner.
const OWNERS: [&str; 2] = ["admins", "passwords"];

/// Words of names, wherever they stand.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "passw", "passp", "passc", "pwd", "psw", "masterauth", "secret", "token", "authtok", "psk", "mnemonic", "bearer",
    "authoriz", "credential", "kennwort", "senha", "contrasena", "wachtwoord", "haslo", "heslo", "parola", "salt",
    "community", "com2sec", "createuser", "register", "[admins]", "[users]", "cleartext",
];
/// Short ones, which others begin with, too: they stand before a value.
#[rustfmt::skip]
const LAST_WORDS: &[&str] =
    &["pass", "passe", "pw", "mdp", "pat", "encrypt", "seed", "phrase", "login", "auth", "key", "keys"];
/// What a line of logins begins with.
const FIRST_WORDS: &[&str] = &["user ", "allow ", "dns ", "$user"];

/// Whether a text may have any such name: of most files, this is all that is asked.
pub(super) fn may_name(text: &[u8]) -> bool {
    static ANY: LazyLock<Words> = LazyLock::new(|| Words::new(&[WORDS, LAST_WORDS, FIRST_WORDS].concat()));
    ANY.are_in(text, |word, before, behind| {
        if word < WORDS.len() {
            return true;
        }
        if word < WORDS.len() + LAST_WORDS.len() {
            return !behind.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        }
        let is_variable = word == WORDS.len() + LAST_WORDS.len() + FIRST_WORDS.len() - 1;
        let mut before = before.iter().rev().skip_while(|byte| byte.is_ascii_whitespace() && **byte != b'\n');
        matches!(before.next(), None | Some(b'\n'))
            && (!is_variable || behind.first().is_some_and(u8::is_ascii_digit))
    })
}

/// Names that say nothing but that what they are in has a value.
const VALUES: [&str; 4] = ["key", "value", "data", "default"];

/// Whether what a name is given may be a credential: of most names, this is all that is asked.
pub(super) fn may_count(name: &[u8]) -> bool {
    // a function's signature, as contracts of Ethereum number them: `rewardToken()`
    let is_signature = name.ends_with(b")") && name.contains(&b'(');
    !is_signature && (may_say(name) || is_of_value(name) || is_host(name))
}

/// Whether what a name is in must say what its value is.
fn is_of_value(name: &[u8]) -> bool {
    let is_sign = |byte: &u8| !byte.is_ascii_alphanumeric();
    let start = name.iter().take_while(|byte| is_sign(byte)).count();
    let word = name.get(start..).unwrap_or_default();
    let end = word.len() - word.iter().rev().take_while(|byte| is_sign(byte)).count();
    let word = word.get(..end).unwrap_or_default();
    VALUES.iter().any(|value| word.eq_ignore_ascii_case(value.as_bytes()))
}

/// What some word of a name holds that says that its value may be a credential, by its first letter.
const fn stems(first: u8) -> &'static [&'static [u8]] {
    match first {
        b'a' => &[b"auth", b"allow"],
        b'b' => &[b"bearer"],
        b'c' => &[b"credential", b"contrasena"],
        b'e' => &[b"encrypt"],
        b'h' => &[b"haslo", b"heslo"],
        b'k' => &[b"key", b"kennwort"],
        b'l' => &[b"login"],
        b'm' => &[b"mnemonic", b"masterauth", b"mdp"],
        b'p' => &[b"pass", b"parola", b"pwd", b"pw", b"psw", b"psk", b"pat", b"phrase", b"pin"],
        b'r' => &[b"register"],
        b's' => &[b"secret", b"seed", b"senha", b"salt"],
        b't' => &[b"token"],
        b'u' => &[b"user"],
        b'w' => &[b"wachtwoord"],
        _ => &[],
    }
}

/// For each letter those that are second in such a word, as bits: of a letter, its last five bits are asked for.
#[expect(clippy::indexing_slicing, reason = "the compiler makes it, and would stop at a wrong index")]
static SECONDS: [u32; 32] = {
    let mut seconds = [0; 32];
    let mut first = b'a';
    while first <= b'z' {
        let stems = stems(first);
        let mut number = 0;
        while number < stems.len() {
            seconds[(first & 31) as usize] |= 1 << (stems[number][1] & 31);
            number += 1;
        }
        first += 1;
    }
    seconds
};

/// Whether some word of a name says that its value may be a credential. It is the last but for some that may follow it,
/// so that of a sentence, as translations have for names, the end is enough.
fn may_say(name: &[u8]) -> bool {
    const END: usize = 64;
    let name = name.get(name.len().saturating_sub(END)..).unwrap_or(name);
    let may_begin = |first: u8, second: u8| {
        SECONDS.get(usize::from(first & 31)).is_some_and(|seconds| seconds >> (second & 31) & 1 == 1)
    };
    let mut pairs = name.iter().zip(name.get(1..).unwrap_or_default()).enumerate();
    pairs.any(|(at, (first, second))| {
        let here = name.get(at..).unwrap_or_default();
        let is_here =
            |stem: &&[u8]| here.get(..stem.len()).is_some_and(|here| here.eq_ignore_ascii_case(stem));
        may_begin(*first, *second) && stems(first.to_ascii_lowercase()).iter().any(is_here)
    })
}

/// What the name of a setting says, with the name that it is in.
pub(super) fn kind(parent: &str, name: &str) -> Option<Kind> {
    if OWNERS.contains(&parent) {
        return Some(Kind::Password);
    }
    if !may_count(name.as_bytes()) {
        return None;
    }
    // Hadoop's have the host of the account behind them
    if name.starts_with("fs.azure.account.key.") {
        return Some(Kind::Token);
    }
    let mut words = words(name);
    if let [only] = words.as_slice()
        && VALUES.contains(&only.as_str())
    {
        let own = words.pop().filter(|own| own == "key");
        words.extend(self::words(parent));
        // `"EncryptionKey": {"Key": ...}` says it twice
        words.extend(own.filter(|_| words.last().is_none_or(|last| last != "key")));
    }
    // Composer's tokens have the host as their name
    if is_host(name.as_bytes()) && ["bearer", "gitlab-token", "github-oauth"].contains(&parent) {
        return Some(Kind::Token);
    }
    let owner = self::words(parent);
    if words.last().is_some_and(|last| last == "salt")
        && (words.iter().rev().nth(1).is_some_and(|before| SALTS.contains(&before.as_str()))
            || owner.last().is_some_and(|owner| owner == "security"))
    {
        return Some(Kind::Token);
    }
    // systemd's say in which file it is, and LDAP's how it is hashed
    if [
        "LoadCredential",
        "LoadCredentialEncrypted",
        "ImportCredential",
        "SetCredentialEncrypted",
        "pam_password",
    ]
    .contains(&name)
    {
        return None;
    }
    // Helm's annotations have the digest of the file of that name
    if name.starts_with("checksum/") {
        return None;
    }
    let is_encrypted = owner.iter().chain(&words).any(|word| word == "encrypted");
    // whoever says so has thought about it: the secret of a program that everybody installs
    let is_said_to_be_none = |words: &[String]| words.windows(2).any(|two| two == ["not", "secret"]);
    if is_said_to_be_none(&owner) || is_said_to_be_none(&words) {
        return None;
    }
    let all = words.clone();
    let has = |harmless: &[&str]| all.iter().any(|word| harmless.contains(&word.as_str()));
    if is_encrypted || has(HARMLESS) {
        return None;
    }
    // Amplify's secrets are those of a `UserPool`
    if words.ends_with(&["user".to_owned(), "pool".to_owned()]) {
        words.truncate(words.len() - 2);
    }
    while words.len() > 1
        && words.last().is_some_and(|word| {
            BEHIND.contains(&word.as_str()) || word.bytes().all(|byte| byte.is_ascii_digit())
        })
    {
        words.pop();
    }
    let mut last = words.pop()?;
    // `passWord`, `pass-phrase`
    if ["word", "phrase", "code"].contains(&last.as_str()) {
        last = words.pop_if(|word| word == "pass").unwrap_or_default() + &last;
    }
    let last = last.trim_end_matches(|character: char| character.is_ascii_digit());
    let before = words.last().map(String::as_str).unwrap_or_default();
    let is_variable = name.contains('_') && name.bytes().all(|byte| !byte.is_ascii_lowercase());
    if HARMLESS_BEFORE.contains(&before) || !is_variable && has(HARMLESS_BEFORE) {
        return None;
    }
    // `COOKIE_KEYS`: of passwords, there are lists of bad ones
    let one = last.strip_suffix('s').filter(|one| one.ends_with("key") || one.ends_with("token"));
    let last = one.unwrap_or(last);
    let is_typed_in = |word: &String| TYPED_IN.contains(&word.as_str());
    if last == "pincode"
        || last == "code" && before == "pin"
        || last == "pin" && words.iter().any(is_typed_in)
    {
        return Some(Kind::Pin);
    }
    if MNEMONICS.contains(&last) {
        return Some(Kind::Mnemonic);
    }
    // `basic.auth.user.info`, of Kafka's clients
    if LOGINS.contains(&last) || last == "info" && words.ends_with(&["auth".to_owned(), "user".to_owned()]) {
        return Some(Kind::Login);
    }
    if PASSWORDS.contains(&last)
        || ["password", "passwd", "passphrase", "pwd"].iter().any(|end| last.ends_with(end))
        || last.ends_with("pass") && !["bypass", "compass", "surpass", "trespass"].contains(&last)
    {
        return Some(Kind::Password);
    }
    let is_token = TOKENS.contains(&last)
        // Pulsar's
        || last == "params" && before == "auth"
        || ["secret", "token", "apikey", "secretkey", "privatekey", "accesskey", "authkey", "masterkey"]
            .iter()
            .any(|end| last.ends_with(end));
    let is_key = last == "key"
        && (KEYS.contains(&before)
            || has(&["sensitive"])
            || name.bytes().all(|byte| !byte.is_ascii_lowercase()));
    let is_harmless =
        !last.starts_with("secret") && has(HARMLESS_TOKEN) || is_key && HARMLESS_KEYS.contains(&before);
    (!is_harmless && (is_token || is_key)).then_some(Kind::Token)
}

/// Whether a name ends in `licenseKey`, or the like of several.
pub(super) fn is_key_of_licence(name: &str) -> bool {
    if !name.ends_with(['y', 's', 'Y', 'S']) || !name.contains(['L', 'l']) || !name.contains(['C', 'c']) {
        return false;
    }
    let words = words(name);
    let mut words = words.iter().rev().map(String::as_str);
    matches!(words.next(), Some("key" | "keys")) && words.next() == Some("license")
}

fn is_host(name: &[u8]) -> bool {
    let is_of_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    name.contains(&b'.') && name.iter().copied().all(is_of_host)
}

/// The words of a name, in lower case: `dbPassword`, `DB_PASSWORD` and `db.password` have the same.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut characters = name.chars().peekable();
    let (mut begins, mut before) = (true, ' ');
    while let Some(character) = characters.next() {
        if !character.is_ascii_alphanumeric() {
            begins = true;
        } else {
            let next_is_lower = characters.peek().is_some_and(char::is_ascii_lowercase);
            let hump = character.is_ascii_uppercase() && (!before.is_ascii_uppercase() || next_is_lower);
            if begins || hump {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(character.to_ascii_lowercase());
            }
            begins = false;
        }
        before = character;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_licences() {
        for (name, is_one) in [
            ("license_key", true),
            ("spdxLicenseKey", true),
            ("other_spdx_license_keys", true),
            ("LICENSE_KEY", true),
            ("license", false),
            ("api_key", false),
            ("licence_key_file", false),
        ] {
            assert_eq!(is_key_of_licence(name), is_one, "{name}");
        }
    }

    #[test]
    fn names_are_taken_apart() {
        for (name, expected) in [
            ("DB_PASSWORD", "db password"),
            ("dbPassword", "db password"),
            ("APIKey", "api key"),
            ("spring.datasource.password", "spring datasource password"),
            ("key-store-password", "key store password"),
            ("secret_key_base", "secret key base"),
            ("OAuth2Token", "o auth2 token"),
        ] {
            assert_eq!(words(name).join(" "), expected);
        }
    }

    #[test]
    fn names_of_credentials_are_told_from_their_neighbours() {
        for name in [
            "password",
            "DB_PASS",
            "ossrhPassword",
            "jwtSecret",
            "apiKey",
            "API_KEY",
            "SECRET_KEY",
            "secret_key_base",
            "clientSecret",
            "accessToken",
            "MNEMONIC",
            "server.ssl.key-store-password",
            "storePassword",
            "STRIPE_KEY",
            "AUTH_SALT_KEY",
            "SESSION_KEY",
            "adminPassword",
            "dbpassword",
            "PASSWORD2",
            "DB_PASSWORD_PROD",
            "EMAIL_HOST_PASSWORD",
            "registryPassword",
            "CACHE_SECRET",
            "COOKIE_KEYS",
            "apiTokens",
            "pinCode",
            "HSM_USER_PIN",
            "passWord",
            "key-pass-phrase",
            "authParams",
            "LABEL_STUDIO_PASSWORD",
            "PULL_REQUEST_BOT_TOKEN",
            "cookieValidationKey",
            "hash_salt",
            "SECURITY_SALT",
            "LOGGED_IN_SALT",
        ] {
            assert!(kind("", name).is_some(), "{name}");
        }
        assert!(kind("EncryptionKey", "Key").is_some());
        assert!(kind("PublicKey", "Key").is_none());
        assert!(kind("Jwt", "Key").is_some());
        assert!(kind("Security", "salt").is_some());
        assert!(kind("db_password", "value").is_some());
        for name in [
            "password_min_length",
            "passwordPolicy",
            "token_url",
            "tokenEndpoint",
            "secretName",
            "existingSecret",
            "imagePullSecret",
            "publicKey",
            "STRIPE_PUBLISHABLE_KEY",
            "SUPABASE_ANON_KEY",
            "primaryKeyId",
            "keyId",
            "key",
            "value",
            "passwordEncoder",
            "max_tokens",
            "pad_token",
            "sortKey",
            "translation_key",
            "compass",
            "POSTGRES_PASSWORD_FILE",
            "RECAPTCHA_SITE_KEY",
            "secretKeyRef",
            "ssh_host_key",
            "REGISTRY_KEY",
            "cacheToken",
            "csrftoken",
            "authenticity_token",
            "LED_PIN",
            "GPG_KEYS",
            "publicKeys",
            "keys",
            "passwords",
            "label.password",
            "labelForPassword",
            "LABEL_PASSWORD",
            "salt",
            "bcrypt_salt",
            "LoadCredential",
            "pam_password",
        ] {
            assert_eq!(kind("", name), None, "{name}");
        }
    }

    #[test]
    fn no_word_that_counts_is_passed_over_at_a_glance() {
        let words = [PASSWORDS, MNEMONICS, TOKENS, &["key", "dbpass", "userpass"]].concat();
        for word in words {
            assert!(may_count(format!("my_{word}_1").as_bytes()), "{word}");
            assert!(may_count(word.to_uppercase().as_bytes()), "{word}");
        }
        assert!(!may_count(b"some_other_name"));
        assert!(!may_count(format!("A_password_of_{}", "many_words_".repeat(6)).as_bytes()));
    }

    #[test]
    fn no_name_that_counts_is_passed_over_in_a_text() {
        let keys = KEYS.iter().map(|before| format!("{before}_key"));
        let words = [PASSWORDS, TOKENS, MNEMONICS].concat().into_iter().map(str::to_owned);
        for name in words.chain(keys).chain(["remotepass".to_owned(), "stripe_key".to_owned()]) {
            let capital = name[..1].to_uppercase() + &name[1..].replace("_key", "Key");
            for text in [
                format!("{name} = x"),
                format!("{}=x", name.to_uppercase()),
                format!("\"db{capital}\": \"x\""),
                format!("db.{}: x", name.replace('_', "-")),
                format!("    my_{name} x"),
                format!("{name} x"),
            ] {
                assert!(may_name(text.as_bytes()) || kind("", &name).is_none(), "{text}");
            }
        }
        assert!(!may_name(b"name = a\nauthor: b\npath = c\nkeyboard: d\n"));
    }
}
