//! Which words count.

use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

/// How a file's language writes comments and strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// JavaScript, TypeScript and what is like them; also what is used for text of unknown origin.
    Script,
    /// `//` comments, no regular expressions, no backquotes: C, Rust, Go, Java, C#, Swift, ...
    Slash,
    /// `#` comments: Python, Ruby, shell, ...
    Hash,
}

impl Syntax {
    /// By the extension of a path.
    pub(super) fn of(path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension.to_ascii_lowercase().as_str() {
            "c" | "h" | "cc" | "cpp" | "cxx" | "hh" | "hpp" | "m" | "mm" | "rs" | "go" | "java" | "kt"
            | "kts" | "scala" | "cs" | "swift" | "dart" | "zig" | "groovy" | "proto" | "php" => Self::Slash,
            "py" | "pyi" | "pyx" | "pxd" | "rb" | "sh" | "bash" | "pl" | "pm" | "r" | "jl" | "ex" | "exs"
            | "nim" | "yaml" | "yml" | "toml" | "tf" | "cmake" => Self::Hash,
            _ => Self::Script,
        }
    }
}

/// Extensions of program text, that is, of what is worth a fingerprint.
const CODE: &[&str] = &[
    "astro", "bash", "c", "cc", "cjs", "coffee", "cpp", "cs", "css", "cts", "cxx", "dart", "elm", "ex",
    "exs", "go", "gql", "graphql", "groovy", "h", "hh", "hpp", "html", "java", "jl", "js", "jsx", "kt",
    "kts", "less", "lua", "m", "mjs", "mm", "mts", "nim", "php", "pl", "pm", "proto", "pxd", "py", "pyi",
    "pyx", "r", "rb", "re", "res", "rs", "sass", "scala", "scss", "sh", "sql", "svelte", "swift", "tf", "ts",
    "tsx", "vue", "zig",
];

/// Whether a file name is one of program text.
pub(super) fn is_code(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    CODE.binary_search(&extension.to_ascii_lowercase().as_str()).is_ok()
        && ![".d.ts", ".d.mts", ".d.cts", ".min.js", ".min.css", ".min.mjs"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// Words that compilers and bundlers add, drop or exchange: keywords, modifiers, primitive types,
/// what JSX becomes.
const PASSED_OVER: &[&str] = &[
    "Fragment",
    "React",
    "abstract",
    "any",
    "as",
    "async",
    "await",
    "bigint",
    "boolean",
    "break",
    "case",
    "catch",
    "children",
    "class",
    "const",
    "continue",
    "createElement",
    "declare",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "exports",
    "false",
    "finally",
    "for",
    "from",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "is",
    "jsx",
    "jsxDEV",
    "jsxs",
    "keyof",
    "let",
    "module",
    "namespace",
    "never",
    "new",
    "null",
    "number",
    "object",
    "of",
    "override",
    "private",
    "protected",
    "public",
    "readonly",
    "require",
    "return",
    "satisfies",
    "static",
    "string",
    "switch",
    "symbol",
    "this",
    "throw",
    "true",
    "try",
    "type",
    "typeof",
    "undefined",
    "unknown",
    "use",
    "strict",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

static PASSED_OVER_HASHES: LazyLock<Vec<u64>> = LazyLock::new(|| sorted_hashes(PASSED_OVER));

/// Names of properties in every twelfth npm package or more (of 660): what is made of them alone is an idiom.
const COMMON: &[&str] = &[
    "__esModule",
    "add",
    "all",
    "amd",
    "apply",
    "args",
    "argv",
    "assign",
    "bind",
    "body",
    "buffer",
    "byteLength",
    "call",
    "charAt",
    "charCodeAt",
    "close",
    "code",
    "com",
    "concat",
    "config",
    "constructor",
    "create",
    "cwd",
    "data",
    "defineProperty",
    "dirname",
    "done",
    "emit",
    "end",
    "endsWith",
    "entries",
    "env",
    "error",
    "every",
    "exec",
    "exit",
    "exports",
    "filter",
    "find",
    "floor",
    "forEach",
    "format",
    "from",
    "fromCharCode",
    "get",
    "getOwnPropertyDescriptor",
    "getOwnPropertyNames",
    "getPrototypeOf",
    "getTime",
    "has",
    "hasOwnProperty",
    "html",
    "includes",
    "index",
    "indexOf",
    "isArray",
    "isBuffer",
    "iterator",
    "join",
    "json",
    "key",
    "keys",
    "lastIndexOf",
    "length",
    "log",
    "map",
    "match",
    "max",
    "message",
    "min",
    "name",
    "next",
    "node",
    "normalize",
    "now",
    "once",
    "options",
    "org",
    "parent",
    "parse",
    "path",
    "platform",
    "pop",
    "prototype",
    "push",
    "readFileSync",
    "reduce",
    "remove",
    "replace",
    "resolve",
    "set",
    "shift",
    "size",
    "slice",
    "some",
    "sort",
    "source",
    "splice",
    "split",
    "stack",
    "start",
    "startsWith",
    "status",
    "stdout",
    "stringify",
    "substr",
    "substring",
    "test",
    "then",
    "toLowerCase",
    "toString",
    "toUpperCase",
    "trim",
    "type",
    "unshift",
    "update",
    "url",
    "value",
    "values",
    "version",
    "warn",
    "writable",
    "write",
];

static COMMON_HASHES: LazyLock<Vec<u64>> = LazyLock::new(|| sorted_hashes(COMMON));

/// Whether a word with this hash is in so many programs that it tells nothing.
pub(super) fn is_common(hash: u64) -> bool {
    COMMON_HASHES.binary_search(&hash).is_ok()
}

fn sorted_hashes(words: &[&str]) -> Vec<u64> {
    let mut hashes: Vec<u64> = words.iter().map(|word| xxh3_64(word.as_bytes())).collect();
    hashes.sort_unstable();
    hashes
}

/// The hash of a word, or `None` for one that doesn't count. What a bundler adds to tell names apart goes
/// (`parse$1`).
pub(super) fn word(text: &[u8]) -> Option<u64> {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let core = text.get(..text.len() - digits).and_then(|core| core.strip_suffix(b"$")).unwrap_or(text);
    let core = core.strip_prefix(b"_").unwrap_or(core);
    if core.is_empty()
        || core.starts_with(b"import_")
        || core.starts_with(b"require_")
        || core.starts_with(b"_")
    {
        return None;
    }
    let hash = xxh3_64(core);
    PASSED_OVER_HASHES.binary_search(&hash).is_err().then_some(hash)
}

/// Whether a word is long enough to mean something by itself.
pub(super) fn has_meaning(text: &[u8]) -> bool {
    text.len() >= 3
}

/// The hash of a number as written in source text, by its value; `None` for 0, 1 and what is no number.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?.replace('_', "");
    let text = text.trim_end_matches('n');
    let radix = [("0x", 16), ("0X", 16), ("0b", 2), ("0o", 8)];
    let value = match radix.iter().find_map(|(prefix, radix)| Some((text.strip_prefix(prefix)?, *radix))) {
        Some((digits, radix)) => u64::from_str_radix(digits, radix).ok()? as f64,
        None => text.parse::<f64>().ok()?,
    };
    (value != 0.0 && value != 1.0).then(|| xxh3_64(&value.to_bits().to_le_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_extensions_is_sorted() {
        assert!(CODE.is_sorted());
        assert!(is_code("a.TS") && is_code("x.py"));
        assert!(!is_code("a.d.ts") && !is_code("a.min.js") && !is_code("a.md") && !is_code("LICENSE"));
    }

    #[test]
    fn words_as_bundlers_leave_them() {
        assert_eq!(word(b"parse"), word(b"parse$1"));
        assert_ne!(word(b"parse"), word(b"parse2"));
        assert_ne!(word(b"parse"), word(b"parser"));
        assert_eq!(word(b"const"), None);
        assert_eq!(word(b"__toESM"), None);
    }

    #[test]
    fn numbers_by_value() {
        assert_eq!(number(b"1000"), number(b"1e3"));
        assert_eq!(number(b"0xFF"), number(b"255"));
        assert_eq!(number(b"1_000n"), number(b"1000"));
        assert_eq!(number(b"0"), None);
    }
}
