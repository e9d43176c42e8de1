//! Services that a jar offers by lists of classes.

use std::collections::BTreeSet;

use crate::inventory::{EntryPointWeight, Inventory, MissingEntryPoint};

/// Whether a file lists the classes that offer a service.
pub(super) fn is_list(path: &str) -> bool {
    path.strip_prefix("META-INF/services/").is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

/// Classes that offer a service, by the archive's own word, and that it lacks though it has the rest of their package.
pub(super) fn missing(inventory: &Inventory) -> Vec<MissingEntryPoint> {
    let lists: Vec<_> = inventory.manifests.iter().filter(|kept| is_list(&kept.path)).collect();
    if lists.is_empty() {
        return Vec::new();
    }
    // One for a newer Java stands in a folder of its own.
    let plain =
        |path: &'_ str| match path.strip_prefix("META-INF/versions/").and_then(|rest| rest.split_once('/')) {
            Some((_, rest)) => rest.to_owned(),
            None => path.to_owned(),
        };
    let classes = inventory.top_files().filter(|entry| entry.path.ends_with(".class"));
    let classes: BTreeSet<String> = classes.map(|entry| plain(&entry.path)).collect();
    let folders: BTreeSet<&str> =
        classes.iter().filter_map(|path| path.rsplit_once('/')).map(|(folder, _)| folder).collect();
    let mut missing = Vec::new();
    for list in lists {
        let text = String::from_utf8_lossy(&list.bytes);
        for (number, line) in (1..).zip(text.lines()) {
            let class = line.split('#').next().unwrap_or_default().trim();
            let path = class.replace('.', "/");
            let is_ours = path.rsplit_once('/').is_some_and(|(folder, _)| folders.contains(folder));
            if is_ours && !classes.contains(&format!("{path}.class")) {
                missing.push(MissingEntryPoint {
                    field: list.path.clone(),
                    target: class.to_owned(),
                    weight: EntryPointWeight::Part,
                    near: None,
                    place: Some(list.path.clone()),
                    line: Some(number),
                });
            }
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    #[test]
    fn classes_that_are_listed_and_not_there() {
        for (list, expected) in [
            ("acme.Fast # the default\nacme.Gone\n", &["acme.Gone"][..]),
            ("acme.Fast$Inner\nacme.Newer\n\n# acme.Commented\n", &[]),
            ("other.Gone\nGone\n", &[]),
        ] {
            let files = [
                ("META-INF/services/acme.Service", list),
                ("acme/Fast.class", ""),
                ("acme/Fast$Inner.class", ""),
                ("META-INF/versions/17/acme/Newer.class", ""),
            ];
            let inventory = inventory("a.jar", "zip", &files);
            let found: Vec<String> = missing(&inventory).into_iter().map(|one| one.target).collect();
            assert_eq!(found, expected, "{list}");
        }
    }
}
