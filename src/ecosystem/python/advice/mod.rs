//! Words of helps for wheels and source distributions: each build backend has a list of its own.

mod backend;

use crate::ecosystem::{Advice, Change, Edit, List, Unwanted};
use crate::inventory::{Inventory, Kind};

pub(super) use backend::{has_own_list, hatch_list, making};

pub(super) struct PythonAdvice;

impl Advice for PythonAdvice {
    fn leave_out(&self, inventory: &Inventory, unwanted: &Unwanted<'_>) -> Option<Vec<Edit>> {
        let is_wheel = inventory.kind == Kind::Wheel;
        let patterns: Vec<String> = unwanted
            .patterns
            .iter()
            // A wheel doesn't tell in which folder of the project its packages stand.
            .map(|pattern| match is_wheel && !pattern.starts_with("**/") {
                true => format!("**/{pattern}"),
                false => pattern.clone(),
            })
            .collect();
        let making = &inventory.making;
        let (tables, key): (&'static [&'static str], _) = match making.packer {
            "hatchling" => (hatch_list(inventory.kind, making.has_own_list), "exclude"),
            "flit" => (&["tool", "flit", "sdist"], "exclude"),
            // In a source distribution poetry lets `include` win.
            "poetry" if making.brings_back.is_empty() => (&["tool", "poetry"], "exclude"),
            "uv" if is_wheel => (&["tool", "uv", "build-backend"], "wheel-exclude"),
            "uv" => (&["tool", "uv", "build-backend"], "source-exclude"),
            "pdm" => (&["tool", "pdm", "build"], "excludes"),
            "maturin" => (&["tool", "maturin"], "exclude"),
            "setuptools" => {
                let lines = patterns.iter().map(|pattern| format!("global-exclude {pattern}")).collect();
                return Some(vec![Edit {
                    file: "MANIFEST.in".to_owned(),
                    list: None,
                    change: Change::Add(lines),
                }]);
            }
            _ => return None,
        };
        let list = Some(List { tables, key, begins_with: Vec::new() });
        Some(vec![Edit { file: "pyproject.toml".to_owned(), list, change: Change::Add(patterns) }])
    }

    fn leave_out_by_hand(&self, inventory: &Inventory, unwanted: &Unwanted<'_>, what: &str) -> String {
        let brings_back = &inventory.making.brings_back;
        match inventory.making.packer {
            "poetry" if unwanted.paths.iter().all(|path| brings_back.iter().any(|item| item == path)) => {
                let items: Vec<&str> = unwanted.paths.iter().copied().collect();
                format!(
                    "Take `{}` out of `include` in [tool.poetry] of pyproject.toml.",
                    items.join("` and `")
                )
            }
            "poetry" => {
                format!("Narrow `include` in [tool.poetry] of pyproject.toml so that no item fits {what}.")
            }
            "" => format!("Leave {what} out in the build backend's settings."),
            backend => format!("Leave {what} out in the settings of {backend}."),
        }
    }
}
