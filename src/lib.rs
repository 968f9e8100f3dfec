//! Portcullis.
pub mod snapshot;
pub mod source;
