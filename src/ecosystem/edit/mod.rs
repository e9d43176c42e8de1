//! Changes to the files that decide what a client packs: what helps propose in words, and `packgate fix` writes.
//!
//! Words and change are made from the same value, so that what a person types by the help is what `fix` writes.

mod json;
mod lines;
mod ruby;
mod toml;

use std::fmt;

pub(in crate::ecosystem) use ruby::in_block;

/// A change to one file of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file, from the project's folder.
    pub file: String,
    /// The list in it; `None` where the file itself is the list, one item a line.
    pub list: Option<List>,
    /// What becomes of the list.
    pub change: Change,
}

/// A list in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The tables that it stands in, outermost first.
    pub tables: &'static [&'static str],
    /// Its key.
    pub key: &'static str,
    /// What it is written with where there is none yet, before what is added.
    pub begins_with: Vec<String>,
}

/// What becomes of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Items behind the last one; a list that isn't there is written.
    Add(Vec<String>),
    /// Others in the place of an item.
    Replace {
        /// The item as it stands there.
        item: String,
        /// What comes in its place; nothing, to take it out.
        by: Vec<String>,
    },
}

/// Why a file could not be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct EditError {
    /// The file.
    pub file: String,
    /// What is in the way.
    pub why: String,
}

impl Edit {
    /// The file's text after the change; `None` stands for a file that isn't there.
    ///
    /// # Errors
    /// The file is none of its kind, or has something else where the list should be.
    pub fn apply(&self, text: Option<&str>) -> Result<String, EditError> {
        let changed = match &self.list {
            None if self.is_ruby() => ruby::apply(text.unwrap_or_default(), &self.change),
            None => Ok(lines::apply(text.unwrap_or_default(), &self.change)),
            Some(list) if self.file.ends_with(".json") => {
                json::apply(text.unwrap_or("{}"), list, &self.change)
            }
            Some(list) => toml::apply(text.unwrap_or_default(), list, &self.change),
        };
        changed.map_err(|why| EditError { file: self.file.clone(), why })
    }

    /// Whether it writes a list where there is none.
    pub(crate) fn begins_a_list(&self) -> bool {
        self.list.as_ref().is_some_and(|list| !list.begins_with.is_empty())
    }

    fn is_ruby(&self) -> bool {
        self.file.ends_with(".gemspec")
    }

    /// What is to be written, as it would stand in the file.
    fn quoted(items: &[String]) -> String {
        let quoted: Vec<String> =
            items.iter().map(|item| serde_json::Value::from(item.as_str()).to_string()).collect();
        quoted.join(", ")
    }
}

/// The help's words for it: one sentence, or a sentence and the line to write below it.
impl fmt::Display for Edit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        let Some(list) = &self.list else {
            return match &self.change {
                Change::Add(items) if self.is_ruby() => {
                    write!(out, "In {file}, before the last `end`, write\n  {}", items.join("\n  "))
                }
                Change::Add(items) => {
                    let lines = if items.len() == 1 { "the line" } else { "the lines" };
                    write!(out, "Add {lines} `{}` to {file}.", items.join("` and `"))
                }
                Change::Replace { item, by } if by.is_empty() => {
                    write!(out, "Take the line `{item}` out of {file}.")
                }
                Change::Replace { item, by } => {
                    write!(out, "In {file}, write instead of the line `{item}`:\n  {}", by.join("\n  "))
                }
            };
        };
        let is_json = file.ends_with(".json");
        let file = match file.strip_prefix("../").filter(|_| !is_json) {
            Some(above) => format!("the workspace's {}", above.trim_start_matches("../")),
            None => file.clone(),
        };
        let named = match (is_json, list.tables) {
            (true, _) => format!("\"{}\" in {file}", list.key),
            (false, []) => format!("{} in {file}", list.key),
            (false, ["package"]) => format!("`{}` in {file}", list.key),
            (false, tables) => format!("`{}` in [{}] of {file}", list.key, tables.join(".")),
        };
        match &self.change {
            Change::Add(items) if !list.begins_with.is_empty() => {
                let all: Vec<String> = list.begins_with.iter().chain(items).cloned().collect();
                write!(
                    out,
                    "Write what is meant to ship into {file}:\n  \"{}\": [{}]",
                    list.key,
                    Self::quoted(&all)
                )
            }
            Change::Add(items) => write!(out, "Add `{}` at the end of {named}.", Self::quoted(items)),
            Change::Replace { item, by } if by.is_empty() => {
                write!(out, "Take `{}` out of {named}.", Self::quoted(std::slice::from_ref(item)))
            }
            Change::Replace { item, by } => {
                let item = Self::quoted(std::slice::from_ref(item));
                write!(out, "In {named}, write instead of `{item}`:\n  {}", Self::quoted(by))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(file: &str, list: Option<List>, change: Change) -> Edit {
        Edit { file: file.to_owned(), list, change }
    }

    fn files(begins_with: &[&str]) -> Option<List> {
        let begins_with = begins_with.iter().map(|item| (*item).to_owned()).collect();
        Some(List { tables: &[], key: "files", begins_with })
    }

    fn add(item: &str) -> Change {
        Change::Add(vec![item.to_owned()])
    }

    #[test]
    fn words_say_what_is_written() {
        for (edit, words) in [
            (
                edit("package.json", files(&[]), add("!**/.claude/**")),
                "Add `\"!**/.claude/**\"` at the end of \"files\" in package.json.",
            ),
            (
                edit("package.json", files(&["dist"]), add("!**/.env")),
                "Write what is meant to ship into package.json:\n  \"files\": [\"dist\", \"!**/.env\"]",
            ),
            (
                edit(
                    "pyproject.toml",
                    Some(List {
                        tables: &["tool", "hatch", "build"],
                        key: "exclude",
                        begins_with: Vec::new(),
                    }),
                    add("**/.env"),
                ),
                "Add `\"**/.env\"` at the end of `exclude` in [tool.hatch.build] of pyproject.toml.",
            ),
            (edit(".vscodeignore", None, add("**/.env")), "Add the line `**/.env` to .vscodeignore."),
            (
                edit(
                    "package.json",
                    files(&[]),
                    Change::Replace { item: "dist".into(), by: vec!["dist/a.js".into()] },
                ),
                "In \"files\" in package.json, write instead of `\"dist\"`:\n  \"dist/a.js\"",
            ),
        ] {
            assert_eq!(edit.to_string(), words);
        }
    }

    #[test]
    fn each_form_of_file_is_changed_as_said() {
        let json = edit("package.json", files(&["dist"]), add("!**/.env"));
        assert_eq!(
            json.apply(Some("{\n  \"name\": \"a\",\n  \"files\": [\"lib\"]\n}\n")).unwrap(),
            "{\n  \"name\": \"a\",\n  \"files\": [\"lib\", \"!**/.env\"]\n}\n"
        );
        let toml = edit(
            "Cargo.toml",
            Some(List { tables: &["package"], key: "exclude", begins_with: Vec::new() }),
            add("**/.env"),
        );
        assert_eq!(
            toml.apply(Some("[package]\nname = \"a\" # ours\n\n[lib]\n")).unwrap(),
            "[package]\nname = \"a\" # ours\nexclude = [\"**/.env\"]\n\n[lib]\n"
        );
        assert_eq!(edit(".vscodeignore", None, add("**/.env")).apply(None).unwrap(), "**/.env\n");
        assert!(json.apply(Some("{\"files\": 1}")).is_err());
        assert!(toml.apply(Some("package = 1")).is_err());
    }
}
