//! Everything that talks to GitHub.

pub mod review;
