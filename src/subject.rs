//! What rules see: one snapshot, read and modelled.

pub mod configuration;
pub mod guard;

use crate::agent::{AgentRun, OutsideStart};
use crate::secret::Detection;
use crate::snapshot::Tracking;
use crate::source::Location;

/// Everything that was read of one snapshot.
#[derive(Debug, Default)]
pub struct Subject {
    /// Agent runs of workflows.
    pub runs: Vec<AgentRun>,
    /// Starts of Claude in bypass mode that no workflow reaches.
    pub outside: Vec<OutsideStart>,
    /// Keys that are written down.
    pub keys: Vec<Key>,
    /// Files of environment variables.
    pub env_files: Vec<EnvFile>,
    /// Spellings of bypass in files that could not be parsed.
    pub unparsed: Vec<Location>,
    /// Permissions: settings files, and what the policy demands of them.
    pub guard: guard::Guard,
    /// Hooks, servers, instruction files and what else configures Claude.
    pub configuration: configuration::Configuration,
}

/// A key that is written down.
#[derive(Clone, Debug)]
pub struct Key {
    /// The bytes of the key.
    pub location: Location,
    /// What it is.
    pub detection: Detection,
}

/// A file of environment variables.
#[derive(Clone, Debug)]
pub struct EnvFile {
    /// Its first value that looks real, or else its beginning.
    pub location: Location,
    /// What it is for.
    pub role: EnvRole,
    /// Whether git knows it. Nothing ignores it, or it would not be here.
    pub tracked: Tracking,
    /// Keys that it holds, documented examples and weak passwords left out.
    pub keys: usize,
    /// For an example: whether a `.gitignore` covers the `.env` beside it.
    pub ignored: Option<bool>,
}

/// What a file of environment variables is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EnvRole {
    /// `.env`, `.env.local`: one machine's own values.
    Own,
    /// `.env.production` and the like, which some frameworks want in the repository.
    Shared,
    /// `.env.example`: to be copied and filled in.
    Example,
}

impl EnvRole {
    /// The role of a path; nothing where it is no such file.
    pub fn of(path: &str) -> Option<Self> {
        const EXAMPLES: [&str; 7] = [
            "example", "sample", "template", "dist", "tpl", "defaults", "schema",
        ];
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let rest = match name.strip_prefix(".env") {
            Some(rest) => rest,
            None if name.ends_with(".env") => name.trim_end_matches(".env"),
            None => return None,
        };
        if name.starts_with(".env") && !rest.is_empty() && !rest.starts_with(['.', '-', '_']) {
            return None;
        }
        let mut parts = rest.split(['.', '-', '_']).filter(|part| !part.is_empty());
        Some(if parts.clone().any(|part| EXAMPLES.contains(&part)) {
            Self::Example
        } else if rest.is_empty() || parts.any(|part| part == "local") {
            Self::Own
        } else {
            Self::Shared
        })
    }
}

/// Hosts that the policy trusts; a leading `*.` stands for any subdomain.
#[derive(Clone, Debug, Default)]
pub struct TrustedHosts(pub Vec<String>);

impl TrustedHosts {
    /// Whether a host is one of them.
    pub fn have(&self, host: &str) -> bool {
        self.0
            .iter()
            .any(|trusted| match trusted.strip_prefix("*.") {
                Some(parent) => host
                    .strip_suffix(parent)
                    .is_some_and(|rest| rest.ends_with('.')),
                None => trusted.eq_ignore_ascii_case(host),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::EnvRole;

    #[test]
    fn names_tell_the_role_of_an_env_file() {
        for (path, role) in [
            (".env", Some(EnvRole::Own)),
            ("web/.env.local", Some(EnvRole::Own)),
            (".env.production", Some(EnvRole::Shared)),
            ("prod.env", Some(EnvRole::Shared)),
            (".env.example", Some(EnvRole::Example)),
            ("example.env", Some(EnvRole::Example)),
            (".envrc", None),
            (".environment", None),
            ("env.rs", None),
        ] {
            assert_eq!(EnvRole::of(path), role, "{path}");
        }
    }
}
