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
mod manifest;
mod node;
mod problem;
mod reference;
mod schema;
mod settings;
mod show;
mod size;
mod validate;
mod waiver;

pub use builtin::PolicyFile;
pub use judge::{Judged, Policy, Verdict, WaiverUse, is_waived, judge, settle};
pub use levels::Policies;
pub use manifest::of_project;
pub use problem::{Problem, SettingsErrors, Spot};
pub use reference::reference;
pub use schema::schema;
pub use settings::{Internal, Level, Levels, Origin, PolicyChoice, Settings, Size, Waiver};
pub use show::{Chosen, Effective, InternalSettings, RuleSetting, SizeSettings, WaiverSetting, list};
