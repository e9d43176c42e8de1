//! Whether letters follow one another as in words, or as chance has them: a password need not have a digit.

/// Whether letters are as in no word: capitals strewn among small ones, many consonants in a row that are no abbreviation,
/// or pairs of letters that words have seldom.
pub(super) fn is_jumbled(bytes: &[u8]) -> bool {
    const MANY: usize = 4;
    const SHORTEST: usize = 8;
    let has_small = bytes.iter().any(u8::is_ascii_lowercase);
    if bytes.len() < SHORTEST || !has_small || is_name(bytes) {
        return false;
    }
    let has_capitals = bytes.iter().any(u8::is_ascii_uppercase);
    let (row, turns) = (consonants(bytes), turns(bytes));
    // small letters alone are a word sooner
    row > MANY
        || (has_capitals && (row >= MANY || (turns >= 2 && turns * 6 >= bytes.len())))
        || has_rare_pairs(bytes, turns)
        || has_long_abbreviation(bytes)
}

/// Whether this is a name as programs have them, with capitals or signs between its words: `getElementsByTagName`,
/// `csv::CsvReader`, `form_field`, `lib/views/main.ts`. Its words have three letters or more on average, and of the pairs
/// of letters in them few are seldom.
pub(super) fn is_name(bytes: &[u8]) -> bool {
    let is_sign = |byte: &u8| byte.is_ascii_punctuation();
    if !bytes.iter().all(|byte| byte.is_ascii_alphabetic() || is_sign(byte)) {
        return false;
    }
    let (mut letters, mut words, mut pairs, mut rare) = (0, 0, 0, 0);
    for word in bytes.split(is_sign).flat_map(humps) {
        (letters, words) = (letters + word.len(), words + 1);
        if !ABBREVIATIONS.iter().any(|known| word.eq_ignore_ascii_case(known)) {
            pairs += word.len().saturating_sub(1);
            rare += word.windows(2).filter(|pair| matches!(pair, [a, b] if is_rare(*a, *b))).count();
        }
    }
    letters >= 3 * words && rare * 4 <= pairs
}

/// Words in names that are spelled as no others.
const ABBREVIATIONS: &[&[u8]] = &[
    b"btn", b"cfg", b"css", b"ctx", b"html", b"http", b"https", b"jpg", b"js", b"jwt", b"mgr", b"px", b"sql",
    b"src", b"svg", b"tmp", b"tsx", b"txt", b"xhr", b"xml", b"yml",
];

/// The words that begin with a capital: in `HTTPProxy`, the second at the second P.
fn humps(part: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is = |at: usize, is: fn(&u8) -> bool| part.get(at).is_some_and(is);
    let begins = move |at: &usize| {
        let next_to_small = is(at - 1, u8::is_ascii_lowercase) || is(at + 1, u8::is_ascii_lowercase);
        is(*at, u8::is_ascii_uppercase) && next_to_small
    };
    let mut start = 0;
    let ends = (1..part.len()).filter(begins).chain(Some(part.len()));
    ends.map(move |end| part.get(std::mem::replace(&mut start, end)..end).unwrap_or_default())
        .filter(|word| !word.is_empty())
}

/// The most consonants in a row that are no abbreviation.
fn consonants(bytes: &[u8]) -> usize {
    let (mut row, mut small, mut most) = (0, false, 0);
    for (place, byte) in bytes.iter().enumerate() {
        let next_is_small = bytes.get(place + 1).is_some_and(u8::is_ascii_lowercase);
        let is_after_capital = place > 0 && bytes.get(place - 1).is_some_and(u8::is_ascii_uppercase);
        // in `HTTPSProxy` a word begins at the P
        let begins_word = byte.is_ascii_uppercase() && is_after_capital && next_is_small;
        let is_vowel = b"aeiouy".contains(&byte.to_ascii_lowercase());
        if begins_word || is_vowel || !byte.is_ascii_alphabetic() {
            (row, small) = (0, false);
        }
        if byte.is_ascii_alphabetic() && !is_vowel {
            (row, small) = (row + 1, small || byte.is_ascii_lowercase());
            most = most.max(if small { row } else { 0 });
        }
    }
    most
}

/// How often a capital follows a small letter.
fn turns(bytes: &[u8]) -> usize {
    let pairs = bytes.windows(2);
    pairs.filter(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase())).count()
}

/// The letters that may follow each in words and names of programs: of the pairs in their manuals, these are 24 of 25.
const USUAL: [&[u8]; 26] = [
    b"bcdfgiklmnprstuvy",
    b"aeilorsu",
    b"acehiklorstu",
    b"adeilorsu",
    b"abcdefgilmnpqrstvwxy",
    b"aefilotuy",
    b"aehilnorsu",
    b"aeiort",
    b"abcdefglmnoprstvxz",
    b"es",
    b"eis",
    b"adeilostuy",
    b"abeimopsu",
    b"acdefgiklnostuv",
    b"abcdfgiklmnoprstuvw",
    b"aeiloprstu",
    b"u",
    b"acdegikmnorstuvy",
    b"acehilopstuy",
    b"acehilorstuy",
    b"abcdegilmnprst",
    b"aei",
    b"aehinors",
    b"eipt",
    b"np",
    b"e",
];

/// Whether a quarter of all pairs are seldom in words, or turn from a small letter to a capital.
fn has_rare_pairs(bytes: &[u8], turns: usize) -> bool {
    const FEWEST: usize = 3;
    // capitals in a row are an abbreviation sooner, and one behind a small letter begins a word
    let is_seldom = |first: u8, second: u8| second.is_ascii_lowercase() && is_rare(first, second);
    let rare = bytes.windows(2).filter(|pair| matches!(pair, [a, b] if is_seldom(*a, *b))).count();
    rare >= 2 && rare + turns >= FEWEST && (rare + turns) * 4 >= bytes.len() - 1
}

/// Whether capitals in a row are more than an abbreviation, and no words: `CLDXYBJMLVNZ`.
fn has_long_abbreviation(bytes: &[u8]) -> bool {
    const SHORTEST: usize = 8;
    bytes.split(|byte| !byte.is_ascii_uppercase()).any(|row| {
        let rare = row.windows(2).filter(|pair| matches!(pair, [a, b] if is_rare(*a, *b))).count();
        row.len() >= SHORTEST && rare * 2 >= row.len()
    })
}

/// Whether one letter seldom follows another in words.
fn is_rare(first: u8, second: u8) -> bool {
    let usual = USUAL.get(usize::from(first.to_ascii_lowercase().wrapping_sub(b'a')));
    usual.is_some_and(|usual| !usual.contains(&second.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::Dice;

    #[test]
    fn words_are_told_from_letters_by_chance() {
        for word in [
            "password",
            "springframework",
            "organization",
            "winterharbour",
            "SunflowerHarbour",
            "HTTPSProxy",
            "datasource",
            "changeit",
            "administrator",
            "elasticsearch",
            "DatabaseConnection",
            "kubernetes",
            "getFooBar",
            "toXYPosition",
            "MANAGEMENTConsole",
            "readHTTPSTLSCertificate",
        ] {
            assert!(!is_jumbled(word.as_bytes()), "{word}");
        }
        for letters in ["CLDXYBJMLVNZNfMRzr", "xkPQWRTZBNMKLHG"] {
            assert!(is_jumbled(letters.as_bytes()), "{letters}");
        }
        let mut dice = Dice::new(3);
        for (letters, length, most) in [
            ("abcdefghijklmnopqrstuvwxyz", 12, 30),
            ("abcdefghijklmnopqrstuvwxyz", 16, 10),
            ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 10, 30),
            ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 16, 8),
        ] {
            let words =
                (0..1000).filter(|_| !is_jumbled(dice.characters(letters, length).as_bytes())).count();
            assert!(words <= most, "{words} of 1000 with {length} of {letters}");
        }
    }
}
