//! The commands of a wheel's entry points held against those that `pyproject.toml` declares. Where it has a `[project]`
//! table and doesn't call scripts dynamic, a backend may add none.

use toml::{Table, Value};

use crate::ecosystem::folder::{self, Files};
use crate::inventory::{Mismatch, Package};
use crate::project::Project;

const PYPROJECT: &str = "pyproject.toml";
/// Keys of commands in a `[project]` table.
const SCRIPTS: [&str; 2] = ["scripts", "gui-scripts"];

/// Commands that the project doesn't declare, or declares otherwise.
pub(super) fn undeclared(project: &Project, package: &Package) -> Vec<Mismatch> {
    let Some(declared) = declared(project, package) else { return Vec::new() };
    let is_point = |starts: &str, declared_in: &str| starts != declared_in;
    let points = package.commands.iter().filter(|command| is_point(&command.starts, &command.declared_in));
    points
        .filter_map(|command| {
            let said = declared.get(&command.name).and_then(Value::as_str);
            let differs = said.is_none_or(|said| plain(said) != plain(&command.starts));
            differs.then(|| Mismatch {
                what: "command",
                manifest: format!("{} = {}", command.name, command.starts),
                elsewhere: PYPROJECT.to_owned(),
                other: said.map_or("(none)".to_owned(), |said| format!("{} = {said}", command.name)),
                place: Some(command.declared_in.clone()),
            })
        })
        .collect()
}

/// All commands that the project declares for this package; `None` where others may add to them.
fn declared(project: &Project, package: &Package) -> Option<Table> {
    let settings = Files::OnDisk(&project.folder).text(PYPROJECT)?;
    let mut settings = toml::from_str::<Table>(&settings).ok()?;
    let Some(Value::Table(mut table)) = settings.remove("project") else { return None };
    let name = table.get("name").and_then(Value::as_str)?;
    let dynamic = table.get("dynamic").and_then(Value::as_array);
    let is_dynamic = dynamic.is_some_and(|keys| {
        keys.iter().filter_map(Value::as_str).any(|key| SCRIPTS.contains(&key) || key == "entry-points")
    });
    if is_dynamic || !folder::is_same_name(name, &package.name) {
        return None;
    }
    let scripts = SCRIPTS.iter().filter_map(|key| match table.remove(*key) {
        Some(Value::Table(scripts)) => Some(scripts),
        _ => None,
    });
    Some(scripts.flatten().collect())
}

fn plain(target: &str) -> String {
    target.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Command;

    #[test]
    fn a_command_that_nobody_declared_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let found = |pyproject: &str| {
            std::fs::write(folder.path().join(PYPROJECT), pyproject).unwrap();
            let command = |name: &str, starts: &str| Command {
                name: name.to_owned(),
                starts: starts.to_owned(),
                declared_in: "acme.dist-info/entry_points.txt".to_owned(),
            };
            let script = Command { declared_in: "x/s".to_owned(), ..command("s", "x/s") };
            let package = Package {
                name: "Acme".to_owned(),
                commands: vec![command("acme", "acme.cli:main"), script],
                ..Package::default()
            };
            undeclared(&Project::new(folder.path()), &package)
                .into_iter()
                .map(|found| found.other)
                .collect::<Vec<_>>()
        };
        assert_eq!(found("[project]\nname = 'acme'\n"), ["(none)"]);
        assert_eq!(found("[project]\nname = 'acme'\nscripts.acme = 'acme:run'\n"), ["acme = acme:run"]);
        for declared in [
            "[project]\nname = 'acme'\nscripts.acme = 'acme.cli : main'\n",
            "[project]\nname = 'acme'\ngui-scripts.acme = 'acme.cli:main'\n",
            "[project]\nname = 'acme'\ndynamic = ['scripts']\n",
            "[project]\nname = 'other'\n",
            "[tool.poetry]\nname = 'acme'\n",
        ] {
            assert_eq!(found(declared), [""; 0], "{declared}");
        }
    }
}
