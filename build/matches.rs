//! What a regex says of its matches: how long they are, of which characters, and how random at least.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::floor;

/// How many bytes a match has at least, and which bytes it may have, as bits.
pub(crate) fn extent(regex: &str) -> (usize, [u64; 4]) {
    let form = parsed(regex);
    let mut alphabet = [0; 4];
    add_bytes(&form, &mut alphabet);
    (form.properties().minimum_len().unwrap_or(0), alphabet)
}

fn parsed(regex: &str) -> Hir {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    parser.parse(regex).unwrap_or_else(|error| panic!("{regex}: {error}"))
}

/// The entropy that a random match of the group has at least, times its length. That of a text is no less than that
/// of its parts together, so each kind of characters counts for itself, and literals for nothing.
pub(crate) fn random_bits(regex: &str, recipe: &str) -> f64 {
    let form = parsed(regex);
    let ways = random_characters(group(&form).unwrap_or(&form), drawn_from(recipe));
    let least = ways.into_iter().map(|counts| {
        let bits = counts.iter().enumerate().map(|(letters, count)| {
            let letters = u32::try_from(letters).expect("at most 256");
            floor::floor(letters, *count) * (*count).min(floor::LONGEST) as f64
        });
        bits.sum::<f64>()
    });
    least.fold(f64::INFINITY, f64::min)
}

/// The smallest alphabet that a recipe draws from, digits beside others left out: a class in a pattern is often wider.
fn drawn_from(recipe: &str) -> usize {
    let alphabets = recipe.split('{').skip(1).map(|part| match part.split([':', '}']).next() {
        Some("digits") => 10,
        Some("hex" | "uuid" | "lower_ap") => 16,
        Some("lower") => 26,
        Some("base32" | "base32lower" | "bech32" | "bech32lower" | "upper36" | "lower36" | "b64of") => 32,
        Some("alpha") => 52,
        _ => 62,
    });
    let alphabets: Vec<usize> = alphabets.collect();
    let others = alphabets.iter().filter(|letters| **letters > 10).min();
    others.or(alphabets.first()).copied().unwrap_or(62)
}

/// The first group in a pattern.
fn group(form: &Hir) -> Option<&Hir> {
    match form.kind() {
        HirKind::Capture(part) => Some(&part.sub),
        HirKind::Repetition(part) => group(&part.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(group),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

/// For each way in which a pattern may match: how many characters there are at least of each size of alphabet.
fn random_characters(form: &Hir, drawn_from: usize) -> Vec<[usize; 257]> {
    const NONE: [usize; 257] = [0; 257];
    let added = |one: &[usize; 257], other: &[usize; 257], times: usize| {
        let mut sum = *one;
        sum.iter_mut().zip(other).for_each(|(to, from)| *to += from * times);
        sum
    };
    match form.kind() {
        HirKind::Class(_) => {
            let mut alphabet = [0; 4];
            add_bytes(form, &mut alphabet);
            let letters = alphabet.iter().map(|bits: &u64| bits.count_ones() as usize).sum();
            let mut counts = NONE;
            counts[drawn_from.min(letters)] = 1;
            vec![counts]
        }
        HirKind::Repetition(part) => {
            let times = part.min as usize;
            random_characters(&part.sub, drawn_from)
                .iter()
                .map(|counts| added(&NONE, counts, times))
                .collect()
        }
        HirKind::Capture(part) => random_characters(&part.sub, drawn_from),
        HirKind::Concat(parts) => parts.iter().fold(vec![NONE], |ways, part| {
            let next = random_characters(part, drawn_from);
            ways.iter().flat_map(|way| next.iter().map(|counts| added(way, counts, 1))).collect()
        }),
        HirKind::Alternation(parts) => {
            parts.iter().flat_map(|part| random_characters(part, drawn_from)).collect()
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => vec![NONE],
    }
}

fn add_bytes(form: &Hir, alphabet: &mut [u64; 4]) {
    let mut add = |byte: u8| alphabet[usize::from(byte) / 64] |= 1 << (byte % 64);
    match form.kind() {
        HirKind::Literal(literal) => literal.0.iter().copied().for_each(add),
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().flat_map(|range| range.start()..=range.end()).for_each(add);
        }
        HirKind::Class(Class::Unicode(class)) => {
            let characters = class.iter().flat_map(|range| range.start()..=range.end());
            characters.for_each(|character| add(u8::try_from(character).expect("ASCII")));
        }
        HirKind::Repetition(part) => add_bytes(&part.sub, alphabet),
        HirKind::Capture(part) => add_bytes(&part.sub, alphabet),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| add_bytes(part, alphabet));
        }
        HirKind::Empty | HirKind::Look(_) => {}
    }
}
