//! Portcullis.
pub mod secret;
pub mod source;
