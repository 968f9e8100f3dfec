//! What rules see.

/// Everything that was read of one snapshot.
#[derive(Debug, Default)]
pub struct Subject;
