//! cargo's providers of logins: how one is put before those that the user has, so that it is asked first.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::client::home;
use crate::project::read;

/// What cargo's configuration says of registries, in one folder.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    /// The files, those nearer to the folder first.
    files: Vec<Table>,
}

impl Configuration {
    pub(super) fn of(folder: &Path) -> Self {
        let texts = configurations(folder).into_iter().rev().filter_map(|file| read(&file));
        Self { files: texts.filter_map(|text| toml::from_str(&text).ok()).collect() }
    }

    /// The value of a key, as a variable or the nearest file has it.
    fn get(&self, key: &[&str]) -> Option<Value> {
        let name = format!("CARGO_{}", key.join("_")).to_ascii_uppercase().replace(['-', '.'], "_");
        let in_file = |file: &Table| {
            let (first, rest) = key.split_first()?;
            rest.iter().try_fold(file.get(*first)?, |value, key| value.get(key)).cloned()
        };
        let variable = std::env::var(name).ok().filter(|text| !text.is_empty());
        variable.map(Value::String).or_else(|| self.files.iter().find_map(in_file))
    }

    /// A program and its arguments.
    fn command(&self, key: &[&str]) -> Option<Vec<String>> {
        let command = match self.get(key)? {
            Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
            Value::Array(words) => words.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        (!command.is_empty()).then_some(command)
    }

    /// The provider that a registry has of its own.
    fn provider(&self, key: &[&str]) -> Option<Vec<String>> {
        let command = self.command(key)?;
        match command.as_slice() {
            [alias] => self.command(&["credential-alias", alias]).or(Some(command)),
            _ => Some(command),
        }
    }
}

/// cargo's arguments by which `gate` is asked before anybody gives a login for the registry that `asked` names. It
/// passes on to those that the user has, so that nothing has to be known of any login.
pub(super) fn behind(gate: &[&str], is: &Configuration, asked: &[OsString]) -> Result<Vec<OsString>, String> {
    /// A name that nobody else gives to a provider.
    const ALIAS: &str = "packgate-audited";
    let named = asked.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join("=");
    let named = named.strip_prefix("--registry=").map(str::to_owned);
    let default = || is.get(&["registry", "default"])?.as_str().map(str::to_owned);
    let registry = named.or_else(default).filter(|name| name != "crates-io");
    let key = match &registry {
        Some(name) => vec!["registries", name, "credential-provider"],
        None => vec!["registry", "credential-provider"],
    };
    let all =
        |value: &[&str]| Value::Array(value.iter().map(|word| Value::String((*word).to_owned())).collect());
    let set = |key: &[&str], value: Value| {
        [OsString::from("--config"), format!("{}={value}", key.join(".")).into()]
    };
    let Some(own) = is.provider(&key) else {
        let mut providers = vec![ALIAS];
        if is.get(&["registry", "global-credential-providers"]).is_none() {
            // What cargo has without any.
            providers.insert(0, "cargo:token");
        }
        // cargo adds them to the user's, and asks the last one first.
        let list = set(&["registry", "global-credential-providers"], all(&providers));
        return Ok([set(&["credential-alias", ALIAS], all(gate)), list].concat());
    };
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let is_ours = own.get(1) == Some(&"cargo-credential");
    let own = match own.iter().position(|word| *word == "--") {
        Some(at) if is_ours => own.get(at + 1..).unwrap_or_default(),
        _ if is_ours => &[],
        _ => own.as_slice(),
    };
    if let Some(inside) = own.first().filter(|word| word.starts_with("cargo:")) {
        return Err(format!(
            "`{}` in cargo's configuration is `{inside}`, which only cargo can ask: put it into `registry.global-credential-providers` instead",
            key.join(".")
        ));
    }
    let between: &[&str] = if own.is_empty() { &[] } else { &["--"] };
    Ok(set(&key, all(&[gate, between, own].concat())).into())
}

/// The files of cargo's configuration that hold for a folder, those nearer to it later, as they go before.
pub(super) fn configurations(folder: &Path) -> Vec<PathBuf> {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let mut above: Vec<PathBuf> = folder.ancestors().map(|above| above.join(".cargo")).collect();
    above.reverse();
    let all = home().into_iter().chain(above);
    let file = |folder: PathBuf| {
        ["config", "config.toml"].map(|name| folder.join(name)).into_iter().find(|file| file.is_file())
    };
    let mut files: Vec<PathBuf> = all.filter_map(file).collect();
    files.dedup();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(configuration: &str, asked: &[&str]) -> Result<String, String> {
        let is = Configuration { files: vec![toml::from_str(configuration).unwrap()] };
        let asked: Vec<OsString> = asked.iter().map(OsString::from).collect();
        let all = behind(&["packgate", "cargo-credential", "--only", "ab"], &is, &asked)?;
        Ok(all.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn goes_before_those_that_the_user_has() {
        let all = arguments("", &[]).unwrap();
        assert!(all.contains(
            r#"credential-alias.packgate-audited=["packgate", "cargo-credential", "--only", "ab"]"#
        ));
        assert!(all.contains(r#"global-credential-providers=["cargo:token", "packgate-audited"]"#), "{all}");
        let all = arguments("registry.global-credential-providers = [\"cargo:libsecret\"]", &[]).unwrap();
        assert!(all.contains(r#"global-credential-providers=["packgate-audited"]"#), "{all}");
    }

    #[test]
    fn takes_the_place_of_one_that_the_registry_has_of_its_own() {
        let acme = "registries.acme.credential-provider = [\"ask\", \"--fast\"]";
        let with = |configuration: &str| arguments(configuration, &["--registry", "acme"]);
        let held =
            r#"--config registries.acme.credential-provider=["packgate", "cargo-credential", "--only", "ab""#;
        assert_eq!(with(acme).unwrap(), format!("{held}, \"--\", \"ask\", \"--fast\"]"));
        assert!(arguments(acme, &[]).unwrap().contains("packgate-audited"), "another registry");
        let default = format!("registry.default = \"acme\"\n{acme}");
        assert_eq!(arguments(&default, &[]), with(acme));
        let ours = "registries.acme.credential-provider = [\"/bin/packgate\", \"cargo-credential\"]";
        assert_eq!(with(ours).unwrap(), format!("{held}]"));
        let alias = "credential-alias.x = \"ask --fast\"\nregistries.acme.credential-provider = \"x\"";
        assert_eq!(with(alias), with(acme));
        let inside = with("registries.acme.credential-provider = \"cargo:libsecret\"").unwrap_err();
        assert!(inside.contains("only cargo can ask"), "{inside}");
    }
}
