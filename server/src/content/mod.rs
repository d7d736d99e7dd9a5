//! What users type, made safe to show: the allow-list of parity section 11.

mod complexity;
mod href;
mod sanitise;

pub use sanitise::{is_blank, sanitise};
