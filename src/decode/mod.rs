//! Wrappings: texts that stand in another in a form that is a function of its bytes. Knows bytes only.

pub(crate) mod whole;
