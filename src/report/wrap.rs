/// Breaks a text at spaces into lines of at most `width` characters; words longer than that stay whole.
/// Its own line breaks are kept.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let indent: String = paragraph.chars().take_while(|letter| *letter == ' ').collect();
        let mut line = indent.clone();
        for word in paragraph.split_whitespace() {
            let wanted = line.chars().count() + 1 + word.chars().count();
            if line.len() > indent.len() && wanted > width {
                lines.push(std::mem::replace(&mut line, indent.clone()));
            }
            if line.len() > indent.len() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces_and_keeps_indents() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a\n  bb cc", 4), ["a", "  bb", "  cc"]);
        assert_eq!(wrap("incomprehensible", 4), ["incomprehensible"]);
    }
}
