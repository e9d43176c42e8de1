//! `package.json`, read as leniently as the clients read it.

use serde_json::Value;

use super::super::json::Object;
use super::super::locate::{self, Located};
use crate::inventory::{ManifestProblem, ManifestTrouble};

/// The manifest of an npm package.
#[derive(Debug, Clone, Default)]
pub(in crate::ecosystem) struct Manifest {
    /// Its members, with lines.
    pub(in crate::ecosystem) object: Object,
    /// `files`, if it is an array; what isn't a string in it is left out.
    pub(in crate::ecosystem) files: Option<Vec<String>>,
}

/// Keys whose repetition changes what is installed or judged.
const DECISIVE: [&str; 17] = [
    "name",
    "version",
    "license",
    "private",
    "files",
    "main",
    "module",
    "browser",
    "types",
    "exports",
    "imports",
    "bin",
    "scripts",
    "dependencies",
    "bundleDependencies",
    "bundledDependencies",
    "type",
];

impl Manifest {
    /// Reads the manifest; says what is wrong with it and gives `None` if that is everything.
    pub(in crate::ecosystem) fn read(
        found: Located<'_>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Self> {
        let object = match Object::read(found.bytes) {
            Ok(object) => object,
            Err((line, why)) => {
                problems.push(locate::unreadable(found.entry, line, &why));
                return None;
            }
        };
        for (key, line) in object.contradictions() {
            if DECISIVE.contains(&key) {
                problems.push(ManifestProblem {
                    kind: ManifestTrouble::DuplicateKey,
                    place: found.entry.place.clone(),
                    line: Some(line),
                    detail: format!("\"{key}\" stands in it twice with different values: clients take the last one, reviewers see the first"),
                });
            }
        }
        Some(Self::from_object(object))
    }

    fn from_object(object: Object) -> Self {
        let files = object
            .get("files")
            .and_then(Value::as_array)
            .map(|items| items.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        Self { object, files }
    }

    /// A member that is a string.
    pub(in crate::ecosystem) fn text(&self, key: &str) -> Option<&str> {
        self.object.text(key)
    }

    /// `"private": true`.
    pub(in crate::ecosystem) fn is_private(&self) -> bool {
        self.object.get("private").is_some_and(|value| value == &Value::Bool(true) || value == "true")
    }

    /// The licence: an expression, or the forms of npm's first years.
    pub(in crate::ecosystem) fn license(&self) -> Option<String> {
        let one = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Object(map) => {
                map.get("type").or_else(|| map.get("name")).and_then(Value::as_str).map(str::to_owned)
            }
            _ => None,
        };
        let several = |value: &Value| match value {
            Value::Array(items) => {
                let names: Vec<String> = items.iter().filter_map(one).collect();
                (!names.is_empty()).then(|| names.join(" OR "))
            }
            other => one(other),
        };
        ["license", "licence", "licenses"]
            .iter()
            .find_map(|key| self.object.get(key).and_then(several))
            .filter(|text| !text.trim().is_empty())
    }
}
