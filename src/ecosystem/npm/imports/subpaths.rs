//! What `exports` and `imports` of a manifest say to a name that the package asks itself for.

use serde_json::{Map, Value};

use super::super::manifest::NODE;

/// Whether a package of this `exports` lets itself be asked for a subpath (`.`, `./util`).
pub(super) fn exported(exports: &Value, subpath: &str) -> bool {
    match exports {
        Value::Object(map) if map.keys().any(|key| key.starts_with('.')) => {
            mapped(map, subpath).is_some_and(|(target, _)| !target.is_null())
        }
        _ => subpath == ".",
    }
}

/// The paths that Node may find behind a name of `imports`; none where the name isn't there, or isn't for Node.
pub(super) fn imported(imports: &Value, name: &str) -> Vec<String> {
    let mut paths = Vec::new();
    if let Some((target, star)) = imports.as_object().and_then(|map| mapped(map, name)) {
        targets(target, star, 0, &mut paths);
    }
    paths
}

/// What a key leads to, and what stands for the star in it: the key itself, or the pattern with the longest beginning.
fn mapped<'v, 'k>(map: &'v Map<String, Value>, key: &'k str) -> Option<(&'v Value, &'k str)> {
    if let Some(target) = map.get(key).filter(|_| !key.contains('*')) {
        return Some((target, ""));
    }
    let fits = |(pattern, target): (&'v String, &'v Value)| {
        let (before, after) = pattern.split_once('*').or_else(|| Some((pattern.strip_suffix('/')?, "")))?;
        let star = key.strip_prefix(before)?.strip_suffix(after)?;
        (!star.is_empty()).then_some((before.len(), target, star))
    };
    let best = map.iter().filter_map(fits).max_by_key(|(length, _, _)| *length)?;
    Some((best.1, best.2))
}

fn targets(target: &Value, star: &str, depth: usize, paths: &mut Vec<String>) {
    const DEEPEST: usize = 32;
    match target {
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
            assert_eq!(exported(&exports, subpath), expected, "{subpath}");
        }
        assert!(exported(&json!("./a.js"), ".") && !exported(&json!({"import": "./a.js"}), "./b"));
    }

    #[test]
    fn what_node_finds_behind_a_name() {
        let imports = json!({"#a": {"browser": "./b.js", "default": "./a.js"}, "#x/*": "./x/*.js", "#y": {"vite": "./y.js"}});
        for (name, expected) in [("#a", &["./a.js"][..]), ("#x/1", &["./x/1.js"]), ("#y", &[]), ("#z", &[])] {
            assert_eq!(imported(&imports, name), expected, "{name}");
        }
    }
}
