//! What a Ruby file is sure to require: lines that begin with it, outside of comments and before the first text of
//! several lines.

use memchr::memmem;

/// Names with their offsets: `./a` for `require_relative "a"`.
pub(super) fn imports(bytes: &[u8]) -> Vec<(usize, String)> {
    let end = ["\n__END__", "<<~", "<<-", "<<'", "<<\""]
        .iter()
        .filter_map(|sign| memmem::find(bytes, sign.as_bytes()))
        .min();
    let bytes = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
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
