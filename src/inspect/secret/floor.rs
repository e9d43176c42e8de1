//! How little entropy random characters may have. Computed from the alphabet and the length by the build script,
//! which shares this file, so that no number is set by hand.

/// One random text in so many may be taken for none.
const ONE_IN: f64 = 1e6;
/// Longer texts are held to what texts of this length have.
pub(crate) const LONGEST: usize = 64;

/// The entropy, in bits per character, below which a text of `length` characters drawn evenly from an alphabet of
/// `letters` falls with a chance of less than one in a million.
///
/// With c the counts of the letters, the entropy is log n - S/n, where S is the sum of all c log c. Chernoff's bound
/// says P(S >= s) <= E[exp(tS)] / exp(ts) for every t > 0. The counts are multinomial, so that the expectation is
/// n!/k^n times the coefficient of z^n in (sum over c of exp(t c log c) z^c / c!)^k. Solved for s at the wanted chance,
/// and with the t that makes it least.
pub(crate) fn floor(letters: u32, length: usize) -> f64 {
    let length = length.min(LONGEST);
    if length < 2 {
        return 0.0;
    }
    let n = length as f64;
    let bound = |t: f64| (log_expectation(letters, length, t) + ONE_IN.ln()) / t;
    // a ternary search: the bound falls and then rises, and where t is too large it can't be written in a float
    let (mut low, mut high) = (0.05, (600.0 / n / n.ln()).min(4.0));
    for _ in 0..20 {
        let third = (high - low) / 3.0;
        if bound(low + third) < bound(high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    (n.log2() - bound(f64::midpoint(low, high)) / n / std::f64::consts::LN_2).max(0.0)
}

/// The logarithm of E[exp(tS)], logarithms in S being natural ones.
fn log_expectation(letters: u32, length: usize, t: f64) -> f64 {
    let mut log_factorial = 0.0;
    let mut series = vec![1.0];
    for count in 1..=length {
        let c = count as f64;
        log_factorial += c.ln();
        series.push((t * c * c.ln() - log_factorial - c * f64::from(letters).ln()).exp());
    }
    let power = power(&series, letters);
    power.last().copied().unwrap_or_default().ln() + log_factorial
}

/// A power series to the k-th power, as far as it is long.
fn power(series: &[f64], mut exponent: u32) -> Vec<f64> {
    let mut square = series.to_vec();
    let mut result: Vec<f64> = (0..series.len()).map(|place| f64::from(u8::from(place == 0))).collect();
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = product(&result, &square);
        }
        square = product(&square, &square);
        exponent /= 2;
    }
    result
}

fn product(one: &[f64], other: &[f64]) -> Vec<f64> {
    let coefficient = |place: usize| {
        let other = other.get(..=place).unwrap_or_default().iter().rev();
        one.iter().zip(other).map(|(a, b)| a * b).sum()
    };
    (0..one.len()).map(coefficient).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::plausible::entropy;
    use crate::inspect::secret::tests::dice::Dice;

    #[test]
    fn random_texts_come_close_to_the_floor_and_never_fall_below() {
        const TEXTS: usize = 20_000;
        const CLOSE: f64 = 0.8;
        let mut dice = Dice::new(1);
        for (letters, length) in [(10, 20), (16, 16), (16, 32), (32, 26), (62, 12), (62, 28), (62, 64)] {
            let text = |dice: &mut Dice| (0..length).map(|_| dice.below(letters) as u8).collect::<Vec<u8>>();
            let least = (0..TEXTS).map(|_| entropy(&text(&mut dice))).fold(f64::INFINITY, f64::min);
            let floor = floor(letters as u32, length);
            assert!(least > floor && least < floor + CLOSE, "{letters}, {length}: {least} and {floor}");
        }
    }

    #[test]
    fn longer_texts_and_larger_alphabets_have_more() {
        assert!(floor(16, 16) < floor(16, 32) && floor(16, 32) < floor(62, 32));
        assert!(floor(62, 400) > 4.0 && floor(62, 1) == 0.0);
    }
}
