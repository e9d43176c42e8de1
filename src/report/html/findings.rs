//! The findings, by rule: the first ones open, the rest folded.

use std::fmt::Write as _;

use crate::escape::{html, shown, shown_lines};
use crate::outcome::Audit;
use crate::policy::Judged;
use crate::report::phrases;
use crate::rules;
use crate::settings::Level;
use crate::words;

use super::{Page, prose};

/// Findings of one rule that are shown before the fold.
const SHOWN: usize = 5;
/// Rules named at the top of the page.
const WORST: usize = 3;

/// A rule with its findings, each with its number in the audit.
struct OfRule<'a> {
    rule: &'static str,
    findings: Vec<(usize, &'a Judged)>,
}

/// What of a finding stands above it already.
#[derive(Clone, Copy)]
struct Said {
    /// The same sentence, at the finding before.
    message: bool,
    /// The help, for all of the list.
    help: bool,
}

/// The findings of an artifact in the three groups that the page shows, each by rule.
struct Groups<'a> {
    blocking: Vec<OfRule<'a>>,
    other: Vec<OfRule<'a>>,
    waived: Vec<OfRule<'a>>,
}

impl<'a> Groups<'a> {
    fn of(audit: &'a Audit, fail_on: Level) -> Self {
        let all = || audit.findings.iter().enumerate();
        let live = |judged: &Judged| judged.waived.is_none();
        Self {
            blocking: by_rule(all().filter(|(_, judged)| phrases::blocks(judged, fail_on))),
            other: by_rule(all().filter(|(_, judged)| live(judged) && !phrases::blocks(judged, fail_on))),
            waived: by_rule(all().filter(|(_, judged)| !live(judged))),
        }
    }
}

impl Page<'_> {
    /// The first of what blocks, for the top of the page.
    pub(super) fn worst(&mut self, audit: &Audit, artifact: usize) {
        let groups = Groups::of(audit, self.look.fail_on);
        if groups.blocking.is_empty() {
            return;
        }
        self.body.push_str("<ul class=\"worst\">\n");
        for of_rule in groups.blocking.iter().take(WORST) {
            let Some((number, first)) = of_rule.findings.first() else { continue };
            let place = shown(&phrases::place(audit, &first.finding.place)).to_string();
            let more = match of_rule.findings.len() {
                1 => String::new(),
                count => format!(" and {} more", words::number(count as u64 - 1)),
            };
            let _ = writeln!(
                self.body,
                "<li><b>{}</b> at <a href=\"#finding-{artifact}-{number}\"><code>{}</code></a>{more}</li>",
                html(of_rule.rule),
                html(&place),
            );
        }
        if groups.blocking.len() > WORST {
            let more = words::counted((groups.blocking.len() - WORST) as u64, "rule");
            let _ = writeln!(self.body, "<li><a href=\"#blocks-{artifact}\">and {more} more</a></li>");
        }
        self.body.push_str("</ul>\n");
    }

    /// Links to the rules, to save scrolling past hundreds of findings.
    pub(super) fn contents(&mut self, audit: &Audit, artifact: usize) {
        let groups = Groups::of(audit, self.look.fail_on);
        let groups = [("blocks", groups.blocking), ("further", groups.other), ("waived", groups.waived)];
        if groups.iter().all(|(_, rules)| rules.is_empty()) {
            return;
        }
        let _ = writeln!(
            self.body,
            "<nav class=\"contents\" aria-label=\"Rules with findings, artifact {}\"><ul>",
            artifact + 1
        );
        for (group, rules) in groups {
            for of_rule in rules {
                let class = if group == "waived" { "waived" } else { of_rule.level() };
                let waived = if group == "waived" { " (waived)" } else { "" };
                let _ = writeln!(
                    self.body,
                    "<li><a class=\"{class}\" href=\"#{}\">{} <b>{}</b>{waived}</a></li>",
                    section_id(artifact, group, of_rule.rule),
                    html(of_rule.rule),
                    words::number(of_rule.findings.len() as u64)
                );
            }
        }
        self.body.push_str("</ul></nav>\n");
    }

    pub(super) fn findings(&mut self, audit: &Audit, artifact: usize) {
        let groups = Groups::of(audit, self.look.fail_on);
        self.group(audit, artifact, "blocks", "What blocks the release", &groups.blocking);
        self.later(audit);
        self.group(audit, artifact, "further", "What else was found", &groups.other);
        self.group(audit, artifact, "waived", "Waived", &groups.waived);
        self.idle_waivers(audit);
    }

    fn group(&mut self, audit: &Audit, artifact: usize, group: &str, title: &str, rules: &[OfRule]) {
        if rules.is_empty() {
            return;
        }
        let _ =
            writeln!(self.body, "<section class=\"{group}\" id=\"{group}-{artifact}\">\n<h2>{title}</h2>");
        for of_rule in rules {
            self.rule(audit, artifact, group, of_rule);
        }
        self.body.push_str("</section>\n");
    }

    fn rule(&mut self, audit: &Audit, artifact: usize, group: &str, of_rule: &OfRule) {
        let known = rules::find(of_rule.rule);
        let level = of_rule.level();
        let _ = writeln!(
            self.body,
            "<section class=\"rule {level}\" id=\"{}\">\n<h3><span class=\"badge {level}\">{level}</span> {} <small>{}</small></h3>",
            section_id(artifact, group, of_rule.rule),
            html(of_rule.rule),
            words::counted(of_rule.findings.len() as u64, "finding")
        );
        if let Some(rule) = known {
            let _ = writeln!(
                self.body,
                "<p class=\"summary\">{}</p>",
                prose::inline(&words::capital(rule.summary))
            );
        }
        let shared = of_rule.shared_help();
        let (first, rest) = of_rule.findings.split_at(of_rule.findings.len().min(SHOWN));
        self.list(audit, artifact, first, shared);
        if !rest.is_empty() {
            let _ = writeln!(
                self.body,
                "<details>\n<summary>{} more</summary>",
                words::number(rest.len() as u64)
            );
            self.list(audit, artifact, rest, shared);
            self.body.push_str("</details>\n");
        }
        if let Some(help) = shared.filter(|help| !help.trim().is_empty()) {
            let _ = writeln!(self.body, "<div class=\"todo\"><h4>What to do</h4>{}</div>", prose::help(help));
        }
        if let Some(rule) = known.filter(|rule| !rule.docs.trim().is_empty()) {
            let _ = writeln!(
                self.body,
                "<details class=\"about\">\n<summary>About {}</summary>\n{}</details>",
                html(rule.name),
                prose::markdown(rule.docs, 3)
            );
        }
        self.body.push_str("</section>\n");
    }

    fn list(&mut self, audit: &Audit, artifact: usize, findings: &[(usize, &Judged)], shared: Option<&str>) {
        self.body.push_str("<ul class=\"findings\">\n");
        let mut before = None;
        for (number, judged) in findings {
            let said = Said { message: before == Some(&judged.finding.message), help: shared.is_some() };
            self.finding(audit, artifact, *number, judged, said);
            before = Some(&judged.finding.message);
        }
        self.body.push_str("</ul>\n");
    }

    fn finding(&mut self, audit: &Audit, artifact: usize, number: usize, judged: &Judged, said: Said) {
        let finding = &judged.finding;
        let place = shown(&phrases::place(audit, &finding.place)).to_string();
        let body = &mut self.body;
        let _ = writeln!(
            body,
            "<li id=\"finding-{artifact}-{number}\">\n<p class=\"place\"><code>{}</code></p>",
            html(&place)
        );
        if !said.message {
            let _ = writeln!(body, "<p>{}</p>", prose::inline(&finding.message));
        }
        if let Some(reason) = &judged.waived {
            let _ = writeln!(body, "<p class=\"reason\"><b>Waived:</b> {}</p>", prose::inline(reason));
        }
        if !said.help && !finding.help.trim().is_empty() {
            let _ =
                writeln!(body, "<div class=\"todo\"><h4>What to do</h4>{}</div>", prose::help(&finding.help));
        }
        let _ = writeln!(
            body,
            "<details>\n<summary>Facts{}</summary>",
            if judged.waived.is_some() { "" } else { " and waiver" }
        );
        let evidence = finding.evidence.value();
        if !evidence.is_null() {
            let facts = serde_json::to_string_pretty(&evidence).unwrap_or_default();
            let _ = writeln!(body, "<pre><code>{}</code></pre>", html(&facts));
        }
        if judged.waived.is_none() {
            let waiver = format!(
                "[[waive]]\nrule = \"{}\"\nfingerprint = \"{}\"\nreason = \"\"",
                finding.rule, judged.finding_id
            );
            let _ = writeln!(
                body,
                "<p>If it is meant to ship, write down why in <code>packgate.toml</code>:</p>\n<pre><code>{}</code></pre>",
                html(&shown_lines(&waiver).to_string())
            );
        } else {
            let _ = writeln!(body, "<p>Fingerprint <code>{}</code></p>", html(&judged.finding_id));
        }
        body.push_str("</details>\n</li>\n");
    }

    /// What would block next. It is no finding yet, so nothing links to it.
    fn later(&mut self, audit: &Audit) {
        if audit.later.is_empty() {
            return;
        }
        let _ = writeln!(
            self.body,
            "<section class=\"later\">\n<h2>{}</h2>\n<ul class=\"findings\">",
            phrases::LATER
        );
        for judged in &audit.later {
            let place = shown(&phrases::place(audit, &judged.finding.place)).to_string();
            let _ = writeln!(
                self.body,
                "<li>\n<p class=\"place\"><b>{}</b> <code>{}</code></p>\n<p>{}</p>\n<div class=\"todo\"><h4>What to do</h4>{}</div>\n</li>",
                html(judged.finding.rule),
                html(&place),
                prose::inline(&judged.finding.message),
                prose::help(&judged.finding.help)
            );
        }
        self.body.push_str("</ul>\n</section>\n");
    }

    fn idle_waivers(&mut self, audit: &Audit) {
        if audit.waivers.is_empty() {
            return;
        }
        self.body.push_str("<section>\n<h2>Waivers without effect</h2>\n<ul>\n");
        for waiver in &audit.waivers {
            let _ = writeln!(self.body, "<li>{}</li>", prose::inline(&phrases::idle_waiver(waiver)));
        }
        self.body.push_str("</ul>\n</section>\n");
    }
}

impl<'a> OfRule<'a> {
    fn level(&self) -> &'static str {
        let gravest = self.findings.iter().map(|(_, judged)| judged.level).max();
        gravest.map_or("note", phrases::level)
    }

    /// The help, if it is the same for all.
    fn shared_help(&self) -> Option<&'a str> {
        let (_, first) = self.findings.first()?;
        let same = self.findings.iter().all(|(_, judged)| judged.finding.help == first.finding.help);
        (same && self.findings.len() > 1).then_some(first.finding.help.as_str())
    }
}

fn by_rule<'a>(findings: impl Iterator<Item = (usize, &'a Judged)>) -> Vec<OfRule<'a>> {
    let mut rules: Vec<OfRule> = Vec::new();
    for (number, judged) in findings {
        match rules.iter_mut().find(|of_rule| of_rule.rule == judged.finding.rule) {
            Some(of_rule) => of_rule.findings.push((number, judged)),
            None => rules.push(OfRule { rule: judged.finding.rule, findings: vec![(number, judged)] }),
        }
    }
    rules
}

fn section_id(artifact: usize, group: &str, rule: &str) -> String {
    format!("{group}-{artifact}-{rule}")
}
