//! What the command line sets, and how far it may.
//!
//! A pull request can edit the workflow that passes the arguments. Where a policy was read from a base
//! commit, arguments may therefore only tighten it.

use std::fmt;

use super::Policy;
use crate::finding::{FailOn, Severity};
use crate::rule::Profile;

/// What the command line or the inputs of the action set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Overrides {
    /// `--profile`
    pub profile: Option<Profile>,
    /// `--fail-on`
    pub fail_on: Option<FailOn>,
}

/// Whether a base commit stands behind the policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BaseKind {
    /// The policy is that of the tree that is judged; the command line decides.
    None,
    /// The policy was read from a base commit (or the base commit has none); the command line may tighten it.
    Commit,
}

/// An override that would have loosened the policy and was ignored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// The option: `--fail-on`.
    pub option: &'static str,
    /// What was asked for.
    pub asked: &'static str,
    /// What stays.
    pub kept: &'static str,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            option,
            asked,
            kept,
        } = self;
        write!(
            f,
            "`{option} {asked}` is ignored: the policy of the base commit says `{kept}`, and the command line may only tighten it"
        )
    }
}

impl Policy {
    /// Applies the command line. Returns what was ignored because it would loosen the policy of a base commit.
    #[must_use]
    pub fn tightened_by(mut self, overrides: &Overrides, base: BaseKind) -> (Self, Vec<Notice>) {
        let mut notices = Vec::new();
        if let Some(asked) = overrides.profile {
            if base == BaseKind::None || asked >= self.profile {
                self.profile = asked;
            } else {
                notices.push(Notice {
                    option: "--profile",
                    asked: asked.as_str(),
                    kept: self.profile.as_str(),
                });
            }
        }
        if let Some(asked) = overrides.fail_on {
            if base == BaseKind::None || strictness(asked) >= strictness(self.fail_on) {
                self.fail_on = asked;
            } else {
                notices.push(Notice {
                    option: "--fail-on",
                    asked: asked.as_str(),
                    kept: self.fail_on.as_str(),
                });
            }
        }
        (self, notices)
    }
}

const fn strictness(fail_on: FailOn) -> u8 {
    match fail_on {
        FailOn::Never => 0,
        FailOn::At(Severity::Error) => 1,
        FailOn::At(Severity::Warning) => 2,
        FailOn::At(Severity::Note) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Overrides = Overrides {
        profile: Some(Profile::Enterprise),
        fail_on: Some(FailOn::At(Severity::Note)),
    };
    const LOOSE: Overrides = Overrides {
        profile: Some(Profile::Individual),
        fail_on: Some(FailOn::Never),
    };

    #[test]
    fn without_a_base_the_command_line_decides() {
        for overrides in [STRICT, LOOSE] {
            let (policy, notices) = Policy::built_in().tightened_by(&overrides, BaseKind::None);
            assert_eq!(Some(policy.profile), overrides.profile);
            assert_eq!(Some(policy.fail_on), overrides.fail_on);
            assert!(notices.is_empty());
        }
    }

    #[test]
    fn a_base_can_be_tightened() {
        let (policy, notices) = Policy::built_in().tightened_by(&STRICT, BaseKind::Commit);
        assert_eq!(policy.profile, Profile::Enterprise);
        assert_eq!(policy.fail_on, FailOn::At(Severity::Note));
        assert!(notices.is_empty());
    }

    #[test]
    fn loosening_a_base_is_ignored_and_said() {
        let (policy, notices) = Policy::built_in().tightened_by(&LOOSE, BaseKind::Commit);
        assert_eq!(policy.profile, Profile::Team);
        assert_eq!(policy.fail_on, FailOn::At(Severity::Error));
        let said: Vec<String> = notices.iter().map(Notice::to_string).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        `--profile individual` is ignored: the policy of the base commit says `team`, and the command line may only tighten it
        `--fail-on never` is ignored: the policy of the base commit says `error`, and the command line may only tighten it
        ");
    }

    #[test]
    fn saying_what_the_base_says_is_no_loosening() {
        let same = Overrides {
            profile: Some(Profile::Team),
            fail_on: Some(FailOn::At(Severity::Error)),
        };
        let (_, notices) = Policy::built_in().tightened_by(&same, BaseKind::Commit);
        assert!(notices.is_empty());
    }
}
