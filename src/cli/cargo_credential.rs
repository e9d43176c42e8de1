//! cargo's protocol for providers of logins: a line of JSON asks, a line of JSON answers.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use packgate::audit::Audit;
use packgate::inventory::Kind;
use packgate::passed::Passed;
use packgate::settings::Settings;
use packgate::surroundings::Workspace;
use serde_json::{Value, json};

use super::file::save;
use super::{Exit, output};

/// Give cargo its login for a crate only if that has passed
///
/// cargo starts this by itself, when a registry has it as its own `credential-provider`; the crate has to have passed
/// `packgate check` by the settings in force. The login comes from PACKGATE_CARGO_TOKEN, or from another provider.
#[derive(Debug, clap::Args)]
pub(crate) struct CargoCredential {
    /// Passed by cargo
    #[arg(long, hide = true)]
    cargo_plugin: bool,
}

/// The crates of a project of cargo's that pass in this run.
pub(crate) struct PassedCrates {
    passed: Option<Passed>,
    is_new: bool,
}

impl PassedCrates {
    /// For a project; what is none of cargo's has no use for this.
    pub(crate) fn of(project: &Path) -> Self {
        Self { passed: Passed::of(project), is_new: false }
    }

    /// Notes a crate that was judged by these settings.
    pub(crate) fn note(&mut self, audit: &Audit, settings: &Settings) {
        if let Some(passed) = self.passed.as_mut().filter(|_| audit.kind() == Kind::Crate) {
            passed.note(audit, settings, time::OffsetDateTime::now_utc().date());
            self.is_new = true;
        }
    }

    /// Writes them down. Where that can't be done, cargo is refused its login later.
    pub(crate) fn save(&self) {
        let Some(passed) = self.passed.as_ref().filter(|_| self.is_new) else { return };
        let write = || {
            let folder = passed.file().parent().ok_or("it has no folder")?;
            std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
            save(passed.file(), passed.text().map_err(|error| error.to_string())?.as_bytes())
        };
        if let Err(why) = write() {
            log::info!("{}: {why}", passed.file().display());
        }
    }
}

/// The variable that holds the login.
const TOKEN: &str = "PACKGATE_CARGO_TOKEN";

/// Whether cargo has started this program as a provider: it passes nothing else, and what the configuration says comes
/// with the question.
pub(super) fn is_meant() -> bool {
    let mut arguments = std::env::args_os().skip(1);
    arguments.next().is_some_and(|first| first == "--cargo-plugin") && arguments.next().is_none()
}

impl CargoCredential {
    /// Answers until cargo has no more questions.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        serve()
    }
}

/// Answers until cargo has no more questions.
pub(super) fn serve() -> Result<Exit, String> {
    say(&json!({ "v": [1] }))?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| format!("cannot read cargo's question: {error}"))?;
        let answer = match serde_json::from_str::<Value>(&line) {
            Ok(question) => answer(&question),
            Err(error) => refusal(&format!("packgate: cargo's question is none: {error}")),
        };
        say(&answer)?;
    }
    Ok(Exit::Passed)
}

fn say(answer: &Value) -> Result<(), String> {
    output::line(format_args!("{answer}"))
}

fn answer(question: &Value) -> Value {
    let text = |key: &str| question.get(key).and_then(Value::as_str).unwrap_or_default();
    if question.get("v") != Some(&json!(1)) {
        return refusal("packgate: cargo speaks another version of its protocol");
    }
    if text("kind") != "get" {
        return json!({ "Err": { "kind": "operation-not-supported" } });
    }
    let given = question.get("args").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut given: Vec<&str> = given.iter().filter_map(Value::as_str).collect();
    if given.first() == Some(&"cargo-credential") {
        given.remove(0);
    }
    let (own, other) = match given.iter().position(|argument| *argument == "--") {
        Some(at) => (given.get(..at).unwrap_or_default(), given.get(at + 1..).unwrap_or_default()),
        None => (given.as_slice(), &[][..]),
    };
    let (policy, only) = match own {
        [] => (None, None),
        ["--policy", policy] => (Some(*policy), None),
        // From `packgate publish`, which has just audited it.
        ["--only", sha256] => (None, Some(*sha256)),
        _ => return refusal(&format!("packgate: `{}` is no argument of cargo-credential", own.join(" "))),
    };
    if text("operation") == "publish" {
        let allowed = match only {
            Some(sha256) if sha256 == text("cksum") => Ok(()),
            Some(_) => Err("it is not what was audited just now".to_owned()),
            None => has_passed(text("name"), text("cksum"), policy)
                .map_err(|why| format!("{why}. Run `packgate check` here first")),
        };
        if let Err(why) = allowed {
            return refusal(&format!(
                "packgate: {} {} with sha256 {} is not to be published: {why}",
                text("name"),
                text("vers"),
                text("cksum"),
            ));
        }
    }
    if only.is_some() && other.is_empty() && token().is_none() {
        return match text("operation") {
            // The next one would answer with a login that cargo keeps, and then it would not ask what it may publish.
            "read" => given_once("none"),
            // cargo asks the next one then.
            _ => json!({ "Err": { "kind": "not-found" } }),
        };
    }
    login(question, other)
}

/// Whether this crate has passed, by the settings of its folder in the workspace that cargo runs in.
fn has_passed(name: &str, sha256: &str, policy: Option<&str>) -> Result<(), String> {
    let here = Path::new(".");
    let workspace = Workspace::new(here, policy);
    let folder = workspace.named(name, Kind::Crate).unwrap_or_else(|| workspace.folder().to_path_buf());
    let settings = workspace.settings(&folder).map_err(|errors| errors.to_string())?;
    let passed = Passed::of(here).ok_or("there is no Cargo.toml here or above")?;
    let today = time::OffsetDateTime::now_utc().date();
    passed.has(sha256, &settings, today).map_err(|why| why.to_string())
}

/// The login from the variable, or from another provider.
fn login(question: &Value, other: &[&str]) -> Value {
    if let Some((program, arguments)) = other.split_first() {
        return match ask(program, arguments, question) {
            Ok(mut answer) => {
                // Kept, it would serve for the next crate as well.
                if let Some(login) = answer.get_mut("Ok").and_then(Value::as_object_mut) {
                    login.insert("cache".to_owned(), "never".into());
                    login.insert("operation_independent".to_owned(), false.into());
                }
                answer
            }
            Err(why) => refusal(&format!("packgate: {program}: {why}")),
        };
    }
    match token() {
        Some(token) => given_once(&token),
        None => refusal(&format!(
            "packgate: no login: set {TOKEN}, or name another provider behind `--` in `credential-provider`"
        )),
    }
}

fn given_once(token: &str) -> Value {
    json!({ "Ok": { "kind": "get", "token": token, "cache": "never", "operation_independent": false } })
}

fn token() -> Option<String> {
    std::env::var(TOKEN).ok().filter(|token| !token.is_empty())
}

/// Hands the question to another provider.
fn ask(program: &str, arguments: &[&str], question: &Value) -> Result<Value, String> {
    let mut question = question.clone();
    if let Some(fields) = question.as_object_mut() {
        fields.insert("args".to_owned(), json!(arguments));
    }
    let told = |error: std::io::Error| error.to_string();
    let mut provider = Command::new(program)
        .arg("--cargo-plugin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(told)?;
    let (Some(mut to), Some(from)) = (provider.stdin.take(), provider.stdout.take()) else {
        return Err("it can't be spoken to".to_owned());
    };
    let mut lines = BufReader::new(from).lines();
    let _hello = lines.next().ok_or("it said nothing")?.map_err(told)?;
    writeln!(to, "{question}").map_err(told)?;
    let answer = lines.next().ok_or("it gave no answer")?.map_err(told)?;
    drop(to);
    provider.wait().map_err(told)?;
    serde_json::from_str(&answer).map_err(|error| error.to_string())
}

fn refusal(message: &str) -> Value {
    json!({ "Err": { "kind": "other", "message": message, "caused-by": [] } })
}
