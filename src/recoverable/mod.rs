//! What a stranger could recover from an artifact: counted from its inventory ([`exposure`]), and written out
//! ([`recover`](recover())).

mod exposure;
mod own;
mod recover;

pub(crate) use exposure::beside;
#[cfg(test)]
pub(crate) use exposure::testing;
pub use exposure::{Exposure, ExposureSurvey, MapReport, MapState};
pub use own::{Escape, Meaning};
pub use recover::{Known, RecoveredFile, Recovery, WriteError, recover};
