//! The sources that `binding.gyp` names: a literal of Python, of which only lists of plain texts are read.

/// Files that a compiler is given, from the package's folder. None where rules or actions may make them first.
pub(super) fn sources(bytes: &[u8]) -> Vec<String> {
    const MAKERS: [&str; 3] = ["actions", "rules", "copies"];
    const KEY: &str = "sources";
    let text = String::from_utf8_lossy(bytes);
    let code: Vec<&str> = text.lines().map(|line| line.split('#').next().unwrap_or_default()).collect();
    let code = code.join("\n");
    if MAKERS.iter().any(|maker| code.contains(maker)) {
        return Vec::new();
    }
    let (mut found, mut rest) = (Vec::new(), code.as_str());
    while let Some((_, behind)) = rest.split_once(KEY) {
        rest = behind;
        let list = behind.strip_prefix(['"', '\'']).and_then(|rest| rest.trim_start().strip_prefix(':'));
        let Some(list) = list.and_then(|rest| rest.trim_start().strip_prefix('[')) else { continue };
        // a list that calls a program has brackets of its own
        let Some((list, behind)) = list.split_once(']') else { break };
        rest = behind;
        let names = list.split(',').filter_map(quoted).filter(|name| is_compiled(name));
        found.extend(names.map(|name| name.trim_start_matches("./").to_owned()));
    }
    found
}

fn quoted(item: &str) -> Option<&str> {
    let item = item.trim();
    let quote = item.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    item.get(1..)?.strip_suffix(quote)
}

/// Whether a name is plain and that of a file which a compiler needs; headers are only shown in editors.
fn is_compiled(name: &str) -> bool {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "._-/+".contains(c));
    let is_inside = !name.starts_with('/') && !name.contains("..") && !name.starts_with("build/");
    let is_source = [".c", ".cc", ".cpp", ".cxx"].iter().any(|end| name.ends_with(end));
    is_plain && is_inside && is_source
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_in_lists() {
        for (text, expected) in [
            (
                "{'targets': [{'target_name': 'a', 'sources': ['src/a.cc', \"./src/b.c\", 'src/a.h']}]}",
                &["src/a.cc", "src/b.c"][..],
            ),
            ("{'sources': [\n  # 'gone.cc',\n  'a.cc', # x\n]}", &["a.cc"]),
            ("{'sources': ['<!@(ls src/*.cc)', '<(dir)/a.cc', 'build/a.cc', '../a.cc']}", &[]),
            ("{'sources': ['a.cc'], 'actions': [{}]}", &[]),
            ("{'sources!': ['a.cc'], 'x': 'sources', 'sources': '<@(all)'}", &[]),
        ] {
            assert_eq!(sources(text.as_bytes()), expected, "{text}");
        }
    }
}
