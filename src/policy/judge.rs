//! What the policy makes of the findings of a run.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{Exemption, Policy, Protection, protection};
use crate::finding::{Finding, RuleId, fingerprint};
use crate::rule::Level;
use crate::rule::meta::{LAPSED_EXEMPTION, UNUSED_EXEMPTION};

/// Findings after the policy.
#[derive(Debug)]
pub struct Judged<'p> {
    /// Findings that count, with their final severity, in the order in which they were given.
    pub findings: Vec<Finding>,
    /// Findings that an exemption covers, likewise, with the first exemption that covers each.
    pub suppressed: Vec<(Finding, &'p Exemption)>,
    /// Findings about the policy itself, in file order, with fingerprints.
    pub meta: Vec<Finding>,
}

impl Policy {
    /// Applies levels and exemptions to the findings of a run, whose fingerprints are known.
    ///
    /// A finding whose level is off is dropped, and no exemption counts it. Every exemption in force that
    /// matches a finding counts as used, so that the order of two exemptions decides only which of them is named.
    /// An exemption is not called unused while a file that it names could not be read.
    pub fn judge(&self, findings: Vec<Finding>, today: Date) -> Judged<'_> {
        let mut by_rule: HashMap<RuleId, Vec<usize>> = HashMap::new();
        for (index, exemption) in self.exemptions.iter().enumerate() {
            by_rule.entry(exemption.rule).or_default().push(index);
        }
        // How many findings each exemption matches, lapsed or not.
        let mut uses = vec![0_usize; self.exemptions.len()];
        let mut judged = Judged {
            findings: Vec::with_capacity(findings.len()),
            suppressed: Vec::new(),
            meta: Vec::new(),
        };
        for mut finding in findings {
            let Level::At(severity) = self.severity(&finding) else {
                continue;
            };
            finding.severity = severity;
            let mut by = None;
            for &index in by_rule.get(&finding.rule).into_iter().flatten() {
                let (Some(exemption), Some(used)) =
                    (self.exemptions.get(index), uses.get_mut(index))
                else {
                    continue;
                };
                if !exemption.matches(&finding) {
                    continue;
                }
                *used += 1;
                if by.is_none() && !exemption.has_lapsed(today) {
                    by = Some(exemption);
                }
            }
            match by {
                Some(exemption) => judged.suppressed.push((finding, exemption)),
                None => judged.findings.push(finding),
            }
        }
        judged.meta = self.about_exemptions(&uses, &judged.findings, today);
        judged
    }

    fn about_exemptions(&self, uses: &[usize], findings: &[Finding], today: Date) -> Vec<Finding> {
        let unreadable: Vec<&str> = findings
            .iter()
            .filter(|finding| protection(finding.rule) == Protection::Fixed)
            .map(|finding| finding.location.path())
            .collect();
        let mut meta = Vec::new();
        for (exemption, used) in self.exemptions.iter().zip(uses) {
            let mut finding = if exemption.has_lapsed(today) {
                lapsed(exemption, *used)
            } else if *used == 0 && !unreadable.iter().any(|path| exemption.path.matches(path)) {
                self.unused(exemption)
            } else {
                continue;
            };
            if let Level::At(severity) = self.severity(&finding) {
                finding.severity = severity;
                meta.push(finding);
            }
        }
        fingerprint(&mut meta);
        meta
    }

    fn unused(&self, exemption: &Exemption) -> Finding {
        let Exemption { rule, path, .. } = exemption;
        let path = path.as_str();
        let is_off = self
            .rules
            .iter()
            .any(|known| known.id == *rule && self.is_off(known));
        let message = if is_off {
            format!("`{rule}` is off, so that this exemption for {path} covers nothing")
        } else {
            format!("this exemption of `{rule}` for {path} covers no finding")
        };
        Finding::new(
            UNUSED_EXEMPTION.id,
            UNUSED_EXEMPTION.severity,
            UNUSED_EXEMPTION.confidence,
            exemption.location.clone(),
            message,
        )
        .help("remove the exemption, or correct what it names")
        .anchor(exemption.anchor())
    }
}

fn lapsed(exemption: &Exemption, matched: usize) -> Finding {
    let Exemption {
        rule,
        path,
        owner,
        expires,
        ..
    } = exemption;
    let path = path.as_str();
    let effect = match matched {
        0 => "it covers no finding any more".into(),
        1 => "it no longer covers the finding there".into(),
        more => format!("it no longer covers the {more} findings there"),
    };
    let help = if matched == 0 {
        "remove the exemption".into()
    } else {
        format!(
            "repair what it covered and remove it, or have {owner} decide again and set a new day"
        )
    };
    Finding::new(
        LAPSED_EXEMPTION.id,
        LAPSED_EXEMPTION.severity,
        LAPSED_EXEMPTION.confidence,
        exemption.expires_location.clone(),
        format!("the exemption of `{rule}` for {path} held until {expires}; {effect}"),
    )
    .help(help)
    .anchor(exemption.anchor())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{day, finding, policy};
    use super::*;
    use crate::finding::Severity;

    const ONE: &str = "exemptions:\n  - {rule: missing-timeout, path: .github/workflows/a.yml, reason: r, owner: o, expires: 2026-11-22}\n";

    fn rules(findings: &[Finding]) -> Vec<(&str, Severity)> {
        findings
            .iter()
            .map(|f| (f.rule.as_str(), f.severity))
            .collect()
    }

    fn missing(path: &str, anchor: &str) -> Finding {
        finding("missing-timeout", Severity::Warning, path, anchor)
    }

    fn workflow(anchor: &str) -> Finding {
        missing(".github/workflows/a.yml", anchor)
    }

    #[test]
    fn an_exemption_holds_on_its_last_day_and_not_on_the_next() {
        let policy = policy(ONE);
        let last = policy.judge(vec![workflow("jobs.x")], day("2026-11-22"));
        assert!(last.findings.is_empty() && last.meta.is_empty());
        assert_eq!(last.suppressed.len(), 1);
        assert_eq!(last.suppressed[0].1.source(), ".github/portcullis.yml:2");

        let next = policy.judge(vec![workflow("jobs.x")], day("2026-11-23"));
        assert!(next.suppressed.is_empty());
        assert_eq!(
            rules(&next.findings),
            [("missing-timeout", Severity::Warning)]
        );
        assert_eq!(rules(&next.meta), [("lapsed-exemption", Severity::Warning)]);
        assert_eq!(next.meta[0].location.text(), "2026-11-22");
        insta::assert_snapshot!(next.meta[0].message, @"the exemption of `missing-timeout` for .github/workflows/a.yml held until 2026-11-22; it no longer covers the finding there");
        assert_eq!(next.meta[0].fingerprint.as_str().len(), 32);
    }

    #[test]
    fn a_lapsed_exemption_of_nothing_is_lapsed_and_not_unused_too() {
        let policy = policy(ONE);
        let judged = policy.judge(vec![], day("2027-01-01"));
        assert_eq!(
            rules(&judged.meta),
            [("lapsed-exemption", Severity::Warning)]
        );
        insta::assert_snapshot!(judged.meta[0].help, @"remove the exemption");
    }

    #[test]
    fn an_exemption_that_covers_nothing_is_noted_at_its_rule() {
        let other = missing(".github/workflows/b.yml", "jobs.x");
        let policy = policy(ONE);
        let judged = policy.judge(vec![other], day("2026-11-22"));
        assert_eq!(judged.findings.len(), 1);
        assert_eq!(rules(&judged.meta), [("unused-exemption", Severity::Note)]);
        assert_eq!(judged.meta[0].location.text(), "missing-timeout");
        insta::assert_snapshot!(judged.meta[0].message, @"this exemption of `missing-timeout` for .github/workflows/a.yml covers no finding");
    }

    #[test]
    fn an_exemption_for_an_unreadable_file_is_not_called_unused() {
        let unreadable = finding(
            "unreadable-file",
            Severity::Error,
            ".github/workflows/a.yml",
            "",
        );
        let policy = policy(ONE);
        let judged = policy.judge(vec![unreadable], day("2026-11-22"));
        assert_eq!(judged.findings.len(), 1);
        assert!(judged.meta.is_empty());
    }

    #[test]
    fn an_exemption_of_a_job_covers_that_job_only() {
        let text = ONE.replace("reason", "job: fix, reason");
        let anchors = ["jobs.fix", "jobs.fix.steps.0", "jobs.fix-all.steps.0", ""];
        let findings = anchors.iter().map(|anchor| workflow(anchor)).collect();
        let policy = policy(&text);
        let judged = policy.judge(findings, day("2026-11-22"));
        let covered: Vec<&str> = judged
            .suppressed
            .iter()
            .map(|(finding, _)| finding.anchor.as_str())
            .collect();
        assert_eq!(covered, ["jobs.fix", "jobs.fix.steps.0"]);
        assert_eq!(judged.findings.len(), 2);
    }

    #[test]
    fn an_exemption_of_a_fingerprint_covers_that_finding_only() {
        let mut findings = vec![workflow("jobs.a"), workflow("jobs.b")];
        fingerprint(&mut findings);
        let wanted = findings[1].fingerprint.clone();
        let text = ONE.replace("reason", &format!("fingerprint: \"{wanted}\", reason"));
        let policy = policy(&text);
        let judged = policy.judge(findings, day("2026-11-22"));
        assert_eq!(judged.suppressed.len(), 1);
        assert_eq!(judged.suppressed[0].0.fingerprint, wanted);
        assert_eq!(judged.findings.len(), 1);
    }

    #[test]
    fn two_exemptions_of_one_finding_both_count_as_used() {
        let text = format!(
            "{ONE}  - {{rule: missing-timeout, path: '**', reason: s, owner: o, expires: 2027-01-01}}\n"
        );
        let policy = policy(&text);
        let judged = policy.judge(vec![workflow("jobs.x")], day("2026-11-22"));
        assert_eq!(judged.suppressed[0].1.reason, "r");
        assert!(judged.meta.is_empty());
        let later = policy.judge(vec![workflow("jobs.x")], day("2026-12-01"));
        assert_eq!(later.suppressed[0].1.reason, "s");
        assert_eq!(
            rules(&later.meta),
            [("lapsed-exemption", Severity::Warning)]
        );
    }

    #[test]
    fn a_rule_that_is_off_is_dropped_and_leaves_its_exemption_unused() {
        let policy = policy(&format!("{ONE}rules:\n  missing-timeout: off\n"));
        let judged = policy.judge(vec![workflow("jobs.x")], day("2026-11-22"));
        assert!(judged.findings.is_empty() && judged.suppressed.is_empty());
        insta::assert_snapshot!(judged.meta[0].message, @"`missing-timeout` is off, so that this exemption for .github/workflows/a.yml covers nothing");
    }

    #[test]
    fn levels_apply_to_findings_about_the_policy_too() {
        let off = policy(&format!("{ONE}rules: {{unused-exemption: off}}\n"));
        assert!(off.judge(vec![], day("2026-11-22")).meta.is_empty());
        let error = policy(&format!("{ONE}rules: {{unused-exemption: error}}\n"));
        let judged = error.judge(vec![], day("2026-11-22"));
        assert_eq!(rules(&judged.meta), [("unused-exemption", Severity::Error)]);
    }

    #[test]
    fn a_suppressed_finding_carries_its_final_severity() {
        let policy = policy(&format!("{ONE}rules: {{missing-timeout: error}}\n"));
        let judged = policy.judge(vec![workflow("jobs.x")], day("2026-11-22"));
        assert_eq!(judged.suppressed[0].0.severity, Severity::Error);
    }
}
