//! What the policy can set of a rule beside its severity. The types live here; the policy reads them.

/// One option of a rule, for documentation, schema and policy.
#[derive(Clone, Copy, Debug)]
pub struct OptionMeta {
    /// Key in the policy: `max-minutes`.
    pub name: &'static str,
    /// What it takes.
    pub kind: OptionKind,
    /// The value without a policy, as it would be written.
    pub default: &'static str,
    /// One sentence.
    pub help: &'static str,
}

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OptionKind {
    /// A whole number from 1 on.
    Count,
}

/// The options of all rules, at their defaults until the policy sets them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Of `excessive-timeout`.
    pub excessive_timeout: ExcessiveTimeout,
}

impl Options {
    /// Sets a [`OptionKind::Count`] option of a rule by its names in the policy.
    ///
    /// Returns whether the rule has such an option.
    pub fn set_count(&mut self, rule: &str, option: &str, value: u32) -> bool {
        match (rule, option) {
            ("excessive-timeout", "max-minutes") => {
                self.excessive_timeout.max_minutes = value;
                true
            }
            _ => false,
        }
    }
}

/// Options of `excessive-timeout`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExcessiveTimeout {
    /// The longest time that a run may be given, in minutes.
    pub max_minutes: u32,
}

impl Default for ExcessiveTimeout {
    fn default() -> Self {
        Self { max_minutes: 60 }
    }
}
