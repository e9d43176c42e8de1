//! Damaged and mutated contents: maps and links, manifests, settings. The oracle that drives `fuzz/` too.

use proptest::prelude::*;

use super::oracle::{change, changed};
use with::{MEDIA, PACKAGES, PATHS, SETTINGS, audited, looked_at, settled};

#[path = "../../../fuzz/contents.rs"]
mod with;

/// Files in which inspectors have much to read.
pub(super) fn files() -> Vec<Vec<u8>> {
    let map = r#"{"version":3,"file":"a.js","sources":["../src/a.ts","b.ts"],"sourcesContent":["let a = 1;\n",null],"names":["a"],"mappings":"AAAA,OAAO","ignoreList":[0]}"#;
    let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, map);
    let url = format!("data:application/json;charset=utf-8;base64,{encoded}");
    let wasm =
        [b"\0asm\x01\0\0\0\0\x1a\x10sourceMappingURL\x08a.wasm.m".as_slice(), b"\0\x04\x04name"].concat();
    let asar = {
        let json = format!(r#"{{"files":{{"a.js.map":{{"size":{},"offset":"0"}}}}}}"#, map.len());
        let padded = json.len().next_multiple_of(4);
        let sizes = [4, padded as u32 + 8, padded as u32 + 4, json.len() as u32];
        let mut bytes: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
        bytes.extend(json.as_bytes());
        bytes.resize(16 + padded, 0);
        bytes.extend(map.as_bytes());
        bytes
    };
    let executable =
        [b"\x7fELF\x02\x01\x01\0".as_slice(), &[0; 200], b"\n---- Bun! ----\n", map.as_bytes()].concat();
    vec![
        map.into(),
        format!(")]}}'\n{map}").into(),
        format!(r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{map}}}]}}"#).into(),
        format!("a();\n//# sourceMappingURL={url}\n").into(),
        format!("a {{}}\n/*# sourceMappingURL={url} */\n").into(),
        "a();\n//# sourceMappingURL=https://maps.corp.acme.example/a.js.map\n//# sourceURL=webpack://a/b.ts\n".into(),
        format!("eval(\"a();\\n//# sourceMappingURL={url}\\n//# sourceURL=webpack-internal:///./a.ts\");").into(),
        format!("e.push([e.id, \"a{{}}\", \"\", {map}]);").into(),
        format!(r#"{{"hash":"0","modules":[{{"name":"./src/a.ts","source":"let a = 1;\n"}}],"inputSourceMap":{map}}}"#).into(),
        "// ACME CONFIDENTIAL\nimport '@acme/x'; // /home/ann/acme/src/a.ts C:\\Users\\ann\\a.ts\n".into(),
        format!("\u{feff}{map}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        wasm,
        asar,
        executable,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn files_are_survived(
        file in prop::sample::select(files()),
        changes in prop::collection::vec(change(), 0..5),
        path in 0..PATHS.len(),
        media in 0..MEDIA.len(),
    ) {
        looked_at(path, media, &changed(file, &changes)).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn settings_are_survived(file in 0..SETTINGS.len(), changes in prop::collection::vec(change(), 0..4)) {
        let text = changed(SETTINGS[file].1.as_bytes().to_vec(), &changes);
        let _refused = settled(file, &text).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn manifests_are_survived(
        package in 0..PACKAGES.len(),
        manifest in 0..4usize,
        changes in prop::collection::vec(change(), 0..4),
    ) {
        let manifest = manifest % PACKAGES[package].manifests();
        let text = changed(PACKAGES[package].members[manifest].1.as_bytes().to_vec(), &changes);
        audited(package, manifest, &text).map_err(TestCaseError::fail)?;
    }
}

#[test]
fn plain_ones_are_understood() {
    let maps = files().iter().filter(|file| !looked_at(0, 0, file).unwrap().maps.is_empty()).count();
    assert!(maps >= 8, "{maps}");
    for (number, (name, text)) in SETTINGS.iter().enumerate() {
        let refused = settled(number, text.as_bytes()).unwrap().err();
        assert_eq!(refused, None, "{name}");
    }
    for (number, package) in PACKAGES.iter().enumerate() {
        let audit = audited(number, 0, package.members[0].1.as_bytes()).unwrap();
        let read = audit.inventory.package.as_ref().map(|package| package.name.as_str());
        // A publisher or group may stand before it.
        let read = read.map(|name| name.trim_start_matches("a.").trim_start_matches("a:"));
        assert_eq!(read, Some("acme"), "{}: {:?}", package.artifact, audit.unexamined());
    }
}

/// Seeds for the fuzz targets: `cargo test --test it seeds -- --ignored`.
#[test]
#[ignore = "writes fuzz/corpus"]
fn seeds_for_fuzzing_contents() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        std::fs::create_dir_all(corpus.join(target)).unwrap();
        std::fs::write(corpus.join(target).join(format!("seed-{name}")), bytes).unwrap();
    };
    for (number, file) in files().iter().enumerate() {
        for path in 0..PATHS.len() as u8 {
            write("inspect", &format!("{number}-{path}"), &[&[path, 0], file.as_slice()].concat());
        }
    }
    for (number, (_, text)) in SETTINGS.iter().enumerate() {
        write("settings", &number.to_string(), &[&[number as u8], text.as_bytes()].concat());
    }
    for (number, package) in PACKAGES.iter().enumerate() {
        for manifest in 0..package.manifests() {
            let text = package.members[manifest].1.as_bytes();
            write(
                "manifest",
                &format!("{number}-{manifest}"),
                &[&[number as u8, manifest as u8], text].concat(),
            );
        }
    }
}
