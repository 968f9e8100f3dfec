//! Portcullis.
pub mod source;
