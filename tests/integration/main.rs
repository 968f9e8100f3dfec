//! All integration tests in one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

mod cases;
mod cli;
mod configuration;
#[cfg(feature = "github")]
mod delivery;
mod docs_current;
#[cfg(feature = "github")]
mod github;
mod guide;
mod guide_permissions;
mod layering;
mod packaging;
#[cfg(feature = "github")]
mod review;
mod rule_examples;
mod runner;
mod second_opinion;
mod secrets;
mod shapes;

#[path = "../../examples/generate/example.rs"]
mod example;
#[path = "../../examples/generate/pages.rs"]
mod pages;
