//! What CI gets to see, also where nothing could be audited; and the hook that fires when its recipe says.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{packgate, sample, status, text};
use crate::clients;
use crate::recipes::recipe;

const FORMATS: [&str; 6] = ["json", "sarif", "junit", "gitlab", "markdown", "html"];

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn reports_are_whole_where_nothing_could_be_audited() {
    for (settings, target, why) in
        [("policy = \"none\"\n", "leak.tgz", "policy"), ("", "gone.tgz", "gone.tgz"), ("", "broken", "npm")]
    {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("packgate.toml"), settings).unwrap();
        fs::copy(sample("acme-cli-2.1.88.tgz"), folder.path().join("leak.tgz")).unwrap();
        fs::create_dir(folder.path().join("broken")).unwrap();
        fs::write(folder.path().join("broken/package.json"), "{").unwrap();
        if target == "broken" && !clients::have(&["npm"]) {
            continue;
        }
        let mut arguments = vec!["check".to_owned(), target.to_owned()];
        arguments.extend(
            FORMATS.iter().flat_map(|format| ["--format".to_owned(), format!("{format}=report.{format}")]),
        );
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = packgate(folder.path(), &arguments);
        assert_eq!(status(&output), 2, "{target}: {}", text(&output.stderr));
        for format in FORMATS {
            let report = read(&folder, &format!("report.{format}"));
            assert!(report.contains(why), "{target} {format}: {report}");
        }
        let json: Value = serde_json::from_str(&read(&folder, "report.json")).unwrap();
        assert_eq!(json["verdict"], "incomplete", "{json}");
        assert!(json["artifacts"][0]["error"].is_string(), "{json}");
        let sarif: Value = serde_json::from_str(&read(&folder, "report.sarif")).unwrap();
        let invocation = &sarif["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        assert_eq!(invocation["toolExecutionNotifications"][0]["level"], "error", "{invocation}");
        let output = Command::new(env!("CARGO_BIN_EXE_packgate"))
            .args(["check", target])
            .current_dir(folder.path())
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_STEP_SUMMARY", folder.path().join("summary.md"))
            .output()
            .unwrap();
        assert!(text(&output.stdout).contains("::error "), "{target}: {}", text(&output.stdout));
        assert!(read(&folder, "summary.md").contains(why), "{target}");
    }
}

#[cfg(unix)]
#[test]
fn before_the_first_release_there_is_nothing_to_compare_with() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let npm = folder.path().join("npm");
    let check = |says: &str, release: &str| {
        fs::write(&npm, format!("#!/bin/sh\necho 'npm error {says}' >&2\nexit 1\n")).unwrap();
        fs::set_permissions(&npm, fs::Permissions::from_mode(0o755)).unwrap();
        Command::new(env!("CARGO_BIN_EXE_packgate"))
            .arg("check")
            .arg(sample("left-edge-1.0.3.tgz"))
            .args(["--against", release])
            .current_dir(folder.path())
            .env(
                "PATH",
                std::env::join_paths([folder.path(), Path::new("/usr/bin"), Path::new("/bin")]).unwrap(),
            )
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap()
    };
    let output = check("code E404", "latest");
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("nothing to compare with"), "{}", text(&output.stderr));
    assert_eq!(status(&check("code E404", "1.0.0")), 2);
    assert_eq!(status(&check("code ENOTFOUND", "latest")), 2);
}

/// The name of an action's variable and what it holds.
type Input<'a> = (&'a str, &'a str);

/// Runs the action's own script with a packgate that says what it was given.
#[cfg(unix)]
fn action(inputs: &[Input<'_>], files: &[&str]) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let program = folder.path().join("bin/packgate");
    fs::create_dir(folder.path().join("bin")).unwrap();
    fs::create_dir(folder.path().join("work")).unwrap();
    fs::write(&program, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    for file in files {
        let file = folder.path().join("work").join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "").unwrap();
    }
    let mut command = Command::new("bash");
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("action/check.sh"))
        .current_dir(folder.path().join("work"));
    let path = [folder.path().join("bin"), "/usr/bin".into(), "/bin".into()];
    command
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("GITHUB_OUTPUT", folder.path().join("output"));
    for (name, value) in
        [("SARIF", "p.sarif"), ("FAIL_ON", "error"), ("PROJECT", "."), ("POLICY", ""), ("TARGETS", ".")]
    {
        command.env(format!("PACKGATE_{name}"), value);
    }
    for (name, value) in inputs {
        command.env(format!("PACKGATE_{name}"), value);
    }
    text(&command.output().unwrap().stdout).lines().map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn the_action_hands_on_its_inputs() {
    if !clients::have(&["bash"]) {
        return;
    }
    let files = ["dist/a-1.whl", "dist/a b.whl", "x.tgz"];
    let given = action(&[("TARGETS", "dist/*.whl\nx.tgz\nnone/*.whl\n")], &files);
    let mut targets: Vec<&str> =
        given.iter().skip_while(|word| *word != "--").skip(1).map(String::as_str).collect();
    targets.sort_unstable();
    assert_eq!(targets, ["dist/a b.whl", "dist/a-1.whl", "none/*.whl", "x.tgz"]);
    let given =
        action(&[("AGAINST", "latest"), ("HTML", "a.html"), ("FORMAT", "junit=j.xml\n")], &files).join(" ");
    for wanted in ["--against latest", "--format html=a.html", "--format junit=j.xml"] {
        assert!(given.contains(wanted), "{given}");
    }
}

#[test]
fn two_reports_on_stdout_are_refused() {
    let folder = TempDir::new().unwrap();
    let leak = sample("acme-cli-2.1.88.tgz");
    let leak = leak.to_str().unwrap();
    let output = packgate(folder.path(), &["check", leak, "--format", "json", "--format", "sarif"]);
    assert_eq!((status(&output), output.stdout.len()), (2, 0));
    assert!(text(&output.stderr).contains("sarif=FILE"), "{}", text(&output.stderr));
    let output = packgate(folder.path(), &["check", leak, "--format", "json", "--format", "sarif=a.sarif"]);
    assert_eq!(status(&output), 1);
    let output = packgate(folder.path(), &["check", leak, "--format", "json=one", "--format", "sarif=one"]);
    assert!(status(&output) == 2 && text(&output.stderr).contains("both go to one"), "one file is lost");
}

#[test]
fn code_scanning_tells_findings_of_one_line_apart() {
    let folder = TempDir::new().unwrap();
    let leak = sample("acme-cli-2.1.88.tgz");
    let output = packgate(folder.path(), &["check", leak.to_str().unwrap(), "--format", "sarif"]);
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let mut hashes: Vec<&str> = results
        .iter()
        .map(|result| result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap())
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), results.len());
    for rule in sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        let severity: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!((0.0..=10.0).contains(&severity));
        assert!(rule["helpUri"].as_str().unwrap().starts_with("https://"));
    }
}

#[test]
fn what_is_no_package_and_no_rule_is_told_what_to_do() {
    let folder = TempDir::new().unwrap();
    for (arguments, said) in [
        (&["check"][..], "name a packed artifact"),
        (&["check", "/bin/sh"], "name what is published"),
        (&["explain", "secret"], "begins the names of"),
    ] {
        let output = packgate(folder.path(), arguments);
        let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(said), "{arguments:?}: {told}");
    }
}

fn git(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let program = Path::new(env!("CARGO_BIN_EXE_packgate")).parent().unwrap();
    let mut path = vec![program.to_path_buf()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    Command::new(arguments[0])
        .args(&arguments[1..])
        .current_dir(folder)
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("PRE_COMMIT_HOME", folder.join("../pre-commit-home"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("NO_COLOR", "1")
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap()
}

#[test]
fn the_hook_of_the_recipe_stops_a_push() {
    if !clients::have(&["pre-commit", "git", "npm"]) {
        return;
    }
    let root = TempDir::new().unwrap();
    let hooks = root.path().join("hooks");
    let project = root.path().join("project");
    let run = |folder: &Path, arguments: &[&str]| {
        let output = git(folder, arguments);
        assert!(output.status.success(), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
    };
    for folder in [&hooks, &project] {
        fs::create_dir(folder).unwrap();
        run(folder, &["git", "init", "-q", "-b", "main"]);
        for (key, value) in [("user.name", "a"), ("user.email", "a@example.com")] {
            run(folder, &["git", "config", key, value]);
        }
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    fs::copy(own, hooks.join(".pre-commit-hooks.yaml")).unwrap();
    run(&hooks, &["git", "add", "."]);
    run(&hooks, &["git", "commit", "-qm", "Hooks"]);
    run(&hooks, &["git", "tag", "v0.1.0"]);
    // The recipe, with the program that is there and this copy of the hooks.
    let config = recipe("yaml", "pre-commit")
        .replace("https://github.com/packgate/packgate", hooks.to_str().unwrap())
        .replace("id: packgate", "id: packgate-system");
    fs::write(project.join(".pre-commit-config.yaml"), config).unwrap();
    let manifest =
        r#"{ "name": "acme-hello", "version": "1.0.0", "license": "MIT", "main": "lib", "files": ["lib"] }"#;
    fs::write(project.join("package.json"), manifest).unwrap();
    fs::create_dir(project.join("lib")).unwrap();
    fs::write(project.join("lib/index.js"), "module.exports = 1;\n").unwrap();
    run(root.path(), &["git", "init", "-q", "--bare", "remote"]);
    run(&project, &["git", "remote", "add", "origin", "../remote"]);
    run(&project, &["pre-commit", "install"]);
    run(&project, &["git", "add", "."]);
    run(&project, &["git", "commit", "-qm", "Clean"]);
    run(&project, &["git", "push", "-q", "origin", "main"]);
    fs::create_dir(project.join("lib/.claude")).unwrap();
    fs::write(project.join("lib/.claude/settings.local.json"), "{\"permissions\": {\"allow\": []}}").unwrap();
    run(&project, &["git", "add", "-f", "."]);
    run(&project, &["git", "commit", "-qm", "Stray"]);
    let pushed = git(&project, &["git", "push", "-q", "origin", "main"]);
    let told = format!("{}{}", text(&pushed.stdout), text(&pushed.stderr));
    assert!(!pushed.status.success() && told.contains("stray-agent"), "{told}");
}
