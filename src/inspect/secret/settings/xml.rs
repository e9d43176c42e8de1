//! XML: attributes, texts of elements, and pairs of `key` and `value`.

use quick_xml::events::{BytesStart, Event};

use super::{Pair, lines, names};

/// All values with their names; `None` where it is no XML.
pub(super) fn pairs(text: &[u8]) -> Option<Vec<Pair<'_>>> {
    const MOST: usize = 50_000;
    const DEEPEST: usize = 128;
    let clear = std::str::from_utf8(text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)).ok()?;
    let mut reader = quick_xml::Reader::from_str(clear);
    reader.config_mut().check_end_names = false;
    let mut found: Vec<(String, String, String)> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    // in a property list a value is after its key, and Hadoop's settings have a `name` and a `value`
    let (mut key, mut key_depth) = (String::new(), 0);
    // the `value` of the element that was opened last
    let mut own_value: Option<usize> = None;
    let mut pending = String::new();
    while found.len() < MOST {
        let event = reader.read_event().ok()?;
        match &event {
            Event::Text(part) => pending.push_str(part),
            Event::CData(part) => pending.push_str(part),
            Event::GeneralRef(name) => pending.extend(["&", name, ";"]),
            _ => {}
        }
        if matches!(event, Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) {
            continue;
        }
        let whole = std::mem::take(&mut pending);
        let text = whole.trim();
        // a row of a table: what has a value has no text, and is no setting if it has
        if let Some(at) = own_value.take_if(|_| !text.is_empty()) {
            found.truncate(at);
        } else if let Some((name, above)) = path.split_last().filter(|_| !text.is_empty()) {
            let parent = above.last().cloned().unwrap_or_default();
            match name.as_str() {
                "key" | "name" => (key, key_depth) = (text.to_owned(), above.len()),
                "string" | "value" if !key.is_empty() => {
                    found.push((parent, std::mem::take(&mut key), text.to_owned()));
                }
                // lines of settings, as TomEE has them
                _ if text.contains('\n') && !is_prose(&whole) => {
                    let lines = lines::pairs(whole.as_bytes()).into_iter();
                    found.extend(lines.filter_map(|pair| {
                        Some((name.clone(), pair.name.into_owned(), whole.get(pair.value)?.to_owned()))
                    }));
                }
                _ => found.push((parent, name.clone(), text.to_owned())),
            }
        }
        match event {
            Event::Start(element) => {
                let before = found.len();
                path.push(attributes(&element, &mut found));
                let is_own = |(_, name, _): &(String, String, String)| name.eq_ignore_ascii_case("value");
                own_value = found.iter().skip(before).position(is_own).map(|at| before + at);
                if path.len() > DEEPEST {
                    return None;
                }
            }
            Event::Empty(element) => {
                attributes(&element, &mut found);
                own_value = None;
            }
            Event::End(_) => {
                path.pop();
                own_value = None;
                if path.len() < key_depth {
                    key.clear();
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let mut from = 0;
    let located =
        found.into_iter().filter(|(_, _, value)| value.len() >= 6).filter_map(|(parent, name, value)| {
            let find =
                |from: usize| memchr::memmem::find(text.get(from..)?, value.as_bytes()).map(|at| from + at);
            let at = find(from).or_else(|| find(0))?;
            from = at;
            Some(Pair::new(parent, name, at..at + value.len()))
        });
    Some(located.collect())
}

/// Whether a line has more words than a name, a sign and a value.
fn is_prose(text: &str) -> bool {
    text.lines().any(|line| line.split_whitespace().count() > 3)
}

/// Adds an element's attributes; returns the name for its text: what its `key` says, or its own.
fn attributes(element: &BytesStart<'_>, found: &mut Vec<(String, String, String)>) -> String {
    let own = element.local_name().as_ref().to_owned();
    let attributes: Vec<(String, String)> = element
        .attributes()
        .flatten()
        .map(|attribute| {
            (attribute.key.local_name().as_ref().to_owned(), attribute.value.as_ref().to_owned())
        })
        .collect();
    let named = attributes
        .iter()
        .find(|(name, _)| matches!(name.to_ascii_lowercase().as_str(), "key" | "name" | "id"))
        .map(|(_, value)| value.clone());
    for (name, value) in &attributes {
        let parent = if name.eq_ignore_ascii_case("value") {
            named.clone().unwrap_or_else(|| own.clone())
        } else {
            own.clone()
        };
        found.push((parent, name.clone(), value.clone()));
    }
    match named {
        Some(name)
            if matches!(
                own.as_str(),
                "entry" | "property" | "add" | "setting" | "string" | "param" | "Property"
            ) || names::kind("", &name).is_some() =>
        {
            name
        }
        _ => own,
    }
}
