//! Files in which the place itself says that a value is a credential, so that weaker forms can be trusted:
//! settings of coding agents, Git's configuration, login files of package clients.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;
use serde_json::Value;

use super::commands::{COMMAND, all, is_credential, regex};
use super::plausible::{is_opaque, is_password};
use super::{Found, Sample, table};

/// Credentials that are recognised by the file they are in.
pub(super) fn find(sample: &Sample<'_>) -> Vec<Found> {
    let path = sample.path;
    let name = path.rsplit('/').next().unwrap_or(path);
    if is_agent_settings(path, name) {
        return agent(sample.bytes);
    }
    if path.ends_with(".git/config") || matches!(name, ".gitconfig" | ".git-credentials") {
        return all(sample.bytes, &GIT_URL, "secret-git-header", |value| {
            value.len() >= 8 && has_digit(value)
        });
    }
    if path.ends_with(".bundle/config") {
        return all(sample.bytes, &BUNDLER, "secret-settings-file", is_credential);
    }
    if matches!(name, ".condarc" | "condarc" | "environment.yml" | "environment.yaml") {
        let found = all(sample.bytes, &CHANNEL, "secret-settings-file", is_credential);
        if !found.is_empty() {
            return found;
        }
    }
    if is_login_file(path, name) {
        return all(sample.bytes, &ASSIGNMENT, "secret-settings-file", |value| {
            is_password(value) || is_opaque(value)
        });
    }
    Vec::new()
}

/// Whether a coding agent keeps settings in a file of this name.
pub(crate) fn is_agent_settings(path: &str, name: &str) -> bool {
    const FOLDERS: &[&str] = [
        ".claude/",
        ".cursor/",
        ".gemini/",
        ".codex/",
        ".continue/",
        ".roo/",
        ".windsurf/",
        ".kiro/",
        ".opencode/",
    ]
    .as_slice();
    const NAMES: &[&str] = &[
        ".mcp.json",
        "mcp.json",
        "mcp_config.json",
        ".claude.json",
        "claude_desktop_config.json",
        "cline_mcp_settings.json",
        "opencode.json",
    ];
    let in_folder = || {
        let hidden = memchr::memchr_iter(b'.', path.as_bytes())
            .filter(|at| at.checked_sub(1).is_none_or(|before| path.as_bytes().get(before) == Some(&b'/')));
        hidden.filter_map(|at| path.get(at..)).any(|below| FOLDERS.iter().any(|name| below.starts_with(name)))
    };
    NAMES.contains(&name)
        || (in_folder()
            && [".json", ".jsonc", ".toml", ".yaml", ".yml", ".jsonl"].iter().any(|end| name.ends_with(end)))
        || name == ".aider.conf.yml"
}

/// Whether a client reads its login from a file of this path.
pub(super) fn is_named(path: &str) -> bool {
    is_login_file(path, path.rsplit('/').next().unwrap_or(path))
}

/// Files that a client reads its login from.
fn is_login_file(path: &str, name: &str) -> bool {
    const NAMES: &[&str] = &[
        ".pypirc",
        "pip.conf",
        "pip.ini",
        ".my.cnf",
        ".s3cfg",
        ".boto",
        "credentials.toml",
        ".vault-token",
        ".condarc",
        ".databrickscfg",
        ".yarnrc.yml",
        ".npmrc",
        ".ftpconfig",
        "sftp.json",
        "sftp-config.json",
        ".netrc",
        "_netrc",
    ];
    const ENDS: &[&str] =
        &[".cargo/credentials", ".gem/credentials", ".aws/credentials", ".m2/settings.xml", "gh/hosts.yml"];
    NAMES.contains(&name) || ENDS.iter().any(|end| path.ends_with(end))
}

/// `https://user:password@host` and `https://token@host`.
static GIT_URL: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r#"https?://([^\s"'@/$<>{}]{8,300})@[a-z0-9.-]{3,}"#));

/// `BUNDLE_GEMS__ACME__COM: "user:password"`: two lines for each dot of the host.
static BUNDLER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r#"^BUNDLE_[A-Z0-9_-]+__[A-Z0-9_-]+:[ \t]{0,8}["']?(?:[^\s:"']+:)?([^\s"':]{8,400})["']?\s*$"#)
});

/// `https://host/t/token/channel`, as conda signs in.
static CHANNEL: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r#"https?://[^\s"'/]{3,200}/t/([A-Za-z0-9_-]{16,400})(?:/|["'\s]|$)"#));

/// `password = value` and the like, whole lines.
static ASSIGNMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"^[ \t]{0,16}["'<]?[a-z0-9_.-]{0,40}(?:password|passwd|token|secret|secret_key|access_key|api_?key|oauth_token|rubygems_api_key|secret_access_key)["'>]?[ \t]{0,8}[=:>]?[ \t]{0,8}["']?(?:bearer[ \t])?([^\s"'<>$,{}]{8,400})"#,
    )
});

/// Commands that were allowed, environments and headers of servers. JSON is read, as an escaped quote
/// would end a value too early; other formats are searched as they are.
fn agent(text: &[u8]) -> Vec<Found> {
    let mut found = all(text, &COMMAND, "secret-agent-settings", is_credential);
    let (Some(rule), Ok(json)) =
        (table::rule("secret-agent-settings"), serde_json::from_slice::<Value>(text))
    else {
        return found;
    };
    let mut values = Vec::new();
    named_strings(&json, "", &mut values);
    for (name, value) in values {
        for secret in credentials_of(name, value) {
            found.extend(locate(text, secret).map(|token| Found {
                rule,
                span: token.clone(),
                token,
                prefix: 0,
            }));
        }
    }
    found
}

/// The credentials in one string: the whole of it where its name says so, or what a command in it carries.
fn credentials_of<'a>(name: &str, value: &'a str) -> Vec<&'a str> {
    const NAMES: &[&str] = &[
        "token",
        "secret",
        "password",
        "passwd",
        "apikey",
        "api_key",
        "api-key",
        "_key",
        "authorization",
        "_pat",
    ];
    let name = name.to_ascii_lowercase();
    let last_word = value.rsplit(' ').next().unwrap_or(value);
    let mut found: Vec<&str> = Vec::new();
    let one_word = !value.trim().contains(' ') || name == "authorization";
    if one_word && NAMES.iter().any(|end| name.contains(end)) && is_credential(last_word.as_bytes()) {
        found.push(last_word);
    }
    if let Some(pattern) = COMMAND.as_ref() {
        let inside = pattern.captures_iter(value.as_bytes()).filter_map(|captures| captures.get(1));
        found.extend(
            inside.filter(|one| is_credential(one.as_bytes())).filter_map(|one| value.get(one.range())),
        );
    }
    found
}

/// Every string with the name of the field that it is in. Not recursive: the depth is the file's.
fn named_strings<'a>(json: &'a Value, name: &'a str, into: &mut Vec<(&'a str, &'a str)>) {
    let mut open = vec![(name, json)];
    while let Some((name, value)) = open.pop() {
        match value {
            Value::String(text) => into.push((name, text)),
            // `"args": ["--api-key", "..."]`: the option names the value after it
            Value::Array(list) => open.extend(list.iter().enumerate().map(|(number, item)| {
                let before =
                    number.checked_sub(1).and_then(|before| list.get(before)).and_then(Value::as_str);
                (
                    before.filter(|before| before.starts_with('-') && !before.contains(' ')).unwrap_or(name),
                    item,
                )
            })),
            Value::Object(fields) => open.extend(fields.iter().map(|(key, item)| (key.as_str(), item))),
            _ => {}
        }
    }
}

/// Where a string is in the file, if no escape is in it.
fn locate(text: &[u8], secret: &str) -> Option<Range<usize>> {
    let start = memchr::memmem::find(text, secret.as_bytes())?;
    Some(start..start + secret.len())
}

fn has_digit(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
}
