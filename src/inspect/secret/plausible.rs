//! Whether characters look drawn at random, or made up by somebody who wrote an example.

use sha2::{Digest, Sha256};

use super::spelling::{is_jumbled, is_name};

/// Words that stand in for a secret. All in lower case, none so short that it turns up by chance.
const STAND_INS: &[&str] = &[
    "example",
    "xxxxx",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "replace",
    "redacted",
    "dummy",
    "sample",
    "your-",
    "your_",
    "yourtoken",
    "yourkey",
    "yourstrong",
    "yourpass",
    "yoursecret",
    "insert",
    "secret-here",
    "-here",
    "_here",
    "abcdefg",
    "1234567",
    "0123456",
    "deadbeef",
    "foobar",
    "lorem",
    "qwerty",
    "notreal",
    "insecure",
    "unsafe-",
    "unsafe_",
    "fake-",
    "fake_",
    "-fake",
    "mysecret",
    "my-secret",
    "my_secret",
    "....",
    "****",
    "token-",
    "-token",
    "_token",
    "token_",
    "process.",
    "undefined",
    // what AWS writes in its manuals, before the EXAMPLE that some leave out
    "iosfodnn7",
    "wjalrxutnfemi",
    // counting
    "a1b2c3d4",
    "00112233",
    "11223344",
    "aabbccdd",
    "1a2b3c4d",
    "abc123abc",
    "thisismy",
    "asdfgh",
    "asdfasdf",
];

/// Words that people write where a password should be.
const NO_PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "p4ssw0rd",
    "p@ssw0rd",
    "passw0rd",
    "passphrase",
    "secret",
    "hunter2",
    "letmein",
    "admin",
    "user",
    "1234",
    "abcd",
    "username",
    "credential",
    "pass123",
    "test",
    "guest",
    "root",
    "token",
    "apikey",
    "api_key",
    "auth",
    "default",
    "postgres",
    "mysql",
    "mongo",
    "redis",
    "rabbit",
    "demo",
    "s3cret",
    "s3cr3t",
    "monkey",
    "dragon",
    "correct-horse",
    "correcthorse",
];

/// How a value begins that is elsewhere, or can't be read without a key.
const ELSEWHERE: &[&str] = &[
    "enc(",
    "enc[",
    "enc:",
    "encrypted:",
    "!encrypted/",
    "{cipher}",
    "{aes}",
    "vault:",
    "vault(",
    "vault/",
    "$ansible_vault",
    "arn:",
    "op://",
    "ref+",
    "secretref:",
    "sm://",
    "ssm:",
    "ssm/",
    "keyvault:",
    "keyring:",
    "keychain:",
    "kv:",
    "@microsoft.",
    "projects/",
    "env:",
    "env.",
    "env(",
    "process.env",
    "os.environ",
    "os.getenv",
    "system.",
    "file:",
    "file(",
    "classpath:",
    "http://",
    "https://",
    "/",
    "./",
    "../",
    "~/",
    "c:\\",
    "$2a$",
    "$2b$",
    "$2y$",
    "$argon2",
    "$5$",
    "$6$",
    "$apr1$",
    "pbkdf2",
    "{bcrypt}",
    "{noop}",
    "{sha",
    "{ssha",
    "scrypt:",
    "sha256:",
    "md5:",
    "aiza",
    "pk_",
    "pk.",
    "phc_",
    "pk-",
    "ssh-rsa ",
    "ssh-ed25519 ",
    "-----begin",
    "secret://",
    "awssecret",
    "aws:",
    "gcp:",
    "azure:",
    "hashivault:",
    "getenv",
    "config.",
    "settings.",
    "secrets.",
    "var.",
    "local.",
    "data.",
    "module.",
    "dummy",
    "django-insecure",
    "da2-",
    // Chromatic's, which a fork must have as well
    "chpt_",
];
/// Secrets that everybody knows, by the first bytes of their SHA-256: the account keys of Azure's storage and
/// database emulators, the keys of Google's samples for maps, the key that ssh2 tries the runtime with, and those that
/// BoringSSL measures its speed with, the accounts that Hardhat, Foundry and Ganache begin with, the key of FastAPI's
/// tutorial, the tokens that Neptune lets anybody in with, the keys that jose4j, librdkafka, mbedTLS, Netty and wolfSSL
/// try themselves with, the one in the documentation of GitHub's interface, those with which reCAPTCHA lets every test pass,
/// those that Vagrant's machines are made with, what the page of X itself signs in with, the key of MinIO's server for trying it, and the words of wallets that the
/// standard's vectors, Truffle, Ganache, Hardhat's kin and Substrate print, and the seeds in what describes one-time passwords.
const KNOWN: &[[u8; 8]] = &[
    [0x00, 0x11, 0xCC, 0x25, 0xEB, 0x43, 0x20, 0x71],
    [0xAA, 0x65, 0x47, 0x43, 0x95, 0x83, 0xC3, 0xA2],
    [0x43, 0x9C, 0xB0, 0x63, 0x2C, 0x43, 0x59, 0x56],
    [0xAC, 0x1F, 0x45, 0xCE, 0xD0, 0xA1, 0x33, 0x0B],
    [0x99, 0x5E, 0xE3, 0x0B, 0x32, 0xA3, 0xCA, 0x55],
    [0x96, 0xB1, 0xAA, 0x37, 0x90, 0x61, 0x21, 0x92],
    [0xB2, 0xB8, 0xD9, 0x49, 0xB0, 0x25, 0xB3, 0xCC],
    [0xCC, 0x8E, 0xEC, 0x2A, 0x15, 0x2B, 0xDA, 0x53],
    [0x57, 0x0D, 0xAD, 0x43, 0xDE, 0x1A, 0xF4, 0xC9],
    [0x10, 0x93, 0xA1, 0x72, 0x21, 0x46, 0x6C, 0xA8],
    [0xBF, 0x02, 0x6C, 0x67, 0x54, 0x32, 0xDC, 0x2E],
    [0xBC, 0x1A, 0x50, 0x96, 0x6C, 0x9E, 0x64, 0x86],
    [0x83, 0x35, 0xC5, 0x53, 0x34, 0x82, 0x1E, 0xEF],
    [0xB2, 0x6A, 0xB6, 0x52, 0x9D, 0x20, 0xEB, 0xEB],
    [0x64, 0x03, 0x4B, 0x44, 0xC5, 0x79, 0xB3, 0x35],
    [0x4D, 0x3E, 0x46, 0xEE, 0xC8, 0x24, 0x4D, 0x1D],
    [0x0A, 0xED, 0xBA, 0x9D, 0x58, 0x6F, 0x34, 0xF9],
    [0x28, 0xE5, 0x43, 0xD3, 0x75, 0x3F, 0xC9, 0xD1],
    [0xF0, 0x70, 0x99, 0x4A, 0x85, 0x99, 0x47, 0x85],
    [0x38, 0xE6, 0x9F, 0xDD, 0x19, 0xAE, 0xFE, 0xB4],
    [0x96, 0x7F, 0x21, 0x58, 0x6C, 0xDF, 0x12, 0x48],
    [0x0B, 0x33, 0xE0, 0x13, 0x21, 0x23, 0xE7, 0x8D],
    [0x84, 0xBC, 0x10, 0x9B, 0x3D, 0x59, 0xB0, 0x17],
    [0x85, 0xBD, 0xE5, 0x48, 0x05, 0x3A, 0xAB, 0x4B],
    [0xF1, 0x51, 0x31, 0x14, 0xF6, 0x0E, 0x5E, 0x95],
    [0x53, 0x30, 0xD3, 0x88, 0xAF, 0x89, 0x4C, 0x9E],
    [0xA2, 0xE0, 0x61, 0x55, 0xCB, 0x1A, 0x42, 0x4F],
    [0x4A, 0x67, 0xD7, 0xA0, 0xD8, 0xA1, 0x6D, 0x6D],
    [0xB0, 0x8B, 0xDF, 0xDE, 0x99, 0x30, 0xD9, 0x20],
    [0xCF, 0x1F, 0xC6, 0x6F, 0x85, 0x31, 0x51, 0xA4],
    [0x10, 0x05, 0x46, 0xA8, 0xB0, 0x20, 0xA5, 0x5A],
    [0x57, 0x85, 0x92, 0x18, 0x55, 0x88, 0x73, 0x0B],
    [0x30, 0xE5, 0x5F, 0x54, 0x63, 0xE2, 0x2A, 0xF0],
    [0x70, 0xB8, 0x01, 0xAF, 0xAE, 0x94, 0xD2, 0xE6],
    [0x0B, 0xC9, 0xFD, 0xE2, 0xB0, 0x28, 0xE3, 0xB0],
    [0xF5, 0x1C, 0x2C, 0x79, 0x5F, 0x78, 0x23, 0x08],
    [0x6D, 0xEA, 0x34, 0xB6, 0x61, 0x14, 0x10, 0x91],
    [0xFA, 0xEB, 0x1D, 0xAB, 0x5A, 0x32, 0x6E, 0xEF],
    [0x19, 0x6F, 0xBA, 0xDC, 0xA8, 0xB7, 0xEE, 0xA6],
    [0xEC, 0xD5, 0xE9, 0xD0, 0xB0, 0x8A, 0x8A, 0x9F],
    [0x3F, 0xD5, 0x61, 0x0E, 0xE0, 0x3A, 0x35, 0x03],
    [0xC5, 0xE8, 0x53, 0xCC, 0x12, 0xDF, 0x59, 0xFD],
    [0x7F, 0x8F, 0x90, 0x1C, 0x1F, 0x6C, 0x33, 0x99],
    [0xF5, 0xE9, 0x5C, 0x99, 0x54, 0x63, 0x5B, 0x65],
    [0x03, 0xB9, 0x70, 0xED, 0x81, 0x71, 0xD7, 0x3B],
    [0xB6, 0x07, 0x89, 0x96, 0x88, 0x43, 0x97, 0xB1],
    [0xE3, 0xB3, 0xAB, 0x8E, 0x98, 0x92, 0x53, 0x98],
    [0x26, 0x91, 0xBD, 0xF3, 0x8E, 0x93, 0xE2, 0x71],
    [0x23, 0xDF, 0x62, 0x2F, 0x4F, 0x39, 0xD9, 0xAE],
    [0x6D, 0xB7, 0x14, 0x9A, 0xD1, 0x13, 0xC4, 0x27],
    [0x43, 0x96, 0x5D, 0x27, 0xC0, 0x3A, 0x89, 0xFB],
    [0xC9, 0xAF, 0x85, 0xBB, 0x77, 0xCB, 0x43, 0x0F],
    [0x18, 0x20, 0x85, 0x3C, 0x99, 0x77, 0x9F, 0x8E],
    [0x55, 0x7E, 0x06, 0x38, 0x1C, 0x7E, 0x64, 0x48],
    [0x91, 0x65, 0x91, 0xFE, 0x3A, 0x48, 0x03, 0x92],
    [0xC0, 0x4B, 0xAB, 0xBF, 0xD0, 0x0A, 0xED, 0xAD],
    [0xCF, 0xFB, 0xCF, 0xC3, 0xCE, 0x0F, 0x76, 0x2D],
    [0x67, 0x15, 0x32, 0x16, 0x75, 0x36, 0x76, 0xA9],
    [0x91, 0x86, 0x40, 0x8B, 0x83, 0x99, 0xCD, 0x7B],
    [0x59, 0x49, 0x61, 0x0D, 0xD1, 0xAA, 0x19, 0x11],
    [0x4E, 0x23, 0x38, 0xBC, 0x4A, 0xD1, 0x43, 0x95],
    [0x4C, 0xEA, 0xE6, 0x3C, 0xAD, 0x7B, 0xDC, 0x2A],
    [0x6D, 0x83, 0xC1, 0xA2, 0x77, 0x38, 0x8F, 0x3A],
    [0xFF, 0xFB, 0x2D, 0xB7, 0x4C, 0xA0, 0xF4, 0x39],
    [0xA8, 0x1A, 0x66, 0x94, 0xCE, 0x41, 0x17, 0x99],
    [0xE3, 0x98, 0xB3, 0xA1, 0x06, 0xC1, 0x00, 0xC8],
    [0x68, 0xC7, 0xB3, 0x2B, 0xC1, 0xF2, 0x3F, 0x63],
    [0x86, 0x4B, 0x2F, 0xB8, 0xBF, 0x57, 0x7A, 0x18],
    [0x72, 0x2D, 0xDD, 0xDD, 0xBB, 0x3D, 0x9B, 0x8E],
    [0x27, 0xB9, 0x2A, 0x18, 0xC0, 0x74, 0x26, 0x6A],
    [0x9D, 0x5D, 0x00, 0x91, 0xD9, 0x33, 0xEB, 0x67],
    [0x2F, 0x80, 0x28, 0x84, 0x76, 0xDC, 0x8C, 0xA5],
    [0x65, 0x43, 0xB4, 0x75, 0x26, 0x30, 0x34, 0xC3],
    [0x15, 0xC7, 0xA2, 0x03, 0x27, 0x70, 0xD0, 0x0D],
    [0x28, 0x9A, 0x3A, 0x79, 0x6B, 0xB9, 0xFF, 0xA9],
    [0x16, 0x03, 0x7D, 0x8F, 0x37, 0x88, 0x61, 0x64],
    [0x95, 0x99, 0x32, 0x51, 0x2A, 0x28, 0xA1, 0xEF],
    [0x7F, 0x77, 0x35, 0x29, 0xB0, 0xAF, 0xD3, 0x08],
    [0x84, 0x66, 0xD3, 0x7E, 0xD4, 0x41, 0x70, 0x93],
    [0x43, 0xE2, 0xFE, 0x58, 0x5D, 0xEE, 0x7D, 0xC8],
    [0x5D, 0x71, 0x2B, 0xA7, 0x28, 0xD8, 0x1C, 0x07],
    [0x09, 0x0D, 0x67, 0x9F, 0xA2, 0x56, 0xA6, 0x47],
    [0x4A, 0x09, 0x39, 0x16, 0x1F, 0x3D, 0x67, 0x28],
    [0x64, 0x47, 0x6A, 0x1D, 0x4E, 0x7D, 0xCE, 0x06],
    [0xDF, 0x45, 0x2E, 0xEF, 0x23, 0xE8, 0xCF, 0x2C],
    [0xB8, 0x3E, 0x96, 0x41, 0x7F, 0x61, 0xCB, 0x14],
    [0x9C, 0x5D, 0x0A, 0x66, 0x56, 0xE5, 0xD3, 0xF3],
    [0xEA, 0xEE, 0xD9, 0xF4, 0x26, 0x05, 0xB5, 0x49],
    [0xEC, 0xB0, 0xE7, 0xBA, 0x49, 0x8C, 0x59, 0x20],
    [0x3A, 0x64, 0xBC, 0xD9, 0xCE, 0xA4, 0x3C, 0x0A],
    [0xD6, 0xDA, 0x54, 0xD1, 0x2D, 0xB9, 0xEA, 0xC8],
    [0xB1, 0x2E, 0xE2, 0x77, 0xA6, 0x69, 0xB1, 0x8F],
    [0x34, 0x1C, 0x22, 0x5B, 0x06, 0xC9, 0x17, 0x08],
    [0xC4, 0xA4, 0x12, 0xD6, 0xD5, 0xDB, 0xE9, 0x47],
    [0xCC, 0x95, 0xA8, 0xA1, 0xB5, 0xE9, 0xBF, 0x13],
    [0x30, 0x45, 0x2B, 0xA5, 0x60, 0x5D, 0xD2, 0x52],
    [0x75, 0xDD, 0xBA, 0x49, 0x67, 0x96, 0xC7, 0x6A],
    [0x93, 0x89, 0xBF, 0x45, 0x1A, 0xC3, 0xDF, 0xEE],
    [0x56, 0xFB, 0x53, 0x26, 0xA1, 0xD7, 0x2A, 0x40],
    [0xC6, 0x8C, 0x1B, 0x1E, 0x67, 0x27, 0xCD, 0x0E],
    [0xB2, 0xE7, 0x11, 0x00, 0xD1, 0x0B, 0xEE, 0x74],
    [0xB8, 0xAE, 0x5C, 0x99, 0x14, 0x26, 0x47, 0xD1],
    [0x0F, 0x38, 0x8B, 0x04, 0xE5, 0x12, 0xD7, 0xA0],
    [0xB1, 0xBF, 0xF2, 0x2A, 0xE0, 0x77, 0xCE, 0x1A],
    [0x66, 0x2C, 0x45, 0x1C, 0xC5, 0x88, 0x6E, 0x1D],
    [0x86, 0x7F, 0x9F, 0x59, 0x29, 0xA7, 0x20, 0x1C],
    [0xD1, 0x6D, 0x60, 0x8F, 0xCE, 0x74, 0x3A, 0x04],
    [0xD3, 0x87, 0x39, 0x80, 0xF2, 0x48, 0xDD, 0xEB],
    [0x54, 0x9C, 0x93, 0x90, 0x53, 0x9E, 0xFC, 0xFA],
];

/// Whether everybody knows this one.
pub(super) fn is_known(secret: &[u8]) -> bool {
    let digest =
        |bytes: &[u8]| Sha256::digest(bytes).first_chunk().is_some_and(|digest| KNOWN.contains(digest));
    // that of ssh2 is in two literals, which a bundler joins
    let letters = || secret.iter().copied().filter(u8::is_ascii_alphanumeric).collect::<Vec<u8>>();
    digest(secret) || (secret.starts_with(b"-----") && digest(&letters()))
}

/// 12 to 24 words that stand for the key of a wallet, and are none of those that standards and chains for tests print.
pub(super) fn is_mnemonic(value: &[u8]) -> bool {
    let words: Vec<&[u8]> = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    let mut different = words.clone();
    different.sort_unstable();
    different.dedup();
    matches!(words.len(), 12 | 15 | 18 | 21 | 24)
        && different.len() * 3 >= words.len() * 2
        && words.iter().all(|word| (3..=8).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase))
        && !is_known(&words.join(&b' '))
}

/// Shannon entropy in bits per byte.
pub(super) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = bytes.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|&count| {
            let share = f64::from(count) / length;
            -share * share.log2()
        })
        .sum()
}

/// Least entropies by length: below them, values drawn at random fall less than once in a million times.
struct Floors {
    tokens: [f64; 65],
    passwords: [f64; 65],
}

static FLOORS: Floors = include!(concat!(env!("OUT_DIR"), "/floors.rs"));

/// What values of this length have at least. Longer ones are held to the last number.
fn floor(floors: &[f64], length: usize) -> f64 {
    floors.get(length).or(floors.last()).copied().unwrap_or_default()
}

/// Whether these characters look drawn at random: with so much entropy in all, and not like an example.
pub(super) fn is_random(bytes: &[u8], bits: f64) -> bool {
    !bytes.is_empty()
        && entropy(bytes) * bytes.len() as f64 >= bits
        && !has_pattern(bytes)
        && !has_telling_word(bytes, STAND_INS)
}

/// The same for characters of which no more is known than that a machine drew them.
pub(super) fn looks_random(bytes: &[u8]) -> bool {
    is_random(bytes, floor(&FLOORS.tokens, bytes.len()) * bytes.len() as f64)
}

/// Whether a value of unknown form is a token: random, with letters and digits, and not words joined by dashes.
pub(super) fn is_opaque(bytes: &[u8]) -> bool {
    bytes.len() >= 16 && mixes(bytes) && looks_random(bytes)
}

/// Whether a password has the entropy of one.
pub(super) fn varies(password: &[u8]) -> bool {
    entropy(password) >= floor(&FLOORS.passwords, password.len())
}

/// Whether this could be somebody's real password.
pub(super) fn is_password(bytes: &[u8]) -> bool {
    let one_of = |set: &[u8]| bytes.iter().any(|byte| set.contains(byte));
    (8..=200).contains(&bytes.len())
        && !one_of(b"{}<>[]()`\\\"'")
        && memchr::memmem::find(bytes, b"**").is_none()
        && !names_variable(bytes)
        && !bytes.starts_with(b"%")
        && !has_telling_word(bytes, STAND_INS)
        && !has_telling_word(bytes, NO_PASSWORDS)
        && !is_disguised(bytes)
        && !has_pattern(bytes)
        && (mixes(bytes) || is_jumbled(bytes))
        && varies(bytes)
}

/// What `openssl rand -hex` prints. As a password it varies less than one of all letters, however long it is.
pub(super) fn is_drawn_hex(value: &[u8]) -> bool {
    const SHORTEST: usize = 20;
    value.len() >= SHORTEST && value.iter().all(u8::is_ascii_hexdigit) && is_opaque(value)
}

/// The form of Apple's and Google's passwords for one application: four times four letters.
pub(super) fn is_app_password(value: &[u8]) -> bool {
    let groups: Vec<&[u8]> = value.split(|byte| matches!(byte, b'-' | b' ')).collect();
    groups.len() == 4
        && groups.iter().all(|group| group.len() == 4 && group.iter().all(u8::is_ascii_lowercase))
        && entropy(value) >= 2.5
        && !has_pattern(&groups.concat())
}

/// Whether a part of it is a variable of a shell: `$NAME`.
pub(super) fn names_variable(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| matches!(pair, [b'$', next] if next.is_ascii_alphabetic() || *next == b'_'))
}

/// Whether this stands for a value that is given elsewhere, or by the reader.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let has = |part: &str| memchr::memmem::find(value, part.as_bytes()).is_some();
    let wrapped = |open: u8, close: u8| value.first() == Some(&open) && value.last() == Some(&close);
    let lower = value.to_ascii_lowercase();
    let is_variable = matches!(value, [b'$', rest @ ..] if rest.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') && rest.first().is_some_and(u8::is_ascii_alphabetic) && !rest.iter().any(u8::is_ascii_lowercase));
    value.is_empty()
        || ["${", "{{", "}}", "<%", "%>", "#{", "***", "...", "\u{2026}"].iter().any(|part| has(part))
        || wrapped(b'<', b'>')
        || wrapped(b'%', b'%')
        || wrapped(b'@', b'@')
        || wrapped(b'{', b'}')
        || wrapped(b'[', b']')
        || wrapped(b'_', b'_')
        || is_variable
        || is_sign_of_yaml(value)
        || has_slot(value)
        || has_reference(value)
        || ELSEWHERE.iter().any(|start| lower.starts_with(start.as_bytes()))
}

/// Whether a part of it is `%(NAME)s` or `$(command)`. A random password may have such signs, too, but no name in them.
fn has_reference(value: &[u8]) -> bool {
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_ .-/".contains(byte);
    memchr::memchr_iter(b'(', value).any(|open| {
        let sign = open.checked_sub(1).and_then(|before| value.get(before));
        let inner = value.get(open + 1..).unwrap_or_default();
        let length = inner.iter().take_while(is_of_name).count();
        matches!(sign, Some(b'$' | b'%')) && length > 1 && inner.get(length) == Some(&b')')
    })
}

/// A tag (`!vault`), an alias (`*name`) or an anchor (`&name value`): none of these names has a digit.
fn is_sign_of_yaml(value: &[u8]) -> bool {
    let Some((b'!' | b'*' | b'&', rest)) = value.split_first() else { return false };
    let name = rest.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    !name.iter().any(u8::is_ascii_digit)
}

/// Whether a part of it is to be filled in, or says which characters are there: `{name}`, `{b64:86}`, `[A-Za-z0-9]`.
fn has_slot(value: &[u8]) -> bool {
    const SHORTEST: usize = 2;
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_:.-+/".contains(byte);
    [(b'{', b'}'), (b'[', b']')].into_iter().any(|(open, close)| {
        memchr::memchr_iter(open, value).any(|at| {
            let inner = value.get(at + 1..).unwrap_or_default();
            let length = inner.iter().take_while(|byte| is_of_name(byte)).count();
            length >= SHORTEST && inner.get(length) == Some(&close)
        })
    })
}

/// Whether it holds a word that people write where a secret should be.
pub(super) fn is_made_up(bytes: &[u8]) -> bool {
    has_telling_word(bytes, STAND_INS)
        || has_telling_word(bytes, NO_PASSWORDS)
        || is_disguised(bytes)
        || has_pattern(bytes)
}

/// [`is_made_up`], with signs and digits in the place of letters or not: `p4ssw0rd`.
pub(super) fn is_made_up_in_disguise(bytes: &[u8]) -> bool {
    let has = |words| has_word_read_as(bytes, letter, words);
    has(STAND_INS) || has(NO_PASSWORDS) || is_disguised(bytes) || has_pattern(bytes)
}

/// Whether it is a word for a password with signs and digits in the place of letters, a letter twice or thrice:
/// `s3cre3t!`, `Pa55w0rd`.
fn is_disguised(bytes: &[u8]) -> bool {
    /// What is longer has such a word by chance.
    const LONGEST: usize = 16;
    /// Without doubled letters.
    const WORDS: [&[u8]; 4] = [b"secret", b"pasword", b"letmein", b"changeme"];
    if bytes.len() > LONGEST {
        return false;
    }
    let mut letters: Vec<u8> = bytes.iter().map(letter).collect();
    letters.dedup();
    WORDS.iter().any(|word| memchr::memmem::find(&letters, word).is_some())
}

/// The letter that a digit or a sign looks like, in the small form.
fn letter(byte: &u8) -> u8 {
    match byte.to_ascii_lowercase() {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' | b'+' => b't',
        other => other,
    }
}

/// Whether it holds one of these words. One of few letters turns up by chance in a long random value, and says nothing if
/// what stands around it is random too.
fn has_telling_word(bytes: &[u8], words: &[&str]) -> bool {
    has_word_read_as(bytes, u8::to_ascii_lowercase, words)
}

/// [`has_telling_word`], where each byte is read as this letter. What stands around a word is judged as it is.
fn has_word_read_as(bytes: &[u8], letter: fn(&u8) -> u8, words: &[&str]) -> bool {
    const FEW: usize = 6;
    let (mut rest, mut letters) = (bytes.to_vec(), bytes.iter().map(letter).collect::<Vec<u8>>());
    for word in words {
        while let Some(at) = memchr::memmem::find(&letters, word.as_bytes()) {
            if word.len() >= FEW {
                return true;
            }
            rest.drain(at..at + word.len());
            letters.drain(at..at + word.len());
        }
    }
    rest.len() < bytes.len() && !is_strewn(&rest) && !is_long_hex(&rest)
}

/// Whether it is as long as a key in hexadecimal, in which four digits may be anything: `abcd` is in one of a hundred.
fn is_long_hex(bytes: &[u8]) -> bool {
    const SHORTEST: usize = 40;
    bytes.len() >= SHORTEST && bytes.iter().all(u8::is_ascii_hexdigit) && entropy(bytes) >= 3.0
}

/// Whether capitals, small letters and digits follow one another as in no words with a number behind.
fn is_strewn(bytes: &[u8]) -> bool {
    const SHORTEST: usize = 12;
    let bytes: Vec<u8> = bytes.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    bytes.len() >= SHORTEST
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && changes_of_class(&bytes) * 5 >= bytes.len() * 2
}

/// How often capitals, small letters and all else follow one another.
pub(super) fn changes_of_class(bytes: &[u8]) -> usize {
    let class = |byte: &u8| (byte.is_ascii_uppercase(), byte.is_ascii_lowercase());
    bytes.windows(2).filter(|pair| matches!(pair, [a, b] if class(a) != class(b))).count()
}

/// Letters and digits; or, where chance left the digits out, capitals strewn as no name in a program has them.
pub(super) fn mixes(bytes: &[u8]) -> bool {
    let capitals = bytes.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let turns = bytes
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
        .count();
    // names have a capital a word, and words have more letters than one or two
    let are_strewn = turns * 6 >= bytes.len() || (turns >= 2 && capitals * 3 >= bytes.len());
    bytes.iter().any(u8::is_ascii_alphabetic)
        && (bytes.iter().any(u8::is_ascii_digit) || (bytes.len() >= 16 && are_strewn && !is_name(bytes)))
}

/// Six equal characters in a row, or seven that count up (`abcdefg`, `2345678`) or down. In a long row of the few digits of
/// hexadecimal, six are chance.
pub(super) fn has_pattern(bytes: &[u8]) -> bool {
    let is_long_hex = bytes.len() >= 32 && bytes.iter().all(u8::is_ascii_hexdigit);
    let most = if is_long_hex { 8 } else { 6 };
    let (mut equal, mut rising, mut falling) = (1, 1, 1);
    for pair in bytes.windows(2) {
        let &[before, after] = pair else { continue };
        equal = if before == after { equal + 1 } else { 1 };
        rising = if before.checked_add(1) == Some(after) { rising + 1 } else { 1 };
        falling = if before.checked_sub(1) == Some(after) { falling + 1 } else { 1 };
        if equal >= most || rising >= 7 || falling >= 7 {
            return true;
        }
    }
    is_repetition(bytes)
}

/// Whether an instance of a recipe has by chance what examples have: a word that stands in for a secret, or a pattern.
#[cfg(test)]
pub(super) fn is_made_up_by_chance(recipe: &str, instance: &str) -> bool {
    let recipe = recipe.to_ascii_lowercase();
    let words = STAND_INS.iter().chain(NO_PASSWORDS).copied();
    let words: Vec<&str> = words.filter(|word| !recipe.contains(word)).collect();
    has_telling_word(instance.as_bytes(), &words)
        || (has_pattern(instance.as_bytes()) && !has_pattern(recipe.as_bytes()))
}

/// The same few characters three times or more.
fn is_repetition(bytes: &[u8]) -> bool {
    const LONGEST: usize = 16;
    (1..=LONGEST.min(bytes.len() / 3))
        .any(|length| bytes.get(length..).is_some_and(|rest| bytes.starts_with(rest)))
}

/// Whether the last six characters are the CRC-32 of those before, in base 62, as GitHub and npm write it.
/// The order of the digits and whether the prefix counts are not documented by both, so each way is accepted.
pub(super) fn has_crc(prefix: &[u8], random: &[u8]) -> bool {
    const DIGITS: [&[u8; 62]; 2] = [
        b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    ];
    let Some((payload, sum)) = random.split_last_chunk::<6>() else { return false };
    let whole = [prefix, payload].concat();
    [crc32(payload), crc32(&whole)]
        .into_iter()
        .any(|crc| DIGITS.iter().any(|digits| base62(crc, digits) == *sum))
}

pub(super) fn base62(mut number: u32, digits: &[u8; 62]) -> [u8; 6] {
    let mut text = [b'0'; 6];
    for place in text.iter_mut().rev() {
        *place = digits.get((number % 62) as usize).copied().unwrap_or(b'0');
        number /= 62;
    }
    text
}

/// CRC-32 as in IEEE 802.3.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |mut crc: u32, &byte| {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};
    use crate::inspect::secret::tests::instance;

    #[test]
    fn six_of_a_kind_are_chance_in_a_long_row_of_hexadecimal() {
        let digits = "75937a99298a1c78cf82";
        assert!(!has_pattern(format!("{digits}555555dd3ea77289").as_bytes()));
        assert!(has_pattern(format!("{digits}55555555dd3ea772").as_bytes()));
        assert!(has_pattern(format!("{digits}xxxxxxdd3ea77289").as_bytes()));
        assert!(has_pattern(b"7593555555dd3e"));
    }

    #[test]
    fn a_word_in_disguise_is_chance_among_what_a_machine_drew() {
        let mut dice = Dice::new(fresh_seed());
        for word in ["7e57", "roO7", "t35T", "rOo7", "d3M0"] {
            assert!(is_made_up_in_disguise(format!("my-{word}-pa55").as_bytes()), "{word}");
            let (before, behind) =
                (instance(&mut dice, "{base62:3}X7x9k"), instance(&mut dice, "4Rv2{base62:4}"));
            let drawn = format!("{before}{word}{behind}");
            if is_made_up_by_chance("", &drawn.replace(word, "")) {
                continue;
            }
            assert!(!is_made_up_in_disguise(drawn.as_bytes()), "{drawn}");
        }
    }

    #[test]
    fn crc_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn checksums_are_told_from_other_characters() {
        let payload = b"k3Jd9fLq27ZxVbN4mPw8RtYu1sAhGc";
        let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut token = payload.to_vec();
        token.extend(base62(crc32(payload), digits));
        assert!(has_crc(b"npm_", &token));
        token[3] ^= 1;
        assert!(!has_crc(b"npm_", &token));
    }

    #[test]
    fn examples_are_not_random() {
        for word in [
            "xxxxxxxxxxxxxxxxxxxx",
            "abcdefghijklmnopqrst",
            "654321zyxwvutsrqponmlkjihgfedcba",
            "IOSFODNN7EXAMPLE",
            "1111111111111111",
            "ababababababab",
            "12ab9f12ab9f12ab9f",
        ] {
            assert!(!looks_random(word.as_bytes()), "{word}");
        }
        assert!(looks_random(b"K7QJ5ZTR2MVN4XWA"));
    }

    #[test]
    fn words_are_no_passwords() {
        for word in [
            "password",
            "mypassword1",
            "${PASSWORD}",
            "changeme123",
            "s3cr3t-1",
            "s3cre3t!",
            "Pa55w0rd!x",
            "12345678",
            "short1",
            "foobar12",
            "Admin@RootUser2024!",
            "TestServerProduction2024",
            "your-api-key-goes-here-1A2b",
        ] {
            assert!(!is_password(word.as_bytes()), "{word}");
        }
        // in long random ones, chance writes a word
        for word in ["k3Jd9fLtest27ZxVbN4m", "q7Rb1234XvT0zKpW2m"] {
            assert!(is_password(word.as_bytes()), "{word}");
        }
        for word in ["gT7kQ2vX9b", "Winter2017$", "VrksbAAjcwsl", "nvtApuXOsLIY", "SYWKNKfqmnuz", "fnxovtjnv"]
        {
            assert!(is_password(word.as_bytes()), "{word}");
        }
        for word in ["MyDatabase", "HTTPSProxy", "$HOME9abc", "strength", "Lengthy9$NAME"] {
            assert!(!is_password(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn in_a_long_number_in_hex_chance_writes_a_word() {
        for seed in [1, fresh_seed()] {
            let mut dice = Dice::new(seed);
            for word in ["abcd", "1234"] {
                for _ in 0..100 {
                    let (before, behind) = (20 + dice.below(20), 24 + dice.below(20));
                    let mut hex = |count| dice.characters("0123456789abcdef", count);
                    let number = format!("{}{word}{}", hex(before), hex(behind));
                    assert!(!has_telling_word(number.as_bytes(), NO_PASSWORDS), "{number}, seed {seed}");
                }
            }
        }
        for number in ["abcdabcdabcdabcdabcd1234", "abcd00000000000000000000000000001234"] {
            assert!(has_telling_word(number.as_bytes(), NO_PASSWORDS), "{number}");
        }
    }

    #[test]
    fn what_is_to_be_filled_in_is_a_placeholder() {
        for value in ["{b64:86}==", "([A-Za-z0-9+/]{86}==)", "pre-{token}", "x[0-9]{12}"] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        for value in ["Zq{7!k}Lw2#x", "a]b[c9Kx!", "{}abc123XYZ!", "pa{s,s}w0rd9X"] {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }
}
