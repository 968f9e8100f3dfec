//! Exemptions: findings that somebody accepted, for a reason and for a time.

use jiff::civil::Date;

use super::glob::PathPattern;
use super::{Protection, protection};
use crate::finding::{Finding, RuleId};
use crate::source::Location;

/// One entry of `exemptions:`.
#[derive(Clone, Debug)]
pub struct Exemption {
    /// The rule.
    pub rule: RuleId,
    /// The files.
    pub path: PathPattern,
    /// Only findings in this job.
    pub job: Option<String>,
    /// Only the finding with this fingerprint.
    pub fingerprint: Option<String>,
    /// Why the finding is accepted.
    pub reason: String,
    /// Who accepted it.
    pub owner: String,
    /// The last day on which it holds.
    pub expires: Date,
    /// Where the exemption stands: the value of its `rule`.
    pub location: Location,
    /// Where its last day stands.
    pub expires_location: Location,
}

impl Exemption {
    /// Whether its last day is over.
    pub fn has_lapsed(&self, today: Date) -> bool {
        self.expires < today
    }

    /// Whether it names a finding, lapsed or not.
    pub fn matches(&self, finding: &Finding) -> bool {
        self.rule == finding.rule
            && protection(finding.rule) != Protection::Fixed
            && self.path.matches(finding.location.path())
            && self
                .job
                .as_ref()
                .is_none_or(|job| job_of(&finding.anchor) == Some(job.as_str()))
            && self
                .fingerprint
                .as_ref()
                .is_none_or(|fingerprint| fingerprint == finding.fingerprint.as_str())
    }

    /// Where it stands, as reports name it: `.github/portcullis.yml:12`.
    pub fn source(&self) -> String {
        format!("{}:{}", self.location.path(), self.location.start().line)
    }

    /// Where it is in the policy, without numbers that move when another one is added.
    pub(super) fn anchor(&self) -> String {
        let mut anchor = format!("exemptions.{}.{}", self.rule, self.path.as_str());
        for part in [&self.job, &self.fingerprint].into_iter().flatten() {
            anchor.push('.');
            anchor.push_str(part);
        }
        anchor
    }
}

/// The job that an anchor lies in: `review` of `jobs.review.steps.2`. Ids of jobs hold no dot.
fn job_of(anchor: &str) -> Option<&str> {
    anchor.strip_prefix("jobs.")?.split('.').next()
}

#[cfg(test)]
mod tests {
    use super::job_of;

    #[test]
    fn an_anchor_names_its_job() {
        assert_eq!(job_of("jobs.review.steps.2"), Some("review"));
        assert_eq!(job_of("jobs.review"), Some("review"));
        assert_eq!(job_of("permissions.allow"), None);
    }
}
