//! GitHub Actions itself: expressions, workflows, actions, permissions and triggers.
//!
//! This room says what a workflow file means to GitHub. It knows nothing of Claude, judges nothing and never
//! does I/O. It follows `incidents.md` section 1 (the platform's timeline) and, where that is silent, GitHub's
//! published workflow schema.

pub mod expression;
