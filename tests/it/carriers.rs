//! Files that programs make of others, with a password in them: the program itself makes them here.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::clients::have;
use crate::dice::{Dice, fresh_seed};
use crate::secrets::findings;

fn password(dice: &mut Dice) -> String {
    dice.make("{base62:8}7x9K{base62:8}")
}

/// The rules that a file fires, as the second of a package.
fn fired(name: &str, bytes: Vec<u8>) -> Vec<String> {
    let found = findings(&[(format!("package/lib/{name}"), bytes)], "secret-");
    found.into_iter().map(|(rule, ..)| rule).collect()
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_java_compiles_is_read_as_its_source() {
    if !have(&["javac"]) {
        return;
    }
    let mut dice = Dice::new(fresh_seed());
    for (source, is_secret) in [
        ("static final String DB_USER = \"svc\", DB_PASSWORD = \"@\";", true),
        ("String user = \"svc\"; String password = \"@\";", true),
        ("void f(java.util.Properties p) { p.put(\"user\", \"svc\"); p.put(\"password\", \"@\"); }", true),
        (
            "Object f() throws Exception { return java.sql.DriverManager.getConnection(
                 \"jdbc:postgresql://db7.acme.io/shop\", \"svc\", \"@\"); }",
            true,
        ),
        ("Object f() { return java.util.Map.of(\"user\", \"svc\", \"password\", \"@\"); }", true),
        (
            "boolean f(String user, String password) {
                 return user.equals(\"svc\") && password.equals(\"@\"); }",
            true,
        ),
        ("String password(String text) { return text; } String a = password(\"label\"), id = \"@\";", false),
        ("static final String DIGEST = \"@\", NAME = \"password\";", false),
    ] {
        let folder = TempDir::new().unwrap();
        let password = password(&mut dice);
        let source = format!("class Acme {{ {} }}", source.replace('@', &password));
        fs::write(folder.path().join("Acme.java"), &source).unwrap();
        for symbols in ["-g", "-g:none"] {
            run(folder.path(), "javac", &[symbols, "Acme.java"]);
            let class = fs::read(folder.path().join("Acme.class")).unwrap();
            let is_named = symbols == "-g" || !source.contains("password.equals");
            assert_eq!(!fired("Acme.class", class).is_empty(), is_secret && is_named, "{source} {symbols}");
        }
    }
}

#[test]
fn what_python_compiles_is_read_as_its_source() {
    if !have(&["python"]) {
        return;
    }
    let mut dice = Dice::new(fresh_seed());
    for (source, is_secret) in [
        ("DB_USER = 'svc'\nDB_PASSWORD = '@'\n", true),
        ("def f(link):\n    return link(user='svc', password='@')\n", true),
        ("def f(link):\n    user = 'svc'\n    password = '@'\n    return link(user, password)\n", true),
        ("class A:\n    user = 'svc'\n    password = '@'\n", true),
        ("FIELDS = ('password', 'digest')\nDIGEST = '@'\n", false),
    ] {
        let folder = TempDir::new().unwrap();
        let source = source.replace('@', &password(&mut dice));
        fs::write(folder.path().join("acme.py"), &source).unwrap();
        run(folder.path(), "python", &["-c", "import py_compile; py_compile.compile('acme.py', 'acme.pyc')"]);
        let module = fs::read(folder.path().join("acme.pyc")).unwrap();
        assert_eq!(!fired("acme.pyc", module).is_empty(), is_secret, "{source}");
    }
}

#[test]
fn what_vim_saves_is_read_as_its_file() {
    if !have(&["vim"]) {
        return;
    }
    let mut dice = Dice::new(fresh_seed());
    for (name, swap, text) in [
        (".env", ".env.swp", "NODE_ENV=production\nDB_PASSWORD=@\nPORT=80\n"),
        ("app.yml", ".app.yml.swp", "db:\n  user: svc\n  password: @\n"),
        (".npmrc", ".npmrc.swp", "registry=https://npm.acme.io/\n//npm.acme.io/:_password=@\n"),
    ] {
        let folder = TempDir::new().unwrap();
        let lines = "# a line\n".repeat(dice.below(2_000));
        let text = format!("{lines}{}", text.replace('@', &password(&mut dice)));
        fs::write(folder.path().join(name), &text).unwrap();
        let keep = format!("!cp {swap} kept");
        let commands = ["set swapfile directory=.", &format!("edit {name}"), "preserve", &keep, "quit!"];
        let mut arguments = vec!["-u", "NONE", "-e", "-s"];
        arguments.extend(commands.iter().flat_map(|command| ["-c", command]));
        run(folder.path(), "vim", &arguments);
        let kept = fs::read(folder.path().join("kept")).unwrap();
        assert!(!fired(swap, kept).is_empty(), "{text}");
    }
}
