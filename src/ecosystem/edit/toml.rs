//! Lists in TOML, written into the text as it stands.

use toml_edit::{Array, DocumentMut, Item, RawString, Table, Value};

use super::{Change, List};

pub(super) fn apply(text: &str, list: &List, change: &Change) -> Result<String, String> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for (depth, name) in list.tables.iter().enumerate() {
        let mut new = Table::new();
        // Only the innermost gets a header of its own.
        new.set_implicit(depth + 1 < list.tables.len());
        let item = table.entry(name).or_insert(Item::Table(new));
        table = item.as_table_like_mut().ok_or_else(|| format!("{name} is no table"))?;
    }
    let new = || Item::Value(Value::Array(list.begins_with.iter().collect()));
    let array = table.entry(list.key).or_insert_with(new).as_array_mut();
    let array = array.ok_or_else(|| format!("{} is no list", list.key))?;
    let place = |array: &Array, item: &str| array.iter().position(|value| path(value) == Some(item));
    match change {
        Change::Add(items) => {
            for item in items {
                if place(array, item).is_none() {
                    insert(array, array.len(), Value::from(item));
                }
            }
        }
        Change::Replace { item, by } => {
            let found = place(array, item).ok_or_else(|| format!("{} has no item {item}", list.key))?;
            let old = array.get(found).cloned();
            for item in by.iter().rev() {
                if place(array, item).is_none() {
                    insert(array, found + 1, with_path(old.as_ref(), item));
                }
            }
            let old = array.remove(found);
            // What comes first stands as the old one did: without the blank between two items.
            if let Some(new) = array.get_mut(found)
                && found == 0
                && new.decor().prefix().and_then(RawString::as_str) == Some(" ")
            {
                *new.decor_mut() = old.decor().clone();
            }
        }
    }
    Ok(document.to_string())
}

/// What an item names; poetry has items with more to them, `{ path = "conf/*", format = "sdist" }`.
fn path(item: &Value) -> Option<&str> {
    match item {
        Value::InlineTable(table) => table.get("path")?.as_str(),
        item => item.as_str(),
    }
}

/// An item for another path, with what else the old one says.
fn with_path(old: Option<&Value>, path: &str) -> Value {
    let Some(Value::InlineTable(table)) = old else { return Value::from(path) };
    let mut table = table.clone();
    if let Some(place) = table.get_mut("path") {
        let decor = place.decor().clone();
        *place = Value::from(path);
        *place.decor_mut() = decor;
    }
    Value::InlineTable(table)
}

/// Inserts an item that looks like its neighbour: on a line of its own where that is.
fn insert(array: &mut Array, at: usize, mut value: Value) {
    let before = at.checked_sub(1).and_then(|neighbour| array.get(neighbour));
    let prefix = before.and_then(|value| value.decor().prefix().and_then(RawString::as_str));
    // A comment above the neighbour is the neighbour's own.
    let prefix = match prefix.and_then(|prefix| prefix.rfind('\n').and_then(|line| prefix.get(line..))) {
        Some(line) => line.to_owned(),
        None if at == 0 => String::new(),
        None => " ".to_owned(),
    };
    *value.decor_mut() = toml_edit::Decor::new(prefix, "");
    array.insert_formatted(at, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str, tables: &'static [&'static str]) -> String {
        let list = List { tables, key: "exclude", begins_with: Vec::new() };
        apply(text, &list, &Change::Add(vec!["**/.env".to_owned()])).unwrap()
    }

    #[test]
    fn an_item_with_more_to_it_keeps_that() {
        let list = List { tables: &["tool", "poetry"], key: "include", begins_with: Vec::new() };
        let text = "[tool.poetry]\ninclude = [\n    { path = \"conf/*\", format = \"sdist\" },\n    \"CHANGES\",\n]\n";
        let by = ["conf/a", "conf/b"].map(str::to_owned).to_vec();
        assert_eq!(
            apply(text, &list, &Change::Replace { item: "conf/*".to_owned(), by }).unwrap(),
            text.replace(
                "{ path = \"conf/*\", format = \"sdist\" },",
                "{ path = \"conf/a\", format = \"sdist\" },\n    { path = \"conf/b\", format = \"sdist\" },"
            )
        );
    }

    #[test]
    fn what_takes_the_place_of_the_first_item_stands_where_that_did() {
        let list = List { tables: &["a"], key: "include", begins_with: Vec::new() };
        for (text, expected) in [
            ("[a]\ninclude = [\"x/*\"]\n", "[a]\ninclude = [\"x/y\", \"x/z\"]\n"),
            ("[a]\ninclude = [ \"x/*\", \"b\" ]\n", "[a]\ninclude = [ \"x/y\", \"x/z\", \"b\" ]\n"),
        ] {
            let by = ["x/y", "x/z"].map(str::to_owned).to_vec();
            assert_eq!(
                apply(text, &list, &Change::Replace { item: "x/*".to_owned(), by }).unwrap(),
                expected
            );
        }
    }

    #[test]
    fn comments_and_layout_stay() {
        assert_eq!(
            added("[a]\nexclude = [\"x\"] # ours\n", &["a"]),
            "[a]\nexclude = [\"x\", \"**/.env\"] # ours\n"
        );
        let lines = "[a]\nexclude = [\n    # why\n    \"x\",\n]\n";
        assert_eq!(added(lines, &["a"]), "[a]\nexclude = [\n    # why\n    \"x\",\n    \"**/.env\",\n]\n");
        assert_eq!(
            added("[project]\nname = \"a\"\n", &["tool", "hatch", "build"]),
            "[project]\nname = \"a\"\n\n[tool.hatch.build]\nexclude = [\"**/.env\"]\n"
        );
        assert_eq!(
            added("[tool.hatch.build.targets.wheel]\npackages = []\n", &["tool", "hatch", "build"]),
            "[tool.hatch.build]\nexclude = [\"**/.env\"]\n[tool.hatch.build.targets.wheel]\npackages = []\n"
        );
    }
}
