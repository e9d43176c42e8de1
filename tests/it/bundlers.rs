//! Real bundlers as the oracle: every option that has to do with source maps, what must be found in its
//! output, and that `recover` gives the original files back byte for byte. `tests/clients/install-bundlers`
//! installs them; `PACKGATE_BUNDLERS` names the folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use packgate::audit::{Auditor, Options};
use packgate::recoverable::{Known, recover};
use packgate::settings::{PolicyChoice, Settings};
use packgate::unpack::Limits;

use crate::clients;

const MAP: &str = "source-map-embedded";
const INLINE: &str = "source-map-inline";
const EVAL: &str = "source-map-eval";
const DANGLING: &str = "source-map-dangling";
const REMOTE: &str = "source-map-remote";
const PROGRAM: &str = "embedded-program";

const TS: &[&str] = &["index.ts", "util.ts"];
const JS: &[&str] = &["index.js", "util.js"];
const SCSS: &[&str] = &["style.scss"];
/// The text is there, but not as it was written.
const CHANGED: &[&str] = &[];

/// An output, the rules that must fire on it, and the originals that must come back.
const CASES: &[(&str, &[&str], &[&str])] = &[
    ("bun-compile", &[PROGRAM], CHANGED),
    ("bun-external", &[MAP], TS),
    ("bun-inline", &[INLINE], TS),
    ("bun-itself", &[], CHANGED),
    ("bun-linked", &[MAP], TS),
    ("bun-none", &[], CHANGED),
    ("esbuild-both", &[MAP, INLINE], TS),
    ("esbuild-external", &[MAP], TS),
    ("esbuild-inline", &[INLINE], TS),
    ("esbuild-linked", &[MAP], TS),
    ("esbuild-metafile", &[], CHANGED),
    ("esbuild-none", &[], CHANGED),
    ("esbuild-nosources", &[DANGLING], CHANGED),
    ("parcel-default", &[MAP], JS),
    ("parcel-none", &[], CHANGED),
    ("rollup-debugids", &[MAP], JS),
    ("rollup-hidden", &[MAP], JS),
    ("rollup-inline", &[INLINE], JS),
    ("rollup-none", &[], CHANGED),
    ("rollup-nosources", &[DANGLING], CHANGED),
    ("rollup-remote", &[MAP, REMOTE], JS),
    ("rollup-true", &[MAP], JS),
    ("sass-default", &[DANGLING], CHANGED),
    ("sass-inline", &[DANGLING], CHANGED),
    ("sass-inlinesources", &[INLINE], SCSS),
    ("sass-none", &[], CHANGED),
    ("sass-sources", &[MAP], SCSS),
    ("swc-inline", &[INLINE], TS),
    ("swc-none", &[], CHANGED),
    ("swc-nosources", &[DANGLING], CHANGED),
    ("swc-true", &[MAP], TS),
    ("tsc-declarationmap", &[DANGLING], CHANGED),
    ("tsc-inlineboth", &[INLINE], TS),
    ("tsc-inlinesourcemap", &[DANGLING], CHANGED),
    ("tsc-inlinesources", &[MAP], TS),
    ("tsc-maproot", &[DANGLING, REMOTE], CHANGED),
    ("tsc-none", &[], CHANGED),
    ("tsc-sourcemap", &[DANGLING], CHANGED),
    ("tsc-sourceroot", &[DANGLING, REMOTE], CHANGED),
    ("vite-hidden", &[MAP], &["index.ts"]),
    ("vite-inline", &[INLINE], &["index.ts"]),
    ("vite-none", &[], CHANGED),
    ("vite-true", &[MAP], &["index.ts"]),
    ("webpack-cheap-module-source-map", &[MAP], JS),
    ("webpack-cheap-source-map", &[MAP], CHANGED),
    ("webpack-eval", &[EVAL], CHANGED),
    ("webpack-eval-cheap-module-source-map", &[EVAL], JS),
    ("webpack-eval-cheap-source-map", &[EVAL], CHANGED),
    ("webpack-eval-nosources-cheap-module-source-map", &[EVAL], CHANGED),
    ("webpack-eval-nosources-cheap-source-map", &[EVAL], CHANGED),
    ("webpack-eval-nosources-source-map", &[EVAL], CHANGED),
    ("webpack-eval-source-map", &[EVAL], JS),
    ("webpack-hidden-cheap-module-source-map", &[MAP], JS),
    ("webpack-hidden-cheap-source-map", &[MAP], CHANGED),
    ("webpack-hidden-nosources-cheap-module-source-map", &[DANGLING], CHANGED),
    ("webpack-hidden-nosources-cheap-source-map", &[DANGLING], CHANGED),
    ("webpack-hidden-nosources-source-map", &[DANGLING], CHANGED),
    ("webpack-hidden-source-map", &[MAP], JS),
    ("webpack-inline-cheap-module-source-map", &[INLINE], JS),
    ("webpack-inline-cheap-source-map", &[INLINE], CHANGED),
    ("webpack-inline-nosources-cheap-module-source-map", &[DANGLING], CHANGED),
    ("webpack-inline-nosources-cheap-source-map", &[DANGLING], CHANGED),
    ("webpack-inline-nosources-source-map", &[DANGLING], CHANGED),
    ("webpack-inline-source-map", &[INLINE], JS),
    ("webpack-none", &[], CHANGED),
    ("webpack-nosources-cheap-module-source-map", &[DANGLING], CHANGED),
    ("webpack-nosources-cheap-source-map", &[DANGLING], CHANGED),
    ("webpack-nosources-source-map", &[DANGLING], CHANGED),
    ("webpack-source-map", &[MAP], JS),
    ("webpack-stats", &[MAP], JS),
];

/// The rules that this is about.
fn is_ours(rule: &str) -> bool {
    rule.starts_with("source-map-") || rule == PROGRAM
}

#[test]
fn finds_what_bundlers_write_and_gives_it_back() {
    let Some(home) = clients::bundlers() else { return };
    let work = tempfile::tempdir().unwrap();
    let folders = build(&home, work.path());
    let mut wrong = Vec::new();
    for (name, rules, originals) in CASES {
        let folder = work.path().join("out").join(name);
        if folder.is_dir() {
            wrong.extend(look(name, &folder, rules, originals, &work.path().join("src")));
        } else {
            let tool = name.split('-').next().unwrap();
            let is_installed = folders.iter().any(|folder| folder.starts_with(tool));
            assert!(!is_installed, "{name} was not built");
        }
    }
    for folder in &folders {
        assert!(CASES.iter().any(|(name, ..)| name == folder), "no expectation for {folder}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn build(home: &Path, work: &Path) -> BTreeSet<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundlers/build.mjs");
    let output = Command::new("node").arg(script).arg(work).env("PACKGATE_BUNDLERS", home).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// What is wrong with an output's findings or recovery.
fn look(name: &str, folder: &Path, rules: &[&str], originals: &[&str], project: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut settings = Settings::default();
    settings.policy = PolicyChoice::Named("proprietary");
    let audit = Auditor::new(Options::default().settings(settings)).audit(folder, 1).unwrap();
    let found: BTreeSet<&str> =
        audit.findings.iter().map(|judged| judged.finding.rule).filter(|rule| is_ours(rule)).collect();
    if found != rules.iter().copied().collect() {
        wrong.push(format!("{name}: found {found:?}, wanted {rules:?}"));
    }
    let recovery = recover(folder, &Limits::default(), &Known::default(), 1).unwrap();
    let exposure = audit.totals.exposure;
    let bytes: usize = recovery.files.iter().map(|file| file.text.len()).sum();
    assert_eq!((exposure.files, exposure.bytes), (recovery.files.len() as u64, bytes as u64), "{name}");
    let target = folder.with_extension("recovered");
    recovery.write(&target).unwrap();
    let texts: Vec<Vec<u8>> = files(&target).iter().map(|path| fs::read(path).unwrap()).collect();
    for original in originals {
        let text = fs::read(project.join(original)).unwrap();
        if !texts.contains(&text) {
            wrong.push(format!("{name}: {original} did not come back; recovered {:?}", files(&target)));
        }
    }
    if rules.iter().all(|rule| [DANGLING, REMOTE, PROGRAM].contains(rule)) && !texts.is_empty() {
        wrong.push(format!("{name}: recovered {:?}, and there should be nothing", files(&target)));
    }
    wrong
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}
