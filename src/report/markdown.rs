use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use crate::outcome::Audit;
use crate::policy::{Judged, Verdict};

use super::summary::{self, Verdicts};
use super::wire::Summary;
use super::{Look, Reporter, alike, phrases};
use crate::escape::shown;
use crate::words;

/// A comment for a pull request: the important things first, details folded.
pub(super) const REPORTER: Reporter = Reporter { name: "markdown", needs_entries: false, write, parts: None };

/// GitHub takes comments of 65,536 characters, GitLab of a million.
const COMMENT_BYTES: usize = 60_000;

/// Rules named before the fold.
const RULES_SHOWN: usize = 5;

fn write(audits: &[Audit], look: &Look, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(render(audits, look, COMMENT_BYTES).as_bytes())
}

/// The report in at most about `limit` bytes. What doesn't fit is counted, by rule.
pub(crate) fn render(audits: &[Audit], look: &Look, limit: usize) -> String {
    let mut out = String::new();
    let mut room = Room { limit, left_out: BTreeMap::new() };
    if audits.is_empty() {
        out.push_str("### packgate: no artifact was audited\n");
    }
    overview(&mut out, audits, look);
    for group in alike::alike(audits.iter()) {
        let Some((audit, others)) = group.split_first() else { continue };
        if let Some(why) = &audit.error {
            let _ = write!(
                out,
                "### {} packgate: {} could not be audited\n\n{}\n",
                sign(audit.verdict),
                code(&audit.inventory.artifact.path),
                why.lines().map(|line| format!("    {}\n", shown(line))).collect::<String>()
            );
            continue;
        }
        headline(&mut out, audit, look);
        not_examined(&mut out, audit, &mut room);
        findings(&mut out, audit, look, &mut room);
        waivers(&mut out, audit);
        if let Some((same, names)) = alike::others(audit, others, others.len()) {
            let names: Vec<String> = names.iter().map(|name| code(name)).collect();
            let _ = write!(out, "**{same}:** {}\n\n", names.join(", "));
        }
    }
    if !room.left_out.is_empty() {
        let rules: Vec<String> = room
            .left_out
            .iter()
            .map(|(rule, count)| format!("{} {}", code(rule), words::number(*count)))
            .collect();
        let _ = writeln!(
            out,
            "\nToo long for one comment, so not listed here: {}. `packgate check --format json` lists all.",
            rules.join(", ")
        );
    }
    out
}

/// How much may still be written, and what was left out.
struct Room {
    limit: usize,
    left_out: BTreeMap<&'static str, u64>,
}

impl Room {
    /// Appends a block if it fits, else counts it.
    fn push(&mut self, out: &mut String, rule: &'static str, block: &str) {
        if out.len() + block.len() <= self.limit {
            out.push_str(block);
        } else {
            *self.left_out.entry(rule).or_default() += 1;
        }
    }
}

/// Of several artifacts one line each, blocked ones first.
fn overview(out: &mut String, audits: &[Audit], look: &Look) {
    let verdicts = Verdicts::of(audits);
    if verdicts.all() + look.not_packed.len() < 2 {
        return;
    }
    let _ =
        write!(out, "## packgate: {}\n\n| | artifact | found |\n| --- | --- | --- |\n", verdicts.words(look));
    let row = |out: &mut String, verdict, name: &str, found: &str| {
        let cell = |text: String| text.replace('|', "\\|");
        let _ = writeln!(
            out,
            "| {} {} | {} | {} |",
            sign(verdict),
            phrases::verdict(verdict),
            cell(code(name)),
            cell(inline(found).replace("\\|", "|"))
        );
    };
    for one in verdicts.rows() {
        row(out, one.verdict, &one.path, &one.counts);
    }
    for one in &look.not_packed {
        row(out, Verdict::Incomplete, &one.name, one.why.lines().next().unwrap_or_default());
    }
    out.push('\n');
    if let Some(left_out) = summary::left_out(look) {
        let _ = write!(out, "{}\n\n", inline(&left_out));
    }
}

fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✅",
        Verdict::Blocked => "⛔",
        Verdict::Incomplete => "⚠️",
    }
}

fn headline(out: &mut String, audit: &Audit, look: &Look) {
    let artifact = &audit.inventory.artifact;
    let sign = sign(audit.verdict);
    let summary = Summary::new(std::slice::from_ref(audit));
    let _ = write!(
        out,
        "### {sign} packgate: {} {}\n\n",
        code(&phrases::subject(audit)),
        phrases::verdict(audit.verdict)
    );
    if let Some(exposure) = phrases::exposure(audit) {
        let _ = write!(out, "**{}**\n\n", inline(&exposure));
    }
    let _ = write!(
        out,
        "{}, under the policy {} ({}).\n\n",
        words::capital(&phrases::counts(&summary)),
        code(&audit.policy.name),
        inline(&audit.policy.because)
    );
    for (rule, list) in blocking(audit, look).iter().take(RULES_SHOWN) {
        let Some(first) = list.first() else { continue };
        let more = match list.len() {
            1 => String::new(),
            count => format!(" and {} more", words::number(count as u64 - 1)),
        };
        let _ = writeln!(
            out,
            "- [`{rule}`]({}) at {}{more}: {}",
            phrases::rule_page(rule),
            code(&phrases::place(audit, &first.finding.place)),
            inline(&first.finding.message)
        );
    }
    let rules = blocking(audit, look).len();
    if rules > RULES_SHOWN {
        let _ = writeln!(out, "- and {} below", words::counted((rules - RULES_SHOWN) as u64, "rule"));
    }
    let _ = write!(
        out,
        "\n<sub>Judged: {}, {}, SHA-256 {}</sub>\n\n",
        code(&artifact.path),
        words::bytes(artifact.bytes),
        code(&artifact.sha256)
    );
}

/// What stops the release, by rule in the order of the findings.
fn blocking<'a>(audit: &'a Audit, look: &Look) -> Vec<(&'static str, Vec<&'a Judged>)> {
    let mut rules: Vec<(&'static str, Vec<&Judged>)> = Vec::new();
    for judged in audit.findings.iter().filter(|judged| phrases::blocks(judged, look.fail_on)) {
        match rules.iter_mut().find(|(rule, _)| *rule == judged.finding.rule) {
            Some((_, list)) => list.push(judged),
            None => rules.push((judged.finding.rule, vec![judged])),
        }
    }
    rules
}

fn not_examined(out: &mut String, audit: &Audit, room: &mut Room) {
    if audit.unexamined().is_empty() {
        return;
    }
    out.push_str("**Not examined, so it may contain anything:**\n\n");
    for part in audit.unexamined() {
        let place = if part.place.is_empty() { &audit.inventory.artifact.path } else { &part.place };
        let remark = phrases::unless_error(audit.weight(part));
        room.push(out, "not-examined", &format!("- {}: {}{remark}\n", code(place), inline(&part.why)));
    }
    out.push('\n');
}

fn findings(out: &mut String, audit: &Audit, look: &Look, room: &mut Room) {
    let (waived, live): (Vec<_>, Vec<_>) = audit.findings.iter().partition(|judged| judged.waived.is_some());
    let (blocking, other): (Vec<_>, Vec<_>) =
        live.into_iter().partition(|judged| phrases::blocks(judged, look.fail_on));
    for (title, list) in
        [("What blocks, and what to do", blocking), ("Further findings", other), ("Waived", waived)]
    {
        if list.is_empty() {
            continue;
        }
        let _ =
            write!(out, "<details>\n<summary>{title} ({})</summary>\n\n", words::number(list.len() as u64));
        for judged in list {
            room.push(out, judged.finding.rule, &block(audit, judged));
        }
        out.push_str("\n</details>\n\n");
    }
    if !audit.later.is_empty() {
        let _ = write!(out, "**{}:**\n\n", phrases::LATER);
        for judged in &audit.later {
            room.push(out, judged.finding.rule, &block(audit, judged));
        }
        out.push('\n');
    }
}

fn block(audit: &Audit, judged: &Judged) -> String {
    let finding = &judged.finding;
    let mut out = format!(
        "- **{}** [`{}`]({}) at {}\n  {}\n",
        phrases::level(judged.level),
        finding.rule,
        phrases::rule_page(finding.rule),
        code(&phrases::place(audit, &finding.place)),
        inline(&finding.message)
    );
    if let Some(reason) = &judged.waived {
        let _ = writeln!(out, "\n  Waived: {}", inline(reason));
    }
    for line in finding.help.lines().filter(|line| !line.trim().is_empty()) {
        let is_code = line.starts_with([' ', '\t']);
        let line = if is_code { code(line.trim()) } else { inline(line) };
        let _ = writeln!(out, "\n  {line}");
    }
    out
}

fn waivers(out: &mut String, audit: &Audit) {
    for waiver in &audit.waivers {
        let _ = writeln!(out, "> {}\n", inline(&phrases::idle_waiver(waiver)));
    }
}

/// Text as a code span that nothing in the text can end.
pub(crate) fn code(text: &str) -> String {
    let text = shown(text).to_string();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad =
        if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text in which nothing is Markdown or HTML, except that `...` is a code span.
pub(crate) fn inline(text: &str) -> String {
    let mut out = String::new();
    let parts: Vec<&str> = text.split('`').collect();
    for (at, part) in parts.iter().enumerate() {
        let is_code = at % 2 == 1;
        let closed = at + 1 < parts.len();
        match (is_code, closed) {
            (false, _) => out.push_str(&plain(part)),
            (true, true) if !part.is_empty() => out.push_str(&code(part)),
            (true, true) => out.push_str("\\`\\`"),
            (true, false) => {
                out.push_str("\\`");
                out.push_str(&plain(part));
            }
        }
    }
    out
}

/// Text that means nothing to Markdown: no markup, no mention of a person, no link.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in shown(text).to_string().chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // An empty element breaks up what would otherwise become a mention or a link.
            '@' => out.push_str("@<span></span>"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.replace("://", ":<span></span>//").replace("www.", "www<span></span>.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_an_archive_becomes_markup() {
        for (text, expected) in [
            ("plain words: fine.", "plain words: fine."),
            ("<script>&", "&lt;script&gt;&amp;"),
            ("[x](y) *b* #1 a|b", "\\[x\\](y) \\*b\\* \\#1 a\\|b"),
            ("ask @acme", "ask @<span></span>acme"),
            ("see `a*b` now", "see `a*b` now"),
            ("odd ` one", "odd \\` one"),
            ("https://x.test", "https:<span></span>//x.test"),
            ("a\u{202e}b", "a\\\\u{202e}b"),
        ] {
            assert_eq!(inline(text), expected);
        }
        for (text, expected) in
            [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("``x", "``` ``x ```"), ("", "`  `")]
        {
            assert_eq!(code(text), expected);
        }
    }
}
