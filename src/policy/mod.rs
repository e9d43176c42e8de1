//! Judgement: which level each rule has, what is waived, and the verdict.
//!
//! [`levels`] layers the settings on a built-in policy, chosen by [`licence`] if nobody chose.
//! [`judge`](judge()) gives each finding its level and the artifact its verdict.

mod digest;
mod finding_id;
mod gather;
mod judge;
mod judged;
mod levels;
mod licence;
mod licence_url;
mod show;

pub(crate) use licence::is_for_everybody;

pub use judge::{Judgement, Policy, Verdict, WaiverName, WaiverUse, judge, settle, weight};
pub use judged::Judged;
pub use levels::Policies;
pub use show::{Chosen, Effective, InternalSettings, RuleSetting, SizeSettings, WaiverSetting, list};
