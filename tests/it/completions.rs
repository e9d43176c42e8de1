//! The completions, written by the program itself.

#[test]
fn completions_name_the_subcommands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_packgate"))
            .args(["completions", shell])
            .output()
            .unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && script.contains("explain") && script.contains("fail-on"),
            "{shell}"
        );
        // `clap_complete` offers values of options for three shells, and of arguments for two; the third is told of them here.
        let offers: &[&str] = match shell {
            "bash" | "zsh" | "fish" => &["sarif", "nupkg", "open-source", "warning", "source-map-embedded"],
            _ => &[],
        };
        for value in offers {
            assert!(script.contains(value), "{shell} doesn't offer {value}");
        }
    }
}

#[test]
fn fish_is_told_the_names_of_rules() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_packgate"))
        .args(["completions", "fish"])
        .output()
        .unwrap();
    let script = String::from_utf8(output.stdout).unwrap();
    let line = script.lines().find(|line| line.contains("using_subcommand explain\" -f -a")).unwrap();
    assert!(line.contains(" own-source ") && line.contains(" stray-log "), "{line}");
}
