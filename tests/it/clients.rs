//! Programs that only some machines have. A test that needs one says so and ends when it is missing, unless
//! `PACKGATE_REQUIRE_CLIENTS` is set: then it fails.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether all of these programs can be started.
pub(crate) fn have(programs: &[&str]) -> bool {
    let missing: Vec<_> = programs.iter().filter(|program| !starts(program)).collect();
    miss(missing.is_empty(), &format!("{missing:?} not installed"))
}

/// The folder that the bundlers are installed in, if `PACKGATE_BUNDLERS` names one.
pub(crate) fn bundlers() -> Option<PathBuf> {
    let home = std::env::var_os("PACKGATE_BUNDLERS").map(PathBuf::from);
    (miss(home.is_some(), "PACKGATE_BUNDLERS is not set") && have(&["node"])).then_some(home)?
}

/// The same of programs that can't say their version.
pub(crate) fn have_silent(program: &str) -> bool {
    miss(Command::new(program).arg("-?").output().is_ok(), &format!("{program} not installed"))
}

/// Whether Python has this module.
pub(crate) fn have_module(module: &str) -> bool {
    let output = Command::new("python").args(["-m", module, "--version"]).output();
    miss(output.is_ok_and(|output| output.status.success()), &format!("Python has no module {module}"))
}

/// Whether Python can import all of these.
pub(crate) fn have_imports(modules: &str) -> bool {
    let output = Command::new("python").args(["-c", &format!("import {modules}")]).output();
    miss(output.is_ok_and(|output| output.status.success()), &format!("Python has not all of {modules}"))
}

/// Whether `npm ci` was run in `tests/clients`.
pub(crate) fn have_readers() -> bool {
    have(&["node"]) && miss(readers().join("node_modules").is_dir(), "npm ci was not run in tests/clients")
}

/// The folder of the scripts that read packgate's reports.
pub(crate) fn readers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// A search path on which `yarn` is the one since the second version, if that is installed.
pub(crate) fn path_with_yarn() -> Option<std::ffi::OsString> {
    let yarn = readers().join("node_modules/.bin");
    if !miss(yarn.join("yarn").is_file(), "yarn is not in tests/clients: run npm ci there") {
        return None;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(yarn).chain(std::env::split_paths(&path))).ok()
}

fn starts(program: &str) -> bool {
    // BusyBox knows the second only.
    ["--version", "--help"]
        .iter()
        .any(|option| Command::new(program).arg(option).output().is_ok_and(|output| output.status.success()))
}

#[expect(clippy::print_stdout, reason = "says why a test did nothing")]
fn miss(found: bool, what: &str) -> bool {
    if !found {
        assert!(std::env::var_os("PACKGATE_REQUIRE_CLIENTS").is_none(), "{what}");
        println!("skipped: {what}");
    }
    found
}
