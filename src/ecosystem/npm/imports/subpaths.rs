//! What `exports` and `imports` of a manifest say to a name that the package asks itself for.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::manifest::NODE;

/// Paths behind one name. Nobody writes more, and they are looked up for each import.
const MOST: usize = 100;

/// One of the two, ready to be asked often: a manifest may have many keys, and a package many imports.
pub(super) struct Subpaths<'m> {
    keys: HashMap<&'m str, &'m Value>,
    /// By what a pattern has before its star, and then by what it has behind.
    patterns: HashMap<&'m str, HashMap<&'m str, &'m Value>>,
}

impl<'m> Subpaths<'m> {
    /// Those of `exports`. One without subpaths is about the package itself.
    pub(super) fn of_exports(exports: &'m Value) -> Self {
        match exports {
            Value::Object(map) if map.keys().any(|key| key.starts_with('.')) => Self::of_map(map),
            _ => Self { keys: HashMap::from([(".", exports)]), patterns: HashMap::new() },
        }
    }

    /// Those of `imports`.
    pub(super) fn of_imports(imports: &'m Value) -> Option<Self> {
        imports.as_object().map(Self::of_map)
    }

    fn of_map(map: &'m Map<String, Value>) -> Self {
        let mut patterns: HashMap<&str, HashMap<&str, &Value>> = HashMap::new();
        for (key, target) in map {
            let parts = key.split_once('*').or_else(|| Some((key.strip_suffix('/')?, "")));
            if let Some((before, after)) = parts {
                patterns.entry(before).or_default().insert(after, target);
            }
        }
        let keys = map.iter().filter(|(key, _)| !key.contains('*'));
        Self { keys: keys.map(|(key, target)| (key.as_str(), target)).collect(), patterns }
    }

    /// Whether a package of this `exports` lets itself be asked for a subpath (`.`, `./util`).
    pub(super) fn has(&self, subpath: &str) -> bool {
        self.mapped(subpath).is_some_and(|(target, _)| !target.is_null())
    }

    /// Whether a name is there at all, for whomever.
    pub(super) fn names(&self, name: &str) -> bool {
        self.mapped(name).is_some()
    }

    /// The paths that Node may find behind a name of `imports`; none where the name isn't there, isn't for Node, or has too
    /// many to tell.
    pub(super) fn paths(&self, name: &str) -> Vec<String> {
        let mut paths = Vec::new();
        if let Some((target, star)) = self.mapped(name) {
            targets(target, star, 0, &mut paths);
        }
        if paths.len() < MOST { paths } else { Vec::new() }
    }

    /// The one path that Node takes for a name of `imports`, where it doesn't depend on the order of the conditions, which
    /// isn't known here.
    pub(super) fn path_of_node(&self, name: &str, is_required: bool) -> Option<String> {
        const DEEPEST: usize = 32;
        let (mut target, star) = self.mapped(name)?;
        for _ in 0..DEEPEST {
            let map = match target {
                Value::String(path) => return Some(path.replace('*', star)),
                Value::Object(map) => map,
                _ => return None,
            };
            // what stands for everything else is last
            let conditions = map.keys().filter(|key| *key != "default" && NODE.contains(&key.as_str()));
            let conditions: Vec<&str> = conditions.map(String::as_str).take(3).collect();
            let by = if is_required { "require" } else { "import" };
            let condition = match conditions.as_slice() {
                ["node"] => "node",
                ["import" | "require"] if map.contains_key(by) => by,
                ["import", "require"] | ["require", "import"] => by,
                [] | ["import" | "require"] => "default",
                _ => return None,
            };
            target = map.get(condition)?;
        }
        None
    }

    /// What a key leads to, and what stands for the star in it: the key itself, or the pattern with the longest beginning.
    fn mapped<'k>(&self, key: &'k str) -> Option<(&'m Value, &'k str)> {
        if let Some(target) = self.keys.get(key) {
            return Some((target, ""));
        }
        (0..key.len()).rev().find_map(|start| {
            let behind = self.patterns.get(key.get(..start)?)?;
            (start + 1..=key.len()).find_map(|end| {
                let target = behind.get(key.get(end..)?)?;
                Some((*target, key.get(start..end)?))
            })
        })
    }
}

fn targets(target: &Value, star: &str, depth: usize, paths: &mut Vec<String>) {
    const DEEPEST: usize = 32;
    match target {
        _ if paths.len() >= MOST => {}
        Value::String(path) => paths.push(path.replace('*', star)),
        Value::Array(items) if depth < DEEPEST => {
            items.iter().for_each(|item| targets(item, star, depth + 1, paths));
        }
        Value::Object(map) if depth < DEEPEST => {
            let taken = map.iter().filter(|(condition, _)| NODE.contains(&condition.as_str()));
            taken.for_each(|(_, item)| targets(item, star, depth + 1, paths));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_package_lets_itself_ask_for() {
        let exports = json!({".": "./a.js", "./b/*": "./b/*.js", "./b/private/*": null, "./c/": "./c/"});
        for (subpath, expected) in
            [(".", true), ("./b/x", true), ("./b/private/x", false), ("./c/x.js", true), ("./d", false)]
        {
            assert_eq!(Subpaths::of_exports(&exports).has(subpath), expected, "{subpath}");
        }
        let (alone, conditions) = (json!("./a.js"), json!({"import": "./a.js"}));
        assert!(Subpaths::of_exports(&alone).has(".") && !Subpaths::of_exports(&conditions).has("./b"));
    }

    #[test]
    fn the_one_path_that_node_takes() {
        let imports = json!({
            "#a": {"browser": "./b.js", "node": "./n.js", "default": "./d.js"},
            "#b": {"import": "./i.js", "require": "./r.js", "default": "./d.js"},
            "#c/*": {"vite": "./v.js", "default": {"require": "./r/*.js", "default": "./d/*.js"}},
            "#d": {"node": "./n.js", "import": "./i.js"},
            "#e": ["x", "./a.js"],
            "#f": {"browser": "./b.js"},
        });
        let known = Subpaths::of_imports(&imports).unwrap();
        for (name, imported, required) in [
            ("#a", Some("./n.js"), Some("./n.js")),
            ("#b", Some("./i.js"), Some("./r.js")),
            ("#c/x", Some("./d/x.js"), Some("./r/x.js")),
            ("#d", None, None),
            ("#e", None, None),
            ("#f", None, None),
            ("#g", None, None),
        ] {
            assert_eq!(known.path_of_node(name, false).as_deref(), imported, "{name}");
            assert_eq!(known.path_of_node(name, true).as_deref(), required, "{name}");
        }
    }

    #[test]
    fn what_node_finds_behind_a_name() {
        let imports = json!({"#a": {"browser": "./b.js", "default": "./a.js"}, "#x/*": "./x/*.js", "#y": {"vite": "./y.js"}});
        for (name, expected) in [("#a", &["./a.js"][..]), ("#x/1", &["./x/1.js"]), ("#y", &[]), ("#z", &[])] {
            let known = Subpaths::of_imports(&imports).unwrap();
            assert_eq!(known.paths(name), expected, "{name}");
            assert_eq!(known.names(name), name != "#z", "{name}");
        }
    }
}
