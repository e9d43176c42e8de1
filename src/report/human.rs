use std::fmt::Write as _;
use std::io::{self, Write};

use crate::inventory::Kind;
use crate::outcome::Audit;
use crate::policy::{Judged, Verdict};
use crate::rules::{NotApplied, PRIVATE_PACKAGE};
use crate::settings::Level;

use super::alike;
use super::phrases::{self, exposure, idle_waiver};
use super::summary::{self, Verdicts};
use super::wrap::wrap;
use super::{Look, Parts, Reporter};
use crate::escape::shown;
use crate::words::{bytes, counted, number};

/// For people at a terminal.
pub(super) const REPORTER: Reporter = Reporter {
    name: "human",
    needs_entries: false,
    write,
    parts: Some(Parts { artifact, end, alone: false }),
};

/// Places shown for one rule; the rest is only counted.
const MOST_PLACES: usize = 4;
/// Packages named of those with the same findings; the summary has a line for each.
const MOST_NAMED: usize = 8;
/// Artifacts of a run whose passing ones are listed in the summary.
const MOST_PASSED: usize = 60;
/// Maximum width, for readability.
const MOST_COLUMNS: usize = 100;

fn write(audits: &[Audit], look: &Look, out: &mut dyn Write) -> io::Result<()> {
    // What went wrong is said on stderr.
    let page = Page::new(look);
    let is_one_of_many = audits.len() + look.not_packed.len() > 1;
    let with_words = |audit: &&Audit| audit.error.is_none() && !(is_one_of_many && says_nothing(audit));
    let with_words = audits.iter().filter(with_words);
    let alike = match look.quiet {
        true => with_words.map(|audit| vec![audit]).collect(),
        false => alike::alike(with_words),
    };
    for (number, group) in alike.iter().enumerate() {
        let Some((audit, others)) = group.split_first() else { continue };
        page.begin(number, out)?;
        let text = match is_one_of_many && is_brief(audit) {
            true => page.brief(audit),
            false => page.artifact(audit),
        };
        out.write_all(text.as_bytes())?;
        out.write_all(page.others(audit, others).as_bytes())?;
    }
    end(&Verdicts::of(audits), look, out)
}

fn artifact(audit: &Audit, number: usize, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let page = Page::new(look);
    page.begin(number, out)?;
    out.write_all(page.artifact(audit).as_bytes())
}

/// Whether an artifact that passed has nothing to say to people but what a line can hold.
fn is_brief(audit: &Audit) -> bool {
    let is_note = |judged: &Judged| judged.level == Level::Note && judged.waived.is_none();
    let is_all_well =
        audit.verdict == Verdict::Pass && audit.unexamined().is_empty() && audit.waivers.is_empty();
    is_all_well && exposure(audit).is_none() && audit.findings.iter().all(is_note)
}

/// Whether the line of the summary is all there is to say: nothing was found, and the file is gone after this run, so
/// that its digest is of no use either.
fn says_nothing(audit: &Audit) -> bool {
    is_brief(audit) && audit.is_twin && audit.findings.is_empty()
}

fn end(verdicts: &Verdicts, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let page = Page::new(look);
    let mut text = String::new();
    if verdicts.all() + look.not_packed.len() > 1 {
        text = page.summary(verdicts);
    } else if let Some(left_out) = summary::left_out(look).filter(|_| !look.quiet) {
        text.push('\n');
        page.line(DIM, &shown(&left_out).to_string(), &mut text);
    }
    if look.quiet {
        return out.write_all(text.as_bytes());
    }
    if !verdicts.instead().is_empty() {
        let folders = verdicts.instead().join(" ");
        let words = format!(
            "This package is private. If what its build writes is published or deployed, check that, and nothing above counts:\n\
             \u{20}   packgate check {}",
            shown(&folders)
        );
        text.push('\n');
        page.line("", &words, &mut text);
    } else if verdicts.can_be_fixed() && !look.is_fix {
        text.push('\n');
        page.line("", FIX, &mut text);
    }
    out.write_all(text.as_bytes())
}

/// What to do next where lists of files can mend something.
const FIX: &str = "`packgate fix` shows the lines that these helps propose, and writes them.";

/// Whether nothing in it told what it is: naming the kind that is left then would be a guess.
fn is_no_archive(audit: &Audit) -> bool {
    let inventory = &audit.inventory;
    inventory.entries.is_empty() && inventory.kind == Kind::default() && inventory.cut_short().is_some()
}

struct Page<'a> {
    look: &'a Look,
    width: usize,
}

impl<'a> Page<'a> {
    fn new(look: &'a Look) -> Self {
        Self { look, width: look.width.unwrap_or(MOST_COLUMNS).clamp(40, MOST_COLUMNS) }
    }

    /// What stands between two artifacts.
    fn begin(&self, number: usize, out: &mut dyn Write) -> io::Result<()> {
        if number > 0 && !self.look.quiet { writeln!(out) } else { Ok(()) }
    }

    /// One of several artifacts that passed, with notes at most: a line for each rule.
    fn brief(&self, audit: &Audit) -> String {
        let mut text = String::new();
        if self.look.quiet {
            return self.artifact(audit);
        }
        let _ = writeln!(text, "{}", self.paint(BOLD, &shown(&audit.inventory.artifact.path).to_string()));
        for group in groups(&audit.findings) {
            let Some(first) = group.first() else { continue };
            let more = match group.len() {
                1 => String::new(),
                count => format!(" and {} more", number(count as u64 - 1)),
            };
            let rule = self.rule(first.finding.rule);
            let place = self.paint(CYAN, &place(audit, first));
            let _ = writeln!(text, "  {} {rule}  {place}{more}", self.level(first.level));
        }
        if !audit.is_twin {
            self.line(DIM, &format!("sha256 {}", audit.inventory.artifact.sha256), &mut text);
        }
        text
    }

    fn artifact(&self, audit: &Audit) -> String {
        let mut text = String::new();
        if self.look.quiet {
            let _ = writeln!(text, "{} {}", self.verdict(audit), shown(&audit.inventory.artifact.path));
            return text;
        }
        self.line("", &self.heading(audit), &mut text);
        if summary::instead(audit).is_empty() {
            self.findings(audit, &mut text);
        } else {
            self.held_back(audit, &mut text);
        }
        self.unexamined(audit, &mut text);
        for waiver in &audit.waivers {
            let _ = writeln!(text, "\n{} {}", self.paint(YELLOW, "waiver"), shown(&idle_waiver(waiver)));
        }
        if !audit.findings.is_empty() || !audit.unexamined().is_empty() {
            text.push('\n');
        }
        self.not_applied(audit, &mut text);
        if let Some(commit) = audit.commit() {
            let line = format!("compared with {}: {}", commit.at(), counted(commit.files, "file"));
            self.line(DIM, &shown(&line).to_string(), &mut text);
        }
        let policy = format!("policy {} ({})", shown(&audit.policy.name), shown(&audit.policy.because));
        self.line(DIM, &policy, &mut text);
        let twin = if audit.is_twin { ", of a file packed for this audit; --keep DIR keeps it" } else { "" };
        let sha256 = format!("sha256 {}{twin}", audit.inventory.artifact.sha256);
        self.line(DIM, &sha256, &mut text);
        let _ = writeln!(text, "{}{}", self.verdict(audit), tally(audit));
        text
    }

    /// All that was found, and what it gives away.
    fn findings(&self, audit: &Audit, text: &mut String) {
        if let Some(headline) = exposure(audit) {
            let style = if audit.verdict == Verdict::Pass { BOLD } else { BOLD_RED };
            text.push('\n');
            self.line(style, &headline, text);
        }
        for group in groups(&audit.findings) {
            self.group(audit, group, text);
        }
        self.later(audit, text);
    }

    /// Of a private project whose build has left a folder to check: that it is private. Whatever else is in it goes nowhere.
    fn held_back(&self, audit: &Audit, text: &mut String) {
        let is_mark =
            |group: &&[Judged]| group.first().is_some_and(|one| one.finding.rule == PRIVATE_PACKAGE);
        let (marks, others): (Vec<_>, Vec<_>) = groups(&audit.findings).partition(is_mark);
        for group in marks {
            self.group(audit, group, text);
        }
        let others: usize = others.iter().map(|group| group.len()).sum();
        if others > 0 {
            let findings = if others == 1 { "finding" } else { "findings" };
            let words = format!(
                "{} more {findings} in what the client would pack of the project; --format json lists them",
                number(others as u64)
            );
            text.push('\n');
            self.line(DIM, &words, text);
        }
    }

    /// The artifacts that a page speaks for besides its own.
    fn others(&self, own: &Audit, audits: &[&Audit]) -> String {
        let mut text = String::new();
        if let Some((same, names)) = alike::others(own, audits, MOST_NAMED) {
            text.push('\n');
            self.line(BOLD, &format!("{same}: {}", shown(&names.join(", "))), &mut text);
        }
        text
    }

    /// One line for each artifact, blocked ones first, and all of them in a sentence.
    fn summary(&self, verdicts: &Verdicts) -> String {
        let mut text = String::from("\n");
        if !self.look.quiet {
            // Those that passed are listed as long as somebody would read the list.
            let is_short = verdicts.all() <= MOST_PASSED;
            let rows = verdicts.rows().into_iter().filter(|row| is_short || row.verdict != Verdict::Pass);
            let rows: Vec<_> = rows.map(|row| (row, shown(&row.path).to_string())).collect();
            let widest = rows.iter().map(|(_, path)| path.chars().count()).max().unwrap_or(0).min(60);
            let words = rows.iter().map(|(row, _)| phrases::verdict(row.verdict).chars().count());
            let width = words.max().unwrap_or(0);
            for (row, path) in &rows {
                let verdict = format!("{:width$}", phrases::verdict(row.verdict));
                let verdict = self.paint(style_of(row.verdict), &verdict);
                let counts = if row.counts == "no findings" { "" } else { row.counts.as_str() };
                let line = format!("{verdict}  {path:widest$}  {counts}");
                let _ = writeln!(text, "{}", line.trim_end());
            }
            for one in &self.look.not_packed {
                let verdict = self.paint(BOLD_RED, "not examined");
                let why = one.why.lines().next().unwrap_or_default();
                let _ = writeln!(text, "{verdict}  {}  {}", shown(&one.name), shown(why));
            }
            for line in verdicts.policies().into_iter().chain(summary::left_out(self.look)) {
                self.line(DIM, &shown(&line).to_string(), &mut text);
            }
            text.push('\n');
        }
        let _ = writeln!(text, "{}", verdicts.words(self.look));
        text
    }

    fn heading(&self, audit: &Audit) -> String {
        let inventory = &audit.inventory;
        let mut text = self.paint(BOLD, &shown(&inventory.artifact.path).to_string());
        if is_no_archive(audit) {
            let _ = write!(text, "  {}", bytes(inventory.artifact.bytes));
            return text;
        }
        let _ = write!(text, "  {}", inventory.kind.name());
        if let Some(package) = &inventory.package {
            for word in [&package.name, &package.version].into_iter().filter(|word| !word.is_empty()) {
                let _ = write!(text, " {}", shown(word));
            }
        }
        let _ = write!(
            text,
            ", {}, {} packed, {} unpacked",
            counted(audit.totals.entries, "entry"),
            bytes(inventory.artifact.bytes),
            bytes(audit.totals.unpacked_bytes)
        );
        text
    }

    /// All findings of one rule at one level.
    fn group(&self, audit: &Audit, group: &[Judged], text: &mut String) {
        let Some(first) = group.first() else { return };
        let name = match &first.waived {
            None => self.level(first.level),
            Some(_) => self.paint(DIM, "waived"),
        };
        let places = if group.len() > 1 {
            format!(" ({})", counted(group.len() as u64, "place"))
        } else {
            String::new()
        };
        let _ = writeln!(text, "\n{name} {}{places}", self.rule(first.finding.rule));
        let brief = first.level == Level::Note || first.waived.is_some();
        let shown_places = if brief { 1 } else { MOST_PLACES };
        let mut message = "";
        for judged in group.iter().take(shown_places) {
            let _ = writeln!(text, "  {}", self.paint(CYAN, &place(audit, judged)));
            if judged.finding.message != message {
                message = &judged.finding.message;
                self.paragraph("    ", message, text);
            }
        }
        if group.len() > shown_places {
            let rest = (group.len() - shown_places) as u64;
            let _ = writeln!(
                text,
                "  {}",
                self.paint(DIM, &format!("and {} more; --format json lists them all", number(rest)))
            );
        }
        if let Some(reason) = &first.waived {
            self.paragraph("    waived: ", reason, text);
        } else if !brief {
            for help in helps(group) {
                self.paragraph("    help: ", help, text);
            }
        }
    }

    /// What would block next, so that one round of changes is enough.
    fn later(&self, audit: &Audit, text: &mut String) {
        if audit.later.is_empty() {
            return;
        }
        let _ = writeln!(text, "\n{}", self.paint(BOLD, phrases::LATER));
        for group in groups(&audit.later) {
            self.group(audit, group, text);
        }
    }

    fn not_applied(&self, audit: &Audit, text: &mut String) {
        // A rule that is off doesn't matter.
        let weighs = |rule: &&NotApplied| audit.policy.level(rule.rule) >= Level::Warning;
        let missed: Vec<_> = audit.not_applied.iter().filter(weighs).collect();
        for group in missed.chunk_by(|a, b| a.lacks == b.lacks) {
            let rules: Vec<_> = group.iter().map(|rule| rule.rule).collect();
            let lacks = group.first().map_or("", |rule| rule.lacks.as_ref());
            let line = format!("not applied: {}: {}", rules.join(", "), shown(lacks));
            self.line(DIM, &line, text);
        }
    }

    fn unexamined(&self, audit: &Audit, text: &mut String) {
        const MOST: usize = 8;
        for unexamined in audit.unexamined().iter().take(MOST) {
            let what = match audit.weight(unexamined) {
                Level::Error => self.paint(BOLD_RED, "not examined"),
                level => format!("not examined ({})", phrases::weight(level)),
            };
            let place = if unexamined.place.is_empty() { "the artifact" } else { unexamined.place.as_str() };
            let _ = writeln!(
                text,
                "\n{what} {}\n    {}",
                self.paint(CYAN, &shown(place).to_string()),
                shown(&unexamined.why)
            );
        }
        if let Some(rest) = audit.unexamined().len().checked_sub(MOST).filter(|rest| *rest > 0) {
            let _ = writeln!(text, "and {} more", counted(rest as u64, "place"));
        }
    }

    /// A line that goes on indented where the terminal is too narrow for it.
    fn line(&self, style: &str, words: &str, text: &mut String) {
        let is_wide_enough = self.look.width.is_none_or(|width| words.chars().count() <= width);
        let lines = match is_wide_enough {
            true => vec![words.to_owned()],
            false => wrap(words, self.width.saturating_sub(2)),
        };
        for (number, line) in lines.iter().enumerate() {
            let line = if style.is_empty() { line.clone() } else { self.paint(style, line) };
            let _ = writeln!(text, "{}{line}", if number == 0 { "" } else { "  " });
        }
    }

    fn paragraph(&self, indent: &str, words: &str, text: &mut String) {
        let blank = " ".repeat(indent.len());
        // Line breaks are the message's own; everything else is escaped.
        let clean: Vec<String> = words.lines().map(|line| shown(line).to_string()).collect();
        for (number, line) in
            wrap(&clean.join("\n"), self.width.saturating_sub(indent.len())).iter().enumerate()
        {
            let _ = writeln!(text, "{}{line}", if number == 0 { indent } else { &blank });
        }
    }

    fn verdict(&self, audit: &Audit) -> String {
        let word = match audit.verdict {
            Verdict::Pass => "passed",
            Verdict::Blocked => "blocked",
            Verdict::Incomplete => "incomplete",
        };
        self.paint(style_of(audit.verdict), word)
    }

    /// The rule's name, linked to its page if the terminal supports links.
    fn rule(&self, rule: &str) -> String {
        let name = self.paint(BOLD, rule);
        if self.look.hyperlinks {
            format!("\x1b]8;;{}\x1b\\{name}\x1b]8;;\x1b\\", phrases::rule_page(rule))
        } else {
            name
        }
    }

    fn level(&self, level: Level) -> String {
        match level {
            Level::Error => self.paint(BOLD_RED, "error"),
            Level::Warning => self.paint(YELLOW, "warning"),
            Level::Note | Level::Off => self.paint(BLUE, "note"),
        }
    }

    fn paint(&self, style: &str, words: &str) -> String {
        if self.look.colour { format!("\x1b[{style}m{words}\x1b[0m") } else { words.to_owned() }
    }
}

fn style_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => GREEN,
        Verdict::Blocked | Verdict::Incomplete => BOLD_RED,
    }
}

const BOLD: &str = "1";
const DIM: &str = "2";
const BOLD_RED: &str = "1;31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const BLUE: &str = "34";
const CYAN: &str = "36";

/// Neighbours of the same level, rule and waiver, as the judge sorted them.
fn groups(findings: &[Judged]) -> impl Iterator<Item = &[Judged]> {
    findings.chunk_by(|a, b| a.level == b.level && a.finding.rule == b.finding.rule && a.waived == b.waived)
}

/// What to do about the findings of a group: each help once.
fn helps(group: &[Judged]) -> Vec<&str> {
    let mut helps: Vec<&str> = Vec::new();
    for judged in group {
        let help = judged.finding.help.as_str();
        if !help.is_empty() && !helps.contains(&help) {
            helps.push(help);
        }
    }
    helps.truncate(MOST_PLACES);
    helps
}

fn place(audit: &Audit, judged: &Judged) -> String {
    if judged.finding.place.path.is_empty() {
        return "the package as a whole".to_owned();
    }
    shown(&phrases::place(audit, &judged.finding.place)).to_string()
}

fn tally(audit: &Audit) -> String {
    let of_level = |level| {
        audit.findings.iter().filter(|judged| judged.level == level && judged.waived.is_none()).count() as u64
    };
    let waived = audit.findings.iter().filter(|judged| judged.waived.is_some()).count() as u64;
    let parts: Vec<String> = [
        (of_level(Level::Error), "error"),
        (of_level(Level::Warning), "warning"),
        (of_level(Level::Note), "note"),
    ]
    .into_iter()
    .filter(|(value, _)| *value > 0)
    .map(|(value, word)| counted(value, word))
    .chain((waived > 0).then(|| format!("{waived} waived")))
    .chain(
        (!audit.unexamined().is_empty())
            .then(|| format!("{} not examined", counted(audit.unexamined().len() as u64, "place"))),
    )
    .collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}
