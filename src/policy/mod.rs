//! Settings and judgement: which level each rule has, what is waived, and the verdict.
//!
//! A settings file becomes a tree with places ([`node`]), is found by [`load`], checked by [`validate`] against
//! the list in [`keys`], and gives [`Settings`]. [`levels`] layers them on a built-in policy ([`builtin`]),
//! chosen by [`licence`] if nobody chose. [`judge`](judge()) gives each finding its level and the artifact its verdict.

mod builtin;
mod fingerprint;
mod glob;
mod judge;
mod keys;
mod levels;
mod licence;
mod load;
mod node;
mod problem;
mod settings;
mod size;
mod validate;
mod waiver;

pub use builtin::PolicyFile;
pub use judge::{Judged, Policy, Verdict, WaiverUse, judge};
pub use problem::{Problem, SettingsErrors, Spot};
pub use settings::{Internal, Level, Levels, Origin, PolicyChoice, Settings, Size, Waiver};
