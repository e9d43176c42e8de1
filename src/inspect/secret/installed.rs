//! The secret of an application that everybody installs: Google gives one to each, though it can't be kept. Those of older
//! applications have no form of their own, but the application's number beside them.

use memchr::memmem;

use super::Found;

/// What the number of an application ends in. A line may be broken before it.
const NUMBER: &[u8] = b"apps.googleusercontent.com";
/// Characters of a secret.
const LENGTH: usize = 24;
/// Bytes between the two at most.
const NEAR: usize = 200;

/// The rule that a secret belongs to which only its surroundings tell, by a rule of its own for those of Google.
pub(super) fn rule(text: &[u8], found: &Found, rule: &'static str) -> &'static str {
    let is_of_surroundings = matches!(rule, "secret-in-code" | "secret-settings-file");
    if is_of_surroundings && is_of_google(text, found) { "secret-google-oauth" } else { rule }
}

fn is_of_google(text: &[u8], found: &Found) -> bool {
    let token = text.get(found.token.clone()).unwrap_or_default();
    let is_of_form = token.len() == LENGTH
        && token.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte));
    let at = found.token.start;
    let before = text.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    let between =
        || memmem::rfind(before, NUMBER).and_then(|at| before.get(at + NUMBER.len()..)).unwrap_or_default();
    is_of_form && [&b"ecret"[..], b"ECRET"].iter().any(|word| memmem::find(between(), word).is_some())
}

#[cfg(test)]
mod tests {
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};
    use crate::inspect::secret::tests::{instance, scan};
    use crate::inventory::Media;

    #[test]
    fn secrets_beside_the_number_of_an_application() {
        let dice = &mut Dice::new(fresh_seed());
        for _ in 0..10 {
            let secret = instance(dice, "{base62:20}7xQ9");
            let number = instance(dice, "{digits:12}-{base62:32}.apps.googleusercontent.com");
            for (path, text, rule) in [
                (
                    "p/auth.py",
                    format!("CLIENT_ID = (\n    \"{number}\"\n)\nCLIENT_SECRET = \"{secret}\"\n"),
                    "secret-google-oauth",
                ),
                (
                    "p/auth.py",
                    format!(
                        "CLIENT_ID = ('{}')\nCLIENT_SECRET = '{secret}'\n",
                        number.replace(".apps", ".'\n    'apps")
                    ),
                    "secret-google-oauth",
                ),
                (
                    "p/config.json",
                    format!("{{\"client_id\": \"{number}\", \"client_secret\": \"{secret}\"}}"),
                    "secret-google-oauth",
                ),
                (
                    "p/config.json",
                    format!("{{\"client_id\": \"{number}\", \"client_secret\": \"{secret}x3\"}}"),
                    "secret-settings-file",
                ),
                ("p/config.json", format!("{{\"client_secret\": \"{secret}\"}}"), "secret-settings-file"),
            ] {
                let found: Vec<&str> =
                    scan(path, text.as_bytes(), Media::Text).iter().map(|secret| secret.rule).collect();
                assert_eq!(found, [rule], "{text}");
            }
        }
    }
}
