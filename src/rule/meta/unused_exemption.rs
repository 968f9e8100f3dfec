//! `unused-exemption`: an exemption that covers no finding.

use crate::declare_rule;
use crate::rule::Check;

declare_rule! {
    /// ## What it does
    ///
    /// Reports an exemption of the policy that matches no finding: what it covered was repaired, moved or
    /// renamed, or its rule is off.
    ///
    /// ## Why it matters
    ///
    /// An exemption that covers nothing today covers whatever appears at the same place tomorrow, and
    /// nobody has looked at that. It also hides a typing mistake: someone believes that a finding is
    /// accepted, and it is not.
    ///
    /// ## What is accepted
    ///
    /// Exemptions that cover at least one finding, and exemptions for a file that could not be read: whether
    /// they are needed is not known.
    ///
    /// ## How to fix
    ///
    /// Remove the exemption, or correct its `path`, `job` or `fingerprint`.
    ///
    /// ## Examples
    ///
    /// The job has a limit; the exemption is left over:
    ///
    /// ```repo fires today=2026-11-22
    /// === .github/portcullis.yml
    /// exemptions:
    ///   - rule: missing-timeout
    ///     path: .github/workflows/review.yml
    ///     reason: bounded by the runner
    ///     owner: "@acme/platform"
    ///     expires: 2027-03-31
    /// === .github/workflows/review.yml
    /// on: push
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     timeout-minutes: 10
    ///     steps:
    ///       - run: claude -p "review the last commit"
    /// ```
    ///
    /// The exemption covers a finding:
    ///
    /// ```repo silent today=2026-11-22
    /// === .github/portcullis.yml
    /// exemptions:
    ///   - rule: missing-timeout
    ///     path: .github/workflows/review.yml
    ///     reason: bounded by the runner
    ///     owner: "@acme/platform"
    ///     expires: 2027-03-31
    /// === .github/workflows/review.yml
    /// on: push
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: claude -p "review the last commit"
    /// ```
    pub(crate) static UNUSED_EXEMPTION = {
        id: "unused-exemption",
        group: Meta,
        summary: "an exemption of the policy covers no finding",
        severity: Note,
        confidence: High,
        tags: [],
        check: Check::Engine,
    }
}
