//! Words of helps for wheels and source distributions: each build backend has a list of its own.

mod backend;
mod poetry;

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
            "poetry" => return Some(poetry::leave_out(&making.brings_back, unwanted, patterns)),
            "uv" if is_wheel => (&["tool", "uv", "build-backend"], "wheel-exclude"),
            "uv" => (&["tool", "uv", "build-backend"], "source-exclude"),
            "pdm" => (&["tool", "pdm", "build"], "excludes"),
            "maturin" => (&["tool", "maturin"], "exclude"),
            "scikit-build-core" if is_wheel => (&["tool", "scikit-build", "wheel"], "exclude"),
            "scikit-build-core" => (&["tool", "scikit-build", "sdist"], "exclude"),
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
        Some(vec![settings(tables, key, Change::Add(patterns))])
    }

    fn leave_out_by_hand(&self, inventory: &Inventory, _unwanted: &Unwanted<'_>, what: &str) -> String {
        match inventory.making.packer {
            "" => format!("Leave {what} out in the build backend's settings."),
            backend => format!("Leave {what} out in the settings of {backend}."),
        }
    }
}

/// A change to a list in `pyproject.toml`.
fn settings(tables: &'static [&'static str], key: &'static str, change: Change) -> Edit {
    let list = Some(List { tables, key, begins_with: Vec::new() });
    Edit { file: "pyproject.toml".to_owned(), list, change }
}
