//! The bit of shell syntax that manifest scripts need: which file a command starts.

/// A file that a command starts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Started {
    /// Its path from the package's folder.
    pub(super) file: String,
    /// Whether Node looks for it, with the extensions that it adds.
    by_node: bool,
    /// Whether the script carries on, and succeeds, without it.
    pub(super) may_fail: bool,
}

impl Started {
    /// Paths where the file would be found.
    pub(super) fn candidates(&self) -> Vec<String> {
        let ends: &[&str] = if self.by_node { &["", ".js", ".json", ".node", "/index.js"] } else { &[""] };
        ends.iter().map(|end| format!("{}{end}", self.file)).collect()
    }
}

/// Programs that run the file that is their first argument.
const INTERPRETERS: [&str; 6] = ["node", "sh", "bash", "python", "python3", "zx"];

/// The first command of a script.
#[derive(Debug)]
pub(super) struct Command<'s> {
    pub(super) program: &'s str,
    /// What stands behind it first.
    pub(super) argument: Option<&'s str>,
    /// Whether the script carries on, and may succeed, if it fails.
    pub(super) may_fail: bool,
}

/// Where a command ends.
const ENDS: [char; 4] = ['&', '|', ';', '\n'];

pub(super) fn first_command(script: &str) -> Option<Command<'_>> {
    let script = after_words(script);
    let end = script.find(ENDS).unwrap_or(script.len());
    let (command, rest) = script.split_at(end);
    let may_fail = rest.trim_start().strip_prefix("||").is_some_and(|instead| !fails(instead));
    let mut words = command.split_whitespace().skip_while(|word| is_assignment(word));
    Some(Command { program: words.next()?, argument: words.next(), may_fail })
}

/// The script behind the commands that only say something: they make no file and don't fail.
fn after_words(mut script: &str) -> &str {
    while let Some((command, rest)) = script.split_once("&&").or_else(|| script.split_once(';')) {
        let says = matches!(command.split_whitespace().next(), Some("echo" | "true" | ":"));
        if !says
            || command.contains(['>', '$', '`', '|', '(', ';', '\n', '"', '\'', '\\']) && !is_quoted(command)
        {
            break;
        }
        script = rest;
    }
    script
}

/// Whether a command is `echo` and one quoted text, in which nothing is run.
fn is_quoted(command: &str) -> bool {
    let text = command.trim().strip_prefix("echo").unwrap_or_default().trim();
    let inner = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    let double = inner('"').is_some_and(|text| !text.contains(['"', '$', '`', '\\', '\n']));
    double || inner('\'').is_some_and(|text| !text.contains(['\'', '\n']))
}

/// Whether what is run instead of a command that failed fails, too: `exit 1`, or a group that ends so.
fn fails(instead: &str) -> bool {
    let group = instead.trim().strip_prefix(['(', '{']).and_then(|group| group.strip_suffix([')', '}']));
    let mut commands = group.unwrap_or(instead).split(ENDS).map(str::trim).filter(|one| !one.is_empty());
    let command = if group.is_some() { commands.next_back() } else { commands.next() };
    let mut words = command.unwrap_or_default().split_whitespace();
    match words.next() {
        Some("false") => true,
        Some("exit") => words.next() != Some("0"),
        _ => false,
    }
}

/// The file of the package that the first command of a script starts, if that is certain.
pub(super) fn first_started(script: &str) -> Option<Started> {
    if let Some(required) = first_required(script) {
        return Some(required);
    }
    let Command { program, argument, may_fail } = first_command(script)?;
    file_of(program, argument, may_fail)
}

/// The file of the package that a program runs, if that is certain.
fn file_of(program: &str, argument: Option<&str>, may_fail: bool) -> Option<Started> {
    let (file, by_node) = match program {
        _ if INTERPRETERS.contains(&program) => (argument?, program == "node"),
        _ if program.starts_with("./") => (program, false),
        _ => return None,
    };
    let file = file.trim_matches(['"', '\'']).trim_start_matches("./").trim_end_matches('/');
    // Options, variables, places outside the package and what other tools put there are not ours to judge.
    let is_plain = file.chars().all(|c| c.is_ascii_alphanumeric() || "._-/@+".contains(c));
    let is_made_later = ["node_modules/", "build/", "../", "/"].iter().any(|start| file.starts_with(start));
    let is_file =
        !file.is_empty() && !file.starts_with('-') && is_plain && !is_made_later && !file.contains("..");
    is_file.then(|| Started { file: file.to_owned(), by_node, may_fail })
}

/// One of the commands of a script.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<'s> {
    /// It only says something.
    Nothing,
    /// It starts a file; the script fails without that unless `may_fail`.
    Starts(Started),
    /// It has npm run another script of the manifest.
    Runs { name: &'s str, may_fail: bool },
    /// It may do anything.
    Unknown,
}

/// The commands of a script one behind the other, up to the first that may do anything.
pub(super) fn steps(script: &str) -> Vec<Step<'_>> {
    const MOST: usize = 32;
    let mut groups = script.split([';', '\n']).map(str::trim).filter(|group| !group.is_empty()).peekable();
    let mut steps = Vec::new();
    while let Some(group) = groups.next() {
        // only the last one decides how the script ends
        let may_fail = groups.peek().is_some();
        for command in group.split("&&") {
            let step = step(command.trim(), may_fail);
            let is_last = step == Step::Unknown || steps.len() >= MOST;
            steps.push(step);
            if is_last {
                return steps;
            }
        }
    }
    steps
}

fn step(command: &str, may_fail: bool) -> Step<'_> {
    let says = matches!(command.split_whitespace().next(), Some("echo" | "true" | ":"));
    if says && is_quoted(command) {
        return Step::Nothing;
    }
    if command.contains(['>', '<', '$', '`', '|', '&', '(', '{', '"', '\'', '\\', '*', '!']) {
        return Step::Unknown;
    }
    let mut words = command.split_whitespace().skip_while(|word| is_assignment(word));
    match words.next() {
        Some("echo" | "true" | ":") => Step::Nothing,
        Some("npm") if matches!(words.next(), Some("run" | "run-script")) => {
            let mut names = words.filter(|word| !matches!(*word, "-s" | "--silent"));
            match (names.next(), names.next()) {
                // `env` is npm's own, and so is `start` where there is a `server.js`
                (Some("env" | "start"), None) => Step::Unknown,
                (Some(name), None) if !name.starts_with('-') => Step::Runs { name, may_fail },
                _ => Step::Unknown,
            }
        }
        Some(program) => file_of(program, words.next(), may_fail).map_or(Step::Unknown, Step::Starts),
        None => Step::Nothing,
    }
}

/// The file that `node -e "require('./a')"` loads, where that is all of the script.
fn first_required(script: &str) -> Option<Started> {
    let rest = after_words(script).trim().strip_prefix("node")?.trim_start();
    let rest = rest.strip_prefix("-e").or_else(|| rest.strip_prefix("--eval"))?.trim_start();
    let text = ['"', '\''].iter().find_map(|quote| rest.strip_prefix(*quote)?.strip_suffix(*quote))?;
    let inside = text.trim().trim_end_matches(';').strip_prefix("require(")?;
    let (name, behind) =
        ['"', '\''].iter().find_map(|quote| inside.strip_prefix(*quote)?.split_once(*quote))?;
    let file = name.strip_prefix("./").filter(|_| matches!(behind, ")" | ")()"))?;
    let is_plain = file.chars().all(|c| c.is_ascii_alphanumeric() || "._-/@+".contains(c));
    let is_made_later = ["node_modules/", "build/"].iter().any(|start| file.starts_with(start));
    let is_file = is_plain && !is_made_later && !file.is_empty() && !file.contains("..");
    is_file.then(|| Started { file: file.trim_end_matches('/').to_owned(), by_node: true, may_fail: false })
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_of_a_script() {
        let steps = |script| {
            let one = |step| match step {
                Step::Nothing => "-".to_owned(),
                Step::Starts(started) => {
                    format!("{}{}", started.file, if started.may_fail { "?" } else { "" })
                }
                Step::Runs { name, may_fail } => format!("run {name}{}", if may_fail { "?" } else { "" }),
                Step::Unknown => "*".to_owned(),
            };
            steps(script).into_iter().map(one).collect::<Vec<_>>().join(" ")
        };
        for (script, expected) in [
            ("node a && X=1 node b.js --fast", "a b.js"),
            ("node a; node b", "a? b"),
            ("echo 'hi' && node a", "- a"),
            ("npm run -s a && npm run-script b", "run a run b"),
            ("npm run a --if-present && node b", "*"),
            ("npm run a -- --x", "*"),
            ("node a || node b", "*"),
            ("node a && tsc && node b", "a *"),
            ("echo 'a && node b'", "*"),
            ("test ! -f a.js || node a.js", "*"),
            ("(node a) && node b", "*"),
            ("node a && node build/b.js", "a *"),
            ("node a > b.js && node b.js", "*"),
            ("", ""),
        ] {
            assert_eq!(steps(script), expected, "{script}");
        }
    }

    #[test]
    fn what_a_script_starts() {
        let file = |script| first_started(script).map(|started| (started.file, started.may_fail));
        let sure = |file: &str| Some((file.to_owned(), false));
        assert_eq!(file("node install.js"), sure("install.js"));
        assert_eq!(file("NODE_ENV=production node ./scripts/a && b"), sure("scripts/a"));
        assert_eq!(file("./configure.sh --fast"), sure("configure.sh"));
        assert_eq!(file("sh 'tools/x.sh'; y"), sure("tools/x.sh"));
        assert_eq!(file("node x || exit 0"), Some(("x".to_owned(), true)));
        assert_eq!(file("node x.js||true"), Some(("x.js".to_owned(), true)));
        assert_eq!(file("node x.js || node y.js || exit 1"), Some(("x.js".to_owned(), true)));
        assert_eq!(file("node x.js || exit 1"), sure("x.js"));
        assert_eq!(file("./x.sh || false"), sure("x.sh"));
        assert_eq!(file("node x.js || (echo \"too old\" && exit 1)"), sure("x.js"));
        assert_eq!(file("node x.js || (echo skipped; exit 0)"), Some(("x.js".to_owned(), true)));
        assert_eq!(file("echo ready && node x.js"), sure("x.js"));
        assert_eq!(file("echo 'made; with (care)' && true && ./x.sh"), sure("x.sh"));
        assert_eq!(file("echo \"hi > you\"; node x.js || true"), Some(("x.js".to_owned(), true)));
        assert_eq!(file("node -e \"require('./tools/setup')\""), sure("tools/setup"));
        assert_eq!(file("echo hi && node --eval 'require(\"./a.js\")();'"), sure("a.js"));
        for unsure in [
            "node -e \"try { require('./a') } catch (e) {}\"",
            "node -e \"require('a')\"",
            "node -e \"require('./a').run()\"",
            "node -e \"require('./a')\" || exit 0",
            "node -e \"require('./build/a')\"",
            "node -e \"require('../a')\"",
            "echo 1 > x.js && node x.js",
            "echo $(make) && node x.js",
            "echo \"$(make)\" && node x.js",
            "echo 'a' > x.js && echo 'b' && node x.js",
            "echo a | tee x.js && node x.js",
            "echo 'a && node x.js'",
            "echo 'a; node x.js'",
            "echo it's; node x.js",
            "node -e \"1\"",
            "node $FILE",
            "npm run x",
            "tsc",
            "cd a && node x.js",
            "node ../x.js",
            "node build/x.js",
            "node node_modules/a/x.js",
            "(node x.js)",
            "node",
            "",
            "/bin/x",
            "if [ -f x ]; then node x; fi",
            "sh -c 'x'",
        ] {
            assert_eq!(file(unsure), None, "{unsure}");
        }
    }
}
