//! Settings and judgement: which level each rule has, what is waived, and the verdict.

mod judge;
mod settings;

pub use judge::{Judged, Policy, Verdict, WaiverUse};
pub use settings::{Internal, Level, Levels, Origin, PolicyChoice, Settings, Size, Waiver};
