use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::outcome::Audit;
use crate::policy::Judged;
use crate::settings::Level;

use super::{Look, Reporter, phrases};
use crate::escape::{joined_lines, shown, shown_lines};

/// JUnit XML as Jenkins and GitLab read it: a suite for each artifact, a case for each finding. What blocks is a
/// failure, what was not examined is an error, what is waived is skipped, and the rest passes with its text as
/// output.
pub(super) const REPORTER: Reporter = Reporter { name: "junit", needs_entries: false, write, parts: None };

fn write(audits: &[Audit], look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let suites: Vec<Suite> = audits.iter().map(|audit| Suite::of(audit, look)).collect();
    let mut root = BytesStart::new("testsuites");
    root.push_attribute(("name", "packgate"));
    counts(&mut root, suites.iter().flat_map(|suite| &suite.cases));
    xml.write_event(Event::Start(root))?;
    for suite in &suites {
        suite.write(&mut xml)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    out.write_all(b"\n")
}

struct Suite {
    name: String,
    properties: Vec<(&'static str, String)>,
    cases: Vec<Case>,
    output: String,
}

struct Case {
    class: String,
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Passed { output: String },
    Failed { message: String, text: String },
    NotExamined { message: String },
    Skipped { message: String, text: String },
}

impl Suite {
    fn of(audit: &Audit, look: &Look) -> Self {
        let artifact = &audit.inventory.artifact;
        let mut cases = Vec::new();
        for part in audit.unexamined() {
            let place = if part.place.is_empty() { &artifact.path } else { &part.place };
            cases.push(Case {
                class: "packgate.coverage".into(),
                name: place.clone(),
                outcome: match audit.weight(part) {
                    Level::Error => Outcome::NotExamined { message: part.why.clone() },
                    level => {
                        Outcome::Skipped { message: phrases::weight(level).into(), text: part.why.clone() }
                    }
                },
            });
        }
        cases.extend(audit.findings.iter().map(|judged| Case::of(audit, judged, look)));
        if cases.is_empty() {
            let output = String::new();
            let outcome = Outcome::Passed { output };
            cases.push(Case { class: "packgate".into(), name: "no findings".into(), outcome });
        }
        let waivers: Vec<String> = audit.waivers.iter().map(phrases::idle_waiver).collect();
        Self { name: artifact.path.clone(), properties: properties(audit), cases, output: waivers.join("\n") }
    }

    fn write<W: Write>(&self, xml: &mut Writer<W>) -> io::Result<()> {
        let mut start = BytesStart::new("testsuite");
        start.push_attribute(("name", shown(&self.name).to_string().as_str()));
        counts(&mut start, &self.cases);
        let skipped =
            self.cases.iter().filter(|case| matches!(case.outcome, Outcome::Skipped { .. })).count();
        start.push_attribute(("skipped", skipped.to_string().as_str()));
        xml.write_event(Event::Start(start))?;
        xml.write_event(Event::Start(BytesStart::new("properties")))?;
        for (name, value) in &self.properties {
            let mut property = BytesStart::new("property");
            property.push_attribute(("name", *name));
            property.push_attribute(("value", shown(value).to_string().as_str()));
            xml.write_event(Event::Empty(property))?;
        }
        xml.write_event(Event::End(BytesEnd::new("properties")))?;
        for case in &self.cases {
            case.write(xml)?;
        }
        if !self.output.is_empty() {
            text(xml, BytesStart::new("system-out"), &self.output)?;
        }
        xml.write_event(Event::End(BytesEnd::new("testsuite")))
    }
}

impl Case {
    fn of(audit: &Audit, judged: &Judged, look: &Look) -> Self {
        let finding = &judged.finding;
        let level = phrases::level(judged.level);
        let message = format!("{level}: {}", finding.message);
        let details = format!("{message}\nWhat to do: {}\nFingerprint: {}", finding.help, judged.finding_id);
        let outcome = match &judged.waived {
            Some(reason) => Outcome::Skipped { message: format!("waived: {reason}"), text: details },
            None if phrases::blocks(judged, look.fail_on) => {
                Outcome::Failed { message: finding.message.clone(), text: details }
            }
            None => Outcome::Passed { output: details },
        };
        Self {
            class: format!("packgate.{}", finding.rule),
            name: phrases::place(audit, &finding.place),
            outcome,
        }
    }

    fn write<W: Write>(&self, xml: &mut Writer<W>) -> io::Result<()> {
        let mut start = BytesStart::new("testcase");
        start.push_attribute(("classname", shown(&self.class).to_string().as_str()));
        start.push_attribute(("name", shown(&self.name).to_string().as_str()));
        xml.write_event(Event::Start(start))?;
        match &self.outcome {
            Outcome::Passed { output } if output.is_empty() => {}
            Outcome::Passed { output } => text(xml, BytesStart::new("system-out"), output)?,
            Outcome::Failed { message, text: details } => {
                text(xml, with_message("failure", message), details)?;
            }
            Outcome::NotExamined { message } => {
                text(xml, with_message("error", &joined_lines(message)), message)?;
            }
            Outcome::Skipped { message, text: details } => {
                text(xml, with_message("skipped", message), details)?;
            }
        }
        xml.write_event(Event::End(BytesEnd::new("testcase")))
    }
}

fn with_message(element: &'static str, message: &str) -> BytesStart<'static> {
    let mut start = BytesStart::new(element);
    start.push_attribute(("message", shown(message).to_string().as_str()));
    start
}

fn text<W: Write>(xml: &mut Writer<W>, start: BytesStart<'_>, text: &str) -> io::Result<()> {
    let end = start.to_end().into_owned();
    xml.write_event(Event::Start(start.borrow()))?;
    xml.write_event(Event::Text(BytesText::new(&shown_lines(text).to_string())))?;
    xml.write_event(Event::End(end))
}

fn counts<'a>(element: &mut BytesStart<'_>, cases: impl IntoIterator<Item = &'a Case>) {
    let (mut tests, mut failures, mut errors) = (0_u64, 0_u64, 0_u64);
    for case in cases {
        tests += 1;
        failures += u64::from(matches!(case.outcome, Outcome::Failed { .. }));
        errors += u64::from(matches!(case.outcome, Outcome::NotExamined { .. }));
    }
    element.push_attribute(("tests", tests.to_string().as_str()));
    element.push_attribute(("failures", failures.to_string().as_str()));
    element.push_attribute(("errors", errors.to_string().as_str()));
}
/// What is known of the artifact beside its findings; of one that wasn't read there is no more than that.
fn properties(audit: &Audit) -> Vec<(&'static str, String)> {
    let verdict = ("verdict", phrases::verdict(audit.verdict).into());
    if audit.error.is_some() {
        return vec![verdict];
    }
    vec![
        verdict,
        ("policy", format!("{} ({})", audit.policy.name, audit.policy.because)),
        ("sha256", audit.inventory.artifact.sha256.clone()),
        ("exposure", phrases::exposure(audit).unwrap_or_else(|| "none".into())),
    ]
}
