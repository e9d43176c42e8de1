//! Waivers: reading them.

use time::Date;
use toml::value::Datetime;

use super::fields::{rule, table, text};
use super::glob::{self, Reach};
use super::model::Waiver;
use super::node::{Node, Value};
use super::problem::Problems;
use super::rule_names::UNEXAMINED;

/// Reads the list `waive`: each with its place in the file.
pub(super) fn read<'a>(node: &'a Node, problems: &mut Problems) -> Vec<(&'a Node, Waiver)> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(|item| Some((item, waiver(item, problems)?))).collect(),
        Value::Table(_) => {
            problems.add(&node.span, "\"waive\" must be a list of tables", "write [[waive]]");
            Vec::new()
        }
        _ => {
            problems.add(
                &node.span,
                format!("\"waive\" must be a list of tables, this is {}", node.what()),
                "",
            );
            Vec::new()
        }
    }
}

fn waiver(node: &Node, problems: &mut Problems) -> Option<Waiver> {
    let origin = problems.source().origin(&node.span);
    let mut waiver = Waiver {
        rule: String::new(),
        package: None,
        place: None,
        finding_id: None,
        reason: String::new(),
        expires: None,
        origin,
        inherited: false,
    };
    let members = table("waive", node, problems);
    for (key, value) in &members {
        if key.name == "expires" {
            waiver.expires = date(value, problems);
            continue;
        }
        let Some(text) = text(value, key.name, problems) else { continue };
        match key.name {
            "rule" if rule(text, &value.span, problems) => waiver.rule = text.to_owned(),
            "package" => match globset::Glob::new(text) {
                Ok(glob) => waiver.package = Some((text.to_owned(), glob.compile_matcher())),
                Err(error) => problems.add(&value.span, format!("bad pattern: {}", error.kind()), ""),
            },
            "place" => match glob::compile(text, Reach::Root) {
                Ok(glob) => waiver.place = Some((text.to_owned(), glob.compile_matcher())),
                Err(why) => problems.add(&value.span, format!("bad glob: {why}"), ""),
            },
            "fingerprint" if is_finding_id(text) => waiver.finding_id = Some(text.to_ascii_lowercase()),
            "fingerprint" => problems.add(
                &value.span,
                "a fingerprint has 16 hexadecimal digits",
                "copy it from `packgate check --format json`",
            ),
            "reason" => waiver.reason = text.to_owned(),
            _ => {}
        }
    }
    for (required, help) in
        [("rule", "name the rule that it waives"), ("reason", "say why: reason = \"...\"")]
    {
        let is_table = matches!(node.value, Value::Table(_));
        if is_table && !members.iter().any(|(key, _)| key.name == required) {
            problems.add(&node.span, format!("a waiver without \"{required}\""), help);
        }
    }
    if waiver.rule == UNEXAMINED && waiver.place.is_none() && waiver.finding_id.is_none() {
        let help = "name the file: place = \"test/fixtures/corrupt.zip\"";
        problems.add(&node.span, format!("a waiver of \"{}\" needs a place", waiver.rule), help);
    }
    Some(waiver)
}

fn is_finding_id(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A TOML date, or the same as a string.
fn date(node: &Node, problems: &mut Problems) -> Option<Date> {
    let read = match &node.value {
        Value::Text(text) => text.parse().ok().and_then(day),
        Value::Date(stamp) => day(*stamp),
        _ => None,
    };
    if read.is_none() {
        problems.add(&node.span, "\"expires\" must be a day", "write it like 2027-03-01");
    }
    read
}

fn day(stamp: Datetime) -> Option<Date> {
    let day = stamp.date?;
    let month = time::Month::try_from(day.month).ok()?;
    Date::from_calendar_date(i32::from(day.year), month, day.day).ok()
}
