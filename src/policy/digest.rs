//! A digest of the policy in force, by which two people can tell whether they judge alike.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::rules;
use crate::settings::{Internal, Level, Own, Settings, Size, Waiver};
use crate::words::hex;

/// The digest of a policy. It is made when somebody asks for it, as most reports don't.
#[derive(Debug, Default)]
pub(super) struct PolicyDigest {
    settled: Settled,
    hex: OnceLock<String>,
}

impl PolicyDigest {
    /// Of a policy on these settings.
    pub(super) fn with(settings: &Settings) -> Arc<Self> {
        Arc::new(Self { settled: Settled::of(settings), hex: OnceLock::new() })
    }

    /// SHA-256, in hex, of all that decides what passes, in a canonical form: every rule's level, settings, waivers,
    /// the built-in tables and packgate's version. What it is of is the same at every call.
    ///
    /// Where something is written, in which order, and the reason given for it, make no difference. Nor does
    /// `--fail-on`, which is about one run and can only let less pass.
    pub(super) fn of(&self, levels: &LevelsInForce<'_>) -> &str {
        self.hex.get_or_init(|| {
            // All of it has a form in JSON: texts, numbers and lists.
            let canonical = serde_json::to_vec(&self.settled.canonical(levels)).unwrap_or_default();
            hex(&Sha256::digest(canonical))
        })
    }
}

/// The levels of a policy.
pub(super) struct LevelsInForce<'a> {
    pub(super) of_rule: &'a dyn Fn(&str) -> Level,
    pub(super) for_show: &'a BTreeMap<String, Level>,
    pub(super) exact: &'a BTreeSet<String>,
}

/// What is digested of settings beside the levels.
#[derive(Debug, Default)]
struct Settled {
    internal: Value,
    limits: Value,
    own: Value,
    size: Value,
    waivers: Vec<String>,
}

/// The form that is digested: objects with sorted keys, as the fields are here, and lists without an order sorted.
#[derive(Serialize)]
struct Canonical<'a> {
    exact: &'a BTreeSet<String>,
    for_show: BTreeMap<&'a str, &'static str>,
    form: &'static str,
    internal: &'a Value,
    levels: BTreeMap<&'static str, &'static str>,
    limits: &'a Value,
    own: &'a Value,
    size: &'a Value,
    tables: &'static str,
    version: &'static str,
    waivers: &'a [String],
}

impl Settled {
    fn of(settings: &Settings) -> Self {
        // Whoever adds a setting decides here what it means for the digest.
        let Settings {
            files,
            policy: _,
            policy_origin: _,
            levels: _,
            internal,
            own,
            size,
            limits,
            waivers,
            origins: _,
            locks: _,
        } = settings;
        let base = files.first().and_then(|file| file.parent()).unwrap_or(Path::new(""));
        Self {
            internal: internal_form(internal, base),
            limits: json!(limits),
            own: own_form(own, base),
            size: size_form(*size),
            waivers: sorted(waivers.iter().map(waiver_form)),
        }
    }

    fn canonical<'a>(&'a self, levels: &LevelsInForce<'a>) -> Canonical<'a> {
        let for_show = levels.for_show.iter().map(|(rule, level)| (rule.as_str(), level.word()));
        Canonical {
            exact: levels.exact,
            for_show: for_show.collect(),
            form: "packgate/policy-digest/v1",
            internal: &self.internal,
            levels: rules::ALL.iter().map(|rule| (rule.name, (levels.of_rule)(rule.name).word())).collect(),
            limits: &self.limits,
            own: &self.own,
            size: &self.size,
            tables: env!("PACKGATE_TABLES"),
            version: env!("CARGO_PKG_VERSION"),
            waivers: &self.waivers,
        }
    }
}

fn internal_form(internal: &Internal, base: &Path) -> Value {
    let Internal { paths, path_set: _, markers, marker_patterns, packages, hosts, roots, fingerprints } =
        internal;
    json!({
        "paths": sorted(paths),
        "markers": sorted(markers),
        "marker_patterns": sorted(marker_patterns.iter().map(|pattern| pattern.as_str())),
        "packages": sorted(packages),
        "hosts": sorted(hosts),
        "roots": sorted(roots.iter().map(|root| as_seen_from(base, root))),
        "fingerprints": sorted(fingerprints.iter().map(|file| contents(file))),
    })
}

fn own_form(own: &Own, base: &Path) -> Value {
    let Own { mode, folders, fingerprints } = own;
    json!({
        "mode": mode.word(),
        "folders": sorted(folders.iter().map(|folder| as_seen_from(base, folder))),
        "fingerprints": sorted(fingerprints.iter().map(|file| contents(file))),
    })
}

fn size_form(size: Size) -> Value {
    let Size { artifact, unpacked, entry, growth_percent } = size;
    json!({ "artifact": artifact, "unpacked": unpacked, "entry": entry, "growth_percent": growth_percent })
}

fn waiver_form(waiver: &Waiver) -> String {
    let Waiver { rule, package, place, finding_id, reason: _, expires, origin: _, inherited: _ } = waiver;
    let package = package.as_ref().map(|(pattern, _)| pattern);
    let place = place.as_ref().map(|(pattern, _)| pattern);
    let expires = expires.map(|day| day.to_string());
    json!({ "rule": rule, "package": package, "place": place, "fingerprint": finding_id, "expires": expires })
        .to_string()
}

fn sorted<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut items: Vec<String> = items.into_iter().map(Into::into).collect();
    items.sort();
    items.dedup();
    items
}

/// A path relative to the settings' folder, so that it is the same on every machine.
fn as_seen_from(base: &Path, path: &Path) -> String {
    for (up, above) in base.ancestors().enumerate().filter(|(_, above)| *above != Path::new("/")) {
        if let Ok(below) = path.strip_prefix(above) {
            let way: PathBuf =
                std::iter::repeat_n(Component::ParentDir, up).chain(below.components()).collect();
            return way.to_string_lossy().replace('\\', "/");
        }
    }
    path.to_string_lossy().replace('\\', "/")
}

/// What a file of fingerprints says, wherever it lies. One that can't be read stops the audit elsewhere.
fn contents(file: &Path) -> String {
    fs::read(file).map_or_else(|_| "unreadable".to_owned(), |bytes| hex(&Sha256::digest(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_same_on_every_machine() {
        for (base, path, expected) in [
            ("/home/ann/acme", "/home/ann/acme/src", "src"),
            ("/home/ann/acme", "/home/ann/acme/.", ""),
            ("/home/ann/acme/packages/a", "/home/ann/acme/core", "../../core"),
            ("/home/ann/acme/packages/a", "/home/ann/acme/packages/a/../../core", "../../core"),
            ("/home/ann/acme", "/srv/core", "/srv/core"),
            ("", "core", "core"),
        ] {
            assert_eq!(as_seen_from(Path::new(base), Path::new(path)), expected, "{path} from {base}");
        }
    }
}
