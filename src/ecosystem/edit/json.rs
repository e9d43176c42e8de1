//! Lists in JSON, written into the text as it stands: order, indentation and comments are kept.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObjectProp, CstRootNode};

use super::{Change, List};

pub(super) fn apply(text: &str, list: &List, change: &Change) -> Result<String, String> {
    let root = CstRootNode::parse(text, &ParseOptions::default()).map_err(|error| error.to_string())?;
    let object = root.object_value_or_create().ok_or("it is no object")?;
    let property = match object.get(list.key) {
        Some(property) => property,
        None => object.append(list.key, on_one_line(&list.begins_with)),
    };
    let array = property.array_value().ok_or_else(|| format!("\"{}\" is no list", list.key))?;
    let items = texts(&array).ok_or_else(|| format!("\"{}\" holds more than texts", list.key))?;
    match change {
        Change::Add(new) => {
            for item in new.iter().filter(|item| !items.contains(item)) {
                array.append(CstInputValue::String(item.clone()));
            }
        }
        Change::Replace { item, by } => {
            let found = items.iter().position(|one| one == item);
            let found = found.ok_or_else(|| format!("\"{}\" has no item {item}", list.key))?;
            let new: Vec<&String> = by.iter().filter(|item| !items.contains(item)).collect();
            replace(&property, &array, &items, found, &new);
        }
    }
    Ok(root.to_string())
}

fn on_one_line(items: &[String]) -> CstInputValue {
    CstInputValue::Array(items.iter().cloned().map(CstInputValue::String).collect())
}

fn replace(property: &CstObjectProp, array: &CstArray, items: &[String], at: usize, new: &[&String]) {
    if !array.to_string().contains('\n') {
        let mut items = items.to_vec();
        items.splice(at..=at, new.iter().map(|item| (*item).clone()));
        property.set_value(on_one_line(&items));
        return;
    }
    for item in new.iter().rev() {
        array.insert(at + 1, CstInputValue::String((*item).clone()));
    }
    if let Some(old) = array.elements().into_iter().nth(at) {
        old.remove();
    }
}

/// The items; `None` where one isn't a text.
fn texts(array: &CstArray) -> Option<Vec<String>> {
    array.elements().iter().map(|element| element.as_string_lit()?.decoded_value().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(text: &str, begins_with: &[&str], change: &Change) -> String {
        let begins_with = begins_with.iter().map(|item| (*item).to_owned()).collect();
        apply(text, &List { tables: &[], key: "files", begins_with }, change).unwrap()
    }

    #[test]
    fn indentation_order_and_line_ends_stay() {
        let add = Change::Add(vec!["!x".to_owned()]);
        let tabs = "{\n\t\"files\": [\n\t\t\"dist\"\n\t],\n\t\"main\": \"dist/a.js\"\n}\n";
        assert_eq!(applied(tabs, &[], &add), tabs.replace("\"dist\"\n", "\"dist\",\n\t\t\"!x\"\n"));
        let windows = "{\r\n  \"name\": \"a\"\r\n}\r\n";
        let changed = applied(windows, &["dist"], &add);
        assert_eq!(changed, "{\r\n  \"name\": \"a\",\r\n  \"files\": [\"dist\", \"!x\"]\r\n}\r\n");
        let replace = Change::Replace { item: "dist".into(), by: vec!["dist/a.js".into(), "dist/b".into()] };
        let one = "{\"files\": [\"dist\", \"bin\"]}";
        assert_eq!(applied(one, &[], &replace), "{\"files\": [\"dist/a.js\", \"dist/b\", \"bin\"]}");
        let changed = applied(tabs, &[], &replace);
        assert_eq!(changed, tabs.replace("\"dist\"\n", "\"dist/a.js\",\n\t\t\"dist/b\"\n"));
        let out = Change::Replace { item: "bin".into(), by: Vec::new() };
        assert_eq!(applied(one, &[], &out), "{\"files\": [\"dist\"]}");
    }
}
