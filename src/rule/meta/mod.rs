//! Rules about Portcullis' own work: what it could not judge and what its policy no longer says.
//!
//! Nothing here reads a repository; the engine and the policy report these findings by themselves.

mod lapsed_exemption;
mod unreadable_file;
mod unused_exemption;

pub(crate) use lapsed_exemption::LAPSED_EXEMPTION;
pub(crate) use unreadable_file::{UNREADABLE_FILE, report_unreadable};
pub(crate) use unused_exemption::UNUSED_EXEMPTION;
