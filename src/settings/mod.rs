//! Settings: what people write in `packgate.toml`, in a manifest's own table, and in policy files.
//!
//! A settings file becomes a tree with places ([`node`]), is found by [`load`], checked by [`validate`] against
//! the list in [`keys`], and gives [`Settings`]. Rules are known here by name only, as `policies/base.toml` lists
//! them ([`rule_names`]).

pub(crate) mod builtin;
mod fields;
pub(crate) mod glob;
mod keys;
mod level;
mod load;
mod locks;
mod model;
pub(crate) mod node;
mod policy_file;
mod problem;
pub(crate) mod read;
mod reference;
mod rule_names;
mod schema;
mod size;
mod validate;
mod waiver;

pub use builtin::NAMES;
pub use level::{Level, Levels, Origin};
pub use locks::Locks;
pub use model::{Internal, Origins, Own, OwnMode, PolicyChoice, PolicyFile, Settings, Size, Waiver};
pub use problem::{Problem, SettingsErrors, Spot};
pub use reference::reference;
pub use rule_names::{RuleWords, UNEXAMINED};
pub use schema::{SCHEMA_ADDRESS, schema};
pub use size::parse as parse_size;
