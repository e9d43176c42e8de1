//! Stray files with their real content through the whole program, and ordinary files that look like them.

use crate::dice::Dice;
use crate::secrets::findings;

fn file(path: &str, content: impl Into<Vec<u8>>) -> (String, Vec<u8>) {
    (path.to_owned(), content.into())
}

fn rules_of(path: &str, content: impl Into<Vec<u8>>) -> Vec<String> {
    findings(&[file(path, content)], "stray-")
        .into_iter()
        .filter(|(_, place, _)| place == path)
        .map(|(rule, _, _)| rule)
        .collect()
}

#[test]
fn strays_are_found_by_name_and_content() {
    let mut dice = Dice::new(500);
    let token = dice.make("{base62:32}");
    for (path, content, rule) in [
        ("package/.git/config", "[core]\n\tbare = false\n".to_owned(), "stray-vcs"),
        ("package/lib/objects.bin", "PACK\0\0\0\x02\0\0\0\x01".to_owned(), "stray-vcs"),
        ("package/lib/all.bundle", "# v2 git bundle\n0123 refs/heads/main\n".to_owned(), "stray-vcs"),
        ("package/lib/.claude/settings.local.json", r#"{"permissions": {"allow": ["Bash(ls:*)"]}}"#.to_owned(), "stray-agent"),
        ("package/.mcp.json", r#"{"mcpServers": {"a": {"command": "a"}}}"#.to_owned(), "stray-agent-notes"),
        ("package/.mcp.json", r#"{"mcpServers": {"a": {"url": "https://a.example.org"}}}"#.to_owned(), "stray-agent"),
        ("package/CLAUDE.md", "Build with make.\n".to_owned(), "stray-agent-notes"),
        ("package/.npmrc", format!("//registry.example.org/:_authToken={token}\n"), "stray-credential"),
        ("package/.npmrc", "//registry.example.org/:_authToken=${NPM_TOKEN}\n".to_owned(), "stray-credential-file"),
        ("package/lib/.env.production", format!("API_SECRET={token}\n"), "stray-credential"),
        ("package/lib/.env", "PORT=3000\n".to_owned(), "stray-credential-file"),
        ("package/.htpasswd", "anna:$apr1$Zr4b8f2k$uD0Xq5M1cTn7yPq2LwVz31\n".to_owned(), "stray-credential"),
        (
            "package/lib/terraform.tfstate",
            r#"{"version": 4, "terraform_version": "1.9.0", "serial": 3, "resources": []}"#.to_owned(),
            "stray-credential",
        ),
        ("package/tsconfig.tsbuildinfo", r#"{"program":{"fileNames":["./src/a.ts"],"fileInfos":[]},"version":"5.9"}"#.to_owned(), "stray-cache"),
        ("package/lib/.eslintcache", "[{}]".to_owned(), "stray-cache"),
        ("package/coverage/lcov.info", "TN:\nSF:/builds/acme/src/a.ts\nend_of_record\n".to_owned(), "stray-coverage"),
        (
            "package/lib/stats.json",
            r#"{"hash":"1","assetsByChunkName":{"main":["a.js"]},"assets":[],"chunks":[],"modules":[]}"#.to_owned(),
            "stray-bundler-report",
        ),
        (
            "package/lib/meta.json",
            r#"{"inputs":{"src/a.ts":{"bytes":1}},"outputs":{"a.js":{"inputs":{"src/a.ts":{"bytesInOutput":1}}}}}"#.to_owned(),
            "stray-bundler-report",
        ),
        ("package/lib/.a.js.swp", "b0VIM 9.0\0\0".to_owned(), "stray-editor"),
        ("package/lib/a.js.orig", "const a = 1;\n".to_owned(), "stray-editor"),
        ("package/lib/.DS_Store", "\0\0\0\x01Bud1\0".to_owned(), "stray-os"),
        ("package/npm-debug.log", "0 info it worked if it ends with ok\n".to_owned(), "stray-log"),
        ("package/lib/heap.heapsnapshot", r#"{"snapshot":{"meta":{"node_fields":[]}}}"#.to_owned(), "stray-log"),
        ("package/.github/workflows/release.yml", "on: push\n".to_owned(), "stray-ci"),
        ("package/test/a.js", "test()\n".to_owned(), "stray-tests"),
        ("package/lib/a.spec.js", "test()\n".to_owned(), "stray-tests"),
        ("package/lib/.cache", r#"{"fileNames":["../src/a.ts"],"fileInfos":["1"],"root":[1],"version":"5.9.2"}"#.to_owned(), "stray-cache"),
        ("package/lib/list.yml", "a.js:\n  /src/index.ts:\n    rendered: 49\n".to_owned(), "stray-bundler-report"),
        ("package/lib/venv/pyvenv.cfg", "home = /usr/bin\n".to_owned(), "stray-cache"),
        ("package/lib/recorded.json", r#"{"log":{"creator":{"name":"a"},"entries":[{"request":{"headers":[]},"response":{}}]}}"#.to_owned(), "stray-log"),
        ("package/lib/a.snap", "// Jest Snapshot v1\nexports[`a 1`] = `b`;\n".to_owned(), "stray-tests"),
        ("package/lib/WARP.md", "Build with make.\n".to_owned(), "stray-agent-notes"),
    ] {
        assert_eq!(rules_of(path, content), [rule], "{path}");
    }
    let mut core = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x04\0\x3e\0".to_vec();
    core.resize(200, 0);
    assert_eq!(rules_of("package/lib/core", core), ["stray-log"]);
}

#[test]
fn ordinary_files_are_left_alone() {
    for (path, content) in [
        ("package/.env.example", "API_KEY=your-key-here\n"),
        ("package/lib/secrets/index.js", "module.exports = {}\n"),
        ("package/lib/core/index.js", "module.exports = {}\n"),
        ("package/lib/coverage/report.js", "module.exports = {}\n"),
        ("package/lib/target/a.js", "module.exports = {}\n"),
        ("package/build/a.js", "module.exports = {}\n"),
        ("package/lib/levels/world.map", "#####\n#...#\n"),
        ("package/lib/stats.json", r#"{"hash": 1, "players": []}"#),
        ("package/lib/webpack.js", r#"const x = {"assetsByChunkName": 1, "modules": [], "hash": 2}"#),
        ("package/lib/logger/log.js", "module.exports = {}\n"),
        ("package/lib/rendered.yml", "times:\n    rendered: 3\n"),
        (
            "package/lib/har.js",
            r#"send({"log": {"creator": 1, "entries": [], "request": 1, "response": 2, "headers": 3}})"#,
        ),
        ("package/lib/vercel.json", "{}"),
        ("package/lib/git/config.js", "module.exports = {}\n"),
        ("package/lib/credentials.js", "module.exports = {}\n"),
        ("package/lib/credentials.toml", "[help]\ntoken = \"$TOKEN\"\n"),
        ("package/lib/a.map", "not a map\n"),
    ] {
        assert_eq!(rules_of(path, content), [""; 0], "{path}");
    }
}

#[test]
fn credentials_in_agent_settings_and_git_configurations_block() {
    let mut dice = Dice::new(501);
    let header = dice.make("extraheader = AUTHORIZATION: basic {b64of:x-access-token:{base62:40}}");
    let allowed = dice.make(r#"{"permissions": {"allow": ["Bash(curl -H \"Authorization: Bearer {base62:40}\" https://api.acme-prod.net)"]}}"#);
    let found = findings(
        &[
            file("package/.git/config", format!("[http \"https://github.com/\"]\n\t{header}\n")),
            file("package/.claude/settings.local.json", allowed),
        ],
        "secret-",
    );
    let rules: Vec<&str> = found.iter().map(|(rule, _, _)| rule.as_str()).collect();
    assert_eq!(rules, ["secret-git-header", "secret-agent-settings"]);
    assert_eq!(found[0].2, Some(2));
}
