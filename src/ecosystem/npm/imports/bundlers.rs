//! What Node can't load and bundlers can: who asks for it is loaded by a bundler alone, which completes the names of modules
//! and compiles what it loads.

use crate::inventory::{Asking, Entry, Import};

use super::dependencies::package_of;
use super::is_relative;

/// Files that bundlers make scripts of, by what their names end with.
const COMPILED: [&str; 11] =
    [".svelte", ".vue", ".astro", ".jsx", ".css", ".scss", ".sass", ".less", ".svg", ".png", ".graphql"];

/// Whether a script asks for what Node can't load.
pub(super) fn asks_for_more_than_node_has(script: &Entry) -> bool {
    let is_compiled =
        |specifier: &str| is_relative(specifier) && COMPILED.iter().any(|end| specifier.ends_with(end));
    asked(script).any(|one| is_compiled(&one.specifier)) || asks_for_react_native(script)
}

/// Whether a script asks for React Native, which only its own bundler can load, or for what stands on it.
pub(super) fn asks_for_react_native(script: &Entry) -> bool {
    asked(script).any(|one| is_react_native(package_of(&one.specifier)))
}

fn is_react_native(package: &str) -> bool {
    // the community's commands run in Node
    let is_tool = package.starts_with("@react-native-community/cli");
    let is_of_it = ["react-native-", "@react-native-", "expo-"].iter().any(|head| package.starts_with(head));
    matches!(package, "react-native" | "expo") || is_of_it && !is_tool
}

fn asked(script: &Entry) -> impl Iterator<Item = &Import> {
    script
        .imports
        .iter()
        .filter(|one| matches!(one.by, Asking::Import | Asking::TypedImport | Asking::Require))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_node_cannot_load() {
        for (by, specifier, compiled, native) in [
            (Asking::Import, "./A.svelte", true, false),
            (Asking::Import, "./a.css", true, false),
            (Asking::Require, "../a.vue", true, false),
            (Asking::Import, "normalize/a.css", false, false),
            (Asking::Import, "./a.svelte.js", false, false),
            (Asking::Export, "./A.svelte", false, false),
            (Asking::Import, "react-native", true, true),
            (Asking::Import, "react-native/Libraries/A", true, true),
            (Asking::Require, "@react-native-firebase/app/dist/module/common", true, true),
            (Asking::Import, "expo", true, true),
            (Asking::Import, "@react-native-community/cli-tools", false, false),
            (Asking::Import, "react", false, false),
            (Asking::Import, "exports-of", false, false),
        ] {
            let import = Import { specifier: specifier.into(), by, line: None };
            let script = Entry { imports: vec![import].into(), ..Entry::default() };
            assert_eq!(asks_for_more_than_node_has(&script), compiled, "{specifier}");
            assert_eq!(asks_for_react_native(&script), native, "{specifier}");
        }
    }
}
