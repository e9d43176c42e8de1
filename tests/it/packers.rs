//! Real packers as the oracle: programs in one file, made by the tools that people use. Each holds a marker and
//! a source map; packgate must say what the file is, find both inside, and give the originals back.
//! `tests/clients/install-bundlers` installs the packers of npm; PyInstaller is one more client.

use std::fs;
use std::path::Path;
use std::process::Command;

use packgate::audit::{Auditor, Options};
use packgate::policy::Judged;
use packgate::recoverable::{Known, recover};
use packgate::settings::{PolicyChoice, Settings};
use packgate::unpack::Limits;

use crate::clients;

/// Never in this file as it is packed: the packed program must not be found because of its source.
const MARKER: &str = "the-word-of-the-house";

/// What a packer made, how packgate calls it, and the findings that there must be, as `rule place`.
struct Case {
    name: &'static str,
    packer: &'static str,
    findings: &'static [&'static str],
}

const CASES: [Case; 4] = [
    Case {
        name: "asar",
        packer: "asar",
        findings: &[
            "embedded-program app.asar",
            "internal-marker app.asar!dist/main.js",
            "source-map-inline app.asar!dist/main.js",
        ],
    },
    Case {
        name: "bun",
        packer: "Bun",
        findings: &["embedded-program tool", "internal-marker tool", "source-map-embedded tool"],
    },
    Case {
        name: "node",
        packer: "Node single executable",
        findings: &["embedded-program tool", "internal-marker tool", "source-map-inline tool"],
    },
    Case {
        name: "pyinstaller",
        packer: "PyInstaller",
        findings: &[
            "embedded-program tool",
            "internal-marker tool!PYZ.pyz!house",
            "internal-marker tool!assets/app.js",
            "source-map-inline tool!assets/app.js",
        ],
    },
];

#[test]
fn looks_into_what_packers_write() {
    let Some(home) = std::env::var_os("PACKGATE_BUNDLERS") else {
        assert!(std::env::var_os("PACKGATE_REQUIRE_CLIENTS").is_none(), "PACKGATE_BUNDLERS is not set");
        println!("skipped: PACKGATE_BUNDLERS is not set");
        return;
    };
    let has_python = clients::have(&["pyinstaller"]);
    if !clients::have(&["node"]) {
        return;
    }
    let work = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundlers/pack.mjs");
    let output = Command::new("node")
        .arg(script)
        .arg(work.path())
        .arg(MARKER)
        .env("PACKGATE_BUNDLERS", home)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for case in CASES.iter().filter(|case| case.name != "pyinstaller" || has_python) {
        look(case, &work.path().join("out").join(case.name), &work.path().join("src"));
    }
}

fn look(case: &Case, folder: &Path, project: &Path) {
    let mut settings = Settings::default();
    settings.policy = PolicyChoice::Named("proprietary");
    settings.internal.markers = vec![MARKER.to_owned()];
    let audit = Auditor::new(Options::default().settings(settings)).audit(folder, 2).unwrap();
    let found = |wanted: &&str| {
        audit.findings.iter().any(|judged| {
            let Some((rule, place)) = wanted.split_once(' ') else { return false };
            judged.finding.rule == rule && judged.finding.place.path == place
        })
    };
    let missing: Vec<_> = case.findings.iter().filter(|wanted| !found(wanted)).collect();
    assert!(missing.is_empty(), "{}: not found: {missing:?}", case.name);
    let packer = |judged: &Judged| Some(judged.finding.evidence.value()["packer"].as_str()?.to_owned());
    let packers: Vec<String> = audit.findings.iter().filter_map(packer).collect();
    assert_eq!(packers, [case.packer]);
    assert!(audit.inventory.unexamined.is_empty(), "{}: {:?}", case.name, audit.inventory.unexamined);

    let recovery = recover(folder, &Limits::default(), &Known::default(), 2).unwrap();
    let exposure = audit.totals.exposure;
    assert_eq!((exposure.files, recovery.files.len()), (2, 2), "{}", case.name);
    for original in ["index.ts", "util.ts"] {
        let text = fs::read(project.join(original)).unwrap();
        assert!(recovery.files.iter().any(|file| file.text == text), "{}: {original} is lost", case.name);
    }
}
