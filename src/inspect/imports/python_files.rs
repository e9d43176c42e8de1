//! Files that a Python module is sure to read when it is imported: by an expression that stands in no function
//! and under no condition, and begins at the module's own place or at a package's.

use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use super::python::Strings;

/// What makes a place of which a file may be read; without one of them there is nothing to read.
static PLACES: LazyLock<[Finder<'static>; 5]> =
    LazyLock::new(|| ["__file__", "files(", "get_data(", "resource_string(", "read_text("].map(Finder::new));
/// What a line may not have: it decides whether anything is read, or when.
const CONDITIONS: [&str; 7] = [" if ", " or ", " and ", "lambda", " for ", "exists(", "#"];
/// Longest statement.
const LONGEST: usize = 500;
/// Values of variables that are kept in mind.
const MOST_NAMES: usize = 50;

/// Their paths from the folder that the top package is in, with a `/` before them, and the offsets of their lines.
pub(super) fn files(path: &str, bytes: &[u8]) -> Vec<(usize, String)> {
    if !PLACES.iter().any(|place| place.find(bytes).is_some()) {
        return Vec::new();
    }
    let mut strings = Strings::new(bytes);
    let mut module = Module { path: installed(path), names: HashMap::new() };
    let mut found = Vec::new();
    let mut given = 0;
    for at in super::lines(bytes) {
        let rest = bytes.get(at..).unwrap_or_default();
        if !rest.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_') {
            continue;
        }
        let Some(line) = statement(rest) else { continue };
        let (name, text) = assigned(&line);
        let was_known = name.is_some_and(|name| module.names.remove(name).is_some());
        let is_sure = line.contains(['(', '/']) && !CONDITIONS.iter().any(|sign| line.contains(sign));
        if !(is_sure || was_known) || strings.are_open(at) {
            continue;
        }
        let value = if is_sure { module.value(text) } else { Value::Unknown };
        match (name, value) {
            (_, Value::Read(path)) if !path.is_empty() => found.push((at, format!("/{path}"))),
            (Some(name), value @ (Value::Place(_) | Value::Text(_)))
                if given < MOST_NAMES && !is_given_elsewhere(bytes, name) =>
            {
                given += 1;
                module.names.insert(name.to_owned(), value);
            }
            _ => {}
        }
    }
    found
}

/// The statement at the beginning, on one line; `None` if it is too long to look at.
fn statement(bytes: &[u8]) -> Option<String> {
    let (mut depth, mut end) = (0_usize, bytes.len());
    for (at, byte) in bytes.iter().enumerate().take(LONGEST) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'\n' if depth == 0 => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let text = std::str::from_utf8(bytes.get(..end.min(LONGEST))?).ok()?;
    (end < LONGEST).then(|| text.split('\n').map(str::trim).collect::<Vec<_>>().join(" "))
}

/// What a line gives to which name.
fn assigned(line: &str) -> (Option<&str>, &str) {
    if let Some(rest) = line.strip_prefix("with ") {
        return (None, rest);
    }
    let Some((name, value)) = line.split_once('=') else { return (None, line) };
    let name = name.split(':').next().unwrap_or_default().trim();
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_name { (Some(name), value) } else { (None, line) }
}

/// Whether a name is given something else on a line that is indented, which may depend on anything.
fn is_given_elsewhere(bytes: &[u8], name: &str) -> bool {
    [" ", "\t"].iter().any(|before| memmem::find(bytes, format!("{before}{name} =").as_bytes()).is_some())
}

/// A path as it is when the wheel is installed.
fn installed(path: &str) -> &str {
    let mut parts = path.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(folder), Some("purelib" | "platlib"), Some(rest)) if folder.ends_with(".data") => rest,
        _ => path,
    }
}

/// What an expression comes to, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// A place among the installed packages.
    Place(String),
    Text(String),
    /// The contents of the file there.
    Read(String),
    Unknown,
}

struct Module<'a> {
    path: &'a str,
    /// What variables are at the moment.
    names: HashMap<String, Value>,
}

impl Module<'_> {
    fn value(&self, text: &str) -> Value {
        Expression { rest: text, module: self, depth: 0 }.value()
    }

    fn folder(&self) -> String {
        above(self.path)
    }
}

fn above(path: &str) -> String {
    crate::paths::folder(path).to_owned()
}

/// An expression that is read from its beginning.
struct Expression<'t> {
    rest: &'t str,
    module: &'t Module<'t>,
    depth: usize,
}

impl<'t> Expression<'t> {
    fn eat(&mut self, sign: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> &'t str {
        self.rest = self.rest.trim_start();
        let is_end = |c: char| !c.is_alphanumeric() && c != '_' && c != '.';
        let (word, rest) = self.rest.split_at(self.rest.find(is_end).unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// One operand after the other, joined by `/` and `+`.
    fn value(&mut self) -> Value {
        const DEEPEST: usize = 20;
        self.depth += 1;
        let mut value = if self.depth > DEEPEST { Value::Unknown } else { self.operand() };
        while value != Value::Unknown && (self.eat("/") || self.eat("+")) {
            value = match (value, self.operand()) {
                (Value::Place(place), Value::Text(text)) => joined(&place, &text),
                _ => Value::Unknown,
            };
        }
        self.depth -= 1;
        value
    }

    fn operand(&mut self) -> Value {
        self.rest = self.rest.trim_start();
        let mut value = if self.eat("(") {
            let inner = self.value();
            if self.eat(")") { inner } else { Value::Unknown }
        } else if self.rest.starts_with(['"', '\'']) {
            self.text().map_or(Value::Unknown, Value::Text)
        } else {
            self.name()
        };
        // methods of what stands before
        while value != Value::Unknown && self.eat(".") {
            let method = self.word();
            value = self.method(value, method);
        }
        value
    }

    fn text(&mut self) -> Option<String> {
        let quote = self.rest.chars().next()?;
        let (inside, rest) = self.rest.get(1..)?.split_once(quote)?;
        let is_plain = !inside.is_empty() && !inside.contains(['\\', '{', '%', '*']);
        self.rest = rest;
        is_plain.then(|| inside.to_owned())
    }

    fn arguments(&mut self) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        loop {
            if self.eat(")") {
                return Some(values);
            }
            // a named one says how the text is encoded
            let before = self.rest;
            let name = self.word();
            let is_named = !name.is_empty() && self.eat("=");
            if is_named && name == "mode" {
                return None;
            }
            if !is_named {
                self.rest = before;
            }
            let value = self.value();
            let is_known = value != Value::Unknown || self.rest.trim_start().starts_with([',', ')']);
            is_known.then_some(())?;
            if !is_named {
                values.push(value);
            }
            if !self.eat(",") && !self.rest.trim_start().starts_with(')') {
                return None;
            }
        }
    }

    /// A variable, or a call of a function by its name.
    fn name(&mut self) -> Value {
        let start = self.rest.trim_start();
        let word = self.word();
        let variable = word.split('.').next().unwrap_or(word);
        if let Some(value) = self.variable(variable) {
            // what stands behind its point is asked of it
            self.rest = start.strip_prefix(variable).unwrap_or(start);
            return value;
        }
        if !self.eat("(") {
            return Value::Unknown;
        }
        let Some(arguments) = self.arguments() else { return Value::Unknown };
        let last = word.rsplit('.').next().unwrap_or(word);
        match (last, arguments.as_slice()) {
            ("dirname", [Value::Place(path)]) => Value::Place(above(path)),
            ("abspath" | "realpath" | "normpath" | "Path" | "str" | "fspath", [Value::Place(path)]) => {
                Value::Place(path.clone())
            }
            ("join", [Value::Place(path), names @ ..]) => {
                names.iter().fold(Value::Place(path.clone()), below)
            }
            ("files", [package]) => self.package(package),
            ("open", [Value::Place(path)]) if matches!(word, "open" | "io.open" | "codecs.open") => {
                Value::Read(path.clone())
            }
            ("open", [Value::Place(path), Value::Text(mode), ..]) if !mode.contains(['w', 'a', 'x', '+']) => {
                Value::Read(path.clone())
            }
            (
                "get_data" | "resource_string" | "read_text" | "read_binary",
                [package, name @ Value::Text(_)],
            ) => match below(self.package(package), name) {
                Value::Place(path) => Value::Read(path),
                _ => Value::Unknown,
            },
            // what is made of a text that was read
            (_, [Value::Read(path), ..]) => Value::Read(path.clone()),
            _ => Value::Unknown,
        }
    }

    fn variable(&self, name: &str) -> Option<Value> {
        match name {
            "__file__" => Some(Value::Place(self.module.path.to_owned())),
            "__name__" | "__package__" => Some(Value::Text(self.module.folder().replace('/', "."))),
            _ => self.module.names.get(name).cloned(),
        }
    }

    /// The folder of a package.
    fn package(&self, name: &Value) -> Value {
        match name {
            Value::Text(name) if !name.is_empty() => Value::Place(name.replace('.', "/")),
            _ => Value::Unknown,
        }
    }

    fn method(&mut self, value: Value, method: &str) -> Value {
        let mut steps = method.split('.');
        let last = steps.next_back().unwrap_or_default();
        let value = steps.fold(value, |value, step| match (step, value) {
            ("parent", Value::Place(path)) => Value::Place(above(&path)),
            _ => Value::Unknown,
        });
        if !self.eat("(") {
            return match (last, value) {
                ("parent", Value::Place(path)) => Value::Place(above(&path)),
                _ => Value::Unknown,
            };
        }
        let Some(arguments) = self.arguments() else { return Value::Unknown };
        match (last, value, arguments.as_slice()) {
            ("resolve" | "absolute", Value::Place(path), []) => Value::Place(path),
            ("joinpath", place @ Value::Place(_), names) => names.iter().fold(place, below),
            ("with_name", Value::Place(path), [Value::Text(name)]) => joined(&above(&path), name),
            ("read_text" | "read_bytes", Value::Place(path), _) => Value::Read(path),
            ("open", Value::Place(path), []) => Value::Read(path),
            (_, Value::Read(path), _) => Value::Read(path),
            _ => Value::Unknown,
        }
    }
}

fn below(place: Value, name: &Value) -> Value {
    match (place, name) {
        (Value::Place(place), Value::Text(name)) => joined(&place, name),
        _ => Value::Unknown,
    }
}

fn joined(place: &str, name: &str) -> Value {
    crate::paths::join(place, name).map_or(Value::Unknown, Value::Place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        files(path, text.as_bytes()).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn files_that_are_read_when_it_is_imported() {
        for (text, expected) in [
            (
                "with open(os.path.join(os.path.dirname(__file__), 'a.json')) as f:\n    A = json.load(f)\n",
                "/p/a.json",
            ),
            (
                "HERE = os.path.abspath(os.path.dirname(__file__))\nA = open(os.path.join(HERE, 'd', 'a'), encoding='utf-8').read()\n",
                "/p/d/a",
            ),
            ("V = (Path(__file__).parent / 'VERSION').read_text().strip()\n", "/p/VERSION"),
            (
                "ROOT = pathlib.Path(__file__).resolve().parent.parent\nV: str = json.loads((ROOT / 'a' / 'b.json').read_text(encoding=\"utf-8\"))\n",
                "/a/b.json",
            ),
            ("T = files('p.data').joinpath('t.csv').read_text()\n", "/p/data/t.csv"),
            ("T = importlib.resources.files(__package__) / \"t.txt\"\nU = T.read_bytes()\n", "/p/t.txt"),
            ("D = pkgutil.get_data(__name__, 'res/a.txt').decode()\n", "/p/res/a.txt"),
            ("D = tomllib.loads(resources.read_text('p', 'a.toml'))\n", "/p/a.toml"),
            ("D = open(os.path.dirname(__file__) + '/x', 'rb').read()\n", "/p/x"),
            (
                "with open(\n    os.path.join(\n        os.path.dirname(__file__), 'x'\n    )\n) as f:\n    A = f.read()\n",
                "/p/x",
            ),
            ("D = open(osp.join(osp.dirname(__file__), 'x')).read()\n", "/p/x"),
            ("D = Path(__file__).with_name('x').read_text()\n", "/p/x"),
        ] {
            assert_eq!(found("p/__init__.py", text), [expected], "{text}");
            assert_eq!(found("p-1.data/purelib/p/__init__.py", text), [expected], "{text}");
        }
    }

    #[test]
    fn other_places() {
        for text in [
            "def f():\n    return open(os.path.join(os.path.dirname(__file__), 'a')).read()\n",
            "P = Path(__file__).parent / 'a'\nA = P.read_text() if P.exists() else ''\n",
            "try:\n    A = (Path(__file__).parent / 'a').read_text()\nexcept OSError:\n    A = ''\n",
            "A = open(os.path.join(os.path.dirname(__file__), 'a'), 'w')\n",
            "A = open(os.path.join(os.path.dirname(__file__), 'a'), mode='w')\n",
            "A = open(os.path.join(os.path.dirname(__file__), name)).read()\n",
            "A = open(os.path.join(base, 'a')).read()\nB = open('a').read() + __file__\n",
            "\"\"\"\nA = (Path(__file__).parent / 'a').read_text()\n\"\"\"\n",
            "F = lambda: (Path(__file__).parent / 'a').read_text()\n",
            "A = (Path(__file__).parent / f'{x}').read_text()\nB = Path(__file__).parent / 'b'\n",
            "H = os.path.dirname(__file__)\nif x:\n    H = y\nA = open(os.path.join(H, 'a')).read()\n",
            "H = os.path.dirname(__file__)\nH = y\nA = open(os.path.join(H, 'a')).read()\n",
            "A = json.load(os.path.join(os.path.dirname(__file__), 'a'))\n",
        ] {
            assert_eq!(found("p/a.py", text), [""; 0], "{text}");
        }
    }
}
