//! All integration tests in one binary.

// A test fails by panicking; its helpers outside of `#[test]` functions are no production code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod shapes;
