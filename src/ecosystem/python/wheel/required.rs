//! Packages that a wheel's modules import at their top, where the wheel requires nothing at all that could bring them. Which
//! project brings which package is nowhere in a wheel: as soon as one is required, any may be brought along.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{
    Asking, BrokenImport, Entry, EntryId, Import, ImportTrouble, Inventory, Package, Reach,
};

use super::imports::{Modules, is_for_python_3};

/// Modules that are asked, those first that are reached first.
const MOST: usize = 20;

/// A module that is loaded whenever the package is, or a command of it.
struct Loaded<'a> {
    entry: &'a Entry,
    reach: Reach,
    field: String,
}

/// The modules that must be read again to be sure of what they import.
pub(super) fn doubtful(
    inventory: &Inventory,
    package: &Package,
    fields: &[(String, String)],
) -> Vec<EntryId> {
    if requires_any(fields) || !is_for_python_3(&inventory.artifact.path) {
        return Vec::new();
    }
    let modules = Modules::new(inventory, package, &[]);
    loaded(&modules, package).into_iter().map(|one| one.entry.id).collect()
}

/// What nothing brings, by what was read again.
pub(super) fn absent(
    inventory: &Inventory,
    package: &Package,
    fields: &[(String, String)],
    sure: &BTreeMap<EntryId, Vec<Import>>,
) -> Vec<BrokenImport> {
    if sure.is_empty() || requires_any(fields) || !is_for_python_3(&inventory.artifact.path) {
        return Vec::new();
    }
    let modules = Modules::new(inventory, package, &[]);
    let (mut absent, mut told) = (Vec::new(), BTreeSet::new());
    for Loaded { entry, reach, field } in loaded(&modules, package) {
        for import in sure.get(&entry.id).into_iter().flatten().filter(|one| one.by == Asking::Import) {
            let name = &*import.specifier;
            // where to look for modules is changed
            if name == "*" {
                return Vec::new();
            }
            let is_lost = !modules.has_top(name) && !is_given(name) && !is_host_of(name, &package.name);
            if is_lost && told.insert(name) {
                absent.push(BrokenImport {
                    entry: entry.id,
                    line: import.line,
                    specifier: name.to_owned(),
                    name: None,
                    trouble: ImportTrouble::Host,
                    near: None,
                    reach,
                    field: field.clone(),
                });
            }
        }
    }
    absent
}

fn requires_any(fields: &[(String, String)]) -> bool {
    const KEYS: [&str; 3] = ["requires", "requires-dist", "requires-external"];
    fields.iter().any(|(key, _)| KEYS.contains(&key.as_str()))
}

/// What commands start, and what is imported by the wheel's own name. What else is at its top may be an example.
fn loaded<'a>(modules: &Modules<'a>, package: &Package) -> Vec<Loaded<'a>> {
    let own = format!("import {}", plain(&package.name));
    let reached = modules.reached(package);
    let of_package = reached.iter().filter(|(_, reach, _)| *reach == Reach::Package);
    let tops: BTreeSet<&str> = of_package.map(|(.., field)| field.as_str()).collect();
    // what is alone at the top is what the wheel is for, whatever it is called
    let is_alone = tops.len() == 1;
    let is_own = |reach: Reach, field: &str| is_alone || reach == Reach::Command || plain(field) == own;
    let reached = reached.into_iter().filter(|(_, reach, field)| is_own(*reach, field));
    let loaded = reached.take(MOST).filter_map(|(path, reach, field)| {
        let entry = modules.entry(path).filter(|entry| entry.size > 0)?;
        Some(Loaded { entry, reach, field })
    });
    loaded.collect()
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['-', '.'], "_")
}

/// Whether Python brings a package itself, or a program in which Python runs.
fn is_given(name: &str) -> bool {
    name.starts_with('_') || PYTHON.binary_search(&name).is_ok() || HOSTS.binary_search(&name).is_ok()
}

/// Whether a wheel is called after a package, as plugins are: who has one has that.
fn is_host_of(name: &str, wheel: &str) -> bool {
    plain(wheel).contains(&plain(name))
}

/// What has been in Python's own library in any version 3.
#[rustfmt::skip]
const PYTHON: [&str; 226] = [
    "abc", "aifc", "annotationlib", "antigravity", "argparse", "array", "ast", "asynchat", "asyncio", "asyncore",
    "atexit", "audioop", "base64", "bdb", "binascii", "binhex", "bisect", "builtins", "bz2", "cProfile", "calendar",
    "cgi", "cgitb", "chunk", "cmath", "cmd", "code", "codecs", "codeop", "collections", "colorsys", "compileall",
    "compression", "concurrent", "configparser", "contextlib", "contextvars", "copy", "copyreg", "crypt", "csv",
    "ctypes", "curses", "dataclasses", "datetime", "dbm", "decimal", "difflib", "dis", "distutils", "doctest",
    "dummy_threading", "email", "encodings", "ensurepip", "enum", "errno", "faulthandler", "fcntl", "filecmp",
    "fileinput", "fnmatch", "formatter", "fractions", "ftplib", "functools", "gc", "genericpath", "getopt",
    "getpass", "gettext", "glob", "graphlib", "grp", "gzip", "hashlib", "heapq", "hmac", "html", "http", "idlelib",
    "imaplib", "imghdr", "imp", "importlib", "inspect", "io", "ipaddress", "itertools", "json", "keyword",
    "lib2to3", "linecache", "locale", "logging", "lzma", "macpath", "mailbox", "mailcap", "marshal", "math",
    "mimetypes", "mmap", "modulefinder", "msilib", "msvcrt", "multiprocessing", "netrc", "nis", "nntplib", "nt",
    "ntpath", "nturl2path", "numbers", "opcode", "operator", "optparse", "os", "ossaudiodev", "parser", "pathlib",
    "pdb", "pickle", "pickletools", "pipes", "pkgutil", "platform", "plistlib", "poplib", "posix", "posixpath",
    "pprint", "profile", "pstats", "pty", "pwd", "py_compile", "pyclbr", "pydoc", "pydoc_data", "pyexpat", "queue",
    "quopri", "random", "re", "readline", "reprlib", "resource", "rlcompleter", "runpy", "sched", "secrets",
    "select", "selectors", "shelve", "shlex", "shutil", "signal", "site", "smtpd", "smtplib", "sndhdr", "socket",
    "socketserver", "spwd", "sqlite3", "sre_compile", "sre_constants", "sre_parse", "ssl", "stat", "statistics",
    "string", "stringprep", "struct", "subprocess", "sunau", "symbol", "symtable", "sys", "sysconfig", "syslog",
    "tabnanny", "tarfile", "telnetlib", "tempfile", "termios", "test", "textwrap", "this", "threading", "time",
    "timeit", "tkinter", "token", "tokenize", "tomllib", "trace", "traceback", "tracemalloc", "tty", "turtle",
    "turtledemo", "types", "typing", "unicodedata", "unittest", "urllib", "uu", "uuid", "venv", "warnings", "wave",
    "weakref", "webbrowser", "winreg", "winsound", "wsgiref", "xdrlib", "xml", "xmlrpc", "zipapp", "zipfile",
    "zipimport", "zlib", "zoneinfo",
];

/// Packages that are only to be had with an operating system or a program, or that an installation of Python has.
#[rustfmt::skip]
const HOSTS: [&str; 34] = [
    "apt", "apt_pkg", "bpy", "dbus", "dnf", "frappe", "gdb", "gi", "hou", "idaapi", "idc", "java", "js", "libvirt",
    "lldb", "machine", "maya", "micropython", "nuke", "odoo", "pip", "pkg_resources", "pyodide", "rclpy", "rospy",
    "rpm", "selinux", "setuptools", "sublime", "uno", "unreal", "vapoursynth", "wheel", "xbmc",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;
    use crate::inspect::parsed_imports;

    fn lost(name: &str, requires: &str, texts: &[(&str, &str)]) -> Vec<String> {
        let artifact = format!("{name}-1-py3-none-any.whl");
        let mut inventory = inventory(&artifact, "zip", texts);
        for (entry, (_, text)) in inventory.entries.iter_mut().zip(texts) {
            entry.imports.clear();
            entry.media = crate::inventory::Media::Text;
            crate::inspect::inspect(text.as_bytes(), crate::inspect::Scanner::plain(), entry);
        }
        let package = Package { name: name.to_owned(), ..Package::default() };
        let fields = [(requires.to_owned(), "six".to_owned())];
        let doubtful = doubtful(&inventory, &package, &fields);
        let text = |id: EntryId| texts[inventory.entries.iter().position(|one| one.id == id).unwrap()];
        let read = |id: EntryId| (id, parsed_imports(text(id).0, text(id).1.as_bytes()).unwrap());
        let sure = doubtful.into_iter().map(read).collect();
        let absent = absent(&inventory, &package, &fields, &sure);
        absent.into_iter().map(|one| one.specifier).collect()
    }

    #[test]
    fn tables_are_in_order() {
        assert!(PYTHON.is_sorted() && HOSTS.is_sorted());
    }

    #[test]
    fn what_nothing_brings() {
        let texts = [
            ("acme_tool/__init__.py", "import os, six\nfrom .a import b\nimport acme_tool.a, helper\n"),
            ("acme_tool/a.py", "from yaml.nodes import (b,\n  c)\nfrom six import d\nimport acme, _lzma\n"),
            ("acme_tool/unreached.py", "import lost\n"),
            ("helper.py", "import lost\n"),
        ];
        assert_eq!(lost("acme-tool", "", &texts), ["six", "yaml"]);
        assert_eq!(lost("acme-tool", "requires-dist", &texts), [] as [String; 0]);
        assert_eq!(lost("other", "", &texts), [] as [String; 0]);
        assert_eq!(lost("other", "", &texts[..3]), ["six", "helper", "yaml", "acme"]);
    }

    #[test]
    fn what_may_come_otherwise() {
        for text in [
            "try:\n    import six\nexcept ImportError:\n    six = None\n",
            "if TYPE_CHECKING:\n    import six\n",
            "def f():\n    import six\n",
            "'''\nimport six\n'''\n",
            "import sys\nsys.path.insert(0, 'vendor')\nimport six\n",
            "import bpy, distutils, __main__\n",
            "from . import six\nfrom .six import a\n",
        ] {
            let texts = [("acme/__init__.py", text), ("acme/six.py", "")];
            assert_eq!(lost("acme", "", &texts), [] as [String; 0], "{text}");
        }
    }
}
