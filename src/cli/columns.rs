//! Tables for a terminal: what a line has no room for stands below its own column.

/// A column with less room than this is set below the line.
const LEAST: usize = 28;
/// How far what is set below a line is set in.
const INDENT: usize = 6;

/// The lines of a table, whose columns have two blanks or more between them, in at most `width` columns.
pub(super) fn fit(table: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return table.to_owned() };
    let mut fitting = String::new();
    for line in table.lines() {
        // Headings are styled, and short.
        match line.contains('\x1b') {
            true => fitting.push_str(line),
            false => fitting.push_str(&row(line, width.max(LEAST + INDENT))),
        }
        fitting.push('\n');
    }
    fitting
}

fn row(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let begin = line.len() - line.trim_start().len();
    let last = line.get(begin..).and_then(|text| text.rfind("  ")).map(|at| begin + at + 2);
    let (head, text) = line.split_at(last.unwrap_or(begin));
    let column = head.chars().count();
    if last.is_none() || column + LEAST <= width {
        return format!("{head}{}", wrapped(text, width, column));
    }
    format!("{}\n{}{}", row(head.trim_end(), width), " ".repeat(INDENT), wrapped(text, width, INDENT))
}

/// A text whose first line stands in this column, and all others below that.
fn wrapped(text: &str, width: usize, column: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let fits = |line: &&mut String| column + line.chars().count() + 1 + word.chars().count() <= width;
        match lines.last_mut().filter(fits) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    lines.join(&format!("\n{}", " ".repeat(column)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_stands_below_itself_or_below_the_line() {
        let table = "  error  source-map  policies/base.toml:1  it gives the text of a closed package away\n";
        assert_eq!(fit(table, None), table);
        assert_eq!(fit(table, Some(100)), table);
        assert_eq!(
            fit(table, Some(74)),
            "  error  source-map  policies/base.toml:1  it gives the text of a closed\n                                           package away\n"
        );
        let narrow = fit(table, Some(48));
        assert_eq!(
            narrow,
            "  error  source-map  policies/base.toml:1\n      it gives the text of a closed package away\n"
        );
        for width in 20..120 {
            let fitting = fit(table, Some(width));
            assert!(fitting.lines().all(|line| line.chars().count() <= width.max(34)), "{width}: {fitting}");
            assert_eq!(
                fitting.split_whitespace().collect::<Vec<_>>(),
                table.split_whitespace().collect::<Vec<_>>()
            );
        }
    }
}
