//! Portcullis.
pub mod shell;
pub mod source;
