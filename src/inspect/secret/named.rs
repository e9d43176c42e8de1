//! Files inside a file that gives their names: those that a patch adds or changes, those that JSON and scripts hold as
//! texts (`"config/production.yml": "..."`, `{"path": ".env", "content": "..."}`), and those that scripts write. Settings
//! are known by their names, so without these they would be any text.

use std::sync::LazyLock;

use memchr::memmem;

use crate::inspect::map::Settings;

/// What the head of a file in a patch has before the name.
static HEADS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("\n+++ "));
/// What a file begins with that stands in an address.
static ADDRESSES: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("\"data:"));
/// Behind the name of a member.
static COLONS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("\":"));
/// Bytes of a file that is looked at.
const LARGEST: usize = 4 << 20;
/// Bytes of one file in a patch.
const LONGEST_FILE: usize = 64 << 10;
/// Bytes of a name.
const LONGEST_NAME: usize = 200;
/// Named texts of one file that are looked at.
const MOST: usize = 2_000;

/// The named texts that are settings with credentials.
pub(super) fn find(text: &[u8]) -> Vec<Settings> {
    if text.len() > LARGEST {
        return Vec::new();
    }
    // Almost every small file is told from them by this.
    let may_hold = memchr::memchr3(b'\\', b'`', b'@', text).is_some()
        || text.starts_with(b"{") && ADDRESSES.find(text).is_some();
    let held = may_hold.then(|| in_patch(text).into_iter().chain(in_members(text)));
    let texts = held.into_iter().flatten().chain(super::written::files(text));
    texts.take(MOST).filter(|named| super::are_settings(&named.path, &named.text)).collect()
}

/// The files of a patch as they are before and behind it, as far as it shows them.
fn in_patch(text: &[u8]) -> Vec<Settings> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| HEADS.find(rest)).map(|at| from + at + 1) {
        let body = at + line_length(text, at);
        let shown = text.get(body..text.len().min(body + LONGEST_FILE)).unwrap_or_default();
        let shown =
            shown.get(..memmem::find(shown, b"\n--- ").map_or(shown.len(), |end| end + 1)).unwrap_or(shown);
        let before = text.get(..at.saturating_sub(1)).unwrap_or_default();
        let old = before.rsplit(|byte| *byte == b'\n').next().and_then(|line| line.strip_prefix(b"--- "));
        let new = text.get(at + 4..body);
        for (name, sign) in [(new, b'+'), (old, b'-')] {
            let Some(path) = name.and_then(patched) else { continue };
            let text = side(shown, sign);
            found.push(Settings { at, path, text });
        }
        from = body;
        if found.len() >= MOST {
            break;
        }
    }
    found
}

fn line_length(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1)
}

/// The path of a file in the head of a patch, without git's own first folder; `None` where there is no file.
fn patched(line: &[u8]) -> Option<String> {
    let name = line.split(|byte| *byte == b'\t').next()?.trim_ascii();
    let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
    let name = name.strip_prefix(b"a/").or_else(|| name.strip_prefix(b"b/")).unwrap_or(name);
    (name != b"/dev/null" && name.len() <= LONGEST_NAME).then(|| String::from_utf8_lossy(name).into_owned())
}

/// The lines that a patch has on one side.
fn side(hunks: &[u8], sign: u8) -> Vec<u8> {
    let lines = hunks.split_inclusive(|byte| *byte == b'\n');
    let own =
        lines.filter_map(|line| line.split_first().filter(|(first, _)| **first == sign || **first == b' '));
    own.flat_map(|(_, line)| line).copied().collect()
}

/// The members of objects whose name is a file's, or that are the content of one that is named before.
fn in_members(text: &[u8]) -> Vec<Settings> {
    let mut found = Vec::new();
    let mut named: Option<String> = None;
    for colon in COLONS.find_iter(text).map(|quote| quote + 1) {
        let Some(key) = before(text, colon - 1) else { continue };
        let is_name = NAMES.contains(&key);
        let is_content = CONTENTS.contains(&key) && named.is_some();
        // A file's name has a dot in it.
        if !is_name && !is_content && memchr::memchr(b'.', key).is_none() {
            continue;
        }
        let Some(value) = value(text, colon + 1) else { continue };
        let path = match (is_name, is_content) {
            (true, _) => {
                named = String::from_utf8(value).ok().filter(|path| path.len() <= LONGEST_NAME);
                continue;
            }
            (_, true) => named.take(),
            _ => String::from_utf8(key.to_vec()).ok(),
        };
        // Ignition has them as they stand in an address
        let value = match value
            .strip_prefix(b"data:")
            .and_then(|data| memchr::memchr(b',', data).map(|at| (data, at)))
        {
            Some((data, comma)) => {
                crate::decode::percent::plain(data.get(comma + 1..).unwrap_or_default()).into_owned()
            }
            None => value,
        };
        if value.contains(&b'\n')
            && let Some(path) = path
        {
            found.push(Settings { at: colon, path, text: value });
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// Members that name a file, and those that hold its text.
const NAMES: [&[u8]; 6] = [b"path", b"name", b"file", b"filename", b"fileName", b"filePath"];
const CONTENTS: [&[u8]; 7] = [b"content", b"contents", b"text", b"source", b"body", b"data", b"code"];

/// What stands between the quote at `close` and the one before it.
fn before(text: &[u8], close: usize) -> Option<&[u8]> {
    let near = text.get(close.saturating_sub(LONGEST_NAME)..close)?;
    near.get(memchr::memrchr(b'"', near)? + 1..).filter(|key| !key.is_empty())
}

/// The text that begins at `at`, without its escapes: a string of JSON, or a template without slots.
fn value(text: &[u8], at: usize) -> Option<Vec<u8>> {
    let rest = text.get(at..)?.trim_ascii_start();
    let (quote, inner) = rest.split_first()?;
    let end = match quote {
        b'"' | b'`' => closes(inner, *quote)?,
        _ => return None,
    };
    let inner = inner.get(..end)?;
    match quote {
        b'"' => serde_json::from_slice::<String>(rest.get(..end + 2)?).ok().map(String::into_bytes),
        _ => Some(inner.to_vec()),
    }
}

fn closes(inner: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(quote, b'\\', inner.get(at..)?)?;
        if inner.get(at) == Some(&quote) {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};

    fn paths(text: &str) -> Vec<String> {
        find(text.as_bytes()).into_iter().map(|settings| settings.path).collect()
    }

    fn patch(path: &str, sign: char, file: &str) -> String {
        let lines: String = file.lines().map(|line| format!("{sign}{line}\n")).collect();
        format!(
            "diff --git a/{path} b/{path}\nindex 1..2 100644\n--- a/{path}\n+++ b/{path}\n@@ -1,2 +1,2 @@\n # b\n{lines}"
        )
    }

    /// How a file with a name is held.
    fn held(path: &str, file: &str) -> Vec<String> {
        let json = serde_json::Value::from(file);
        vec![
            patch(path, '+', file),
            patch(path, '-', file),
            patch("src/a.js", '+', "let a;\n") + &patch(path, '+', file) + &patch("b.md", '-', "b\n"),
            patch(path, '+', file).replace('\n', "\r\n"),
            format!("{{\"files\":{{\"a.txt\":\"b\",\"{path}\":{json}}}}}"),
            format!("export default {{\n  \"{path}\": `{file}`,\n}};\n"),
            format!(
                "{{\"files\":[{{\"path\":\"{path}\",\"contents\":{{\"source\":\"data:,{}\"}}}}]}}",
                file.replace('\n', "%0A").replace('"', "%22")
            ),
            format!("[{{\"path\": \"{path}\", \"mode\": \"100644\", \"content\": {json}}}]"),
            format!(
                "x=[{{\"fileName\":\"{path}\",\"text\":{json}}},{{\"fileName\":\"b\",\"text\":\"c\\n\"}}]"
            ),
        ]
    }

    #[test]
    fn settings_are_known_by_the_name_that_a_file_gives_them() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..10 {
            let password = dice.make("{base62:16}");
            for (path, file) in [
                ("config/production.yml", format!("database:\n  host: db1\n  password: {password}\n")),
                (".env", format!("PORT=80\nDB_PASSWORD={password}\n")),
                (
                    "src/main/resources/application.properties",
                    format!("a.b=c\nspring.datasource.password={password}\n"),
                ),
                ("appsettings.json", format!("{{\n  \"Smtp\": {{ \"Password\": \"{password}\" }}\n}}\n")),
            ] {
                for text in held(path, &file) {
                    assert_eq!(paths(&text), [path], "{text}");
                }
            }
        }
    }

    #[test]
    fn other_files_and_other_values_are_none() {
        let mut dice = Dice::new(fresh_seed());
        let password = dice.make("{base62:16}");
        for (path, file) in [
            ("config/production.yml", "database:\n  password: ${DB_PASSWORD}\n".to_owned()),
            ("src/words.txt", format!("password: {password}\nmore: b\n")),
            ("test/fixtures/application.properties", format!("a=b\nspring.datasource.password={password}\n")),
        ] {
            for text in held(path, &file) {
                assert_eq!(paths(&text), [""; 0], "{text}");
            }
        }
    }
}
