//! Tables of digests: one under each name, some of which are called like credentials (`"AWS::ApiGateway::ApiKey":
//! "b899a0d240b53d9d"`).

use std::cell::OnceCell;
use std::collections::HashMap;

/// Other digests of the same length in a file, from which on one under such a name is a digest, too.
const MOST_BY_CHANCE: usize = 8;

/// How many digests of each length a file has, counted when somebody asks.
pub(super) struct Digests<'t> {
    text: &'t [u8],
    counted: OnceCell<HashMap<usize, usize>>,
}

impl<'t> Digests<'t> {
    pub(super) fn of(text: &'t [u8]) -> Self {
        Self { text, counted: OnceCell::new() }
    }

    /// Whether a value is one of a table's: its name is one of a type or a path, and no setting's.
    pub(super) fn has(&self, name: &str, value: &[u8]) -> bool {
        let is_of_table = name.contains("::") || name.contains('/');
        is_of_table && is_digest(value) && {
            let counted = self.counted.get_or_init(|| self.count());
            counted.get(&value.len()).is_some_and(|count| *count > MOST_BY_CHANCE)
        }
    }

    /// All that stand in quotes.
    fn count(&self) -> HashMap<usize, usize> {
        let mut counted = HashMap::new();
        let mut last = 0;
        for quote in memchr::memchr_iter(b'"', self.text) {
            let between = self.text.get(last..quote).unwrap_or_default();
            if is_digest(between) {
                *counted.entry(between.len()).or_default() += 1;
            }
            last = quote + 1;
        }
        counted
    }
}

/// Whether it is a number in hexadecimal, as long as a digest.
fn is_digest(value: &[u8]) -> bool {
    matches!(value.len(), 8 | 12 | 16 | 20 | 24 | 32 | 40 | 56 | 64 | 96 | 128)
        && value.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};

    #[test]
    fn a_table_of_digests_holds_no_credentials() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..20 {
            let mut row = |name: &str| format!("\"{name}\": \"{}\"", dice.characters("0123456789abcdef", 32));
            let types =
                ["Account", "Stage", "Method", "Model", "Resource", "Route", "Api", "Domain", "Link", "Plan"];
            let mut rows: Vec<String> =
                types.iter().map(|name| row(&format!("Cloud::Gateway::{name}"))).collect();
            rows.push(row("Cloud::Gateway::ApiKey"));
            assert!(!super::super::in_json(format!("{{{}}}", rows.join(", ")).as_bytes()));
            rows.push(row("apiKey"));
            assert!(super::super::in_json(format!("{{{}}}", rows.join(", ")).as_bytes()));
            // beside a few of them, a key is one
            let few = rows.split_off(8);
            assert!(super::super::in_json(format!("{{{}}}", few.join(", ")).as_bytes()));
        }
    }

    #[test]
    fn what_is_said_to_be_no_secret_is_none() {
        use crate::inspect::secret::settings::names::kind;
        assert_eq!(kind("not_secret", "client_secret"), None);
        assert!(kind("web", "client_secret").is_some());
    }
}
