//! Globs as in npm's file lists and ignore files: they ignore case, match dot files, match a pattern of one segment
//! with the last segment only, and `!` negates them.

use super::braces;

/// Longest segment worth matching; no file system has longer ones.
const MOST_SEGMENT: usize = 1_024;

/// A compiled rule of a file list or ignore file.
#[derive(Debug, Clone)]
pub(in crate::ecosystem) struct Glob {
    /// Whether it brings back what other rules excluded.
    pub(super) brings_back: bool,
    alternatives: Vec<Alternative>,
}

#[derive(Debug, Clone)]
struct Alternative {
    segments: Vec<Segment>,
    /// Whether it is about a single segment (with or without a slash at its end).
    is_basename: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// `**`
    AnyFolders,
    /// Something without magic, in lower case; the empty one stands for a slash at an end.
    Text(String),
    /// `*`
    AnyName,
    /// `*.js`: this end, in lower case.
    End(String),
    /// `??.js`: this many UTF-16 units in all, and this end.
    Length(usize, String),
    /// `*.*`
    WithDot,
    /// `.*`
    DotFile,
    /// Anything else.
    Wild(Vec<Atom>),
    /// A segment that can't match.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Atom {
    One(char),
    AnyOne,
    AnyRun,
    SomeRun,
    Class {
        negated: bool,
        items: Vec<Item>,
    },
    Group {
        kind: GroupKind,
        options: Vec<Vec<Atom>>,
    },
    /// `[]` that nothing is in.
    Never,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Range(char, char),
    Named(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GroupKind {
    ExactlyOne,
    AtMostOne,
    AnyNumber,
    OneOrMore,
    NoneOf,
}

impl Glob {
    /// Compiles a line of an ignore file. `None` for a line that says nothing or expands to too much.
    pub(in crate::ecosystem) fn new(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let pattern = line.trim_start_matches('!');
        let brings_back = (line.len() - pattern.len()) % 2 == 1;
        let mut alternatives = Vec::new();
        for expanded in braces::expand(pattern)? {
            let parts = resolve(&split(&expanded));
            let last = parts.last().map_or("", String::as_str);
            let is_basename = parts.len() <= if last.is_empty() { 2 } else { 1 };
            alternatives.push(Alternative {
                segments: parts.iter().map(|part| Segment::new(part)).collect(),
                is_basename,
            });
        }
        Some(Self { brings_back, alternatives })
    }

    /// Whether one of its alternatives is about a single segment.
    pub(super) fn is_basename(&self) -> bool {
        self.alternatives.iter().any(|alternative| alternative.is_basename)
    }

    /// Whether it could match a path of which this is a segment; without such a segment it can't.
    pub(super) fn needs(&self, name: &str) -> bool {
        let speaks = |segment: &&Segment| !matches!(segment, Segment::AnyFolders) && !segment.is_slash();
        self.alternatives.iter().any(|alternative| {
            alternative.segments.iter().find(speaks).is_none_or(|segment| segment.matches(name))
        })
    }

    /// Matches a path given as its segments; an empty first or last segment stands for a slash there. With
    /// `partial`, a folder matches whose contents may.
    pub(in crate::ecosystem) fn matches(&self, path: &[&str], partial: bool) -> bool {
        let file_name = path.iter().rev().find(|segment| !segment.is_empty()).copied().unwrap_or("");
        self.alternatives.iter().any(|alternative| match alternative.segments.as_slice() {
            [only] if *only != Segment::AnyFolders => only.matches(file_name),
            [only] => matches_path(&[file_name], std::slice::from_ref(only), partial),
            segments => alternative.could_match(path, partial) && matches_path(path, segments, partial),
        })
    }
}

impl Alternative {
    /// A quick check that most paths fail: the first segment, the pattern's length, and that every name it spells out
    /// is in the path.
    fn could_match(&self, path: &[&str], partial: bool) -> bool {
        let begins_so = match (self.segments.first(), path.first()) {
            (Some(first), Some(name)) => *first == Segment::AnyFolders || first.matches(name),
            _ => true,
        };
        let names = self.segments.iter().filter(|segment| **segment != Segment::AnyFolders).count();
        // A slash at the end may be one more segment than the pattern has.
        let is_short_enough = || names < self.segments.len() || path.len() <= names + 1;
        let is_long_enough = || partial || path.len() >= names;
        let stands_there = |segment: &Segment| match segment {
            Segment::Text(text) if !text.is_empty() => path.iter().any(|part| same_letters(text, part)),
            _ => true,
        };
        begins_so
            && is_short_enough()
            && is_long_enough()
            && (partial || self.segments.iter().all(stands_there))
    }
}

/// Splits at runs of slashes.
pub(in crate::ecosystem) fn split(path: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = path;
    while let Some(at) = rest.find('/') {
        parts.push(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default().trim_start_matches('/');
    }
    parts.push(rest);
    parts
}

/// Drops a `**` after a `**`, and a segment with the `..` after it.
fn resolve(parts: &[&str]) -> Vec<String> {
    let mut resolved: Vec<String> = Vec::new();
    for &part in parts {
        let previous = resolved.last().map(String::as_str);
        if part == "**" && previous == Some("**") {
            continue;
        }
        if part == ".." && previous.is_some_and(|previous| !["", "..", ".", "**"].contains(&previous)) {
            resolved.pop();
            continue;
        }
        resolved.push(part.to_owned());
    }
    if resolved.is_empty() {
        resolved.push(String::new());
    }
    resolved
}

fn matches_path(path: &[&str], segments: &[Segment], partial: bool) -> bool {
    // Reachable positions in the path after each segment of the pattern; no backtracking, so no explosion.
    let length = path.len();
    let mut reached = vec![false; length + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    let last_folders = segments.iter().rposition(|segment| *segment == Segment::AnyFolders);
    for (index, segment) in segments.iter().enumerate() {
        if partial && reached.last() == Some(&true) {
            return true;
        }
        let mut next = vec![false; length + 1];
        if *segment == Segment::AnyFolders {
            let first = reached.iter().position(|here| *here);
            let stays_dotless =
                |position: &usize| path.get(*position).is_none_or(|part| *part != "." && *part != "..");
            if let Some(first) = first {
                let end = (first..length).find(|position| !stays_dotless(position)).unwrap_or(length);
                for (position, to) in next.iter_mut().enumerate() {
                    // `a/**` is what is below a, not a itself.
                    let needs_more = index + 1 == segments.len() && position == first && !partial;
                    *to = position >= first && position <= end && !needs_more;
                }
            }
        } else {
            for (position, part) in path.iter().enumerate() {
                if reached.get(position) == Some(&true)
                    && segment.matches(part)
                    && let Some(to) = next.get_mut(position + 1)
                {
                    *to = true;
                }
            }
        }
        reached = next;
    }
    if reached.last() == Some(&true) {
        return true;
    }
    // A slash at the end of the path that the pattern doesn't ask for.
    let ends_in_slash = length > 1 && path.last() == Some(&"");
    if !ends_in_slash || reached.get(length - 1) != Some(&true) {
        return false;
    }
    last_folders.is_none_or(|at| at + 1 < segments.len())
}

impl Segment {
    fn new(part: &str) -> Self {
        if part == "**" {
            return Self::AnyFolders;
        }
        if part.is_empty() {
            return Self::Text(String::new());
        }
        if part.chars().all(|c| c == '*') {
            return Self::AnyName;
        }
        let plain_end = |end: &str| !end.contains(['+', '@', '!', '?', '*', '[', '(']);
        let after_stars = part.trim_start_matches('*');
        if after_stars.len() < part.len() && plain_end(after_stars) {
            return Self::End(after_stars.to_lowercase());
        }
        let after_marks = part.trim_start_matches('?');
        if after_marks.len() < part.len() && plain_end(after_marks) {
            return Self::Length(part.encode_utf16().count(), after_marks.to_lowercase());
        }
        if after_stars.len() < part.len() && after_stars.strip_prefix('.').is_some_and(is_stars) {
            return Self::WithDot;
        }
        if part.strip_prefix('.').is_some_and(is_stars) {
            return Self::DotFile;
        }
        let characters: Vec<char> = part.chars().collect();
        if characters.len() > MOST_SEGMENT {
            return Self::Nothing;
        }
        let atoms = Parser { text: &characters }.segment();
        if atoms.contains(&Atom::Never) {
            return Self::Nothing;
        }
        let text: Option<String> = atoms
            .iter()
            .map(|atom| match atom {
                Atom::One(c) => Some(*c),
                _ => None,
            })
            .collect();
        match text {
            Some(text) => Self::Text(text.to_lowercase()),
            None => Self::Wild(atoms),
        }
    }

    /// Whether it stands for a slash at an end.
    fn is_slash(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Self::AnyFolders | Self::Nothing => false,
            Self::Text(text) => same_letters(text, name),
            Self::AnyName => !matches!(name, "" | "." | ".."),
            Self::End(end) => ends_like(name, end),
            Self::Length(length, end) => {
                !matches!(name, "." | "..") && name.encode_utf16().count() == *length && ends_like(name, end)
            }
            Self::WithDot => !matches!(name, "." | "..") && name.contains('.'),
            Self::DotFile => !matches!(name, "." | "..") && name.starts_with('.'),
            Self::Wild(atoms) => {
                let text: Vec<char> = name.chars().collect();
                if text.len() > MOST_SEGMENT || name == "." || name == ".." {
                    return false;
                }
                let mut start = vec![false; text.len() + 1];
                if let Some(first) = start.first_mut() {
                    *first = true;
                }
                run(atoms, &[], &text, start).last() == Some(&true)
            }
        }
    }
}

fn is_stars(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == '*')
}

/// Equal except for case; `lower` is already in lower case.
fn same_letters(lower: &str, name: &str) -> bool {
    // Most names differ in their first letter already.
    if let (Some(a), Some(b)) = (lower.as_bytes().first(), name.as_bytes().first())
        && a.is_ascii()
        && b.is_ascii()
        && !a.eq_ignore_ascii_case(b)
    {
        return false;
    }
    if lower.is_ascii() && name.is_ascii() {
        return lower.eq_ignore_ascii_case(name);
    }
    name.to_lowercase() == lower
}

fn ends_like(name: &str, lower_end: &str) -> bool {
    match name.len().checked_sub(lower_end.len()).and_then(|at| name.get(at..)) {
        Some(end) if end.is_ascii() && lower_end.is_ascii() => end.eq_ignore_ascii_case(lower_end),
        _ => name.to_lowercase().ends_with(lower_end),
    }
}

/// The positions that can be reached from `from` by reading all atoms. `after` is what follows in the
/// enclosing groups, outermost last: "none of" looks ahead to the end of the segment.
fn run(atoms: &[Atom], after: &[&[Atom]], text: &[char], from: Vec<bool>) -> Vec<bool> {
    let mut at = from;
    for (index, atom) in atoms.iter().enumerate() {
        let rest = atoms.get(index + 1..).unwrap_or_default();
        at = step(atom, rest, after, text, &at);
        if !at.contains(&true) {
            break;
        }
    }
    at
}

fn step(atom: &Atom, rest: &[Atom], after: &[&[Atom]], text: &[char], from: &[bool]) -> Vec<bool> {
    let mut next = vec![false; from.len()];
    let mut consume = |fits: &dyn Fn(char) -> bool| {
        for (position, c) in text.iter().enumerate() {
            if from.get(position) == Some(&true)
                && fits(*c)
                && let Some(to) = next.get_mut(position + 1)
            {
                *to = true;
            }
        }
    };
    match atom {
        Atom::Never => {}
        Atom::One(wanted) => consume(&|c| fold(c) == fold(*wanted)),
        Atom::AnyOne => consume(&|_| true),
        Atom::Class { negated, items } => consume(&|c| in_class(items, c) != *negated),
        Atom::AnyRun | Atom::SomeRun => {
            let first = from
                .iter()
                .position(|here| *here)
                .map_or(usize::MAX, |first| first + usize::from(*atom == Atom::SomeRun));
            for (position, to) in next.iter_mut().enumerate() {
                *to = position >= first;
            }
        }
        Atom::Group { kind, options } => {
            let mut behind: Vec<&[Atom]> = vec![rest];
            behind.extend_from_slice(after);
            return group(*kind, options, &behind, text, from);
        }
    }
    next
}

fn group(
    kind: GroupKind,
    options: &[Vec<Atom>],
    behind: &[&[Atom]],
    text: &[char],
    from: &[bool],
) -> Vec<bool> {
    let once = |from: &[bool]| {
        let mut union = vec![false; from.len()];
        for option in options {
            merge(&mut union, &run(option, behind, text, from.to_vec()));
        }
        union
    };
    match kind {
        GroupKind::ExactlyOne => once(from),
        GroupKind::AtMostOne => {
            let mut reached = once(from);
            merge(&mut reached, from);
            reached
        }
        GroupKind::AnyNumber | GroupKind::OneOrMore => {
            let mut reached = if kind == GroupKind::AnyNumber { from.to_vec() } else { once(from) };
            loop {
                let again = once(&reached);
                if !merge(&mut reached, &again) {
                    break;
                }
            }
            reached
        }
        GroupKind::NoneOf => {
            let mut reached = vec![false; from.len()];
            for start in (0..from.len()).filter(|start| from.get(*start) == Some(&true)) {
                let mut here = vec![false; from.len()];
                if let Some(position) = here.get_mut(start) {
                    *position = true;
                }
                let forbidden = options.iter().any(|option| {
                    let mut at = run(option, behind, text, here.clone());
                    for (index, rest) in behind.iter().enumerate() {
                        at = run(rest, behind.get(index + 1..).unwrap_or_default(), text, at);
                    }
                    at.last() == Some(&true)
                });
                if !forbidden {
                    for position in reached.iter_mut().skip(start) {
                        *position = true;
                    }
                }
            }
            reached
        }
    }
}

/// Adds positions; whether any was new.
fn merge(into: &mut [bool], from: &[bool]) -> bool {
    let mut grew = false;
    for (to, from) in into.iter_mut().zip(from) {
        grew |= *from && !*to;
        *to |= *from;
    }
    grew
}

/// One letter for both cases, as JavaScript's case-insensitive matching has it.
fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) if !one.is_ascii() => one,
        _ => c,
    }
}

fn in_class(items: &[Item], c: char) -> bool {
    let forms = [c, fold(c), c.to_lowercase().next().unwrap_or(c)];
    items.iter().any(|item| match item {
        Item::Range(from, to) => {
            forms.iter().any(|c| (from..=to).contains(&c)) || in_folded_range(*from, *to, fold(c))
        }
        Item::Named(name) => forms.iter().any(|c| named(name, *c)),
    })
}

fn in_folded_range(from: char, to: char, folded: char) -> bool {
    // Only short ranges can have letters whose other case is elsewhere and still wanted.
    u32::from(to) - u32::from(from) < 512 && (from..=to).any(|c| fold(c) == folded)
}

fn named(name: &str, c: char) -> bool {
    match name {
        "alnum" => c.is_alphanumeric(),
        "alpha" => c.is_alphabetic(),
        "ascii" => c.is_ascii(),
        "blank" => c == '\t' || c.is_whitespace() && !c.is_control() && c != '\u{2028}' && c != '\u{2029}',
        "cntrl" => c.is_control(),
        "digit" => c.is_ascii_digit(),
        "graph" => !c.is_whitespace() && !c.is_control(),
        "lower" => c.is_lowercase(),
        "print" => !c.is_control(),
        "punct" => c.is_ascii_punctuation() && !"$+<=>^`|~".contains(c),
        "space" => c.is_whitespace(),
        "upper" => c.is_uppercase(),
        "word" => c.is_alphanumeric() || c == '_',
        "xdigit" => c.is_ascii_hexdigit(),
        _ => false,
    }
}

const NAMES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// Groups within groups; deeper ones are plain text.
const DEEPEST: usize = 2;

struct Parser<'a> {
    text: &'a [char],
}

impl Parser<'_> {
    fn at(&self, index: usize) -> Option<char> {
        self.text.get(index).copied()
    }

    fn segment(&self) -> Vec<Atom> {
        let (mut atoms, _) = self.sequence(0, 0);
        // A group that is all of the segment has to match something; one of nothing is text.
        if let [Atom::Group { kind, options }] = atoms.as_mut_slice()
            && *kind != GroupKind::NoneOf
        {
            options.retain(|option| !option.is_empty());
            if options.is_empty() {
                return self.text.iter().map(|c| Atom::One(*c)).collect();
            }
        }
        atoms
    }

    /// Atoms outside any group.
    fn sequence(&self, from: usize, depth: usize) -> (Vec<Atom>, usize) {
        let mut atoms = Vec::new();
        let mut plain_from = from;
        let mut scan = Scan::default();
        let mut index = from;
        while let Some(c) = self.at(index) {
            if scan.is_plain(c, index) {
                if let Some((group, end)) = self.group_at(index, depth, None) {
                    atoms.extend(self.plain(plain_from, index));
                    atoms.push(group);
                    index = end;
                    plain_from = end;
                    continue;
                }
                if self.begins_group(index) && depth <= DEEPEST {
                    // A group that is never closed: all the rest is plain.
                    break;
                }
            }
            index += 1;
        }
        let end = self.text.len();
        atoms.extend(self.plain(plain_from, end));
        (atoms, end)
    }

    fn begins_group(&self, index: usize) -> bool {
        self.at(index).is_some_and(|c| kind_of(c).is_some()) && self.at(index + 1) == Some('(')
    }

    /// The group that begins here, and where it ends.
    fn group_at(&self, index: usize, depth: usize, parent: Option<GroupKind>) -> Option<(Atom, usize)> {
        let kind = self.at(index).and_then(kind_of)?;
        let adopted = parent.is_some_and(|parent| adopts(parent, kind));
        if self.at(index + 1) != Some('(') || depth > DEEPEST && !adopted {
            return None;
        }
        let inner_depth = depth + usize::from(!adopted);
        let mut options = Vec::new();
        let mut option: Vec<Atom> = Vec::new();
        let mut plain_from = index + 2;
        let mut at = plain_from;
        let mut scan = Scan::default();
        while let Some(c) = self.at(at) {
            if scan.is_plain(c, at) {
                if self.begins_group(at) {
                    let inner = self.at(at).and_then(kind_of).is_some_and(|inner| adopts(kind, inner));
                    if inner_depth <= DEEPEST || inner {
                        // Where the inner one is never closed, neither is this one.
                        let (group, end) = self.group_at(at, inner_depth, Some(kind))?;
                        option.extend(self.plain(plain_from, at));
                        option.push(group);
                        at = end;
                        plain_from = end;
                        continue;
                    }
                }
                if c == '|' || c == ')' {
                    option.extend(self.plain(plain_from, at));
                    options.push(std::mem::take(&mut option));
                    plain_from = at + 1;
                    if c == ')' {
                        return Some((finish(kind, options), at + 1));
                    }
                }
            }
            at += 1;
        }
        None
    }

    /// Atoms of a stretch without groups.
    fn plain(&self, from: usize, to: usize) -> Vec<Atom> {
        let mut atoms = Vec::new();
        let text = self.text.get(from..to).unwrap_or_default();
        let mut index = 0;
        while let Some(&c) = text.get(index) {
            index += 1;
            match c {
                '*' => {
                    if atoms.last() != Some(&Atom::AnyRun) {
                        atoms.push(Atom::AnyRun);
                    }
                }
                '?' => atoms.push(Atom::AnyOne),
                '\\' => {
                    let escaped = text.get(index).copied();
                    index += usize::from(escaped.is_some());
                    atoms.push(Atom::One(escaped.unwrap_or('\\')));
                }
                '[' => match class(text, index - 1) {
                    Some((atom, end)) => {
                        atoms.push(atom);
                        index = end;
                    }
                    None => atoms.push(Atom::One('[')),
                },
                _ => atoms.push(Atom::One(c)),
            }
        }
        atoms
    }
}

/// Escapes and brackets, inside of which nothing begins or ends a group.
#[derive(Debug, Default)]
struct Scan {
    escaping: bool,
    bracket: Option<usize>,
    negated: bool,
}

impl Scan {
    fn is_plain(&mut self, c: char, index: usize) -> bool {
        if self.escaping || c == '\\' {
            self.escaping = !self.escaping;
            return false;
        }
        if let Some(start) = self.bracket {
            if index == start + 1 && (c == '^' || c == '!') {
                self.negated = true;
            } else if index != start + 1 && c == ']' && !(index == start + 2 && self.negated) {
                self.bracket = None;
            }
            return false;
        }
        if c == '[' {
            self.bracket = Some(index);
            self.negated = false;
            return false;
        }
        true
    }
}

fn kind_of(c: char) -> Option<GroupKind> {
    Some(match c {
        '@' => GroupKind::ExactlyOne,
        '?' => GroupKind::AtMostOne,
        '*' => GroupKind::AnyNumber,
        '+' => GroupKind::OneOrMore,
        '!' => GroupKind::NoneOf,
        _ => return None,
    })
}

/// Which groups may take in which without counting as deeper.
fn adopts(parent: GroupKind, child: GroupKind) -> bool {
    use GroupKind::{AnyNumber, AtMostOne, ExactlyOne, NoneOf, OneOrMore};
    match parent {
        NoneOf | AtMostOne | ExactlyOne => matches!(child, AtMostOne | ExactlyOne),
        AnyNumber | OneOrMore => matches!(child, AnyNumber | OneOrMore | AtMostOne | ExactlyOne),
    }
}

fn finish(kind: GroupKind, options: Vec<Vec<Atom>>) -> Atom {
    if kind == GroupKind::NoneOf && matches!(options.as_slice(), [only] if only.is_empty()) {
        return Atom::SomeRun;
    }
    Atom::Group { kind, options }
}

/// A class in brackets that begins at `from`, and where it ends; `None` where it isn't closed.
fn class(text: &[char], from: usize) -> Option<(Atom, usize)> {
    let mut items: Vec<Item> = Vec::new();
    let mut negated = false;
    let mut begun = false;
    let mut escaping = false;
    let mut range_from: Option<char> = None;
    let mut index = from + 1;
    let end = loop {
        let c = *text.get(index)?;
        if (c == '!' || c == '^') && index == from + 1 {
            negated = true;
            index += 1;
            continue;
        }
        if c == ']' && begun && !escaping {
            break index + 1;
        }
        begun = true;
        if c == '\\' && !escaping {
            escaping = true;
            index += 1;
            continue;
        }
        if c == '['
            && !escaping
            && let Some((name, length)) = class_name(text, index)
        {
            if range_from.is_some() {
                return Some((Atom::Never, text.len()));
            }
            items.push(Item::Named(name));
            index += length;
            continue;
        }
        escaping = false;
        if let Some(start) = range_from.take() {
            if c >= start {
                items.push(Item::Range(start, c));
            }
            index += 1;
            continue;
        }
        let next = (text.get(index + 1).copied(), text.get(index + 2).copied());
        match next {
            (Some('-'), Some(']')) => {
                items.push(Item::Range(c, c));
                items.push(Item::Range('-', '-'));
                index += 2;
            }
            (Some('-'), _) => {
                range_from = Some(c);
                index += 2;
            }
            _ => {
                items.push(Item::Range(c, c));
                index += 1;
            }
        }
    };
    let atom = match items.as_slice() {
        [] => return Some((Atom::Never, text.len())),
        [Item::Range(one, same)] if one == same && !negated => Atom::One(*one),
        _ => Atom::Class { negated, items },
    };
    Some((atom, end))
}

/// `[:alpha:]` at this place: its name and length.
fn class_name(text: &[char], from: usize) -> Option<(&'static str, usize)> {
    NAMES.iter().find_map(|name| {
        let written: Vec<char> = format!("[:{name}:]").chars().collect();
        text.get(from..from + written.len())
            .is_some_and(|here| here == written)
            .then_some((*name, written.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, path: &str) -> bool {
        Glob::new(pattern).is_some_and(|glob| glob.matches(&split(path), false))
    }

    #[test]
    fn what_fits_and_what_does_not() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("*.js", &["a.js", "/x/a.js", "A.JS", ".js"], &["a.jsx", "a"]),
            ("/*.js", &["/a.js"], &["a.js", "/x/a.js"]),
            ("dist", &["dist", "/dist", "x/dist", "DIST"], &["dist/a", "dists"]),
            ("dist/**", &["dist/a", "dist/a/b", "dist/"], &["dist", "a/dist/b"]),
            ("**/a", &["a", "x/a", "/x/y/a"], &["x/ab"]),
            ("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["a/x", "b"]),
            ("dist/*", &["dist/a", "dist/.a"], &["dist/a/b", "dist/"]),
            ("*.{js,ts}", &["a.ts", "a.js"], &["a.css"]),
            ("x!(*.map)", &["xa.js"], &["xa.map", "xa.js.map"]),
            ("a!(b)c", &["ac", "axc"], &["abc"]),
            ("+(a|b).js", &["ab.js", "a.js"], &[".js", "c.js"]),
            ("?(a)b", &["ab", "b"], &["aab"]),
            ("[a-c]x", &["ax", "BX"], &["dx"]),
            ("[!a]x", &["bx"], &["ax", "Ax"]),
            ("[[:digit:]]x", &["1x"], &["ax"]),
            ("[", &["["], &["a"]),
            ("a[", &["a["], &["a"]),
            ("??.js", &["ab.js"], &["a.js", "abc.js"]),
            (r"a\*", &["a*"], &["ab"]),
            ("readme{,.*[^~$]}", &["README", "Readme.md"], &["readme.md~", "readmes"]),
            ("@()", &["@()"], &[""]),
            ("/a/../b", &["/b"], &["a/b"]),
            ("+(a", &["+(a"], &["a"]),
        ];
        for (pattern, yes, no) in cases {
            for path in *yes {
                assert!(fits(pattern, path), "{pattern} {path}");
            }
            for path in *no {
                assert!(!fits(pattern, path), "{pattern} {path}");
            }
        }
    }

    #[test]
    fn no_pattern_takes_long() {
        let name = "a".repeat(200);
        for pattern in
            ["*a".repeat(60), "*(a|*(a|*(a)))b".to_owned(), "!(!(a*)*)".repeat(8), "**/".repeat(60)]
        {
            let _ = fits(&pattern, &name);
            let _ = fits(&pattern, &"a/".repeat(120));
        }
    }
}
