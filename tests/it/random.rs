//! Random trees for the tests in which a package's own client is the judge; `PACKGATE_TREES` says how many. The unit
//! tests of what npm packs use this file too.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// Runs `compare` on so many of these trees. It says whether the client had an answer, as it must for most of them.
pub(crate) fn trees<S: Strategy>(
    cases: u32,
    max_shrink_iters: u32,
    trees: S,
    compare: impl Fn(S::Value) -> Result<bool, TestCaseError>,
) {
    let cases = std::env::var("PACKGATE_TREES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    let config =
        ProptestConfig { cases, failure_persistence: None, max_shrink_iters, ..ProptestConfig::default() };
    let answered = Cell::new(0_u32);
    let run = TestRunner::new(config).run(&trees, |tree| {
        answered.set(answered.get() + u32::from(compare(tree)?));
        Ok(())
    });
    if let Err(failure) = run {
        panic!("{failure}");
    }
    assert!(answered.get() * 2 > cases, "the client answered only {} of {cases}", answered.get());
}
