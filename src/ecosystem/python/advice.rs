//! The words of help texts for wheels and source distributions.

use crate::ecosystem::Advice;
use crate::inventory::Package;

pub(super) struct PythonAdvice;

impl Advice for PythonAdvice {
    fn leave_out(&self, _package: Option<&Package>, pattern: &str) -> String {
        format!("Leave {pattern} out in the build backend's settings.")
    }
}
