//! Where those who use a package come in, as far as that can be told for sure: Node's targets, not a bundler's.

use serde_json::Value;

use crate::inventory::Reach;

use super::super::manifest::{Manifest, NODE};
use super::super::wholeness;
use super::Graph;
use super::resolve::{Resolved, Tree};

/// A file that users of the package enter by.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Root {
    /// Its path from the package's folder.
    pub(super) path: String,
    pub(super) reach: Reach,
    /// What of the manifest names it.
    pub(super) field: String,
}

/// All of them that are there.
pub(super) fn roots(manifest: &Manifest, tree: &Tree<'_>) -> Vec<Root> {
    let mut all = Roots { tree, found: Vec::new() };
    // What is named as code there is types.
    let is_types_only = manifest.text("name").is_some_and(|name| name.starts_with("@types/"));
    match manifest.object.get("exports").filter(|exports| !exports.is_null()) {
        Some(exports) => all.exports(exports),
        None => {
            let main = manifest.text("main").filter(|main| !main.trim().is_empty()).unwrap_or("index");
            let main = if all.resolves(main, Graph::Code) { main } else { "index" };
            all.add(main, Graph::Code, Reach::Package, "main");
            all.add(main, Graph::Types, Reach::Types, "main");
        }
    }
    for key in ["types", "typings"] {
        if let Some(path) = manifest.text(key) {
            all.add(path, Graph::Types, Reach::Types, key);
        }
    }
    if let Some(path) = manifest.text("style") {
        all.add(path, Graph::Styles, Reach::Styles, "style");
    }
    for (name, path) in manifest.bins() {
        all.add(&path, Graph::Code, Reach::Command, &format!("bin[\"{name}\"]"));
    }
    if let Some((event, path)) = wholeness::install_script(manifest) {
        all.add(&path, Graph::Code, Reach::Install, &format!("scripts.{event}"));
    }
    all.found.retain(|root| !is_types_only || root.reach == Reach::Types);
    all.found
}

struct Roots<'t, 'a> {
    tree: &'t Tree<'a>,
    found: Vec<Root>,
}

impl Roots<'_, '_> {
    fn resolves(&self, path: &str, graph: Graph) -> bool {
        matches!(self.tree.resolve("package.json", &format!("./{path}"), graph), Resolved::File(_))
    }

    fn add(&mut self, path: &str, graph: Graph, reach: Reach, field: &str) {
        if let Resolved::File(path) = self.tree.resolve("package.json", &format!("./{path}"), graph) {
            let root = Root { path: path.to_owned(), reach, field: field.to_owned() };
            self.found.push(root);
        }
    }

    fn exports(&mut self, exports: &Value) {
        match exports {
            Value::Object(map) if map.keys().any(|key| key.starts_with('.')) => {
                for (key, target) in map.iter().filter(|(key, _)| !key.contains('*')) {
                    let reach = if key == "." { Reach::Package } else { Reach::Subpath };
                    self.target(target, reach, &format!("exports[\"{key}\"]"), 0);
                }
            }
            other => self.target(other, Reach::Package, "exports", 0),
        }
    }

    fn target(&mut self, target: &Value, reach: Reach, field: &str, depth: usize) {
        const DEEPEST: usize = 32;
        match target {
            Value::String(path) if !path.contains('*') && path.starts_with("./") => {
                let graph = match reach {
                    Reach::Types => Graph::Types,
                    _ if path.ends_with(".css") => {
                        return self.add(path, Graph::Styles, Reach::Styles, field);
                    }
                    _ => Graph::Code,
                };
                // A target is taken as it is written, without any other extension.
                if self.tree.get(path.trim_start_matches("./")).is_some() {
                    self.add(path, graph, reach, field);
                    if graph == Graph::Code {
                        self.add(path, Graph::Types, Reach::Types, field);
                    }
                }
            }
            Value::Array(items) if depth < DEEPEST => {
                // The first one that can be a target is it, be the file there or not.
                if let Some(first) = items.iter().find(|item| !item.is_null()) {
                    self.target(first, reach, field, depth + 1);
                }
            }
            Value::Object(map) if depth < DEEPEST => {
                for (condition, target) in map {
                    let is_types = condition == "types" || condition.starts_with("types@");
                    let is_taken = NODE.contains(&condition.as_str());
                    // What Node takes first leaves nothing for it in the default.
                    let is_left_over = condition == "default" && map.contains_key("node");
                    if is_types {
                        self.target(target, Reach::Types, &format!("{field}.{condition}"), depth + 1);
                    } else if is_taken && !is_left_over {
                        self.target(target, reach, &format!("{field}.{condition}"), depth + 1);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::json::Object;
    use crate::inventory::Entry;

    fn found(manifest: &str, paths: &[&str]) -> Vec<(String, Reach)> {
        let manifest = Manifest::from_object(Object::read(manifest.as_bytes()).unwrap());
        let entry = Entry::default();
        let files: Vec<(&str, &Entry)> = paths.iter().map(|path| (*path, &entry)).collect();
        let tree = Tree::new(&files, manifest.text("main"));
        roots(&manifest, &tree).into_iter().map(|root| (root.path, root.reach)).collect()
    }

    #[test]
    fn what_node_enters_by() {
        use Reach::{Command, Package, Styles, Subpath, Types};
        for (manifest, paths, expected) in [
            (r#"{}"#, &["index.js", "index.d.ts"][..], &[("index.js", Package), ("index.d.ts", Types)][..]),
            (r#"{"main": "lib"}"#, &["lib/index.js"], &[("lib/index.js", Package), ("lib/index.js", Types)]),
            (r#"{"main": "gone"}"#, &["index.js"], &[("index.js", Package), ("index.js", Types)]),
            (
                r#"{"exports": {".": {"types": "./a.d.ts", "browser": "./b.js", "import": "./a.mjs"}, "./c": "./c.css", "./x/*": "./x/*.js"}, "bin": "cli"}"#,
                &["a.d.ts", "b.js", "a.mjs", "c.css", "x/1.js"],
                &[("a.mjs", Package), ("a.d.ts", Types), ("a.d.ts", Types), ("c.css", Styles)],
            ),
            (
                r#"{"exports": {"node": "./n.js", "default": "./d.js"}}"#,
                &["n.js", "d.js"],
                &[("n.js", Package), ("n.js", Types)],
            ),
            (r#"{"exports": {"./s": ["./a.js", "./b.js"]}}"#, &["b.js"], &[]),
            (
                r#"{"exports": {"./s": "./a.js"}, "name": "x", "bin": "c.js"}"#,
                &["a.js", "c.js"],
                &[("a.js", Subpath), ("a.js", Types), ("c.js", Command)],
            ),
            (
                r#"{"name": "@types/x", "main": "a.js", "types": "a.d.ts"}"#,
                &["a.js", "a.d.ts"],
                &[("a.d.ts", Types), ("a.d.ts", Types)],
            ),
        ] {
            let expected: Vec<(String, Reach)> =
                expected.iter().map(|(path, reach)| ((*path).to_owned(), *reach)).collect();
            let mut found = found(manifest, paths);
            let mut wanted = expected;
            found.sort();
            wanted.sort();
            assert_eq!(found, wanted, "{manifest}");
        }
    }
}
