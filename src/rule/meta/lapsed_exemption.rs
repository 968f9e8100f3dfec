//! `lapsed-exemption`: the day after `expires` has come.

use crate::declare_rule;
use crate::rule::Check;

declare_rule! {
    /// ## What it does
    ///
    /// Reports an exemption of the policy whose `expires` lies before today. Such an exemption no longer
    /// covers anything: the findings it covered count again, and this one says why they are back. The day
    /// that `expires` names still counts.
    ///
    /// ## Why it matters
    ///
    /// An exemption is a decision of somebody about a risk of that time. Without an end it outlives the
    /// workflow that it was made for, the person who made it and the reason that was given, and the next
    /// change at the same place is accepted by nobody.
    ///
    /// ## What is accepted
    ///
    /// Exemptions up to and including the day in `expires`.
    ///
    /// ## How to fix
    ///
    /// Repair what the exemption covered and remove it, or ask its `owner` to decide again and write a new
    /// day.
    ///
    /// ## Examples
    ///
    /// The last day was yesterday:
    ///
    /// ```repo fires today=2026-11-22
    /// === .github/portcullis.yml
    /// exemptions:
    ///   - rule: missing-timeout
    ///     path: .github/workflows/review.yml
    ///     reason: bounded by the runner
    ///     owner: "@acme/platform"
    ///     expires: 2026-11-21
    /// === .github/workflows/review.yml
    /// on: push
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: claude -p "review the last commit"
    /// ```
    ///
    /// Today is the last day:
    ///
    /// ```repo silent today=2026-11-22
    /// === .github/portcullis.yml
    /// exemptions:
    ///   - rule: missing-timeout
    ///     path: .github/workflows/review.yml
    ///     reason: bounded by the runner
    ///     owner: "@acme/platform"
    ///     expires: 2026-11-22
    /// === .github/workflows/review.yml
    /// on: push
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: claude -p "review the last commit"
    /// ```
    pub(crate) static LAPSED_EXEMPTION = {
        id: "lapsed-exemption",
        group: Meta,
        summary: "an exemption of the policy is past its last day",
        severity: Warning,
        confidence: High,
        tags: [],
        check: Check::Engine,
    }
}
