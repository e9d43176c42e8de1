//! Inventories that are written down, to be judged later without the artifact.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::fingerprint::Labels;
use crate::inspect::ScanOptions;
use crate::inventory::Inventory;
use crate::words::hex;

/// The form of stored facts: a digest of the definitions in `src/inventory`, so that no change of theirs is forgotten.
pub const FORM: &str = concat!("2-", env!("PACKGATE_FACTS"));

/// An inventory as it is written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Facts<'a> {
    /// [`FORM`] of the program that wrote it.
    form: Cow<'a, str>,
    /// What was looked for.
    sought: Cow<'a, Sought>,
    /// What was found.
    inventory: Cow<'a, Inventory>,
}

/// Why stored facts can't be judged.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// Another version of the program wrote them.
    #[error(
        "this inventory is of form {0}, and this version of packgate judges form {FORM}; take stock again"
    )]
    OtherForm(String),
    /// They are damaged.
    #[error("these are no facts of an inventory: {0}")]
    Damaged(String),
}

impl<'a> Facts<'a> {
    /// The facts of an inventory that was taken while this was looked for.
    pub fn new(inventory: &'a Inventory, sought: &'a Sought) -> Self {
        Self { form: FORM.into(), sought: Cow::Borrowed(sought), inventory: Cow::Borrowed(inventory) }
    }

    /// Reads facts that were written down.
    ///
    /// # Errors
    /// They are damaged, or of another form.
    pub fn read(json: &RawValue) -> Result<(Inventory, Sought), FactsError> {
        #[derive(Deserialize)]
        struct Head {
            form: String,
        }
        let damaged = |error: serde_json::Error| FactsError::Damaged(error.to_string());
        let Head { form } = serde_json::from_str(json.get()).map_err(damaged)?;
        if form != FORM {
            return Err(FactsError::OtherForm(form));
        }
        let facts: Facts<'static> = serde_json::from_str(json.get()).map_err(damaged)?;
        let inventory = facts.inventory.into_owned();
        if inventory.everything().enumerate().any(|(position, entry)| entry.id.index() != position) {
            return Err(FactsError::Damaged("entries aren't numbered in their order".to_owned()));
        }
        Ok((inventory, facts.sought.into_owned()))
    }
}

/// What was looked for while stock was taken, by what says so: a digest of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sought(BTreeMap<Cow<'static, str>, String>);

impl Sought {
    /// What these options ask for.
    pub fn of(options: &ScanOptions) -> Self {
        let patterns: Vec<&str> = options.marker_patterns.iter().map(|pattern| pattern.as_str()).collect();
        let code = options.internal_code.as_ref().map(|index| index.write(Labels::Paths));
        let own = options.own_source.as_ref().map(|source| source.write(Labels::Paths));
        let parts = [
            ("the patterns of secrets and stray files", env!("PACKGATE_TABLES").as_bytes().to_vec()),
            ("internal.markers", json(&(&options.markers, patterns))),
            ("internal.packages", json(&options.packages)),
            ("internal.hosts", json(&options.hosts)),
            ("internal code", code.unwrap_or_default()),
            ("the project's own text", own.unwrap_or_default()),
            ("limits", json(&options.limits)),
        ];
        Self(parts.map(|(what, value)| (what.into(), hex(&Sha256::digest(value)))).into())
    }

    /// What is looked for now and was something else then.
    pub fn changed<'a>(&'a self, now: &'a Self) -> impl Iterator<Item = &'a str> {
        now.0.iter().filter(|(what, digest)| self.0.get(*what) != Some(digest)).map(|(what, _)| what.as_ref())
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: &str, entries: &str) -> Box<RawValue> {
        let text = format!(
            r#"{{"form": "{form}", "sought": {{}}, "inventory": {}}}"#,
            serde_json::to_string(&Inventory::default()).unwrap().replace(r#""entries":[]"#, entries),
        );
        RawValue::from_string(text).unwrap()
    }

    #[test]
    fn facts_of_another_form_are_refused() {
        Facts::read(&written(FORM, r#""entries":[]"#)).unwrap();
        let error = Facts::read(&written("1-0", r#""entries":[]"#)).unwrap_err();
        assert!(error.to_string().contains("form 1-0"), "{error}");
    }

    #[test]
    fn damaged_facts_are_refused() {
        let entry = crate::inventory::Entry { id: crate::inventory::EntryId(1), ..Default::default() };
        let entries = format!(r#""entries":[{}]"#, serde_json::to_string(&entry).unwrap());
        for entries in [entries.as_str(), r#""entries":[7]"#, r#""else":[]"#] {
            let error = Facts::read(&written(FORM, entries)).unwrap_err();
            assert!(matches!(error, FactsError::Damaged(_)), "{error}");
        }
    }

    #[test]
    fn what_changed_is_named() {
        let options = ScanOptions::default();
        let before = Sought::of(&options);
        assert_eq!(before.changed(&Sought::of(&options)).count(), 0);
        let now = ScanOptions { hosts: vec!["corp.example".to_owned()], ..options };
        assert_eq!(before.changed(&Sought::of(&now)).collect::<Vec<_>>(), ["internal.hosts"]);
    }
}
