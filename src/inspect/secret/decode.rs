//! Checks that read the token: checksums, dates, what is in base64.

use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Found;
use super::digits::{base64, base64_url};
use super::plausible::{
    has_crc, is_app_password, is_drawn_hex, is_known, is_made_up, is_mnemonic, is_opaque, is_password,
    is_random, looks_random,
};
use super::spelling::is_jumbled;
use super::table::{Check, Pattern, TABLE};
use crate::decode::SHORTEST_BASE64;

/// Whether what matched the form is a secret, by the pattern's own check.
pub(super) fn holds(pattern: &Pattern, text: &[u8], found: &Found, random: Range<usize>) -> bool {
    let Some(secret) = text.get(random) else { return false };
    let token = text.get(found.token.clone()).unwrap_or(secret);
    match pattern.check {
        Check::Random => is_random(secret, pattern.bits) && !is_known(secret),
        Check::Crc => has_crc(token.get(..found.prefix).unwrap_or_default(), secret),
        Check::Opaque => is_opaque(secret) || is_encoded_login(secret),
        Check::Password => is_password(secret) || is_app_password(secret) || is_drawn_hex(secret),
        Check::Drawn => is_drawn(secret),
        Check::Mnemonic => is_mnemonic(secret),
        Check::Pem => super::private_key::is_pem(secret),
        Check::Jwt => jwt(secret).is_some_and(|claims| still_grants(&claims, secret)),
        Check::JwtServiceRole => jwt(secret).is_some_and(|claims| {
            claims.get("role").and_then(Value::as_str) == Some("service_role")
                && still_grants(&claims, secret)
        }),
        Check::Sas => sas_grants(secret),
        Check::Discord => discord(secret),
        Check::Authorization => authorization(secret).is_some(),
        Check::DockerLogin => is_encoded_login(secret),
        // they have searches of their own
        Check::PrivateKey | Check::Structure | Check::Url | Check::Environment | Check::Beside => false,
    }
}

/// For a match that holds text in base64 too short to be found without it, that text: tokens in it are to be found as
/// well.
pub(super) fn header_text(text: &[u8], found: &Found) -> Option<Vec<u8>> {
    let pattern = TABLE.get(found.rule)?.patterns.first()?;
    let token = text.get(found.token.clone())?;
    let text = match pattern.check {
        Check::Authorization => authorization(token),
        Check::DockerLogin => base64(token),
        _ => None,
    };
    text.filter(|text| text.len() < SHORTEST_BASE64 / 4 * 3)
}

/// Whether a machine made this up: random, and neither words nor a slug with a number behind, as people write where one
/// is to be filled in.
pub(super) fn is_drawn(secret: &[u8]) -> bool {
    const MANY: usize = 4;
    let digits = secret.iter().filter(|byte| byte.is_ascii_digit()).count();
    is_opaque(secret)
        && !is_made_up(secret)
        && !is_known(secret)
        && (digits >= MANY || is_jumbled(secret) || changes_often(secret))
        && !is_slug(secret)
}

/// Whether capitals, small letters and digits follow one another as chance has them: in names with numbers
/// (`getS3BucketV2Config`) they go on for longer.
fn changes_often(secret: &[u8]) -> bool {
    let sort = |byte: u8| (byte.is_ascii_uppercase(), byte.is_ascii_digit());
    let changes = secret.windows(2).filter(|pair| matches!(pair, [a, b] if sort(*a) != sort(*b))).count();
    let has = |is: fn(&u8) -> bool| secret.iter().any(is);
    secret.iter().all(u8::is_ascii_alphanumeric)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && changes * 2 >= secret.len()
}

/// Whether it is words of small letters, some with a number behind: `my-hs256-signing-key-v1`.
fn is_slug(secret: &[u8]) -> bool {
    const FEWEST: usize = 3;
    const SHORTEST: usize = 3;
    const MOST_DIGITS: usize = 4;
    let letters = |part: &[u8]| part.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let parts = || secret.split(|byte| b"-_.".contains(byte));
    let is_word = |part: &[u8]| {
        let digits = part.get(letters(part)..).unwrap_or_default();
        digits.len() <= MOST_DIGITS && digits.iter().all(u8::is_ascii_digit)
    };
    parts().count() >= FEWEST
        && parts().all(is_word)
        && parts().filter(|part| letters(part) >= SHORTEST).count() >= FEWEST - 1
}

/// The text that base64 stands for, if it is one of printable ASCII.
pub(super) fn clear_text(encoded: &[u8]) -> Option<Vec<u8>> {
    base64(encoded).filter(|clear| clear.iter().all(|byte| matches!(byte, b' '..=b'~')))
}

/// Base64 of `user:password`, where the password is none of the words that stand for one.
fn is_encoded_login(encoded: &[u8]) -> bool {
    let Some(login) = base64(encoded) else { return false };
    if !login.iter().all(|byte| matches!(byte, 0x20..=0x7E)) {
        return false;
    }
    let Some(colon) = login.iter().position(|&byte| byte == b':') else { return false };
    let is_one = |password: &[u8]| is_password(password) || is_opaque(password) || looks_drawn(password);
    colon > 0 && login.get(colon + 1..).is_some_and(is_one)
}

/// Whether letters alone are a machine's: capitals stand side by side, and turn up again and again. Names in programs may
/// be like that, but nobody signs in with one.
fn looks_drawn(password: &[u8]) -> bool {
    const SHORTEST: usize = 16;
    let pairs = |is: fn(u8, u8) -> bool| {
        password.windows(2).filter(|pair| matches!(pair, [a, b] if is(*a, *b))).count()
    };
    password.len() >= SHORTEST
        && password.iter().all(u8::is_ascii_alphabetic)
        && pairs(|a, b| a.is_ascii_uppercase() && b.is_ascii_uppercase()) > 0
        && pairs(|a, b| a.is_ascii_lowercase() && b.is_ascii_uppercase()) * 6 >= password.len()
        && !is_made_up(password)
}

/// The credentials of `authorization: basic ...` in plain text; of other schemes as they are. `None` for
/// placeholders.
fn authorization(header: &[u8]) -> Option<Vec<u8>> {
    let value = header.rsplit(|byte| byte.is_ascii_whitespace()).next()?;
    let lower = header.to_ascii_lowercase();
    if memchr::memmem::find(&lower, b"basic").is_some() {
        let login = base64(value).filter(|_| is_encoded_login(value))?;
        return Some(login);
    }
    is_opaque(value).then(|| value.to_vec())
}

/// The claims of a signed token; `None` if it is none, or not signed.
fn jwt(token: &[u8]) -> Option<Map<String, Value>> {
    let mut parts = token.split(|&byte| byte == b'.');
    let header: Map<String, Value> = serde_json::from_slice(&base64_url(parts.next()?)?).ok()?;
    let claims: Map<String, Value> = serde_json::from_slice(&base64_url(parts.next()?)?).ok()?;
    let algorithm = header.get("alg")?.as_str()?;
    (!algorithm.eq_ignore_ascii_case("none")).then_some(claims)
}

fn still_grants(claims: &Map<String, Value>, token: &[u8]) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| claims.get(name).and_then(Value::as_f64);
    let expired = number("exp").is_some_and(|day| day <= now());
    // the tokens of the best-known tutorials, and keys of local development servers
    let example = matches!(text("sub"), "1234567890" | "1234")
        || text("name") == "John Doe"
        || number("iat") == Some(1_516_239_022.0)
        || ["example", "supabase-demo", "test", "localhost"].iter().any(|word| text("iss").contains(word));
    // a key for everybody
    let public = matches!(text("role"), "anon" | "public");
    let grants = claims.len() > 1 || claims.contains_key("exp");
    !expired && !example && !public && grants && !signed_with_a_known_word(token)
}

/// Whether a token is signed with a word that is in a tutorial, so that anybody could have made it.
fn signed_with_a_known_word(token: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "secret",
        "your-256-bit-secret",
        "your-384-bit-secret",
        "your-512-bit-secret",
        "test",
        "key",
        "shhhhh",
        "password",
        "mysecret",
        "my-secret",
        "secretkey",
        "secret-key",
        "secret_key",
        "supersecret",
        "super-secret",
        "keyboard cat",
        "changeme",
        "jwt-secret",
        "jwtsecret",
        "your_jwt_secret",
        "your-secret-key",
        "qwerty",
        "1234",
        "12345",
        "123456",
        "12345678",
        "foobar",
        "foo",
        "bar",
        "a",
        "abc",
        "s3cr3t",
        "",
        "a-string-secret-at-least-256-bits-long",
        "super-secret-jwt-token-with-at-least-32-characters-long",
    ];
    let Some(dot) = token.iter().rposition(|&byte| byte == b'.') else { return false };
    let Some((signed, signature)) = token.split_at_checked(dot) else { return false };
    let Some(signature) = signature.get(1..).and_then(base64_url) else { return false };
    signature.len() == 32
        && WORDS.iter().any(|word| hmac_sha256(word.as_bytes(), signed).as_slice() == signature)
}

/// HMAC (RFC 2104) with SHA-256 and a key of at most 64 bytes.
pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5C)).chain_update(inner).finalize().into()
}

pub(super) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

/// Whether what is at `at` says in the address of a signed request to AWS who signed it: anybody may know, and the secret
/// half isn't there.
pub(super) fn names_signer(text: &[u8], at: usize) -> bool {
    const LENGTH: usize = 20;
    let is_named = text.get(..at).is_some_and(|before| before.ends_with(b"Credential="));
    // the day behind it
    is_named && text.get(at + LENGTH..).is_some_and(|behind| behind.starts_with(b"%2F20"))
}

/// Whether a signature begins here: base64 that is long enough, in percent or not.
pub(super) fn is_signed(text: &[u8], at: usize) -> bool {
    const SHORTEST: usize = 43;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"%+/".contains(byte);
    text.get(at..at + SHORTEST).is_some_and(|signature| signature.iter().all(is_digit))
}

/// A signature with a version or a policy, and with a last day, if any, that has not passed.
fn sas_grants(query: &[u8]) -> bool {
    let field = |name: &str| {
        query
            .split(|byte| matches!(byte, b'?' | b'&'))
            .find_map(|pair| pair.strip_prefix(name.as_bytes()))
            .map(String::from_utf8_lossy)
    };
    if field("sv=").is_none() && field("sr=").is_none() && field("se=").is_none() {
        return false;
    }
    let signed = field("sig=").is_some_and(|signature| looks_random(signature.as_bytes()));
    let today = time::OffsetDateTime::now_utc().date();
    let expired = field("se=").is_some_and(|day| {
        let mut numbers = day.split(['-', 'T', '%']).map(|part| part.parse::<i32>().ok());
        match (numbers.next().flatten(), numbers.next().flatten(), numbers.next().flatten()) {
            (Some(year), Some(month), Some(day)) => {
                (year, month, day)
                    < (today.year(), i32::from(u8::from(today.month())), i32::from(today.day()))
            }
            // seconds since 1970, as service buses write it
            (Some(seconds), None, None) => f64::from(seconds) < now(),
            _ => false,
        }
    });
    signed && !expired
}

/// The first part is the bot's number in base64.
fn discord(token: &[u8]) -> bool {
    let number = token.split(|&byte| byte == b'.').next().and_then(base64_url).unwrap_or_default();
    (17..=20).contains(&number.len()) && number.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, base64 as encoded, fresh_seed};

    #[test]
    fn a_login_needs_no_digit() {
        const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let mut dice = Dice::new(fresh_seed());
        let is_missed = |_: &usize| {
            let login = format!("deploy:{}", dice.characters(LETTERS, 24));
            !is_encoded_login(encoded(login.as_bytes()).as_bytes())
        };
        let missed = (0..500).filter(is_missed).count();
        assert!(missed <= 10, "{missed} of 500");
        for login in ["user:password", "deploy:getElementsByTagName", "deploy:YourSECRETPasswordGoesHERE"] {
            assert!(!is_encoded_login(encoded(login.as_bytes()).as_bytes()), "{login}");
        }
    }

    #[test]
    fn what_chance_draws_is_told_from_names() {
        let mut dice = Dice::new(fresh_seed());
        // three times what is missed on average, and some more: chance alone breaks that in no run
        for (recipe, most) in [("{base62:20}", 40), ("{base62:24}", 16), ("{base62:32}", 6)] {
            let missed = (0..2_000).filter(|_| !is_drawn(dice.make(recipe).as_bytes())).count();
            assert!(missed <= most, "{missed} of 2000: {recipe}");
        }
        for name in ["getS3BucketV2Config", "encodeX509Certificate", "convertUtf8ToUtf16LE"] {
            assert!(!is_drawn(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn words_with_numbers_are_not_drawn() {
        let mut dice = Dice::new(fresh_seed());
        for slug in ["my-hs256-signing-key-v1", "jwt_key_of_2024_v17", "acme.auth.key2024.v2"] {
            assert!(!is_drawn(slug.as_bytes()), "{slug}");
        }
        for recipe in ["{base62:40}", "{b64url:43}", "{hex:40}", "{uuid}"] {
            let missed = (0..200).filter(|_| is_slug(dice.make(recipe).as_bytes())).count();
            assert_eq!(missed, 0, "{recipe}");
        }
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let code = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        let hex: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
