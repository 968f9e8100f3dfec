//! Snapshots of commits that come from a server.
