//! packgate: the last look at a package before it is published.
//!
//! One straight road: [`unpack`] turns bytes into entries, [`inspect`] turns entries into facts, the
//! [`inventory`] holds all facts, [`rules`] make findings of them, the [`policy`] judges, [`report`] tells.

pub mod audit;
mod ecosystem;
pub mod exposure;
pub mod inspect;
pub mod inventory;
pub mod lock;
pub mod pack;
pub mod policy;
pub mod project;
pub mod report;
pub mod rules;
pub mod unpack;
