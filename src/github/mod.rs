//! Everything that talks to GitHub.
//!
//! - [`token`]: the secret that opens the door
//! - [`environment`], [`event`]: what started this run, and with what settings
//! - [`client`]: transport, retry, pacing, pages, budgets
//! - [`snapshot`]: the files of a commit without a checkout
//! - [`code_scanning`]: hands a SARIF report over
//! - [`review`]: plans what to say on a pull request
//! - [`delivery`]: sends it
//!
//! What this room never does: it changes no verdict (the scan is over before anything is delivered), repeats no write
//! by itself, follows no address that leads to another host, and shows no token, whatever goes wrong. It follows
//! `facts/github-delivery.md`, sections 1 to 3 and 6.

pub mod client;
pub mod code_scanning;
pub mod delivery;
pub mod environment;
pub mod event;
pub mod repository;
pub mod review;
pub mod snapshot;
pub mod token;

pub use client::{Client, Error};
pub use repository::{CommitId, Repository};
pub use token::Token;
