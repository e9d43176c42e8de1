//! One self-contained page: no network, no script. Everything that isn't a literal here goes through
//! [`escape::html`], and a content security policy lets nothing run or load even if something slips through.

mod changes;
mod exposed;
mod findings;
mod prose;
mod treemap;

use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use sha2::{Digest, Sha256};

use crate::outcome::Audit;
use crate::policy::Verdict;
use crate::settings::Level;

use super::summary::{self, Row, Verdicts};
use super::wire::Summary;
use super::{Look, Reporter, alike, phrases};
use crate::escape::{self, shown};
use crate::words;

/// A page for the browser.
pub(super) const REPORTER: Reporter = Reporter { name: "html", needs_entries: true, write, parts: None };

const STYLE: &str = include_str!("html/page.css");

/// With more artifacts than this, the overview leaves out those that passed.
const MOST_LISTED: usize = 10;

fn write(audits: &[Audit], look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { look, style: STYLE.to_string(), body: String::new() };
    page.header(audits);
    page.body.push_str("<main id=\"main\">\n");
    let alike = alike::alike(audits.iter());
    let spoken_for = |audit: &Audit| {
        let group = alike.iter().find(|group| group.iter().any(|one| std::ptr::eq(*one, audit)))?;
        group.first().copied().filter(|first| !std::ptr::eq(*first, audit))
    };
    let verdicts = Verdicts::of(audits);
    let all = verdicts.rows().into_iter().filter_map(|row| Some((row, audits.get(row.number)?)));
    let is_folded = |(_, audit): &(&Row, &Audit)| {
        audits.len() > 1 && (audit.verdict == Verdict::Pass || spoken_for(audit).is_some())
    };
    let (folded, whole): (Vec<_>, Vec<_>) = all.partition(is_folded);
    for (row, audit) in whole {
        page.artifact(audit, row.number, audits.len() > 1);
    }
    for (row, audit) in folded {
        page.folded(audit, row, spoken_for(audit));
    }
    page.rules(audits);
    page.body.push_str("</main>\n");
    page.footer();
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(page.style.as_bytes()));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
        escape::html(&title(audits)),
        page.style,
        page.body
    )
}

fn title(audits: &[Audit]) -> String {
    match audits {
        [audit] => {
            format!("packgate: {} {}", shown(&phrases::subject(audit)), phrases::verdict(audit.verdict))
        }
        _ => format!("packgate: {}", words::counted(audits.len() as u64, "artifact")),
    }
}

/// The page being written. The style sheet grows with it: it places each tile of a treemap, so that no element needs
/// an inline style, which the policy would have to allow.
struct Page<'a> {
    look: &'a Look,
    style: String,
    body: String,
}

impl Page<'_> {
    fn header(&mut self, audits: &[Audit]) {
        let body = &mut self.body;
        body.push_str("<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
        body.push_str("<header><div class=\"bar\"><p class=\"brand\">packgate</p><p>The last look at a package before it is published</p></div></header>\n");
        if audits.len() == 1 {
            return;
        }
        let verdicts = Verdicts::of(audits);
        let verdict = audits.iter().map(|audit| audit.verdict).max().unwrap_or_default();
        let _ = write!(
            body,
            "<nav class=\"overview {}\" aria-label=\"Artifacts\">\n<h1>{}: {}</h1>\n<ul>\n",
            verdict_class(verdict),
            words::counted(audits.len() as u64, "artifact"),
            verdicts.words(self.look)
        );
        // Those that passed stand below, one line each.
        let rows = verdicts.rows();
        let is_short = rows.len() <= MOST_LISTED;
        for row in rows.iter().filter(|row| is_short || row.verdict != Verdict::Pass) {
            let _ = writeln!(
                body,
                "<li><span class=\"badge {}\">{}</span> <a href=\"#artifact-{}\"><code>{}</code></a> <span>{}</span></li>",
                verdict_class(row.verdict),
                phrases::verdict(row.verdict),
                row.number,
                escape::html(phrases::file_name(&row.path)),
                row.counts,
            );
        }
        for one in &self.look.not_packed {
            let why = one.why.lines().next().unwrap_or_default();
            let _ = writeln!(
                body,
                "<li><span class=\"badge {}\">not examined</span> <code>{}</code> <span>{}</span></li>",
                verdict_class(Verdict::Incomplete),
                escape::html(&shown(&one.name).to_string()),
                escape::html(&shown(why).to_string()),
            );
        }
        body.push_str("</ul>\n");
        if let Some(first) = rows.iter().find(|row| !is_short && row.verdict == Verdict::Pass) {
            let passed = rows.iter().filter(|row| row.verdict == Verdict::Pass).count();
            let others = if passed == rows.len() { "" } else { " what did not" };
            let _ = writeln!(
                body,
                "<p><a href=\"#passed-{}\">{} passed</a>: a line each, below{others}.</p>",
                first.number,
                words::number(passed as u64)
            );
        }
        if let Some(left_out) = summary::left_out(self.look) {
            let _ = writeln!(body, "<p>{}</p>", prose::inline(&left_out));
        }
        body.push_str("</nav>\n");
    }

    /// One of several that passed, or that has no more to say than another: there for those who want to see it.
    fn folded(&mut self, audit: &Audit, row: &Row, same: Option<&Audit>) {
        let name = |audit: &Audit| escape::html(&shown(&phrases::subject(audit)).to_string()).to_string();
        let same = same.filter(|_| row.verdict != Verdict::Pass);
        let same = same.map_or(String::new(), |first| format!(": the same as <bdi>{}</bdi>", name(first)));
        let class = verdict_class(row.verdict);
        let id = if row.verdict == Verdict::Pass { "passed" } else { "same" };
        let _ = writeln!(
            self.body,
            "<details class=\"folded\" id=\"{id}-{}\">\n<summary><span class=\"badge {class}\">{}</span> <bdi>{}</bdi> \
             <small>{}{same}</small></summary>",
            row.number,
            phrases::verdict(row.verdict),
            name(audit),
            row.counts,
        );
        self.artifact(audit, row.number, true);
        self.body.push_str("</details>\n");
    }

    fn artifact(&mut self, audit: &Audit, number: usize, one_of_many: bool) {
        let _ = writeln!(self.body, "<article id=\"artifact-{number}\" class=\"artifact\">");
        self.verdict(audit, number, if one_of_many { 2 } else { 1 });
        self.not_examined(audit);
        self.contents(audit, number);
        self.treemap(audit, number);
        self.findings(audit, number);
        self.exposed(audit);
        self.changes(audit);
        self.body.push_str("</article>\n");
    }

    /// What readers must know first: the verdict, why, and what to do now.
    fn verdict(&mut self, audit: &Audit, number: usize, heading: u8) {
        let artifact = &audit.inventory.artifact;
        let summary = Summary::new(std::slice::from_ref(audit));
        let class = verdict_class(audit.verdict);
        let (word, then) = match audit.verdict {
            Verdict::Pass => ("may be published", "Nothing in it blocks under the policy."),
            Verdict::Blocked => (
                "must not be published like this",
                "Fix what blocks below, build the package again, and let packgate check the new file.",
            ),
            Verdict::Incomplete => (
                "could not be fully examined",
                "What was not examined may contain anything, so this is not a pass.",
            ),
        };
        let body = &mut self.body;
        let _ = write!(
            body,
            "<section class=\"verdict {class}\">\n<h{heading}><span class=\"badge {class}\">{}</span> <bdi>{}</bdi> {word}</h{heading}>\n",
            phrases::verdict(audit.verdict),
            escape::html(&shown(&phrases::subject(audit)).to_string()),
        );
        if let Some(exposure) = phrases::exposure(audit) {
            let _ = writeln!(body, "<p class=\"lead\">{}</p>", escape::html(&exposure));
        }
        self.worst(audit, number);
        let body = &mut self.body;
        let _ = write!(body, "<p>{then}</p>\n<dl class=\"facts\">\n");
        let unpacked = match (audit.totals.unpacked_bytes, audit.totals.entries) {
            (0, 0) => String::new(),
            (bytes, entries) => {
                format!(", {} unpacked, {}", words::bytes(bytes), entries_words(entries))
            }
        };
        for (term, text) in [
            ("Findings", phrases::counts(&summary)),
            ("Policy", format!("`{}` ({})", audit.policy.name, audit.policy.because)),
            ("File", format!("`{}`, {}{unpacked}", artifact.path, words::bytes(artifact.bytes))),
            ("SHA-256", format!("`{}`", artifact.sha256)),
        ] {
            let _ = writeln!(body, "<div><dt>{term}</dt><dd>{}</dd></div>", prose::inline(&text));
        }
        body.push_str("</dl>\n</section>\n");
    }

    fn not_examined(&mut self, audit: &Audit) {
        if audit.unexamined().is_empty() {
            return;
        }
        self.body.push_str("<section class=\"skipped\">\n<h2>Not examined</h2>\n<ul>\n");
        for part in audit.unexamined() {
            let place = if part.place.is_empty() { &audit.inventory.artifact.path } else { &part.place };
            let place = shown(place).to_string();
            let remark = phrases::unless_error(audit.weight(part));
            let _ = writeln!(
                self.body,
                "<li><code>{}</code>: {}{}</li>",
                escape::html(&place),
                prose::inline(&part.why),
                remark
            );
        }
        self.body.push_str("</ul>\n</section>\n");
    }

    /// What was looked for: without that, a pass says little. Artifacts under the same rules share a list.
    fn rules(&mut self, audits: &[Audit]) {
        let mut lists: Vec<(&Audit, u64)> = Vec::new();
        for audit in audits.iter().filter(|audit| audit.policy.levels.values().any(is_on)) {
            match lists.iter_mut().find(|(first, _)| first.policy.levels == audit.policy.levels) {
                Some((_, artifacts)) => *artifacts += 1,
                None => lists.push((audit, 1)),
            }
        }
        if lists.is_empty() {
            return;
        }
        self.body.push_str("<section>\n<h2>What was looked for</h2>\n");
        let is_only_one = lists.len() == 1;
        for (audit, artifacts) in lists {
            let on: Vec<_> = audit.policy.levels.iter().filter(|(_, level)| is_on(level)).collect();
            let whose = match is_only_one {
                true => " under this policy".to_owned(),
                false => format!(
                    " under the policy {}, for {}",
                    escape::html(&shown(&audit.policy.name).to_string()),
                    words::counted(artifacts, "artifact")
                ),
            };
            let _ = write!(
                self.body,
                "<details>\n<summary>{}{whose}</summary>\n<table>\n<thead><tr><th scope=\"col\">Rule</th>\
                 <th scope=\"col\">Level</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n",
                words::counted(on.len() as u64, "rule")
            );
            for (name, (level, _, why)) in on {
                let _ = writeln!(
                    self.body,
                    "<tr><td><a href=\"{}\"><code>{}</code></a></td><td>{}</td><td>{}</td></tr>",
                    escape::html(&phrases::rule_page(name)),
                    escape::html(name),
                    phrases::level(*level),
                    prose::inline(why.as_deref().unwrap_or(""))
                );
            }
            self.body.push_str("</tbody>\n</table>\n</details>\n");
        }
        self.body.push_str("</section>\n");
    }

    fn footer(&mut self) {
        let _ = writeln!(
            self.body,
            "<footer><p>Made by packgate {}. The page loads nothing and runs nothing; names from the package that \
             could deceive are written like <code>\\u{{202e}}</code>.</p></footer>",
            env!("CARGO_PKG_VERSION")
        );
    }
}

/// Whether a rule with this level is in force.
fn is_on((level, ..): &(Level, String, Option<String>)) -> bool {
    *level != Level::Off
}

fn entries_words(entries: u64) -> String {
    if entries == 1 { "1 entry".into() } else { format!("{} entries", words::number(entries)) }
}

fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Blocked => "blocked",
        Verdict::Incomplete => "incomplete",
    }
}
