/// A sort of stray file; a rule of its own. `policies/stray.toml` says what the fields mean.
#[derive(Debug)]
pub(crate) struct StrayRule {
    pub(crate) name: &'static str,
    pub(crate) one: &'static str,
    pub(crate) what: &'static str,
    pub(crate) why: &'static str,
    pub(crate) fix: &'static str,
    pub(crate) docs: &'static str,
    pub(crate) folders: bool,
    /// Whether the rule of this name is more than the table and has a file of its own.
    pub(crate) part_of_another: bool,
    pub(crate) rows: &'static [StrayRow],
}

/// One form of it.
#[derive(Debug)]
pub(crate) struct StrayRow {
    pub(crate) paths: &'static [&'static str],
    pub(crate) not: &'static [&'static str],
    pub(crate) sign: &'static str,
    pub(crate) unless: &'static str,
    pub(crate) kinds: &'static [&'static str],
    pub(crate) top: bool,
    pub(crate) plugin: bool,
    pub(crate) why: &'static str,
}

/// All sorts.
pub(crate) static STRAYS: &[StrayRule] = include!(concat!(env!("OUT_DIR"), "/stray.rs"));
