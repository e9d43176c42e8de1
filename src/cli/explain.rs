use packgate::policy::Policy;
use packgate::rules::{self, Family, Rule};
use packgate::settings::{PolicyChoice, Settings};

use super::known::Known;
use super::{Exit, columns, output, page};

/// Longer lines are hard to read.
const MOST_COLUMNS: usize = 88;

/// Show a rule's documentation; without a name, the list of rules
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// A rule's name
    #[arg(value_parser = Known(names), hide_possible_values = true)]
    rule: Option<String>,
}

impl Explain {
    /// Prints a page or the list.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let text = match &self.rule {
            None => columns::fit(&list(), output::look().width),
            Some(name) => match rules::find(name) {
                Some(rule) => page(rule),
                None => return Err(unknown(name)),
            },
        };
        output::text(&text)?;
        Ok(Exit::Passed)
    }
}

fn names() -> Vec<&'static str> {
    rules::ALL.iter().map(|rule| rule.name).collect()
}

fn unknown(name: &str) -> String {
    let near = rules::ALL
        .iter()
        .map(|rule| (strsim::jaro_winkler(name, rule.name), rule.name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let begins = |rule: &&&Rule| rule.name.starts_with(&format!("{name}-"));
    let group: Vec<&str> = rules::ALL.iter().filter(begins).map(|rule| rule.name).collect();
    if let [first, .., last] = group.as_slice() {
        return format!(
            "\"{}\" begins the names of {} rules, from {first} to {last}; packgate explain lists them all",
            name.escape_default(),
            group.len()
        );
    }
    match near {
        Some((_, near)) => {
            format!("no rule is called \"{}\"; did you mean \"{near}\"?", name.escape_default())
        }
        None => format!("no rule is called \"{}\"; packgate explain lists them all", name.escape_default()),
    }
}

fn list() -> String {
    let widest = rules::ALL.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut family: Option<Family> = None;
    let mut rules: Vec<&Rule> = rules::ALL.clone();
    rules.sort_by_key(|rule| rule.family);
    for rule in rules {
        if family != Some(rule.family) {
            let gap = if family.is_some() { "\n" } else { "" };
            text.push_str(&format!("{gap}\x1b[1m{}\x1b[0m\n", rule.family.title()));
            family = Some(rule.family);
        }
        text.push_str(&format!("  {:widest$}  {}\n", rule.name, rule.summary));
    }
    text
}

/// A rule's documentation as a page for a terminal.
fn page(rule: &Rule) -> String {
    let levels: Vec<String> = packgate::settings::NAMES
        .into_iter()
        .map(|name| {
            let mut settings = Settings::default();
            settings.choose(PolicyChoice::Named(name), "explain");
            format!("{} under {name}", Policy::resolve_for(&settings, None).level(rule.name).word())
        })
        .collect();
    let width = output::look().width.unwrap_or(MOST_COLUMNS).min(MOST_COLUMNS);
    let text =
        format!("# {}\n{}\n\nLevel: {}.\n\n{}", rule.name, rule.summary, levels.join(", "), rule.docs.trim());
    format!("{}\n", page::render(&text, width).trim_end())
}
