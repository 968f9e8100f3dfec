//! Snapshots of real repositories and directories.

mod hostile;
mod revisions;
mod work_tree;
