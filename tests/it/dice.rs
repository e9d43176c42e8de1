//! Tokens made at run time, so that none stands in the repository. The unit tests of the secret inspector use
//! this file too.

/// Small and the same for the same seed: xorshift.
pub(crate) struct Dice(u64);

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";
const BECH32: &str = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

/// That of `PACKGATE_SEED`, or one that no run had before; printed, so that a failure can be repeated.
#[allow(clippy::print_stdout, reason = "shown with a test that fails; in unit tests the lint is off")]
pub(crate) fn fresh_seed() -> u64 {
    let given = std::env::var("PACKGATE_SEED").ok();
    let seed = given.map_or_else(
        || {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            u64::from(now.unwrap().subsec_nanos())
        },
        |seed| seed.parse().expect("PACKGATE_SEED is a number"),
    );
    println!("fresh seed: {seed}");
    seed
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    pub(crate) fn characters(&mut self, from: &str, count: usize) -> String {
        let from = from.as_bytes();
        (0..count).map(|_| char::from(from[self.below(from.len())])).collect()
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }

    /// A token after its recipe in `policies/secrets.toml`: `{base62:30}` and the like are random characters,
    /// `{crc}` is the checksum of the field before it.
    pub(crate) fn make(&mut self, recipe: &str) -> String {
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
        let (kind, argument) = field.split_once(':').unwrap_or((field, ""));
        let count = argument.parse().unwrap_or(0);
        let base62 = format!("{DIGITS}{UPPER}{LOWER}");
        Some(match kind {
            "base62" | "b64pct" => self.characters(&base62, count),
            "alpha" => self.characters(&format!("{UPPER}{LOWER}"), count),
            "lower" => self.characters(LOWER, count),
            "hex" => self.characters("0123456789abcdef", count),
            "digits" => self.characters("123456789", 1) + &self.characters(DIGITS, count - 1),
            "base32" => self.characters(&format!("{UPPER}234567"), count),
            "lower_ap" => self.characters("abcdefghijklmnop", count),
            "base32lower" => self.characters(&format!("{LOWER}234567"), count),
            "bech32" => self.characters(BECH32, count),
            "bech32lower" => self.characters(&BECH32.to_lowercase(), count),
            "upper36" => self.characters(&format!("{UPPER}{DIGITS}"), count),
            "lower36" => self.characters(&format!("{LOWER}{DIGITS}"), count),
            "b64" => {
                self.characters(&format!("{base62}+/"), count - count % 4)
                    + &self.characters(&base62, count % 4)
            }
            // a dash or underscore at the end would be no part of a word
            "b64url" => self.characters(&format!("{base62}-_"), count - 1) + &self.characters(&base62, 1),
            "uuid" => [8, 4, 4, 4, 12].map(|count| self.characters("0123456789abcdef", count)).join("-"),
            "crc" => in_base62(crc32(last.as_bytes()), base62.as_bytes()),
            "b64of" => base64(self.make(argument).as_bytes()),
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

/// The brace that closes the one at the start.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, character)| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        (depth == 0).then_some(at)
    })
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn in_base62(mut number: u32, digits: &[u8]) -> String {
    let mut text = Vec::new();
    for _ in 0..6 {
        text.push(digits[(number % 62) as usize]);
        number /= 62;
    }
    text.iter().rev().map(|&digit| char::from(digit)).collect()
}

/// Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn url_safe(bytes: &[u8]) -> String {
    base64(bytes).replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned()
}
