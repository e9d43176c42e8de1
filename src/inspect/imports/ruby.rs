//! What a Ruby file is sure to require, and to read, when it is loaded: outside of comments and methods, under no condition,
//! and before the first text of several lines.

use memchr::memmem;

/// Up to the first text of several lines.
fn code(bytes: &[u8]) -> &[u8] {
    let signs = ["\n__END__", "<<~", "<<-", "<<'", "<<\""];
    let end = signs.iter().filter_map(|sign| memmem::find(bytes, sign.as_bytes())).min();
    bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default()
}

/// Files that are read for a constant, in no method, with their offsets: `./../VERSION` for one named from the file's folder.
pub(super) fn files(bytes: &[u8]) -> Vec<(usize, String)> {
    let bytes = code(bytes);
    let calls = ["File.read(", "File.binread(", "File.readlines(", "IO.read(", "YAML.load_file("];
    if !calls.iter().any(|call| memmem::find(bytes, call.as_bytes()).is_some()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut is_sure = true;
    let mut indents: Vec<usize> = Vec::new();
    for at in super::lines(bytes) {
        let line =
            bytes.get(at..).unwrap_or_default().split(|byte| *byte == b'\n').next().unwrap_or_default();
        let Ok(line) = std::str::from_utf8(line) else { continue };
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        is_sure &= !text.starts_with("=begin");
        while indents.last().is_some_and(|open| *open >= indent) {
            indents.pop();
        }
        // all that a line of code may stand in; modules and classes are carried out
        let is_carried_out = ["module ", "class "].iter().any(|word| text.starts_with(word));
        if is_sure
            && indents.is_empty()
            && !is_carried_out
            && let Some(path) = constant(text).and_then(|value| read(value, &calls))
        {
            found.push((at + indent, path));
        }
        if !is_carried_out {
            indents.push(indent);
        }
    }
    found
}

/// What is given to a constant on the line, if nothing else stands there.
fn constant(line: &str) -> Option<&str> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_constant = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_open = [" if ", " unless ", " rescue ", "?", "&&", "||", "#{", " or ", "{"]
        .iter()
        .any(|sign| value.contains(sign));
    (is_constant && !is_open).then_some(value)
}

/// The path of the file that a value reads, from the folder of the file that it stands in.
fn read(value: &str, calls: &[&str]) -> Option<String> {
    let (_, path) = calls.iter().find_map(|call| value.split_once(call))?;
    if let Some(rest) = path.strip_prefix("File.expand_path(") {
        let name = between_quotes(rest)?;
        let behind = rest.split_once(name)?.1.get(1..)?;
        let base = behind.trim_start().strip_prefix(',')?.trim_start();
        // from the file itself, whose name counts as one step
        return match (base.strip_prefix("__dir__"), base.strip_prefix("__FILE__")) {
            (Some(end), _) => end.starts_with(')').then(|| format!("./{name}")),
            (_, Some(end)) => {
                end.starts_with(')').then(|| name.strip_prefix("../").map(|name| format!("./{name}")))?
            }
            _ => None,
        };
    }
    let rest = path.strip_prefix("File.join(")?;
    let rest = ["__dir__,", "File.dirname(__FILE__),"].iter().find_map(|start| rest.strip_prefix(start))?;
    let (inside, _) = rest.split_once(')')?;
    let segments: Option<Vec<&str>> = inside.split(',').map(|one| whole_quoted(one.trim())).collect();
    Some(format!("./{}", segments?.join("/")))
}

/// The text between quotes at the beginning.
fn between_quotes(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (name, _) = text.get(1..)?.split_once(quote)?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    (is_name && !name.starts_with('/')).then_some(name)
}

/// A text that is all in quotes.
fn whole_quoted(text: &str) -> Option<&str> {
    between_quotes(text).filter(|name| name.len() + 2 == text.len())
}

/// Names with their offsets: `./a` for `require_relative "a"`.
pub(super) fn imports(bytes: &[u8]) -> Vec<(usize, String)> {
    let bytes = code(bytes);
    let (mut found, mut is_comment) = (Vec::new(), false);
    for at in super::lines(bytes) {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.starts_with(b"=begin") || rest.starts_with(b"=end") {
            is_comment = rest.starts_with(b"=begin");
        }
        if is_comment || !rest.starts_with(b"require") {
            continue;
        }
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let Some(line) = std::str::from_utf8(line).ok() else { continue };
        let (name, is_relative) = match line.strip_prefix("require_relative") {
            Some(behind) => (quoted(behind), true),
            None => (quoted(line.strip_prefix("require").unwrap_or_default()), false),
        };
        match name {
            Some(name) if is_relative => found.push((at, format!("./{name}"))),
            Some(name) => found.push((at, name.to_owned())),
            None => {}
        }
    }
    found
}

/// The name behind the word, if nothing else stands on the line: no condition, and nothing put into the name.
fn quoted(behind: &str) -> Option<&str> {
    let behind = behind.trim_start_matches([' ', '(']);
    let quote = behind.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (name, behind) = behind.get(1..)?.split_once(quote)?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    let behind = behind.trim_start_matches(')').trim();
    (is_name && (behind.is_empty() || behind.starts_with('#'))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        imports(text.as_bytes()).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn what_is_required_without_condition() {
        let text = "require 'json'\nrequire \"acme/a\"  # x\nrequire_relative 'b/c'\nrequire('d')\n";
        assert_eq!(found(text), ["json", "acme/a", "./b/c", "d"]);
    }

    #[test]
    fn files_that_are_read_for_a_constant() {
        let found = |text: &str| files(text.as_bytes()).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        for (text, expected) in [
            ("V = File.read(File.expand_path('../VERSION', __FILE__))\n", &["./VERSION"][..]),
            (
                "module A\n  V = File.read(File.join(__dir__, '..', 'VERSION')).strip\nend\n",
                &["./../VERSION"],
            ),
            (
                "class A\n  D = YAML.load_file(File.expand_path(\"data/x.yml\", __dir__))\nend\n",
                &["./data/x.yml"],
            ),
            ("module A\n  def self.b\n    V = File.read(File.join(__dir__, 'x'))\n  end\nend\n", &[]),
            ("V = File.read(File.join(__dir__, 'x')) if File.exist?('x')\n", &[]),
            ("V = File.exist?(X) ? File.read(File.join(__dir__, 'x')) : 1\n", &[]),
            ("begin\n  V = File.read(File.join(__dir__, 'x'))\nrescue\nend\n", &[]),
            ("V = File.read(File.join(__dir__, name))\nv = File.read(File.join(__dir__, 'x'))\n", &[]),
            ("# V = File.read(File.join(__dir__, 'x'))\nV = File.read('x')\n", &[]),
            ("T = <<~X\nV = File.read(File.join(__dir__, 'x'))\nX\n", &[]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_may_not_be() {
        for text in [
            "begin\n  require 'a'\nrescue LoadError\nend\n",
            "require 'a' if b\nrequire_relative \"a/#{b}\"\nrequire a\n",
            "=begin\nrequire 'a'\n=end\n",
            "TEXT = <<~RUBY\nrequire 'a'\nRUBY\n",
            "x = 1\n__END__\nrequire 'a'\n",
            "required 'a'\n# require 'a'\n",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
        assert_eq!(found("=begin\n=end\nrequire 'a'\n"), ["a"]);
    }
}
