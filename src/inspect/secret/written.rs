//! Files that a script, a Dockerfile or a machine's first boot writes: `cat > .env <<EOF`, `echo "..." >> .npmrc`,
//! `write_files` with `path` and `content`. Settings are known by their names, so without these they would be any text.

use std::sync::LazyLock;

use memchr::memmem;

use crate::inspect::map::Settings;

/// Bytes of one file.
const LONGEST: usize = 64 << 10;
/// Files of one kind in one text.
const MOST: usize = 500;
/// Bytes of a line that writes one.
const LONGEST_LINE: usize = 500;
/// Bytes that are looked through in one text for the ends of files.
const MOST_BYTES: usize = 8 << 20;

static HEREDOCS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("<<"));
static ECHOES: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("echo "));
static PRINTS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("printf "));
static CONTENTS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("content: |"));
/// Butane has them below `contents:`.
static INLINES: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("inline: |"));

/// The files that a text writes, with their names.
pub(super) fn files(text: &[u8]) -> Vec<Settings> {
    let (mut found, mut done, mut left) = (Vec::new(), 0, MOST_BYTES);
    for at in HEREDOCS.find_iter(text) {
        if at < done || found.len() >= MOST {
            continue;
        }
        if let Some((file, end)) = heredoc(text, at, &mut left) {
            done = end;
            found.push(file);
        }
    }
    let prints = ECHOES.find_iter(text).map(|at| at + 5).chain(PRINTS.find_iter(text).map(|at| at + 7));
    found.extend(prints.filter_map(|at| printed(text, at)).take(MOST));
    let blocks = CONTENTS.find_iter(text).chain(INLINES.find_iter(text));
    found.extend(blocks.filter_map(|at| block(text, at)).take(MOST));
    found
}

/// The file of `cat > path <<EOF`, `tee path <<EOF`, `COPY <<EOF path`, whose signs are at `at`, and where it ends.
fn heredoc(text: &[u8], at: usize, left: &mut usize) -> Option<(Settings, usize)> {
    let line_end = at + memchr::memchr(b'\n', text.get(at..text.len().min(at + LONGEST_LINE))?)?;
    let behind = text.get(at + 2..line_end)?;
    let is_sign = |byte: &&u8| b"-~ \"'\\".contains(byte);
    let behind = behind.get(behind.iter().take_while(is_sign).count()..)?;
    let is_of_word = |byte: &&u8| byte.is_ascii_alphabetic() || **byte == b'_';
    let (word, behind) = behind.split_at(behind.iter().take_while(is_of_word).count());
    let before = text.get(at.saturating_sub(LONGEST_LINE)..at)?.rsplit(|byte| *byte == b'\n').next()?;
    let path = (word.len() >= 2).then(|| target(behind).or_else(|| target(before)))?;
    let path = path.or_else(|| written_by(before, behind)).or_else(|| of_resource(text, at, before))?;
    let body = text.get(line_end + 1..text.len().min(line_end + 1 + LONGEST))?;
    let mut length = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii() == word {
            let text = undented(body.get(..length)?);
            return Some((Settings { at, path, text }, line_end + 1 + length));
        }
        length += line.len();
        *left = left.checked_sub(line.len())?;
    }
    None
}

/// The path behind the last `>` of a part of a line.
fn target(part: &[u8]) -> Option<String> {
    let sign = memchr::memrchr(b'>', part)?;
    path(part.get(sign + 1..)?).filter(|path| path != "/dev/null")
}

/// The path that a Dockerfile's instruction or `tee` is given.
fn written_by(before: &[u8], behind: &[u8]) -> Option<String> {
    let before = before.trim_ascii();
    if before.starts_with(b"COPY") || before.starts_with(b"ADD") {
        let last = behind.trim_ascii_end().rsplit(u8::is_ascii_whitespace).next()?;
        return path(last);
    }
    let tee = memmem::rfind(before, b"tee ")?;
    let words = before.get(tee + 4..)?.split(u8::is_ascii_whitespace);
    path(words.into_iter().find(|word| !word.is_empty() && !word.starts_with(b"-"))?)
}

/// The path of Terraform's file, beside its content: `filename = "path"`.
fn of_resource(text: &[u8], at: usize, before: &[u8]) -> Option<String> {
    before.trim_ascii().strip_prefix(b"content")?.trim_ascii().strip_prefix(b"=")?;
    let near = text.get(at.saturating_sub(LONGEST_LINE)..at)?;
    let near = near.get(memmem::rfind(near, b"resource ")?..)?;
    let name = near.get(memmem::rfind(near, b"filename")? + 8..)?;
    let name = name.trim_ascii_start().strip_prefix(b"=")?;
    path(name)
}

/// The path that a text begins with, without its quotes.
fn path(text: &[u8]) -> Option<String> {
    let text = text.trim_ascii_start();
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"';&|)".contains(byte);
    let text = text.get(usize::from(matches!(text, [b'"' | b'\'', ..]))..)?;
    let path = text.get(..text.iter().position(is_end).unwrap_or(text.len()))?;
    (!path.is_empty()).then(|| String::from_utf8_lossy(path).into_owned())
}

/// The file of `echo "text" > path`, whose text begins at `at`.
fn printed(text: &[u8], at: usize) -> Option<Settings> {
    let near = text.get(at..text.len().min(at + LONGEST_LINE))?;
    let line = near.get(..memchr::memchr(b'\n', near).unwrap_or(near.len()))?;
    let is_switch = |word: &[u8]| matches!(word, b"-e" | b"-n" | b"-ne" | b"-en" | b"-E");
    let mut rest = line.trim_ascii_start();
    while let Some((word, behind)) = rest.iter().position(|byte| *byte == b' ').map(|end| rest.split_at(end))
        && is_switch(word)
    {
        rest = behind.trim_ascii_start();
    }
    let quote = rest.first().copied().filter(|quote| b"\"'".contains(quote));
    let body = rest.get(usize::from(quote.is_some())..)?;
    let (body, behind) = body.split_at(memchr::memchr(quote.unwrap_or(b'>'), body)?);
    let behind = behind.get(usize::from(quote.is_some())..)?.trim_ascii_start().strip_prefix(b">")?;
    let path = path(behind.strip_prefix(b">").unwrap_or(behind))?;
    let mut lines = Vec::with_capacity(body.len() + 1);
    let mut from = body;
    while let Some(next) = memmem::find(from, b"\\n") {
        lines.extend_from_slice(from.get(..next)?);
        lines.push(b'\n');
        from = from.get(next + 2..)?;
    }
    lines.extend_from_slice(from);
    lines.push(b'\n');
    Some(Settings { at, path, text: lines })
}

/// The file of `path: ...` beside `content: |`, as `write_files` has them.
fn block(text: &[u8], at: usize) -> Option<Settings> {
    /// Lines around that are the same item's.
    const NEAR: usize = 6;
    let line = memchr::memrchr(b'\n', text.get(..at)?).map_or(0, |end| end + 1);
    let head = text.get(line..at)?;
    let is_item = head.trim_ascii() == b"-";
    let indent = head.len();
    (is_item || head.iter().all(|byte| *byte == b' ')).then_some(())?;
    let start = at + memchr::memchr(b'\n', text.get(at..)?)? + 1;
    let body = text.get(start..text.len().min(start + LONGEST))?;
    let depth = |line: &[u8]| line.len() - line.trim_ascii_start().len();
    let mut length = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if !line.trim_ascii().is_empty() && depth(line) <= indent {
            break;
        }
        length += line.len();
    }
    let near = text.get(line.saturating_sub(LONGEST_LINE)..line)?;
    let before = near.split(|byte| *byte == b'\n').rev().skip(1).take(NEAR);
    // the head of the item is the last that is its own
    let mut own = Vec::new();
    for line in before.take_while(|_| !is_item) {
        own.push(line);
        if line.trim_ascii_start().starts_with(b"- ") {
            break;
        }
    }
    let behind = body.get(length..)?.split(|byte| *byte == b'\n').take(NEAR);
    let behind =
        behind.take_while(|line| depth(line) == indent && !line.trim_ascii_start().starts_with(b"- "));
    let path = own.into_iter().chain(behind).find_map(|line| {
        let line = line.trim_ascii_start();
        let line = line.strip_prefix(b"- ").unwrap_or(line).trim_ascii_start();
        path(line.strip_prefix(b"path: ")?)
    })?;
    Some(Settings { at, path, text: undented(body.get(..length)?) })
}

/// Lines without the blanks that all of them begin with.
fn undented(text: &[u8]) -> Vec<u8> {
    let lines = || text.split_inclusive(|byte| *byte == b'\n');
    let full = lines().filter(|line| !line.trim_ascii().is_empty());
    let least = full.map(|line| line.len() - line.trim_ascii_start().len()).min().unwrap_or(0);
    lines().flat_map(|line| line.get(least..).unwrap_or(b"\n")).copied().collect()
}

#[cfg(test)]
mod tests {
    use crate::inspect::secret::named;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};

    fn paths(text: &str) -> Vec<String> {
        named::find(text.as_bytes()).into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn settings_are_known_by_the_name_that_a_script_gives_them() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..10 {
            let password = dice.make("{base62:16}");
            let yaml = format!("production:\n  host: db1\n  password: {password}\n");
            let lines = format!("PORT=80\nDB_PASSWORD={password}\n");
            let deep = |text: &str, by: usize| {
                text.lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect::<String>()
            };
            for (text, path) in [
                (
                    format!("set -e\ncat > config/database.yml <<'EOF'\n{yaml}EOF\nls\n"),
                    "config/database.yml",
                ),
                (
                    format!("cat <<-EOT >\"$HOME/.env\"\n{}\tEOT\n", lines.replace("DB_", "\tDB_")),
                    "$HOME/.env",
                ),
                (format!("sudo tee -a /etc/app/.env >/dev/null << END\n{lines}END\n"), "/etc/app/.env"),
                (format!("COPY <<EOF /srv/.env\n{lines}EOF\n"), "/srv/.env"),
                (format!("RUN <<EOF cat > .env\n{lines}EOF\n"), ".env"),
                (
                    format!(
                        "      - run: |\n          cat <<EOF > .env\n{}          EOF\n",
                        deep(&lines, 10)
                    ),
                    ".env",
                ),
                (format!("echo \"db1:5432:a:svc:{password}\" > ~/.pgpass\n"), "~/.pgpass"),
                (format!("printf 'PORT=80\\nDB_PASSWORD={password}\\n' >> .env && ls\n"), ".env"),
                (
                    format!(
                        "write_files:\n  - path: /etc/a/database.yml\n    content: |\n{}runcmd:\n",
                        deep(&yaml, 6)
                    ),
                    "/etc/a/database.yml",
                ),
                (
                    format!(
                        "write_files:\n- content: |\n{}  owner: root\n  path: /srv/.env\n",
                        deep(&lines, 4)
                    ),
                    "/srv/.env",
                ),
            ] {
                assert_eq!(paths(&text), [path], "{text}");
            }
        }
    }

    #[test]
    fn what_is_not_written_or_is_filled_in_is_none() {
        let mut dice = Dice::new(fresh_seed());
        let password = dice.make("{base62:16}");
        for text in [
            "cat > .env <<EOF\nDB_PASSWORD=${DB_PASSWORD}\nA_KEY=$(openssl rand -hex 32)\nEOF\n".to_owned(),
            format!("cat > notes.txt <<EOF\nPORT=80\nDB_PASSWORD={password}\nEOF\n"),
            format!("cat > .env <<EOF\nPORT=80\nDB_PASSWORD={password}\n"),
            format!("let a = 1 << SHIFT > .env;\nDB_PASSWORD={password}\n"),
            format!("echo \"DB_PASSWORD={password}\"\nls > .env\n"),
            format!(
                "- path: a.txt\n  content: |\n    A=b\n- path: .env\n  mode: 1\n# DB_PASSWORD={password}\n"
            ),
        ] {
            assert_eq!(paths(&text), [""; 0], "{text}");
        }
    }
}
