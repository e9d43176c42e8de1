//! Source files that a script of the shell writes: `cat > src/a.ts <<'EOF'`.

use memchr::memmem;

/// Languages that are compiled before they run: what a script writes in another may be what it starts.
const COMPILED: [&str; 27] = [
    "ts", "tsx", "mts", "cts", "vue", "svelte", "astro", "rs", "c", "cc", "cpp", "cxx", "h", "hpp", "go",
    "java", "kt", "scala", "cs", "fs", "swift", "dart", "zig", "pyx", "hs", "elm", "coffee",
];
/// Names of what scripts write to try a compiler.
const TRIED: [&str; 6] = ["conftest", "test", "tmp", "temp", "probe", "check"];
/// A line of a script that names a file is not longer.
const LONGEST_LINE: usize = 1000;
/// Texts that end nowhere, after which no more is looked for: each costs the rest of the file.
const MOST_OPEN: usize = 8;

/// The texts of such files.
pub(super) fn texts<'a>(path: &str, bytes: &'a [u8]) -> Vec<&'a [u8]> {
    let mut texts = Vec::new();
    if !is_shell(path, bytes) {
        return texts;
    }
    let (mut at, mut open) = (0, 0);
    while let Some(found) = bytes.get(at..).and_then(|rest| memmem::find(rest, b"<<")) {
        let mark = at + found;
        at = mark + 2;
        let start = memchr::memrchr(b'\n', bytes.get(..mark).unwrap_or_default()).map_or(0, |end| end + 1);
        let end = memchr::memchr(b'\n', bytes.get(mark..).unwrap_or_default()).map(|length| mark + length);
        let Some(end) = end.filter(|end| end - start <= LONGEST_LINE) else { continue };
        let Some(word) = delimiter(bytes.get(at..end).unwrap_or_default()) else { continue };
        let inside = bytes.get(end + 1..).unwrap_or_default();
        let Some(length) = body(inside, word) else {
            open += 1;
            if open == MOST_OPEN {
                break;
            }
            continue;
        };
        if writes_source(bytes.get(start..end).unwrap_or_default()) {
            texts.push(inside.get(..length).unwrap_or_default());
        }
        at = end + 1 + length;
    }
    texts
}

fn is_shell(path: &str, bytes: &[u8]) -> bool {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_named =
        || [".sh", ".bash", ".zsh", ".ksh", ".command", ".run"].iter().any(|end| path.ends_with(end));
    is_named() || first.starts_with(b"#!") && memmem::find(first, b"sh").is_some()
}

/// The word that ends the text, behind the two marks: `'EOF'`, `-END`.
fn delimiter(behind: &[u8]) -> Option<&[u8]> {
    let behind = behind.strip_prefix(b"-").unwrap_or(behind).trim_ascii_start();
    let behind = behind.strip_prefix(b"\\").unwrap_or(behind);
    let behind = behind.strip_prefix(b"'").or(behind.strip_prefix(b"\"")).unwrap_or(behind);
    let length = behind.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    behind.get(..length).filter(|word| word.first().is_some_and(|first| !first.is_ascii_digit()))
}

/// How long the text is that ends with a line of this word.
fn body(inside: &[u8], word: &[u8]) -> Option<usize> {
    memmem::find_iter(inside, word).find(|at| {
        let (before, here) = inside.split_at(*at);
        let tabs = before.iter().rev().take_while(|byte| **byte == b'\t').count();
        let begins = matches!(before.iter().nth_back(tabs), None | Some(b'\n'));
        let ends = matches!(here.get(word.len()), None | Some(b'\n' | b'\r'));
        begins && ends
    })
}

/// Whether a line of a script names a source file that is written for more than a try.
fn writes_source(line: &[u8]) -> bool {
    let words = line.split(|byte| byte.is_ascii_whitespace() || b">\"'=;|&()".contains(byte));
    words.filter_map(|word| std::str::from_utf8(word).ok()).any(|word| {
        let name = word.rsplit('/').next().unwrap_or(word);
        name.rsplit_once('.').is_some_and(|(stem, extension)| {
            let small = stem.to_ascii_lowercase();
            COMPILED.contains(&extension) && !TRIED.iter().any(|tried| small.contains(tried))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(script: &str) -> Vec<String> {
        let texts = texts("setup.sh", script.as_bytes());
        texts.into_iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    }

    #[test]
    fn source_files_that_are_written() {
        for (line, end) in [
            ("cat > src/a.ts <<'EOF'", "EOF"),
            ("cat <<EOF > \"$1/src/a.rs\"", "EOF"),
            ("  sed 's/^X//' > 'a.c' << 'SHAR_EOF' &&", "SHAR_EOF"),
            ("tee src/A.java <<-END >/dev/null", "\tEND"),
            ("cat >a.tsx <<\\_A", "_A"),
        ] {
            let script = format!("#!/bin/sh\nset -e\n{line}\na EOF b\nEOFs\n{end}\necho done <<EOF\nEOF\n");
            assert_eq!(
                found(&script),
                ["a EOF b\nEOFs\n".to_owned() + &end.replace(|c| c != '\t', "")],
                "{script}"
            );
        }
        assert_eq!(found("cat > a.ts <<X\n1\nX\ncat > b.ts <<X\n2\nX\n"), ["1\n", "2\n"]);
    }

    #[test]
    fn what_else_a_script_writes() {
        for script in [
            "cat > app.conf <<EOF\na = 1\nEOF\n",
            "cat > run.js <<EOF\na();\nEOF\nnode run.js\n",
            "cat > conftest.c <<EOF\nint main(void);\nEOF\n",
            "cat > a.ts <<EOF\nit never ends\n",
            "cat > a.ts <<< \"$text\"\n",
            "echo $((1 << 3)) > a.ts\n",
        ] {
            assert_eq!(found(script), [""; 0], "{script}");
        }
        assert!(texts("a.md", b"cat > a.ts <<X\n1\nX\n").is_empty());
    }
}
